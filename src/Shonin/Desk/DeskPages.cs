using Shonin.Domain.Notices;
using Shonin.MailChecks;
using Shonin.Merchant.Contacts;
using Shonin.Merchant.Orders;
using Shonin.Notices;
using Shonin.Operations;
using Shonin.Web;

namespace Shonin.Desk;

/// <summary>What the desk's first page gathers.</summary>
internal sealed record DeskStart(OrderBook Orders, MailReports Reports, ContactBook Contacts);

/// <summary>
/// Where the merchant's staff begin: the orders that need a person, and what else does. Nobody is let in who is not signed in.
/// </summary>
/// <param name="relay">Whether notices leave; null where nothing is sent.</param>
internal sealed class DeskPages(DeskStart start, Func<RelayCondition>? relay, MerchantAudit audit, DeskDoor door)
{
    private const int OrdersShownMax = 100;
    private const int ContactsCountedMax = 1_000;
    private const int NumberLengthMax = 64;
    private const int StoppedNameLengthMax = 100;

    private readonly OrderBook orders = start.Orders;
    private readonly MailReports reports = start.Reports;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/desk", (Delegate)ListAsync);
        routes.MapPost("/desk/tries/{name}", ReleaseStoppedAsync).Needs(DeskRight.Lead);
    }

    private async Task<IResult> ListAsync(HttpContext http)
    {
        if (door.WhoIs(http) is not { } staff)
            return door.Closed(http);
        string? notFound = null;
        if (http.Request.Query["number"].ToString().Trim().ToUpperInvariant() is { Length: > 0 and <= NumberLengthMax } number)
        {
            if (await FindAsync(number, http.RequestAborted) is { } found)
                return See.Other(PageFaults.ContextOf(http, "/desk").To($"/desk/orders/{Uri.EscapeDataString(found.Order.Number)}"));
            notFound = number;
            audit.Searched(staff.Id);
        }
        var waiting = await orders.ListNeedingAttentionAsync(OrdersShownMax, http.RequestAborted);
        audit.Read(AuditedAct.OrdersListed, staff.Id, null);
        var mail = relay?.Invoke();
        return new PageResult<DeskPage, DeskModel>(
            new(
                PageFaults.ContextOf(http, "/desk"),
                staff.Name,
                [.. waiting.Select(record => record.Order)],
                notFound,
                await reports.CountNewAsync(http.RequestAborted),
                [.. await orders.ListStoppedTriesAsync(OrdersShownMax, http.RequestAborted)]
            )
            {
                Role = staff.Role,
                Unreadable = [.. orders.ListUnreadable(OrdersShownMax)],
                WaitingContacts = (await start.Contacts.ListWaitingAsync(ContactsCountedMax, http.RequestAborted)).Contacts.Length,
                MailNotLeavingSince = mail?.TroubleSince,
                MailTrouble = mail?.Why,
            },
            StatusCodes.Status200OK
        );
    }

    /// <summary>An address that other programs may lead to. It names an order by its number or a notice's, and never a person.</summary>
    private async ValueTask<OrderRecord?> FindAsync(string number, CancellationToken cancellation) =>
        NoticeReference.Read(number) is NoticeReferenceReading.Read(var reference)
            ? await orders.FindByNoticeAsync(reference, cancellation)
            : await orders.FindByNumberAsync(number, cancellation);

    private async Task<IResult> ReleaseStoppedAsync(HttpContext http, string name)
    {
        if (door.WhoIs(http) is not { } staff)
            return door.Closed(http);
        if (name.Length > StoppedNameLengthMax || await orders.FindStoppedTriesAsync(name) is not { } found)
            return PageFaults.NotFound(http);
        if (!await orders.ReleaseTriesAsync(found, staff.Id, http.RequestAborted))
            return PageFaults.Unavailable(http, TimeSpan.FromMinutes(1));
        audit.Did(AuditedAct.TriesReleased, staff.Id, found.Name);
        return See.Other(PageFaults.ContextOf(http, "/desk").To("/desk"));
    }
}
