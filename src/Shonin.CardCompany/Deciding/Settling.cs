namespace Shonin.CardCompany.Deciding;

/// <summary>What happens to an authorization afterwards: it is reversed, captured, refunded.</summary>
internal static class Settling
{
    private const string RefundProcessing = "200000"; // ISO 8583:1987 field 3, returns

    /// <summary>
    /// Undoes an authorization, or brings it down to a new total. One that was never seen is remembered, so that a request which
    /// was overtaken by its own reversal is refused when it comes.
    /// </summary>
    public static CardDecision.Answered Reverse(CardHistory history, CardRequest.Reverse request)
    {
        var original = history.Authorizations.GetValueOrDefault(request.Original);
        var (code, why, newTotal) = original?.Standing switch
        {
            null => (IssuerResponseCodes.NothingFound, Reason.NothingFound, null),
            AuthorizationStanding.Held held => Released(held, request.NewTotal),
            AuthorizationStanding.Reversed => (IssuerResponseCodes.Approved, Reason.ReversedBefore, null),
            _ => (IssuerResponseCodes.NothingToDo, Reason.NothingHeld, (long?)null),
        };
        var answer = new Answer(code);
        Amount? amount = newTotal is { } total ? new Amount(total, original!.Request.Amount.Currency) : null;
        return new CardDecision.Answered(
            [new CardEvent.ReversalDecided(request.Facts, request.Original, answer, why, amount, request.ReasonCode)],
            answer
        );
    }

    /// <summary>Without a new total everything goes that is not captured.</summary>
    private static (string Code, Reason Why, long? NewTotal) Released(AuthorizationStanding.Held held, long? newTotal) =>
        newTotal switch
        {
            null => (IssuerResponseCodes.Approved, held.CapturedPart == 0 ? Reason.Reversed : Reason.ReversedInPart, held.CapturedPart),
            0 when held.CapturedPart == 0 => (IssuerResponseCodes.Approved, Reason.Reversed, 0),
            { } total when total < held.CapturedPart => (IssuerResponseCodes.InvalidAmount, Reason.NewTotalBelowCaptured, null),
            { } total when total == held.Total && total < held.Hold.Amount.MinorUnits => (
                IssuerResponseCodes.Approved,
                Reason.ReversedBefore,
                null
            ),
            { } total when total == held.Total => (IssuerResponseCodes.NothingToDo, Reason.NewTotalNotBelow, null),
            { } total when total > held.Total => (IssuerResponseCodes.InvalidAmount, Reason.NewTotalNotBelow, null),
            { } total => (IssuerResponseCodes.Approved, Reason.ReversedInPart, total),
        };

    /// <summary>Takes the money, in one or several parts that together never exceed what is held.</summary>
    public static CardDecision.Answered Capture(CardHistory history, CardRequest.Capture request)
    {
        var asked = request.Facts.Amount;
        var original = history.Authorizations.GetValueOrDefault(request.Original);
        var (code, why) = original switch
        {
            null => (IssuerResponseCodes.NothingFound, Reason.NothingFound),
            _ when asked.MinorUnits == 0 => (IssuerResponseCodes.InvalidAmount, Reason.AmountZero),
            _ when asked.Currency != original.Request.Amount.Currency => (IssuerResponseCodes.InvalidTransaction, Reason.OtherCurrency),
            { Standing: AuthorizationStanding.Cleared cleared } when cleared.ApprovalCode == request.ApprovalCode => (
                IssuerResponseCodes.InvalidAmount,
                Reason.MoreThanHeld
            ),
            { Standing: AuthorizationStanding.Held held } when held.Hold.ApprovalCode == request.ApprovalCode => asked.MinorUnits
            <= held.Total - held.CapturedPart
                ? (IssuerResponseCodes.Approved, Reason.Captured)
                : (IssuerResponseCodes.InvalidAmount, Reason.MoreThanHeld),
            { Standing: AuthorizationStanding.Held or AuthorizationStanding.Cleared } => (
                IssuerResponseCodes.NothingFound,
                Reason.ApprovalCodeDiffers
            ),
            _ => (IssuerResponseCodes.InvalidTransaction, Reason.NotHeld),
        };
        var answer = new Answer(code);
        return new CardDecision.Answered(
            [new CardEvent.CaptureDecided(request.Facts, request.Original, answer, why, why is Reason.Captured ? asked : null)],
            answer
        );
    }

    /// <summary>Gives back at most what was captured and not yet given back.</summary>
    public static CardDecision.Answered Refund(CardHistory history, CardRequest.Refund request)
    {
        var asked = request.Facts.Amount;
        var original = history.Authorizations.GetValueOrDefault(request.Original);
        var (code, why) = original switch
        {
            _ when request.ProcessingCode != RefundProcessing => (IssuerResponseCodes.InvalidTransaction, Reason.UnknownProcessing),
            null => (IssuerResponseCodes.NothingFound, Reason.NothingFound),
            _ when asked.MinorUnits == 0 => (IssuerResponseCodes.InvalidAmount, Reason.AmountZero),
            _ when asked.Currency != original.Request.Amount.Currency => (IssuerResponseCodes.InvalidTransaction, Reason.OtherCurrency),
            _ when asked.MinorUnits > original.Captured - original.Refunded => (IssuerResponseCodes.InvalidAmount, Reason.MoreThanCaptured),
            _ => (IssuerResponseCodes.Approved, Reason.Refunded),
        };
        var answer = new Answer(code);
        return new CardDecision.Answered(
            [new CardEvent.RefundDecided(request.Facts, request.Original, answer, why, why is Reason.Refunded ? asked : null)],
            answer
        );
    }
}
