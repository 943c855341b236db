using System.Collections.Immutable;
using System.Diagnostics;
using Shonin.Domain.Approvals;

namespace Shonin.Domain.Notices;

/// <summary>
/// What is said while an order is on hold: problem, update, reminder; each for one of the four classes, and for whose doing it is.
/// </summary>
internal static class HoldMessages
{
    public static NoticeBody Write(NoticeFacts facts)
    {
        var holdClass = facts.Notice.Class
            ?? throw new InvariantBrokenException($"notice {facts.Notice.Id} speaks of a hold without saying which");
        var advice = HoldAdvice.For(facts.Order, holdClass, facts.Time, facts.Now, CardMention.Brand);
        var cause = HoldCause.Of(facts.Order, holdClass);
        return new NoticeBody(
            Subject(facts.Notice.Kind, HoldExplanation.Names(cause, CardCompanyRecord.NotAtHand).Subject),
            Lead(facts, cause),
            NoticeBody.Say(advice.Known, advice.NotKnown),
            [
                .. AccountOf(advice.Account),
                NoticeBody.WhereItStands([
                    OrderWording.StateMeaning(facts.Order),
                    CardHoldWording.Of(facts.Order),
                    .. FamilyWording.Of(facts.Order, facts.Context.Family),
                ]),
                NoticeBody.WhatHappensNext(
                    advice.Next,
                    new(
                        "承認されたときも、取り消しになったときも、結果をお知らせします。",
                        "Whether it's approved or cancelled, we'll tell you the outcome."
                    )
                ),
                Choices(facts, advice),
                NoticeBody.Section(
                    new("期限", "Deadline"),
                    new Words(
                        $"期限は {advice.Deadline.Ja} です。{advice.AtDeadline.Ja}",
                        $"We keep your order until {advice.Deadline.En}. {advice.AtDeadline.En}"
                    )
                ),
            ]
        );
    }

    /// <summary>Every request of the order, where there were several: none is forgotten for the newest.</summary>
    internal static IEnumerable<Section> AccountOf(ImmutableArray<AccountLine> account) =>
        account.IsEmpty
            ? []
            :
            [
                new(
                    new("これまでの問い合わせ", "What we've asked so far"),
                    [.. account.Select(line => new Passage.Fact(line.Label, line.What))]
                ),
            ];

    private static Section Choices(NoticeFacts facts, HoldAdvice advice) =>
        new(
            new("お客様にできること", "What you can do"),
            [
                .. advice.Note is { } sentence ? [new Passage.Sentence(sentence)] : Array.Empty<Passage>(),
                .. advice.Choices.Select(choice => new Passage.Choice(choice.Name, choice.Effect)),
                NoticeBody.OrderPage(facts),
            ]
        );

    private static Words Subject(NoticeKind kind, Words state) =>
        kind switch
        {
            NoticeKind.Problem => state,
            NoticeKind.Update => new("続報:" + state.Ja, "Update: " + state.En),
            NoticeKind.Reminder => new("再度のお知らせ:" + state.Ja, "Reminder: " + state.En),
            NoticeKind.Received or NoticeKind.Outcome or NoticeKind.Cancelled or NoticeKind.Shipped or NoticeKind.Delivered =>
                throw new UnreachableException(),
        };

    private static Words Lead(NoticeFacts facts, HoldCause cause)
    {
        var order = facts.OrderName;
        return facts.Notice.Kind switch
        {
            NoticeKind.Problem => WhatHappened(facts, cause),
            NoticeKind.Update when TellsNewDeadline(facts) => MoreTime(facts, cause),
            NoticeKind.Update when cause is HoldCause.Silence { Attempt.Late: null } => new(
                $"{order.Ja}の状況が変わりました。今回は、カード会社から返答がありませんでした。",
                $"Something changed: this time, your card company didn't answer about {order.En}."
            ),
            NoticeKind.Update => new(
                $"{order.Ja}の状況が変わりました。{Plain(cause).Ja}",
                $"Something changed about {order.En}: {Plain(cause).En}"
            ),
            NoticeKind.Reminder => StillSo(order, cause),
            NoticeKind.Received or NoticeKind.Outcome or NoticeKind.Cancelled or NoticeKind.Shipped or NoticeKind.Delivered =>
                throw new UnreachableException(),
        };
    }

