using System.Diagnostics;
using System.Text.Json.Serialization;
using Shonin.Domain;
using Shonin.Domain.Approvals;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.Merchant.Orders;

namespace Shonin.Orders;

/// <summary>Where an order stands, in the one word that clients see.</summary>
internal enum OrderState
{
    Received,
    AwaitingApproval,
    OnHold,
    AwaitingPayment,
    Approved,
    PartiallyShipped,
    Shipped,
    Delivered,
    Closing,
    Cancelled,
}

internal enum AttemptState
{
    NotSent,
    Sent,
    Approved,
    PartiallyApproved,
    Declined,
    Referred,
    Unknown,
}

internal enum ReversalState
{
    None,
    Sending,

    /// <summary>The card company has answered it.</summary>
    Confirmed,

    /// <summary>It was repeated or refused at least once; the repeats go on.</summary>
    Unconfirmed,
}

internal enum CaptureState
{
    Sending,
    Confirmed,
    Refused,
}

internal sealed record MoneyView(long MinorUnits, string Currency)
{
    public static MoneyView Of(Money money) => new(money.MinorUnits, money.Currency.Code);
}

internal sealed record CustomerView(string? Email, string? Name, Locale Locale, string? Phone);

internal sealed record ItemView(string Sku, string Name, MoneyView UnitPrice, int Quantity);

internal sealed record PaymentView(string Method, string Brand, string Last4);

internal sealed record AttemptView(
    string Id,
    string Rrn,
    string Stan,
    DateTimeOffset? SentAt,
    DateTimeOffset? AnsweredAt,
    AttemptState Outcome,
    string? ResponseCode,
    string? AdviceCode,
    string? NetworkCode,
    string? ApprovalCode,
    MoneyView? ApprovedAmount,
    MoneyView? CapturedAmount,
    DateTimeOffset? ExpiresAt,
    ReversalState Reversal
);

internal sealed record ApprovalView(IReadOnlyList<AttemptView> Attempts, DateTimeOffset? Deadline, DateTimeOffset? NextRetryAt);

/// <param name="Cause">Whose doing it is, beside the class: an own fault of ours may stand under declined and under noAnswer.</param>
/// <param name="ConfirmAgainAt">When <c>confirm</c> comes back into the actions by itself; absent where it is there, or where time alone
///   does not bring it.</param>
internal sealed record HoldView(
    int Episode,
    HoldClass Class,
    DateTimeOffset OpenedAt,
    DateTimeOffset Deadline,
    IReadOnlyList<OrderAction> Actions,
    HoldReason Cause,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? ConfirmAgainAt
);

internal sealed record ShippedItemView(string Sku, int Quantity);

internal sealed record ShipmentView(
    string Id,
    IReadOnlyList<ShippedItemView> Items,
    MoneyView Amount,
    CaptureState Capture,
    string Carrier,
    string Tracking,
    DateTimeOffset ShippedAt,
    DateTimeOffset? DeliveredAt
);

internal sealed record OrderView(
    string Id,
    string Number,
    OrderState State,
    MoneyView Total,
    CustomerView Customer,
    IReadOnlyList<ItemView> Items,
    PaymentView Payment,
    ApprovalView Approval,
    HoldView? Hold,
    IReadOnlyList<ShipmentView> Shipments,
    string? Reference,
    DateTimeOffset PlacedAt,
    IReadOnlyList<AttentionReason> Attention
)
{
    /// <summary>What its deliveries have earned; told only by GET /v1/orders/{id}, and only in a shop that gives points.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PointsJson? Points { get; init; }
}

/// <param name="ExpiresAt">When the first of them run out; null where there are none.</param>
internal sealed record PointsJson(long Earned, DateTimeOffset? ExpiresAt);

