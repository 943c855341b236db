using System.Text;
using Microsoft.Extensions.Time.Testing;
using Shonin.CardNetwork.Vault;
using Shonin.Domain.Approvals;
using Shonin.EventLog.Secrets;
using Shonin.MailChecks;
using Shonin.Specs.CardNetwork;

namespace Shonin.Specs.EventLog;

/// <summary>
/// What lies sealed in data folders opens for ever. The bytes were made by another implementation of AES-256-GCM (Python's cryptography
/// 48.0.0) from the formats as they are described, under the key 00 01 … 1f.
/// </summary>
public sealed class SealedFormatSpecs
{
    private static readonly byte[] key = [.. Enumerable.Range(0, 32).Select(value => (byte)value)];

    [Fact]
    public void An_owner_s_key_and_a_document_under_it_are_nonce_content_tag() =>
        Assert.Equal(
            "approved"u8.ToArray(),
            new DocumentKeys(key).Open(
                Hex(
                    "404142434445464748494a4b62382ca0a2b90184454d9dbd17e99dd4e957c0cf23a099b4efded47e0b8e7344ac153b3a893f697f5593c196b047aada"
                ),
                "customer-1",
                "mail-1",
                Hex("505152535455565758595a5bd3f5e637480f64823591d525e7c9835e84e5c99811117d1c")
            )
        );

    [Fact]
    public async Task A_card_s_number_is_padded_and_its_nonce_stands_apart()
    {
        var card = new CardOnFile(new("card_1"), "visa", "4242", "2030-12", "f00d");
        var store = new InMemoryVaultStore();
        var box = Hex("f28d9c171408b537fff02502a950216f4bc6525c887da0ceccd407da7eae51fbf1d84b28");
        await store.AddAsync(new(card, DateTimeOffset.UnixEpoch, 7, Hex("404142434445464748494a4b"), box), default);
        var hex = Convert.ToHexStringLower(key);
        var keys = VaultKeys.Read(Encoding.ASCII.GetBytes($"fingerprint {hex}\nrequest {hex}\ncard 7 {hex}\n"), Seeded.Bytes(1), _ => { });
        await using var vault = new CardVault(store, keys, Seeded.Bytes(2), new FakeTimeProvider(), new VaultOptions());
        var unlocked = Assert.IsType<UnlockResult.Unlocked>(await vault.UnlockAsync(card.Token, default));
        Assert.Equal("4242424242424242"u8, unlocked.Number.Reveal());
    }

    [Fact]
    public void A_reported_mail_is_nonce_tag_content()
    {
        var closed = Hex("404142434445464748494a4b10ffd8ca8fb484fa172f06c123810a8783c9de51494ae267");
        Assert.Equal("approved"u8.ToArray(), MailReportsFile.Open(key, closed, "message M-1"));
    }

    private static byte[] Hex(string bytes) => Convert.FromHexString(bytes);
}
