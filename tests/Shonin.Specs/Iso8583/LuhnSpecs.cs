using System.Text;
using CsCheck;
using Shonin.Iso8583;

namespace Shonin.Specs.Iso8583;

public sealed class LuhnSpecs
{
    [Theory]
    [InlineData("79927398713")] // Luhn's own example, US patent 2,950,048
    [InlineData("4242424242424242")]
    [InlineData("378282246310005")]
    [InlineData("3566002020360505")]
    public void A_right_number_passes(string number)
    {
        Assert.True(Luhn.Passes(number));
        Assert.True(Luhn.Passes(Encoding.ASCII.GetBytes(number)));
        Assert.Equal(number[^1], Luhn.CheckDigit(number.AsSpan(0, number.Length - 1)));
    }

    [Fact]
    public void Every_other_last_digit_is_wrong() =>
        Gen.Char['0', '9']
            .Array[0, 30]
            .Sample(digits =>
            {
                var right = Luhn.CheckDigit(digits);
                for (var last = '0'; last <= '9'; last++)
                {
                    string number = new([.. digits, last]);
                    Assert.Equal(last == right, Luhn.Passes(number));
                    Assert.Equal(last == right, Luhn.Passes(Encoding.ASCII.GetBytes(number)));
                }
            });

    [Fact]
    public void One_wrong_digit_never_passes() =>
        Gen.Select(Gen.Char['0', '9'].Array[1, 30], Gen.Int[0, 29], Gen.Int[1, 9])
            .Sample(
                (digits, place, change) =>
                {
                    char[] number = [.. digits, Luhn.CheckDigit(digits)];
                    var at = place % number.Length;
                    number[at] = (char)('0' + (number[at] - '0' + change) % 10);
                    Assert.False(Luhn.Passes(number));
                }
            );
}
