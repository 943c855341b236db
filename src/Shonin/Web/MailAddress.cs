using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Shonin.MailAuthentication.Dns;

namespace Shonin.Web;

/// <summary>
/// A mail address as people have them. Only a delivered mail proves one; this keeps out what no relay would take. Japan's carriers gave
/// out <c>a..b.@docomo.ne.jp</c> and <c>.abc@ezweb.ne.jp</c>: no dot-string, but addresses all the same once they are quoted.
/// </summary>
/// <param name="Local">Unquoted: letters, digits, some signs, dots wherever they stand, and what is seen of the letters beyond ASCII (RFC
///   6531 section 3.3).</param>
/// <param name="Domain">In A-labels (RFC 5890), so that record, envelope and header name it alike.</param>
internal sealed partial record MailAddress(string Local, string Domain)
{
    private const int SizeBytesMax = 254; // RFC 5321 section 4.5.3.1.3: a path of 256 octets, less its angle brackets
    private const int LocalSizeBytesMax = 64; // RFC 5321 section 4.5.3.1.1
    private const string Signs = "!#$%&'*+-/=?^_`{|}~."; // RFC 5322 section 3.2.3, atext, and the dot

    /// <summary>As it is recorded, compared and shown.</summary>
    public string Text => $"{Local}@{Domain}";

    /// <summary>As it stands in an envelope and in a header: quoted where it is no dot-string (RFC 5321 section 4.1.2).</summary>
    public string Envelope => IsDotString(Local) ? Text : $"\"{Local}\"@{Domain}";

    /// <summary>Whether only a relay with SMTPUTF8 can take it (RFC 6531 section 3.2).</summary>
    public bool NeedsUtf8 => !Ascii.IsValid(Local);

    /// <summary>
    /// LOCAL@DOMAIN, or null: no comment, no display name, no dot at the end, and quotes only where nothing stands in them that needs them
    /// but dots.
    /// </summary>
    public static MailAddress? Read(string text)
    {
        var at = text.LastIndexOf('@');
        if (at < 1 || text.Length > SizeBytesMax)
            return null;
        var local = text[0] == '"' && at >= 3 && text[at - 1] == '"' ? text[1..(at - 1)] : text[..at];
        if (
            !local.EnumerateRunes().All(IsLocalLetter)
            || Encoding.UTF8.GetByteCount(local) > LocalSizeBytesMax
            || DomainOf(text[(at + 1)..]) is not { } domain
        )
        {
            return null;
        }

        var address = new MailAddress(local, domain);
        return Encoding.UTF8.GetByteCount(address.Envelope) <= SizeBytesMax ? address : null;
    }

    /// <summary>A relay's words without anybody's address in them: they go into the log, which holds no personal data.</summary>
    public static string Hide(string text) => Addresses().Replace(text, "…@…");

    public static bool IsOne(string text) => Read(text) is not null;

    /// <summary>A name of ASCII stays as it was typed.</summary>
    private static string? DomainOf(string text)
    {
        if (
            text.EndsWith('.')
            || DomainName.ToAscii(text) is not { } name
            || !name.Contains('.', StringComparison.Ordinal)
            || Uri.CheckHostName(name) != UriHostNameType.Dns
        )
        {
            return null;
        }

        return Ascii.IsValid(text) ? text : name;
    }

    private static bool IsLocalLetter(Rune letter) =>
        letter.IsAscii
            ? Rune.IsLetterOrDigit(letter) || Signs.Contains((char)letter.Value, StringComparison.Ordinal)
            : letter != Rune.ReplacementChar
                && Rune.GetUnicodeCategory(letter)
                    is not (
                        UnicodeCategory.Control
                        or UnicodeCategory.Format
                        or UnicodeCategory.Surrogate
                        or UnicodeCategory.PrivateUse
                        or UnicodeCategory.OtherNotAssigned
                        or UnicodeCategory.SpaceSeparator
                        or UnicodeCategory.LineSeparator
                        or UnicodeCategory.ParagraphSeparator
                    );

    [GeneratedRegex("""("[^"\r\n]{0,80}"|[^\s<>()\[\]:;,"'=]{1,80})@[^\s<>()\[\]:;,"'=]{1,255}""", RegexOptions.CultureInvariant)]
    private static partial Regex Addresses();

    private static bool IsDotString(string local) => local[0] != '.' && local[^1] != '.' && !local.Contains("..", StringComparison.Ordinal);
}
