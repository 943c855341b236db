using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Shonin.Notices;
using Shonin.Settings;

namespace Shonin.Specs.Notices;

/// <summary>What the relay's behaviour means for a mail, over a real socket; the clock moves when told to.</summary>
[RealParts]
public sealed class SmtpRelaySpecs : IAsyncDisposable
{
    private readonly FakeTimeProvider time = new(DateTimeOffset.UnixEpoch);
    private readonly ScriptedRelay server = new();
    private readonly SmtpRelay relay;

    public SmtpRelaySpecs() => relay = RelayOf(server);

    [Fact]
    public async Task A_mail_arrives_byte_for_byte_and_the_connection_serves_the_next()
    {
        var mail = Mail() with { Message = "Subject: dots\r\n\r\n.\r\n..\r\nend\r\n"u8.ToArray() };
        Assert.IsType<MailOutcome.Taken>(await relay.DeliverAsync(mail, default));
        Assert.IsType<MailOutcome.Taken>(await relay.DeliverAsync(Mail(), default));

        Assert.Equal(Encoding.UTF8.GetString(mail.Message), server.Taken[0]);
        Assert.Equal(1, server.ConnectionCount);
        Assert.Contains("MAIL FROM:<notice@shop.example.jp>", server.Said);
    }

    [Theory]
    [InlineData("421 4.4.2 idle for too long")]
    [InlineData(null)]
    [InlineData("RST")]
    public async Task A_connection_that_was_closed_while_it_lay_idle_costs_the_next_mail_nothing(string? farewell)
    {
        await relay.DeliverAsync(Mail(), default);
        await server.HangUpAsync(farewell is "RST" ? null : farewell, farewell is "RST" ? new LingerOption(true, 0) : null);

        Assert.IsType<MailOutcome.Taken>(await relay.DeliverAsync(Mail(), default));
        Assert.Equal((2, 2), (server.ConnectionCount, server.Taken.Count));
    }

    [Theory]
    [InlineData("MAIL", "530 5.7.0 authentication required")]
    [InlineData("MAIL", "421 4.3.2 shutting down")]
    [InlineData("RCPT", "550 5.7.1 relay access denied")]
    [InlineData("RCPT", null)]
    [InlineData("DATA", "554 5.5.1 no")]
    [InlineData(".", "554 5.7.1 spam")]
    public async Task What_does_not_speak_of_the_recipient_is_the_relays_and_the_next_mail_is_taken(string command, string? reply)
    {
        server.Answer = said => ScriptedRelay.ReplyAsync(said.StartsWith(command, StringComparison.Ordinal) ? reply : server.Usual(said));
        Assert.IsType<MailOutcome.RelayRefused>(await relay.DeliverAsync(Mail(), default));

        server.Answer = null;
        Assert.IsType<MailOutcome.Taken>(await relay.DeliverAsync(Mail(), default));
    }

    [Fact]
    public async Task A_refusal_stands_even_where_the_relay_hangs_up_right_after_it()
    {
        server.Answer = said =>
            ScriptedRelay.ReplyAsync(
                said.StartsWith("RCPT", StringComparison.Ordinal) ? "550 5.1.1 no such user"
                : said == "RSET" ? null
                : server.Usual(said)
            );

        Assert.Equal(new MailOutcome.Refused("550 5.1.1 no such user"), await relay.DeliverAsync(Mail(), default));
    }

    [Fact]
    public async Task A_relay_that_turns_us_away_before_any_mail_is_away()
    {
        server.Answer = _ => ScriptedRelay.ReplyAsync("554 5.7.1 your network is blocked");
        Assert.IsType<MailOutcome.RelayAway>(await relay.DeliverAsync(Mail(), default));
        server.Answer = _ => ScriptedRelay.ReplyAsync(null);
        Assert.IsType<MailOutcome.RelayAway>(await relay.DeliverAsync(Mail(), default));

        await server.DisposeAsync();
        Assert.IsType<MailOutcome.RelayAway>(await relay.DeliverAsync(Mail(), default));
    }

