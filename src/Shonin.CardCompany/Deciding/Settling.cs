namespace Shonin.CardCompany.Deciding;

/// <summary>What happens to an authorization afterwards: it is reversed, captured, refunded.</summary>
internal static class Settling
{
    private const string RefundProcessing = "200000"; // ISO 8583:1987 field 3, returns

    /// <summary>
    /// Undoes an authorization, or brings it down to a new total. One that was never seen is remembered, so that a request which
    /// was overtaken by its own reversal is refused when it comes.
    /// </summary>
    public static Decision.Answered Reverse(CardHistory history, CardRequest.Reverse request)
    {
        var original = history.Authorizations.GetValueOrDefault(request.Original);
        var (code, why, newTotal) = original?.Standing switch
        {
            null => (ResponseCodes.NothingFound, Reason.NothingFound, null),
            Standing.Held held => Released(held, request.NewTotal),
            Standing.Reversed => (ResponseCodes.Approved, Reason.ReversedBefore, null),
            _ => (ResponseCodes.NothingToDo, Reason.NothingHeld, (long?)null),
        };
        var answer = new Answer(code);
        Amount? amount = newTotal is { } total ? new Amount(total, original!.Request.Amount.Currency) : null;
        return new Decision.Answered(
            [new CardEvent.ReversalDecided(request.Facts, request.Original, answer, why, amount, request.ReasonCode)],
            answer
        );
    }

    /// <summary>Without a new total everything goes that is not captured.</summary>
    private static (string Code, Reason Why, long? NewTotal) Released(Standing.Held held, long? newTotal) =>
        newTotal switch
        {
            null => (ResponseCodes.Approved, held.CapturedPart == 0 ? Reason.Reversed : Reason.ReversedInPart, held.CapturedPart),
            0 when held.CapturedPart == 0 => (ResponseCodes.Approved, Reason.Reversed, 0),
            { } total when total < held.CapturedPart => (ResponseCodes.InvalidAmount, Reason.NewTotalBelowCaptured, null),
            { } total when total == held.Total && total < held.Hold.Amount.MinorUnits => (
                ResponseCodes.Approved,
                Reason.ReversedBefore,
                null
            ),
            { } total when total == held.Total => (ResponseCodes.NothingToDo, Reason.NewTotalNotBelow, null),
            { } total when total > held.Total => (ResponseCodes.InvalidAmount, Reason.NewTotalNotBelow, null),
            { } total => (ResponseCodes.Approved, Reason.ReversedInPart, total),
        };

    /// <summary>Takes the money, in one or several parts that together never exceed what is held.</summary>
    public static Decision.Answered Capture(CardHistory history, CardRequest.Capture request)
    {
        var asked = request.Facts.Amount;
        var original = history.Authorizations.GetValueOrDefault(request.Original);
        var (code, why) = original switch
        {
            null => (ResponseCodes.NothingFound, Reason.NothingFound),
            _ when asked.MinorUnits == 0 => (ResponseCodes.InvalidAmount, Reason.AmountZero),
            _ when asked.Currency != original.Request.Amount.Currency => (ResponseCodes.InvalidTransaction, Reason.OtherCurrency),
            { Standing: Standing.Cleared cleared } when cleared.ApprovalCode == request.ApprovalCode => (
                ResponseCodes.InvalidAmount,
                Reason.MoreThanHeld
            ),
            { Standing: Standing.Held held } when held.Hold.ApprovalCode == request.ApprovalCode => asked.MinorUnits
            <= held.Total - held.CapturedPart
                ? (ResponseCodes.Approved, Reason.Captured)
                : (ResponseCodes.InvalidAmount, Reason.MoreThanHeld),
            { Standing: Standing.Held or Standing.Cleared } => (ResponseCodes.NothingFound, Reason.ApprovalCodeDiffers),
            _ => (ResponseCodes.InvalidTransaction, Reason.NotHeld),
        };
        var answer = new Answer(code);
        return new Decision.Answered(
            [new CardEvent.CaptureDecided(request.Facts, request.Original, answer, why, why is Reason.Captured ? asked : null)],
            answer
        );
    }

    /// <summary>Gives back at most what was captured and not yet given back.</summary>
    public static Decision.Answered Refund(CardHistory history, CardRequest.Refund request)
    {
        var asked = request.Facts.Amount;
        var original = history.Authorizations.GetValueOrDefault(request.Original);
        var (code, why) = original switch
        {
            _ when request.ProcessingCode != RefundProcessing => (ResponseCodes.InvalidTransaction, Reason.UnknownProcessing),
            null => (ResponseCodes.NothingFound, Reason.NothingFound),
            _ when asked.MinorUnits == 0 => (ResponseCodes.InvalidAmount, Reason.AmountZero),
            _ when asked.Currency != original.Request.Amount.Currency => (ResponseCodes.InvalidTransaction, Reason.OtherCurrency),
            _ when asked.MinorUnits > original.Captured - original.Refunded => (ResponseCodes.InvalidAmount, Reason.MoreThanCaptured),
            _ => (ResponseCodes.Approved, Reason.Refunded),
        };
        var answer = new Answer(code);
        return new Decision.Answered(
            [new CardEvent.RefundDecided(request.Facts, request.Original, answer, why, why is Reason.Refunded ? asked : null)],
            answer
        );
    }
}
