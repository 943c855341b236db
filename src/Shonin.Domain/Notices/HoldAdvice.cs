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

/// <summary>What there is to say to the customer of an order on hold, in mail and on the page alike, true at the moment of asking.</summary>
/// <param name="Note">What to say above the choices: why the same card cannot be confirmed, or that an answer is still to come; mostly null.</param>
/// <param name="Choices">The easiest first.</param>
/// <param name="AtDeadline">What happens at the deadline.</param>
public sealed record HoldAdvice(Words Known, Words NotKnown, Words Next, Words? Note, ImmutableArray<HoldChoice> Choices, Words Deadline, Words AtDeadline)
{
    /// <exception cref="InvariantBrokenException">The order is not on hold, or nothing explains a hold of this class.</exception>
    public static HoldAdvice For(Order order, HoldClass holdClass, SpokenTime time, DateTimeOffset now, CardMention mention)
    {
        var hold = order.Hold ?? throw new InvariantBrokenException($"order {order.Id} is not on hold");
        var facts = new Facts(order, time, now, mention);
        var cause = HoldCause.Of(order, holdClass);
        var offer = ConfirmOffer.For(order, now);
        return new(
            WhatWeKnow(facts, cause), WhatWeDoNotKnow(cause), NextStep(facts, hold, cause, offer), NoteOn(order, cause, offer),
            ChoicesOf(facts, hold, cause, offer), time.DayAndTime(hold.Deadline), new(
                "それまでに承認されなければ、ご注文を自動で取り消し、お知らせします。代金はいただきません。",
                "If it isn't approved by then, we cancel it, tell you, and charge nothing."));
    }

    private static Words WhatWeKnow(Facts facts, HoldCause cause)
    {
        switch (cause)
        {
            case HoldCause.SaidNo saidNo:
            {
                var (asked, card) = Asked(facts, saidNo.Attempt);
                var known = new Words(
                    $"{asked.Ja}に{card.Ja}で問い合わせ、承認しないという返答を受け取りました。", $"We asked on {asked.En} with {card.En}, and the answer was no.");
                return saidNo.Mendable is { } mendable ? known.Then(WhatIsWrong(mendable)) : known;
            }
            case HoldCause.SaidNoToTheWhole part:
            {
                var (asked, card) = Asked(facts, part.Attempt);
                return new(
                    $"{asked.Ja}に{card.Ja}で問い合わせましたが、ご注文の全額は承認されませんでした。", $"We asked on {asked.En} with {card.En}, and the whole amount wasn't approved.");
            }
            case HoldCause.OurFault fault:
            {
                var (asked, card) = Asked(facts, fault.Attempt);
                return new(
                    $"{asked.Ja}に{card.Ja}で問い合わせましたが、当店が送った内容に不備があり、カード会社は受け付けませんでした。お客様のカードの問題ではありません。",
                    $"We asked on {asked.En} with {card.En}, but our request was faulty and your card company turned it away. Nothing is wrong with your card.");
            }
            case HoldCause.AsksToCall call:
            {
                var (asked, card) = Asked(facts, call.Attempt);
                return new(
                    $"{asked.Ja}に{card.Ja}で問い合わせたところ、カード会社は、先にご本人と話したいと答えました。断られたわけではありません。",
                    $"We asked on {asked.En} with {card.En}. Your card company wants to speak to you first; that isn't a refusal.");
            }
            case HoldCause.Silence silence:
            {
                var (asked, card) = Asked(facts, silence.Attempt);
                var waited = Waited(facts, silence);
                if (silence.Attempt.HasUnprovenAnswer)
                    return new(
                        $"{asked.Ja}に{card.Ja}で問い合わせ、{waited.Ja}、承認を確かめられる返答は届きませんでした。",
                        $"We asked on {asked.En} with {card.En}, {waited.En}, and no answer came that proves an approval.");
                return new($"{asked.Ja}に{card.Ja}で問い合わせ、{waited.Ja}、返答は届きませんでした。", $"We asked on {asked.En} with {card.En}, {waited.En}, and no answer came.");
            }
            case HoldCause.OutOfReach outOfReach:
            {
                var tried = facts.Time.DayAndTime(outOfReach.TriedAt);
                return new(
                    $"{tried.Ja}に問い合わせようとしましたが、カード会社につながりませんでした。問い合わせは、カード会社に届いていません。",
                    $"We tried on {tried.En} but couldn't reach your card company. It hasn't received our request.");
            }
            default:
                throw new UnreachableException();
        }
    }

    private static (Words Asked, Words Card) Asked(Facts facts, Attempt attempt) =>
        (facts.Time.DayAndTime(attempt.Claim.TransmittedAt), OrderWording.YourCard(attempt.Card, facts.Mention));

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

