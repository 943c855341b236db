using Shonin.Domain.Notices;
using Shonin.Domain.Orders;

namespace Shonin.Domain.Approvals;

/// <summary>What keeps a change of reason from being told again.</summary>
internal enum HoldReasonTold
{
    Last,
    Ever,
}

/// <summary>The hold: from the first answer that is not a yes until the outcome, and what the customer may do meanwhile.</summary>
internal static class Holding
{
    /// <summary>An attempt ended without a yes: a hold opens, or changes its class; the next automatic retry is planned.</summary>
    public static void NoteClass(OrderDraft draft, HoldClass reached)
    {
        CustomerTries.Note(draft);
        Unsettled.SettleUnsendable(draft);
        var changed = draft.Order.Hold is { } before && before.Class != reached;
        if (draft.Order.Standing is Standing.AwaitingApproval)
            Open(draft, reached, draft.Now + draft.Policy.NoticeAfter);
        else if (draft.Order.Hold is { } hold && changed)
            draft.Add(new OrderEvent.HoldClassChanged(hold.Episode, reached, draft.Now));

        if (draft.Order.Hold is not { } held)
            return;
        ScheduleRetry(draft);
        if (changed && held.AnnouncedAt is not null)
            draft.QueueNotice(NoticeKind.Update);
        else
            TellOtherReason(draft, HoldReasonTold.Last);
    }

    /// <summary>
    /// The class is as it was, and whose doing the hold is has changed since the customer was last told: that is news. What only keeps a
    /// request from leaving may change with every minute, and is told once a hold.
    /// </summary>
    public static void TellOtherReason(OrderDraft draft, HoldReasonTold unlessTold)
    {
        if (draft.Order.Hold is not { AnnouncedAt: not null } hold)
            return;
        var told = HoldReasons.Told(draft.Order, hold);
        var isTold = unlessTold switch
        {
            HoldReasonTold.Last => told.Length > 0 && told[^1] == HoldReasons.Of(draft.Order, hold.Class),
            HoldReasonTold.Ever => told.Contains(HoldReasons.Of(draft.Order, hold.Class)),
        };
        if (!isTold)
            draft.QueueNotice(NoticeKind.Update);
    }

    /// <summary>Plans when we ask again by ourselves, where the rules allow it and it is early enough.</summary>
    public static void ScheduleRetry(OrderDraft draft)
    {
        if (draft.Order.Hold is { } hold && NextRetryAt(draft, hold) is { } retryAt)
            draft.Add(new OrderEvent.RetryScheduled(hold.Episode, retryAt, draft.Now));
    }

    public static void Open(OrderDraft draft, HoldClass reached, DateTimeOffset announceAt) =>
        draft.Add(new OrderEvent.HoldOpened(draft.Order.Episodes + 1, reached, announceAt, draft.Now + draft.Policy.Deadline, draft.Now));

    /// <summary>
    /// A fault of ours keeps a request from leaving, and its customer is told so, or soon will be: a person must mend it.
    /// </summary>
    public static void NoteOwnFault(OrderDraft draft)
    {
        var isNamed = draft.Order.Attention.Contains(AttentionReason.CardUnavailable);
        if (!isNamed && draft.Order is { Hold: not null, LastAttempt.Outcome: AttemptOutcome.NotSent { Cause: NotSentCause.OwnFault } })
            draft.AskAttention(AttentionReason.OwnFault);
    }

    /// <summary>The yes has come: the customer who was told of the hold is told of its end.</summary>
    public static void End(OrderDraft draft, Hold hold)
    {
        draft.Add(new OrderEvent.HoldEnded(hold.Episode, draft.Now));
        draft.SettleAttention(AttentionReason.DoNotShip);
        draft.SettleAttention(AttentionReason.AuthorizationExpired);
        draft.SettleAttention(AttentionReason.MessageRefused);
        Unsettled.Settle(draft);
        CustomerTries.Settle(draft);
        if (hold.AnnouncedAt is not null)
            draft.QueueNotice(NoticeKind.Outcome, hold, NoticeOutcome.Approved);
    }

    public static Decision Confirm(OrderDraft draft, OrderCommand.Confirm confirm)
    {
        if (draft.Order.Requests.Contains(confirm.Request))
            return draft.Accept();
        if (RefusalToAsk(draft.Order, draft.Order.Card, draft.Now + draft.Policy.AnswerTimeout, draft.Now) is { } refused)
            return refused;
        draft.Add(new OrderEvent.ConfirmationAsked(confirm.Request, draft.Now) { Agent = confirm.Agent });
        if (confirm.Agent is null)
            Mailing.NoteReader(draft);
        Attempts.Claim(draft, confirm.Agent is null ? Initiator.CustomerConfirms : Initiator.Agent);
        return draft.Accept();
    }

    public static Decision ChangeCard(OrderDraft draft, OrderCommand.ChangeCard change)
    {
        if (draft.Order.Requests.Contains(change.Request))
            return draft.Accept();
        if (RefusalToAsk(draft.Order, change.Card, draft.Now + draft.Policy.AnswerTimeout, draft.Now) is { } refused)
            return refused;
        draft.Add(new OrderEvent.CardChanged(change.Request, change.Card, draft.Now));
        Mailing.NoteReader(draft);
        Attempts.Claim(draft, Initiator.Customer);
        return draft.Accept();
    }

    /// <summary>Why the card company may not be asked about this order on this card now, or null.</summary>
    /// <param name="timesOutAt">When an attempt that starts now would have to be given up: before the deadline, so that its reversal can be
    ///   queued.</param>
    public static Decision.Refused? RefusalToAsk(Order order, CardOnFile card, DateTimeOffset timesOutAt, DateTimeOffset now) =>
        order.Standing switch
        {
            Standing.AwaitingApproval => new(order.AttemptInFlight is null ? Refusal.NotOnHold : Refusal.AttemptInProgress),
            Standing.Approved => new(order.Shipments.IsEmpty ? Refusal.AlreadyApproved : Refusal.AlreadyShipped),
            Standing.Closing or Standing.Cancelled => new(Refusal.AlreadyCancelled),
            Standing.OnHold when order.AttemptInFlight is not null => new(Refusal.AttemptInProgress),
            Standing.OnHold onHold when onHold.Hold.Deadline <= timesOutAt => new(Refusal.DeadlinePassed),
            Standing.OnHold => CustomerTries.RefusalFor(order, card)
                ?? Decision.Refused.Longer(RetryRules.RefusalFor(order, card, now), CustomerTries.PauseFor(order, card, now)),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    /// <summary>
    /// When we ask again by ourselves: after silence and after soft declines, within the rules, and early enough before the deadline.
    /// </summary>
    private static DateTimeOffset? NextRetryAt(OrderDraft draft, Hold hold)
    {
        // After an approval that ran out nothing has to be waited for; what the card company then answers counts as in any hold.
        var isFirstOfExpired = hold.Class == HoldClass.Expired;
        if (
            isFirstOfExpired
                ? draft.Order.ExpiredCount > draft.Policy.ReauthorizationsMax
                : hold.RetriesDone >= draft.Policy.RetryAfter.Count
        )
        {
            return null;
        }

        if (RetryRules.EarliestAutomatic(draft.Order) is not { } earliest)
            return null;
        var planned = isFirstOfExpired ? draft.Now : draft.Now + draft.Policy.RetryAfter[hold.RetriesDone];
        var retryAt = planned > earliest ? planned : earliest;
        return retryAt + draft.Policy.AnswerTimeout < hold.Deadline ? retryAt : null;
    }
}
