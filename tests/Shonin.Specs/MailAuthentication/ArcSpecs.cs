using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Security;
using Shonin.MailAuthentication.Arc;
using Shonin.MailAuthentication.Dkim;
using Shonin.MailAuthentication.Dns;
using Shonin.MailAuthentication.Message;

namespace Shonin.Specs.MailAuthentication;

public sealed class ArcSpecs
{
    private static readonly DateTimeOffset now = new(2026, 11, 24, 1, 2, 3, TimeSpan.Zero);
    private const string Plain = "From: a@shop.example\r\nTo: b@example.net\r\nSubject: order\r\nDKIM-Signature: v=1\r\n\r\nbody\r\n";

    [Fact]
    public async Task The_86_cases_of_the_chain_validation_suite_give_their_status()
    {
        var json = SharedVectors.Read("arc/validation.json");
        using var suite = JsonDocument.Parse(json);
        var problems = new List<string>();
        foreach (var one in suite.RootElement.EnumerateArray())
        {
            var zone = Assert.IsType<ZoneFileParse.Parsed>(ZoneFile.Parse(one.GetProperty("zone"))).Zone;
            var result = await new ArcVerifier(zone.Lookup).VerifyAsync(
                Parse(Encoding.UTF8.GetBytes(one.GetProperty("message").GetString()!))
            );
            var expected = one.GetProperty("cv").GetString() is { Length: > 0 } word ? word : "fail";
            if (result.Outcome.Word != expected)
            {
                problems.Add($"{one.GetProperty("id").GetString()}: {result.Outcome} instead of {expected}");
            }
        }

        Assert.Equal(86, suite.RootElement.GetArrayLength());
        Assert.Empty(problems);
    }

    [Fact]
    public async Task Three_hops_that_seal_with_both_kinds_of_key_make_a_chain_that_passes()
    {
        using var first = DkimKey.FromRsa("one.example", "s", RsaKeys.Of(0));
        using var second = DkimKey.FromEd25519Seed("two.example", "s", SHA256.HashData("two"u8));
        var message = Encoding.ASCII.GetBytes(Plain);
        foreach (var key in new[] { first, second, first })
        {
            var found = await VerifyAsync(message, first, second);
            message = Assert
                .IsType<ArcSealing.Sealed>(new ArcSealer().Seal(Parse(message), found, $"{key.Domain}; spf=pass", key, now))
                .Message;
        }

        var result = await VerifyAsync(message, first, second);
        Assert.IsType<ArcOutcome.Pass>(result.Outcome);
        Assert.Equal(
            ["one.example none", "two.example pass", "one.example pass"],
            result.Sets.Select(set => $"{set.Sealer} {set.ChainWord}")
        );
        Assert.Equal(1, result.OldestPass);
        Assert.Equal("two.example; spf=pass", result.Sets[1].AuthenticationResults);
    }

