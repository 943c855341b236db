using System.Diagnostics;
using System.Text.Json;
using Shonin.Domain.Approvals;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;

namespace Shonin.Merchant.Timelines;

/// <summary>An item's sentence and the numbers that prove it.</summary>
internal sealed record TimelineLine(Words Text, Words? Evidence = null)
{
    public TimelineLine(Words text, string evidence)
        : this(text, Words.Quoted(evidence)) { }
}

/// <summary>What each event is called in the timeline, for each reader. An event that a reader need not know of has no line.</summary>
internal static class TimelineWording
{
    public static Words Request { get; } = new("承認の問い合わせ", "approval request");
    public static Words ReversalRequest { get; } = new("取り消しの連絡", "reversal");
    public static Words CaptureRequest { get; } = new("請求の確定", "charge");
    public static Words Answer { get; } = new("返答", "answer");

    public static Words Lost(Words name) => new($"{name.Ja}が届きませんでした", $"the {name.En} was lost");

    public static string KindOf(OrderEvent happened) => JsonNamingPolicy.CamelCase.ConvertName(happened.GetType().Name);

    public static TimelineLine? Of(OrderEvent happened, Order order, Audience audience) =>
        audience switch
        {
            Audience.Customer => ForCustomer(happened, order),
            // What we told our customer, and whether the mail arrived, is between us and the customer.
            Audience.CardCompany => happened is OrderEvent.NoticeQueued or OrderEvent.NoticeUndeliverable
                ? null
                : ForCustomer(happened, order),
            Audience.Agent => ForAgent(happened, order) ?? ForCustomer(happened, order),
        };

