using System.Collections.Immutable;
using Shonin.Domain.Approvals;
using Shonin.Domain.Notices;

namespace Shonin.Domain.Orders;

/// <summary>Parcels and their captures. Nothing leaves the house without a live authorization, and captures never exceed it.</summary>
internal static class Shipping
{
    public static Decision Ship(OrderDraft draft, OrderCommand.Ship ship)
    {
        var order = draft.Order;
        if (order.Requests.Contains(ship.Request))
            return draft.Accept();
        if (order.Standing is Standing.Closing or Standing.Cancelled)
            return new Decision.Refused(Refusal.AlreadyCancelled);
        if (order.IsShippedWhole || ship.Items.Any(item => HasLeft(order, item)))
            return new Decision.Refused(Refusal.AlreadyShipped);
        if (
            order.Standing is not Standing.Approved
            || order.Approval is not { Outcome: AttemptOutcome.Approved approved } attempt
            || (approved.ExpiresAt <= draft.Now && order.NeedsAuthorization)
        )
        {
            return new Decision.Refused(Refusal.NoLiveAuthorization);
        }

        var items = ship.Items.IsEmpty ? AllUnshipped(order) : ship.Items;
        if (
            items.Select(item => item.Sku).Distinct().Count() != items.Length
            || items.Any(item => item.Quantity < 1 || item.Quantity > order.Unshipped(item.Sku))
        )
        {
            return new Decision.Refused(Refusal.InvalidItems);
        }

        var amount = items.Aggregate(order.Total with { MinorUnits = 0 }, (sum, item) =>
            sum + (order.Items.Single(line => line.Sku == item.Sku) with { Quantity = item.Quantity }).Amount
        );
        Invariant.That((order.CapturedOn(attempt.Ordinal) + amount).MinorUnits <= attempt.Amount.MinorUnits);
        draft.Add(
            new OrderEvent.ShipmentRegistered(
                ship.Request,
                ship.Shipment,
                items,
                amount,
                attempt.Ordinal,
                draft.ClaimAbout(attempt.Claim),
                ship.Carrier,
                ship.Tracking,
                draft.Now + draft.Policy.Backoff(draft.Policy.CaptureRepeatAfter, 1),
                draft.Now + draft.Policy.DeliveryExpectedWithin,
                draft.Now
            )
        );
        if (!draft.Order.NeedsAuthorization)
            draft.SettleAttention(AttentionReason.AuthorizationExpiring);
        draft.QueueNotice(NoticeKind.Shipped, shipment: ship.Shipment);
        return draft.Accept();
    }

    public static void RepeatCapture(OrderDraft draft, Shipment shipment)
    {
        var sentCount = shipment.SentCount + 1;
        draft.Add(
            new OrderEvent.CaptureRepeated(
                shipment.Id,
                sentCount,
                draft.Now + draft.Policy.Backoff(draft.Policy.CaptureRepeatAfter, sentCount),
                draft.Now
            )
        );
    }

    public static Decision RecordCaptureAnswer(OrderDraft draft, Shipment shipment, NetworkAnswer answer)
    {
        // A refusal lowers no yes, and a yes that comes after a refusal settles it.
        if (!shipment.CaptureIsOutstanding && !(shipment.CaptureIsRefused && answer.ResponseCode == ResponseCodes.Approved))
            return draft.Accept();
        draft.Add(new OrderEvent.CaptureAnswered(shipment.Id, answer.ResponseCode, draft.Now));
        if (answer.ResponseCode != ResponseCodes.Approved)
            draft.AskAttention(AttentionReason.CaptureRefused);
        else if (!draft.Order.Shipments.Any(parcel => parcel.CaptureIsRefused))
            draft.SettleAttention(AttentionReason.CaptureRefused);
        Unsettled.Settle(draft);
        return draft.Accept();
    }

    public static Decision RegisterDelivery(OrderDraft draft, OrderCommand.RegisterDelivery delivery)
    {
        var shipment = draft.Order.Shipments.FirstOrDefault(shipment => shipment.Id == delivery.Shipment);
        if (shipment is null)
            return new Decision.Refused(Refusal.ShipmentNotFound);
        if (shipment.DeliveredAt is not null)
            return draft.Accept();
        draft.Add(new OrderEvent.ShipmentDelivered(shipment.Id, delivery.DeliveredAt, draft.Now));
        if (draft.Order.Shipments.All(parcel => parcel.DeliveredAt is not null))
            draft.SettleAttention(AttentionReason.DeliveryMissing);
        draft.QueueNotice(NoticeKind.Delivered, shipment: shipment.Id);
        return draft.Accept();
    }

    /// <summary>It was ordered, and is not there any more: an earlier parcel took it.</summary>
    private static bool HasLeft(Order order, ShippedItem item) =>
        item.Quantity > order.Unshipped(item.Sku)
        && item.Quantity <= order.Items.Where(line => line.Sku == item.Sku).Sum(line => line.Quantity);

    private static ImmutableArray<ShippedItem> AllUnshipped(Order order) =>
        [.. order.Items.Select(item => new ShippedItem(item.Sku, order.Unshipped(item.Sku))).Where(item => item.Quantity > 0)];
}
