using System.Globalization;

namespace Shonin.CardNetwork.Vault;

/// <summary>The month a card is good through, years 2000 to 2099: ISO 8583 field 14 carries two digits of the year.</summary>
public readonly record struct CardExpiry
{
    private CardExpiry(int year, int month) => (Year, Month) = (year, month);

    public int Year { get; }
    public int Month { get; }

    /// <summary>YYYY-MM, or null.</summary>
    public static CardExpiry? Parse(ReadOnlySpan<byte> ascii) =>
        ascii.Length == 7 && ascii[4] == '-' && Number(ascii[..4]) is { } year and >= 2000 and <= 2099
            && Number(ascii[5..]) is { } month and >= 1 and <= 12
            ? new CardExpiry(year, month)
            : null;

    /// <summary>As <see cref="Parse"/>, and as people copy it from the card: MM/YY, MM / YY, MM/YYYY, MMYY, in full-width digits too.</summary>
    public static CardExpiry? ParseTyped(ReadOnlySpan<byte> utf8)
    {
        if (Parse(utf8) is { } plain)
            return plain;
        if (utf8.Length > TypedSizeMaxBytes)
            return null;
        Span<byte> digits = stackalloc byte[TypedSizeMaxBytes];
        var count = TypedDigits.Read(utf8, TypedDigits.DateSeparators, digits);
        if (count is not (4 or 6) || Number(digits[..2]) is not ({ } month and >= 1 and <= 12))
            return null;
        var year = Number(digits[2..count]) is { } typed ? count == 4 ? 2000 + typed : typed : 0;
        return year is >= 2000 and <= 2099 ? new CardExpiry(year, month) : null;
    }

    /// <summary>Whether the month is over everywhere on earth: a card is good to the last day of its month, wherever its holder is.</summary>
    public bool IsPast(DateTimeOffset now)
    {
        var lastPlace = now.ToOffset(TimeSpan.FromHours(-12));
        return Year * 12 + Month < lastPlace.Year * 12 + lastPlace.Month;
    }

    /// <summary>YYMM, as ISO 8583 field 14 carries it.</summary>
    internal string WireText => string.Create(CultureInfo.InvariantCulture, $"{Year % 100:00}{Month:00}");

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Year:0000}-{Month:00}");

    private const int TypedSizeMaxBytes = 27; // "１２ ／ ２０３０" in full width: nine characters of 3 bytes

    private static int? Number(ReadOnlySpan<byte> ascii) =>
        int.TryParse(ascii, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
