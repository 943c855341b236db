using System.Text;
using Shonin.MailAuthentication.Message;

namespace Shonin.Specs.MailAuthentication;

public sealed class MailMessageSpecs
{
    [Theory]
    [InlineData("A: 1\r\nB: 2\r\n\r\nbody", "A,B", "body", "")]
    [InlineData("A: 1\nB: 2\n\nbody", "A,B", "body", "LineFeedOnly 1")]
    [InlineData("A: 1\r\nB: 2\n\nbody", "A,B", "body", "MixedLineEnds 1")]
    [InlineData("A: 1\n\nbody\r\n\r\nother", "A", "body\r\n\r\nother", "MixedLineEnds 1")]
    [InlineData("A: 1\r\n\r\nbody\nother", "A", "body\nother", "")]
    [InlineData("A: 1\r\n folded\r\n\tmore\r\nB: 2\r\n\r\n", "A,B", "", "")]
    [InlineData("A: 1\r\n \r\nB: 2\r\n\r\nbody", "A,B", "body", "BlankContinuation 2")]
    [InlineData("A: 1", "A", "", "")]
    [InlineData("", "", "", "")]
    [InlineData("\r\nbody", "", "body", "")]
    [InlineData("A: 1\rB: 2\r\n\r\nbody", "A", "body", "BareCarriageReturn 1")]
    [InlineData("A: 1\r\r\n\r\nbody", "A", "body", "BareCarriageReturn 1")]
    [InlineData("A: \0\r\n\r\nbody", "A", "body", "ControlCharacter 1")]
    [InlineData("A: \v\r\nB: \u007f\r\n\r\nbody", "A,B", "body", "ControlCharacter 1, ControlCharacter 2")]
    [InlineData("A: \u001b$B\t\r\n\r\nbody", "A", "body", "")]
    [InlineData("A: 1\r\n\r\n\0\r\v", "A", "\0\r\v", "")]
    [InlineData("\u00ef\u00bb\u00bfA: 1\r\n\r\nbody", "A", "body", "ByteOrderMark 1")]
    [InlineData("From a@b Tue Nov 24\r\nA: 1\r\n\r\nbody", "A", "body", "MailboxFromLine 1")]
    [InlineData("From a@b\rA: 2\r\nA: 1\r\n\r\nbody", "A", "body", "BareCarriageReturn 1, MailboxFromLine 1")]
    [InlineData(">From a@b Tue Nov 24\r\nA: 1\r\n\r\nbody", "A", "body", "QuotedMailboxFromLine 1")]
    [InlineData("A: 1\r\n>From: b\r\n\r\nbody", "A,>From", "body", "UnusualFieldName 2")]
    [InlineData("A: \u00e3\u0081\r\n\r\nbody", "A", "body", "EightBitHeader 1")]
    [InlineData("A : 1\r\n\r\nbody", "A", "body", "SpaceBeforeColon 1")]
    [InlineData("X-Foo/Bar: 1\r\nX-A(b)\"c\"~: 2\r\n1x: 3\r\n\r\nbody", "X-Foo/Bar,X-A(b)\"c\"~,1x", "body", "")]
    [InlineData("/X: 1\r\n\r\nbody", "/X", "body", "UnusualFieldName 1")]
    [InlineData("A: 1\r\nno field\r\nB: 2\r\n\r\nbody", "A,,B", "body", "MalformedFieldLine 2")]
    [InlineData("A: 1\r\n: 2\r\n\r\nbody", "A,", "body", "MalformedFieldLine 2")]
    [InlineData("A: 1\r\n.\r\n\r\nbody", "A,", "body", "MalformedFieldLine 2")]
    [InlineData(" A: 1\r\nB: 2\r\n\r\nbody", ",B", "body", "MalformedFieldLine 1")]
    public void A_message_is_split_and_what_programs_read_differently_is_told_with_its_line(
        string raw,
        string names,
        string body,
        string oddities
    )
    {
        var message = Parse(raw);
        Assert.Equal(names, string.Join(',', message.Fields.Select(field => Encoding.ASCII.GetString(field.Name))));
        Assert.Equal((body, oddities), (Encoding.Latin1.GetString(message.Body.Span), Told(message)));
    }

    private static string Told(MailMessage message) =>
        string.Join(", ", message.Oddities.Select(oddity => $"{oddity.Kind} {oddity.LineNumber}"));

    [Fact]
    public void No_number_of_harmless_oddities_hides_another_one() =>
        Assert.EndsWith(
            "MalformedFieldLine 101",
            Told(Parse(string.Concat(Enumerable.Repeat("A: \u00e3\r\n", 100)) + "no field\r\n\r\n")),
            StringComparison.Ordinal
        );

