using System.Diagnostics;
using Shonin.Domain.Approvals;
using Shonin.Domain.Orders;

namespace Shonin.Domain.Notices;

/// <summary>
/// What a hold is called, and what we know and do not know of its cause. True at the moment of asking, of all requests of the order.
/// </summary>
internal sealed record HoldExplanation(Words Known, Words NotKnown)
{
    /// <param name="record">What the card company's own record says; a text that knows it never says that we do not.</param>
    public static HoldExplanation Of(Order order, HoldCause cause, SpokenTime time, CardMention mention, CardCompanyRecord record)
    {
        var facts = new Facts(order, time, mention, record);
        var known = WhatWeKnow(facts, cause);
        return new(ApprovedBefore(facts, cause) is { } before ? before.Then(known) : known, WhatWeDoNotKnow(facts, cause));
    }

    /// <summary>The headline, and the same as short as a mail's subject needs it.</summary>
    public static (Words Name, Words Subject) Names(HoldCause cause, CardCompanyRecord record) =>
        cause switch
        {
            HoldCause.Silence silence => OfSilence(silence.Attempt, record.Of(silence.Attempt.Ordinal)),
            HoldCause.NotSent { Why: NotSentCause.OutOfReach } => (
                new("カード会社につながらず、返答がありません", "We can't reach your card company"),
                new("カード会社の返答がありません", "No answer from your card company")
            ),
            HoldCause.NotSent { Why: NotSentCause.HeldBack } => Both(
                "まだカード会社に問い合わせていません",
                "We haven't asked your card company yet"
            ),
            HoldCause.NotSent or HoldCause.FaultyRequest => Both(
                "当店の手違いで、まだ確認できていません",
                "Our own mistake: not confirmed yet"
            ),
            HoldCause.SaidNo => (
                new("カード会社から承認が得られませんでした", "Your card company said no"),
                new("承認が得られませんでした", "Your card company said no")
            ),
            HoldCause.SaidNoToTheWhole => Both("全額の承認は得られませんでした", "Only part of the amount was approved"),
            HoldCause.CouldNotAnswer => (
                new("カード会社が回答できず、まだ何も決まっていません", "Your card company couldn't answer; nothing is decided yet"),
                new("カード会社が回答できませんでした", "Your card company couldn't answer")
            ),
            HoldCause.AsksToCall => (
                new("カード会社がご本人からの連絡を求めています", "Your card company asks you to contact it"),
                new("カード会社にご連絡ください", "Please contact your card company")
            ),
            HoldCause.ApprovalExpired => Both("承認の期限が切れました", "The approval has run out"),
            _ => throw new UnreachableException(),
        };

    private static (Words Name, Words Subject) OfSilence(Attempt attempt, RecordedRequest recorded) =>
        (attempt.Late, recorded.Fate) switch
        {
            ({ Says: LateAnswerSays.Approved }, _) => Both(
                "カード会社の承認が、遅れて届きました",
                "Your card company's approval came too late"
            ),
            ({ Says: LateAnswerSays.NotApproved }, _) => Both(
                "カード会社の返答が、遅れて届きました",
                "Your card company's answer came too late"
            ),
            (_, RecordedFate.Approved) => Both(
                "カード会社は承認しましたが、返答が届きませんでした",
                "Your card company approved it, but its answer didn't reach us"
            ),
            (_, RecordedFate.AnsweredOtherwise) => Both(
                "カード会社の返答が、当店に届きませんでした",
                "Your card company's answer didn't reach us"
            ),
            (_, RecordedFate.NeverArrived) => Both(
                "問い合わせが、カード会社に届きませんでした",
                "Our request never reached your card company"
            ),
            (_, RecordedFate.NotKnown) => (
                new("カード会社から返答がありませんでした", "Your card company didn't answer"),
                new("カード会社の返答がありません", "No answer from your card company")
            ),
            (_, _) => throw new UnreachableException(),
        };

    private static (Words Name, Words Subject) Both(string ja, string en) => (new(ja, en), new(ja, en));

