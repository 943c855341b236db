using System.Globalization;
using Shonin.Domain.Orders;
using Shonin.Merchant.Orders;
using Shonin.Operations;
using Shonin.Orders;
using Shonin.Web;

namespace Shonin.Desk;

/// <summary>
/// What an agent does with an order, by the same commands as everybody: ask the card company again within the budget, cancel, keep it for
/// longer, say what was done about what needs a person. A form that is sent twice does nothing twice.
/// </summary>
internal sealed class DeskOrderActs(OrderBook orders, DeskOrderPages pages, MerchantAudit audit, DeskDoor door, TimeProvider clock)
{
    public const string DaysName = "days";
    public const string ShownName = "shown";
    public const string ReasonName = "reason";
    public const string RemedyName = "remedy";
    public const int ReasonLengthMax = 200;

    private const int BodySizeBytesMax = 16 * 1024;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/desk/orders/{number}/confirm", ConfirmAsync);
        routes.MapGet("/desk/orders/{number}/cancel", ShowCancelAsync);
        routes.MapPost("/desk/orders/{number}/cancel", CancelAsync);
        routes.MapPost("/desk/orders/{number}/deadline", ExtendAsync);
        routes.MapPost("/desk/orders/{number}/settled", SettleAsync);
    }

    private Task<IResult> ConfirmAsync(HttpContext http, string number) =>
        ActAsync(http, number, AuditedAct.OrderAskedAgain, form => new OrderCommand.Confirm(form.Request) { Agent = form.Staff.Id });

    private async Task<IResult> ShowCancelAsync(HttpContext http, string number)
    {
        if (door.WhoIs(http) is null)
            return door.Closed(http);
        if (await orders.FindByNumberAsync(number, http.RequestAborted) is not { } record)
            return PageFaults.NotFound(http);
        var context = PageFaults.ContextOf(http, $"/desk/orders/{Uri.EscapeDataString(record.Order.Number)}/cancel");
        return new PageResult<DeskCancelPage, DeskCancelModel>(
            new(context, record.Order, pages.NewForm(http, record)),
            StatusCodes.Status200OK
        );
    }

    private Task<IResult> CancelAsync(HttpContext http, string number) =>
        ActAsync(http, number, AuditedAct.OrderCancelled, form => new OrderCommand.Cancel(
            form.Request,
            CancelledBy.Agent,
            form.Fields.GetValueOrDefault(ReasonName, "").Trim() is { Length: > 0 } reason
                ? reason[..Math.Min(reason.Length, ReasonLengthMax)]
                : null
        ));

    /// <summary>
    /// By whole days from the deadline that the page showed, and to the latest that there may be: two agents who add three days to the same
    /// deadline add three.
    /// </summary>
    private Task<IResult> ExtendAsync(HttpContext http, string number) =>
        ActAsync(http, number, AuditedAct.DeadlineExtended, form =>
            int.TryParse(form.Fields.GetValueOrDefault(DaysName), NumberStyles.None, CultureInfo.InvariantCulture, out var days)
            && days is > 0 and <= 30
            && DateTimeOffset.TryParseExact(
                form.Fields.GetValueOrDefault(ShownName),
                "O",
                CultureInfo.InvariantCulture,
                DateTimeStyles.None,
                out var shown
            )
            && form.Order.Hold is not null
                ? new OrderCommand.ExtendDeadline(
                    form.Request,
                    form.Staff.Id,
                    Earlier(shown.AddDays(days), ByHand.LatestDeadline(form.Order, clock.GetUtcNow()))
                )
                : null
        );

    private Task<IResult> SettleAsync(HttpContext http, string number) =>
        ActAsync(http, number, AuditedAct.AttentionSettled, form =>
            NameIn<AttentionReason>(form, ReasonName) is { } reason && NameIn<Remedy>(form, RemedyName) is { } remedy
                ? new OrderCommand.SettleByHand(form.Staff.Id, reason, remedy)
                : null
        );

    private sealed record Form(StaffMember Staff, Order Order, string Request, IReadOnlyDictionary<string, string> Fields);

    /// <param name="commandOf">Null where the form is none of ours.</param>
    private async Task<IResult> ActAsync(HttpContext http, string number, AuditedAct act, Func<Form, OrderCommand?> commandOf)
    {
        if (door.WhoIs(http) is not { } staff)
            return door.Closed(http);
        if (await OrderAccess.ReadBodyAsync(http, BodySizeBytesMax) is not { } body)
            return PageFaults.TooLarge(http);
        if (await orders.FindByNumberAsync(number, http.RequestAborted) is not { } record)
            return PageFaults.NotFound(http);
        var fields = OrderAccess.Fields(body);
        if (pages.RequestIn(http, record, fields) is not { } request)
            return await pages.PageAsync(http, staff, record, [tooOld], StatusCodes.Status422UnprocessableEntity);
        if (commandOf(new(staff, record.Order, $"{act}-{request}", fields)) is not { } command)
            return PageFaults.NotFound(http);
        switch (await orders.SubmitAsync(record.Order.Id, command, null, Patience.RespondAtOnce, http.RequestAborted))
        {
            case RequestResult.Done:
                audit.Did(act, staff.Id, record.Order.Id.ToString());
                return See.Other(PageFaults.ContextOf(http, "/desk").To($"/desk/orders/{Uri.EscapeDataString(record.Order.Number)}"));
            case RequestResult.Refused(var reason, _, _):
                return await RefusedAsync(http, staff, record, reason);
            case RequestResult.TriesLimited(var wait):
                return await pages.PageAsync(http, staff, record, [DeskWords.TriesLimited(wait)], StatusCodes.Status409Conflict);
            case RequestResult.Overloaded(var retryAfter):
                return PageFaults.Unavailable(http, retryAfter);
            case RequestResult.Unavailable:
                return PageFaults.Unavailable(http, TimeSpan.FromMinutes(1));
            case RequestResult.TooLarge:
                return PageFaults.TooLarge(http);
            case RequestResult.KeyReused:
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>The order as it stands now, which may be why.</summary>
    private async ValueTask<IResult> RefusedAsync(HttpContext http, StaffMember staff, OrderRecord before, Refusal reason) =>
        await pages.PageAsync(
            http,
            staff,
            await orders.FindAsync(before.Order.Id, http.RequestAborted) ?? before,
            [new(DeskWords.WhyNot(reason), null)],
            StatusCodes.Status409Conflict
        );

    private static T? NameIn<T>(Form form, string field)
        where T : struct, Enum =>
        Enum.GetValues<T>()
            .Where(value => value.ToString() == form.Fields.GetValueOrDefault(field))
            .Select(value => (T?)value)
            .FirstOrDefault();

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset? other) => other < one ? other.Value : one;

    private static readonly PageTrouble tooOld = new(
        new(
            "ページを開いてから時間がたちすぎたため、何も行いませんでした。もう一度お試しください。",
            "This page was open for too long, so nothing was done. Please try again."
        ),
        null
    );
}