    /// <summary>It was queued in the very decision that an agent's extension was.</summary>
    private static bool TellsNewDeadline(NoticeFacts facts) =>
        facts.Order.Hold is { ExtendedAt: { } at }
        && facts.Order.Notices.Any(record => record.Notice.Id == facts.Notice.Id && record.QueuedAt == at);

    private static Words MoreTime(NoticeFacts facts, HoldCause cause)
    {
        var (deadline, still) = (facts.Time.DayAndTime(facts.Order.Hold!.Deadline), StillSo(facts.OrderName, cause));
        return new($"期限を{deadline.Ja}まで延ばしました。{still.Ja}", $"We keep your order longer, until {deadline.En}. {still.En}");
    }

    private static Words WhatHappened(NoticeFacts facts, HoldCause cause)
    {
        var order = facts.OrderName;
        return cause switch
        {
            HoldCause.ApprovalExpired when facts.Order.Shipments.IsEmpty => new(
                $"{order.Ja}の発送が間に合わず、カード会社の承認の期限が切れました。",
                $"We didn't ship {order.En} in time, and your card company's approval has run out."
            ),
            HoldCause.ApprovalExpired => new(
                $"{order.Ja}の残りの発送が間に合わず、カード会社の承認の期限が切れました。",
                $"We didn't ship the rest of {order.En} in time, and your card company's approval has run out."
            ),
            HoldCause.SaidNo => new(
                $"{order.Ja}について、カード会社から承認が得られませんでした。",
                $"Your card company said no to {order.En}."
            ),
            HoldCause.SaidNoToTheWhole => new(
                $"{order.Ja}について、全額の承認は得られませんでした。",
                $"Your card company approved only part of {order.En}."
            ),
            HoldCause.CouldNotAnswer => new(
                $"{order.Ja}について、カード会社が回答できませんでした。",
                $"Your card company couldn't answer about {order.En}."
            ),
            HoldCause.AsksToCall => new(
                $"{order.Ja}について、カード会社がご本人からの連絡を求めています。",
                $"Your card company asks you to contact it about {order.En}."
            ),
            HoldCause.Silence { Attempt.Late: null } => new(
                $"{order.Ja}について、カード会社から返答がありませんでした。",
                $"Your card company didn't answer about {order.En}."
            ),
            HoldCause.Silence => new(
                $"{order.Ja}について、カード会社の返答が間に合いませんでした。",
                $"Your card company's answer about {order.En} came too late."
            ),
            HoldCause.NotSent { Why: NotSentCause.OutOfReach } => new(
                $"カード会社につながらず、{order.Ja}について返答がありません。",
                $"We can't reach your card company about {order.En}."
            ),
            HoldCause.NotSent { Why: NotSentCause.HeldBack } => new(
                $"{order.Ja}について、まだカード会社に問い合わせていません。",
                $"We haven't asked your card company about {order.En} yet."
            ),
            HoldCause.NotSent or HoldCause.FaultyRequest => new(
                $"当店の手違いで、{order.Ja}の承認を、まだ確認できていません。",
                $"By our own mistake, {order.En} isn't confirmed yet."
            ),
            _ => throw new UnreachableException(),
        };
    }

    /// <summary>The same as a sentence that goes on from the order's name.</summary>
    private static Words Plain(HoldCause cause) =>
        cause switch
        {
            HoldCause.ApprovalExpired => new("承認の期限が切れました。", "the approval has run out."),
            HoldCause.SaidNo => new("カード会社から承認が得られませんでした。", "your card company said no."),
            HoldCause.SaidNoToTheWhole => new("全額の承認は得られませんでした。", "your card company approved only part of it."),
            HoldCause.CouldNotAnswer => new("カード会社が回答できませんでした。", "your card company couldn't answer."),
            HoldCause.AsksToCall => new("カード会社がご本人からの連絡を求めています。", "your card company asks you to contact it."),
            HoldCause.Silence => new("カード会社の返答が間に合いませんでした。", "your card company's answer came too late."),
            HoldCause.NotSent { Why: NotSentCause.OutOfReach } => new("カード会社につながりません。", "we can't reach your card company."),
            HoldCause.NotSent { Why: NotSentCause.HeldBack } => new(
                "次の問い合わせは、まだ送っていません。",
                "our next request hasn't been sent yet."
            ),
            HoldCause.NotSent or HoldCause.FaultyRequest => new(
                "当店の手違いで、まだ確認できていません。",
                "by our own mistake, it isn't confirmed yet."
            ),
            _ => throw new UnreachableException(),
        };

