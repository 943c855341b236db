using System.Text;
using CsCheck;
using Shonin.Orders;
using Shonin.Web;

namespace Shonin.Specs.Web;

public sealed class StrictJsonSpecs
{
    private const string Good =
        """{"customer":{"email":"taro@example.jp","name":"山田太郎","locale":"ja"},"items":[{"sku":"A","name":"Tea","unitPrice":{"minorUnits":1200,"currency":"JPY"},"quantity":2}],"payment":{"card":"card_1"}}""";

    public static TheoryData<string, string, string, string> Bad =>
        new()
        {
            { Good, "", "malformed", "" },
            { Good, "{", "malformed", "" },
            { Good, "[]", "malformed", "" },
            { Good, "null", "malformed", "" },
            { Good, Good + " x", "malformed", "" },
            { "\"taro@example.jp\"", "7", "malformed", "/customer/email" },
            { "\"taro@example.jp\"", "null", "malformed", "/customer/email" },
            { "\"taro@example.jp\"", "\"\\ud800\"", "malformed", "/customer/email" },
            { "\"taro@example.jp\"", "\"a\\u0000b@example.jp\"", "malformed", "/customer/email" },
            { "\"taro@example.jp\"", "\"taro\"", "invalidCustomer", "/customer/email" },
            { "\"taro@example.jp\"", "\"taro@localhost\"", "invalidCustomer", "/customer/email" },
            { "\"email\":\"taro@example.jp\",", "", "malformed", "/customer/email" },
            { "\"email\"", "\"mail\"", "malformed", "/customer/mail" },
            { "\"locale\":\"ja\"", "\"locale\":\"fr\"", "invalidCustomer", "/customer/locale" },
            { "\"locale\":\"ja\"", "\"locale\":\"ja\",\"locale\":\"en\"", "malformed", "/customer/locale" },
            { "\"locale\":\"ja\"", "\"locale\":\"ja\",\"a/b\":1", "malformed", "/customer/a~1b" },
            { "\"山田太郎\"", "\"\"", "invalidCustomer", "/customer/name" },
            { "\"payment\":{\"card\":\"card_1\"}", "\"payment\":\"card_1\"", "malformed", "/payment" },
            { ",\"payment\":{\"card\":\"card_1\"}", "", "malformed", "/payment" },
            { "\"quantity\":2", "\"quantity\":0", "invalidItems", "/items/0/quantity" },
            { "\"quantity\":2", "\"quantity\":-1", "invalidItems", "/items/0/quantity" },
            { "\"quantity\":2", "\"quantity\":10000", "invalidItems", "/items/0/quantity" },
            { "\"quantity\":2", "\"quantity\":1.5", "invalidValue", "/items/0/quantity" },
            { "\"quantity\":2", "\"quantity\":\"2\"", "malformed", "/items/0/quantity" },
            { "\"minorUnits\":1200", "\"minorUnits\":12.5", "invalidAmount", "/items/0/unitPrice/minorUnits" },
            { "\"minorUnits\":1200", "\"minorUnits\":1e3", "invalidAmount", "/items/0/unitPrice/minorUnits" },
            { "\"minorUnits\":1200", "\"minorUnits\":99999999999999999999", "invalidAmount", "/items/0/unitPrice/minorUnits" },
            { "\"minorUnits\":1200", "\"minorUnits\":-1", "invalidAmount", "/items/0/unitPrice/minorUnits" },
            { "\"minorUnits\":1200", "\"minorUnits\":1000000000000", "invalidAmount", "/items/0/unitPrice/minorUnits" },
            { "\"minorUnits\":1200", "\"minorUnits\":0", "invalidAmount", "/items" },
            { "\"minorUnits\":1200", "\"minorUnits\":999999999999", "invalidAmount", "/items" },
            { "\"JPY\"", "\"XXX\"", "unknownCurrency", "/items/0/unitPrice/currency" },
            { "\"JPY\"", "\"jpy\"", "unknownCurrency", "/items/0/unitPrice/currency" },
            { "[{\"sku\"", "[[{\"sku\"", "malformed", "" },
            { "\"items\":[", "\"items\":[],\"x\":[", "malformed", "/x" },
            {
                "}],\"payment\"",
                "},{\"sku\":\"A\",\"name\":\"Tea\",\"unitPrice\":{\"minorUnits\":1,\"currency\":\"JPY\"},\"quantity\":1}],\"payment\"",
                "invalidItems",
                "/items/1/sku"
            },
            {
                "}],\"payment\"",
                "},{\"sku\":\"B\",\"name\":\"Tea\",\"unitPrice\":{\"minorUnits\":1,\"currency\":\"USD\"},\"quantity\":1}],\"payment\"",
                "invalidAmount",
                "/items/1/unitPrice/currency"
            },
            { "\"card_1\"}", "\"card_1\"},\"reference\":\"\"", "invalidValue", "/reference" },
        };

    [Theory]
    [MemberData(nameof(Bad))]
    public void A_bad_body_is_refused_at_its_very_field(string part, string with, string code, string pointer)
    {
        Assert.Contains(part, Good, StringComparison.Ordinal);
        var problem = Assert
            .IsType<Reading<OrderWish, Problem>.Refused>(Read(Encoding.UTF8.GetBytes(Good.Replace(part, with, StringComparison.Ordinal))))
            .Why;
        Assert.Equal((code, pointer), (ApiJson.Camel(problem.Code), problem.Pointer ?? ""));
        Assert.NotEmpty(problem.Detail);
    }

