using System.Collections.Frozen;
using Shonin.Audit;
using Shonin.Domain.Orders;
using Shonin.EventLog;
using Shonin.Merchant.Orders;
using Shonin.Operations;
using Shonin.Web;

namespace Shonin.Desk;

/// <summary>What the trail is read from, and the names of those whom it knows by their ids.</summary>
internal sealed record DeskTrail(IEventReader Log, Func<CancellationToken, ValueTask<IReadOnlyDictionary<string, string>>> StaffNames);

/// <summary>The audit trail for leads and admins, a page at a time, the newest first. Reading it is noted too.</summary>
internal sealed class DeskAuditPage(DeskTrail trail, MerchantAudit audit, OrderBook orders, DeskDoor door, TimeProvider clock)
{
    private const int EntriesShown = 100;
    private static readonly TimeSpan lookedBack = TimeSpan.FromDays(AuditPages.DaysMax);

    public void Map(IEndpointRouteBuilder routes) => routes.MapGet("/desk/audit", (Delegate)ShowAsync).Needs(DeskRight.Lead);

    private async Task<IResult> ShowAsync(HttpContext http)
    {
        if (door.WhoIs(http) is not { } staff)
            return door.Closed(http);
        var now = clock.GetUtcNow();
        var after = http.Request.Query["after"].ToString();
        if (
            await AuditPages.ReadAsync(
                trail.Log,
                now,
                now - lookedBack,
                after.Length == 0 ? null : after,
                EntriesShown,
                http.RequestAborted
            )
            is not { } page
        )
        {
            return PageFaults.NotFound(http);
        }

        audit.Read(AuditedAct.TrailRead, staff.Id, null);
        return new PageResult<DeskTrailPage, DeskAuditModel>(
            new(PageFaults.ContextOf(http, "/desk/audit"), [.. page.Entries], await trail.StaffNames(http.RequestAborted), page.Next)
            {
                OrderNumbers = await NumbersAsync(page, http.RequestAborted),
            },
            StatusCodes.Status200OK
        );
    }

    /// <summary>The trail names orders by their ids; people know them by their numbers.</summary>
    private async ValueTask<IReadOnlyDictionary<string, string>> NumbersAsync(AuditPage page, CancellationToken cancellation)
    {
        var numbers = new Dictionary<string, string>();
        foreach (var id in page.Entries.Where(IsAboutOrders).Select(entry => entry.What).OfType<string>().Distinct())
        {
            if (await orders.FindAsync(new OrderId(id), cancellation) is { } record)
                numbers.Add(id, record.Order.Number);
        }

        return numbers;
    }

    private static bool IsAboutOrders(AuditEntry entry) => aboutOrders.Contains(entry.Kind);

    private static readonly FrozenSet<string> aboutOrders = new[]
    {
        AuditedAct.OrderRead,
        AuditedAct.TriesReleased,
        AuditedAct.OrderAskedAgain,
        AuditedAct.OrderCancelled,
        AuditedAct.DeadlineExtended,
        AuditedAct.AttentionSettled,
    }
        .Select(AuditNames.Of)
        .ToFrozenSet();
}
