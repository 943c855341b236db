using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Shonin.CardCompany.Accounts;
using Shonin.CardCompany.Host;
using Shonin.Iso8583;
using static Shonin.Specs.CardCompany.CardCompanyRun;

namespace Shonin.Specs.CardCompany;

public sealed partial class CardCompanyHostSpecs
{
    [Fact]
    public async Task An_approval_carries_what_the_profile_says()
    {
        await using var run = await CardCompanyRun.StartAsync();
        var request = run.Authorization(1, 15_000);
        var answer = await run.AskAsync(request);
        Assert.Equal("0110", answer.Mti.ToString());
        Assert.Equal([3, 4, 7, 11, 12, 13, 32, 37, 38, 39, 41, 42, 48, 49, 62, 63], answer.Fields);
        foreach (var field in new[] { 3, 4, 7, 11, 12, 13, 32, 37, 41, 42, 49, 62 })
        {
            Assert.Equal(
                request.Number(field)?.ToString(CultureInfo.InvariantCulture) ?? request.Text(field),
                answer.Number(field)?.ToString(CultureInfo.InvariantCulture) ?? answer.Text(field)
            );
        }

        Assert.Equal("00", answer.Text(39));
        Assert.Equal(6, answer.Text(38)!.Length);
        Assert.Equal("8701M", answer.Text(48));
    }

    [Theory]
    [InlineData("4242424242424242", "00")]
    [InlineData("4000000000000002", "05")]
    [InlineData("4000000000009995", "51")]
    [InlineData("4000000000000069", "54")]
    [InlineData("4000000000000127", "N7")]
    [InlineData("4000000000003220", "62")]
    [InlineData("4000000000000101", "01")]
    [InlineData("4000000000000119", "00")]
    [InlineData("4000000000000259", "00")]
    [InlineData("4000000000000341", "00")]
    [InlineData("4100000000000019", "43")]
    [InlineData("3566002020360505", "00")]
    [InlineData("378282246310005", "00")]
    [InlineData("5555555555554444", "00")]
    [InlineData("5200000000000007", "05")]
    [InlineData("4111111111111111", "14")]
    public async Task The_demo_cards_do_what_is_said_of_them(string number, string responseCode)
    {
        await using var run = await CardCompanyRun.StartAsync();
        Assert.Equal(responseCode, (await run.AskAsync(run.Authorization(1, 10_001, number))).Text(39));
    }

    [Fact]
    public async Task A_decline_with_advice_code_03_says_so()
    {
        await using var run = await CardCompanyRun.StartAsync();
        Assert.Equal("840203" + "8701M", (await run.AskAsync(run.Authorization(1, 1_000, "5200000000000007"))).Text(48));
    }

    [Fact]
    public async Task Many_requests_in_flight_are_all_answered_and_matched_by_their_key()
    {
        await using var run = await CardCompanyRun.StartAsync();
        for (var stan = 1; stan <= 200; stan++)
            await run.SendAsync(run.Authorization(stan, stan, number: stan % 2 == 0 ? Approves : "4000000000000002"));
        var answers = new SortedDictionary<long, Message>();
        while (answers.Count < 200 && await run.ReceiveAsync() is var answer)
            answers.Add(answer.Number(11)!.Value, answer);
        Assert.All(answers, pair =>
            Assert.Equal((pair.Key, pair.Key % 2 == 0 ? "00" : "05"), (pair.Value.Number(4)!.Value, pair.Value.Text(39)))
        );
    }

    [Fact]
    public async Task A_reversal_a_capture_and_their_repeats_are_answered_in_the_short_form()
    {
        await using var run = await CardCompanyRun.StartAsync();
        var approved = await run.AskAsync(run.Authorization(1, 1_000));
        var captured = await run.AskAsync(run.Capture(2, 1, 400, approved.Text(38)!));
        Assert.Equal(("0230", "00"), (captured.Mti.ToString(), captured.Text(39)));
        Assert.Equal([7, 11, 32, 37, 39, 41, 42], captured.Fields);
        Assert.Equal("00", (await run.AskAsync(run.Reversal(3, 1, 1_000))).Text(39));
        var repeated = await run.AskAsync(run.Reversal(3, 1, 1_000, mti: "0421"));
        Assert.Equal(("0430", "00"), (repeated.Mti.ToString(), repeated.Text(39)));
        Assert.Equal("25", (await run.AskAsync(run.Reversal(4, 99, 1_000))).Text(39));
    }

    [Fact]
    public async Task A_key_on_another_card_is_refused_as_a_duplicate()
    {
        await using var run = await CardCompanyRun.StartAsync();
        Assert.Equal("00", (await run.AskAsync(run.Authorization(1, 1_000))).Text(39));
        Assert.Equal("94", (await run.AskAsync(run.Authorization(1, 1_000, "5555555555554444"))).Text(39));
        Assert.Equal("94", (await run.AskAsync(run.Authorization(1, 1_000, "5555555555554444"))).Text(39));
    }

