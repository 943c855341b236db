using System.Diagnostics;
using Shonin.Domain.Approvals;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;

namespace Shonin.Merchant.Views;

/// <summary>What the two records come to. JSON writes these names in camelCase.</summary>
public enum FindingCode
{
    /// <summary>The card company has no trace of the request, in a record that is complete.</summary>
    RequestNeverArrived,
    /// <summary>The card company decided, and its answer did not reach us.</summary>
    AnswerLost,
    /// <summary>The answer reached us after we had given up.</summary>
    AnswerLate,
    Declined,
    Referred,
    DeclinedThenApproved,
    /// <summary>Both sides agree from the first request on.</summary>
    None,
}

/// <summary>The finding in a sentence, for the customer as for anybody: it names no reason of the card company's.</summary>
public sealed record Finding(FindingCode Code, string Ja, string En)
{
    public string In(Domain.Locale locale) => new Words(Ja, En).In(locale);

    /// <summary>
    /// Looks at the first request that was not simply approved. Silence is explained by the card company's record alone, so without it,
    /// or while it does not yet cover that time, there is no finding (null).
    /// </summary>
    public static Finding? Of(OrderRecord record, CardCompanyEvidence? evidence)
    {
        var order = record.Order;
        foreach (var attempt in order.Attempts)
            switch (attempt.Outcome)
            {
                case AttemptOutcome.Approved or AttemptOutcome.Sent:
                    continue;
                case AttemptOutcome.NotSent:
                    return Say(FindingCode.RequestNeverArrived, order, attempt, NeverLeft(attempt));
                case AttemptOutcome.Unknown:
                    return OfSilence(record, attempt, evidence);
                case AttemptOutcome.Declined or AttemptOutcome.PartiallyApproved when ApprovedAfter(order, attempt):
                    return Say(FindingCode.DeclinedThenApproved, order, attempt, Declined(attempt));
                case AttemptOutcome.Declined or AttemptOutcome.PartiallyApproved:
                    return Say(FindingCode.Declined, order, attempt, Declined(attempt));
                case AttemptOutcome.Referred:
                    return Say(FindingCode.Referred, order, attempt, Referred(attempt));
                default:
                    throw new UnreachableException();
            }
        return new(FindingCode.None, "当店とカード会社の記録は、最初から一致しています。", "Our record and the card company's agree from the start.");
    }

    private static Finding? OfSilence(OrderRecord record, Attempt attempt, CardCompanyEvidence? evidence)
    {
        var cameLate = record.History.Any(happened => happened is OrderEvent.EvidenceNoted { Kind: EvidenceKind.LateApproval or EvidenceKind.LateAnswer } noted
            && noted.Attempt == attempt.Ordinal);
        if (cameLate)
            return Say(FindingCode.AnswerLate, record.Order, attempt, new(
                $"{Name(attempt).Ja}の返答は、当店が待つのをやめたあとに届きました。断られたのではありません。",
                $"The answer to {Name(attempt).En} came after we had stopped waiting. You weren't refused."));
        var books = Books.Of(record, evidence);
        return books.RowOf(attempt.Claim) is { } row
            ? Say(FindingCode.AnswerLost, record.Order, attempt, AnswerLost(attempt, row))
            : books.FateOf(attempt.Claim, attempt.AnswerDueAt) switch
            {
                CrossingFate.Lost => Say(FindingCode.RequestNeverArrived, record.Order, attempt, NeverArrived(attempt)),
                CrossingFate.NotKnown => null,
                CrossingFate.Arrived => throw new UnreachableException(),
                _ => throw new UnreachableException(),
            };
    }

    private static Words NeverArrived(Attempt attempt) => new(
        $"{Name(attempt).Ja}は、カード会社に届いていませんでした。カード会社に断った記録がないのは、断っていないからです。",
        $"{Capital(Name(attempt).En)} never reached the card company: it has no trace of a decline because there was none.");

    private static Words NeverLeft(Attempt attempt) => new(
        $"{Name(attempt).Ja}は、当店から出ていませんでした。カード会社に記録がないのは、そのためです。断られたのではありません。",
        $"{Capital(Name(attempt).En)} never left us. That is why the card company has no trace of it. You weren't refused.");

    private static Words AnswerLost(Attempt attempt, CardCompanyRow row) => row.ResponseCode == ResponseCodes.Approved
        ? new(
            $"{Name(attempt).Ja}は、カード会社で承認されていました。その返答が、当店に届きませんでした。",
            $"The card company approved {Name(attempt).En}. Its answer never reached us.")
        : new(
            $"{Name(attempt).Ja}は、カード会社に届いていました。その返答が、当店に届きませんでした。",
            $"{Capital(Name(attempt).En)} reached the card company. Its answer never reached us.");

    private static Words Declined(Attempt attempt) => new(
        $"{Name(attempt).Ja}を、カード会社は承認しませんでした。", $"The card company said no to {Name(attempt).En}.");

    private static Words Referred(Attempt attempt) => new(
        $"{Name(attempt).Ja}に、カード会社は、先にご本人と話したいと答えました。断られたのではありません。",
        $"To {Name(attempt).En}, the card company answered that it wants to speak to you first. You weren't refused.");

    /// <summary>The sentence, and what came of the order afterwards.</summary>
    private static Finding Say(FindingCode code, Order order, Attempt attempt, Words what)
    {
        var whole = ApprovedAfter(order, attempt)
            ? what.Then(new("そのあとの問い合わせは、承認されました。", "A later request was approved."))
            : what;
        return new(code, whole.Ja, whole.En);
    }

    private static bool ApprovedAfter(Order order, Attempt attempt) =>
        order.Attempts.Any(later => later.Ordinal > attempt.Ordinal && later.Outcome is AttemptOutcome.Approved);

    private static Words Name(Attempt attempt) => attempt.Ordinal == 1
        ? new("最初の問い合わせ", "your first request")
        : new($"{attempt.Ordinal}回目の問い合わせ", $"request {attempt.Ordinal}");

    private static string Capital(string sentence) => char.ToUpperInvariant(sentence[0]) + sentence[1..];
}
