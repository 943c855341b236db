using Shonin.Iso8583;

namespace Shonin.Specs.Iso8583;

/// <summary>Whole messages laid out by hand from ISO 8583:1987 and the card network profile, a field a line.</summary>
public sealed class GoldenVectorSpecs
{
    /// <summary>Bitmap 72 3C 44 81 08 E1 80 06: fields 2 3 4 7, 11 12 13 14, 18 22, 25 32, 37, 41 42 43 48, 49, 62 63.</summary>
    private const string AuthorizationAscii = """
        30313030
        37323343343438313038453138303036
        3136 34323432343234323432343234323432
        303030303030
        303030303030303135303030
        31313234303130323033
        313233343536
        313030323033
        31313234
        33303132
        35393939
        383132
        3539
        3038 3439393930303031
        363332383031313233343536
        5745423030303031
        53484F4E494E303030303030303031
        53484F4E494E2053544F524520544F4B594F204A5020202020202020202020202020202020202020
        303234 323030324330 343230323037 3631303131 39323033313233
        333932
        303035 4E31303031
        303137 4E45543230323631313234303030303031
        """;

    private const string AuthorizationBinary = """
        0100
        723C448108E18006
        16 4242424242424242
        000000
        000000015000
        1124010203
        123456
        100203
        1124
        3012
        5999
        0812
        59
        08 49990001
        363332383031313233343536
        5745423030303031
        53484F4E494E303030303030303031
        53484F4E494E2053544F524520544F4B594F204A5020202020202020202020202020202020202020
        0024 323030324330 343230323037 3631303131 39323033313233
        0392
        0005 4E31303031
        0017 4E45543230323631313234303030303031
        """;

    /// <summary>
    /// Bitmap 32 38 00 01 0E C0 84 06: fields 3 4 7, 11 12 13, 32, 37 38 39, 41 42, 49 54, 62 63. The acquirer has an odd count of digits.
    /// </summary>
    private const string PartialApprovalAscii = """
        30313130
        33323338303030313045433038343036
        303030303030
        303030303030303130303030
        31313234303130323033
        313233343536
        313030323033
        31313234
        3037 34393939303031
        363332383031313233343536
        413142324320
        3130
        5745423030303031
        53484F4E494E303030303030303031
        333932
        303230 3030353733393243303030303030303135303030
        303035 4E31303031
        303033 4E4554
        """;

    private const string PartialApprovalBinary = """
        0110
        323800010EC08406
        000000
        000000010000
        1124010203
        123456
        100203
        1124
        07 04999001
        363332383031313233343536
        413142324320
        3130
        5745423030303031
        53484F4E494E303030303030303031
        0392
        0020 3030353733393243303030303030303135303030
        0005 4E31303031
        0003 4E4554
        """;

    /// <summary>
    /// Bitmaps F2 38 00 01 0A C0 80 04 and 00 00 00 40 00 00 00 00: fields 2 3 4 7, 11 12 13, 32, 37 39, 41 42, 49, 62, 90. The card number
    /// has 15 digits.
    /// </summary>
    private const string ReversalAscii = """
        30343230
        46323338303030313041433038303034
        30303030303034303030303030303030
        3135 333738323832323436333130303035
        303030303030
        303030303030303135303030
        31313234303130323135
        313233343537
        313030323135
        31313234
        3038 3439393930303031
        363332383031313233343536
        3638
        5745423030303031
        53484F4E494E303030303030303031
        333932
        303035 4E31303031
        30313030 313233343536 31313234303130323033 3030303439393930303031 3030303030303030303030
        """;

    private const string ReversalBinary = """
        0420
        F23800010AC08004
        0000004000000000
        15 0378282246310005
        000000
        000000015000
        1124010215
        123457
        100215
        1124
        08 49990001
        363332383031313233343536
        3638
        5745423030303031
        53484F4E494E303030303030303031
        0392
        0005 4E31303031
        0100 123456 1124010203 000499900010 0000000000
        """;

    /// <summary>Bitmaps 82 20 00 01 00 80 00 00 and 04 00 00 00 00 00 00 00: fields 7, 11, 32, 41, 70.</summary>
    private const string EchoAscii = """
        30383030
        38323230303030313030383030303030
        30343030303030303030303030303030
        31313234303130333030
        303030303037
        3038 3439393930303031
        5745423030303031
        333031
        """;

    private const string EchoBinary = """
        0800
        8220000100800000
        0400000000000000
        1124010300
        000007
        08 49990001
        5745423030303031
        0301
        """;

    public static TheoryData<WireEncoding, string> Vectors { get; } =
        new()
        {
            { WireEncoding.Ascii, AuthorizationAscii },
            { WireEncoding.Binary, AuthorizationBinary },
            { WireEncoding.Ascii, PartialApprovalAscii },
            { WireEncoding.Binary, PartialApprovalBinary },
            { WireEncoding.Ascii, ReversalAscii },
            { WireEncoding.Binary, ReversalBinary },
            { WireEncoding.Ascii, EchoAscii },
            { WireEncoding.Binary, EchoBinary },
        };

