using Shonin.Accounts;
using Shonin.Cards;
using Shonin.Contacts;
using Shonin.Desk;
using Shonin.Help;
using Shonin.MailChecks;
using Shonin.Notices;
using Shonin.Orders;
using Shonin.Privacy;
using Shonin.Staff;

namespace Shonin.Web;

/// <summary>The pages of every business, each made with what it uses and nothing else.</summary>
internal sealed record PageTable
{
    public required OrderPages Orders { get; init; }
    public required CancelPages Cancelling { get; init; }
    public required CardPages Cards { get; init; }
    public required MessagePages Messages { get; init; }
    public required HelpPages Help { get; init; }
    public required OrderHelpPages OrderHelp { get; init; }
    public required ContactPages Contacts { get; init; }
    public required AccountPageTable Accounts { get; init; }
    public required CheckPages Checks { get; init; }
    public required MailCheckPages MailChecks { get; init; }
    public required MailReportPages MailReports { get; init; }
    public required DeskDoor Door { get; init; }
    public required StaffPageTable Staff { get; init; }
    public required DeskPages Desk { get; init; }
    public required DeskLeadPages DeskLead { get; init; }
    public required DeskOrderPages DeskOrders { get; init; }
    public required DeskOrderActs DeskOrderActs { get; init; }
    public required DeskSearchPages DeskSearch { get; init; }
    public required DeskReportPages DeskReports { get; init; }
    public required DeskContactPages DeskContacts { get; init; }
    public required DeskAuditPage DeskTrail { get; init; }
    public required PrivacyPages Privacy { get; init; }
    public required AccountPrivacyPages AccountPrivacy { get; init; }
    public required DeskPersonPages DeskPeople { get; init; }
}

/// <summary>Where every page stands: what a customer sees of an order, of notices and of mails, and the desk.</summary>
internal static class Pages
{
    /// <summary>Maps every page. The pages' faults are shown in the name of the merchant, who is registered among the services.</summary>
    public static void Map(IEndpointRouteBuilder routes, PageTable table, ScreenLimits limits, TimeProvider clock)
    {
        var pages = routes.MapGroup("").AddEndpointFilter(new PageGate(limits, table.Door.EnterAsync, clock)).ExcludeFromDescription();
        var open = pages.MapGroup("").IsOpenToPlainHttp();
        var desk = pages.MapGroup("").AddEndpointFilter(table.Door.HoldAsync).At(Door.Desk);

        table.Orders.Map(pages);
        table.Cancelling.Map(pages);
        table.Cards.Map(pages);
        table.Messages.Map(pages);
        table.OrderHelp.Map(pages);
        table.Contacts.Map(pages);
        table.Accounts.Map(pages);
        table.Help.Map(open);
        table.Checks.Map(open);
        table.Privacy.Map(open);
        table.AccountPrivacy.Map(pages);
        // Not open: a notice of ours that somebody brings holds the link of its order.
        table.MailChecks.Map(pages);
        table.MailReports.Map(pages);
        var stopped = routes.ServiceProvider.GetRequiredService<IHostApplicationLifetime>().ApplicationStopped;
        stopped.Register(table.MailChecks.Dispose);
        stopped.Register(table.Accounts.Passwords.Dispose);
        table.Door.Map(desk);
        table.Staff.Map(desk);
        table.Desk.Map(desk);
        table.DeskLead.Map(desk);
        table.DeskOrders.Map(desk);
        table.DeskOrderActs.Map(desk);
        table.DeskSearch.Map(desk);
        table.DeskReports.Map(desk);
        table.DeskContacts.Map(desk);
        table.DeskTrail.Map(desk);
        table.DeskPeople.Map(desk);

        open.MapGet("/", (HttpContext http) =>
            new PageResult<HomePage, HomeModel>(new(PageFaults.ContextOf(http, "/")), StatusCodes.Status200OK)
        );
        foreach (var asset in Asset.All)
            open.MapGet(asset.Path, (HttpContext http) => Send(http, asset)).At(Door.Any);
        // What the API does not know is the API's to say. A path that is wrong may still hold a link's secret, so this is not open.
        pages.MapFallback("/{*path}", (HttpContext http) =>
            http.Request.Path.StartsWithSegments("/v1") ? Results.NotFound() : PageFaults.NotFound(http)
        );
    }

    private static IResult Send(HttpContext http, Asset asset)
    {
        var headers = http.Response.Headers;
        headers.CacheControl = "public, max-age=31536000, immutable";
        headers.Vary = "Accept-Encoding";
        if (!http.Request.GetTypedHeaders().AcceptEncoding.Any(coding => coding.Value == "br" && coding.Quality != 0))
            return Results.Bytes(asset.Content, asset.ContentType);
        headers.ContentEncoding = "br";
        return Results.Bytes(asset.Brotli, asset.ContentType);
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
