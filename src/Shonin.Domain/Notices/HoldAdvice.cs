using System.Collections.Immutable;
using System.Diagnostics;
using Shonin.Domain.Approvals;
using Shonin.Domain.Orders;

namespace Shonin.Domain.Notices;

/// <summary>How a text may speak of the card.</summary>
public enum CardMention
{
    /// <summary>By its brand alone: in every mail, and wherever the reader has not shown yet that the order is theirs.</summary>
    Brand,

    /// <summary>The last four digits too. They are the proof, so only whoever has typed them, and the desk, may read them.</summary>
    LastFour,
}

/// <summary>One of the things that a customer can do.</summary>
/// <param name="Name">The button's very name.</param>
/// <param name="Effect">What pressing it does, and what must come first.</param>
public sealed record HoldChoice(OrderAction Action, Words Name, Words Effect);

/// <summary>
/// What there is to say to the customer of an order on hold, in mail and on the page alike, true at the moment of asking.
/// </summary>
/// <param name="Account">What became of each request, where there were several; else empty.</param>
/// <param name="Note">What to say above the choices: why the same card cannot be confirmed, or that an answer is still to come; mostly
///   null.</param>
/// <param name="Choices">The easiest first.</param>
/// <param name="AtDeadline">What happens at the deadline.</param>
public sealed record HoldAdvice(
    Words Known,
    Words NotKnown,
    ImmutableArray<AccountLine> Account,
    Words Next,
    Words? Note,
    ImmutableArray<HoldChoice> Choices,
    Words Deadline,
    Words AtDeadline
)
{
    /// <param name="record">What the card company's own record says; null where it is not at hand.</param>
    /// <exception cref="InvariantBrokenException">The order is not on hold, or nothing explains a hold of this class.</exception>
    public static HoldAdvice For(
        Order order,
        HoldClass holdClass,
        SpokenTime time,
        DateTimeOffset now,
        CardMention mention,
        CardCompanyRecord? record = null
    )
    {
        var hold = order.Hold ?? throw new InvariantBrokenException($"order {order.Id} is not on hold");
        var facts = new Facts(order, time, now);
        var known = record ?? CardCompanyRecord.NotAtHand;
        var cause = HoldCause.Of(order, holdClass);
        var explained = HoldExplanation.Of(order, cause, time, mention, known);
        var offer = ConfirmOffer.For(order, now);
        var account = RequestAccount.Of(order, time, mention, known);
        return new(
            explained.Known,
            explained.NotKnown,
            account.Length > 1 ? account : [],
            NextStep(facts, hold, cause, offer),
            NoteOn(order, cause, offer),
            ChoicesOf(facts, hold, cause, offer),
            time.DayAndTime(hold.Deadline),
            order.Shipments.IsEmpty
                ? new(
                    "それまでに承認されなければ、ご注文を自動で取り消し、お知らせします。代金はいただきません。",
                    "If it isn't approved by then, we cancel it, tell you, and charge nothing."
                )
                : new(
                    "それまでに承認されなければ、まだ発送していない残りを自動で取り消し、お知らせします。残りの代金はいただきません。",
                    "If it isn't approved by then, we cancel what we haven't shipped yet, tell you, and charge nothing for it."
                )
        );
    }

    private static Words NextStep(Facts facts, Hold hold, HoldCause cause, ConfirmOffer offer)
    {
        if (offer is ConfirmOffer.Underway)
        {
            return new(
                "いま、カード会社にもう一度問い合わせています。お客様の操作は必要ありません。",
                "We're asking your card company again right now — you don't need to do anything."
            );
        }

        if (hold.SendAgainAt is not null && facts.Order.LastAttempt?.Outcome is AttemptOutcome.NotSent { Cause: var why })
            return SentAgain(why);
        if (hold.RetryAt is { } retryAt)
        {
            return facts.Order.Attempts.Any(attempt => attempt.IsReversing)
                ? AskedAfterReversal(facts, cause, retryAt)
                : AskedAgain(facts, retryAt);
        }

        if (offer is ConfirmOffer.PersonDecides)
        {
            return new(
                "当店の担当者がご注文を確かめ、もう一度お試しになれるかどうかを決めます。自動で問い合わせることはありません。",
                "One of our staff looks at your order and decides whether you can try again. We won't ask by ourselves."
            );
        }

        if (cause is HoldCause.ApprovalExpired)
        {
            return new(
                "当店の担当者が、発送できるかどうかを確かめています。自動で問い合わせることはありません。次のどれかをお選びになることもできます。",
                "One of our staff is finding out whether we can ship. We won't ask again by ourselves; you can choose one of the following."
            );
        }

        if (cause is HoldCause.FaultyRequest)
        {
            return new(
                "当店の担当者が原因を調べています。自動で問い合わせることはありません。",
                "One of our staff is looking into it. We won't ask again by ourselves."
            );
        }

        return cause is HoldCause.AsksToCall
            ? new(
                "自動で問い合わせることはありません。カード会社とお話しになったあと、下の手順で確認してください。",
                "We won't ask again by ourselves. Once you've spoken to your card company, use the steps below."
            )
            : new(
                "自動で問い合わせることはありません。次のどれかをお選びください。",
                "We won't ask again by ourselves. Please choose one of the following."
            );
    }

    private static Words SentAgain(NotSentCause why) =>
        why switch
        {
            NotSentCause.OutOfReach => new(
                "カード会社につながるまで自動で試し、つながりしだい問い合わせます。お客様の操作は必要ありません。",
                "We keep trying, and ask as soon as we can reach your card company — you don't need to do anything."
            ),
            NotSentCause.OwnFault => new(
                "当店の担当者が原因を調べています。直りしだい、自動で問い合わせます。お客様の操作は必要ありません。",
                "One of our staff is looking into it. We ask as soon as it's mended — you don't need to do anything."
            ),
            NotSentCause.HeldBack => new(
                "送れるようになりしだい、自動で問い合わせます。お客様の操作は必要ありません。",
                "We ask as soon as we may — you don't need to do anything."
            ),
        };

    private static Words AskedAfterReversal(Facts facts, HoldCause cause, DateTimeOffset earliest)
    {
        var when = facts.Time.DayAndTime(earliest);
        if (cause is HoldCause.ApprovalExpired)
        {
            return new(
                "まず、期限の切れた承認を取り消します。その確認が届いたらすぐに、もう一度問い合わせます。お客様の操作は必要ありません。",
                "First we release the approval that ran out. As soon as your card company confirms that, we'll ask again — you don't need to do anything."
            );
        }

        return new(
            $"まず、返答のなかった問い合わせを取り消します。その確認が届いたら、早ければ {when.Ja} に、もう一度問い合わせます。お客様の操作は必要ありません。",
            $"First we ask your card company to release what it may hold for the unanswered request. Once it confirms that, we'll ask again, on {when.En} at the earliest — you don't need to do anything."
        );
    }

    private static Words AskedAgain(Facts facts, DateTimeOffset at)
    {
        if (at <= facts.Now)
        {
            return new(
                "すぐに、もう一度問い合わせます。お客様の操作は必要ありません。",
                "We'll ask again straight away — you don't need to do anything."
            );
        }

        var when = facts.Time.FromNow(at, facts.Now);
        return new(
            $"{when.Ja}に、もう一度問い合わせます。お客様の操作は必要ありません。",
            $"We'll ask again {when.En} — you don't need to do anything."
        );
    }

    private static Words? NoteOn(Order order, HoldCause cause, ConfirmOffer offer) =>
        offer switch
        {
            ConfirmOffer.PersonDecides => new(
                "このご注文でお試しになれる回数を使い切りました。カードを守るための決まりです。お急ぎのときは、下の番号にお電話ください。",
                "This order has been tried as often as we allow; that protects cards. If it's urgent, please call the number below."
            ),
            _ when !OrderActions.OffersAnotherCard(order) => new(
                "このご注文でお試しになれるカードの枚数を使い切りました。カードを守るための決まりです。別のカードをお使いになりたいときは、下の番号にお電話ください。",
                "As many cards as we allow have been tried for this order; that protects cards. To use another one, please call the number below."
            ),
            ConfirmOffer.Never => cause is HoldCause.SaidNo { Mendable: Mendable.Number }
                ? new(
                    "登録された番号のままでは、もう一度確認することはできません。",
                    "Your card company can't be asked again with this number."
                )
                : new("このご注文では、このカードでもう一度確認することはできません。", "This card cannot be asked again for this order."),
            ConfirmOffer.Underway => new(
                "いまの問い合わせに返答が届いたあとで、次のことを選べます。",
                "You can choose these once the answer to our present request has come."
            ),
            ConfirmOffer.AtOnce
            or ConfirmOffer.NotBefore
            or ConfirmOffer.AfterPause
            or ConfirmOffer.AfterCall
            or ConfirmOffer.AfterMending
            or ConfirmOffer.TooLate => null,
            _ => throw new UnreachableException(),
        };

    private static ImmutableArray<HoldChoice> ChoicesOf(Facts facts, Hold hold, HoldCause cause, ConfirmOffer offer)
    {
        var choices = ImmutableArray.CreateBuilder<HoldChoice>();
        var change = new HoldChoice(OrderAction.ChangeMethod, ActionNames.ChangeMethod, ChangeEffect(cause));
        var confirm = ConfirmEffect(facts, hold, offer) is { } effect
            ? new HoldChoice(OrderAction.Confirm, ActionNames.Confirm, effect)
            : null;
        var mendsByChange = offer is ConfirmOffer.AfterMending { What: not Mendable.Unblocking };
        var offersChange = OrderActions.OffersAnotherCard(facts.Order);
        if (mendsByChange && offersChange)
            choices.Add(change);
        if (confirm is not null)
            choices.Add(confirm);
        if (!mendsByChange && offersChange)
            choices.Add(change);
        choices.Add(
            new(
                OrderAction.Cancel,
                ActionNames.Cancel(facts.Order.Number),
                facts.Order.Shipments.IsEmpty
                    ? new("商品は発送せず、代金もいただきません。", "Nothing is shipped, and nothing is charged.")
                    : new(
                        "まだ発送していない残りを取り消します。その代金はいただきません。",
                        "What we haven't shipped yet is cancelled, and not charged."
                    )
            )
        );
        return choices.ToImmutable();
    }

    /// <summary>What pressing "confirm" does, and what comes before it; null where it cannot be pressed.</summary>
    private static Words? ConfirmEffect(Facts facts, Hold hold, ConfirmOffer offer)
    {
        var effect = offer switch
        {
            ConfirmOffer.Underway or ConfirmOffer.Never or ConfirmOffer.PersonDecides or ConfirmOffer.TooLate => null,
            ConfirmOffer.AtOnce when hold is { RetryAt: null, SendAgainAt: null } => new Words(
                "すぐに、もう一度問い合わせます。",
                "We ask your card company again straight away."
            ),
            ConfirmOffer.AtOnce when facts.Order.LastAttempt?.Outcome is AttemptOutcome.NotSent { Cause: NotSentCause.HeldBack } =>
                new Words("送れるときは、すぐに問い合わせます。", "We ask your card company straight away, if we may by then."),
            ConfirmOffer.AtOnce when hold.SendAgainAt is not null => new Words(
                "待たずに、いますぐ問い合わせます。",
                "We ask your card company straight away, without waiting."
            ),
            ConfirmOffer.AtOnce => new Words(
                "待たずに、いますぐもう一度問い合わせます。",
                "We ask your card company again straight away, without waiting."
            ),
            ConfirmOffer.NotBefore wait => new Words(
                $"{facts.Time.DayAndTime(wait.At).Ja}から使えます。カード会社の指定です。",
                $"You can use this from {facts.Time.DayAndTime(wait.At).En}; your card company set that wait."
            ),
            ConfirmOffer.AfterPause pause => new Words(
                $"{facts.Time.DayAndSecond(pause.At).Ja}から使えます。カードを守るため、続けての問い合わせには間をあけています。",
                $"You can use this from {facts.Time.DayAndSecond(pause.At).En}. To protect your card, we leave a pause between requests."
            ),
            ConfirmOffer.AfterCall => new Words(
                "先に、カードの裏面の番号に電話し、下の「カード会社にお尋ねになるときの番号」と、問い合わせの日時、金額をお伝えください。そのあとで押すと、もう一度問い合わせます。",
                "First call the number on the back of your card and quote the number, time and amount below. Then press this, and we ask again."
            ),
            ConfirmOffer.AfterMending { What: Mendable.Unblocking } => new Words(
                "先に、カード会社のアプリかホームページで、カードの利用停止を解いてください。そのあとで押すと、もう一度問い合わせます。",
                "First unblock the card in your card company's app or on its website. Then press this, and we ask again."
            ),
            ConfirmOffer.AfterMending => new Words(
                "登録したとおりで正しいときは、カード会社にお確かめのうえで押すと、もう一度問い合わせます。",
                "If what you entered is right, check with your card company first. Then press this, and we ask again."
            ),
            _ => throw new UnreachableException(),
        };
        return effect is not null && facts.Order.Attempts.LastOrDefault(attempt => attempt.IsReversing) is { } earlier
            ? effect.Then(HeldBeside(CardHoldWording.HeldFor(facts.Order, earlier), facts.Order.Remaining))
            : effect;
    }

    /// <summary>What may be held beside what is asked now: no more than the earlier request still holds.</summary>
    private static Words HeldBeside(Money earlier, Money asked)
    {
        var amount = Words.Of(earlier);
        return earlier == asked
            ? new(
                $"前の問い合わせの取り消しが済むまで、{amount.Ja}が2回分押さえられて見えることがあります。請求が2回になることはありません。",
                $"Until the hold of the earlier request is released, {amount.En} may be held twice. You won't be charged twice."
            )
            : new(
                $"前の問い合わせの取り消しが済むまで、ほかに{amount.Ja}が押さえられて見えることがあります。この分を請求することはありません。",
                $"Until the hold of the earlier request is released, another {amount.En} may be held. It won't be charged."
            );
    }

    private static Words ChangeEffect(HoldCause cause) =>
        cause switch
        {
            HoldCause.SaidNo { Mendable: Mendable.Number or Mendable.Expiry or Mendable.SecurityCode } => new(
                "カードを登録し直すか、別のカードを登録します。すぐに問い合わせます。",
                "Enter the card again, or use another one. We ask straight away."
            ),
            HoldCause.NotSent { Why: NotSentCause.OwnFault } => new(
                "同じカードを登録し直すか、別のカードを登録します。すぐに問い合わせます。",
                "Enter the same card again, or use another one. We ask straight away."
            ),
            HoldCause.SaidNo
            or HoldCause.SaidNoToTheWhole
            or HoldCause.FaultyRequest
            or HoldCause.CouldNotAnswer
            or HoldCause.AsksToCall
            or HoldCause.Silence
            or HoldCause.NotSent
            or HoldCause.ApprovalExpired => new(
                "別のカードを登録します。すぐに問い合わせます。",
                "Use another card. We ask straight away."
            ),
            _ => throw new UnreachableException(),
        };

    private sealed record Facts(Order Order, SpokenTime Time, DateTimeOffset Now);
}
