using Shonin.MailAuthentication.Dmarc;
using Shonin.MailAuthentication.Dns;

namespace Shonin.Specs.MailAuthentication;

/// <summary>RFC 9989. A row's zone names only the _dmarc records; the names themselves exist unless the row says "nx".</summary>
public sealed class DmarcCheckerSpecs
{
    // From, SPF passed for, DKIM passed for, records, word, policy, tag, record's domain, organizational domain.
    [Theory]
    // 4.10.1: the author's own record, then the organization's, then the public suffix's.
    [InlineData("example.com", "", "example.com", "example.com p=reject", "pass", DmarcPolicy.Reject, "p", "example.com", "example.com")]
    [InlineData("example.com", "", "", "example.com p=reject", "fail", DmarcPolicy.Reject, "p", "example.com", "example.com")]
    [InlineData(
        "a.mail.example.com",
        "",
        "",
        "mail.example.com p=none|example.com p=reject",
        "fail",
        DmarcPolicy.Reject,
        "p",
        "example.com",
        "example.com"
    )]
    [InlineData(
        "a.mail.example.com",
        "",
        "",
        "a.mail.example.com p=quarantine|example.com p=reject",
        "fail",
        DmarcPolicy.Quarantine,
        "p",
        "a.mail.example.com",
        "example.com"
    )]
    [InlineData(
        "a.mail.example.com",
        "",
        "",
        "mail.example.com p=none; psd=n|example.com p=reject",
        "fail",
        DmarcPolicy.None,
        "p",
        "mail.example.com",
        "mail.example.com"
    )]
    [InlineData("a.mail.example.com", "", "", "com p=reject; psd=y", "fail", DmarcPolicy.Reject, "p", "com", "example.com")]
    [InlineData(
        "a.mail.example.com",
        "",
        "",
        "example.com p=none|com p=reject; psd=y",
        "fail",
        DmarcPolicy.None,
        "p",
        "example.com",
        "example.com"
    )]
    [InlineData("com", "", "", "com p=reject; psd=y", "fail", DmarcPolicy.Reject, "p", "com", "com")]
    // sp and np.
    [InlineData(
        "a.example.com",
        "",
        "",
        "example.com p=reject; sp=quarantine",
        "fail",
        DmarcPolicy.Quarantine,
        "sp",
        "example.com",
        "example.com"
    )]
    [InlineData(
        "a.example.com",
        "",
        "",
        "example.com p=none; sp=quarantine; np=reject",
        "fail",
        DmarcPolicy.Quarantine,
        "sp",
        "example.com",
        "example.com"
    )]
    [InlineData(
        "nx.example.com",
        "",
        "",
        "example.com p=none; sp=quarantine; np=reject",
        "fail",
        DmarcPolicy.Reject,
        "np",
        "example.com",
        "example.com"
    )]
    [InlineData(
        "nx.example.com",
        "",
        "",
        "example.com p=none; sp=quarantine",
        "fail",
        DmarcPolicy.Quarantine,
        "sp",
        "example.com",
        "example.com"
    )]
    [InlineData("nx.example.com", "", "", "example.com p=reject", "fail", DmarcPolicy.Reject, "p", "example.com", "example.com")]
    [InlineData(
        "example.com",
        "",
        "",
        "example.com p=none; sp=reject; np=reject",
        "fail",
        DmarcPolicy.None,
        "p",
        "example.com",
        "example.com"
    )]
    [InlineData("nx.com", "", "", "com p=none; psd=y; np=reject", "fail", DmarcPolicy.Reject, "np", "com", "nx.com")]
    // t=y is one step milder.
    [InlineData("example.com", "", "", "example.com p=reject; t=y", "fail", DmarcPolicy.Quarantine, "p", "example.com", "example.com")]
    [InlineData("example.com", "", "", "example.com p=quarantine; t=y", "fail", DmarcPolicy.None, "p", "example.com", "example.com")]
    [InlineData("example.com", "", "", "example.com p=none; t=y", "fail", DmarcPolicy.None, "p", "example.com", "example.com")]
    [InlineData("example.com", "", "", "example.com p=reject; t=n", "fail", DmarcPolicy.Reject, "p", "example.com", "example.com")]
    // Alignment.
    [InlineData(
        "example.com",
        "mail.example.com",
        "",
        "example.com p=reject",
        "pass",
        DmarcPolicy.Reject,
        "p",
        "example.com",
        "example.com"
    )]
    [InlineData(
        "example.com",
        "mail.example.com",
        "",
        "example.com p=reject; aspf=s",
        "fail",
        DmarcPolicy.Reject,
        "p",
        "example.com",
        "example.com"
    )]
    [InlineData(
        "example.com",
        "",
        "mail.example.com",
        "example.com p=reject; aspf=s",
        "pass",
        DmarcPolicy.Reject,
        "p",
        "example.com",
        "example.com"
    )]
    [InlineData(
        "example.com",
        "",
        "mail.example.com",
        "example.com p=reject; adkim=s",
        "fail",
        DmarcPolicy.Reject,
        "p",
        "example.com",
        "example.com"
    )]
    [InlineData(
        "mail.example.com",
        "",
        "example.com",
        "example.com p=reject",
        "pass",
        DmarcPolicy.Reject,
        "p",
        "example.com",
        "example.com"
    )]
    [InlineData(
        "example.com",
        "",
        "other.example|example.com",
        "example.com p=reject",
        "pass",
        DmarcPolicy.Reject,
        "p",
        "example.com",
        "example.com"
    )]
    [InlineData("example.com", "", "notexample.com", "example.com p=reject", "fail", DmarcPolicy.Reject, "p", "example.com", "example.com")]
    [InlineData(
        "example.com",
        "",
        "com",
        "example.com p=reject|com p=none; psd=y",
        "fail",
        DmarcPolicy.Reject,
        "p",
        "example.com",
        "example.com"
    )]
    [InlineData(
        "one.example.com",
        "",
        "two.example.com",
        "one.example.com p=reject; psd=n|example.com p=none",
        "fail",
        DmarcPolicy.Reject,
        "p",
        "one.example.com",
        "one.example.com"
    )]
    [InlineData(
        "example.com",
        "",
        "dept.example.com",
        "dept.example.com p=none; psd=n|example.com p=reject",
        "fail",
        DmarcPolicy.Reject,
        "p",
        "example.com",
        "example.com"
    )]
    [InlineData("EXAMPLE.com.", "", "Example.COM", "example.com p=reject", "pass", DmarcPolicy.Reject, "p", "example.com", "example.com")]
    [InlineData(
        "例え.jp",
        "",
        "xn--r8jz45g.jp",
        "xn--r8jz45g.jp p=reject",
        "pass",
        DmarcPolicy.Reject,
        "p",
        "xn--r8jz45g.jp",
        "xn--r8jz45g.jp"
    )]
    // 4.10.1: unreadable policies. With an address to report to they count as p=none.
    [InlineData(
        "example.com",
        "",
        "",
        "example.com p=bogus; rua=mailto:a@example.com",
        "fail",
        DmarcPolicy.None,
        "p",
        "example.com",
        "example.com"
    )]
    [InlineData(
        "example.com",
        "",
        "",
        "example.com p=reject; sp=bogus; rua=mailto:a@example.com",
        "fail",
        DmarcPolicy.None,
        "p",
        "example.com",
        "example.com"
    )]
    [InlineData("example.com", "", "", "example.com rua=mailto:a@example.com", "fail", DmarcPolicy.None, "p", "example.com", "example.com")]
    [InlineData(
        "a.example.com",
        "",
        "",
        "example.com sp=reject; np=reject; rua=mailto:a@example.com",
        "fail",
        DmarcPolicy.None,
        "p",
        "example.com",
        "example.com"
    )]
    // 4.10, step 4: eight labels lead on at seven, and so do more.
    [InlineData(
        "a.b.c.d.e.f.example.com",
        "",
        "",
        "b.c.d.e.f.example.com p=none",
        "fail",
        DmarcPolicy.None,
        "p",
        "b.c.d.e.f.example.com",
        "b.c.d.e.f.example.com"
    )]
    // 4.10, step 2: what a public suffix or an organization says of itself ends the walk, even where its policy cannot be read.
    [InlineData(
        "a.example.com",
        "",
        "",
        "a.example.com p=reject|example.com p=bogus; psd=n|com p=none",
        "fail",
        DmarcPolicy.Reject,
        "p",
        "a.example.com",
        "example.com"
    )]
    [InlineData(
        "a.example.com",
        "",
        "",
        "a.example.com p=reject|com p=bogus; psd=y",
        "fail",
        DmarcPolicy.Reject,
        "p",
        "a.example.com",
        "example.com"
    )]
    [InlineData("a.example.com", "", "", "example.com p=reject; psd=u|com p=none", "fail", DmarcPolicy.None, "p", "com", "com")]
    [InlineData(
        "example.com",
        "",
        "",
        "example.com p=reject; psd=y|com p=none",
        "fail",
        DmarcPolicy.Reject,
        "p",
        "example.com",
        "example.com"
    )]
    // Appendix B.4: giant.bank.example and mega.bank.example below a public suffix.
    [InlineData(
        "giant.bank.example",
        "mail.giant.bank.example",
        "mail.mega.bank.example",
        "bank.example p=none; psd=y|giant.bank.example p=reject",
        "pass",
        DmarcPolicy.Reject,
        "p",
        "giant.bank.example",
        "giant.bank.example"
    )]
    [InlineData(
        "giant.bank.example",
        "",
        "mail.mega.bank.example",
        "bank.example p=none; psd=y|giant.bank.example p=reject",
        "fail",
        DmarcPolicy.Reject,
        "p",
        "giant.bank.example",
        "giant.bank.example"
    )]
    // A public suffix's policy, where nothing stands below it.
    [InlineData(
        "mail.giant.bank.example",
        "",
        "",
        "bank.example p=none; sp=quarantine; np=reject; psd=y",
        "fail",
        DmarcPolicy.Quarantine,
        "sp",
        "bank.example",
        "giant.bank.example"
    )]
    [InlineData(
        "nx.giant.bank.example",
        "",
        "",
        "bank.example p=none; sp=quarantine; np=reject; psd=y; t=y",
        "fail",
        DmarcPolicy.Quarantine,
        "np",
        "bank.example",
        "giant.bank.example"
    )]
    // 4.7: what cannot be read is passed over.
    [InlineData(
        "example.com",
        "",
        "",
        "example.com P=Reject; pct=50; x; =; adkim=q",
        "fail",
        DmarcPolicy.Reject,
        "p",
        "example.com",
        "example.com"
    )]
    public async Task A_policy_is_found_and_applied(
        string from,
        string spf,
        string dkim,
        string records,
        string word,
        DmarcPolicy policy,
        string tag,
        string recordDomain,
        string organization
    )
    {
        var result = await CheckAsync(from, spf, dkim, records);
        Assert.Equal(
            (word, policy, tag, recordDomain, organization),
            (result.Outcome.Word, result.Policy, result.AppliedFrom, result.RecordDomain, result.OrganizationalDomain)
        );
        Assert.Equal(DmarcMethod.TreeWalk, result.Method);
    }

