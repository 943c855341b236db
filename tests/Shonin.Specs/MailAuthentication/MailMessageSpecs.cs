using System.Text;
using Shonin.MailAuthentication.Message;

namespace Shonin.Specs.MailAuthentication;

public sealed class MailMessageSpecs
{
    [Theory]
    [InlineData("A: 1\r\nB: 2\r\n\r\nbody", "A,B", "body", MessageProblems.None)]
    [InlineData("A: 1\nB: 2\n\nbody", "A,B", "body", MessageProblems.LineFeedOnly)]
    [InlineData("A: 1\r\nB: 2\n\nbody", "A,B", "body", MessageProblems.MixedLineEnds)]
    [InlineData("A: 1\r\n folded\r\n\tmore\r\nB: 2\r\n\r\n", "A,B", "", MessageProblems.None)]
    [InlineData("A: 1\r\n \r\nB: 2\r\n\r\nbody", "A,B", "body", MessageProblems.None)]
    [InlineData("A: 1", "A", "", MessageProblems.None)]
    [InlineData("", "", "", MessageProblems.None)]
    [InlineData("\r\nbody", "", "body", MessageProblems.None)]
    [InlineData("A: 1\rB: 2\r\n\r\nbody", "A", "body", MessageProblems.BareCarriageReturn)]
    [InlineData("A: \0\r\n\r\nbody", "A", "body", MessageProblems.NulByte)]
    [InlineData("\u00ef\u00bb\u00bfA: 1\r\n\r\nbody", "A", "body", MessageProblems.ByteOrderMark)]
    [InlineData("From a@b Tue Nov 24\r\nA: 1\r\n\r\nbody", "A", "body", MessageProblems.MailboxFromLine)]
    [InlineData(">From a@b Tue Nov 24\r\nA: 1\r\n\r\nbody", "A", "body", MessageProblems.MailboxFromLine)]
    [InlineData("A: \u00e3\u0081\r\n\r\nbody", "A", "body", MessageProblems.EightBitHeader)]
    [InlineData("A : 1\r\n\r\nbody", "A", "body", MessageProblems.SpaceBeforeColon)]
    [InlineData("A: 1\r\nno field\r\nB: 2\r\n\r\nbody", "A,,B", "body", MessageProblems.MalformedFieldLine)]
    [InlineData("A: 1\r\n: 2\r\n\r\nbody", "A,", "body", MessageProblems.MalformedFieldLine)]
    [InlineData(" A: 1\r\nB: 2\r\n\r\nbody", ",B", "body", MessageProblems.MalformedFieldLine)]
    public void A_message_is_split_and_what_programs_read_differently_is_told(string raw, string names, string body, MessageProblems problems)
    {
        var message = Parse(raw);
        Assert.Equal(names, string.Join(',', message.Fields.Select(field => Encoding.ASCII.GetString(field.Name))));
        Assert.Equal((body, problems), (Encoding.Latin1.GetString(message.Body.Span), message.Problems));
    }

    [Fact]
    public void Limits_hold_at_the_limit_and_refuse_one_beyond()
    {
        var limits = new MessageLimits { SizeBytesMax = 12, HeaderBytesMax = 10, FieldCountMax = 2 };
        Assert.IsType<MessageParse.Parsed>(MailMessage.Parse("A:1\nB:2\n\nxxx"u8.ToArray(), limits));
        Assert.Contains("13 bytes", Refusal("A:1\nB:2\n\nxxxx", limits), StringComparison.Ordinal);
        Assert.IsType<MessageParse.Parsed>(MailMessage.Parse("A:1234567\n\n"u8.ToArray(), limits));
        Assert.Contains("10 bytes", Refusal("A:12345678\n\n", limits), StringComparison.Ordinal);
        Assert.Contains("2 fields", Refusal("A:1\nB:\nC:\n", limits), StringComparison.Ordinal);

        static string Refusal(string raw, MessageLimits limits) => Assert.IsType<MessageParse.Refused>(MailMessage.Parse(Encoding.ASCII.GetBytes(raw), limits)).Why;
    }

