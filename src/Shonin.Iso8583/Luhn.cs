using System.Numerics;

namespace Shonin.Iso8583;

/// <summary>
/// The last digit of a card number, which shows a wrong or swapped digit (ISO/IEC 7812-1 annex B): every second digit from the right is
/// doubled, and the sum of all digits is a multiple of ten.
/// </summary>
public static class Luhn
{
    /// <summary>Whether the last digit is right; also of no digits at all.</summary>
    /// <param name="digits">Digits of ASCII and nothing else; what else stands there makes the answer meaningless.</param>
    public static bool Passes(ReadOnlySpan<byte> digits) => Sum(digits, lastIsDoubled: false) % 10 == 0;

    /// <inheritdoc cref="Passes(ReadOnlySpan{byte})"/>
    public static bool Passes(ReadOnlySpan<char> digits) => Sum(digits, lastIsDoubled: false) % 10 == 0;

    /// <summary>The digit that makes these, with it behind them, pass.</summary>
    /// <param name="digits">As above.</param>
    public static char CheckDigit(ReadOnlySpan<char> digits) => (char)('0' + (10 - Sum(digits, lastIsDoubled: true) % 10) % 10);

    private static int Sum<T>(ReadOnlySpan<T> digits, bool lastIsDoubled)
        where T : IBinaryInteger<T>
    {
        var (sum, isDoubled) = (0, lastIsDoubled);
        for (var index = digits.Length - 1; index >= 0; index--, isDoubled = !isDoubled)
        {
            var digit = int.CreateTruncating(digits[index]) - '0';
            sum +=
                !isDoubled ? digit
                : digit < 5 ? 2 * digit
                : 2 * digit - 9;
        }
        return sum;
    }
}
