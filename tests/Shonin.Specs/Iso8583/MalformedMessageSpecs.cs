using CsCheck;
using Shonin.Iso8583;

namespace Shonin.Specs.Iso8583;

/// <summary>What is wrong with a whole message: named with field and offset, never thrown, and what can be read is kept.</summary>
public sealed class MalformedMessageSpecs
{
    [Theory]
    [InlineData(WireEncoding.Ascii, "08", 0, 0, "expected 4 bytes, got the end of the message after 2")]
    [InlineData(WireEncoding.Ascii, "08A0", 0, 2, "expected 4 digits, got 'A'")]
    [InlineData(WireEncoding.Ascii, "080082200001008000", 1, 4, "expected 16 bytes, got the end of the message after 14")]
    [InlineData(WireEncoding.Ascii, "08000220000100800G00", 1, 17, "expected 16 hexadecimal characters, got 'G'")]
    [InlineData(WireEncoding.Ascii, "0800822000010080000004000000", 1, 20, "expected 16 bytes, got the end of the message after 8")]
    [InlineData(WireEncoding.Ascii, "080082200001008000000400000000000 00", 1, 33, "expected 16 hexadecimal characters, got ' '")]
    [InlineData(WireEncoding.Binary, "08", 0, 0, "expected 2 bytes, got the end of the message after 1")]
    [InlineData(WireEncoding.Binary, "08A0", 0, 1, "expected 4 digits, got byte 0xA0")]
    [InlineData(WireEncoding.Binary, "0800 82200001008000", 1, 2, "expected 8 bytes, got the end of the message after 7")]
    [InlineData(WireEncoding.Binary, "0800 8220000100800000 04", 1, 10, "expected 8 bytes, got the end of the message after 1")]
    public void A_type_or_bitmap_that_cannot_be_read_is_named(
        WireEncoding encoding,
        string message,
        int field,
        int offset,
        string problem
    ) =>
        Assert.Equal(
            new ParseError(field, offset, problem),
            Wire.Malformed(Wire.Profile(encoding), encoding == WireEncoding.Ascii ? Wire.Bytes(message) : Wire.Hex(message)).Error
        );

    [Theory]
    [InlineData(0, 0, "MTI / offset 0: x")]
    [InlineData(1, 4, "bitmap / offset 4: x")]
    [InlineData(4, 23, "DE 4 / offset 23: x")]
    public void An_error_says_its_place_first(int field, int offset, string what) =>
        Assert.Equal(what, new ParseError(field, offset, "x").What);

    [Fact]
    public void No_bytes_at_all_are_malformed_and_their_type_is_unreadable()
    {
        var malformed = Wire.Malformed(Wire.Ascii, []);
        Assert.Equal(new ParseError(0, 0, "expected 4 bytes, got the end of the message after 0"), malformed.Error);
        Assert.Equal(Mti.Unreadable, malformed.Partial.Mti);
        Assert.Empty(malformed.Partial.Fields);
    }

    /// <summary>
    /// Fields of every length that a message of this size can have, read without an exception; one byte more is refused before anything is
    /// read.
    /// </summary>
    [Theory]
    [InlineData(WireEncoding.Ascii)]
    [InlineData(WireEncoding.Binary)]
    public void A_message_beyond_the_largest_size_is_refused_unread(WireEncoding encoding)
    {
        var format = new MessageFormat(
            encoding,
            Enumerable
                .Range(2, 127)
                .Where(field => field != 65)
                .Select(field => new FieldSpec(field, "long", FieldKind.Numeric, LengthForm.Lll, 999))
        );
        var bytes = Enumerable.Repeat(encoding == WireEncoding.Ascii ? (byte)'9' : (byte)0x99, MessageFormat.MessageBytesMax + 1).ToArray();
        (encoding == WireEncoding.Ascii ? Wire.Bytes("0100" + new string('F', 32)) : Wire.Hex("0100" + new string('F', 32))).CopyTo(
            bytes,
            0
        );

        Assert.NotEqual(MessageFormat.MessageBytesMax, Wire.Malformed(format, bytes[..^1]).Error.Offset);
        Assert.Equal(
            new ParseError(
                0,
                MessageFormat.MessageBytesMax,
                $"expected at most {MessageFormat.MessageBytesMax} bytes, got {MessageFormat.MessageBytesMax + 1}"
            ),
            Wire.Malformed(format, bytes).Error
        );
    }

    [Fact]
    public void A_bitmap_in_lower_case_is_read_and_written_in_upper_case()
    {
        var message = Wire.Parsed(Wire.Ascii, Wire.Bytes("0100000000000000000c" + "003abc" + "001x"));
        Assert.Equal([61, 62], message.Fields);
        Assert.Equal("0100000000000000000C003abc001x", System.Text.Encoding.ASCII.GetString(Wire.Written(Wire.Ascii, message)));
    }

