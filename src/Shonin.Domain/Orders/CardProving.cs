using System.Security.Cryptography;
using System.Text;

namespace Shonin.Domain.Orders;

/// <summary>A guess of the card's last four digits, and whether it was right.</summary>
public sealed record ProofTry(ProofOutcome Outcome, DateTimeOffset At);

public enum ProofOutcome { Proved, Missed }

/// <summary>
/// Whether whoever holds the order's link also knows the card's last four digits, which stand in no mail. Guesses are facts of the
/// order, so that neither a restart nor another server gives any back.
/// </summary>
internal static class CardProving
{
    /// <summary>How long a guess is counted.</summary>
    public static readonly TimeSpan Day = TimeSpan.FromHours(24);

    private static readonly TimeSpan hour = TimeSpan.FromHours(1);

    /// <summary>A guess counts before it is looked at; with none left a right one is refused as a wrong one is.</summary>
    public static Decision Prove(OrderDraft draft, OrderCommand.ProveCard guess)
    {
        var isRight = CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(guess.LastFour), Encoding.UTF8.GetBytes(draft.Order.Card.Last4));
        if (!HasGuessLeft(draft))
            return new Decision.Refused(Refusal.CardNotProved);
        draft.Add(isRight ? new OrderEvent.CardProved(draft.Now) : new OrderEvent.CardProofMissed(draft.Now));
        return draft.Accept();
    }

    /// <summary>The order with one guess more; those that no limit counts any longer are forgotten.</summary>
    public static Order Tried(Order order, ProofOutcome outcome, DateTimeOffset at) =>
        order with { ProofTries = order.ProofTries.RemoveAll(earlier => earlier.At + Day <= at).Add(new(outcome, at)) };

    private static bool HasGuessLeft(OrderDraft draft)
    {
        var inHour = draft.Order.ProofTries.Count(earlier => earlier.At + hour > draft.Now);
        var missedInDay = draft.Order.ProofTries.Count(earlier => earlier.Outcome == ProofOutcome.Missed && earlier.At + Day > draft.Now);
        return inHour < draft.Policy.Tries.ProofGuessesPerHourMax && missedInDay < draft.Policy.Tries.ProofMissesPerDayMax;
    }
}
