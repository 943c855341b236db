using System.Collections.Immutable;
using System.Diagnostics;
using Shonin.Domain.Approvals;
using Shonin.Domain.Notices;

namespace Shonin.MailChecks;

/// <summary>The four causes in words, for whoever reads the mail at night: how each stands, why, and one thing to do.</summary>
public static class DiagnosisWording
{
    public static Words Name(PossibleCause cause) =>
        cause switch
        {
            PossibleCause.FalseMail => new("メールがにせもの", "The email is fake"),
            PossibleCause.NoAnswer => new("カード会社から返答が来なかった", "No answer came from your card company"),
            PossibleCause.CardRegisteredWrongly => new("カードの登録が間違っている", "The card was registered wrongly"),
            PossibleCause.ArrearsOrLimit => new("お支払いの遅れ、または限度額", "A late payment, or the card's limit"),
        };

    public static Words Name(CauseState state) =>
        state switch
        {
            CauseState.ThisIsIt => new("これが原因です", "This is it"),
            CauseState.RuledOut => new("これではありません", "Not this"),
            CauseState.OnlyCardCompanyCanSay => new("カード会社だけが答えられます", "Only your card company can say"),
            CauseState.CannotBeTold => new("まだわかりません", "Not known yet"),
        };

    internal static CauseFinding False(VerdictWord word) =>
        word switch
        {
            VerdictWord.Genuine => new(
                PossibleCause.FalseMail,
                CauseState.RuledOut,
                new("このメールは本物です。", "The mail is genuine."),
                NothingToDo
            ),
            VerdictWord.NotGenuine => new(
                PossibleCause.FalseMail,
                CauseState.ThisIsIt,
                new("このメールは、名乗っているところから来たものではありません。", "The mail doesn't come from whom it names."),
                new(
                    "メールの指示に従わず、この上の「いま、すること」を、はじめから順に行ってください。",
                    "Do nothing that it asks. Follow “What to do now” above, from its first step."
                )
            ),
            VerdictWord.CannotTell => new(
                PossibleCause.FalseMail,
                CauseState.CannotBeTold,
                new("このメールだけでは、本物かどうかわかりません。", "From this mail alone we can't tell."),
                new(
                    "リンクを押さずに、いつものブックマークかアプリから注文履歴を開いてください。本当なら、同じことがそこに書いてあります。",
                    "Don't press its links. Open your order history from your own bookmark or app: if it's true, it says the same there."
                )
            ),
        };

    /// <summary>A fake email is no sign of anything about the card.</summary>
    internal static CauseFinding NothingKnownFromFalseMail(PossibleCause cause) =>
        new(
            cause,
            CauseState.CannotBeTold,
            new("にせのメールからは、カードのことは何もわかりません。", "A fake email says nothing about your card."),
            new(
                "気になるときは、ブックマークかアプリから注文履歴をご覧ください。",
                "If you worry, look at your order history from your own bookmark or app."
            )
        );

    internal static CauseFinding AnswerUnknown { get; } =
        new(
            PossibleCause.NoAnswer,
            CauseState.CannotBeTold,
            new(
                "返答があったかどうかは、注文したお店の記録にあります。",
                "Whether an answer came stands in the record of the shop you ordered from."
            ),
            new("注文したお店に、お店のホームページにある番号からお尋ねください。", "Ask that shop, by the number on its own website.")
        );

    internal static CauseFinding RegistrationUnknown { get; } =
        new(
            PossibleCause.CardRegisteredWrongly,
            CauseState.CannotBeTold,
            new("メールだけではわかりません。見直せば、ご自分で確かめられます。", "The mail doesn't tell, but you can check it yourself."),
            new(
                "ブックマークかアプリからお店のページを開き、カードの番号と有効期限を、お手元のカードと見くらべてください。",
                "Open the shop from your own bookmark or app, and compare the number and the expiry date with your card."
            )
        );

