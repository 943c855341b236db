using System.Net;
using System.Net.Sockets;

namespace Shonin.Audit;

/// <summary>The addresses that count as one party, in the trail as in every limit.</summary>
public static class NetworkSite
{
    private const int SizeBytes = 8; // RFC 6177 section 2: one site has at least a whole /64

    /// <summary>
    /// The IPv4 address, also where it came mapped (RFC 4291 section 2.5.5.2), or the /64 network of an IPv6 address: <c>2001:db8::/64</c>.
    /// </summary>
    public static string Of(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address.ToString();
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(SizeBytes).Clear();
        return $"{new IPAddress(bytes)}/{8 * SizeBytes}";
    }
}
