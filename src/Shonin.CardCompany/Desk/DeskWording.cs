using System.Diagnostics;
using Shonin.CardCompany.Deciding;
using Shonin.CardCompany.History;

namespace Shonin.CardCompany.Desk;

internal enum DeskLanguage
{
    Ja,
    En,
}

/// <summary>A text of the desk in both languages.</summary>
internal sealed record DeskText(string Ja, string En)
{
    public string In(DeskLanguage language) =>
        language switch
        {
            DeskLanguage.Ja => Ja,
            DeskLanguage.En => En,
        };
}

/// <summary>Every word of the card company's desk.</summary>
internal static class DeskWording
{
    public static readonly DeskText Title = new("カード会社の窓口", "Card company desk");
    public static readonly DeskText SignIn = new("窓口に入る", "Sign in");
    public static readonly DeskText SignOut = new("窓口を出る", "Sign out");
    public static readonly DeskText Key = new("窓口の鍵", "Desk key");
    public static readonly DeskText KeyHint = new(
        "起動したときに示されたファイルにあります。",
        "It is in the file that was named when the card company started."
    );
    public static readonly DeskText KeyWrong = new(
        "鍵が違います。ファイルの中身をそのまま入れてください。",
        "That is not the key. Enter what is in the file, as it is."
    );
    public static readonly DeskText Number = new("カード番号", "Card number");
    public static readonly DeskText NumberHint = new(
        "全桁を入れます。番号は表示にも記録にも残りません。",
        "All digits. The number is neither shown again nor kept."
    );
    public static readonly DeskText Find = new("履歴を見る", "See its history");
    public static readonly DeskText Another = new("ほかのカードを見る", "Another card");
    public static readonly DeskText State = new("状態", "State");
    public static readonly DeskText Holder = new("名義", "Holder");
    public static readonly DeskText Limit = new("限度額", "Limit");
    public static readonly DeskText NoLimit = new("なし", "none");
    public static readonly DeskText Used = new("使用中", "Used");
    public static readonly DeskText Arrears = new("延滞", "Arrears");
    public static readonly DeskText Referral = new("保留", "Referral");
    public static readonly DeskText History = new("履歴(新しい順、日本時間)", "History (newest first, Japan time)");
    public static readonly DeskText Empty = new(
        "まだ何も届いていません。届いた照会は、断ったものも含めて、すべてここに並びます。",
        "Nothing has come in yet. Every request will be listed here, the refused ones too."
    );
    public static readonly DeskText Unavailable = new(
        "履歴に書き込めないため、何も行っていません。もう一度お試しください。",
        "The history could not be written, so nothing was done. Try again."
    );

    public static DeskText Release(string last4) =>
        new($"カード {last4} の保留を解除する(元に戻せません)", $"Release card {last4} for good: its next request is approved");

    public static DeskText Settle(string last4) =>
        new($"カード {last4} の延滞を入金済みにする(元に戻せません)", $"Mark card {last4}'s arrears as paid for good");

    public static DeskText Refusal(DeskRefusal why) =>
        why switch
        {
            DeskRefusal.CardNotFound => new(
                "当社のカードではありません。番号をもう一度確かめてください。",
                "This is no card of ours. Check the number again."
            ),
            DeskRefusal.NothingToRelease => new(
                "このカードは保留になっていません。",
                "This card is not referred: there is nothing to release."
            ),
            DeskRefusal.NothingToSettle => new(
                "このカードに延滞はありません。",
                "This card is not in arrears: there is nothing to settle."
            ),
        };

    public static DeskText OfState(AccountState state) =>
        state switch
        {
            AccountState.Open => new("利用できます", "open"),
            AccountState.Blocked => new("利用停止", "blocked"),
            AccountState.Lost => new("紛失", "lost"),
            AccountState.Stolen => new("盗難", "stolen"),
            AccountState.Expired => new("期限切れ", "expired"),
            AccountState.Closed => new("解約", "closed"),
        };

    public static DeskText OfArrears(string arrears) =>
        arrears switch
        {
            "none" => new("なし", "none"),
            "due" => new("あり", "due"),
            "settled" => new("入金済み", "settled"),
            _ => throw new UnreachableException(),
        };

    public static DeskText OfReferral(string referral) =>
        referral switch
        {
            "none" => new("なし", "none"),
            "open" => new("保留中", "open: the cardholder must speak to us"),
            "released" => new("解除済み", "released"),
            _ => throw new UnreachableException(),
        };