    [Theory]
    [InlineData("example.com", "")]
    [InlineData("example.com", "example.com adkim=s")]
    [InlineData("example.com", "example.com p=bogus")]
    [InlineData("example.com", "example.com p=bogus; rua=nothing")]
    [InlineData("example.com", "other.com p=reject")]
    // 4.10.1: a record that asks for nothing that can be done governs all the same, and no DMARC processing is applied.
    [InlineData("mail.example.com", "mail.example.com p=bogus|example.com p=reject")]
    [InlineData("mail.example.com", "example.com p=reject; sp=bogus")]
    [InlineData("mail.example.com", "mail.example.com psd=n|example.com p=reject")]
    public async Task Without_a_usable_policy_DMARC_does_not_apply_even_if_a_domain_was_proved(string from, string records)
    {
        var result = await CheckAsync(from, from, from, records);
        Assert.Equal(("none", null), (result.Outcome.Word, result.Policy));
    }

    [Theory]
    [InlineData("""{"_dmarc.example.com":{"TXT":[["v=DMARC1; p=reject"],["v=DMARC1; p=none"]]}}""", "none")]
    [InlineData("""{"_dmarc.example.com":{"TXT":[["v=DMARC1; p=reject"],["v=spf1 -all"]]}}""", "fail")]
    [InlineData("""{"_dmarc.example.com":{"TXT":[["v=DMARC1;"," p=reject"]]}}""", "fail")]
    [InlineData("""{"_dmarc.example.com":{"CNAME":["p.example.net"]},"p.example.net":{"TXT":[["v=DMARC1; p=reject"]]}}""", "fail")]
    [InlineData("""{"_dmarc.example.com":{"TXT":[["v=dmarc1; p=reject"]]}}""", "none")]
    [InlineData("""{"_dmarc.example.com":{"TXT":[["p=reject; v=DMARC1"]]}}""", "none")]
    [InlineData("""{"_dmarc.example.com":{"TXT":[["x; v=DMARC1; p=reject"]]}}""", "none")]
    [InlineData("""{"_dmarc.example.com":{"TXT":[["v = DMARC1 ;p = reject;"]]}}""", "fail")]
    [InlineData("""{"_dmarc.example.com":{"TXT":"TIMEOUT"}}""", "temperror")]
    [InlineData("""{"_dmarc.com":{"TXT":"SERVFAIL"}}""", "temperror")]
    [InlineData(
        """{"_dmarc.example.com":{"TXT":["v=DMARC1; p=reject","v=DMARC1; p=none"]},"_dmarc.com":{"TXT":["v=DMARC1; p=quarantine; psd=y"]}}""",
        "fail"
    )]
    public async Task Records_that_do_not_count_and_answers_that_do_not_come(string names, string word)
    {
        var result = await new DmarcChecker(Zones.Of(names)).CheckAsync(new DmarcRequest("example.com", [], []));
        Assert.Equal(word, result.Outcome.Word);
    }