    /// <summary>
    /// Where an approval has run out, what came of asking again is told behind that; null where there is nothing to tell first.
    /// </summary>
    private static Words? ApprovedBefore(Facts facts, HoldCause cause)
    {
        if (
            cause is HoldCause.ApprovalExpired
            || facts.Order.Attempts.LastOrDefault(attempt => attempt.HasExpired) is not { Outcome: AttemptOutcome.Approved approved }
        )
        {
            return null;
        }

        var at = facts.Time.DayAndTime(approved.At);
        return new(
            $"{at.Ja}に承認されましたが、当店の発送が間に合わず、その期限が切れました。そのため、もう一度承認が必要です。",
            $"It was approved on {at.En}, but we didn't ship it all in time and that approval ran out, so it has to be approved again."
        );
    }

    private static Words WhatWeKnow(Facts facts, HoldCause cause)
    {
        switch (cause)
        {
            case HoldCause.SaidNo saidNo:
            {
                var asked = Asked(facts, saidNo.Attempt);
                var known = new Words($"{asked.Ja}、承認しないという返答を受け取りました。", $"{asked.En}, and the answer was no.");
                return saidNo.Mendable is { } mendable ? known.Then(WhatIsWrong(mendable)) : known;
            }
            case HoldCause.SaidNoToTheWhole part:
            {
                var asked = Asked(facts, part.Attempt);
                return new(
                    $"{asked.Ja}ましたが、ご注文の全額は承認されませんでした。",
                    $"{asked.En}, and the whole amount wasn't approved."
                );
            }
            case HoldCause.FaultyRequest fault:
            {
                var asked = Asked(facts, fault.Attempt);
                return new(
                    $"{asked.Ja}ましたが、当店が送った内容に不備があり、カード会社は受け付けませんでした。当店の手違いで、カード会社の判断ではありません。",
                    $"{asked.En}, but what we sent was faulty and your card company turned it away. That was our own mistake, not your card company's decision."
                );
            }
            case HoldCause.CouldNotAnswer unable:
            {
                var asked = Asked(facts, unable.Attempt);
                return new(
                    $"{asked.Ja}ましたが、カード会社の側が回答できない状態でした。承認するともしないとも、決まっていません。",
                    $"{asked.En}, but your card company's side couldn't answer. Nothing was decided, neither yes nor no."
                );
            }
            case HoldCause.AsksToCall call:
            {
                var asked = Asked(facts, call.Attempt);
                return new(
                    $"{asked.Ja}たところ、カード会社は、先にご本人と話したいと答えました。断られたわけではありません。",
                    $"{asked.En}. Your card company wants to speak to you first; that isn't a refusal."
                );
            }
            case HoldCause.Silence silence:
                return KnownOfSilence(facts, silence);
            case HoldCause.NotSent notSent:
                return KnownOfNotSent(facts.Time.DayAndTime(notSent.TriedAt), notSent.Why);
            case HoldCause.ApprovalExpired expired:
                return KnownOfExpired(facts, expired);
            default:
                throw new UnreachableException();
        }
    }

    private static Words KnownOfSilence(Facts facts, HoldCause.Silence silence)
    {
        var (asked, waited) = (Asked(facts, silence.Attempt), Waited(facts, silence));
        var known = silence.Attempt.HasUnprovenAnswer
            ? new Words(
                $"{asked.Ja}、{waited.Ja}、承認を確かめられる返答は届きませんでした。",
                $"{asked.En}, {waited.En}, and no answer came that proves an approval."
            )
            : new Words($"{asked.Ja}、{waited.Ja}、返答は届きませんでした。", $"{asked.En}, {waited.En}, and no answer came.");
        return (silence.Attempt.Late, facts.Record.Of(silence.Attempt.Ordinal)) switch
        {
            ({ Says: LateAnswerSays.Approved, At: var at }, _) => known.Then(
                new(
                    $"承認の返答が届いたのは、そのあとの{facts.Time.DayAndSecond(at).Ja}です。",
                    $"The approval came after that, on {facts.Time.DayAndSecond(at).En}."
                )
            ),
            ({ Says: LateAnswerSays.NotApproved, At: var at }, _) => known.Then(
                new(
                    $"返答が届いたのは、そのあとの{facts.Time.DayAndSecond(at).Ja}で、承認ではありませんでした。",
                    $"The answer came after that, on {facts.Time.DayAndSecond(at).En}, and it wasn't an approval."
                )
            ),
            (_, { Fate: RecordedFate.Approved, DecidedAt: { } at }) => known.Then(
                new(
                    $"カード会社の記録では、{facts.Time.DayAndTime(at).Ja}に承認されています。その返答が、当店に届きませんでした。",
                    $"Your card company's record says that it approved on {facts.Time.DayAndTime(at).En}. Its answer didn't reach us."
                )
            ),
            (_, { Fate: RecordedFate.AnsweredOtherwise, DecidedAt: { } at }) => known.Then(
                new(
                    $"カード会社の記録では、{facts.Time.DayAndTime(at).Ja}に返答しています。その返答が、当店に届きませんでした。",
                    $"Your card company's record says that it answered on {facts.Time.DayAndTime(at).En}. Its answer didn't reach us."
                )
            ),
            (_, { Fate: RecordedFate.NeverArrived }) => known.Then(
                new(
                    "カード会社の記録に、この問い合わせはありません。届いていなかったのです。",
                    "Your card company's record has no trace of the request: it never arrived."
                )
            ),
            (_, _) => known,
        };
    }

