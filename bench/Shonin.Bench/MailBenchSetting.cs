using System.Net;
using System.Security.Cryptography;
using System.Text;
using MimeKit;
using MimeKit.Cryptography;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Security;
using Shonin.MailAuthentication;
using Shonin.MailAuthentication.Dkim;
using Shonin.MailAuthentication.Dmarc;
using Shonin.MailAuthentication.Dns;
using Shonin.MailAuthentication.Message;
using Shonin.MailAuthentication.Spf;
using Shonin.MailChecks;
using DkimSigner = Shonin.MailAuthentication.Dkim.DkimSigner;
using DkimVerifier = Shonin.MailAuthentication.Dkim.DkimVerifier;

namespace Shonin.Bench;

/// <summary>Keys, a zone that holds them, and the verifiers, made once as a server would.</summary>
internal sealed class MailBenchSetting : DkimPublicKeyLocatorBase, IDisposable
{
    public const string Domain = "shop.example.jp";
    private static readonly SpfRequest session = new(IPAddress.Parse("192.0.2.1"), "mail.shop.example.jp", "notice@shop.example.jp");
    private static readonly MailProfile profile = new("shop", ["商店"], [Domain], []);
    private static readonly DateTimeOffset now = new(2026, 11, 24, 1, 2, 3, TimeSpan.Zero);
    private readonly RSA rsa = RSA.Create(2048);
    private readonly DkimVerifier dkim;
    private readonly MailAuthenticator authenticator;
    private readonly MailChecker checker;
    private readonly MimeKit.Cryptography.DkimVerifier mimeKit;
    private readonly AsymmetricKeyParameter mimeKitKey;

    public MailBenchSetting()
    {
        Rsa = DkimKey.FromRsa(Domain, "r", rsa);
        Ed25519 = DkimKey.FromEd25519Seed(Domain, "e", SHA256.HashData("bench"u8));
        TextRecords =
        [
            (Rsa.DnsName, Rsa.DnsRecord),
            (Ed25519.DnsName, Ed25519.DnsRecord),
            (Domain, "v=spf1 ip4:192.0.2.1 -all"),
            ($"_dmarc.{Domain}", "v=DMARC1; p=reject"),
        ];
        var names = string.Join(",", TextRecords.Select(record => $"\"{record.Name}\":{{\"TXT\":[[\"{record.Text}\"]]}}"));
        var zone = (ZoneFileParse.Parsed)
            ZoneFile.Parse(Encoding.UTF8.GetBytes($"{{\"version\":1,\"default\":\"NXDOMAIN\",\"names\":{{{names}}}}}"));
        var lookup = zone.Zone.Lookup;
        dkim = new DkimVerifier(lookup);
        authenticator = new MailAuthenticator(lookup, TimeProvider.System);
        checker = new MailChecker(authenticator);
        mimeKit = new MimeKit.Cryptography.DkimVerifier(this);
        mimeKitKey = PublicKeyFactory.CreateKey(rsa.ExportSubjectPublicKeyInfo());
    }

    public DkimKey Rsa { get; }

    public DkimKey Ed25519 { get; }

    /// <summary>The zone's text records.</summary>
    public IReadOnlyList<(string Name, string Text)> TextRecords { get; }

    public byte[] Signed(int sizeBytes, DkimKey key)
    {
        var message = new StringBuilder(
            "From: =?utf-8?B?5ZWG5bqX?= <notice@shop.example.jp>\r\nTo: yamada@example.net\r\nSubject: =?utf-8?B?44GU5rOo5paH?=\r\n"
                + "Date: Tue, 24 Nov 2026 10:02:03 +0900\r\nMessage-ID: <1@shop.example.jp>\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
        );
        while (message.Length < sizeBytes - 1024)
        {
            message.Append(
                "<p>order line 0123456789, one  thing with two spaces</p>\r\n<p>and another line without them, long enough to be usual</p>\r\n"
            );
        }

        return new DkimSigner().Sign(Encoding.ASCII.GetBytes(message.ToString()), [key], now);
    }

    public async Task VerifyDkimAsync(byte[] message)
    {
        var results = await dkim.VerifyAsync(Parse(message), now);
        Expect(results is [{ Outcome: DkimOutcome.Pass }]);
    }

    public async Task VerifyAllAsync(byte[] message)
    {
        var findings = await authenticator.CheckAsync(Parse(message), now, session);
        Expect(findings.Spf!.Outcome is SpfOutcome.Pass && findings.Dmarc.Outcome is DmarcOutcome.Pass);
    }

    /// <summary>Everything: the protocols, MIME and HTML, and the judgement.</summary>
    public async Task JudgeAsync(byte[] message)
    {
        var check = await checker.CheckAsync(
            message,
            new MailQuestion
            {
                Now = now,
                Profiles = [profile],
                Session = session,
            }
        );
        Expect(check is MailCheck.Checked { Result.Verdict.Word: VerdictWord.Genuine });
    }

    public Task VerifyWithMimeKitAsync(byte[] message)
    {
        var parsed = MimeMessage.Load(new MemoryStream(message));
        Expect(mimeKit.Verify(parsed, parsed.Headers[parsed.Headers.IndexOf(HeaderId.DkimSignature)]));
        return Task.CompletedTask;
    }

    public override AsymmetricKeyParameter LocatePublicKey(
        string methods,
        string domain,
        string selector,
        CancellationToken cancellationToken = default
    ) => mimeKitKey;

    public override Task<AsymmetricKeyParameter> LocatePublicKeyAsync(
        string methods,
        string domain,
        string selector,
        CancellationToken cancellationToken = default
    ) => Task.FromResult(mimeKitKey);

    public void Dispose()
    {
        Rsa.Dispose();
        Ed25519.Dispose();
        rsa.Dispose();
    }

    private static MailMessage Parse(byte[] message) => ((MessageParse.Parsed)MailMessage.Parse(message)).Message;

    private static void Expect(bool holds)
    {
        if (!holds)
        {
            throw new InvalidOperationException("A good message of the bench was not verified.");
        }
    }
}
