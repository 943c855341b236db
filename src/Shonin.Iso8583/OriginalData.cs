using System.Globalization;
using System.Text;

namespace Shonin.Iso8583;

/// <summary>Field 90: which message a reversal, a capture or a refund is about.</summary>
/// <param name="Stan">The original's field 11, 0 to 999999.</param>
/// <param name="Transmitted">The original's field 7, ten digits.</param>
/// <param name="Acquirer">The original's field 32, up to 11 digits; on the wire right-justified with zeros.</param>
/// <param name="Forwarder">The original's field 33, or 0.</param>
public sealed record OriginalData(Mti Mti, int Stan, string Transmitted, long Acquirer, long Forwarder)
{
    private const int Length = 42; // 4 + 6 + 10 + 11 + 11.

    /// <summary>The original of a reversal or a capture, without a forwarder.</summary>
    public OriginalData(Mti mti, int stan, string transmitted, long acquirer)
        : this(mti, stan, transmitted, acquirer, Forwarder: 0) { }

    /// <summary>Reads a field's value. Never throws.</summary>
    public static FieldReading<OriginalData> Parse(ReadOnlySpan<byte> field)
    {
        if (field.Length != Length)
            return new FieldReading<OriginalData>.Unreadable($"DE 90 / byte 0: expected {Length} digits, got {field.Length} characters");
        if (field.IndexOfAnyExceptInRange((byte)'0', (byte)'9') is var unfit and >= 0)
            return new FieldReading<OriginalData>.Unreadable($"DE 90 / byte {unfit}: expected a digit, got another character");
        var digits = Encoding.ASCII.GetString(field);
        return new FieldReading<OriginalData>.Read(
            new OriginalData(
                Mti.Parse(digits[..4]),
                Number<int>(digits[4..10]),
                digits[10..20],
                Number<long>(digits[20..31]),
                Number<long>(digits[31..])
            )
        );
    }

    /// <summary>The field's value, 42 digits.</summary>
    /// <exception cref="ArgumentException">The transmission time is not ten digits, or a number is out of its range.</exception>
    public string Write()
    {
        Digits.Require(Transmitted, 10);
        return $"{Mti}{Digits.Of(Stan, 6)}{Transmitted}{Digits.Of(Acquirer, 11)}{Digits.Of(Forwarder, 11)}";
    }

    private static T Number<T>(string digits)
        where T : System.Numerics.INumber<T> => T.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
}

/// <summary>Field 95: the new total after a partial reversal, captured part included.</summary>
/// <param name="MinorUnits">0 to 999,999,999,999, in minor units of field 49's currency.</param>
public sealed record ReplacementAmount(long MinorUnits)
{
    private const int Length = 42;
    private const int AmountLength = 12;

    /// <summary>Reads a field's value. Never throws.</summary>
    public static FieldReading<ReplacementAmount> Parse(ReadOnlySpan<byte> field)
    {
        if (field.Length != Length)
        {
            return new FieldReading<ReplacementAmount>.Unreadable(
                $"DE 95 / byte 0: expected {AmountLength} digits and {Length - AmountLength} zeros, got {field.Length} characters"
            );
        }

        if (Message.DigitsMax18(field[..AmountLength]) is not { } minorUnits)
            return new FieldReading<ReplacementAmount>.Unreadable($"DE 95 / byte 0: expected {AmountLength} digits, got other characters");
        if (field[AmountLength..].IndexOfAnyExcept((byte)'0') is var unfit and >= 0)
        {
            return new FieldReading<ReplacementAmount>.Unreadable(
                $"DE 95 / byte {AmountLength + unfit}: expected zeros behind the amount, got another character"
            );
        }

        return new FieldReading<ReplacementAmount>.Read(new ReplacementAmount(minorUnits));
    }

    /// <summary>The field's value: 12 digits and 30 zeros.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The amount is negative or has more than 12 digits.</exception>
    public string Write() => Digits.Of(MinorUnits, AmountLength).PadRight(Length, '0');
}

/// <summary>Numbers in a fixed count of digits.</summary>
internal static class Digits
{
    public static string Of(long number, int digitCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        var digits = number.ToString(CultureInfo.InvariantCulture).PadLeft(digitCount, '0');
        ArgumentOutOfRangeException.ThrowIfGreaterThan(digits.Length, digitCount, nameof(number));
        return digits;
    }

    public static void Require(string digits, int digitCount)
    {
        if (digits.Length != digitCount || digits.AsSpan().ContainsAnyExceptInRange('0', '9'))
            throw new ArgumentException($"Expected {digitCount} digits, got {digits.Length} characters.", nameof(digits));
    }
}