    /// <summary>Nothing here says why a card company said no, and nothing hints at a lost or stolen card.</summary>
    private static TimelineLine? ForCustomer(OrderEvent happened, Order order) =>
        happened switch
        {
            OrderEvent.OrderPlaced => new(new("ご注文を受け付けました", "We received your order")),
            OrderEvent.AttemptClaimed e => order.Attempts[e.Attempt - 1].Outcome is AttemptOutcome.NotSent
                ? null
                : new(Asked(e), $"RRN {e.Claim.Rrn}"),
            OrderEvent.AttemptNotSent e => new(NotSent(e.Cause ?? NotSentCause.OutOfReach)),
            OrderEvent.AttemptApproved e => new(
                new("承認の返答を受け取りました", "We received the answer: approved"),
                Approval(e.ApprovalCode)
            ),
            OrderEvent.AttemptPartiallyApproved => new(new("全額の承認は得られませんでした", "The full amount was not approved")),
            OrderEvent.AttemptDeclined e => new(
                ResponseRules.SaysOf(e.Codes) switch
                {
                    AnswerSays.No => new("承認しないという返答を受け取りました", "We received the answer: no"),
                    AnswerSays.RequestFaulty => new(
                        "当店の手違いで送った内容に不備があり、カード会社は受け付けませんでした",
                        "By our own mistake, our request was faulty; the card company turned it away"
                    ),
                    AnswerSays.CouldNotAnswer => new(
                        "カード会社の側が回答できませんでした。何も決まっていません",
                        "The card company's side couldn't answer; nothing was decided"
                    ),
                }
            ),
            OrderEvent.AttemptReferred => new(
                new("ご本人からの連絡を求める返答を受け取りました", "We received the answer: please have the cardholder contact us")
            ),
            OrderEvent.AttemptUnanswered => new(new("返答が届かないため、待つのをやめました", "No answer came; we stopped waiting")),
            OrderEvent.EvidenceNoted { Kind: EvidenceKind.LateApproval } => new(
                new("承認の返答が、遅れて届きました", "The answer came late: approved")
            ),
            OrderEvent.EvidenceNoted { Kind: EvidenceKind.LateAnswer } => new(new("返答が、遅れて届きました", "The answer came late")),
            OrderEvent.ReversalStarted => new(new("問い合わせの取り消しを送りました", "We asked the card company to release the hold")),
            OrderEvent.ReversalAnswered e => new(
                e.ResponseCode == ResponseCodes.Approved
                    ? new("カード会社が取り消しを確認しました", "The card company confirmed that it released the hold")
                    : new("カード会社には、取り消すものがありませんでした", "The card company had no hold to release")
            ),
            OrderEvent.ConfirmationAsked { Agent: not null } => new(
                new("担当者が、もう一度確認しました", "A member of the staff asked again")
            ),
            OrderEvent.ConfirmationAsked => new(
                new($"「{ActionNames.Confirm.Ja}」が押されました", $"“{ActionNames.Confirm.En}” was pressed")
            ),
            OrderEvent.CardChanged => new(new("お支払いのカードが変わりました", "The card was changed")),
            OrderEvent.CancellationAsked e => new(
                e.By switch
                {
                    CancelledBy.Customer => new("ご注文の取り消しを受け付けました", "We received your cancellation"),
                    CancelledBy.Agent or CancelledBy.Merchant => new("当店が取り消しを始めました", "We began to cancel the order"),
                    CancelledBy.Deadline => new("期限になり、取り消しを始めました", "The deadline passed; we began to cancel the order"),
                }
            ),
            OrderEvent.OrderCancelled => new(new("ご注文を取り消しました", "The order was cancelled")),
            OrderEvent.NoticeQueued e => RecordOf(e.Notice.Id, order).WithdrawnAt is null
                ? new(Notified(e.Notice), e.Notice.NumberToQuote())
                : null,
            OrderEvent.NoticeUndeliverable e => new(
                new("お知らせのメールは届きませんでした", "The mail with a notice didn't reach you"),
                NumberOf(e.Notice, order)
            ),
            OrderEvent.ShipmentRegistered e => new(new("商品を発送しました", "We shipped a parcel"), Parcel(e)),
            OrderEvent.CaptureAnswered { ResponseCode: ResponseCodes.Approved } => new(
                new("発送した分の請求が確定しました", "The charge for the parcel was settled")
            ),
            OrderEvent.ShipmentDelivered => new(new("お届けしました", "The parcel was delivered")),
            OrderEvent.AuthorizationExpired => new(new("承認の期限が切れました", "The approval expired")),
            OrderEvent.DeadlineExtended => new(new("期限を延ばしました", "We kept the order for longer")),
            OrderEvent.CaptureAnswered
            or OrderEvent.EvidenceNoted
            or OrderEvent.ReversalRepeated
            or OrderEvent.ReversalRefused
            or OrderEvent.HoldOpened
            or OrderEvent.HoldClassChanged
            or OrderEvent.HoldAnnounced
            or OrderEvent.CustomerReminded
            or OrderEvent.RetryScheduled
            or OrderEvent.HoldEnded
            or OrderEvent.NoticeSent
            or OrderEvent.NoticeDelayed
            or OrderEvent.NoticeRewritten
            or OrderEvent.NoticeWithdrawn
            or OrderEvent.CaptureRepeated
            or OrderEvent.CardProved
            or OrderEvent.CardProofMissed
            or OrderEvent.TriesReleased
            or OrderEvent.AttentionAsked
            or OrderEvent.AttentionSettled
            or OrderEvent.AttentionSettledByHand => null,
            _ => throw new UnreachableException(),
        };

