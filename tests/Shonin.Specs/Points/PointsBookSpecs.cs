using System.Text;
using MimeKit;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.Domain.Points;
using Shonin.EventLog;
using Shonin.Letters;
using Shonin.Merchant.Orders;
using Shonin.Merchant.Points;
using Shonin.Points;
using Shonin.Specs.Notices;
using Shonin.Specs.Orders;

namespace Shonin.Specs.Points;

/// <summary>Orders and points together, over one log.</summary>
[Collection(nameof(SigningKeys))]
public sealed class PointsBookSpecs(SigningKeys signing) : IAsyncLifetime
{
    private static readonly PointsPolicy policy = new() { PerHundred = 1 };
    private readonly List<Exception> faults = [];
    private Shop shop = null!;
    private PointsBook? points;

    public async ValueTask InitializeAsync()
    {
        shop = await Shop.OpenAsync();
        await ReopenAsync(policy);
    }

    public async ValueTask DisposeAsync()
    {
        await points!.DisposeAsync();
        await shop.DisposeAsync();
        Assert.Empty(faults);
    }

    [Fact]
    public async Task A_delivery_earns_points_for_the_address_of_the_order_and_a_repeat_earns_none()
    {
        var order = await DeliveredAsync("key-1");
        var view = await EarnedAsync(order, 60);
        Assert.Equal(new PointsExpiry(shop.Now + policy.ExpireAfter, 60), view.Next! with { At = Rounded(view.Next.At) });
        var entry = Assert.Single(view.Entries);
        Assert.Equal((PointsCause.Delivered, order.Order.Number, 60), (entry.Cause, entry.Number, entry.Points));

        await shop.SubmitAsync(order, new OrderCommand.RegisterDelivery("s-key-1", shop.Now));
        var second = await DeliveredAsync("key-2");
        Assert.Equal(order.Order.Customer, second.Order.Customer);
        await EarnedAsync(second, 120);
        Assert.Equal(60, (await points!.OfOrderAsync(second.Order))!.Earned);
    }

    [Fact]
    public async Task Points_and_what_was_told_of_them_survive_a_restart()
    {
        // Nobody hears while the book of points is closed: the message waits in the outbox.
        await points!.DisposeAsync();
        var order = await DeliveredAsync("key-1");
        Assert.Single(await WaitingAsync("to-points-"));
        await shop.ReopenAsync();
        await ReopenAsync(policy, opensShop: false);
        await EarnedAsync(order, 60);
        await ReopenAsync(policy);
        Assert.Equal(60, (await points!.OfAsync([order.Order.Customer])).Balance);
        Assert.Empty(await WaitingAsync("to-points-"));
    }

    [Fact]
    public async Task A_shop_that_gives_no_points_tells_nobody_of_a_delivery_and_begins_with_those_after_it_does()
    {
        await ReopenAsync(new());
        var before = await DeliveredAsync("key-1");
        Assert.Empty(await WaitingAsync("to-points-"));
        await ReopenAsync(policy);
        var after = await DeliveredAsync("key-2");
        await EarnedAsync(after, 60);
        Assert.Equal(OrderPoints.None, await points!.OfOrderAsync(before.Order));
    }

    [Fact]
    public async Task What_came_back_takes_its_points_along_however_often_it_is_told()
    {
        var order = await DeliveredAsync("key-1");
        await EarnedAsync(order, 60);
        Assert.Null(await points!.TakeBackAsync(order.Order));
        Assert.Null(await points.TakeBackAsync(order.Order));
        var view = await points.OfAsync([order.Order.Customer]);
        Assert.Equal((0, null), (view.Balance, view.Next));
        Assert.Equal([PointsCause.Returned, PointsCause.Delivered], view.Entries.Select(entry => entry.Cause));
        Assert.Null(await points.OfOrderAsync(order.Order));
    }

    [Fact]
    public async Task Addresses_that_one_person_has_proved_count_together_and_a_stranger_has_none()
    {
        var order = await DeliveredAsync("key-1");
        await EarnedAsync(order, 60);
        Assert.Equal(60, (await points!.OfAsync([order.Order.Customer, "cust_other", order.Order.Customer])).Balance);
        Assert.Same(PointsView.Empty.Next, (await points.OfAsync(["cust_other"])).Next);
        Assert.Equal(0, (await points.OfAsync([])).Balance);
    }

