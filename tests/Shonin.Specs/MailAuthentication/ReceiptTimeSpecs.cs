using System.Globalization;
using System.Text;
using CsCheck;
using Shonin.MailAuthentication.AuthResults;
using Shonin.MailAuthentication.Message;

namespace Shonin.Specs.MailAuthentication;

public sealed class ReceiptTimeSpecs
{
    private static readonly DateTimeOffset now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);
    private static readonly AuthResultsTrust trust = new() { AuthservIds = ["mx.b.example"] };

    [Theory]
    [InlineData("from a by mx.b.example; Tue, 24 Nov 2026 10:02:03 +0900", "2026-11-24T01:02:03Z")]
    [InlineData("from a (x; y) by mx.b.example;\r\n\tTue, 24 Nov 2026 10:02:03 +0900 (JST)", "2026-11-24T01:02:03Z")]
    [InlineData("by mx.b.example; 4 Jan 2026 1:02 -0800", "2026-01-04T09:02:00Z")]
    [InlineData("by mx.b.example; Sun,  4 JAN 2026 01:02:03 GMT", "2026-01-04T01:02:03Z")]
    [InlineData("by mx.b.example; 4 Jan 2026 01:02:03 EST", "2026-01-04T06:02:03Z")]
    [InlineData("by mx.b.example; Tue, 24 Nov 2026 12:00:00 +0000", "2026-11-24T12:00:00Z")]
    // Nothing that can be read, or a time still to come: the time of the check.
    [InlineData("by mx.b.example; Tue, 24 Nov 2026 12:00:01 +0000", "2026-11-24T12:00:00Z")]
    [InlineData("by mx.b.example", "2026-11-24T12:00:00Z")]
    [InlineData("by mx.b.example; yesterday", "2026-11-24T12:00:00Z")]
    [InlineData("by mx.b.example; 31 Feb 2026 01:02:03 +0000", "2026-11-24T12:00:00Z")]
    [InlineData("by mx.b.example; 4 Jan 2026 01:02:03 +9900", "2026-11-24T12:00:00Z")]
    [InlineData("by mx.b.example; 1 Jan 0001 00:00:00 +0900", "2026-11-24T12:00:00Z")]
    [InlineData("by other.example; Tue, 24 Nov 2026 10:02:03 +0900", "2026-11-24T12:00:00Z")]
    [InlineData("from mx.b.example by b.example.evil.example; Tue, 24 Nov 2026 10:02:03 +0900", "2026-11-24T12:00:00Z")]
    [InlineData("from a (by mx.b.example) by localhost; Tue, 24 Nov 2026 10:02:03 +0900", "2026-11-24T12:00:00Z")]
    [InlineData("by 203.0.113.9; Tue, 24 Nov 2026 10:02:03 +0900", "2026-11-24T12:00:00Z")]
    public void The_topmost_hop_says_when_a_message_was_received_if_a_trusted_host_wrote_it(string received, string expected) =>
        Assert.Equal(
            DateTimeOffset.Parse(expected, CultureInfo.InvariantCulture),
            ReceiptTime.Of(Parse($"Received: {received}\r\nReceived: by c; 1 Jan 2020 00:00:00 +0000\r\n\r\n"), now, trust)
        );

    [Fact]
    public void Without_a_hop_it_is_the_time_of_the_check() =>
        Assert.Equal(now, ReceiptTime.Of(Parse("Date: 1 Jan 2020 00:00:00 +0000\r\n\r\n"), now, trust));

    [Fact]
    public void Nobody_is_believed_by_default() =>
        Assert.Equal(
            now,
            ReceiptTime.Of(Parse("Received: by mx.b.example; 1 Jan 2020 00:00:00 +0000\r\n\r\n"), now, AuthResultsTrust.Nobody)
        );

    [Fact]
    public void Any_bytes_have_a_time() =>
        Gen
            .Byte.Array[0, 200]
            .Sample(bytes => ReceiptTime.Of(Parse($"Received: by mx.b.example;{Encoding.Latin1.GetString(bytes)}"), now, trust) <= now);

    private static MailMessage Parse(string raw) =>
        Assert.IsType<MessageParse.Parsed>(MailMessage.Parse(Encoding.Latin1.GetBytes(raw))).Message;
}
