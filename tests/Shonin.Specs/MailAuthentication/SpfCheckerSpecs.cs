using System.Net;
using Shonin.MailAuthentication.Dns;
using Shonin.MailAuthentication.Spf;

namespace Shonin.Specs.MailAuthentication;

/// <summary>Rules and edges beside the published suite. The client is 192.0.2.1 where nothing else is said.</summary>
public sealed class SpfCheckerSpecs
{
    [Theory]
    [InlineData("v=spf1 ip4:192.0.2.1 -all", "pass")]
    [InlineData("v=spf1 ip4:192.0.2.2 -all", "fail")]
    [InlineData("V=SPF1 IP4:192.0.2.1 -ALL", "pass")]
    [InlineData("v=spf1", "neutral")]
    [InlineData("v=spf10 +all", "none")]
    [InlineData("v=spf1 +all -all", "pass")]
    [InlineData("v=spf1 ~all", "softfail")]
    [InlineData("v=spf1 ?all", "neutral")]
    [InlineData("v=spf1 ip4:192.0.2.0/24 -all", "pass")]
    [InlineData("v=spf1 ip4:192.0.3.0/23 -all", "pass")]
    [InlineData("v=spf1 ip4:192.0.3.0/24 -all", "fail")]
    [InlineData("v=spf1 ip4:0.0.0.0/0 -all", "pass")]
    [InlineData("v=spf1 ip4:192.0.2.0/33 -all", "permerror")]
    [InlineData("v=spf1 ip4:192.0.2.0/024 -all", "permerror")]
    [InlineData("v=spf1 ip4:192.0.2.0/ -all", "permerror")]
    [InlineData("v=spf1 ip4:192.0.2 -all", "permerror")]
    [InlineData("v=spf1 ip4:192.0.02.1 -all", "permerror")]
    [InlineData("v=spf1 ip4:0x7f.0.0.1 -all", "permerror")]
    [InlineData("v=spf1 ip4 -all", "permerror")]
    [InlineData("v=spf1 ip6:::ffff:192.0.2.1 -all", "fail")]
    [InlineData("v=spf1 ip6:192.0.2.1 -all", "permerror")]
    [InlineData("v=spf1 ip6:fe80::1%eth0 -all", "permerror")]
    [InlineData("v=spf1 ip6:[::1] -all", "permerror")]
    [InlineData("v=spf1 a/24//64 -all", "fail")]
    [InlineData("v=spf1 a//129 -all", "permerror")]
    [InlineData("v=spf1 a/24/24 -all", "permerror")]
    [InlineData("v=spf1 a: -all", "permerror")]
    [InlineData("v=spf1 a:123 -all", "permerror")]
    [InlineData("v=spf1 a:host.example.com/24//64 -all", "pass")]
    [InlineData("v=spf1 a:host.-bad -all", "permerror")]
    [InlineData("v=spf1 a:host.example.com./24 -all", "pass")]
    [InlineData("v=spf1 a:%{d1r/}.x.example.com -all", "fail")]
    [InlineData("v=spf1 exists:%{d0}.example.com -all", "permerror")]
    [InlineData("v=spf1 exists:%{x}.example.com -all", "permerror")]
    [InlineData("v=spf1 exists:%{c}.example.com -all", "permerror")]
    [InlineData("v=spf1 exists:%{i.example.com -all", "permerror")]
    [InlineData("v=spf1 exists:%.example.com -all", "permerror")]
    [InlineData("v=spf1 include -all", "permerror")]
    [InlineData("v=spf1 include:none.example.com -all", "permerror")]
    [InlineData("v=spf1 include:loop.example.com -all", "permerror")]
    [InlineData("v=spf1 include:slow.example.com -all", "temperror")]
    [InlineData("v=spf1 a:slow.example.com -all", "temperror")]
    [InlineData("v=spf1 ptr:slow.example.com ~all", "softfail")]
    [InlineData("v=spf1 redirect=none.example.com", "permerror")]
    [InlineData("v=spf1 redirect=pass.example.com", "pass")]
    [InlineData("v=spf1 redirect=none.example.com -all", "fail")]
    [InlineData("v=spf1 redirect=pass.example.com redirect=pass.example.com", "permerror")]
    [InlineData("v=spf1 exp=a.example.com exp=a.example.com -all", "permerror")]
    [InlineData("v=spf1 unknown=%{s} -all", "fail")]
    [InlineData("v=spf1 unknown=%{ -all", "permerror")]
    [InlineData("v=spf1 unknown -all", "permerror")]
    [InlineData("v=spf1 all: -all", "permerror")]
    [InlineData("v=spf1 -", "permerror")]
    [InlineData("v=spf1 ~exp=a.example.com -all", "permerror")]
    [InlineData("v=spf1 -all all=1", "fail")]
    [InlineData("v=spf1 -all bogus", "permerror")]
    public async Task A_policy_gives_its_result(string policy, string word) => Assert.Equal(word, (await CheckAsync(policy)).Outcome.Word);

