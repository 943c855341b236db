using Shonin.CardCompany.Deciding;

namespace Shonin.CardCompany.Accounts;

/// <summary>
/// The cards of the demo and of tests: well-known test numbers, security code 123, any expiry that is not past. Cards that the line
/// plays tricks on approve here like any other: the card company's history is honest.
/// </summary>
public static class DemoAccounts
{
    private static readonly (string Number, Func<Account, Account> But)[] table =
    [
        ("4242424242424242", approves => approves),
        ("4000000000000002", card => card with { Rule = new AnswerRule.Decline("05") }),
        ("4000000000009995", card => card with { Limit = new Amount(10_000, Currencies.Yen) }),
        ("4000000000000069", card => card with { State = AccountState.Expired }),
        ("4000000000000127", card => card with { Rule = AnswerRule.RegisteredWrongly.Instance }),
        ("4000000000003220", card => card with { Arrears = ArrearsState.Due }),
        ("4000000000000101", card => card with { Rule = new AnswerRule.Refer("01") }),
        ("4000000000000119", approves => approves), // The line loses each order's first request.
        ("4000000000000135", approves => approves), // The line loses the first request of the card's second order: two orders in a row.
        ("4000000000000259", approves => approves), // The line loses the answer to it.
        ("4000000000000341", approves => approves), // The line delays that answer.
        ("4100000000000019", card => card with { State = AccountState.Stolen }),
        ("3566002020360505", approves => approves), // JCB
        ("378282246310005", approves => approves), // American Express
        ("5555555555554444", approves => approves), // Mastercard
        ("5200000000000007", card => card with { Rule = new AnswerRule.Decline("05"), AdviceCode = "03" }),
    ];

    public static AccountBook Book { get; } = new([.. table.Select(row => new AccountEntry(row.Number, row.But(Approves(row.Number))))]);

    private static Account Approves(string number) =>
        new(
            Last4: number[^4..],
            Holder: "DEMO CARDHOLDER",
            Expiry: null,
            new ComparedSecret("123"),
            AccountState.Open,
            ArrearsState.None,
            Limit: null,
            AnswerRule.Approve.Instance,
            AdviceCode: null,
            NetworkCode: null
        );
}
