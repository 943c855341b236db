using CsCheck;
using Shonin.CardNetwork.Line;

namespace Shonin.Specs.CardNetwork.Line;

public sealed class LineScriptFileSpecs
{
    [Fact]
    public void The_demo_s_script_can_be_written_as_a_file()
    {
        var script = Read(
            """
            { "rules": [
              // comments are welcome
              { "name": "the first request of each order is lost", "cardEndsWith": "0119", "request": "0100", "per": "order", "first": 1, "do": "lose" },
              { "name": "the first request of the card's second order is lost", "cardEndsWith": "0135", "request": "0100", "per": "card", "skipOrders": 1, "first": 1, "do": "lose" },
              { "name": "the answer to each order's first request is lost", "cardEndsWith": "0259", "request": ["0100"], "per": "order", "first": 1, "affect": "answer", "do": "lose" },
              { "name": "the answer to each order's first request takes twice as long as the merchant waits", "cardEndsWith": "0341", "request": "0100", "per": "order", "first": 1, "affect": "answer", "do": "delay", "by": "00:00:04" },
            ] }
            """
        );
        Assert.Equal(Text(LineScript.Demo(TimeSpan.FromSeconds(2))), Text(script));
    }

    [Theory]
    [InlineData("""{"do":"lose"}""", "Lose { }")]
    [InlineData("""{"do":"delay","by":"00:00:01.5"}""", "Delay { By = 00:00:01.5000000 }")]
    [InlineData("""{"do":"repeat"}""", "Repeat { Times = 1, By = 00:00:00 }")]
    [InlineData("""{"do":"repeat","times":100,"by":"1.00:00:00"}""", "Repeat { Times = 100, By = 1.00:00:00 }")]
    [InlineData("""{"do":"cut","bytes":4097}""", "Cut { Bytes = 4097 }")]
    [InlineData("""{"do":"garble"}""", "Garble { }")]
    [InlineData("""{"do":"hold"}""", "Hold { }")]
    [InlineData("""{"do":"close"}""", "Close { }")]
    public void A_rule_does_one_thing(string rule, string action) =>
        Assert.Equal(action, Assert.Single(Read($$"""{"rules":[{{rule}}]}""").Rules).Action.ToString());

    [Theory]
    [InlineData("""{}""", "rules[0].do: missing; expected lose, delay, repeat, cut, garble, hold or close")]
    [InlineData("""{"do":"los"}""", "rules[0].do: expected lose, delay, repeat, cut, garble, hold or close, got \"los\"")]
    [InlineData("""7""", "rules[0]: expected an object")]
    [InlineData(
        """{"do":"lose","crad":"0119"}""",
        "rules[0].crad: unknown field; known are name, cardEndsWith, order, request, per, skipOrders, skip, first, affect, do, by, times, bytes"
    )]
    [InlineData("""{"do":"lose","cardEndsWith":"19"}""", "rules[0].cardEndsWith: expected four digits, got \"19\"")]
    [InlineData(
        """{"do":"lose","request":"100"}""",
        "rules[0].request: expected a type of four digits as in \"0100\", or a list of such, got \"100\""
    )]
    [InlineData(
        """{"do":"lose","request":[]}""",
        "rules[0].request: expected a type of four digits as in \"0100\", or a list of such, got []"
    )]
    [InlineData("""{"do":"lose","per":"day"}""", "rules[0].per: expected order, card or line, got \"day\"")]
    [InlineData("""{"do":"lose","first":0}""", "rules[0].first: expected 1 to 2147483647, got 0")]
    [InlineData("""{"do":"lose","skip":-1}""", "rules[0].skip: expected 0 to 2147483647, got -1")]
    [InlineData("""{"do":"lose","affect":"both"}""", "rules[0].affect: expected request or answer, got \"both\"")]
    [InlineData("""{"do":"lose","by":"00:00:01"}""", "rules[0].by: has no meaning with do = lose")]
    [InlineData("""{"do":"delay"}""", "rules[0].by: missing; expected a duration")]
    [InlineData("""{"do":"delay","by":"2s"}""", "rules[0].by: expected a duration hh:mm:ss of at most one day, got \"2s\"")]
    [InlineData("""{"do":"delay","by":"1.00:00:01"}""", "rules[0].by: expected a duration hh:mm:ss of at most one day, got \"1.00:00:01\"")]
    [InlineData("""{"do":"repeat","times":101}""", "rules[0].times: expected 1 to 100, got 101")]
    [InlineData("""{"do":"cut"}""", "rules[0].bytes: missing; expected 1 to 4097")]
    [InlineData("""{"do":"cut","bytes":4098}""", "rules[0].bytes: expected 1 to 4097, got 4098")]
    public void What_is_wrong_is_named_by_entry_and_field(string rule, string problem) =>
        Assert.Equal([problem], Problems($$"""{"rules":[{{rule}}]}"""));

    [Fact]
    public void All_problems_of_a_file_are_told_at_once() =>
        Assert.Equal(3, Problems("""{"rule":1,"rules":[{"do":"lose"},{"do":"x"},{"do":"cut","bytes":0}]}""").Count);

    [Theory]
    [InlineData("", "line 1, byte 1: not JSON")]
    [InlineData("{\n  x", "line 2, byte 3: not JSON")]
    [InlineData("[]", "rules: expected an object {\"rules\":[…]}")]
    public void A_file_that_is_no_script_says_where(string json, string problem) => Assert.Equal([problem], Problems(json));

    [Fact]
    public void A_script_has_a_thousand_rules_and_not_one_more()
    {
        static string Rules(int count) => $$"""{"rules":[{{string.Join(',', Enumerable.Repeat("""{"do":"lose"}""", count))}}]}""";
        Assert.Equal(1000, Read(Rules(1000)).Rules.Count);
        Assert.Equal(["rules: more than 1000 entries"], Problems(Rules(1001)));
        Assert.Single(Problems(new string(' ', LineScriptFile.SizeMaxChars + 1)));
    }

    [Fact]
    public void Whatever_the_text_is_reading_never_throws() =>
        Gen.String[Gen.Char["{}[]\":,rulesdo01 x"], 0, 60]
            .Sample(text =>
            {
                _ = LineScriptFile.Parse(text);
            });

    private static LineScript Read(string json) => Assert.IsType<ScriptReading.Read>(LineScriptFile.Parse(json)).Script;

    private static IReadOnlyList<string> Problems(string json) => Assert.IsType<ScriptReading.Refused>(LineScriptFile.Parse(json)).Problems;

    private static string Text(LineScript script) =>
        string.Join('\n', script.Rules.Select(rule => $"{rule with { Requests = [] }} {string.Join(' ', rule.Requests)}"));
}
