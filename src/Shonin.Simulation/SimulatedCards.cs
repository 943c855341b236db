using System.Globalization;
using Shonin.CardCompany.Accounts;
using Shonin.Iso8583;

namespace Shonin.Simulation;

/// <summary>
/// The cards of all customers, and their accounts: the kinds of the demo, as many of each as the orders need. A card that is refused is
/// stopped for the day at some time; with too few cards nobody could buy any more, and with too many none would ever be stopped.
/// </summary>
internal sealed class SimulatedCards
{
    private const int OrdersPerCard = 150;
    private const int IssuerDigits = 6;

    private static readonly string[] kinds =
    [
        "4242424242424242",
        "4242424242424242",
        "3566002020360505",
        "378282246310005",
        "5555555555554444",
        "4000000000000002",
        "4000000000009995",
        "4000000000000069",
        "4000000000000127",
        "4000000000000101",
        "4000000000003220",
        "4100000000000019",
        "5200000000000007",
    ];

    private readonly string[][] numbers;

    public SimulatedCards(int orders)
    {
        var count = 1 + orders / OrdersPerCard;
        numbers = [.. kinds.Select(kind => Enumerable.Range(0, count).Select(copy => NumberOf(kind, copy)).ToArray())];
        Accounts = new AccountBook([
            .. kinds.Distinct().SelectMany(kind => Enumerable.Range(0, count).Select(copy => EntryOf(kind, NumberOf(kind, copy)))),
        ]);
    }

    public AccountBook Accounts { get; }

    public string Draw(Random random)
    {
        var ofKind = numbers[random.Next(numbers.Length)];
        return ofKind[random.Next(ofKind.Length)];
    }

    private static AccountEntry EntryOf(string kind, string number) =>
        new(number, DemoAccounts.Book.Entries.Single(entry => entry.Number == kind).Account with { Last4 = number[^4..] });

    /// <summary>The kind's own number, then others of its issuer; kinds of one issuer differ in the next digits.</summary>
    private static string NumberOf(string kind, int copy)
    {
        if (copy == 0)
            return kind;
        var ofKind = kind[..IssuerDigits] + Array.IndexOf(kinds, kind).ToString("00", CultureInfo.InvariantCulture);
        var body = ofKind + copy.ToString(CultureInfo.InvariantCulture).PadLeft(kind.Length - ofKind.Length - 1, '0');
        return body + Luhn.CheckDigit(body);
    }
}
