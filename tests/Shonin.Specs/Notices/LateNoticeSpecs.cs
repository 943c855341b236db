using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.Domain.Proofs;
using Shonin.Merchant.Notices;
using Shonin.Merchant.Orders;
using Shonin.Merchant.Timelines;
using Shonin.Specs.Orders;

namespace Shonin.Specs.Notices;

/// <summary>A notice whose mail leaves late says what is true when it leaves, and stays the same notice and the same message.</summary>
public sealed class LateNoticeSpecs : IAsyncLifetime
{
    private Shop shop = null!;

    [Fact]
    public async Task A_problem_that_is_over_when_its_mail_leaves_says_so_and_its_outcome_follows()
    {
        var order = await DeclinedAsync();
        var problem = order.Order.Notices[^1].Notice;
        var first = await ReadAsync(order, problem.Id);
        shop.Advance(TimeSpan.FromHours(2));
        Shop.Done(await shop.SubmitAsync(order, new OrderCommand.Cancel("cancel", CancelledBy.Customer, null)));
        await RefreshAsync(order, first);

        var late = await ReadAsync(order, problem.Id);
        Assert.Equal((first.MessageId, first.NoticeId, first.QueuedAt, first.To), (late.MessageId, late.NoticeId, late.QueuedAt, late.To));
        Assert.Equal(shop.Now, late.RewrittenAt);
        Assert.Contains("遅れてのお知らせ", late.Subject, StringComparison.Ordinal);
        Assert.Contains("そのときの状況:カード会社から承認が得られませんでした。", late.Text, StringComparison.Ordinal);
        Assert.Contains("いまの状況:取り消しました。", late.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("もう一度問い合わせます", late.Text, StringComparison.Ordinal);
        Assert.Equal(
            [NoticeKind.Received, NoticeKind.Problem, NoticeKind.Outcome],
            (await shop.FindAsync(order)).Order.Notices.Select(record => record.Notice.Kind)
        );
    }

    [Fact]
    public async Task A_problem_that_lasts_keeps_its_own_words_as_they_are_true_now()
    {
        var order = await DeclinedAsync();
        var first = await ReadAsync(order, order.Order.Notices[^1].Notice.Id);
        Shop.Done(await shop.SubmitAsync(order, new OrderCommand.ReleaseTries("ann")));
        shop.Advance(TimeSpan.FromMinutes(1));
        await RefreshAsync(order, first);

        Assert.Equal(first.Subject, (await ReadAsync(order, first.NoticeId)).Subject);
    }

    [Fact]
    public async Task Nothing_is_written_again_where_nothing_has_happened_or_the_mail_has_left()
    {
        var order = await shop.PlacedAsync();
        var first = await ReadAsync(order, order.Order.Notices[0].Notice.Id);
        shop.Advance(TimeSpan.FromSeconds(2));
        await RefreshAsync(order, first);
        Assert.Null((await ReadAsync(order, first.NoticeId)).RewrittenAt);

        await shop.Book.RecordMailAsync(
            order.Order.Id.Value,
            new OrderCommand.RecordNoticeSent(first.NoticeId),
            MailOutboxPayload.ItemIdOf(first.NoticeId),
            default
        );
        await shop.AnswerAsync(order, "00");
        await RefreshAsync(order, first);
        Assert.Equal(first, await ReadAsync(order, first.NoticeId));
    }

    /// <summary>
    /// A reminder that leaves when the order has moved on would be read as news: the outcome says it, and stays the only one.
    /// </summary>
    [Theory, InlineData(true), InlineData(false)]
    public async Task A_reminder_that_is_overtaken_never_leaves(bool isCancelled)
    {
        var order = await DeclinedAsync();
        shop.Advance(TimeSpan.FromDays(2));
        var reminded = await WaitForAsync(order, 3);
        var reminder = await ReadAsync(reminded, reminded.Order.Notices[^1].Notice.Id);
        Assert.Equal(NoticeKind.Reminder, reminder.Kind);
        if (isCancelled)
        {
            Shop.Done(await shop.SubmitAsync(order, new OrderCommand.Cancel("cancel", CancelledBy.Customer, null)));
        }
        else
        {
            shop.Advance(TimeSpan.FromDays(2));
            await WaitForAsync(order, 4);
        }
        await RefreshAsync(order, reminder);

        var after = await shop.FindAsync(order);
        Assert.Equal(shop.Now, after.Order.Notices[2].WithdrawnAt);
        Assert.Null(after.Order.Notices[3].WithdrawnAt);
        Assert.DoesNotContain(await shop.Store.ReadOutboxAsync(NoticeMail.Queue, DateTimeOffset.MaxValue, 100, default), item =>
            item.Id == MailOutboxPayload.ItemIdOf(reminder.NoticeId)
        );
        Assert.DoesNotContain(await shop.Book.ReadNoticesAsync(after, default), text => text.Record.Notice.Id == reminder.NoticeId);
        Assert.DoesNotContain(
            "もう一度お知らせしました",
            Timeline
                .Of(after, null, Domain.Locale.Ja, Audience.Customer)
                .Items.Where(item => item.Evidence == after.Order.Notices[2].Notice.NumberToQuote())
                .Select(item => item.Text)
        );
        await RefreshAsync(order, reminder);
        Assert.Equal(after.Version, (await shop.FindAsync(order)).Version);
    }

    [Fact]
    public async Task Both_texts_are_on_record_and_prove_themselves()
    {
        var order = await shop.PlacedAsync();
        var first = await ReadAsync(order, order.Order.Notices[0].Notice.Id);
        shop.Advance(TimeSpan.FromHours(1));
        await shop.AnswerAsync(order, "00");
        await RefreshAsync(order, first);
        var late = await ReadAsync(order, first.NoticeId);
        Assert.NotEqual(first.Text, late.Text);

        var ledger = new NoticeLedger(shop.Store, Shop.MarkKeys);
        foreach (var (mail, other) in new[] { (first, late), (late, first) })
        {
            var known = Assert
                .IsType<LedgerFinding.Known>(await ledger.FindAsync([mail.Mark!], ContentOf(mail), "hanako@example.jp", default))
                .Notice;
            Assert.Equal((ContentMatch.Same, ContentMatch.Same, RecipientMatch.Matches), (known.Content, known.Links, known.Recipient));
            Assert.Equal(
                ContentMatch.Differs,
                Assert.IsType<LedgerFinding.Known>(await ledger.FindAsync([mail.Mark!], ContentOf(other), null, default)).Notice.Content
            );
        }
    }

    public async ValueTask InitializeAsync() => shop = await Shop.OpenAsync();

    public async ValueTask DisposeAsync() => await shop.DisposeAsync();

    private async Task<OrderRecord> DeclinedAsync()
    {
        var order = await shop.PlacedAsync();
        await shop.AnswerAsync(order, "14");
        shop.Advance(TimeSpan.FromMinutes(2));
        return await WaitForAsync(order, 2);
    }

    private async Task<OrderRecord> WaitForAsync(OrderRecord order, int notices)
    {
        var found = await shop.FindAsync(order);
        while (found.Order.Notices.Length < notices)
            found = await shop.FindAsync(order);
        return found;
    }

    private async Task<NoticeMail> ReadAsync(OrderRecord order, string notice) =>
        (await shop.Book.WordsOfAsync(order.Order.Id, notice, default))!;

    private async Task RefreshAsync(OrderRecord order, NoticeMail mail) =>
        await shop.Book.RecordMailAsync(order.Order.Id.Value, new OrderCommand.RefreshNotice(mail.NoticeId, mail.MessageId), null, default);

    private static MailContent ContentOf(NoticeMail mail) => new(mail.Subject, mail.Text, mail.Html, "", []);
}
