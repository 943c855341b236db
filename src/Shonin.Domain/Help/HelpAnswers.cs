using System.Collections.Immutable;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;

namespace Shonin.Domain.Help;

/// <summary>
/// Answers questions about an order from its state alone, in the words that its page and its notices use too: who reads both must not find
/// two truths.
/// </summary>
/// <param name="merchant">Whom the customer may name to the card company.</param>
/// <param name="record">What the card company's own record says.</param>
/// <param name="now">The moment at which it is asked.</param>
public sealed class HelpAnswers(Order order, MerchantProfile merchant, CardCompanyRecord record, DateTimeOffset now, CardMention mention)
{
    private readonly SpokenTime time = new(merchant.TimeZone);

    public HelpAnswer To(HelpQuestion question) =>
        question switch
        {
            HelpQuestion.WhyNotApproved => WhyNotApproved(),
            HelpQuestion.CardCompanyKnowsNothing => CardCompanyKnowsNothing(),
            HelpQuestion.HeldOnCard => Answer([CardHoldWording.Of(order, record)], [], HelpArticles.Holds),
            HelpQuestion.PayAnotherWay => PayAnotherWay(),
            HelpQuestion.IsNoticeReal => IsNoticeReal(),
            HelpQuestion.NoticeDidNotCome => NoticeDidNotCome(),
            HelpQuestion.WhenItComes => Answer(WhereItIs(), Tracking(), HelpArticles.Delivery),
            HelpQuestion.ItHasNotCome => ItHasNotCome(),
            HelpQuestion.SomethingIsWrong => SomethingIsWrong(),
            HelpQuestion.CancelOrder => CancelOrder(),
            HelpQuestion.ChangeOrder => ChangeOrder(),
        };

    private static HelpAnswer Answer(
        IEnumerable<Words> says,
        IEnumerable<HelpOffer> offers,
        string article,
        PersonNeed person = PersonNeed.IfStillUnclear
    ) => new([.. says], [], [.. offers], [article], person);

    private HelpAnswer WhyNotApproved()
    {
        var says = new List<Words>();
        if (order.Hold is { } hold)
        {
            var advice = HoldAdvice.For(order, hold.Class, time, now, mention, record);
            says.AddRange([advice.Known, advice.NotKnown, advice.Next]);
            says.Add(new($"期限: {advice.Deadline.Ja}。{advice.AtDeadline.Ja}", $"Deadline: {advice.Deadline.En}. {advice.AtDeadline.En}"));
        }
        else
        {
            says.Add(AsSentence(OrderWording.StateName(order, record)));
            says.Add(OrderWording.StateMeaning(order));
            if (WhyWording.WhoRefused(order, record) is { } refused)
                says.Add(refused);
        }
        return Answer(says, OnHold(), HelpArticles.Approval) with { Account = Requests() };
    }

    /// <summary>
    /// Both may be right: an answer that was lost was given all the same, and a window may see another part of the record than its colleague.
    /// </summary>
    private HelpAnswer CardCompanyKnowsNothing()
    {
        var says = new List<Words>();
        if (RequestAccount.HasRefusal(order))
        {
            says.Add(
                new(
                    "当店には、承認しないという返答の記録があります。いつのどの問い合わせへの返答かは、下のとおりです。",
                    "We have a record of an answer that says no. Below is when, and to which of our requests."
                )
            );
            says.Add(
                new(
                    "あとから承認されたときや、窓口で見られる記録が限られているときは、断った記録が見つからないことがあります。",
                    "It may not be found where a later request was approved, or where the desk sees only part of the record."
                )
            );
        }
        else if (WhyWording.WhoRefused(order, record) is { } unrefused)
        {
            says.Add(unrefused);
            says.Add(
                new(
                    "問い合わせか返答が途中で届かなかったときは、カード会社には断った記録がありません。当店もカード会社も、正しいことを言っています。",
                    "Where our request or its answer was lost on the way, your card company has no refusal on record. We're both telling you the truth."
                )
            );
        }
        says.Add(
            new(
                $"カード会社には、店の名前「{merchant.NameJa}」と金額{Words.Of(order.Total).Ja}、下の日時をお伝えください。",
                $"Tell your card company the shop's name, “{merchant.NameEn}”, the amount, {Words.Of(order.Total).En}, and the times below."
            )
        );
        return Answer(says, OnHold(), HelpArticles.AskingTheCardCompany) with { Account = Requests() };
    }