    /// <summary>Where an agent sees more than the customer: raw codes, holds, repeats, the agents' list.</summary>
    private static TimelineLine? ForAgent(OrderEvent happened, Order order) =>
        happened switch
        {
            OrderEvent.AttemptClaimed e when order.Attempts[e.Attempt - 1].Outcome is not AttemptOutcome.NotSent => new(
                Asked(e),
                $"STAN {e.Claim.Stan:000000} · RRN {e.Claim.Rrn}"
            ),
            OrderEvent.AttemptNotSent e => new(NotSent(e.Cause ?? NotSentCause.OutOfReach), e.Why),
            OrderEvent.AttemptDeclined e => new(
                ResponseRules.SaysOf(e.Codes) switch
                {
                    AnswerSays.No => new("承認しないという返答", "Answer: no"),
                    AnswerSays.RequestFaulty => new(
                        "当店の手違い:電文に不備があるという返答",
                        "Answer: our own mistake, our request is faulty"
                    ),
                    AnswerSays.CouldNotAnswer => new(
                        "カード会社の側が回答できないという返答",
                        "Answer: the card company's side couldn't answer"
                    ),
                },
                Codes(e.Codes)
            ),
            OrderEvent.AttemptReferred e => new(
                new("ご本人からの連絡を求める返答", "Answer: cardholder must contact the card company"),
                Codes(e.Codes)
            ),
            OrderEvent.AttemptApproved e => new(new("承認の返答", "Answer: approved"), Joined(e.ResponseCode, Approval(e.ApprovalCode))),
            OrderEvent.EvidenceNoted e => new(
                Evidence(e.Kind),
                e.ApprovalCode is { } code ? Joined(e.ResponseCode, Approval(code)) : Words.Quoted(e.ResponseCode)
            ),
            OrderEvent.ReversalStarted e => new(new("取り消し電文を送りました", "Reversal sent"), $"STAN {e.Claim.Stan:000000}"),
            OrderEvent.ReversalRepeated e => new(
                new($"取り消し電文の再送({e.SentCount}回目)", $"Reversal repeated (sent {e.SentCount} times)")
            ),
            OrderEvent.ReversalAnswered e => new(new("取り消し電文への返答", "Reversal answered"), e.ResponseCode),
            OrderEvent.ReversalRefused e => new(
                new("取り消し電文が受け付けられず、再送を続けます", "Reversal refused; the repeats go on"),
                e.ResponseCode
            ),
            OrderEvent.HoldOpened e when OrderWording.HoldName(order, e.Class, e.At) is var name => new(
                new($"承認待ち {e.Episode} 開始:{name.Ja}", $"Hold {e.Episode} opened: {name.En}")
            ),
            OrderEvent.HoldClassChanged e when OrderWording.HoldName(order, e.Class, e.At) is var name => new(
                new($"承認待ちの種類が変わりました:{name.Ja}", $"Hold is now: {name.En}")
            ),
            OrderEvent.HoldEnded => new(new("承認待ち 終了", "Hold ended")),
            OrderEvent.NoticeQueued e when RecordOf(e.Notice.Id, order).WithdrawnAt is not null => new(
                new(
                    $"書いたお知らせ:{NoticeNames.Of(e.Notice).Ja}(送りませんでした)",
                    $"Notice written: {NoticeNames.Of(e.Notice).En} (it was never sent)"
                ),
                e.Notice.Id
            ),
            OrderEvent.NoticeWithdrawn e => new(
                new("次のお知らせがあるので、遅れたお知らせは送りません", "A later notice says it: the late one isn't sent"),
                e.Notice
            ),
            OrderEvent.NoticeQueued { Notice.Reference: { } reference } e => new(Notified(e.Notice), $"{reference} · {e.Notice.Id}"),
            OrderEvent.NoticeSent e => new(new("お知らせのメールを送りました", "Notice mailed"), e.Notice),
            OrderEvent.NoticeDelayed e => new(new("お知らせのメールが遅れています", "Notice is delayed"), $"{e.Notice}: {e.Why}"),
            OrderEvent.NoticeRewritten e => new(
                new(
                    "遅れて出るお知らせを、いまの状況に合わせて書き直しました",
                    "Notice left late and was written again as the order stands"
                ),
                e.Notice
            ),
            OrderEvent.NoticeUndeliverable e => new(
                new("お知らせのメールが届けられません", "Notice could not be delivered"),
                $"{e.Notice}: {e.Why}"
            ),
            OrderEvent.CaptureRepeated e => new(
                new($"請求の電文の再送({e.SentCount}回目)", $"Capture repeated (sent {e.SentCount} times)")
            ),
            OrderEvent.CaptureAnswered e => new(new("請求の電文への返答", "Capture answered"), e.ResponseCode),
            OrderEvent.TriesReleased e => new(
                new("担当者が、もう一度試せるようにしました", "A member of the staff let the customer try again"),
                e.By
            ),
            OrderEvent.DeadlineExtended e => new(new("担当者が、期限を延ばしました", "A member of the staff extended the deadline"), e.By),
            OrderEvent.AttentionSettledByHand e => new(
                new(
                    $"担当者が確認済みにしました:{AttentionWording.Of(e.Reason).Ja}({AttentionWording.Of(e.Remedy).Ja})",
                    $"Settled by a member of the staff: {AttentionWording.Of(e.Reason).En} ({AttentionWording.Of(e.Remedy).En})"
                ),
                e.By
            ),
            OrderEvent.CardProved => new(
                new("注文のページで、カードの下4桁を確かめました", "The card's last 4 digits were confirmed on the order's page")
            ),
            OrderEvent.CardProofMissed => new(
                new("注文のページで、カードの下4桁が違いました", "Wrong last 4 digits were typed on the order's page")
            ),
            OrderEvent.AttentionAsked e => new(
                new($"担当者の確認が必要:{AttentionWording.Of(e.Reason).Ja}", $"Needs a person: {AttentionWording.Of(e.Reason).En}")
            ),
            OrderEvent.AttentionSettled e => new(
                new($"確認済み:{AttentionWording.Of(e.Reason).Ja}", $"Settled: {AttentionWording.Of(e.Reason).En}")
            ),
            _ => null,
        };

