using Shonin.Domain.Approvals;
using Shonin.Domain.Orders;

namespace Shonin.Domain.Notices;

/// <summary>What a hold comes from, as far as its customer may be told.</summary>
internal abstract record HoldCause
{
    private HoldCause() { }

    /// <param name="Mendable">What the customer can mend; null where the reason is the card company's to tell.</param>
    public sealed record SaidNo(Attempt Attempt, DateTimeOffset AnsweredAt, Mendable? Mendable) : HoldCause;

    /// <summary>It would approve only a part, which we did not ask for and give back.</summary>
    public sealed record SaidNoToTheWhole(Attempt Attempt, DateTimeOffset AnsweredAt) : HoldCause;

    /// <summary>The card company could not read what we sent, and so has not decided.</summary>
    public sealed record OurFault(Attempt Attempt) : HoldCause;

    public sealed record AsksToCall(Attempt Attempt, DateTimeOffset AnsweredAt) : HoldCause;

    /// <summary>Sent, and no answer came that can be believed.</summary>
    public sealed record Silence(Attempt Attempt, DateTimeOffset Since) : HoldCause;

    /// <summary>No byte reached the card company.</summary>
    public sealed record OutOfReach(DateTimeOffset TriedAt) : HoldCause;

    /// <summary>The latest attempt that explains the class. A hold of a class has one: the classes come from nothing else.</summary>
    public static HoldCause Of(Order order, HoldClass holdClass)
    {
        for (var index = order.Attempts.Length - 1; index >= 0; index--)
            if (Explain(order.Attempts[index], holdClass) is { } cause)
                return cause;
        throw new InvariantBrokenException($"order {order.Id} has no attempt that explains a hold of class {holdClass}");
    }

    private static HoldCause? Explain(Attempt attempt, HoldClass holdClass) => (holdClass, attempt.Outcome) switch
    {
        (HoldClass.Declined or HoldClass.NoAnswer, AttemptOutcome.Declined declined) when ConfirmOffer.MeaningOf(declined.Codes) == ResponseMeaning.OurFault =>
            new OurFault(attempt),
        (HoldClass.Declined, AttemptOutcome.Declined declined) =>
            new SaidNo(attempt, declined.Codes.At, ResponseRules.RowFor(declined.Codes.ResponseCode, declined.Codes.At)?.Mendable),
        (HoldClass.Declined, AttemptOutcome.PartiallyApproved partly) => new SaidNoToTheWhole(attempt, partly.At),
        (HoldClass.Referred, AttemptOutcome.Referred referred) => new AsksToCall(attempt, referred.Codes.At),
        (HoldClass.NoAnswer, AttemptOutcome.Unknown unknown) => new Silence(attempt, unknown.Since),
        (HoldClass.NoAnswer, AttemptOutcome.NotSent notSent) => new OutOfReach(notSent.At),
        (_, _) => null,
    };
}
