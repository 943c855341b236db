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
    /// <summary>Among those who waited, when the customer came: 1 where nobody was before them.</summary>
    public int Place { get; init; }

    /// <summary>When an agent first took it in this episode, or null.</summary>
    public DateTimeOffset? TakenAt { get; init; }

    [JsonIgnore]
    public ContactId Contact => new(Id);
}

/// <summary>
/// Which contacts wait, which an agent has, and which are closed. Those who wait stand in the order in which they came, and keep their
/// place when they are handed back. Beside them is how long the latest chats waited.
/// </summary>
internal sealed class ContactsView : View
{
    public const string Waiting = "waiting/";
    public const string Closed = "closed/";
    public const string Answered = "answered/";

    /// <summary>So many of the latest are kept.</summary>
    public const int AnsweredCountMax = 50;

    private const string WaitingCount = "waiting-count";
    private const string AnsweredCount = "answered-count";

    private static readonly JsonSerializerOptions json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public override string Name => "contacts";

    public override int Version => 2;

    public static string WithAgent(string? agent) => agent is null ? "agent/" : $"agent/{agent}/";

    public static ListedContact ContactOf(ViewRow row) => JsonSerializer.Deserialize<ListedContact>(row.Value, json)!;

    public static AnsweredWait WaitOf(ViewRow row) => JsonSerializer.Deserialize<AnsweredWait>(row.Value, json)!;

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
        if (happened is ContactFact.Opened)
            after = after with { Place = await CountAsync(rows, WaitingCount) + 1 };
        await CountWaitingAsync(before, after, rows);
        if (before is { Way: ContactWay.Chat, TakenAt: null } && after.TakenAt is { } takenAt)
            await KeepWaitAsync(new(takenAt, takenAt - after.QueuedAt, after.Place), rows);
        var key = KeyOf(after);
        if (place is not null && place != key)
            rows.Remove(place);
        rows.Put(key, JsonSerializer.Serialize(after, json));
        rows.Put(PlaceOf(contact), key);
    }

    private static async ValueTask CountWaitingAsync(ListedContact? before, ListedContact after, ViewChanges rows)
    {
        var change = (IsWaiting(after) ? 1 : 0) - (before is not null && IsWaiting(before) ? 1 : 0);
        if (change != 0)
            Put(rows, WaitingCount, await CountAsync(rows, WaitingCount) + change);
    }

    /// <summary>The latest takes the place of the oldest.</summary>
    private static async ValueTask KeepWaitAsync(AnsweredWait wait, ViewChanges rows)
    {
        var count = await CountAsync(rows, AnsweredCount);
        rows.Put(
            string.Create(CultureInfo.InvariantCulture, $"{Answered}{count % AnsweredCountMax:D2}"),
            JsonSerializer.Serialize(wait, json)
        );
        Put(rows, AnsweredCount, count + 1);
    }

    private static bool IsWaiting(ListedContact contact) => contact is { ClosedAt: null, Agent: null };

    private static async ValueTask<int> CountAsync(ViewChanges rows, string key) =>
        await rows.FindAsync(key) is { } count ? int.Parse(count, CultureInfo.InvariantCulture) : 0;

    private static void Put(ViewChanges rows, string key, int count) => rows.Put(key, count.ToString(CultureInfo.InvariantCulture));

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
            (_, ContactFact.MailJudged { By: Speaker.Customer } mail) => before with
            {
                LastAt = mail.At,
                UnansweredSince = before.UnansweredSince ?? mail.At,
            },
            (_, ContactFact.OrderShown shown) => before with { LastAt = shown.At },
            (_, ContactFact.Claimed claimed) => before with { Agent = claimed.Agent, TakenAt = before.TakenAt ?? claimed.At },
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
