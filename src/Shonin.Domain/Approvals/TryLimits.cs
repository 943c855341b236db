namespace Shonin.Domain.Approvals;

/// <summary>How often somebody who holds an order's link may guess. Each is a setting under <c>Limits:</c>.</summary>
public sealed record TryLimits
{
    /// <summary>Guesses of the card's last four digits in an hour, right ones included.</summary>
    public int ProofGuessesPerHourMax { get; init; } = 5;

    /// <summary>
    /// Wrong guesses of them in 24 hours: at 10,000 numbers and six days of a hold, six in a thousand links are opened so.
    /// </summary>
    public int ProofMissesPerDayMax { get; init; } = 10;

    /// <summary>Different cards that are asked for one order before a person decides.</summary>
    public int CardsPerOrderMax { get; init; } = 5;

    /// <summary>Tries of one order that the customer caused and that were not approved, before a person decides.</summary>
    public int TriesPerOrderMax { get; init; } = 10;

    /// <summary>
    /// How long after the answer to a customer's second try on one card the third has to wait; it doubles with each further one. The second
    /// waits for nothing.
    /// </summary>
    public TimeSpan ConfirmPause { get; init; } = TimeSpan.FromSeconds(10);
    public TimeSpan ConfirmPauseMax { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Tries on one card in 24 hours, over all orders, that customers caused and that were not approved.</summary>
    public int TriesPerCardMax { get; init; } = 10;

    /// <summary>Tries of the shop in one hour that customers caused and that were not approved, before approvals allow more.</summary>
    public int TriesPerShopHour { get; init; } = 100;

    /// <summary>How many approvals of the hour allow one more: a good hour has far fewer refusals than one for five approvals.</summary>
    public int ApprovalsPerFurtherTry { get; init; } = 5;
}
