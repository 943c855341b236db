using System.Diagnostics;
using Shonin.Domain.Approvals;
using Shonin.Domain.Orders;

namespace Shonin.Domain.Notices;

/// <summary>Who asks why. Each may know something else, so each gets a text of its own.</summary>
public enum Audience
{
    /// <summary>
    /// Never the card company's reasons, which are the card company's to tell, and never digits of a card: what an agent copies may travel
    /// anywhere.
    /// </summary>
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
    /// <param name="around">What is known beyond the order's own history; null for nothing.</param>
    public static Words Explain(
        Audience audience,
        Order order,
        IReadOnlyList<OrderEvent> history,
        SpokenTime time,
        DateTimeOffset now,
        Surroundings? around = null
    )
    {
        var known = around ?? Surroundings.Nothing;
        return audience switch
        {
            Audience.Customer => Lines(ForCustomer(order, time, now, known)),
            Audience.Agent => Lines(ForAgent(order, history, time, now, known)),
            Audience.CardCompany => Lines(ForCardCompany(order, time)),
        };
    }

    private static List<Words> ForCustomer(Order order, SpokenTime time, DateTimeOffset now, Surroundings around)
    {
        var lines = new List<Words>
        {
            Headline(order, around.Record),
            OrderWording.StateMeaning(order),
            CardHoldWording.Of(order, around.Record),
        };
        lines.AddRange(RequestAccount.Of(order, time, CardMention.Brand, around.Record).Select(Bulleted));
        if (WhoRefused(order, around.Record) is { } refused)
            lines.Add(refused);
        lines.AddRange(FamilyWording.Of(order, around.Family));
        lines.AddRange(Ahead(order, time, now, around.Record));
        return lines;
    }

    /// <summary>What happens next by itself, what can be done, and by when: nobody who asks why is left without it.</summary>
    private static IEnumerable<Words> Ahead(Order order, SpokenTime time, DateTimeOffset now, CardCompanyRecord record)
    {
        if (order.Hold is not { } hold)
            yield break;
        var advice = HoldAdvice.For(order, hold.Class, time, now, CardMention.Brand, record);
        yield return new($"このあと: {advice.Next.Ja}", $"What happens next: {advice.Next.En}");
        if (order.AttemptInFlight is null)
        {
            yield return new(
                $"お客様にできること: {string.Concat(advice.Choices.Select(choice => $"「{choice.Name.Ja}」"))}",
                $"What you can do: {string.Join(", ", advice.Choices.Select(choice => $"“{choice.Name.En}”"))}"
            );
        }

        yield return new($"期限: {advice.Deadline.Ja}。{advice.AtDeadline.Ja}", $"Deadline: {advice.Deadline.En}. {advice.AtDeadline.En}");
    }

    /// <summary>Whether the card company refused, as far as it is known; null where there is nothing to say.</summary>
    public static Words? WhoRefused(Order order, CardCompanyRecord record)
    {
        if (RequestAccount.HasRefusal(order))
        {
            return new(
                "承認しない理由は、当店には知らされません。カード会社にお尋ねになれます。",
                "We aren't told the reasons. You can ask your card company."
            );
        }

        if (order.Attempts.Any(attempt => attempt.Outcome is AttemptOutcome.Referred))
        {
            return new(
                "何を確かめたいのかは、当店には知らされません。カード会社にお尋ねになれます。",
                "We aren't told what it wants to check. You can ask your card company."
            );
        }

        if (!order.Attempts.Any(attempt => attempt.Outcome is AttemptOutcome.NotSent or AttemptOutcome.Unknown or AttemptOutcome.Declined))
            return null;
        return order.Attempts.All(attempt =>
            attempt.Outcome is not AttemptOutcome.Unknown || IsKnownNotRefused(attempt, record.Of(attempt.Ordinal))
        )
            ? new("カード会社は、このご注文を断っていません。", "Your card company hasn't refused this order.")
            : new("断られたという知らせは、受けていません。", "We weren't told of any refusal.");
    }

    private static bool IsKnownNotRefused(Attempt attempt, RecordedRequest recorded) =>
        attempt.Late is { Says: LateAnswerSays.Approved } || recorded.Fate is RecordedFate.NeverArrived or RecordedFate.Approved;

    private static Words Bulleted(AccountLine line) => new($"・{line.Label.Ja}: {line.What.Ja}", $"・{line.Label.En}: {line.What.En}");

