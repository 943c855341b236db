using System.Collections.Immutable;
using Shonin.Domain.Proofs;
using Shonin.Merchant.Desk;
using Shonin.Merchant.Orders;
using Shonin.Operations;
using Shonin.Orders;
using Shonin.Web;

namespace Shonin.Desk;

/// <summary>
/// Finding the order that a caller speaks of: by its number, a notice's, the card company's, or by the caller's mail address or name. What
/// is typed comes in a form's body and is never part of an address; each search leaves a line in the audit trail, without what was searched
/// for.
/// </summary>
internal sealed class DeskSearchPages(OrderBook orders, OrderIndex index, MerchantAudit audit, DeskDoor door, TimeProvider clock)
{
    private const int SearchesAtOnceMax = 4;

    private readonly HeldSearches searches = new(clock);

    // A search reads many orders, and customers' requests come first.
    private readonly Shares turns = new(SearchesAtOnceMax, 1);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/desk/search", (Delegate)SearchAsync);
        routes.MapGet("/desk/search", (HttpContext http) => See.Other(PageFaults.ContextOf(http, "/desk").To("/desk")));
        routes.MapGet("/desk/search/{name}", ShowAsync);
    }

    private async Task<IResult> SearchAsync(HttpContext http)
    {
        if (door.WhoIs(http) is not { } staff || door.SessionOf(http)?.Secret is not { } session)
            return door.Closed(http);
        if (await OrderAccess.ReadBodyAsync(http) is not { } body)
            return PageFaults.TooLarge(http);
        var typed = FoldedText.Of(OrderAccess.Fields(body).GetValueOrDefault("q", ""), OrderQuestion.LengthMax).Trim();
        audit.Searched(staff.Id);
        var context = PageFaults.ContextOf(http, "/desk");
        using var turn = turns.TryTake(session, 1);
        if (turn is null)
            return PageFaults.Unavailable(http, TimeSpan.FromMinutes(1));
        var found = await OrderSearch.FindAsync(orders, index, OrderQuestion.Read(typed), http.RequestAborted);
        if (found is { Found: [var only], Reach: SearchReach.Everything })
            return See.Other(context.To($"/desk/orders/{Uri.EscapeDataString(only.Order.Number)}"));
        var name = searches.Hold(
            session,
            new(
                typed,
                [.. found.Found.Select(record => record.Order.Number)],
                found.LookedAtCount,
                found.Oldest,
                found.UnreadableCount,
                found.Reach
            )
        );
        return See.Other(context.To($"/desk/search/{name}"));
    }

    /// <summary>The orders as they stand now: somebody may have been erased since.</summary>
    private async Task<IResult> ShowAsync(HttpContext http, string name)
    {
        if (door.WhoIs(http) is null || door.SessionOf(http)?.Secret is not { } session)
            return door.Closed(http);
        if (searches.Find(session, name) is not { } search)
            return See.Other(PageFaults.ContextOf(http, "/desk").To("/desk"));
        var found = ImmutableArray.CreateBuilder<OrderRecord>();
        foreach (var number in search.Numbers)
        {
            if (await orders.FindByNumberAsync(number, http.RequestAborted) is { } record)
                found.Add(record);
        }

        return new PageResult<DeskFoundPage, DeskFoundModel>(
            new(PageFaults.ContextOf(http, $"/desk/search/{name}"), search, found.ToImmutable()),
            StatusCodes.Status200OK
        );
    }
}