    [Fact]
    public void Limits_hold_at_the_limit_and_refuse_one_beyond()
    {
        var limits = new MessageLimits
        {
            SizeBytesMax = 12,
            HeaderBytesMax = 10,
            FieldCountMax = 2,
        };
        Assert.IsType<MessageParse.Parsed>(MailMessage.Parse("A:1\nB:2\n\nxxx"u8.ToArray(), limits));
        Assert.Contains("13 bytes", Refusal("A:1\nB:2\n\nxxxx", limits), StringComparison.Ordinal);
        Assert.IsType<MessageParse.Parsed>(MailMessage.Parse("A:1234567\n\n"u8.ToArray(), limits));
        Assert.Contains("10 bytes", Refusal("A:12345678\n\n", limits), StringComparison.Ordinal);
        Assert.Contains("2 fields", Refusal("A:1\nB:\nC:\n", limits), StringComparison.Ordinal);

        static string Refusal(string raw, MessageLimits limits) =>
            Assert.IsType<MessageParse.Refused>(MailMessage.Parse(Encoding.ASCII.GetBytes(raw), limits)).Why;
    }

    [Fact]
    public void A_header_line_over_998_bytes_is_told_where_a_program_that_cuts_it_would_find_a_field()
    {
        Assert.Empty(Parse("A: " + new string('x', 982) + "Subject: y\r\n\r\n").Oddities);
        Assert.Equal("LongHeaderLine 1", Told(Parse("A: " + new string('x', 987) + "Subject: y\r\n\r\n")));
        Assert.Equal("LongHeaderLine 2", Told(Parse("A:\r\n " + new string('x', 990) + "Subject: y\r\n\r\n")));
        foreach (var place in new[] { 990, 998, 999, 1000, 1022, 1024, 1980, 1996, 2000, 2047, 2048, 3072, 4096, 8192 })
            Assert.Equal("LongHeaderLine 1", Told(Parse("A: " + new string('x', place - 3) + "Subject: y\r\n\r\n")));

        // What stands elsewhere in a long line is only text that quotes a header.
        Assert.Empty(Parse("X-Report: From: a@shop.example " + new string('x', 1_200) + " Subject: y\r\n\r\n").Oddities);
        Assert.Empty(Parse("A: " + new string('x', 5_000) + "\r\n\r\n").Oddities);
    }

    [Theory]
    [InlineData("From: a@shop.example\r\n", "a|shop.example", "shop.example", FromProblems.None)]
    [InlineData("From: Shop <a@shop.example>\r\n", "a|shop.example", "shop.example", FromProblems.None)]
    [InlineData("From: \"Shop, Inc. \\\"x\\\"\" <a@shop.example>\r\n", "a|shop.example", "shop.example", FromProblems.None)]
    [InlineData("From: =?utf-8?B?PGFAYi5jPg==?= <a@shop.example>\r\n", "a|shop.example", "shop.example", FromProblems.None)]
    [InlineData("From: Shop\r\n <a@shop.example>\r\n", "a|shop.example", "shop.example", FromProblems.None)]
    [InlineData(
        "From: \"no-reply@amazon.co.jp\" <a@evil.example>\r\n",
        "a|evil.example",
        "evil.example",
        FromProblems.AddressInDisplayName
    )]
    [InlineData("From: a@shop.example (Shop)\r\n", "a|shop.example", "shop.example", FromProblems.Comment)]
    [InlineData(
        "From: <a@shop.example> (<b@evil.example>)\r\n",
        "a|shop.example",
        "shop.example",
        FromProblems.Comment | FromProblems.ReadersDiffer
    )]
    [InlineData("From: a@shop.example, b@evil.example\r\n", "a|shop.example b|evil.example", null, FromProblems.SeveralMailboxes)]
    [InlineData("From: a@shop.example, b@SHOP.example\r\n", "a|shop.example b|SHOP.example", "shop.example", FromProblems.SeveralMailboxes)]
    [InlineData("From: a@shop.example, b@mail.shop.example\r\n", "a|shop.example b|mail.shop.example", null, FromProblems.SeveralMailboxes)]
    [InlineData(
        "From: a@shop.example\r\nFrom: b@evil.example\r\n",
        "a|shop.example b|evil.example",
        null,
        FromProblems.SeveralFields | FromProblems.SeveralMailboxes
    )]
    [InlineData("From: a@shop.example\r\nFrom:\r\n", "a|shop.example", null, FromProblems.SeveralFields)]
    [InlineData(
        "From: Shops: a@shop.example, b@shop.example;\r\n",
        "a|shop.example b|shop.example",
        "shop.example",
        FromProblems.Group | FromProblems.SeveralMailboxes | FromProblems.ReadersDiffer
    )]
    [InlineData(
        "From: <@relay.example:a@shop.example>\r\n",
        "a|shop.example",
        "shop.example",
        FromProblems.Malformed | FromProblems.ReadersDiffer
    )]
    [InlineData(
        "From: <a@shop.example> <b@evil.example>\r\n",
        "a|shop.example",
        "shop.example",
        FromProblems.Malformed | FromProblems.ReadersDiffer
    )]
    [InlineData("From: <a@shop.example\r\n", "a|shop.example", "shop.example", FromProblems.Malformed)]
    [InlineData("From: a@b@shop.example\r\n", "a@b|shop.example", "shop.example", FromProblems.Malformed | FromProblems.ReadersDiffer)]
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

    private static MailMessage Parse(string raw) =>
        Assert.IsType<MessageParse.Parsed>(MailMessage.Parse(Encoding.Latin1.GetBytes(raw))).Message;
}
