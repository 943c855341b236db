using System.Text;
using System.Text.RegularExpressions;
using Shonin.Iso8583;

namespace Shonin.Merchant.Contacts;

/// <summary>
/// Hides what people type of a card although nobody may ask for it: a number in whatever groups and digits, and a security code or PIN
/// that is named as one. All digits go, the last four too: they prove a card on an order's page.
/// </summary>
public static partial class CardNumbersInText
{
    private const int DigitsMin = 13; // ISO/IEC 7812-1; twelve are as likely a card network's own reference
    private const int DigitsMax = 19;
    private const char Hidden = '•';

    /// <summary>The text with every such digit hidden; the same text where there is none.</summary>
    public static string Hide(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var hidden = Run().Replace(text, match => MayBeCardNumber(match.ValueSpan) ? HideDigits(match.Value) : match.Value);
        return Code().Replace(hidden, match => match.Groups["named"].Value + HideDigits(match.Groups["code"].Value));
    }

    private static bool MayBeCardNumber(ReadOnlySpan<char> run)
    {
        var digits = new byte[run.Length];
        var count = 0;
        foreach (var letter in run)
        {
            if (char.GetNumericValue(letter) is >= 0 and var value)
                digits[count++] = (byte)('0' + (int)value);
        }

        for (var start = 0; start < count; start++)
        {
            for (var length = DigitsMin; length <= DigitsMax && start + length <= count; length++)
            {
                if (Luhn.Passes(digits.AsSpan(start, length)))
                    return true;
            }
        }
        return false;
    }

    private static string HideDigits(string text)
    {
        var hidden = new StringBuilder(text.Length);
        foreach (var letter in text)
            hidden.Append(char.IsDigit(letter) ? Hidden : letter);
        return hidden.ToString();
    }

    /// <summary>Digits of any script, with at most three letters that part them in between.</summary>
    [GeneratedRegex(@"\d(?:[\s.,/_・ー\p{Pd}\u2212]{0,3}\d){12,}", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Run();

    [GeneratedRegex(
        @"(?<named>(?:cvc2?|cvv2?|cvn|cid|security\s*code|pin|セキュリティ[\s・]*コード|セキュリティ[\s・]*番号|暗証\s*番号)[^\d\n]{0,12})(?<code>\d{3,6})(?!\d)",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase,
        matchTimeoutMilliseconds: 1_000
    )]
    private static partial Regex Code();
}
