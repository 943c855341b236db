using System.Net;
using System.Net.Sockets;

namespace Shonin.MailAuthentication.AuthResults;

/// <summary>Addresses that mean something only inside one network.</summary>
internal static class PrivateAddresses
{
    private static readonly IPNetwork[] networks =
    [
        IPNetwork.Parse("10.0.0.0/8"),
        IPNetwork.Parse("172.16.0.0/12"),
        IPNetwork.Parse("192.168.0.0/16"), // RFC 1918
        IPNetwork.Parse("127.0.0.0/8"),
        IPNetwork.Parse("169.254.0.0/16"),
        IPNetwork.Parse("100.64.0.0/10"), // RFC 1122, 3927, 6598
        IPNetwork.Parse("::1/128"),
        IPNetwork.Parse("fc00::/7"),
        IPNetwork.Parse("fe80::/10"), // RFC 4291, 4193
    ];

    /// <summary>Whether a host is written as such an address, in brackets or not.</summary>
    public static bool IsOne(string host) => AddressOf(host) is { } address && IsPrivate(address);

    /// <summary>Whether texts name addresses, and none but such.</summary>
    public static bool AreAllIn(IEnumerable<string> texts)
    {
        var named = texts
            .SelectMany(text => text.Split(' ', '\t', '\r', '\n', '(', ')', '[', ']', ',', ';', '='))
            .Select(AddressOf)
            .OfType<IPAddress>()
            .ToList();
        return named.Count > 0 && named.TrueForAll(IsPrivate);
    }

    private static IPAddress? AddressOf(string text) =>
        text.AsSpan().IndexOfAny('.', ':') >= 0
        && IPAddress.TryParse(text.Trim('[', ']').Replace("IPv6:", "", StringComparison.OrdinalIgnoreCase), out var address)
            ? address
            : null;

    private static bool IsPrivate(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        return address switch
        {
            { IsIPv4MappedToIPv6: true } => IsPrivate(address.MapToIPv4()),

            // 6to4 (RFC 3056) of a private address: Gmail's own hosts are 2002:a05:..., which holds 10.5.0.0/16.
            { AddressFamily: AddressFamily.InterNetworkV6 } when bytes is [0x20, 0x02, ..] => IsPrivate(new IPAddress(bytes[2..6])),
            _ => Array.Exists(networks, network => network.Contains(address)),
        };
    }
}
