using System.Globalization;

namespace Shonin.Screens.Guards;

/// <summary>Limits of the pages; each is a setting under <c>Limits:</c>.</summary>
public sealed record ScreenLimits
{
    /// <summary>Requests of one address in a minute.</summary>
    public int RequestsPerAddressPerMinute { get; init; } = 300;
    /// <summary>Requests with one order link in a minute, from wherever.</summary>
    public int RequestsPerLinkPerMinute { get; init; } = 120;
    /// <summary>Questions of one address in a minute, whether a notice is real.</summary>
    public int NoticeChecksPerAddressPerMinute { get; init; } = 10;
    /// <summary>Questions about one order number in an hour, from wherever, whether a notice is real.</summary>
    public int NoticeChecksPerOrderPerHour { get; init; } = 30;
    /// <summary>The largest mail that is checked.</summary>
    public int MailCheckSizeBytesMax { get; init; } = 25 * 1024 * 1024;
    /// <summary>Mails of one address in a minute.</summary>
    public int MailChecksPerAddressPerMinute { get; init; } = 10;
    /// <summary>Mails that are read and judged at one time: what they may take of the memory, and of DNS.</summary>
    public int MailChecksAtOnceMax { get; init; } = 4;
    /// <summary>Mails that one address may report in an hour.</summary>
    public int MailReportsPerAddressPerHour { get; init; } = 20;
    /// <summary>Attempts of one address in a minute to sign in at the desk.</summary>
    public int SignInsPerAddressPerMinute { get; init; } = 10;

    internal int MailCheckMegabytesMax => MailCheckSizeBytesMax / (1024 * 1024);
}

/// <summary>What stands before every page: headers that keep the secret link secret, no form from elsewhere, and not too many requests.</summary>
internal sealed class PageGate(ScreenLimits limits, TimeProvider clock) : IEndpointFilter
{
    private const int KeyCountMax = 100_000;

    /// <summary>One stylesheet and one script of our own; nothing inline, nothing from elsewhere, in no frame.</summary>
    private const string ContentSecurityPolicy =
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private readonly Allowance byAddress = new(limits.RequestsPerAddressPerMinute, TimeSpan.FromMinutes(1), KeyCountMax, clock);
    private readonly Allowance byLink = new(limits.RequestsPerLinkPerMinute, TimeSpan.FromMinutes(1), KeyCountMax, clock);

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        AddHeaders(http.Response.Headers);
        if (TooMany(http) is { } wait)
            return PageFaults.TooMany(http, wait);
        return IsFromElsewhere(http.Request) ? PageFaults.FromElsewhere(http) : await next(context);
    }

    public static string AddressOf(HttpContext http) => http.Connection.RemoteIpAddress?.ToString() ?? "none";

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

    private TimeSpan? TooMany(HttpContext http)
    {
        if (byAddress.Take(AddressOf(http)) is AllowanceResult.UsedUp address)
            return address.RetryAfter;
        return http.Request.RouteValues["accessKey"] is string key && byLink.Take(key) is AllowanceResult.UsedUp link ? link.RetryAfter : null;
    }

    /// <summary>Browsers say where a form comes from (W3C Fetch Metadata). A client that says nothing is no browser, and has no cookies of ours.</summary>
    private static bool IsFromElsewhere(HttpRequest request) => HttpMethods.IsPost(request.Method)
        && request.Headers["Sec-Fetch-Site"].ToString() is not ("" or "same-origin" or "none");

    public static string Seconds(TimeSpan wait) => Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
}
