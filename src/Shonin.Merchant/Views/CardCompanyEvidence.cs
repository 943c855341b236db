using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Shonin.Merchant.Views;

/// <summary>Whether the answer to a request left the card company.</summary>
public enum AnswerDelivery
{
    Sent,
    /// <summary>The connection was gone before the answer could leave.</summary>
    Undelivered,
    /// <summary>The export does not say.</summary>
    Unknown,
}

/// <summary>One line of the card company's history, as it gives it to this merchant.</summary>
/// <param name="Kind">The name of the card company's event in camelCase: <c>authorizationDecided</c>, <c>reversalDecided</c>, …</param>
/// <param name="Mti">The request's message type: 0100, 0420, 0220, …</param>
/// <param name="TransmittedAt">Field 7 of the request, MMDDhhmmss in UTC.</param>
/// <param name="ResponseCode">What the card company answered.</param>
public sealed record CardCompanyRow(
    DateTimeOffset At, string Kind, string Mti, int Stan, string TransmittedAt, string? Rrn, string? ResponseCode, string? ApprovalCode, AnswerDelivery Answer)
{
    /// <summary>The request's key, as <see cref="Domain.Approvals.Claim.WireKey"/> writes it.</summary>
    public string WireKey => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{TransmittedAt}-{Stan:000000}");
}

/// <summary>
/// The card company's own record of this merchant's requests, signed by it. It covers a span of time completely: what has no row in
/// that span never arrived.
/// </summary>
public sealed record CardCompanyEvidence(DateTimeOffset From, DateTimeOffset Until, ImmutableArray<CardCompanyRow> Rows)
{
    /// <summary>Largest export that is read, in bytes.</summary>
    public const int SizeMaxBytes = 8 * 1024 * 1024;

    private static readonly JsonSerializerOptions json = new(JsonSerializerDefaults.Web)
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    /// <summary>Whether the record is complete at this moment.</summary>
    public bool Covers(DateTimeOffset at) => From <= at && at <= Until;

    /// <summary>
    /// Reads an export, <c>{"payload":BASE64,"signature":BASE64}</c>: the payload is JSON, the signature is ECDSA P-256 with SHA-256
    /// (IEEE P1363, 64 bytes) over the payload's bytes. Nothing of the payload is looked at before the signature holds.
    /// </summary>
    /// <param name="cardCompanyKey">The card company's public key, as agreed with it beforehand.</param>
    public static EvidenceReading Read(ReadOnlySpan<byte> export, ECDsa cardCompanyKey)
    {
        if (export.Length > SizeMaxBytes)
            return new EvidenceReading.Unreadable($"the export has {export.Length} bytes; at most {SizeMaxBytes} are read");
        try
        {
            if (JsonSerializer.Deserialize<Envelope>(export, json) is not { } envelope)
                return new EvidenceReading.Unreadable("the export is null");
            if (!cardCompanyKey.VerifyData(envelope.Payload, envelope.Signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation))
                return new EvidenceReading.NotGenuine("the signature does not fit the card company's key: the export was changed, or somebody else made it");
            return JsonSerializer.Deserialize<CardCompanyEvidence>(envelope.Payload, json) is { } evidence
                ? new EvidenceReading.Genuine(evidence)
                : new EvidenceReading.Unreadable("the payload is null");
        }
        catch (JsonException error)
        {
            return new EvidenceReading.Unreadable($"{error.Path ?? "$"}: not as an export is written");
        }
    }

    private sealed record Envelope(byte[] Payload, byte[] Signature);
}

/// <summary>What an export turned out to be.</summary>
public abstract record EvidenceReading
{
    private EvidenceReading() { }

    public sealed record Genuine(CardCompanyEvidence Evidence) : EvidenceReading;
    public sealed record NotGenuine(string Why) : EvidenceReading;
    public sealed record Unreadable(string Why) : EvidenceReading;
}
