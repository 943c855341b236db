namespace Shonin.Inbound;

/// <summary>What is taken for a mail address. Only a delivered mail proves one; this keeps out what no relay would take.</summary>
internal static class MailAddress
{
    private const int LengthMax = 254; // RFC 5321 section 4.5.3.1.3: a path of 256 octets, less its angle brackets
    private const int LocalPartLengthMax = 64; // RFC 5321 section 4.5.3.1.1

    /// <summary>LOCAL@DOMAIN: no quoted local part, no comment, no display name, no line end.</summary>
    public static bool IsOne(string text)
    {
        var at = text.LastIndexOf('@');
        return text.Length <= LengthMax && at is >= 1 and <= LocalPartLengthMax && IsLocalPart(text[..at]) && IsDomain(text[(at + 1)..]);
    }

    // RFC 5321 section 4.1.2, dot-string, and RFC 6531 section 3.3: letters beyond ASCII.
    private static bool IsLocalPart(string text) =>
        text[0] != '.' && text[^1] != '.' && !text.Contains("..", StringComparison.Ordinal) && text.All(letter => letter >= '\u00a1' || char.IsAsciiLetterOrDigit(letter) || "!#$%&'*+-/=?^_`{|}~.".Contains(letter));

    private static bool IsDomain(string text) => text.Contains('.', StringComparison.Ordinal) && Uri.CheckHostName(text) == UriHostNameType.Dns;
}
