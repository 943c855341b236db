using System.Diagnostics;
using System.Globalization;
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
using DkimSigner = Shonin.MailAuthentication.Dkim.DkimSigner;
using DkimVerifier = Shonin.MailAuthentication.Dkim.DkimVerifier;

namespace Shonin.Bench;

/// <summary>
/// How fast mail is verified on one core, beside what openssl makes of RSA-2048 on it and what MimeKit makes of the same message,
/// in the same run. Rates are per second of processor time, as openssl counts too, so that other work on the machine matters less.
/// </summary>
public static class MailBench
{
    private const int TurnCount = 3;
    private const int WarmUpCount = 300;
    private const string OpenSslName = "openssl: RSA-2048 verify";
    private const string MimeKitName = "MimeKit: parse and verify DKIM, RSA-2048, 5 KB";

    /// <param name="each">How long each figure is measured, over all turns.</param>
    public static async Task<IReadOnlyList<Figure>> Run(TimeSpan each)
    {
        using var setting = new Setting();
        var small = setting.Signed(5 * 1024, setting.Rsa);
        var turn = each / TurnCount;
        double openSsl = 0, mimeKit = 0, rsa = 0, ed25519 = 0, all = 0, medium = 0, large = 0;
        for (var index = 0; index < TurnCount; index++)
        {
            openSsl = Math.Max(openSsl, await OpenSslVerifiesPerSecond(turn));
            rsa = Math.Max(rsa, await PerSecond(turn, () => setting.VerifyDkim(small)));
            mimeKit = Math.Max(mimeKit, await PerSecond(turn, () => setting.VerifyWithMimeKit(small)));
            ed25519 = Math.Max(ed25519, await PerSecond(turn, Each(setting.Signed(5 * 1024, setting.Ed25519), setting.VerifyDkim)));
            all = Math.Max(all, await PerSecond(turn, () => setting.VerifyAll(small)));
            medium = Math.Max(medium, await PerSecond(turn, Each(setting.Signed(100 * 1024, setting.Rsa), setting.VerifyDkim)));
            large = Math.Max(large, await PerSecond(turn, Each(setting.Signed(3 * 1024 * 1024, setting.Rsa), setting.VerifyDkim)));
        }

        var limit = openSsl > 0 ? openSsl : (double?)null;
        return
        [
            new(OpenSslName, openSsl, "verifies/s"),
            new(MimeKitName, mimeKit, "messages/s"),
            new("DKIM: parse and verify, RSA-2048, 5 KB", rsa, "messages/s", OpenSslName, limit, rsa / limit),
            new("DKIM beside MimeKit", rsa, "messages/s", MimeKitName, mimeKit, rsa / mimeKit),
            new("DKIM: parse and verify, Ed25519, 5 KB", ed25519, "messages/s"),
            new("SPF, DKIM, DMARC and ARC, RSA-2048, 5 KB", all, "messages/s", OpenSslName, limit, all / limit),
            new("DKIM: parse and verify, RSA-2048, 100 KB", medium, "messages/s"),
            new("DKIM: parse and verify, RSA-2048, 3 MB", large, "messages/s"),
            await Allocated("memory: DKIM of 5 KB, in messages", small, setting),
            await Allocated("memory: DKIM of 3 MB, in messages", setting.Signed(3 * 1024 * 1024, setting.Rsa), setting),
        ];
    }

    private static Func<Task> Each(byte[] message, Func<byte[], Task> verify) => () => verify(message);

    private static async Task<double> PerSecond(TimeSpan turn, Func<Task> verify)
    {
        var warmUp = Stopwatch.StartNew();
        for (var count = 0; count < WarmUpCount && warmUp.Elapsed < turn; count++)
        {
            await verify();
        }

        var wall = Stopwatch.StartNew();
        var before = Environment.CpuUsage.TotalTime;
        var verified = 0;
        for (; wall.Elapsed < turn; verified++)
        {
            await verify();
        }

        return verified / (Environment.CpuUsage.TotalTime - before).TotalSeconds;
    }

    private static async Task<Figure> Allocated(string name, byte[] message, Setting setting)
    {
        await setting.VerifyDkim(message);
        var before = GC.GetAllocatedBytesForCurrentThread();
        await setting.VerifyDkim(message);
        var bytes = (double)(GC.GetAllocatedBytesForCurrentThread() - before);
        return new Figure(name, bytes / message.Length, "messages", "the message itself", 1, bytes / message.Length);
    }

