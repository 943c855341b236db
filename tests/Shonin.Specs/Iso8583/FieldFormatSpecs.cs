using System.Text;
using Shonin.Iso8583;
using static Shonin.Iso8583.FieldKind;
using static Shonin.Iso8583.LengthForm;

namespace Shonin.Specs.Iso8583;

/// <summary>One field at a time, in a format that has only field 3: what its value is on both wires, and what is one too many.</summary>
public sealed class FieldFormatSpecs
{
    private const string BitmapOf3 = "2000000000000000";
    private const int AsciiHeaderBytes = 4 + 16;
    private const int BinaryHeaderBytes = 2 + 8;

    [Theory]
    // The format, the value that is set, the characters on an ASCII wire, the bytes on a binary one, and the value that is read back.
    [InlineData(Numeric, Fixed, 4, "1234", "1234", "1234", "1234")]
    [InlineData(Numeric, Fixed, 4, "7", "0007", "0007", "0007")]
    [InlineData(Numeric, Fixed, 3, "812", "812", "0812", "812")]
    [InlineData(Numeric, Fixed, 3, "1", "001", "0001", "001")]
    [InlineData(Numeric, Fixed, 1, "9", "9", "09", "9")]
    [InlineData(Alphabetic, Fixed, 3, "JPY", "JPY", "4A5059", "JPY")]
    [InlineData(Alphabetic, Fixed, 3, "a", "a  ", "612020", "a  ")]
    [InlineData(Alphanumeric, Fixed, 6, "A1B2C3", "A1B2C3", "413142324333", "A1B2C3")]
    [InlineData(Alphanumeric, Fixed, 6, "A1", "A1    ", "413120202020", "A1    ")]
    [InlineData(Alphanumeric, Fixed, 2, "", "  ", "2020", "  ")]
    [InlineData(FieldKind.Text, Fixed, 4, "a-Z~", "a-Z~", "612D5A7E", "a-Z~")]
    [InlineData(FieldKind.Text, Fixed, 4, " a", " a  ", "20612020", " a  ")]
    [InlineData(Numeric, Ll, 19, "4242424242424242426", "194242424242424242426", "1904242424242424242426", "4242424242424242426")]
    [InlineData(Numeric, Ll, 19, "4242424242424242", "164242424242424242", "164242424242424242", "4242424242424242")]
    [InlineData(Numeric, Ll, 11, "1", "011", "0101", "1")]
    [InlineData(Numeric, Ll, 11, "", "00", "00", "")]
    [InlineData(Numeric, Lll, 120, "12345", "00512345", "0005012345", "12345")]
    [InlineData(FieldKind.Text, Ll, 25, "G30", "03G30", "03473330", "G30")]
    [InlineData(FieldKind.Text, Ll, 25, "G ", "02G ", "024720", "G ")]
    [InlineData(FieldKind.Text, Lll, 999, "N1", "002N1", "00024E31", "N1")]
    [InlineData(Alphanumeric, Lll, 120, "0C", "0020C", "00023043", "0C")]
    [InlineData(Track, Ll, 37, "12=3", "0412=3", "0412D3", "12=3")]
    [InlineData(Track, Ll, 37, "1=3", "031=3", "0301D3", "1=3")]
    [InlineData(SignedNumeric, Fixed, 5, "C1234", "C1234", "431234", "C1234")]
    [InlineData(SignedNumeric, Fixed, 5, "D12", "D0012", "440012", "D0012")]
    [InlineData(SignedNumeric, Fixed, 4, "C123", "C123", "430123", "C123")]
    public void A_value_is_padded_justified_and_packed_as_its_format_says(
        FieldKind kind,
        LengthForm form,
        int max,
        string value,
        string ascii,
        string binary,
        string read
    )
    {
        var asciiBytes = Wire.Bytes("0800" + BitmapOf3 + ascii);
        foreach (
            var (format, bytes) in new[]
            {
                (Format(WireEncoding.Ascii, kind, form, max), asciiBytes),
                (Format(WireEncoding.Binary, kind, form, max), Wire.Hex("0800" + BitmapOf3 + binary)),
            }
        )
        {
            Assert.Equal(
                Convert.ToHexString(bytes),
                Convert.ToHexString(Wire.Written(format, new Message(Mti.Parse("0800")).Set(3, value)))
            );
            var message = Wire.Parsed(format, bytes);
            Assert.Equal(read, Encoding.ASCII.GetString(message.Bytes(3)));
            Assert.Equal(bytes, Wire.Written(format, message));
        }
    }

