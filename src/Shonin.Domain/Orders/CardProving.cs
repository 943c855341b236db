using System.Security.Cryptography;
using System.Text;
using Shonin.Domain.Approvals;

namespace Shonin.Domain.Orders;

/// <summary>A guess of the card's last four digits, and whether it was right.</summary>
public sealed record ProofTry(ProofOutcome Outcome, DateTimeOffset At);

public enum ProofOutcome
{
    Proved,
    Missed,
}

/// <summary>
/// Whether whoever holds the order's link also knows the card's last four digits, which stand in no mail. Guesses are facts of the
/// order, so that neither a restart nor another server gives any back.
/// </summary>
internal static class CardProving
{
    /// <summary>How long a guess is counted.</summary>
    public static readonly TimeSpan Day = TimeSpan.FromHours(24);

    /// <summary>A guess counts before it is looked at; with none left a right one is refused as a wrong one is.</summary>
    public static Decision Prove(OrderDraft draft, OrderCommand.ProveCard guess)
    {
        var isRight = CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(guess.LastFour),
            Encoding.UTF8.GetBytes(draft.Order.Card.Last4)
        );
        if (!HasGuessLeft(draft))
            return new Decision.Refused(Refusal.CardNotProved);
        // The guess is the last fact: whoever made it looks there for what came of it.
        if (isRight)
            Mailing.NoteReader(draft);
        draft.Add(isRight ? new OrderEvent.CardProved(draft.Now) : new OrderEvent.CardProofMissed(draft.Now));
        return draft.Accept();
    }

    /// <summary>The order with one guess more; those that no limit counts any longer are forgotten.</summary>
    public static Order Tried(Order order, ProofOutcome outcome, DateTimeOffset at) =>
        order with
        {
            ProofTries = order.ProofTries.RemoveAll(earlier => earlier.At + Day <= at).Add(new(outcome, at)),
        };

    private static bool HasGuessLeft(OrderDraft draft) => ProofGuesses.Of(draft.Order, draft.Policy.Tries, draft.Now).LeftCount > 0;
}

/// <summary>
/// How many guesses of the card's last four digits are left. Whoever holds the order's link may know; it says nothing of the digits.
/// </summary>
/// <param name="BackAt">When there is one again; null while there is one.</param>
public sealed record ProofGuesses(int LeftCount, DateTimeOffset? BackAt)
{
    private static readonly TimeSpan hour = TimeSpan.FromHours(1);

    public static ProofGuesses Of(Order order, TryLimits limits, DateTimeOffset now)
    {
        var inHour = order.ProofTries.Select(earlier => earlier.At + hour).Where(ends => ends > now).Order().ToArray();
        var missedInDay = order
            .ProofTries.Where(earlier => earlier.Outcome == ProofOutcome.Missed)
            .Select(earlier => earlier.At + CardProving.Day)
            .Where(ends => ends > now)
            .Order()
            .ToArray();
        var left = Math.Min(limits.ProofGuessesPerHourMax - inHour.Length, limits.ProofMissesPerDayMax - missedInDay.Length);
        return left > 0
            ? new(left, null)
            : new(0, Later(FreeAt(inHour, limits.ProofGuessesPerHourMax), FreeAt(missedInDay, limits.ProofMissesPerDayMax)));
    }

    /// <summary>When so few are counted that there is room for one more; null where there is.</summary>
    private static DateTimeOffset? FreeAt(DateTimeOffset[] endings, int countMax) => endings.Length < countMax ? null : endings[^countMax];

    private static DateTimeOffset? Later(DateTimeOffset? one, DateTimeOffset? other) => one is null || other > one ? other : one;
}
