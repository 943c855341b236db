using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Shonin.CardCompany.History;
using Shonin.CardCompany.Host;
using Shonin.EventLog;

namespace Shonin.CardCompany.Export;

/// <summary>
/// The key by which a merchant fetches its export. One is live for each merchant: a new one replaces it. The log keeps digests only;
/// a key is 256 random bits, so that its digest needs no salt.
/// </summary>
internal sealed class ExportKeys(CardCompanyHost host, TimeProvider clock)
{
    private const string EventName = "exportKeyIssued/1";
    private const int KeyBytes = 32;
    private const int TryCountMax = 5;

    private sealed record Issued(string Acquirer, string Merchant, string KeyDigest);

    /// <summary>The new key, or null where the log cannot write.</summary>
    public async Task<string?> IssueAsync(MerchantIdentity merchant)
    {
        var key = "export_" + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(KeyBytes));
        var stream = StreamOf(merchant);
        var issued = new NewEvent(EventName, JsonSerializer.SerializeToUtf8Bytes(new Issued(merchant.Acquirer, merchant.Merchant, DigestOf(key)), CardEventNames.Json));
        for (var tried = 0; tried < TryCountMax; tried++)
        {
            var version = (await host.Store.ReadStreamAsync(stream, 0, CancellationToken.None)).Count;
            switch (await host.Log.AppendAsync(new Append(stream, version, host.Log.LeaseOf(stream), clock.GetUtcNow()) { Events = [issued] }))
            {
                case AppendResult.Committed:
                    return key;
                case AppendResult.VersionConflict:
                    break;
                default:
                    return null;
            }
        }
        return null;
    }

    public async Task<bool> OpensAsync(string key, MerchantIdentity merchant, CancellationToken cancellation)
    {
        var events = await host.Store.ReadStreamAsync(StreamOf(merchant), 0, cancellation);
        return events.Count > 0
            && JsonSerializer.Deserialize<Issued>(events[^1].Payload.Span, CardEventNames.Json) is { } live
            && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(live.KeyDigest), Encoding.ASCII.GetBytes(DigestOf(key)));
    }

    /// <summary>Where the keys of a merchant are kept; the name says nothing about who it is.</summary>
    public StreamId StreamOf(MerchantIdentity merchant) => new($"merchant-{host.Keys.Digest($"{merchant.Acquirer}/{merchant.Merchant}")}");

    private static string DigestOf(string key) => Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