    [Fact]
    public void A_header_line_of_998_bytes_is_in_order_and_one_of_999_is_told()
    {
        Assert.Equal(MessageProblems.None, Parse("A:" + new string('x', 996) + "\r\n\r\n").Problems);
        Assert.Equal(MessageProblems.LongHeaderLine, Parse("A:" + new string('x', 997) + "\r\n\r\n").Problems);
        Assert.Equal(MessageProblems.LongHeaderLine, Parse("A:\r\n " + new string('x', 998) + "\r\n\r\n").Problems);
    }

    [Theory]
    [InlineData("From: a@shop.example\r\n", "a|shop.example", "shop.example", FromProblems.None)]
    [InlineData("From: Shop <a@shop.example>\r\n", "a|shop.example", "shop.example", FromProblems.None)]
    [InlineData("From: \"Shop, Inc. \\\"x\\\"\" <a@shop.example>\r\n", "a|shop.example", "shop.example", FromProblems.None)]
    [InlineData("From: =?utf-8?B?PGFAYi5jPg==?= <a@shop.example>\r\n", "a|shop.example", "shop.example", FromProblems.None)]
    [InlineData("From: Shop\r\n <a@shop.example>\r\n", "a|shop.example", "shop.example", FromProblems.None)]
    [InlineData("From: \"no-reply@amazon.co.jp\" <a@evil.example>\r\n", "a|evil.example", "evil.example", FromProblems.AddressInDisplayName)]
    [InlineData("From: a@shop.example (Shop)\r\n", "a|shop.example", "shop.example", FromProblems.Comment)]
    [InlineData("From: <a@shop.example> (<b@evil.example>)\r\n", "a|shop.example", "shop.example", FromProblems.Comment)]
    [InlineData("From: a@shop.example, b@evil.example\r\n", "a|shop.example b|evil.example", null, FromProblems.SeveralMailboxes)]
    [InlineData("From: a@shop.example, b@SHOP.example\r\n", "a|shop.example b|SHOP.example", "shop.example", FromProblems.SeveralMailboxes)]
    [InlineData("From: a@shop.example, b@mail.shop.example\r\n", "a|shop.example b|mail.shop.example", null, FromProblems.SeveralMailboxes)]
    [InlineData("From: a@shop.example\r\nFrom: b@evil.example\r\n", "a|shop.example b|evil.example", null, FromProblems.SeveralFields | FromProblems.SeveralMailboxes)]
    [InlineData("From: a@shop.example\r\nFrom:\r\n", "a|shop.example", null, FromProblems.SeveralFields)]
    [InlineData("From: Shops: a@shop.example, b@shop.example;\r\n", "a|shop.example b|shop.example", "shop.example", FromProblems.Group | FromProblems.SeveralMailboxes)]
    [InlineData("From: <@relay.example:a@shop.example>\r\n", "a|shop.example", "shop.example", FromProblems.Malformed)]
    [InlineData("From: <a@shop.example> <b@evil.example>\r\n", "a|shop.example", "shop.example", FromProblems.Malformed)]
    [InlineData("From: <a@shop.example\r\n", "a|shop.example", "shop.example", FromProblems.Malformed)]
    [InlineData("From: a@b@shop.example\r\n", "a@b|shop.example", "shop.example", FromProblems.Malformed)]
    [InlineData("From: Shop\r\n", "", null, FromProblems.NoMailbox | FromProblems.Malformed)]
    [InlineData("To: a@shop.example\r\n", "", null, FromProblems.NoMailbox)]
    [InlineData("From : a@shop.example\r\n", "a|shop.example", "shop.example", FromProblems.None)]
    [InlineData("From: \"open <a@shop.example>\r\n", "", null, FromProblems.NoMailbox | FromProblems.Malformed)]
    public void From_is_read_with_all_that_can_be_hidden_in_it(string header, string mailboxes, string? author, FromProblems problems)
    {
        var from = FromMailboxes.Of(Parse(header + "\r\nbody"));
        Assert.Equal(mailboxes, string.Join(' ', from.Mailboxes.Select(mailbox => $"{mailbox.LocalPart}|{mailbox.Domain}")));
        Assert.Equal((author, problems), (from.AuthorDomain, from.Problems));
    }

    private static MailMessage Parse(string raw) => Assert.IsType<MessageParse.Parsed>(MailMessage.Parse(Encoding.Latin1.GetBytes(raw))).Message;
}
