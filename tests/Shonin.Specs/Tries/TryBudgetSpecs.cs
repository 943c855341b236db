using System.Text;
using Shonin.Domain.Approvals;
using Shonin.Domain.Orders;
using Shonin.EventLog;
using Shonin.Merchant.Orders;
using Shonin.Specs.Orders;

namespace Shonin.Specs.Tries;

/// <summary>
/// A card is asked so often for whoever wants it, over all orders; a shop, so often in an hour. Honest volume is not held up.
/// </summary>
public sealed class TryBudgetSpecs
{
    private static readonly TryLimits limits = new();

    [Fact]
    public async Task After_ten_tries_on_one_card_no_order_is_taken_on_it_until_a_day_has_passed()
    {
        await using var shop = await Shop.OpenAsync();
        await DeclineAsync(shop, limits.TriesPerCardMax);

        var refused = Assert.IsType<RequestResult.TriesLimited>(await shop.PlaceAsync("one-more"));
        Assert.Equal(TimeSpan.FromHours(24), refused.RetryAfter);
        Assert.Equal(limits.TriesPerCardMax, (await shop.Book.ListAsync(null, 100, CancellationToken.None)).Count);
        shop.Advance(TimeSpan.FromHours(24) + TimeSpan.FromMinutes(1));
        Shop.Done(await shop.PlaceAsync("one-more"));
    }

    [Fact]
    public async Task The_customers_button_is_held_to_the_same_count()
    {
        await using var shop = await Shop.OpenAsync();
        var first = await DeclinedAsync(shop, "first");
        await DeclineAsync(shop, limits.TriesPerCardMax - 1);

        Assert.IsType<RequestResult.TriesLimited>(await shop.SubmitAsync(first, new OrderCommand.Confirm("again")));
        Assert.IsType<RequestResult.TriesLimited>(
            await shop.SubmitAsync(first, new OrderCommand.ChangeCard("same-number", OrderRun.SameCardAgain))
        );
        Shop.Done(await shop.SubmitAsync(first, new OrderCommand.ChangeCard("other", OrderRun.OtherCard)));
    }

    [Fact]
    public async Task A_restart_gives_no_try_back()
    {
        await using var shop = await Shop.OpenAsync();
        for (var tried = 0; tried < limits.TriesPerCardMax; tried++)
        {
            await DeclinedAsync(shop, $"key-{tried}");
            await shop.ReopenAsync();
        }
        Assert.IsType<RequestResult.TriesLimited>(await shop.PlaceAsync("one-more"));
    }

    [Fact]
    public async Task An_answer_that_comes_after_a_restart_is_counted()
    {
        await using var shop = await Shop.OpenAsync();
        await DeclineAsync(shop, limits.TriesPerCardMax - 1);
        var asked = await shop.PlacedAsync("before-the-restart");
        await shop.ReopenAsync();
        await shop.AnswerAsync(asked, "N7");

        Assert.IsType<RequestResult.TriesLimited>(await shop.PlaceAsync("one-more"));
    }

    /// <summary>What was asked and not answered when the process ended is out still: its answer may come after the restart.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_was_out_before_a_restart_is_out_after_it(bool inDoubt)
    {
        await using var shop = await Shop.OpenAsync();
        await DeclineAsync(shop, limits.TriesPerCardMax - 1);
        var asked = await shop.PlacedAsync("before-the-restart");
        if (inDoubt)
            asked = await DoubtedAsync(shop, asked);
        await shop.ReopenAsync();

        var waits = shop.PlaceAsync("after-it");
        await StillWaitsAsync(shop, waits);
        await shop.RecordAsync(asked, "N7");
        Assert.IsType<RequestResult.TriesLimited>(await waits);
        Assert.Empty(shop.Faults);
    }

    [Fact]
    public async Task What_was_taken_back_after_a_restart_frees_its_place()
    {
        await using var shop = await Shop.OpenAsync();
        await DeclineAsync(shop, limits.TriesPerCardMax - 1);
        var asked = await DoubtedAsync(shop, await shop.PlacedAsync("before-the-restart"));
        await shop.ReopenAsync();
        var waits = shop.PlaceAsync("after-it");
        await TakenBackAsync(shop, asked);
        Shop.Done(await waits);
    }