    /// <summary>What a hold came from at an earlier time, without a full stop.</summary>
    internal static Words Was(HoldCause cause) =>
        cause switch
        {
            HoldCause.ApprovalExpired => new("承認の期限が切れました", "the approval had run out"),
            HoldCause.SaidNo => new("カード会社から承認が得られませんでした", "your card company had said no"),
            HoldCause.SaidNoToTheWhole => new("全額の承認は得られませんでした", "your card company had approved only part of it"),
            HoldCause.CouldNotAnswer => new("カード会社が回答できませんでした", "your card company couldn't answer"),
            HoldCause.AsksToCall => new("カード会社がご本人からの連絡を求めていました", "your card company asked you to contact it"),
            HoldCause.Silence => new("カード会社から返答がありませんでした", "your card company hadn't answered"),
            HoldCause.NotSent { Why: NotSentCause.OutOfReach } => new(
                "カード会社につながりませんでした",
                "we couldn't reach your card company"
            ),
            HoldCause.NotSent { Why: NotSentCause.HeldBack } => new(
                "まだカード会社に問い合わせていませんでした",
                "we hadn't asked your card company yet"
            ),
            HoldCause.NotSent or HoldCause.FaultyRequest => new(
                "当店の手違いで、まだ確認できていませんでした",
                "by our own mistake, it wasn't confirmed yet"
            ),
            _ => throw new UnreachableException(),
        };

    private static Words StillSo(Words order, HoldCause cause) =>
        cause switch
        {
            HoldCause.ApprovalExpired => new(
                $"{order.Ja}の承認の期限が切れたままです。",
                $"The approval of {order.En} has run out, and there is no new one yet."
            ),
            HoldCause.SaidNo => new(
                $"{order.Ja}は、カード会社から承認が得られませんでしたので、お待ちしたままになっています。",
                $"We're still holding {order.En}: your card company said no."
            ),
            HoldCause.SaidNoToTheWhole => new(
                $"{order.Ja}は、全額の承認が得られていませんので、お待ちしたままになっています。",
                $"We're still holding {order.En}: your card company approved only part of it."
            ),
            HoldCause.CouldNotAnswer => new(
                $"{order.Ja}は、カード会社が回答できなかったため、お待ちしたままになっています。",
                $"We're still holding {order.En}: your card company couldn't answer."
            ),
            HoldCause.AsksToCall => new(
                $"{order.Ja}について、カード会社が引き続きご本人からの連絡を求めています。",
                $"Your card company still asks you to contact it about {order.En}."
            ),
            HoldCause.Silence { Attempt.Late: null } => new(
                $"{order.Ja}について、カード会社からまだ返答がありません。",
                $"Your card company still hasn't answered about {order.En}."
            ),
            HoldCause.Silence => new(
                $"{order.Ja}は、カード会社の返答が間に合わなかったため、まだ承認されていません。",
                $"We're still holding {order.En}: your card company's answer came too late."
            ),
            HoldCause.NotSent { Why: NotSentCause.OutOfReach } => new(
                $"まだカード会社につながらず、{order.Ja}について返答がありません。",
                $"We still can't reach your card company about {order.En}."
            ),
            HoldCause.NotSent { Why: NotSentCause.HeldBack } => new(
                $"{order.Ja}について、まだカード会社に問い合わせていません。",
                $"We still haven't asked your card company about {order.En}."
            ),
            HoldCause.NotSent or HoldCause.FaultyRequest => new(
                $"当店の手違いで、{order.Ja}の承認を、まだ確認できていません。",
                $"By our own mistake, {order.En} still isn't confirmed."
            ),
            _ => throw new UnreachableException(),
        };
}
