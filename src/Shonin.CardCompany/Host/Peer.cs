using System.Net;
using System.Net.Sockets;
using Shonin.CardCompany.Acquirers;

namespace Shonin.CardCompany.Host;

/// <summary>Who is at the other end of a connection.</summary>
/// <param name="Remote">Its address, for the history.</param>
/// <param name="Share">Whoever has the same share takes places and rows of the log together.</param>
/// <param name="SpeaksFor">Whom its certificate speaks for; null on plain TCP from this machine, where everybody speaks for anybody.</param>
internal sealed record Peer(string Remote, string Share, Acquirer? SpeaksFor)
{
    private const int SiteBytes = 8; // One customer of a network has a /64 at least (RFC 6177 section 2).

    /// <summary>Without TLS: peers of this machine share everything.</summary>
    public static Peer Plain(string remote) => new(remote, "plain", SpeaksFor: null);

    /// <summary>Somebody whom no certificate has named yet. All such share the log's rows, so that they cannot fill it from many addresses.</summary>
    public static Peer Unknown(string remote) => new(remote, "unknown", SpeaksFor: null);

    public static Peer Certified(string remote, string sha256, Acquirer acquirer) => new(remote, $"certificate {sha256}", acquirer);

    /// <summary>The addresses that count as one visitor: an IPv4 address, or the /64 of an IPv6 one.</summary>
    public static string SiteOf(IPAddress? address)
    {
        if (address is null)
            return "";
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return address.AddressFamily is AddressFamily.InterNetworkV6
            ? Convert.ToHexStringLower(address.GetAddressBytes().AsSpan(0, SiteBytes))
            : address.ToString();
    }
}
