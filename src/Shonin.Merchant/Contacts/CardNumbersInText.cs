using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Shonin.Iso8583;

namespace Shonin.Merchant.Contacts;

/// <summary>
/// Hides what people type of a card although nobody may ask for it: a number in whatever digits and whatever stands between its groups, and
/// a security code or PIN that is named as one. All digits go, the last four too: they prove a card on an order's page.
/// </summary>
public static partial class CardNumbersInText
{
    private const int DigitsMin = 13; // ISO/IEC 7812-1; twelve are as likely a card network's own reference
    private const int DigitsMax = 19;

    /// <summary>
    /// Signs, spaces and line breaks between two digits of one number; a letter ends it, but for ー, which a Japanese keyboard gives for a
    /// hyphen.
    /// </summary>
    private const int PartingMax = 6;
    private const char Hidden = '•';
    private const string KanjiDigits = "〇一二三四五六七八九";

    private readonly record struct Digit(int Index, int Length, byte Value);

    /// <summary>The text with every such digit hidden; the same text where there is none.</summary>
    public static string Hide(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var hidden = new StringBuilder(text);
        foreach (var run in RunsOf(text).Where(MayBeCardNumber))
        {
            foreach (var digit in run)
            {
                for (var index = digit.Index; index < digit.Index + digit.Length; index++)
                    hidden[index] = Hidden;
            }
        }
        return Code().Replace(hidden.ToString(), match => match.Groups["named"].Value + new string(Hidden, match.Groups["code"].Length));
    }

    private static IEnumerable<List<Digit>> RunsOf(string text)
    {
        var run = new List<Digit>();
        var (index, parting) = (0, 0);
        foreach (var rune in text.EnumerateRunes())
        {
            if (ValueOf(rune) is { } value)
            {
                run.Add(new(index, rune.Utf16SequenceLength, value));
                parting = 0;
            }
            else if (!IsUnseen(rune) && ((Rune.IsLetter(rune) && rune.Value != 'ー') || ++parting > PartingMax))
            {
                if (run.Count >= DigitsMin)
                    yield return run;
                (run, parting) = ([], 0);
            }
            index += rune.Utf16SequenceLength;
        }
        if (run.Count >= DigitsMin)
            yield return run;
    }

    /// <summary>A digit of any script, alone in a circle, or in kanji; null for what is none.</summary>
    private static byte? ValueOf(Rune rune)
    {
        if (rune.IsBmp && KanjiDigits.IndexOf((char)rune.Value, StringComparison.Ordinal) is >= 0 and var kanji)
            return (byte)('0' + kanji);
        return Rune.GetNumericValue(rune) is var value and >= 0 and <= 9 && Math.Truncate(value) == value && !Rune.IsLetter(rune)
            ? (byte)('0' + (int)value)
            : null;
    }

    /// <summary>What stands between digits and is not seen: joiners, marks that make a keycap of a digit.</summary>
    private static bool IsUnseen(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.Format
                or UnicodeCategory.NonSpacingMark
                or UnicodeCategory.EnclosingMark
                or UnicodeCategory.Control;

    private static bool MayBeCardNumber(List<Digit> run)
    {
        var digits = run.Select(digit => digit.Value).ToArray();
        for (var start = 0; start < digits.Length; start++)
        {
            for (var length = DigitsMin; length <= DigitsMax && start + length <= digits.Length; length++)
            {
                if (Luhn.Passes(digits.AsSpan(start, length)))
                    return true;
            }
        }
        return false;
    }

    [GeneratedRegex(
        @"(?<named>(?:(?<![A-Za-z])(?:cvc2?|cvv2?|cvn|cid|security\s*code|pin)(?![A-Za-z])|セキュリティ[\s・]*コード|セキュリティ[\s・]*番号|暗証\s*番号)[^\d\n]{0,12})(?<code>\d{3,6})(?!\d)",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase,
        matchTimeoutMilliseconds: 1_000
    )]
    private static partial Regex Code();
}