    [Theory]
    [InlineData(Numeric, Fixed, 3, "1234", "DE 3: 4 digits, at most 3")]
    [InlineData(Numeric, Fixed, 3, "1A", "DE 3: expected digits, got something else as character 2 of 2")]
    [InlineData(Numeric, Fixed, 3, "1 ", "DE 3: expected digits, got something else as character 2 of 2")]
    [InlineData(Alphabetic, Fixed, 3, "ABCD", "DE 3: 4 letters, at most 3")]
    [InlineData(Alphabetic, Fixed, 3, "AB1", "DE 3: expected letters, got something else as character 3 of 3")]
    [InlineData(Alphanumeric, Fixed, 6, "A1B2C3D", "DE 3: 7 letters and digits, at most 6")]
    [InlineData(Alphanumeric, Fixed, 6, "A-1", "DE 3: expected letters and digits, got something else as character 2 of 3")]
    [InlineData(Alphanumeric, Fixed, 6, " A1", "DE 3: expected letters and digits, got something else as character 1 of 3")]
    [InlineData(Alphanumeric, Ll, 6, "A1 ", "DE 3: expected letters and digits, got something else as character 3 of 3")]
    [InlineData(FieldKind.Text, Fixed, 4, "abcde", "DE 3: 5 printable ASCII characters, at most 4")]
    [InlineData(Numeric, Ll, 3, "1234", "DE 3: 4 digits, at most 3")]
    [InlineData(FieldKind.Text, Ll, 3, "abcd", "DE 3: 4 printable ASCII characters, at most 3")]
    [InlineData(FieldKind.Text, Lll, 3, "abcd", "DE 3: 4 printable ASCII characters, at most 3")]
    [InlineData(Track, Ll, 3, "12=3", "DE 3: 4 digits and '=', at most 3")]
    [InlineData(Track, Ll, 3, "1^3", "DE 3: expected digits and '=', got something else as character 2 of 3")]
    [InlineData(SignedNumeric, Fixed, 5, "C12345", "DE 3: 6 C or D and digits, at most 5")]
    [InlineData(SignedNumeric, Fixed, 5, "123", "DE 3: expected C or D and digits, got something else as character 1 of 3")]
    [InlineData(FieldKind.Binary, Fixed, 2, "a", "DE 3: 1 bytes, exactly 2")]
    [InlineData(FieldKind.Binary, Fixed, 2, "abc", "DE 3: 3 bytes, exactly 2")]
    [InlineData(FieldKind.Binary, Ll, 2, "abc", "DE 3: 3 bytes, at most 2")]
    public void A_value_that_does_not_fit_its_format_is_refused_with_its_field(
        FieldKind kind,
        LengthForm form,
        int max,
        string value,
        string problem
    )
    {
        foreach (var encoding in Enum.GetValues<WireEncoding>())
            Assert.Equal(problem, Wire.Refused(Format(encoding, kind, form, max), new Message(Mti.Parse("0800")).Set(3, value)));
    }

    [Theory]
    [InlineData(FieldKind.Binary, Fixed, 2, "ABCD", "ABCD")]
    [InlineData(FieldKind.Binary, Ll, 9, "02ABCD", "02ABCD")]
    [InlineData(FieldKind.Binary, Lll, 9, "002ABCD", "0002ABCD")]
    public void Bytes_are_hexadecimal_in_ascii_and_themselves_in_binary_and_their_length_counts_bytes(
        FieldKind kind,
        LengthForm form,
        int max,
        string ascii,
        string binary
    )
    {
        byte[] value = [0xAB, 0xCD];
        var message = new Message(Mti.Parse("0800")).Set(3, value);
        var (asciiFormat, binaryFormat) = (Format(WireEncoding.Ascii, kind, form, max), Format(WireEncoding.Binary, kind, form, max));
        Assert.Equal("0800" + BitmapOf3 + ascii, Encoding.ASCII.GetString(Wire.Written(asciiFormat, message)));
        Assert.Equal("0800" + BitmapOf3 + binary, Convert.ToHexString(Wire.Written(binaryFormat, message)));
        Assert.Equal(value, Wire.Parsed(asciiFormat, Wire.Bytes("0800" + BitmapOf3 + ascii)).Bytes(3));
        Assert.Equal(value, Wire.Parsed(asciiFormat, Wire.Bytes("0800" + BitmapOf3 + ascii.ToLowerInvariant())).Bytes(3));
        Assert.Equal(value, Wire.Parsed(binaryFormat, Wire.Hex("0800" + BitmapOf3 + binary)).Bytes(3));
    }

