using System.Collections.Immutable;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Shonin.Domain;
using Shonin.Domain.Orders;
using Shonin.EventLog;
using Shonin.EventLog.InMemory;
using Shonin.Merchant;
using Shonin.Outbound;
using Shonin.Settings;
using Shonin.Specs.EventLog;
using Shonin.Specs.Notices;

namespace Shonin.Specs.Outbound;

[Collection(nameof(SigningKeys))]
public sealed class MailSenderSpecs(SigningKeys signing) : IAsyncLifetime
{
    private static readonly StreamId stream = new("order-1");
    private static readonly MailOutcome taken = new MailOutcome.Taken();

    private readonly DataFolder folder = new();
    private readonly FakeTimeProvider time = new(OrderStory.Morning + TimeSpan.FromHours(1));
    private readonly InMemoryEventStore store = new();
    private readonly List<string> sentMessageIds = [];
    private readonly List<OrderCommand> recorded = [];
    private readonly DkimKeys keys = signing.Pair;
    private MailSender sender = null!;
    private MailOutcome relay = taken;
    private LogUnusableException? logTrouble;

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
        Assert.Empty(recorded);
    }

    [Fact]
    public async Task A_mail_that_nobody_takes_for_four_days_is_undeliverable()
    {
        relay = new MailOutcome.TryLater("421 busy");
        time.SetUtcNow(NoticeMimeSpecs.Mail(Locale.Ja).QueuedAt + TimeSpan.FromDays(4) - TimeSpan.FromSeconds(1));
        await SendAsync();
        Assert.Empty(recorded);

        time.Advance(TimeSpan.FromMinutes(2));
        await SendAsync();
        Assert.Equal(new OrderCommand.RecordNoticeUndeliverable("N1001-1-problem", "421 busy"), Assert.Single(recorded));
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
        Assert.Equal(NoticeMail.MessageIdOf("N1001-1-problem", Notices.NoticeScenes.Merchant, Merchant.Shop.MarkKeys.Current), Assert.Single(sentMessageIds.Distinct()));
        Assert.Empty(await WaitingAsync());
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
        await new MailFolder(mails).DeliverAsync(mail, default);
        await new MailFolder(mails).DeliverAsync(mail, default);

        var file = Assert.Single(Directory.GetFiles(mails));
        Assert.Equal("20261124T010308000Z-problem-N1001.eml", Path.GetFileName(file));
        Assert.Equal(mail.Message, await File.ReadAllBytesAsync(file));
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
        var mail = NoticeMimeSpecs.Mail(Locale.Ja);
        await CommitAsync(append => append with
        {
            Documents = [mail.ToDocument("customer-1")],
            Outbox = [MailOutboxPayload.ItemFor(new("order-1"), stream, mail.NoticeId, time.GetUtcNow())],
        });
    }

    public async ValueTask DisposeAsync()
    {
        folder.Dispose();
        await store.DisposeAsync();
    }

    private MailSender NewSender() => new(
        store, new NoticeMime(NoticeScenes.Merchant, keys, time), Deliver, RecordAsync, new(TimeSpan.FromMinutes(1), TimeSpan.FromDays(4)), time,
        NullLogger<MailSender>.Instance);

    private ValueTask<MailOutcome> Deliver(SignedMail mail, CancellationToken cancellation)
    {
        sentMessageIds.Add(mail.MessageId);
        return ValueTask.FromResult(relay);
    }

    private async ValueTask RecordAsync(string order, OrderCommand command, string completed, CancellationToken cancellation)
    {
        Assert.Equal("order-1", order);
        recorded.Add(command);
        if (logTrouble is not null)
            throw logTrouble;
        await CommitAsync(append => append with { CompletedOutbox = [completed] });
    }

    private async Task CommitAsync(Func<Append, Append> fill)
    {
        var lease = await store.AcquireShardAsync(ShardMap.ShardOf(stream), default);
        Assert.IsType<AppendResult.Committed>((await store.CommitAsync([fill(new Append(stream, 0, lease, time.GetUtcNow()))], default))[0]);
    }

    private async Task SendAsync() => await sender.SendDueAsync(default);

    private async Task<ImmutableArray<OutboxItem>> WaitingAsync() => [.. await store.ReadOutboxAsync(NoticeMail.Queue, DateTimeOffset.MaxValue, 10, default)];
}
