using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Shonin.Domain.Proofs;

namespace Shonin.CardNetwork.Vault;

/// <summary>The month a card is good through, years 2000 to 2099: ISO 8583 field 14 carries two digits of the year.</summary>
public readonly partial record struct CardExpiry
{
    private CardExpiry(int year, int month) => (Year, Month) = (year, month);

    public int Year { get; }
    public int Month { get; }

    /// <summary>YYYY-MM, or null.</summary>
    public static CardExpiry? Parse(ReadOnlySpan<byte> ascii) =>
        ascii.Length == 7
        && ascii[4] == '-'
        && Number(ascii[..4]) is { } year and >= 2000 and <= 2099
        && Number(ascii[5..]) is { } month and >= 1 and <= 12
            ? new CardExpiry(year, month)
            : null;

    /// <summary>
    /// As people copy it from the card or say it: 08/30, 8/30, 8 / 2030, 0830, and with the year first where its four digits show that it
    /// is one: 2030-08, 2030年8月. In full-width digits too.
    /// </summary>
    public static CardExpiry? ParseTyped(ReadOnlySpan<byte> utf8)
    {
        if (
            utf8.Length > TypedSizeMaxBytes
            || Typed().Match(FoldedText.Normal(Encoding.UTF8.GetString(utf8), NormalizationForm.FormKC)) is not { Success: true } match
        )
        {
            return null;
        }

        var (month, year) = (NumberOf(match.Groups["month"]), NumberOf(match.Groups["year"]));
        if (match.Groups["year"].Length == 2)
            year += 2000;
        return month is >= 1 and <= 12 && year is >= 2000 and <= 2099 ? new CardExpiry(year, month) : null;
    }

    private static int NumberOf(Group digits) => int.Parse(digits.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>What parts month and year: the hyphens and slashes of both keyboards, in compatibility form, a dot or a space.</summary>
    [GeneratedRegex(
        @"^\s*(?:(?<month>[0-9]{1,2})\s*[-/.ー\u2010\u2212\s月]\s*(?<year>[0-9]{4}|[0-9]{2})\s*年?|(?<month>[0-9]{2})(?<year>[0-9]{4}|[0-9]{2})"
            + @"|(?<year>[0-9]{4})\s*[-/.ー\u2010\u2212\s年]\s*(?<month>[0-9]{1,2})\s*月?)\s*$",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Typed();

    /// <summary>
    /// Whether the month is over everywhere on earth: a card is good to the last day of its month, wherever its holder is.
    /// </summary>
    public bool IsPast(DateTimeOffset now)
    {
        var lastPlace = now.ToOffset(TimeSpan.FromHours(-12));
        return Year * 12 + Month < lastPlace.Year * 12 + lastPlace.Month;
    }

    /// <summary>YYMM, as ISO 8583 field 14 carries it.</summary>
    internal string WireText => string.Create(CultureInfo.InvariantCulture, $"{Year % 100:00}{Month:00}");

    /// <summary>As it is printed on the card: 08/30.</summary>
    public string Printed => string.Create(CultureInfo.InvariantCulture, $"{Month:00}/{Year % 100:00}");

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Year:0000}-{Month:00}");

    private const int TypedSizeMaxBytes = 36; // " ２０３０ 年 １２ 月 " in full width: twelve characters of 3 bytes

    private static int? Number(ReadOnlySpan<byte> ascii) =>
        int.TryParse(ascii, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