internal sealed record ListView<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>An order as clients see it.</summary>
internal static class OrderJson
{
    public static OrderView Of(OrderRecord record, DateTimeOffset now)
    {
        var order = record.Order;
        return new(
            order.Id.Value,
            order.Number,
            StateOf(order),
            MoneyView.Of(order.Total),
            new(record.Person?.Email, record.Person?.Name, order.Locale, record.Person?.Phone),
            [.. order.Items.Select(item => new ItemView(item.Sku, item.Name, MoneyView.Of(item.UnitPrice), item.Quantity))],
            new("card", order.Card.Brand, order.Card.Last4),
            new([.. order.Attempts.Select(attempt => AttemptOf(order, attempt, record.History))], order.Hold?.Deadline, NextRetryAt(order)),
            order.Hold is { } hold
                ? new(
                    hold.Episode,
                    hold.Class,
                    hold.OpenedAt,
                    hold.Deadline,
                    OrderActions.Of(order, now),
                    HoldReasons.Of(order, hold.Class),
                    OrderActions.ConfirmAgainAt(order, now)
                )
                : null,
            [.. order.Shipments.Select(ShipmentOf)],
            order.Reference,
            order.PlacedAt,
            [.. order.Attention]
        );
    }

    private static OrderState StateOf(Order order) =>
        order.Standing switch
        {
            Standing.AwaitingApproval when order.Attempts.IsEmpty => OrderState.Received,
            Standing.AwaitingApproval => OrderState.AwaitingApproval,
            Standing.OnHold => OrderState.OnHold,
            Standing.Approved when order.Shipments.IsEmpty => OrderState.Approved,
            Standing.Approved when !order.IsShippedWhole => OrderState.PartiallyShipped,
            Standing.Approved when order.Shipments.All(shipment => shipment.DeliveredAt is not null) => OrderState.Delivered,
            Standing.Approved => OrderState.Shipped,
            Standing.Closing => OrderState.Closing,
            Standing.Cancelled => OrderState.Cancelled,
            _ => throw new UnreachableException(),
        };

    /// <summary>When the card company is asked again without anybody's help.</summary>
    private static DateTimeOffset? NextRetryAt(Order order) =>
        order.Standing switch
        {
            Standing.AwaitingApproval awaiting => awaiting.SendAgainAt,
            Standing.OnHold { Hold: var hold } => hold.SendAgainAt ?? hold.RetryAt,
            Standing.Approved or Standing.Closing or Standing.Cancelled => null,
            _ => throw new UnreachableException(),
        };

    private static AttemptView AttemptOf(Order order, Attempt attempt, IReadOnlyList<OrderEvent> history)
    {
        var codes = attempt.Outcome switch
        {
            AttemptOutcome.Declined declined => declined.Codes,
            AttemptOutcome.Referred referred => referred.Codes,
            AttemptOutcome.Approved
            or AttemptOutcome.PartiallyApproved
            or AttemptOutcome.Sent
            or AttemptOutcome.NotSent
            or AttemptOutcome.Unknown => null,
            _ => throw new UnreachableException(),
        };
        // Field 7 has whole seconds; the event has the moment itself.
        var claimedAt = history.OfType<OrderEvent.AttemptClaimed>().FirstOrDefault(claimed => claimed.Attempt == attempt.Ordinal)?.At
            ?? attempt.Claim.TransmittedAt;
        return new(
            $"{order.Id}-{attempt.Ordinal}",
            attempt.Claim.Rrn,
            attempt.Claim.Stan.ToString("000000", System.Globalization.CultureInfo.InvariantCulture),
            attempt.Outcome is AttemptOutcome.NotSent ? null : claimedAt,
            attempt.Outcome is AttemptOutcome.NotSent or AttemptOutcome.Unknown ? null : attempt.SettledAt,
            OutcomeOf(attempt.Outcome),
            ResponseCodeOf(attempt.Outcome),
            codes?.AdviceCode,
            codes?.NetworkCode,
            ApprovalCodeOf(attempt.Outcome),
            ApprovedAmountOf(attempt),
            CapturedAmountOf(order, attempt),
            attempt.Outcome is AttemptOutcome.Approved { ExpiresAt: var expiresAt } ? expiresAt : null,
            ReversalOf(attempt.Reversal)
        );
    }

