using Shonin.Domain.Notices;
using Shonin.Merchant.Orders;
using Shonin.Merchant.Timelines;
using Shonin.Notices;
using Shonin.Operations;
using Shonin.Web;

namespace Shonin.Desk;

/// <summary>
/// What the merchant's staff see: the orders that need a person, and one order with everything about it. Nobody is let in without an admin
/// key.
/// </summary>
internal sealed class DeskPages(ScreenParts parts, DeskDoor door)
{
    private const int OrdersShownMax = 100;
    private const int NumberLengthMax = 64;
    private const int StoppedNameLengthMax = 100;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/desk", (Delegate)ListAsync);
        routes.MapGet("/desk/orders/{number}", ShowAsync);
        routes.MapPost("/desk/orders/{number}/tries", ReleaseAsync);
        routes.MapPost("/desk/tries/{name}", ReleaseStoppedAsync);
    }

    private async Task<IResult> ListAsync(HttpContext http)
    {
        if (door.WhoIs(http) is not { } staff)
            return DeskDoor.Closed(http);
        string? notFound = null;
        if (http.Request.Query["number"].ToString().Trim().ToUpperInvariant() is { Length: > 0 and <= NumberLengthMax } number)
        {
            if (await FindAsync(number, http.RequestAborted) is { } found)
                return See.Other(PageFaults.ContextOf(http, "/desk").To($"/desk/orders/{Uri.EscapeDataString(found.Order.Number)}"));
            notFound = number;
            parts.Audit.Searched(staff.Id);
        }
        var waiting = await parts.Orders.ListNeedingAttentionAsync(OrdersShownMax, http.RequestAborted);
        parts.Audit.Read(AuditKind.OrdersListed, staff.Id, null);
        var relay = parts.MailTrouble?.Invoke();
        return new PageResult<DeskPage, DeskModel>(
            new(
                PageFaults.ContextOf(http, "/desk"),
                staff.Name,
                [.. waiting.Select(record => record.Order)],
                notFound,
                await parts.Reports.CountNewAsync(http.RequestAborted),
                [.. await parts.Orders.ListStoppedTriesAsync(OrdersShownMax, http.RequestAborted)]
            )
            {
                Unreadable = [.. parts.Orders.ListUnreadable(OrdersShownMax)],
                MailNotLeavingSince = relay?.TroubleSince,
                MailTrouble = relay?.Why,
            },
            StatusCodes.Status200OK
        );
    }

    /// <summary>An address that other programs may lead to. It names an order by its number or a notice's, and never a person.</summary>
    private async ValueTask<OrderRecord?> FindAsync(string number, CancellationToken cancellation) =>
        NoticeReference.Read(number) is NoticeReferenceReading.Read(var reference)
            ? await parts.Orders.FindByNoticeAsync(reference, cancellation)
            : await parts.Orders.FindByNumberAsync(number, cancellation);

    /// <summary>"Let it try again": beyond the limits a person decides.</summary>
    private async Task<IResult> ReleaseAsync(HttpContext http, string number)
    {
        if (door.WhoIs(http) is not { } staff)
            return DeskDoor.Closed(http);
        if (await parts.Orders.FindByNumberAsync(number, http.RequestAborted) is not { } record)
            return PageFaults.NotFound(http);
        var release = new Domain.Orders.OrderCommand.ReleaseTries(staff.Id);
        if (await parts.Orders.SubmitAsync(record.Order.Id, release, null, Patience.RespondAtOnce, http.RequestAborted) is not Answer.Done)
            return PageFaults.Unavailable(http, TimeSpan.FromMinutes(1));
        parts.Audit.Did(AuditKind.TriesReleased, staff.Id, record.Order.Id.ToString());
        return See.Other(PageFaults.ContextOf(http, "/desk").To($"/desk/orders/{Uri.EscapeDataString(number)}"));
    }

    private async Task<IResult> ReleaseStoppedAsync(HttpContext http, string name)
    {
        if (door.WhoIs(http) is not { } staff)
            return DeskDoor.Closed(http);
        if (name.Length > StoppedNameLengthMax || await parts.Orders.FindStoppedTriesAsync(name) is not { } found)
            return PageFaults.NotFound(http);
        if (!await parts.Orders.ReleaseTriesAsync(found, staff.Id, http.RequestAborted))
            return PageFaults.Unavailable(http, TimeSpan.FromMinutes(1));
        parts.Audit.Did(AuditKind.TriesReleased, staff.Id, found.Name);
        return See.Other(PageFaults.ContextOf(http, "/desk").To("/desk"));
    }

    private async Task<IResult> ShowAsync(HttpContext http, string number)
    {
        if (door.WhoIs(http) is not { } staff)
            return DeskDoor.Closed(http);
        if (await parts.Orders.FindByNumberAsync(number, http.RequestAborted) is not { } record)
            return PageFaults.NotFound(http);
        parts.Audit.Read(AuditKind.OrderRead, staff.Id, record.Order.Id.ToString());
        var context = PageFaults.ContextOf(http, $"/desk/orders/{Uri.EscapeDataString(record.Order.Number)}");
        var timeline = Timeline.Of(record, await parts.Evidence(record, http.RequestAborted), context.Locale, Audience.Agent);
        var family = await parts.Orders.FamilyOfAsync(record.Order, http.RequestAborted);
        var notices = await parts.Orders.ReadNoticesAsync(record, http.RequestAborted);
        var toSay = WhyWording.ToSay(record.Order, context.Time, parts.Clock.GetUtcNow(), new(timeline.Record, family));
        return new PageResult<DeskOrderPage, DeskOrderModel>(
            new(context, staff.Name, record, timeline, [.. notices.Select(notice => Shown(notice, record))], toSay) { Family = family },
            StatusCodes.Status200OK
        );
    }

    /// <summary>As it was sent. Whoever has the order's link can act as the customer, so it is not shown here.</summary>
    private static ShownNotice Shown(NoticeRecordText notice, OrderRecord record) =>
        new(
            notice.Record.Notice.NumberToQuote(),
            notice.Subject,
            record.AccessKey is { } key ? notice.Text.Replace(key, "••••", StringComparison.Ordinal) : notice.Text,
            notice.Record.QueuedAt,
            notice.Record.SentAt,
            notice.MessageId,
            HiddenDigits.None
        );
}
