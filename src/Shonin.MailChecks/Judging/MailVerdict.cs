using System.Collections.Immutable;
using Shonin.Domain.Notices;

namespace Shonin.MailChecks;

/// <summary>The answer to "is this mail really from them?", with what it rests on.</summary>
/// <param name="Confidence">How far the answer carries; an answer that cannot tell is always weak.</param>
/// <param name="Headline">The answer in one plain sentence, without the name of a protocol.</param>
/// <param name="Reasons">The weightiest first. A page shows three; the rest belongs to the details.</param>
/// <param name="Advice">What to do, the first thing first; never empty.</param>
public sealed record MailVerdict(
    VerdictWord Word,
    Confidence Confidence,
    Words Headline,
    ImmutableArray<VerdictReason> Reasons,
    ImmutableArray<Words> Advice
);

/// <summary>There is no fourth: "safe" is not ours to say, and a percentage tells nobody what to do.</summary>
public enum VerdictWord
{
    Genuine,
    NotGenuine,
    CannotTell,
}

public enum Confidence
{
    /// <summary>Our own record says so.</summary>
    Proved,

    /// <summary>A signature, or a contradiction in the mail itself, says so.</summary>
    Strong,

    Weak,
}

/// <summary>One thing that was found.</summary>
/// <param name="Text">In plain words.</param>
/// <param name="Evidence">What exactly was seen, for whoever knows the protocols: a stranger's text, to be shown as such. Null where the
///   text says all.</param>
public sealed record VerdictReason(ReasonCode Code, ReasonWeight Weight, Words Text, string? Evidence = null);

public enum ReasonWeight
{
    /// <summary>The answer rests on this.</summary>
    Decisive,

    /// <summary>It fits the answer, and would not have sufficed.</summary>
    Supporting,

    /// <summary>Worth knowing; it points to neither side.</summary>
    Context,
}

/// <summary>Why; the names are those of the JSON.</summary>
public enum ReasonCode
{
    // From our own record
    NoticeOnRecord,
    NoticeToAnother,
    NoticeRecipientNotAsked,
    NoticeContentDiffers,
    NoticeUnknown,
    NoticeForged,
    NoticeAltered,

    // What was proved
    SignedByMerchant,
    ProviderVouches,
    LinksAreMerchants,

    // Contradictions
    SenderNotMerchant,
    SenderAddressPosed,
    SenderLookAlike,
    NameDisguised,
    SeveralSenders,
    PolicyRefuses,
    LinkLeadsElsewhere,
    LinkLookAlike,

    // Why nothing could be told
    SignatureBroken,
    SignatureKeyGone,
    SignatureNotCovering,
    SignatureUnusable,
    NotSigned,
    AnybodysAddress,
    NotTheOriginal,

    /// <summary>The sender alone can be read as different people.</summary>
    ReadDifferently,

    /// <summary>Another mail program may show another mail than the one that was signed.</summary>
    ReadOtherwise,
    Forwarded,
    NoClaim,
    NameMentioned,
    PressesForAction,

    // What was opened before anything could be told
    OneOfSeveral,
    AttachedOriginal,
}