    [Theory]
    [InlineData(WireEncoding.Ascii, AuthorizationAscii)]
    [InlineData(WireEncoding.Binary, AuthorizationBinary)]
    public void An_authorization_is_written_and_read_as_the_profile_lays_it_out(WireEncoding encoding, string hex) =>
        Agree(
            encoding,
            hex,
            Wire.Authorization(),
            [
                "2=4242424242424242",
                "3=000000",
                "4=000000015000",
                "7=1124010203",
                "11=123456",
                "12=100203",
                "13=1124",
                "14=3012",
                "18=5999",
                "22=812",
                "25=59",
                "32=49990001",
                "37=632801123456",
                "41=WEB00001",
                "42=SHONIN000000001",
                "43=SHONIN STORE TOKYO JP                   ",
                "48=2002C0420207610119203123",
                "49=392",
                "62=N1001",
                "63=NET20261124000001",
            ]
        );

    [Theory]
    [InlineData(WireEncoding.Ascii, PartialApprovalAscii)]
    [InlineData(WireEncoding.Binary, PartialApprovalBinary)]
    public void A_partial_approval_is_written_and_read_as_the_profile_lays_it_out(WireEncoding encoding, string hex) =>
        Agree(
            encoding,
            hex,
            new Message(Mti.Parse("0110"))
                .Set(63, "NET")
                .Set(62, "N1001")
                .Set(54, AdditionalAmount.Write(new AdditionalAmount("00", "57", 392, BalanceSign.Credit, 15000)))
                .Set(49, 392)
                .Set(42, "SHONIN000000001")
                .Set(41, "WEB00001")
                .Set(39, "10")
                .Set(38, "A1B2C")
                .Set(37, "632801123456")
                .Set(32, 4999001)
                .Set(13, 1124)
                .Set(12, 100203)
                .Set(11, 123456)
                .Set(7, 1124010203)
                .Set(4, 10000)
                .Set(3, 0),
            [
                "3=000000",
                "4=000000010000",
                "7=1124010203",
                "11=123456",
                "12=100203",
                "13=1124",
                "32=4999001",
                "37=632801123456",
                "38=A1B2C ",
                "39=10",
                "41=WEB00001",
                "42=SHONIN000000001",
                "49=392",
                "54=0057392C000000015000",
                "62=N1001",
                "63=NET",
            ]
        );

    [Theory]
    [InlineData(WireEncoding.Ascii, ReversalAscii)]
    [InlineData(WireEncoding.Binary, ReversalBinary)]
    public void A_reversal_is_written_and_read_as_the_profile_lays_it_out(WireEncoding encoding, string hex) =>
        Agree(
            encoding,
            hex,
            new Message(Mti.Parse("0420"))
                .Set(2, "378282246310005")
                .Set(3, 0)
                .Set(4, 15000)
                .Set(7, "1124010215")
                .Set(11, 123457)
                .Set(12, "100215")
                .Set(13, "1124")
                .Set(32, 49990001)
                .Set(37, "632801123456")
                .Set(39, "68")
                .Set(41, "WEB00001")
                .Set(42, "SHONIN000000001")
                .Set(49, 392)
                .Set(62, "N1001")
                .Set(90, new OriginalData(Mti.Parse("0100"), 123456, "1124010203", 49990001).Write()),
            [
                "2=378282246310005",
                "3=000000",
                "4=000000015000",
                "7=1124010215",
                "11=123457",
                "12=100215",
                "13=1124",
                "32=49990001",
                "37=632801123456",
                "39=68",
                "41=WEB00001",
                "42=SHONIN000000001",
                "49=392",
                "62=N1001",
                "90=010012345611240102030004999000100000000000",
            ]
        );

    [Theory]
    [InlineData(WireEncoding.Ascii, EchoAscii)]
    [InlineData(WireEncoding.Binary, EchoBinary)]
    public void An_echo_with_a_second_bitmap_is_written_and_read_as_the_profile_lays_it_out(WireEncoding encoding, string hex) =>
        Agree(
            encoding,
            hex,
            new Message(Mti.Parse("0800")).Set(70, 301).Set(7, "1124010300").Set(11, 7).Set(32, "49990001").Set(41, "WEB00001"),
            ["7=1124010300", "11=000007", "32=49990001", "41=WEB00001", "70=301"]
        );

    private static void Agree(WireEncoding encoding, string hex, Message message, string[] fields)
    {
        var format = Wire.Profile(encoding);
        var bytes = Wire.Hex(hex);
        Assert.Equal(Convert.ToHexString(bytes), Convert.ToHexString(Wire.Written(format, message)));
        var parsed = Wire.Parsed(format, bytes);
        Assert.Equal(message.Mti, parsed.Mti);
        Assert.Equal(fields, parsed.Fields.Select(field => $"{field}={System.Text.Encoding.ASCII.GetString(parsed.Bytes(field))}"));
        Assert.Equal(bytes, Wire.Written(format, parsed));
    }
}