    [Theory]
    [InlineData("user@example.com", "mail.example.net", SpfScope.MailFrom, "example.com", "pass")]
    [InlineData("", "example.com", SpfScope.Helo, "example.com", "pass")]
    [InlineData("@example.com", "mail.example.net", SpfScope.MailFrom, "example.com", "pass")]
    [InlineData("example.com", "mail.example.net", SpfScope.MailFrom, "example.com", "pass")]
    [InlineData("a@b@example.com", "mail.example.net", SpfScope.MailFrom, "example.com", "pass")]
    [InlineData("user@example.com.", "mail.example.net", SpfScope.MailFrom, "example.com.", "pass")]
    [InlineData("user@localhost", "mail.example.net", SpfScope.MailFrom, "localhost", "none")]
    [InlineData("user@", "mail.example.net", SpfScope.MailFrom, "", "none")]
    [InlineData("user@a..example.com", "mail.example.net", SpfScope.MailFrom, "a..example.com", "none")]
    [InlineData("", "", SpfScope.Helo, "", "none")]
    [InlineData("", "[192.0.2.1]", SpfScope.Helo, "[192.0.2.1]", "none")]
    public async Task The_identity_is_MAIL_FROM_or_HELO_for_the_null_reverse_path(
        string mailFrom,
        string helo,
        SpfScope scope,
        string domain,
        string word
    )
    {
        var result = await CheckAsync("v=spf1 ip4:192.0.2.1 -all", new SpfRequest(IPAddress.Parse("192.0.2.1"), helo, mailFrom));
        Assert.Equal((scope, domain, word), (result.Scope, result.Domain, result.Outcome.Word));
    }

    [Fact]
    public async Task An_IPv4_address_mapped_into_IPv6_is_IPv4() =>
        Assert.Equal(
            "pass",
            (
                await CheckAsync(
                    "v=spf1 ip4:192.0.2.1 -all",
                    new SpfRequest(IPAddress.Parse("::ffff:192.0.2.1"), "h.example", "a@example.com")
                )
            )
                .Outcome
                .Word
        );

    [Fact]
    public async Task Ten_look_ups_are_allowed_and_the_eleventh_is_not()
    {
        var ten = string.Concat(Enumerable.Repeat("a:other.example.com ", 10));
        Assert.Equal(("softfail", 10), Seen(await CheckAsync($"v=spf1 {ten}~all")));
        Assert.Equal(("permerror", 11), Seen(await CheckAsync($"v=spf1 {ten}mx ~all")));
        static (string, int) Seen(SpfResult result) => (result.Outcome.Word, result.LookupCount);
    }

    [Fact]
    public async Task Two_look_ups_may_find_nothing_and_the_third_may_not()
    {
        Assert.Equal(("softfail", 2), Seen(await CheckAsync("v=spf1 a:v1.example.com exists:v2.example.com ~all")));
        Assert.Equal(("permerror", 3), Seen(await CheckAsync("v=spf1 a:v1.example.com exists:v2.example.com mx:v3.example.com ~all")));
        static (string, int) Seen(SpfResult result) => (result.Outcome.Word, result.VoidLookupCount);
    }

    [Fact]
    public async Task Ten_MX_hosts_are_allowed_and_the_eleventh_is_not()
    {
        Assert.Equal("softfail", (await CheckWithExchangesAsync(10)).Outcome.Word);
        Assert.Equal("permerror", (await CheckWithExchangesAsync(11)).Outcome.Word);

        static async Task<SpfResult> CheckWithExchangesAsync(int count)
        {
            var exchanges = string.Join(',', Enumerable.Range(1, count).Select(host => $"[{host},\"h{host}.example.com\"]"));
            var zone = Zones.Of("{\"example.com\":{\"TXT\":[[\"v=spf1 mx ~all\"]],\"MX\":[" + exchanges + "]}}");
            return await new SpfChecker(zone, TimeProvider.System).CheckAsync(
                new SpfRequest(IPAddress.Parse("192.0.2.1"), "h.example", "a@example.com")
            );
        }
    }

    [Fact]
    public async Task A_record_full_of_macros_costs_a_bounded_name()
    {
        var macros = string.Concat(Enumerable.Repeat("%{s}", 10_000));
        Assert.Equal("fail", (await CheckAsync($"v=spf1 exists:{macros} -all")).Outcome.Word);
    }

    [Fact]
    public async Task No_answer_from_DNS_is_a_temporary_error_with_its_reason()
    {
        var result = await new SpfChecker(DnsLookups.Offline, TimeProvider.System).CheckAsync(
            new SpfRequest(IPAddress.Loopback, "h.example", "a@example.com")
        );
        Assert.Contains("switched off", Assert.IsType<SpfOutcome.TempError>(result.Outcome).Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fail_is_explained_in_the_owners_words_and_without_them_by_the_default()
    {
        var explained = Assert.IsType<SpfOutcome.Fail>((await CheckAsync("v=spf1 -all exp=why.example.com")).Outcome);
        Assert.Equal(("-all", "192.0.2.1 may not send for example.com as a"), (explained.Directive, explained.Explanation));
        Assert.Equal("DEFAULT", Assert.IsType<SpfOutcome.Fail>((await CheckAsync("v=spf1 -all")).Outcome).Explanation);
    }

    private static Task<SpfResult> CheckAsync(string policy) =>
        CheckAsync(policy, new SpfRequest(IPAddress.Parse("192.0.2.1"), "mail.example.net", "a@example.com"));

    private static async Task<SpfResult> CheckAsync(string policy, SpfRequest request)
    {
        var zone = Zones.Of(
            $$$"""
            {"example.com":{"TXT":[["{{{policy}}}"]],"A":["192.0.9.9"]},
             "host.example.com":{"A":["192.0.2.77"]}, "other.example.com":{"A":["192.0.9.9"]},
             "loop.example.com":{"TXT":[["v=spf1 include:loop.example.com -all"]]},
             "pass.example.com":{"TXT":[["v=spf1 ip4:192.0.2.1 -all"]]},
             "slow.example.com":{"*":"TIMEOUT"}, "1.2.0.192.in-addr.arpa":{"*":"SERVFAIL"},
             "why.example.com":{"TXT":[["%{c} may not send for %{d} as %{l}"]]}}
            """
        );
        return await new SpfChecker(zone, TimeProvider.System).CheckAsync(request);
    }
}
