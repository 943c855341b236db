using System.Collections.Immutable;
using System.Diagnostics;
using Shonin.Domain.Orders;

namespace Shonin.Domain.Notices;

/// <summary>Where another order of the family stands, as far as its customer wants to know beside this one.</summary>
public enum FamilyStanding
{
    Asking,
    OnHold,
    Approved,
    Shipped,
    Delivered,
    Cancelled,
}

/// <summary>Another order in a row: its facts at the moment of asking.</summary>
public sealed record FamilyMember(string Number, DateTimeOffset PlacedAt, FamilyStanding Stands)
{
    public static FamilyMember Of(Order order) =>
        new(
            order.Number,
            order.PlacedAt,
            order.Standing switch
            {
                Standing.AwaitingApproval => FamilyStanding.Asking,
                Standing.OnHold => FamilyStanding.OnHold,
                Standing.Approved when order.Shipments.IsEmpty => FamilyStanding.Approved,
                Standing.Approved when order.IsShippedWhole && order.Shipments.All(shipment => shipment.DeliveredAt is not null) =>
                    FamilyStanding.Delivered,
                Standing.Approved => FamilyStanding.Shipped,
                Standing.Closing or Standing.Cancelled => FamilyStanding.Cancelled,
                _ => throw new UnreachableException(),
            }
        );
}

/// <summary>
/// Orders of one customer on one card within 24 hours, beside the one that is asked about. Each is decided by itself; that they share a
/// limit, only the card company says.
/// </summary>
/// <param name="Others">The earliest first.</param>
public sealed record PurchaseFamily(ImmutableArray<FamilyMember> Others)
{
    public static PurchaseFamily Alone { get; } = new(ImmutableArray<FamilyMember>.Empty);

    /// <summary>How far apart two orders in a row may be placed.</summary>
    public static TimeSpan Window { get; } = TimeSpan.FromHours(24);

    /// <summary>Whether two orders are of one family.</summary>
    public static bool IsOne(Order order, Order other) =>
        order.Id != other.Id
        && order.Customer == other.Customer
        && (order.PlacedAt - other.PlacedAt).Duration() <= Window
        && CardsOf(order).Overlaps(CardsOf(other));

    private static HashSet<string> CardsOf(Order order) =>
        [order.Card.Fingerprint, .. order.Attempts.Select(attempt => attempt.Card.Fingerprint)];
}

/// <summary>What is known of an order beyond its own history.</summary>
/// <param name="Record">What the card company's signed record says.</param>
/// <param name="Family">Its customer's other orders in a row.</param>
public sealed record Surroundings(CardCompanyRecord Record, PurchaseFamily Family)
{
    public static Surroundings Nothing { get; } = new(CardCompanyRecord.NotAtHand, PurchaseFamily.Alone);
}

/// <summary>How orders in a row are told apart, so that the news of one is not taken for the other's.</summary>
public static class FamilyWording
{
    /// <summary>More than these are counted, not named.</summary>
    private const int NamedCountMax = 3;

    /// <summary>One sentence for each other order, and that this one is asked for by itself; nothing where the order is alone.</summary>
    public static ImmutableArray<Words> Of(Order order, PurchaseFamily family)
    {
        if (family.Others.IsEmpty)
            return [];
        var sentences = family.Others.TakeLast(NamedCountMax).Select(Say).ToList();
        if (family.Others.Length - NamedCountMax is var left and > 0)
            sentences.Add(new($"ほかにも、続けてのご注文が{left}件あります。", $"You have {left} more orders in a row."));
        var itself = order.Standing is Standing.AwaitingApproval or Standing.OnHold
            ? new Words("このご注文は別に問い合わせています。", "This one is asked for by itself.")
            : new Words("このご注文は別に問い合わせました。", "This one was asked for by itself.");
        return
        [
            .. sentences,
            itself.Then(new("カード会社は、ご注文を1件ずつ判断します。", "Your card company decides on each order separately.")),
        ];
    }

    /// <summary>The same for the staff, who are told of every one of them and may open it.</summary>
    public static Words StateOf(FamilyMember other) =>
        other.Stands switch
        {
            FamilyStanding.Asking => new("問い合わせ中", "being asked for"),
            FamilyStanding.OnHold => new("承認待ち", "not approved yet"),
            FamilyStanding.Approved => new("承認済み", "approved"),
            FamilyStanding.Shipped => new("承認済み・発送中", "approved, on its way"),
            FamilyStanding.Delivered => new("承認済み・お届け済み", "approved and delivered"),
            FamilyStanding.Cancelled => new("取り消し", "cancelled"),
        };

    private static Words Say(FamilyMember other)
    {
        var (ja, en) = ($"ご注文 {other.Number} ", $"Your other order {other.Number}");
        return other.Stands switch
        {
            FamilyStanding.Asking => new($"{ja}は、いまカード会社に問い合わせています。", $"{en} is being asked for right now."),
            FamilyStanding.OnHold => new($"{ja}は、まだ承認されていません。", $"{en} isn't approved yet."),
            FamilyStanding.Approved => new($"{ja}は承認され、発送に進んでいます。", $"{en} was approved and is on its way to shipping."),
            FamilyStanding.Shipped => new($"{ja}は承認され、発送に進んでいます。", $"{en} was approved and is on its way."),
            FamilyStanding.Delivered => new($"{ja}は承認され、お届けしました。", $"{en} was approved and has been delivered."),
            FamilyStanding.Cancelled => new($"{ja}は取り消しました。", $"{en} was cancelled."),
        };
    }
}