    [Theory]
    [InlineData(Numeric, Ll, 99)]
    [InlineData(FieldKind.Text, Ll, 99)]
    [InlineData(Numeric, Lll, 999)]
    [InlineData(FieldKind.Text, Lll, 999)]
    [InlineData(FieldKind.Text, Fixed, 999)]
    [InlineData(FieldKind.Binary, Lll, 999)]
    public void The_longest_value_that_a_length_can_tell_comes_back_and_one_more_is_refused(FieldKind kind, LengthForm form, int max)
    {
        foreach (var encoding in Enum.GetValues<WireEncoding>())
        {
            var format = Format(encoding, kind, form, max);
            var value = new string('7', max);
            Assert.Equal(
                Wire.Bytes(value),
                Wire.Parsed(format, Wire.Written(format, new Message(Mti.Parse("0800")).Set(3, value))).Bytes(3)
            );
            Assert.StartsWith(
                $"DE 3: {max + 1} ",
                Wire.Refused(format, new Message(Mti.Parse("0800")).Set(3, value + "7")),
                StringComparison.Ordinal
            );
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => new FieldSpec(3, "longer than its length can tell", kind, form, max + 1));
    }

    [Theory]
    // The format, and the field's bytes as they came; where in the field the error is, and its words.
    [InlineData(Numeric, Fixed, 4, "12A4", 2, "expected 4 digits, got 'A'")]
    [InlineData(Numeric, Fixed, 4, "12 4", 2, "expected 4 digits, got ' '")]
    [InlineData(Numeric, Fixed, 4, "123", 0, "expected 4 digits in 4 bytes, got the end of the message after 3")]
    [InlineData(Numeric, Ll, 3, "041234", 0, "expected at most 3 digits, got a length of 4")]
    [InlineData(Numeric, Ll, 3, "0A", 1, "expected a length of 2 digits, got 'A'")]
    [InlineData(Numeric, Ll, 3, " 3123", 0, "expected a length of 2 digits, got ' '")]
    [InlineData(Numeric, Ll, 3, "0", 0, "expected 2 bytes, got the end of the message after 1")]
    [InlineData(FieldKind.Text, Lll, 3, "004abcd", 0, "expected at most 3 printable ASCII characters, got a length of 4")]
    [InlineData(FieldKind.Text, Lll, 3, "003a\u0001c", 4, "expected 3 printable ASCII characters, got byte 0x01")]
    [InlineData(FieldKind.Text, Lll, 3, "003ab\u007F", 5, "expected 3 printable ASCII characters, got byte 0x7F")]
    [InlineData(Alphanumeric, Fixed, 3, "A-1", 1, "expected 3 letters and digits, got '-'")]
    [InlineData(Alphanumeric, Fixed, 3, " A1", 0, "expected 3 letters and digits, got ' '")]
    [InlineData(Alphabetic, Fixed, 3, "AB1", 2, "expected 3 letters, got '1'")]
    [InlineData(Track, Ll, 9, "041^34", 3, "expected 4 digits and '=', got '^'")]
    [InlineData(SignedNumeric, Fixed, 3, "X12", 0, "expected 3 C or D and digits, got 'X'")]
    [InlineData(SignedNumeric, Fixed, 3, "C1C", 2, "expected 3 C or D and digits, got 'C'")]
    [InlineData(FieldKind.Binary, Fixed, 2, "ABCG", 3, "expected 4 hexadecimal characters, got 'G'")]
    [InlineData(FieldKind.Binary, Fixed, 2, "ABC", 0, "expected 4 hexadecimal characters in 4 bytes, got the end of the message after 3")]
    public void What_is_wrong_in_an_ascii_field_is_named_with_its_place(
        FieldKind kind,
        LengthForm form,
        int max,
        string wire,
        int place,
        string problem
    ) =>
        Assert.Equal(
            new ParseError(3, AsciiHeaderBytes + place, problem),
            Wire.Malformed(Format(WireEncoding.Ascii, kind, form, max), Wire.Bytes("0800" + BitmapOf3 + wire)).Error
        );

