using System.Diagnostics;
using Shonin.Domain.Approvals;
using Shonin.Domain.Orders;

namespace Shonin.Domain.Notices;

/// <summary>Who asks why. Each may know something else, so each gets a text of its own.</summary>
public enum Audience
{
    /// <summary>Never the card company's reasons, which are the card company's to tell, and never digits of a card: what an agent copies may travel anywhere.</summary>
    Customer,
    /// <summary>The merchant's desk: raw codes, rules, and what must not be said on.</summary>
    Agent,
    /// <summary>What the card company needs to find the same messages in its own records.</summary>
    CardCompany,
}

/// <summary>Answers "why is my order not approved?" from the order and its history.</summary>
public static class WhyWording
{
    /// <summary>Several lines of plain text, the most important first.</summary>
    public static Words Explain(Audience audience, Order order, IReadOnlyList<OrderEvent> history, SpokenTime time, DateTimeOffset now) => audience switch
    {
        Audience.Customer => ForCustomer(order, time),
        Audience.Agent => ForAgent(order, history, time, now),
        Audience.CardCompany => ForCardCompany(order, time),
        _ => throw new UnreachableException(),
    };

    private static Words ForCustomer(Order order, SpokenTime time)
    {
        var lines = new List<Words> { Headline(order), OrderWording.StateMeaning(order), CardHoldWording.Of(order) };
        foreach (var attempt in order.Attempts)
        {
            var (at, card, outcome) = (time.DayAndTime(attempt.Claim.TransmittedAt), OrderWording.CardName(attempt.Card, CardMention.Brand), OutcomeForCustomer(attempt));
            lines.Add(new($"・{at.Ja} {card.Ja}: {outcome.Ja}", $"・{at.En}, {card.En}: {outcome.En}"));
        }
        if (order.Attempts.Any(attempt => attempt.Outcome is AttemptOutcome.Declined or AttemptOutcome.Referred))
            lines.Add(new("承認しない理由は、当店には知らされません。カード会社にお尋ねになれます。", "We aren't told the reasons. You can ask your card company."));
        else if (order.Attempts.Any(attempt => attempt.Outcome is AttemptOutcome.NotSent or AttemptOutcome.Unknown))
            lines.Add(new("カード会社は、このご注文を断っていません。", "Your card company hasn't refused this order."));
        return Lines(lines);
    }

    private static Words OutcomeForCustomer(Attempt attempt) => attempt.Outcome switch
    {
        AttemptOutcome.Sent => new("返答を待っています。", "we're waiting for the answer."),
        AttemptOutcome.NotSent => new("カード会社につながりませんでした。問い合わせは届いていません。", "we couldn't reach your card company. It hasn't received this request."),
        AttemptOutcome.Approved => new("承認されました。", "approved."),
        AttemptOutcome.PartiallyApproved or AttemptOutcome.Declined => new("カード会社から承認が得られませんでした。", "your card company said no."),
        AttemptOutcome.Referred => new("カード会社がご本人からの連絡を求めました。", "your card company asked you to contact it."),
        AttemptOutcome.Unknown => new("カード会社から返答がありませんでした。", "your card company didn't answer."),
        _ => throw new UnreachableException(),
    };

    private static Words ForAgent(Order order, IReadOnlyList<OrderEvent> history, SpokenTime time, DateTimeOffset now)
    {
        var lines = new List<Words> { Headline(order) };
        if (order.Attention.Contains(AttentionReason.DoNotShip))
            lines.Add(new(
                "発送しないでください。理由をお客様に説明しないでください。お客様にはカード会社へのお問い合わせをご案内します。",
                "Do not ship. Do not explain why to the customer; point the customer to the card company."));
        foreach (var reason in order.Attention)
            lines.Add(new($"要対応: {reason}", $"Needs attention: {reason}"));
        foreach (var attempt in order.Attempts)
            lines.Add(AttemptForAgent(attempt, time));
        foreach (var evidence in history.OfType<OrderEvent.EvidenceNoted>())
        {
            var at = time.DayAndSecond(evidence.At);
            lines.Add(new(
                $"・{at.Ja} 照会{evidence.Attempt}への遅れた・重ねての返答 ({evidence.Kind}): DE39={evidence.ResponseCode}{Field(" DE38=", evidence.ApprovalCode)}",
                $"・{at.En}, a further answer to attempt {evidence.Attempt} ({evidence.Kind}): DE39={evidence.ResponseCode}{Field(" DE38=", evidence.ApprovalCode)}"));
        }
        if (order.Hold is { } hold)
            lines.Add(HoldForAgent(hold, time));
        if (order.Hold is not null && OrderActions.RefusalToConfirm(order, now) is { } refusal)
            lines.Add(new(
                $"同じカードでの確認は、いまはできません: {refusal.Reason}{Field("、", refusal.Rule)}", $"Confirming with the same card is refused now: {refusal.Reason}{Field(", ", refusal.Rule)}"));
        return Lines(lines);
    }

    private static Words AttemptForAgent(Attempt attempt, SpokenTime time)
    {
        var at = time.DayAndSecond(attempt.Claim.TransmittedAt);
        var codes = CodesOf(attempt);
        var reversal = attempt.Reversal is { } taken ? $", 0420 ×{taken.SentCount} → {taken.AnswerCode ?? "…"}" : "";
        var rest = $"{attempt.Card.Brand} {attempt.Card.Last4}, {attempt.Outcome.GetType().Name}{codes}, RRN {attempt.Claim.Rrn}, STAN {attempt.Claim.Stan:000000}{reversal}";
        return new($"・照会{attempt.Ordinal} {at.Ja} ({attempt.Initiator}): {rest}", $"・Attempt {attempt.Ordinal}, {at.En} ({attempt.Initiator}): {rest}");
    }