    private static Words WhatIsWrong(Mendable mendable) => mendable switch
    {
        Mendable.Number => new("カード会社によると、カード番号が正しくありません。", "Your card company says that the card number isn't right."),
        Mendable.Expiry => new("カード会社によると、カードの有効期限が切れているか、登録された期限が違います。", "Your card company says that the card has expired, or that the expiry date isn't right."),
        Mendable.SecurityCode => new("カード会社によると、セキュリティコードが違います。", "Your card company says that the security code isn't right."),
        Mendable.Unblocking => new(
            "カード会社によると、お客様ご自身の設定でカードの利用が止められています。", "Your card company says that the card is blocked by a setting of your own."),
        _ => throw new UnreachableException(),
    };

    private static Words WhatWeDoNotKnow(HoldCause cause) => cause switch
    {
        HoldCause.SaidNo { Mendable: null } or HoldCause.SaidNoToTheWhole => new(
            "理由は当店には知らされません。カード会社にお尋ねになれます。", "We aren't told why. You can ask your card company."),
        HoldCause.SaidNo => new("これより詳しいことは、当店には知らされません。カード会社にお尋ねになれます。", "We aren't told more than that. You can ask your card company."),
        HoldCause.OurFault => new("カード会社が承認するかどうかは、まだわかりません。", "We don't know yet whether your card company will approve it."),
        HoldCause.AsksToCall => new("何を確かめたいのかは、当店には知らされません。", "We aren't told what it wants to check."),
        HoldCause.Silence => new(
            "カード会社が承認したのかどうかは、まだわかりません。お客様のカードに問題があるとは限りません。",
            "We don't know whether your card company approved it. That doesn't mean that anything is wrong with your card."),
        HoldCause.OutOfReach => new(
            "カード会社が承認するかどうかは、まだわかりません。お客様のカードに問題があるとは限りません。",
            "We don't know yet whether your card company will approve it. That doesn't mean that anything is wrong with your card."),
        _ => throw new UnreachableException(),
    };

    private static Words NextStep(Facts facts, Hold hold, HoldCause cause, ConfirmOffer offer)
    {
        if (offer is ConfirmOffer.Underway)
            return new("いま、カード会社にもう一度問い合わせています。お客様の操作は必要ありません。", "We're asking your card company again right now — you don't need to do anything.");
        if (hold.SendAgainAt is not null)
            return new(
                "カード会社につながるまで自動で試し、つながりしだい問い合わせます。お客様の操作は必要ありません。",
                "We keep trying, and ask as soon as we can reach your card company — you don't need to do anything.");
        if (hold.RetryAt is { } retryAt)
            return facts.Order.Attempts.Any(attempt => attempt.IsReversing) ? AskedAfterReversal(facts, retryAt) : AskedAgain(facts, retryAt);
        if (offer is ConfirmOffer.PersonDecides)
            return new(
                "当店の担当者がご注文を確かめ、もう一度お試しになれるかどうかを決めます。自動で問い合わせることはありません。",
                "One of our staff looks at your order and decides whether you can try again. We won't ask by ourselves.");
        if (cause is HoldCause.OurFault)
            return new("当店の担当者が原因を調べています。自動で問い合わせることはありません。", "One of our staff is looking into it. We won't ask again by ourselves.");
        return cause is HoldCause.AsksToCall
            ? new(
                "自動で問い合わせることはありません。カード会社とお話しになったあと、下の手順で確認してください。",
                "Nothing happens by itself. Once you've spoken to your card company, use the steps below.")
            : new("自動で問い合わせることはありません。次のどれかをお選びください。", "Nothing happens by itself. Please choose one of the following.");
    }

    private static Words AskedAfterReversal(Facts facts, DateTimeOffset earliest)
    {
        var when = facts.Time.DayAndTime(earliest);
        return new(
            $"まず、返答のなかった問い合わせを取り消します。その確認が届いたら、早ければ {when.Ja} に、もう一度問い合わせます。お客様の操作は必要ありません。",
            $"First we take the unanswered request back. Once your card company confirms that, we'll ask again, on {when.En} at the earliest — you don't need to do anything.");
    }

    private static Words AskedAgain(Facts facts, DateTimeOffset at)
    {
        var when = facts.Time.DayAndTime(at);
        if (at <= facts.Now)
            return new("すぐに、もう一度問い合わせます。お客様の操作は必要ありません。", "We'll ask again straight away — you don't need to do anything.");
        var wait = SpokenTime.Length(at - facts.Now);
        return new(
            $"{wait.Ja}後、{when.Ja}に、もう一度問い合わせます。お客様の操作は必要ありません。",
            $"We'll ask again in {wait.En}, on {when.En} — you don't need to do anything.");
    }

