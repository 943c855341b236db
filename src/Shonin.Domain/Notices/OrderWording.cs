using System.Diagnostics;
using Shonin.Domain.Approvals;
using Shonin.Domain.Orders;

namespace Shonin.Domain.Notices;

/// <summary>The customer's three choices. Mail, page, chat and voice say these words and no others.</summary>
public static class ActionNames
{
    public static Words Confirm { get; } = new("同じカードでもう一度確認する", "Confirm with the same card");
    public static Words ChangeMethod { get; } = new("支払い方法を変える", "Change how you pay");

    public static Words Cancel(string orderNumber) => new("注文を取り消す", $"Cancel order {orderNumber}");
}

/// <summary>The sentences about an order that every place shares.</summary>
public static class OrderWording
{
    /// <summary>What a hold comes from, in a few words. Its class alone does not tell whose doing it was.</summary>
    /// <param name="until">Of what had happened by then.</param>
    /// <exception cref="InvariantBrokenException">Nothing of the order explains a hold of this class.</exception>
    public static Words HoldName(Order order, HoldClass holdClass, DateTimeOffset until) =>
        HoldExplanation.Names(HoldCause.Of(order, holdClass, until), CardCompanyRecord.NotAtHand).Name;

    /// <summary>Where an order stands, in a few words: the headline of its page and its line in a list.</summary>
    /// <param name="record">What the card company's own record says; null where it is not at hand.</param>
    public static Words StateName(Order order, CardCompanyRecord? record = null) =>
        order.Standing switch
        {
            Standing.AwaitingApproval when order.LastAttempt?.Outcome is AttemptOutcome.NotSent { Cause: var why } => NotAskedYet(why),
            Standing.AwaitingApproval => new("カード会社に問い合わせています", "We're asking your card company"),
            Standing.OnHold when order.AttemptInFlight is not null => new(
                "カード会社にもう一度問い合わせています",
                "We're asking your card company again"
            ),
            Standing.OnHold onHold => HoldExplanation
                .Names(HoldCause.Of(order, onHold.Hold.Class), record ?? CardCompanyRecord.NotAtHand)
                .Name,
            Standing.Approved => ApprovedName(order),
            Standing.Closing when IsPartShipped(order) => new(
                "残りの取り消しの手続きをしています",
                "We're cancelling the rest of your order"
            ),
            Standing.Closing => new("取り消しの手続きをしています", "We're cancelling your order"),
            Standing.Cancelled when IsPartShipped(order) => new("残りを取り消しました", "The rest is cancelled"),
            Standing.Cancelled => new("取り消しました", "Cancelled"),
            _ => throw new UnreachableException(),
        };

    /// <summary>What the state means for goods and money, in one or two sentences.</summary>
    public static Words StateMeaning(Order order) =>
        order.Standing switch
        {
            Standing.AwaitingApproval => new("承認が得られたら、発送の準備を始めます。", "When it approves, we'll get your order ready."),
            Standing.OnHold when IsPartShipped(order) => new(
                "残りのご注文は、そのままです。残りの商品はまだ発送しておらず、その代金もいただいていません。",
                "The rest of your order is still there. It hasn't been shipped, and it hasn't been charged."
            ),
            Standing.OnHold => new(
                "ご注文は残っています。商品はまだ発送しておらず、代金もいただいていません。",
                "Your order is still there. Nothing has been shipped, and nothing has been charged."
            ),
            Standing.Approved => ApprovedMeaning(order),
            Standing.Closing when IsPartShipped(order) => new(
                "残りの商品は発送しません。その代金もいただきません。カード会社に、取り消しを伝えています。",
                "The rest won't be shipped, and it won't be charged. We're asking your card company to release the hold."
            ),
            Standing.Closing => new(
                "商品は発送しません。代金もいただきません。カード会社に、取り消しを伝えています。",
                "Nothing will be shipped, and nothing will be charged. We're asking your card company to release the hold."
            ),
            Standing.Cancelled when IsPartShipped(order) => new(
                "残りの商品は発送しません。その代金もいただきません。",
                "The rest won't be shipped, and it won't be charged."
            ),
            Standing.Cancelled => new(
                "商品は発送しません。代金もいただきません。",
                "Nothing will be shipped, and nothing will be charged."
            ),
            _ => throw new UnreachableException(),
        };

    /// <summary>
    /// Visaカード · Visa card; with its last four digits Visaカード (下4桁 4242) · Visa card ending 4242. Never more of a card than this.
    /// </summary>
    public static Words CardName(CardOnFile card, CardMention mention) =>
        mention switch
        {
            CardMention.Brand => Brand(card),
            CardMention.LastFour => new($"{Brand(card).Ja} (下4桁 {card.Last4})", $"{Brand(card).En} ending {card.Last4}"),
        };

    /// <summary>お使いのVisaカード · your Visa card.</summary>
    public static Words YourCard(CardOnFile card, CardMention mention) =>
        new($"お使いの{CardName(card, mention).Ja}", $"your {CardName(card, mention).En}");

    private static Words NotAskedYet(NotSentCause why) =>
        why switch
        {
            NotSentCause.OutOfReach => new("カード会社につながりません", "We can't reach your card company"),
            NotSentCause.OwnFault => new("当店の手違いで、まだ問い合わせていません", "Our own mistake: we haven't asked yet"),
            NotSentCause.HeldBack => new("まだカード会社に問い合わせていません", "We haven't asked your card company yet"),
        };

    private static Words Brand(CardOnFile card) =>
        card.Brand switch
        {
            "visa" => new("Visaカード", "Visa card"),
            "mastercard" => new("Mastercard", "Mastercard"),
            "jcb" => new("JCBカード", "JCB card"),
            "amex" => new("American Expressカード", "American Express card"),
            "other" => new("カード", "card"),
            _ => throw new InvariantBrokenException($"no wording for the card brand {card.Brand}"),
        };

    private static Words ApprovedName(Order order)
    {
        if (HasRunOut(order))
            return new("承認の期限が切れました", "The approval has run out");
        if (order.Shipments.IsEmpty)
            return new("承認されました", "Approved");
        if (!order.IsShippedWhole)
            return new("一部を発送しました", "Partly shipped");
        return order.Shipments.All(shipment => shipment.DeliveredAt is not null)
            ? new("お届けしました", "Delivered")
            : new("発送しました", "Shipped");
    }

    private static Words ApprovedMeaning(Order order)
    {
        if (HasRunOut(order))
        {
            return new(
                "当店の担当者が対応しています。まだ発送していない分の代金はいただいていません。",
                "One of our staff is looking into it. What isn't shipped yet hasn't been charged."
            );
        }

        if (order.Shipments.IsEmpty)
        {
            return new(
                "発送の準備をしています。代金は、発送のときに請求します。",
                "We're getting it ready. Your card is charged when it's shipped."
            );
        }

        if (!order.IsShippedWhole)
            return new("残りの商品は、準備ができしだい発送します。", "The rest will be shipped as soon as it's ready.");
        return order.Shipments.All(shipment => shipment.DeliveredAt is not null)
            ? new("すべての商品をお届けしました。", "Everything has been delivered.")
            : new("すべての商品を発送しました。", "Everything has been shipped.");
    }

    private static bool IsPartShipped(Order order) => !order.Shipments.IsEmpty && !order.IsShippedWhole;

    private static bool HasRunOut(Order order) => order.Approval is null && !order.IsShippedWhole;
}
