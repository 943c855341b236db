using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using Shonin.Domain.Proofs;

namespace Shonin.MailChecks;

/// <summary>Where links lead, read as a browser would read them; nothing is ever asked of the net.</summary>
internal static partial class LinkHosts
{
    private const int HrefLengthMax = 8192;
    private const int LayerCountMax = 300; // More than fit into HrefLengthMax: the shortest, Proofpoint's third, adds 30 letters.

    /// <summary>Hosts that put themselves before a link that somebody else wrote, and the part of the address that holds it.</summary>
    private static readonly ImmutableArray<(string Host, string Parameter)> wrappers =
    [
        ("safelinks.protection.outlook.com", "url"),
        ("www.google.com", "q"),
        ("www.google.com", "url"),
        ("linkprotect.cudasvc.com", "a"),
    ];

    public static MailLink Of(string text, string href, Uri? page)
    {
        href = href.Length <= HrefLengthMax ? href : href[..HrefLengthMax];
        return new(text, href, HostOf(href, page), ShownHostOf(text));
    }

    /// <summary>
    /// Addresses in text, which mail programs make into links: with their scheme, or without it where a path or www. tells them from a name
    /// (<c>evil.example/pay</c>). A host alone (Booking.com) is taken for a name.
    /// </summary>
    public static IEnumerable<MailLink> InText(string text)
    {
        for (var match = BareAddressInText().Match(text); match.Success; match = match.NextMatch())
        {
            if (match.Index == 0 || !IsInAddress(text[match.Index - 1]))
                yield return OfText(match.Value, "https://");
        }

        for (var match = AddressInText().Match(text); match.Success; match = match.NextMatch())
            yield return OfText(match.Value, "");
    }

    private static MailLink OfText(string written, string scheme)
    {
        var address = written.TrimEnd('.', ',', ')', ']', '>', '"', '\'', '。', '、', '」', '』');
        var host = HostOf(scheme + address, null);
        return new(address, address, host, host);
    }

    private static bool IsInAddress(char letter) =>
        char.IsAsciiLetterOrDigit(letter) || letter is '@' or '/' or '.' or '-' or '_' or '=' or '%' or ':';

    private static string? HostOf(string href, Uri? page)
    {
        // Browsers drop tabs and line ends inside an address, and take a backslash for a slash (WHATWG URL).
        var address = Clean(href);
        if (address.StartsWith("//", StringComparison.Ordinal))
            address = "https:" + address;
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) && (page is null || !Uri.TryCreate(page, address, out uri)))
            return null;
        if (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps)
            return null;
        try
        {
            return Domains.Of(uri) is { } host ? Unwrapped(uri, host) ?? host : null;
        }
        catch (UriFormatException)
        {
            return null;
        }
    }

    private static string Clean(string href)
    {
        var address = new StringBuilder(href.Length);
        var isQuery = false;
        foreach (var letter in href.Trim())
        {
            isQuery |= letter is '?' or '#';
            if (letter >= ' ')
                address.Append(letter == '\\' && !isQuery ? '/' : letter);
        }
        return address.ToString();
    }

    /// <summary>
    /// Where a link leads through all that relays have put around it, one around another's; null where nothing is around it that can be
    /// read.
    /// </summary>
    private static string? Unwrapped(Uri uri, string host)
    {
        string? found = null;
        for (
            var layerCount = 0;
            layerCount < LayerCountMax && TargetOf(uri, host) is { } target && Domains.Of(target) is { } targetHost;
            layerCount++
        )
        {
            (uri, host, found) = (target, targetHost, targetHost);
        }

        return found;
    }

    private static Uri? TargetOf(Uri uri, string host)
    {
        foreach (var (wrapper, parameter) in wrappers)
        {
            if (
                (host == wrapper || host.EndsWith("." + wrapper, StringComparison.Ordinal))
                && WebAddress(InQuery(uri, parameter)) is { } target
            )
            {
                return target;
            }
        }

        if (host is not ("urldefense.com" or "urldefense.us" or "urldefense.proofpoint.com"))
            return null;
        if (WrappedByProofpoint().Match(uri.OriginalString) is { Success: true } match)
            return WebAddress(match.Groups[1].Value);

        // The second version writes "-" for "%" and "_" for "/".
        return InQuery(uri, "u") is not { } wrapped
            ? null
            : WebAddress(
                uri.AbsolutePath.StartsWith("/v2/", StringComparison.OrdinalIgnoreCase)
                    ? Uri.UnescapeDataString(wrapped.Replace('-', '%').Replace('_', '/'))
                    : wrapped
            );
    }

    /// <summary>An inner address may have lost the second slash after its scheme.</summary>
    private static Uri? WebAddress(string? text) =>
        text is not null
        && Uri.TryCreate(OneSlash().Replace(text, "$1://"), UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
            ? uri
            : null;

    private static string? InQuery(Uri uri, string parameter)
    {
        foreach (var pair in uri.Query.TrimStart('?').Split('&'))
        {
            if (pair.StartsWith(parameter + "=", StringComparison.OrdinalIgnoreCase))
                return Uri.UnescapeDataString(pair[(parameter.Length + 1)..]);
        }

        return null;
    }

    /// <summary>
    /// The host that a link's text names: only where it is written as an address, because a name such as Amazon.co.jp is often just a name.
    /// </summary>
    private static string? ShownHostOf(string text)
    {
        var match = ShownAddress().Match(text);
        return
            match.Success
            && (
                match.Groups["scheme"].Success
                || match.Groups["path"].Success
                || match.Value.StartsWith("www.", StringComparison.OrdinalIgnoreCase)
            )
            ? HostOf("https://" + match.Groups["host"].Value, null)
            : null;
    }

    [GeneratedRegex(@"https?://[^\s<>""'　]+", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex AddressInText();

    [GeneratedRegex(
        @"(www\.)?([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+([a-z]{2,24}|xn--[a-z0-9-]+)(:[0-9]{1,5})?[/?][!-~]*|www\.([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,24}",
        RegexOptions.IgnoreCase | RegexOptions.NonBacktracking
    )]
    private static partial Regex BareAddressInText();

    [GeneratedRegex(
        @"(?<scheme>https?://)?(?<host>[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?(?:\.[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?)+)(?<path>/)?",
        RegexOptions.IgnoreCase | RegexOptions.NonBacktracking
    )]
    private static partial Regex ShownAddress();

    /// <summary>The third version; one inside another ends where the outer one does.</summary>
    [GeneratedRegex(@"/v3/__(.+?)(__;|$)", RegexOptions.NonBacktracking)]
    private static partial Regex WrappedByProofpoint();

    [GeneratedRegex(@"^(https?):/+", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex OneSlash();
}