    private static Words? NoteOn(Order order, HoldCause cause, ConfirmOffer offer) => offer switch
    {
        ConfirmOffer.PersonDecides => new(
            "このご注文でお試しになれる回数を使い切りました。カードを守るための決まりです。お急ぎのときは、下の番号にお電話ください。",
            "This order has been tried as often as we allow; that protects cards. If it's urgent, please call the number below."),
        _ when !OrderActions.OffersAnotherCard(order) => new(
            "このご注文でお試しになれるカードの枚数を使い切りました。カードを守るための決まりです。別のカードをお使いになりたいときは、下の番号にお電話ください。",
            "As many cards as we allow have been tried for this order; that protects cards. To use another one, please call the number below."),
        ConfirmOffer.Never => cause is HoldCause.SaidNo { Mendable: Mendable.Number }
            ? new("登録された番号のままでは、もう一度確認することはできません。", "Your card company can't be asked again with this number.")
            : new("このご注文では、このカードでもう一度確認することはできません。", "This card cannot be asked again for this order."),
        ConfirmOffer.Underway => new(
            "いまの問い合わせに返答が届いたあとで、次のことを選べます。", "You can choose these once the answer to our present request has come."),
        ConfirmOffer.AtOnce or ConfirmOffer.NotBefore or ConfirmOffer.AfterCall or ConfirmOffer.AfterMending or ConfirmOffer.TooLate => null,
        _ => throw new UnreachableException(),
    };

    private static ImmutableArray<HoldChoice> ChoicesOf(Facts facts, Hold hold, HoldCause cause, ConfirmOffer offer)
    {
        var choices = ImmutableArray.CreateBuilder<HoldChoice>();
        var change = new HoldChoice(OrderAction.ChangeMethod, ActionNames.ChangeMethod, ChangeEffect(cause));
        var confirm = ConfirmEffect(facts, hold, offer) is { } effect ? new HoldChoice(OrderAction.Confirm, ActionNames.Confirm, effect) : null;
        var mendsByChange = offer is ConfirmOffer.AfterMending { What: not Mendable.Unblocking };
        var offersChange = OrderActions.OffersAnotherCard(facts.Order);
        if (mendsByChange && offersChange)
            choices.Add(change);
        if (confirm is not null)
            choices.Add(confirm);
        if (!mendsByChange && offersChange)
            choices.Add(change);
        choices.Add(new(
            OrderAction.Cancel, ActionNames.Cancel(facts.Order.Number), new("商品は発送せず、代金もいただきません。", "Nothing is shipped, and nothing is charged.")));
        return choices.ToImmutable();
    }

    /// <summary>What pressing "confirm" does, and what comes before it; null where it cannot be pressed.</summary>
    private static Words? ConfirmEffect(Facts facts, Hold hold, ConfirmOffer offer)
    {
        var effect = offer switch
        {
            ConfirmOffer.Underway or ConfirmOffer.Never or ConfirmOffer.PersonDecides or ConfirmOffer.TooLate => null,
            ConfirmOffer.AtOnce when hold is { RetryAt: null, SendAgainAt: null } => new Words("すぐに、もう一度問い合わせます。", "We ask your card company again at once."),
            ConfirmOffer.AtOnce => new Words("待たずに、いますぐもう一度問い合わせます。", "We ask your card company at once, without waiting."),
            ConfirmOffer.NotBefore wait => new Words(
                $"{facts.Time.DayAndTime(wait.At).Ja}から使えます。カード会社の指定です。", $"You can use this from {facts.Time.DayAndTime(wait.At).En}; your card company set that wait."),
            ConfirmOffer.AfterCall => new Words(
                "先に、カードの裏面の番号に電話し、下の「カード会社にお尋ねになるときの番号」と、問い合わせの日時、金額をお伝えください。そのあとで押すと、もう一度問い合わせます。",
                "First call the number on the back of your card and quote the number, time and amount below. Then press this, and we ask again."),
            ConfirmOffer.AfterMending { What: Mendable.Unblocking } => new Words(
                "先に、カード会社のアプリかホームページで、カードの利用停止を解いてください。そのあとで押すと、もう一度問い合わせます。",
                "First unblock the card in your card company's app or on its website. Then press this, and we ask again."),
            ConfirmOffer.AfterMending => new Words(
                "登録したとおりで正しいときは、カード会社にお確かめのうえで押すと、もう一度問い合わせます。",
                "If what you entered is right, check with your card company first. Then press this, and we ask again."),
            _ => throw new UnreachableException(),
        };
        return effect is not null && facts.Order.Attempts.Any(attempt => attempt.IsReversing)
            ? effect.Then(new(
                "前の問い合わせの取り消しが済むまで、同じ金額が2回分押さえられて見えることがあります。請求が2回になることはありません。",
                "Until the earlier request is taken back, the amount may be held twice. You won't be charged twice."))
            : effect;
    }

    private static Words ChangeEffect(HoldCause cause) => cause switch
    {
        HoldCause.SaidNo { Mendable: Mendable.Number or Mendable.Expiry or Mendable.SecurityCode } => new(
            "カードを登録し直すか、別のカードを登録します。すぐに問い合わせます。", "Enter the card anew, or use another one. We ask at once."),
        HoldCause.SaidNo or HoldCause.SaidNoToTheWhole or HoldCause.OurFault or HoldCause.AsksToCall or HoldCause.Silence or HoldCause.OutOfReach => new(
            "別のカードを登録します。すぐに問い合わせます。", "Use another card. We ask at once."),
        _ => throw new UnreachableException(),
    };

    private sealed record Facts(Order Order, SpokenTime Time, DateTimeOffset Now, CardMention Mention);
}