    private static Words KnownOfExpired(Facts facts, HoldCause.ApprovalExpired expired)
    {
        var (approved, ended) = (facts.Time.DayAndTime(expired.ApprovedAt), facts.Time.DayAndTime(expired.ExpiredAt));
        var (card, rest) = (OrderWording.YourCard(expired.Attempt.Card, facts.Mention), Words.Of(facts.Order.Remaining));
        var known = new Words(
            $"{approved.Ja}に{card.Ja}で承認されましたが、当店の発送が間に合わず、{ended.Ja}に承認の期限が切れました。お客様のせいではありません。",
            $"It was approved on {approved.En} with {card.En}. We didn't ship it all in time, and the approval ran out on {ended.En}. That's our doing, not yours."
        );
        return facts.Order.Shipments.IsEmpty
            ? known
            : known.Then(
                new(
                    $"承認が必要なのは、まだ発送していない残りの {rest.Ja} だけです。",
                    $"Only the {rest.En} that we haven't shipped yet needs approving."
                )
            );
    }

    private static Words KnownOfNotSent(Words tried, NotSentCause why) =>
        why switch
        {
            NotSentCause.OutOfReach => new(
                $"{tried.Ja}に問い合わせようとしましたが、カード会社につながりませんでした。問い合わせは、カード会社に届いていません。",
                $"We tried on {tried.En} but couldn't reach your card company. It hasn't received our request."
            ),
            NotSentCause.OwnFault => new(
                $"{tried.Ja}に問い合わせようとしましたが、当店の手違いで送れませんでした。問い合わせは、カード会社に届いていません。",
                $"We tried to ask on {tried.En}, but by our own mistake the request couldn't be sent. Your card company hasn't received it."
            ),
            NotSentCause.HeldBack => new(
                $"{tried.Ja}の問い合わせは、カードを守るための決まりで、まだ送っていません。このカードでほかの問い合わせが続いているためです。",
                $"We held back our request of {tried.En}. Other requests on this card are under way or weren't approved, and a limit of ours protects cards. Your card company hasn't received it."
            ),
        };

    /// <summary>「…で問い合わせ」, to which 、, ましたが and たところ fit; where there were several requests, which one.</summary>
    private static Words Asked(Facts facts, Attempt attempt)
    {
        var (at, card) = (facts.Time.DayAndTime(attempt.Claim.TransmittedAt), OrderWording.YourCard(attempt.Card, facts.Mention));
        if (RequestAccount.CountOf(facts.Order) == 1)
            return new($"{at.Ja}に{card.Ja}で問い合わせ", $"We asked on {at.En} with {card.En}");
        var number = RequestAccount.NumberOf(facts.Order, attempt);
        return new(
            $"{at.Ja}に{card.Ja}で{number}回目の問い合わせをし",
            $"We asked for the {RequestAccount.Ordinal(number)} time on {at.En} with {card.En}"
        );
    }

    /// <summary>The wait itself where it was ours; the time until which nothing came where we were away meanwhile.</summary>
    private static Words Waited(Facts facts, HoldCause.Silence silence)
    {
        var waited = silence.Since - silence.Attempt.Claim.TransmittedAt;
        if (silence.Since < silence.Attempt.AnswerDueAt + TimeSpan.FromSeconds(5))
        {
            var length = SpokenTime.Length(TimeSpan.FromSeconds(Math.Floor(waited.TotalSeconds)));
            return new($"{length.Ja}待ちましたが", $"waited {length.En}");
        }
        var until = facts.Time.DayAndTime(silence.Since);
        return new($"{until.Ja}まで待ちましたが", $"waited until {until.En}");
    }