    private HelpAnswer PayAnotherWay()
    {
        if (OrderActions.Of(order, now).Contains(OrderAction.ChangeMethod))
        {
            return Answer(
                [
                    new(
                        "別のカードに変えると、すぐにそのカードの会社に問い合わせます。前のカードで払うことはありません。",
                        "When you change the card, we ask that card's company straight away. The card before won't be charged."
                    ),
                ],
                [new(HelpPlace.ChangeCard, ActionNames.ChangeMethod)],
                HelpArticles.Approval
            );
        }
        if (order.Hold is not null && order.AttemptInFlight is null)
        {
            return Answer(
                [
                    new(
                        "このご注文では、カードを試せる回数を使い切りました。このあとどうするかは、担当者がご相談します。",
                        "No more cards can be tried for this order. Please talk to us about what to do."
                    ),
                ],
                WhatMayBeDone(),
                HelpArticles.Approval,
                PersonNeed.Needed
            );
        }
        if (order.Standing is Standing.AwaitingApproval or Standing.OnHold)
        {
            return Answer(
                [
                    new(
                        "いまのカードで問い合わせているところです。結果が出ると、ご注文のページで変えられるようになります。",
                        "We're asking about the card you gave us. When the answer is there, you can change the card on your order's page."
                    ),
                ],
                WhatMayBeDone(),
                HelpArticles.Approval
            );
        }
        return OrderActions.MayCancelBeforeShipping(order)
            ? Answer(
                [
                    new(
                        "いまのカードで承認されているので、カードだけを変えることはできません。発送の前なら、取り消してからご注文し直せます。",
                        "It's approved with the card you gave us, so the card alone can't be changed. Until we ship you can cancel and order again."
                    ),
                ],
                WhatMayBeDone(),
                HelpArticles.Cancelling
            )
            : Answer(
                [
                    new(
                        "すでに発送した分があるので、このページでは変えられません。担当者にご相談ください。",
                        "Part of it has left, so it can't be changed on this page. Please talk to us."
                    ),
                ],
                WhatMayBeDone(),
                HelpArticles.Cancelling,
                PersonNeed.Needed
            );
    }

    private HelpAnswer IsNoticeReal()
    {
        var sent = order.Notices.Count(one => one.SentAt is not null);
        return Answer(
            [
                sent == 0
                    ? new(
                        "このご注文について、メールはまだお送りしていません。届いているとすれば、当店からのものではありません。",
                        "We haven't sent any mail about this order yet. If you got one, it isn't from us."
                    )
                    : new(
                        $"このご注文について、メールを{sent}通お送りしました。下のお知らせのページにない文面のメールは、当店からのものではありません。",
                        $"We've sent {sent} mail{(sent == 1 ? "" : "s")} about this order. A mail whose words aren't on the notices page below isn't from us."
                    ),
                new(
                    "届いたメールそのものも、リンクを押さずに調べられます。",
                    "You can also check the mail itself, without pressing any of its links."
                ),
            ],
            [
                .. order.Notices.IsEmpty ? (ReadOnlySpan<HelpOffer>)[] : [Notices()],
                new HelpOffer(HelpPlace.Check, NoticeWording.CheckPageName),
            ],
            HelpArticles.RealMail
        );
    }