    /// <summary>The last number of "+F2:…:bits:signs per second:verifies per second"; 0 where there is no openssl.</summary>
    private static async Task<double> OpenSslVerifiesPerSecond(TimeSpan turn)
    {
        try
        {
            var seconds = Math.Max(1, (int)turn.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            using var openSsl = Process.Start(new ProcessStartInfo("openssl", ["speed", "-mr", "-seconds", seconds, "rsa2048"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            var errors = openSsl.StandardError.ReadToEndAsync();
            var output = await openSsl.StandardOutput.ReadToEndAsync();
            await errors;
            var line = output.Split('\n').LastOrDefault(line => line.StartsWith("+F2:", StringComparison.Ordinal));
            return line is null ? 0 : double.Parse(line.Split(':')[^1], CultureInfo.InvariantCulture);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // openssl is not installed; the figures then stand without their limit.
            return 0;
        }
    }

    /// <summary>Keys, a zone that holds them, and the verifiers, made once as a server would.</summary>
    private sealed class Setting : DkimPublicKeyLocatorBase, IDisposable
    {
        private static readonly DateTimeOffset Now = new(2026, 11, 24, 1, 2, 3, TimeSpan.Zero);
        private readonly RSA rsa = RSA.Create(2048);
        private readonly DkimVerifier dkim;
        private readonly MailAuthenticator authenticator;
        private readonly MimeKit.Cryptography.DkimVerifier mimeKit;
        private readonly AsymmetricKeyParameter mimeKitKey;

        public Setting()
        {
            Rsa = DkimKey.FromRsa("shop.example.jp", "r", rsa);
            Ed25519 = DkimKey.FromEd25519Seed("shop.example.jp", "e", SHA256.HashData("bench"u8));
            var zone = (ZoneFileParse.Parsed)ZoneFile.Parse(Encoding.UTF8.GetBytes(
                $$$"""
                {"version":1,"default":"NXDOMAIN","names":{
                "{{{Rsa.DnsName}}}":{"TXT":[["{{{Rsa.DnsRecord}}}"]]}, "{{{Ed25519.DnsName}}}":{"TXT":[["{{{Ed25519.DnsRecord}}}"]]},
                "shop.example.jp":{"TXT":[["v=spf1 ip4:192.0.2.1 -all"]]}, "_dmarc.shop.example.jp":{"TXT":[["v=DMARC1; p=reject"]]} } }
                """));
            var lookup = zone.Zone.Lookup;
            dkim = new DkimVerifier(lookup);
            authenticator = new MailAuthenticator(lookup, TimeProvider.System);
            mimeKit = new MimeKit.Cryptography.DkimVerifier(this);
            mimeKitKey = PublicKeyFactory.CreateKey(rsa.ExportSubjectPublicKeyInfo());
        }

        public DkimKey Rsa { get; }

        public DkimKey Ed25519 { get; }

        public byte[] Signed(int sizeBytes, DkimKey key)
        {
            var message = new StringBuilder(
                "From: =?utf-8?B?5ZWG5bqX?= <notice@shop.example.jp>\r\nTo: yamada@example.net\r\nSubject: =?utf-8?B?44GU5rOo5paH?=\r\n"
                + "Date: Tue, 24 Nov 2026 10:02:03 +0900\r\nMessage-ID: <1@shop.example.jp>\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n");
            while (message.Length < sizeBytes - 1024)
            {
                message.Append("<p>order line 0123456789, one  thing with two spaces</p>\r\n<p>and another line without them, long enough to be usual</p>\r\n");
            }

            return new DkimSigner().Sign(Encoding.ASCII.GetBytes(message.ToString()), [key], Now);
        }

        public async Task VerifyDkim(byte[] message)
        {
            var results = await dkim.Verify(Parse(message), Now);
            Expect(results is [{ Outcome: DkimOutcome.Pass }]);
        }

        public async Task VerifyAll(byte[] message)
        {
            var session = new SpfRequest(IPAddress.Parse("192.0.2.1"), "mail.shop.example.jp", "notice@shop.example.jp");
            var findings = await authenticator.Check(Parse(message), Now, session);
            Expect(findings.Spf!.Outcome is SpfOutcome.Pass && findings.Dmarc.Outcome is DmarcOutcome.Pass);
        }

        public Task VerifyWithMimeKit(byte[] message)
        {
            var parsed = MimeMessage.Load(new MemoryStream(message));
            Expect(mimeKit.Verify(parsed, parsed.Headers[parsed.Headers.IndexOf(HeaderId.DkimSignature)]));
            return Task.CompletedTask;
        }

        public override AsymmetricKeyParameter LocatePublicKey(string methods, string domain, string selector, CancellationToken cancellationToken = default) => mimeKitKey;

        public override Task<AsymmetricKeyParameter> LocatePublicKeyAsync(string methods, string domain, string selector, CancellationToken cancellationToken = default) =>
            Task.FromResult(mimeKitKey);

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
}
