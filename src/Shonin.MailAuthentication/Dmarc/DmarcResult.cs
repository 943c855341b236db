using Shonin.MailAuthentication.Dkim;
using Shonin.MailAuthentication.Message;
using Shonin.MailAuthentication.Spf;

namespace Shonin.MailAuthentication.Dmarc;

/// <summary>The author's domain and the domains that were proved for a message.</summary>
/// <param name="FromDomain">The domain of the one address in From. U-labels are converted (RFC 9989 section 5.3.1).</param>
/// <param name="SpfPass">Domains for which SPF of MAIL FROM passed: none or one.</param>
/// <param name="DkimPass">The d= of each signature that passed.</param>
public sealed record DmarcRequest(string FromDomain, IReadOnlyList<string> SpfPass, IReadOnlyList<string> DkimPass)
{
    /// <summary>
    /// Domains whose SPF or DKIM met a temporary error. Where one of them is the author's, a failure is none yet (RFC 9989 section 5.3.6).
    /// </summary>
    public IReadOnlyList<string> Unsettled { get; init; } = [];

    /// <summary>
    /// Why mail programs may show another author than <see cref="FromDomain"/>; null where they agree. Then nothing passes, whatever is
    /// proved.
    /// </summary>
    public string? WhyAuthorUnclear { get; init; }

    /// <summary>
    /// Domains that signed without a pass. They prove nothing; told is only whether they are the author's
    /// (<see cref="DmarcResult.Claimed"/>).
    /// </summary>
    public IReadOnlyList<string> DkimClaimed { get; init; } = [];

    /// <summary>
    /// What the other protocols found, as DMARC counts it. A From that names no one author leaves nothing to ask about (RFC 9989 section
    /// 5.3.1).
    /// </summary>
    public static DmarcRequest Of(FromMailboxes from, SpfResult? spf, IReadOnlyList<DkimResult> dkim)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(dkim);
        var unsettled = dkim.Where(result => result.Outcome is DkimOutcome.TempError).Select(result => result.Signature!.Domain);
        return new DmarcRequest(
            from.AuthorDomain ?? "",
            spf is { Outcome: SpfOutcome.Pass } ? [spf.Domain] : [],
            [.. dkim.Where(result => result.Outcome is DkimOutcome.Pass).Select(result => result.Signature!.Domain)]
        )
        {
            Unsettled = spf is { Outcome: SpfOutcome.TempError } ? [spf.Domain, .. unsettled] : [.. unsettled],
            WhyAuthorUnclear = from.Problems.HasFlag(FromProblems.ReadersDiffer)
                ? "From is written so that mail programs differ about its author."
                : null,
            DkimClaimed =
            [
                .. dkim.Where(result => result is { Outcome: not DkimOutcome.Pass, Signature: not null })
                    .Select(result => result.Signature!.Domain),
            ],
        };
    }
}

/// <summary>
/// What DMARC says of a message. "Pass" means that it really comes from the domain in From, and nothing about who that is.
/// </summary>
public sealed record DmarcResult(DmarcOutcome Outcome)
{
    /// <summary>What the domain asks for on failure, after sp=, np= and t=; absent without a record.</summary>
    public DmarcPolicy? Policy { get; init; }

    /// <summary>The tag that the policy was taken from: p, sp or np; absent without a record.</summary>
    public string? AppliedFrom { get; init; }

    /// <summary>Whether t=y made the policy one step milder.</summary>
    public bool IsTest { get; init; }

    /// <summary>Where the record was found.</summary>
    public string? RecordDomain { get; init; }

    /// <summary>The organizational domain of the author's domain.</summary>
    public string? OrganizationalDomain { get; init; }

    /// <summary>How <see cref="OrganizationalDomain"/> was found.</summary>
    public DmarcMethod Method { get; init; }

    /// <summary>Each domain that was proved, and whether it is the author's.</summary>
    public IReadOnlyList<DmarcIdentifier> Identifiers { get; init; } = [];

    /// <summary>Each domain that signed without a pass, and whether it is the author's.</summary>
    public IReadOnlyList<DmarcIdentifier> Claimed { get; init; } = [];

    /// <summary>How exactly the domain of a signature must be the author's (adkim=); absent without a record.</summary>
    public DmarcAlignment? DkimAlignment { get; init; }

    /// <summary>DNS queries that the check took.</summary>
    public int QueryCount { get; init; }
}

/// <summary>How the organizational domain was found.</summary>
public enum DmarcMethod
{
    /// <summary>By the records on the way up: RFC 9989 section 4.10.</summary>
    TreeWalk,

    /// <summary>There were none, so the public suffix list answered.</summary>
    PublicSuffixList,

    /// <summary>Neither answered: the domain itself.</summary>
    Itself,
}

/// <summary>A proved domain.</summary>
public sealed record DmarcIdentifier(DmarcMechanism Mechanism, string Domain, bool IsAligned);

/// <summary>What proved a domain.</summary>
public enum DmarcMechanism
{
    /// <summary>MAIL FROM, by RFC 7208.</summary>
    Spf,

    /// <summary>d=, by RFC 6376.</summary>
    Dkim,
}

/// <summary>The results of RFC 9989 section 5.3.5, in the words of RFC 8601.</summary>
public abstract record DmarcOutcome
{
    private DmarcOutcome() { }

    /// <summary>The result in the word of RFC 8601.</summary>
    public abstract string Word { get; }

    /// <summary>At least one proved domain is the author's; one suffices.</summary>
    public sealed record Pass : DmarcOutcome
    {
        /// <inheritdoc/>
        public override string Word => "pass";
    }

    /// <summary>No proved domain is the author's.</summary>
    public sealed record Fail(string Why) : DmarcOutcome
    {
        /// <inheritdoc/>
        public override string Word => "fail";
    }

    /// <summary>The domain publishes no policy that could be applied.</summary>
    public sealed record None(string Why) : DmarcOutcome
    {
        /// <inheritdoc/>
        public override string Word => "none";
    }

    /// <summary>DNS did not answer.</summary>
    public sealed record TempError(string Why) : DmarcOutcome
    {
        /// <inheritdoc/>
        public override string Word => "temperror";
    }

    /// <summary>There is no one domain to ask about.</summary>
    public sealed record PermError(string Why) : DmarcOutcome
    {
        /// <inheritdoc/>
        public override string Word => "permerror";
    }
}
