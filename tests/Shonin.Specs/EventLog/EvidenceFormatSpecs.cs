using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Shonin.EventLog;
using Shonin.EventLog.Evidence;
using Shonin.EventLog.Secrets;
using Shonin.EventLog.Sqlite;

namespace Shonin.Specs.EventLog;

/// <summary>What a third party needs to verify a log without this program, written down a second time, byte by byte.</summary>
public sealed class EvidenceFormatSpecs
{
    private static readonly DateTimeOffset at = DateTimeOffset.FromUnixTimeMilliseconds(0x0102030405);

    [Fact]
    public void An_events_hash_is_the_SHA_256_of_these_bytes()
    {
        byte[] previous = [.. Enumerable.Repeat((byte)0xAA, 32)];
        byte[] bytes =
        [
            .. "shonin-event-hash-v1"u8,
            .. previous,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            7, // position
            0,
            0,
            0,
            0,
            0,
            0,
            1,
            0, // version
            0,
            0,
            0,
            1,
            2,
            3,
            4,
            5, // at
            0,
            0,
            0,
            7,
            .. "order-1"u8,
            0,
            0,
            0,
            6,
            .. "placed"u8,
            0,
            0,
            0,
            2,
            .. "{}"u8,
        ];
        Assert.Equal(SHA256.HashData(bytes), EventHash.Compute(previous, 7, new("order-1"), 256, at.AddTicks(9), "placed", "{}"u8));
    }

    [Fact]
    public void What_moves_from_one_field_to_the_next_changes_the_hash() =>
        Assert.NotEqual(
            EventHash.Compute(EventHash.BeforeFirst.Span, 1, new("ab"), 1, at, "c", default),
            EventHash.Compute(EventHash.BeforeFirst.Span, 1, new("a"), 1, at, "bc", default)
        );

    [Theory]
    [InlineData(31, 7)]
    [InlineData(33, 7)]
    [InlineData(32, 101)]
    public void A_previous_hash_or_a_name_of_a_size_that_cannot_be_is_refused(int previousSize, int nameSize) =>
        Assert.Throws<ArgumentException>(() =>
            EventHash.Compute(new byte[previousSize], 1, new(new string('s', nameSize)), 1, at, "placed", default)
        );

    [Fact]
    public void A_head_is_signed_over_these_bytes()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var signer = new LogSigner(key);
        var head = signer.Sign("merchant", new LogHead(256, SHA256.HashData("root"u8)), at.AddTicks(9));
        byte[] bytes =
        [
            .. "shonin-log-head-v1"u8,
            0,
            0,
            0,
            8,
            .. "merchant"u8,
            0,
            0,
            0,
            0,
            0,
            0,
            1,
            0, // events
            0,
            0,
            0,
            1,
            2,
            3,
            4,
            5, // at
            .. SHA256.HashData("root"u8),
        ];
        Assert.Equal(64, head.Signature.Length);
        Assert.True(key.VerifyData(bytes, head.Signature.Span, HashAlgorithmName.SHA256));
        Assert.Equal(head.Key, Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()))[..16]);
        Assert.False((head with { Events = 257 }).IsSignedBy(key));
        Assert.False((head with { Log = "other" }).IsSignedBy(key));
        Assert.False((head with { At = at.AddMilliseconds(1) }).IsSignedBy(key));
    }

    [Fact]
    [RealParts]
    public async Task A_line_of_the_heads_file_verifies_with_its_public_key_and_an_ordinary_JSON_parser()
    {
        using var folder = new DataFolder();
        await using (var store = await SqliteEventStore.OpenAsync(folder.Log, TimeProvider.System, default))
        {
            var stream = new StreamId("order-<1>+'");
            var lease = await store.AcquireShardAsync(ShardMap.ShardOf(stream), default);
            await store.CommitAsync([new Append(stream, 0, lease, at) { Events = [new("placed", default)] }], default);
        }
        using var key = ECDsa.Create();
        key.ImportFromPem(await File.ReadAllTextAsync(Path.Combine(folder.Path, "keys", "merchant-log.public.pem")));

        var line = Assert.Single(await File.ReadAllLinesAsync(folder.Log.Heads));
        var json = JsonDocument.Parse(line).RootElement;
        var signed = Encoding.UTF8.GetBytes("shonin-heads-line-v1" + line[..line.LastIndexOf(",\"signature\"", StringComparison.Ordinal)]);
        Assert.True(key.VerifyData(signed, json.GetProperty("signature").GetBytesFromBase64(), HashAlgorithmName.SHA256));
        Assert.Equal(new string('0', 64), json.GetProperty("previous").GetString());
        Assert.Equal(1, json.GetProperty("streams").GetProperty("order-<1>+'").GetInt64());
        Assert.Equal("merchant", json.GetProperty("log").GetString());
    }

    [Fact]
    public void A_sealed_document_opens_only_in_its_own_place_under_its_own_master_key()
    {
        var keys = new DocumentKeys(RandomNumberGenerator.GetBytes(DocumentKeys.KeySizeBytes));
        var owner = keys.NewKeyOf("customer-1");
        var sealedText = DocumentKeys.Seal(owner, "mail-1", "text"u8);
        Assert.Equal("text"u8.ToArray(), keys.Open(owner.Wrapped, "customer-1", "mail-1", sealedText));
        Assert.NotEqual(sealedText, DocumentKeys.Seal(owner, "mail-1", "text"u8));
        Assert.NotEqual(keys.Fingerprint, new DocumentKeys(new byte[DocumentKeys.KeySizeBytes]).Fingerprint);

        Refused(() => keys.Open(owner.Wrapped, "customer-1", "mail-2", sealedText));
        Refused(() => keys.Open(owner.Wrapped, "customer-2", "mail-1", sealedText));
        Refused(() => keys.Open(keys.NewKeyOf("customer-1").Wrapped, "customer-1", "mail-1", sealedText));
        Refused(() => new DocumentKeys(new byte[DocumentKeys.KeySizeBytes]).Open(owner.Wrapped, "customer-1", "mail-1", sealedText));
        Refused(() => keys.Open(owner.Wrapped, "customer-1", "mail-1", sealedText.AsSpan(0, 27)));
        for (var index = 0; index < sealedText.Length; index++)
        {
            var altered = sealedText.ToArray();
            altered[index] ^= 1;
            Refused(() => keys.Open(owner.Wrapped, "customer-1", "mail-1", altered));
        }

        static void Refused(Action open) => Assert.ThrowsAny<CryptographicException>(open);
    }
}
