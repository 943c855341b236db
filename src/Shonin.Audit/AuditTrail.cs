using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using Shonin.EventLog;

namespace Shonin.Audit;

/// <summary>What the trail writes with.</summary>
public sealed record AuditPorts(
    IEventStore Store, Func<Append, ValueTask<AppendResult>> Append, Func<StreamId, ShardLease> LeaseOf, Func<int, byte[]> RandomBytes, TimeProvider Clock)
{
    /// <summary>Told of what could not be written; never throws.</summary>
    public required Action<string> OnTrouble { get; init; }

    public static AuditPorts On(OwnedLog log, Func<int, byte[]> randomBytes, TimeProvider clock, Action<string> onTrouble)
    {
        ArgumentNullException.ThrowIfNull(log);
        return new(log.Store, log.AppendAsync, log.LeaseOf, randomBytes, clock) { OnTrouble = onTrouble };
    }
}

/// <summary>
/// Who did what with keys and at the desk, on the log itself: a stream a day (<c>audit-2026-11-24</c>, UTC), so it stands in the hash
/// chain and under the signed heads. What must be durable before it is granted waits (<see cref="RecordAsync"/>); everything else is queued and delays nobody.
/// Where the queue is full or the log refuses, what is lost is counted, and the next line that can be written says how many.
/// <para>Addresses are kept as a hash under a key of the month, a <see cref="Document"/> that is erased after <see cref="MonthsKept"/>: then
/// nobody can tell any more whose they were, and the log still verifies.</para>
/// </summary>
public sealed class AuditTrail : IAsyncDisposable
{
    public const string GapKind = "gap";
    public const int MonthsKept = 13;
    internal const int QueueCountMax = 1_000;
    private const int BatchCountMax = 100;
    private const int MonthsLookedBack = 12;
    private const int ReadsRememberedMax = 10_000;
    private const int HashKeySizeBytes = 32; // HMAC-SHA-256 (RFC 2104 section 3)
    private const int HashSizeBytes = 8; // Enough to tell the addresses of a month apart.
    private const int TryCountMax = 3;
    private const string OnceScope = "audit";
    private static readonly TimeSpan readWindow = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan summaryEvery = TimeSpan.FromMinutes(1);

    private readonly AuditPorts ports;
    private readonly Channel<Waiting> queue = Channel.CreateBounded<Waiting>(new BoundedChannelOptions(QueueCountMax) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
    private readonly AuditFailures failures = new();
    private readonly AuditReads programReads = new();
    private readonly Lock gate = new();
    private readonly Dictionary<(string Kind, string? Who, string? What), DateTimeOffset> reads = [];
    /// <summary>First lines of a window that are not durable yet: whoever asks meanwhile waits for the same one.</summary>
    private readonly Dictionary<(string Kind, string? Who, string? What), Task<bool>> beingWritten = [];
    private readonly ITimer timer;
    private readonly Task loop;
    private int lost;
    private StreamId stream;
    private long version;
    private MonthKey? monthKey;

    private sealed record Waiting(AuditNote Note, string? Prefix, DateTimeOffset At, int Count, string? Once, TaskCompletionSource<bool>? Done);

    /// <param name="New">To be stored with the next append, or null.</param>
    private sealed record MonthKey(string Month, byte[] Key, Document? New);

    public AuditTrail(AuditPorts ports)
    {
        ArgumentNullException.ThrowIfNull(ports);
        this.ports = ports;
        loop = WriteAllAsync();
        timer = ports.Clock.CreateTimer(_ => WriteSummaries(programReads.TakeOver(ports.Clock.GetUtcNow())), null, summaryEvery, summaryEvery);
    }

    /// <summary>True once it is durable; false where it cannot be written, and then what it is about must not be granted.</summary>
    public ValueTask<bool> RecordAsync(AuditNote note)
    {
        var done = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        return queue.Writer.TryWrite(New(note, null, done)) ? new(done.Task) : ValueTask.FromResult(false);
    }

    /// <summary>Writes it soon; the caller goes on at once.</summary>
    public void Note(AuditNote note) => Enqueue(New(note, null, null));

    /// <summary>As <see cref="Note"/>, for what somebody looks at again and again: once for each person and thing within ten minutes.</summary>
    public void NoteRead(AuditNote note)
    {
        ArgumentNullException.ThrowIfNull(note);
        if (IsFirstInWindow(note))
            Note(note);
    }

    /// <summary>As <see cref="NoteRead"/>, for what a program reads with its key: of each key and kind the first of an hour have a line, the rest a count (<see cref="AuditReads"/>).</summary>
    /// <param name="note">With a key; without a thing where many are listed, and then each list counts.</param>
    /// <param name="count">How many things were read at once.</param>
    public void NoteProgramRead(AuditNote note, int count = 1)
    {
        ArgumentNullException.ThrowIfNull(note);
        ArgumentNullException.ThrowIfNull(note.Who);
        if ((note.What is null || IsFirstInWindow(note)) && programReads.HasLine(note.Kind, note.Who, count, ports.Clock.GetUtcNow()))
            Enqueue(New(note, null, null) with { Count = count });
    }

    /// <summary>As <see cref="RecordAsync"/>, but again within ten minutes it is granted without a further line, once the first is durable.</summary>
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
    }