    [Theory]
    [InlineData("\"quantity\":2", "\"quantity\":9999")]
    [InlineData("\"minorUnits\":1200", "\"minorUnits\":499999999999")]
    [InlineData("\"locale\":\"ja\"", "\"locale\":\"en\",\"phone\":\"+81-3-0000-0000\"")]
    [InlineData("\"locale\":\"ja\"", "\"locale\":\"ja\",\"phone\":null")]
    [InlineData("\"card_1\"}", "\"card_1\"},\"reference\":\"shop-7\"")]
    [InlineData("\"taro@example.jp\"", "\"o'brien+shop@mail.example.co.jp\"")]
    public void Its_good_neighbour_is_taken(string part, string with) =>
        Assert.IsType<Reading<OrderWish, Problem>.Read>(Read(Encoding.UTF8.GetBytes(Good.Replace(part, with, StringComparison.Ordinal))));

    [Theory]
    [InlineData("\"items\":[", "\"items\":[null,", "/items/0")]
    [InlineData("\"sku\":\"A\"", "\"sku\":null", "/items/0/sku")]
    [InlineData("\"unitPrice\":{\"minorUnits\":1200,\"currency\":\"JPY\"}", "\"unitPrice\":null", "/items/0/unitPrice")]
    [InlineData("\"quantity\":2", "\"quantity\":null", "/items/0/quantity")]
    [InlineData("\"locale\":\"ja\"", "\"locale\":\"ja\",\"lo\\u0063ale\":\"ja\"", "/customer/locale")]
    [InlineData("\"locale\":\"ja\"", "\"locale\":\"ja\",\"\\ud800\":1", "/customer")]
    public void Null_and_names_written_in_another_way_are_no_way_around_it(string part, string with, string pointer) =>
        Assert.Equal(
            (ProblemCode.Malformed, pointer),
            Refusal(Good.Replace(part, with, StringComparison.Ordinal)) is { } why ? (why.Code, why.Pointer) : default
        );

    [Fact]
    public void Every_refusal_names_its_cause()
    {
        string[] scraps =
        [
            "null",
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "\"",
            "1",
            "1.5",
            "1e3",
            "-",
            "true",
            "// x",
            " ",
            "\"a\"",
            "\"a\":1,",
            "\\u0007",
            "\\ud800",
            "\"items\":[],",
        ];
        Gen.Select(Gen.Int[0, Good.Length], Gen.Int[0, 12], Gen.Int[0, scraps.Length - 1])
            .Sample(
                (at, size, scrap) =>
                    Refusal($"{Good[..at]}{scraps[scrap]}{Good[Math.Min(at + size, Good.Length)..]}")?.Detail != StrictJson.NoCauseFound
            );
    }

    [Fact]
    public void Nesting_stops_at_sixteen_levels() =>
        Assert.IsType<Reading<OrderWish, Problem>.Refused>(Read(Encoding.UTF8.GetBytes(new string('[', 17) + new string(']', 17))));

    [Fact]
    public void Bytes_that_are_no_text_are_refused_with_their_place() =>
        Assert.Contains(
            "byte 1",
            Assert.IsType<Reading<OrderWish, Problem>.Refused>(Read([(byte)'"', 0xff, (byte)'"'])).Why.Detail,
            StringComparison.Ordinal
        );

    [Fact]
    public void No_bytes_make_it_throw() => Gen.Byte.Array[0, 200].Sample(bytes => Read(bytes) is not null);

    [Fact]
    public void No_change_to_a_good_body_makes_it_throw() =>
        Gen.Select(Gen.Int[0, Encoding.UTF8.GetByteCount(Good) - 1], Gen.Byte)
            .Sample(
                (at, value) =>
                {
                    var bytes = Encoding.UTF8.GetBytes(Good);
                    bytes[at] = value;
                    return Read(bytes) is not null;
                }
            );

    [Fact]
    public void Spaces_and_the_order_of_names_do_not_make_another_body()
    {
        Assert.Equal(
            StrictJson.Canonical("""{"a":1,"b":[{"c":2,"d":3}]}"""u8.ToArray()),
            StrictJson.Canonical(""" { "b" : [ {"d":3, "c":2} ], "a":1 }"""u8.ToArray())
        );
        Assert.NotEqual(StrictJson.Canonical("""{"a":[1,2]}"""u8.ToArray()), StrictJson.Canonical("""{"a":[2,1]}"""u8.ToArray()));
    }

    private static Problem? Refusal(string body) =>
        (StrictJson.Read<PlaceOrderBody>(Encoding.UTF8.GetBytes(body)) as Reading<PlaceOrderBody, Problem>.Refused)?.Why;

    private static Reading<OrderWish, Problem> Read(byte[] body) =>
        StrictJson.Read<PlaceOrderBody>(body) switch
        {
            Reading<PlaceOrderBody, Problem>.Read(var wished) => OrderRequests.Parse(wished, itemCountMax: 100),
            Reading<PlaceOrderBody, Problem>.Refused(var problem) => new Reading<OrderWish, Problem>.Refused(problem),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
}
