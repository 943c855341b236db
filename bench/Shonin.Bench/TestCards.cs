using System.Text.Json;
using Shonin.Iso8583;

namespace Shonin.Bench;

/// <summary>Cards that the card company of a measurement knows and approves.</summary>
public static class TestCards
{
    public const string Expiry = "2030-12";
    public const string SecurityCode = "123";

    public static IEnumerable<string> Numbers(int count) =>
        Enumerable.Range(0, count).Select(index => $"4000001{index:00000000}").Select(body => body + Luhn.CheckDigit(body));

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
}
