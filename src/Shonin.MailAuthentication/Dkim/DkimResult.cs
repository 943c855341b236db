namespace Shonin.MailAuthentication.Dkim;

/// <summary>What became of one DKIM-Signature field. A message without any has an empty list of results: "none".</summary>
/// <param name="Index">The field's place among the DKIM-Signature fields, from the top, beginning with 0.</param>
/// <param name="Outcome">The answer, with its reason.</param>
public sealed record DkimResult(int Index, DkimOutcome Outcome)
{
    /// <summary>What the field says; absent where it cannot be read.</summary>
    public DkimSignature? Signature { get; init; }

    /// <summary>Whether the body is the signed one. Told on its own: it holds even where the key cannot be had.</summary>
    public HashCheck BodyHash { get; init; }

    /// <summary>Whether the signed fields are the signed ones, under the published key.</summary>
    public HashCheck HeaderSignature { get; init; }

    /// <summary>Whether it would pass but for its age: whoever knows by other means when it was sent may still take it for right.</summary>
    public bool IsOnlyExpired { get; init; }

    /// <summary>How much of the body is signed; absent where the body was not hashed.</summary>
    public BodyCoverage? Coverage { get; init; }

    /// <summary>Where the key came from; absent where there was none, or it was not looked for.</summary>
    public DkimKeySource? KeySource { get; init; }

    /// <summary>The key's size (RSA modulus, or 256 for Ed25519); absent without a usable key.</summary>
    public int? KeyBits { get; init; }
}

/// <summary>What a digest or a signature was held against, and how that ended.</summary>
public enum HashCheck
{
    /// <summary>The check did not come so far.</summary>
    NotChecked,

    /// <summary>The same.</summary>
    Matches,

    /// <summary>Another one.</summary>
    Differs,
}

/// <summary>Bytes of the canonical body that the signature covers, and all there are.</summary>
public sealed record BodyCoverage(long SignedBytes, long TotalBytes)
{
    /// <summary>What anyone could have added below the signed part.</summary>
    public long UncoveredBytes => Math.Max(0, TotalBytes - SignedBytes);
}

/// <summary>The answer to one signature, in the words of RFC 8601 section 2.7.1.</summary>
public abstract record DkimOutcome
{
    private DkimOutcome() { }

    /// <summary>The word that an Authentication-Results field uses for it.</summary>
    public abstract string Word { get; }

    /// <summary>The domain's signature holds over all that it must cover.</summary>
    public sealed record Pass : DkimOutcome
    {
        /// <inheritdoc/>
        public override string Word => "pass";
    }

    /// <summary>The message is not the signed one, or the signature's time is over.</summary>
    public sealed record Fail(DkimReason Reason, string Why) : DkimOutcome
    {
        /// <inheritdoc/>
        public override string Word => "fail";
    }

    /// <summary>The signature counts for nothing and proves nothing: its key is published for tests.</summary>
    public sealed record Neutral(DkimReason Reason, string Why) : DkimOutcome
    {
        /// <inheritdoc/>
        public override string Word => "neutral";
    }

    /// <summary>It may hold, but today's rules or ours do not accept it.</summary>
    public sealed record Policy(DkimReason Reason, string Why) : DkimOutcome
    {
        /// <inheritdoc/>
        public override string Word => "policy";
    }

    /// <summary>It could not be settled now; later it may.</summary>
    public sealed record TempError(DkimReason Reason, string Why) : DkimOutcome
    {
        /// <inheritdoc/>
        public override string Word => "temperror";
    }

    /// <summary>The signature or its key cannot be used, now or later.</summary>
    public sealed record PermError(DkimReason Reason, string Why) : DkimOutcome
    {
        /// <inheritdoc/>
        public override string Word => "permerror";
    }
}

/// <summary>Why a signature did not pass; the outcome carries the sentence.</summary>
public enum DkimReason
{
    /// <summary>A tag is missing, repeated or malformed.</summary>
    SignatureSyntax,

    /// <summary>v= is not 1.</summary>
    Version,

    /// <summary>h= does not name From.</summary>
    FromNotSigned,

    /// <summary>i= is not in d= or below it.</summary>
    IdentityOutsideDomain,

    /// <summary>The message was received after x=.</summary>
    Expired,

    /// <summary>rsa-sha1: RFC 8301 section 3.1.</summary>
    AlgorithmNotAccepted,

    /// <summary>More signatures than we look at.</summary>
    TooManySignatures,

    /// <summary>DNS did not answer.</summary>
    KeyLookupFailed,

    /// <summary>DNS has no key of that name.</summary>
    KeyMissing,

    /// <summary>p= is empty: the domain took the key back.</summary>
    KeyRevoked,

    /// <summary>The published record is no key.</summary>
    KeySyntax,

    /// <summary>The key is for another algorithm than the signature's.</summary>
    KeyTypeDiffers,

    /// <summary>The key's h= leaves out SHA-256.</summary>
    KeyForbidsHash,

    /// <summary>The key's s= leaves out mail.</summary>
    KeyNotForMail,

    /// <summary>The key's t=s forbids an i= below d=.</summary>
    KeyForbidsSubdomain,

    /// <summary>The key's t=y: treat the mail as if it were unsigned (RFC 6376 section 3.6.1).</summary>
    KeyInTestMode,

    /// <summary>RSA below 1024 bits (RFC 8301 section 3.2), or too large to be worth our time.</summary>
    KeySizeNotAccepted,

    /// <summary>l= promises more bytes than the body has.</summary>
    BodyShorterThanSigned,

    /// <summary>The body is not the signed one.</summary>
    BodyHashDiffers,

    /// <summary>The signature does not fit the signed fields and the key.</summary>
    SignatureDiffers,

    /// <summary>l= leaves a part of the body unsigned.</summary>
    BodyNotCovered,
}
