using System.Collections.Immutable;
using System.Diagnostics;
using Shonin.CardCompany.Deciding;
using Shonin.EventLog;

namespace Shonin.CardCompany.History;

/// <summary>What became of something that was to be decided and recorded.</summary>
internal abstract record Recorded
{
    private Recorded() { }
    /// <summary>Durable; the answer may leave.</summary>
    public sealed record Durable(Decision Decision) : Recorded;
    /// <summary>The request's key belongs to another card's request.</summary>
    public sealed record KeyTaken : Recorded { public static readonly KeyTaken Instance = new(); }
    /// <summary>Nothing was recorded, and so nothing may be answered.</summary>
    public sealed record Unavailable(string Why) : Recorded;
}

/// <summary>
/// The histories of all cards. Each card decides one thing after the other, on the state that includes what was decided before but
/// is not durable yet; its append then expects exactly that version. So many decisions of one card share a flush, and where an
/// earlier one is not written after all, the later ones are not either: they are decided anew.
/// </summary>
internal sealed class CardLog(IEventStore store, Appender appender, IReadOnlyList<ShardLease> leases, LapseClock lapses)
{
    /// <summary>Histories kept in memory are at most twice this many; the others are read again when they are asked for.</summary>
    private const int GenerationCountMax = 10_000;

    /// <summary>Every further try means that an earlier decision of the same card was not written.</summary>
    private const int TryCountMax = 20;

    private readonly Lock gate = new();
    private Dictionary<StreamId, Task<Card>> young = [];
    private Dictionary<StreamId, Task<Card>> old = [];

    private sealed class Card(CardHistory history, long version)
    {
        public Lock Gate { get; } = new();
        public CardHistory History { get; set; } = history;
        public long Version { get; set; } = version;
        /// <summary>An append of this state was not written: whatever builds on it would be wrong.</summary>
        public bool IsAbandoned { get; set; }
    }

    /// <param name="key">What must be unique in the whole log for this to be recorded.</param>
    public async ValueTask<Recorded> DecideAsync(StreamId stream, DateTimeOffset at, Func<CardHistory, Decision> decide, UniqueKey? key = null)
    {
        for (var tried = 0; tried < TryCountMax; tried++)
        {
            var card = await OpenAsync(stream);
            if (Begin(card, stream, at, decide, key) is not { } begun)
                continue;
            switch (await begun.Append)
            {
                case AppendResult.Committed:
                    return new Recorded.Durable(begun.Decision);
                case AppendResult.VersionConflict:
                    Abandon(stream, card);
                    break;
                case AppendResult.KeyTaken:
                    Abandon(stream, card);
                    return Recorded.KeyTaken.Instance;
                case AppendResult.LeaseLost:
                    Abandon(stream, card);
                    return new Recorded.Unavailable("Another card company runs on the same data. Stop one of the two.");
                case AppendResult.Unavailable unavailable:
                    Abandon(stream, card);
                    return new Recorded.Unavailable(unavailable.Why);
                default:
                    throw new UnreachableException();
            }
        }
        return new Recorded.Unavailable($"Earlier decisions about the same card were not written {TryCountMax} times in a row.");
    }

    /// <summary>The card's past as far as it is known here.</summary>
    public async ValueTask<CardHistory> ReadAsync(StreamId stream)
    {
        var card = await OpenAsync(stream);
        lock (card.Gate)
            return card.History;
    }

    private sealed record Begun(Decision Decision, ValueTask<AppendResult> Append);

    /// <summary>Decides and hands the append over in one go, so that appends of a card stand in the order of its decisions. Null where the state is no good any more.</summary>
    private Begun? Begin(Card card, StreamId stream, DateTimeOffset at, Func<CardHistory, Decision> decide, UniqueKey? key)
    {
        lock (card.Gate)
        {
            if (card.IsAbandoned)
                return null;
            var decision = decide(card.History);
            var events = Events(decision);
            var after = events.Aggregate(card.History, (history, happened) => history.Evolve(happened));
            var append = new Append(stream, card.Version, leases[ShardMap.ShardOf(stream)], at)
            {
                Events = [.. events.Select(CardEventNames.Store)],
                Keys = key is null || !BeginsKey(events) ? [] : [key],
                Alarm = Alarm(card.History.NextLapse, after.NextLapse),
            };
            lapses.Set(stream, after.NextLapse);
            card.History = after;
            card.Version += events.Length;
            return new Begun(decision, appender.AppendAsync(append));
        }
    }

    private static ImmutableArray<CardEvent> Events(Decision decision) => decision switch
    {
        Decision.Answered answered => answered.Events,
        Decision.Accepted accepted => accepted.Events,
        Decision.Refused => [],
        _ => throw new UnreachableException(),
    };

    /// <summary>A repeat or a misuse does not claim the key: the first request holds it.</summary>
    private static bool BeginsKey(ImmutableArray<CardEvent> events) =>
        !events.Any(happened => happened is CardEvent.RequestRepeated or CardEvent.RequestKeyReused);

    private static AlarmChange Alarm(DateTimeOffset? before, DateTimeOffset? after) => after switch
    {
        _ when before == after => AlarmChange.Keep.Instance,
        { } at => new AlarmChange.Set(at),
        null => AlarmChange.Clear.Instance,
    };

    private Task<Card> OpenAsync(StreamId stream)
    {
        lock (gate)
        {
            if (young.TryGetValue(stream, out var card) && !card.IsFaulted)
                return card;
            if (young.Count >= GenerationCountMax)
                (old, young) = (young, []);
            if (!old.TryGetValue(stream, out card) || card.IsFaulted)
                card = LoadAsync(stream);
            young[stream] = card;
            return card;
        }
    }

    private async Task<Card> LoadAsync(StreamId stream)
    {
        var events = await store.ReadStreamAsync(stream, afterVersion: 0, CancellationToken.None);
        return new Card(events.Aggregate(CardHistory.Empty, (history, stored) => history.Evolve(CardEventNames.Load(stored))), events.Count);
    }

    private void Abandon(StreamId stream, Card card)
    {
        lock (card.Gate)
        {
            if (card.IsAbandoned)
                return;
            card.IsAbandoned = true;
        }
        lock (gate)
        {
            young.Remove(stream);
            old.Remove(stream);
        }
    }
}
