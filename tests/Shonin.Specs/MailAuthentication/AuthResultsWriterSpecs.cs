using System.Text;
using CsCheck;
using Shonin.MailAuthentication.AuthResults;
using Shonin.MailAuthentication.Message;

namespace Shonin.Specs.MailAuthentication;

/// <summary>RFC 8601 section 2.2, written and read again; and what is believed of fields that belong together.</summary>
public sealed class AuthResultsWriterSpecs
{
    [Fact]
    public void What_is_written_is_read_as_the_same()
    {
        var text = Gen.Char[" \t!a.@<>(),:;=/\\\"{}~Zz09"].Array[0, 12].Select(letters => new string(letters));
        var keyword = Gen.Char["abz09-"].Array[0, 5].Select(letters => new string(letters) + "k");
        var property = Gen.Select(keyword, keyword, text, (kind, name, value) => new AuthResultProperty(kind, name, value));
        var result = Gen.Select(
            keyword,
            keyword,
            text.Select(reason => reason.Length == 0 ? null : reason),
            property.Array[0, 4],
            text.Array[0, 3],
            (method, word, reason, properties, comments) => new AuthResult(method, word, reason, properties, comments)
        );
        var host = text.Where(name => name.Length > 0);
        Gen.Select(host, result.Array[0, 4])
            .Sample(
                (id, results) =>
                {
                    var written = AuthenticationResults.Write(new AuthenticationResults(id, results));
                    Assert.All(written.Split("\r\n"), line => Assert.InRange(line.Length, 0, 998));
                    var read = Assert.IsType<AuthResultsParse.Parsed>(AuthenticationResults.Parse(written)).Results;
                    Assert.Equal(id, read.AuthservId);
                    Assert.Equal(results.Select(Shown), read.Results.Select(Shown));
                }
            );
    }

    [Theory]
    [InlineData("mx.example; none")]
    [InlineData(
        "mx.example; dkim=pass (2048-bit key)\r\n header.d=shop.example header.i=@shop.example; dmarc=pass\r\n header.from=shop.example"
    )]
    [InlineData("\"mx example\"; spf=fail reason=\"not; allowed\"\r\n smtp.mailfrom=a@b.example")]
    public void Canonical_fields_are_written_as_they_were_read(string value) =>
        Assert.Equal(
            value,
            AuthenticationResults.Write(Assert.IsType<AuthResultsParse.Parsed>(AuthenticationResults.Parse(value)).Results)
        );

    [Theory]
    [InlineData("mx\r\n.example", "spf", "pass", "v", "AuthservId: U+000D at offset 2")]
    [InlineData("", "spf", "pass", "v", "AuthservId")]
    [InlineData(null, "spf", "pass", "v", "AuthservId")]
    [InlineData("mx.example", "spf;", "pass", "v", "Results[0].Method: U+003B at offset 3")]
    [InlineData("mx.example", "spf", "pass header.d", "v", "Results[0].Result: U+0020 at offset 4")]
    [InlineData("mx.example", "SPF", "pass", "v", "Results[0].Method")]
    [InlineData("mx.example", "spf-", "pass", "v", "Results[0].Method")]
    [InlineData("mx.example", "spf", "pass", "a\nb", "Results[0].Properties[0].Value: U+000A at offset 1")]
    [InlineData("mx.example", "spf", "pass", "a\0", "U+0000")]
    [InlineData("mx.example", "spf", "pass", "例え.example", "A-labels")]
    public void What_cannot_be_written_is_refused_with_its_place(string? host, string method, string result, string value, string why)
    {
        var refused = Assert.ThrowsAny<ArgumentException>(() =>
            AuthenticationResults.Write(new AuthenticationResults(host, [new(method, result, null, [new("smtp", "mailfrom", value)], [])]))
        );
        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
        Assert.ThrowsAny<ArgumentException>(() =>
            AuthenticationResults.Write(
                new AuthenticationResults("a", [.. Enumerable.Repeat(new AuthResult("spf", "pass", null, [], []), 101)])
            )
        );
    }

