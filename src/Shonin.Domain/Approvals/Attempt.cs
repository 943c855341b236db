namespace Shonin.Domain.Approvals;

/// <summary>
/// One authorization request to the network, and all that came of it. Never removed, never overwritten: outcomes only grow.
/// </summary>
/// <param name="Ordinal">1 for the order's first attempt.</param>
/// <param name="Card">The card it was asked on; a later change of card does not touch it.</param>
/// <param name="AnswerDueAt">When silence becomes <see cref="AttemptOutcome.Unknown"/>.</param>
public sealed record Attempt(
    int Ordinal,
    Claim Claim,
    CardOnFile Card,
    Money Amount,
    Initiator Initiator,
    DateTimeOffset AnswerDueAt,
    AttemptOutcome Outcome,
    Reversal? Reversal,
    int EvidenceCount = 0
)
{
    /// <summary>A card company that repeats itself without end fills no disk: further answers are counted by the link alone.</summary>
    public const int EvidenceCountMax = 100;

    /// <summary>How long after its answer the customer waits before the same card is asked again; null for not at all.</summary>
    public TimeSpan? PauseAfter { get; init; }

    /// <summary>An approval came without its proof: it was not silence, and it is not believed.</summary>
    public bool HasUnprovenAnswer { get; init; }

    /// <summary>What came after we had given up, or null. An approval among it counts more than any other answer.</summary>
    public LateAnswer? Late { get; init; }

    /// <summary>
    /// An approval with its code came after the attempt had ended otherwise: after we had given up, or against an earlier answer.
    /// </summary>
    public bool HasLateProof { get; init; }

    /// <summary>
    /// The card company approved it, by its own code: that it finds nothing is then no end of the taking back. What has run out lapses by
    /// itself.
    /// </summary>
    public bool HoldsProof =>
        HasLateProof
        || Outcome
            is AttemptOutcome.Approved { ExpiredAt: null, ApprovalCode.Length: > 0 }
                or AttemptOutcome.PartiallyApproved { ApprovalCode.Length: > 0 };

    /// <summary>It was approved, and the approval ran out before all was shipped.</summary>
    public bool HasExpired => Outcome is AttemptOutcome.Approved { ExpiredAt: not null };

    /// <summary>Sent, and neither answered nor given up.</summary>
    public bool IsInFlight => Outcome is AttemptOutcome.Sent && Reversal is null;

    /// <summary>The card company may hold the amount for this attempt, and we have not taken it back.</summary>
    public bool IsLive =>
        Reversal is null
        && Outcome
            is (
                AttemptOutcome.Sent
                or AttemptOutcome.Unknown
                or AttemptOutcome.PartiallyApproved
                or AttemptOutcome.Approved { ExpiredAt: null }
            );

    /// <summary>An approval that can still be captured.</summary>
    public bool IsUsable => Outcome is AttemptOutcome.Approved { ExpiredAt: null } && Reversal is null;

    /// <summary>A reversal is on its way, and no answer has said that it is done.</summary>
    public bool IsReversing => Reversal is { AnsweredAt: null };

    /// <summary>The time at which the answer, or the want of it, became known.</summary>
    public DateTimeOffset? SettledAt =>
        Outcome switch
        {
            AttemptOutcome.Sent => null,
            AttemptOutcome.NotSent notSent => notSent.At,
            AttemptOutcome.Approved approved => approved.At,
            AttemptOutcome.PartiallyApproved partly => partly.At,
            AttemptOutcome.Declined declined => declined.Codes.At,
            AttemptOutcome.Referred referred => referred.Codes.At,
            AttemptOutcome.Unknown unknown => unknown.Since,
            _ => throw new System.Diagnostics.UnreachableException(),
        };
}

/// <summary>An answer that came after we had given up: evidence, and never adopted.</summary>
public sealed record LateAnswer(LateAnswerSays Says, DateTimeOffset At);

/// <summary>What a late answer said, as far as its customer may be told.</summary>
public enum LateAnswerSays
{
    Approved,
    NotApproved,
}

/// <summary>Why certainly no byte of a request left.</summary>
public enum NotSentCause
{
    /// <summary>The card company could not be reached.</summary>
    OutOfReach,

    /// <summary>The card cannot be read, the request cannot be made, or more waits than we can send: ours to mend.</summary>
    OwnFault,

    /// <summary>We held it back: other tries on the card are not answered yet, or too many were not approved.</summary>
    HeldBack,
}

/// <summary>What an answer that is no approval said, raw.</summary>
/// <param name="TransactionId">Field 63; null in answers from before it was kept.</param>
public sealed record AnswerCodes(
    string ResponseCode,
    string? AdviceCode,
    string? NetworkCode,
    string? SecurityCodeResult,
    DateTimeOffset At,
    string? TransactionId = null
);

/// <summary>What became of an attempt.</summary>
public abstract record AttemptOutcome
{
    private AttemptOutcome() { }

    /// <summary>The claim is durable; from here on bytes may have left.</summary>
    public sealed record Sent : AttemptOutcome;

    /// <summary>Certainly no byte left.</summary>
    /// <param name="Why">For the log and the desk, in English; never a digit of a card.</param>
    public sealed record NotSent(NotSentCause Cause, string Why, DateTimeOffset At) : AttemptOutcome;

    /// <param name="ExpiresAt">Until when the card company holds the amount, as far as we can know.</param>
    /// <param name="ExpiredAt">Set once that time has passed without a full capture.</param>
    public sealed record Approved(
        string ApprovalCode,
        string? TransactionId,
        DateTimeOffset At,
        DateTimeOffset ExpiresAt,
        DateTimeOffset? ExpiredAt
    ) : AttemptOutcome;

    /// <summary>Response code 10 without our leave: always reversed.</summary>
    public sealed record PartiallyApproved(string ApprovalCode, Money Amount, DateTimeOffset At) : AttemptOutcome;

    public sealed record Declined(AnswerCodes Codes) : AttemptOutcome;

    public sealed record Referred(AnswerCodes Codes) : AttemptOutcome;

    /// <summary>No answer in time, or none that can be believed. Always reversed.</summary>
    public sealed record Unknown(DateTimeOffset Since) : AttemptOutcome;
}

/// <summary>The taking back of one attempt. It repeats until the card company answers with 00, 21 or 25.</summary>
/// <param name="SentCount">How many times it was sent: 1 is the 0420, more are 0421.</param>
/// <param name="RepeatAt">When it is sent again, while unanswered.</param>
/// <param name="AnswerCode">The code that ended it.</param>
/// <param name="RefusedSentCount">How often it had been sent when it was last refused; 0 for never.</param>
public sealed record Reversal(
    Claim Claim,
    ReversalReason Reason,
    DateTimeOffset StartedAt,
    int SentCount,
    DateTimeOffset RepeatAt,
    string? AnswerCode,
    DateTimeOffset? AnsweredAt,
    int RefusedSentCount = 0
)
{
    /// <summary>The last sending was refused: the same refusal again says nothing new.</summary>
    public bool IsRefused => RefusedSentCount == SentCount;

    /// <summary>00: the card company itself says that it holds nothing. 21 and 25 end the repeats and prove nothing.</summary>
    public bool IsProof => AnswerCode == ResponseCodes.Approved;
}
