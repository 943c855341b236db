using Shonin.MailAuthentication.Dns;

namespace Shonin.MailAuthentication.Dmarc;

/// <summary>
/// The registered domain above a name by a public suffix list ("mail.example.co.uk" gives "example.co.uk"), or null where the list
/// does not know: <see cref="PublicSuffixes.PublicSuffixList.OrganizationalDomain"/>, or a list of the caller's.
/// </summary>
public delegate string? PublicSuffixLookup(string domain);

/// <summary>Checks whether the author's domain vouches for a message (RFC 9989).</summary>
public sealed class DmarcChecker
{
    /// <summary>Proved domains that are compared; more prove nothing further.</summary>
    private const int IdentifierCountMax = 20;

    private readonly DnsLookup lookup;
    private readonly PublicSuffixLookup? publicSuffixes;

    /// <param name="publicSuffixes">Asked only where the tree walk finds no record at all; then there is no policy either, but alignment
    ///   can still be told.</param>
    public DmarcChecker(DnsLookup lookup, PublicSuffixLookup? publicSuffixes = null)
    {
        ArgumentNullException.ThrowIfNull(lookup);
        this.lookup = lookup;
        this.publicSuffixes = publicSuffixes;
    }

    /// <summary>
    /// Asks DNS for the policy and holds the proved domains against the author's. Trouble with DNS is a result, no exception.
    /// </summary>
    public async ValueTask<DmarcResult> CheckAsync(DmarcRequest request, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (DomainName.ToAscii(request.FromDomain) is not { } author)
        {
            return new DmarcResult(new DmarcOutcome.PermError("The address in From has no domain that DNS could hold."));
        }

        var queries = new DmarcQueries(lookup, cancellation);
        var walk = await DmarcTreeWalk.FromAsync(author, queries);
        var (organization, method) = OrganizationOf(walk);
        var governing = walk.Failure is null || walk.OwnRecord is not null ? walk.Governing : null;
        var record = governing?.Usable;
        var (identifiers, failure) = await AlignAsync(Proved(request, record), walk, organization, queries);
        var outcome = UnlessUnclear(OutcomeOf(author, walk, governing, identifiers, failure), request);
        var (claimed, _) = await AlignAsync(
            request.DkimClaimed.Select(domain => (DmarcMechanism.Dkim, domain, record?.DkimAlignment)),
            walk,
            organization,
            queries
        );
        var result = new DmarcResult(
            outcome is DmarcOutcome.Fail ? await UnlessUnsettledAsync(outcome, request, walk, organization, queries) : outcome
        )
        {
            OrganizationalDomain = walk.Failure is null ? organization : null,
            Method = method,
            Identifiers = identifiers,
            Claimed = claimed,
            DkimAlignment = record?.DkimAlignment,
        };
        result = record is null ? result : await WithPolicyAsync(result, author, governing!.Domain, record, queries);
        return result with { QueryCount = queries.Count };
    }

    private static IEnumerable<(DmarcMechanism Mechanism, string Domain, DmarcAlignment? Mode)> Proved(
        DmarcRequest request,
        DmarcRecord? record
    ) =>
        [
            .. request.SpfPass.Select(domain => (DmarcMechanism.Spf, domain, record?.SpfAlignment)),
            .. request.DkimPass.Select(domain => (DmarcMechanism.Dkim, domain, record?.DkimAlignment)),
        ];

    private static DmarcOutcome OutcomeOf(
        string author,
        DmarcTreeWalk walk,
        DmarcTreeWalk.Found? governing,
        IReadOnlyList<DmarcIdentifier> identifiers,
        string? failure
    )
    {
        if (governing is null)
        {
            return walk.Failure is { } why
                ? new DmarcOutcome.TempError(why)
                : new DmarcOutcome.None(walk.Discarded ?? $"Neither {author} nor a domain above it publishes a DMARC policy.");
        }

        if (governing.Parse is DmarcRecordParse.Unusable(var unusable, _))
        {
            return new DmarcOutcome.None($"The record at _dmarc.{governing.Domain} asks for nothing that can be done. {unusable}");
        }

        if (identifiers.Any(identifier => identifier.IsAligned))
        {
            return new DmarcOutcome.Pass();
        }

        if (failure is not null)
        {
            return new DmarcOutcome.TempError(failure);
        }

        return new DmarcOutcome.Fail(
            identifiers.Count == 0
                ? "No domain was proved, neither by SPF nor by DKIM."
                : $"{string.Join(", ", identifiers.Select(identifier => identifier.Domain).Distinct())} was proved, which is not {author} nor of its organization."
        );
    }

