using System.Text;
using Shonin.MailAuthentication.AuthResults;
using Shonin.MailAuthentication.Message;

namespace Shonin.Specs.MailAuthentication;

public sealed class AuthResultsSpecs
{
    private const string Microsoft =
        "spf=pass (sender IP is 192.0.2.1)\r\n smtp.mailfrom=shop.example; dkim=pass (signature was verified)\r\n header.d=shop.example;dmarc=pass action=none\r\n header.from=shop.example;compauth=pass reason=100";

    [Theory]
    // RFC 8601 appendix B.
    [InlineData("example.org 1; none", "example.org", "")]
    [InlineData("example.com;\r\n spf=pass smtp.mailfrom=example.net", "example.com", "spf=pass")]
    [InlineData(
        "example.com;\r\n auth=pass (cleartext) smtp.auth=sender@example.net;\r\n spf=pass smtp.mailfrom=example.net",
        "example.com",
        "auth=pass,spf=pass"
    )]
    [InlineData(
        "foo.example.net (foobar) 1 (baz);\r\n dkim (Because I like it) / 1 (One yay) = (wait for it) fail\r\n policy (A dot can go here) . (like that) expired\r\n (this surprised me) = (as I wasn't expecting it) 1362471462",
        "foo.example.net",
        "dkim=fail"
    )]
    [InlineData(
        "mx.google.com; dkim=pass header.i=@a.example header.s=s header.b=\"ab/cd\"; arc=none",
        "mx.google.com",
        "dkim=pass,arc=none"
    )]
    [InlineData(Microsoft, null, "spf=pass,dkim=pass,dmarc=pass,compauth=pass")]
    [InlineData("spf=none (sender IP is 192.0.2.1) smtp.mailfrom=; dkim=none", null, "spf=none,dkim=none")]
    [InlineData("example.com; SPF=Pass;; dkim=pass;", "example.com", "spf=pass,dkim=pass")]
    public void Both_forms_are_read(string value, string? authservId, string results)
    {
        var read = Assert.IsType<AuthResultsParse.Parsed>(AuthenticationResults.Parse(value)).Results;
        Assert.Equal(authservId, read.AuthservId);
        Assert.Equal(results, string.Join(',', read.Results.Select(result => $"{result.Method}={result.Result}")));
    }

    [Theory]
    [InlineData("")]
    [InlineData(";")]
    [InlineData("; spf=pass")]
    [InlineData("example.com; spf")]
    [InlineData("example.com; spf=")]
    [InlineData("example.com; spf=;")]
    [InlineData("example.com (open; spf=pass")]
    [InlineData("example.com; spf=pass \"open")]
    [InlineData("(all comment)")]
    [InlineData("example.com; dkim / 1 / 2 = pass")]
    [InlineData("example.com; /1=pass")]
    public void What_is_neither_is_refused(string value) => Assert.IsType<AuthResultsParse.Malformed>(AuthenticationResults.Parse(value));

    [Fact]
    public void Properties_reasons_and_comments_are_kept()
    {
        var dkim = Assert
            .IsType<AuthResultsParse.Parsed>(
                AuthenticationResults.Parse(
                    "example.com; dkim=fail (bad (nested) hash) reason=\"body; altered\" header.d=shop.example smtp.mailfrom=\"a b\"@shop.example"
                )
            )
            .Results.Results[0];
        Assert.Equal(
            ("shop.example", "body; altered", "a b@shop.example"),
            (dkim.Property("header", "d"), dkim.Reason, dkim.Property("smtp", "mailfrom"))
        );
        Assert.Equal(["bad (nested) hash"], dkim.Comments);
        var spf = Assert.IsType<AuthResultsParse.Parsed>(AuthenticationResults.Parse(Microsoft)).Results.Results[0];
        Assert.Equal("shop.example", spf.Property("smtp", "mailfrom"));
    }

    [Fact]
    public void A_hundred_results_are_read_and_one_more_is_refused()
    {
        var hundred = "example.com" + string.Concat(Enumerable.Repeat("; spf=pass", 100));
        Assert.IsType<AuthResultsParse.Parsed>(AuthenticationResults.Parse(hundred));
        Assert.IsType<AuthResultsParse.Malformed>(AuthenticationResults.Parse(hundred + "; spf=pass"));
    }

    [Fact]
    public void A_field_of_32_KiB_is_read_and_a_longer_one_is_refused()
    {
        var longest = "example.com; spf=pass (" + new string('x', (32 * 1024) - 24) + ")";
        Assert.IsType<AuthResultsParse.Parsed>(AuthenticationResults.Parse(longest));
        Assert.Contains(
            "32768",
            Assert.IsType<AuthResultsParse.Malformed>(AuthenticationResults.Parse(longest + " ")).Why,
            StringComparison.Ordinal
        );
    }