    [Fact]
    public void A_second_bitmap_without_fields_is_read_and_not_written_again()
    {
        var message = Wire.Parsed(Wire.Ascii, Wire.Bytes("0800" + "8020000000000000" + "0000000000000000" + "000007"));
        Assert.Equal([11], message.Fields);
        Assert.False(message.Has(1));
        Assert.Equal(Wire.Bytes("0800" + "0020000000000000" + "000007"), Wire.Written(Wire.Ascii, message));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(129)]
    public void Nobody_sets_the_second_bitmap_or_a_field_that_no_bitmap_can_tell(int field) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Message(Mti.Parse("0800")).Set(field, "1"));

    [Theory]
    [InlineData(65, "8000000000000000" + "8000000000000000", "AB")]
    [InlineData(128, "8000000000000000" + "0000000000000001", "0123456789ABCDEF")]
    [InlineData(64, "0000000000000001", "0123456789ABCDEF")]
    public void The_first_and_the_last_field_of_a_bitmap_are_read_and_written(int field, string bitmaps, string value)
    {
        foreach (
            var (format, bytes) in new[]
            {
                (Wire.Ascii, Wire.Bytes("0800" + bitmaps + value)),
                (Wire.Binary, Wire.Hex("0800" + bitmaps + value)),
            }
        )
        {
            var message = Wire.Parsed(format, bytes);
            Assert.Equal([field], message.Fields);
            Assert.Equal(Convert.FromHexString(value), message.Bytes(field));
            Assert.Equal(bytes, Wire.Written(format, message));
        }
    }

    [Fact]
    public void A_field_that_the_format_lacks_is_refused_both_ways_and_what_came_before_it_is_kept()
    {
        var format = new MessageFormat(
            WireEncoding.Ascii,
            [new(3, "code", FieldKind.Numeric, LengthForm.Fixed, 2), new(5, "code", FieldKind.Numeric, LengthForm.Fixed, 2)]
        );
        var malformed = Wire.Malformed(format, Wire.Bytes("0800" + "3800000000000000" + "112233"));
        Assert.Equal(new ParseError(4, 22, "this format has no such field"), malformed.Error);
        Assert.Equal([3], malformed.Partial.Fields);
        Assert.Equal("DE 4: this format has no such field", Wire.Refused(format, new Message(Mti.Parse("0800")).Set(3, 11).Set(4, 22)));
    }

    [Theory]
    [InlineData(
        WireEncoding.Ascii,
        "0800" + "0020000000000000" + "000007" + "0",
        11,
        26,
        "expected the end of the message, got 1 more bytes"
    )]
    [InlineData(
        WireEncoding.Binary,
        "0800" + "0020000000000000" + "000007" + "0000",
        11,
        13,
        "expected the end of the message, got 2 more bytes"
    )]
    [InlineData(WireEncoding.Ascii, "0800" + "0000000000000000" + "000007", 1, 20, "expected the end of the message, got 6 more bytes")]
    public void Bytes_behind_the_last_field_are_an_error_and_the_fields_are_kept(
        WireEncoding encoding,
        string message,
        int field,
        int offset,
        string problem
    )
    {
        var malformed = Wire.Malformed(Wire.Profile(encoding), encoding == WireEncoding.Ascii ? Wire.Bytes(message) : Wire.Hex(message));
        Assert.Equal(new ParseError(field, offset, problem), malformed.Error);
        Assert.Equal(field == 11 ? 7 : null, malformed.Partial.Number(11));
    }

    [Fact]
    public void Behind_a_bad_value_of_certain_length_the_rest_is_read_on()
    {
        var malformed = Wire.Malformed(
            Wire.Ascii,
            Wire.Bytes("0800" + "0220000100800000" + "1124A10203" + "123456" + "0849990001" + "WEB00001")
        );
        Assert.Equal(new ParseError(7, 24, "expected 10 digits, got 'A'"), malformed.Error);
        Assert.Equal([11, 32, 41], malformed.Partial.Fields);
        Assert.Equal("WEB00001", malformed.Partial.Text(41));
    }

    [Fact]
    public void A_length_above_the_limit_is_believed_only_while_everything_behind_it_reads_to_the_last_byte()
    {
        var start = "0800" + "0220000100800000" + "1124010203" + "123456";
        var believed = Wire.Malformed(Wire.Ascii, Wire.Bytes(start + "12499900010002" + "WEB00001"));
        Assert.Equal(new ParseError(32, 36, "expected at most 11 digits, got a length of 12"), believed.Error);
        Assert.Equal([7, 11, 41], believed.Partial.Fields);
        foreach (var rest in new[] { "12499900010002" + "WEB0000\u0001", "12499900010002" + "WEB00001 ", "12499900010002" + "WEB0000" })
        {
            var doubted = Wire.Malformed(Wire.Ascii, Wire.Bytes(start + rest));
            Assert.Equal(believed.Error, doubted.Error);
            Assert.Equal([7, 11], doubted.Partial.Fields);
        }
    }

    [Theory]
    [InlineData(WireEncoding.Ascii)]
    [InlineData(WireEncoding.Binary)]
    public void Cut_at_every_byte_a_message_names_the_field_that_is_cut_and_keeps_those_before_it(WireEncoding encoding)
    {
        foreach (var whole in GoldenVectorSpecs.Vectors.Where(row => row.Data.Item1 == encoding).Select(row => Wire.Hex(row.Data.Item2)))
        {
            var message = Wire.Parsed(Wire.Profile(encoding), whole);
            var all = message.Fields.ToList();
            for (var cut = 0; cut < whole.Length; cut++)
            {
                var malformed = Wire.Malformed(Wire.Profile(encoding), whole[..cut]);
                Assert.InRange(malformed.Error.Offset, 0, cut);
                Assert.Contains("got the end of the message", malformed.Error.Problem, StringComparison.Ordinal);
                var kept = malformed.Partial.Fields.ToList();
                Assert.Equal(all[..kept.Count], kept);
                foreach (var field in kept)
                    Assert.Equal(message.Bytes(field), malformed.Partial.Bytes(field));
                if (malformed.Error.Field > 1)
                    Assert.Equal(all[kept.Count], malformed.Error.Field);
                else
                    Assert.Empty(kept);
            }
        }
    }

    [Theory]
    [InlineData(WireEncoding.Ascii)]
    [InlineData(WireEncoding.Binary)]
    public void Any_bytes_are_read_or_malformed_and_what_is_canonical_comes_back(WireEncoding encoding)
    {
        Gen.Byte.Array[0, 200].Sample(bytes => Survives(encoding, bytes), iter: Walks.Times(1_334));
        foreach (var valid in GoldenVectorSpecs.Vectors.Where(row => row.Data.Item1 == encoding).Select(row => Wire.Hex(row.Data.Item2)))
            Mutation.Of(valid).Sample(bytes => Survives(encoding, bytes), iter: Walks.Times(167));
    }

    [Theory]
    [InlineData(WireEncoding.Ascii)]
    [InlineData(WireEncoding.Binary)]
    public void What_is_written_is_read_as_it_was(WireEncoding encoding)
    {
        var format = Wire.Profile(encoding);
        Gen.Select(Gen.Int[2, 128], Gen.Int[0, 999], Gen.Int[0, 999_999])
            .Array[0, 40]
            .Sample(
                fields =>
                {
                    var message = new Message(Mti.Parse("0100"));
                    foreach (var (number, length, seed) in fields)
                        message.Set(number, FullValue(format.Field(number)!, length, seed));
                    var parsed = Wire.Parsed(format, Wire.Written(format, message));
                    Assert.Empty(message.DifferingFields(parsed));
                },
                iter: Walks.Times(67)
            );
    }

    /// <summary>A value that needs no padding.</summary>
    private static byte[] FullValue(FieldSpec spec, int length, int seed)
    {
        var count = spec.Form == LengthForm.Fixed ? spec.LengthMax : Math.Min(length, spec.LengthMax);
        return [.. Enumerable.Range(0, count).Select(index => Character(spec.Kind, index, seed + index * 7))];
    }

    private static byte Character(FieldKind kind, int index, int step) =>
        kind switch
        {
            FieldKind.SignedNumeric when index == 0 => (byte)'D',
            FieldKind.Numeric or FieldKind.SignedNumeric or FieldKind.Track => (byte)('0' + step % 10),
            FieldKind.Alphabetic or FieldKind.Alphanumeric => (byte)('A' + step % 26),
            FieldKind.Text => (byte)(' ' + step % 95),
            FieldKind.Binary => (byte)step,
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private static void Survives(WireEncoding encoding, byte[] bytes)
    {
        var format = Wire.Profile(encoding);
        switch (format.Parse(bytes))
        {
            case ParseResult.Malformed(var error, _):
                Assert.InRange(error.Offset, 0, bytes.Length);
                Assert.InRange(error.Field, 0, FieldSpec.FieldMax);
                break;
            case ParseResult.Parsed(var message):
                var written = Wire.Written(format, message);
                if (IsCanonical(encoding, message, bytes))
                    Assert.Equal(bytes, written);
                Assert.Empty(message.DifferingFields(Wire.Parsed(format, written)));
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>
    /// Not canonical are an empty second bitmap and lower-case hexadecimal; binary fields are not in these messages but by mutation.
    /// </summary>
    private static bool IsCanonical(WireEncoding encoding, Message message, byte[] bytes)
    {
        var secondBitmapIsTold = encoding == WireEncoding.Ascii ? bytes[4] >= '8' : bytes[2] >= 0x80;
        var secondBitmapIsNeeded = message.Fields.Any(field => field > 64);
        return secondBitmapIsTold == secondBitmapIsNeeded
            && (encoding == WireEncoding.Binary || !bytes.Any(character => character is >= (byte)'a' and <= (byte)'f'));
    }
}
