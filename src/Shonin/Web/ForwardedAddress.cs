using System.Net;
using System.Net.Sockets;

namespace Shonin.Web;

/// <summary>
/// One address of an X-Forwarded-For, as a proxy writes it. The platform's reader takes also what only inet_aton(3) reads: "127.1",
/// "0x7f.1" and
/// "2130706433" are this machine to it, and what a client wrote through a careless proxy would be believed.
/// </summary>
/// <param name="Text">The address as it stood, a port behind it included; <see cref="Unknown"/> where it is none. The reader stops at
///   that.</param>
/// <param name="IsPlain">The address alone, in its one written form: only that can be this machine, or a network that is vouched
///   for.</param>
internal readonly record struct ForwardedAddress(string Text, bool IsPlain)
{
    /// <summary>RFC 7239 section 6.2; proxies write it into X-Forwarded-For too.</summary>
    public const string Unknown = "unknown";

    public static IReadOnlyList<ForwardedAddress> ReadAll(IReadOnlyList<string> entries) => [.. entries.Select(Read)];

    private static ForwardedAddress Read(string entry)
    {
        var text = entry.Trim();
        // A zone (RFC 4007 section 11) means something on the machine alone that wrote it.
        if (text.Contains('%', StringComparison.Ordinal) || !IPEndPoint.TryParse(text, out var endpoint))
            return new(Unknown, IsPlain: false);
        var written = endpoint.Address.ToString();
        if (text == written)
            return new(text, IsPlain: !endpoint.Address.IsIPv4MappedToIPv6);
        // IPv6 has many spellings, and all readers agree on them. IPv4 has one: four decimal numbers, here with a port behind.
        var isAddress = endpoint.AddressFamily is AddressFamily.InterNetworkV6 || text.StartsWith(written + ":", StringComparison.Ordinal);
        return new(isAddress ? text : Unknown, IsPlain: false);
    }
}
