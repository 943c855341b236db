using System.Globalization;

namespace Shonin.MailChecks;

/// <summary>Domains as strangers write them.</summary>
internal static class Domains
{
    private static readonly IdnMapping idn = new() { AllowUnassigned = true };

    /// <summary>Lower case and A-labels (RFC 5890); what is no domain stays as it is, in lower case.</summary>
    /// <param name="domain">One char a byte where it comes from raw bytes: UTF-8 in them is undone.</param>
    public static string ToAscii(string domain) => ALabels(Utf8Undone(domain));

    /// <summary>The host that an address leads to, or null where no host can bear such a name: <see cref="Uri"/> leaves as it is what it cannot convert.</summary>
    public static string? Of(Uri address) => ALabels(address.IdnHost) is { Length: > 0 } host && System.Text.Ascii.IsValid(host) ? host : null;

    private static string ALabels(string domain)
    {
        var lower = domain.ToLowerInvariant().TrimEnd('.');
        if (System.Text.Ascii.IsValid(lower))
            return lower;
        try
        {
            return idn.GetAscii(lower);
        }
        catch (ArgumentException)
        {
            return lower;
        }
    }

    private static string Utf8Undone(string text) =>
        text.Any(letter => letter is >= '\u0080' and <= '\u00FF') && text.All(letter => letter <= '\u00FF')
            ? Charsets.Decode(System.Text.Encoding.Latin1.GetBytes(text), "utf-8")
            : text;
}
