using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Shonin.Domain.Proofs;

namespace Shonin.MailChecks;

/// <summary>
/// What somebody unknown wrote, made fit to be shown beside our own words: it cannot turn the direction of reading, hide letters,
/// grow over its place, or be pressed as a link. It is still a stranger's text, and whoever shows it says so.
/// </summary>
public static partial class StrangersText
{
    /// <summary>Accents one above the other that a language may need; more are there to spill over the lines around.</summary>
    private const int MarksInARowMax = 2;

    private const char Cut = '…';

    /// <summary>On one line, at most so many characters and a mark where it was cut.</summary>
    public static string OneLine(string text, int lengthMax)
    {
        ArgumentNullException.ThrowIfNull(text);
        var clean = Clean(text, lengthMax, ' ');
        return string.Join(' ', clean.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>With its line breaks, at most so many characters and a mark where it was cut.</summary>
    public static string Lines(string text, int lengthMax)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Clean(text.ReplaceLineEndings("\n"), lengthMax, '\n').Trim('\n', ' ');
    }

    /// <summary>
    /// Where a link leads, as text that no program turns into a link again: <c>hxxps://shop[.]example/…</c>. What follows the host is
    /// left out: it may be a secret of whoever received the mail.
    /// </summary>
    public static string Defanged(MailLink link)
    {
        ArgumentNullException.ThrowIfNull(link);
        var colon = link.Href.IndexOf(':', StringComparison.Ordinal);
        var scheme = colon is > 0 and <= SchemeLengthMax ? OneLine(link.Href[..colon], SchemeLengthMax) : "";
        if (link.Host is not { } host)
            return scheme.Length == 0 ? OneLine(link.Href, HostLengthMax).Replace(".", "[.]", StringComparison.Ordinal) : $"{scheme}:{Cut}";
        var named =
            scheme.StartsWith("http", StringComparison.OrdinalIgnoreCase) ? $"hxxp{scheme[4..]}://"
            : scheme.Length == 0 ? ""
            : $"{scheme}://";
        return $"{named}{Defanged(host)}/{Cut}";
    }

    /// <summary>A host or an address that no program turns into a link: <c>a@evil[.]example</c>.</summary>
    public static string Defanged(string name) => OneLine(name, HostLengthMax).Replace(".", "[.]", StringComparison.Ordinal);

    /// <summary>One line in which addresses may stand among words: each is cut behind its host, and none can be pressed.</summary>
    public static string Evidence(string text, int lengthMax)
    {
        ArgumentNullException.ThrowIfNull(text);
        return OneLine(
            WebAddress()
                .Replace(text, match =>
                    $"hxxp{match.Groups["secure"].Value}://{Defanged(match.Groups["host"].Value)}{(match.Groups["rest"].Length > 0 ? "/…" : "")}"
                ),
            lengthMax
        );
    }

    [GeneratedRegex(
        """http(?<secure>s?)://(?<host>[^/\s"'<>?#、。」)]*)(?<rest>[^\s、。」)]*)""",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex WebAddress();

    private const int SchemeLengthMax = 12;
    private const int HostLengthMax = 253; // RFC 1035 section 2.3.4, without the root's dot

    private static string Clean(string text, int lengthMax, char lineBreak)
    {
        var clean = new StringBuilder(Math.Min(text.Length, lengthMax) + 1);
        var marks = 0;
        for (var index = 0; index < text.Length; )
        {
            var isRune = Rune.DecodeFromUtf16(text.AsSpan(index), out var rune, out var size) == System.Buffers.OperationStatus.Done;
            index += size;
            var category = isRune ? Rune.GetUnicodeCategory(rune) : UnicodeCategory.OtherNotAssigned;
            marks = category is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark ? marks + 1 : 0;
            if (marks > MarksInARowMax)
                continue;
            if (clean.Length + size > lengthMax)
                return clean.Append(Cut).ToString();
            if (rune.Value == '\n' && isRune)
                clean.Append(lineBreak);
            else if (IsHidden(category))
                clean.Append(' ');
            else
                clean.Append(isRune ? rune.ToString() : "�");
        }
        return clean.ToString();
    }

    /// <summary>
    /// Control characters, marks that turn the direction of reading, letters without width, and those that no font shows.
    /// </summary>
    private static bool IsHidden(UnicodeCategory category) =>
        category
            is UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.PrivateUse
                or UnicodeCategory.Surrogate;
}
