using System.Globalization;
using Shonin.Domain.Orders;

namespace Shonin.Domain.Approvals;

/// <summary>What the schemes' rules allow on a card that has answered before. They bind every path, the customer's button too.</summary>
internal static class RetryRules
{
    /// <summary>An unlisted code may be asked again once by the customer: two such answers are the most.</summary>
    private const int UnlistedAnswersMax = 2;

    /// <summary>Why this card may not be asked again for this order now, or null.</summary>
    public static Decision.Refused? RefusalFor(Order order, CardOnFile card, DateTimeOffset now)
    {
        var unlisted = 0;
        var waiting = SchemeBudgets.RefusalFor(order, card, now);
        foreach (var attempt in order.Attempts)
        {
            if (attempt.Card.Fingerprint != card.Fingerprint || CodesOf(attempt) is not { } codes)
                continue;
            var meaning = ResponseRules.MeaningOf(codes.ResponseCode, codes.NetworkCode, now);
            if (meaning == ResponseMeaning.NeverRetry)
                return new(Refusal.NeverRetryCode, Describe(ResponseRules.RowFor(codes.ResponseCode, now)!));
            if (codes.AdviceCode is { } advice && ResponseRules.NeverRetryAdviceCodes.Contains(advice))
                return new(Refusal.NeverRetryCode, $"Mastercard merchant advice code {advice}: do not try again");
            if (codes.AdviceCode is { } wait && ResponseRules.AdviceWaits.TryGetValue(wait, out var pause) && codes.At + pause > now)
            {
                waiting = Decision.Refused.Longer(
                    waiting,
                    new(
                        Refusal.RetryTooEarly,
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"Mastercard merchant advice code {wait}: not before {codes.At + pause:yyyy-MM-dd'T'HH:mm:ss'Z'}"
                        ),
                        codes.At + pause
                    )
                );
            }

            if (meaning == ResponseMeaning.Unlisted && ++unlisted >= UnlistedAnswersMax)
            {
                return new(
                    Refusal.RetryBudgetSpent,
                    $"response code {codes.ResponseCode} is in no table: once more by the customer, not oftener"
                );
            }
        }
        return waiting;
    }

    /// <summary>
    /// The earliest time at which we may ask again by ourselves after the last answer, or after an approval that ran out; null where we may
    /// not. Where this card answered anything but "not now" since it last approved, only the customer asks it again, after a silence too.
    /// </summary>
    public static DateTimeOffset? EarliestAutomatic(Order order)
    {
        if (order.AttemptsSinceApproval(order.Card).Any(attempt => CodesOf(attempt) is { } earlier && !IsNotNow(earlier)))
            return null;
        var last = order.Attempts.LastOrDefault(attempt => attempt.Outcome is not AttemptOutcome.NotSent);
        if (last?.Outcome is AttemptOutcome.Unknown unknown)
            return unknown.Since;
        if (last?.Outcome is AttemptOutcome.Approved { ExpiredAt: { } expiredAt })
            return expiredAt;
        if (last?.Outcome is not AttemptOutcome.Declined { Codes: var codes })
            return null;
        return codes.AdviceCode is { } wait && ResponseRules.AdviceWaits.TryGetValue(wait, out var pause) ? codes.At + pause : codes.At;
    }

    private static bool IsNotNow(AnswerCodes codes) =>
        ResponseRules.MeaningOf(codes.ResponseCode, codes.NetworkCode, codes.At) == ResponseMeaning.SoftDecline
        && (codes.AdviceCode is not { } advice || !ResponseRules.NeverRetryAdviceCodes.Contains(advice));

    private static AnswerCodes? CodesOf(Attempt attempt) =>
        attempt.Outcome switch
        {
            AttemptOutcome.Declined declined => declined.Codes,
            AttemptOutcome.Referred referred => referred.Codes,
            _ => null,
        };

    private static string Describe(ResponseRule row) =>
        string.Create(CultureInfo.InvariantCulture, $"{row.Code}: {row.Source} (since {row.From:yyyy-MM-dd})");
}
