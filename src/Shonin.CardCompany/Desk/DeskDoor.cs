using System.Net;
using Microsoft.AspNetCore.Http;

namespace Shonin.CardCompany.Desk;

/// <summary>
/// Lets in what is encrypted, and what comes from this machine itself. What a proxy passed on comes from somewhere else, even where the
/// proxy runs here: such a proxy must speak https with us too.
/// </summary>
internal static class DeskDoor
{
    public static Task EnterAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Request.IsHttps)
        {
            context.Response.Headers.StrictTransportSecurity = "max-age=31536000"; // RFC 6797 section 6.1.1: a year
            return next(context);
        }
        return IsFromThisMachine(context)
            ? next(context)
            : DeskApi
                .Problem(
                    StatusCodes.Status403Forbidden,
                    "insecureTransport",
                    "Keys and exports go over https:// or stay on this machine. If a key was sent just now, it may have been read on its way: treat it as exposed."
                )
                .ExecuteAsync(context);
    }

    /// <summary>
    /// The address alone would not do: a proxy's own is this machine's, and so is a name that somebody else's page had resolved to it.
    /// </summary>
    private static bool IsFromThisMachine(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } address
        && IPAddress.IsLoopback(address)
        && (
            context.Request.Host.Host is "localhost"
            || (IPAddress.TryParse(context.Request.Host.Host, out var named) && IPAddress.IsLoopback(named))
        )
        && !ProxyMarks.AreIn(context.Request.Headers);
}
