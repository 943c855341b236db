using System.Collections.Immutable;
using Shonin.Domain.Approvals;
using Shonin.Domain.Orders;

namespace Shonin.Domain.Notices;

/// <summary>What a hold comes from, beside its class: the class says which of four things happened, the cause whose doing it was.</summary>
public enum HoldReason
{
    /// <summary>The card company said no.</summary>
    SaidNo,

    /// <summary>The card company would approve only a part.</summary>
    ApprovedInPart,

    /// <summary>The card company asks the customer to contact it.</summary>
    AsksToCall,

    /// <summary>The card company's side was not able to decide.</summary>
    CouldNotAnswer,

    /// <summary>Sent, and no answer came that can be believed.</summary>
    NoAnswer,

    /// <summary>The card company could not be reached.</summary>
    OutOfReach,

    /// <summary>Our own fault: the request was faulty, or we could not send it.</summary>
    OwnFault,

    /// <summary>We have not asked yet, to protect the card.</summary>
    HeldBack,

    /// <summary>The card company had said yes, and we did not ship all of it before that ran out.</summary>
    ApprovalExpired,
}

/// <summary>What a hold comes from, as far as its customer may be told.</summary>
public abstract record HoldCause
{
    private HoldCause() { }

    /// <param name="Mendable">What the customer can mend; null where the reason is the card company's to tell.</param>
    public sealed record SaidNo(Attempt Attempt, Mendable? Mendable) : HoldCause;

    /// <summary>It would approve only a part, which we did not ask for and give back.</summary>
    public sealed record SaidNoToTheWhole(Attempt Attempt) : HoldCause;

    /// <summary>The card company could not read what we sent, and so has not decided.</summary>
    public sealed record FaultyRequest(Attempt Attempt) : HoldCause;

    /// <summary>An answer came from the card company's side, and it was that nothing could be decided.</summary>
    public sealed record CouldNotAnswer(Attempt Attempt) : HoldCause;

    public sealed record AsksToCall(Attempt Attempt) : HoldCause;

    /// <summary>Sent, and no answer came that can be believed.</summary>
    public sealed record Silence(Attempt Attempt, DateTimeOffset Since) : HoldCause;

    /// <summary>No byte reached the card company.</summary>
    public sealed record NotSent(NotSentCause Why, DateTimeOffset TriedAt) : HoldCause;

    /// <summary>It was approved, and we did not ship all of it before that ran out.</summary>
    public sealed record ApprovalExpired(Attempt Attempt, DateTimeOffset ApprovedAt, DateTimeOffset ExpiredAt) : HoldCause;

    public HoldReason Reason =>
        this switch
        {
            SaidNo => HoldReason.SaidNo,
            SaidNoToTheWhole => HoldReason.ApprovedInPart,
            FaultyRequest => HoldReason.OwnFault,
            CouldNotAnswer => HoldReason.CouldNotAnswer,
            AsksToCall => HoldReason.AsksToCall,
            Silence => HoldReason.NoAnswer,
            NotSent { Why: NotSentCause.OutOfReach } => HoldReason.OutOfReach,
            NotSent { Why: NotSentCause.OwnFault } => HoldReason.OwnFault,
            NotSent { Why: NotSentCause.HeldBack } => HoldReason.HeldBack,
            ApprovalExpired => HoldReason.ApprovalExpired,
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    /// <summary>The request that it comes from; null where none left us.</summary>
    public Attempt? Request =>
        this switch
        {
            SaidNo saidNo => saidNo.Attempt,
            SaidNoToTheWhole part => part.Attempt,
            FaultyRequest fault => fault.Attempt,
            CouldNotAnswer unable => unable.Attempt,
            AsksToCall call => call.Attempt,
            Silence silence => silence.Attempt,
            ApprovalExpired expired => expired.Attempt,
            NotSent => null,
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    /// <summary>The latest attempt that explains the class. A hold of a class has one: the classes come from nothing else.</summary>
    public static HoldCause Of(Order order, HoldClass holdClass) => Of(order, holdClass, DateTimeOffset.MaxValue);

    /// <summary>The same, of what had happened by <paramref name="until"/>.</summary>
    public static HoldCause Of(Order order, HoldClass holdClass, DateTimeOffset until)
    {
        for (var index = order.Attempts.Length - 1; index >= 0; index--)
        {
            if (
                order.Attempts[index] is var attempt
                && attempt.SettledAt <= until
                && Explain(Until(attempt, until), holdClass) is { } cause
            )
            {
                return cause;
            }
        }

        throw new InvariantBrokenException($"order {order.Id} has no attempt that explains a hold of class {holdClass}");
    }

    private static Attempt Until(Attempt attempt, DateTimeOffset until) =>
        attempt.Late?.At > until ? attempt with { Late = null } : attempt;

    private static HoldCause? Explain(Attempt attempt, HoldClass holdClass) =>
        (holdClass, attempt.Outcome) switch
        {
            (HoldClass.Declined, AttemptOutcome.Declined declined) => ResponseRules.SaysOf(declined.Codes) switch
            {
                AnswerSays.No => new SaidNo(attempt, ResponseRules.RowFor(declined.Codes.ResponseCode, declined.Codes.At)?.Mendable),
                AnswerSays.RequestFaulty => new FaultyRequest(attempt),
                AnswerSays.CouldNotAnswer => new CouldNotAnswer(attempt),
            },
            (HoldClass.NoAnswer, AttemptOutcome.Declined declined) when ResponseRules.SaysOf(declined.Codes) == AnswerSays.RequestFaulty =>
                new FaultyRequest(attempt),
            (HoldClass.Declined, AttemptOutcome.PartiallyApproved) => new SaidNoToTheWhole(attempt),
            (HoldClass.Referred, AttemptOutcome.Referred) => new AsksToCall(attempt),
            (HoldClass.NoAnswer, AttemptOutcome.Unknown unknown) => new Silence(attempt, unknown.Since),
            (HoldClass.NoAnswer, AttemptOutcome.NotSent notSent) => new NotSent(notSent.Cause, notSent.At),
            (HoldClass.Expired, AttemptOutcome.Approved { ExpiredAt: { } expiredAt } approved) => new ApprovalExpired(
                attempt,
                approved.At,
                expiredAt
            ),
            (_, _) => null,
        };
}

/// <summary>Whose doing a hold is, for whoever shows it beside its class.</summary>
public static class HoldReasons
{
    /// <exception cref="InvariantBrokenException">Nothing of the order explains a hold of this class.</exception>
    public static HoldReason Of(Order order, HoldClass holdClass) => HoldCause.Of(order, holdClass).Reason;

    /// <summary>The same, of what had happened by <paramref name="until"/>.</summary>
    public static HoldReason Of(Order order, HoldClass holdClass, DateTimeOffset until) => HoldCause.Of(order, holdClass, until).Reason;

    /// <summary>What the customer was told that a hold comes from, the oldest first.</summary>
    internal static ImmutableArray<HoldReason> Told(Order order, Hold hold) =>
        [
            .. order
                .Notices.Where(record =>
                    record.Notice is { Kind: NoticeKind.Problem or NoticeKind.Update, Class: not null }
                    && record.Notice.Episode == hold.Episode
                )
                .Select(record => Of(order, record.Notice.Class!.Value, record.QueuedAt)),
        ];
}