    private HelpAnswer NoticeDidNotCome()
    {
        var says = new List<Words>();
        if (order.Notices.Any(one => one.UndeliverableAt is not null))
        {
            says.Add(
                new(
                    "お知らせのメールが、届かずに戻ってきました。メールアドレスが変わったときは、お電話でお知らせください。",
                    "A notice of ours came back undelivered. If your address has changed, please call us."
                )
            );
        }
        else if (order.Notices.LastOrDefault(one => one.SentAt is not null) is { SentAt: { } last })
        {
            var at = time.DayAndTime(last);
            says.Add(
                new(
                    $"最後のお知らせは、{at.Ja}にお送りしました。迷惑メールのフォルダーもご覧ください。",
                    $"Our last notice left on {at.En}. Please look into your spam folder too."
                )
            );
        }
        else
        {
            says.Add(new("メールはまだお送りしていません。", "We haven't sent a mail yet."));
        }
        says.Add(new("お知らせは、いつでもこのサイトで読めます。", "You can always read all notices here."));
        return Answer(
            says,
            order.Notices.IsEmpty ? [] : [Notices()],
            HelpArticles.RealMail,
            order.Notices.Any(one => one.UndeliverableAt is not null) ? PersonNeed.Needed : PersonNeed.IfStillUnclear
        );
    }

    private IEnumerable<Words> WhereItIs()
    {
        if (order.Shipments.IsEmpty)
        {
            yield return new("まだ発送していません。", "It hasn't been shipped yet.");
            yield return OrderWording.StateMeaning(order);
            yield return new(
                "発送したら、配送会社と追跡番号をメールでお知らせします。",
                "When we ship, we mail you the carrier and the tracking number."
            );
            yield break;
        }
        foreach (var parcel in order.Shipments)
        {
            var (carrier, left) = (Carriers.NameOf(parcel.Carrier), time.DayAndTime(parcel.ShippedAt));
            if (parcel.DeliveredAt is { } delivered)
            {
                var at = time.DayAndTime(delivered);
                yield return new(
                    $"{left.Ja}に発送した荷物は、{at.Ja}に届いたと聞いています。",
                    $"The parcel that we shipped on {left.En} was delivered on {at.En}, as we were told."
                );
            }
            else
            {
                yield return new(
                    $"{left.Ja}に、{carrier.Ja}で発送しました。追跡番号は {Words.Quoted(parcel.Tracking).Ja} です。",
                    $"We shipped it on {left.En} by {carrier.En}. Its tracking number is {Words.Quoted(parcel.Tracking).En}."
                );
            }
        }
        if (!order.IsShippedWhole && order.Standing is Standing.Approved)
            yield return new("残りの商品は、これから発送します。", "The rest is still to be shipped.");
    }

    private HelpAnswer ItHasNotCome()
    {
        var says = WhereItIs().ToList();
        says.Add(
            order.Shipments.Any(parcel => parcel.DeliveredAt is null)
                ? new(
                    "下のページで、荷物のいまの場所がわかります。何日も動いていないときは、お電話ください。当店が配送会社に確かめます。",
                    "The page below shows where it is now. If it hasn't moved for days, please call us: we'll ask the carrier."
                )
                : new(
                    "玄関先や宅配ボックス、ご家族や管理人の方に届いていないか、お確かめください。見つからないときは、お電話ください。当店が配送会社に確かめます。",
                    "Please look at the door and in the parcel box, and ask your family and neighbours. If it isn't there, please call us: we'll ask the carrier."
                )
        );
        return Answer(says, Tracking(), HelpArticles.Delivery, PersonNeed.Needed);
    }

    private HelpAnswer SomethingIsWrong() =>
        Answer(
            [
                new(
                    "申し訳ありません。品物と箱をそのままにして、お電話ください。どのようにするかを、担当者がご相談します。",
                    "We're sorry. Please keep the item and its box as they are, and call us. We'll find out with you what to do."
                ),
                new("捨てたり、送り返したりなさらないでください。", "Please don't throw anything away, and don't send it back yet."),
            ],
            [],
            HelpArticles.Delivery,
            PersonNeed.Needed
        );

