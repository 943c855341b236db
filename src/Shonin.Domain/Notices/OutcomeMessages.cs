using System.Collections.Immutable;
using System.Diagnostics;
using Shonin.Domain.Approvals;

namespace Shonin.Domain.Notices;

/// <summary>How a hold ended, and how an order was cancelled outside one.</summary>
internal static class OutcomeMessages
{
    public static NoticeBody Write(NoticeFacts facts) =>
        facts.Notice.Outcome switch
        {
            NoticeOutcome.Approved => Approved(facts),
            NoticeOutcome.CancelledByCustomer => Cancelled(
                facts,
                new("取り消しました", "Cancelled"),
                new($"お申し出のとおり、{What(facts).Ja}を取り消しました。", $"We've cancelled {What(facts).En}, as you asked.")
            ),
            NoticeOutcome.CancelledByDeadline => Cancelled(
                facts,
                new("期限のため取り消しました", "Cancelled at the deadline"),
                new(
                    $"期限までに承認されなかったため、{What(facts).Ja}を取り消しました。",
                    $"We've cancelled {What(facts).En}: it wasn't approved by the deadline."
                )
            ),
            NoticeOutcome.CancelledByMerchant => Cancelled(
                facts,
                new("当店が取り消しました", "Cancelled by us"),
                new($"{What(facts).Ja}を、当店が取り消しました。", $"We've had to cancel {What(facts).En}.")
            ),
            null => throw new InvariantBrokenException($"notice {facts.Notice.Id} ends something without saying how"),
        };

    /// <summary>The order, or what had not been shipped of it.</summary>
    private static Words What(NoticeFacts facts) =>
        facts.Order.Shipments.IsEmpty
            ? facts.OrderName
            : new($"{facts.OrderName.Ja}の、まだ発送していなかった残り", $"the rest of {facts.OrderName.En}");

    private static NoticeBody Approved(NoticeFacts facts)
    {
        if (facts.Order.Approval is not { Outcome: AttemptOutcome.Approved approved } attempt)
        {
            throw new InvariantBrokenException(
                $"notice {facts.Notice.Id} says approved, and order {facts.Order.Id} has no approval with its proof"
            );
        }

        var (at, card) = (facts.Time.DayAndTime(approved.At), OrderWording.YourCard(attempt.Card, CardMention.Brand));
        var account = RequestAccount.Of(facts.Order, facts.Time, CardMention.Brand, CardCompanyRecord.NotAtHand);
        return new NoticeBody(
            new("承認されました", "Approved"),
            new($"{What(facts).Ja}が、カード会社に承認されました。", $"Your card company approved {What(facts).En}."),
            NoticeBody.Say(
                new Words($"{at.Ja}に、{card.Ja}で承認されました。", $"It was approved on {at.En} with {card.En}."),
                Before(facts, account)
            ),
            [
                .. HoldMessages.AccountOf(account.Length > 2 ? account : []),
                NoticeBody.WhereItStands([
                    OrderWording.StateMeaning(facts.Order),
                    CardHoldWording.Of(facts.Order),
                    .. FamilyWording.Of(facts.Order, facts.Context.Family),
                ]),
                NoticeBody.WhatHappensNext(
                    new Words(
                        "発送したら、配送会社と追跡番号をお知らせします。お客様の操作は必要ありません。",
                        "We'll tell you the carrier and tracking number when we ship — you don't need to do anything."
                    )
                ),
                new Section(
                    new("お客様にできること", "What you can do"),
                    [
                        .. facts.Order.Shipments.IsEmpty
                            ?
                            [
                                new Passage.Choice(
                                    ActionNames.Cancel(facts.Order.Number),
                                    new("発送するまで、取り消せます。", "You can cancel until we ship.")
                                ),
                            ]
                            : Array.Empty<Passage>(),
                        NoticeBody.OrderPage(facts),
                    ]
                ),
            ]
        );
    }