    private static List<Words> ForAgent(
        Order order,
        IReadOnlyList<OrderEvent> history,
        SpokenTime time,
        DateTimeOffset now,
        Surroundings around
    )
    {
        var lines = new List<Words> { Headline(order, around.Record) };
        if (order.AttentionEver.Contains(AttentionReason.DoNotShip))
        {
            lines.Add(
                new(
                    "発送しないでください。理由をお客様に説明しないでください。お客様にはカード会社へのお問い合わせをご案内します。",
                    "Do not ship. Do not explain why to the customer; point the customer to the card company."
                )
            );
        }

        var said = ToSay(order, time, now, around);
        lines.Add(new($"お客様への言い方: {said.Ja}", $"Say to the customer: “{said.En}”"));
        foreach (var reason in order.Attention)
        {
            var (name, leaves) = (AttentionWording.Of(reason), AttentionWording.LeavesWhen(reason));
            lines.Add(new($"要対応: {name.Ja}。{leaves.Ja}", $"Needs attention: {name.En}. {leaves.En}"));
        }
        foreach (var attempt in order.Attempts)
            lines.Add(AttemptForAgent(attempt, time));
        foreach (var evidence in history.OfType<OrderEvent.EvidenceNoted>())
        {
            var at = time.DayAndSecond(evidence.At);
            lines.Add(
                new(
                    $"・{at.Ja} 照会{evidence.Attempt}への遅れた・重ねての返答 ({evidence.Kind}): DE39={evidence.ResponseCode}{Field(" DE38=", evidence.ApprovalCode)}",
                    $"・{at.En}, a further answer to attempt {evidence.Attempt} ({evidence.Kind}): DE39={evidence.ResponseCode}{Field(" DE38=", evidence.ApprovalCode)}"
                )
            );
        }
        if (order.Hold is { } hold)
            lines.Add(HoldForAgent(order, hold, time));
        if (order.Hold is not null && OrderActions.RefusalToConfirm(order, now) is { } refusal)
        {
            lines.Add(
                new(
                    $"同じカードでの確認は、いまはできません: {refusal.Reason}{Field("、", refusal.Rule)}",
                    $"Confirming with the same card is refused now: {refusal.Reason}{Field(", ", refusal.Rule)}"
                )
            );
        }

        lines.AddRange(around.Family.Others.Select(InARow));
        lines.AddRange(order.Notices.Select(record => Told(record, time)));
        return lines;
    }

    /// <summary>
    /// What may be read out as it stands, in the customer's own words: the state, what we know, what became of each request, what happens
    /// next, and the deadline.
    /// </summary>
    public static Words ToSay(Order order, SpokenTime time, DateTimeOffset now, Surroundings around)
    {
        var account = RequestAccount.Of(order, time, CardMention.Brand, around.Record);
        var asked =
            account.Length < 2
                ? []
                : account.Select(line => new Words($"{line.Label.Ja}: {line.What.Ja}", $"{line.Label.En}: {line.What.En}"));
        IEnumerable<Words> sentences =
            order.Hold is { } hold && HoldAdvice.For(order, hold.Class, time, now, CardMention.Brand, around.Record) is var advice
                ?
                [
                    advice.Known,
                    advice.NotKnown,
                    .. asked,
                    advice.Next,
                    new(
                        $"期限は{advice.Deadline.Ja}です。{advice.AtDeadline.Ja}",
                        $"The deadline is {advice.Deadline.En}. {advice.AtDeadline.En}"
                    ),
                ]
                : [OrderWording.StateMeaning(order), CardHoldWording.Of(order, around.Record), .. asked];
        var (amount, state) = (Words.Of(order.Total), OrderWording.StateName(order, around.Record));
        var begins = new Words(
            $"ご注文 {order.Number}({amount.Ja})は、いま「{state.Ja}」という状態です。",
            $"About your order {order.Number} ({amount.En}): {state.En}."
        );
        return sentences.Concat(FamilyWording.Of(order, around.Family)).Aggregate(begins, (before, next) => before.Then(next));
    }

    private static Words InARow(FamilyMember other)
    {
        var state = FamilyWording.StateOf(other);
        return new($"続けてのご注文 {other.Number}: {state.Ja}", $"Order in a row {other.Number}: {state.En}");
    }

