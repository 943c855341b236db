using System.Collections.Immutable;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Shonin.EventLog;
using Shonin.Streams;
using ReportDecision = Shonin.Streams.Outcome<Shonin.MailChecks.ReportLife, Shonin.MailChecks.ReportFact, Shonin.MailChecks.ReportRefusal?>;
using ReportStreams = Shonin.Streams.StreamHost<
    Shonin.MailChecks.ReportLife,
    Shonin.MailChecks.ReportCommand,
    Shonin.MailChecks.ReportFact,
    Shonin.MailChecks.ReportRefusal?
>;

namespace Shonin.MailChecks;

/// <summary>How much is kept, and for how long.</summary>
public sealed record ReportLimits
{
    /// <summary>Then a report is deleted, handled or not.</summary>
    public TimeSpan KeptFor { get; init; } = TimeSpan.FromDays(90);
    public int CountMax { get; init; } = 5_000;
    public long SizeBytesMax { get; init; } = 1024L * 1024 * 1024;
}

/// <param name="Views">Where the list is kept.</param>
/// <param name="RandomBytes">So many; numbers are made of them.</param>
public sealed record ReportPorts(OwnedLog Log, IViewStore Views, TimeProvider Clock, Func<int, byte[]> RandomBytes)
{
    public ReportLimits Limits { get; init; } = new();
    public required Action<Exception> OnFault { get; init; }
}

/// <summary>What came of a report.</summary>
public abstract record ReportOutcome
{
    private ReportOutcome() { }

    public sealed record Kept(string Number) : ReportOutcome;

    /// <summary>
    /// There is no room until older ones are deleted; or it is not known yet how much there is, while the list is built again from the log.
    /// </summary>
    public sealed record Full : ReportOutcome;
}

/// <summary>A reported mail itself.</summary>
/// <param name="Text">A stranger's words, cut and made harmless.</param>
public sealed record ReportedContent(byte[] Message, string Text);

/// <summary>Reports, the newest first.</summary>
/// <param name="IsWhole">Whether every one is there; not while the list is being built again from the log.</param>
public sealed record ReportList(ImmutableArray<MailReport> Reports, bool IsWhole);

/// <summary>
/// Mails that customers reported, each a stream of the log. Mail, note and contact address are documents under a key of the report's own;
/// what stands in clear is a number, times and a size. Deleting destroys that key and overwrites the documents in the same append that says
/// so.
/// </summary>
/// <remarks>
/// Everything throws <see cref="LogUnusableException"/> while the log cannot be read, or not be written where something changes; nothing
/// was changed then.
/// </remarks>
public sealed class MailReports : IAsyncDisposable
{
    private const string Unambiguous = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; // Crockford's base 32: no I, L, O, U
    private const int NumberLetters = 8;
    private const int NumberTriesMax = 20;
    private const int TextLengthMax = 20_000;

    /// <summary>Twice as many as the settings allow at most; an earlier version's may come on top.</summary>
    private const int ListedCountMax = 200_000;

    /// <summary>One report a held mail, however often it is sent.</summary>
    private const string HeldMailScope = "reportOfHeldMail";

    private readonly ReportPorts ports;
    private readonly ReportKind kind;
    private readonly ReportStreams streams;
    private readonly ViewKeeper view;

    /// <summary>Whether there is room is asked by one at a time.</summary>
    private readonly SemaphoreSlim keeping = new(1);

    private MailReports(ReportPorts ports, ReportKind kind, ReportStreams streams, ViewKeeper view) =>
        (this.ports, this.kind, this.streams, this.view) = (ports, kind, streams, view);

    public ReportLimits Limits => ports.Limits;

    /// <exception cref="LogUnusableException">The log cannot be read.</exception>
    public static async ValueTask<MailReports> OpenAsync(ReportPorts ports, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(ports);
        var (log, clock, onFault) = (ports.Log, ports.Clock, ports.OnFault);
        var kind = new ReportKind(ports.Limits.KeptFor);
        var streams = await ReportStreams.OpenAsync(
            kind,
            new StreamPorts<ReportLife, ReportFact>(log, clock)
            {
                OnFault = onFault,
                OnUnreadable = problem =>
                {
                    onFault(problem);
                    _ = EraseWhereOverAsync(log, problem.Stream, clock, onFault);
                },
            },
            cancellation
        );
        return new(ports, kind, streams, new ViewKeeper(new ReportsView(), ports.Views, new LogFeed(log, clock), onFault));
    }

