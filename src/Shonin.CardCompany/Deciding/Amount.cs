using System.Globalization;

namespace Shonin.CardCompany.Deciding;

/// <summary>An amount in minor units (¥1,200 is 1200) of a currency in ISO 4217 letters.</summary>
internal readonly record struct Amount(long MinorUnits, string Currency)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{MinorUnits} {Currency}");
}

/// <summary>The currencies that this card company settles in. ISO 4217, list one.</summary>
internal static class Currencies
{
    public const string Yen = "JPY";

    private static readonly (string Letters, int Number)[] known = [(Yen, 392), ("USD", 840), ("EUR", 978)];

    public static bool IsKnown(string letters) => Array.Exists(known, currency => currency.Letters == letters);

    /// <summary>
    /// The letters of a number from field 49; a number that is not known stays as its three digits, and <see cref="IsKnown"/> says no.
    /// </summary>
    public static string Letters(int number)
    {
        foreach (var currency in known)
        {
            if (currency.Number == number)
                return currency.Letters;
        }

        return number.ToString("000", CultureInfo.InvariantCulture);
    }

    /// <summary>The number for field 49.</summary>
    public static int Number(string letters)
    {
        foreach (var currency in known)
        {
            if (currency.Letters == letters)
                return currency.Number;
        }

        return int.Parse(letters, NumberStyles.None, CultureInfo.InvariantCulture);
    }
}
