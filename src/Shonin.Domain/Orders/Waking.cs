using Shonin.Domain.Approvals;
using Shonin.Domain.Notices;

namespace Shonin.Domain.Orders;

/// <summary>
/// Time. Every state that waits for somebody has an alarm that ends it; the alarm is the earliest of all that the order
/// waits for, and follows from its state alone.
/// </summary>
public static class Waking
{
    /// <summary>When the order must be looked at again, or null where it waits for nothing.</summary>
    public static DateTimeOffset? AlarmOf(Order order, ApprovalPolicy policy)
    {
        DateTimeOffset? earliest = null;
        foreach (var due in DueTimes(order, policy))
        {
            if (earliest is null || due < earliest)
                earliest = due;
        }

        return earliest;
    }

    internal static Decision Wake(OrderDraft draft)
    {
        DoWhatIsDue(draft);
        return draft.Accept();
    }

    /// <summary>Does whatever is due now. The deadline comes first: no retry starts once it has passed.</summary>
    internal static void DoWhatIsDue(OrderDraft draft)
    {
        if (draft.Order.Hold is { } hold && hold.Deadline <= draft.Now)
            Closing.CloseAtDeadline(draft, hold);
        GiveUpOverdue(draft);
        RepeatReversals(draft);
        RepeatCaptures(draft);
        OpenHoldWithoutLink(draft);
        Announce(draft);
        AskAgain(draft);
        Remind(draft);
        Closing.FinishIfDone(draft);
        Expiring.Watch(draft);
        WatchDelivery(draft);
        Unsettled.Watch(draft);
    }

    private static IEnumerable<DateTimeOffset> DueTimes(Order order, ApprovalPolicy policy)
    {
        if (order.AttemptInFlight is { } inFlight)
            yield return inFlight.AnswerDueAt;
        foreach (var attempt in order.Attempts)
        {
            if (attempt.IsReversing)
                yield return attempt.Reversal!.RepeatAt;
        }

        foreach (var shipment in order.Shipments)
        {
            if (shipment.CaptureIsOutstanding)
                yield return shipment.RepeatAt;
            if (IsMissed(order, shipment) && !order.Attention.Contains(AttentionReason.DeliveryMissing))
                yield return shipment.DeliveryExpectedBy;
        }
        foreach (var due in Expiring.DueTimes(order, policy).Concat(Unsettled.DueTimes(order, policy)))
            yield return due;
        switch (order.Standing)
        {
            case Standing.AwaitingApproval { SendAgainAt: { } sendAgainAt }:
                yield return sendAgainAt;
                yield return order.PlacedAt + policy.NoticeAfter;
                break;
            case Standing.OnHold { Hold: var hold }:
                yield return hold.Deadline;
                if (hold.AnnouncedAt is null)
                    yield return hold.AnnounceAt;
                if (hold.ReminderAt is { } reminderAt)
                    yield return reminderAt;
                if (hold.SendAgainAt is { } again && CanTimeOut(hold, again, policy))
                    yield return again;
                if (hold.RetryAt is { } retryAt && CanTimeOut(hold, retryAt, policy) && !order.Attempts.Any(attempt => attempt.IsReversing))
                    yield return retryAt;
                break;
            case Standing.Closing closing:
                yield return closing.PatienceUntil;
                break;
        }
    }

    private static void GiveUpOverdue(OrderDraft draft)
    {
        if (draft.Order.AttemptInFlight is not { } attempt || attempt.AnswerDueAt > draft.Now)
            return;
        Attempts.GiveUp(draft, attempt, ReversalReason.AnswerLateOrNever);
        Holding.NoteClass(draft, HoldClass.NoAnswer);
    }

    private static void RepeatReversals(OrderDraft draft)
    {
        foreach (var attempt in draft.Order.Attempts)
        {
            if (
                attempt is { IsReversing: true, Reversal: { } reversal }
                && reversal.RepeatAt <= draft.Now
                && draft.Moment.Link == LinkCondition.Up
            )
            {
                Closing.RepeatReversal(draft, attempt, reversal);
            }
        }
    }