    /// <summary>An order whose attempt is in doubt may be asked anew at once; that is a try like any other.</summary>
    [Fact]
    public async Task An_order_in_doubt_asks_no_other_card_that_is_stopped()
    {
        await using var shop = await Shop.OpenAsync();
        var doubted = await DoubtedAsync(shop, Shop.Done(await PlaceOnAsync(shop, 1)));
        await DeclineAsync(shop, limits.TriesPerCardMax);
        Assert.IsType<RequestResult.TriesLimited>(await shop.SubmitAsync(doubted, new OrderCommand.ChangeCard("again", OrderRun.Card)));
    }

    [Fact]
    public async Task An_order_in_doubt_that_is_asked_again_has_two_tries_out()
    {
        await using var shop = await Shop.OpenAsync();
        await DeclineAsync(shop, limits.TriesPerCardMax - 1);
        var doubted = await DoubtedAsync(shop, await shop.PlacedAsync("doubted"));

        var waits = shop.SubmitAsync(doubted, new OrderCommand.Confirm("again"));
        await StillWaitsAsync(shop, waits);
        await shop.RecordAsync(doubted, "N7");
        Assert.IsType<RequestResult.TriesLimited>(await waits);
    }

    /// <summary>
    /// The answer to an earlier attempt's reversal gives back the place of that attempt, not of the one that was asked meanwhile.
    /// </summary>
    [Fact]
    public async Task Each_attempt_of_an_order_has_a_place_of_its_own()
    {
        await using var shop = await Shop.OpenAsync();
        await DeclineAsync(shop, limits.TriesPerCardMax - 2);
        var order = await DoubtedAsync(shop, await shop.PlacedAsync("doubted"));
        var again = Shop.Done(await shop.SubmitAsync(order, new OrderCommand.Confirm("again")));
        await TakenBackAsync(shop, order);

        var asked = await shop.PlacedAsync("in-the-place-of-the-first");
        var waits = shop.PlaceAsync("one-too-many");
        await StillWaitsAsync(shop, waits);
        await shop.AnswerAsync(asked, "N7");
        await shop.RecordAsync(again, "N7");
        Assert.IsType<RequestResult.TriesLimited>(await waits);
    }

    /// <summary>
    /// A thousand codes on one card through a hundred orders at once: what is not yet answered counts as if it were refused.
    /// </summary>
    [Fact]
    public async Task A_thousand_tries_of_one_moment_ask_the_card_company_ten_times()
    {
        await using var shop = await Shop.OpenAsync();
        var asked = Enumerable.Range(0, 1_000).Select(index => shop.PlaceAsync($"key-{index}")).ToList();
        await UntilAsync(shop, limits.TriesPerCardMax);
        foreach (var order in await shop.Book.ListAsync(null, 2_000, CancellationToken.None))
            await shop.AnswerAsync(order, "N7");

        // Nobody waits for the clock: the last answer tells whoever waits that there is no try left.
        var answers = await AllAnsweredAsync(asked);
        Assert.Equal(limits.TriesPerCardMax, answers.Count(answer => answer is RequestResult.Done));
        Assert.All(answers, answer => Assert.True(answer is RequestResult.Done or RequestResult.TriesLimited, answer.ToString()));
        Assert.Equal(limits.TriesPerCardMax, shop.Sent.OfType<NetworkRequest.Authorize>().Count());
    }

    /// <summary>Cancelling before the answer comes gives no try back: the answer that comes late tells as much.</summary>
    [Fact]
    public async Task Whoever_cancels_before_the_answer_comes_is_held_to_the_same_count()
    {
        await using var shop = await Shop.OpenAsync();
        for (var tried = 0; tried < limits.TriesPerCardMax; tried++)
        {
            var order = await shop.PlacedAsync($"key-{tried}");
            Shop.Done(await shop.SubmitAsync(order, new OrderCommand.Cancel("cancel", CancelledBy.Customer, null)));
            await shop.AnswerAsync(order, "N7");
        }
        Assert.IsType<RequestResult.TriesLimited>(await shop.PlaceAsync("one-more"));
        await shop.ReopenAsync();
        Assert.IsType<RequestResult.TriesLimited>(await shop.PlaceAsync("one-more-after-a-restart"));
    }

