using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Shonin.Domain;
using Shonin.Domain.Approvals;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.EventLog;
using Shonin.Merchant.Notices;

namespace Shonin.Merchant.Orders;

/// <summary>Facts as the log holds them: a stored name and UTF-8 JSON.</summary>
public static class StoredOrderEvents
{
    public static NewEvent Write(OrderEvent happened) =>
        new(EventNames.Of(happened), JsonSerializer.SerializeToUtf8Bytes(happened, happened.GetType(), OrderEventJson.Default));

    public static OrderEvent Read(StoredEvent stored) => Read(stored.Type, stored.Payload.Span);

    internal static OrderEvent Read(string name, ReadOnlySpan<byte> payload) =>
        (OrderEvent)(
            JsonSerializer.Deserialize(payload, EventNames.TypeOf(name), OrderEventJson.Default)
            ?? throw new JsonException($"The payload of {name} is null.")
        );
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    Converters = [typeof(CurrencyJson), typeof(CardTokenJson), typeof(OrderIdJson), typeof(NoticeReferenceJson)]
)]
[JsonSerializable(typeof(OrderEvent.OrderPlaced))]
[JsonSerializable(typeof(OrderEvent.AttemptClaimed))]
[JsonSerializable(typeof(OrderEvent.AttemptNotSent))]
[JsonSerializable(typeof(OrderEvent.AttemptApproved))]
[JsonSerializable(typeof(OrderEvent.AttemptPartiallyApproved))]
[JsonSerializable(typeof(OrderEvent.AttemptDeclined))]
[JsonSerializable(typeof(OrderEvent.AttemptReferred))]
[JsonSerializable(typeof(OrderEvent.AttemptUnanswered))]
[JsonSerializable(typeof(OrderEvent.EvidenceNoted))]
[JsonSerializable(typeof(OrderEvent.ReversalStarted))]
[JsonSerializable(typeof(OrderEvent.ReversalRepeated))]
[JsonSerializable(typeof(OrderEvent.ReversalAnswered))]
[JsonSerializable(typeof(OrderEvent.ReversalRefused))]
[JsonSerializable(typeof(OrderEvent.HoldOpened))]
[JsonSerializable(typeof(OrderEvent.HoldClassChanged))]
[JsonSerializable(typeof(OrderEvent.HoldAnnounced))]
[JsonSerializable(typeof(OrderEvent.CustomerReminded))]
[JsonSerializable(typeof(OrderEvent.RetryScheduled))]
[JsonSerializable(typeof(OrderEvent.HoldEnded))]
[JsonSerializable(typeof(OrderEvent.ConfirmationAsked))]
[JsonSerializable(typeof(OrderEvent.CardChanged))]
[JsonSerializable(typeof(OrderEvent.CancellationAsked))]
[JsonSerializable(typeof(OrderEvent.OrderCancelled))]
[JsonSerializable(typeof(OrderEvent.NoticeQueued))]
[JsonSerializable(typeof(OrderEvent.NoticeSent))]
[JsonSerializable(typeof(OrderEvent.NoticeDelayed))]
[JsonSerializable(typeof(OrderEvent.NoticeRewritten))]
[JsonSerializable(typeof(OrderEvent.NoticeWithdrawn))]
[JsonSerializable(typeof(OrderEvent.NoticeUndeliverable))]
[JsonSerializable(typeof(OrderEvent.ShipmentRegistered))]
[JsonSerializable(typeof(OrderEvent.CaptureRepeated))]
[JsonSerializable(typeof(OrderEvent.CaptureAnswered))]
[JsonSerializable(typeof(OrderEvent.ShipmentDelivered))]
[JsonSerializable(typeof(OrderEvent.AuthorizationExpired))]
[JsonSerializable(typeof(OrderEvent.TriesReleased))]
[JsonSerializable(typeof(OrderEvent.DeadlineExtended))]
[JsonSerializable(typeof(OrderEvent.AttentionSettledByHand))]
[JsonSerializable(typeof(OrderEvent.CardProved))]
[JsonSerializable(typeof(OrderEvent.CardProofMissed))]
[JsonSerializable(typeof(OrderEvent.AttentionAsked))]
[JsonSerializable(typeof(OrderEvent.AttentionSettled))]
[JsonSerializable(typeof(SealedPerson))]
[JsonSerializable(typeof(FirstOutcome))]
[JsonSerializable(typeof(RecordedNotice))]
[JsonSerializable(typeof(ImmutableArray<OrderItem>))]
internal sealed partial class OrderEventJson : JsonSerializerContext;

/// <summary>The document that holds a customer's data for one order, and the secret of the customer's link.</summary>
internal sealed record SealedPerson(string Email, string Name, string? Phone, string AccessKey)
{
    public static string DocumentIdOf(OrderId order) => $"person-{order.Value}";

    public Document ToDocument(OrderId order) =>
        new(DocumentIdOf(order), OrderKeys.OwnerOf(order), JsonSerializer.SerializeToUtf8Bytes(this, OrderEventJson.Default.SealedPerson));
}

/// <summary>What stands beside an idempotency key: enough to give the first outcome again, for ever.</summary>
/// <param name="BodyHash">Base64 of the keyed hash of the first body.</param>
/// <param name="Version">The stream's version after the request.</param>
/// <param name="Waits">Whether the first answer waited until the attempt was settled.</param>
/// <param name="Refusal">The refusal, or null where the request was accepted.</param>
/// <param name="Until">When time alone ends the refusal, or null.</param>
internal sealed record FirstOutcome(
    string BodyHash,
    long Version,
    Patience Waits,
    Refusal? Refusal,
    string? Rule,
    DateTimeOffset? Until = null
);

internal sealed class CurrencyJson : JsonConverter<Currency>
{
    public override Currency Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Currency.Parse(reader.GetString()) ?? throw new JsonException("A currency that this version does not know.");

    public override void Write(Utf8JsonWriter writer, Currency value, JsonSerializerOptions options) => writer.WriteStringValue(value.Code);
}

internal sealed class CardTokenJson : JsonConverter<CardToken>
{
    public override CardToken Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new(reader.GetString()!);

    public override void Write(Utf8JsonWriter writer, CardToken value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Value);
}

internal sealed class NoticeReferenceJson : JsonConverter<NoticeReference>
{
    public override NoticeReference Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        NoticeReference.TryParseDigits(reader.GetString(), out var reference)
            ? reference
            : throw new JsonException("A notice number that is none.");

    public override void Write(Utf8JsonWriter writer, NoticeReference value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Digits);
}

internal sealed class OrderIdJson : JsonConverter<OrderId>
{
    public override OrderId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetString()!);

    public override void Write(Utf8JsonWriter writer, OrderId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
}
