using Microsoft.AspNetCore.SignalR;
using Shonin.Desk;
using Shonin.Domain;
using Shonin.Domain.Contacts;
using Shonin.Merchant.Contacts;
using Shonin.Operations;
using Shonin.Web;

namespace Shonin.Contacts;

/// <summary>What the agents' hub uses; its endpoint carries it.</summary>
internal sealed record DeskHubParts(
    DeskDoor Door,
    MerchantAudit Audit,
    ContactBook Contacts,
    ContactLines Lines,
    ContactRooms Rooms,
    ContactLimiter Limiter,
    BroughtChecks Checks
);

/// <summary>
/// The agents' side of contacts while a page of the desk is open. Who it is is asked of the desk's door at each call, so that whoever was
/// signed out says nothing more.
/// </summary>
internal sealed class DeskHub : Hub
{
    public const string Path = "/desk/hub";
    public const string Inbox = "inbox";

    private const string JoinedItem = "joined";

    private sealed record Joined(ContactId Contact, Locale Locale);

    private DeskHubParts Parts => Context.GetHttpContext()!.GetEndpoint()!.Metadata.GetRequiredMetadata<DeskHubParts>();

    private async ValueTask<StaffMember?> StaffAsync() => (await Parts.Door.FindAsync(Context.GetHttpContext()!))?.Member;

    private Joined? Now => Context.Items.TryGetValue(JoinedItem, out var joined) ? (Joined)joined! : null;

    public override async Task OnConnectedAsync()
    {
        if (await StaffAsync() is not { } staff)
        {
            Context.Abort();
            return;
        }
        if (Parts.Door.MayGoOnHearing(Context.GetHttpContext()!, staff.Id) is { } mayGoOn)
            Parts.Rooms.EnterDesk(new(Context.ConnectionId, mayGoOn, Context.Abort));
        await Groups.AddToGroupAsync(Context.ConnectionId, Inbox, Context.ConnectionAborted);
        await base.OnConnectedAsync();
    }

    [HubMethodName("Join")]
    public async Task<JoinAnswer> JoinAsync(string? contact, string? language, long after)
    {
        var locale = language == PageContext.Tags[Locale.En] ? Locale.En : Locale.Ja;
        if (await StaffAsync() is not { } staff || Now is not null)
            return new(null, null, ContactLimiter.SignInAgain.In(locale));
        var id = new ContactId(contact ?? "");
        if (await Parts.Contacts.FindAsync(id) is null)
            return new(null, null, ContactWording.WhyNot(ContactRefusal.NoSuchContact).In(locale));
        Parts.Audit.Read(AuditedAct.ContactRead, staff.Id, id.Value);
        Context.Items[JoinedItem] = new Joined(id, locale);
        await Groups.AddToGroupAsync(Context.ConnectionId, ContactRooms.GroupOf(id, locale), Context.ConnectionAborted);
        Parts.Rooms.Enter(ContactReader.Agent, id, locale);
        return await ReadSinceAsync(id, locale, after);
    }

    [HubMethodName("Since")]
    public async Task<JoinAnswer> SinceAsync(long after) =>
        await StaffAsync() is not null && Now is { } joined && Parts.Limiter.MayAskSince(Context.ConnectionId)
            ? await ReadSinceAsync(joined.Contact, joined.Locale, after)
            : new(null, null, null);

    [HubMethodName("Say")]
    public async Task<SayAnswer> SayAsync(string? clientId, string? text)
    {
        if (Now is not { } joined)
            return new(false, null, MayBeTriedAgain: true);
        if (await StaffAsync() is not { } staff)
            return new(false, ContactLimiter.SignInAgain.In(joined.Locale), MayBeTriedAgain: true);
        if (!ContactLimiter.IsClientId(clientId) || TypedText.Read(text) is not { } read)
            return new(false, ContactLimiter.TooLong.In(joined.Locale), MayBeTriedAgain: false);
        if (!Parts.Limiter.MaySayAtDesk(staff.Id))
            return new(false, ContactLimiter.TooMany.In(joined.Locale), MayBeTriedAgain: true);
        var by = new Speaker.Agent(staff.Id);
        var message = await Parts.Checks.JudgeNoticesAsync(
            joined.Contact,
            by,
            new(clientId!, MessageKind.Text, read),
            BroughtChecks.PartyOf(by),
            Context.ConnectionAborted
        );
        var said = await Parts.Contacts.SayAsync(joined.Contact, by, message);
        return ContactHub.AnswerOf(said, joined.Locale);
    }

    [HubMethodName("Typing")]
    public async Task TypingAsync()
    {
        if (
            Now is { } joined
            && await StaffAsync() is { } staff
            && Parts.Limiter.MayTellTyping(Context.ConnectionId)
            && await Parts.Contacts.FindAsync(joined.Contact) is { } record
            && record.State.Agent == staff.Id
            && await Parts.Contacts.NameOfAsync(joined.Contact, staff.Id, Context.ConnectionAborted) is { } name
        )
        {
            Parts.Rooms.CustomerHearsTyping(joined.Contact, name);
        }
    }

    public override Task OnDisconnectedAsync(Exception? exception)
    {
        Parts.Rooms.LeaveDesk(Context.ConnectionId);
        if (Now is { } joined)
            Parts.Rooms.Leave(ContactReader.Agent, joined.Contact, joined.Locale);
        return base.OnDisconnectedAsync(exception);
    }

    private async Task<JoinAnswer> ReadSinceAsync(ContactId contact, Locale locale, long after) =>
        await Parts.Lines.SinceAsync(contact, after, ContactReader.Agent, null, locale, Context.ConnectionAborted);
}
