using System.Collections.Immutable;
using Shonin.Domain.Notices;

namespace Shonin.Domain.Orders;

/// <summary>What only a person can know or grant: more time, and that something was done which we cannot hear of by ourselves.</summary>
public static class ByHand
{
    /// <summary>A hold lasts no longer than this, whoever extends it.</summary>
    public static readonly TimeSpan HoldMax = TimeSpan.FromDays(30);

    /// <summary>What may settle this; nothing where it leaves the agents' list by itself, or by another act.</summary>
    public static ImmutableArray<Remedy> RemediesFor(AttentionReason reason) =>
        reason switch
        {
            AttentionReason.ReversalUnconfirmed or AttentionReason.CaptureUnanswered => [Remedy.CardCompanyConfirmed],
            AttentionReason.CaptureRefused => [Remedy.PaidOtherwise, Remedy.CardCompanyConfirmed],
            AttentionReason.DeliveryMissing => [Remedy.ParcelFound],
            AttentionReason.NoticeUndeliverable => [Remedy.CustomerTold],
            AttentionReason.MessageRefused
            or AttentionReason.AuthorizationExpiring
            or AttentionReason.AuthorizationExpired
            or AttentionReason.NoticeDelayed
            or AttentionReason.DoNotShip
            or AttentionReason.TriesSpent
            or AttentionReason.CardUnavailable
            or AttentionReason.CardsSpent
            or AttentionReason.OwnFault => [],
        };

    /// <summary>How late a hold's deadline may become; null where it cannot be later than it is.</summary>
    public static DateTimeOffset? LatestDeadline(Order order, DateTimeOffset now) =>
        order.Hold is { } hold && hold.Deadline > now && hold.OpenedAt + HoldMax is var latest && latest > hold.Deadline ? latest : null;

    internal static Decision Extend(OrderDraft draft, OrderCommand.ExtendDeadline extend)
    {
        if (draft.Order.Requests.Contains(extend.Request))
            return draft.Accept();
        if (draft.Order.Hold is not { } hold)
            return new Decision.Refused(Refusal.NotOnHold);
        if (hold.Deadline <= draft.Now)
            return new Decision.Refused(Refusal.DeadlinePassed);
        if (extend.Until <= hold.Deadline || extend.Until > hold.OpenedAt + HoldMax)
            return new Decision.Refused(Refusal.InvalidDeadline, "a hold's deadline moves later, and the hold lasts 30 days at most");
        draft.Add(new OrderEvent.DeadlineExtended(extend.Request, hold.Episode, extend.By, extend.Until, draft.Now));
        // What there was no time for any more may be asked after all.
        if (hold.RetryAt is null && draft.Order.AttemptInFlight is null)
            Approvals.Holding.ScheduleRetry(draft);
        if (hold.AnnouncedAt is not null)
            draft.QueueNotice(NoticeKind.Update);
        return draft.Accept();
    }

    internal static Decision Settle(OrderDraft draft, OrderCommand.SettleByHand settle)
    {
        if (!RemediesFor(settle.Reason).Contains(settle.Remedy))
            return new Decision.Refused(Refusal.NotSettledSo);
        if (draft.Order.Attention.Contains(settle.Reason))
            draft.Add(new OrderEvent.AttentionSettledByHand(settle.Reason, settle.Remedy, settle.By, draft.Now));
        return draft.Accept();
    }

    /// <summary>Whether an agent has settled this reversal: it had begun by then, however it goes on.</summary>
    internal static bool IsSettled(Order order, Approvals.Reversal reversal) =>
        IsSettled(order, AttentionReason.ReversalUnconfirmed, reversal.StartedAt);

    /// <summary>Whether this was due when an agent last settled its like, and so is settled too.</summary>
    internal static bool IsSettled(Order order, AttentionReason reason, DateTimeOffset due) =>
        order.SettledByHand.TryGetValue(reason, out var at) && due <= at;
}
