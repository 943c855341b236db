using CsCheck;
using Shonin.Iso8583;

namespace Shonin.Specs.Iso8583;

public sealed class MessageMaskSpecs
{
    private static readonly byte[] key = Wire.Bytes("0123456789abcdef");

    [Fact]
    public void A_whole_message_shows_last_four_digits_and_harmless_fields_and_hides_the_rest() =>
        Assert.Equal(
            "0100 2=************4242 3=000000 4=15000 7=1124010203 11=123456 12=100203 13=1124 14=(hidden) 18=5999 22=812 25=59 32=49990001 "
                + "37=632801123456 41=\"WEB00001\" 42=\"SHONIN000000001\" 43=\"SHONIN STORE TOKYO JP\" 48=[20=C0 42=07 61=1 92=(hidden)] 49=392 62=\"N1001\" 63=\"NET2026112400001\"",
            MessageMask.Mask(Wire.Authorization().Set(63, "NET2026112400001"))
        );

    [Fact]
    public void A_message_prints_itself_masked() => Assert.Equal(MessageMask.Mask(Wire.Authorization()), Wire.Authorization().ToString());

    [Theory]
    [InlineData(14, "3012")]
    [InlineData(23, "001")]
    [InlineData(34, "4242424242424242")]
    [InlineData(35, "4242424242424242=30121010000000000000")]
    [InlineData(36, "4242424242424242=30121010000000000000")]
    [InlineData(45, "B4242424242424242^HOLDER/A^3012")]
    [InlineData(46, "X")]
    [InlineData(47, "X")]
    [InlineData(52, "12345678")]
    [InlineData(53, "0000000000000000")]
    [InlineData(55, "5A084242424242424242")]
    [InlineData(60, "X")]
    [InlineData(102, "1234567")]
    [InlineData(103, "1234567")]
    [InlineData(127, "X")]
    public void A_field_that_may_hold_card_data_or_is_private_to_somebody_is_hidden(int field, string value) =>
        Assert.Equal($"0100 {field}=(hidden)", MessageMask.Mask(new Message(Mti.Parse("0100")).Set(field, value)));

    [Theory]
    [InlineData(2, "42424242424")] // eleven digits: not a card number
    [InlineData(2, "4242-4242-4242-4242")]
    [InlineData(3, "00000A")]
    [InlineData(4, "4242424242424242")] // longer than an amount
    [InlineData(37, "63280112345-")]
    [InlineData(41, "a\u0007b")]
    [InlineData(42, "424242424242426")]
    [InlineData(43, "CARD 4242 4242 4242 4242")]
    [InlineData(62, "4242-4242-4242-4242")]
    [InlineData(62, "42a42b42c42d42e42f42g42h")]
    [InlineData(63, "x378282246310005")]
    [InlineData(48, "9203123x")] // cut element
    [InlineData(48, "9203123")]
    [InlineData(48, "43284242424242424242AAABBBCCCDDD")]
    [InlineData(48, "99164242424242424242")] // an element that nobody defined
    [InlineData(48, "2003123")] // an element in another shape than its own
    [InlineData(48, "6103123")]
    [InlineData(54, "0057392C00000001500")]
    [InlineData(90, "042012345611240102030000000000042424242424")]
    [InlineData(90, "011012345611240102030000499900000000000000")]
    [InlineData(90, "010012345699990102030000499900000000000000")]
    [InlineData(95, "000000005000424242424242424200000000000000")]
    public void A_value_of_another_shape_than_its_field_has_is_hidden_whole(int field, string value)
    {
        var message = new Message(Mti.Parse("0100")).Set(field, Wire.Bytes(value));
        var masked = MessageMask.Mask(message);
        Assert.Contains("(hidden)", masked, StringComparison.Ordinal);
        Assert.DoesNotContain("4242", masked, StringComparison.Ordinal);
        Assert.DoesNotContain("123", masked["0100 48=".Length..], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "424242424242", "********4242")]
    [InlineData(2, "4242424242424242426", "***************2426")]
    [InlineData(38, "A1B2  ", "A1B2")]
    [InlineData(42, "000000000012345", "\"000000000012345\"")]
    [InlineData(62, "N1\"001", "\"N1'001\"")]
    [InlineData(63, "x378282246310006", "\"x378282246310006\"")] // Luhn's digit is another: not a card number
    [InlineData(48, "6103123", "[61=(hidden)]")]
    [InlineData(48, "6636f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "[66=f81d4fae-7dec-11d0-a765-00a0c91e6bf6]")]
    [InlineData(54, "0057392C000000015000", "0057392C000000015000")]
    [InlineData(90, "010012345611240102030004999000100000000000", "010012345611240102030004999000100000000000")]
    [InlineData(95, "000000005000000000000000000000000000000000", "000000005000000000000000000000000000000000")]
    public void A_value_of_its_fields_shape_is_shown(int field, string value, string shown) =>
        Assert.Equal($"0420 {field}={shown}", MessageMask.Mask(new Message(Mti.Parse("0420")).Set(field, Wire.Bytes(value))));

    [Fact]
    public void Malformed_bytes_are_a_digest_and_only_what_names_the_message()
    {
        var bytes = Wire.Written(Wire.Ascii, Wire.Authorization());
        bytes[42] = (byte)'A';
        var masked = MessageMask.Mask(bytes, Wire.Ascii, key);
        Assert.Matches(
            "^malformed, [0-9]+ bytes, digest [0-9a-f]{32}, DE 3 / offset 42: expected 6 digits, got 'A', readable 0100 2=\\(hidden\\) 4=\\(hidden\\) 7=1124010203 11=123456 12=\\(hidden\\) .*63=\\(hidden\\)$",
            masked
        );
        Assert.DoesNotContain("4242", masked, StringComparison.Ordinal);
        Assert.NotEqual(masked, MessageMask.Mask(bytes, Wire.Ascii, Wire.Bytes("fedcba9876543210")));
        Assert.Equal(
            MessageMask.Mask(Wire.Authorization().Set(4, "000000015000").Set(43, "SHONIN STORE TOKYO JP".PadRight(40))),
            MessageMask.Mask(Wire.Written(Wire.Ascii, Wire.Authorization()), Wire.Ascii, key)
        );
    }

    [Fact]
    public void A_digest_without_a_secret_key_is_refused() =>
        Assert.Throws<ArgumentException>(() => MessageMask.Mask(default, Wire.Ascii, key.AsSpan(0, 15)));

    [Theory]
    [InlineData(WireEncoding.Ascii)]
    [InlineData(WireEncoding.Binary)]
    public void However_a_message_is_garbled_five_digits_of_its_card_number_in_a_row_are_never_shown(WireEncoding encoding)
    {
        const string CardNumber = "5398765987659876";
        var format = Wire.Profile(encoding);
        var written = Wire.Written(format, Wire.Authorization().Set(2, CardNumber).Set(35, CardNumber + "=3012101"));
        Mutation
            .Of(written)
            .Sample(
                bytes =>
                {
                    if (format.Parse(bytes) is not ParseResult.Malformed)
                        return;
                    var readable = MessageMask.Mask(bytes, format, key);
                    readable = readable[readable.IndexOf("readable", StringComparison.Ordinal)..];
                    for (var start = 0; start + 5 <= CardNumber.Length; start++)
                        Assert.DoesNotContain(CardNumber.Substring(start, 5), readable, StringComparison.Ordinal);
                },
                iter: Walks.Times(1_000)
            );
    }
}