    private static AttemptState OutcomeOf(AttemptOutcome outcome) =>
        outcome switch
        {
            AttemptOutcome.NotSent => AttemptState.NotSent,
            AttemptOutcome.Sent => AttemptState.Sent,
            AttemptOutcome.Approved => AttemptState.Approved,
            AttemptOutcome.PartiallyApproved => AttemptState.PartiallyApproved,
            AttemptOutcome.Declined => AttemptState.Declined,
            AttemptOutcome.Referred => AttemptState.Referred,
            AttemptOutcome.Unknown => AttemptState.Unknown,
            _ => throw new UnreachableException(),
        };

    private static string? ResponseCodeOf(AttemptOutcome outcome) =>
        outcome switch
        {
            AttemptOutcome.Approved => ResponseCodes.Approved,
            AttemptOutcome.PartiallyApproved => ResponseCodes.PartialApproval,
            AttemptOutcome.Declined declined => declined.Codes.ResponseCode,
            AttemptOutcome.Referred referred => referred.Codes.ResponseCode,
            AttemptOutcome.NotSent or AttemptOutcome.Sent or AttemptOutcome.Unknown => null,
            _ => throw new UnreachableException(),
        };

    private static string? ApprovalCodeOf(AttemptOutcome outcome) =>
        outcome switch
        {
            AttemptOutcome.Approved approved => approved.ApprovalCode,
            AttemptOutcome.PartiallyApproved partly => partly.ApprovalCode,
            AttemptOutcome.Declined or AttemptOutcome.Referred or AttemptOutcome.NotSent or AttemptOutcome.Sent or AttemptOutcome.Unknown =>
                null,
            _ => throw new UnreachableException(),
        };

    private static MoneyView? ApprovedAmountOf(Attempt attempt) =>
        attempt.Outcome switch
        {
            AttemptOutcome.Approved => MoneyView.Of(attempt.Amount),
            AttemptOutcome.PartiallyApproved partly => MoneyView.Of(partly.Amount),
            AttemptOutcome.Declined or AttemptOutcome.Referred or AttemptOutcome.NotSent or AttemptOutcome.Sent or AttemptOutcome.Unknown =>
                null,
            _ => throw new UnreachableException(),
        };

    /// <summary>
    /// What was captured of an approval: every parcel's capture that the card company has not refused; null where nothing was.
    /// </summary>
    private static MoneyView? CapturedAmountOf(Order order, Attempt attempt)
    {
        var parcels = order
            .Shipments.Where(shipment => shipment.Attempt == attempt.Ordinal && CaptureOf(shipment) != CaptureState.Refused)
            .ToList();
        return parcels.Count == 0
            ? null
            : MoneyView.Of(parcels.Aggregate(attempt.Amount with { MinorUnits = 0 }, (sum, parcel) => sum + parcel.Amount));
    }

    private static ReversalState ReversalOf(Reversal? reversal) =>
        reversal switch
        {
            null => ReversalState.None,
            { AnsweredAt: not null } => ReversalState.Confirmed,
            { SentCount: > 1 } or { RefusedSentCount: > 0 } => ReversalState.Unconfirmed,
            { SentCount: <= 1 } => ReversalState.Sending,
        };

    private static ShipmentView ShipmentOf(Shipment shipment) =>
        new(
            shipment.Id,
            [.. shipment.Items.Select(item => new ShippedItemView(item.Sku, item.Quantity))],
            MoneyView.Of(shipment.Amount),
            CaptureOf(shipment),
            shipment.Carrier,
            shipment.Tracking,
            shipment.ShippedAt,
            shipment.DeliveredAt
        );

    private static CaptureState CaptureOf(Shipment shipment) =>
        shipment.CaptureCode switch
        {
            ResponseCodes.Approved => CaptureState.Confirmed,
            null when shipment.Amount.MinorUnits == 0 => CaptureState.Confirmed,
            null => CaptureState.Sending,
            not null => CaptureState.Refused,
        };
}
