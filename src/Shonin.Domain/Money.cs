using System.Globalization;

namespace Shonin.Domain;

/// <summary>An ISO 4217 currency: its letters, its number, and how many decimals its minor unit has.</summary>
public sealed record Currency
{
    private Currency(string code, int number, int exponent) => (Code, Number, Exponent) = (code, number, exponent);

    /// <summary>Three letters, as in <c>JPY</c>.</summary>
    public string Code { get; }

    /// <summary>Three digits, as in 392; ISO 8583 field 49.</summary>
    public int Number { get; }

    /// <summary>Decimals of the minor unit: 0 for JPY, 2 for USD.</summary>
    public int Exponent { get; }

    public static readonly Currency Jpy = new("JPY", 392, 0);
    public static readonly Currency Usd = new("USD", 840, 2);
    public static readonly Currency Eur = new("EUR", 978, 2);

    public static IReadOnlyList<Currency> Known { get; } = [Jpy, Usd, Eur];

    /// <summary>The currency with these letters, or null where this merchant does not know it.</summary>
    public static Currency? Parse(string? code)
    {
        foreach (var currency in Known)
        {
            if (currency.Code == code)
                return currency;
        }

        return null;
    }

    /// <summary>The currency with this ISO 4217 number, or null.</summary>
    public static Currency? Parse(int number)
    {
        foreach (var currency in Known)
        {
            if (currency.Number == number)
                return currency;
        }

        return null;
    }

    public override string ToString() => Code;
}

/// <summary>An amount in minor units of its currency: ¥1,200 is 1200, $12.00 is 1200.</summary>
public readonly record struct Money(long MinorUnits, Currency Currency)
{
    /// <summary>The largest amount that ISO 8583 field 4 (n12) can carry.</summary>
    public const long MinorUnitsMax = 999_999_999_999;

    public static Money operator +(Money left, Money right) => new(checked(left.MinorUnits + Same(left, right).MinorUnits), left.Currency);

    public static Money operator -(Money left, Money right) => new(checked(left.MinorUnits - Same(left, right).MinorUnits), left.Currency);

    /// <summary>12,480円 in Japanese and ¥12,480 in English; other currencies as 12.34 USD.</summary>
    public string Text(Locale locale) =>
        Currency == Currency.Jpy
            ? locale switch
            {
                Locale.Ja => string.Create(CultureInfo.InvariantCulture, $"{MinorUnits:#,0}円"),
                Locale.En => string.Create(CultureInfo.InvariantCulture, $"¥{MinorUnits:#,0}"),
            }
            : string.Create(CultureInfo.InvariantCulture, $"{MinorUnits / 100:#,0}.{MinorUnits % 100:00} {Currency.Code}");

    public override string ToString() => Text(Locale.En);

    private static Money Same(Money left, Money right) =>
        left.Currency == right.Currency
            ? right
            : throw new InvalidOperationException($"{left.Currency} and {right.Currency} cannot be added");
}
