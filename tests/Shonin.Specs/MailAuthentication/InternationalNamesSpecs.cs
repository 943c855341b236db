using System.Net;
using System.Security.Cryptography;
using System.Text;
using Shonin.MailAuthentication.Dkim;
using Shonin.MailAuthentication.Dmarc;
using Shonin.MailAuthentication.Dns;
using Shonin.MailAuthentication.Message;
using Shonin.MailAuthentication.Spf;

namespace Shonin.Specs.MailAuthentication;

/// <summary>RFC 8616: wherever a domain may be written in U-labels, it is asked for and compared in A-labels.</summary>
public sealed class InternationalNamesSpecs
{
    private const string U = "例え.example";
    private const string A = "xn--r8jz45g.example";

    [Theory]
    [InlineData(U, A)]
    [InlineData("例え。EXAMPLE.", A)]
    [InlineData("bücher.example", "xn--bcher-kva.example")]
    [InlineData("BU\u0308CHER.example", "xn--bcher-kva.example")] // Not composed, in capitals.
    [InlineData("straße.example", "xn--strae-oqa.example")] // UTS 46 without its transition of 2010.
    [InlineData("XN--R8JZ45G.Example", A)]
    [InlineData("_x.shop.example", "_x.shop.example")]
    [InlineData("shop.example.", "shop.example")]
    [InlineData("", null)]
    [InlineData(".", null)]
    [InlineData("a..example", null)]
    [InlineData("[192.0.2.1]", null)]
    [InlineData("a b.example", null)]
    [InlineData("\ud800.example", null)]
    [InlineData("\u0301.example\u0000", null)]
    public void A_name_has_one_form(string written, string? ascii) => Assert.Equal(ascii, DomainName.ToAscii(written));

