using System.Diagnostics;
using Shonin.MailAuthentication.Dns;

namespace Shonin.MailAuthentication.Dmarc;

/// <summary>
/// The way from a domain up to the root in search of policy records (RFC 9989 section 4.10): at most eight queries, because
/// whoever sends with a name of a hundred labels must not make us ask a hundred times.
/// </summary>
internal sealed class DmarcTreeWalk
{
    private const int LabelCountAfterFirst = 7; // RFC 9989 section 4.10, step 4

    private DmarcTreeWalk(string start, IReadOnlyList<Found> records, string? failure, string? discarded)
    {
        Start = start;
        Records = records;
        Failure = failure;
        Discarded = discarded;
    }

    public string Start { get; }

    /// <summary>From the longest name to the shortest.</summary>
    public IReadOnlyList<Found> Records { get; }

    /// <summary>Why the walk could not be completed, if it could not.</summary>
    public string? Failure { get; }

    /// <summary>Why records were passed over as if they were not there.</summary>
    public string? Discarded { get; }

    public static async ValueTask<DmarcTreeWalk> FromAsync(string domain, DmarcQueries queries)
    {
        var records = new List<Found>();
        string? discarded = null;
        var name = domain;
        while (true)
        {
            switch (await queries.RecordAtAsync(name))
            {
                case DmarcQueryAnswer.Failed(var why):
                    return new DmarcTreeWalk(domain, records, why, discarded);
                case DmarcQueryAnswer.Several(var why):
                    discarded ??= why;
                    break;
                case DmarcQueryAnswer.Record(var role, var parse):
                    records.Add(new Found(name, role, parse));
                    if (role != DmarcDomainRole.Unstated)
                    {
                        return new DmarcTreeWalk(domain, records, null, discarded);
                    }

                    break;
                case DmarcQueryAnswer.Nothing:
                    break;
            }

            var labels = DomainName.LabelCount(name);
            if (labels == 1)
            {
                return new DmarcTreeWalk(domain, records, null, discarded);
            }

            name = DomainName.LastLabels(name, Math.Min(labels - 1, LabelCountAfterFirst));
        }
    }

    /// <summary>The record at the name itself.</summary>
    public Found? OwnRecord => Records.FirstOrDefault(found => found.Domain == Start);

    /// <summary>RFC 9989 section 4.10.2; none where the walk found no record to tell by.</summary>
    public string? OrganizationalDomain
    {
        get
        {
            foreach (var found in Records)
            {
                if (found.Role == DmarcDomainRole.OrganizationalDomain)
                {
                    return found.Domain;
                }

                if (found.Role == DmarcDomainRole.PublicSuffix && found.Domain != Start)
                {
                    return DomainName.LastLabels(Start, DomainName.LabelCount(found.Domain) + 1);
                }
            }

            return Records.Count == 0 ? null : Records[^1].Domain;
        }
    }

    /// <summary>The record that governs the domain: its own, its organization's, or its public suffix's (section 4.10.1).</summary>
    public Found? Governing =>
        OwnRecord
        ?? Records.FirstOrDefault(found => found.Domain == OrganizationalDomain)
        ?? Records.FirstOrDefault(found => found.Role == DmarcDomainRole.PublicSuffix);

    /// <summary>
    /// A record that stands alone at its name. It shapes the tree even where its policies cannot be read (RFC 9989 section 4.10, steps 2
    /// and 6).
    /// </summary>
    internal sealed record Found(string Domain, DmarcDomainRole Role, DmarcRecordParse Parse)
    {
        public DmarcRecord? Usable => (Parse as DmarcRecordParse.Parsed)?.Record;
    }
}

/// <summary>The queries of one check; a name that several walks pass is asked for once.</summary>
internal sealed class DmarcQueries(DnsLookup lookup, CancellationToken cancellation)
{
    private readonly Dictionary<string, DmarcQueryAnswer> asked = [];

    public int Count { get; private set; }

    public async ValueTask<DmarcQueryAnswer> RecordAtAsync(string domain)
    {
        if (!asked.TryGetValue(domain, out var answer))
        {
            Count++;
            answer = Read(await lookup($"_dmarc.{domain}", DnsRecordType.Txt, cancellation), domain);
            asked.Add(domain, answer);
        }

        return answer;
    }

    /// <summary>A name is missing only when DNS says that it does not exist (section 3.2, RFC 8020); silence is no such answer.</summary>
    public async ValueTask<bool> IsNonexistentAsync(string domain)
    {
        Count++;
        return await lookup(domain, DnsRecordType.A, cancellation) is DnsAnswer.NxDomain;
    }

    private static DmarcQueryAnswer Read(DnsAnswer answer, string domain)
    {
        switch (answer)
        {
            case DnsAnswer.TempFailure(var why):
                return new DmarcQueryAnswer.Failed($"_dmarc.{domain} could not be looked up. {why}");
            case DnsAnswer.NoData or DnsAnswer.NxDomain:
                return new DmarcQueryAnswer.Nothing();
            case DnsAnswer.Records(var records):
                var policies = records
                    .OfType<DnsRecord.Text>()
                    .Select(record => DmarcRecord.Parse(record.Value))
                    .Where(parse => parse is not DmarcRecordParse.OtherRecord)
                    .ToList();
                return policies switch
                {
                    [] => new DmarcQueryAnswer.Nothing(),
                    [DmarcRecordParse.Parsed({ Role: var role }) parsed] => new DmarcQueryAnswer.Record(role, parsed),
                    [DmarcRecordParse.Unusable(_, var role) unusable] => new DmarcQueryAnswer.Record(role, unusable),
                    [..] => new DmarcQueryAnswer.Several(
                        $"_dmarc.{domain} holds {policies.Count} DMARC records, so none counts (RFC 9989 section 4.10)."
                    ),
                };
            default:
                throw new UnreachableException();
        }
    }
}

internal abstract record DmarcQueryAnswer
{
    private DmarcQueryAnswer() { }

    public sealed record Record(DmarcDomainRole Role, DmarcRecordParse Parse) : DmarcQueryAnswer;

    public sealed record Nothing : DmarcQueryAnswer;

    /// <summary>All of several are discarded.</summary>
    public sealed record Several(string Why) : DmarcQueryAnswer;

    public sealed record Failed(string Why) : DmarcQueryAnswer;
}
