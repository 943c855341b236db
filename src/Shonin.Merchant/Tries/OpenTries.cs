using Shonin.Domain.Approvals;
using Shonin.Domain.Orders;
using Shonin.EventLog;

namespace Shonin.Merchant.Tries;

/// <summary>How long a try that was not approved counts against its card.</summary>
internal static class TryWindow
{
    public static readonly TimeSpan Length = TimeSpan.FromHours(24);
}

/// <summary>A card, or an hour of the shop, on which nothing more may be tried.</summary>
/// <param name="Brand">Null for an hour.</param>
/// <param name="Since">The try that reached a card's limit; an hour is stopped once.</param>
internal sealed record ReachedTryLimit(
    StreamId Stream,
    string Name,
    string? Brand,
    string? Last4,
    int Count,
    TimeSpan RetryAfter,
    DateTimeOffset Since
)
{
    public bool IsShop => Brand is null;
}

/// <summary>
/// The arithmetic of tries: who may be out, who waits, what was not approved. It reads no log and no clock, and is for one thread at a
/// time. Places go to attempts: one before its order's decision, where a customer asks, and from then on to the attempt that the decision
/// made. Whoever finds none waits, and is woken when one may be free.
/// </summary>
internal sealed class OpenTries(TryLimits limits)
{
    private const int CardCountMax = 20_000;

    /// <summary>
    /// A shop of a thousand orders in a minute has two or three hundred out at once; whoever tests cards beside it gets no more.
    /// </summary>
    private const int CreditOfFloorMax = 2;

    private readonly Dictionary<string, CardTries> cards = [];

    /// <summary>Of an order that asks again while an earlier attempt is in doubt there are several.</summary>
    private readonly Dictionary<OrderId, List<Place>> places = [];
    private int placeCount;

    /// <summary>Those that have a place on their card, and none in the shop.</summary>
    private readonly Queue<TaskCompletionSource> waitingInShop = [];
    private ShopHour shop = new("", approvedBefore: 0);

    public bool Knows(string fingerprint, DateTimeOffset now) => KnowsCard(fingerprint) && KnowsHour(now);

    public bool KnowsCard(string fingerprint) => cards.GetValueOrDefault(fingerprint) is { IsRead: true };

    public bool KnowsHour(DateTimeOffset now) => shop.Name == TryKeys.HourOf(now);

    /// <summary>What the log has counted of this hour; nothing happens where it has begun already.</summary>
    public void BeginHour(string hour, DateTimeOffset now, long greatest, int notApproved, int approved)
    {
        if (shop.Name == hour)
            return;
        var approvedBefore = shop.Name == TryKeys.HourOf(now - TimeSpan.FromHours(1)) ? shop.Approved : 0;
        shop = new(hour, approvedBefore)
        {
            Greatest = greatest,
            NotApproved = notApproved,
            Approved = approved,
        };
        WakeInShop();
    }

    /// <summary>What the log has counted of a card, the oldest first; nothing happens where it is known already.</summary>
    public void LearnCard(string fingerprint, long greatest, IEnumerable<DateTimeOffset> notApproved)
    {
        if (cards.Count >= CardCountMax)
            ForgetIdle();
        var tries = CardOf(fingerprint);
        if (!tries.IsRead)
            (tries.IsRead, tries.Greatest, tries.NotApproved) = (true, greatest, [.. notApproved]);
    }

    /// <summary>What the log says was asked before a restart, and has no answer: it may still come.</summary>
    public void LearnOut(OrderId order, Attempt attempt, DateTimeOffset now) =>
        Add(order, new Place(attempt.Card.Fingerprint, now) { Attempt = attempt.Ordinal, IsInDoubt = attempt.IsReversing });

    /// <summary>
    /// Whether a try of the order is on its way for which an answer is awaited. One in doubt is none: the customer may ask beside it, and
    /// that is another try.
    /// </summary>
    public bool IsAsking(OrderId order) => PlacesOf(order).Exists(place => !place.IsInDoubt);