    [Fact]
    public async Task A_walk_that_breaks_off_above_the_authors_own_record_leaves_a_pass_and_makes_no_fail()
    {
        var zone = Zones.Of("""{"_dmarc.mail.example.com":{"TXT":[["v=DMARC1; p=reject"]]},"_dmarc.example.com":{"TXT":"TIMEOUT"}}""");
        Assert.Equal(
            "pass",
            (await new DmarcChecker(zone).CheckAsync(new DmarcRequest("mail.example.com", [], ["mail.example.com"]))).Outcome.Word
        );
        Assert.Equal(
            "temperror",
            (await new DmarcChecker(zone).CheckAsync(new DmarcRequest("mail.example.com", [], ["example.com"]))).Outcome.Word
        );
    }

    [Theory]
    // Nothing was proved, or only for a domain that can have no organization in common: the broken walk does not matter.
    [InlineData("", "p=reject", "fail")]
    [InlineData("other.example", "p=reject", "fail")]
    [InlineData("mail.example.com", "p=reject; adkim=s", "fail")]
    [InlineData("mail.example.com", "p=reject", "temperror")]
    [InlineData("example.com", "p=reject", "pass")]
    public async Task A_walk_that_breaks_off_above_the_authors_own_record_matters_only_where_an_organization_must_be_known(
        string signer,
        string record,
        string word
    )
    {
        var zone = Zones.Of($$$"""{"_dmarc.example.com":{"TXT":["v=DMARC1; {{{record}}}"]},"_dmarc.com":{"TXT":"TIMEOUT"}}""");
        var result = await new DmarcChecker(zone).CheckAsync(new DmarcRequest("example.com", [], signer.Length == 0 ? [] : [signer]));
        Assert.Equal((word, null), (result.Outcome.Word, result.OrganizationalDomain));
        Assert.Equal((DmarcPolicy.Reject, "example.com"), (result.Policy, result.RecordDomain));
    }

