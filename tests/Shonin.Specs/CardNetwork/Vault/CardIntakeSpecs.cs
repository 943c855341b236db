using System.Text;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Shonin.CardNetwork.Vault;

namespace Shonin.Specs.CardNetwork.Vault;

public sealed class CardIntakeSpecs
{
    private const string Good = """{"number":"4242424242424242","expiry":"2030-12","securityCode":"123","holder":"HANAKO YAMADA"}""";

    private readonly CardIntake intake = new(
        VaultKeys.InMemory(Seeded.Bytes(1)),
        new FakeTimeProvider(new DateTimeOffset(2026, 11, 24, 9, 0, 0, TimeSpan.Zero))
    );

    [Fact]
    public void A_card_is_read_from_JSON()
    {
        var accepted = Accepted(Good);
        Assert.Equal("************4242 2030-12", accepted.Card.ToString());
        Assert.Equal("123", Encoding.ASCII.GetString(accepted.Card.SecurityCode.Reveal()));
        Assert.Empty(accepted.Others);
    }

    [Fact]
    public void The_holder_may_be_left_out() =>
        Accepted(Good.Replace(""","holder":"HANAKO YAMADA" """.Trim(), "", StringComparison.Ordinal));

    [Theory]
    [InlineData("", "malformed /number · malformed /expiry · malformed /securityCode")]
    [InlineData("{}", "malformed /number · malformed /expiry · malformed /securityCode")]
    [InlineData("[]", "malformed ")]
    [InlineData("4242424242424242", "malformed ")]
    [InlineData("""{"number":"4242424242424242"}{}""", "malformed ")]
    [InlineData("""{"number":"4242424242424242" """, "malformed ")]
    [InlineData(
        """{"number":4242424242424242,"expiry":202612,"securityCode":123,"holder":null}""",
        "malformed /number · malformed /expiry · malformed /securityCode · malformed /holder"
    )]
    [InlineData("""{"number":{"a":["4242424242424242"]},"expiry":"2030-12","securityCode":"123"}""", "malformed /number")]
    [InlineData(
        """{"number":"4242424242424241","expiry":"2030-13","securityCode":"12"}""",
        "invalidCard /number · invalidCard /expiry · invalidCard /securityCode"
    )]
    [InlineData("""{"number":"4242424242424242","expiry":"2026-10","securityCode":"123"}""", "invalidCard /expiry")]
    [InlineData("""{"number":"4242424242424242","expiry":"12/30","securityCode":"123"}""", "invalidCard /expiry")]
    [InlineData("""{"number":"4242424242424242","expiry":"2030-12","securityCode":"1234"}""", "invalidCard /securityCode")]
    [InlineData("""{"number":"378282246310005","expiry":"2030-12","securityCode":"123"}""", "invalidCard /securityCode")]
    [InlineData("""{"number":"4242424242424242","expiry":"2030-12","securityCode":"123","holder":"\u0007"}""", "invalidCard /holder")]
    [InlineData("""{"number":"4242424242424242","expiry":"2030-12","securityCode":"123","cvc":"123"}""", "malformed ")]
    [InlineData("""{"number":"4242424242424242","number":"4242424242424242","expiry":"2030-12","securityCode":"123"}""", "malformed ")]
    public void What_is_wrong_is_named_by_code_and_pointer_all_at_once(string json, string refusals) =>
        Assert.Equal(refusals, string.Join(" · ", Refused(json).Select(refusal => $"{refusal.Code} {refusal.Pointer}")));

    [Theory]
    [InlineData("2026-11"), InlineData("2030-12"), InlineData("2099-01")]
    public void A_card_is_good_through_the_month_of_its_expiry(string expiry) =>
        Accepted(Good.Replace("2030-12", expiry, StringComparison.Ordinal));

    [Fact]
    public void An_American_Express_card_has_a_code_of_four_digits() =>
        Accepted("""{"number":"378282246310005","expiry":"2030-12","securityCode":"1234"}""");

    [Fact]
    public void A_body_may_have_4096_bytes_and_not_one_more()
    {
        Accepted(Good.PadRight(CardIntake.BodySizeMaxBytes));
        Assert.Equal([CardFault.BodyTooLarge], Refused(Good.PadRight(CardIntake.BodySizeMaxBytes + 1)).Select(refusal => refusal.Fault));
    }