    [Fact]
    public async Task What_we_seal_another_library_validates()
    {
        using var rsa = RsaKeys.Of(0);
        using var key = DkimKey.FromRsa("one.example", "s", rsa);
        var once = Seal(Encoding.ASCII.GetBytes(Plain), new ArcResult(new ArcOutcome.None(), []), key);
        var twice = Seal(once, await VerifyAsync(once, key), key);

        var other = new MimeKit.Cryptography.ArcVerifier(new PublishedKey(PublicKeyFactory.CreateKey(rsa.ExportSubjectPublicKeyInfo())));
        Assert.Equal(
            MimeKit.Cryptography.ArcSignatureValidationResult.Pass,
            other.Verify(MimeKit.MimeMessage.Load(new MemoryStream(twice))).Chain
        );
        var touched = Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(twice).Replace("order", "0rder", StringComparison.Ordinal));
        Assert.Equal(
            MimeKit.Cryptography.ArcSignatureValidationResult.Fail,
            other.Verify(MimeKit.MimeMessage.Load(new MemoryStream(touched))).Chain
        );
    }

    [Theory]
    [InlineData("body", "b0dy", ArcReason.MessageSignatureDiffers)]
    [InlineData("Subject: order", "Subject: 0rder", ArcReason.MessageSignatureDiffers)]
    [InlineData("spf=pass", "spf=fail", ArcReason.SealDiffers)]
    [InlineData("cv=none", "cv=pass", ArcReason.ChainRecordedBroken)]
    [InlineData("cv=none", "cv=fail", ArcReason.ChainRecordedBroken)]
    [InlineData("ARC-Seal: i=1", "ARC-Seal: i=51", ArcReason.Structure)]
    [InlineData("ARC-Seal: i=1", "X-Seal: i=1", ArcReason.Structure)]
    [InlineData("t=", "h=from; t=", ArcReason.Structure)]
    [InlineData("h=From", "h=ARC-Seal:From", ArcReason.Structure)]
    [InlineData("d=one.example", "d=other.example", ArcReason.KeyNotUsable)]
    public async Task A_chain_that_was_touched_fails_and_says_where(string original, string altered, ArcReason reason)
    {
        using var key = DkimKey.FromEd25519Seed("one.example", "s", SHA256.HashData("one"u8));
        var found = await VerifyAsync(Encoding.ASCII.GetBytes(Plain), key);
        var message = Assert
            .IsType<ArcSealing.Sealed>(
                new ArcSealer().Seal(Parse(Encoding.ASCII.GetBytes(Plain)), found, "one.example; spf=pass", key, now)
            )
            .Message;
        Assert.IsType<ArcOutcome.Pass>((await VerifyAsync(message, key)).Outcome);

        var touched = Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(message).Replace(original, altered, StringComparison.Ordinal));
        Assert.Equal(reason, Assert.IsType<ArcOutcome.Fail>((await VerifyAsync(touched, key)).Outcome).Reason);
    }

    [Fact]
    public async Task A_list_that_changes_the_message_and_seals_again_is_seen_in_the_oldest_signature_that_holds()
    {
        using var key = DkimKey.FromEd25519Seed("one.example", "s", SHA256.HashData("one"u8));
        var first = Seal(Encoding.ASCII.GetBytes(Plain), await VerifyAsync(Encoding.ASCII.GetBytes(Plain), key), key);
        var found = await VerifyAsync(first, key);
        var withFooter = Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(first) + "-- list\r\n");
        var result = await VerifyAsync(Seal(withFooter, found, key), key);
        Assert.Equal(("pass", 2), (result.Outcome.Word, result.OldestPass));
    }

    [Fact]
    public async Task A_broken_chain_is_sealed_once_as_broken_and_then_no_more()
    {
        using var key = DkimKey.FromEd25519Seed("one.example", "s", SHA256.HashData("one"u8));
        var broken = Encoding.ASCII.GetBytes(
            Encoding
                .ASCII.GetString(Seal(Encoding.ASCII.GetBytes(Plain), await VerifyAsync(Encoding.ASCII.GetBytes(Plain), key), key))
                .Replace("body", "b0dy", StringComparison.Ordinal)
        );
        var recorded = Seal(broken, await VerifyAsync(broken, key), key);
        var result = await VerifyAsync(recorded, key);
        Assert.Equal("fail", result.Sets[1].ChainWord);
        Assert.IsType<ArcSealing.NotSealed>(new ArcSealer().Seal(Parse(recorded), result, "one.example; none", key, now));
    }

    [Fact]
    public async Task Fifty_sets_are_a_chain_and_there_is_no_fifty_first()
    {
        using var key = DkimKey.FromEd25519Seed("one.example", "s", SHA256.HashData("one"u8));
        var message = Encoding.ASCII.GetBytes(Plain);
        var found = new ArcResult(new ArcOutcome.None(), []);
        for (var instance = 1; instance <= 50; instance++)
        {
            message = Seal(message, found, key);
            found = new ArcResult(new ArcOutcome.Pass(), []);
        }

        Assert.IsType<ArcOutcome.Pass>((await VerifyAsync(message, key)).Outcome);
        Assert.Contains(
            "50",
            Assert.IsType<ArcSealing.NotSealed>(new ArcSealer().Seal(Parse(message), found, "one.example; none", key, now)).Why,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_key_that_cannot_be_asked_for_leaves_the_chain_open()
    {
        using var key = DkimKey.FromEd25519Seed("one.example", "s", SHA256.HashData("one"u8));
        var message = Seal(Encoding.ASCII.GetBytes(Plain), new ArcResult(new ArcOutcome.None(), []), key);
        var result = await new ArcVerifier(DnsLookups.Offline).VerifyAsync(Parse(message));
        Assert.IsType<ArcOutcome.TempError>(result.Outcome);
        Assert.IsType<ArcSealing.NotSealed>(new ArcSealer().Seal(Parse(message), result, "one.example; none", key, now));
    }

    private sealed class PublishedKey(AsymmetricKeyParameter key) : MimeKit.Cryptography.DkimPublicKeyLocatorBase
    {
        public override AsymmetricKeyParameter LocatePublicKey(
            string methods,
            string domain,
            string selector,
            CancellationToken cancellationToken = default
        ) => key;

        public override Task<AsymmetricKeyParameter> LocatePublicKeyAsync(
            string methods,
            string domain,
            string selector,
            CancellationToken cancellationToken = default
        ) => Task.FromResult(key);
    }

    private static byte[] Seal(byte[] message, ArcResult found, DkimKey key) =>
        Assert.IsType<ArcSealing.Sealed>(new ArcSealer().Seal(Parse(message), found, "one.example; spf=pass", key, now)).Message;

    private static async Task<ArcResult> VerifyAsync(byte[] message, params DkimKey[] keys)
    {
        var names = string.Join(',', keys.Distinct().Select(key => "\"" + key.DnsName + "\":{\"TXT\":[[\"" + key.DnsRecord + "\"]]}"));
        return await new ArcVerifier(Zones.Of("{" + names + "}")).VerifyAsync(Parse(message));
    }

    private static MailMessage Parse(byte[] message) => Assert.IsType<MessageParse.Parsed>(MailMessage.Parse(message)).Message;
}
