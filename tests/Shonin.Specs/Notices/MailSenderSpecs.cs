using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Shonin.Domain;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.EventLog;
using Shonin.EventLog.InMemory;
using Shonin.Merchant.Notices;
using Shonin.Notices;
using Shonin.Operations;
using Shonin.Settings;
using Shonin.Specs.EventLog;
using Shonin.Specs.Orders;

namespace Shonin.Specs.Notices;

[Collection(nameof(SigningKeys))]
[RealParts]
public sealed class MailSenderSpecs(SigningKeys signing) : IAsyncLifetime
{
    private static readonly MailOutcome taken = new MailOutcome.Taken();

    private readonly DataFolder folder = new();
    private readonly FakeTimeProvider time = new(OrderStory.Morning + TimeSpan.FromHours(1));
    private readonly InMemoryEventStore store = new();
    private readonly List<string> sentMessageIds = [];
    private readonly List<OrderCommand> recorded = [];
    private readonly List<OrderCommand> refreshed = [];
    private readonly DkimKeys keys = signing.Pair;
    private MailSender sender = null!;
    private MailOutcome relay = taken;
    private readonly ConcurrentDictionary<string, Func<ValueTask<MailOutcome>>> relayOf = [];
    private readonly SemaphoreSlim committing = new(1);
    private LogUnusableException? logTrouble;
    private LogUnusableException? refreshTrouble;
    private Order asRefreshed = OrderStory.Placed(Locale.Ja).Order;

    [Fact]
    public async Task A_mail_that_was_taken_is_recorded_and_leaves_the_outbox()
    {
        await SendAsync();

        Assert.Equal(new OrderCommand.RecordNoticeSent("N1001-1-problem"), Assert.Single(recorded));
        Assert.Empty(await WaitingAsync());
    }

    [Fact]
    public async Task A_mail_that_was_refused_for_good_is_recorded_as_undeliverable()
    {
        relay = new MailOutcome.Refused("550 no such user");
        await SendAsync();

        Assert.Equal(new OrderCommand.RecordNoticeUndeliverable("N1001-1-problem", "550 no such user"), Assert.Single(recorded));
    }

