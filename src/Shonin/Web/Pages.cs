using Shonin.Cards;
using Shonin.Desk;
using Shonin.MailChecks;
using Shonin.Notices;
using Shonin.Orders;

namespace Shonin.Web;

/// <summary>The table of the pages: what a customer sees of an order, of notices and of mails, and the desk.</summary>
public static class Pages
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

        open.MapGet("/", (HttpContext http) =>
            new PageResult<HomePage, HomeModel>(new(PageFaults.ContextOf(http, "/")), StatusCodes.Status200OK)
        );
        foreach (var asset in new[] { Asset.Stylesheet, Asset.Script, Asset.Icon })
        {
            open.MapGet(asset.Path, (HttpContext http) =>
                {
                    http.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
                    return Results.Bytes(asset.Content, asset.ContentType);
                })
                .At(Door.Any);
        }
        // What the API does not know is the API's to say. A path that is wrong may still hold a link's secret, so this is not open.
        pages.MapFallback("/{*path}", (HttpContext http) =>
            http.Request.Path.StartsWithSegments("/v1") ? Results.NotFound() : PageFaults.NotFound(http)
        );
    }

    /// <summary>The page for what we broke ourselves, for the host's exception handler.</summary>
    public static IResult Broken(HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        PageGate.AddHeaders(http.Response.Headers);
        return PageFaults.Broken(http);
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