    /// <summary>An outage refuses nobody and lets nobody by: what was taken while nothing could be sent leaves as there is room.</summary>
    [Fact]
    public async Task Orders_taken_while_the_line_is_down_ask_ten_times_once_it_is_up()
    {
        await using var shop = await Shop.OpenAsync();
        shop.Link = LinkCondition.Down;
        for (var order = 0; order < 3 * limits.TriesPerCardMax; order++)
            await shop.PlacedAsync($"key-{order}");
        Assert.Equal(3 * limits.TriesPerCardMax, (await shop.Book.ListAsync(null, 100, CancellationToken.None)).Count);
        var before = shop.Sent.OfType<NetworkRequest.Authorize>().Count();

        shop.Link = LinkCondition.Up;
        shop.Advance(TimeSpan.FromSeconds(5));
        shop.Book.NoteLinkUp();
        await UntilAsync(shop, before + limits.TriesPerCardMax);
        foreach (var order in await shop.Book.ListAsync(null, 100, CancellationToken.None))
        {
            if (order.Order.AttemptInFlight is not null)
                await shop.AnswerAsync(order, "N7");
        }

        for (var later = 0; later < 5; later++)
        {
            shop.Advance(TimeSpan.FromMinutes(1));
            foreach (var order in await shop.Book.ListAsync(null, 100, CancellationToken.None))
                await shop.FindAsync(order);
        }
        Assert.Equal(before + limits.TriesPerCardMax, shop.Sent.OfType<NetworkRequest.Authorize>().Count());
        Assert.Empty(shop.Faults);
    }

    [Fact]
    public async Task One_card_pays_for_five_hundred_orders_at_once()
    {
        await using var shop = await Shop.OpenAsync();
        var asked = Enumerable.Range(0, 500).Select(index => shop.PlaceAsync($"key-{index}")).ToList();
        await ApproveAllAsync(shop, asked);
        Assert.All(await AllAnsweredAsync(asked), answer => Assert.IsType<RequestResult.Done>(answer));
    }

    [Fact]
    public async Task A_person_lets_a_card_be_tried_again_and_staff_is_told_once()
    {
        await using var shop = await Shop.OpenAsync();
        await DeclineAsync(shop, limits.TriesPerCardMax);
        for (var more = 0; more < 3; more++)
            Assert.IsType<RequestResult.TriesLimited>(await shop.PlaceAsync($"more-{more}"));

        var stopped = Assert.Single(await shop.Book.ListStoppedTriesAsync(10, CancellationToken.None));
        Assert.Equal(("visa", OrderRun.Card.Last4, limits.TriesPerCardMax), (stopped.Brand, stopped.Last4, stopped.Count));
        Assert.True(await shop.Book.ReleaseTriesAsync(stopped, "ann", CancellationToken.None));
        Assert.Empty(await shop.Book.ListStoppedTriesAsync(10, CancellationToken.None));
        await shop.ReopenAsync();
        await DeclineAsync(shop, limits.TriesPerCardMax, "released");
        Assert.IsType<RequestResult.TriesLimited>(await shop.PlaceAsync("spent-again"));
        Assert.Empty(shop.Faults);
    }

    [Fact]
    public async Task An_hour_of_testing_is_stopped_for_the_whole_shop_and_the_next_hour_begins_anew()
    {
        await using var shop = await Shop.OpenAsync();
        for (var card = 0; card < limits.TriesPerShopHour; card++)
            await shop.AnswerAsync(Shop.Done(await PlaceOnAsync(shop, card)), "14");

        Assert.IsType<RequestResult.TriesLimited>(await PlaceOnAsync(shop, 5_000));
        await shop.ReopenAsync();
        Assert.IsType<RequestResult.TriesLimited>(await PlaceOnAsync(shop, 5_001));
        Assert.Null(Assert.Single(await shop.Book.ListStoppedTriesAsync(10, CancellationToken.None)).Brand);
        shop.Advance(TimeSpan.FromHours(1));
        Shop.Done(await PlaceOnAsync(shop, 5_002));
    }

    [Fact]
    public async Task A_good_hour_of_two_thousand_approvals_and_eight_in_a_hundred_refused_is_never_stopped()
    {
        await using var shop = await Shop.OpenAsync();
        for (var card = 0; card < 2_174; card++)
        {
            await shop.AnswerAsync(Shop.Done(await PlaceOnAsync(shop, card)), card % 25 is 7 or 19 ? "51" : "00");
            if (card == 1_500)
                await shop.ReopenAsync();
        }
        Assert.Empty(await shop.Book.ListStoppedTriesAsync(10, CancellationToken.None));
    }

