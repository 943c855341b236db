using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.Domain.Proofs;
using Shonin.Merchant.Notices;
using Shonin.Merchant.Orders;
using Shonin.Specs.Orders;

namespace Shonin.Specs.Notices;

/// <summary>What our record says of a mark, from orders that the order book itself took.</summary>
public sealed class NoticeLedgerSpecs
{
    private static readonly MailContent anything = new("件名", "本文", "", "", []);

    [Fact]
    public async Task A_notice_is_on_record_from_the_moment_it_is_queued_and_tells_when_it_was_sent()
    {
        await using var shop = await Shop.OpenAsync();
        var (order, notice) = await ReceivedAsync(shop);

        var queued = Known(await FindAsync(shop, notice.Mark!, Content(notice), "hanako@example.jp"));
        Assert.Equal(
            new KnownNotice(
                notice.NoticeId,
                order.Order.Number,
                NoticeKind.Received,
                null,
                order.Order.PlacedAt,
                null,
                "H…@…",
                RecipientMatch.Matches,
                ContentMatch.Same,
                ContentMatch.Same
            )
            {
                Reference = Assert.Single(order.Order.Notices).Notice.Reference,
            },
            queued
        );
        Assert.NotNull(queued.Reference);

        shop.Advance(TimeSpan.FromSeconds(3));
        await shop.Book.RecordMailAsync(
            order.Order.Id.Value,
            new OrderCommand.RecordNoticeSent(notice.NoticeId),
            MailOutboxPayload.ItemIdOf(notice.NoticeId),
            default
        );
        Assert.Equal(
            queued with
            {
                SentAt = order.Order.PlacedAt.AddSeconds(3),
            },
            Known(await FindAsync(shop, notice.Mark!, Content(notice), "hanako@example.jp"))
        );
    }

    [Fact]
    public async Task A_mail_without_a_mark_quotes_no_notice()
    {
        await using var shop = await Shop.OpenAsync();
        Assert.IsType<LedgerFinding.NoMark>(await new NoticeLedger(shop.Store, Shop.MarkKeys).FindAsync([], anything, null, default));
    }

    [Fact]
    public async Task A_mark_that_leads_nowhere_is_unknown()
    {
        await using var shop = await Shop.OpenAsync();
        var (_, notice) = await ReceivedAsync(shop);
        var strangers = new NoticeMarkKey("20261124", Enumerable.Repeat((byte)9, NoticeMarkKey.SizeBytes).ToArray());

        Assert.Equal(
            notice.NoticeId,
            Unknown(await FindAsync(shop, strangers.Mark(notice.ImprintUnder(strangers)).Write(), anything, null))
        );
        Assert.Equal("v=7; whatever", Unknown(await FindAsync(shop, "v=7; whatever", anything, null)));
        Assert.Equal(101, Unknown(await FindAsync(shop, new string('x', 1_000), anything, null)).Length);
    }

    [Fact]
    public async Task A_mark_under_our_key_that_it_never_made_is_forged()
    {
        await using var shop = await Shop.OpenAsync();
        var (_, first) = await ReceivedAsync(shop);
        var (_, second) = await ReceivedAsync(shop, "key-2");
        var key = Shop.MarkKeys.Current;
        var code = key.Mark(first.ImprintUnder(key)).Code.Text;

        // The code of one notice under the name of another, and one made up.
        Forged(
            await FindAsync(
                shop,
                second.Mark!.Replace(key.Mark(second.ImprintUnder(key)).Code.Text, code, StringComparison.Ordinal),
                Content(second),
                null
            )
        );
        Forged(
            await FindAsync(shop, first.Mark!.Replace(code, new string('A', code.Length), StringComparison.Ordinal), Content(first), null)
        );
        // A mark of ours over a content that we did not write, under the right notice: whoever has the key could not have recorded it.
        Forged(await FindAsync(shop, key.Mark((first with { Text = "other" }).ImprintUnder(key)).Write(), Content(first), null));
    }

    /// <summary>
    /// Whoever has one mail of ours knows the key's name; "we have such a notice" would tell them what happened to another order.
    /// </summary>
    [Fact]
    public async Task A_made_up_mark_is_answered_alike_whether_there_is_such_a_notice_or_not()
    {
        await using var shop = await Shop.OpenAsync();
        var (_, notice) = await ReceivedAsync(shop);
        var code = Shop.MarkKeys.Current.Mark(notice.ImprintUnder(Shop.MarkKeys.Current)).Code.Text;
        var madeUp = notice.Mark!.Replace(code, new string('A', code.Length), StringComparison.Ordinal);

        var (existing, missing) = (
            await FindAsync(shop, madeUp, anything, null),
            await FindAsync(shop, madeUp.Replace(notice.NoticeId, "N9999-received", StringComparison.Ordinal), anything, null)
        );
        Assert.Equal(Assert.IsType<LedgerFinding.Forged>(existing).Why, Assert.IsType<LedgerFinding.Forged>(missing).Why);
    }

