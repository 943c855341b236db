using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.SignalR;
using Shonin.Domain;
using Shonin.Domain.Contacts;
using Shonin.Merchant.Contacts;
using Shonin.Web;

namespace Shonin.Contacts;

/// <summary>What a page has after it has joined, or joined again.</summary>
/// <param name="Refused">Why it cannot, in the reader's language; else null.</param>
public sealed record JoinAnswer(LinesAfter? Lines, ShownStanding? Standing, string? Refused);

/// <summary>What became of a message.</summary>
/// <param name="Kept">Whether it is durable; only then the page stops offering it again.</param>
/// <param name="Why">Why it is not, in the reader's language; else null.</param>
/// <param name="MayBeTriedAgain">Whether the same may go well later.</param>
public sealed record SayAnswer(bool Kept, string? Why, bool MayBeTriedAgain);

/// <summary>What the customers' hub uses; its endpoint carries it.</summary>
internal sealed record ContactHubParts(
    ContactAccess Access,
    ContactBook Contacts,
    ContactLines Lines,
    ContactRooms Rooms,
    ContactLimiter Limiter,
    BroughtChecks Checks
);

/// <summary>
/// The customer's side of a contact while its page is open. It keeps nothing that is not in the log: a new connection joins anew with the
/// number of the last line that it has, and misses nothing.
/// </summary>
internal sealed class ContactHub : Hub
{
    public const string Path = "/hub";

    private const string JoinedItem = "joined";

    /// <summary>The longest message in UTF-8, as JSON escapes it, and what stands around it.</summary>
    private const int MessageSizeBytesMax = 32 * 1024;

    private sealed record Joined(ContactId Contact, Locale Locale);

    private ContactHubParts Parts => Context.GetHttpContext()!.GetEndpoint()!.Metadata.GetRequiredMetadata<ContactHubParts>();

    private Joined? Now => Context.Items.TryGetValue(JoinedItem, out var joined) ? (Joined)joined! : null;

    /// <summary>What both hubs stand on.</summary>
    public static void AddTo(IServiceCollection services) =>
        services
            .AddSignalR(options => options.MaximumReceiveMessageSize = MessageSizeBytesMax)
            .AddJsonProtocol(options =>
                options.PayloadSerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase))
            );

    /// <param name="link"><c>order</c> or <c>own</c>.</param>
    /// <param name="accessKey">The secret of the link: never in an address.</param>
    /// <param name="after">The number of the last line that the page has.</param>
    [HubMethodName("Join")]
    public async Task<JoinAnswer> JoinAsync(string? link, string? accessKey, string? language, long after)
    {
        var locale = language == PageContext.Tags[Locale.En] ? Locale.En : Locale.Ja;
        if (Now is not null || LinkOf(link) is not { } kind || accessKey is null)
            return new(null, null, ContactLimiter.TooMany.In(locale));
        if (!Parts.Limiter.MayJoin(Context.GetHttpContext()!))
            return new(null, null, ContactLimiter.TooMany.In(locale));
        if (await Parts.Access.OpenAsync(kind, accessKey, locale, Context.ConnectionAborted) is not { } opened)
        {
            Parts.Limiter.NoteWrongLink(Context.GetHttpContext()!);
            return new(null, null, ContactWording.WhyNot(ContactRefusal.NoSuchContact).In(locale));
        }
        Context.Items[JoinedItem] = new Joined(opened.Id, locale);
        // From here on it is told of what becomes durable; only then it reads what is there, so that nothing falls in between.
        await Groups.AddToGroupAsync(Context.ConnectionId, ContactRooms.GroupOf(opened.Id, locale), Context.ConnectionAborted);
        Parts.Rooms.Enter(ContactReader.Customer, opened.Id, locale);
        return await ReadSinceAsync(opened.Id, locale, after);
    }

    /// <summary>What became durable after this number.</summary>
    [HubMethodName("Since")]
    public async Task<JoinAnswer> SinceAsync(long after) =>
        Now is { } joined && Parts.Limiter.MayAskSince(Context.ConnectionId)
            ? await ReadSinceAsync(joined.Contact, joined.Locale, after)
            : new(null, null, null);

    /// <summary>Answered once the message is durable. The same <paramref name="clientId"/> again is the same message.</summary>
    [HubMethodName("Say")]
    public async Task<SayAnswer> SayAsync(string? clientId, string? text)
    {
        if (Now is not { } joined)
            return new(false, null, MayBeTriedAgain: true);
        if (!ContactLimiter.IsClientId(clientId) || TypedText.Read(text) is not { } read)
            return new(false, ContactLimiter.TooLong.In(joined.Locale), MayBeTriedAgain: false);
        if (!Parts.Limiter.MaySay(joined.Contact))
            return new(false, ContactLimiter.TooMany.In(joined.Locale), MayBeTriedAgain: true);
        var message = await Parts.Checks.JudgeNoticesAsync(
            joined.Contact,
            Speaker.Customer.Instance,
            new(clientId!, MessageKind.Text, read),
            PageGate.AddressOf(Context.GetHttpContext()!),
            Context.ConnectionAborted
        );
        var said = await Parts.Contacts.SayAsync(joined.Contact, Speaker.Customer.Instance, message);
        return AnswerOf(said, joined.Locale);
    }

    public void Typing()
    {
        if (Now is { } joined && Parts.Limiter.MayTellTyping(Context.ConnectionId))
            Parts.Rooms.AgentsHearTyping(joined.Contact);
    }

    public override Task OnDisconnectedAsync(Exception? exception)
    {
        if (Now is { } joined)
            Parts.Rooms.Leave(ContactReader.Customer, joined.Contact, joined.Locale);
        return base.OnDisconnectedAsync(exception);
    }

    private static ContactLink? LinkOf(string? link) =>
        link switch
        {
            "order" => ContactLink.Order,
            "own" => ContactLink.Own,
            _ => null,
        };

    public static SayAnswer AnswerOf(ContactResult said, Locale locale) =>
        said switch
        {
            ContactResult.Done => new(true, null, false),
            ContactResult.Refused(var why) => new(false, ContactWording.WhyNot(why).In(locale), false),
            ContactResult.NotNow => new(false, ContactLimiter.NotNow.In(locale), true),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private async Task<JoinAnswer> ReadSinceAsync(ContactId contact, Locale locale, long after) =>
        await Parts.Lines.SinceAsync(
            contact,
            after,
            ContactReader.Customer,
            Parts.Rooms.PlaceOf(contact),
            locale,
            Context.ConnectionAborted
        );
}
