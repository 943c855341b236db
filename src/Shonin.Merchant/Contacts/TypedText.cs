using System.Globalization;
using System.Text;
using Shonin.Domain.Contacts;

namespace Shonin.Merchant.Contacts;

/// <summary>What somebody typed, as it is kept: one kind of line break, and nothing that steers a screen. The book hides card numbers.</summary>
public static class TypedText
{
    /// <summary>Null where nothing is left of it, or more than <see cref="ContactLimits.TextLengthMax"/> letters are.</summary>
    public static string? Read(string? typed)
    {
        if (typed is null)
            return null;
        var text = new StringBuilder(typed.Length);
        foreach (var rune in typed.ReplaceLineEndings("\n").EnumerateRunes())
        {
            if (rune.Value == '\n' || rune.Value == '\t' || !IsSteering(rune))
                text.Append(rune.ToString());
        }
        var read = text.ToString().Trim();
        return read.Length is 0 or > ContactLimits.TextLengthMax ? null : read;
    }

    /// <summary>Controls, and signs that turn the direction of what follows (UAX 9).</summary>
    private static bool IsSteering(Rune rune) =>
        Rune.GetUnicodeCategory(rune) == UnicodeCategory.Control
        || rune.Value is 0x061C or 0x200E or 0x200F or (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069) or 0xFFFD;
}