    [Fact]
    public async Task Every_0110_carries_a_transaction_id_a_refused_or_repeated_one_too()
    {
        await using var run = await CardCompanyRun.StartAsync();
        async Task<string?> IdOfAsync(Message request, string responseCode)
        {
            var answer = await run.AskAsync(request);
            Assert.Equal(("0110", responseCode), (answer.Mti.ToString(), answer.Text(39)));
            return answer.Text(63);
        }

        var first = await IdOfAsync(run.Authorization(1, 1_000), "00");
        Assert.Equal(15, first?.Length);
        Assert.Equal(first, await IdOfAsync(run.Authorization(1, 1_000, mti: "0101"), "00"));
        Assert.Equal(first, await IdOfAsync(run.Authorization(1, 2_000), "94"));
        Assert.Equal(first, await IdOfAsync(run.Authorization(1, 1_000, "5555555555554444"), "94"));
        Assert.Equal(15, (await IdOfAsync(run.Authorization(2, 1_000, "4000000000000002"), "05"))?.Length);
        Assert.Equal(15, (await IdOfAsync(run.Authorization(3, 1_000).Remove(14), "30"))?.Length);
        Assert.Equal("EARLIER", await IdOfAsync(run.Authorization(4, 1_000).Remove(14).Set(63, "EARLIER"), "30"));
        Assert.Equal("EARLIER", await IdOfAsync(run.Authorization(1, 3_000).Set(63, "EARLIER"), "94"));
        Assert.Equal("25", (await run.AskAsync(run.Reversal(6, 5, 1_000))).Text(39));
        Assert.Equal(15, (await IdOfAsync(run.Authorization(5, 1_000), "94"))?.Length);
    }

    [Theory]
    [InlineData("1332010000"), InlineData("0229010000"), InlineData("1124256161"), InlineData("0000000000")]
    public async Task A_time_that_cannot_be_is_answered_30_under_the_key_as_it_came(string transmitted)
    {
        await using var run = await CardCompanyRun.StartAsync();
        foreach (var request in new[] { run.Authorization(1, 1_000), run.Reversal(2, 1, 1_000), run.NetworkManagement(3, "301") })
        {
            var answer = await run.AskAsync(request.Set(7, transmitted));
            Assert.Equal(("30", transmitted, request.Number(11)), (answer.Text(39), answer.Text(7), answer.Number(11)));
            Assert.Equal(request.Mti.ToString() == "0100" ? 15 : null, answer.Text(63)?.Length);
        }
        Assert.Equal("00", (await run.AskAsync(run.Authorization(1, 1_000))).Text(39));
        Assert.Equal(3, (await run.LogAsync()).Count(stored => stored.Type == "messageNotUnderstood/1"));
    }

    [Fact]
    public async Task What_was_decided_survives_a_restart()
    {
        await using var first = await CardCompanyRun.StartAsync();
        var answer = await first.AskAsync(first.Authorization(1, 9_000, "4000000000009995"));
        await first.HangUpAsync();
        await using var second = await CardCompanyRun.StartAsync(store: first.Store, clock: first.Clock);
        Assert.Equal(answer.Text(38), (await second.AskAsync(second.Authorization(1, 9_000, "4000000000009995", mti: "0101"))).Text(38));
        Assert.Equal("51", (await second.AskAsync(second.Authorization(2, 1_001, "4000000000009995"))).Text(39));
    }

    [Fact]
    public async Task A_host_whose_log_was_taken_over_answers_nothing_more()
    {
        await using var first = await CardCompanyRun.StartAsync();
        await using var second = await CardCompanyRun.StartAsync(store: first.Store, clock: first.Clock);
        await first.SendAsync(first.Authorization(1, 1_000));
        await first.SendAsync(first.NetworkManagement(2, "301"));
        Assert.Equal("0810", (await first.ReceiveAsync()).Mti.ToString());
        Assert.Equal("00", (await second.AskAsync(second.Authorization(1, 1_000))).Text(39));
    }

    [Fact]
    public async Task Sign_on_echo_and_sign_off_are_answered_and_only_sign_on_and_off_are_kept()
    {
        await using var run = await CardCompanyRun.StartAsync();
        foreach (var code in new[] { "001", "301", "002" })
        {
            var answer = await run.AskAsync(run.NetworkManagement(1, code));
            Assert.Equal(("0810", "00", code), (answer.Mti.ToString(), answer.Text(39), answer.Text(70)));
        }
        Assert.Equal("12", (await run.AskAsync(run.NetworkManagement(1, "777"))).Text(39));
        Assert.Equal(["signedOn/1", "signedOff/1"], (await run.LogAsync()).Select(stored => stored.Type));
    }

