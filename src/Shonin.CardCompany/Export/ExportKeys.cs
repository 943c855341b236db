using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Shonin.CardCompany.History;
using Shonin.CardCompany.Host;
using Shonin.EventLog;
using Shonin.Streams;

namespace Shonin.CardCompany.Export;

/// <summary>
/// The key by which a merchant fetches its export. One is live for each merchant: a new one replaces it. The log keeps digests only;
/// a key is 256 random bits, so that its digest needs no salt.
/// </summary>
internal sealed class ExportKeys : IAsyncDisposable
{
    private const int KeyBytes = 32;

    /// <summary>Whoever asks may name any merchant, so few that are idle are kept.</summary>
    private const int IdleCountMax = 1_000;

    private readonly CardKeys names;
    private readonly ExportKeyStreams streams;

    private ExportKeys(CardKeys names, ExportKeyStreams streams) => (this.names, this.streams) = (names, streams);

    /// <param name="onFault">Told of a defect, or of a log that cannot be read.</param>
    public static async ValueTask<ExportKeys> OpenAsync(CardCompanyHost host, TimeProvider clock, Action<Exception> onFault) =>
        new(
            host.Keys,
            await ExportKeyStreams.OpenAsync(
                new ExportKeyKind(),
                new(host.Log, clock)
                {
                    OnFault = onFault,
                    OnUnreadable = onFault,
                    IdleCountMax = IdleCountMax,
                },
                CancellationToken.None
            )
        );

    /// <summary>The new key, or null where the log cannot write.</summary>
    public async Task<string?> IssueAsync(MerchantIdentity merchant)
    {
        var key = "export_" + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(KeyBytes));
        var issued = new ExportKeyIssued(merchant.Acquirer, merchant.Merchant, DigestOf(key));
        var outcome = await streams.SubmitAsync(StreamOf(merchant), issued);
        return outcome is Outcome<ExportKeyIssued, ExportKeyIssued, NoReply>.Done ? key : null;
    }

    /// <exception cref="LogUnusableException">The log cannot be read now.</exception>
    /// <exception cref="StreamUnreadableException">What it holds of this merchant cannot be read.</exception>
    public async Task<bool> OpensAsync(string key, MerchantIdentity merchant) =>
        await streams.ReadAsync(StreamOf(merchant)) is { State: var live }
        && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(live.KeyDigest), Encoding.ASCII.GetBytes(DigestOf(key)));

    /// <summary>Where the keys of a merchant are kept; the name says nothing about who it is.</summary>
    public StreamId StreamOf(MerchantIdentity merchant) =>
        new(ExportKeyKind.StreamPrefix + names.Digest($"{merchant.Acquirer}/{merchant.Merchant}"));

    public ValueTask DisposeAsync() => streams.DisposeAsync();

    private static string DigestOf(string key) => Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}

/// <summary>A key was handed out. The last one is the live one, so that this is command, fact and state.</summary>
internal sealed record ExportKeyIssued(string Acquirer, string Merchant, string KeyDigest);

/// <summary>The keys that one merchant was given, as a kind of stream.</summary>
internal sealed class ExportKeyKind : StreamKind<ExportKeyIssued, ExportKeyIssued, ExportKeyIssued, NoReply>
{
    public const string StreamPrefix = "merchant-";

    private const string EventName = "exportKeyIssued/1";

    public override string Prefix => StreamPrefix;

    public override Decided<ExportKeyIssued, ExportKeyIssued, NoReply> Decide(
        StreamId stream,
        ExportKeyIssued? state,
        ExportKeyIssued command,
        DateTimeOffset at
    ) => new([command], default);

    public override ExportKeyIssued Evolve(ExportKeyIssued? state, ExportKeyIssued happened) => happened;

    public override NewEvent Store(ExportKeyIssued happened) =>
        new(EventName, JsonSerializer.SerializeToUtf8Bytes(happened, CardEventNames.Json));

    public override ExportKeyIssued Load(StoredEvent stored) =>
        stored.Type == EventName
            ? JsonSerializer.Deserialize<ExportKeyIssued>(stored.Payload.Span, CardEventNames.Json)!
            : throw new InvalidDataException($"{stored.Stream}/{stored.Version} is a {stored.Type}, which this program does not know.");
}