    /// <summary>What is not yet answered counts as if it were refused, in the shop as on a card.</summary>
    [Fact]
    public async Task A_thousand_cards_of_one_moment_ask_the_card_company_a_hundred_times()
    {
        await using var shop = await Shop.OpenAsync();
        var asked = Enumerable.Range(0, 1_000).Select(card => PlaceOnAsync(shop, card)).ToList();
        await UntilAsync(shop, limits.TriesPerShopHour);
        foreach (var order in await shop.Book.ListAsync(null, 2_000, CancellationToken.None))
            await shop.AnswerAsync(order, "14");

        // Nobody waits for the clock: the last answer tells whoever waits that the hour is over.
        var answers = await AllAnsweredAsync(asked);
        Assert.Equal(limits.TriesPerShopHour, answers.Count(answer => answer is RequestResult.Done));
        Assert.Equal(1_000 - limits.TriesPerShopHour, answers.Count(answer => answer is RequestResult.TriesLimited));
        Assert.Equal(limits.TriesPerShopHour, shop.Sent.OfType<NetworkRequest.Authorize>().Count());
        Assert.Empty(shop.Faults);
    }

    [Fact]
    public async Task Three_hundred_cards_of_one_moment_are_all_approved()
    {
        await using var shop = await Shop.OpenAsync();
        var asked = Enumerable.Range(0, 300).Select(card => PlaceOnAsync(shop, card)).ToList();
        await ApproveAllAsync(shop, asked);
        Assert.All(await AllAnsweredAsync(asked), answer => Assert.IsType<RequestResult.Done>(answer));
        Assert.Equal(300, shop.Sent.OfType<NetworkRequest.Authorize>().Count());
    }

    /// <summary>
    /// In a shop that has an honest hour behind it, nobody waits: two hundred and fifty-six are out in the same moment, also at the full
    /// hour.
    /// </summary>
    [Fact]
    public async Task After_an_honest_hour_as_many_are_out_at_once_as_before()
    {
        await using var shop = await Shop.OpenAsync();
        await ApproveAllAsync(shop, [.. Enumerable.Range(0, 200).Select(card => PlaceOnAsync(shop, card))]);
        shop.Advance(TimeSpan.FromHours(1));
        var answers = await AllAnsweredAsync([.. Enumerable.Range(1_000, 256).Select(card => PlaceOnAsync(shop, card))]);
        Assert.All(answers, answer => Assert.IsType<RequestResult.Done>(answer));
        await UntilAsync(shop, 200 + 256);
    }

    /// <summary>
    /// However many were approved, whoever tests cards in that hour gets the floor, one more for five approvals, and twice the floor.
    /// </summary>
    [Theory]
    [InlineData(50, 100 + 10 + 50)]
    [InlineData(1_000, 100 + 200 + 200)]
    public async Task Approvals_let_no_more_out_at_once_than_their_bound(int approvals, int bound)
    {
        await using var shop = await Shop.OpenAsync();
        await ApproveAllAsync(shop, [.. Enumerable.Range(0, approvals).Select(card => PlaceOnAsync(shop, card))]);
        var asked = Enumerable.Range(approvals, 1_000).Select(card => PlaceOnAsync(shop, card)).ToList();
        await UntilAsync(shop, approvals + bound);
        foreach (var order in await shop.Book.ListAsync(null, 3_000, CancellationToken.None))
        {
            if (order.Order.AttemptInFlight is not null)
                await shop.AnswerAsync(order, "14");
        }

        var answers = await AllAnsweredAsync(asked);
        Assert.Equal(bound, answers.Count(answer => answer is RequestResult.Done));
        Assert.Equal(approvals + bound, shop.Sent.OfType<NetworkRequest.Authorize>().Count());
    }

    [Fact]
    public async Task Staff_is_told_with_the_next_refusal_where_the_log_could_not_be_written()
    {
        await using var shop = await Shop.OpenAsync();
        await DeclineAsync(shop, limits.TriesPerCardMax);
        shop.Store.IsFull = true;
        Assert.IsType<RequestResult.TriesLimited>(await shop.PlaceAsync("while-full"));
        Assert.Empty(await shop.Book.ListStoppedTriesAsync(10, CancellationToken.None));
        Assert.IsType<LogUnusableException>(Assert.Single(shop.Faults));

        shop.Store.IsFull = false;
        Assert.IsType<RequestResult.TriesLimited>(await shop.PlaceAsync("written-again"));
        Assert.Single(await shop.Book.ListStoppedTriesAsync(10, CancellationToken.None));
    }