    [Theory]
    [InlineData(Numeric, Fixed, 4, "12A4", 1, "expected 4 digits, got byte 0xA4")]
    [InlineData(Numeric, Fixed, 4, "124F", 1, "expected 4 digits, got 'O'")]
    [InlineData(Numeric, Fixed, 3, "1812", 0, "expected 3 digits, got byte 0x18")] // The padding is not 0.
    [InlineData(Numeric, Fixed, 3, "0A12", 0, "expected 3 digits, got byte 0x0A")]
    [InlineData(Numeric, Fixed, 4, "12", 0, "expected 4 digits in 2 bytes, got the end of the message after 1")]
    [InlineData(Numeric, Ll, 3, "041234", 0, "expected at most 3 digits, got a length of 4")]
    [InlineData(Numeric, Ll, 3, "0A", 0, "expected a length of 2 digits, got byte 0x0A")]
    [InlineData(Numeric, Ll, 3, "", 0, "expected 1 bytes, got the end of the message after 0")]
    [InlineData(Numeric, Ll, 3, "031123", 1, "expected 3 digits, got byte 0x11")]
    [InlineData(FieldKind.Text, Lll, 3, "000461626364", 0, "expected at most 3 printable ASCII characters, got a length of 4")]
    [InlineData(FieldKind.Text, Lll, 3, "1003616263", 0, "expected a length of 3 digits, got byte 0x10")]
    [InlineData(FieldKind.Text, Lll, 3, "00A3616263", 1, "expected a length of 3 digits, got byte 0xA3")]
    [InlineData(FieldKind.Text, Lll, 3, "0003618063", 3, "expected 3 printable ASCII characters, got byte 0x80")]
    [InlineData(Track, Ll, 9, "0412E3", 2, "expected 4 digits and '=', got byte 0xE3")]
    [InlineData(Track, Ll, 9, "0311D3", 1, "expected 3 digits and '=', got byte 0x11")]
    [InlineData(SignedNumeric, Fixed, 3, "5812", 0, "expected 3 C or D and digits, got 'X'")]
    [InlineData(SignedNumeric, Fixed, 3, "431F", 1, "expected 3 C or D and digits, got byte 0x1F")]
    [InlineData(FieldKind.Binary, Fixed, 2, "AB", 0, "expected 2 bytes in 2 bytes, got the end of the message after 1")]
    public void What_is_wrong_in_a_binary_field_is_named_with_its_place(
        FieldKind kind,
        LengthForm form,
        int max,
        string wire,
        int place,
        string problem
    ) =>
        Assert.Equal(
            new ParseError(3, BinaryHeaderBytes + place, problem),
            Wire.Malformed(Format(WireEncoding.Binary, kind, form, max), Wire.Hex("0800" + BitmapOf3 + wire)).Error
        );

    [Fact]
    public void A_field_is_defined_once_and_only_with_a_number_that_a_bitmap_can_tell()
    {
        Assert.Throws<ArgumentException>(() =>
            new MessageFormat(WireEncoding.Ascii, [new(3, "one", Numeric, Fixed, 1), new(3, "another", Numeric, Fixed, 2)])
        );
        Assert.Throws<ArgumentOutOfRangeException>(() => new FieldSpec(1, "the second bitmap", FieldKind.Binary, Fixed, 8));
        Assert.Throws<ArgumentOutOfRangeException>(() => new FieldSpec(129, "beyond the second bitmap", Numeric, Fixed, 1));
        Assert.Equal("LLVAR n..19", Wire.Ascii.Field(2)!.Format);
        Assert.Null(Wire.Ascii.Field(1));
    }

    private static MessageFormat Format(WireEncoding encoding, FieldKind kind, LengthForm form, int max) =>
        new(encoding, [new(3, "under test", kind, form, max)]);
}