    [Theory]
    [InlineData("\"mx.example\"; spf=pass", "mx.example", "spf=pass")]
    [InlineData("\"mx.\\\"example\" (x) 1; spf/1=pass", "mx.\"example", "spf=pass")]
    [InlineData("mx.example; spf/2=pass; dkim=none", "mx.example", "dkim=none")]
    [InlineData("mx.example; spf=pass (; dkim=pass header.d=shop.example)", "mx.example", "spf=pass")]
    [InlineData("mx.example; spf=pass smtp.mailfrom=\"; dkim=pass header.d=shop.example\"", "mx.example", "spf=pass")]
    [InlineData("mx.example; spf=pass reason=\"; dkim=pass\"", "mx.example", "spf=pass")]
    [InlineData("(dkim=pass;) mx.example (; dkim=pass) ; (dkim=pass) none", "mx.example", "")]
    public void A_result_stands_outside_of_comments_and_quotes(string value, string host, string results)
    {
        var read = Assert.IsType<AuthResultsParse.Parsed>(AuthenticationResults.Parse(value)).Results;
        Assert.Equal(
            (host, results),
            (read.AuthservId, string.Join(',', read.Results.Select(result => $"{result.Method}={result.Result}")))
        );
    }

    [Theory]
    [InlineData("mx.example 2; spf=pass")]
    [InlineData("mx.example spf=pass; dkim=pass")]
    [InlineData("mx.example other.example; spf=pass")]
    [InlineData("\"\"; spf=pass")]
    [InlineData("mx.example; \"none\"")]
    [InlineData("mx.example; spf=\"pass\"")]
    [InlineData("mx.example; \"spf\"=pass")]
    public void What_the_grammar_does_not_allow_is_no_result(string value) =>
        Assert.IsType<AuthResultsParse.Malformed>(AuthenticationResults.Parse(value));

    [Theory]
    [InlineData("dkim=pass header.d=a.example; dkim=fail header.d=a.example", "")]
    [InlineData("dkim=fail header.d=a.example; dkim=pass header.d=A.example; spf=pass", "spf=pass")]
    [InlineData("dkim=pass header.d=a.example header.s=one; dkim=neutral header.d=a.example header.s=two", "dkim=pass,dkim=neutral")]
    [InlineData("dkim=pass header.d=a.example header.s=one; dkim=fail header.d=a.example", "")]
    [InlineData("dkim=pass header.d=a.example; dkim=fail header.d=b.example", "dkim=pass,dkim=fail")]
    [InlineData("dkim=pass header.d=a.example; dkim=pass header.d=a.example", "dkim=pass,dkim=pass")]
    [InlineData("dmarc=pass header.from=a.example; dmarc=fail header.from=a.example", "")]
    [InlineData("dmarc=pass header.from=a.example; dmarc=fail", "")]
    [InlineData("spf=none smtp.helo=a.example; spf=pass smtp.mailfrom=b.example", "spf=none,spf=pass")]
    [InlineData("spf=none; spf=pass smtp.mailfrom=b.example", "")]
    public void Results_that_contradict_one_another_are_no_evidence(string results, string believed) =>
        Assert.Equal(believed, Believed($"Authentication-Results: mx.example; {results}"));

