using System.Globalization;
using System.Text;
using System.Text.Json;
using Shonin.Domain.Approvals;
using Shonin.Domain.Orders;
using Shonin.EventLog;

namespace Shonin.Merchant.Tries;

/// <summary>Whether the card company may be asked on a card now because a customer wants it.</summary>
internal abstract record Admission
{
    private Admission() { }

    public sealed record Granted : Admission;

    /// <summary>A person decides, or time does.</summary>
    public sealed record Refused(TimeSpan RetryAfter) : Admission;
}

/// <summary>
/// How often customers may have the card company asked, per card across orders and per hour of the shop, without a yes. What was not
/// approved is counted by unique keys of the log, written in the same append as the answer: numbered for each card and each hour, so that
/// the greatest one counts them and no crash loses or doubles one. Approvals cost the log nothing. Tries that are still out are held in
/// memory; where too many are, on the card or in the shop, the next one waits for an answer. It is not refused for that: an order is taken
/// all the same, and what it asks leaves once there is room (<see cref="PlaceLateAsync"/>).
/// </summary>
internal sealed class TryBudget(OwnedLog log, TimeProvider clock, TryLimits limits, TimeSpan answerTimeout, Func<LinkCondition> linkCondition, Action<Exception> onFault)
{
    /// <summary>The queue of what needs a person and is no order.</summary>
    public const string AttentionQueue = "attention-tries";

    private const int CardCountMax = 20_000;
    private const int AppendTriesMax = 5;
    /// <summary>A shop of a thousand orders in a minute has two or three hundred out at once; whoever tests cards beside it gets no more.</summary>
    private const int CreditOfFloorMax = 2;
    private const string Released = "released";
    private const string StoppedEvent = "triesStopped";

    /// <summary>How soon an order that waits for a person, or for the next day, is looked at again.</summary>
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromHours(1);

    private static readonly TimeSpan window = TimeSpan.FromHours(24);

    private readonly Lock gate = new();
    private readonly Dictionary<string, CardTries> cards = [];
    private readonly Dictionary<OrderId, Reservation> reservations = [];
    /// <summary>Those that have a place on their card, and none in the shop.</summary>
    private readonly Queue<TaskCompletionSource> waitingInShop = [];
    private readonly HashSet<StreamId> telling = [];
    private ShopHour shop = new("", approvedBefore: 0);

