using System.Diagnostics;
using System.Net;
using System.Threading.Channels;
using Shonin.EventLog;
using AuditDays = Shonin.Streams.StreamHost<
    Shonin.Streams.Journal,
    System.Collections.Generic.IReadOnlyList<Shonin.Audit.AuditLine>,
    Shonin.Audit.AuditLine,
    Shonin.Streams.NoReply
>;
using AuditOutcome = Shonin.Streams.Outcome<Shonin.Streams.Journal, Shonin.Audit.AuditLine, Shonin.Streams.NoReply>;

namespace Shonin.Audit;

/// <summary>What the trail writes with.</summary>
/// <param name="Log">Stays open when the trail is closed: others append to it too.</param>
public sealed record AuditPorts(OwnedLog Log, Func<int, byte[]> RandomBytes, TimeProvider Clock)
{
    /// <summary>Told of what could not be written; never throws.</summary>
    public required Action<string> OnTrouble { get; init; }
}

/// <summary>
/// Who did what with keys and at the desk, on the log itself: a journal a day (<c>audit-2026-11-24</c>, UTC), so it stands in the hash
/// chain and under the signed heads. What must be durable before it is granted waits (<see cref="RecordAsync"/>); everything else is queued
/// and delays nobody. Where the queue is full or the log refuses, what is lost is counted, and the next line that can be written says how
/// many.
/// <para>Whatever waits goes in one append, and one append of the trail is under way at a time: however much there is to tell, others wait
/// behind one of them at most.</para>
/// <para>Addresses are kept as a hash under a key of the month, which is erased after <see cref="MonthsKept"/>: then
/// nobody can tell any more whose they were, and the log still verifies.</para>
/// </summary>
public sealed class AuditTrail : IAsyncDisposable
{
    public const string GapKind = "gap";
    public const int MonthsKept = AuditMonthKeys.MonthsKept;
    internal const int QueueCountMax = 1_000;
    private const int BatchCountMax = 100;
    private const int ReadsRememberedMax = 10_000;
    private const string OnceScope = "audit";
    private static readonly TimeSpan readWindow = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan summaryEvery = TimeSpan.FromMinutes(1);