    private static void RepeatCaptures(OrderDraft draft)
    {
        foreach (var shipment in draft.Order.Shipments)
        {
            if (shipment.CaptureIsOutstanding && shipment.RepeatAt <= draft.Now && draft.Moment.Link == LinkCondition.Up)
                Shipping.RepeatCapture(draft, shipment);
        }
    }

    /// <summary>Nothing could be sent for longer than a hiccup: the customer must hear of it.</summary>
    private static void OpenHoldWithoutLink(OrderDraft draft)
    {
        if (
            draft.Order.Standing is Standing.AwaitingApproval { SendAgainAt: not null }
            && draft.Order.PlacedAt + draft.Policy.NoticeAfter <= draft.Now
        )
        {
            Holding.Open(draft, HoldClass.NoAnswer, draft.Now);
            Holding.NoteOwnFault(draft);
        }
    }

    private static void Announce(OrderDraft draft)
    {
        if (draft.Order.Hold is not { AnnouncedAt: null } hold || hold.AnnounceAt > draft.Now)
            return;
        draft.Add(new OrderEvent.HoldAnnounced(hold.Episode, draft.Now + draft.Policy.ReminderEvery, draft.Now));
        draft.QueueNotice(NoticeKind.Problem);
    }

    /// <summary>
    /// Sends again what certainly did not leave, and asks again by ourselves once the reversal of the attempt before is answered.
    /// Both wait for the link, and neither starts too late to be taken back before the deadline.
    /// </summary>
    private static void AskAgain(OrderDraft draft)
    {
        if (draft.Moment.Link == LinkCondition.Down || draft.Order.AttemptInFlight is not null)
            return;
        var (sendAgainAt, hold) = draft.Order.Standing switch
        {
            Standing.AwaitingApproval awaiting => (awaiting.SendAgainAt, null),
            Standing.OnHold onHold => (onHold.Hold.SendAgainAt, onHold.Hold),
            _ => (null, null),
        };
        if (hold is not null && !CanTimeOut(hold, draft.Now, draft.Policy))
            return;
        if (sendAgainAt <= draft.Now)
            Attempts.Claim(draft, draft.Order.LastAttempt!.Initiator);
        else if (hold?.RetryAt <= draft.Now && !draft.Order.Attempts.Any(attempt => attempt.IsReversing))
            Retry(draft, hold);
    }

    /// <summary>The rules of the day on which we ask bind, not those of the day on which the retry was planned.</summary>
    private static void Retry(OrderDraft draft, Hold hold)
    {
        if (RetryRules.RefusalFor(draft.Order, draft.Order.Card, draft.Now) is null)
        {
            Attempts.Claim(
                draft,
                draft.Order.Attempts.Any(attempt => attempt.HasExpired) ? Initiator.Reauthorization : Initiator.AutomaticRetry
            );
        }
        else
        {
            draft.Add(new OrderEvent.RetryScheduled(hold.Episode, null, draft.Now));
        }
    }

    /// <summary>Whether an attempt that starts then is given up before the deadline, so that its reversal can be queued.</summary>
    private static bool CanTimeOut(Hold hold, DateTimeOffset startsAt, ApprovalPolicy policy) =>
        startsAt + policy.AnswerTimeout < hold.Deadline;

    private static void Remind(OrderDraft draft)
    {
        if (draft.Order.Hold is not { } hold || hold.ReminderAt is null || hold.ReminderAt > draft.Now)
            return;
        draft.Add(new OrderEvent.CustomerReminded(hold.Episode, hold.Reminders + 1, draft.Now + draft.Policy.ReminderEvery, draft.Now));
        draft.QueueNotice(NoticeKind.Reminder);
    }

    private static void WatchDelivery(OrderDraft draft)
    {
        if (draft.Order.Shipments.Any(shipment => IsMissed(draft.Order, shipment) && shipment.DeliveryExpectedBy <= draft.Now))
            draft.AskAttention(AttentionReason.DeliveryMissing);
    }

    /// <summary>Nobody said where it is, an agent neither.</summary>
    private static bool IsMissed(Order order, Shipment shipment) =>
        shipment.DeliveredAt is null && !ByHand.IsSettled(order, AttentionReason.DeliveryMissing, shipment.DeliveryExpectedBy);
}
