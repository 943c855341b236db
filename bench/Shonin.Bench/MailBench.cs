using System.Diagnostics;
using System.Text;

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
    private const string MailAuthName = "npm mailauth: authenticate, RSA-2048, 5 KB";
    private const string MimeKitName = "MimeKit: parse and verify DKIM, RSA-2048, 5 KB";

    /// <param name="each">How long each figure is measured, over all turns.</param>
    public static async Task<IReadOnlyList<Figure>> RunAsync(TimeSpan each)
    {
        using var setting = new MailBenchSetting();
        var small = setting.Signed(5 * 1024, setting.Rsa);
        using var npm = await NpmPeer.InstallAsync("mailauth", ("message.eml", small), ("zone.txt", ZoneFile(setting.TextRecords)));
        var turn = each / TurnCount;
        var medium = setting.Signed(100 * 1024, setting.Rsa);
        var large = setting.Signed(3 * 1024 * 1024, setting.Rsa);
        double openSsl = 0,
            mimeKit = 0,
            mailAuth = 0,
            rsa = 0,
            ed25519 = 0,
            all = 0,
            verdict = 0,
            mediumDkim = 0,
            mediumVerdict = 0,
            largeDkim = 0,
            largeVerdict = 0;
        for (var index = 0; index < TurnCount; index++)
        {
            openSsl = Math.Max(openSsl, await Peers.OpenSslVerifiesPerSecondAsync(turn));
            rsa = Math.Max(rsa, await PerSecondAsync(turn, () => setting.VerifyDkimAsync(small)));
            mimeKit = Math.Max(mimeKit, await PerSecondAsync(turn, () => setting.VerifyWithMimeKitAsync(small)));
            ed25519 = Math.Max(
                ed25519,
                await PerSecondAsync(turn, Each(setting.Signed(5 * 1024, setting.Ed25519), setting.VerifyDkimAsync))
            );
            all = Math.Max(all, await PerSecondAsync(turn, () => setting.VerifyAllAsync(small)));
            verdict = Math.Max(verdict, await PerSecondAsync(turn, () => setting.JudgeAsync(small)));
            mailAuth = Math.Max(mailAuth, await npm.PerSecondAsync(turn));
            mediumDkim = Math.Max(mediumDkim, await PerSecondAsync(turn, () => setting.VerifyDkimAsync(medium)));
            mediumVerdict = Math.Max(mediumVerdict, await PerSecondAsync(turn, () => setting.JudgeAsync(medium)));
            largeDkim = Math.Max(largeDkim, await PerSecondAsync(turn, () => setting.VerifyDkimAsync(large)));
            largeVerdict = Math.Max(largeVerdict, await PerSecondAsync(turn, () => setting.JudgeAsync(large)));
        }

        var limit = openSsl > 0 ? openSsl : (double?)null;
        return
        [
            new(OpenSslName, openSsl, "verifies/s"),
            new(MimeKitName, mimeKit, "messages/s"),
            new(MailAuthName, mailAuth, "messages/s"),
            new("DKIM: parse and verify, RSA-2048, 5 KB", rsa, "messages/s", OpenSslName, limit, rsa / limit),
            new("DKIM beside MimeKit", rsa, "messages/s", MimeKitName, mimeKit, rsa / mimeKit),
            new("DKIM: parse and verify, Ed25519, 5 KB", ed25519, "messages/s"),
            new("SPF, DKIM, DMARC and ARC, RSA-2048, 5 KB", all, "messages/s", OpenSslName, limit, all / limit),
            new("full verdict, RSA-2048, 5 KB", verdict, "messages/s", OpenSslName, limit, verdict / limit),
            new(
                "full verdict beside mailauth's authenticate",
                verdict,
                "messages/s",
                MailAuthName,
                mailAuth,
                mailAuth > 0 ? verdict / mailAuth : null
            ),
            new("DKIM: parse and verify, RSA-2048, 100 KB", mediumDkim, "messages/s"),
            new("full verdict, RSA-2048, 100 KB", mediumVerdict, "messages/s"),
            new("DKIM: parse and verify, RSA-2048, 3 MB", largeDkim, "messages/s"),
            new("full verdict, RSA-2048, 3 MB", largeVerdict, "messages/s"),
            await AllocatedAsync("memory: DKIM of 5 KB, in messages", small, setting.VerifyDkimAsync),
            await AllocatedAsync("memory: full verdict of 5 KB, in messages", small, setting.JudgeAsync),
            await AllocatedAsync("memory: DKIM of 3 MB, in messages", large, setting.VerifyDkimAsync),
            await AllocatedAsync("memory: full verdict of 3 MB, in messages", large, setting.JudgeAsync),
        ];
    }

    /// <summary>A text record a line: name, tab, text.</summary>
    private static byte[] ZoneFile(IEnumerable<(string Name, string Text)> records) =>
        Encoding.UTF8.GetBytes(string.Concat(records.Select(record => $"{record.Name}\t{record.Text}\n")));

    private static Func<Task> Each(byte[] message, Func<byte[], Task> verify) => () => verify(message);

    private static async Task<double> PerSecondAsync(TimeSpan turn, Func<Task> verify)
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

    private static async Task<Figure> AllocatedAsync(string name, byte[] message, Func<byte[], Task> verify)
    {
        await verify(message);
        var before = GC.GetAllocatedBytesForCurrentThread();
        await verify(message);
        var bytes = (double)(GC.GetAllocatedBytesForCurrentThread() - before);
        return new Figure(name, bytes / message.Length, "messages", "the message itself", 1, bytes / message.Length);
    }
}
