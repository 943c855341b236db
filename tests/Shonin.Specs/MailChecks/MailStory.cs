using System.Collections.Immutable;
using System.Net;
using System.Text;
using Shonin.MailAuthentication;
using Shonin.MailAuthentication.AuthResults;
using Shonin.MailAuthentication.Dkim;
using Shonin.MailAuthentication.Dns;
using Shonin.MailAuthentication.Spf;
using Shonin.MailChecks;
using Shonin.Specs.MailAuthentication;

namespace Shonin.Specs.MailChecks;

/// <summary>Mails of a merchant called Ichiba and of those who pose as it, checked in a zone that holds everybody's records.</summary>
internal static class MailStory
{
    public static readonly DateTimeOffset Now = new(2026, 11, 24, 1, 2, 3, TimeSpan.Zero);

    public static readonly MailProfile Ichiba = new(
        "ichiba.example",
        ["Ichiba", "いちば商店"],
        ["ichiba.example"],
        ["ichiba-help.example"]
    );

    public static readonly DkimKey MerchantKey = Key("ichiba.example", 0);
    public static readonly DkimKey StrangerKey = Key("stranger.example", 1);

    public static readonly SpfRequest MerchantSession = new(IPAddress.Parse("192.0.2.1"), "mail.ichiba.example", "bounce@ichiba.example");
    public static readonly SpfRequest StrangerSession = new(
        IPAddress.Parse("198.51.100.9"),
        "mail.stranger.example",
        "bounce@stranger.example"
    );

    /// <summary>Everybody's records; <c>silent.</c> names do not answer.</summary>
    public static DnsLookup Zone { get; } =
        Zones.Of(
            $$"""
            {"ichiba.example":{"TXT":[["v=spf1 ip4:192.0.2.1 -all"]]}, "_dmarc.ichiba.example":{"TXT":[["v=DMARC1; p=reject"]]},
            "{{MerchantKey.DnsName}}":{"TXT":[["{{MerchantKey.DnsRecord}}"]]},
            "stranger.example":{"TXT":[["v=spf1 ip4:198.51.100.9 -all"]]}, "_dmarc.stranger.example":{"TXT":[["v=DMARC1; p=reject"]]},
            "{{StrangerKey.DnsName}}":{"TXT":[["{{StrangerKey.DnsRecord}}"]]} }
            """
        );

    public static string Plain(string from, string subject, string text, params string[] headers) =>
        Mail([$"From: {from}", $"Subject: {Encoded(subject)}", "Content-Type: text/plain; charset=utf-8", .. headers], text);

    public static string Html(string from, string subject, string html, params string[] headers) =>
        Mail([$"From: {from}", $"Subject: {Encoded(subject)}", "Content-Type: text/html; charset=utf-8", .. headers], html);

    public static string Encoded(string text) =>
        Ascii.IsValid(text) ? text : $"=?utf-8?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes(text))}?=";

    public static byte[] SignedBy(DkimKey key, string mail) => new DkimSigner().Sign(Encoding.UTF8.GetBytes(mail), [key], Now);

    public static Task<MailCheckResult> CheckAsync(string mail, SpfRequest? session = null) =>
        CheckAsync(Encoding.UTF8.GetBytes(mail), session);

    public static async Task<MailCheckResult> CheckAsync(
        byte[] mail,
        SpfRequest? session = null,
        DnsLookup? dns = null,
        AuthResultsTrust? trust = null,
        ImmutableArray<MailProfile> profiles = default
    )
    {
        var authenticator = new MailAuthenticator(
            dns ?? Zone,
            TimeProvider.System,
            new MailAuthenticatorOptions { Trust = trust ?? AuthResultsTrust.Nobody }
        );
        var question = new MailQuestion
        {
            Now = Now,
            Profiles = profiles.IsDefault ? [Ichiba] : profiles,
            Session = session,
        };
        return Assert
            .IsType<MailCheck.Checked>(
                await new MailChecker(authenticator).CheckAsync(mail, question, TestContext.Current.CancellationToken)
            )
            .Result;
    }

    /// <summary>The verdict and what it rests on, in one line.</summary>
    public static string Said(this MailCheckResult result) =>
        $"{result.Verdict.Word} {result.Verdict.Confidence} {result.Verdict.Reasons[0].Code}";

    private static string Mail(IEnumerable<string> headers, string body) =>
        string.Join(
            "\r\n",
            [
                "Received: from mail.example (mail.example [192.0.2.1]) by mx.reader.example; Tue, 24 Nov 2026 10:02:00 +0900",
                "To: reader@reader.example",
                "Date: Tue, 24 Nov 2026 10:02:00 +0900",
                "Message-ID: <1@mail.example>",
                "MIME-Version: 1.0",
                .. headers,
                "",
                body,
                "",
            ]
        );

    private static DkimKey Key(string domain, int number) => DkimKey.FromRsa(domain, "s1", RsaKeys.Of(number));
}
