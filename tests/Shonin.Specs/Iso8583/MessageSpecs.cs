using System.Text;
using Shonin.Iso8583;

namespace Shonin.Specs.Iso8583;

public sealed class MessageSpecs
{
    [Theory]
    [InlineData("SHONIN", "SHONIN")]
    [InlineData("Café Zürich", "Cafe Zurich")]
    [InlineData("Straße", "Strasse")]
    [InlineData("Ｓｈｏｐ　１", "Shop 1")]
    [InlineData("承認", "??")]
    [InlineData("ガ", "?")]
    [InlineData("a\tb\u007F", "a?b?")]
    [InlineData("\U0001F600", "?")]
    [InlineData("x\uFFFE\uFFFF", "x??")] // no characters at all
    public void Text_outside_ASCII_is_transliterated_or_a_question_mark(string text, string plain) =>
        Assert.Equal(plain, new Message(Mti.Parse("0100")).Set(43, text).Text(43));

    [Fact]
    public void Half_a_character_is_one_question_mark() => Assert.Equal("x?y", new Message(Mti.Parse("0100")).Set(43, "x\uD83Dy").Text(43));

    [Fact]
    public void Every_character_of_the_basic_plane_becomes_printable_ASCII()
    {
        for (int code = char.MinValue; code <= char.MaxValue; code++)
        {
            Assert.False(
                new Message(Mti.Parse("0100")).Set(43, ((char)code).ToString()).Bytes(43).ContainsAnyExceptInRange((byte)0x20, (byte)0x7E)
            );
        }
    }

    [Fact]
    public void Bytes_that_text_cannot_hold_are_question_marks_on_the_wire()
    {
        var message = new Message(Mti.Parse("0800")).Set(41, [(byte)'W', 0x80, 0x1F, 0x7F]);
        Assert.Equal("0800" + "0000000000800000" + "W???    ", Encoding.ASCII.GetString(Wire.Written(Wire.Ascii, message)));
    }

    [Fact]
    public void Values_are_set_replaced_and_removed_in_any_order()
    {
        var message = new Message(Mti.Parse("0100"))
            .Set(11, 7)
            .Set(4, 15000)
            .Set(63, "NET")
            .Set(4, 1)
            .Set(63, "A LONGER ONE")
            .Set(11, 123456);
        Assert.Equal([4, 11, 63], message.Fields);
        Assert.Equal((1L, 123456L, "A LONGER ONE"), (message.Number(4), message.Number(11), message.Text(63)));
        Assert.Equal([4, 63], message.Remove(11).Remove(11).Fields);
        Assert.Equal((null, null, "A LONGER ONE"), (message.Number(11), message.Text(11), message.Text(63)));
        Assert.Null(message.Number(63));
    }

    [Theory]
    [InlineData("999999999999999999", 999_999_999_999_999_999)]
    [InlineData("1000000000000000000", null)]
    [InlineData("", null)]
    [InlineData("12 ", null)]
    public void A_number_has_up_to_18_digits_and_nothing_else(string text, long? number) =>
        Assert.Equal(number, new Message(Mti.Parse("0100")).Set(2, text).Number(2));

    [Fact]
    public void A_negative_number_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Message(Mti.Parse("0100")).Set(4, -1));

    [Fact]
    public void The_same_fields_under_another_type_are_their_own()
    {
        var first = Wire.Authorization();
        var repeat = new Message(first.Mti.Repeat(), first).Remove(48);
        Assert.Equal("0101", repeat.Mti.ToString());
        Assert.Equal([48], first.DifferingFields(repeat));
        Assert.NotNull(first.Text(48));
        Assert.Empty(first.DifferingFields(repeat.SetFrom(first, 48, 54)));
    }

    [Theory]
    [InlineData(0, "message: its type and bitmaps do not fit the 0 bytes given")]
    [InlineData(19, "message: its type and bitmaps do not fit the 19 bytes given")]
    [InlineData(25, "DE 11: does not fit the 25 bytes given")]
    public void A_destination_that_is_too_small_is_refused(int byteCount, string what) =>
        Assert.Equal(
            what,
            Assert.IsType<WriteResult.Refused>(Wire.Ascii.Write(new Message(Mti.Parse("0800")).Set(11, 7), new byte[byteCount])).Error.What
        );

    [Fact]
    public void A_destination_that_just_fits_is_filled() =>
        Assert.Equal(new WriteResult.Written(26), Wire.Ascii.Write(new Message(Mti.Parse("0800")).Set(11, 7), new byte[26]));

    [Theory]
    [InlineData("0100", "0110", "0101", "0100")]
    [InlineData("0101", "0110", "0101", "0100")]
    [InlineData("0102", "0112", "0103", "0102")]
    [InlineData("0120", "0130", "0121", "0120")]
    [InlineData("0421", "0430", "0421", "0420")]
    [InlineData("0800", "0810", "0801", "0800")]
    public void A_request_or_advice_has_its_answer_its_repeat_and_its_first_type(string type, string answer, string repeat, string first)
    {
        var mti = Mti.Parse(type);
        Assert.Equal((answer, repeat, first), (mti.Answer().ToString(), mti.Repeat().ToString(), mti.First().ToString()));
        Assert.Equal(type != first, mti.IsRepeat);
        Assert.True(mti.ExpectsAnswer);
        Assert.True(mti.Answer().IsAnswer);
    }

    [Theory]
    [InlineData("0110")]
    [InlineData("0430")]
    [InlineData("0140")]
    [InlineData("0190")]
    public void Neither_an_answer_nor_a_notification_is_answered(string type)
    {
        Assert.False(Mti.Parse(type).ExpectsAnswer);
        Assert.Throws<InvalidOperationException>(() => Mti.Parse(type).Answer());
    }

    [Theory]
    [InlineData("0420", MessageClass.Reversal, MessageFunction.Advice)]
    [InlineData("0810", MessageClass.NetworkManagement, MessageFunction.RequestAnswer)]
    [InlineData("0990", MessageClass.Reserved, MessageFunction.Reserved)]
    public void A_type_says_what_it_is_about_and_what_is_to_be_done(string type, MessageClass about, MessageFunction function) =>
        Assert.Equal((about, function), (Mti.Parse(type).Class, Mti.Parse(type).Function));

    [Theory]
    [InlineData("")]
    [InlineData("100")]
    [InlineData("01000")]
    [InlineData("01A0")]
    [InlineData("０１００")]
    public void A_type_of_anything_but_four_digits_is_refused(string digits) => Assert.Throws<FormatException>(() => Mti.Parse(digits));
}