    public static DeskText OfKind(RowKind kind) =>
        kind switch
        {
            RowKind.Authorization => new("承認照会", "Authorization"),
            RowKind.Advice => new("代行の通知", "Stand-in's advice"),
            RowKind.Reversal => new("取消", "Reversal"),
            RowKind.Capture => new("売上", "Capture"),
            RowKind.Refund => new("返金", "Refund"),
            RowKind.NotUnderstood => new("読めない電文", "Not understood"),
            RowKind.AnswerSent => new("回答を回線に渡した", "Answer handed to the line"),
            RowKind.AnswerUndelivered => new("回答を送れなかった", "Answer could not be sent"),
            RowKind.HoldExpired => new("期限が来て枠を戻した", "Hold expired"),
            RowKind.ReferralReleased => new("保留を解除", "Referral released"),
            RowKind.ArrearsSettled => new("延滞を入金済みに", "Arrears settled"),
        };

    public static DeskText OfRepeat(RowRepeat repeat) =>
        repeat switch
        {
            RowRepeat.First => new("", ""),
            RowRepeat.Same => new("再送:最初の回答をもう一度", "repeat: first answer given again"),
            RowRepeat.OtherContent => new("同じ鍵で別の内容", "same key, other content"),
        };

    public static DeskText OfReason(Reason reason) =>
        reason switch
        {
            Reason.Approved => new("承認", "approved"),
            Reason.ApprovedInPart => new("一部を承認", "approved in part"),
            Reason.UnknownCard => new("該当するカードなし", "no such card"),
            Reason.Blocked => new("利用停止中", "card is blocked"),
            Reason.Lost => new("紛失の届け出あり", "reported lost"),
            Reason.Stolen => new("盗難の届け出あり", "reported stolen"),
            Reason.CardExpired => new("カードの期限切れ", "card has expired"),
            Reason.Closed => new("解約済み", "account is closed"),
            Reason.ExpiryPast => new("送られた有効期限が過去", "the expiry sent is past"),
            Reason.ExpiryDiffers => new("有効期限の不一致", "expiry differs"),
            Reason.RegisteredWrongly => new("登録の誤り", "registered wrongly"),
            Reason.SecurityCodeDiffers => new("セキュリティコードの不一致", "security code differs"),
            Reason.DeclinedByRule => new("当社の判断で断った", "declined by our rule"),
            Reason.Referred => new("保留:ご本人の連絡待ち", "referred: the cardholder must speak to us"),
            Reason.InArrears => new("延滞あり", "in arrears"),
            Reason.OverLimit => new("限度額を超える", "over the limit"),
            Reason.OtherCurrency => new("通貨が違う", "other currency"),
            Reason.UnknownCurrency => new("扱わない通貨", "currency not settled here"),
            Reason.UnknownProcessing => new("扱わない処理", "processing code not handled here"),
            Reason.AmountZero => new("金額が 0", "amount is 0"),
            Reason.ReversedBeforeItCame => new("届く前に取り消されていた", "was reversed before it came"),
            Reason.KeyOfAnotherRequest => new("ほかの照会の鍵", "key of another request"),
            Reason.StandInDecided => new("代行が判断", "decided by the stand-in"),
            Reason.Reversed => new("取り消した", "reversed"),
            Reason.ReversedInPart => new("一部を取り消した", "reversed in part"),
            Reason.ReversedBefore => new("すでに取消済み", "was reversed before"),
            Reason.NothingFound => new("もとの照会が届いていない", "the original never came"),
            Reason.NothingHeld => new("押さえた枠がない", "nothing is held"),
            Reason.NewTotalNotBelow => new("新しい合計が下がっていない", "the new total is not lower"),
            Reason.NewTotalBelowCaptured => new("新しい合計が売上より小さい", "the new total is below what was captured"),
            Reason.Captured => new("売上にした", "captured"),
            Reason.ApprovalCodeDiffers => new("承認番号の不一致", "approval code differs"),
            Reason.NotHeld => new("有効な承認がない", "no live authorization"),
            Reason.MoreThanHeld => new("承認した額を超える", "more than is held"),
            Reason.Refunded => new("返金した", "refunded"),
            Reason.MoreThanCaptured => new("売上にした額を超える", "more than was captured"),
        };
}
