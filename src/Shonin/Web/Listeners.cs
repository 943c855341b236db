using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Shonin.Settings;

namespace Shonin.Web;

/// <summary>
/// Where the server listens, what each listener is for, and how many connections one address may have there. The cap stands before TLS and
/// HTTP, so that a connection too many costs nothing but its accepting.
/// </summary>
internal static class Listeners
{
    public static void Open(KestrelServerOptions kestrel, SettingValues settings)
    {
        var trust = settings.Trust();
        var total = settings.Of(KnownSettings.ConnectionsMax);
        var connections = new Shares(total, Math.Min(total, settings.Of(KnownSettings.ConnectionsPerAddressMax)));
        foreach (var (url, doors) in DoorsByUrl(settings))
        {
            void Configure(ListenOptions listener)
            {
                listener.Use(next => connection => AdmitAsync(connection, next, connections, trust, doors));
                if (url.Scheme == Uri.UriSchemeHttps)
                    listener.UseHttps();
            }
            if (string.Equals(url.Host, "localhost", StringComparison.OrdinalIgnoreCase))
                kestrel.ListenLocalhost(url.Port, Configure);
            else
                kestrel.Listen(IPAddress.Parse(url.Host.Trim('[', ']')), url.Port, Configure);
        }
    }

    /// <summary>The first address that answers at this door, with its real port.</summary>
    /// <param name="opened">The server's addresses once it listens: those of the settings, in their order.</param>
    public static string UrlOf(Door door, SettingValues settings, IEnumerable<string> opened) =>
        DoorsByUrl(settings).Zip(opened, (listener, url) => (listener.Doors, Url: url)).First(listener => listener.Doors.HasFlag(door)).Url;

    private static IReadOnlyList<(Uri Url, Door Doors)> DoorsByUrl(SettingValues settings) =>
        DoorsByUrl(
            settings.Of(KnownSettings.WebUrls),
            settings.Of(KnownSettings.WebOperationsUrls),
            settings.Of(KnownSettings.WebDeskUrls)
        );

    /// <summary>
    /// Each address once, in the order in which they were named. Whatever has no listener of its own is answered where the web is.
    /// </summary>
    internal static IReadOnlyList<(Uri Url, Door Doors)> DoorsByUrl(
        IReadOnlyList<Uri> web,
        IReadOnlyList<Uri> operations,
        IReadOnlyList<Uri> desk
    )
    {
        var webDoors = Door.Web | (operations.Count == 0 ? Door.Operations : 0) | (desk.Count == 0 ? Door.Desk : 0);
        // Two listeners on port 0 are two ports, whatever the text.
        return
        [
            .. web.Select(url => (Url: url, Doors: webDoors))
                .Concat(operations.Select(url => (Url: url, Doors: Door.Operations)))
                .Concat(desk.Select(url => (Url: url, Doors: Door.Desk)))
                .Select(
                    (listener, index) =>
                        (
                            listener.Url,
                            listener.Doors,
                            Key: listener.Url.Port == 0 ? $"{index}" : listener.Url.GetLeftPart(UriPartial.Authority)
                        )
                )
                .GroupBy(listener => listener.Key)
                .Select(same => (same.First().Url, same.Aggregate((Door)0, (doors, one) => doors | one.Doors))),
        ];
    }

    private static async Task AdmitAsync(
        ConnectionContext connection,
        ConnectionDelegate next,
        Shares connections,
        TrustOptions trust,
        Door doors
    )
    {
        connection.Features.Set(new ListenerDoors(doors));
        var peer = Client.Plain((connection.RemoteEndPoint as IPEndPoint)?.Address);
        // Behind a trusted proxy stand many; it counts them itself, and the total holds for it too.
        if (trust.IsProxy(peer))
        {
            await next(connection);
            return;
        }
        using var place = connections.TryTake(new Client { Address = peer }.Key, 1);
        if (place is null)
            connection.Abort(new ConnectionAbortedException("too many connections of one address"));
        else
            await next(connection);
    }
}
