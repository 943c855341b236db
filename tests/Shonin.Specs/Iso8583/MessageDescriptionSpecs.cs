using Shonin.Iso8583;

namespace Shonin.Specs.Iso8583;

public sealed class MessageDescriptionSpecs
{
    [Fact]
    public void Every_field_has_its_name_its_masked_value_and_its_meaning()
    {
        var description = Assert.IsType<MessageDescription.Whole>(
            MessageDescription.Of(Convert.ToHexString(Wire.Written(Wire.Ascii, Wire.Authorization())))
        );
        var lines = description.Lines.ToDictionary(line => line.Place);
        Assert.Equal(new DescriptionLine("MTI", "message type", "0100", "authorization request"), lines["MTI"]);
        Assert.Equal(
            new DescriptionLine("DE 2", "primary account number", "************4242", "only the last four digits are shown"),
            lines["DE 2"]
        );
        Assert.Equal("purchase", lines["DE 3"].Meaning);
        Assert.Equal("15,000 JPY", lines["DE 4"].Meaning);
        Assert.Equal("month and day 11-24, 01:02:03 UTC", lines["DE 7"].Meaning);
        Assert.Equal("(hidden)", lines["DE 14"].Value);
        Assert.Equal("the customer is in the web shop", lines["DE 25"].Meaning);
        Assert.Equal(new DescriptionLine("DE 48/20", "initiator and reason", "C0", "the customer"), lines["DE 48/20"]);
        Assert.Equal(new DescriptionLine("DE 48/92", "security code", "(hidden)", "never shown"), lines["DE 48/92"]);
        Assert.Equal("yen", lines["DE 49"].Meaning);
        Assert.DoesNotContain("424242", description.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("123 ", description.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0110", 39, "00", "approved")]
    [InlineData("0110", 39, "43", "stolen card")]
    [InlineData("0110", 39, "ZZ", "a code that the profile does not define: a decline")]
    [InlineData("0420", 39, "68", "because the answer came too late or never")]
    [InlineData("0430", 39, "25", "no such record")]
    [InlineData("0800", 70, "301", "echo")]
    [InlineData("0110", 44, "G30", "held: the cardholder is to contact the card company")]
    [InlineData("0110", 54, "0057392C000000015000", "original amount 15,000 JPY")]
    [InlineData(
        "0420",
        90,
        "010012345611240102030004999000100000000000",
        "the 0100 number 123456 of month and day 11-24, 01:02:03 UTC, acquirer 49990001"
    )]
    [InlineData("0420", 95, "000000005000000000000000000000000000000000", "new total 5,000 JPY")]
    [InlineData("0110", 3, "200000", "refund")]
    [InlineData("0110", 3, "001020", "purchase, from account type 10 to 20")]
    public void Codes_are_said_in_words(string type, int field, string value, string meaning)
    {
        var line = MessageDescription
            .LinesOf(new Message(Mti.Parse(type)).Set(field, value).Set(49, 392), Wire.Ascii)
            .Single(line => line.Place == $"DE {field}");
        Assert.Equal(meaning, line.Meaning);
    }

    [Theory]
    [InlineData(840, "150.00 USD")]
    [InlineData(392, "15,000 JPY")]
    [InlineData(0, "15,000 minor units of a currency not known here")]
    public void An_amount_has_the_decimals_of_its_currency(int currency, string meaning) =>
        Assert.Equal(
            meaning,
            MessageDescription.LinesOf(new Message(Mti.Parse("0100")).Set(4, 15000).Set(49, currency), Wire.Ascii)[1].Meaning
        );

    [Theory]
    [InlineData("0110", "authorization answer to a request")]
    [InlineData("0421", "reversal advice, repeated")]
    [InlineData("0800", "network management request")]
    [InlineData("1100", "a message of another version of ISO 8583 than 1987 (first digit 1)")]
    public void A_message_type_is_said_in_words(string type, string meaning) =>
        Assert.Equal(meaning, MessageDescription.LinesOf(new Message(Mti.Parse(type)), Wire.Ascii)[0].Meaning);

    [Theory]
    [InlineData("0800 8220000100800000 0400000000000000 1124010203 123456 06499901 5445524D30303031 0301", WireEncoding.Binary)]
    [InlineData("0028 0800 8220000100800000 0400000000000000 1124010203 123456 06499901 5445524D30303031 0301", WireEncoding.Binary)]
    [InlineData("30383030 30323230303030303030303030303030 31313234303130323033 313233343536", WireEncoding.Ascii)]
    [InlineData("0024 30383030 30323230303030303030303030303030 31313234303130323033 313233343536", WireEncoding.Ascii)]
    public void The_encoding_and_a_frames_length_are_detected(string hex, WireEncoding encoding) =>
        Assert.Equal(encoding, Assert.IsType<MessageDescription.Whole>(MessageDescription.Of(hex)).Encoding);

    [Theory]
    [InlineData("", 0, "expected pairs of hexadecimal digits, got 0 digits in all")]
    [InlineData("30 3", 4, "expected pairs of hexadecimal digits, got 3 digits in all")]
    [InlineData("30 3g", 4, "expected a hexadecimal digit, got 'g'")]
    [InlineData("30\u30423", 2, "expected a hexadecimal digit, got U+3042")]
    public void What_is_not_hexadecimal_is_named_with_its_place(string hex, int offset, string problem) =>
        Assert.Equal(new MessageDescription.NotHexadecimal(offset, problem), MessageDescription.Of(hex));

    [Fact]
    public void More_bytes_than_the_longest_frame_are_refused_and_just_as_many_are_read()
    {
        Assert.IsType<MessageDescription.Malformed>(MessageDescription.Of(new string('3', 4098 * 2)));
        Assert.IsType<MessageDescription.NotHexadecimal>(MessageDescription.Of(new string('3', 4098 * 2 + 1)));
    }

    [Fact]
    public void A_malformed_message_says_where_and_shows_no_card_number()
    {
        var bytes = Wire.Written(Wire.Ascii, Wire.Authorization());
        var description = Assert.IsType<MessageDescription.Malformed>(MessageDescription.Of(bytes.AsSpan(0, bytes.Length - 1), Wire.Ascii));
        Assert.Equal(63, description.Error.Field);
        Assert.Contains("Malformed: DE 63 / offset", description.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("4242", description.ToString(), StringComparison.Ordinal);
    }
}
