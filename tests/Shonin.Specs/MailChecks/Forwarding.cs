using System.Text;
using Shonin.MailAuthentication;
using Shonin.MailAuthentication.AuthResults;
using Shonin.MailAuthentication.Dkim;
using Shonin.MailAuthentication.Dns;
using Shonin.MailAuthentication.Message;
using Shonin.Specs.MailAuthentication;
using Shonin.Specs.Notices;

namespace Shonin.Specs.MailChecks;

/// <summary>A customer at example.com who forwards mails to the check address; her domain signs what she writes.</summary>
internal static class Forwarding
{
    public const string Customer = "hanako@example.com";
    public const string ShopAddress = "check@shop.example.jp";

    public static readonly DateTimeOffset Now = OrderStory.Morning;

    public static readonly DkimKey CustomerKey = DkimKey.FromEd25519Seed("example.com", "s1", [.. Enumerable.Repeat((byte)7, 32)]);

    /// <summary>example.com has a policy, open.example has none, and silent.example does not answer.</summary>
    public static string Names { get; } =
        $$"""
            "_dmarc.example.com":{"TXT":[["v=DMARC1; p=reject"]]}, "{{CustomerKey.DnsName}}":{"TXT":[["{{CustomerKey.DnsRecord}}"]]},
            "_dmarc.silent.example":"TIMEOUT", "s1._domainkey.silent.example":"TIMEOUT"
            """;

    public static DnsLookup Zone { get; } = Zones.Of($"{{{Names}}}");

    /// <summary>The fields of an ordinary mail to the check address.</summary>
    public static IReadOnlyList<string> Fields { get; } =
    [
        $"Return-Path: <{Customer}>",
        $"From: =?utf-8?B?5bGx55Sw6Iqx5a2Q?= <{Customer}>",
        $"To: <{ShopAddress}>",
        "Subject: Fwd: is this real?",
        "Date: Tue, 24 Nov 2026 10:00:00 +0900",
        "Message-ID: <m1@example.com>",
        "MIME-Version: 1.0",
    ];

    /// <summary>With fields of the same names replaced, and those without a value left out.</summary>
    public static string[] With(params string[] fields)
    {
        static string NameOf(string field) => field.Split(':', 2)[0];
        var replaced = Fields.Select(field => fields.FirstOrDefault(other => NameOf(other) == NameOf(field)) ?? field);
        return
        [
            .. replaced
                .Concat(fields.Where(field => Fields.All(other => NameOf(other) != NameOf(field))))
                .Where(field => !field.EndsWith(": ", StringComparison.Ordinal)),
        ];
    }

    public static byte[] Mail(IEnumerable<string> fields, string body) =>
        Encoding.UTF8.GetBytes(
            string.Join("\r\n", [.. fields, body.StartsWith("Content-", StringComparison.Ordinal) ? body : "\r\n" + body])
        );

    /// <summary>Signed by the customer's domain, as her provider does.</summary>
    public static byte[] Signed(byte[] mail, params string[] signedFields) =>
        new DkimSigner(
            signedFields.Length == 0
                ? DkimSigningOptions.Default
                : DkimSigningOptions.Default with
                {
                    OversignedFields = signedFields,
                    SignedFields = [],
                }
        ).Sign(mail, [CustomerKey], Now - TimeSpan.FromMinutes(1));

    public static byte[] Forwarded(string text, params byte[][] originals) => Signed(Mail(Fields, Body(text, originals)));

    /// <summary>A text and messages that hang on it.</summary>
    public static string Body(string text, params byte[][] originals) =>
        "Content-Type: multipart/mixed; boundary=outer\r\n\r\n--outer\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
        + text
        + "\r\n"
        + string.Concat(
            originals.Select(original =>
                "--outer\r\nContent-Type: message/rfc822\r\nContent-Disposition: attachment; filename=mail.eml\r\n\r\n"
                + Encoding.UTF8.GetString(original)
                + "\r\n"
            )
        )
        + "--outer--\r\n";

    public static MailMessage Parse(byte[] mail) => Assert.IsType<MessageParse.Parsed>(MailMessage.Parse(mail)).Message;

    public static MailAuthenticator Authenticator(DnsLookup? dns = null, params string[] trusted) =>
        new(dns ?? Zone, TimeProvider.System, new() { Trust = new AuthResultsTrust { AuthservIds = trusted } });
}
