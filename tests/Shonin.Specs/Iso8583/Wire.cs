using System.Text;
using Shonin.Iso8583;

namespace Shonin.Specs.Iso8583;

/// <summary>Short words for the specs of this folder.</summary>
internal static class Wire
{
    public static readonly MessageFormat Ascii = MessageFormat.Profile(WireEncoding.Ascii);
    public static readonly MessageFormat Binary = MessageFormat.Profile(WireEncoding.Binary);

    public static MessageFormat Profile(WireEncoding encoding) => MessageFormat.Profile(encoding);

    public static byte[] Bytes(string ascii) => Encoding.ASCII.GetBytes(ascii);

    public static byte[] Hex(string hex) => Convert.FromHexString(string.Concat(hex.Where(character => !char.IsWhiteSpace(character))));

    public static byte[] Written(MessageFormat format, Message message)
    {
        var buffer = new byte[100_000];
        var written = Assert.IsType<WriteResult.Written>(format.Write(message, buffer));
        return buffer[..written.ByteCount];
    }

    public static string Refused(MessageFormat format, Message message) =>
        Assert.IsType<WriteResult.Refused>(format.Write(message, new byte[100_000])).Error.What;

    public static Message Parsed(MessageFormat format, byte[] bytes)
    {
        var result = format.Parse(bytes);
        return result is ParseResult.Parsed parsed
            ? parsed.Message
            : throw new InvalidOperationException(((ParseResult.Malformed)result).Error.What);
    }

    public static ParseResult.Malformed Malformed(MessageFormat format, byte[] bytes) =>
        Assert.IsType<ParseResult.Malformed>(format.Parse(bytes));

    /// <summary>A 0100 of 20 fields as the merchant sends it.</summary>
    public static Message Authorization() =>
        new Message(Mti.Parse("0100"))
            .Set(2, "4242424242424242")
            .Set(3, "000000")
            .Set(4, 15000)
            .Set(7, "1124010203")
            .Set(11, 123456)
            .Set(12, "100203")
            .Set(13, "1124")
            .Set(14, "3012")
            .Set(18, 5999)
            .Set(22, 812)
            .Set(25, 59)
            .Set(32, "49990001")
            .Set(37, "632801123456")
            .Set(41, "WEB00001")
            .Set(42, "SHONIN000000001")
            .Set(43, "SHONIN STORE TOKYO JP")
            .Set(48, Subelements.Empty.With(20, "C0").With(42, "07").With(61, "1").With(92, "123").Write())
            .Set(49, 392)
            .Set(62, "N1001")
            .Set(63, "NET20261124000001");
}