    [Theory]
    [InlineData(
        "dmarc=pass,dkim=pass",
        "Authentication-Results: mx.example; dmarc=pass",
        "Authentication-Results: \"MX.example\"; dkim=pass",
        "Received: from x by mx.example; now"
    )]
    [InlineData(
        "dmarc=pass,dkim=pass",
        "Authentication-Results: mx.example; dmarc=pass",
        "Authentication-Results: mx.example; dkim=pass",
        "Received: from x by in.mx.example; now"
    )]
    [InlineData(
        "",
        "Authentication-Results: mx.example; dmarc=pass",
        "Authentication-Results: mx.example; dmarc=fail",
        "Received: from x by mx.example; now"
    )]
    // Without the host's own line below them, or behind it, the second one may have come with the mail.
    [InlineData("dmarc=pass", "Authentication-Results: mx.example; dmarc=pass", "Authentication-Results: mx.example; dkim=pass")]
    [InlineData(
        "dmarc=pass",
        "Authentication-Results: mx.example; dmarc=pass",
        "Authentication-Results: mx.example; dkim=pass",
        "Received: from x by evil.example; now"
    )]
    [InlineData(
        "dmarc=pass",
        "Authentication-Results: mx.example; dmarc=pass",
        "Received: from x by mx.example; now",
        "Authentication-Results: mx.example; dkim=pass"
    )]
    [InlineData(
        "dmarc=pass",
        "Received: from x by mx.example; now",
        "Authentication-Results: mx.example; dmarc=pass",
        "Authentication-Results: mx.example; dkim=pass",
        "Received: from x by mx.example; now"
    )]
    [InlineData(
        "dmarc=pass",
        "Authentication-Results: mx.example; dmarc=pass",
        "Authentication-Results: other.example; dkim=pass",
        "Received: from x by mx.example; now"
    )]
    // However a host writes it, it is the same author and the same signer; one policy speaks for all domains of an owner.
    [InlineData("", "Authentication-Results: mx.example; dmarc=pass header.from=notice@shop.example; dmarc=fail header.from=shop.example")]
    [InlineData(
        "",
        "Authentication-Results: mx.example; dmarc=pass header.from=SHOP.example.; dmarc=fail header.from=\"a b\"@shop.example"
    )]
    [InlineData(
        "",
        "Authentication-Results: mx.example; dmarc=pass header.from=shop.example.jp; dmarc=fail header.from=news.shop.example.jp"
    )]
    [InlineData("", "Authentication-Results: mx.example; dmarc=pass header.from=xn--r8jz45g.example; dmarc=fail header.from=例え.example")]
    [InlineData("", "Authentication-Results: mx.example; dkim=pass header.i=@shop.example; dkim=fail header.i=notice@shop.example")]
    [InlineData("", "Authentication-Results: mx.example; spf=pass smtp.mailfrom=shop.example; spf=fail smtp.mailfrom=a@shop.example")]
    [InlineData(
        "dmarc=pass,dmarc=fail",
        "Authentication-Results: mx.example; dmarc=pass header.from=shop.co.jp; dmarc=fail header.from=other.co.jp"
    )]
    [InlineData(
        "dkim=pass,dkim=fail",
        "Authentication-Results: mx.example; dkim=pass header.d=shop.example header.b=AbCd; dkim=fail header.d=shop.example header.b=abcd"
    )]
    public void Fields_that_the_host_wrote_above_its_own_line_are_read_together(string believed, params string[] fields) =>
        Assert.Equal(believed, Believed(fields));

    [Theory]
    [InlineData("isp.ne.jp", "mx.isp.ne.jp", true)]
    [InlineData("isp.ne.jp", "mx.other.ne.jp", false)]
    [InlineData("isp.ne.jp", "ne.jp", false)]
    [InlineData("mx.isp.ne.jp", "out.isp.ne.jp", true)]
    [InlineData("mx.isp.ne.jp", "mx.other.ne.jp", false)]
    [InlineData("isp.co.uk", "mx.other.co.uk", false)]
    [InlineData("isp.github.io", "evil.github.io", false)]
    [InlineData("mx.isp.ne.jp", "OUT.ISP.NE.JP", true)]
    [InlineData("isp.example", "other.example", false)]
    [InlineData("mx.例え.example", "out.xn--r8jz45g.example", true)]
    public void A_neighbour_under_a_public_suffix_is_no_host_of_ours(string trusted, string above, bool isBelieved)
    {
        var message = Mail($"Received: from x by {above} with ESMTP; now", $"Authentication-Results: {trusted}; dkim=pass");
        Assert.Equal(
            isBelieved,
            new AuthResultsTrust { AuthservIds = [trusted] }
                .Decide(message)[0]
                .Decision is AuthResultsDecision.Trusted
        );
    }

    private static string Believed(params string[] fields)
    {
        var believed = BelievedResults.Of(new AuthResultsTrust { AuthservIds = ["mx.example"] }.Decide(Mail(fields)));
        return string.Join(',', (believed?.Results ?? []).Select(result => $"{result.Method}={result.Result}"));
    }

    private static string Shown(AuthResult result) =>
        $"{result.Method}={result.Result}|{result.Reason}|{string.Join('|', result.Properties)}|{string.Join('|', result.Comments)}";

    private static MailMessage Mail(params string[] fields) =>
        Assert.IsType<MessageParse.Parsed>(MailMessage.Parse(Encoding.UTF8.GetBytes(string.Join("\r\n", fields) + "\r\n\r\nbody"))).Message;
}