    [Fact]
    public void The_request_hash_covers_everything_but_the_security_code()
    {
        var hash = Accepted(Good).RequestHash;
        Assert.Equal(64, hash.Length);
        Assert.Equal(hash, Accepted(Good.Replace("123", "999", StringComparison.Ordinal)).RequestHash);
        Assert.Equal(hash, Accepted(Good.Replace("4242424242424242", "4242 4242 4242 4242", StringComparison.Ordinal)).RequestHash);
        Assert.NotEqual(hash, Accepted(Good.Replace("4242424242424242", "4000000000000002", StringComparison.Ordinal)).RequestHash);
        Assert.NotEqual(hash, Accepted(Good.Replace("2030-12", "2030-11", StringComparison.Ordinal)).RequestHash);
        Assert.NotEqual(hash, Accepted(Good.Replace("HANAKO", "TARO", StringComparison.Ordinal)).RequestHash);
        var otherKeys = new CardIntake(VaultKeys.InMemory(Seeded.Bytes(2)), TimeProvider.System);
        Assert.NotEqual(hash, Assert.IsType<CardReading.Accepted>(otherKeys.ParseJson(Encoding.UTF8.GetBytes(Good))).RequestHash);
    }

    [Theory]
    [InlineData(
        "number=4242+4242+4242+4242&expiry=12%2F30&securityCode=123&holder=%E5%B1%B1%E7%94%B0+%E8%8A%B1%E5%AD%90&lang=ja&back=%2Forders%2F1"
    )]
    [InlineData("lang=ja&number=%EF%BC%94242424242424242&expiry=1230&securityCode=123&back=/orders/1")]
    [InlineData("&lang=ja&&number=4242424242424242&expiry=2030-12&securityCode=123&back=/orders/1")]
    public void A_card_is_read_from_a_form_and_the_rest_of_the_form_comes_back(string form)
    {
        var accepted = Assert.IsType<CardReading.Accepted>(intake.ParseForm(Encoding.UTF8.GetBytes(form)));
        Assert.Equal("************4242 2030-12", accepted.Card.ToString());
        Assert.Equal(["lang=ja", "back=/orders/1"], accepted.Others.Select(field => $"{field.Key}={field.Value}"));
    }

    [Theory]
    [InlineData("12/30"), InlineData("12 / 30"), InlineData("12/2030"), InlineData("1230"), InlineData("１２／３０"), InlineData("2030-12")]
    [
        InlineData("2030/12"),
        InlineData("２０３０年１２月"),
        InlineData("12月2030年"),
        InlineData(" 12-30 "),
        InlineData("12 30"),
        InlineData("12.30"),
        InlineData("12ー30"),
        InlineData("122030")
    ]
    public void An_expiry_is_read_as_it_is_copied_from_the_card(string typed) =>
        Assert.Equal("2030-12", CardExpiry.ParseTyped(Encoding.UTF8.GetBytes(typed))?.ToString());

    [Theory]
    [
        InlineData("8/30"),
        InlineData("08/2030"),
        InlineData("8/2030"),
        InlineData("８／３０"),
        InlineData("8 / 30"),
        InlineData("2030-8"),
        InlineData("2030年8月"),
        InlineData("0830")
    ]
    public void A_month_of_one_digit_is_read_as_well(string typed) =>
        Assert.Equal("2030-08", CardExpiry.ParseTyped(Encoding.UTF8.GetBytes(typed))?.ToString());

    [Theory]
    [
        InlineData("830"),
        InlineData("30/8"),
        InlineData("8/230"),
        InlineData("0/30"),
        InlineData("8//30"),
        InlineData("30年8月"),
        InlineData("8/30 4242")
    ]
    [
        InlineData("13/30"),
        InlineData("00/30"),
        InlineData("30"),
        InlineData("12/3"),
        InlineData("12/1930"),
        InlineData("December"),
        InlineData("")
    ]
    public void Anything_else_is_no_expiry(string typed) => Assert.Null(CardExpiry.ParseTyped(Encoding.UTF8.GetBytes(typed)));

