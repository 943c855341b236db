using System.Security.Cryptography;
using System.Text;
using Shonin.MailAuthentication.Arc;
using Shonin.MailAuthentication.Dkim;
using Shonin.MailAuthentication.Dns;
using Shonin.MailAuthentication.Message;

namespace Shonin.Fuzz;

/// <summary>
/// The only letters that our key ever signed. A fuzzer finds no Ed25519 signature, so whatever else passes for shop.example is forged,
/// and that is the strongest thing to say about a verifier.
/// </summary>
internal static class Letters
{
    public static readonly DateTimeOffset Now = new(2026, 11, 24, 1, 2, 3, TimeSpan.Zero);
    public static readonly DkimKey Key = DkimKey.FromEd25519Seed("shop.example", "s", SHA256.HashData("a key of the fuzzer alone"u8));

    /// <summary>Fields, then the body; LF stands for CRLF.</summary>
    private static readonly string[] plain =
    [
        "From: a@shop.example\nTo: b@example.net\nSubject: order N1001\nDate: Tue, 24 Nov 2026 10:02:03 +0900\nMessage-ID: <1@shop.example>\n\n12480 yen\nthank you\n",
        "Received: from a by mx.shop.example (x); now\nAuthentication-Results: shop.example 1; spf=pass (ok) smtp.mailfrom=\"a b\"@shop.example\n"
            + "Authentication-Results: spf=pass (sender IP is 192.0.2.1)\n smtp.mailfrom=; dkim=none\n"
            + "From: \"Shop, \\\"x\\\"\"\n (c (d)) <a@shop.example>\nSubject: =?ISO-2022-JP?B?GyRCPjVHJxsoQg==?=\n\nbody  x \n\t\n\n",
        "from:Shop <a@shop.example>,\n b@shop.example\nSubject: two senders\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: base64\n\n"
            + "PGEgaHJlZj0iaHR0cHM6Ly9zaG9wLmV4YW1wbGUvIj5zaG9wPC9hPg==\n",
    ];

    public static DnsLookup Published { get; } =
        (name, type, _) =>
            ValueTask.FromResult<DnsAnswer>(
                (name, type) switch
                {
                    (_, DnsRecordType.Txt) when name == Key.DnsName => new DnsAnswer.Records([new DnsRecord.Text(Key.DnsRecord)]),

                    // The key of RFC 6376 appendix C, so that RSA is reached as well; its private half is published there too.
                    ("brisbane._domainkey.example.com", DnsRecordType.Txt) => new DnsAnswer.Records([
                        new DnsRecord.Text(
                            "v=DKIM1; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/zYtIxN2SnFCjxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7od+v/RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfVjH4OuKhitdY9tf6mcwGjaNBcWToIMmPSPDdQPNUYckcQ2QIDAQAB"
                        ),
                    ]),
                    ("slow._domainkey.shop.example", _) => new DnsAnswer.TempFailure("slow"),
                    _ => new DnsAnswer.NxDomain(),
                }
            );

    /// <summary>Unsigned, signed in both forms, and sealed up to three times; LF-only copies too.</summary>
    public static IEnumerable<byte[]> Seeds()
    {
        foreach (var plain in plain.Select(text => Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r\n"))))
        {
            yield return plain;
            var simple = new DkimSigningOptions { Header = Canonicalization.Simple, Body = Canonicalization.Simple };
            yield return new DkimSigner(simple).Sign(plain, [Key], Now);
            var signed = new DkimSigner().Sign(plain, [Key], Now);
            yield return signed;
            yield return Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(signed).ReplaceLineEndings("\n"));
            var message = signed;
            var found = new ArcResult(new ArcOutcome.None(), []);
            for (var hop = 0; hop < 3; hop++)
            {
                message = (
                    (ArcSealing.Sealed)new ArcSealer().Seal(Parsed(message), found, "shop.example; spf=pass; dkim=pass", Key, Now)
                ).Message;
                found = new ArcResult(new ArcOutcome.Pass(), []);
                yield return message;
            }
        }
    }

    /// <summary>Whether the text that a reader sees is that of a letter of ours, white space aside.</summary>
    public static bool IsOurs(MailMessage message, FieldsCovered covered)
    {
        var from = message.Fields.Where(field => field.Is("From"u8)).ToList();
        var subject = message.Fields.Where(field => field.Is("Subject"u8)).ToList();
        return from.Count > 0
            && subject.Count > 0
            && (covered == FieldsCovered.Lowest || (from.Count == 1 && subject.Count == 1))
            && ours.Contains((Squeezed(from[^1].Value.Span), Squeezed(subject[^1].Value.Span), Squeezed(message.Body.Span)));
    }

    public static MailMessage Parsed(byte[] bytes) =>
        MailMessage.Parse(bytes) is MessageParse.Parsed(var message)
            ? message
            : throw new BrokenPropertyException("A letter of ours is refused");

    /// <summary>Published messages beside the repository, where they are there.</summary>
    public static IEnumerable<byte[]> SharedMessages() =>
        SharedVectors
            .Files("dkim", "*.msg")
            .Concat(
                SharedVectors.Cases("arc/validation.json").Select(one => Encoding.UTF8.GetBytes(one.GetProperty("message").GetString()!))
            );

    private static readonly HashSet<(string From, string Subject, string Body)> ours =
    [
        .. plain.Select(text =>
        {
            var message = Parsed(Encoding.UTF8.GetBytes(text));
            return (
                Squeezed(message.First("From"u8)!.Value.Value.Span),
                Squeezed(message.First("Subject"u8)!.Value.Value.Span),
                Squeezed(message.Body.Span)
            );
        }),
    ];

    private static string Squeezed(ReadOnlySpan<byte> bytes) =>
        string.Concat(Encoding.Latin1.GetString(bytes).Split(' ', '\t', '\r', '\n'));
}

internal enum FieldsCovered
{
    /// <summary>h= names From and Subject once more than they occur.</summary>
    All,

    /// <summary>Another one may stand above.</summary>
    Lowest,
}
