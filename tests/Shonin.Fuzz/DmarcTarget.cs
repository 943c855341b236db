using Shonin.MailAuthentication.Dmarc;

namespace Shonin.Fuzz;

/// <summary>
/// DMARC records and the walk up the tree. The input's lines: From's domain, SPF's, DKIM's, an unsettled one, then what DNS answers.
/// </summary>
internal static class DmarcTarget
{
    public static FuzzTarget Target { get; } = new("dmarc", Seeds, CheckAsync);

    private const int WalkQueryCountMax = 8; // RFC 9989 section 4.10

    private static IEnumerable<byte[]> Seeds() =>
        [
            ScriptedDns.Input(
                "a.mail.shop.example",
                "shop.example",
                "news.shop.example",
                "",
                "",
                "v=DMARC1; p=none; sp=quarantine; np=reject; adkim=s; aspf=r; t=y; rua=mailto:a@shop.example!10m",
                "v=DMARC1; p=reject; psd=n"
            ),
            ScriptedDns.Input(
                "shop.example",
                "evil.example",
                "shop.example",
                "x.shop.example",
                "v=DMARC1;p=reject;psd=y|v=spf1 -all",
                "v=DMARC1; p=quarantine"
            ),
            ScriptedDns.Input(
                "a.b.c.d.e.f.g.h.i.j.shop.example",
                "",
                "",
                "shop.example",
                "?",
                "?",
                "!",
                "v=DMARC1; p=bad; rua=mailto:a@b",
                "v=DMARC1; p=none|v=DMARC1; p=none",
                "v=DMARC1"
            ),
            ScriptedDns.Input("b\xfccher.example", "B\xfccher.example.", "xn--bcher-kva.example", "", "v=DMARC1; sp=reject; p=none; psd=u"),
        ];

    private static async ValueTask CheckAsync(byte[] input)
    {
        var lines = ScriptedDns.Lines(input);
        foreach (var record in lines)
        {
            CheckRecord(record);
        }

        var dns = new ScriptedDns(lines.Skip(4));
        List<string> Domains(int line) => lines.ElementAtOrDefault(line) is { Length: > 0 } domain ? [domain] : [];
        var request = new DmarcRequest(lines[0], Domains(1), Domains(2)) { Unsettled = Domains(3) };
        var result = await new DmarcChecker(dns.LookupAsync).CheckAsync(request);
        Property.Same(dns.Asked.Count, result.QueryCount, "Queries are counted");
        Property.Holds(result.QueryCount <= (4 * WalkQueryCountMax) + 1, $"{result.QueryCount} queries for four domains");
        Property.Holds(
            dns.Asked.TrueForAll(name => name.Length is > 0 and <= 253 + 7 && !name.Contains("..", StringComparison.Ordinal)),
            "Only names that DNS can hold are asked for"
        );
        var isAligned = result.Identifiers.Any(identifier => identifier.IsAligned);
        switch (result.Outcome)
        {
            case DmarcOutcome.Pass:
                Property.Holds(
                    isAligned && result.Policy is not null && result.RecordDomain is not null,
                    "A pass has an aligned domain and a policy"
                );
                break;
            case DmarcOutcome.Fail:
                Property.Holds(!isAligned && result.Policy is not null, "A failure has a policy and no aligned domain");
                break;
            case DmarcOutcome.PermError:
                Property.Same(0, result.QueryCount, "Where there is nobody to ask about nobody is asked");
                break;
        }
    }

    private static void CheckRecord(string text)
    {
        if (DmarcRecord.Parse(text) is not DmarcRecordParse.Parsed(var record))
        {
            return;
        }

        Property.Holds(record.HasSubdomainPolicy || record.SubdomainPolicy == record.Policy, "Without sp= subdomains get p=");
        Property.Holds(
            record.HasNonexistentPolicy || record.NonexistentPolicy == record.SubdomainPolicy,
            "Without np= it is as for subdomains"
        );
        var again = DmarcRecord.Parse(Written(record)) is DmarcRecordParse.Parsed(var parsed)
            ? parsed
            : throw new BrokenPropertyException($"A record written again is refused: {Written(record)}");
        Property.Same(Written(record), Written(again), "A record written again is the same");
    }

    private static string Written(DmarcRecord record) =>
        string.Concat(
            $"v=DMARC1; p={record.Policy.ToString().ToLowerInvariant()}",
            record.HasSubdomainPolicy ? $"; sp={record.SubdomainPolicy.ToString().ToLowerInvariant()}" : "",
            record.HasNonexistentPolicy ? $"; np={record.NonexistentPolicy.ToString().ToLowerInvariant()}" : "",
            record.Role switch
            {
                DmarcDomainRole.Unstated => "",
                DmarcDomainRole.OrganizationalDomain => "; psd=n",
                DmarcDomainRole.PublicSuffix => "; psd=y",
            }
        )
        + (record.IsTest ? "; t=y" : "")
        + (record.DkimAlignment == DmarcAlignment.Strict ? "; adkim=s" : "")
        + (record.SpfAlignment == DmarcAlignment.Strict ? "; aspf=s" : "");
}