    /// <summary>Whether every card that the order's tries are out on is known.</summary>
    public bool KnowsCardsOf(OrderId order) => places.TryGetValue(order, out var held) && held.TrueForAll(place => KnowsCard(place.Card));

    /// <summary>The order's place is this attempt's from here on. False where it has none on that card.</summary>
    public bool NoteAsked(OrderId order, Attempt attempt)
    {
        if (PlacesOf(order).Find(place => place.Attempt is null && place.Card == attempt.Card.Fingerprint) is not { } admitted)
            return false;
        admitted.Attempt = attempt.Ordinal;
        return true;
    }

    /// <summary>Nothing was asked after all.</summary>
    public void Withdraw(OrderId order, CardOnFile card) => Free(order, place => place.Attempt is null && place.Card == card.Fingerprint);

    /// <summary>Why nothing more may be tried on this card now, or null. The card must be known (<see cref="Knows"/>).</summary>
    public ReachedTryLimit? StopOf(CardOnFile card, DateTimeOffset now)
    {
        var tries = cards[card.Fingerprint];
        tries.Forget(now - TryWindow.Length);
        return shop.NotApproved >= ShopMax
                ? new(
                    TryKeys.StreamOfShop(shop.Name),
                    shop.Name,
                    null,
                    null,
                    shop.NotApproved,
                    TryKeys.NextHour(now) - now,
                    DateTimeOffset.MinValue
                )
            : IsStopped(tries)
                ? new(
                    TryKeys.StreamOfCard(card.Fingerprint),
                    card.Fingerprint,
                    card.Brand,
                    card.Last4,
                    tries.NotApproved.Count,
                    tries.NotApproved[0] + TryWindow.Length - now,
                    tries.NotApproved[limits.TriesPerCardMax - 1]
                )
            : null;
    }

    /// <summary>Takes a place for an order's try, where there is one on its card and in the shop.</summary>
    /// <param name="attempt">Null where the order has not decided yet.</param>
    public bool Reserve(OrderId order, CardOnFile card, DateTimeOffset now, int? attempt = null)
    {
        var tries = cards[card.Fingerprint];
        if (!HasRoom(tries) || RoomInShop <= 0)
            return false;
        Add(order, new Place(card.Fingerprint, now) { Attempt = attempt });
        return true;
    }

    /// <summary>Whoever was woken for a place that it cannot use, because the other kind is missing, passes it on.</summary>
    public TaskCompletionSource Wait(CardOnFile card)
    {
        var tries = cards[card.Fingerprint];
        var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (HasRoom(tries))
        {
            waitingInShop.Enqueue(turn);
            Wake(tries.Waiting, 1);
        }
        else
        {
            tries.Waiting.Enqueue(turn);
            WakeInShop();
        }
        return turn;
    }

    /// <summary>As many as there is room for; all of them once the shop is stopped, to be told so.</summary>
    private void WakeInShop() => Wake(waitingInShop, shop.NotApproved >= ShopMax ? waitingInShop.Count : RoomInShop);

    /// <summary>An approval frees its own place and earns another one; all of them once the card is stopped, to be told so.</summary>
    private void WakeOn(CardTries tries) => Wake(tries.Waiting, IsStopped(tries) ? tries.Waiting.Count : 2);

    private bool IsStopped(CardTries tries) => tries.NotApproved.Count >= limits.TriesPerCardMax;

    private static void Wake(Queue<TaskCompletionSource> waiting, int places)
    {
        while (places > 0 && waiting.TryDequeue(out var turn))
            places -= turn.TrySetResult() ? 1 : 0;
    }

    /// <summary>Whoever was let in and never asked, because its client went away meanwhile, keeps no place.</summary>
    public bool FreeAbandoned(string card, DateTimeOffset before)
    {
        var isFull = RoomInShop <= 0;
        bool IsAbandoned(Place place) => (isFull || place.Card == card) && place.Attempt is null && place.At <= before;
        var abandoned = places.Where(one => one.Value.Exists(IsAbandoned)).Select(one => one.Key).ToList();
        foreach (var order in abandoned)
            Free(order, IsAbandoned);
        return abandoned.Count > 0;
    }

