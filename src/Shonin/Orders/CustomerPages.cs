using System.Collections.Immutable;
using Shonin.CardNetwork.Vault;
using Shonin.Cards;
using Shonin.Desk;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.MailChecks;
using Shonin.Notices;
using Shonin.Web;

namespace Shonin.Orders;

/// <summary>The pages that a customer sees: an order by its link, what can be done about it, its notices, and whether a notice is real.</summary>
public static class CustomerPages
{
    /// <summary>Maps every page. The pages' faults are shown in the name of the merchant, who is registered among the services.</summary>
    public static void Map(IEndpointRouteBuilder routes, ScreenParts parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        var access = new OrderAccess(parts, new ScreenKeys(parts.Key.Span));
        var door = new DeskDoor(parts);
        var pages = routes.MapGroup("").AddEndpointFilter(new PageGate(parts.Limits, door.SessionOf, parts.Clock)).ExcludeFromDescription();
        var desk = pages.MapGroup("").At(Door.Desk);

        new OrderPages(parts, access).Map(pages);
        new CancelPages(access).Map(pages);
        new CardPages(parts, access).Map(pages);
        new MessagePages(parts, access).Map(pages);
        var check = new CheckPages(parts);
        var open = pages.MapGroup("").IsOpenToPlainHttp();
        check.Map(open);
        var mailCheck = new MailCheckPages(parts, check);
        // Not open: a notice of ours that somebody brings holds the link of its order.
        mailCheck.Map(pages);
        routes.ServiceProvider.GetRequiredService<IHostApplicationLifetime>().ApplicationStopped.Register(mailCheck.Dispose);
        door.Map(desk);
        new DeskPages(parts, door).Map(desk);
        new DeskSearchPages(parts, door).Map(desk);
        new DeskReportPages(parts, door).Map(desk);
        new DeskAuditPage(parts, door).Map(desk);

        open.MapGet("/", (HttpContext http) => new PageResult<HomePage, HomeModel>(new(PageFaults.ContextOf(http, "/")), StatusCodes.Status200OK));
        foreach (var asset in new[] { Asset.Stylesheet, Asset.Script, Asset.Icon })
            open.MapGet(asset.Path, (HttpContext http) =>
            {
                http.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
                return Results.Bytes(asset.Content, asset.ContentType);
            }).At(Door.Any);
        // What the API does not know is the API's to say. A path that is wrong may still hold a link's secret, so this is not open.
        pages.MapFallback("/{*path}", (HttpContext http) => http.Request.Path.StartsWithSegments("/v1") ? Results.NotFound() : PageFaults.NotFound(http));
    }

    /// <summary>The page for what we broke ourselves, for the host's exception handler.</summary>
    public static IResult Broken(HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        PageGate.AddHeaders(http.Response.Headers);
        return PageFaults.Broken(http);
    }
}

/// <summary>The order itself, and the button of the same card.</summary>
internal sealed class OrderPages(ScreenParts parts, OrderAccess access)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/o/{accessKey}", ShowAsync);
        routes.MapGet("/o/{accessKey}/state", TellAsync);
        routes.MapPost("/o/{accessKey}/confirm", ConfirmAsync);
        // The address that stands above a form that was refused: opened again, it is the order's page.
        routes.MapGet("/o/{accessKey}/confirm", (HttpContext http, string accessKey) => See.Other(PageFaults.ContextOf(http, "/").To($"/o/{Uri.EscapeDataString(accessKey)}")));
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
            $"新しい状態になりました:{headline.Ja}。「最新の状態を見る」を押してください。", $"There is news: {headline.En}. Use “See the latest state”.");
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
            return await PageAsync(http, opened, StatusCodes.Status422UnprocessableEntity, [new(CardTroubles.SecurityCode, "security-code")]);
        switch (await access.ReadAsync(http, opened, OrderAccess.Fields(read.Rest)))
        {
            case FormReading.Accepted form:
                if (read.Code is { } code)
                    parts.Vault.HoldSecurityCode(opened.Order.Card.Token, code);
                return await access.SubmitAsync(
                        http, opened, new OrderCommand.Confirm(form.Request),
                        async trouble => await PageAsync(http, opened, StatusCodes.Status409Conflict, [trouble]))
                    ?? See.Order(opened);
            case FormReading.Refused refused:
                read.Code?.Dispose();
                return await PageAsync(http, opened, StatusCodes.Status422UnprocessableEntity, [refused.Trouble], OrderAccess.Typed(OrderAccess.Fields(read.Rest)));
            case FormReading.Failed failed:
                read.Code?.Dispose();
                return failed.Page;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private async Task<IResult> PageAsync(HttpContext http, OpenedOrder opened, int statusCode, ImmutableArray<PageTrouble> troubles, TypedFields? typed = null)
    {
        var screen = await access.ScreenAsync(opened, http.RequestAborted);
        return new PageResult<OrderPage, OrderModel>(
            new(opened.Context, screen, opened.AccessKey, access.NewForm(opened), troubles) { Typed = typed ?? TypedFields.None }, statusCode);
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
                    http, opened, new OrderCommand.Cancel(form.Request, CancelledBy.Customer, null),
                    async trouble => await PageAsync(http, opened, StatusCodes.Status409Conflict, [trouble]))
                ?? See.Order(opened),
            FormReading.Refused refused => await PageAsync(http, opened, StatusCodes.Status422UnprocessableEntity, [refused.Trouble], OrderAccess.Typed(fields)),
            FormReading.Failed failed => failed.Page,
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private async Task<IResult> PageAsync(HttpContext http, OpenedOrder opened, int statusCode, ImmutableArray<PageTrouble> troubles, TypedFields? typed = null)
    {
        var screen = await access.ScreenAsync(opened, http.RequestAborted);
        return new PageResult<CancelPage, CancelModel>(
            new(opened.Context, screen, opened.AccessKey, access.NewForm(opened), troubles) { Typed = typed ?? TypedFields.None }, statusCode);
    }
}

/// <summary>After a form was done, the browser loads the page anew, so that reloading repeats nothing.</summary>
internal static class See
{
    public static IResult Order(OpenedOrder opened) => Other(opened.Context.To($"/o/{opened.AccessKey}"));

    public static IResult Other(string path) => new SeeOther(path);

    private sealed class SeeOther(string path) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = StatusCodes.Status303SeeOther; // RFC 9110 section 15.4.4
            httpContext.Response.Headers.Location = path;
            return Task.CompletedTask;
        }
    }
}
