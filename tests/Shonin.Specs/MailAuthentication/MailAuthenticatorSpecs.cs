using System.Net;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Shonin.MailAuthentication;
using Shonin.MailAuthentication.Dkim;
using Shonin.MailAuthentication.Dmarc;
using Shonin.MailAuthentication.Dns;
using Shonin.MailAuthentication.Message;
using Shonin.MailAuthentication.Spf;

namespace Shonin.Specs.MailAuthentication;

public sealed class MailAuthenticatorSpecs
{
    private static readonly DateTimeOffset now = new(2026, 11, 24, 1, 2, 3, TimeSpan.Zero);
    private static readonly byte[] unsigned = Encoding.ASCII.GetBytes("From: notice@shop.example\r\nTo: a@b.example\r\n\r\nhello\r\n");
    private static readonly string pem =
        "-----BEGIN PRIVATE KEY-----\n"
        + Convert.ToBase64String([.. Convert.FromHexString("302e020100300506032b657004220420"), .. SHA256.HashData("seed"u8)])
        + "\n-----END PRIVATE KEY-----\n";

    [Fact]
    public async Task The_READMEs_example_checks_a_message()
    {
        var (bytes, zone) = SignedWithZone("""{"TXT":[["v=spf1 ip4:192.0.2.1 -all"]]}""");
        var lines = new List<string>();

        // README: check
        DnsLookup dns = zone.Lookup; // or new DnsCache(new SystemDns().Lookup, TimeProvider.System).Lookup
        var authenticator = new MailAuthenticator(dns, TimeProvider.System);
        if (MailMessage.Parse(bytes) is MessageParse.Parsed(var message))
        {
            var session = new SpfRequest(IPAddress.Parse("192.0.2.1"), "mail.shop.example", "notice@shop.example");
            var findings = await authenticator.CheckAsync(message, receivedAt: now, session);
            lines.Add($"SPF {findings.Spf!.Outcome.Word}");
            foreach (var signature in findings.Dkim)
            {
                lines.Add(
                    signature.Outcome switch
                    {
                        DkimOutcome.Pass => $"DKIM pass for {signature.Signature!.Domain}, {signature.KeyBits} bits",
                        DkimOutcome.Fail(var reason, var why) => $"DKIM fail, {reason}: {why}",
                        var other => $"DKIM {other.Word}",
                    }
                );
            }

            lines.Add($"DMARC {findings.Dmarc.Outcome.Word}, policy {findings.Dmarc.Policy}");
        }

        // README: end
        Assert.Equal(["SPF pass", "DKIM pass for shop.example, 256 bits", "DMARC pass, policy Reject"], lines);
    }

    [Fact]
    public async Task The_READMEs_example_signs_a_message()
    {
        // README: sign
        using var key = DkimKey.FromPem("shop.example", "s2026", pem); // RSA of 2048 bits or more, or Ed25519
        byte[] signed = new DkimSigner().Sign(unsigned, [key], now);
        var publish = $"{key.DnsName} TXT {key.DnsRecord}";

        // README: end
        Assert.StartsWith("s2026._domainkey.shop.example TXT v=DKIM1; k=ed25519; p=", publish, StringComparison.Ordinal);
        var result = Assert.Single(await new DkimVerifier(Zones.Txt(key.DnsName, key.DnsRecord)).VerifyAsync(Parse(signed), now));
        Assert.IsType<DkimOutcome.Pass>(result.Outcome);
    }

    [Theory]
    [InlineData("check")]
    [InlineData("sign")]
    public void The_README_shows_the_code_that_runs_here(string example)
    {
        var readme = File.ReadAllText(Beside("../../../src/Shonin.MailAuthentication/README.md"));
        var shown = readme.Split($"<!-- example: {example} -->\n```csharp\n")[1].Split("```")[0];
        var run = File.ReadAllText(Beside("MailAuthenticatorSpecs.cs")).Split($"// README: {example}\n")[1].Split("// README: end")[0];
        var lines = run.TrimEnd().Split('\n').Select(line => line.Length >= 8 ? line[8..] : line);
        Assert.Equal(shown.TrimEnd(), string.Join('\n', lines));
    }

