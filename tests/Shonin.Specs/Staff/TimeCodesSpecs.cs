using OtpNet;
using Shonin.Staff;

namespace Shonin.Specs.Staff;

public sealed class TimeCodesSpecs
{
    /// <summary>RFC 6238 appendix B for SHA-1: the secret in ASCII, and the last six of its eight digits.</summary>
    [Theory]
    [InlineData(59, "287082", 1)]
    [InlineData(1111111109, "081804", 37037036)]
    [InlineData(1234567890, "005924", 41152263)]
    [InlineData(20000000000, "353130", 666666666)]
    public void The_published_codes_are_taken_and_their_step_is_told(long seconds, string code, long step)
    {
        var secret = Base32Encoding.ToString("12345678901234567890"u8.ToArray());
        var at = DateTimeOffset.FromUnixTimeSeconds(seconds);
        Assert.Equal(step, TimeCodes.StepOf(secret, code, at));
        Assert.Equal(step, TimeCodes.StepOf(secret, $"{code[..3]} {code[3..]}", at + TimeSpan.FromSeconds(30)));
        Assert.Null(TimeCodes.StepOf(secret, code, at + TimeSpan.FromSeconds(90)));
        Assert.Null(TimeCodes.StepOf(secret, "", at));
    }

    [Fact]
    public void Digits_typed_with_a_Japanese_keyboard_are_taken() =>
        Assert.Equal(
            1,
            TimeCodes.StepOf(Base32Encoding.ToString("12345678901234567890"u8.ToArray()), "287082", DateTimeOffset.FromUnixTimeSeconds(59))
        );

    [Fact]
    public void Each_secret_is_new_and_long_enough()
    {
        Assert.NotEqual(TimeCodes.NewSecret(), TimeCodes.NewSecret());
        Assert.Equal(20, Base32Encoding.ToBytes(TimeCodes.NewSecret()).Length);
    }

    [Fact]
    public void What_an_app_takes_names_the_shop_and_whose_it_is() =>
        Assert.Equal(
            "otpauth://totp/Morning%20Shop:hanako%40shop.example?secret=GEZDGNBV&issuer=Morning%20Shop&algorithm=SHA1&digits=6&period=30",
            TimeCodes.LinkOf("Morning Shop", "hanako@shop.example", "GEZDGNBV")
        );
}
