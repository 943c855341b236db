using System.Net;
using Shonin.Audit;

namespace Shonin.Web;

/// <summary>
/// Who sends a request, once the proxies that are trusted have been believed. Every limit and every rule about addresses asks this, and
/// nothing else; <see cref="TrustBoundary"/> decides it.
/// </summary>
internal sealed record Client
{
    /// <summary>
    /// IPv4 wherever it is one, also when it came mapped (RFC 4291 section 2.5.5.2); <see cref="IPAddress.None"/> where nobody knows.
    /// </summary>
    public required IPAddress Address { get; init; }

    /// <summary>It came from this machine itself, and nobody stands between.</summary>
    public bool IsThisMachine { get; init; }

    /// <summary>
    /// Nobody could read it on its way: TLS from the client to us, or to a trusted proxy and from there on a line that is protected.
    /// </summary>
    public bool IsEncrypted { get; init; }

    /// <summary>It came over a network of <c>Web:PlainHttpNetworks</c>, whose plain HTTP the operator vouches for.</summary>
    public bool IsInProtectedNetwork { get; init; }

    /// <summary>
    /// It says that it was forwarded, and whoever says so is not trusted: a proxy that was not named, or somebody who pretends.
    /// </summary>
    public bool IsForwardedByStranger { get; init; }

    /// <summary>The one rule for what may carry secrets: encrypted, or no network that a stranger reaches.</summary>
    public bool MayCarrySecrets => IsEncrypted || IsThisMachine || IsInProtectedNetwork;

    /// <summary>
    /// What limits count by: the IPv4 address, or the /64 network of an IPv6 address, because its owner has all addresses in it.
    /// </summary>
    public string Key
    {
        get => field ??= NetworkSite.Of(Address);
        init;
    }

    /// <summary>
    /// The client of this request; where no boundary stands before it (a part on its own), the peer itself, without trust in anything.
    /// </summary>
    public static Client Of(HttpContext http) => http.Features.Get<Client>() ?? new TrustBoundary(TrustOptions.TrustNobody).Recognise(http);

    /// <summary>An address in its one form.</summary>
    public static IPAddress Plain(IPAddress? address) =>
        address is null ? IPAddress.None
        : address.IsIPv4MappedToIPv6 ? address.MapToIPv4()
        : address;
}
