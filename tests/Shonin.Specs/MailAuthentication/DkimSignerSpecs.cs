using System.Security.Cryptography;
using System.Text;
using MimeKit;
using MimeKit.Cryptography;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Security;
using Shonin.MailAuthentication.Arc;
using Shonin.MailAuthentication.Dkim;
using Shonin.MailAuthentication.Message;
using DkimSigner = Shonin.MailAuthentication.Dkim.DkimSigner;
using DkimVerifier = MimeKit.Cryptography.DkimVerifier;

namespace Shonin.Specs.MailAuthentication;

/// <summary>What we sign, another library verifies: MimeKit reads the signatures here.</summary>
public sealed class DkimSignerSpecs
{
    private static readonly DateTimeOffset now = new(2026, 11, 24, 1, 2, 3, TimeSpan.Zero);

    private static readonly string rsaPem = RsaKeys.Pem(0);

    private static readonly string notice = string.Join(
        "\r\n",
        "From: =?utf-8?B?5ZWG5bqX?= <notice@shop.example.jp>",
        "To: yamada@example.net",
        "Subject: =?utf-8?B?44GU5rOo5paH?= N1001",
        "Date: Tue, 24 Nov 2026 10:02:03 +0900",
        "Message-ID: <n1001.problem@shop.example.jp>",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "",
        "ご注文  N1001\t ",
        "",
        "  12,480円",
        "",
        ""
    );

    [Fact]
    public void A_notice_signed_with_both_keys_is_verified_by_another_library_with_either()
    {
        using var rsa = RsaKey();
        using var ed25519 = Ed25519Key();
        var signed = new DkimSigner().Sign(Encoding.UTF8.GetBytes(notice), [rsa, ed25519], now);

        var signatures = MimeMessage.Load(new MemoryStream(signed)).Headers.Where(header => header.Id == HeaderId.DkimSignature).ToList();
        Assert.Equal(2, signatures.Count);
        Assert.Contains("a=rsa-sha256", signatures[0].Value, StringComparison.Ordinal);
        Assert.Contains("a=ed25519-sha256", signatures[1].Value, StringComparison.Ordinal);
        Assert.All(signatures, signature => Assert.True(IsVerified(signed, signature.Value, rsa, ed25519)));
    }

    [Theory]
    [InlineData("12,480", "12,490")]
    [InlineData("N1001\r\nDate", "N1002\r\nDate")]
    [InlineData("yamada@", "suzuki@")]
    [InlineData("Subject: ", "Subject: x\r\nSubject: ")]
    [InlineData("MIME-Version: 1.0", "Reply-To: a@evil.example\r\nMIME-Version: 1.0")]
    public void A_change_to_what_is_signed_or_a_field_added_beside_an_over_signed_one_breaks_it(string original, string altered)
    {
        using var rsa = RsaKey();
        using var ed25519 = Ed25519Key();
        var signed = Encoding.UTF8.GetString(new DkimSigner().Sign(Encoding.UTF8.GetBytes(notice), [rsa], now));
        var forged = Encoding.UTF8.GetBytes(signed.Replace(original, altered, StringComparison.Ordinal));

        var signature = MimeMessage.Load(new MemoryStream(forged)).Headers[HeaderId.DkimSignature]!;
        Assert.False(IsVerified(forged, signature, rsa, ed25519));
    }

