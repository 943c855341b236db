using System.Collections.Immutable;
using Shonin.CardNetwork.Vault;
using Shonin.Cards;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.Domain.Points;
using Shonin.EventLog;
using Shonin.Merchant.Points;
using Shonin.Streams;
using Shonin.Web;

namespace Shonin.Orders;

/// <summary>The order itself, and the button of the same card.</summary>
internal sealed class OrderPages(CardVault vault, PointsBook points, OrderAccess access)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/o/{accessKey}", ShowAsync);
        routes.MapGet("/o/{accessKey}/state", TellAsync);
        routes.MapPost("/o/{accessKey}/confirm", ConfirmAsync);
        // The address that stands above a form that was refused: opened again, it is the order's page.
        routes.MapGet("/o/{accessKey}/confirm", (HttpContext http, string accessKey) =>
            See.Other(PageFaults.ContextOf(http, "/").To($"/o/{Uri.EscapeDataString(accessKey)}"))
        );
    }

    private async Task<IResult> ShowAsync(HttpContext http, string accessKey)
    {
        var (opened, fault) = await access.OpenAsync(http, accessKey, "");
        return opened is null ? fault! : await PageAsync(http, opened, StatusCodes.Status200OK, []);
    }

    /// <summary>For the script that waits: whether the card company is still being asked, and what to say once it is not.</summary>
    private async Task<IResult> TellAsync(HttpContext http, string accessKey)
    {
        var (opened, fault) = await access.OpenAsync(http, accessKey, "");
        if (opened is null)
            return fault!;
        var underway = opened.Order.AttemptInFlight is not null;
        var headline = (await access.ScreenAsync(opened, http.RequestAborted)).Headline;
        var news = new Words(
            $"新しい状態になりました:{headline.Ja}。「最新の状態を見る」を押してください。",
            $"There is news: {headline.En}. Use “See the latest state”."
        );
        return Results.Json(new { underway, text = underway ? "" : news.In(opened.Context.Locale) });
    }

    private async Task<IResult> ConfirmAsync(HttpContext http, string accessKey)
    {
        var (opened, fault) = await access.OpenAsync(http, accessKey, "");
        if (opened is null)
            return fault!;
        if (await OrderAccess.ReadBodyAsync(http) is not { } body)
            return PageFaults.TooLarge(http);
        if (CardIntake.SplitForm(body) is not CodeReading.Accepted read)
        {
            return await PageAsync(
                http,
                opened,
                StatusCodes.Status422UnprocessableEntity,
                [new(CardTroubles.SecurityCode, "security-code")]
            );
        }

        switch (await access.ReadAsync(http, opened, OrderAccess.Fields(read.Rest)))
        {
            case FormReading.Accepted form:
                if (read.Code is { } code)
                    vault.HoldSecurityCode(opened.Order.Card.Token, code);
                return await access.SubmitAsync(http, opened, new OrderCommand.Confirm(form.Request), async trouble =>
                    await PageAsync(http, opened, StatusCodes.Status409Conflict, [trouble])
                ) ?? See.Order(opened);
            case FormReading.Refused refused:
                read.Code?.Dispose();
                return await PageAsync(
                    http,
                    opened,
                    StatusCodes.Status422UnprocessableEntity,
                    [refused.Trouble],
                    OrderAccess.Typed(OrderAccess.Fields(read.Rest))
                );
            case FormReading.Failed failed:
                read.Code?.Dispose();
                return failed.Page;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private async Task<IResult> PageAsync(
        HttpContext http,
        OpenedOrder opened,
        int statusCode,
        ImmutableArray<PageTrouble> troubles,
        TypedFields? typed = null
    )
    {
        var screen = await access.ScreenAsync(opened, http.RequestAborted);
        return new PageResult<OrderPage, OrderModel>(
            new(opened.Context, screen, opened.AccessKey, access.NewForm(opened), troubles)
            {
                Typed = typed ?? TypedFields.None,
                Points = await PointsOfAsync(opened),
            },
            statusCode
        );
    }

    /// <summary>A ledger that cannot be read is told to whoever runs the server, and keeps nobody from the order.</summary>
    private async ValueTask<ImmutableArray<Words>> PointsOfAsync(OpenedOrder opened)
    {
        try
        {
            return await points.OfOrderAsync(opened.Order) is { } earned
                ? PointsWording.OfOrder(earned, points.Policy.ToCome(opened.Order), points.Policy.ExpireAfter, opened.Context.Time)
                : [];
        }
        catch (Exception unreadable) when (unreadable is StreamUnreadableException or LogUnusableException)
        {
            return [];
        }
    }
}

/// <summary>Cancelling: one page that says the consequence, and the button that does it.</summary>
internal sealed class CancelPages(OrderAccess access)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/o/{accessKey}/cancel", ShowAsync);
        routes.MapPost("/o/{accessKey}/cancel", CancelAsync);
    }

    private async Task<IResult> ShowAsync(HttpContext http, string accessKey)
    {
        var (opened, fault) = await access.OpenAsync(http, accessKey, "/cancel");
        return opened is null ? fault! : await PageAsync(http, opened, StatusCodes.Status200OK, []);
    }

    private async Task<IResult> CancelAsync(HttpContext http, string accessKey)
    {
        var (opened, fault) = await access.OpenAsync(http, accessKey, "/cancel");
        if (opened is null)
            return fault!;
        if (await OrderAccess.ReadBodyAsync(http) is not { } body)
            return PageFaults.TooLarge(http);
        var fields = OrderAccess.Fields(body);
        return await access.ReadAsync(http, opened, fields) switch
        {
            FormReading.Accepted form => await access.SubmitAsync(
                http,
                opened,
                new OrderCommand.Cancel(form.Request, CancelledBy.Customer, null),
                async trouble => await PageAsync(http, opened, StatusCodes.Status409Conflict, [trouble])
            ) ?? See.Order(opened),
            FormReading.Refused refused => await PageAsync(
                http,
                opened,
                StatusCodes.Status422UnprocessableEntity,
                [refused.Trouble],
                OrderAccess.Typed(fields)
            ),
            FormReading.Failed failed => failed.Page,
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private async Task<IResult> PageAsync(
        HttpContext http,
        OpenedOrder opened,
        int statusCode,
        ImmutableArray<PageTrouble> troubles,
        TypedFields? typed = null
    )
    {
        var screen = await access.ScreenAsync(opened, http.RequestAborted);
        return new PageResult<CancelPage, CancelModel>(
            new(opened.Context, screen, opened.AccessKey, access.NewForm(opened), troubles) { Typed = typed ?? TypedFields.None },
            statusCode
        );
    }
}
