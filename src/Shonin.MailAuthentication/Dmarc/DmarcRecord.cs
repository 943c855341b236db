namespace Shonin.MailAuthentication.Dmarc;

/// <summary>What a domain's owner asks receivers to do with mail that fails (RFC 9989 section 4.7).</summary>
public enum DmarcPolicy
{
    /// <summary>Nothing is asked for.</summary>
    None,

    /// <summary>Treat it as suspicious.</summary>
    Quarantine,

    /// <summary>Refuse it.</summary>
    Reject,
}

/// <summary>How alike two domains must be.</summary>
public enum DmarcAlignment
{
    /// <summary>The same organizational domain.</summary>
    Relaxed,

    /// <summary>The same domain.</summary>
    Strict,
}

/// <summary>The role of the domain that publishes a record, as far as it says so (psd=).</summary>
public enum DmarcDomainRole
{
    /// <summary>psd=u, or nothing: the tree walk finds out.</summary>
    Unstated,

    /// <summary>psd=n: an organizational domain.</summary>
    OrganizationalDomain,

    /// <summary>psd=y: a public suffix.</summary>
    PublicSuffix,
}

/// <summary>
/// A DMARC policy record (RFC 9989 section 4.7). Unknown tags and values out of the grammar are passed over, as the RFC demands.
/// </summary>
public sealed class DmarcRecord
{
    private DmarcRecord() { }

    /// <summary>p=.</summary>
    public DmarcPolicy Policy { get; private init; }

    /// <summary>sp=, or p=.</summary>
    public DmarcPolicy SubdomainPolicy { get; private init; }

    /// <summary>np=, or what holds for subdomains.</summary>
    public DmarcPolicy NonexistentPolicy { get; private init; }

    /// <summary>Whether sp= stands there.</summary>
    public bool HasSubdomainPolicy { get; private init; }

    /// <summary>Whether np= stands there.</summary>
    public bool HasNonexistentPolicy { get; private init; }

    /// <summary>psd=.</summary>
    public DmarcDomainRole Role { get; private init; }

    /// <summary>t=y: what is asked for is meant one step milder.</summary>
    public bool IsTest { get; private init; }

    /// <summary>adkim=.</summary>
    public DmarcAlignment DkimAlignment { get; private init; }

    /// <summary>aspf=.</summary>
    public DmarcAlignment SpfAlignment { get; private init; }

    /// <summary>
    /// Reads a TXT record. One that does not begin with v=DMARC1 is <see cref="DmarcRecordParse.OtherRecord"/>; one whose policies
    /// cannot be read counts as p=none where it names somewhere to report to, and otherwise as <see cref="DmarcRecordParse.Unusable"/>: no
    /// DMARC processing then applies to the mail that it governs (section 4.10.1).
    /// </summary>
    public static DmarcRecordParse Parse(string text)
    {
        var tags = Tags(text);
        if (tags is not [("v", "DMARC1"), ..])
        {
            return new DmarcRecordParse.OtherRecord();
        }

        var role =
            Is(tags, "psd", "y") ? DmarcDomainRole.PublicSuffix
            : Is(tags, "psd", "n") ? DmarcDomainRole.OrganizationalDomain
            : DmarcDomainRole.Unstated;
        var policy = PolicyOf(tags, "p");
        var subdomains = PolicyOf(tags, "sp");
        var nonexistent = PolicyOf(tags, "np");
        var isUsable = policy is PolicyTag.Stated && subdomains is not PolicyTag.Invalid && nonexistent is not PolicyTag.Invalid;
        if (!isUsable && !HasReportAddress(ValueOf(tags, "rua")))
        {
            return new DmarcRecordParse.Unusable(
                "Its p= is missing, or its p=, sp= or np= cannot be read, and it names nobody to report to in rua= (RFC 9989 section 4.10.1).",
                role
            );
        }

        var p = isUsable ? ((PolicyTag.Stated)policy).Policy : DmarcPolicy.None;
        var sp = isUsable && subdomains is PolicyTag.Stated(var stated) ? stated : p;
        var np = isUsable && nonexistent is PolicyTag.Stated(var statedToo) ? statedToo : sp;
        return new DmarcRecordParse.Parsed(
            new DmarcRecord
            {
                Policy = p,
                SubdomainPolicy = sp,
                NonexistentPolicy = np,
                HasSubdomainPolicy = isUsable && subdomains is PolicyTag.Stated,
                HasNonexistentPolicy = isUsable && nonexistent is PolicyTag.Stated,
                Role = role,
                IsTest = Is(tags, "t", "y"),
                DkimAlignment = Is(tags, "adkim", "s") ? DmarcAlignment.Strict : DmarcAlignment.Relaxed,
                SpfAlignment = Is(tags, "aspf", "s") ? DmarcAlignment.Strict : DmarcAlignment.Relaxed,
            }
        );
    }

    private static List<(string Name, string Value)> Tags(string text)
    {
        var tags = new List<(string, string)>();
        foreach (var part in text.Split(';'))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                tags.Add((part[..equals].Trim(' ', '\t').ToLowerInvariant(), part[(equals + 1)..].Trim(' ', '\t')));
            }
            else if (tags.Count == 0)
            {
                // The version must come first, so what stands before it makes this no policy record.
                return tags;
            }
        }

        return tags;
    }

    /// <summary>The first one counts where a tag is repeated.</summary>
    private static string? ValueOf(List<(string Name, string Value)> tags, string name) => tags.Find(tag => tag.Name == name).Value;

    private static bool Is(List<(string Name, string Value)> tags, string name, string value) =>
        value.Equals(ValueOf(tags, name), StringComparison.OrdinalIgnoreCase);

    private static PolicyTag PolicyOf(List<(string Name, string Value)> tags, string name) =>
        ValueOf(tags, name)?.ToLowerInvariant() switch
        {
            null => new PolicyTag.Absent(),
            "none" => new PolicyTag.Stated(DmarcPolicy.None),
            "quarantine" => new PolicyTag.Stated(DmarcPolicy.Quarantine),
            "reject" => new PolicyTag.Stated(DmarcPolicy.Reject),
            { } => new PolicyTag.Invalid(),
        };

    private static bool HasReportAddress(string? rua) =>
        rua is not null
        && rua.Split(',')
            .Any(address => Uri.TryCreate(address.Trim(' ', '\t').Split('!')[0], UriKind.Absolute, out var uri) && uri.Scheme.Length > 0);

    private abstract record PolicyTag
    {
        private PolicyTag() { }

        public sealed record Absent : PolicyTag;

        public sealed record Stated(DmarcPolicy Policy) : PolicyTag;

        public sealed record Invalid : PolicyTag;
    }
}

/// <summary>A TXT record read as a policy, or why it is none.</summary>
public abstract record DmarcRecordParse
{
    private DmarcRecordParse() { }

    /// <summary>It was read.</summary>
    public sealed record Parsed(DmarcRecord Record) : DmarcRecordParse;

    /// <summary>Some other TXT record.</summary>
    public sealed record OtherRecord : DmarcRecordParse;

    /// <summary>A DMARC record that asks for nothing that can be done.</summary>
    /// <param name="Role">What it says of its domain, which counts all the same.</param>
    public sealed record Unusable(string Why, DmarcDomainRole Role) : DmarcRecordParse;
}