    [Fact]
    public async Task A_mail_that_was_not_taken_waits_longer_each_time_up_to_an_hour()
    {
        relay = new MailOutcome.TryLater("421 busy");
        var waits = new List<TimeSpan>();
        for (var failure = 0; failure < 8; failure++)
        {
            await SendAsync();
            var item = Assert.Single(await WaitingAsync());
            Assert.Equal(failure + 1, item.Attempts);
            waits.Add(item.DueAt - time.GetUtcNow());
            time.Advance(waits[^1] - TimeSpan.FromMilliseconds(1));
            await SendAsync();
            Assert.Equal(failure + 1, sentMessageIds.Count);
            time.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.Equal([1, 2, 4, 8, 16, 32, 60, 60], waits.Select(wait => wait.TotalMinutes));
        Assert.All(recorded, command => Assert.IsType<OrderCommand.RecordNoticeDelayed>(command));
    }

    [Fact]
    public async Task A_mail_that_nobody_takes_for_four_days_is_undeliverable()
    {
        relay = new MailOutcome.TryLater("421 busy");
        time.SetUtcNow(NoticeMimeSpecs.Mail(Locale.Ja).QueuedAt + TimeSpan.FromDays(4) - TimeSpan.FromSeconds(1));
        await SendAsync();
        Assert.Equal(new OrderCommand.RecordNoticeDelayed("N1001-1-problem", "421 busy"), Assert.Single(recorded));

        time.Advance(TimeSpan.FromMinutes(2));
        await SendAsync();
        Assert.Equal(new OrderCommand.RecordNoticeUndeliverable("N1001-1-problem", "421 busy"), recorded[^1]);
    }

    [Fact]
    public async Task A_mail_that_was_taken_while_the_log_could_not_be_written_is_not_sent_again()
    {
        logTrouble = new LogUnusableException("disk full");
        await SendAsync();
        logTrouble = null;
        time.Advance(TimeSpan.FromMinutes(1));
        await SendAsync();

        Assert.Single(sentMessageIds);
        Assert.Equal(2, recorded.Count);
        Assert.Empty(await WaitingAsync());
    }

    [Fact]
    public async Task A_mail_that_was_taken_before_a_crash_is_sent_again_as_the_same_message()
    {
        logTrouble = new LogUnusableException("killed");
        await SendAsync();
        logTrouble = null;
        time.Advance(TimeSpan.FromMinutes(1));
        sender = NewSender();
        await SendAsync();

        Assert.Equal(2, sentMessageIds.Count);
        Assert.Equal(MessageIdOf("N1001-1-problem"), Assert.Single(sentMessageIds.Distinct()));
        Assert.Empty(await WaitingAsync());
    }

    [Fact]
    public async Task A_later_mail_of_an_order_leaves_only_when_the_earlier_one_is_sent_or_given_up()
    {
        await QueueAsync("1", "N1001-1-outcome");
        relayOf[MessageIdOf("N1001-1-problem")] = () => ValueTask.FromResult<MailOutcome>(new MailOutcome.TryLater("450 greylisted"));
        await SendAsync();
        await SendAsync();
        Assert.Equal([MessageIdOf("N1001-1-problem")], sentMessageIds);

        relayOf[MessageIdOf("N1001-1-problem")] = () => ValueTask.FromResult<MailOutcome>(new MailOutcome.Refused("550 no such user"));
        time.Advance(TimeSpan.FromMinutes(1));
        await SendAsync();
        await SendAsync();
        Assert.Equal([MessageIdOf("N1001-1-problem"), MessageIdOf("N1001-1-problem"), MessageIdOf("N1001-1-outcome")], sentMessageIds);
        Assert.Empty(await WaitingAsync());
    }

    public static TheoryData<string> Misfortunes =>
        ["an exception", "a timeout of its own", "a refusal by the relay", "a damaged payload", "a damaged text", "no text"];

    [Theory]
    [MemberData(nameof(Misfortunes))]
    public async Task Whatever_happens_to_one_mail_happens_to_it_alone(string misfortune)
    {
        switch (misfortune)
        {
            case "an exception":
                relayOf[MessageIdOf("N1000-received")] = () => throw new InvalidTimeZoneException("of any kind");
                break;
            case "a timeout of its own":
                relayOf[MessageIdOf("N1000-received")] = () => throw new OperationCanceledException();
                break;
            case "a refusal by the relay":
                relayOf[MessageIdOf("N1000-received")] = () =>
                    ValueTask.FromResult<MailOutcome>(new MailOutcome.RelayRefused("530 5.7.0 authentication required"));
                break;
        }
        await QueueAsync("0", "N1000-received", item =>
            misfortune == "a damaged payload" ? item with { Payload = "{\0"u8.ToArray() } : item
        );
        if (misfortune is "a damaged text" or "a damaged payload")
        {
            await CommitAsync(new("order-0"), append =>
                append with
                {
                    Documents = [new(NoticeMail.DocumentIdOf("N1000-received"), "customer-1", "{\"to\":\0"u8.ToArray())],
                }
            );
        }

        if (misfortune == "no text")
        {
            await CommitAsync(new("order-0"), append =>
                append with
                {
                    Documents = [new(NoticeMail.DocumentIdOf("N1000-received"), "customer-1", "null"u8.ToArray())],
                }
            );
        }

        await QueueAsync("2", "N1002-received");
        await SendAsync();

        Assert.Contains(new OrderCommand.RecordNoticeSent("N1001-1-problem"), recorded);
        Assert.Contains(new OrderCommand.RecordNoticeSent("N1002-received"), recorded);
        for (var day = 0; day < 5; day++)
        {
            time.Advance(TimeSpan.FromDays(1));
            await SendAsync();
        }
        await SendAsync();
        Assert.Equal("N1000-received", Assert.Single(recorded.OfType<OrderCommand.RecordNoticeUndeliverable>()).Notice);
        Assert.Empty(await WaitingAsync());
    }

    [Fact]
    public async Task A_key_that_signs_nothing_yet_keeps_mails_waiting_and_gives_none_up()
    {
        sender = NewSender(new FakeTimeProvider(OrderStory.Morning - TimeSpan.FromDays(4_000)));
        await SendAsync();

        Assert.Empty(sentMessageIds);
        Assert.Empty(recorded);
        Assert.NotNull(sender.Relay.TroubleSince);
    }

    [Fact]
    public async Task While_the_relay_is_away_one_mail_looks_for_it_and_when_it_is_back_all_leave_at_once()
    {
        for (var order = 2; order < 30; order++)
            await QueueAsync($"{order}", $"N10{order:00}-received");
        relay = new MailOutcome.RelayAway("connection refused");
        for (var minute = 0; minute < 120; minute++)
        {
            await SendAsync();
            await SendAsync();
            time.Advance(TimeSpan.FromMinutes(1));
        }
        Assert.InRange(sentMessageIds.Count, 120, 123);
        Assert.Equal((OrderStory.Morning + TimeSpan.FromHours(1), true), (sender.Relay.TroubleSince, sender.Relay.IsShutOut));
        Assert.Empty(recorded);

        relay = taken;
        while (await sender.SendDueAsync(default) > 0)
            continue;
        Assert.Equal(29, recorded.OfType<OrderCommand.RecordNoticeSent>().Count());
        Assert.Null(sender.Relay.TroubleSince);
    }

    [Fact]
    public async Task A_relay_that_refuses_one_mail_after_the_other_is_shut_out_and_one_that_takes_one_again_gets_them_all()
    {
        for (var order = 2; order < 30; order++)
            await QueueAsync($"{order}", $"N10{order:00}-received");
        relay = new MailOutcome.RelayRefused("554 5.7.1 your address is on a list");
        for (var minute = 0; minute < 300; minute++)
        {
            await SendAsync();
            time.Advance(TimeSpan.FromMinutes(1));
        }
        Assert.InRange(sentMessageIds.Count, 29, 310);

        relay = taken;
        var sent = sentMessageIds.Count;
        while (await sender.SendDueAsync(default) > 0)
            continue;
        Assert.Equal(29, sentMessageIds.Count - sent);
    }

    [Fact]
    public async Task One_mail_that_the_relay_refuses_keeps_none_of_the_others_waiting()
    {
        relayOf[MessageIdOf("N1001-1-problem")] = () => ValueTask.FromResult<MailOutcome>(new MailOutcome.RelayRefused("554 5.7.1 spam"));
        for (var order = 2; order < 30; order++)
        {
            await QueueAsync($"{order}", $"N10{order:00}-received");
            await SendAsync();
            Assert.Contains(new OrderCommand.RecordNoticeSent($"N10{order:00}-received"), recorded);
            time.Advance(TimeSpan.FromMinutes(10));
        }
        Assert.Equal(
            new OrderCommand.RecordNoticeDelayed("N1001-1-problem", "554 5.7.1 spam"),
            recorded.OfType<OrderCommand.RecordNoticeDelayed>().First()
        );
    }

    [Fact]
    public async Task Mails_that_waited_for_a_relay_too_long_are_given_up_and_none_because_the_server_was_off()
    {
        await QueueAsync("2", "N1002-received");
        time.Advance(TimeSpan.FromDays(5));
        relay = new MailOutcome.RelayAway("connection refused");
        await SendAsync();
        Assert.Empty(recorded);

        time.Advance(TimeSpan.FromHours(2));
        await SendAsync();
        Assert.Equal(2, recorded.OfType<OrderCommand.RecordNoticeUndeliverable>().Count());
        Assert.Empty(await WaitingAsync());
    }

    [Fact]
    public async Task A_mail_in_doubt_is_sent_three_times_at_most_hours_apart_and_then_an_agent_is_asked()
    {
        relay = new MailOutcome.InDoubt("no answer within 600 s");
        var sentAt = new List<double>();
        for (var minute = 0; minute < 6 * 24 * 60; minute += 10)
        {
            var before = sentMessageIds.Count;
            await SendAsync();
            if (sentMessageIds.Count > before)
                sentAt.Add(minute / 60.0);
            time.Advance(TimeSpan.FromMinutes(10));
        }

        Assert.Equal([0, 1, 5], sentAt);
        Assert.Single(sentMessageIds.Distinct());
        Assert.IsType<OrderCommand.RecordNoticeUndeliverable>(recorded[^1]);
    }

    [Fact]
    public async Task A_mail_whose_order_takes_no_record_is_told_of_and_at_last_given_up()
    {
        refreshTrouble = new LogUnusableException("this order met a fault");
        for (var day = 0; day < 6; day++)
        {
            await SendAsync();
            time.Advance(TimeSpan.FromDays(1));
        }

        Assert.Empty(sentMessageIds);
        Assert.Contains(recorded, command => command is OrderCommand.RecordNoticeDelayed);
        Assert.IsType<OrderCommand.RecordNoticeUndeliverable>(recorded[^1]);
        Assert.Empty(await WaitingAsync());
    }

    [Fact]
    public async Task Slow_mails_give_up_their_places_so_that_others_leave()
    {
        var never = new TaskCompletionSource<MailOutcome>();
        for (var order = 2; order < 8; order++)
        {
            await QueueAsync($"{order}", $"N10{order:00}-received");
            relayOf[MessageIdOf($"N10{order:00}-received")] = () => new(never.Task);
        }
        relayOf[MessageIdOf("N1001-1-problem")] = () => new(never.Task);
        Assert.Equal(4, await sender.StartDueAsync(default));
        Assert.Equal(0, await sender.StartDueAsync(default));
        time.Advance(TimeSpan.FromSeconds(30));
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await QueueAsync("9", "N1009-received");
        relayOf[MessageIdOf("N1009-received")] = () =>
        {
            left.SetResult();
            return ValueTask.FromResult(taken);
        };
        Assert.Equal(4, await sender.StartDueAsync(default));
        await left.Task.WaitAsync(TimeSpan.FromSeconds(30));

        never.SetResult(taken);
        await SendAsync();
        Assert.Empty(await WaitingAsync());
    }

    [Fact]
    public async Task A_mail_that_leaves_late_is_held_against_the_order_first_unless_it_may_have_arrived_already()
    {
        relay = new MailOutcome.TryLater("450 greylisted");
        await SendAsync();
        Assert.Equal(new OrderCommand.RefreshNotice("N1001-1-problem", MessageIdOf("N1001-1-problem")), Assert.Single(refreshed));

        relay = new MailOutcome.InDoubt("no answer within 600 s");
        for (var hour = 0; hour < 20; hour++)
        {
            time.Advance(TimeSpan.FromHours(1));
            await SendAsync();
        }
        Assert.Equal(4, sentMessageIds.Count);
        Assert.Equal(2, refreshed.Count);
    }

    [Fact]
    public async Task A_mail_that_the_order_withdraws_when_it_is_late_is_not_sent_and_nothing_is_recorded_of_it()
    {
        asRefreshed = asRefreshed with
        {
            Notices =
            [
                new(new("N1001-1-problem", NoticeKind.Reminder, 1, HoldClass.Declined, null, null), OrderStory.Morning, null)
                {
                    WithdrawnAt = OrderStory.Morning,
                },
            ],
        };
        await SendAsync();

        Assert.Single(refreshed);
        Assert.Empty(sentMessageIds);
        Assert.Empty(recorded);
    }

    [Fact]
    public async Task The_mail_of_a_customer_who_was_erased_is_not_sent()
    {
        await store.EraseOwnerAsync("customer-1", default);
        await SendAsync();

        Assert.Empty(sentMessageIds);
        Assert.IsType<OrderCommand.RecordNoticeUndeliverable>(Assert.Single(recorded));
    }

    [Fact]
    public async Task Without_a_relay_a_mail_becomes_a_whole_file_that_names_time_kind_and_order()
    {
        var mails = Path.Combine(folder.Path, "mail");
        var mail = new NoticeMime(NoticeScenes.Merchant, keys, time).Write(NoticeMimeSpecs.Mail(Locale.Ja));
        await new MailFolder(mails, new()).DeliverAsync(mail, default);
        await new MailFolder(mails, new()).DeliverAsync(mail, default);

        var file = Assert.Single(Directory.GetFiles(mails));
        Assert.Equal("20261124T010308000Z-problem-N1001.eml", Path.GetFileName(file));
        Assert.Equal(mail.Message, await File.ReadAllBytesAsync(file));
    }

    [Fact]
    public async Task A_mail_folder_that_cannot_be_written_is_named_in_the_health_until_a_mail_is_written()
    {
        var mails = Path.Combine(folder.Path, "mail");
        var mail = new NoticeMime(NoticeScenes.Merchant, keys, time).Write(NoticeMimeSpecs.Mail(Locale.Ja));
        var health = new ServerHealth();
        var mailFolder = new MailFolder(mails, health);

        await File.WriteAllTextAsync(mails, "a file stands where the folder should be");
        Assert.IsType<MailOutcome.RelayAway>(await mailFolder.DeliverAsync(mail, default));
        Assert.Equal(HealthArea.MailFolder, Assert.Single((await health.LookAsync(default)).Problems).Area);

        File.Delete(mails);
        Assert.IsType<MailOutcome.Taken>(await mailFolder.DeliverAsync(mail, default));
        Assert.Empty((await health.LookAsync(default)).Problems);
    }

    [Theory]
    [InlineData("127.0.0.1", "None", true)]
    [InlineData("::1", "None", true)]
    [InlineData("localhost", "None", true)]
    [InlineData("mail.example.jp", "StartTls", true)]
    [InlineData("mail.example.jp", "None", false)]
    [InlineData("192.0.2.1", "None", false)]
    public void Mail_crosses_no_network_in_clear(string host, string tls, bool isAllowed)
    {
        var options = new SmtpOptions(host, 25, Enum.Parse<SmtpTls>(tls), new("user", "secret"), TimeSpan.FromSeconds(30));

        Assert.Equal(isAllowed, options.Problem is null);
        Assert.DoesNotContain("secret", options.ToString(), StringComparison.Ordinal);
    }

    public async ValueTask InitializeAsync()
    {
        sender = NewSender();
        await QueueAsync("1", "N1001-1-problem");
    }

    public async ValueTask DisposeAsync()
    {
        folder.Dispose();
        committing.Dispose();
        await store.DisposeAsync();
    }

    private MailSender NewSender(TimeProvider? signingTime = null) =>
        new(
            store,
            WordsAsync,
            new NoticeMime(NoticeScenes.Merchant, keys, signingTime ?? time),
            DeliverAsync,
            RecordAsync,
            new(TimeSpan.FromMinutes(1), TimeSpan.FromDays(4)),
            time,
            NullLogger<MailSender>.Instance
        );

    private async ValueTask<NoticeMail?> WordsAsync(OrderId order, string notice, CancellationToken cancellation) =>
        await store.ReadDocumentAsync(NoticeMail.DocumentIdOf(notice), cancellation) is { } document ? NoticeMail.Parse(document) : null;

    private ValueTask<MailOutcome> DeliverAsync(SignedMail mail, CancellationToken cancellation)
    {
        lock (sentMessageIds)
            sentMessageIds.Add(mail.MessageId);
        return relayOf.TryGetValue(mail.MessageId, out var special) ? special() : ValueTask.FromResult(relay);
    }

    private async Task QueueAsync(string order, string notice, Func<OutboxItem, OutboxItem>? damage = null)
    {
        StreamId of = new($"order-{order}");
        var mail = NoticeMimeSpecs.Mail(Locale.Ja) with { NoticeId = notice, MessageId = MessageIdOf(notice) };
        var item = MailOutboxPayload.ItemFor(new(order), of, notice, time.GetUtcNow());
        await CommitAsync(of, append =>
            append with
            {
                Documents = [mail.ToDocument("customer-1")],
                Outbox = [damage is null ? item : damage(item)],
            }
        );
    }

    private static string MessageIdOf(string notice) => NoticeMail.MessageIdOf(notice, NoticeScenes.Merchant, Shop.MarkKeys.Current);

    private async ValueTask<Order> RecordAsync(string order, OrderCommand command, string? completed, CancellationToken cancellation)
    {
        if (command is OrderCommand.RefreshNotice)
        {
            lock (sentMessageIds)
                refreshed.Add(command);
            if (refreshTrouble is not null)
                throw refreshTrouble;
            return asRefreshed;
        }
        lock (sentMessageIds)
            recorded.Add(command);
        if (logTrouble is not null)
            throw logTrouble;
        if (completed is not null)
            await CommitAsync(new($"order-{order}"), append => append with { CompletedOutbox = [completed] });
        return asRefreshed;
    }

    private async Task CommitAsync(StreamId to, Func<Append, Append> fill)
    {
        await committing.WaitAsync();
        try
        {
            var lease = await store.AcquireShardAsync(ShardMap.ShardOf(to), default);
            Assert.IsType<AppendResult.Committed>(
                (await store.CommitAsync([fill(new Append(to, 0, lease, time.GetUtcNow()))], default))[0]
            );
        }
        finally
        {
            committing.Release();
        }
    }

    private async Task SendAsync() => await sender.SendDueAsync(default);

    private async Task<ImmutableArray<OutboxItem>> WaitingAsync() =>
        [.. await store.ReadOutboxAsync(NoticeMail.Queue, DateTimeOffset.MaxValue, 10, default)];
}
