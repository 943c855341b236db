using System.Text.Json;
using Shonin.Domain;
using Shonin.Domain.Approvals;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.EventLog;
using Shonin.Merchant.Approvals;
using Shonin.Merchant.Notices;
using Shonin.Merchant.Orders;
using Shonin.Streams;

namespace Shonin.Specs.Orders;

/// <summary>What clients, the link and the mail may rely on when they meet the orders.</summary>
public sealed class OrderBookSpecs
{
    [Fact]
    public async Task The_same_key_gives_the_same_record_after_later_changes_and_after_a_restart()
    {
        await using var shop = await Shop.OpenAsync();
        var first = await shop.PlacedAsync();
        var approved = await shop.AnswerAsync(first, "00");
        Assert.IsType<Standing.Approved>(approved.Order.Standing);
        Shop.Done(await shop.SubmitAsync(first, new OrderCommand.Cancel("cancel-1", CancelledBy.Customer, null)));

        AssertSame(first, Shop.Done(await shop.PlaceAsync("key-1")));
        await shop.ReopenAsync();
        AssertSame(first, Shop.Done(await shop.PlaceAsync("key-1")));
        Assert.NotEqual(first.Order.Id, (await shop.PlacedAsync("key-2")).Order.Id);
    }

    [Fact]
    public async Task A_notice_number_that_is_taken_is_drawn_anew()
    {
        await using var shop = await Shop.OpenAsync();
        shop.NextReferences.Enqueue(7);
        var first = await shop.PlacedAsync();
        shop.NextReferences.Enqueue(7);
        shop.NextReferences.Enqueue(7);
        var second = await shop.PlacedAsync("key-2");

        var (taken, drawn) = (
            Assert.Single(first.Order.Notices).Notice.Reference!.Value,
            Assert.Single(second.Order.Notices).Notice.Reference!.Value
        );
        Assert.NotEqual(taken, drawn);
        Assert.Empty(shop.NextReferences);
        Assert.Equal(first.Order.Id, (await shop.Book.FindByNoticeAsync(taken, CancellationToken.None))!.Order.Id);
        Assert.Equal(second.Order.Id, (await shop.Book.FindByNoticeAsync(drawn, CancellationToken.None))!.Order.Id);
    }

    [Fact]
    public async Task A_link_finds_its_order_alone_and_so_do_links_from_before_they_had_a_time()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.PlacedAsync();
        var link = order.AccessKey!;
        Assert.Equal(order.Order.Id, (await shop.Book.FindByAccessKeyAsync(link, CancellationToken.None))!.Order.Id);
        foreach (var wrong in new[] { link[..^1], link[7..], "0000000" + link[7..], "\0" + link[1..], link.ToLowerInvariant(), "" })
            Assert.Null(await shop.Book.FindByAccessKeyAsync(wrong, CancellationToken.None));