    /// <summary>
    /// What had happened before the approval: the answer to "was I declined?". Where it takes more than a sentence, the account says it.
    /// </summary>
    private static Words Before(NoticeFacts facts, ImmutableArray<AccountLine> account)
    {
        var earlier = facts.Order.Attempts.Where(attempt => !attempt.IsUsable).ToList();
        if (account.Length > 2 || earlier.Count == 0)
            return new("先にお知らせした件は、これで解決しました。", "What we wrote to you about is settled.");
        return earlier[^1].Outcome switch
        {
            AttemptOutcome.NotSent => new(
                "前の問い合わせは、カード会社に届いていませんでした。断られたのではありません。",
                "Our earlier request never reached your card company. You weren't refused."
            ),
            AttemptOutcome.Unknown when earlier[^1].Late is null => new(
                "前の問い合わせには返答がありませんでした。断られたという知らせは受けていません。",
                "Our earlier request got no answer. We weren't told of any refusal."
            ),
            AttemptOutcome.Sent
            or AttemptOutcome.Unknown
            or AttemptOutcome.Approved
            or AttemptOutcome.PartiallyApproved
            or AttemptOutcome.Declined
            or AttemptOutcome.Referred => Earlier(earlier[^1], facts.Time.DayAndTime(earlier[^1].Claim.TransmittedAt)),
            _ => throw new UnreachableException(),
        };
    }

    private static Words Earlier(Attempt attempt, Words at)
    {
        Words Was(string ja, string en) => new($"その前の{at.Ja}の問い合わせ{ja}", $"Our request before that, on {at.En}, {en}");
        return attempt.Outcome switch
        {
            AttemptOutcome.Declined declined => ResponseRules.SaysOf(declined.Codes) switch
            {
                AnswerSays.No => Was("は、承認されませんでした。", "wasn't approved."),
                AnswerSays.RequestFaulty => Was("は、当店の手違いで受け付けられませんでした。", "was turned away by our own mistake."),
                AnswerSays.CouldNotAnswer => Was(
                    "には、カード会社が回答できませんでした。",
                    "got no decision: your card company couldn't answer."
                ),
            },
            AttemptOutcome.PartiallyApproved => Was("では、全額は承認されませんでした。", "was approved in part only."),
            AttemptOutcome.Referred => Was(
                "には、先にご本人と話したいという返答でした。",
                "was answered with a wish to speak to you first."
            ),
            AttemptOutcome.Unknown => Was("への返答は、間に合いませんでした。", "was answered too late."),
            AttemptOutcome.Approved => Was("の承認は、期限が切れました。", "was approved, and that approval has run out."),
            AttemptOutcome.Sent or AttemptOutcome.NotSent => throw new UnreachableException(),
            _ => throw new UnreachableException(),
        };
    }

    private static NoticeBody Cancelled(NoticeFacts facts, Words state, Words lead) =>
        new(
            state,
            lead,
            CancellationWording.ReasonOf(facts.Order) is { } reason ? [new Passage.Fact(new("取り消した理由", "Why"), reason)] : [],
            [
                NoticeBody.WhereItStands([
                    OrderWording.StateMeaning(facts.Order),
                    CardHoldWording.Of(facts.Order),
                    .. FamilyWording.Of(facts.Order, facts.Context.Family),
                ]),
                NoticeBody.WhatHappensNext(
                    facts.Order.Attempts.Any(attempt => attempt.IsReversing)
                        ? new Words(
                            "カード会社への取り消しは、当店が続けます。お客様の操作は必要ありません。",
                            "We go on asking your card company to release the hold — you don't need to do anything."
                        )
                        : new Words(
                            "このご注文については、これで終わりです。お客様の操作は必要ありません。",
                            "This order is closed — you don't need to do anything."
                        )
                ),
                new Section(
                    new("お客様にできること", "What you can do"),
                    [
                        .. facts.Notice.Outcome == NoticeOutcome.CancelledByMerchant
                            ? NoticeBody.Say(
                                new Words("くわしいことは、下の窓口で担当者がお答えします。", "Our staff can tell you more: see below.")
                            )
                            : [],
                        new Passage.Sentence(
                            new(
                                "商品がまだご入り用のときは、新しくご注文ください。",
                                "If you still want the items, please place a new order."
                            )
                        ),
                        NoticeBody.OrderPage(facts),
                    ]
                ),
            ]
        );
}
