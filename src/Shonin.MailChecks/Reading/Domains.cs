using System.Buffers;
using System.Text;
using Shonin.MailAuthentication.Dns;

namespace Shonin.MailChecks;

/// <summary>Domains as strangers write them; <see cref="DomainName"/> converts them.</summary>
internal static class Domains
{
    /// <summary>Forbidden domain code points below U+0080: the C0 controls, DEL, and what has another meaning in an address.</summary>
    private static readonly SearchValues<char> forbidden = SearchValues.Create([
        .. Enumerable.Range(0, 0x20).Select(code => (char)code),
        '\x7F',
        .. " #/:<>?@[\\]^|%",
    ]);

    /// <summary>Lower case and A-labels (RFC 5890); what is no domain stays as it is, in lower case.</summary>
    /// <param name="domain">One char a byte where it comes from raw bytes: UTF-8 in them is undone.</param>
    public static string ToAscii(string domain) => DomainName.ToAsciiFromBytes(domain) ?? ALabels(domain);

    /// <summary>
    /// The host that an address leads to, or null where no host can bear such a name: <see cref="Uri"/> leaves as it is what it cannot
    /// convert. A browser follows no address with a forbidden domain code point (WHATWG URL, 3.5), so that no reader gets anywhere by it.
    /// </summary>
    public static string? Of(Uri address) =>
        ALabels(address.IdnHost) is { Length: > 0 } host
        && Ascii.IsValid(host)
        && (address.HostNameType == UriHostNameType.IPv6 || !host.AsSpan().ContainsAny(forbidden))
            ? host
            : null;

    private static string ALabels(string domain) => DomainName.ToAscii(domain) ?? domain.ToLowerInvariant().TrimEnd('.');
}
