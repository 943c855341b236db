using System.Buffers;
using System.Globalization;
using System.Text;

namespace Shonin.Iso8583;

/// <summary>Text as the wire can carry it: printable ASCII, 0x20 to 0x7E.</summary>
internal static class Transliteration
{
    private static readonly SearchValues<char> printable = SearchValues.Create([
        .. Enumerable.Range(0x20, 0x7F - 0x20).Select(code => (char)code),
    ]);

    private const int NotACharacter = 0xFFFE; // Unicode section 23.7. The one code point that Normalize refuses with an exception.

    /// <summary>
    /// Letters that Unicode does not decompose, with the spelling that passports use (ICAO Doc 9303, part 3), and typographic signs.
    /// </summary>
    private static readonly Dictionary<char, string> spelled = new()
    {
        ['ß'] = "ss",
        ['Æ'] = "AE",
        ['æ'] = "ae",
        ['Œ'] = "OE",
        ['œ'] = "oe",
        ['Ø'] = "OE",
        ['ø'] = "oe",
        ['Ł'] = "L",
        ['ł'] = "l",
        ['Đ'] = "D",
        ['đ'] = "d",
        ['Þ'] = "TH",
        ['þ'] = "th",
        ['ı'] = "i",
        ['‘'] = "'",
        ['’'] = "'",
        ['“'] = "\"",
        ['”'] = "\"",
        ['‐'] = "-",
        ['‑'] = "-",
        ['–'] = "-",
        ['—'] = "-",
        ['−'] = "-",
        ['・'] = " ",
    };

    /// <summary>
    /// Accents are dropped, full-width letters become plain ones; what has no plain form becomes one <c>?</c> a character.
    /// </summary>
    public static string ToAscii(string text) => text.AsSpan().ContainsAnyExceptInRange(' ', '~') ? Spell(text) : text;

    private static string Spell(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.IsBmp && spelled.TryGetValue((char)rune.Value, out var spelling))
                plain.Append(spelling);
            else
                plain.Append(Decomposed(rune));
        }
        return plain.ToString();
    }

    private static string Decomposed(Rune rune)
    {
        var plain = new StringBuilder();
        if (rune.Value == NotACharacter)
            return "?";
        // An unpaired surrogate arrives here as U+FFFD, which decomposes into itself.
        foreach (var letter in rune.ToString().Normalize(NormalizationForm.FormKD))
        {
            if (printable.Contains(letter))
                plain.Append(letter);
            else if (CharUnicodeInfo.GetUnicodeCategory(letter) != UnicodeCategory.NonSpacingMark)
                return "?";
        }
        return plain.ToString();
    }
}