    internal static string DayOf(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    internal static StreamId StreamOf(string day) => new("audit-" + day);

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
                    if (now - oldAt >= readWindow)
                        reads.Remove(old);
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
        var why = "";
        try
        {
            if (batch is [{ Once: { } key }] && await ports.Store.FindKeyAsync(OnceScope, key, CancellationToken.None) is not null)
                return;
            why = await AppendAsync(batch);
        }
        catch (Exception fault) // The trail must not end for ever with one fault; what it was is told, and the loss is counted.
        {
            why = fault.Message;
        }
        if (why.Length > 0)
        {
            Interlocked.Add(ref lost, batch.Sum(waiting => waiting.Count));
            ports.OnTrouble($"The audit trail cannot be written: {why}");
        }
        foreach (var waiting in batch)
            waiting.Done?.TrySetResult(why.Length == 0);
    }

    /// <returns>Why it could not be written, or nothing.</returns>
    private async ValueTask<string> AppendAsync(IReadOnlyList<Waiting> batch)
    {
        var now = ports.Clock.GetUtcNow();
        var isNewMonth = await TakeMonthKeyAsync(now);
        var missing = Interlocked.Exchange(ref lost, 0);
        var append = new Append(StreamOf(DayOf(now)), 0, default, now)
        {
            Events =
            [
                .. missing > 0 ? [new AuditPayload(now, null, null, null, missing).ToEvent(GapKind)] : Array.Empty<NewEvent>(),
                .. batch.Select(waiting => new AuditPayload(waiting.At, waiting.Note.Who, waiting.Note.What, HashOf(waiting.Prefix), waiting.Count).ToEvent(waiting.Note.Kind)),
            ],
            Keys = [.. batch.Where(waiting => waiting.Once is not null).Select(waiting => new UniqueKey(OnceScope, waiting.Once!))],
            Documents = monthKey!.New is { } document ? [document] : [],
        };
        if (append.Stream != stream)
            (stream, version) = (append.Stream, 0);
        var why = "another process writes to its stream";
        for (var tried = 0; tried < TryCountMax; tried++)
        {
            switch (await ports.Append(append with { ExpectedVersion = version, Lease = ports.LeaseOf(stream) }))
            {
                case AppendResult.Committed committed:
                    version = committed.Version;
                    monthKey = monthKey with { New = null };
                    if (isNewMonth)
                        await EraseOldAsync(now);
                    return "";
                // The first append after a start or of a day finds out in this way how far the stream is.
                case AppendResult.VersionConflict conflict:
                    version = conflict.Actual;
                    continue;
                case AppendResult.KeyTaken:
                    Interlocked.Add(ref lost, missing);
                    return "";
                case AppendResult.LeaseLost:
                    why = "another process has taken the log over";
                    break;
                case AppendResult.Unavailable unavailable:
                    why = unavailable.Why;
                    break;
            }
            break;
        }
        Interlocked.Add(ref lost, missing);
        return why;
    }

    /// <returns>Whether the key was made now.</returns>
    private async ValueTask<bool> TakeMonthKeyAsync(DateTimeOffset now)
    {
        var month = MonthOf(now);
        if (monthKey?.Month == month)
            return false;
        var owner = OwnerOf(month);
        if (await ports.Store.ReadDocumentAsync(owner, CancellationToken.None) is { Length: HashKeySizeBytes } kept)
        {
            monthKey = new(month, kept.ToArray(), null);
            return false;
        }
        var key = ports.RandomBytes(HashKeySizeBytes);
        monthKey = new(month, key, new(owner, owner, key));
        return true;
    }

    private async ValueTask EraseOldAsync(DateTimeOffset now)
    {
        for (var back = MonthsKept; back < MonthsKept + MonthsLookedBack; back++)
            await ports.Store.EraseOwnerAsync(OwnerOf(MonthOf(now.AddMonths(-back))), CancellationToken.None);
    }

    private string? HashOf(string? prefix) =>
        prefix is null ? null : Convert.ToHexStringLower(HMACSHA256.HashData(monthKey!.Key, Encoding.ASCII.GetBytes(prefix)).AsSpan(0, HashSizeBytes));

    private static string MonthOf(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM", CultureInfo.InvariantCulture);

    private static string OwnerOf(string month) => "audit-" + month;
}