    /// <summary>
    /// Refuses once too many were not approved. Where too many are out, it waits for one to come back, at most as long as an answer may
    /// take; while nothing can be sent it does not wait.
    /// </summary>
    public async ValueTask<Admission> AdmitAsync(OrderId order, CardOnFile card, CancellationToken cancellation)
    {
        var until = clock.GetUtcNow() + answerTimeout;
        while (true)
        {
            await LoadAsync(card.Fingerprint, cancellation);
            TaskCompletionSource turn;
            Stopped? stopped;
            lock (gate)
            {
                var now = clock.GetUtcNow();
                if (!cards.TryGetValue(card.Fingerprint, out var tries) || shop.Name != HourOf(now))
                    continue;
                if (reservations.ContainsKey(order))
                    return new Admission.Granted();
                stopped = StopOf(card, tries, now);
                if (stopped is null && (Reserve(order, card, tries, now) || now >= until || linkCondition() == LinkCondition.Down))
                    return new Admission.Granted();
                if (stopped is null && FreeAbandoned(card.Fingerprint, now - answerTimeout - answerTimeout))
                    continue;
                turn = new(TaskCreationOptions.RunContinuationsAsynchronously);
                if (stopped is null)
                    WaitIn(tries, turn);
            }
            if (stopped is not null)
            {
                await TellStaffAsync(stopped);
                return new Admission.Refused(stopped.RetryAfter);
            }
            var left = until - clock.GetUtcNow();
            using var timer = clock.CreateTimer(
                state => ((TaskCompletionSource)state!).TrySetResult(), turn, left > TimeSpan.Zero ? left : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
            await turn.Task.WaitAsync(cancellation);
        }
    }

    /// <summary>Whether the order has a place among the tries that are out; from here on it is taken to be used.</summary>
    public bool IsAdmitted(OrderId order)
    {
        lock (gate)
        {
            if (!reservations.TryGetValue(order, out var admitted))
                return false;
            admitted.IsAsked = true;
            return true;
        }
    }

    /// <summary>
    /// Gives a place to an order that was taken without one: nothing could be sent then, or it had waited long enough. Null where it has
    /// one now, else how long it must not be sent.
    /// </summary>
    public async ValueTask<TimeSpan?> PlaceLateAsync(OrderId order, CardOnFile card)
    {
        await LoadAsync(card.Fingerprint, CancellationToken.None);
        Stopped? stopped;
        lock (gate)
        {
            if (reservations.ContainsKey(order))
                return null;
            var now = clock.GetUtcNow();
            if (!cards.TryGetValue(card.Fingerprint, out var tries))
                return answerTimeout;
            stopped = StopOf(card, tries, now);
            if (stopped is null)
                return Reserve(order, card, tries, now, isAsked: true) ? null : answerTimeout;
        }
        await TellStaffAsync(stopped);
        return stopped.RetryAfter < LookAgainAfter ? stopped.RetryAfter : LookAgainAfter;
    }

    private Stopped? StopOf(CardOnFile card, CardTries tries, DateTimeOffset now)
    {
        tries.Forget(now - window);
        return shop.NotApproved >= ShopMax
            ? new(StreamOfShop(shop.Name), shop.Name, null, null, shop.NotApproved, NextHour(now) - now, DateTimeOffset.MinValue)
            : tries.NotApproved.Count >= limits.TriesPerCardMax
            ? new(StreamOfCard(card.Fingerprint), card.Fingerprint, card.Brand, card.Last4, tries.NotApproved.Count,
                tries.NotApproved[0] + window - now, tries.NotApproved[limits.TriesPerCardMax - 1])
            : null;
    }

    private bool Reserve(OrderId order, CardOnFile card, CardTries tries, DateTimeOffset now, bool isAsked = false)
    {
        if (!HasRoom(tries) || RoomInShop <= 0)
            return false;
        tries.Outstanding++;
        reservations.Add(order, new(card.Fingerprint, now) { IsAsked = isAsked });
        return true;
    }

    /// <summary>Approvals of a card let at most as many tries out again as its limit has left: they are no licence to guess in one burst.</summary>
    private bool HasRoom(CardTries tries)
    {
        var left = limits.TriesPerCardMax - tries.NotApproved.Count;
        return tries.Outstanding < left + Math.Min(tries.Approved, left);
    }

    /// <summary>How many may be not approved in this hour before the shop is stopped.</summary>
    private int ShopMax => limits.TriesPerShopHour + (shop.Approved / limits.ApprovalsPerFurtherTry);

    /// <summary>
    /// How many more may be out: as if each that is out were refused, and one more for each approval, so that honest volume is not held up.
    /// However good the hour was, approvals let no more than <see cref="CreditOfFloorMax"/> times the floor out beyond what the hour allows.
    /// </summary>
    private int RoomInShop =>
        ShopMax - shop.NotApproved - reservations.Count + Math.Min(shop.Approved + shop.ApprovedBefore, CreditOfFloorMax * limits.TriesPerShopHour);

    /// <summary>Whoever was woken for a place that it cannot use, because the other kind is missing, passes it on.</summary>
    private void WaitIn(CardTries tries, TaskCompletionSource turn)
    {
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
    }

    /// <summary>As many as there is room for; all of them once the shop is stopped, to be told so.</summary>
    private void WakeInShop() => Wake(waitingInShop, shop.NotApproved >= ShopMax ? waitingInShop.Count : RoomInShop);

    private static void Wake(Queue<TaskCompletionSource> waiting, int places)
    {
        while (places > 0 && waiting.TryDequeue(out var turn))
            places -= turn.TrySetResult() ? 1 : 0;
    }

    /// <summary>Nothing was asked after all.</summary>
    public void Withdraw(OrderId order)
    {
        lock (gate)
            if (reservations.TryGetValue(order, out var reservation) && !reservation.IsAsked)
                Free(order);
    }

    /// <summary>Before an answer of an order is decided whose try this process did not admit: it was asked before a restart.</summary>
    public bool Knows(OrderId order)
    {
        lock (gate)
            return reservations.ContainsKey(order) && shop.Name == HourOf(clock.GetUtcNow());
    }

    /// <summary>Reads what the log has counted of a card, and of this hour.</summary>
    public async ValueTask LoadAsync(string fingerprint, CancellationToken cancellation)
    {
        var hour = HourOf(clock.GetUtcNow());
        bool knowsCard, knowsHour;
        lock (gate)
            (knowsCard, knowsHour) = (cards.ContainsKey(fingerprint), shop.Name == hour);
        if (!knowsHour)
        {
            var (greatest, counted) = await ReadAsync(ScopeOfShop(hour), _ => true, cancellation);
            lock (gate)
                if (shop.Name != hour)
                {
                    var approvedBefore = shop.Name == HourOf(clock.GetUtcNow() - TimeSpan.FromHours(1)) ? shop.Approved : 0;
                    shop = new(hour, approvedBefore) { Greatest = greatest, NotApproved = counted.Count, Approved = counted.Count == 0 ? 0 : (int)counted[0] };
                    WakeInShop();
                }
        }
        if (!knowsCard)
        {
            var oldest = (clock.GetUtcNow() - window).ToUnixTimeMilliseconds();
            var (greatest, counted) = await ReadAsync(ScopeOfCard(fingerprint), at => at > oldest, cancellation);
            lock (gate)
            {
                if (cards.Count >= CardCountMax)
                    ForgetIdle();
                cards.TryAdd(fingerprint, new() { Greatest = greatest, NotApproved = [.. counted.AsEnumerable().Reverse().Select(DateTimeOffset.FromUnixTimeMilliseconds)] });
            }
        }
    }

    /// <summary>The keys that count an answer that is no approval; for the append that makes the answer durable.</summary>
    public IEnumerable<UniqueKey> KeysFor(Attempt attempt, DateTimeOffset at)
    {
        lock (gate)
        {
            var time = Encoding.UTF8.GetBytes(at.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture));
            var keys = new List<UniqueKey>(2);
            if (cards.TryGetValue(attempt.Card.Fingerprint, out var tries))
                keys.Add(new(ScopeOfCard(attempt.Card.Fingerprint), Ordinal(++tries.Greatest), time));
            if (shop.Name == HourOf(at))
                keys.Add(new(ScopeOfShop(shop.Name), Ordinal(++shop.Greatest), Encoding.UTF8.GetBytes(shop.Approved.ToString(CultureInfo.InvariantCulture))));
            return keys;
        }
    }

