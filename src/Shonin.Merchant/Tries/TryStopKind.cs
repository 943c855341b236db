using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Shonin.EventLog;
using Shonin.Streams;

namespace Shonin.Merchant.Tries;

/// <summary>What people know of a card, or an hour of the shop.</summary>
/// <param name="Told">What they were told last, where nobody has released it since.</param>
/// <param name="Version">Of the newest fact, and so of the telling where there is one.</param>
internal sealed record TryStop(StoppedTries? Told, long Version);

internal abstract record TryStopCommand
{
    private TryStopCommand() { }

    /// <summary>People are to know of it; they are told once of each stop.</summary>
    public sealed record Tell(ReachedTryLimit Reached) : TryStopCommand;

    /// <summary>A person lets it be tried again. The key that ends what counts comes with it (<see cref="TryKeys.Release"/>).</summary>
    public sealed record Release(string By) : TryStopCommand;

    /// <summary>Its time is over: it leaves the list, with the item that comes with this, and nothing else changes.</summary>
    public sealed record EndByTime : TryStopCommand;
}

internal abstract record TryStopFact
{
    private TryStopFact() { }

    public sealed record Stopped(StoppedTries What) : TryStopFact;

    public sealed record Released(ReleasedTries What) : TryStopFact;
}

/// <summary>
/// Cards and hours that are stopped, a stream each: what people were told, and who let it be tried again. What was told last waits on the
/// list.
/// </summary>
internal sealed class TryStopKind : StreamKind<TryStop, TryStopCommand, TryStopFact, NoReply>
{
    /// <summary>The queue of what needs a person and is no order.</summary>
    public const string AttentionQueue = "attention-tries";

    private const string StoppedEvent = "triesStopped";
    private const string ReleasedEvent = "triesReleased";

    public override string Prefix => TryKeys.StreamPrefix;

    public override Decided<TryStop, TryStopFact, NoReply> Decide(
        StreamId stream,
        TryStop? state,
        TryStopCommand command,
        DateTimeOffset at
    ) => new(FactsOf(state, command, at), default);

    public override TryStop Evolve(TryStop? state, TryStopFact happened) =>
        happened switch
        {
            TryStopFact.Stopped(var told) => new(told, (state?.Version ?? 0) + 1),
            TryStopFact.Released => new(null, (state?.Version ?? 0) + 1),
            _ => throw new UnreachableException(),
        };

    /// <summary>One item a stream: a stop takes the place of an earlier one, and a release takes it off the list.</summary>
    public override void Follow(Step<TryStop, TryStopFact> step, Consequences consequences)
    {
        // Earlier versions of this program had one name for all items of a stream.
        consequences.Complete($"attention-{step.Stream}");
        if (step.Before is { Told: not null } before)
            consequences.Complete(ItemIdOf(step.Stream, before));
        if (step.After.Told is { } told)
            consequences.Queue(new OutboxItem(ItemIdOf(step.Stream, step.After), AttentionQueue, step.Stream, Write(told), step.At));
    }

    public override NewEvent Store(TryStopFact happened) =>
        happened switch
        {
            TryStopFact.Stopped stopped => new NewEvent(StoppedEvent, Write(stopped.What)),
            TryStopFact.Released released => new NewEvent(
                ReleasedEvent,
                JsonSerializer.SerializeToUtf8Bytes(released.What, TriesJson.Default.ReleasedTries)
            ),
            _ => throw new UnreachableException(),
        };

    public override TryStopFact Load(StoredEvent stored) =>
        stored.Type switch
        {
            StoppedEvent => new TryStopFact.Stopped(Read(stored.Payload)),
            ReleasedEvent => new TryStopFact.Released(JsonSerializer.Deserialize(stored.Payload.Span, TriesJson.Default.ReleasedTries)!),
            _ => throw new InvalidDataException($"{stored.Stream}/{stored.Version} is a {stored.Type}, which this program does not know."),
        };

    /// <summary>What an item of the list tells.</summary>
    public static StoppedTries Read(ReadOnlyMemory<byte> payload) =>
        JsonSerializer.Deserialize(payload.Span, TriesJson.Default.StoppedTries)!;

    private static IReadOnlyList<TryStopFact> FactsOf(TryStop? state, TryStopCommand command, DateTimeOffset at) =>
        command switch
        {
            TryStopCommand.Tell tell when state?.Told?.At >= tell.Reached.Since => [],
            TryStopCommand.Tell { Reached: var it } => [new TryStopFact.Stopped(new(it.Name, it.Brand, it.Last4, it.Count, at))],
            TryStopCommand.Release release => [new TryStopFact.Released(new(release.By, at))],
            TryStopCommand.EndByTime => [],
            _ => throw new UnreachableException(),
        };

    private static byte[] Write(StoppedTries told) => JsonSerializer.SerializeToUtf8Bytes(told, TriesJson.Default.StoppedTries);

    private static string ItemIdOf(StreamId stream, TryStop told) =>
        string.Create(CultureInfo.InvariantCulture, $"attention-{stream}-{told.Version}");
}
