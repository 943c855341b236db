using Shonin.Domain.Orders;

namespace Shonin.Domain.Notices;

/// <summary>Why a person must look at an order, in a few words for the desk. Customers read none of these.</summary>
public static class AttentionWording
{
    public static Words Of(AttentionReason reason) =>
        reason switch
        {
            AttentionReason.ReversalUnconfirmed => new("取り消しが未確認", "reversal unconfirmed"),
            AttentionReason.CaptureRefused => new("請求が拒まれた", "capture refused"),
            AttentionReason.MessageRefused => new("当店の電文に不備", "our message was faulty"),
            AttentionReason.AuthorizationExpiring => new("承認の期限が近い", "approval expires soon"),
            AttentionReason.AuthorizationExpired => new("承認の期限切れ", "approval expired"),
            AttentionReason.DeliveryMissing => new("お届けの確認がない", "no delivery recorded"),
            AttentionReason.NoticeUndeliverable => new("お知らせが届けられない", "notice undeliverable"),
            AttentionReason.NoticeDelayed => new("お知らせのメールが出ていない", "notice not sent yet"),
            AttentionReason.DoNotShip => new("発送しない・理由を説明しない", "do not ship, do not explain"),
            AttentionReason.TriesSpent => new("試した回数が上限", "tried as often as allowed"),
            AttentionReason.CaptureUnanswered => new("請求の返答がない", "capture unanswered"),
            AttentionReason.CardUnavailable => new(
                "カードが保管庫から読めず、送れない",
                "card not readable from the vault, nothing can be sent"
            ),
            AttentionReason.CardsSpent => new("試したカードが上限", "as many cards tried as allowed"),
            AttentionReason.OwnFault => new(
                "当店の手違いで、カード会社に電文を送れない",
                "our own fault keeps a message to the card company from being sent"
            ),
        };

    /// <summary>What an agent says they did.</summary>
    public static Words Of(Remedy remedy) =>
        remedy switch
        {
            Remedy.CardCompanyConfirmed => new("カード会社に確かめました", "The card company confirmed it"),
            Remedy.PaidOtherwise => new("別の方法で精算しました", "It was paid in another way"),
            Remedy.ParcelFound => new("荷物の行方がわかりました", "The parcel was found"),
            Remedy.CustomerTold => new("ほかの方法でお客様に伝えました", "The customer was told in another way"),
        };

    /// <summary>What takes the order off the list again, so that nobody waits for what does not happen by itself.</summary>
    public static Words LeavesWhen(AttentionReason reason) =>
        reason switch
        {
            AttentionReason.ReversalUnconfirmed => new(
                "カード会社が取り消しを確認するか、確かめたことを担当者が記録すると消えます。",
                "It goes when the card company confirms the reversal, or when you record that it told you so."
            ),
            AttentionReason.CaptureRefused => new(
                "カード会社が、あとから請求を受け付けるか、精算したことを担当者が記録すると消えます。カード会社と話して精算してください。",
                "It goes if the card company accepts the charge after all, or when you record how it was paid: settle it with the card company."
            ),
            AttentionReason.CaptureUnanswered => new(
                "カード会社が請求の電文に答えるか、確かめたことを担当者が記録すると消えます。",
                "It goes when the card company answers the capture, or when you record that it told you how it stands."
            ),
            AttentionReason.MessageRefused or AttentionReason.DoNotShip or AttentionReason.AuthorizationExpired => new(
                "承認されるか、取り消しになると消えます。",
                "It goes when the order is approved or cancelled."
            ),
            AttentionReason.AuthorizationExpiring => new(
                "すべて発送するか、期限が切れるか、取り消しになると消えます。",
                "It goes when everything is shipped, when the approval runs out, or when the order is cancelled."
            ),
            AttentionReason.DeliveryMissing => new(
                "すべての荷物のお届けが登録されるか、行方がわかったことを担当者が記録すると消えます。",
                "It goes when every parcel's delivery is recorded, or when you record that it was found."
            ),
            AttentionReason.NoticeUndeliverable => new(
                "お客様が注文のページで操作するか、ほかの方法で伝えたことを担当者が記録すると消えます。",
                "It goes when the customer does something on the order's page, or when you record that you reached the customer another way."
            ),
            AttentionReason.NoticeDelayed => new("メールが出るか、出せないとわかると消えます。", "It goes when the mail leaves, or can't."),
            AttentionReason.TriesSpent or AttentionReason.CardsSpent => new(
                "「お客様がもう一度試せるようにする」を押すか、承認されるか、取り消しになると消えます。",
                "It goes when you press “Let the customer try again”, or when the order is approved or cancelled."
            ),
            AttentionReason.CardUnavailable or AttentionReason.OwnFault => new(
                "電文を送れるようになるか、送るものがなくなると消えます。",
                "It goes when the message can be sent, or nothing is left to send."
            ),
        };
}
