using System.Text;
using Shonin.CardCompany.Accounts;
using Shonin.CardCompany.Deciding;

namespace Shonin.Specs.CardCompany;

public sealed class AccountsFileSpecs
{
    private const string Whole =
        """{"number":"4242424242424242","expiry":"2030-12","securityCode":"123","holder":"TARO YAMADA","birthDate":"1980-01-01","phone":"+81 3 0000 0000","limit":{"minorUnits":10000,"currency":"JPY"},"state":"open","arrears":false,"answers":"refer:01","adviceCode":"03","networkCode":"G30"}""";

    [Fact]
    public void A_whole_entry_becomes_an_account()
    {
        var book = Assert.IsType<AccountsRead.Read>(Parse($"[{Whole}]")).Book;
        var (number, account) = Assert.Single(book.Entries);
        Assert.Equal("4242424242424242", number);
        Assert.Equal(
            (
                "4242",
                new Expiry(2030, 12),
                AccountState.Open,
                ArrearsState.None,
                new Amount(10_000, "JPY"),
                new AnswerRule.Refer("01"),
                "03",
                "G30"
            ),
            (
                account.Last4,
                account.Expiry,
                account.State,
                account.Arrears,
                account.Limit,
                account.Rule,
                account.AdviceCode,
                account.NetworkCode
            )
        );
        Assert.True(account.SecurityCode.Matches(new ComparedSecret("123")));
    }

    [Theory]
    [InlineData("open", "state")]
    [InlineData("blocked", "state")]
    [InlineData("lost", "state")]
    [InlineData("stolen", "state")]
    [InlineData("expired", "state")]
    [InlineData("closed", "state")]
    public void Every_state_of_the_file_is_known(string state, string field) =>
        Assert.IsType<AccountsRead.Read>(
            Parse($"[{Whole.Replace($"\"{field}\":\"open\"", $"\"{field}\":\"{state}\"", StringComparison.Ordinal)}]")
        );

    [Theory]
    [InlineData("\"4242424242424242\"", "\"4242424242424241\"", "number", "Luhn")]
    [InlineData("\"4242424242424242\"", "4242424242424242", "number", "digits")]
    [InlineData("\"number\"", "\"nummer\"", "nummer", "no such field")]
    [InlineData("2030-12", "2030-13", "expiry", "YYYY-MM")]
    [InlineData("\"123\"", "\"12\"", "securityCode", "3 or 4 digits")]
    [InlineData("TARO YAMADA", "", "holder", "a name")]
    [InlineData("1980-01-01", "1980-02-30", "birthDate", "YYYY-MM-DD")]
    [InlineData("+81 3 0000 0000", "call me", "phone", "digits")]
    [InlineData("\"minorUnits\":10000", "\"minorUnits\":-1", "limit", "minorUnits")]
    [InlineData("\"currency\":\"JPY\"", "\"currency\":\"XXX\"", "limit", "currency")]
    [InlineData("\"open\"", "\"opened\"", "state", "open, blocked")]
    [InlineData("false", "\"no\"", "arrears", "true or false")]
    [InlineData("refer:01", "refer:00", "answers", "not an approval")]
    [InlineData("refer:01", "decline:5", "answers", "decline:CC")]
    [InlineData("\"03\"", "\"3\"", "adviceCode", "2 digits")]
    [InlineData("G30", "G 30", "networkCode", "letters and digits")]
    [InlineData("\"phone\"", "\"holder\"", "holder", "each field once")]
    public void A_fault_is_named_with_its_entry_and_field(string good, string bad, string field, string problem)
    {
        var faulty = Assert.IsType<AccountsRead.Faulty>(
            Parse(
                $"[{Whole.Replace("4242424242424242", "5555555555554444", StringComparison.Ordinal)},{Whole.Replace(good, bad, StringComparison.Ordinal)}]"
            )
        );
        Assert.Contains(faulty.Problems, text =>
            text.StartsWith($"entry 2, field \"{field}\": ", StringComparison.Ordinal) && text.Contains(problem, StringComparison.Ordinal)
        );
        Assert.DoesNotContain(faulty.Problems, text => text.Contains("424242", StringComparison.Ordinal));
    }

    [Fact]
    public void A_number_may_be_there_once_and_all_problems_are_told_at_once()
    {
        var problems = Assert.IsType<AccountsRead.Faulty>(Parse($"[{Whole},{Whole},7]")).Problems;
        Assert.Contains("entry 2, field \"number\": expected a number that no earlier entry has", problems);
        Assert.Contains("entry 3: expected an object", problems);
    }

    [Theory]
    [InlineData("{}", "expected an array")]
    [InlineData("[\n{", "line 2")]
    [InlineData("", "not JSON")]
    public void What_is_no_list_of_accounts_is_said_to_be_none(string json, string problem) =>
        Assert.Contains(problem, Assert.Single(Assert.IsType<AccountsRead.Faulty>(Parse(json)).Problems), StringComparison.Ordinal);

    private static AccountsRead Parse(string json) => AccountsFile.Parse(Encoding.UTF8.GetBytes(json));
}
