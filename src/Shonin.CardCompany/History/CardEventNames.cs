using System.Collections.Frozen;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Shonin.CardCompany.Deciding;
using Shonin.EventLog;

namespace Shonin.CardCompany.History;

/// <summary>
/// How the facts about a card are stored: the name and version by which each is found again for ever, and UTF-8 JSON. A class may be
/// renamed; a name in this table may not, and a changed shape gets a new version beside the old one.
/// </summary>
internal static class CardEventNames
{
    private static readonly (string Name, Type Type)[] table =
    [
        ("authorizationDecided/1", typeof(CardEvent.AuthorizationDecided)),
        ("authorizationAdvised/1", typeof(CardEvent.AuthorizationAdvised)),
        ("reversalDecided/1", typeof(CardEvent.ReversalDecided)),
        ("captureDecided/1", typeof(CardEvent.CaptureDecided)),
        ("refundDecided/1", typeof(CardEvent.RefundDecided)),
        ("requestRepeated/1", typeof(CardEvent.RequestRepeated)),
        ("requestKeyReused/1", typeof(CardEvent.RequestKeyReused)),
        ("answerSent/1", typeof(CardEvent.AnswerSent)),
        ("answerUndelivered/1", typeof(CardEvent.AnswerUndelivered)),
        ("holdExpired/1", typeof(CardEvent.HoldExpired)),
        ("referralReleased/1", typeof(CardEvent.ReferralReleased)),
        ("arrearsSettled/1", typeof(CardEvent.ArrearsSettled)),
    ];

    private static readonly FrozenDictionary<string, Type> types = table.ToFrozenDictionary(row => row.Name, row => row.Type);
    private static readonly FrozenDictionary<Type, string> names = table.ToFrozenDictionary(row => row.Type, row => row.Name);

    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public static NewEvent Store(CardEvent happened)
    {
        var type = happened.GetType();
        return new NewEvent(names[type], JsonSerializer.SerializeToUtf8Bytes(happened, type, Json));
    }

    /// <exception cref="UnreachableException">The log holds something that this program never wrote.</exception>
    public static CardEvent Load(StoredEvent stored) =>
        types.TryGetValue(stored.Type, out var type) && JsonSerializer.Deserialize(stored.Payload.Span, type, Json) is CardEvent happened
            ? happened
            : throw new UnreachableException($"{stored.Stream} version {stored.Version}: {stored.Type} is no fact about a card.");
}
