using System.Text.RegularExpressions;
using Shonin.Domain.Orders;

namespace Shonin.Domain.Notices;

/// <summary>Why the shop cancelled, in the shop's own words, as far as its customer may read them.</summary>
public static partial class CancellationWording
{
    /// <summary>What is longer is cut: a notice is no letter.</summary>
    private const int ReasonLengthMax = 200;

    /// <summary>
    /// The reason as the shop wrote it. Null where there is none; where the card company reported the card, because a reason might hint at
    /// it; and where it holds digits enough for a card's number.
    /// </summary>
    public static Words? ReasonOf(Order order)
    {
        var by = order.Standing switch
        {
            Standing.Closing closing => closing.By,
            Standing.Cancelled cancelled => cancelled.By,
            _ => CancelledBy.Customer,
        };
        if (by is not (CancelledBy.Merchant or CancelledBy.Agent) || order.AttentionEver.Contains(AttentionReason.DoNotShip))
            return null;
        var reason = Words.Quoted(order.CancellationReason ?? "").Ja.Trim();
        if (reason.Length == 0 || ManyDigits().IsMatch(reason))
            return null;
        return Words.Quoted(
            reason.Length <= ReasonLengthMax
                ? reason
                : reason[..(char.IsHighSurrogate(reason[ReasonLengthMax - 1]) ? ReasonLengthMax - 1 : ReasonLengthMax)] + "…"
        );
    }

    [GeneratedRegex(@"(\p{Nd}[\s-]*){13}")]
    private static partial Regex ManyDigits();
}