    private const string Genuine = "Authentication-Results: mx.provider.example; dkim=pass header.d=shop.example";
    private const string ByProvider = "Received: from shop.example (by evil.example) by mx2.provider.example with ESMTP; now";
    private const string ByInside = "Received: by 2002:a05:6402:1234:b0:4a1:1:2 with SMTP id x; now";
    private const string ByForeigner = "Received: from a by relay.evil.example; now";

    [Theory]
    [InlineData("trusted", Genuine)]
    [InlineData("trusted", ByProvider, Genuine)]
    [InlineData("trusted", ByInside, ByProvider, Genuine, ByForeigner)]
    [InlineData("not", ByForeigner, Genuine)]
    [InlineData("not", "Received: nobody", Genuine)]
    [InlineData("not", "Received: by (open", Genuine)]
    [InlineData("trusted,not", Genuine, ByProvider, Genuine)]
    [InlineData("not", "Authentication-Results: mx.provider.example.evil.example; dkim=pass")]
    [InlineData("not", "Authentication-Results: other.example; dkim=pass")]
    [InlineData("not,trusted", "Authentication-Results: other.example; dkim=pass", Genuine)]
    [InlineData("not", "Authentication-Results: mx.provider.example; dkim")]
    [InlineData("not", "Received: from a by evil; now", Genuine)]
    [InlineData("not", "Received: from a by mailstore01; now", ByProvider, Genuine)]
    [InlineData("not", "Received: from a by 203.0.113.9; now", Genuine)]
    [InlineData("not", "Received: from a by [203.0.113.9]; now", Genuine)]
    [InlineData("not", "Received: from a by 2001:db8::1; now", Genuine)]
    [InlineData("not", "Received: by 2002:cb00:7109::1; now", Genuine)]
    [InlineData("trusted", "Received: from a by 192.168.1.2; now", Genuine)]
    [InlineData("trusted", "Received: from a by [IPv6:fd00::1]; now", Genuine)]
    [InlineData("trusted", "Received: from a by localhost; now", ByProvider, Genuine)]
    [InlineData(
        "trusted",
        "Received: from localhost (localhost [127.0.0.1]) by mx3.provider.example; now",
        "Received: from mx by localhost; now",
        Genuine
    )]
    [InlineData(
        "not",
        "Received: from localhost (evil.example [203.0.113.9]) by mx3.provider.example; now",
        "Received: from mx by localhost; now",
        Genuine
    )]
    [InlineData("not", "Received: from localhost by mx3.provider.example; now", "Received: from mx by 127.0.0.1; now", Genuine)]
    public void Only_the_topmost_field_of_a_trusted_host_counts_and_only_while_no_foreign_host_stands_above_it(
        string decisions,
        params string[] fields
    ) => Assert.Equal(decisions, Decide(new AuthResultsTrust { AuthservIds = ["MX.provider.example"] }, fields));

    [Theory]
    [InlineData(
        "trusted",
        MicrosoftMailbox.Yes,
        "Received: from x by AM0.eurprd01.prod.outlook.com; now",
        "Authentication-Results: spf=pass smtp.mailfrom=a.example"
    )]
    [InlineData(
        "not",
        MicrosoftMailbox.No,
        "Received: from x by AM0.eurprd01.prod.outlook.com; now",
        "Authentication-Results: spf=pass smtp.mailfrom=a.example"
    )]
    [InlineData("not", MicrosoftMailbox.Yes, "Authentication-Results: spf=pass smtp.mailfrom=a.example")]
    [InlineData(
        "not",
        MicrosoftMailbox.Yes,
        "Received: from x by notoutlook.com; now",
        "Authentication-Results: spf=pass smtp.mailfrom=a.example"
    )]
    [InlineData(
        "not",
        MicrosoftMailbox.Yes,
        "Received: from x by a.outlook.com; now",
        "Received: from x by evil.example; now",
        "Authentication-Results: spf=pass"
    )]
    [InlineData(
        "trusted,not",
        MicrosoftMailbox.Yes,
        "Received: from x by a.outlook.com; now",
        "Authentication-Results: spf=fail",
        "Authentication-Results: spf=pass"
    )]
    public void Microsofts_form_counts_only_where_the_mailbox_is_said_to_be_there(
        string decisions,
        MicrosoftMailbox mailbox,
        params string[] fields
    ) => Assert.Equal(decisions, Decide(new AuthResultsTrust { Microsoft = mailbox }, fields));

    [Fact]
    public void Nobody_is_trusted_by_default() => Assert.Equal("not", Decide(AuthResultsTrust.Nobody, [Genuine]));

    private static string Decide(AuthResultsTrust trust, string[] fields)
    {
        var message = Assert
            .IsType<MessageParse.Parsed>(MailMessage.Parse(Encoding.ASCII.GetBytes(string.Join("\r\n", fields) + "\r\n\r\nbody")))
            .Message;
        return string.Join(',', trust.Decide(message).Select(field => field.Decision is AuthResultsDecision.Trusted ? "trusted" : "not"));
    }
}
