using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Shonin.CardCompany.Desk;
using IPNetwork = System.Net.IPNetwork;

namespace Shonin.Web;

/// <summary>Whom the server believes about a request.</summary>
/// <param name="Proxies">The only peers whose X-Forwarded-For and X-Forwarded-Proto count.</param>
/// <param name="DepthMax">How many proxies stand one behind the other at most; what stands further left in the headers was written by
///   strangers.</param>
/// <param name="PlainHttpNetworks">Networks over which plain HTTP counts as protected.</param>
internal sealed record TrustOptions(IReadOnlyList<IPNetwork> Proxies, int DepthMax, IReadOnlyList<IPNetwork> PlainHttpNetworks)
{
    public static TrustOptions TrustNobody { get; } = new([], 1, []);

    public bool IsProxy(IPAddress peer) => Contains(Proxies, peer);

    public bool IsProtected(IPAddress peer) => IPAddress.IsLoopback(peer) || Contains(PlainHttpNetworks, peer);

    private static bool Contains(IReadOnlyList<IPNetwork> networks, IPAddress address) =>
        networks.Any(network => network.Contains(address));
}

/// <summary>
/// Decides who the client is. A trusted proxy's X-Forwarded-For and X-Forwarded-Proto are read by ASP.NET's own reader; anybody else's are
/// believed in one thing only: that somebody stands between, so that such a request is never this machine's own. RFC 7239's Forwarded is
/// not read, because the reader does not know it; it counts as a sign like the others.
/// </summary>
internal sealed class TrustBoundary
{
    private const string ForwardedFor = "X-Forwarded-For";
    private const string ForwardedProto = "X-Forwarded-Proto";

    private readonly TrustOptions options;
    private readonly ForwardedHeadersMiddleware reader;

    public TrustBoundary(TrustOptions options)
    {
        this.options = options;
        var forwarded = new ForwardedHeadersOptions
        {
            // Not the host: nothing here is built from it, and links begin with Web:PublicUrl.
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto,
            ForwardLimit = options.DepthMax,
        };
        // ASP.NET trusts loopback by itself, and everybody where both lists are empty; Recognise never asks it then.
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        foreach (var network in options.Proxies)
            forwarded.KnownIPNetworks.Add(network);
        reader = new(_ => Task.CompletedTask, NullLoggerFactory.Instance, Options.Create(forwarded));
    }

    /// <summary>
    /// Sets the request's address and scheme to the client's, where a trusted proxy names them, and says who the client is.
    /// </summary>
    public Client Recognise(HttpContext http)
    {
        var peer = Client.Plain(http.Connection.RemoteIpAddress);
        var headers = http.Request.Headers;
        if (!ProxyMarks.AreIn(headers))
            return Direct(peer, http.Request.IsHttps);
        if (!options.IsProxy(peer))
        {
            return new()
            {
                Address = peer,
                IsEncrypted = http.Request.IsHttps,
                IsForwardedByStranger = true,
            };
        }

        // The line between the proxy and us, before the reader puts the customer's scheme in its place.
        var isLineProtected = http.Request.IsHttps || options.IsProtected(peer);
        var addresses = ForwardedAddress.ReadAll(headers.GetCommaSeparatedValues(ForwardedFor));
        if (addresses.Count > 0)
            headers[ForwardedFor] = string.Join(", ", addresses.Select(address => address.Text));
        var schemesBefore = CountOf(headers, ForwardedProto);
        reader.ApplyForwarders(http);
        // The reader takes out what it took over. A proxy that does not say for whom it asks has asked for a stranger.
        var leftCount = CountOf(headers, ForwardedFor);
        if (leftCount == addresses.Count)
            return new() { Address = peer };
        var address = Client.Plain(http.Connection.RemoteIpAddress);
        // What is left over was said by the client itself: then somebody stands before it whom nobody vouches for.
        var isBelieved = leftCount == 0 && addresses[0].IsPlain && isLineProtected;
        return new()
        {
            Address = address,
            IsEncrypted = isLineProtected && CountOf(headers, ForwardedProto) < schemesBefore && http.Request.IsHttps,
            IsThisMachine = isBelieved && IPAddress.IsLoopback(address),
            IsInProtectedNetwork = isBelieved && !IPAddress.IsLoopback(address) && options.IsProtected(address),
        };
    }

    private static int CountOf(IHeaderDictionary headers, string name) => headers.GetCommaSeparatedValues(name).Length;

    private Client Direct(IPAddress peer, bool isHttps) =>
        new()
        {
            Address = peer,
            IsEncrypted = isHttps,
            IsThisMachine = IPAddress.IsLoopback(peer),
            IsInProtectedNetwork = !IPAddress.IsLoopback(peer) && options.IsProtected(peer),
        };
}
