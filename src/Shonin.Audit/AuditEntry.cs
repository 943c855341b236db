using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using Shonin.EventLog;

namespace Shonin.Audit;

/// <summary>Something that the trail is told. Ids only: neither a name nor a text nor an address is ever written into an event.</summary>
/// <param name="Kind">What happened: a stored name, a short constant in printable ASCII.</param>
/// <param name="Who">The id of the key that did it, or null where that is nobody's.</param>
/// <param name="What">The id of what it was done to, or null.</param>
/// <param name="Address">Where from; only a keyed hash of its prefix is kept (<see cref="AuditTrail"/>).</param>
public sealed record AuditNote(string Kind, string? Who = null, string? What = null, IPAddress? Address = null);

/// <summary>A line of the trail as it is read.</summary>
/// <param name="Cursor">Names the line for <c>after</c>: <c>2026-11-24.17</c>, its day and its version in the day's stream.</param>
/// <param name="From">Equal for equal addresses of one month; says nothing else. Null where no address belongs to it.</param>
/// <param name="Count">How often it happened: more than once in a summary of failures or of reads, and where one list showed many
///   things.</param>
public sealed record AuditEntry(string Cursor, DateTimeOffset At, string Kind, string? Who, string? What, string? From, int Count);

/// <summary>What stands in an event of the trail.</summary>
internal sealed record AuditPayload(DateTimeOffset At, string? Who, string? What, string? From, int Count)
{
    private const string TypePrefix = "audit.";

    private static readonly JsonSerializerOptions json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    internal NewEvent ToEvent(string kind) => new(TypePrefix + kind, JsonSerializer.SerializeToUtf8Bytes(this, json));

    /// <summary>Null for an event that is none of the trail's.</summary>
    internal static AuditEntry? Read(StoredEvent stored, string cursor)
    {
        if (
            !stored.Type.StartsWith(TypePrefix, StringComparison.Ordinal)
            || JsonSerializer.Deserialize<AuditPayload>(stored.Payload.Span, json) is not { } payload
        )
        {
            return null;
        }

        return new(cursor, payload.At, stored.Type[TypePrefix.Length..], payload.Who, payload.What, payload.From, payload.Count);
    }
}