    [Fact]
    public async Task A_message_with_a_readable_key_but_a_field_missing_or_wrong_is_answered_30()
    {
        await using var run = await CardCompanyRun.StartAsync();
        var withoutExpiry = run.Authorization(1, 1_000).Remove(14);
        Assert.Equal(("0110", "30"), ((await run.AskAsync(withoutExpiry)).Mti.ToString(), (await run.AskAsync(withoutExpiry)).Text(39)));
        Assert.Equal("30", (await run.AskAsync(run.Capture(2, 1, 400, "000000").Remove(38))).Text(39));
        Assert.Equal("30", (await run.AskAsync(run.Capture(2, 1, 400, "000000").Remove(90))).Text(39));
        Assert.Equal("30", (await run.AskAsync(run.Authorization(3, 1_000).Set(48, "2099"))).Text(39));
        var stored = Assert.Single(await run.LogAsync(), stored =>
            Encoding.UTF8.GetString(stored.Payload.Span).Contains("DE 48", StringComparison.Ordinal)
        );
        Assert.Equal("messageNotUnderstood/1", stored.Type);
    }

    [Fact]
    public async Task Answers_and_other_businesses_are_recorded_and_never_answered()
    {
        await using var run = await CardCompanyRun.StartAsync();
        foreach (var mti in new[] { "0110", "0130", "0302", "0500" })
            await run.SendAsync(run.Authorization(1, 1_000, mti: mti));
        Assert.Equal("0810", (await run.AskAsync(run.NetworkManagement(2, "301"))).Mti.ToString());
        Assert.Equal(4, (await run.LogAsync()).Count(stored => stored.Type == "messageNotUnderstood/1"));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1")]
    [InlineData("01")]
    [InlineData("0100FFFF")]
    public async Task Garbage_in_a_frame_closes_the_connection_and_is_recorded_without_its_bytes(string garbage)
    {
        await using var run = await CardCompanyRun.StartAsync();
        await run.SendFrameAsync(garbage);
        await Eventually.EndsAsync("the connection is closed", run.Serving);
        var stored = Assert.Single(await run.LogAsync());
        Assert.Equal("messageNotUnderstood/1", stored.Type);
        Assert.DoesNotContain("HTTP", Encoding.UTF8.GetString(stored.Payload.Span), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { 0, 0 }, "0 bytes was announced")]
    [InlineData(new byte[] { 0x10, 0x01 }, "4097 bytes was announced")]
    [InlineData(new byte[] { 0xFF, 0xFF }, "65535 bytes was announced")]
    public async Task A_bad_length_closes_the_connection_and_is_recorded(byte[] length, string why)
    {
        await using var run = await CardCompanyRun.StartAsync();
        await run.SendAsync(length);
        await Eventually.EndsAsync("the connection is closed", run.Serving);
        Assert.Contains(why, Encoding.UTF8.GetString(Assert.Single(await run.LogAsync()).Payload.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Half_a_message_changes_nothing_but_is_recorded_when_the_peer_leaves()
    {
        await using var run = await CardCompanyRun.StartAsync();
        await run.SendAsync(new byte[] { 0, 200, (byte)'0', (byte)'1' });
        await run.HangUpAsync();
        Assert.Equal("connectionClosed/1", Assert.Single(await run.LogAsync()).Type);
    }

    [Fact]
    public async Task A_silent_connection_is_closed_at_its_time_and_a_talking_one_is_not()
    {
        var limits = new HostLimits { IdleTimeout = TimeSpan.FromMinutes(2) };
        await using var run = await CardCompanyRun.StartAsync(limits);
        await run.AskAsync(run.NetworkManagement(1, "301"));
        run.Clock.Advance(TimeSpan.FromSeconds(119));
        Assert.False(run.Serving.IsCompleted);
        await run.AskAsync(run.NetworkManagement(2, "301"));
        run.Clock.Advance(TimeSpan.FromSeconds(120));
        await Eventually.EndsAsync("the connection is closed", run.Serving);
        Assert.Equal("connectionClosed/1", Assert.Single(await run.LogAsync()).Type);
    }

    [Fact]
    public async Task A_stranger_who_says_nothing_keeps_no_place_for_long()
    {
        await using var run = await CardCompanyRun.StartAsync(new HostLimits { FirstMessageTimeout = TimeSpan.FromSeconds(30) });
        await run.SendAsync(new byte[] { 0, 40, (byte)'0' });
        run.Clock.Advance(TimeSpan.FromSeconds(29));
        Assert.False(run.Serving.IsCompleted);
        run.Clock.Advance(TimeSpan.FromSeconds(1));
        await Eventually.EndsAsync("the connection is closed", run.Serving);
        Assert.Contains("00:00:30", Encoding.UTF8.GetString(Assert.Single(await run.LogAsync()).Payload.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_more_connections_than_allowed_are_served()
    {
        await using var run = await CardCompanyRun.StartAsync(new HostLimits { ConnectionsMax = 1 });
        var (near, far) = DuplexPipe.Create();
        await run.Host.ServeConnectionAsync(far, "second", CancellationToken.None);
        await near.DisposeAsync();
        Assert.Equal("00", (await run.AskAsync(run.NetworkManagement(1, "301"))).Text(39));
    }

    [Fact]
    public async Task Whether_an_answer_was_sent_is_part_of_the_history()
    {
        await using var run = await CardCompanyRun.StartAsync();
        await run.AskAsync(run.Authorization(1, 1_000));
        await run.HangUpAsync();
        Assert.Equal(["authorizationDecided/1", "answerSent/1"], (await run.LogAsync()).Select(stored => stored.Type));
    }

    [Fact]
    public async Task An_answer_that_could_not_be_sent_is_recorded_as_undelivered_and_the_decision_stands()
    {
        await using var run = await CardCompanyRun.StartAsync();
        run.Deafen();
        await run.SendAsync(run.Authorization(1, 1_000));
        await run.HangUpAsync();
        Assert.Equal(["authorizationDecided/1", "answerUndelivered/1"], (await run.LogAsync()).Select(stored => stored.Type));
    }

    [Fact]
    public async Task What_cannot_be_recorded_is_not_answered()
    {
        await using var run = await CardCompanyRun.StartAsync();
        await run.Host.DisposeAsync();
        await run.SendAsync(run.Authorization(1, 1_000));
        Assert.Equal("0810", (await run.AskAsync(run.NetworkManagement(2, "301"))).Mti.ToString());
        await run.HangUpAsync();
        Assert.Empty(await run.LogAsync());
    }

    /// <summary>The refused append takes those with it that were decided on top of it; they are decided anew.</summary>
    [Fact]
    public async Task A_decision_that_was_not_written_does_no_harm_to_those_behind_it()
    {
        await using var run = await CardCompanyRun.StartAsync();
        await run.AskAsync(run.Authorization(1, 100, "5555555555554444"));
        for (var stan = 1; stan <= 50; stan++)
            await run.SendAsync(run.Authorization(stan, 100));
        var codes = new SortedDictionary<long, string>();
        while (codes.Count < 50 && await run.ReceiveAsync() is var answer)
            codes.Add(answer.Number(11)!.Value, answer.Text(39)!);
        Assert.All(codes, pair => Assert.Equal(pair.Key == 1 ? "94" : "00", pair.Value));
        await run.HangUpAsync();
        var history = (await run.Host.Cards.ReadAsync(run.Host.Keys.Stream(Approves)))!.State;
        Assert.Equal((49, 4_900), (history.Authorizations.Count, history.Used("JPY")));
    }

    [Fact]
    public async Task A_hold_lapses_by_itself_when_its_time_comes_even_after_a_restart()
    {
        await using var first = await CardCompanyRun.StartAsync();
        await first.AskAsync(first.Authorization(1, 1_000));
        await first.HangUpAsync();
        await using var second = await CardCompanyRun.StartAsync(store: first.Store, clock: first.Clock);
        await second.HangUpAsync();
        for (var hours = 0; hours < 60 * 24; hours++)
            second.Clock.Advance(TimeSpan.FromHours(1));
        await second.Host.DisposeAsync();
        Assert.Single(await second.LogAsync(), stored => stored.Type == "holdExpired/1");
    }

    [Fact]
    public async Task No_card_number_is_in_the_log_whatever_came()
    {
        await using var run = await CardCompanyRun.StartAsync();
        foreach (var (entry, index) in DemoAccounts.Book.Entries.Select((entry, index) => (entry, index)))
        {
            await run.AskAsync(run.Authorization(100 + index, 1_000, entry.Number, order: "ORDER-" + entry.Number));
            await run.AskAsync(run.Authorization(200 + index, 1_000, entry.Number).Remove(14));
            await run.AskAsync(run.Reversal(300 + index, 100 + index, 1_000, entry.Number));
        }
        await run.SendFrameAsync("0100" + Approves + Approves);
        await Eventually.EndsAsync("the connection is closed", run.Serving);
        var log = await run.LogAsync();
        Assert.True(log.Count > 60);
        foreach (var stored in log)
        {
            foreach (Match run13 in DigitRun().Matches(stored.Stream + Encoding.UTF8.GetString(stored.Payload.Span)))
                Assert.False(Luhn.Passes(run13.Value), $"{stored.Type} holds {run13.Value}");
        }
    }

    [GeneratedRegex("[0-9]{13,19}")]
    private static partial Regex DigitRun();
}
