using System.Globalization;

namespace Shonin.Web;

/// <summary>Limits of the pages. The size of a mail is the setting <c>Limits:MailCheckSizeBytesMax</c>; the others are fixed.</summary>
public sealed record ScreenLimits
{
    /// <summary>Requests of one address in a minute.</summary>
    public int RequestsPerAddressPerMinute { get; init; } = 300;

    /// <summary>Requests with one order link in a minute, from wherever.</summary>
    public int RequestsPerLinkPerMinute { get; init; } = 120;

    /// <summary>Links that lead to no order, of one address in a minute: some are cut by mail programs, many are guesses.</summary>
    public int WrongLinksPerAddressPerMinute { get; init; } = 30;

    /// <summary>Requests of one session at the desk in a minute.</summary>
    public int RequestsPerSessionPerMinute { get; init; } = 600;

    /// <summary>Numbers of one address in a minute that belong to no notice of ours; right ones are not counted.</summary>
    public int NoticeMissesPerAddressPerMinute { get; init; } = 10;

    /// <summary>The largest mail that is checked.</summary>
    public int MailCheckSizeBytesMax { get; init; } = 25 * 1024 * 1024;

    /// <summary>Mails of one address in a minute.</summary>
    public int MailChecksPerAddressPerMinute { get; init; } = 10;

    /// <summary>Mails that are judged at one time: what they may take of the processors, and of DNS.</summary>
    public int MailChecksAtOnceMax { get; init; } = 4;

    /// <summary>Mails of one address that are judged or wait for it at one time.</summary>
    public int MailChecksPerAddressAtOnceMax { get; init; } = 2;

    /// <summary>Mails that one address may report in an hour.</summary>
    public int MailReportsPerAddressPerHour { get; init; } = 20;

    /// <summary>Attempts of one address in a minute to sign in at the desk.</summary>
    public int SignInsPerAddressPerMinute { get; init; } = 10;

    /// <summary>Codes that one address may have mailed in an hour, to whomever.</summary>
    public int CodesPerAddressPerHour { get; init; } = 30;

    /// <summary>Of those, to one mail address: fewer than it may get in all, so that no stranger alone takes them from its owner.</summary>
    public int CodesPerAddressToOnePerHour { get; init; } = 3;

    /// <summary>Codes that one address may type in an hour, of whomever.</summary>
    public int CodeTriesPerAddressPerHour { get; init; } = 100;

    /// <summary>Wrong passwords for one account in a quarter of an hour, from one address where nobody signed in to it before, or in one
    /// browser where somebody did.</summary>
    public int WrongPasswordsPerAccount { get; init; } = 10;

    /// <summary>The same from all addresses together, where nobody signed in to it before.</summary>
    public int WrongPasswordsPerAccountFromAnywhere { get; init; } = 100;

    /// <summary>Passwords that are hashed at one time: what they may take of the processors.</summary>
    public int PasswordsAtOnceMax { get; init; } = 2;

    internal int MailCheckMegabytesMax => MailCheckSizeBytesMax / (1024 * 1024);
}

/// <summary>Looks once whose session at the desk is open in this browser; names the session, or null.</summary>
internal delegate ValueTask<string?> EnterDesk(HttpContext http);

/// <summary>
/// What stands before every page: headers that keep the secret link secret, no form from elsewhere, and not too many requests.
/// </summary>
internal sealed class PageGate(ScreenLimits limits, EnterDesk enter, TimeProvider clock) : IEndpointFilter
{
    private const int KeyCountMax = 100_000;

    /// <summary>One stylesheet and one script of our own; nothing inline, nothing from elsewhere, in no frame.</summary>
    private const string ContentSecurityPolicy =
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private readonly Allowance byAddress = new(limits.RequestsPerAddressPerMinute, TimeSpan.FromMinutes(1), KeyCountMax, clock);
    private readonly Allowance bySession = new(limits.RequestsPerSessionPerMinute, TimeSpan.FromMinutes(1), KeyCountMax, clock);
    private readonly Allowance byLink = new(limits.RequestsPerLinkPerMinute, TimeSpan.FromMinutes(1), KeyCountMax, clock);
    private readonly Allowance wrongLinks = new(limits.WrongLinksPerAddressPerMinute, TimeSpan.FromMinutes(1), KeyCountMax, clock);

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        AddHeaders(http.Response.Headers);
        var link = http.Request.RouteValues["accessKey"] as string;
        if (await TooManyAsync(http, link) is { } wait)
            return PageFaults.TooMany(http, wait);
        if (IsFromElsewhere(http.Request))
            return PageFaults.FromElsewhere(http);
        var answer = await next(context);
        if (link is not null)
            Count(http, link, answer);
        return answer;
    }

    /// <summary>What limits count by where there is nothing better: <see cref="Client.Key"/>.</summary>
    public static string AddressOf(HttpContext http) => Client.Of(http).Key;

    public static void AddHeaders(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        // The link in the address bar is a secret: no other site hears of it.
        headers["Referrer-Policy"] = "no-referrer";
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers.CacheControl = "no-store";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=()";
        headers["X-Robots-Tag"] = "noindex, nofollow";
    }

    /// <summary>Staff are counted by their session, so that a stranger behind the same address does not shut them out.</summary>
    private async ValueTask<TimeSpan?> TooManyAsync(HttpContext http, string? link)
    {
        var party = await enter(http) is { } session ? bySession.Take(session) : byAddress.Take(AddressOf(http));
        if (party is AllowanceResult.UsedUp used)
            return used.RetryAfter;
        if (link is null)
            return null;
        if (wrongLinks.Look(AddressOf(http)) is AllowanceResult.UsedUp guessed)
            return guessed.RetryAfter;
        return byLink.Look(link) is AllowanceResult.UsedUp asked ? asked.RetryAfter : null;
    }

    /// <summary>A link is counted once it has led to an order: what strangers make up takes no room beside real ones.</summary>
    private void Count(HttpContext http, string link, object? answer)
    {
        if (answer is IStatusCodeHttpResult { StatusCode: StatusCodes.Status404NotFound })
            wrongLinks.Take(AddressOf(http));
        else
            byLink.Take(link);
    }

    /// <summary>
    /// Browsers say where a form comes from (W3C Fetch Metadata). A client that says nothing is no browser, and has no cookies of ours.
    /// </summary>
    private static bool IsFromElsewhere(HttpRequest request) =>
        HttpMethods.IsPost(request.Method) && request.Headers["Sec-Fetch-Site"].ToString() is not ("" or "same-origin" or "none");

    public static string Seconds(TimeSpan wait) =>
        Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
}