    /// <summary>What the card company did, as its own record says.</summary>
    public static Words Of(CardCompanyRow row, Audience audience) =>
        (row.Kind, row.ResponseCode) switch
        {
            ("authorization" or "advice", ResponseCodes.Approved) => new("承認しました", "Approved"),
            ("authorization" or "advice", _) => audience == Audience.Customer
                ? new("問い合わせに返答しました", "Answered the request")
                : Decided(row),
            ("reversal", ResponseCodes.Approved) => new("取り消しました", "Released the hold"),
            ("reversal", _) => new(
                "取り消しの連絡を受けました。取り消すものはありませんでした",
                "Received the reversal; there was no hold to release"
            ),
            ("capture", ResponseCodes.Approved) => new("請求を受け付けました", "Accepted the charge"),
            ("capture", _) => new("請求を受け付けませんでした", "Did not accept the charge"),
            ("holdExpired", _) => new("利用枠を押さえる期限が切れました", "The hold expired"),
            ("notUnderstood", _) => new("内容を読み取れない連絡を受けました", "Received a message that it couldn't read"),
            (_, _) => new("連絡を受けました", "Received a message"),
        };

    /// <summary>
    /// What a desk reads of a decision that is no approval: asking for the cardholder is no refusal, nor is a request that could not be
    /// read.
    /// </summary>
    private static Words Decided(CardCompanyRow row)
    {
        if (row.ResponseCode == ResponseCodes.PartialApproval)
            return new("一部だけを承認しました", "Approved a part");
        var codes = new AnswerCodes(row.ResponseCode ?? "", null, null, null, row.At);
        if (ResponseRules.MeaningOf(codes.ResponseCode, null, row.At) == ResponseMeaning.Referral)
            return new("ご本人からの連絡を求めました", "Asked for a call from the cardholder");
        return ResponseRules.SaysOf(codes) switch
        {
            AnswerSays.No => new("承認しませんでした", "Did not approve"),
            AnswerSays.RequestFaulty => new("問い合わせを受け付けませんでした", "Turned the request away"),
            AnswerSays.CouldNotAnswer => new("回答できませんでした", "Could not answer"),
        };
    }

    public static Words EvidenceOf(CardCompanyRow row, Audience audience)
    {
        var proof = row.ApprovalCode is { } code ? Approval(code) : Words.Quoted(row.Rrn is { } rrn ? $"RRN {rrn}" : "");
        return audience switch
        {
            Audience.Customer => proof,
            Audience.Agent or Audience.CardCompany => Joined($"{row.Mti} · STAN {row.Stan} · {row.ResponseCode ?? "—"}", proof),
        };
    }

    public static Words NoteOn(CardCompanyEvidence? evidence) =>
        evidence is null
            ? new(
                "カード会社の記録は、まだ届いていません。カード会社の側は、届いてから表示します。",
                "The card company's own record hasn't arrived yet. Its side appears when it does."
            )
            : new(
                "カード会社の側は、カード会社が署名した記録のとおりです。",
                "The card company's side is shown as in the record that it signed."
            );