    private HelpAnswer CancelOrder()
    {
        if (WhatMayBeDone().Any(offer => offer.Place == HelpPlace.Cancel))
        {
            return Answer(
                [
                    new(
                        "このページから取り消せます。取り消すと、商品は発送せず、代金もいただきません。",
                        "You can cancel it here. Then nothing is shipped and nothing is charged."
                    ),
                    new("取り消したあとで、元に戻すことはできません。", "Once it's cancelled, it can't be brought back."),
                ],
                [new(HelpPlace.Cancel, ActionNames.Cancel(order.Number))],
                HelpArticles.Cancelling
            );
        }
        return order.AttemptInFlight is not null
            ? Answer(
                [
                    new(
                        "いま、カード会社に問い合わせています。結果が出ると、ご注文のページから取り消せます。長くて数十秒です。",
                        "We're asking your card company right now. When the answer is there, in less than a minute, you can cancel on your order's page."
                    ),
                ],
                [OrderPage()],
                HelpArticles.Cancelling
            )
            : Answer(
                [
                    new(
                        "すでに発送した分があるので、このページでは取り消せません。担当者にご相談ください。",
                        "Part of it has left, so it can't be cancelled on this page. Please talk to us."
                    ),
                ],
                Tracking(),
                HelpArticles.Cancelling,
                PersonNeed.Needed
            );
    }

    private HelpAnswer ChangeOrder() =>
        Answer(
            [
                new(
                    "品物やお届け先は、このページでは変えられません。お電話ください。発送の前なら、担当者が変えられます。",
                    "Items and the address can't be changed here. Please call us: until we ship, we can change them."
                ),
                .. OrderActions.MayCancelBeforeShipping(order)
                    ? (ReadOnlySpan<Words>)
                        [new("お急ぎのときは、取り消してからご注文し直せます。", "If you're in a hurry, you can cancel and order again.")]
                    : [],
            ],
            WhatMayBeDone().Where(offer => offer.Place == HelpPlace.Cancel),
            HelpArticles.Cancelling,
            PersonNeed.Needed
        );

    /// <summary>What the order's page offers now, under the names it has there; the order's page itself where that is nothing.</summary>
    private IEnumerable<HelpOffer> WhatMayBeDone() =>
        OrderActions.MayCancelBeforeShipping(order) ? [new(HelpPlace.Cancel, ActionNames.Cancel(order.Number))] : OnHold();

    /// <summary>The same for whoever waits for an approval: where there is one, nobody asks how to get rid of the order.</summary>
    private IEnumerable<HelpOffer> OnHold()
    {
        var accepted = OrderActions.Of(order, now);
        if (accepted.Contains(OrderAction.Confirm))
            yield return new(HelpPlace.Order, ActionNames.Confirm);
        if (accepted.Contains(OrderAction.ChangeMethod))
            yield return new(HelpPlace.ChangeCard, ActionNames.ChangeMethod);
        if (accepted.Contains(OrderAction.Cancel))
            yield return new(HelpPlace.Cancel, ActionNames.Cancel(order.Number));
        if (accepted.Count == 0)
            yield return OrderPage();
    }

    private IEnumerable<HelpOffer> Tracking() =>
        order
            .Shipments.Where(parcel => parcel.DeliveredAt is null)
            .Select(parcel =>
                Carriers.PageOf(parcel.Carrier, parcel.Tracking) is var (carrier, address)
                    ? new HelpOffer(
                        HelpPlace.Carrier,
                        new(
                            $"{carrier.Ja}のページで見る ({Words.Quoted(parcel.Tracking).Ja})",
                            $"See it at {carrier.En} ({Words.Quoted(parcel.Tracking).En})"
                        ),
                        address
                    )
                    : null
            )
            .OfType<HelpOffer>();

    private static HelpOffer OrderPage() => new(HelpPlace.Order, new("ご注文のページを見る", "See your order's page"));

    private static HelpOffer Notices() => new(HelpPlace.Notices, new("お知らせを読む", "Read the notices"));

    private ImmutableArray<AccountLine> Requests() => RequestAccount.Of(order, time, mention, record);

    private static Words AsSentence(Words name) => new($"{name.Ja}。", $"{name.En}.");
}
