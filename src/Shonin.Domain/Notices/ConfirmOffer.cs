using Shonin.Domain.Approvals;
using Shonin.Domain.Orders;

namespace Shonin.Domain.Notices;

/// <summary>Whether a customer on hold may confirm with the same card, and what must come first.</summary>
public abstract record ConfirmOffer
{
    private ConfirmOffer() { }

    public sealed record AtOnce : ConfirmOffer;

    /// <summary>The card network told us to wait.</summary>
    public sealed record NotBefore(DateTimeOffset At) : ConfirmOffer;

    /// <summary>Once the customer has spoken to the card company.</summary>
    public sealed record AfterCall : ConfirmOffer;

    /// <summary>Once the customer has mended something of the card.</summary>
    public sealed record AfterMending(Mendable What) : ConfirmOffer;

    /// <summary>The scheme's rules forbid asking this card again for this order.</summary>
    public sealed record Never : ConfirmOffer;

    /// <summary>We are asking at this moment; there is nothing to press.</summary>
    public sealed record Underway : ConfirmOffer;

    /// <summary>A code that no table names may be asked about this often: the first time, and once by the customer.</summary>
    private const int UnlistedAnswersMax = 2;

    public static ConfirmOffer For(Order order, DateTimeOffset now)
    {
        if (order.AttemptInFlight is not null)
            return new Underway();
        var onThisCard = order.Attempts.Where(attempt => attempt.Card.Fingerprint == order.Card.Fingerprint).ToList();
        if (onThisCard.Select(CodesOf).Any(codes => codes is not null && ForbidsRetry(codes)))
            return new Never();
        return onThisCard.Where(attempt => attempt.Card.Token == order.Card.Token).Select(CodesOf).LastOrDefault(codes => codes is not null) is { } last
            ? After(last, onThisCard, now)
            : new AtOnce();
    }

    private static ConfirmOffer After(AnswerCodes last, List<Attempt> onThisCard, DateTimeOffset now)
    {
        if (ResponseRules.RowFor(last.ResponseCode, last.At)?.Mendable is { } what)
            return new AfterMending(what);
        if (MeaningOf(last) == ResponseMeaning.Referral)
            return new AfterCall();
        if (last.AdviceCode is { } advice && ResponseRules.AdviceWaits.TryGetValue(advice, out var wait) && last.At + wait > now)
            return new NotBefore(last.At + wait);
        var unlisted = onThisCard.Select(CodesOf).Count(codes => codes is not null && MeaningOf(codes) == ResponseMeaning.Unlisted);
        return unlisted >= UnlistedAnswersMax ? new Never() : new AtOnce();
    }

    internal static AnswerCodes? CodesOf(Attempt attempt) => attempt.Outcome switch
    {
        AttemptOutcome.Declined declined => declined.Codes,
        AttemptOutcome.Referred referred => referred.Codes,
        AttemptOutcome.Sent or AttemptOutcome.NotSent or AttemptOutcome.Approved or AttemptOutcome.PartiallyApproved or AttemptOutcome.Unknown => null,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    internal static ResponseMeaning MeaningOf(AnswerCodes codes) => ResponseRules.MeaningOf(codes.ResponseCode, codes.NetworkCode, codes.At);

    private static bool ForbidsRetry(AnswerCodes codes) =>
        MeaningOf(codes) == ResponseMeaning.NeverRetry || (codes.AdviceCode is { } advice && ResponseRules.NeverRetryAdviceCodes.Contains(advice));
}
