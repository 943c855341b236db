using Shonin.Domain.Approvals;
using Shonin.Domain.Orders;

namespace Shonin.Domain.Notices;

/// <summary>Whether a customer on hold may confirm with the same card, and what must come first.</summary>
public abstract record ConfirmOffer
{
    private ConfirmOffer() { }

    public sealed record AtOnce : ConfirmOffer;

    /// <summary>The card network told us to wait, or its rules allow no more tries until then.</summary>
    public sealed record NotBefore(DateTimeOffset At) : ConfirmOffer;

    /// <summary>We leave a pause between tries.</summary>
    public sealed record AfterPause(DateTimeOffset At) : ConfirmOffer;

    /// <summary>Once the customer has spoken to the card company.</summary>
    public sealed record AfterCall : ConfirmOffer;

    /// <summary>Once the customer has mended something of the card.</summary>
    public sealed record AfterMending(Mendable What) : ConfirmOffer;

    /// <summary>The scheme's rules forbid asking this card again for this order.</summary>
    public sealed record Never : ConfirmOffer;

    /// <summary>The order was tried as often as it may be: a person at the shop decides.</summary>
    public sealed record PersonDecides : ConfirmOffer;

    /// <summary>We are asking at this moment; there is nothing to press.</summary>
    public sealed record Underway : ConfirmOffer;

    /// <summary>The order is not on hold any more, or its deadline is too near for another answer.</summary>
    public sealed record TooLate : ConfirmOffer;

    /// <summary>What the decider would say to the button now, and what the last answer asks of the customer first.</summary>
    public static ConfirmOffer For(Order order, DateTimeOffset now)
    {
        var onThisCard = order.AttemptsSinceApproval(order.Card).Select(CodesOf).OfType<AnswerCodes>().ToList();
        var refused = OrderActions.RefusalToConfirm(order, now);
        if (OrderActions.ConfirmAgainAt(order, now) is { } again)
            return refused == CustomerTries.PauseFor(order, order.Card, now) ? new AfterPause(again) : new NotBefore(again);
        if (refused is null)
            return onThisCard.LastOrDefault() is { } last ? After(last) : new AtOnce();
        return refused.Reason switch
        {
            Refusal.AttemptInProgress => new Underway(),
            Refusal.TriesSpent => new PersonDecides(),
            Refusal.NeverRetryCode or Refusal.RetryBudgetSpent or Refusal.RetryTooEarly => new Never(),
            Refusal.OrderNotFound
            or Refusal.ShipmentNotFound
            or Refusal.NotOnHold
            or Refusal.AlreadyApproved
            or Refusal.AlreadyShipped
            or Refusal.AlreadyCancelled
            or Refusal.DeadlinePassed
            or Refusal.NoLiveAuthorization
            or Refusal.InvalidAmount
            or Refusal.InvalidItems
            or Refusal.CardNotProved
            or Refusal.InvalidDeadline
            or Refusal.NotSettledSo => new TooLate(),
        };
    }

    private static ConfirmOffer After(AnswerCodes last)
    {
        if (ResponseRules.RowFor(last.ResponseCode, last.At)?.Mendable is { } what)
            return new AfterMending(what);
        return MeaningOf(last) == ResponseMeaning.Referral ? new AfterCall() : new AtOnce();
    }

    internal static ResponseMeaning MeaningOf(AnswerCodes codes) =>
        ResponseRules.MeaningOf(codes.ResponseCode, codes.NetworkCode, codes.At);

    private static AnswerCodes? CodesOf(Attempt attempt) =>
        attempt.Outcome switch
        {
            AttemptOutcome.Declined declined => declined.Codes,
            AttemptOutcome.Referred referred => referred.Codes,
            AttemptOutcome.Sent
            or AttemptOutcome.NotSent
            or AttemptOutcome.Approved
            or AttemptOutcome.PartiallyApproved
            or AttemptOutcome.Unknown => null,
            _ => throw new System.Diagnostics.UnreachableException(),
        };
}
