using System.Collections.Immutable;
using Shonin.Contacts;
using Shonin.Domain.Contacts;
using Shonin.Domain.Notices;
using Shonin.Merchant.Contacts;
using Shonin.Merchant.Orders;
using Shonin.Merchant.Timelines;
using Shonin.Operations;
using Shonin.Orders;
using Shonin.Web;

namespace Shonin.Desk;

/// <summary>What the desk's pages of contacts show a contact with.</summary>
internal sealed record DeskContactParts(
    ContactBook Contacts,
    ContactLines Lines,
    OrderBook Orders,
    EvidenceSource Evidence,
    BroughtChecks Checks,
    ContactWaits Waits
);

/// <summary>Contacts at the desk: who waits, who has whom, and one conversation with its order beside it.</summary>
internal sealed class DeskContactPages(DeskContactParts parts, MerchantAudit audit, DeskDoor door, TimeProvider clock)
{
    private const int ListedMax = 200;
    private const int ClosedListedMax = 20;
    private const int BodySizeBytesMax = 64 * 1024;

    private readonly ContactBook contacts = parts.Contacts;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/desk/contacts", (Delegate)ListAsync);
        routes.MapGet("/desk/contacts/{contact}", ShowAsync);
        routes.MapPost("/desk/contacts/{contact}/claim", ClaimAsync);
        routes.MapPost("/desk/contacts/{contact}/back", (HttpContext http, string contact) =>
            DoAsync(http, contact, AuditedAct.ContactHandedBack, staff => new ContactCommand.HandBack(staff.Id))
        );
        routes.MapPost("/desk/contacts/{contact}/end", (HttpContext http, string contact) =>
            DoAsync(http, contact, AuditedAct.ContactClosed, staff => new ContactCommand.Close(new Speaker.Agent(staff.Id)))
        );
        routes.MapPost("/desk/contacts/{contact}/transcript", SendTranscriptAsync);
        routes.MapPost("/desk/contacts/{contact}/order", ShowOrderAsync);
        routes.MapPost("/desk/contacts/{contact}/over", HandOverAsync);
        routes.MapPost("/desk/contacts/{contact}/say", (HttpContext http, string contact) => SayAsync(http, contact, MessageKind.Text));
        routes.MapPost("/desk/contacts/{contact}/note", (HttpContext http, string contact) => SayAsync(http, contact, MessageKind.Note));
    }

    private async Task<IResult> ListAsync(HttpContext http)
    {
        if (door.WhoIs(http) is not { } staff)
            return door.Closed(http);
        audit.Read(AuditedAct.ContactsListed, staff.Id, null);
        var cancellation = http.RequestAborted;
        var waiting = await contacts.ListWaitingAsync(ListedMax, cancellation);
        var held = await contacts.ListWithAgentAsync(null, ListedMax, cancellation);
        var closed = await contacts.ListClosedAsync(ClosedListedMax, cancellation);
        // Who was promised an answer that did not come is first; then who waits longest.
        var first = waiting.Contacts.OrderByDescending(contact => contact.ApologyCount > 0).ThenBy(contact => contact.QueuedAt);
        return new PageResult<DeskInboxPage, InboxModel>(
            new(
                PageFaults.ContextOf(http, "/desk/contacts"),
                staff.Name,
                await RowsAsync(first, cancellation),
                await RowsAsync(held.Contacts.Where(contact => contact.Agent == staff.Id), cancellation),
                await RowsAsync(held.Contacts.Where(contact => contact.Agent != staff.Id), cancellation),
                await RowsAsync(closed.Contacts, cancellation),
                waiting.IsWhole && held.IsWhole && closed.IsWhole
            )
            {
                Wait = await parts.Waits.MeanAsync(cancellation),
            },
            StatusCodes.Status200OK
        );
    }

    private async Task<IResult> ShowAsync(HttpContext http, string contact)
    {
        if (door.WhoIs(http) is not { } staff)
            return door.Closed(http);
        if (await contacts.FindAsync(new ContactId(contact)) is not { } record)
            return PageFaults.NotFound(http);
        return await PageAsync(http, staff, record, null, [], StatusCodes.Status200OK);
    }

    private async Task<IResult> ClaimAsync(HttpContext http, string contact)
    {
        if (door.WhoIs(http) is not { } staff)
            return door.Closed(http);
        var id = new ContactId(contact);
        return await AnswerAsync(http, staff, id, AuditedAct.ContactClaimed, await contacts.ClaimAsync(id, staff.Id, staff.Name), null);
    }

    private async Task<IResult> HandOverAsync(HttpContext http, string contact)
    {
        if (door.WhoIs(http) is not { } staff)
            return door.Closed(http);
        if (await OrderAccess.ReadBodyAsync(http, BodySizeBytesMax) is not { } body)
            return PageFaults.TooLarge(http);
        var id = new ContactId(contact);
        if (door.Find(OrderAccess.Fields(body).GetValueOrDefault("to", "")) is not { } colleague)
            return PageFaults.NotFound(http);
        return await AnswerAsync(
            http,
            staff,
            id,
            AuditedAct.ContactHandedOver,
            await contacts.HandOverAsync(id, staff.Id, colleague.Id, colleague.Name),
            null
        );
    }

    private async Task<IResult> SendTranscriptAsync(HttpContext http, string contact)
    {
        if (door.WhoIs(http) is not { } staff)
            return door.Closed(http);
        if (await OrderAccess.ReadBodyAsync(http, BodySizeBytesMax) is not { } body)
            return PageFaults.TooLarge(http);
        var (id, name) = (new ContactId(contact), OrderAccess.Fields(body).GetValueOrDefault("message", ""));
        if (!ContactLimiter.IsClientId(name))
            return PageFaults.NotFound(http);
        var asked = new ContactCommand.AskTranscript(new Speaker.Agent(staff.Id), $"transcript-{name}");
        return await AnswerAsync(http, staff, id, AuditedAct.TranscriptAsked, await contacts.SubmitAsync(id, asked), null);
    }

    private async Task<IResult> SayAsync(HttpContext http, string contact, MessageKind kind)
    {
        if (door.WhoIs(http) is not { } staff)
            return door.Closed(http);
        if (await OrderAccess.ReadBodyAsync(http, BodySizeBytesMax) is not { } body)
            return PageFaults.TooLarge(http);
        var fields = OrderAccess.Fields(body);
        var (id, name) = (new ContactId(contact), fields.GetValueOrDefault("message", ""));
        var typed = new TypedAtDesk(kind, fields.GetValueOrDefault("text", ""));
        if (!ContactLimiter.IsClientId(name) || TypedText.Read(typed.Text) is not { } read)
        {
            return await contacts.FindAsync(id) is { } record
                ? await PageAsync(
                    http,
                    staff,
                    record,
                    typed,
                    [new(ContactLimiter.TooLong, typed.BoxId)],
                    StatusCodes.Status422UnprocessableEntity
                )
                : PageFaults.NotFound(http);
        }
        var message = new TypedMessage(name, kind, read);
        return kind == MessageKind.Note
            ? await AnswerAsync(
                http,
                staff,
                id,
                AuditedAct.ContactNoted,
                await contacts.NoteAsync(id, staff.Id, staff.Name, message),
                typed
            )
            : await AnswerAsync(http, staff, id, null, await AnswerCustomerAsync(id, new(staff.Id), message, http.RequestAborted), typed);
    }

    private async ValueTask<ContactResult> AnswerCustomerAsync(
        ContactId id,
        Speaker.Agent by,
        TypedMessage message,
        CancellationToken cancellation
    ) => await contacts.SayAsync(id, by, await parts.Checks.JudgeNoticesAsync(id, by, message, BroughtChecks.PartyOf(by), cancellation));

    /// <summary>The customer sees the order in the conversation, as it stands.</summary>
    private async Task<IResult> ShowOrderAsync(HttpContext http, string contact)
    {
        if (door.WhoIs(http) is not { } staff)
            return door.Closed(http);
        if (await OrderAccess.ReadBodyAsync(http, BodySizeBytesMax) is not { } body)
            return PageFaults.TooLarge(http);
        var (id, name) = (new ContactId(contact), OrderAccess.Fields(body).GetValueOrDefault("message", ""));
        return ContactLimiter.IsClientId(name)
            ? await AnswerAsync(http, staff, id, AuditedAct.OrderShown, await contacts.ShowOrderAsync(id, staff.Id, name), null)
            : PageFaults.NotFound(http);
    }

    private async Task<IResult> DoAsync(HttpContext http, string contact, AuditedAct act, Func<StaffMember, ContactCommand> commandOf)
    {
        if (door.WhoIs(http) is not { } staff)
            return door.Closed(http);
        var id = new ContactId(contact);
        return await AnswerAsync(http, staff, id, act, await contacts.SubmitAsync(id, commandOf(staff)), null);
    }

    private async Task<IResult> AnswerAsync(
        HttpContext http,
        StaffMember staff,
        ContactId id,
        AuditedAct? act,
        ContactResult result,
        TypedAtDesk? typed
    )
    {
        switch (result)
        {
            case ContactResult.Done:
                if (act is { } done)
                    audit.Did(done, staff.Id, id.Value);
                return See.Other(PageFaults.ContextOf(http, "/desk").To($"/desk/contacts/{id}"));
            case ContactResult.Refused(var why):
                return await contacts.FindAsync(id) is { } record
                    ? await PageAsync(http, staff, record, typed, [new(ContactWording.WhyNot(why), null)], StatusCodes.Status409Conflict)
                    : PageFaults.NotFound(http);
            case ContactResult.NotNow:
                return PageFaults.Unavailable(http, TimeSpan.FromMinutes(1));
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private async Task<IResult> PageAsync(
        HttpContext http,
        StaffMember staff,
        ContactRecord record,
        TypedAtDesk? typed,
        ImmutableArray<PageTrouble> troubles,
        int statusCode
    )
    {
        audit.Read(AuditedAct.ContactRead, staff.Id, record.Id.Value);
        var context = PageFaults.ContextOf(http, $"/desk/contacts/{record.Id}");
        var order = record.Id.Order is { } about ? await parts.Orders.FindAsync(about, http.RequestAborted) : null;
        return new PageResult<DeskContactPage, DeskContactModel>(
            new(
                context,
                staff.Id,
                staff.Name,
                record,
                await parts.Lines.ForAgentAsync(record.Id, record.State, context.Locale, http.RequestAborted),
                [.. await parts.Lines.OfAsync(record, 0, ContactReader.Agent, context.Locale, http.RequestAborted)],
                order,
                await contacts.PersonOfAsync(record.Id, http.RequestAborted),
                order is null ? null : await ToSayAsync(order, context, http.RequestAborted),
                troubles
            )
            {
                Typed = typed,
                Colleagues = [.. door.Present().Where(member => member.Id != staff.Id)],
            },
            statusCode
        );
    }

    private async ValueTask<Words> ToSayAsync(OrderRecord order, PageContext context, CancellationToken cancellation)
    {
        var timeline = Timeline.Of(order, await parts.Evidence(order, cancellation), context.Locale, Audience.Agent);
        var family = await parts.Orders.FamilyOfAsync(order.Order, cancellation);
        return WhyWording.ToSay(order.Order, context.Time, clock.GetUtcNow(), new(timeline.Record, family));
    }

    private async ValueTask<ImmutableArray<InboxRow>> RowsAsync(IEnumerable<ListedContact> listed, CancellationToken cancellation)
    {
        var rows = ImmutableArray.CreateBuilder<InboxRow>();
        foreach (var contact in listed)
        {
            var order = contact.Contact.Order is { } about ? await parts.Orders.FindAsync(about, cancellation) : null;
            var agent = contact.Agent is { } held ? await contacts.NameOfAsync(contact.Contact, held, cancellation) : null;
            rows.Add(new(contact, order?.Order, agent));
        }
        return rows.ToImmutable();
    }
}
