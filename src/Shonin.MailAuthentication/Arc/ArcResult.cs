namespace Shonin.MailAuthentication.Arc;

/// <summary>
/// What the sealed chain of a message says. It is evidence and no proof: whoever seals vouches only for what he saw, so a pass means
/// something only where you trust the sealers (the protocol is on its way to "historic").
/// </summary>
/// <param name="Sets">The sets from the first sealer to the last; empty where there is no readable chain.</param>
public sealed record ArcResult(ArcOutcome Outcome, IReadOnlyList<ArcSet> Sets)
{
    /// <summary>
    /// The lowest instance whose message signature still holds: from that hop on nothing signed was changed (RFC 8617 section 5.2, step 4).
    /// 0 where none was verified.
    /// </summary>
    public int OldestPass { get; init; }
}

/// <summary>One hop's statement.</summary>
/// <param name="Instance">1 for the first sealer.</param>
/// <param name="Sealer">d= of the seal.</param>
/// <param name="ChainWord">cv=: none, pass or fail, as this sealer found the sets below his.</param>
/// <param name="AuthenticationResults">What he says to have found, in the form of an Authentication-Results value.</param>
public sealed record ArcSet(
    int Instance,
    string Sealer,
    string Selector,
    string ChainWord,
    DateTimeOffset? SealedAt,
    string AuthenticationResults
);

/// <summary>The chain validation status of RFC 8617 section 4.4.</summary>
public abstract record ArcOutcome
{
    private ArcOutcome() { }

    /// <summary>The word for cv= and for Authentication-Results.</summary>
    public abstract string Word { get; }

    /// <summary>The message was never sealed.</summary>
    public sealed record None : ArcOutcome
    {
        /// <inheritdoc/>
        public override string Word => "none";
    }

    /// <summary>All seals hold, and the last message signature does.</summary>
    public sealed record Pass : ArcOutcome
    {
        /// <inheritdoc/>
        public override string Word => "pass";
    }

    /// <summary>The chain does not hold.</summary>
    public sealed record Fail(ArcReason Reason, string Why) : ArcOutcome
    {
        /// <inheritdoc/>
        public override string Word => "fail";
    }

    /// <summary>A key could not be asked for, so nothing is known; RFC 8617 has no word of its own for it.</summary>
    public sealed record TempError(string Why) : ArcOutcome
    {
        /// <inheritdoc/>
        public override string Word => "temperror";
    }
}

/// <summary>Which part of a chain does not hold.</summary>
public enum ArcReason
{
    /// <summary>A set is incomplete, repeated or malformed.</summary>
    Structure,

    /// <summary>A sealer recorded that the chain was broken already, or cv= does not fit the place in the chain.</summary>
    ChainRecordedBroken,

    /// <summary>The last message signature does not hold: the message was changed since.</summary>
    MessageSignatureDiffers,

    /// <summary>A seal does not hold: the sets were changed.</summary>
    SealDiffers,

    /// <summary>A key is missing, revoked, malformed, too short or not for this.</summary>
    KeyNotUsable,
}
