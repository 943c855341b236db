using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Shonin.Domain;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.Domain.Proofs;
using Shonin.EventLog;
using Shonin.Merchant.Orders;

namespace Shonin.Merchant.Notices;

/// <summary>
/// One notice, word for word, as it was when it was queued. It is a document of the customer's beside the log: the message centre shows
/// it and the mail is made from it, so that both say the same for ever, and erasing the customer erases it.
/// </summary>
/// <param name="To">The customer's address.</param>
/// <param name="Name">The customer's name, or empty.</param>
/// <param name="MessageId">Without angle brackets. Made once and kept, so a mail that is sent twice is still one message.</param>
/// <param name="Mark">The value of its <see cref="NoticeMark"/>; null in notices from before there were marks.</param>
public sealed record NoticeMail(
    string To,
    string Name,
    string MessageId,
    string Subject,
    string Text,
    string Html,
    Locale Locale,
    NoticeKind Kind,
    string OrderNumber,
    string NoticeId,
    DateTimeOffset QueuedAt,
    string? Mark = null
)
{
    /// <summary>When its text was written again because its mail left late; null where it is the first.</summary>
    public DateTimeOffset? RewrittenAt { get; init; }

    /// <summary>The digits of its number to quote; null in notices from before there were such numbers.</summary>
    public string? Reference { get; init; }

    /// <summary>The queue of the outbox that mails wait in.</summary>
    public const string Queue = "mail";

    /// <summary>The writer asks for as many bytes of room as a character can have in UTF-8, and would grow where it finds fewer.</summary>
    private const int CharacterSizeBytesMax = 3;
    private const int OtherSizeBytes = 1_024;

    /// <summary>It is never part of a page, so that it needs no escapes for HTML: they would make it twice as long.</summary>
    private static readonly JsonWriterOptions plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static NoticeMail From(
        Notice notice,
        NoticeText text,
        Order order,
        Person person,
        MerchantProfile merchant,
        NoticeMarkKey key,
        DateTimeOffset queuedAt
    ) =>
        new(
            person.Email,
            person.Name,
            MessageIdOf(notice.Id, merchant, key),
            text.Subject,
            text.Text,
            text.Html,
            order.Locale,
            notice.Kind,
            order.Number,
            notice.Id,
            queuedAt
        )
        {
            Reference = notice.Reference?.Digits,
        };

    /// <summary>
    /// Marked when it is queued, and not when it is sent: a mail that is made again later, under another key, stays the same.
    /// </summary>
    public NoticeMail MarkedAs(NoticeImprint imprint, NoticeMarkKey key) => this with { Mark = key.Mark(imprint).Write() };

    /// <summary>What the ledger keeps of it.</summary>
    public NoticeImprint ImprintUnder(NoticeMarkKey key) =>
        new(NoticeId, QueuedAt, key.RecipientOf(NoticeId, To), ContentDigest.Of(Subject, Text, Html), ContentDigest.OfLinks(Text, Html));

    /// <summary>It passes many hands in clear, so that it tells nobody which notice of which order it is.</summary>
    public static string MessageIdOf(string noticeId, MerchantProfile merchant, NoticeMarkKey key) =>
        $"{key.MessageNameOf(noticeId)}@{merchant.Domain}";

    /// <summary>Where the notice's document is found.</summary>
    public static string DocumentIdOf(string noticeId) => $"notice-{noticeId}";

    /// <param name="madeFrom">The document of the person whom it tells: erased, it takes these words with it, also where they are only
    ///   being written.</param>
    public Document ToDocument(string owner, string? madeFrom = null)
    {
        var json = new ArrayBufferWriter<byte>(OtherSizeBytes + CharacterSizeBytesMax * (Text.Length + Html.Length));
        using var writer = new Utf8JsonWriter(json, plain);
        JsonSerializer.Serialize(writer, this, NoticeMailJson.Default.NoticeMail);
        return new(DocumentIdOf(NoticeId), owner, json.WrittenMemory) { MadeFrom = madeFrom };
    }

    public static NoticeMail Parse(ReadOnlyMemory<byte> json) =>
        JsonSerializer.Deserialize(json.Span, NoticeMailJson.Default.NoticeMail) ?? throw new JsonException("A notice's document is null.");
}

/// <summary>The work that the outbox holds for a mail: no personal data, only where to find them.</summary>
public sealed record MailOutboxPayload(string Order, string Notice)
{
    private const string ItemPrefix = "mail-";

    /// <summary>The outbox item's id: one notice waits once.</summary>
    public static string ItemIdOf(string noticeId) => ItemPrefix + noticeId;

    /// <summary>The notice that an item is about, from its id.</summary>
    public static string NoticeOf(OutboxItem item) =>
        item.Id.StartsWith(ItemPrefix, StringComparison.Ordinal) ? item.Id[ItemPrefix.Length..] : item.Id;

    /// <summary>The order that an item is about, from its stream.</summary>
    public static string OrderOf(OutboxItem item) => OrderKeys.OrderOf(item.Stream)?.Value ?? item.Stream.Value;

    public static OutboxItem ItemFor(OrderId order, StreamId stream, string noticeId, DateTimeOffset dueAt) =>
        new(
            ItemIdOf(noticeId),
            NoticeMail.Queue,
            stream,
            JsonSerializer.SerializeToUtf8Bytes(new MailOutboxPayload(order.Value, noticeId), NoticeMailJson.Default.MailOutboxPayload),
            dueAt
        );

    public static MailOutboxPayload Parse(ReadOnlyMemory<byte> json) =>
        JsonSerializer.Deserialize(json.Span, NoticeMailJson.Default.MailOutboxPayload)
        ?? throw new JsonException("A mail's outbox payload is null.");
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true
)]
[JsonSerializable(typeof(NoticeMail))]
[JsonSerializable(typeof(MailOutboxPayload))]
internal sealed partial class NoticeMailJson : JsonSerializerContext;