    private static Words Asked(OrderEvent.AttemptClaimed e) =>
        e.Initiator switch
        {
            Initiator.Customer => new("カード会社に承認を問い合わせました", "We asked the card company"),
            Initiator.CustomerConfirms or Initiator.Agent => new("カード会社にもう一度問い合わせました", "We asked the card company again"),
            Initiator.Reauthorization => new(
                "承認の期限が切れたので、カード会社にもう一度問い合わせました",
                "The approval had run out, so we asked the card company again"
            ),
            Initiator.AutomaticRetry => new("カード会社に自動でもう一度問い合わせました", "We asked the card company again, by ourselves"),
        };

    private static Words Notified(Notice notice) =>
        (notice.Kind, notice.Outcome) switch
        {
            (NoticeKind.Received, _) => new("ご注文の受付をお知らせしました", "We confirmed your order to you"),
            (NoticeKind.Problem, _) => new("問題をお知らせしました", "We told you of the problem"),
            (NoticeKind.Update, _) => new("状況の変化をお知らせしました", "We told you what changed"),
            (NoticeKind.Reminder, _) => new("もう一度お知らせしました", "We reminded you"),
            (NoticeKind.Outcome, NoticeOutcome.Approved) => new("承認をお知らせしました", "We told you: approved"),
            (NoticeKind.Outcome or NoticeKind.Cancelled, _) => new("取り消しをお知らせしました", "We told you: cancelled"),
            (NoticeKind.Shipped, _) => new("発送をお知らせしました", "We told you: shipped"),
            (NoticeKind.Delivered, _) => new("お届けをお知らせしました", "We told you: delivered"),
            (_, _) => throw new UnreachableException(),
        };

    private static Words Evidence(EvidenceKind kind) =>
        kind switch
        {
            EvidenceKind.LateApproval => new("遅れて届いた承認(取り消しは続きます)", "Late approval (the reversal goes on)"),
            EvidenceKind.LateAnswer => new("遅れて届いた返答", "Late answer"),
            EvidenceKind.Repeated => new("同じ返答がもう一度届きました", "The same answer came again"),
            EvidenceKind.Contradiction => new("前の返答と食い違う返答が届きました", "An answer contradicts an earlier one"),
            EvidenceKind.Unproven => new(
                "証拠のない承認(承認番号、RRN、金額のどれかが合いません)",
                "An approval without its proof (approval code, RRN or amount do not fit)"
            ),
        };

    private static NoticeRecord RecordOf(string notice, Order order) => order.Notices.Single(record => record.Notice.Id == notice);

    private static string NumberOf(string notice, Order order) => RecordOf(notice, order).Notice.NumberToQuote();

    private static Words NotSent(NotSentCause cause) =>
        cause switch
        {
            NotSentCause.OutOfReach => new(
                "カード会社につながらず、問い合わせを送れませんでした",
                "We couldn't reach the card company; no request was sent"
            ),
            NotSentCause.OwnFault => new(
                "当店の手違いで、問い合わせを送れませんでした",
                "By our own mistake, the request couldn't be sent"
            ),
            NotSentCause.HeldBack => new("カードを守るため、問い合わせを控えました", "We held the request back, to protect the card"),
        };

    private static Words Parcel(OrderEvent.ShipmentRegistered shipped)
    {
        var (carrier, tracking) = (Carriers.NameOf(shipped.Carrier), Words.Quoted(shipped.Tracking));
        return new($"{carrier.Ja} {tracking.Ja}", $"{carrier.En} {tracking.En}");
    }

    private static Words Approval(string code) => new($"承認番号 {code}", $"approval code {code}");

    private static Words Joined(string numbers, Words proof) =>
        proof.Ja.Length == 0 ? Words.Quoted(numbers) : new($"{numbers} · {proof.Ja}", $"{numbers} · {proof.En}");

    private static string Codes(AnswerCodes codes) =>
        codes.ResponseCode
        + (codes.AdviceCode is { } advice ? $" · MAC {advice}" : "")
        + (codes.NetworkCode is { } network ? $" · {network}" : "")
        + (codes.SecurityCodeResult is { } result ? $" · CVV {result}" : "");
}
