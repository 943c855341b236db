using Shonin.CardNetwork.Link;
using Shonin.CardNetwork.Vault;
using Shonin.Domain;
using Shonin.Domain.Approvals;
using Shonin.Iso8583;
using Shonin.Specs.CardNetwork.Vault;

namespace Shonin.Specs.CardNetwork.Link;

/// <summary>
/// Whole messages, field by field, as WIRE.md lays them down. 15:04:05 UTC on 23 November is 00:04:05 on the 24th in Tokyo.
/// </summary>
public sealed class NetworkMessagesSpecs
{
    private static readonly Claim original = FarSide.FirstClaim;
    private static readonly Claim own = new(43, "RRN000000043", new DateTimeOffset(2026, 11, 23, 15, 4, 35, TimeSpan.Zero));
    private static readonly CardToken card = new("card_1");
    private static readonly Money amount = new(15000, Currency.Jpy);

    [Theory]
    [InlineData(Initiator.Customer, true, "812", "59", "2002C0800210" + "9203123")]
    [InlineData(Initiator.CustomerConfirms, true, "812", "59", "2002C1800210" + "9203123")]
    [InlineData(Initiator.CustomerConfirms, false, "812", "59", "2002C1800210")]
    [InlineData(Initiator.AutomaticRetry, false, "100", "08", "2002M1800210")]
    public void An_authorization_is_0100_with_who_wants_it_and_why(
        Initiator initiator,
        bool withCode,
        string entryMode,
        string condition,
        string elements
    ) =>
        Assert.Equal(
            $"""
            0100
            2 4242424242424242
            3 000000
            4 000000015000
            7 1123150405
            11 000042
            12 000405
            13 1124
            14 3012
            18 5964
            22 {entryMode}
            25 {condition}
            32 100001
            37 RRN000000042
            41 SHONIN01
            42 SHONINSHOP
            43 SHONIN SHOP              TOKYO        JP
            48 {elements}
            49 392
            62 N1002
            """,
            Build(
                new NetworkRequest.Authorize(original, card, amount, "N1002", initiator, null),
                withCode ? SecurityCode.Parse("123"u8) : null
            )
        );

    [Fact]
    public void A_later_attempt_of_an_order_names_the_first_one_s_transaction() =>
        Assert.EndsWith(
            "62 N1002\n63 TX-1",
            Build(new NetworkRequest.Authorize(original, card, amount, "N1002", Initiator.AutomaticRetry, "TX-1")),
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData(0, null, ReversalReason.AnswerLateOrNever, "0420", "39 68")]
    [InlineData(1, null, ReversalReason.AnswerLateOrNever, "0421", "39 68")]
    [InlineData(7, "A1B2C3", ReversalReason.CustomerCancelled, "0421", "38 A1B2C3\n39 17")]
    [InlineData(0, "A1B2C3", ReversalReason.Error, "0420", "38 A1B2C3\n39 06")]
    public void A_reversal_has_its_own_STAN_the_original_s_RRN_and_says_why(
        int repeat,
        string? approvalCode,
        ReversalReason reason,
        string type,
        string fields
    ) =>
        Assert.Equal(
            $"""
            {type}
            2 4242424242424242
            3 000000
            4 000000015000
            7 1123150435
            11 000043
            12 000435
            13 1124
            32 100001
            37 RRN000000042
            {fields}
            41 SHONIN01
            42 SHONINSHOP
            49 392
            62 N1002
            90 010000004211231504050000010000100000000000
            """,
            Build(new NetworkRequest.Reverse(own, card, amount, "N1002", original, approvalCode, reason, repeat))
        );

    [Theory]
    [InlineData(0, "0220"), InlineData(1, "0221")]
    public void A_capture_carries_its_amount_the_approval_code_and_the_original(int repeat, string type) =>
        Assert.Equal(
            $"""
            {type}
            2 4242424242424242
            3 000000
            4 000000009000
            7 1123150435
            11 000043
            12 000435
            13 1124
            32 100001
            37 RRN000000042
            38 A1B2C3
            39 00
            41 SHONIN01
            42 SHONINSHOP
            49 392
            62 N1002
            90 010000004211231504050000010000100000000000
            """,
            Build(new NetworkRequest.Capture(own, card, new Money(9000, Currency.Jpy), "N1002", original, "A1B2C3", repeat))
        );

    [Fact]
    public void A_wiped_message_holds_neither_number_nor_code()
    {
        var message = Message(
            new NetworkRequest.Authorize(original, card, amount, "N1002", Initiator.Customer, null),
            SecurityCode.Parse("123"u8)
        );
        NetworkMessages.Wipe(message);
        Assert.False(message.Has(2) || message.Has(48));
    }

    [Theory]
    [
        InlineData("acquirer", "CardNetwork:Acquirer"),
        InlineData("terminal", "CardNetwork:Terminal"),
        InlineData("category", "CardNetwork:Category"),
        InlineData("connections", "CardNetwork:Connections")
    ]
    public void Settings_that_no_message_can_be_written_with_are_refused_by_name(string wrong, string setting)
    {
        var options = wrong switch
        {
            "acquirer" => new LinkOptions { Acquirer = "123456789012" },
            "terminal" => new LinkOptions { Terminal = "TERMINAL9" },
            "category" => new LinkOptions { Category = "59" },
            _ => new LinkOptions { Connections = 0 },
        };
        Assert.Contains(setting, Assert.Throws<ArgumentException>(options.Checked).Message, StringComparison.Ordinal);
    }

    private static string Build(NetworkRequest request, SecurityCode? code = null)
    {
        // Through the wire and back, so that lengths and paddings are proved too.
        var bytes = new byte[Frame.MessageBytesMax];
        var format = MessageFormat.Profile(WireEncoding.Ascii);
        var written = Assert.IsType<WriteResult.Written>(format.Write(Message(request, code), bytes));
        var message = Assert.IsType<ParseResult.Parsed>(format.Parse(bytes.AsMemory(0, written.ByteCount))).Message;
        return string.Join('\n', message.Fields.Select(field => $"{field} {message.Text(field)}").Prepend(message.Mti.ToString()));
    }

    private static Message Message(NetworkRequest request, SecurityCode? code) =>
        new NetworkMessages(new LinkOptions()).Build(
            request,
            PanSpecs.Accepted("4242424242424242"),
            CardExpiry.Parse("2030-12"u8)!.Value,
            code
        );
}