    [Fact]
    public void A_security_code_is_split_from_a_JSON_body_and_the_rest_goes_on_without_it()
    {
        var split = Assert.IsType<CodeReading.Accepted>(CardIntake.SplitJson("""{"card":"card_1","securityCode":"123","a":{"b":[1]}}"""u8));
        Assert.Equal("123", Encoding.ASCII.GetString(split.Code!.Reveal()));
        Assert.Equal("""{"card":"card_1","a":{"b":[1]}}""", Encoding.UTF8.GetString(split.Rest.Span));
    }

    [Theory]
    [InlineData("", "{}")]
    [InlineData(" {} ", "{}")]
    [InlineData("""{"method":"convenienceStore"}""", """{"method":"convenienceStore"}""")]
    public void A_confirmation_needs_no_security_code(string json, string rest)
    {
        var split = Assert.IsType<CodeReading.Accepted>(CardIntake.SplitJson(Encoding.UTF8.GetBytes(json)));
        Assert.Null(split.Code);
        Assert.Equal(rest, Encoding.UTF8.GetString(split.Rest.Span));
    }

    [Theory]
    [InlineData("""{"securityCode":"12"}""", CardFault.SecurityCodeMalformed)]
    [InlineData("""{"securityCode":""}""", CardFault.SecurityCodeMalformed)]
    [InlineData("""{"securityCode":123}""", CardFault.SecurityCodeNotText)]
    [InlineData("""{"number":"4242424242424242"}""", CardFault.CardNotWelcome)]
    [InlineData("""nonsense""", CardFault.BodyMalformed)]
    public void A_confirmation_that_is_wrong_is_refused(string json, CardFault fault) =>
        Assert.Equal(
            [fault],
            Assert.IsType<CodeReading.Refused>(CardIntake.SplitJson(Encoding.UTF8.GetBytes(json))).Refusals.Select(refusal => refusal.Fault)
        );

    [Fact]
    public void The_order_page_s_form_may_leave_the_code_empty()
    {
        var split = Assert.IsType<CodeReading.Accepted>(CardIntake.SplitForm("do=confirm&securityCode=&key=a%26b"u8));
        Assert.Null(split.Code);
        Assert.Equal("do=confirm&key=a%26b", Encoding.UTF8.GetString(split.Rest.Span));
        Assert.Equal("***", Assert.IsType<CodeReading.Accepted>(CardIntake.SplitForm("securityCode=123"u8)).Code?.ToString());
    }

    [Fact]
    public void Whatever_the_body_is_no_entrance_throws_and_no_refusal_repeats_a_digit_of_it() =>
        Gen.OneOf(
                Gen.Byte.Array[0, 80].Select(Encoding.Latin1.GetString),
                Gen.String[Gen.Char["{}[]\",:\\u0 number4242424242424242&=%"], 0, 60]
            )
            .Select(noise => Good.Insert(noise.Length % Good.Length, noise))
            .Sample(text =>
            {
                var body = Encoding.Latin1.GetBytes(text);
                var refusals = new List<CardRefusal>();
                refusals.AddRange(intake.ParseJson(body) is CardReading.Refused json ? json.Refusals : []);
                refusals.AddRange(intake.ParseForm(body) is CardReading.Refused form ? form.Refusals : []);
                refusals.AddRange(CardIntake.SplitJson(body) is CodeReading.Refused split ? split.Refusals : []);
                refusals.AddRange(CardIntake.SplitForm(body) is CodeReading.Refused splitForm ? splitForm.Refusals : []);
                Assert.DoesNotContain("4242", string.Concat(refusals), StringComparison.Ordinal);
            });

    [Fact]
    public void A_field_s_name_that_is_a_card_number_is_not_repeated() =>
        Assert.DoesNotContain("4242", string.Concat(Refused("""{"4242424242424242":1}""")), StringComparison.Ordinal);

    private CardReading.Accepted Accepted(string json) =>
        Assert.IsType<CardReading.Accepted>(intake.ParseJson(Encoding.UTF8.GetBytes(json)));

    private IReadOnlyList<CardRefusal> Refused(string json) =>
        Assert.IsType<CardReading.Refused>(intake.ParseJson(Encoding.UTF8.GetBytes(json))).Refusals;
}
