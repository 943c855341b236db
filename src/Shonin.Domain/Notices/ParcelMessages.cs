using Shonin.Domain.Orders;

namespace Shonin.Domain.Notices;

/// <summary>The notices of an order that goes well: received, shipped, delivered.</summary>
internal static class ParcelMessages
{
    public static NoticeBody Received(NoticeFacts facts) =>
        new(
            new("ご注文を受け付けました", "Received"),
            new($"{facts.OrderName.Ja}を受け付けました。", $"We've received {facts.OrderName.En}."),
            [],
            [
                NoticeBody.WhereItStands(
                    new Words(
                        $"{OrderWording.YourCard(facts.Order.Card, CardMention.Brand).Ja}の承認を、カード会社に問い合わせます。代金は、まだいただいていません。",
                        $"We're asking your card company to approve it on {OrderWording.YourCard(facts.Order.Card, CardMention.Brand).En}. Nothing has been charged yet."
                    )
                ),
                NoticeBody.WhatHappensNext(
                    new Words(
                        "承認されたら発送の準備をし、発送したときにお知らせします。すぐに承認されないときは、何が起きたのかをお知らせします。お客様の操作は必要ありません。",
                        "When it's approved, we get your order ready and tell you when we ship. If it isn't approved straight away, we'll tell you what happened. You don't need to do anything."
                    )
                ),
                new Section(
                    new("お客様にできること", "What you can do"),
                    [
                        new Passage.Choice(
                            ActionNames.Cancel(facts.Order.Number),
                            new("発送するまで、取り消せます。", "You can cancel until we ship.")
                        ),
                        NoticeBody.OrderPage(facts),
                    ]
                ),
            ]
        );

    public static NoticeBody Shipped(NoticeFacts facts)
    {
        var parcel = ParcelOf(facts);
        var name = facts.OrderName;
        var (amount, card) = (
            Words.Of(parcel.Amount),
            OrderWording.YourCard(facts.Order.Attempts[parcel.Attempt - 1].Card, CardMention.Brand)
        );
        return new NoticeBody(
            facts.Order.IsShippedWhole ? new("発送しました", "Shipped") : new("一部を発送しました", "Partly shipped"),
            facts.Order.IsShippedWhole
                ? new($"{name.Ja}の商品を発送しました。", $"We've shipped {name.En}.")
                : new($"{name.Ja}の商品の一部を発送しました。", $"We've shipped part of {name.En}."),
            [
                .. Contents(facts, parcel),
                new Passage.Fact(new("配送会社", "Carrier"), Carriers.NameOf(parcel.Carrier)),
                new Passage.Fact(new("追跡番号", "Tracking number"), Words.Quoted(parcel.Tracking)),
                new Passage.Fact(new("発送した日時", "Shipped"), facts.Time.DayAndTime(parcel.ShippedAt)),
            ],
            [
                NoticeBody.WhereItStands(
                    OrderWording.StateMeaning(facts.Order),
                    parcel.Amount.MinorUnits == 0
                        ? new Words("この荷物の分の請求はありません。", "This parcel costs you nothing.")
                        : new Words(
                            $"この発送の分 {amount.Ja} を、{card.Ja}に請求します。",
                            $"We're charging {amount.En} for this parcel to {card.En}."
                        )
                ),
                NoticeBody.WhatHappensNext(
                    new Words(
                        "お届けが済んだら、お知らせします。お客様の操作は必要ありません。",
                        "We'll tell you when it's been delivered — you don't need to do anything."
                    )
                ),
                new Section(
                    new("お客様にできること", "What you can do"),
                    [
                        new Passage.Sentence(
                            new(
                                "届く日は、追跡番号で配送会社にお確かめになれます。",
                                "With the tracking number, the carrier can tell you when it arrives."
                            )
                        ),
                        NoticeBody.OrderPage(facts),
                    ]
                ),
            ]
        );
    }

    public static NoticeBody Delivered(NoticeFacts facts)
    {
        var parcel = ParcelOf(facts);
        var at = facts.Time.DayAndTime(
            parcel.DeliveredAt
                ?? throw new InvariantBrokenException($"notice {facts.Notice.Id} says delivered, and parcel {parcel.Id} is not")
        );
        return new NoticeBody(
            new("お届けしました", "Delivered"),
            new($"{facts.OrderName.Ja}の商品をお届けしました。", $"Your parcel from {facts.OrderName.En} has been delivered."),
            [
                .. Contents(facts, parcel),
                new Passage.Fact(new("お届けした日時", "Delivered"), at),
                new Passage.Fact(new("配送会社", "Carrier"), Carriers.NameOf(parcel.Carrier)),
                new Passage.Fact(new("追跡番号", "Tracking number"), Words.Quoted(parcel.Tracking)),
            ],
            [
                NoticeBody.WhereItStands(OrderWording.StateMeaning(facts.Order)),
                new Section(
                    new("お客様にできること", "What you can do"),
                    [
                        new Passage.Sentence(
                            new(
                                "商品が見当たらないときや、傷んでいるときは、下の窓口にご連絡ください。",
                                "If you can't find the parcel, or something is damaged, please contact us as below."
                            )
                        ),
                        NoticeBody.OrderPage(facts),
                    ]
                ),
            ]
        );
    }

    private static Shipment ParcelOf(NoticeFacts facts) =>
        facts.Order.Shipments.FirstOrDefault(shipment => shipment.Id == facts.Notice.Shipment)
        ?? throw new InvariantBrokenException(
            $"notice {facts.Notice.Id} speaks of parcel {facts.Notice.Shipment}, and order {facts.Order.Id} has none such"
        );

    private static IEnumerable<Passage> Contents(NoticeFacts facts, Shipment parcel)
    {
        foreach (var shipped in parcel.Items)
        {
            var name = Words.Quoted(facts.Order.Items.First(item => item.Sku == shipped.Sku).Name);
            yield return new Passage.Fact(
                new("この荷物の商品", "In this parcel"),
                new($"{name.Ja} × {shipped.Quantity}", $"{name.En} × {shipped.Quantity}")
            );
        }
    }
}