    private readonly AuditPorts ports;
    private readonly AuditDays days;
    private readonly AuditMonthKeys monthKeys;
    private readonly Channel<Waiting> queue = Channel.CreateBounded<Waiting>(
        new BoundedChannelOptions(QueueCountMax) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait }
    );
    private readonly AuditFailures failures = new();
    private readonly AuditReads programReads = new();
    private readonly Lock gate = new();
    private readonly Dictionary<(string Kind, string? Who, string? What), DateTimeOffset> reads = [];

    /// <summary>First lines of a window that are not durable yet: whoever asks meanwhile waits for the same one.</summary>
    private readonly Dictionary<(string Kind, string? Who, string? What), Task<bool>> beingWritten = [];
    private readonly ITimer timer;
    private readonly Task loop;
    private int lost;

    private sealed record Waiting(
        AuditNote Note,
        string? Prefix,
        DateTimeOffset At,
        int Count,
        string? Once,
        TaskCompletionSource<bool>? Done
    )
    {
        public AuditLine ToLine(MonthKey key) =>
            new(Note.Kind, new(At, Note.Who, Note.What, Prefix is null ? null : key.HashOf(Prefix), Count));
    }

    private AuditTrail(AuditPorts ports, AuditDays days)
    {
        (this.ports, this.days) = (ports, days);
        monthKeys = new AuditMonthKeys(ports.Log.Store, ports.RandomBytes);
        loop = WriteAllAsync();
        timer = ports.Clock.CreateTimer(
            _ => WriteSummaries(programReads.TakeOver(ports.Clock.GetUtcNow())),
            null,
            summaryEvery,
            summaryEvery
        );
    }

    public static async ValueTask<AuditTrail> OpenAsync(AuditPorts ports, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(ports);
        var days = await AuditDays.OpenAsync(
            new AuditDayKind(),
            new(ports.Log, ports.Clock) { OnFault = fault => ports.OnTrouble(fault.Message) },
            cancellation
        );
        return new(ports, days);
    }

    /// <summary>True once it is durable; false where it cannot be written, and then what it is about must not be granted.</summary>
    public ValueTask<bool> RecordAsync(AuditNote note)
    {
        var done = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        return queue.Writer.TryWrite(New(note, null, done)) ? new(done.Task) : ValueTask.FromResult(false);
    }

    /// <summary>Writes it soon; the caller goes on at once.</summary>
    public void Note(AuditNote note) => Enqueue(New(note, null, null));

    /// <summary>
    /// As <see cref="Note"/>, for what somebody looks at again and again: once for each person and thing within ten minutes.
    /// </summary>
    public void NoteRead(AuditNote note)
    {
        ArgumentNullException.ThrowIfNull(note);
        if (IsFirstInWindow(note))
            Note(note);
    }

    /// <summary>
    /// As <see cref="NoteRead"/>, for what a program reads with its key: of each key and kind the first of an hour have a line, the rest a
    /// count (<see cref="AuditReads"/>).
    /// </summary>
    /// <param name="note">With a key; without a thing where many are listed, and then each list counts.</param>
    /// <param name="count">How many things were read at once.</param>
    public void NoteProgramRead(AuditNote note, int count = 1)
    {
        ArgumentNullException.ThrowIfNull(note);
        ArgumentNullException.ThrowIfNull(note.Who);
        if ((note.What is null || IsFirstInWindow(note)) && programReads.HasLine(note.Kind, note.Who, count, ports.Clock.GetUtcNow()))
            Enqueue(New(note, null, null) with { Count = count });
    }

    /// <summary>
    /// As <see cref="RecordAsync"/>, but again within ten minutes it is granted without a further line, once the first is durable.
    /// </summary>
    public async ValueTask<bool> RecordReadAsync(AuditNote note)
    {
        ArgumentNullException.ThrowIfNull(note);
        var key = (note.Kind, note.Who, note.What);
        Task<bool>? written;
        lock (gate)
        {
            if (!beingWritten.TryGetValue(key, out written))
            {
                if (!IsFirstInWindow(note))
                    return true;
                beingWritten[key] = written = RecordAsync(note).AsTask();
            }
        }
        var isDurable = await written;
        lock (gate)
        {
            if (beingWritten.TryGetValue(key, out var last) && last == written)
            {
                beingWritten.Remove(key);
                if (!isDurable)
                    reads.Remove(key);
            }
        }
        return isDurable;
    }

    /// <summary>Writes it once for ever, however often it is told, also over restarts.</summary>
    /// <param name="at">When it happened, where that was before now.</param>
    /// <returns>False where the queue is full: it is not lost, but to be told again.</returns>
    public bool NoteOnce(string key, AuditNote note, DateTimeOffset? at = null)
    {
        ArgumentNullException.ThrowIfNull(note);
        return queue.Writer.TryWrite(New(note, key, null) with { At = at ?? ports.Clock.GetUtcNow() });
    }

    /// <summary>Counts a failure; summaries are written each minute (<see cref="AuditFailures"/>).</summary>
    public void CountFailure(string kind, IPAddress? address) => failures.Add(kind, address, ports.Clock.GetUtcNow());

    /// <summary>Writes what is counted and queued, and takes no more.</summary>
    public async ValueTask DisposeAsync()
    {
        await timer.DisposeAsync();
        WriteSummaries(programReads.TakeAll());
        queue.Writer.TryComplete();
        await loop;
        await days.DisposeAsync();
    }

    private Waiting New(AuditNote note, string? once, TaskCompletionSource<bool>? done) =>
        new(note, note.Address is null ? null : AuditFailures.PrefixOf(note.Address), ports.Clock.GetUtcNow(), 1, once, done);

    private void WriteSummaries(IReadOnlyList<ReadCount> reads)
    {
        foreach (var read in reads)
            Enqueue(new(new(read.Kind, read.Who), null, read.Since, read.Count, null, null));
        foreach (var count in failures.Take(ports.Clock.GetUtcNow()))
            Enqueue(new(new(count.Kind), count.Prefix.Length == 0 ? null : count.Prefix, count.Since, count.Count, null, null));
    }

    private void Enqueue(Waiting waiting)
    {
        if (!queue.Writer.TryWrite(waiting))
            Interlocked.Add(ref lost, waiting.Count);
    }

    private bool IsFirstInWindow(AuditNote note)
    {
        var now = ports.Clock.GetUtcNow();
        lock (gate)
        {
            if (reads.TryGetValue((note.Kind, note.Who, note.What), out var at) && now - at < readWindow)
                return false;
            if (reads.Count >= ReadsRememberedMax)
            {
                foreach (var (old, oldAt) in reads)
                {
                    if (now - oldAt >= readWindow)
                        reads.Remove(old);
                }
            }
            if (reads.Count >= ReadsRememberedMax)
                reads.Clear();
            reads[(note.Kind, note.Who, note.What)] = now;
            return true;
        }
    }

    private async Task WriteAllAsync()
    {
        var batch = new List<Waiting>(BatchCountMax);
        while (await queue.Reader.WaitToReadAsync())
        {
            batch.Clear();
            while (batch.Count < BatchCountMax && queue.Reader.TryRead(out var waiting))
                batch.Add(waiting);
            // What may exist once stands alone, so that one that exists already harms no other.
            foreach (var once in batch.Where(waiting => waiting.Once is not null))
                await WriteAsync([once]);
            if (batch.Where(waiting => waiting.Once is null).ToArray() is { Length: > 0 } others)
                await WriteAsync(others);
        }
    }

    private async Task WriteAsync(IReadOnlyList<Waiting> batch)
    {
        string? why;
        try
        {
            why = await TryWriteAsync(batch);
        }
        catch (Exception fault) // The trail must not end for ever with one fault; what it was is told, and the loss is counted.
        {
            why = fault.Message;
        }
        if (why is not null)
        {
            Interlocked.Add(ref lost, batch.Sum(waiting => waiting.Count));
            ports.OnTrouble($"The audit trail cannot be written: {why}");
        }
        foreach (var waiting in batch)
            waiting.Done?.TrySetResult(why is null);
        await EraseOldKeysAsync();
    }

    /// <returns>Why it could not be written, or null.</returns>
    private async ValueTask<string?> TryWriteAsync(IReadOnlyList<Waiting> batch)
    {
        // What stands there already is not lost while the log cannot be written.
        if (batch is [{ Once: { } once }] && await ports.Log.Store.FindKeyAsync(OnceScope, once, CancellationToken.None) is not null)
            return null;
        var now = ports.Clock.GetUtcNow();
        var key = await monthKeys.OfAsync(now);
        var missing = Interlocked.Exchange(ref lost, 0);
        IReadOnlyList<AuditLine> lines =
        [
            .. missing > 0 ? [new(GapKind, new(now, null, null, null, missing))] : Array.Empty<AuditLine>(),
            .. batch.Select(waiting => waiting.ToLine(key)),
        ];
        var outcome = await days.SubmitAsync(
            AuditDayKind.StreamOf(now),
            lines,
            new()
            {
                Keys = [.. batch.Where(waiting => waiting.Once is not null).Select(waiting => new UniqueKey(OnceScope, waiting.Once!))],
                Documents = key.Unstored,
            }
        );
        if (outcome is AuditOutcome.Done)
            monthKeys.NoteStored(key);
        else
            Interlocked.Add(ref lost, missing);
        return outcome switch
        {
            AuditOutcome.Done or AuditOutcome.KeyTaken => null,
            AuditOutcome.Unavailable(var why, _) => why,
            AuditOutcome.TooLarge(var what) => what,
            _ => throw new UnreachableException(),
        };
    }

    private async ValueTask EraseOldKeysAsync()
    {
        try
        {
            await monthKeys.EraseOldAsync(ports.Clock.GetUtcNow());
        }
        catch (Exception fault) // As above: they are erased after the next line.
        {
            ports.OnTrouble($"Keys of addresses that are over {MonthsKept} months old could not be erased: {fault.Message}");
        }
    }
}