    [Fact]
    public async Task A_stop_that_time_has_ended_leaves_the_list_and_a_newer_one_takes_its_place()
    {
        await using var shop = await Shop.OpenAsync();
        await DeclineAsync(shop, limits.TriesPerCardMax);
        Assert.IsType<RequestResult.TriesLimited>(await shop.PlaceAsync("one-more"));
        var first = Assert.Single(await shop.Book.ListStoppedTriesAsync(10, CancellationToken.None));

        shop.Advance(TimeSpan.FromHours(24));
        await DeclineAsync(shop, limits.TriesPerCardMax, "next-day");
        Assert.IsType<RequestResult.TriesLimited>(await shop.PlaceAsync("one-more-then"));
        var second = Assert.Single(
            await shop.Store.ReadOutboxAsync("attention-tries", DateTimeOffset.MaxValue, 10, CancellationToken.None)
        );
        Assert.Equal(shop.Now, Assert.Single(await shop.Book.ListStoppedTriesAsync(10, CancellationToken.None)).At);
        Assert.NotEqual(first.At, shop.Now);
        await shop.ReopenAsync();
        Assert.IsType<RequestResult.TriesLimited>(await shop.PlaceAsync("after-a-restart"));
        Assert.Equal(
            second.Id,
            Assert.Single(await shop.Store.ReadOutboxAsync("attention-tries", DateTimeOffset.MaxValue, 10, CancellationToken.None)).Id
        );

        shop.Advance(TimeSpan.FromHours(24));
        Assert.Null(await shop.Book.FindStoppedTriesAsync(first.Name));
        Assert.Empty(await shop.Book.ListStoppedTriesAsync(10, CancellationToken.None));
        Assert.Empty(await shop.Store.ReadOutboxAsync("attention-tries", DateTimeOffset.MaxValue, 10, CancellationToken.None));
        Assert.Empty(shop.Faults);
    }

    /// <summary>The first version had one name for all items of a stream; what it wrote stands in old logs.</summary>
    [Fact]
    public async Task What_an_earlier_version_told_is_found_and_a_release_takes_it_off_the_list()
    {
        await using var shop = await Shop.OpenAsync();
        var stream = new StreamId($"tries-card-{OrderRun.Card.Fingerprint}");
        var told = Encoding.UTF8.GetBytes(
            $$"""{"name":"{{OrderRun.Card.Fingerprint}}","brand":"visa","last4":"4242","count":10,"at":"{{shop.Now:O}}"}"""
        );
        var written = new Append(stream, 0, shop.Log.LeaseOf(stream), shop.Now)
        {
            Events = [new("triesStopped", told)],
            Outbox = [new($"attention-{stream}", "attention-tries", stream, told, shop.Now)],
        };
        Assert.IsType<AppendResult.Committed>(await shop.Log.AppendAsync(written));

        var stopped = Assert.Single(await shop.Book.ListStoppedTriesAsync(10, CancellationToken.None));
        Assert.Equal(stopped, await shop.Book.FindStoppedTriesAsync(stopped.Name));
        Assert.True(await shop.Book.ReleaseTriesAsync(stopped, "ann", CancellationToken.None));
        Assert.Null(await shop.Book.FindStoppedTriesAsync(stopped.Name));
        Assert.Empty(await shop.Store.ReadOutboxAsync("attention-tries", DateTimeOffset.MaxValue, 10, CancellationToken.None));
        Assert.Equal(stream, (await shop.Store.FindKeyAsync(stream.Value, "000000000001", CancellationToken.None))!.Stream);

        await DeclineAsync(shop, limits.TriesPerCardMax);
        Assert.IsType<RequestResult.TriesLimited>(await shop.PlaceAsync("one-more"));
        var rows = await shop.Store.ReadStreamAsync(stream, 0, CancellationToken.None);
        Assert.Equal(["triesStopped", "triesReleased", "triesStopped"], rows.Select(stored => stored.Type));
        var item = Assert.Single(await shop.Store.ReadOutboxAsync("attention-tries", DateTimeOffset.MaxValue, 10, CancellationToken.None));
        Assert.Equal($"attention-{stream}-3", item.Id);
    }

    [Fact]
    public async Task An_hour_that_is_over_leaves_the_list()
    {
        await using var shop = await Shop.OpenAsync();
        for (var card = 0; card < limits.TriesPerShopHour; card++)
            await shop.AnswerAsync(Shop.Done(await PlaceOnAsync(shop, card)), "14");
        Assert.IsType<RequestResult.TriesLimited>(await PlaceOnAsync(shop, 5_000));
        var hour = Assert.Single(await shop.Book.ListStoppedTriesAsync(1, CancellationToken.None));
        Assert.Equal(hour, await shop.Book.FindStoppedTriesAsync(hour.Name));

        shop.Advance(TimeSpan.FromHours(1));
        Assert.Empty(await shop.Book.ListStoppedTriesAsync(1, CancellationToken.None));
        Assert.Empty(await shop.Store.ReadOutboxAsync("attention-tries", DateTimeOffset.MaxValue, 10, CancellationToken.None));
    }

