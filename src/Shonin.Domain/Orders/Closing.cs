using Shonin.Domain.Approvals;
using Shonin.Domain.Notices;

namespace Shonin.Domain.Orders;

/// <summary>
/// Cancelling, and taking back what the card company may hold. Cancelled means that nothing is held, or that an agent sees the exception.
/// </summary>
internal static class Closing
{
    /// <summary>What no agent need look at once nothing will be shipped.</summary>
    private static readonly AttentionReason[] mootOnceCancelled =
    [
        AttentionReason.DoNotShip,
        AttentionReason.MessageRefused,
        AttentionReason.AuthorizationExpiring,
        AttentionReason.AuthorizationExpired,
        AttentionReason.TriesSpent,
        AttentionReason.CardsSpent,
    ];

    public static Decision Cancel(OrderDraft draft, OrderCommand.Cancel cancel)
    {
        if (draft.Order.Requests.Contains(cancel.Request))
            return draft.Accept();
        if (draft.Order.Standing is Standing.Closing or Standing.Cancelled)
            return new Decision.Refused(Refusal.AlreadyCancelled);
        if (!draft.Order.Shipments.IsEmpty && draft.Order.Hold is null)
            return new Decision.Refused(Refusal.AlreadyShipped);
        if (cancel.By == CancelledBy.Customer)
            Mailing.NoteReader(draft);
        Close(draft, cancel.Request, cancel.By, cancel.Reason);
        return draft.Accept();
    }

    public static void CloseAtDeadline(OrderDraft draft, Hold hold) => Close(draft, $"deadline-{hold.Episode}", CancelledBy.Deadline, null);

    /// <summary>The reversal is durable before it is sent, and repeats until it is answered.</summary>
    public static void StartReversal(OrderDraft draft, Attempt attempt, ReversalReason reason)
    {
        draft.Add(
            new OrderEvent.ReversalStarted(
                attempt.Ordinal,
                draft.ClaimAbout(attempt.Claim),
                reason,
                draft.Now + draft.Policy.Backoff(draft.Policy.ReversalRepeatAfter, 1),
                draft.Now
            )
        );
        if (draft.Order.Standing is Standing.Cancelled)
            draft.AskAttention(AttentionReason.ReversalUnconfirmed);
    }

    public static void RepeatReversal(OrderDraft draft, Attempt attempt, Reversal reversal)
    {
        var sentCount = reversal.SentCount + 1;
        draft.Add(
            new OrderEvent.ReversalRepeated(
                attempt.Ordinal,
                sentCount,
                draft.Now + draft.Policy.Backoff(draft.Policy.ReversalRepeatAfter, sentCount),
                draft.Now
            )
        );
    }

    public static Decision RecordReversalAnswer(OrderDraft draft, Attempt attempt, NetworkAnswer answer)
    {
        if (!attempt.IsReversing)
        {
            if (attempt.EvidenceCount < Attempt.EvidenceCountMax)
                draft.Add(new OrderEvent.EvidenceNoted(attempt.Ordinal, EvidenceKind.Repeated, answer.ResponseCode, null, draft.Now));
            return draft.Accept();
        }
        // Who finds nothing where we hold its approval is mistaken, or is asked under the wrong key: the amount may be held still.
        var contradictsProof = answer.ResponseCode == ResponseCodes.NotFound && attempt.HoldsProof;
        if (
            contradictsProof || answer.ResponseCode is not (ResponseCodes.Approved or ResponseCodes.NoActionTaken or ResponseCodes.NotFound)
        )
        {
            if (!attempt.Reversal!.IsRefused)
                draft.Add(new OrderEvent.ReversalRefused(attempt.Ordinal, answer.ResponseCode, draft.Now));
            if (contradictsProof && !ByHand.IsSettled(draft.Order, attempt.Reversal!))
                draft.AskAttention(AttentionReason.ReversalUnconfirmed);
            return draft.Accept();
        }
        draft.Add(new OrderEvent.ReversalAnswered(attempt.Ordinal, answer.ResponseCode, draft.Now));
        Unsettled.Settle(draft);
        Waking.DoWhatIsDue(draft);
        return draft.Accept();
    }

    /// <summary>Ends a closing order once nothing is being taken back any more, or once its patience is over.</summary>
    public static void FinishIfDone(OrderDraft draft)
    {
        if (draft.Order.Standing is not Standing.Closing closing)
            return;
        var outstanding = draft.Order.Attempts.Any(attempt => attempt.IsReversing);
        if (outstanding && draft.Now < closing.PatienceUntil)
            return;
        if (
            draft.Order.Attempts.Any(attempt =>
                attempt is { IsReversing: true, Reversal: { } open } && !ByHand.IsSettled(draft.Order, open)
            )
        )
        {
            draft.AskAttention(AttentionReason.ReversalUnconfirmed);
        }
        draft.Add(new OrderEvent.OrderCancelled(closing.By, draft.Now));
        foreach (var reason in mootOnceCancelled)
            draft.SettleAttention(reason);
        if (!outstanding)
            Unsettled.Settle(draft);
        if (closing.Hold is { AnnouncedAt: not null } hold)
            draft.QueueNotice(NoticeKind.Outcome, hold, OutcomeOf(closing.By));
        else
            draft.QueueNotice(NoticeKind.Cancelled, hold: null, OutcomeOf(closing.By));
    }

    private static void Close(OrderDraft draft, string request, CancelledBy by, string? reason)
    {
        draft.Add(new OrderEvent.CancellationAsked(request, by, reason, draft.Now + draft.Policy.ClosingPatience, draft.Now));
        foreach (var attempt in draft.Order.Attempts)
        {
            if (attempt.IsInFlight)
            {
                Attempts.GiveUp(
                    draft,
                    attempt,
                    by == CancelledBy.Deadline ? ReversalReason.AnswerLateOrNever : ReversalReason.CustomerCancelled
                );
            }
            else if (attempt.IsLive)
            {
                StartReversal(draft, attempt, ReversalReason.CustomerCancelled);
            }
        }
        FinishIfDone(draft);
    }

    private static NoticeOutcome OutcomeOf(CancelledBy by) =>
        by switch
        {
            CancelledBy.Customer => NoticeOutcome.CancelledByCustomer,
            CancelledBy.Deadline => NoticeOutcome.CancelledByDeadline,
            CancelledBy.Agent or CancelledBy.Merchant => NoticeOutcome.CancelledByMerchant,
        };
}