    [Theory]
    // The policy of shop.example and its key, whether it sends from the right host, and what DMARC makes of both.
    [InlineData("""{"TXT":[["v=spf1 -all"]]}""", "published", "pass")]
    [InlineData("""{"TXT":[["v=spf1 ip4:192.0.2.1 -all"]]}""", "missing", "pass")]
    [InlineData("""{"TXT":[["v=spf1 -all"]]}""", "missing", "fail")]
    [InlineData("""{"TXT":[["v=spf1 -all"]]}""", "slow", "temperror")]
    [InlineData("""{"TXT":"TIMEOUT"}""", "missing", "temperror")]
    [InlineData("""{"TXT":"TIMEOUT"}""", "published", "pass")]
    public async Task Either_proof_suffices_and_one_that_is_still_open_makes_no_failure(string policy, string key, string word)
    {
        var (bytes, zone) = SignedWithZone(policy, key);
        var findings = await new MailAuthenticator(zone.Lookup, TimeProvider.System).CheckAsync(
            Parse(bytes),
            now,
            new SpfRequest(IPAddress.Parse("192.0.2.1"), "mail.shop.example", "notice@shop.example")
        );
        Assert.Equal(word, findings.Dmarc.Outcome.Word);
    }

    [Fact]
    public async Task A_strangers_key_that_cannot_be_asked_for_saves_nobody_from_failing()
    {
        var zone = Zones.Of("""{"_dmarc.shop.example":{"TXT":[["v=DMARC1; p=reject"]]}}""");
        var request = new DmarcRequest("shop.example", [], []) { Unsettled = ["evil.example"] };
        Assert.Equal("fail", (await new DmarcChecker(zone).CheckAsync(request)).Outcome.Word);
        Assert.Equal(
            "temperror",
            (await new DmarcChecker(zone).CheckAsync(request with { Unsettled = ["news.shop.example"] })).Outcome.Word
        );
    }

    [Fact]
    public async Task Without_a_session_SPF_is_not_checked_and_with_two_authors_DMARC_cannot_be()
    {
        var (bytes, zone) = SignedWithZone("""{"TXT":[["v=spf1 -all"]]}""");
        var twoAuthors = Encoding.ASCII.GetBytes("From: a@evil.example\r\n" + Encoding.ASCII.GetString(bytes));
        var findings = await new MailAuthenticator(zone.Lookup, TimeProvider.System).CheckAsync(Parse(twoAuthors), now);
        Assert.Null(findings.Spf);
        Assert.IsType<DmarcOutcome.PermError>(findings.Dmarc.Outcome);
        Assert.Equal(2, findings.From.FieldCount);
        Assert.IsType<DkimOutcome.Fail>(Assert.Single(findings.Dkim).Outcome);
    }

    [Fact]
    public async Task The_look_ups_of_all_protocols_together_are_bounded()
    {
        var (bytes, zone) = SignedWithZone("""{"TXT":[["v=spf1 ip4:192.0.2.1 -all"]]}""");
        var session = new SpfRequest(IPAddress.Parse("192.0.2.1"), "mail.shop.example", "notice@shop.example");
        var findings = await new MailAuthenticator(
            zone.Lookup,
            TimeProvider.System,
            new MailAuthenticatorOptions { Dns = new DnsLimits { LookupCountMax = 1 } }
        ).CheckAsync(Parse(bytes), now, session);
        Assert.Equal("pass", findings.Spf!.Outcome.Word);
        Assert.Equal("temperror", Assert.Single(findings.Dkim).Outcome.Word);
        Assert.Equal("temperror", findings.Dmarc.Outcome.Word);
    }

    private static (byte[] Message, ZoneFile Zone) SignedWithZone(string policy, string keyState = "published")
    {
        using var key = DkimKey.FromPem("shop.example", "s2026", pem);
        var record = keyState switch
        {
            "published" => "{\"TXT\":[[\"" + key.DnsRecord + "\"]]}",
            "slow" => """{"TXT":"TIMEOUT"}""",
            "missing" => "{}",
            var unknown => throw new ArgumentException(unknown),
        };
        var names =
            "{\"shop.example\":"
            + policy
            + ",\"_dmarc.shop.example\":{\"TXT\":[[\"v=DMARC1; p=reject\"]]},\""
            + key.DnsName
            + "\":"
            + record
            + "}";
        return (
            new DkimSigner().Sign(unsigned, [key], now),
            Zones.Parse("{\"version\":1,\"default\":\"NXDOMAIN\",\"names\":" + names + "}")
        );
    }

    private static MailMessage Parse(byte[] message) => Assert.IsType<MessageParse.Parsed>(MailMessage.Parse(message)).Message;

    private static string Beside(string path, [CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, path));
}