    internal static CauseFinding OnlyCardCompany { get; } =
        new(
            PossibleCause.ArrearsOrLimit,
            CauseState.OnlyCardCompanyCanSay,
            new(
                "お支払いの状況や限度額は、カード会社だけが知っています。お店には知らされません。",
                "Only your card company knows about payments and limits. Shops aren't told."
            ),
            AskCardCompany
        );

    internal static CauseFinding RegistrationProvedRight { get; } =
        new(
            PossibleCause.CardRegisteredWrongly,
            CauseState.RuledOut,
            new("そのあと、同じカードで承認されました。", "The same card has been approved since."),
            NothingToDo
        );

    /// <summary>Whether the card company answered at all. That nothing was refused is said only where it is so of every request.</summary>
    internal static CauseFinding Answer(HoldCause cause, EarlierAnswers earlier) =>
        cause switch
        {
            HoldCause.Silence => new(
                PossibleCause.NoAnswer,
                CauseState.ThisIsIt,
                earlier == EarlierAnswers.SomeRefusal
                    ? new("当店は問い合わせましたが、待つ時間のうちに返答が届きませんでした。", "We asked, and no answer came in time.")
                    : new(
                        "当店は問い合わせましたが、待つ時間のうちに返答が届きませんでした。断られたという知らせは受けていません。",
                        "We asked, and no answer came in time. We weren't told of any refusal."
                    ),
                SeeOrderPage
            ),
            HoldCause.NotSent { Why: NotSentCause.OutOfReach } => new(
                PossibleCause.NoAnswer,
                CauseState.ThisIsIt,
                NotRefused(
                    new(
                        "当店からカード会社につながらず、問い合わせが届いていません。",
                        "We couldn't reach your card company, so it hasn't been asked."
                    ),
                    earlier
                ),
                SeeOrderPage
            ),
            HoldCause.NotSent { Why: NotSentCause.OwnFault } => new(
                PossibleCause.NoAnswer,
                CauseState.ThisIsIt,
                NotRefused(
                    new(
                        "当店の手違いで問い合わせを送れず、カード会社に届いていません。",
                        "By our own mistake, the request couldn't be sent, so your card company hasn't been asked."
                    ),
                    earlier
                ),
                SeeOrderPage
            ),
            HoldCause.NotSent => new(
                PossibleCause.NoAnswer,
                CauseState.ThisIsIt,
                NotRefused(
                    new("当店がまだ問い合わせていないので、返答もまだです。", "We haven't asked yet, so there is no answer yet."),
                    earlier
                ),
                SeeOrderPage
            ),
            HoldCause.FaultyRequest => new(
                PossibleCause.NoAnswer,
                CauseState.RuledOut,
                NotRefused(
                    new(
                        "返答はありました。当店の手違いで、問い合わせが受け付けられませんでした。",
                        "There was an answer: by our own mistake, our request was turned away."
                    ),
                    earlier
                ),
                SeeOrderPage
            ),
            HoldCause.CouldNotAnswer => new(
                PossibleCause.NoAnswer,
                CauseState.ThisIsIt,
                NotRefused(
                    new(
                        "カード会社の側が回答できない状態でした。何も決まっていません。",
                        "Your card company's side couldn't answer. Nothing was decided."
                    ),
                    earlier
                ),
                SeeOrderPage
            ),
            HoldCause.ApprovalExpired => new(
                PossibleCause.NoAnswer,
                CauseState.RuledOut,
                new(
                    "カード会社は承認しました。当店の発送が間に合わず、その期限が切れました。",
                    "Your card company approved it. We didn't ship in time, and the approval ran out."
                ),
                SeeOrderPage
            ),
            HoldCause.SaidNo or HoldCause.SaidNoToTheWhole or HoldCause.AsksToCall => new(
                PossibleCause.NoAnswer,
                CauseState.RuledOut,
                new("カード会社から返答がありました。", "Your card company did answer."),
                NothingToDo
            ),
            _ => throw new UnreachableException(),
        };

