using System.Globalization;
using System.Text.Json;
using Shonin.EventLog;
using Shonin.Streams;

namespace Shonin.MailChecks;

/// <summary>
/// What happened to a reported mail. Nothing here is of the mail itself or of whoever brought it: that stands beside the log, in documents
/// of the report's own.
/// </summary>
internal abstract record ReportFact
{
    private ReportFact() { }

    /// <param name="ReceivedAt">Its time to live begins here.</param>
    /// <param name="SizeBytes">Of the mail.</param>
    /// <param name="PartCount">The documents that the mail is cut into.</param>
    public sealed record Kept(DateTimeOffset ReceivedAt, int SizeBytes, int PartCount) : ReportFact;

    public sealed record Handled : ReportFact;

    /// <summary>By a person, or because its time was over.</summary>
    public sealed record Deleted : ReportFact;
}

internal abstract record ReportCommand
{
    private ReportCommand() { }

    public sealed record Keep(DateTimeOffset ReceivedAt, int SizeBytes, int PartCount, ReportState State) : ReportCommand;

    public sealed record MarkHandled : ReportCommand;

    public sealed record Delete : ReportCommand;

    public sealed record LookAtClock : ReportCommand;
}

internal enum ReportRefusal
{
    NumberTaken,
    NoSuchReport,
}

/// <param name="State">Null once it is deleted.</param>
internal sealed record ReportLife(DateTimeOffset ReceivedAt, int SizeBytes, int PartCount, ReportState? State);

/// <summary>
/// A reported mail as a kind of stream. It ends when a person deletes it or its time is over; with that fact its key and its documents are
/// destroyed.
/// </summary>
internal sealed class ReportKind(TimeSpan keptFor) : StreamKind<ReportLife, ReportCommand, ReportFact, ReportRefusal?>
{
    private const string StreamPrefix = "report-";

    private static readonly JsonSerializerOptions json = new(JsonSerializerDefaults.Web);

    public override string Prefix => StreamPrefix;

    public override ReportCommand Wake { get; } = new ReportCommand.LookAtClock();

    public static StreamId StreamOf(string number) => new(StreamPrefix + number);

    /// <summary>Null for a stream of another kind.</summary>
    public static string? NumberOf(StreamId stream) =>
        stream.Value.StartsWith(StreamPrefix, StringComparison.Ordinal) ? stream.Value[StreamPrefix.Length..] : null;

    /// <summary>Whose the documents are: nobody else's, so that they end with the report.</summary>
    public static string OwnerOf(StreamId stream) => stream.Value;

    public static string DescribedIdOf(string number) => $"{StreamOf(number)}/described";

    public static string TextIdOf(string number) => $"{StreamOf(number)}/text";

    public static string PartIdOf(string number, int part) =>
        string.Create(CultureInfo.InvariantCulture, $"{StreamOf(number)}/mail/{part}");

    public override Decided<ReportLife, ReportFact, ReportRefusal?> Decide(
        StreamId stream,
        ReportLife? state,
        ReportCommand command,
        DateTimeOffset at
    )
    {
        if (command is not ReportCommand.Keep && state?.State is null)
            return Refuse(ReportRefusal.NoSuchReport);
        return command switch
        {
            ReportCommand.Keep keep => state is null ? Accept(FactsOf(keep)) : Refuse(ReportRefusal.NumberTaken),
            ReportCommand.MarkHandled => Accept(state!.State == ReportState.New ? [new ReportFact.Handled()] : []),
            ReportCommand.Delete => Accept([new ReportFact.Deleted()]),
            ReportCommand.LookAtClock => Accept(AlarmOf(state!) <= at ? [new ReportFact.Deleted()] : []),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    public override ReportLife Evolve(ReportLife? state, ReportFact happened) =>
        happened switch
        {
            ReportFact.Kept(var receivedAt, var sizeBytes, var partCount) when state is null => new ReportLife(
                receivedAt,
                sizeBytes,
                partCount,
                ReportState.New
            ),
            ReportFact.Handled when state?.State == ReportState.New => state with { State = ReportState.Handled },
            ReportFact.Deleted when state?.State is not null => state with { State = null },
            _ => throw new InvalidOperationException($"{happened.GetType().Name} cannot follow on {state?.ToString() ?? "nothing"}."),
        };

    public override DateTimeOffset? AlarmOf(ReportLife state) => state.State is null ? null : state.ReceivedAt + keptFor;

    public override void Follow(Step<ReportLife, ReportFact> step, Consequences consequences)
    {
        if (step.After.State is null)
            consequences.Erase(OwnerOf(step.Stream));
    }

    public override NewEvent Store(ReportFact happened) =>
        happened switch
        {
            ReportFact.Kept kept => new NewEvent(Names.Kept, JsonSerializer.SerializeToUtf8Bytes(kept, json)),
            ReportFact.Handled => new NewEvent(Names.Handled, "{}"u8.ToArray()),
            ReportFact.Deleted => new NewEvent(Names.Deleted, "{}"u8.ToArray()),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    public override ReportFact Load(StoredEvent stored) => Read(stored);

    /// <exception cref="JsonException">It is no fact of a report, or damaged.</exception>
    public static ReportFact Read(StoredEvent stored) =>
        stored.Type switch
        {
            Names.Kept => JsonSerializer.Deserialize<ReportFact.Kept>(stored.Payload.Span, json)
                ?? throw new JsonException("A report that was kept holds nothing."),
            Names.Handled => new ReportFact.Handled(),
            Names.Deleted => new ReportFact.Deleted(),
            _ => throw new JsonException($"{stored.Type} is no fact of a report."),
        };

    private static IReadOnlyList<ReportFact> FactsOf(ReportCommand.Keep keep)
    {
        var kept = new ReportFact.Kept(keep.ReceivedAt, keep.SizeBytes, keep.PartCount);
        return keep.State switch
        {
            ReportState.New => [kept],
            ReportState.Handled => [kept, new ReportFact.Handled()],
        };
    }

    private static Decided<ReportLife, ReportFact, ReportRefusal?> Refuse(ReportRefusal why) => new([], why);

    private static Decided<ReportLife, ReportFact, ReportRefusal?> Accept(IReadOnlyList<ReportFact> facts) => new(facts, null);

    private static class Names
    {
        public const string Kept = "reportKept";
        public const string Handled = "reportHandled";
        public const string Deleted = "reportDeleted";
    }
}