    private static Words WhatIsWrong(Mendable mendable) =>
        mendable switch
        {
            Mendable.Number => new(
                "カード会社によると、カード番号が正しくありません。",
                "Your card company says that the card number isn't right."
            ),
            Mendable.Expiry => new(
                "カード会社によると、カードの有効期限が切れているか、登録された期限が違います。",
                "Your card company says that the card has expired, or that the expiry date isn't right."
            ),
            Mendable.SecurityCode => new(
                "カード会社によると、セキュリティコードが違います。",
                "Your card company says that the security code isn't right."
            ),
            Mendable.Unblocking => new(
                "カード会社によると、お客様ご自身の設定でカードの利用が止められています。",
                "Your card company says that a setting of your own blocks the card."
            ),
        };

    private static Words WhatWeDoNotKnow(Facts facts, HoldCause cause) =>
        cause switch
        {
            HoldCause.SaidNo { Mendable: null } or HoldCause.SaidNoToTheWhole => NoReason,
            HoldCause.SaidNo => new(
                "これより詳しいことは、当店には知らされません。カード会社にお尋ねになれます。",
                "We aren't told more than that. You can ask your card company."
            ),
            HoldCause.AsksToCall => new("何を確かめたいのかは、当店には知らされません。", "We aren't told what it wants to check."),
            HoldCause.Silence silence => NotKnownOfSilence(facts, silence),
            HoldCause.FaultyRequest or HoldCause.NotSent or HoldCause.CouldNotAnswer => NotDecided(facts),
            HoldCause.ApprovalExpired => new(
                "カード会社がもう一度承認するかどうかは、まだわかりません。",
                "We don't know yet whether your card company will approve it again."
            ),
            _ => throw new UnreachableException(),
        };

    private static Words NotKnownOfSilence(Facts facts, HoldCause.Silence silence) =>
        (silence.Attempt.Late, facts.Record.Of(silence.Attempt.Ordinal).Fate) switch
        {
            ({ Says: LateAnswerSays.Approved }, _) => new Words(
                "なぜ遅れたのかは、当店にはわかりません。",
                "We don't know why it was late."
            ).Then(TooLate),
            (null, RecordedFate.Approved) => TooLate,
            ({ Says: LateAnswerSays.NotApproved }, _) => NoReason,
            (null, RecordedFate.AnsweredOtherwise) => new Words("承認ではありませんでした。", "It wasn't an approval.").Then(NoReason),
            (null, RecordedFate.NeverArrived) => NotDecided(facts),
            (_, _) => Doubtless(
                facts,
                RequestAccount.CountOf(facts.Order) == 1
                    ? new("カード会社が承認したのかどうかは、まだわかりません。", "We don't know whether your card company approved it.")
                    : new(
                        "カード会社がこの問い合わせを承認したのかどうかは、まだわかりません。",
                        "We don't know whether your card company approved this request."
                    )
            ),
        };

    private static Words NotDecided(Facts facts) =>
        Doubtless(
            facts,
            new("カード会社が承認するかどうかは、まだわかりません。", "We don't know yet whether your card company will approve it.")
        );

    /// <summary>
    /// That nothing need be wrong with the card is said only where no answer to any request of the order speaks against it.
    /// </summary>
    private static Words Doubtless(Facts facts, Words notKnown) =>
        RequestAccount.IsFreeOfDoubt(facts.Order, facts.Record)
            ? notKnown.Then(new("お客様のカードに問題があるとは限りません。", "That doesn't mean that anything is wrong with your card."))
            : notKnown;

    private static Words TooLate { get; } =
        new(
            "間に合わなかった承認は使わず、押さえられた分は取り消します。",
            "We don't use an approval that didn't reach us in time; its hold is released."
        );

    private static Words NoReason { get; } =
        new("理由は当店には知らされません。カード会社にお尋ねになれます。", "We aren't told why. You can ask your card company.");

    private sealed record Facts(Order Order, SpokenTime Time, CardMention Mention, CardCompanyRecord Record);
}
