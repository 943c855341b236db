using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Shonin.EventLog;
using Shonin.Streams;

namespace Shonin.Merchant.Privacy;

/// <summary>How much a sweep erased.</summary>
public sealed record SweptCounts(int Orders, int Contacts, int Accounts, int Cards, int Files)
{
    public static SweptCounts None { get; } = new(0, 0, 0, 0, 0);
}

internal abstract record SweepFact(DateTimeOffset At)
{
    public sealed record Begun(DateTimeOffset At) : SweepFact(At);

    public sealed record Ended(SweptCounts Erased, DateTimeOffset At) : SweepFact(At);
}

internal abstract record SweepCommand
{
    private SweepCommand() { }

    /// <summary>Begins where it is time: the alarm gives it too.</summary>
    public sealed record LookAtClock : SweepCommand;

    public sealed record End(SweptCounts Erased) : SweepCommand;
}

/// <param name="BegunAt">The last of them.</param>
internal sealed record Sweeps(DateTimeOffset BegunAt, SweepProgress Progress);

internal enum SweepProgress
{
    UnderWay,
    Done,
}

/// <summary>
/// The one stream whose alarm begins a sweep, every so often. What is to be done waits in the outbox like all work, so that a sweep that a
/// crash cut short is done at the next start.
/// </summary>
internal sealed class RetentionKind(TimeSpan every) : StreamKind<Sweeps, SweepCommand, SweepFact, NoReply>
{
    public const string Queue = "sweeps";
    private const string StreamPrefix = "retention-";
    private const string BegunName = "sweepBegun";
    private const string EndedName = "sweepEnded";

    private static readonly JsonSerializerOptions json = new(JsonSerializerDefaults.Web) { RespectNullableAnnotations = true };

    public static StreamId Stream { get; } = new(StreamPrefix + "sweep");

    public override string Prefix => StreamPrefix;

    public override SweepCommand Wake { get; } = new SweepCommand.LookAtClock();

    public override Decided<Sweeps, SweepFact, NoReply> Decide(StreamId stream, Sweeps? state, SweepCommand command, DateTimeOffset at) =>
        new(
            (command, state) switch
            {
                (SweepCommand.LookAtClock, null) => [new SweepFact.Begun(at)],
                (SweepCommand.LookAtClock, { } known) when AlarmOf(known) <= at => [new SweepFact.Begun(at)],
                (SweepCommand.LookAtClock, _) => ImmutableArray<SweepFact>.Empty,
                (SweepCommand.End end, { Progress: SweepProgress.UnderWay }) => [new SweepFact.Ended(end.Erased, at)],
                (SweepCommand.End, _) => [],
                _ => throw new UnreachableException(),
            },
            default
        );

    public override Sweeps Evolve(Sweeps? state, SweepFact happened) =>
        (state, happened) switch
        {
            (null or { Progress: SweepProgress.Done }, SweepFact.Begun begun) => new(begun.At, SweepProgress.UnderWay),
            ({ Progress: SweepProgress.UnderWay }, SweepFact.Ended) => state with { Progress = SweepProgress.Done },
            _ => throw new InvalidOperationException($"{happened?.GetType().Name} cannot follow on {state}."),
        };

    public override DateTimeOffset? AlarmOf(Sweeps state) => state.Progress == SweepProgress.UnderWay ? null : state.BegunAt + every;

    public override void Follow(Step<Sweeps, SweepFact> step, Consequences consequences)
    {
        if (step.Facts.OfType<SweepFact.Begun>().FirstOrDefault() is { } begun)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"{step.Stream}/{step.Version}");
            consequences.Queue(new(id, Queue, step.Stream, default, begun.At));
        }
    }

    public override NewEvent Store(SweepFact happened) =>
        happened switch
        {
            SweepFact.Begun begun => new(BegunName, JsonSerializer.SerializeToUtf8Bytes(begun, json)),
            SweepFact.Ended ended => new(EndedName, JsonSerializer.SerializeToUtf8Bytes(ended, json)),
            _ => throw new UnreachableException(),
        };

    public override SweepFact Load(StoredEvent stored) =>
        stored.Type switch
        {
            BegunName => Read<SweepFact.Begun>(stored),
            EndedName => Read<SweepFact.Ended>(stored),
            _ => throw new JsonException($"{stored.Type} is no fact of a sweep."),
        };

    private static T Read<T>(StoredEvent stored)
        where T : SweepFact =>
        JsonSerializer.Deserialize<T>(stored.Payload.Span, json) ?? throw new JsonException($"{stored.Type} holds nothing.");
}
