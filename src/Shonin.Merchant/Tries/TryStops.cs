using System.Globalization;
using System.Text.Json;
using Shonin.EventLog;

namespace Shonin.Merchant.Tries;

/// <summary>What people are told of cards and hours that are stopped, and how they let it be tried again: the streams and the list on the log.</summary>
internal sealed class TryStops(OwnedLog log, TimeProvider clock)
{
    /// <summary>The queue of what needs a person and is no order.</summary>
    public const string AttentionQueue = "attention-tries";

    private const int AppendTriesMax = 5;
    private const string StoppedEvent = "triesStopped";
    private const string ReleasedEvent = "triesReleased";

    /// <summary>Puts the stop onto the list, in the place of an earlier one of the same card.</summary>
    /// <returns>When it was told.</returns>
    /// <exception cref="LogUnusableException">It could not be written, or the log cannot be read.</exception>
    public async ValueTask<DateTimeOffset> TellAsync(Stopped stopped)
    {
        AppendResult? result = null;
        for (var tries = 0; tries < AppendTriesMax; tries++)
        {
            var history = await log.Store.ReadStreamAsync(stopped.Stream, 0, CancellationToken.None);
            if (ToldLast(history) is { } earlier && earlier.What.At >= stopped.Since)
                return earlier.What.At;
            var now = clock.GetUtcNow();
            var told = JsonSerializer.SerializeToUtf8Bytes(new StoppedTries(stopped.Name, stopped.Brand, stopped.Last4, stopped.Count, now), TriesJson.Default.StoppedTries);
            result = await log.AppendAsync(new Append(stopped.Stream, history.Count, log.LeaseOf(stopped.Stream), now)
            {
                Events = [new(StoppedEvent, told)],
                Outbox = [new(ItemIdOf(stopped.Stream, history.Count + 1), AttentionQueue, stopped.Stream, told, now)],
                CompletedOutbox = ItemsOf(stopped.Stream, history),
            });
            if (result is AppendResult.Committed or AppendResult.KeyTaken)
                return now;
            if (result is not AppendResult.VersionConflict)
                break;
        }
        throw new LogUnusableException($"Staff could not be told that {stopped.Stream} is stopped: {result}");
    }

    /// <summary>What waits for a person: cards and hours that are stopped. What time has ended leaves the list here.</summary>
    public async ValueTask<IReadOnlyList<StoppedTries>> ListAsync(int limit, CancellationToken cancellation)
    {
        while (true)
        {
            var now = clock.GetUtcNow();
            var items = await log.Store.ReadOutboxAsync(AttentionQueue, DateTimeOffset.MaxValue, limit, cancellation);
            var stops = items.Select(item => (Item: item, What: JsonSerializer.Deserialize(item.Payload.Span, TriesJson.Default.StoppedTries)!)).ToArray();
            var ended = stops.Where(stop => IsOver(stop.What, now)).Select(stop => stop.Item).ToArray();
            var areGone = true;
            foreach (var item in ended)
                areGone &= await CompleteAsync(item, now, cancellation);
            // Behind what is gone others may stand; what could not be completed is only left out.
            if (ended.Length == 0 || items.Count < limit || !areGone)
                return [.. stops.Select(stop => stop.What).Where(what => !IsOver(what, now))];
        }
    }

    /// <summary>The card or hour of this name, where it is stopped and no person has released it.</summary>
    /// <param name="name">As in <see cref="StoppedTries.Name"/>; whoever asks may write anything.</param>
    public async ValueTask<StoppedTries?> FindAsync(string name, CancellationToken cancellation)
    {
        foreach (var stream in new[] { TryKeys.StreamOfCard(name), TryKeys.StreamOfShop(name) })
            if (ToldLast(await log.Store.ReadStreamAsync(stream, 0, cancellation)) is { } told && !IsOver(told.What, clock.GetUtcNow()))
                return told.What;
        return null;
    }

    /// <summary>A person lets it be tried again: what was counted before counts no more.</summary>
    /// <returns>The number of the release among the keys that count; null where it could not be recorded.</returns>
    public async ValueTask<long?> ReleaseAsync(StoppedTries what, string by, CancellationToken cancellation)
    {
        var scope = what.IsShop ? TryKeys.ScopeOfShop(what.Name) : TryKeys.ScopeOfCard(what.Name);
        var stream = what.IsShop ? TryKeys.StreamOfShop(what.Name) : TryKeys.StreamOfCard(what.Name);
        for (var tries = 0; tries < AppendTriesMax; tries++)
        {
            var ordinal = await TryKeys.GreatestAsync(log.Store, scope, cancellation) + 1;
            var now = clock.GetUtcNow();
            var released = JsonSerializer.SerializeToUtf8Bytes(new ReleasedTries(by, now), TriesJson.Default.ReleasedTries);
            var history = await log.Store.ReadStreamAsync(stream, 0, cancellation);
            var result = await log.AppendAsync(new Append(stream, history.Count, log.LeaseOf(stream), now)
            {
                Events = [new(ReleasedEvent, released)],
                Keys = [TryKeys.Release(scope, ordinal)],
                CompletedOutbox = ItemsOf(stream, history),
            });
            if (result is AppendResult.Committed)
                return ordinal;
        }
        return null;
    }

    /// <summary>What people were told last, where nobody has released it since.</summary>
    private static (StoppedTries What, long Version)? ToldLast(IReadOnlyList<StoredEvent> history) =>
        history is [.., { Type: StoppedEvent } last] ? (JsonSerializer.Deserialize(last.Payload.Span, TriesJson.Default.StoppedTries)!, last.Version) : null;

    private bool IsOver(StoppedTries what, DateTimeOffset now) =>
        what.IsShop ? string.CompareOrdinal(what.Name, TryKeys.HourOf(now)) < 0 : what.At + TryWindow.Length <= now;

    private async ValueTask<bool> CompleteAsync(OutboxItem item, DateTimeOffset now, CancellationToken cancellation)
    {
        for (var tries = 0; tries < AppendTriesMax; tries++)
        {
            var version = (await log.Store.ReadStreamAsync(item.Stream, 0, cancellation)).Count;
            var result = await log.AppendAsync(new Append(item.Stream, version, log.LeaseOf(item.Stream), now) { CompletedOutbox = [item.Id] });
            if (result is not AppendResult.VersionConflict)
                return result is AppendResult.Committed;
        }
        return false;
    }

    /// <param name="version">That of the event that tells of the stop: each stop has an item of its own.</param>
    private static string ItemIdOf(StreamId stream, long version) => string.Create(CultureInfo.InvariantCulture, $"attention-{stream.Value}-{version}");

    /// <summary>The item that may still wait of a stream; earlier versions of this program had one name for all.</summary>
    private static string[] ItemsOf(StreamId stream, IReadOnlyList<StoredEvent> history) =>
        [$"attention-{stream.Value}", .. ToldLast(history) is { } told ? [ItemIdOf(stream, told.Version)] : Array.Empty<string>()];
}