    /// <summary>Deletes what is older than it may be, from now on too, and keeps the list up with the log, until it is cancelled.</summary>
    /// <exception cref="ViewUnusableException">The list cannot be written now. It may be run again.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        streams.Start();
        // Their alarms were set by the settings of their day; a report that is asked sets its own anew.
        foreach (var report in streams.RingingUntil(DateTimeOffset.MaxValue))
            await streams.SubmitAsync(report, kind.Wake);
        try
        {
            await view.RunAsync(cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    /// <param name="heldAs">The name under which the page holds the mail: one report of it is made. Null where none does.</param>
    public async ValueTask<ReportOutcome> KeepAsync(
        ReadOnlyMemory<byte> message,
        MailCheckResult result,
        ReporterWords words,
        string? heldAs,
        CancellationToken cancellation
    )
    {
        ArgumentNullException.ThrowIfNull(result);
        await keeping.WaitAsync(cancellation);
        try
        {
            if (!await HasRoomAsync(message.Length, cancellation))
                return new ReportOutcome.Full();
            var text = StrangersText.Lines(result.Content.VisibleText, TextLengthMax);
            for (var draw = 0; draw < NumberTriesMax; draw++)
            {
                var number = NumberOf(ports.RandomBytes(NumberLetters));
                // Refused, it would still make the mail durable: on the stream of whoever has the number.
                if (await streams.ReadAsync(ReportKind.StreamOf(number)) is not null)
                    continue;
                var report = MailReport.Of(number, ports.Clock.GetUtcNow(), message.Length, result, words);
                return await SubmitNewAsync(report, text, message, heldAs) switch
                {
                    ReportDecision.Done { Reply: null } => new ReportOutcome.Kept(report.Number),
                    ReportDecision.KeyTaken(_, var earlier) => new ReportOutcome.Kept(ReportKind.NumberOf(earlier)!),
                    var odd => throw new UnreachableException($"A report of a free number came to {odd}."),
                };
            }
            throw new LogUnusableException("No number was free for a report.");
        }
        finally
        {
            keeping.Release();
        }
    }

    /// <summary>One whose description is damaged is told of and left out; the others have no part in it.</summary>
    public async ValueTask<ReportList> ListAsync(CancellationToken cancellation)
    {
        var (listed, isWhole) = await ListedAsync(cancellation);
        var reports = ImmutableArray.CreateBuilder<MailReport>(listed.Count);
        foreach (var one in listed)
        {
            try
            {
                if (await DescribedAsync(one.Number, one.State, cancellation) is { } report)
                    reports.Add(report);
            }
            catch (Exception damage) when (damage is InvalidDataException or JsonException)
            {
                ports.OnFault(
                    new InvalidDataException(
                        $"What is known of the report {one.Number} is damaged: {damage.Message} Run: shonin log verify.",
                        damage
                    )
                );
            }
        }
        return new ReportList(reports.ToImmutable(), isWhole);
    }

    /// <summary>How many wait for somebody.</summary>
    public async ValueTask<int> CountNewAsync(CancellationToken cancellation) =>
        (await ListedAsync(cancellation)).Reports.Count(report => report.State == ReportState.New);

    /// <inheritdoc cref="ViewKeeper.ProgressAsync"/>
    public ValueTask<ViewProgress> ProgressAsync(CancellationToken cancellation) => view.ProgressAsync(cancellation);

    public async ValueTask<MailReport?> FindAsync(string number, CancellationToken cancellation) =>
        await LifeOfAsync(number) is { State: { } state } ? await DescribedAsync(number, state, cancellation) : null;

    /// <summary>The mail as it was brought, and what it showed to a reader; or null.</summary>
    public async ValueTask<ReportedContent?> ReadAsync(string number, CancellationToken cancellation)
    {
        if (
            await LifeOfAsync(number) is not { } life
            || await ports.Log.Store.ReadDocumentAsync(ReportKind.TextIdOf(number), cancellation) is not { } text
        )
        {
            return null;
        }

        using var message = new MemoryStream(life.SizeBytes);
        for (var part = 0; part < life.PartCount; part++)
        {
            if (await ports.Log.Store.ReadDocumentAsync(ReportKind.PartIdOf(number, part), cancellation) is not { } bytes)
                return null; // deleted meanwhile
            message.Write(bytes.Span);
        }
        return new(message.ToArray(), Encoding.UTF8.GetString(text.Span));
    }

    public async ValueTask MarkHandledAsync(string number) =>
        await SubmitAsync(ReportKind.StreamOf(number), new ReportCommand.MarkHandled(), null);

    public async ValueTask DeleteAsync(string number) => await SubmitAsync(ReportKind.StreamOf(number), new ReportCommand.Delete(), null);

    /// <summary>
    /// A report that an earlier version kept, under its own number; one that is here already, or was and is deleted, stays as it is.
    /// </summary>
    public async ValueTask TakeOverAsync(MailReport report, string text, ReadOnlyMemory<byte> message) =>
        await SubmitNewAsync(report, text, message, heldAs: null);

    public async ValueTask DisposeAsync()
    {
        await streams.DisposeAsync();
        view.Dispose();
        keeping.Dispose();
    }

    /// <summary>A report that cannot be read cannot say either that its time is over; its alarm does.</summary>
    private static async Task EraseWhereOverAsync(OwnedLog log, StreamId report, TimeProvider clock, Action<Exception> onFault)
    {
        try
        {
            var alarms = await log.Store.ReadAlarmsAsync(ShardMap.ShardOf(report), CancellationToken.None);
            if (alarms.Any(alarm => alarm.Stream == report && alarm.At <= clock.GetUtcNow()))
                await log.Store.EraseOwnerAsync(ReportKind.OwnerOf(report), CancellationToken.None);
        }
        catch (LogUnusableException fault)
        {
            onFault(fault); // its alarm rings again
        }
    }

    private async ValueTask<ReportDecision> SubmitNewAsync(MailReport report, string text, ReadOnlyMemory<byte> message, string? heldAs)
    {
        var (number, stream) = (report.Number, ReportKind.StreamOf(report.Number));
        var owner = ReportKind.OwnerOf(stream);
        var documents = new List<Document>
        {
            new(ReportKind.DescribedIdOf(number), owner, JsonSerializer.SerializeToUtf8Bytes(report)),
            new(ReportKind.TextIdOf(number), owner, Encoding.UTF8.GetBytes(text)),
        };
        var partCount = 0;
        for (var rest = message; !rest.IsEmpty; partCount++)
        {
            var part = rest[..Math.Min(AppendLimits.DocumentSizeBytesMax, rest.Length)];
            documents.Add(new(ReportKind.PartIdOf(number, partCount), owner, part));
            rest = rest[part.Length..];
        }
        return await SubmitAsync(
            stream,
            new ReportCommand.Keep(report.ReceivedAt, message.Length, partCount, report.State),
            new()
            {
                IsNew = true,
                Documents = documents,
                Keys = heldAs is null ? [] : [HeldMailKey(heldAs)],
            }
        );
    }

    private async ValueTask<ReportDecision> SubmitAsync(StreamId stream, ReportCommand command, Attachments<ReportRefusal?>? attachments) =>
        await streams.SubmitAsync(stream, command, attachments) switch
        {
            { WhyNotNow: { } why } => throw new LogUnusableException(why),
            ReportDecision.TooLarge(var what) => throw new InvalidOperationException(
                $"A report is cut into parts that fit, and this does not: {what}."
            ),
            var decided => decided,
        };

    private async ValueTask<bool> HasRoomAsync(int sizeBytes, CancellationToken cancellation)
    {
        var (listed, isWhole) = await ListedAsync(cancellation);
        return isWhole
            && listed.Count < ports.Limits.CountMax
            && listed.Sum(report => (long)report.SizeBytes) + sizeBytes <= ports.Limits.SizeBytesMax;
    }

    private async ValueTask<(IReadOnlyList<ListedReport> Reports, bool IsWhole)> ListedAsync(CancellationToken cancellation)
    {
        var answer = await view.ListAsync(ReportsView.Kept, ViewOrder.GreatestFirst, ListedCountMax, cancellation);
        return ([.. answer.Rows.Select(ReportsView.ReportOf).Where(report => IsStillKept(report.ReceivedAt))], answer.IsWhole);
    }

    /// <summary>Null where there is no such report, or none any more.</summary>
    private async ValueTask<ReportLife?> LifeOfAsync(string number) =>
        (await streams.ReadAsync(ReportKind.StreamOf(number)))?.State is { State: not null } life && IsStillKept(life.ReceivedAt)
            ? life
            : null;

    /// <summary>Its time may be over a moment before its alarm has been heard.</summary>
    private bool IsStillKept(DateTimeOffset receivedAt) => receivedAt > ports.Clock.GetUtcNow() - ports.Limits.KeptFor;

    private async ValueTask<MailReport?> DescribedAsync(string number, ReportState state, CancellationToken cancellation) =>
        await ports.Log.Store.ReadDocumentAsync(ReportKind.DescribedIdOf(number), cancellation) is { } described
            ? JsonSerializer.Deserialize<MailReport>(described.Span)! with
            {
                State = state,
            }
            : null;

    /// <summary>The name opens the mail's page for a while, so only a hash of it stands on the log.</summary>
    private static UniqueKey HeldMailKey(string heldAs) =>
        new(HeldMailScope, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(heldAs))));

    private static string NumberOf(byte[] drawn)
    {
        var letters = string.Concat(drawn.Select(one => Unambiguous[one % Unambiguous.Length]));
        return $"R-{letters[..4]}-{letters[4..]}";
    }
}