    /// <summary>The keys that count an answer that is no approval.</summary>
    public IReadOnlyList<UniqueKey> KeysFor(Attempt attempt, DateTimeOffset at)
    {
        var keys = new List<UniqueKey>(2);
        if (cards.GetValueOrDefault(attempt.Card.Fingerprint) is { IsRead: true } tries)
            keys.Add(TryKeys.OfCard(attempt.Card.Fingerprint, ++tries.Greatest, at));
        if (shop.Name == TryKeys.HourOf(at))
            keys.Add(TryKeys.OfShop(shop.Name, ++shop.Greatest, shop.Approved));
        return keys;
    }

    /// <summary>What became durable of an order: its tries come back.</summary>
    public void Note(Order order, OrderEvent happened)
    {
        switch (happened)
        {
            case var _ when CustomerTries.EndedBy(order, happened) is { } ended:
                End(order.Id, ended, happened.At);
                break;
            case OrderEvent.AttemptNotSent unsent:
                Free(order.Id, place => place.Attempt == unsent.Attempt);
                break;
            // An attempt that was given up keeps its place until its reversal is answered: its own answer may still come.
            case OrderEvent.ReversalStarted given:
                foreach (var place in PlacesOf(order.Id).Where(place => place.Attempt == given.Attempt))
                    place.IsInDoubt = true;
                break;
            case OrderEvent.ReversalAnswered taken:
                Free(order.Id, place => place.Attempt == taken.Attempt);
                break;
            case OrderEvent.CancellationAsked when !order.Attempts.Any(attempt => attempt.IsReversing):
                Free(order.Id, _ => true);
                break;
        }
    }

    /// <summary>A person lets it be tried again.</summary>
    /// <param name="ordinal">The number of the release among the keys that count.</param>
    public void Release(StoppedTries what, long ordinal)
    {
        if (what.IsShop && shop.Name == what.Name)
        {
            (shop.Greatest, shop.NotApproved, shop.ToldAt) = (Math.Max(shop.Greatest, ordinal), 0, null);
            WakeInShop();
        }
        else if (cards.TryGetValue(what.Name, out var card))
        {
            card.Greatest = Math.Max(card.Greatest, ordinal);
            card.NotApproved.Clear();
            card.ToldAt = null;
        }
    }

    public bool IsTold(ReachedTryLimit stopped) =>
        (
            stopped.IsShop
                ? shop.Name == stopped.Name
                    ? shop.ToldAt
                    : null
                : cards.GetValueOrDefault(stopped.Name)?.ToldAt
        ) >= stopped.Since;

    /// <param name="at">When people were told; null where they could not be.</param>
    public void NoteTold(ReachedTryLimit stopped, DateTimeOffset? at)
    {
        if (stopped.IsShop && shop.Name == stopped.Name)
            shop.ToldAt = at;
        else if (!stopped.IsShop && cards.TryGetValue(stopped.Name, out var tries))
            tries.ToldAt = at;
    }

    private void End(OrderId order, EndedTry ended, DateTimeOffset at)
    {
        var tries = cards.GetValueOrDefault(ended.Attempt.Card.Fingerprint);
        switch (ended.Result)
        {
            case TryResult.Approved:
                shop.Approved++;
                if (tries is not null && tries.Approved++ == 0)
                    tries.ApprovedSince = at;
                break;
            case TryResult.NotApproved:
                shop.NotApproved++;
                tries?.NotApproved.Add(at);
                break;
            case TryResult.SaysNothing:
                break;
        }
        Free(order, place => place.Attempt == ended.Attempt.Ordinal);
    }

    private List<Place> PlacesOf(OrderId order) => places.TryGetValue(order, out var held) ? held : [];

