using System.Globalization;
using Shonin.Domain.Orders;

namespace Shonin.Domain.Approvals;

/// <summary>What a try of the customer's came to.</summary>
public enum TryResult
{
    Approved,
    NotApproved,

    /// <summary>It ended, and told nobody anything of the card: what we sent was at fault.</summary>
    SaysNothing,
}

/// <summary>A try of the customer's that is over.</summary>
public sealed record EndedTry(Attempt Attempt, TryResult Result);

/// <summary>
/// How often the customer may have the card company asked about one order: whoever holds its link could otherwise try cards, or guess
/// a card's security code, through us. Tries follow each other ever more slowly, and beyond the limit a person at the shop decides. What
/// we ask by ourselves is not counted. What the schemes allow is beside this, in <see cref="RetryRules"/>.
/// </summary>
public static class CustomerTries
{
    /// <summary>
    /// An attempt ended without a yes: once a limit is reached, the order goes onto the agents' list, and that is what stops it.
    /// </summary>
    internal static void Note(OrderDraft draft)
    {
        if (draft.Order.Standing is not (Standing.AwaitingApproval or Standing.OnHold))
            return;
        if (NotApproved(draft.Order) >= draft.Policy.Tries.TriesPerOrderMax)
            draft.AskAttention(AttentionReason.TriesSpent);
        if (CardsOf(draft.Order).Count >= draft.Policy.Tries.CardsPerOrderMax)
            draft.AskAttention(AttentionReason.CardsSpent);
    }

    /// <summary>Why the customer may not have this card asked now, or null.</summary>
    internal static Decision.Refused? RefusalFor(Order order, CardOnFile card)
    {
        if (order.Attention.Contains(AttentionReason.TriesSpent))
            return new(Refusal.TriesSpent, "the tries that the customer may cause for one order");
        return order.Attention.Contains(AttentionReason.CardsSpent) && !CardsOf(order).Contains(card.Fingerprint)
            ? new(Refusal.TriesSpent, "the cards that may be tried for one order")
            : null;
    }

    /// <summary>
    /// How long the customer must wait, once a try that begins now is answered, before this card is asked again; null for not at all. The
    /// first try again may follow at once, because something may have been mended; whoever presses on and on is slowed down.
    /// </summary>
    internal static TimeSpan? PauseAfterNext(Order order, CardOnFile card, TryLimits limits) =>
        On(order, card).Count() is > 0 and var earlier && limits.ConfirmPause > TimeSpan.Zero
            ? new Doubling(limits.ConfirmPause, limits.ConfirmPauseMax).After(earlier - 1)
            : null;

    /// <summary>Why the customer has to wait before this card is asked again; null where not.</summary>
    internal static Decision.Refused? PauseFor(Order order, CardOnFile card, DateTimeOffset now) =>
        On(order, card).LastOrDefault() is { PauseAfter: { } pause, SettledAt: { } answered }
        && answered + pause is var until
        && until > now
            ? new(
                Refusal.RetryTooEarly,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"a pause between the customer's own tries on one card: {pause:c} after the last answer"
                ),
                until
            )
            : null;

    /// <summary>The customer's tries on a card that reached the network since a person last let it be tried again.</summary>
    private static IEnumerable<Attempt> On(Order order, CardOnFile card) =>
        order
            .Attempts.Skip(order.TriesReleasedCount)
            .Where(attempt =>
                attempt.Card.Fingerprint == card.Fingerprint
                && IsCustomers(attempt.Initiator)
                && attempt.Outcome is not AttemptOutcome.NotSent
            );

    /// <summary>A person at the shop lets the customer try again: what was tried before counts no more.</summary>
    internal static Decision Release(OrderDraft draft, OrderCommand.ReleaseTries release)
    {
        if (!draft.Order.Attention.Any(reason => reason is AttentionReason.TriesSpent or AttentionReason.CardsSpent))
            return draft.Accept();
        draft.Add(new OrderEvent.TriesReleased(release.By, draft.Now));
        Settle(draft);
        return draft.Accept();
    }

    /// <summary>The order is approved or cancelled: there is nothing left to try.</summary>
    internal static void Settle(OrderDraft draft)
    {
        draft.SettleAttention(AttentionReason.TriesSpent);
        draft.SettleAttention(AttentionReason.CardsSpent);
    }

    /// <summary>The try of the customer's that a fact ended, or null where it ended none.</summary>
    /// <param name="order">As it stands after the fact.</param>
    public static EndedTry? EndedBy(Order order, OrderEvent happened) =>
        happened switch
        {
            OrderEvent.AttemptApproved answer => Answered(order, answer.Attempt),
            OrderEvent.AttemptDeclined answer => Answered(order, answer.Attempt),
            OrderEvent.AttemptReferred answer => Answered(order, answer.Attempt),
            OrderEvent.AttemptPartiallyApproved answer => Answered(order, answer.Attempt),
            OrderEvent.EvidenceNoted late when IsCounted(order.Attempts[late.Attempt - 1], late.Kind) => new(
                order.Attempts[late.Attempt - 1],
                TryResult.NotApproved
            ),
            _ => null,
        };

    private static EndedTry? Answered(Order order, int ordinal)
    {
        var attempt = order.Attempts[ordinal - 1];
        if (!IsCustomers(attempt.Initiator))
            return null;
        return new(
            attempt,
            attempt.Outcome is AttemptOutcome.Approved ? TryResult.Approved
                : IsCounted(attempt) ? TryResult.NotApproved
                : TryResult.SaysNothing
        );
    }

    /// <summary>
    /// Whether an attempt is one that the customer caused, and that told whoever watches something of the card. An answer that blames what
    /// we sent tells nothing of it.
    /// </summary>
    private static bool IsCounted(Attempt attempt) =>
        IsCustomers(attempt.Initiator)
        && (
            attempt.Outcome is AttemptOutcome.Referred or AttemptOutcome.PartiallyApproved
            || (
                attempt.Outcome is AttemptOutcome.Declined { Codes: var codes }
                && ResponseRules.MeaningOf(codes.ResponseCode, codes.NetworkCode, codes.At) != ResponseMeaning.OurFault
            )
        );

    /// <summary>
    /// Whether an answer that came after we had given up counts as a try of the customer's: whoever reads the timeline learns from it what
    /// he would have learned in time. Its repeats do not count again.
    /// </summary>
    private static bool IsCounted(Attempt attempt, EvidenceKind late) =>
        late is EvidenceKind.LateAnswer or EvidenceKind.LateApproval && attempt.EvidenceCount == 1 && IsCustomers(attempt.Initiator);

    /// <summary>Whether the customer caused it: with the order, or by the button.</summary>
    public static bool IsCustomers(Initiator initiator) =>
        initiator switch
        {
            Initiator.Customer or Initiator.CustomerConfirms or Initiator.Agent => true,
            Initiator.AutomaticRetry or Initiator.Reauthorization => false,
        };

    private static int NotApproved(Order order) => order.Attempts.Skip(order.TriesReleasedCount).Count(IsCounted);

    /// <summary>Fingerprints of the cards that were asked on, answered or not.</summary>
    private static HashSet<string> CardsOf(Order order) =>
        [
            .. order
                .Attempts.Skip(order.TriesReleasedCount)
                .Where(attempt => attempt.Outcome is not AttemptOutcome.NotSent)
                .Select(attempt => attempt.Card.Fingerprint),
        ];
}