    internal static CauseFinding Registration(HoldCause cause) =>
        cause switch
        {
            HoldCause.SaidNo { Mendable: { } mendable } => OfMendable(mendable),
            HoldCause.SaidNo or HoldCause.SaidNoToTheWhole => new(
                PossibleCause.CardRegisteredWrongly,
                CauseState.CannotBeTold,
                new(
                    "登録が違う、とは言われていません。理由は当店には知らされません。",
                    "We weren't told that something is registered wrongly; we aren't told why."
                ),
                new(
                    "念のため、ご注文のページで、有効期限とカードの種類を見直せます。",
                    "To be sure, look over the card on your order's page."
                )
            ),
            HoldCause.ApprovalExpired => new(
                PossibleCause.CardRegisteredWrongly,
                CauseState.RuledOut,
                new("登録されたカードで、一度承認されています。", "The card as you entered it was approved before."),
                NothingToDo
            ),
            HoldCause.FaultyRequest => new(
                PossibleCause.CardRegisteredWrongly,
                CauseState.RuledOut,
                new(
                    "当店が送った内容に不備がありました。お客様の登録のせいではありません。",
                    "Our own request was faulty. It isn't what you entered."
                ),
                NothingToDo
            ),
            HoldCause.AsksToCall => new(
                PossibleCause.CardRegisteredWrongly,
                CauseState.OnlyCardCompanyCanSay,
                new(
                    "カード会社は、先にご本人と話したいと答えました。何を確かめたいのかは、当店には知らされません。",
                    "Your card company wants to speak to you first. We aren't told what it wants to check."
                ),
                AskCardCompany
            ),
            HoldCause.Silence or HoldCause.NotSent or HoldCause.CouldNotAnswer => NotDecidedYet(PossibleCause.CardRegisteredWrongly),
            _ => throw new UnreachableException(),
        };

    /// <summary>Every refusal that the customer cannot mend reads alike here, whatever the card company gave as its reason.</summary>
    internal static CauseFinding ArrearsOrLimit(HoldCause cause, SinceThen since, EarlierAnswers earlier) =>
        cause switch
        {
            HoldCause.SaidNo { Mendable: not null } => new(
                PossibleCause.ArrearsOrLimit,
                CauseState.RuledOut,
                new("カード会社が挙げた理由は、別のものです。", "Your card company gave another reason."),
                NothingToDo
            ),
            HoldCause.Silence or HoldCause.NotSent or HoldCause.CouldNotAnswer when since == SinceThen.ApprovedOnSameCard => new(
                PossibleCause.ArrearsOrLimit,
                CauseState.RuledOut,
                new("そのあと、同じカードで承認されました。", "The same card has been approved since."),
                NothingToDo
            ),
            HoldCause.ApprovalExpired => new(
                PossibleCause.ArrearsOrLimit,
                CauseState.RuledOut,
                new(
                    "カード会社は承認しました。その期限が切れたのは、当店の発送が間に合わなかったためです。",
                    "Your card company approved it. That approval ran out because we didn't ship in time."
                ),
                NothingToDo
            ),
            HoldCause.Silence
            or HoldCause.NotSent
            or HoldCause.FaultyRequest
            or HoldCause.CouldNotAnswer when earlier == EarlierAnswers.NoRefusal => NotDecidedYet(PossibleCause.ArrearsOrLimit),
            HoldCause.SaidNo
            or HoldCause.SaidNoToTheWhole
            or HoldCause.AsksToCall
            or HoldCause.Silence
            or HoldCause.NotSent
            or HoldCause.FaultyRequest
            or HoldCause.CouldNotAnswer => OnlyCardCompany,
            _ => throw new UnreachableException(),
        };

    private static Words NotRefused(Words what, EarlierAnswers earlier) =>
        earlier == EarlierAnswers.SomeRefusal ? what : what.Then(new("カードが断られたのではありません。", "Your card wasn't refused."));