    [Fact]
    public void Bytes_of_another_charset_than_UTF_8_are_no_name()
    {
        Assert.Equal(A, DomainName.ToAsciiFromBytes(Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(U))));
        Assert.Null(DomainName.ToAsciiFromBytes("b\u00fccher.example")); // Latin-1
        Assert.Null(DomainName.ToAsciiFromBytes(new string('\u00e4', 5000)));
    }

    /// <summary>Section 4: MAIL FROM, HELO and what macros make of them.</summary>
    [Theory]
    [InlineData("mail.example.com", "user@例え.example", "v=spf1 ip4:192.0.2.1 -all", "pass")]
    [InlineData("例え.example", "", "v=spf1 ip4:192.0.2.1 -all", "pass")]
    [InlineData("mail.example.com", "user@例え.example", "v=spf1 exists:%{o}.list.example -all", "pass")]
    [InlineData("例え.example", "user@例え.example", "v=spf1 exists:%{h}.list.example -all", "pass")]
    [InlineData("mail.example.com", "user@例え.example", "v=spf1 exists:%{l}.list.example -all", "pass")]
    [InlineData("mail.example.com", "利用者@例え.example", "v=spf1 exists:%{l}.list.example -all", "fail")]
    [InlineData("mail.example.com", "利用者@例え.example", "v=spf1 exists:%{L}.list.example -all", "fail")]
    [InlineData("mail.example.com", "利用者@例え.example", "v=spf1 include:%{l}.list.example ip4:192.0.2.1 -all", "pass")]
    [InlineData("mail.example.com", "user@例\u00ad\ud800.example", "v=spf1 +all", "none")]
    public async Task SPF_asks_in_A_labels_and_a_local_part_that_DNS_cannot_hold_matches_nothing(
        string helo,
        string mailFrom,
        string policy,
        string word
    )
    {
        var everything = Zones.Of(
            $$$"""
            {"{{{A}}}":{"TXT":[["{{{policy}}}"]]},"{{{A}}}.list.example":{"A":["127.0.0.2"]},"user.list.example":{"A":["127.0.0.2"]},
            "%E5%88%A9%E7%94%A8%E8%80%85.list.example":{"A":["127.0.0.2"]},"利用者.list.example":{"A":["127.0.0.2"],"TXT":[["v=spf1 +all"]]}}
            """
        );
        var result = await new SpfChecker(everything, TimeProvider.System).CheckAsync(
            new SpfRequest(IPAddress.Parse("192.0.2.1"), helo, mailFrom)
        );
        Assert.Equal(word, result.Outcome.Word);
        Assert.Equal(word != "none", result.Domain == A);
    }

    /// <summary>Section 5: d=, s= and i=. What is signed are the bytes as they stand there.</summary>
    [Theory]
    [InlineData("d=例え.example; s=鍵; i=@例え.example", "pass")]
    [InlineData("d=例え.example; s=xn--5y4a; i=@mail.XN--R8JZ45G.example", "pass")]
    [InlineData("d=xn--r8jz45g.example; s=鍵; i=受付@例え.example", "pass")]
    [InlineData("d=例え.example; s=鍵; i=@例.example", "permerror")]
    [InlineData("d=例え.example; s=鍵;", "pass")]
    public async Task DKIM_looks_keys_up_in_A_labels(string tags, string word)
    {
        using var key = DkimKey.FromEd25519Seed(U, "鍵", SHA256.HashData("seed"u8));
        Assert.Equal($"xn--5y4a._domainkey.{A}", key.DnsName);
        var result = await VerifyAsync(tags, key);
        Assert.Equal(word, result.Outcome.Word);
        Assert.Equal(word == "pass" ? A : null, result.Signature?.Domain);
    }

    /// <summary>Section 6: the author's domain and the proved ones are one name in both forms.</summary>
    [Theory]
    [InlineData("From: 例え <notice@例え.example>\r\n\r\n", A)]
    [InlineData("From: notice@xn--r8jz45g.example\r\n\r\n", U)]
    [InlineData("From: notice@例え.example\r\n\r\n", U)]
    [InlineData("From: notice@news.例え.example\r\n\r\n", A)]
    public async Task DMARC_compares_in_A_labels(string message, string proved)
    {
        var from = FromMailboxes.Of(Assert.IsType<MessageParse.Parsed>(MailMessage.Parse(Encoding.UTF8.GetBytes(message))).Message);
        var zone = Zones.Of($$$"""{"_dmarc.{{{A}}}":{"TXT":[["v=DMARC1; p=reject"]]}}""");
        var request = DmarcRequest.Of(from, null, []) with { DkimPass = [proved] };
        Assert.Equal("pass", (await new DmarcChecker(zone).CheckAsync(request)).Outcome.Word);
        Assert.Equal("fail", (await new DmarcChecker(zone).CheckAsync(request with { DkimPass = ["例.example", "\ud800"] })).Outcome.Word);
    }

    private static async Task<DkimResult> VerifyAsync(string tags, DkimKey key)
    {
        // Our signer writes A-labels; the field is made by hand, over the same canonical header.
        const string Body = "hello\r\n";
        var bodyHash = Convert.ToBase64String(SHA256.HashData(Encoding.ASCII.GetBytes(Body)));
        var unsigned = $"dkim-signature:v=1; a=ed25519-sha256; c=relaxed/relaxed; {tags.TrimEnd(';')}; h=From; bh={bodyHash}; b=";
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes("from:a@b.example\r\n" + unsigned));
        var raw =
            unsigned.Replace("dkim-signature:", "DKIM-Signature: ", StringComparison.Ordinal)
            + Convert.ToBase64String(key.SignDigest(digest))
            + "\r\nFrom: a@b.example\r\n\r\n"
            + Body;
        var message = Assert.IsType<MessageParse.Parsed>(MailMessage.Parse(Encoding.UTF8.GetBytes(raw))).Message;
        return Assert.Single(await new DkimVerifier(Zones.Txt(key.DnsName, key.DnsRecord)).VerifyAsync(message, DateTimeOffset.UnixEpoch));
    }
}