        const string Former = "0123456789ABCDEFGHJKMNPQRS";
        const string FormerValue = "f5f69e3261dbfad2110670e539999eab56d4b1f0ce2e613dca4fd2e1f70faf44";
        var stream = OrderKeys.StreamOf(order.Order.Id);
        var append = new Append(stream, order.Version, shop.Log.LeaseOf(stream), shop.Now)
        {
            Keys = [new UniqueKey("access", FormerValue)],
        };
        Assert.IsType<AppendResult.Committed>(await shop.Log.AppendAsync(append));
        Assert.Equal(order.Order.Id, (await shop.Book.FindByAccessKeyAsync(Former, CancellationToken.None))!.Order.Id);
    }

    [Fact]
    public async Task Guesses_of_the_last_four_digits_are_counted_across_a_restart()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.PlacedAsync();
        for (var guess = 0; guess < 3; guess++)
            Shop.Done(await shop.SubmitAsync(order, new OrderCommand.ProveCard("9999")));
        await shop.ReopenAsync();
        for (var guess = 0; guess < 2; guess++)
            Shop.Done(await shop.SubmitAsync(order, new OrderCommand.ProveCard("9999")));

        Assert.Equal(Refusal.CardNotProved, Refused(await shop.SubmitAsync(order, new OrderCommand.ProveCard(OrderRun.Card.Last4))));
    }

    [Fact]
    public async Task A_hundred_guesses_of_one_moment_count_as_a_hundred()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.PlacedAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => shop.SubmitAsync(order, new OrderCommand.ProveCard("9999"))));
        Assert.Equal(new TryLimits().ProofGuessesPerHourMax, answers.Count(answer => answer is RequestResult.Done));
    }

    [Fact]
    public async Task A_refusal_too_is_given_again_for_ever_though_the_order_has_moved_on()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.PlacedAsync();
        var key = Shop.Key("confirm-1");
        Assert.Equal(Refusal.AttemptInProgress, Refused(await shop.SubmitAsync(order, new OrderCommand.Confirm("c1"), key)));
        await shop.AnswerAsync(order, "05");
        Assert.Equal(Refusal.AttemptInProgress, Refused(await shop.SubmitAsync(order, new OrderCommand.Confirm("c1"), key)));
        await shop.ReopenAsync();
        Assert.Equal(Refusal.AttemptInProgress, Refused(await shop.SubmitAsync(order, new OrderCommand.Confirm("c1"), key)));
        Assert.Equal(
            2,
            Shop.Done(await shop.SubmitAsync(order, new OrderCommand.Confirm("c2"), Shop.Key("confirm-2"))).Order.Attempts.Length
        );
    }

    [Fact]
    public async Task An_order_larger_than_the_log_can_keep_is_refused_for_good_and_leaves_the_next_one_alone()
    {
        await using var shop = await Shop.OpenAsync();
        var vast = Shop.Beans() with { Reference = new string('r', AppendLimits.PayloadSizeBytesMax) };
        var answer = await shop.Book.PlaceAsync(vast, Shop.Key("key-1"), Patience.RespondAtOnce, CancellationToken.None);
        Assert.Contains("orderPlaced", Assert.IsType<RequestResult.TooLarge>(answer).What, StringComparison.Ordinal);
        Assert.Empty(shop.Faults);
        Assert.IsType<Standing.AwaitingApproval>((await shop.PlacedAsync("key-1")).Order.Standing);

        var order = await shop.PlacedAsync("key-2");
        var wordy = new OrderCommand.Cancel("c1", CancelledBy.Merchant, new string('r', AppendLimits.PayloadSizeBytesMax));
        Assert.IsType<RequestResult.TooLarge>(await shop.SubmitAsync(order, wordy));
        Assert.Equal(order.Version, (await shop.FindAsync(order)).Version);
    }

    [Fact]
    public async Task An_order_that_cannot_be_read_is_shown_to_people_and_hurts_no_other()
    {
        await using var shop = await Shop.OpenAsync();
        var (damaged, sound) = (await shop.PlacedAsync(), await shop.PlacedAsync("key-2"));
        shop.Store.Damaged = OrderKeys.StreamOf(damaged.Order.Id);
        await shop.ReopenAsync();

        var kept = shop.RecordAsync(damaged, "00").AsTask();
        await Assert.ThrowsAsync<StreamUnreadableException>(() => shop.FindAsync(damaged));
        Assert.IsType<Standing.Approved>((await shop.AnswerAsync(sound, "00")).Order.Standing);
        Assert.Equal(sound.Order.Number, Assert.Single(await shop.Book.ListAsync(null, 10, CancellationToken.None)).Order.Number);
        Assert.IsType<RequestResult.Unavailable>(
            await shop.SubmitAsync(damaged, new OrderCommand.Cancel("c1", CancelledBy.Customer, null))
        );
        var shown = Assert.Single(shop.Book.ListUnreadable(10));
        Assert.Equal((damaged.Order.Id.Value, damaged.Order.Number, shop.Now), (shown.Order, shown.Number, shown.Since));
        Assert.Single(shop.Faults.OfType<StreamUnreadableException>());
        Assert.False(kept.IsCompleted);

        shop.Store.Damaged = null;
        Shop.Done(await shop.SubmitAsync(damaged, new OrderCommand.Cancel("c2", CancelledBy.Customer, null)));
        Assert.Equal(AnswerRoute.Recorded, await kept);
        Assert.IsType<AttemptOutcome.Approved>((await shop.FindAsync(damaged)).Order.Attempts[0].Outcome);
        Assert.Equal(0, shop.Book.UnreadableCount);
    }

    [Fact]
    public async Task An_order_that_cannot_be_read_is_tried_ever_more_seldom_and_keeps_no_more_than_its_limit()
    {
        await using var shop = await Shop.OpenAsync();
        var (damaged, sound) = (await shop.PlacedAsync(), await shop.PlacedAsync("key-2"));
        shop.Store.Damaged = OrderKeys.StreamOf(damaged.Order.Id);
        await shop.ReopenAsync();
        var answers = Enumerable
            .Range(0, KeptCommands<Outcome<Order, OrderEvent, Decision.Refused?>>.CountMax)
            .Select(_ => shop.RecordAsync(damaged, "00").AsTask())
            .ToList();
        await Assert.ThrowsAsync<StreamUnreadableException>(() => shop.FindAsync(damaged));
        Assert.Equal(AnswerRoute.NotRecorded, await shop.RecordAsync(damaged, "00"));
        Assert.All(answers, answer => Assert.False(answer.IsCompleted));

        var before = shop.Store.DamagedReadCount;
        for (var second = 0; second < 600; second++)
        {
            shop.Advance(TimeSpan.FromSeconds(1));
            await shop.FindAsync(sound);
        }
        Assert.InRange(shop.Store.DamagedReadCount - before, 1, 60);

        shop.Store.Damaged = null;
        await Eventually.IsSoAsync("every answer that waited is recorded", async () =>
        {
            shop.Advance(BackOff.Most);
            await shop.FindAsync(damaged);
            return answers.All(answer => answer.IsCompleted);
        });
        Assert.All(answers, answer => Assert.Equal(AnswerRoute.Recorded, answer.Result));
    }

    [Fact]
    public void Claims_whose_answers_never_come_do_not_gather_in_memory()
    {
        var claims = new RecentClaims();
        for (var claim = 0; claim < 5 * RecentClaims.GenerationCountMax; claim++)
            claims.Add($"1124000000-{claim:000000}", new StreamId("order-1"));
        Assert.InRange(claims.Count, RecentClaims.GenerationCountMax, 2 * RecentClaims.GenerationCountMax);
        Assert.NotNull(claims.Take($"1124000000-{5 * RecentClaims.GenerationCountMax - 1:000000}"));
        Assert.Null(claims.Take("1124000000-000000"));
    }

    [Fact]
    public async Task The_same_key_with_another_body_is_told_so_and_changes_nothing()
    {
        await using var shop = await Shop.OpenAsync();
        await shop.PlacedAsync();
        Assert.IsType<RequestResult.KeyReused>(await shop.PlaceAsync("key-1", body: 2));
        Assert.Single(await shop.Book.ListAsync(null, 10, CancellationToken.None));
    }

    [Fact]
    public async Task Two_requests_of_one_moment_with_one_key_make_one_order()
    {
        await using var shop = await Shop.OpenAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => shop.PlaceAsync("key-1")));
        Assert.Single(answers.Select(answer => Shop.Done(answer).Order.Id).Distinct());
        Assert.Single(await shop.Book.ListAsync(null, 10, CancellationToken.None));
        Assert.Single(shop.Sent.OfType<NetworkRequest.Authorize>());
    }

    [Fact]
    public async Task A_client_that_waits_is_answered_when_the_card_company_has_answered_and_its_repeat_gets_that_answer()
    {
        await using var shop = await Shop.OpenAsync();
        var waiting = shop.PlaceAsync("key-1", patience: Patience.UntilSettled);
        OrderRecord? placed = null;
        await Eventually.IsSoAsync("the order is placed", async () =>
            (placed = (await shop.Book.ListAsync(null, 10, CancellationToken.None)).SingleOrDefault()) is not null
        );
        var repeated = shop.PlaceAsync("key-1", patience: Patience.UntilSettled);
        Assert.False(waiting.IsCompleted);
        await shop.AnswerAsync(placed!, "00");
        var first = Shop.Done(await waiting);
        Assert.IsType<Standing.Approved>(first.Order.Standing);
        AssertSame(first, Shop.Done(await repeated));
        shop.Advance(TimeSpan.FromSeconds(1));
        Shop.Done(await shop.SubmitAsync(first, new OrderCommand.Cancel("cancel-1", CancelledBy.Customer, null)));
        AssertSame(first, Shop.Done(await shop.PlaceAsync("key-1", patience: Patience.UntilSettled)));
    }

    [Fact]
    public async Task Nothing_leaves_for_the_network_and_nothing_changes_while_the_log_cannot_be_written()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.PlacedAsync();
        await shop.AnswerAsync(order, "05");
        var sentCount = shop.Sent.Count;
        var root = Convert.ToHexString(shop.Store.Disk.Head.Root.Span);
        shop.Store.IsFull = true;
        Assert.IsType<RequestResult.Unavailable>(await shop.PlaceAsync("key-2"));
        Assert.IsType<RequestResult.Unavailable>(await shop.SubmitAsync(order, new OrderCommand.Confirm("c1"), Shop.Key("confirm-1")));
        Assert.Equal(sentCount, shop.Sent.Count);
        Assert.Equal(root, Convert.ToHexString(shop.Store.Disk.Head.Root.Span));

        shop.Store.IsFull = false;
        Assert.Equal(
            2,
            Shop.Done(await shop.SubmitAsync(order, new OrderCommand.Confirm("c1"), Shop.Key("confirm-1"))).Order.Attempts.Length
        );
        Shop.Done(await shop.PlaceAsync("key-2"));
    }

    [Fact]
    public async Task An_answer_of_the_card_company_is_kept_until_it_is_durable()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.PlacedAsync();
        shop.Store.IsFull = true;
        var recording = shop.AnswerAsync(order, "00");
        for (var seconds = 0; seconds < 5; seconds++)
        {
            await shop.FindAsync(order);
            shop.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.False(recording.IsCompleted);
        Assert.IsType<Standing.AwaitingApproval>((await shop.FindAsync(order)).Order.Standing);
        shop.Store.IsFull = false;
        await Eventually.IsSoAsync("the answer is durable", async () =>
        {
            shop.Advance(TimeSpan.FromSeconds(1));
            await shop.FindAsync(order);
            return recording.IsCompleted;
        });
        Assert.IsType<Standing.Approved>((await recording).Order.Standing);
    }

    [Fact]
    public async Task An_answer_after_a_restart_finds_its_order_and_one_to_nobody_is_unclaimed()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.PlacedAsync();
        await shop.ReopenAsync();
        Assert.IsType<Standing.Approved>((await shop.AnswerAsync(order, "00")).Order.Standing);
        Assert.Equal(
            AnswerRoute.Unclaimed,
            await shop.Book.RecordAnswerAsync(
                new NetworkAnswer(
                    AnswerKind.Authorization,
                    "1124010000-999999",
                    null,
                    "00",
                    "A1B2C3",
                    null,
                    null,
                    null,
                    null,
                    null,
                    shop.Now,
                    AnswerMatch.Unmatched
                )
            )
        );
    }

    [Fact]
    public async Task An_alarm_that_was_due_while_nobody_ran_rings_after_the_restart()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.PlacedAsync();
        await shop.Book.DisposeAsync();
        shop.Advance(TimeSpan.FromHours(1));
        await shop.ReopenAsync();
        shop.Advance(TimeSpan.FromSeconds(1));
        await Eventually.IsSoAsync("the order is on hold", async () => (await shop.FindAsync(order)).Order.Hold is not null);
        Assert.Single(shop.Sent.OfType<NetworkRequest.Reverse>());
    }

    [Fact]
    public async Task Every_notice_has_its_text_and_waits_in_the_outbox_until_its_mail_is_recorded()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.PlacedAsync();
        var text = Assert.Single(await shop.Book.ReadNoticesAsync(order, CancellationToken.None));
        Assert.EndsWith("@shop.example.jp", text.MessageId, StringComparison.Ordinal);
        var item = Assert.Single(await shop.Store.ReadOutboxAsync(NoticeMail.Queue, shop.Now, 10, CancellationToken.None));
        await shop.Book.RecordMailAsync(
            order.Order.Id.Value,
            new OrderCommand.RecordNoticeSent(text.Record.Notice.Id),
            item.Id,
            CancellationToken.None
        );
        Assert.Empty(await shop.Store.ReadOutboxAsync(NoticeMail.Queue, shop.Now, 10, CancellationToken.None));
        Assert.NotNull((await shop.FindAsync(order)).Order.Notices[0].SentAt);
    }

    [Fact]
    public async Task An_erased_customer_leaves_the_order_without_person_and_texts_and_the_order_goes_on()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.PlacedAsync();
        Assert.NotNull(order.Person);
        await shop.Store.EraseOwnerAsync(OrderKeys.OwnerOf(order.Order.Id), CancellationToken.None);
        await shop.ReopenAsync();
        var erased = await shop.FindAsync(order);
        Assert.Null(erased.Person);
        Assert.Null(erased.AccessKey);
        Assert.Empty(await shop.Book.ReadNoticesAsync(erased, CancellationToken.None));
        Assert.IsType<Standing.Approved>((await shop.AnswerAsync(order, "00")).Order.Standing);
        Assert.Equal(NoticeKind.Cancelled, await LastNoticeAsync(shop, order));
        Assert.Empty(shop.Faults);
    }

    [Fact]
    public async Task One_customer_in_any_spelling_of_the_address_is_one_owner_and_the_log_does_not_name_it()
    {
        await using var shop = await Shop.OpenAsync();
        var one = await shop.PlacedAsync();
        var other = Shop.Done(
            await shop.Book.PlaceAsync(
                Shop.Beans() with
                {
                    Customer = new Person(" hanako@EXAMPLE.jp ", "山田 花子", null),
                },
                Shop.Key("key-2"),
                Patience.RespondAtOnce,
                CancellationToken.None
            )
        );
        Assert.Equal(one.Order.Customer, other.Order.Customer);
        foreach (var stored in await shop.Store.ReadAllAsync(0, 100, CancellationToken.None))
            Assert.DoesNotContain("hanako", System.Text.Encoding.UTF8.GetString(stored.Payload.Span), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_notice_that_cannot_be_worded_costs_no_order_and_its_mail_waits_for_words()
    {
        await using var shop = await Shop.OpenAsync();
        var unworded = Shop.Done(
            await shop.Book.PlaceAsync(
                Shop.Beans() with
                {
                    Card = OrderRun.Card with { Brand = "no such brand" },
                },
                Shop.Key("unworded"),
                Patience.RespondAtOnce,
                CancellationToken.None
            )
        );
        Assert.IsType<Standing.Approved>((await shop.AnswerAsync(unworded, "00")).Order.Standing);
        Assert.Empty(await shop.Book.ReadNoticesAsync(await shop.FindAsync(unworded), CancellationToken.None));
        Assert.All(shop.Faults, fault =>
            Assert.IsType<InvariantBrokenException>(Assert.IsType<InvalidDataException>(fault).InnerException)
        );
        Assert.NotEmpty(await shop.Store.ReadOutboxAsync(NoticeMail.Queue, shop.Now, 10, CancellationToken.None));

        var worded = await shop.AnswerAsync(await shop.PlacedAsync("worded"), "00");
        Assert.Equal(worded.Order.Notices.Length, (await shop.Book.ReadNoticesAsync(worded, CancellationToken.None)).Count);
    }

    [Fact]
    public async Task A_notice_keeps_the_words_of_its_own_moment_whenever_they_are_written()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.PlacedAsync();
        var first = Assert.Single(await shop.Book.ReadNoticesAsync(order, CancellationToken.None));
        order = await shop.AnswerAsync(order, "00");
        await shop.ReopenAsync();
        Assert.Equal(first.Text, (await shop.Book.ReadNoticesAsync(order, CancellationToken.None))[0].Text);
        Assert.Equal(
            first.MessageId,
            (await shop.Book.WordsOfAsync(order.Order.Id, first.Record.Notice.Id, CancellationToken.None))!.MessageId
        );
    }

    private static async Task<NoticeKind> LastNoticeAsync(Shop shop, OrderRecord order)
    {
        Shop.Done(await shop.SubmitAsync(order, new OrderCommand.Cancel("cancel-1", CancelledBy.Customer, null)));
        shop.Advance(TimeSpan.FromMinutes(10));
        await Eventually.IsSoAsync("the order is cancelled", async () =>
        {
            shop.Advance(TimeSpan.FromSeconds(1));
            return (await shop.FindAsync(order)).Order.Standing is Standing.Cancelled;
        });
        return (await shop.FindAsync(order)).Order.Notices[^1].Notice.Kind;
    }

    private static Refusal Refused(RequestResult answer) => Assert.IsType<RequestResult.Refused>(answer).Reason;

    private static void AssertSame(OrderRecord expected, OrderRecord actual)
    {
        Assert.Equal(expected.Version, actual.Version);
        Assert.Equal(expected.AccessKey, actual.AccessKey);
        Assert.Equal(JsonSerializer.Serialize(expected.Order), JsonSerializer.Serialize(actual.Order));
        Assert.Equal(expected.History.Select(happened => happened.GetType()), actual.History.Select(happened => happened.GetType()));
    }
}