    [Fact]
    public async Task A_signature_that_did_not_pass_proves_nothing_and_is_still_told_to_be_the_authors()
    {
        var zone = Zones.Of("""{"_dmarc.example.com":{"TXT":["v=DMARC1; p=reject"]}}""");
        var result = await new DmarcChecker(zone).CheckAsync(
            new DmarcRequest("example.com", [], []) { DkimClaimed = ["mail.example.com", "example.net"] }
        );
        Assert.Equal("fail", result.Outcome.Word);
        Assert.Equal([true, false], result.Claimed.Select(one => one.IsAligned));
        Assert.Empty(result.Identifiers);
    }

    [Fact]
    public async Task A_name_of_thirteen_labels_costs_eight_queries_and_those_of_section_4_10()
    {
        var asked = new List<string>();
        ValueTask<DnsAnswer> Record(string name, DnsRecordType type, CancellationToken cancellation)
        {
            asked.Add(name);
            return ValueTask.FromResult<DnsAnswer>(new DnsAnswer.NxDomain());
        }

        var result = await new DmarcChecker(Record).CheckAsync(new DmarcRequest("a.b.c.d.e.f.g.h.i.j.mail.example.com", [], []));
        Assert.Equal(8, result.QueryCount);
        Assert.Equal(
            [
                "_dmarc.a.b.c.d.e.f.g.h.i.j.mail.example.com",
                "_dmarc.g.h.i.j.mail.example.com",
                "_dmarc.h.i.j.mail.example.com",
                "_dmarc.i.j.mail.example.com",
                "_dmarc.j.mail.example.com",
                "_dmarc.mail.example.com",
                "_dmarc.example.com",
                "_dmarc.com",
            ],
            asked
        );
    }