    [Fact]
    public void Each_over_signed_name_stands_once_more_than_it_occurs_and_the_signature_lasts_seven_days()
    {
        using var key = Ed25519Key();
        var signed = Encoding.UTF8.GetString(new DkimSigner().Sign(Encoding.UTF8.GetBytes(notice), [key], now));

        var signature = signed[..signed.IndexOf("\r\nFrom:", StringComparison.Ordinal)];
        var names = signature
            .Split(" h=")[1]
            .Split(';')[0]
            .Replace("\r\n", "", StringComparison.Ordinal)
            .Replace(" ", "", StringComparison.Ordinal)
            .Split(':');
        Assert.Equal(2, names.Count(name => name == "From"));
        Assert.Equal(2, names.Count(name => name == "Content-Type"));
        Assert.Equal(1, names.Count(name => name == "List-Unsubscribe-Post"));
        Assert.Contains($" t={now.ToUnixTimeSeconds()}; x={now.ToUnixTimeSeconds() + (7 * 86_400)};", signature, StringComparison.Ordinal);
        Assert.All(signature.Split("\r\n"), line => Assert.InRange(line.Length, 1, 998));
        Assert.EndsWith(notice, signed, StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_with_line_feeds_only_is_signed_as_the_CRLF_that_SMTP_makes_of_it()
    {
        using var rsa = RsaKey();
        using var ed25519 = Ed25519Key();
        var saved = Encoding.UTF8.GetBytes(notice.Replace("\r\n", "\n", StringComparison.Ordinal));
        var signed = Encoding.UTF8.GetString(new DkimSigner().Sign(saved, [rsa], now));

        Assert.DoesNotContain("\r", signed, StringComparison.Ordinal);
        var sent = Encoding.UTF8.GetBytes(signed.Replace("\n", "\r\n", StringComparison.Ordinal));
        Assert.True(IsVerified(sent, MimeMessage.Load(new MemoryStream(sent)).Headers[HeaderId.DkimSignature]!, rsa, ed25519));
    }

    /// <summary>
    /// Each is harmless alone and would spoil a field put above it: refused, while the same message without it is signed.
    /// </summary>
    [Theory]
    [InlineData("\ufeff", "byte order mark")]
    [InlineData("From a@b Tue Nov 24 10:02:03 2026\r\n", "mailbox")]
    [InlineData(" folded onto nothing\r\n", "white space")]
    [InlineData("\t\r\n", "white space")]
    public void A_message_that_no_field_can_stand_above_is_neither_signed_nor_sealed(string opening, string why)
    {
        const string Sound = "From: a@b.example\r\n\r\nx";
        using var key = Ed25519Key();
        var refused = Assert.Throws<ArgumentException>(() => new DkimSigner().Sign(Encoding.UTF8.GetBytes(opening + Sound), [key], now));
        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
        Assert.Contains(why, Assert.IsType<ArcSealing.NotSealed>(Seal(opening + Sound)).Why, StringComparison.Ordinal);
        Assert.NotEmpty(new DkimSigner().Sign(Encoding.UTF8.GetBytes(Sound), [key], now));
        Assert.IsType<ArcSealing.Sealed>(Seal(Sound));

        ArcSealing Seal(string text) =>
            new ArcSealer().Seal(
                Assert.IsType<MessageParse.Parsed>(MailMessage.Parse(Encoding.UTF8.GetBytes(text))).Message,
                new ArcResult(new ArcOutcome.None(), []),
                "example.jp; none",
                key,
                now
            );
    }

    [Fact]
    public void The_callers_mistakes_are_named()
    {
        using var key = Ed25519Key();
        using var shortKey = RSA.Create(1024);
        Assert.Throws<ArgumentException>(() => new DkimSigner().Sign("From: a@b\r\n\r\n"u8, [], now));
        Assert.Throws<ArgumentException>(() => new DkimSigner().Sign("To: a@b\r\n\r\n"u8, [key], now));
        Assert.Throws<ArgumentException>(() => DkimKey.FromRsa("example.jp", "s", shortKey));
        Assert.Throws<ArgumentException>(() => DkimKey.FromEd25519Seed("example.jp", "s", new byte[31]));
        Assert.Throws<ArgumentException>(() => DkimKey.FromPem("example.jp", "s", "no key"));
    }

    [Fact]
    public void Keys_are_read_from_PKCS_8_and_never_shown()
    {
        using var rsa = RSA.Create();
        rsa.ImportFromPem(rsaPem);
        using var fromPem = DkimKey.FromPem("example.jp", "s1", rsa.ExportPkcs8PrivateKeyPem());
        Assert.Equal("rsa-sha256", fromPem.AlgorithmTag);
        Assert.Equal("s1._domainkey.example.jp", fromPem.DnsName);
        Assert.Equal($"v=DKIM1; k=rsa; p={Convert.ToBase64String(rsa.ExportSubjectPublicKeyInfo())}", fromPem.DnsRecord);
        Assert.Equal("rsa-sha256 s1._domainkey.example.jp ***", fromPem.ToString());

        // RFC 8410 section 10.3.
        using var ed25519 = DkimKey.FromPem(
            "example.jp",
            "s2",
            "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----\n"
        );
        Assert.Equal("ed25519-sha256", ed25519.AlgorithmTag);
    }

    private static DkimKey RsaKey() => DkimKey.FromPem("shop.example.jp", "r1", rsaPem);

    private static DkimKey Ed25519Key() => DkimKey.FromEd25519Seed("shop.example.jp", "e1", SHA256.HashData("seed"u8));

    private static bool IsVerified(byte[] message, string signature, DkimKey rsa, DkimKey ed25519)
    {
        var loaded = MimeMessage.Load(new MemoryStream(message));
        var field = loaded.Headers.First(header => header.Id == HeaderId.DkimSignature && header.Value == signature);
        return new DkimVerifier(new PublishedKeys(rsa, ed25519)).Verify(loaded, field);
    }

    private sealed class PublishedKeys(DkimKey rsa, DkimKey ed25519) : DkimPublicKeyLocatorBase
    {
        public override AsymmetricKeyParameter LocatePublicKey(
            string methods,
            string domain,
            string selector,
            CancellationToken cancellationToken = default
        )
        {
            var record = selector == rsa.Selector ? rsa.DnsRecord : ed25519.DnsRecord;
            var key = Convert.FromBase64String(record.Split("p=")[1]);
            return selector == rsa.Selector ? PublicKeyFactory.CreateKey(key) : new Ed25519PublicKeyParameters(key);
        }

        public override Task<AsymmetricKeyParameter> LocatePublicKeyAsync(
            string methods,
            string domain,
            string selector,
            CancellationToken cancellationToken = default
        ) => Task.FromResult(LocatePublicKey(methods, domain, selector, cancellationToken));
    }
}
