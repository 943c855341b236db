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
/// approved is counted by unique keys of the log (<see cref="TryKeys"/>), written in the same append as the answer, so that no crash loses
/// or doubles one. Approvals cost the log nothing. Tries that are still out are held in memory (<see cref="OpenTries"/>), and after a
/// restart found in the orders (<see cref="Learn"/>); where too many are, on the card or in the shop, the next one waits for an answer. It
/// is not refused for that: an order is taken all the same, and what it asks leaves once there is room (<see cref="PlaceLateAsync"/>).
/// </summary>
internal sealed class TryBudget(
    IEventStore store,
    TryStops stops,
    TimeProvider clock,
    ApprovalPolicy policy,
    Func<LinkCondition> linkCondition,
    Action<Exception> onFault
) : IAsyncDisposable
{
    /// <summary>How soon an order that waits for a person, or for the next day, is looked at again.</summary>
    private static readonly TimeSpan lookAgainAfter = TimeSpan.FromHours(1);

    private readonly Lock gate = new();
    private readonly OpenTries open = new(policy.Tries);
    private readonly HashSet<StreamId> telling = [];
    private readonly TimeSpan answerTimeout = policy.AnswerTimeout;

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
            TaskCompletionSource? turn = null;
            ReachedTryLimit? stopped;
            lock (gate)
            {
                var now = clock.GetUtcNow();
                if (!open.Knows(card.Fingerprint, now))
                    continue;
                if (open.IsAsking(order))
                    return new Admission.Granted();
                stopped = open.StopOf(card, now);
                if (stopped is null)
                {
                    if (open.Reserve(order, card, now) || now >= until || linkCondition() == LinkCondition.Down)
                        return new Admission.Granted();
                    if (open.FreeAbandoned(card.Fingerprint, now - answerTimeout - answerTimeout))
                        continue;
                    turn = open.Wait(card);
                }
            }
            if (stopped is not null)
            {
                await TellStaffAsync(stopped);
                return new Admission.Refused(stopped.RetryAfter);
            }
            var left = until - clock.GetUtcNow();
            using var timer = clock.CreateTimer(
                state => ((TaskCompletionSource)state!).TrySetResult(),
                turn,
                left > TimeSpan.Zero ? left : TimeSpan.Zero,
                Timeout.InfiniteTimeSpan
            );
            await turn!.Task.WaitAsync(cancellation);
        }
    }

    /// <summary>
    /// An order as it is after a restart: whatever the customer asked before it, and nobody has answered, is out. Whoever is told of each
    /// order that waits for an answer has the count whole.
    /// </summary>
    public void Learn(Order order)
    {
        lock (gate)
        {
            foreach (var attempt in order.Attempts)
            {
                if (
                    CustomerTries.IsCustomers(attempt.Initiator)
                    && attempt is { Outcome: AttemptOutcome.Sent or AttemptOutcome.Unknown, EvidenceCount: 0 }
                    && (attempt.IsInFlight || attempt.IsReversing)
                )
                {
                    open.LearnOut(order.Id, attempt, clock.GetUtcNow());
                }
            }
        }
    }

    /// <summary>Whether the attempt has a place among the tries that are out; from here on it is taken to be used.</summary>
    public bool IsAdmitted(OrderId order, Attempt attempt)
    {
        lock (gate)
            return open.NoteAsked(order, attempt);
    }

    /// <summary>
    /// Gives a place to an attempt that was taken without one: nothing could be sent then, or it had waited long enough. Null where it has
    /// one now, else how long it must not be sent.
    /// </summary>
    public async ValueTask<TimeSpan?> PlaceLateAsync(OrderId order, Attempt attempt)
    {
        var card = attempt.Card;
        await LoadAsync(card.Fingerprint, CancellationToken.None);
        ReachedTryLimit? stopped;
        lock (gate)
        {
            var now = clock.GetUtcNow();
            if (!open.KnowsCard(card.Fingerprint))
                return answerTimeout;
            stopped = open.StopOf(card, now);
            if (stopped is null)
                return open.Reserve(order, card, now, attempt.Ordinal) ? null : answerTimeout;
        }
        await TellStaffAsync(stopped);
        return stopped.RetryAfter < lookAgainAfter ? stopped.RetryAfter : lookAgainAfter;
    }

    /// <summary>Nothing was asked after all.</summary>
    public void Withdraw(OrderId order, CardOnFile card)
    {
        lock (gate)
            open.Withdraw(order, card);
    }

    /// <summary>Before an answer of an order is decided whose try this process did not admit: it was asked before a restart.</summary>
    public bool Knows(OrderId order)
    {
        lock (gate)
            return open.KnowsCardsOf(order) && open.KnowsHour(clock.GetUtcNow());
    }

    /// <summary>Reads what the log has counted of a card, and of this hour.</summary>
    public async ValueTask LoadAsync(string fingerprint, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        bool knowsCard,
            knowsHour;
        lock (gate)
            (knowsCard, knowsHour) = (open.KnowsCard(fingerprint), open.KnowsHour(now));
        if (!knowsHour)
        {
            var hour = TryKeys.HourOf(now);
            var (greatest, approvals) = await TryKeys.ReadAsync(store, TryKeys.ScopeOfShop(hour), _ => true, cancellation);
            lock (gate)
                open.BeginHour(hour, clock.GetUtcNow(), greatest, approvals.Count, approvals.Count == 0 ? 0 : (int)approvals[0]);
        }
        if (!knowsCard)
        {
            var oldest = (clock.GetUtcNow() - TryWindow.Length).ToUnixTimeMilliseconds();
            var (greatest, times) = await TryKeys.ReadAsync(store, TryKeys.ScopeOfCard(fingerprint), at => at > oldest, cancellation);
            lock (gate)
                open.LearnCard(fingerprint, greatest, times.AsEnumerable().Reverse().Select(DateTimeOffset.FromUnixTimeMilliseconds));
        }
    }

    /// <summary>The keys that count an answer that is no approval; for the append that makes the answer durable.</summary>
    public IEnumerable<UniqueKey> KeysFor(Attempt attempt, DateTimeOffset at)
    {
        lock (gate)
            return open.KeysFor(attempt, at);
    }

    /// <summary>What became durable of an order: tries go out and come back.</summary>
    public void Note(Order order, IReadOnlyList<OrderEvent> events)
    {
        lock (gate)
        {
            foreach (var happened in events)
                open.Note(order, happened);
        }
    }

    /// <summary>What waits for a person: cards and hours that are stopped.</summary>
    public ValueTask<IReadOnlyList<StoppedTries>> ListStoppedAsync(int limit, CancellationToken cancellation) =>
        stops.ListAsync(limit, cancellation);

    /// <inheritdoc cref="TryStops.FindAsync"/>
    public ValueTask<StoppedTries?> FindStoppedAsync(string name) => stops.FindAsync(name);

    /// <summary>A person lets it be tried again: what was counted before counts no more. False where it could not be recorded.</summary>
    public async ValueTask<bool> ReleaseAsync(StoppedTries what, string by, CancellationToken cancellation)
    {
        if (await stops.ReleaseAsync(what, by, cancellation) is not { } ordinal)
            return false;
        lock (gate)
            open.Release(what, ordinal);
        return true;
    }

    /// <inheritdoc cref="TryStops.DisposeAsync"/>
    public ValueTask DisposeAsync() => stops.DisposeAsync();

    /// <summary>
    /// Once for each stop of a card or hour. What cannot be told now is told with the next that is refused; whoever is refused learns it
    /// all the same.
    /// </summary>
    private async ValueTask TellStaffAsync(ReachedTryLimit stopped)
    {
        lock (gate)
        {
            if (open.IsTold(stopped) || !telling.Add(stopped.Stream))
                return;
        }
        DateTimeOffset? toldAt = null;
        try
        {
            toldAt = await stops.TellAsync(stopped);
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
                open.NoteTold(stopped, toldAt);
            }
        }
    }
}
