using Shonin.Iso8583;

namespace Shonin.Specs.Iso8583;

public sealed class RoundTripSpecs
{
    [Theory]
    [InlineData(WireEncoding.Ascii)]
    [InlineData(WireEncoding.Binary)]
    public void An_authorization_of_twenty_fields_comes_back_as_it_was_written(WireEncoding encoding)
    {
        var format = Wire.Profile(encoding);
        var bytes = Wire.Written(format, Wire.Authorization());
        var message = Wire.Parsed(format, bytes);
        Assert.Equal("0100", message.Mti.ToString());
        Assert.Equal([2, 3, 4, 7, 11, 12, 13, 14, 18, 22, 25, 32, 37, 41, 42, 43, 48, 49, 62, 63], message.Fields);
        Assert.Equal("4242424242424242", message.Text(2));
        Assert.Equal(15000, message.Number(4));
        Assert.Equal("000000015000", message.Text(4));
        Assert.Equal("SHONIN STORE TOKYO JP", message.Text(43));
        Assert.Equal(40, message.Bytes(43).Length);
        Assert.Equal(bytes, Wire.Written(format, message));
    }
}
