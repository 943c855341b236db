using System.Collections.Immutable;
using Shonin.Domain.Notices;
using Shonin.Domain.Proofs;

namespace Shonin.MailChecks;

/// <summary>What the check address answers to somebody who forwarded a mail.</summary>
public abstract record CheckAnswer
{
    private CheckAnswer() { }

    /// <summary>The originals were attached: an answer each, in their order.</summary>
    /// <param name="NotLookedAtCount">How many more there were than are looked at in one mail.</param>
    public sealed record Judged(ImmutableArray<ForwardedFinding> Originals, int NotLookedAtCount) : CheckAnswer;

    /// <summary>Only words came, no original.</summary>
    /// <param name="Quoted">The notice of ours whose number stands in the words, where it was sent to the very person who asks.</param>
    /// <param name="NoMail">What was attached in an original's place, such as a picture or Outlook's own file; null where nothing
    ///   was.</param>
    public sealed record NoOriginal(QuotedNotice? Quoted, SavedMail? NoMail = null) : CheckAnswer;
}

/// <summary>What was found of one attached original.</summary>
public abstract record ForwardedFinding
{
    private ForwardedFinding() { }

    /// <param name="Merchant">Whom it was held against; null where it claims nobody.</param>
    public sealed record Verdict(MailVerdict Answer, string? Merchant) : ForwardedFinding;

    /// <summary>It breaks a limit, so nothing was found.</summary>
    public sealed record Unreadable : ForwardedFinding;
}

/// <summary>Who answers, and where the page for checking is.</summary>
/// <param name="PageUrl">The customers' page, with the other ways to ask.</param>
/// <param name="Address">Where mails are forwarded to.</param>
public sealed record CheckDesk(MerchantProfile Merchant, string PageUrl, string Address);