    private CardTries CardOf(string fingerprint)
    {
        if (!cards.TryGetValue(fingerprint, out var tries))
            cards.Add(fingerprint, tries = new());
        return tries;
    }

    private void Add(OrderId order, Place place)
    {
        if (!places.TryGetValue(order, out var held))
            places.Add(order, held = []);
        held.Add(place);
        placeCount++;
        CardOf(place.Card).Outstanding++;
    }

    private void Free(OrderId order, Predicate<Place> which)
    {
        var freed = PlacesOf(order).FindAll(which);
        foreach (var place in freed)
        {
            places[order].Remove(place);
            placeCount--;
            var tries = CardOf(place.Card);
            tries.Outstanding--;
            WakeOn(tries);
        }
        if (freed.Count == 0)
            return;
        if (places[order].Count == 0)
            places.Remove(order);
        WakeInShop();
    }

    /// <summary>
    /// Approvals of a card let at most as many tries out again as its limit has left: they are no licence to guess in one burst.
    /// </summary>
    private bool HasRoom(CardTries tries)
    {
        var left = limits.TriesPerCardMax - tries.NotApproved.Count;
        return tries.Outstanding < left + Math.Min(tries.Approved, left);
    }

    /// <summary>How many may be not approved in this hour before the shop is stopped.</summary>
    private int ShopMax => limits.TriesPerShopHour + (shop.Approved / limits.ApprovalsPerFurtherTry);

    /// <summary>
    /// How many more may be out: as if each that is out were refused, and one more for each approval, so that honest volume is not held up.
    /// However good the hour was, approvals let no more than <see cref="CreditOfFloorMax"/> times the floor out beyond what the hour
    /// allows.
    /// </summary>
    private int RoomInShop =>
        ShopMax - shop.NotApproved - placeCount + Math.Min(shop.Approved + shop.ApprovedBefore, CreditOfFloorMax * limits.TriesPerShopHour);

    private void ForgetIdle()
    {
        foreach (var (fingerprint, tries) in cards)
        {
            if (tries.Outstanding == 0 && tries.Waiting.Count == 0)
                cards.Remove(fingerprint);
        }
    }

    /// <summary>One try of one order, from when it is let in until its answer is durable.</summary>
    private sealed class Place(string card, DateTimeOffset at)
    {
        public string Card { get; } = card;
        public DateTimeOffset At { get; } = at;

        /// <summary>Null until the order has decided to ask.</summary>
        public int? Attempt { get; set; }

        /// <summary>It was given up, and its reversal is not answered.</summary>
        public bool IsInDoubt { get; set; }
    }

    /// <summary>
    /// One card as this process knows it. Approvals are counted in memory alone: a restart forgets them, and is the stricter for it.
    /// </summary>
    private sealed class CardTries
    {
        /// <summary>Whether it is known what the log has counted: tries may be out before.</summary>
        public bool IsRead { get; set; }
        public long Greatest { get; set; }

        /// <summary>When each was not approved, the oldest first.</summary>
        public List<DateTimeOffset> NotApproved { get; set; } = [];
        public int Approved { get; set; }
        public DateTimeOffset ApprovedSince { get; set; }
        public int Outstanding { get; set; }
        public DateTimeOffset? ToldAt { get; set; }
        public Queue<TaskCompletionSource> Waiting { get; } = [];

        public void Forget(DateTimeOffset before)
        {
            NotApproved.RemoveAll(at => at <= before);
            if (ApprovedSince <= before)
                Approved = 0;
        }
    }

    private sealed class ShopHour(string name, int approvedBefore)
    {
        public string Name { get; } = name;

        /// <summary>Approvals of the hour before, as this process saw them: at the full hour nobody begins to wait.</summary>
        public int ApprovedBefore { get; } = approvedBefore;
        public long Greatest { get; set; }
        public int NotApproved { get; set; }
        public int Approved { get; set; }
        public DateTimeOffset? ToldAt { get; set; }
    }
}
