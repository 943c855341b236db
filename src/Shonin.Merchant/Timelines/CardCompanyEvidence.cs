using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Shonin.Merchant.Timelines;

/// <summary>Whether the answer to a message left the card company, as its record has it.</summary>
public enum AnswerDelivery
{
    Sent,

    /// <summary>The connection was gone before the answer could leave.</summary>
    Undelivered,

    /// <summary>Neither is recorded: not yet, or for ever after a crash.</summary>
    Pending,

    /// <summary>The row is no answer to anything: a hold that expired.</summary>
    None,
}

/// <summary>One line of the card company's history, as it gives it to this merchant.</summary>
/// <param name="Kind">authorization, advice, reversal, capture, refund, notUnderstood, holdExpired.</param>
/// <param name="Mti">The request's message type: 0100, 0420, 0220, …</param>
/// <param name="Stan">Field 11, six digits.</param>
/// <param name="TransmittedAt">Field 7 of the request, with the year that it was taken for.</param>
/// <param name="ResponseCode">What the card company answered.</param>
public sealed record CardCompanyRow(
    DateTimeOffset At,
    string Kind,
    string? Mti,
    string Stan,
    DateTimeOffset TransmittedAt,
    string? Rrn,
    string? ResponseCode,
    string? ApprovalCode,
    AnswerDelivery Answer
)
{
    /// <summary>The request's key, as <see cref="Domain.Approvals.Claim.WireKey"/> writes it.</summary>
    public string WireKey => string.Create(CultureInfo.InvariantCulture, $"{TransmittedAt.UtcDateTime:MMddHHmmss}-{Stan}");
}

/// <summary>
/// The card company's own record of one merchant's messages, from its first day, put together from the pages that it signed. Up to
/// <paramref name="CompleteUntil"/> it is complete: what has no row by then never arrived.
/// </summary>
/// <param name="Acquirer">Field 32 without leading zeros.</param>
/// <param name="Merchant">Field 42.</param>
/// <param name="Next">The position after which the next page must begin.</param>
/// <param name="CompleteUntil">When a page last said that there was nothing more; null before.</param>
public sealed record CardCompanyEvidence(
    string Acquirer,
    string Merchant,
    string Next,
    DateTimeOffset? CompleteUntil,
    ImmutableArray<CardCompanyRow> Rows
)
{
    /// <summary>Largest page that is read, in bytes.</summary>
    public const int PageSizeMaxBytes = 8 * 1024 * 1024;

    /// <summary>The schema of the payloads that are read.</summary>
    public const string Schema = "shonin.card-company.export/1";

    private const string FirstPosition = "0";

    private static readonly JsonSerializerOptions json = new(JsonSerializerDefaults.Web)
    {
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    /// <summary>Before the first page.</summary>
    public static CardCompanyEvidence Before(string acquirer, string merchant) => new(acquirer, merchant, FirstPosition, null, []);

    public bool Covers(DateTimeOffset at) => at <= CompleteUntil;

    /// <summary>
    /// Adds the next page, <c>{"schema","payload":BASE64,"signature":BASE64,…}</c>: the payload is JSON, the signature is ECDSA P-256 with
    /// SHA-256 (IEEE P1363, 64 bytes) over the payload's bytes. Nothing of the payload is believed before the signature holds.
    /// </summary>
    /// <param name="cardCompanyKey">The card company's public key, as agreed with it beforehand.</param>
    public CardCompanyEvidenceReading Add(ReadOnlySpan<byte> export, ECDsa cardCompanyKey)
    {
        if (export.Length > PageSizeMaxBytes)
            return new CardCompanyEvidenceReading.Unreadable($"the export has {export.Length} bytes; at most {PageSizeMaxBytes} are read");
        try
        {
            if (JsonSerializer.Deserialize<Envelope>(export, json) is not { Payload: { } payload, Signature: { } signature })
                return new CardCompanyEvidenceReading.Unreadable("payload or signature is missing");
            if (
                !cardCompanyKey.VerifyData(
                    payload,
                    signature,
                    HashAlgorithmName.SHA256,
                    DSASignatureFormat.IeeeP1363FixedFieldConcatenation
                )
            )
            {
                return new CardCompanyEvidenceReading.NotGenuine(
                    "the signature does not fit the card company's key: the export was changed, or somebody else made it"
                );
            }

            return JsonSerializer.Deserialize<Page>(payload, json) is { } page
                ? Add(page)
                : new CardCompanyEvidenceReading.Unreadable("the payload is null");
        }
        catch (JsonException error)
        {
            return new CardCompanyEvidenceReading.Unreadable($"{error.Path ?? "$"}: not as an export is written");
        }
    }

    private CardCompanyEvidenceReading Add(Page page)
    {
        if (page.Schema != Schema)
            return new CardCompanyEvidenceReading.Unreadable($"$.schema: expected {Schema}");
        if (page.Acquirer != Acquirer || page.Merchant != Merchant)
        {
            return new CardCompanyEvidenceReading.NotGenuine(
                "the page is another merchant's: its silence about our requests would prove nothing"
            );
        }

        if (page.After != Next)
        {
            return new CardCompanyEvidenceReading.Unreadable(
                $"$.after: the page does not begin at {Next}, where the last one ended; rows between them would be missing"
            );
        }

        return new CardCompanyEvidenceReading.Genuine(
            this with
            {
                Next = page.Next,
                CompleteUntil = page.Next == page.After ? page.IssuedAt : CompleteUntil,
                Rows = Rows.AddRange(page.Rows),
            }
        );
    }

    private sealed record Envelope(byte[]? Payload, byte[]? Signature);

    private sealed record Page(
        string Schema,
        string Acquirer,
        string Merchant,
        DateTimeOffset IssuedAt,
        string After,
        ImmutableArray<CardCompanyRow> Rows,
        string Next
    );
}

/// <summary>What a page of the export turned out to be.</summary>
public abstract record CardCompanyEvidenceReading
{
    private CardCompanyEvidenceReading() { }

    /// <param name="Evidence">The evidence with this page.</param>
    public sealed record Genuine(CardCompanyEvidence Evidence) : CardCompanyEvidenceReading;

    public sealed record NotGenuine(string Why) : CardCompanyEvidenceReading;

    public sealed record Unreadable(string Why) : CardCompanyEvidenceReading;
}