    [Fact]
    public async Task A_notice_is_found_by_the_number_that_its_mail_quotes_for_whom_it_was_sent_to()
    {
        await using var shop = await Shop.OpenAsync();
        var (order, notice) = await ReceivedAsync(shop);
        var reference = Assert.Single(order.Order.Notices).Notice.Reference!.Value;
        var ledger = new NoticeLedger(shop.Store, Shop.MarkKeys);

        Assert.Equal(
            new QuotedNotice(reference.ToString(), order.Order.PlacedAt),
            await ledger.FindSentToAsync(reference.Digits, "hanako@example.jp", default)
        );
        Assert.Null(await ledger.FindSentToAsync(reference.Digits, "taro@example.jp", default));
        Assert.Null(await ledger.FindSentToAsync(NoticeReference.Of(1).Digits, "hanako@example.jp", default));
        Assert.Null(await ledger.FindSentToAsync(notice.NoticeId, "hanako@example.jp", default));
    }

    [Fact]
    public async Task Neither_the_number_nor_the_message_id_tells_the_order_or_what_happened_to_it()
    {
        await using var shop = await Shop.OpenAsync();
        var (first, mail) = await ReceivedAsync(shop);
        var (second, other) = await ReceivedAsync(shop, "key-2");

        Assert.DoesNotContain("N1001", mail.MessageId, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("received", mail.MessageId, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(NoticeMail.MessageIdOf(mail.NoticeId, Notices.NoticeScenes.Merchant, Shop.MarkKeys.Current), mail.MessageId);
        Assert.NotEqual(mail.MessageId, other.MessageId);
        Assert.NotEqual(Assert.Single(first.Order.Notices).Notice.Reference, Assert.Single(second.Order.Notices).Notice.Reference);
    }

    [Fact]
    public async Task Two_marks_are_one_only_where_they_say_the_same()
    {
        await using var shop = await Shop.OpenAsync();
        var (_, first) = await ReceivedAsync(shop);
        var (_, second) = await ReceivedAsync(shop, "key-2");
        var ledger = new NoticeLedger(shop.Store, Shop.MarkKeys);

        Known(await ledger.FindAsync([first.Mark!, first.Mark! + "\t"], Content(first), null, default));
        Forged(await ledger.FindAsync([first.Mark!, second.Mark!], Content(first), null, default));
        Forged(await ledger.FindAsync([first.Mark!, "v=7; whatever"], Content(first), null, default));
    }

    [Fact]
    public async Task A_notice_marked_under_an_earlier_key_is_known_for_as_long_as_that_key_is_kept()
    {
        await using var shop = await Shop.OpenAsync();
        var (_, notice) = await ReceivedAsync(shop);
        var later = new NoticeMarkKey("20270401", Enumerable.Repeat((byte)9, NoticeMarkKey.SizeBytes).ToArray());

        Known(
            await new NoticeLedger(shop.Store, new(Shop.MarkKeys.Current, later)).FindAsync([notice.Mark!], Content(notice), null, default)
        );
        Unknown(await new NoticeLedger(shop.Store, new(later)).FindAsync([notice.Mark!], Content(notice), null, default));
        Forged(
            await new NoticeLedger(shop.Store, new(Shop.MarkKeys.Current, later)).FindAsync(
                [later.Mark(notice.ImprintUnder(later)).Write()],
                Content(notice),
                null,
                default
            )
        );
    }

    [Fact]
    public async Task Erasing_a_customer_leaves_the_proof_and_not_a_letter_of_the_address()
    {
        await using var shop = await Shop.OpenAsync();
        var (order, notice) = await ReceivedAsync(shop);
        await shop.Store.EraseOwnerAsync(OrderKeys.OwnerOf(order.Order.Id), default);

        var known = Known(await FindAsync(shop, notice.Mark!, Content(notice), "hanako@example.jp"));
        Assert.Equal(("…@…", RecipientMatch.Matches, ContentMatch.Same), (known.SentTo, known.Recipient, known.Content));
        var recorded = System.Text.Encoding.UTF8.GetString(
            (await shop.Store.FindKeyAsync("noticeRewritten", $"{notice.NoticeId}/0", default))!.Content.Span
        );
        Assert.DoesNotContain("hanako", recorded, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("example", recorded, StringComparison.OrdinalIgnoreCase);
    }

    private static async Task<(OrderRecord Order, NoticeMail Notice)> ReceivedAsync(Shop shop, string key = "key-1")
    {
        var order = await shop.PlacedAsync(key);
        var notice = Assert.Single(order.Order.Notices).Notice;
        return (order, (await shop.Book.WordsOfAsync(order.Order.Id, notice.Id, default))!);
    }

    private static async Task<LedgerFinding> FindAsync(Shop shop, string mark, MailContent content, string? recipient) =>
        await new NoticeLedger(shop.Store, Shop.MarkKeys).FindAsync([mark], content, recipient, default);

    private static MailContent Content(NoticeMail notice) => new(notice.Subject, notice.Text, notice.Html, "", []);

    private static KnownNotice Known(LedgerFinding finding) => Assert.IsType<LedgerFinding.Known>(finding).Notice;

    private static string Unknown(LedgerFinding finding) => Assert.IsType<LedgerFinding.Unknown>(finding).NoticeId;

    private static void Forged(LedgerFinding finding) => Assert.NotEmpty(Assert.IsType<LedgerFinding.Forged>(finding).Why);
}
