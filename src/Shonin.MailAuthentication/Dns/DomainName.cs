namespace Shonin.MailAuthentication.Dns;

/// <summary>Domain names as the mail protocols compare them: ASCII (RFC 5890 A-labels), in any case, without the dot at the end.</summary>
internal static class DomainName
{
    private const int LengthMax = 253; // RFC 1035 section 2.3.4: 255 bytes on the wire
    private const int LabelLengthMax = 63; // RFC 1035 section 2.3.4

    /// <summary>
    /// A name that may stand in a signature or be looked up. Underscores are let through: selectors use them, though RFC 5321 does not.
    /// </summary>
    public static bool IsLookupName(string name)
    {
        if (name.Length is 0 or > LengthMax)
        {
            return false;
        }

        foreach (var range in name.AsSpan().Split('.'))
        {
            var label = name.AsSpan()[range];
            if (label.Length is 0 or > LabelLengthMax || label.ContainsAnyExcept(LabelLetters))
            {
                return false;
            }
        }

        return true;
    }

    public static bool IsEqual(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a name is the domain itself or lies below it.</summary>
    public static bool IsEqualOrBelow(string name, string domain) =>
        IsEqual(name, domain)
        || (name.Length > domain.Length && name[^(domain.Length + 1)] == '.' && name.EndsWith(domain, StringComparison.OrdinalIgnoreCase));

    public static int LabelCount(string name) => name.AsSpan().Count('.') + 1;

    /// <summary>The last labels of a name.</summary>
    public static string LastLabels(string name, int count)
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

    private static readonly System.Buffers.SearchValues<char> LabelLetters =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
}
