using Shonin.Domain.Approvals;

namespace Shonin.Domain.Orders;

/// <summary>What the customer can do about a hold.</summary>
public enum OrderAction
{
    Confirm,
    ChangeMethod,
    Cancel,
}

/// <summary>Which actions an order offers. Pages, REST and notices show these, and the decider accepts just these.</summary>
public static class OrderActions
{
    public static IReadOnlyList<OrderAction> Of(Order order, DateTimeOffset now)
    {
        if (order.Hold is not { } hold || order.AttemptInFlight is not null || hold.Deadline <= now)
            return [];
        return RefusalToConfirm(order, now) is null
            ? [OrderAction.Confirm, .. ChangeOf(order), OrderAction.Cancel]
            : [.. ChangeOf(order), OrderAction.Cancel];
    }

    /// <summary>
    /// When the same card may be confirmed again, where time alone brings that before the deadline; null where it may now, or never.
    /// </summary>
    public static DateTimeOffset? ConfirmAgainAt(Order order, DateTimeOffset now) =>
        order.Hold is { } hold && RefusalToConfirm(order, now)?.Until is { } until && until < hold.Deadline ? until : null;

    /// <summary>Another card is offered until a limit of tries is reached; then a person decides.</summary>
    public static bool OffersAnotherCard(Order order) =>
        !order.Attention.Any(reason => reason is AttentionReason.TriesSpent or AttentionReason.CardsSpent);

    /// <summary>Outside a hold: an order of which nothing has left may be cancelled, unless the card company is being asked right now.</summary>
    public static bool MayCancelBeforeShipping(Order order) =>
        order.Standing is Standing.AwaitingApproval && order.AttemptInFlight is null
        || order.Standing is Standing.Approved && order.Shipments.IsEmpty;

    private static IEnumerable<OrderAction> ChangeOf(Order order) => OffersAnotherCard(order) ? [OrderAction.ChangeMethod] : [];

    /// <summary>Why "confirm with the same card" is not offered, or null where it is.</summary>
    public static Decision.Refused? RefusalToConfirm(Order order, DateTimeOffset now) => Holding.RefusalToAsk(order, order.Card, now, now);
}
