using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Shonin.Domain;
using Shonin.Domain.Contacts;
using Shonin.EventLog;
using Shonin.Streams;

namespace Shonin.Merchant.Contacts;

/// <summary>A contact as the desk lists it.</summary>
/// <param name="Agent">Who has it, or null.</param>
/// <param name="QueuedAt">Since when the customer waits in this episode.</param>
/// <param name="UnansweredSince">Since when something is unanswered, or null.</param>
public sealed record ListedContact(
    string Id,
    Locale Locale,
    ContactWay Way,
    string? Question,
    string? Agent,
    DateTimeOffset QueuedAt,
    DateTimeOffset? PromisedBy,
    DateTimeOffset? UnansweredSince,
    DateTimeOffset LastAt,
    int ApologyCount,
    DateTimeOffset? ClosedAt
)
{
    [JsonIgnore]
    public ContactId Contact => new(Id);
}

/// <summary>
/// Which contacts wait, which an agent has, and which are closed. Those who wait stand in the order in which they came, and keep their
/// place when they are handed back.
/// </summary>
internal sealed class ContactsView : View
{
    public const string Waiting = "waiting/";
    public const string Closed = "closed/";

    private static readonly JsonSerializerOptions json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public override string Name => "contacts";

    public override int Version => 1;

    public static string WithAgent(string? agent) => agent is null ? "agent/" : $"agent/{agent}/";

    public static ListedContact ContactOf(ViewRow row) => JsonSerializer.Deserialize<ListedContact>(row.Value, json)!;

    public override ValueTask ApplyAsync(StoredEvent happened, ViewChanges rows) =>
        ContactKind.ContactOf(happened.Stream) is { } contact
            ? ApplyAsync(contact, ContactKind.Read(happened), rows)
            : ValueTask.CompletedTask;

    private static async ValueTask ApplyAsync(ContactId contact, ContactFact happened, ViewChanges rows)
    {
        var place = await rows.FindAsync(PlaceOf(contact));
        var before =
            place is not null && await rows.FindAsync(place) is { } value ? JsonSerializer.Deserialize<ListedContact>(value, json) : null;
        if (After(contact, before, happened) is not { } after || after == before)
            return;
        var key = KeyOf(after);
        if (place is not null && place != key)
            rows.Remove(place);
        rows.Put(key, JsonSerializer.Serialize(after, json));
        rows.Put(PlaceOf(contact), key);
    }

    private static ListedContact? After(ContactId contact, ListedContact? before, ContactFact happened) =>
        (before, happened) switch
        {
            (_, ContactFact.Opened opened) => new(
                contact.Value,
                opened.Locale,
                opened.Way,
                opened.Question,
                null,
                opened.At,
                opened.PromisedBy,
                null,
                opened.At,
                0,
                null
            ),
            (null, _) => null,
            (_, ContactFact.Said { Kind: MessageKind.Note }) => before,
            (_, ContactFact.Said { By: Speaker.Customer } said) => before with
            {
                LastAt = said.At,
                UnansweredSince = before.UnansweredSince ?? said.At,
            },
            (_, ContactFact.Said { By: Speaker.Agent } said) => before with { LastAt = said.At, UnansweredSince = null, PromisedBy = null },
            (_, ContactFact.Claimed claimed) => before with { Agent = claimed.Agent },
            (_, ContactFact.HandedBack) => before with { Agent = null },
            (_, ContactFact.HandedOver over) => before with { Agent = over.To },
            (_, ContactFact.Closed closed) => before with { ClosedAt = closed.At, UnansweredSince = null, PromisedBy = null },
            (_, ContactFact.Apologised apologised) => before with
            {
                PromisedBy = apologised.PromisedBy,
                ApologyCount = before.ApologyCount + 1,
            },
            (_, ContactFact.Promised promised) => before with { PromisedBy = promised.PromisedBy },
            _ => before,
        };

    private static string KeyOf(ListedContact contact) =>
        contact switch
        {
            { ClosedAt: { } closedAt } => $"{Closed}{Ordered(closedAt)}/{contact.Id}",
            { Agent: { } agent } => $"{WithAgent(agent)}{Ordered(contact.QueuedAt)}/{contact.Id}",
            _ => $"{Waiting}{Ordered(contact.QueuedAt)}/{contact.Id}",
        };

    private static string Ordered(DateTimeOffset at) => at.ToUnixTimeMilliseconds().ToString("D15", CultureInfo.InvariantCulture);

    private static string PlaceOf(ContactId contact) => $"place-of/{contact}";
}
