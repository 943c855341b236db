using System.Text.Json;

namespace Shonin.Bench;

/// <summary>Cards that the card company of a measurement knows and approves.</summary>
public static class TestCards
{
    public const string Expiry = "2030-12";
    public const string SecurityCode = "123";

    public static IEnumerable<string> Numbers(int count) =>
        Enumerable.Range(0, count).Select(index => WithCheckDigit($"4000001{index:00000000}"));

    /// <summary>The file of accounts that a card company is started with.</summary>
    public static byte[] AccountsJson(IEnumerable<string> numbers) =>
        JsonSerializer.SerializeToUtf8Bytes(
            numbers.Select(number => new
            {
                number,
                expiry = Expiry,
                securityCode = SecurityCode,
                holder = "BENCH",
                birthDate = "1980-01-01",
                state = "open",
                arrears = false,
            })
        );

    /// <summary>The Luhn digit behind 15 others (ISO/IEC 7812-1 annex B).</summary>
    private static string WithCheckDigit(string digits)
    {
        var sum = 0;
        for (var index = 0; index < digits.Length; index++)
        {
            var value = (digits[index] - '0') * (index % 2 == 0 ? 2 : 1);
            sum += value > 9 ? value - 9 : value;
        }
        return digits + (10 - sum % 10) % 10;
    }
}
