using System.Globalization;
using System.Text;

namespace Shonin.MailAuthentication.Dns;

/// <summary>
/// Domain names as the mail protocols compare them: A-labels (RFC 5890), without the dot at the end. Whatever a mail, a session or a file
/// calls a domain goes through here before it is asked for or compared (RFC 8616 sections 3 to 6), so that both forms of a name are one.
/// </summary>
public static class DomainName
{
    private const int LengthMax = 253; // RFC 1035 section 2.3.4: 255 bytes on the wire
    private const int LabelLengthMax = 63; // RFC 1035 section 2.3.4
    private const int InputLengthMax = 1024; // No name of 253 letters has so many U-labels; bounds what the conversion may cost.

    // AllowUnassigned: names may hold letters that are younger than the platform's tables.
    private static readonly IdnMapping idn = new() { AllowUnassigned = true };
    private static readonly UTF8Encoding strictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>
    /// The name in lower-case A-labels (UTS 46), or null for what DNS could not hold: such a name equals no other, not even itself.
    /// </summary>
    /// <param name="text">A name of any labels, with or without the dot at its end.</param>
    public static string? ToAscii(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > InputLengthMax)
        {
            return null;
        }

        try
        {
            var name = (Ascii.IsValid(text) ? text : idn.GetAscii(text)).ToLowerInvariant();
            name = name.EndsWith('.') ? name[..^1] : name;
            return IsLookupName(name) ? name : null;
        }
        catch (ArgumentException)
        {
            // No international domain name.
            return null;
        }
    }

    /// <summary>
    /// As <see cref="ToAscii"/>, of a name from raw bytes: one char a byte, U-labels in UTF-8 (RFC 6532). Bytes in another charset are no
    /// name.
    /// </summary>
    /// <param name="bytes">One char a byte, as this package reads fields.</param>
    public static string? ToAsciiFromBytes(string bytes)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        if (Ascii.IsValid(bytes))
        {
            return ToAscii(bytes);
        }

        try
        {
            return bytes.Length > InputLengthMax ? null : ToAscii(strictUtf8.GetString(Encoding.Latin1.GetBytes(bytes)));
        }
        catch (DecoderFallbackException)
        {
            // Not UTF-8, so not a domain.
            return null;
        }
    }

    /// <summary>
    /// A name that may stand in a signature or be looked up. Underscores are let through: selectors use them, though RFC 5321 does not.
    /// </summary>
    internal static bool IsLookupName(string name)
    {
        if (name.Length is 0 or > LengthMax)
        {
            return false;
        }

        for (var start = 0; start <= name.Length; )
        {
            var rest = name.AsSpan(start);
            var dot = rest.IndexOf('.');
            var label = dot < 0 ? rest : rest[..dot];
            if (label.Length is 0 or > LabelLengthMax || label.ContainsAnyExcept(labelLetters))
            {
                return false;
            }

            start += label.Length + 1;
        }

        return true;
    }

    internal static bool IsEqual(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a name is the domain itself or lies below it.</summary>
    internal static bool IsEqualOrBelow(string name, string domain) =>
        IsEqual(name, domain)
        || (name.Length > domain.Length && name[^(domain.Length + 1)] == '.' && name.EndsWith(domain, StringComparison.OrdinalIgnoreCase));

    internal static int LabelCount(string name) => name.AsSpan().Count('.') + 1;

    /// <summary>The last labels of a name.</summary>
    internal static string LastLabels(string name, int count)
    {
        var start = name.Length;
        for (var label = 0; label < count && start > 0; label++)
        {
            start = name.LastIndexOf('.', start - 1);
            if (start < 0)
            {
                return name;
            }
        }

        return name[(start + 1)..];
    }

    /// <summary>All that may stand in a name.</summary>
    internal static System.Buffers.SearchValues<char> LabelLettersAndDot { get; } =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");

    private static readonly System.Buffers.SearchValues<char> labelLetters = System.Buffers.SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    );
}
