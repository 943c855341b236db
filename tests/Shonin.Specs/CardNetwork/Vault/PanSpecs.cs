using System.Text;
using System.Text.Json;
using CsCheck;
using Shonin.CardNetwork.Vault;

namespace Shonin.Specs.CardNetwork.Vault;

public sealed class PanSpecs
{
    [Theory]
    [InlineData("4242424242424242", CardBrand.Visa)]
    [InlineData("4000000000000002", CardBrand.Visa)]
    [InlineData("4222222222222", CardBrand.Visa)]
    [InlineData("3566002020360505", CardBrand.Jcb)]
    [InlineData("3528000700000000", CardBrand.Jcb)]
    [InlineData("378282246310005", CardBrand.Amex)]
    [InlineData("341111111111111", CardBrand.Amex)]
    [InlineData("5555555555554444", CardBrand.Mastercard)]
    [InlineData("5200000000000007", CardBrand.Mastercard)]
    [InlineData("2223003122003222", CardBrand.Mastercard)]
    [InlineData("2720999999999996", CardBrand.Mastercard)]
    [InlineData("2721000000000004", CardBrand.Other)]
    [InlineData("6011111111111117", CardBrand.Other)]
    public void The_leading_digits_name_the_brand(string digits, CardBrand brand)
    {
        using var pan = Accepted(digits);
        Assert.Equal(brand, pan.Brand);
        Assert.Equal(digits[^4..], pan.Last4);
        Assert.Equal(digits, Encoding.ASCII.GetString(pan.Reveal()));
    }

    [Theory]
    [InlineData("4242 4242 4242 4242")]
    [InlineData("4242-4242-4242-4242")]
    [InlineData("４２４２ ４２４２　４２４２－４２４２")]
    public void A_number_is_read_as_people_type_it(string typed)
    {
        using var pan = Accepted(typed);
        Assert.Equal("4242424242424242", Encoding.ASCII.GetString(pan.Reveal()));
    }

    [Theory]
    [InlineData("4242424242424243", PanFault.WrongCheckDigit)]
    [InlineData("4224424242424242", PanFault.WrongCheckDigit)]
    [InlineData("424242424242424", PanFault.WrongLength)]
    [InlineData("42424242424242424", PanFault.WrongLength)]
    [InlineData("3782822463100058", PanFault.WrongLength)]
    [InlineData("60000000000", PanFault.WrongLength)]
    [InlineData("60000000000000000000", PanFault.WrongLength)]
    [InlineData("", PanFault.WrongLength)]
    [InlineData("4242 4242 4242 424x", PanFault.NotDigits)]
    [InlineData("4242.4242.4242.4242", PanFault.NotDigits)]
    public void What_is_no_card_number_is_refused_with_the_reason(string typed, PanFault fault) =>
        Assert.Equal(new PanReading.Refused(fault), Pan.Parse(Encoding.UTF8.GetBytes(typed)));

    [Theory]
    [InlineData(12), InlineData(19)]
    public void Numbers_of_other_brands_have_12_to_19_digits(int digitCount) =>
        Assert.Equal(digitCount, Accepted(WithCheckDigit("6" + new string('0', digitCount - 2))).DigitCount);

    [Fact]
    public void Whatever_the_bytes_are_parsing_never_throws() =>
        Gen
            .Byte.Array[0, 100]
            .Sample(bytes =>
            {
                _ = Pan.Parse(bytes);
            });

    [Fact]
    public void Every_other_check_digit_is_refused() =>
        Gen.Int[0, 9]
            .Array[15]
            .Select(Gen.Int[1, 9])
            .Sample(
                (digits, off) =>
                {
                    var good = WithCheckDigit("9" + string.Concat(digits.Skip(1)));
                    var bad = good[..^1] + (good[^1] - '0' + off) % 10;
                    Assert.IsType<PanReading.Read>(Pan.Parse(Encoding.ASCII.GetBytes(good)));
                    Assert.Equal(new PanReading.Refused(PanFault.WrongCheckDigit), Pan.Parse(Encoding.ASCII.GetBytes(bad)));
                }
            );

    [Fact]
    public void A_number_shows_nothing_but_its_last_four_digits()
    {
        using var pan = Accepted("4242424242424242");
        var reading = new PanReading.Read(pan);
        Assert.Equal("************4242", pan.ToString());
        Assert.DoesNotContain("42424", $"{pan} {reading} {new { pan }}", StringComparison.Ordinal);
    }

    [Fact]
    public void Neither_number_nor_code_nor_secret_becomes_JSON()
    {
        using var pan = Accepted("4242424242424242");
        using var code = SecurityCode.Parse("123"u8)!;
        using var secret = new Secret("hush"u8);
        foreach (var value in new object[] { pan, code, secret, new { pan }, new { code }, new { secret } })
        {
            Assert.DoesNotContain(
                "4242",
                Assert.Throws<NotSupportedException>(() => JsonSerializer.Serialize(value)).Message,
                StringComparison.Ordinal
            );
        }

        Assert.Throws<NotSupportedException>(() => JsonSerializer.Deserialize<Pan>("\"4242424242424242\""));
    }

    [Fact]
    public void A_wiped_number_is_gone()
    {
        var pan = Accepted("4242424242424242");
        var digits = pan.Reveal();
        pan.Dispose();
        Assert.Equal(new byte[16], digits.ToArray());
        Assert.Throws<ObjectDisposedException>(() => pan.Reveal().ToArray());
    }

    [Theory]
    [InlineData("123"), InlineData("1234"), InlineData("１２３")]
    public void A_security_code_is_three_or_four_digits(string typed)
    {
        using var code = SecurityCode.Parse(Encoding.UTF8.GetBytes(typed))!;
        Assert.Equal(typed.Length, code.DigitCount);
        Assert.Equal("***", code.ToString());
    }

    [Theory]
    [InlineData("12"), InlineData("12345"), InlineData("12a"), InlineData("")]
    public void Anything_else_is_no_security_code(string typed) => Assert.Null(SecurityCode.Parse(Encoding.UTF8.GetBytes(typed)));

    internal static Pan Accepted(string typed) => Assert.IsType<PanReading.Read>(Pan.Parse(Encoding.UTF8.GetBytes(typed))).Pan;

    private static string WithCheckDigit(string digits)
    {
        for (var check = '0'; check <= '9'; check++)
        {
            if (Pan.Parse(Encoding.ASCII.GetBytes(digits + check)) is PanReading.Read)
                return digits + check;
        }

        throw new InvalidOperationException(digits);
    }
}