    private static CauseFinding OfMendable(Mendable mendable)
    {
        CauseFinding Wrong(string ja, string en) =>
            new(
                PossibleCause.CardRegisteredWrongly,
                CauseState.ThisIsIt,
                new(ja, en),
                new(
                    $"ご注文のページで「{ActionNames.ChangeMethod.Ja}」を押し、カードを登録し直してください。",
                    $"On your order's page, use “{ActionNames.ChangeMethod.En}” and enter the card again."
                )
            );
        return mendable switch
        {
            Mendable.Number => Wrong(
                "カード会社によると、カード番号が正しくありません。",
                "Your card company says that the card number isn't right."
            ),
            Mendable.Expiry => Wrong(
                "カード会社によると、有効期限が切れているか、登録された期限が違います。",
                "Your card company says that the card has expired, or that the date isn't right."
            ),
            Mendable.SecurityCode => Wrong(
                "カード会社によると、セキュリティコードが違います。",
                "Your card company says that the security code isn't right."
            ),
            Mendable.Unblocking => new(
                PossibleCause.CardRegisteredWrongly,
                CauseState.RuledOut,
                new(
                    "登録は正しく、お客様ご自身の設定でカードの利用が止められています。",
                    "It's registered right; a setting of your own blocks the card."
                ),
                new(
                    "カード会社のアプリかホームページで、カードの利用停止を解いてください。",
                    "Unblock the card in your card company's app or on its website."
                )
            ),
        };
    }

    private static CauseFinding NotDecidedYet(PossibleCause cause) =>
        new(
            cause,
            CauseState.CannotBeTold,
            new(
                "カード会社の判断が、まだ当店に届いていません。カードに問題があるとは限りません。",
                "Your card company's decision hasn't reached us. That doesn't mean that anything is wrong with your card."
            ),
            NothingToDo
        );

    private static Words NothingToDo => new("することはありません。", "Nothing to do.");

    private static Words SeeOrderPage =>
        new("次に起きることは、下の「いまのご注文」をご覧ください。", "See “Your order now” below for what happens next.");

    private static Words AskCardCompany => new("下の「カード会社への尋ね方」をご覧ください。", "See “How to ask your card company” below.");

    /// <summary>How to ask, step by step; the number in the mail is never the one to call.</summary>
    public static ImmutableArray<Words> HowToAsk(Diagnosis diagnosis, Words shop)
    {
        ArgumentNullException.ThrowIfNull(diagnosis);
        ArgumentNullException.ThrowIfNull(shop);
        var what = diagnosis.Request is { } request
            ? new Words(
                $"「{request.AskedAt.Ja}に、{shop.Ja}から {request.Amount.Ja} の照会があったはずです(番号 {request.Rrn})。記録と、承認されなかった理由を教えてください」と伝えます。",
                $"Say: “On {request.AskedAt.En}, {shop.En} asked about {request.Amount.En} (number {request.Rrn}). What does your record say, and why wasn't it approved?”"
            )
            : new Words(
                "「いつごろ、どのお店で、いくらの買い物をして、承認されなかったと知らされました。記録と理由を教えてください」と伝えます。",
                "Say when, where and for how much you ordered, and that you were told it wasn't approved. Ask what their record says, and why."
            );
        return
        [
            new(
                "カードの裏面にある番号に電話します。メールに書かれた番号にはかけません。",
                "Call the number on the back of your card. Never one that stands in the mail."
            ),
            new(
                "カードと、本人確認のための生年月日や住所を、お手元に。暗証番号や、メールで届いた確認コードは、だれにも言いません。",
                "Have the card at hand, and your birth date and address, which they may ask. Tell nobody your PIN or a code that was sent to you."
            ),
            what,
            new(
                "記録がない、と言われたら、そのとおりお店にお知らせください。問い合わせが届かなかったのかもしれません。",
                "If they have no record, tell the shop so: the request may never have arrived."
            ),
        ];
    }
}
