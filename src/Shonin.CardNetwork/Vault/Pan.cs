using System.Diagnostics;
using System.Text;
using System.Text.Json.Serialization;
using Shonin.Iso8583;

namespace Shonin.CardNetwork.Vault;

/// <summary>
/// A card number (primary account number, ISO/IEC 7812-1): 12 to 19 digits of which the last is the Luhn check digit. It prints as
/// stars and its last four digits; the rest leaves this project only in field 2 of a message.
/// </summary>
[DebuggerDisplay("{ToString(),nq}")]
[DebuggerTypeProxy(typeof(Masked))]
[JsonConverter(typeof(NeverSerialised<Pan>))]
public sealed class Pan : IDisposable
{
    public const int DigitCountMin = 12; // ISO/IEC 7812-1 allows 8 digits of issuer number; no card on the network is shorter than 12
    public const int DigitCountMax = 19; // ISO/IEC 7812-1; ISO 8583 field 2 is n..19

    private readonly Secret digits;

    private Pan(ReadOnlySpan<byte> digits)
    {
        this.digits = new Secret(digits);
        DigitCount = digits.Length;
        Brand = CardBrands.Of(digits);
        Last4 = Encoding.ASCII.GetString(digits[^4..]);
    }

    public int DigitCount { get; }
    public CardBrand Brand { get; }
    public string Last4 { get; }

    /// <summary>
    /// Reads a number as people type it: spaces, hyphens and full-width digits are understood.
    /// </summary>
    /// <param name="utf8">UTF-8; never longer than <see cref="TypedSizeMaxBytes"/>.</param>
    public static PanReading Parse(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > TypedSizeMaxBytes)
            return new PanReading.Refused(PanFault.WrongLength);
        Span<byte> digits = stackalloc byte[TypedSizeMaxBytes];
        try
        {
            var count = TypedDigits.Read(utf8, TypedDigits.NumberSeparators, digits);
            if (count < 0)
                return new PanReading.Refused(PanFault.NotDigits);
            digits = digits[..count];
            if (!CardBrands.Lengths(CardBrands.Of(digits)).Contains(count))
                return new PanReading.Refused(PanFault.WrongLength);
            return Luhn.Passes(digits) ? new PanReading.Read(new Pan(digits)) : new PanReading.Refused(PanFault.WrongCheckDigit);
        }
        finally
        {
            digits.Clear();
        }
    }

    /// <summary>A number that <see cref="Parse"/> accepted once, back from where it was kept.</summary>
    internal static Pan FromVault(ReadOnlySpan<byte> digits) => new(digits);

    /// <summary>19 digits, each full-width (3 bytes of UTF-8), and a separator of 3 bytes after every fourth.</summary>
    internal const int TypedSizeMaxBytes = 19 * 3 + 4 * 3;

    /// <summary>The digits in ASCII. Whoever copies them wipes the copy.</summary>
    internal ReadOnlySpan<byte> Reveal() => digits.Reveal();

    public bool SameAs(Pan other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return digits.SameAs(other.digits);
    }

    public override string ToString() => new string('*', DigitCount - 4) + Last4;

    public void Dispose() => digits.Dispose();

    /// <summary>What a debugger shows instead of the fields.</summary>
    private sealed class Masked(Pan pan)
    {
        public string Text { get; } = pan.ToString();
    }
}

public enum PanFault
{
    NotDigits,
    WrongLength,
    WrongCheckDigit,
}

/// <summary>A card number, or why the text is none. The text itself is in neither.</summary>
public abstract record PanReading
{
    private PanReading() { }

    public sealed record Read(Pan Pan) : PanReading;

    public sealed record Refused(PanFault Fault) : PanReading;
}

public enum CardBrand
{
    Other,
    Visa,
    Mastercard,
    Jcb,
    Amex,
}

/// <summary>Which leading digits belong to which brand, and how long its numbers are.</summary>
internal static class CardBrands
{
    /// <summary>First and last four leading digits of each range, as the schemes publish them.</summary>
    private static readonly (int First, int Last, CardBrand Brand)[] ranges =
    [
        (2221, 2720, CardBrand.Mastercard), // Mastercard's 2-series, in use since 2017
        (3400, 3499, CardBrand.Amex),
        (3528, 3589, CardBrand.Jcb),
        (3700, 3799, CardBrand.Amex),
        (4000, 4999, CardBrand.Visa),
        (5100, 5599, CardBrand.Mastercard),
    ];

    private static readonly int[] anyLength = [.. Enumerable.Range(Pan.DigitCountMin, Pan.DigitCountMax - Pan.DigitCountMin + 1)];
    private static readonly int[] visaLengths = [13, 16, 19];
    private static readonly int[] jcbLengths = [16, 17, 18, 19];
    private static readonly int[] mastercardLengths = [16];
    private static readonly int[] amexLengths = [15];

    internal static CardBrand Of(ReadOnlySpan<byte> digits)
    {
        if (digits.Length < 4)
            return CardBrand.Other;
        var leading = (digits[0] - '0') * 1000 + (digits[1] - '0') * 100 + (digits[2] - '0') * 10 + (digits[3] - '0');
        foreach (var (first, last, brand) in ranges)
        {
            if (leading >= first && leading <= last)
                return brand;
        }

        return CardBrand.Other;
    }

    internal static int[] Lengths(CardBrand brand) =>
        brand switch
        {
            CardBrand.Visa => visaLengths,
            CardBrand.Mastercard => mastercardLengths,
            CardBrand.Jcb => jcbLengths,
            CardBrand.Amex => amexLengths,
            CardBrand.Other => anyLength,
        };

    /// <summary>The brand as the merchant's records and its JSON spell it.</summary>
    internal static string Name(CardBrand brand) =>
        brand switch
        {
            CardBrand.Visa => "visa",
            CardBrand.Mastercard => "mastercard",
            CardBrand.Jcb => "jcb",
            CardBrand.Amex => "amex",
            CardBrand.Other => "other",
        };

    internal static int SecurityCodeLength(CardBrand brand) =>
        brand switch
        {
            CardBrand.Amex => 4,
            CardBrand.Visa or CardBrand.Mastercard or CardBrand.Jcb or CardBrand.Other => 3,
        };
}

/// <summary>Digits as people type them, on a Japanese keyboard too.</summary>
internal static class TypedDigits
{
    internal const string NumberSeparators = " -\u3000－‐ー";

    /// <summary>Copies the digits of <paramref name="utf8"/> as ASCII; -1 where it holds anything but digits and separators.</summary>
    internal static int Read(ReadOnlySpan<byte> utf8, string separators, Span<byte> digits)
    {
        var count = 0;
        while (!utf8.IsEmpty)
        {
            // Broken UTF-8 decodes to U+FFFD, which is neither digit nor separator.
            _ = Rune.DecodeFromUtf8(utf8, out var rune, out var sizeBytes);
            utf8 = utf8[sizeBytes..];
            if (rune.Value is >= '0' and <= '9')
                digits[count++] = (byte)rune.Value;
            else if (rune.Value is >= '０' and <= '９')
                digits[count++] = (byte)(rune.Value - '０' + '0');
            else if (!rune.IsBmp || !separators.Contains((char)rune.Value, StringComparison.Ordinal))
                return -1;
        }
        return count;
    }
}