    /// <summary>
    /// Format errors and missing permissions are ours: they tell a stranger nothing of the card, and stop neither it nor the hour.
    /// </summary>
    [Theory]
    [InlineData("30", true)]
    [InlineData("58", true)]
    [InlineData("94", true)]
    [InlineData("05", false)]
    [InlineData("N7", false)]
    public async Task Answers_that_are_our_own_fault_are_no_tries(string code, bool isOurFault)
    {
        await using var shop = await Shop.OpenAsync();
        for (var tried = 0; tried < limits.TriesPerCardMax; tried++)
            await shop.AnswerAsync(await shop.PlacedAsync($"key-{tried}"), code);
        Assert.Equal(isOurFault, await shop.PlaceAsync("one-more") is RequestResult.Done);
        await shop.ReopenAsync();
        Assert.Equal(isOurFault, await shop.PlaceAsync("after-a-restart") is RequestResult.Done);
    }

    /// <summary>No answer came in time: the attempt is taken back.</summary>
    private static async Task<OrderRecord> DoubtedAsync(Shop shop, OrderRecord order)
    {
        shop.Advance(new ApprovalPolicy().AnswerTimeout);
        await Eventually.IsSoAsync("it is taken back", async () => (await shop.FindAsync(order)).Order.Attempts[^1].IsReversing);
        return await shop.FindAsync(order);
    }

    /// <summary>What was asked later, on another card, has its answer meanwhile.</summary>
    private static async Task StillWaitsAsync(Shop shop, Task<RequestResult> waits)
    {
        for (var card = 0; card < 5; card++)
            Shop.Done(await PlaceOnAsync(shop, 9_000 + card));
        Assert.False(waits.IsCompleted, "it waits for what is out");
    }

    private static async Task TakenBackAsync(Shop shop, OrderRecord order)
    {
        var claim = order.Order.Attempts.Last(attempt => attempt.Reversal is not null).Reversal!.Claim;
        await shop.Book.RecordAnswerAsync(
            new NetworkAnswer(
                AnswerKind.Reversal,
                claim.WireKey,
                claim.Rrn,
                "00",
                null,
                null,
                null,
                null,
                null,
                null,
                shop.Now,
                AnswerMatch.First
            )
        );
    }

    private static async Task<RequestResult[]> AllAnsweredAsync(List<Task<RequestResult>> asked)
    {
        await Eventually.EndsAsync("all that was asked is answered", Task.WhenAll(asked));
        return await Task.WhenAll(asked);
    }

    /// <summary>Approves each request that leaves, until all that was asked has an answer; what answer, the spec looks at.</summary>
    private static async Task ApproveAllAsync(Shop shop, List<Task<RequestResult>> asked)
    {
        var (seen, approved) = (0, 0);
        await Eventually.IsSoAsync("all that was asked has an answer, and what left is approved", async () =>
        {
            var sent = shop.Sent;
            for (; seen < sent.Count; seen++)
            {
                if (sent[seen] is not NetworkRequest.Authorize request)
                    continue;
                await shop.RecordAsync(request.Claim, "00");
                approved++;
            }
            return asked.TrueForAll(one => one.IsCompleted)
                && (await Task.WhenAll(asked)).Count(answer => answer is RequestResult.Done) == approved;
        });
    }

    private static async Task DeclineAsync(Shop shop, int times, string name = "declined")
    {
        for (var tried = 0; tried < times; tried++)
            await DeclinedAsync(shop, $"{name}-{tried}");
    }

    private static async Task<OrderRecord> DeclinedAsync(Shop shop, string key) =>
        await shop.AnswerAsync(await shop.PlacedAsync(key), "N7");

    private static Task<RequestResult> PlaceOnAsync(Shop shop, int card) =>
        shop
            .Book.PlaceAsync(
                Shop.Beans() with
                {
                    Card = new(new($"card_{card}"), "visa", $"{card % 10_000:0000}", "2029-08", $"fingerprint-{card}"),
                },
                Shop.Key($"on-{card}"),
                Patience.RespondAtOnce,
                CancellationToken.None
            )
            .AsTask();

    private static Task UntilAsync(Shop shop, int asked) =>
        Eventually.IsSoAsync($"{asked} requests have left", () => shop.Sent.OfType<NetworkRequest.Authorize>().Count() >= asked);
}
