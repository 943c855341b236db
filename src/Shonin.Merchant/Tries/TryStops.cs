using Shonin.EventLog;
using Shonin.Streams;
using TryStopOutcome = Shonin.Streams.Outcome<Shonin.Merchant.Tries.TryStop, Shonin.Merchant.Tries.TryStopFact, Shonin.Streams.NoReply>;
using TryStopStreams = Shonin.Streams.StreamHost<
    Shonin.Merchant.Tries.TryStop,
    Shonin.Merchant.Tries.TryStopCommand,
    Shonin.Merchant.Tries.TryStopFact,
    Shonin.Streams.NoReply
>;

namespace Shonin.Merchant.Tries;

/// <summary>
/// What people are told of cards and hours that are stopped, and how they let it be tried again: the streams and the list on the log.
/// </summary>
internal sealed class TryStops : IAsyncDisposable
{
    /// <summary>Tries that are counted while somebody releases take the numbers that the release would have.</summary>
    private const int NumberTriesMax = 5;

    /// <summary>Whoever asks for one may write anything as its name, so few that are idle are kept.</summary>
    private const int IdleCountMax = 1_000;

    private readonly IEventStore store;
    private readonly TimeProvider clock;
    private readonly TryStopStreams streams;

    private TryStops(IEventStore store, TimeProvider clock, TryStopStreams streams) =>
        (this.store, this.clock, this.streams) = (store, clock, streams);

    public static async ValueTask<TryStops> OpenAsync(
        OwnedLog log,
        TimeProvider clock,
        Action<Exception> onFault,
        CancellationToken cancellation
    )
    {
        var ports = new StreamPorts<TryStop, TryStopFact>(log, clock)
        {
            OnFault = onFault,
            OnUnreadable = onFault,
            IdleCountMax = IdleCountMax,
        };
        return new(log.Store, clock, await TryStopStreams.OpenAsync(new TryStopKind(), ports, cancellation));
    }

    /// <summary>Puts the stop onto the list, in the place of an earlier one of the same card.</summary>
    /// <returns>When it was told.</returns>
    /// <exception cref="LogUnusableException">It could not be written, or the log cannot be read.</exception>
    public async ValueTask<DateTimeOffset> TellAsync(ReachedTryLimit stopped) =>
        await streams.SubmitAsync(stopped.Stream, new TryStopCommand.Tell(stopped)) switch
        {
            TryStopOutcome.Done { Stream.State.Told: { } told } => told.At,
            // It stands on the list already.
            TryStopOutcome.KeyTaken => clock.GetUtcNow(),
            var outcome => throw new LogUnusableException($"Staff could not be told that {stopped.Stream} is stopped: {outcome}"),
        };

    /// <summary>What waits for a person: cards and hours that are stopped. What time has ended leaves the list here.</summary>
    public async ValueTask<IReadOnlyList<StoppedTries>> ListAsync(int limit, CancellationToken cancellation)
    {
        while (true)
        {
            var now = clock.GetUtcNow();
            var items = await store.ReadOutboxAsync(TryStopKind.AttentionQueue, DateTimeOffset.MaxValue, limit, cancellation);
            var stops = items.Select(item => (Item: item, What: TryStopKind.Read(item.Payload))).ToArray();
            var ended = stops.Where(stop => IsOver(stop.What, now)).Select(stop => stop.Item).ToArray();
            var areGone = true;
            foreach (var item in ended)
                areGone &= await TakeOffAsync(item);
            // Behind what is gone others may stand; what could not be completed is only left out.
            if (ended.Length == 0 || items.Count < limit || !areGone)
                return [.. stops.Select(stop => stop.What).Where(what => !IsOver(what, now))];
        }
    }

    /// <summary>The card or hour of this name, where it is stopped and no person has released it.</summary>
    /// <param name="name">As in <see cref="StoppedTries.Name"/>; whoever asks may write anything.</param>
    public async ValueTask<StoppedTries?> FindAsync(string name)
    {
        foreach (var stream in new[] { TryKeys.StreamOfCard(name), TryKeys.StreamOfShop(name) })
        {
            if ((await streams.ReadAsync(stream))?.State.Told is { } told && !IsOver(told, clock.GetUtcNow()))
                return told;
        }

        return null;
    }

    /// <summary>A person lets it be tried again: what was counted before counts no more.</summary>
    /// <returns>The number of the release among the keys that count; null where it could not be recorded.</returns>
    public async ValueTask<long?> ReleaseAsync(StoppedTries what, string by, CancellationToken cancellation)
    {
        var scope = what.IsShop ? TryKeys.ScopeOfShop(what.Name) : TryKeys.ScopeOfCard(what.Name);
        var stream = what.IsShop ? TryKeys.StreamOfShop(what.Name) : TryKeys.StreamOfCard(what.Name);
        for (var tries = 0; tries < NumberTriesMax; tries++)
        {
            var ordinal = await TryKeys.GreatestAsync(store, scope, cancellation) + 1;
            var number = TryKeys.Release(scope, ordinal);
            var outcome = await streams.SubmitAsync(stream, new TryStopCommand.Release(by), new() { Keys = [number] });
            if (outcome is TryStopOutcome.Done)
                return ordinal;
            if (outcome is not TryStopOutcome.KeyTaken)
                return null;
        }
        return null;
    }

    /// <summary>What was handed to the log is written; whoever waits is told that it may not be.</summary>
    public ValueTask DisposeAsync() => streams.DisposeAsync();

    private async ValueTask<bool> TakeOffAsync(OutboxItem item) =>
        await streams.SubmitAsync(item.Stream, new TryStopCommand.EndByTime(), new() { CompletedOutbox = [item.Id] })
        is TryStopOutcome.Done;

    private static bool IsOver(StoppedTries what, DateTimeOffset now) =>
        what.IsShop ? string.CompareOrdinal(what.Name, TryKeys.HourOf(now)) < 0 : what.At + TryWindow.Length <= now;
}