    private static Words Told(NoticeRecord record, SpokenTime time)
    {
        var (name, number) = (NoticeNames.Of(record.Notice), record.Notice.NumberToQuote());
        var became = BecameOf(record, time);
        return new($"お知らせ {number}: {name.Ja}、{became.Ja}", $"Notice {number}: {name.En}, {became.En}");
    }

    private static Words BecameOf(NoticeRecord record, SpokenTime time)
    {
        if (record.UndeliverableAt is { } undeliverable)
            return new($"届かず({time.DayAndTime(undeliverable).Ja})", $"not delivered, known since {time.DayAndTime(undeliverable).En}");
        if (record.WithdrawnAt is not null)
            return new("次のお知らせがあるので送らず", "never sent: a later notice says it");
        if (record.SentAt is { } sent)
            return new($"{time.DayAndTime(sent).Ja}に送信", $"sent on {time.DayAndTime(sent).En}");
        return new($"{time.DayAndTime(record.QueuedAt).Ja}から未送信", $"waiting to be sent since {time.DayAndTime(record.QueuedAt).En}");
    }

    private static Words AttemptForAgent(Attempt attempt, SpokenTime time)
    {
        var (at, codes, outcome, wish) = (
            time.DayAndSecond(attempt.Claim.TransmittedAt),
            CodesOf(attempt),
            AttemptNames.Of(attempt.Outcome),
            AttemptNames.Of(attempt.Initiator)
        );
        var reversal = attempt.Reversal is { } taken ? $", 0420 ×{taken.SentCount} → {taken.AnswerCode ?? "…"}" : "";
        var rest = $"{codes}, RRN {attempt.Claim.Rrn}, STAN {attempt.Claim.Stan:000000}{reversal}";
        return new(
            $"・照会{attempt.Ordinal} {at.Ja} ({wish.Ja}): {attempt.Card.Brand} {attempt.Card.Last4}, {outcome.Ja}{rest}",
            $"・Attempt {attempt.Ordinal}, {at.En} ({wish.En}): {attempt.Card.Brand} {attempt.Card.Last4}, {outcome.En}{rest}"
        );
    }

    private static Words HoldForAgent(Order order, Hold hold, SpokenTime time)
    {
        var (deadline, name) = (time.DayAndTime(hold.Deadline), OrderWording.HoldName(order, hold.Class, DateTimeOffset.MaxValue));
        return (hold.SendAgainAt ?? hold.RetryAt) is { } retryAt
            ? new(
                $"承認待ち{hold.Episode}: {name.Ja}。次の自動照会 {time.DayAndTime(retryAt).Ja}、期限 {deadline.Ja}。",
                $"Hold {hold.Episode}: {name.En}. Next automatic attempt {time.DayAndTime(retryAt).En}, deadline {deadline.En}."
            )
            : new(
                $"承認待ち{hold.Episode}: {name.Ja}。自動照会なし、期限 {deadline.Ja}。",
                $"Hold {hold.Episode}: {name.En}. No automatic attempt, deadline {deadline.En}."
            );
    }

    private static List<Words> ForCardCompany(Order order, SpokenTime time)
    {
        var amount = Words.Of(order.Total);
        var lines = new List<Words>
        {
            new(
                $"注文 {order.Number}(DE62)、{amount.Ja} について、貴社の記録との照合をお願いします。",
                $"Please hold your records of order {order.Number} (DE62), {amount.En}, against these."
            ),
            Declines(order),
        };
        foreach (var attempt in order.Attempts)
        {
            var (at, said) = (time.DayAndSecond(attempt.Claim.TransmittedAt), OutcomeForCardCompany(attempt));
            lines.Add(
                new(
                    $"・0100 {at.Ja} {Keys(attempt.Claim)} 下4桁 {attempt.Card.Last4}: {said.Ja}",
                    $"・0100, {at.En}, {Keys(attempt.Claim)}, card ending {attempt.Card.Last4}: {said.En}"
                )
            );
            if (attempt.Reversal is { } reversal)
                lines.Add(ReversalForCardCompany(reversal, time));
        }
        return lines;
    }

