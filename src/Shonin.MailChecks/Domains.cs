using Shonin.MailAuthentication.Dns;

namespace Shonin.MailChecks;

/// <summary>Domains as strangers write them; <see cref="DomainName"/> converts them.</summary>
internal static class Domains
{
    /// <summary>Lower case and A-labels (RFC 5890); what is no domain stays as it is, in lower case.</summary>
    /// <param name="domain">One char a byte where it comes from raw bytes: UTF-8 in them is undone.</param>
    public static string ToAscii(string domain) => DomainName.ToAsciiFromBytes(domain) ?? ALabels(domain);

    /// <summary>The host that an address leads to, or null where no host can bear such a name: <see cref="Uri"/> leaves as it is what it cannot convert.</summary>
    public static string? Of(Uri address) => ALabels(address.IdnHost) is { Length: > 0 } host && System.Text.Ascii.IsValid(host) ? host : null;

    private static string ALabels(string domain) => DomainName.ToAscii(domain) ?? domain.ToLowerInvariant().TrimEnd('.');
}