    [Fact]
    public async Task Before_they_run_out_one_letter_waits_and_then_they_are_gone()
    {
        var order = await DeliveredAsync("key-1");
        await EarnedAsync(order, 60);
        shop.Advance(policy.ExpireAfter - policy.WarnBefore);
        var letter = Assert.Single(await LettersAsync());
        var warning = await points!.FindWarningAsync(letter);
        Assert.Equal((order.Order.Id, 60), (warning!.Order, warning.Points));

        await points.CloseLetterAsync(letter);
        Assert.Empty(await WaitingAsync(PointsBook.LetterQueue));
        shop.Advance(policy.WarnBefore);
        var view = await BecomesAsync(order, found => found.Entries.Length == 2);
        Assert.Equal((0, PointsCause.Expired, -60), (view.Balance, view.Entries[0].Cause, view.Entries[0].Points));
        Assert.Null(await points.FindWarningAsync(letter));
        Assert.Empty(await WaitingAsync(PointsBook.LetterQueue));
    }

    [Fact]
    public async Task A_letter_says_nothing_of_points_that_went_meanwhile()
    {
        var order = await DeliveredAsync("key-1");
        await EarnedAsync(order, 60);
        shop.Advance(policy.ExpireAfter - policy.WarnBefore);
        var letter = Assert.Single(await LettersAsync());
        await points!.TakeBackAsync(order.Order);
        Assert.Null(await points.FindWarningAsync(letter));
    }

    [Fact]
    public async Task The_letter_says_how_many_run_out_and_when_to_the_address_of_the_order_and_the_same_each_time()
    {
        var order = await DeliveredAsync("key-1");
        await EarnedAsync(order, 60);
        shop.Advance(policy.ExpireAfter - policy.WarnBefore);
        var item = Assert.Single(await LettersAsync());
        var letter = await Box.Find(item, default);

        Assert.Equal("Hanako@example.jp", letter!.Recipient);
        var mail = MimeMessage.Load(new MemoryStream(letter.Message.ToArray()));
        Assert.Equal("【ポイントの有効期限】60ポイント", mail.Subject);
        Assert.Equal("auto-generated", mail.Headers[HeaderId.AutoSubmitted]);
        var until = new SpokenTime("Asia/Tokyo").DayAndTime(order.Order.Shipments[0].DeliveredAt!.Value + policy.ExpireAfter);
        Assert.Contains($"{until.Ja} から、順に使えなくなります。", mail.TextBody, StringComparison.Ordinal);
        Assert.Contains($"https://shop.example.jp/o/{order.AccessKey}", mail.TextBody, StringComparison.Ordinal);
        Assert.Contains("山田 花子 様", mail.TextBody, StringComparison.Ordinal);
        // The digest of the address is in no header, and the letter is one message however often it is sent.
        Assert.DoesNotContain(order.Order.Customer[5..], Encoding.UTF8.GetString(letter.Message.Span), StringComparison.Ordinal);
        Assert.Equal(letter.Message.ToArray(), (await Box.Find(item, default))!.Message.ToArray());

        await Box.Close(item);
        Assert.Empty(await WaitingAsync(PointsBook.LetterQueue));
    }

    [Fact]
    public async Task A_customer_who_was_erased_gets_no_letter_and_what_is_left_names_nobody()
    {
        var order = await DeliveredAsync("key-1");
        await EarnedAsync(order, 60);
        shop.Advance(policy.ExpireAfter - policy.WarnBefore);
        var item = Assert.Single(await LettersAsync());
        await shop.Store.EraseOwnerAsync(OrderKeys.OwnerOf(order.Order.Id), default);
        Assert.Null(await Box.Find(item, default));
        Assert.Equal(60, (await points!.OfAsync([order.Order.Customer])).Balance);
    }

