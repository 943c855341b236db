using System.Diagnostics;
using Shonin.Domain.Approvals;
using Shonin.Domain.Orders;

namespace Shonin.Domain.Notices;

/// <summary>How a hold ended, and how an order was cancelled outside one.</summary>
internal static class OutcomeMessages
{
    public static Message Write(NoticeFacts facts) => facts.Notice.Outcome switch
    {
        NoticeOutcome.Approved => Approved(facts),
        NoticeOutcome.CancelledByCustomer => Cancelled(facts,
            new("取り消しました", "Cancelled"),
            new($"お申し出のとおり、{facts.OrderName.Ja}を取り消しました。", $"We've cancelled {facts.OrderName.En}, as you asked.")),
        NoticeOutcome.CancelledByDeadline => Cancelled(facts,
            new("期限のため取り消しました", "Cancelled at the deadline"),
            new($"期限までに承認されなかったため、{facts.OrderName.Ja}を取り消しました。", $"We've cancelled {facts.OrderName.En}: it wasn't approved by the deadline.")),
        NoticeOutcome.CancelledByMerchant => Cancelled(facts,
            new("当店が取り消しました", "Cancelled by us"),
            new($"{facts.OrderName.Ja}を、当店が取り消しました。", $"We've had to cancel {facts.OrderName.En}.")),
        null => throw new InvariantBrokenException($"notice {facts.Notice.Id} ends something without saying how"),
        _ => throw new UnreachableException(),
    };

    private static Message Approved(NoticeFacts facts)
    {
        if (facts.Order.Approval is not { Outcome: AttemptOutcome.Approved approved } attempt)
            throw new InvariantBrokenException($"notice {facts.Notice.Id} says approved, and order {facts.Order.Id} has no approval with its proof");
        var (at, card) = (facts.Time.DayAndTime(approved.At), OrderWording.YourCard(attempt.Card, CardMention.Brand));
        return new Message(
            new("承認されました", "Approved"),
            new($"{facts.OrderName.Ja}が、カード会社に承認されました。", $"Your card company approved {facts.OrderName.En}."),
            Message.Say(
                new Words($"{at.Ja}に、{card.Ja}で承認されました。", $"It was approved on {at.En} with {card.En}."),
                Before(facts.Order)),
            [
                Message.WhereItStands(OrderWording.StateMeaning(facts.Order), CardHoldWording.Of(facts.Order)),
                Message.WhatHappensNext(new Words(
                    "発送したら、配送会社と追跡番号をお知らせします。お客様の操作は必要ありません。", "We'll tell you the carrier and tracking number when we ship — you don't need to do anything.")),
                new Section(new("お客様にできること", "What you can do"),
                [
                    new Passage.Choice(ActionNames.Cancel(facts.Order.Number), new(
                        "発送するまで、取り消せます。", "You can cancel until we ship.")),
                    Message.OrderPage(facts),
                ]),
            ]);
    }

    /// <summary>What had happened to the attempts before the approval: the answer to "was I declined?".</summary>
    private static Words Before(Order order)
    {
        var earlier = order.Attempts.Where(attempt => !attempt.IsUsable).ToList();
        if (earlier.Count > 0 && earlier.All(attempt => attempt.Outcome is AttemptOutcome.NotSent))
            return new(
                "前の問い合わせは、カード会社に届いていませんでした。断られたのではありません。",
                "Our earlier requests never reached your card company. You weren't refused.");
        if (earlier.Count > 0 && earlier.All(attempt => attempt.Outcome is AttemptOutcome.NotSent or AttemptOutcome.Unknown))
            return new(
                "前の問い合わせには返答がありませんでした。断られたのではありません。", "Our earlier requests got no answer. You weren't refused.");
        return new("先にお知らせした件は、これで解決しました。", "What we wrote to you about is settled.");
    }

    private static Message Cancelled(NoticeFacts facts, Words state, Words lead) => new(
        state,
        lead,
        [],
        [
            Message.WhereItStands(new Words("商品は発送しません。代金もいただきません。", "Nothing will be shipped, and nothing will be charged."), CardHoldWording.Of(facts.Order)),
            Message.WhatHappensNext(facts.Order.Attempts.Any(attempt => attempt.IsReversing)
                ? new Words(
                    "カード会社への取り消しは、当店が続けます。お客様の操作は必要ありません。", "We go on taking the amount back with your card company — you don't need to do anything.")
                : new Words("このご注文については、これで終わりです。お客様の操作は必要ありません。", "This order is closed — you don't need to do anything.")),
            new Section(new("お客様にできること", "What you can do"),
            [
                .. facts.Notice.Outcome == NoticeOutcome.CancelledByMerchant
                    ? Message.Say(new Words("くわしいことは、下の窓口で担当者がお答えします。", "Our staff can tell you more: see below."))
                    : [],
                new Passage.Sentence(new("商品がまだご入り用のときは、新しくご注文ください。", "If you still want the items, please place a new order.")),
                Message.OrderPage(facts),
            ]),
        ]);
}
