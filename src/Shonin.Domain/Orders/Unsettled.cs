using Shonin.Domain.Approvals;

namespace Shonin.Domain.Orders;

/// <summary>
/// Reversals and captures that come to no end: nobody answers, the card company finds nothing where we hold its approval, or the card
/// cannot be had from the vault. They go on, and an agent sees them until they are settled.
/// </summary>
internal static class Unsettled
{
    public static Decision RecordUnsendable(OrderDraft draft, OrderCommand.RecordUnsendable unsendable)
    {
        var isOutstanding =
            draft.Order.Attempts.Any(attempt =>
                attempt is { IsReversing: true, Reversal: { } reversal } && reversal.Claim.WireKey == unsendable.WireKey
            ) || draft.Order.Shipments.Any(shipment => shipment.CaptureIsOutstanding && shipment.Claim.WireKey == unsendable.WireKey);
        if (isOutstanding)
            AskAttention(draft, unsendable.Why);
        return draft.Accept();
    }

    public static void AskAttention(OrderDraft draft, UnsendableReason why) =>
        draft.AskAttention(
            why switch
            {
                UnsendableReason.CardUnavailable => AttentionReason.CardUnavailable,
                UnsendableReason.MessageInvalid => AttentionReason.OwnFault,
            }
        );

    /// <summary>What has been open for too long comes onto the agents' list.</summary>
    public static void Watch(OrderDraft draft)
    {
        foreach (var (reason, since) in NotSettled(draft.Order, draft.Policy))
        {
            if (since + draft.Policy.SettlePatience <= draft.Now)
                draft.AskAttention(reason);
        }
    }

    public static IEnumerable<DateTimeOffset> DueTimes(Order order, ApprovalPolicy policy) =>
        NotSettled(order, policy).Where(open => !order.Attention.Contains(open.Reason)).Select(open => open.Since + policy.SettlePatience);

    /// <summary>An answer came: what is not open any more leaves the list.</summary>
    public static void Settle(OrderDraft draft)
    {
        var open = Open(draft.Order).Select(each => each.Reason).ToHashSet();
        if (!open.Contains(AttentionReason.ReversalUnconfirmed))
            draft.SettleAttention(AttentionReason.ReversalUnconfirmed);
        if (!open.Contains(AttentionReason.CaptureUnanswered))
            draft.SettleAttention(AttentionReason.CaptureUnanswered);
        SettleUnsendable(draft);
    }

    /// <summary>
    /// Something left, or nothing needs to leave any more: once nothing waits to be sent, what kept it back is off the list.
    /// </summary>
    public static void SettleUnsendable(OrderDraft draft)
    {
        var isKeptBack =
            draft.Order is
            {
                Standing: Standing.AwaitingApproval or Standing.OnHold,
                LastAttempt.Outcome: AttemptOutcome.NotSent { Cause: NotSentCause.OwnFault }
            };
        if (isKeptBack || Open(draft.Order).Any())
            return;
        draft.SettleAttention(AttentionReason.CardUnavailable);
        draft.SettleAttention(AttentionReason.OwnFault);
    }

    /// <summary>What is open without an agent having said how it stands: of a reversal, since it began; of a capture, since it was due.</summary>
    private static IEnumerable<(AttentionReason Reason, DateTimeOffset Since)> NotSettled(Order order, ApprovalPolicy policy) =>
        Open(order)
            .Where(open =>
                !ByHand.IsSettled(
                    order,
                    open.Reason,
                    open.Reason == AttentionReason.ReversalUnconfirmed ? open.Since : open.Since + policy.SettlePatience
                )
            );

    private static IEnumerable<(AttentionReason Reason, DateTimeOffset Since)> Open(Order order) =>
        [
            .. order
                .Attempts.Where(attempt => attempt.IsReversing)
                .Select(attempt => (AttentionReason.ReversalUnconfirmed, attempt.Reversal!.StartedAt)),
            .. order
                .Shipments.Where(shipment => shipment.CaptureIsOutstanding)
                .Select(shipment => (AttentionReason.CaptureUnanswered, shipment.ShippedAt)),
        ];
}