    [Theory]
    [InlineData("..mail.example.com")]
    [InlineData("a b.example.com")]
    public async Task A_proved_name_that_DNS_cannot_hold_is_asked_for_nothing_and_aligns_with_nothing(string proved)
    {
        var zone = """{"_dmarc.example.com":{"TXT":[["v=DMARC1; p=reject"]]}}""";
        var result = await new DmarcChecker(Zones.Of(zone)).CheckAsync(new DmarcRequest("example.com", [], [proved]));
        Assert.Equal(("fail", 2), (result.Outcome.Word, result.QueryCount));
        Assert.Equal(
            "pass",
            (await new DmarcChecker(Zones.Of(zone)).CheckAsync(new DmarcRequest("example.com", [], ["mail.example.com"]))).Outcome.Word
        );
    }

    [Fact]
    public async Task Where_the_walk_finds_nothing_the_public_suffix_list_tells_who_belongs_together()
    {
        var request = new DmarcRequest("mail.example.co.uk", [], ["news.example.co.uk"]);
        var with = await new DmarcChecker(Zones.Of("{}"), domain =>
            domain.EndsWith("example.co.uk", StringComparison.Ordinal) ? "example.co.uk" : null
        ).CheckAsync(request);
        Assert.Equal(("none", "example.co.uk", DmarcMethod.PublicSuffixList, true), Seen(with));
        var without = await new DmarcChecker(Zones.Of("{}")).CheckAsync(request);
        Assert.Equal(("none", "mail.example.co.uk", DmarcMethod.Itself, false), Seen(without));

        static (string, string?, DmarcMethod, bool) Seen(DmarcResult result) =>
            (result.Outcome.Word, result.OrganizationalDomain, result.Method, Assert.Single(result.Identifiers).IsAligned);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a..b")]
    [InlineData("exa mple.com")]
    [InlineData("[192.0.2.1]")]
    [InlineData("xn--\uD800.com")]
    public async Task A_From_without_a_domain_is_a_permanent_error(string from) =>
        Assert.Equal("permerror", (await new DmarcChecker(DnsLookups.Offline).CheckAsync(new DmarcRequest(from, [], []))).Outcome.Word);

    private static async Task<DmarcResult> CheckAsync(string from, string spf, string dkim, string records)
    {
        var names = records
            .Split('|', StringSplitOptions.RemoveEmptyEntries)
            .Select(record => record.Split(' ', 2))
            .Select(record =>
                $$"""
                    "_dmarc.{{record[0]}}":{"TXT":[["v=DMARC1; {{record[1]}}"]]}
                    """
            );
        var existing = from.StartsWith("nx", StringComparison.Ordinal)
            ? []
            : new[]
            {
                $$"""
                    "{{from.TrimEnd('.')}}":{}
                    """,
            };
        var zone = Zones.Of("{" + string.Join(',', names.Concat(existing)) + "}");
        return await new DmarcChecker(zone).CheckAsync(
            new DmarcRequest(
                from,
                spf.Split('|', StringSplitOptions.RemoveEmptyEntries),
                dkim.Split('|', StringSplitOptions.RemoveEmptyEntries)
            )
        );
    }
}