    /// <summary>What became durable of an order: tries go out and come back.</summary>
    public void Note(Order order, IReadOnlyList<OrderEvent> events)
    {
        foreach (var happened in events)
        {
            switch (happened)
            {
                case OrderEvent.AttemptApproved approved:
                    Answered(order, order.Attempts[approved.Attempt - 1], happened.At);
                    break;
                case OrderEvent.AttemptDeclined declined:
                    Answered(order, order.Attempts[declined.Attempt - 1], happened.At);
                    break;
                case OrderEvent.AttemptReferred referred:
                    Answered(order, order.Attempts[referred.Attempt - 1], happened.At);
                    break;
                case OrderEvent.AttemptPartiallyApproved partly:
                    Answered(order, order.Attempts[partly.Attempt - 1], happened.At);
                    break;
                case OrderEvent.EvidenceNoted late when CustomerTries.IsCounted(order.Attempts[late.Attempt - 1], late.Kind):
                    lock (gate)
                        NotApproved(order.Id, order.Attempts[late.Attempt - 1].Card, happened.At);
                    break;
                // An attempt that was given up keeps its place until its reversal is answered: its own answer may still come.
                case OrderEvent.AttemptNotSent or OrderEvent.ReversalAnswered:
                case OrderEvent.CancellationAsked when !order.Attempts.Any(attempt => attempt.IsReversing):
                    lock (gate)
                        Free(order.Id);
                    break;
            }
        }
    }

    /// <summary>What waits for a person: cards and hours that are stopped. What time has ended leaves the list here.</summary>
    public async ValueTask<IReadOnlyList<StoppedTries>> ListStoppedAsync(int limit, CancellationToken cancellation)
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
    public async ValueTask<StoppedTries?> FindStoppedAsync(string name, CancellationToken cancellation)
    {
        foreach (var stream in new[] { StreamOfCard(name), StreamOfShop(name) })
            if (ToldLast(await log.Store.ReadStreamAsync(stream, 0, cancellation)) is { } told && !IsOver(told.What, clock.GetUtcNow()))
                return told.What;
        return null;
    }

