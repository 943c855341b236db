using Shonin.Domain.Notices;
using Shonin.Domain.Orders;

namespace Shonin.Domain.Approvals;

/// <summary>
/// An approval that runs out before all is shipped. The agents are warned before. At its end it is given back, so that the card does not
/// show two holds, and a hold of its own begins: what has not been shipped is asked again by ourselves where the rules allow, and the
/// customer can do what can be done in any other hold.
/// </summary>
internal static class Expiring
{
    public static IEnumerable<DateTimeOffset> DueTimes(Order order, ApprovalPolicy policy)
    {
        if (order.Standing is not Standing.Approved || !order.NeedsAuthorization)
            yield break;
        if (order.Approval is not { Outcome: AttemptOutcome.Approved approved })
        {
            // It ran out before such holds existed.
            yield return order.PlacedAt;
            yield break;
        }
        if (!IsWarned(order))
            yield return approved.ExpiresAt - policy.ExpiryWarning;
        yield return approved.ExpiresAt;
    }

    public static void Watch(OrderDraft draft)
    {
        var order = draft.Order;
        if (order.Standing is not Standing.Approved || !order.NeedsAuthorization)
            return;
        if (order.Approval is not { Outcome: AttemptOutcome.Approved approved } attempt)
            OpenHold(draft);
        else if (approved.ExpiresAt <= draft.Now)
            Expire(draft, attempt);
        else if (approved.ExpiresAt - draft.Policy.ExpiryWarning <= draft.Now && !IsWarned(order))
            draft.AskAttention(AttentionReason.AuthorizationExpiring);
    }

    private static void Expire(OrderDraft draft, Attempt attempt)
    {
        draft.Add(new OrderEvent.AuthorizationExpired(attempt.Ordinal, draft.Now));
        Closing.StartReversal(
            draft,
            attempt,
            draft.Order.CapturedOn(attempt.Ordinal).MinorUnits > 0 ? ReversalReason.Rest : ReversalReason.Error
        );
        draft.SettleAttention(AttentionReason.AuthorizationExpiring);
        OpenHold(draft);
    }

    private static void OpenHold(OrderDraft draft)
    {
        draft.AskAttention(AttentionReason.AuthorizationExpired);
        Holding.Open(draft, HoldClass.Expired, draft.Now + draft.Policy.NoticeAfter);
        Holding.ScheduleRetry(draft);
    }

    /// <summary>Once for each approval: those that ran out had their own warnings.</summary>
    private static bool IsWarned(Order order) =>
        order.Attention.Contains(AttentionReason.AuthorizationExpiring)
        || order.AttentionEver.Count(reason => reason == AttentionReason.AuthorizationExpiring) > order.ExpiredCount;
}