    [Fact]
    public async Task A_login_that_is_refused_is_tried_again_less_often_than_a_relay_that_is_away()
    {
        await using var guarded = new ScriptedRelay { Extensions = ["AUTH PLAIN"] };
        guarded.Answer = said =>
            ScriptedRelay.ReplyAsync(said.StartsWith("AUTH", StringComparison.Ordinal) ? "535 5.7.8 wrong password" : guarded.Usual(said));
        using var signingIn = RelayOf(guarded, new SmtpLogin("shop", "secret"));

        var away = Assert.IsType<MailOutcome.RelayAway>(await signingIn.DeliverAsync(Mail(), default));
        Assert.Equal(TimeSpan.FromMinutes(5), away.LookAgainWithin);
        Assert.DoesNotContain("secret", away.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_relay_that_has_the_whole_mail_has_ten_minutes_to_answer()
    {
        var (whole, answer) = (Signal(), new TaskCompletionSource<string?>());
        server.Answer = said =>
        {
            if (said != ".")
                return ScriptedRelay.ReplyAsync(server.Usual(said));
            whole.TrySetResult();
            return answer.Task;
        };
        var delivering = relay.DeliverAsync(Mail(), default).AsTask();
        await whole.Task.WaitAsync(Bound);
        time.Advance(TimeSpan.FromMinutes(9));
        answer.SetResult("250 2.0.0 at last");

        Assert.IsType<MailOutcome.Taken>(await delivering.WaitAsync(Bound));
    }

    [Fact]
    public async Task A_mail_is_in_doubt_where_the_relay_has_it_whole_and_says_nothing()
    {
        var whole = Signal();
        server.Answer = said =>
        {
            if (said != ".")
                return ScriptedRelay.ReplyAsync(server.Usual(said));
            whole.TrySetResult();
            return new TaskCompletionSource<string?>().Task;
        };
        var delivering = relay.DeliverAsync(Mail(), default).AsTask();
        await whole.Task.WaitAsync(Bound);
        time.Advance(TimeSpan.FromMinutes(10));
        Assert.IsType<MailOutcome.InDoubt>(await delivering.WaitAsync(Bound));

        server.Answer = said => ScriptedRelay.ReplyAsync(said == "." ? null : server.Usual(said));
        Assert.IsType<MailOutcome.InDoubt>(await relay.DeliverAsync(Mail(), default).AsTask().WaitAsync(Bound));
    }

    [Fact]
    public async Task A_recipient_whom_the_relay_is_slow_about_holds_up_nobody_else()
    {
        var (slow, release) = (Signal(), new TaskCompletionSource<string?>());
        server.Answer = said =>
        {
            if (!said.StartsWith("RCPT TO:<slow@", StringComparison.Ordinal))
                return ScriptedRelay.ReplyAsync(server.Usual(said));
            slow.TrySetResult();
            return release.Task;
        };
        var waiting = relay.DeliverAsync(Mail() with { Recipient = "slow@example.jp" }, default).AsTask();
        await slow.Task.WaitAsync(Bound);

        Assert.IsType<MailOutcome.Taken>(await relay.DeliverAsync(Mail(), default).AsTask().WaitAsync(Bound));
        time.Advance(TimeSpan.FromSeconds(30));
        Assert.IsType<MailOutcome.RelayRefused>(await waiting.WaitAsync(Bound));
    }

    [Theory]
    [InlineData("a..b.@docomo.ne.jp", "RCPT TO:<\"a..b.\"@docomo.ne.jp>")]
    [InlineData(".abc@ezweb.ne.jp", "RCPT TO:<\".abc\"@ezweb.ne.jp>")]
    [InlineData("hanako@例え.jp", "RCPT TO:<hanako@xn--r8jz45g.jp>")]
    [InlineData("hanako@example.jp", "RCPT TO:<hanako@example.jp>")]
    public async Task An_address_stands_in_the_envelope_as_a_relay_can_read_it(string address, string command)
    {
        Assert.IsType<MailOutcome.Taken>(await relay.DeliverAsync(Mail() with { Recipient = address }, default));
        Assert.Contains(command, server.Said);
    }

    [Fact]
    public async Task An_address_beyond_ASCII_goes_where_the_relay_takes_it_and_is_undeliverable_where_not()
    {
        var mail = Mail() with { Recipient = "花子@example.jp" };
        Assert.Contains(
            "SMTPUTF8",
            Assert.IsType<MailOutcome.Refused>(await relay.DeliverAsync(mail, default)).Why,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain(server.Said, said => said.StartsWith("MAIL", StringComparison.Ordinal));

        await using var modern = new ScriptedRelay { Extensions = ["SMTPUTF8", "8BITMIME"] };
        using var other = RelayOf(modern);
        Assert.IsType<MailOutcome.Taken>(await other.DeliverAsync(mail, default));
        Assert.Contains("RCPT TO:<花子@example.jp>", modern.Said);
    }

    [Theory]
    [InlineData("hanako@example.jp>\r\nRCPT TO:<evil@example.com")]
    [InlineData("hanako")]
    public async Task What_is_no_address_is_never_told_to_the_relay(string address)
    {
        Assert.IsType<MailOutcome.Refused>(await relay.DeliverAsync(Mail() with { Recipient = address }, default));
        Assert.Empty(server.Said);
    }

    public async ValueTask DisposeAsync()
    {
        relay.Dispose();
        await server.DisposeAsync();
    }

    private static TimeSpan Bound => TimeSpan.FromSeconds(30);

    private static TaskCompletionSource Signal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static SignedMail Mail() =>
        new("1@shop.example.jp", "notice@shop.example.jp", "taro@example.jp", "mail", "Subject: x\r\n\r\nbody\r\n"u8.ToArray());

    private SmtpRelay RelayOf(ScriptedRelay at, SmtpLogin? login = null) =>
        new(new SmtpOptions(IPAddress.Loopback.ToString(), at.Port, SmtpTls.None, login, TimeSpan.FromSeconds(30)), time);
}
