using System.Diagnostics;
using Shonin.Domain.Approvals;

namespace Shonin.Domain.Notices;

/// <summary>An attempt in words for a desk: what became of it, and who wanted it.</summary>
public static class AttemptNames
{
    public static Words Of(AttemptOutcome outcome) =>
        outcome switch
        {
            AttemptOutcome.Sent => new("返答待ち", "waiting for the answer"),
            AttemptOutcome.NotSent { Cause: NotSentCause.OutOfReach } => new("つながらず未送信", "not sent: out of reach"),
            AttemptOutcome.NotSent { Cause: NotSentCause.OwnFault } => new("当店の手違いで未送信", "not sent: our own fault"),
            AttemptOutcome.NotSent => new("控えて未送信", "not sent: held back"),
            AttemptOutcome.Approved { ExpiredAt: not null } => new("承認(期限切れ)", "approved, expired"),
            AttemptOutcome.Approved => new("承認", "approved"),
            AttemptOutcome.PartiallyApproved => new("一部だけ承認", "approved in part"),
            AttemptOutcome.Declined declined => ResponseRules.SaysOf(declined.Codes) switch
            {
                AnswerSays.No => new("承認されず", "declined"),
                AnswerSays.RequestFaulty => new("当店の電文に不備", "our request was faulty"),
                AnswerSays.CouldNotAnswer => new("カード会社が回答できず", "the card company couldn't answer"),
            },
            AttemptOutcome.Referred => new("カード会社へ連絡を", "referred to the card company"),
            AttemptOutcome.Unknown => new("返答なし", "no answer"),
            _ => throw new UnreachableException(),
        };

    public static Words Of(Initiator initiator) =>
        initiator switch
        {
            Initiator.Customer => new("ご注文・カード変更", "order or card change"),
            Initiator.CustomerConfirms => new("お客様がもう一度確認", "customer confirmed again"),
            Initiator.Agent => new("担当者がもう一度確認", "an agent asked again"),
            Initiator.AutomaticRetry => new("自動", "automatic"),
            Initiator.Reauthorization => new("承認の期限切れのため自動", "automatic, the approval had run out"),
        };
}

/// <summary>What a notice tells, in a few words for a desk.</summary>
public static class NoticeNames
{
    public static Words Of(Notice notice) =>
        (notice.Kind, notice.Outcome) switch
        {
            (NoticeKind.Received, _) => new("ご注文の受付", "order received"),
            (NoticeKind.Problem, _) => new("問題のお知らせ", "problem"),
            (NoticeKind.Update, _) => new("状況の変化", "update"),
            (NoticeKind.Reminder, _) => new("再度のお知らせ", "reminder"),
            (NoticeKind.Outcome, NoticeOutcome.Approved) => new("結果:承認", "outcome: approved"),
            (NoticeKind.Outcome, _) => new("結果:取り消し", "outcome: cancelled"),
            (NoticeKind.Cancelled, _) => new("取り消し", "cancelled"),
            (NoticeKind.Shipped, _) => new("発送", "shipped"),
            (NoticeKind.Delivered, _) => new("お届け", "delivered"),
            (_, _) => throw new UnreachableException(),
        };
}