    private static Words HoldForAgent(Hold hold, SpokenTime time)
    {
        var deadline = time.DayAndTime(hold.Deadline);
        var name = OrderWording.ClassName(hold.Class);
        return hold.RetryAt is { } retryAt
            ? new(
                $"承認待ち{hold.Episode}: {name.Ja}。次の自動照会 {time.DayAndTime(retryAt).Ja}、期限 {deadline.Ja}。",
                $"Hold {hold.Episode}: {name.En}. Next automatic attempt {time.DayAndTime(retryAt).En}, deadline {deadline.En}.")
            : new(
                $"承認待ち{hold.Episode}: {name.Ja}。自動照会なし、期限 {deadline.Ja}。", $"Hold {hold.Episode}: {name.En}. No automatic attempt, deadline {deadline.En}.");
    }

    private static Words ForCardCompany(Order order, SpokenTime time)
    {
        var amount = Words.Of(order.Total);
        var lines = new List<Words>
        {
            new($"注文 {order.Number}(DE62)、{amount.Ja} について、貴社の記録との照合をお願いします。", $"Please hold your records of order {order.Number} (DE62), {amount.En}, against these."),
        };
        foreach (var attempt in order.Attempts)
        {
            var (at, said) = (time.DayAndSecond(attempt.Claim.TransmittedAt), OutcomeForCardCompany(attempt));
            lines.Add(new(
                $"・0100 {at.Ja} {Keys(attempt.Claim)} 下4桁 {attempt.Card.Last4}: {said.Ja}", $"・0100, {at.En}, {Keys(attempt.Claim)}, card ending {attempt.Card.Last4}: {said.En}"));
            if (attempt.Reversal is { } reversal)
                lines.Add(ReversalForCardCompany(reversal, time));
        }
        return Lines(lines);
    }

    private static Words ReversalForCardCompany(Reversal reversal, SpokenTime time)
    {
        var at = time.DayAndSecond(reversal.Claim.TransmittedAt);
        var said = reversal.AnswerCode is { } code ? new Words($"DE39={code}", $"DE39={code}") : new Words("返答なし、再送中", "no answer yet, being repeated");
        return new(
            $"  取消 0420 {at.Ja} {Keys(reversal.Claim)} 送信{reversal.SentCount}回: {said.Ja}", $"  reversal 0420, {at.En}, {Keys(reversal.Claim)}, sent {reversal.SentCount} times: {said.En}");
    }

    private static Words OutcomeForCardCompany(Attempt attempt) => attempt.Outcome switch
    {
        AttemptOutcome.Sent => new("返答待ち", "waiting for the answer"),
        AttemptOutcome.NotSent => new("送信していません。貴社に記録はないはずです", "never sent; you should have no trace of it"),
        AttemptOutcome.Approved approved => new($"承認 DE38={approved.ApprovalCode}", $"approved, DE38={approved.ApprovalCode}"),
        AttemptOutcome.PartiallyApproved partly => new($"一部承認 DE38={partly.ApprovalCode}", $"approved in part, DE38={partly.ApprovalCode}"),
        AttemptOutcome.Declined or AttemptOutcome.Referred => Words.Quoted(CodesOf(attempt).TrimStart(',', ' ')),
        AttemptOutcome.Unknown => new("返答を受け取っていません", "we received no answer"),
        _ => throw new UnreachableException(),
    };

    /// <summary>DE 7, 11 and 37 as they went over the wire.</summary>
    private static string Keys(Claim claim) => $"DE7={claim.WireKey.Split('-')[0]} DE11={claim.Stan:000000} DE37={claim.Rrn}";

    /// <summary>What the answer said, raw, behind a comma; empty where there is no answer.</summary>
    private static string CodesOf(Attempt attempt) => attempt.Outcome switch
    {
        AttemptOutcome.Declined declined => Raw(declined.Codes),
        AttemptOutcome.Referred referred => Raw(referred.Codes),
        AttemptOutcome.Approved approved => $", DE38={approved.ApprovalCode}",
        AttemptOutcome.PartiallyApproved partly => $", DE38={partly.ApprovalCode}, {partly.Amount}",
        AttemptOutcome.NotSent notSent => $", {notSent.Why}",
        AttemptOutcome.Sent or AttemptOutcome.Unknown => "",
        _ => throw new UnreachableException(),
    };

    private static string Raw(AnswerCodes codes) => $", DE39={codes.ResponseCode}{Field(" DE44=", codes.NetworkCode)}{Field(" DE48.84=", codes.AdviceCode)}{Field(" DE48.87=", codes.SecurityCodeResult)}";

    private static string Field(string label, string? value) => value is null ? "" : label + value;

    private static Words Headline(Order order)
    {
        var (amount, state) = (Words.Of(order.Total), OrderWording.StateName(order));
        return new($"ご注文 {order.Number}({amount.Ja}): {state.Ja}。", $"Order {order.Number} ({amount.En}): {state.En}.");
    }

    private static Words Lines(List<Words> lines) =>
        new(string.Join('\n', lines.Select(line => line.Ja)) + "\n", string.Join('\n', lines.Select(line => line.En)) + "\n");
}