    /// <summary>A person lets it be tried again: what was counted before counts no more.</summary>
    public async ValueTask<bool> ReleaseAsync(StoppedTries what, string by, CancellationToken cancellation)
    {
        var isShop = what.Brand is null;
        var scope = isShop ? ScopeOfShop(what.Name) : ScopeOfCard(what.Name);
        var stream = isShop ? StreamOfShop(what.Name) : StreamOfCard(what.Name);
        for (var tries = 0; tries < AppendTriesMax; tries++)
        {
            var greatest = await log.Store.GreatestKeyAsync(scope, cancellation);
            var ordinal = (greatest is null ? 0 : long.Parse(greatest, CultureInfo.InvariantCulture)) + 1;
            var now = clock.GetUtcNow();
            var released = JsonSerializer.SerializeToUtf8Bytes(new ReleasedTries(by, now), TriesJson.Default.ReleasedTries);
            var history = await log.Store.ReadStreamAsync(stream, 0, cancellation);
            var result = await log.AppendAsync(new Append(stream, history.Count, log.LeaseOf(stream), now)
            {
                Events = [new("triesReleased", released)],
                Keys = [new(scope, Ordinal(ordinal), Encoding.UTF8.GetBytes(Released))],
                CompletedOutbox = ItemsOf(stream, history),
            });
            if (result is not AppendResult.Committed)
                continue;
            lock (gate)
            {
                if (isShop && shop.Name == what.Name)
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
            return true;
        }
        return false;
    }

    private void Answered(Order order, Attempt attempt, DateTimeOffset at)
    {
        if (!CustomerTries.IsCustomers(attempt.Initiator))
            return;
        var isCounted = CustomerTries.IsCounted(attempt);
        lock (gate)
        {
            var tries = cards.GetValueOrDefault(attempt.Card.Fingerprint);
            if (attempt.Outcome is AttemptOutcome.Approved)
            {
                shop.Approved++;
                if (tries is not null && tries.Approved++ == 0)
                    tries.ApprovedSince = at;
            }
            else if (isCounted)
            {
                NotApproved(order.Id, attempt.Card, at);
            }
            Free(order.Id);
        }
    }

    private void NotApproved(OrderId order, CardOnFile card, DateTimeOffset at)
    {
        shop.NotApproved++;
        cards.GetValueOrDefault(card.Fingerprint)?.NotApproved.Add(at);
        Free(order);
    }

    private void Free(OrderId order)
    {
        if (!reservations.Remove(order, out var reservation))
            return;
        if (cards.TryGetValue(reservation.Card, out var tries))
        {
            tries.Outstanding--;
            // An approval frees its own place and earns another one.
            Wake(tries.Waiting, 2);
        }
        WakeInShop();
    }

    /// <summary>Whoever was let in and never asked, because its client went away meanwhile, keeps no place.</summary>
    private bool FreeAbandoned(string card, DateTimeOffset before)
    {
        var abandoned = reservations.Where(one => (RoomInShop <= 0 || one.Value.Card == card) && !one.Value.IsAsked && one.Value.At <= before).Select(one => one.Key).ToList();
        foreach (var order in abandoned)
            Free(order);
        return abandoned.Count > 0;
    }

    private void ForgetIdle()
    {
        foreach (var (fingerprint, tries) in cards)
            if (tries.Outstanding == 0 && tries.Waiting.Count == 0)
                cards.Remove(fingerprint);
    }

    /// <summary>What stands beside each key, from the newest back to a release or to the first that counts no more. A refused append leaves a gap.</summary>
    private async ValueTask<(long Greatest, List<long> Counted)> ReadAsync(string scope, Func<long, bool> counts, CancellationToken cancellation)
    {
        var counted = new List<long>();
        if (await log.Store.GreatestKeyAsync(scope, cancellation) is not { } newest)
            return (0, counted);
        var greatest = long.Parse(newest, CultureInfo.InvariantCulture);
        for (var ordinal = greatest; ordinal > 0; ordinal--)
        {
            if (await log.Store.FindKeyAsync(scope, Ordinal(ordinal), cancellation) is not { } key)
                continue;
            var beside = Encoding.UTF8.GetString(key.Content.Span);
            if (beside == Released)
                break;
            var value = long.Parse(beside, CultureInfo.InvariantCulture);
            if (!counts(value))
                break;
            counted.Add(value);
        }
        return (greatest, counted);
    }

    /// <summary>Once for each stop of a card or hour. What cannot be told now is told with the next that is refused; whoever is refused learns it all the same.</summary>
    private async ValueTask TellStaffAsync(Stopped stopped)
    {
        lock (gate)
        {
            if (IsTold(stopped) || !telling.Add(stopped.Stream))
                return;
        }
        DateTimeOffset? toldAt = null;
        try
        {
            toldAt = await TellAsync(stopped);
        }
        catch (LogUnusableException fault)
        {
            onFault(fault);
        }
        finally
        {
            lock (gate)
            {
                telling.Remove(stopped.Stream);
                if (stopped.Brand is null && shop.Name == stopped.Name)
                    shop.ToldAt = toldAt;
                else if (stopped.Brand is not null && cards.TryGetValue(stopped.Name, out var tries))
                    tries.ToldAt = toldAt;
            }
        }
    }

    private bool IsTold(Stopped stopped) =>
        (stopped.Brand is not null ? cards.GetValueOrDefault(stopped.Name)?.ToldAt : shop.Name == stopped.Name ? shop.ToldAt : null) >= stopped.Since;

    /// <summary>Puts the stop onto the list, in the place of an earlier one of the same card.</summary>
    /// <returns>When it was told.</returns>
    /// <exception cref="LogUnusableException">It could not be written, or the log cannot be read.</exception>
    private async ValueTask<DateTimeOffset> TellAsync(Stopped stopped)
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

    /// <summary>What people were told last, where nobody has released it since.</summary>
    private static (StoppedTries What, long Version)? ToldLast(IReadOnlyList<StoredEvent> history) =>
        history is [.., { Type: StoppedEvent } last] ? (JsonSerializer.Deserialize(last.Payload.Span, TriesJson.Default.StoppedTries)!, last.Version) : null;

    private bool IsOver(StoppedTries what, DateTimeOffset now) =>
        what.Brand is null ? string.CompareOrdinal(what.Name, HourOf(now)) < 0 : what.At + window <= now;

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

    private static string ScopeOfCard(string fingerprint) => $"tries-card-{fingerprint}";

    private static string ScopeOfShop(string hour) => $"tries-shop-{hour}";

    private static StreamId StreamOfCard(string fingerprint) => new(ScopeOfCard(fingerprint));

    private static StreamId StreamOfShop(string hour) => new(ScopeOfShop(hour));

    /// <param name="version">That of the event that tells of the stop: each stop has an item of its own.</param>
    private static string ItemIdOf(StreamId stream, long version) => string.Create(CultureInfo.InvariantCulture, $"attention-{stream.Value}-{version}");

    /// <summary>The item that may still wait of a stream; earlier versions of this program had one name for all.</summary>
    private static string[] ItemsOf(StreamId stream, IReadOnlyList<StoredEvent> history) =>
        [$"attention-{stream.Value}", .. ToldLast(history) is { } told ? [ItemIdOf(stream, told.Version)] : Array.Empty<string>()];

    private static string HourOf(DateTimeOffset at) => at.UtcDateTime.ToString("yyyyMMddHH", CultureInfo.InvariantCulture);

    private static DateTimeOffset NextHour(DateTimeOffset now) => new(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerHour) + TimeSpan.TicksPerHour, TimeSpan.Zero);

    private static string Ordinal(long ordinal) => ordinal.ToString("D12", CultureInfo.InvariantCulture);

    /// <param name="Since">The try that reached a card's limit; an hour is stopped once.</param>
    private sealed record Stopped(StreamId Stream, string Name, string? Brand, string? Last4, int Count, TimeSpan RetryAfter, DateTimeOffset Since);

    /// <summary>One try of one order, from when it is let in until its answer is durable.</summary>
    private sealed class Reservation(string card, DateTimeOffset at)
    {
        public string Card { get; } = card;
        public DateTimeOffset At { get; } = at;
        public bool IsAsked { get; set; }
    }

    /// <summary>One card as this process knows it. Approvals are counted in memory alone: a restart forgets them, and is the stricter for it.</summary>
    private sealed class CardTries
    {
        public long Greatest { get; set; }
        /// <summary>When each was not approved, the oldest first.</summary>
        public List<DateTimeOffset> NotApproved { get; init; } = [];
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
