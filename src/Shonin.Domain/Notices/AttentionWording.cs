using System.Diagnostics;
using Shonin.Domain.Orders;

namespace Shonin.Domain.Notices;

/// <summary>Why a person must look at an order, in a few words for the desk. Customers read none of these.</summary>
public static class AttentionWording
{
    public static Words Of(AttentionReason reason) => reason switch
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
        AttentionReason.CardUnavailable => new("カードが保管庫から読めず、送れない", "card not readable from the vault, nothing can be sent"),
        AttentionReason.CardsSpent => new("試したカードが上限", "as many cards tried as allowed"),
        AttentionReason.OwnFault => new("当店の手違いで、カード会社に電文を送れない", "our own fault keeps a message to the card company from being sent"),
        _ => throw new UnreachableException(),
    };
}