    /// <summary>A pass would be told of one author, while a reader may be shown another.</summary>
    private static DmarcOutcome UnlessUnclear(DmarcOutcome outcome, DmarcRequest request) =>
        outcome is DmarcOutcome.Pass && request.WhyAuthorUnclear is { } why ? new DmarcOutcome.PermError(why) : outcome;

    private async ValueTask<DmarcOutcome> UnlessUnsettledAsync(
        DmarcOutcome outcome,
        DmarcRequest request,
        DmarcTreeWalk walk,
        string organization,
        DmarcQueries queries
    )
    {
        var asIfProved = request.Unsettled.Select(domain => (DmarcMechanism.Dkim, domain, (DmarcAlignment?)null));
        var (unsettled, _) = await AlignAsync(asIfProved, walk, organization, queries);
        return unsettled.FirstOrDefault(identifier => identifier.IsAligned) is { } open
            ? new DmarcOutcome.TempError($"Whether {open.Domain} vouches for the message could not be settled for now.")
            : outcome;
    }

    private static async ValueTask<DmarcResult> WithPolicyAsync(
        DmarcResult result,
        string author,
        string recordDomain,
        DmarcRecord record,
        DmarcQueries queries
    )
    {
        var (policy, tag) =
            recordDomain == author ? (record.Policy, "p")
            : record.HasNonexistentPolicy && await queries.IsNonexistentAsync(author) ? (record.NonexistentPolicy, "np")
            : record.HasSubdomainPolicy ? (record.SubdomainPolicy, "sp")
            : (record.Policy, "p");
        return result with
        {
            Policy = record.IsTest ? OneStepMilder(policy) : policy,
            AppliedFrom = tag,
            IsTest = record.IsTest,
            RecordDomain = recordDomain,
        };
    }

    private static DmarcPolicy OneStepMilder(DmarcPolicy policy) =>
        policy == DmarcPolicy.Reject ? DmarcPolicy.Quarantine : DmarcPolicy.None;

    private (string Domain, DmarcMethod Method) OrganizationOf(DmarcTreeWalk walk)
    {
        if (walk.OrganizationalDomain is { } found)
        {
            return (found, DmarcMethod.TreeWalk);
        }

        return publicSuffixes?.Invoke(walk.Start) is { } registered
            ? (registered, DmarcMethod.PublicSuffixList)
            : (walk.Start, DmarcMethod.Itself);
    }

    /// <summary>
    /// Section 4.10.2: the same domain, or in relaxed mode the same organizational domain. Where a walk broke off, a domain that could
    /// belong to the same organization is not aligned, and the failure says why that is not known.
    /// </summary>
    private async ValueTask<(IReadOnlyList<DmarcIdentifier> Identifiers, string? Failure)> AlignAsync(
        IEnumerable<(DmarcMechanism Mechanism, string Domain, DmarcAlignment? Mode)> claims,
        DmarcTreeWalk author,
        string organization,
        DmarcQueries queries
    )
    {
        var identifiers = new List<DmarcIdentifier>();
        string? failure = null;
        foreach (var (mechanism, given, mode) in claims.Take(IdentifierCountMax))
        {
            var domain = DomainName.ToAscii(given);
            var isAligned = domain == author.Start;
            var needsOrganization = !isAligned && domain is not null && mode != DmarcAlignment.Strict;
            if (needsOrganization && author.Failure is not null)
            {
                failure ??= DomainName.LastLabels(domain!, 1) == DomainName.LastLabels(author.Start, 1) ? author.Failure : null;
            }
            else if (needsOrganization && DomainName.IsEqualOrBelow(domain!, organization))
            {
                // An organizational domain is never below the name that it belongs to, so any other name needs no walk.
                var walk = await DmarcTreeWalk.FromAsync(domain!, queries);
                failure ??= walk.Failure;
                isAligned = walk.Failure is null && OrganizationOf(walk).Domain == organization;
            }

            identifiers.Add(new DmarcIdentifier(mechanism, given, isAligned));
        }

        return (identifiers, failure);
    }
}