    [Fact]
    public async Task Nothing_that_is_stored_of_points_names_a_person()
    {
        var order = await DeliveredAsync("key-1");
        await EarnedAsync(order, 60);
        var stored = await shop.Store.ReadStreamAsync(PointsKind.StreamOf(order.Order.Customer), 0, CancellationToken.None);
        Assert.NotEmpty(stored);
        Assert.All(stored, one =>
        {
            var text = Encoding.UTF8.GetString(one.Payload.Span);
            Assert.DoesNotContain("anako", text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("example", text, StringComparison.Ordinal);
        });
    }

    /// <summary>By hand: what stands on a log is read for ever.</summary>
    [Theory]
    [InlineData(
        "pointsEarned",
        """{"order":"o1","points":60,"at":"2026-11-24T01:00:00+00:00","number":"N1","parcel":"s1","expiresAt":"2027-11-24T01:00:00+00:00"}"""
    )]
    [InlineData("pointsTakenBack", """{"order":"o1","points":60,"at":"2026-11-24T01:00:00+00:00","number":"N1"}""")]
    [InlineData("pointsExpired", """{"order":"o1","points":60,"at":"2026-11-24T01:00:00+00:00","number":"N1","parcel":"s1"}""")]
    [InlineData(
        "pointsWarned",
        """{"order":"o1","points":60,"at":"2026-11-24T01:00:00+00:00","parcels":["s1","s2"],"expiresAt":"2027-11-24T01:00:00+00:00"}"""
    )]
    public void Stored_facts_are_read_and_written_alike(string type, string payload)
    {
        var kind = new PointsKind(policy);
        var stored = kind.Store(kind.Load(Row(type, payload)));
        Assert.Equal((type, payload), (stored.Type, Encoding.UTF8.GetString(stored.Payload.Span)));
    }

    [Theory]
    [InlineData("pointsEarned", """{"order":"o1","points":60,"at":"2026-11-24T01:00:00+00:00","number":"N1"}""")]
    [InlineData("pointsSpent", """{"order":"o1","points":60,"at":"2026-11-24T01:00:00+00:00"}""")]
    [InlineData("pointsEarned", "null")]
    public void What_is_no_fact_is_refused(string type, string payload) =>
        Assert.Throws<System.Text.Json.JsonException>(() => new PointsKind(policy).Load(Row(type, payload)));

    private LetterBox Box =>
        new PointsLetters(
            points!,
            shop.Book,
            new(NoticeScenes.Merchant, "https://shop.example.jp"),
            new LetterMime(NoticeScenes.Merchant, signing.Pair)
        ).Box;

    private static StoredEvent Row(string type, string payload) =>
        new(1, new("points-cust_1"), 1, default, type, Encoding.UTF8.GetBytes(payload), default);

    private async Task ReopenAsync(PointsPolicy next, bool opensShop = true)
    {
        if (points is not null)
            await points.DisposeAsync();
        if (opensShop)
        {
            shop.Points = next;
            await shop.ReopenAsync();
        }
        points = await PointsBook.OpenAsync(shop.Log, next, shop.Clock, faults.Add, CancellationToken.None);
    }

    private async Task<OrderRecord> DeliveredAsync(string key)
    {
        var placed = await shop.AnswerAsync(await shop.PlacedAsync(key), "00");
        Shop.Done(await shop.SubmitAsync(placed, new OrderCommand.Ship($"ship-{key}", $"s-{key}", [], "ヤマト", "1234")));
        return Shop.Done(await shop.SubmitAsync(placed, new OrderCommand.RegisterDelivery($"s-{key}", shop.Now)));
    }

    private Task<PointsView> EarnedAsync(OrderRecord order, long balance) => BecomesAsync(order, view => view.Balance == balance);

    private async Task<PointsView> BecomesAsync(OrderRecord order, Func<PointsView, bool> isSo)
    {
        var view = PointsView.Empty;
        await Eventually.IsSoAsync("the points of the order's customer", async () =>
            isSo(view = await points!.OfAsync([order.Order.Customer]))
        );
        return view;
    }

    private async Task<IReadOnlyList<OutboxItem>> LettersAsync()
    {
        await Eventually.IsSoAsync("a letter waits", async () => (await WaitingAsync(PointsBook.LetterQueue)).Count > 0);
        return await WaitingAsync(PointsBook.LetterQueue);
    }

    private async Task<IReadOnlyList<OutboxItem>> WaitingAsync(string queue) =>
        await shop.Store.ReadOutboxAsync(queue, DateTimeOffset.MaxValue, 10, CancellationToken.None);

    private static DateTimeOffset Rounded(DateTimeOffset at) => at.AddTicks(-(at.Ticks % TimeSpan.TicksPerSecond));
}
