using Microsoft.AspNetCore.Http;

namespace Shonin.CardCompany.Desk;

/// <summary>
/// Headers by which proxies say that a request is somebody else's. The merchant's server asks the same list. There is no register of them,
/// so that they are known by how such names are made: what is forwarded, what was there originally, whose address it is, whose network
/// passed it on.
/// </summary>
public static class ProxyMarks
{
    private static readonly string[] names =
    [
        "Via", // RFC 9110 section 7.6.3
        "CDN-Loop", // RFC 8586
        "X-Scheme",
        "X-Url-Scheme",
        "Front-End-Https",
        "X-Coming-From",
        "X-Host",
    ];

    private static readonly string[] beginnings =
    [
        "X-Original-",
        "X-Proxy",
        "Proxy-",
        "WL-Proxy-", // Proxy-Connection is what clients say to proxies
        "CF-",
        "Cloudfront-",
        "X-Amz-Cf-",
        "X-Amzn-",
        "X-Azure-",
        "X-ARR-",
        "X-Appengine-",
        "X-Envoy-",
        "Fastly-",
        "Fly-",
        "X-Akamai-",
        "X-Sucuri-",
        "X-Vercel-",
    ];

    /// <summary>Client-IP and all its sisters: X-Real-IP, True-Client-IP, X-Originating-IP, X-Azure-ClientIP, X-Remote-Addr.</summary>
    private static readonly string[] ends = ["-IP", "-IPv6", "ClientIP", "RealIP", "-Addr", "-Address", "-For"];

    // RFC 9110 section 7.6.2: a client's own wish, the only name with this word that is none
    private const string MaxForwards = "Max-Forwards";

    public static bool AreIn(IHeaderDictionary headers)
    {
        ArgumentNullException.ThrowIfNull(headers);
        return headers.Keys.Any(IsMark);
    }

    private static bool IsMark(string header)
    {
        // Some proxies and gateways write underscores, and programs behind CGI cannot tell the two apart.
        var name = header.Replace('_', '-');
        return names.Contains(name, StringComparer.OrdinalIgnoreCase)
            || (
                name.Contains("Forward", StringComparison.OrdinalIgnoreCase)
                && !name.Equals(MaxForwards, StringComparison.OrdinalIgnoreCase)
            )
            || beginnings.Any(beginning => name.StartsWith(beginning, StringComparison.OrdinalIgnoreCase))
            || ends.Any(end => name.EndsWith(end, StringComparison.OrdinalIgnoreCase));
    }
}
