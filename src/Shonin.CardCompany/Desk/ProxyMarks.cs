using Microsoft.AspNetCore.Http;

namespace Shonin.CardCompany.Desk;

/// <summary>Headers by which proxies say that a request is somebody else's. The merchant's server asks the same list.</summary>
public static class ProxyMarks
{
    private const string Prefix = "X-Forwarded-";

    private static readonly string[] names =
    [
        "Forwarded", "Via", "X-Real-IP", "X-Client-IP", "X-Cluster-Client-IP", "X-Original-Forwarded-For", "X-ProxyUser-Ip", "X-Envoy-External-Address",
        "True-Client-IP", "CF-Connecting-IP", "Fastly-Client-IP", "X-Original-For", "X-Original-Proto",
    ];

    public static bool AreIn(IHeaderDictionary headers)
    {
        ArgumentNullException.ThrowIfNull(headers);
        return names.Any(headers.ContainsKey) || headers.Keys.Any(name => name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase));
    }
}