    /// <summary>
    /// The question that both sides are asked first: was it declined? An answer that blames our request, or decides nothing, is no decline.
    /// </summary>
    private static Words Declines(Order order)
    {
        var count = order.Attempts.Count(attempt =>
            attempt.Outcome is AttemptOutcome.Declined declined && ResponseRules.SaysOf(declined.Codes) == AnswerSays.No
        );
        if (count > 0)
        {
            return new(
                $"当店は、この注文について貴社の否認の返答を{count}件受け取りました。",
                $"We received {count} {(count == 1 ? "decline" : "declines")} from you for this order."
            );
        }

        var isOpen = order.Attempts.Any(attempt => attempt.Outcome is AttemptOutcome.Unknown or AttemptOutcome.Sent);
        var none = new Words(
            "当店は、この注文について貴社の否認の返答を受け取っていません。",
            "We have received no decline from you for this order."
        );
        return isOpen
            ? none.Then(
                new(
                    "返答を受け取っていない問い合わせについて、貴社の記録をお知らせください。",
                    "Please tell us what your records say about the requests that we received no answer to."
                )
            )
            : none;
    }

    private static Words ReversalForCardCompany(Reversal reversal, SpokenTime time)
    {
        var at = time.DayAndSecond(reversal.Claim.TransmittedAt);
        var said = reversal.AnswerCode is { } code
            ? new Words($"DE39={code}", $"DE39={code}")
            : new Words("返答なし、再送中", "no answer yet, being repeated");
        return new(
            $"  取消 0420 {at.Ja} {Keys(reversal.Claim)} 送信{reversal.SentCount}回: {said.Ja}",
            $"  reversal 0420, {at.En}, {Keys(reversal.Claim)}, sent {(reversal.SentCount == 1 ? "once" : $"{reversal.SentCount} times")}: {said.En}"
        );
    }

    private static Words OutcomeForCardCompany(Attempt attempt) =>
        attempt.Outcome switch
        {
            AttemptOutcome.Sent => new("返答待ち", "waiting for the answer"),
            AttemptOutcome.NotSent => new("送信していません。貴社に記録はないはずです", "never sent; you should have no trace of it"),
            AttemptOutcome.Approved approved => new($"承認 DE38={approved.ApprovalCode}", $"approved, DE38={approved.ApprovalCode}"),
            AttemptOutcome.PartiallyApproved partly => new(
                $"一部承認 DE38={partly.ApprovalCode}",
                $"approved in part, DE38={partly.ApprovalCode}"
            ),
            AttemptOutcome.Declined or AttemptOutcome.Referred => Words.Quoted(CodesOf(attempt).TrimStart(',', ' ')),
            AttemptOutcome.Unknown => new("返答を受け取っていません", "we received no answer"),
            _ => throw new UnreachableException(),
        };

    /// <summary>DE 7, 11 and 37 as they went over the wire.</summary>
    private static string Keys(Claim claim) => $"DE7={claim.WireKey.Split('-')[0]} DE11={claim.Stan:000000} DE37={claim.Rrn}";

    /// <summary>What the answer said, raw, behind a comma; empty where there is no answer.</summary>
    private static string CodesOf(Attempt attempt) =>
        attempt.Outcome switch
        {
            AttemptOutcome.Declined declined => Raw(declined.Codes),
            AttemptOutcome.Referred referred => Raw(referred.Codes),
            AttemptOutcome.Approved approved => $", DE38={approved.ApprovalCode}",
            AttemptOutcome.PartiallyApproved partly => $", DE38={partly.ApprovalCode}, {partly.Amount}",
            AttemptOutcome.NotSent notSent => $", {notSent.Why}",
            AttemptOutcome.Sent or AttemptOutcome.Unknown => "",
            _ => throw new UnreachableException(),
        };

    private static string Raw(AnswerCodes codes) =>
        $", DE39={codes.ResponseCode}{Field(" DE44=", codes.NetworkCode)}{Field(" DE48.84=", codes.AdviceCode)}{Field(" DE48.87=", codes.SecurityCodeResult)}";

    private static string Field(string label, string? value) => value is null ? "" : label + value;

    private static Words Headline(Order order, CardCompanyRecord record)
    {
        var (amount, state) = (Words.Of(order.Total), OrderWording.StateName(order, record));
        return new($"ご注文 {order.Number}({amount.Ja}): {state.Ja}。", $"Order {order.Number} ({amount.En}): {state.En}.");
    }

    private static Words Lines(List<Words> lines) =>
        new(string.Join('\n', lines.Select(line => line.Ja)) + "\n", string.Join('\n', lines.Select(line => line.En)) + "\n");
}
