using Shonin.Domain.Orders;
using Shonin.EventLog;
using Shonin.Merchant.Desk;
using Shonin.Merchant.Orders;
using Shonin.Specs.Orders;
using Shonin.Streams;

namespace Shonin.Specs.Desk;

public sealed class OrderSearchSpecs : IAsyncLifetime
{
    private Shop? shop;

    public async ValueTask InitializeAsync() => shop = await Shop.OpenAsync();

    public async ValueTask DisposeAsync() => await shop!.DisposeAsync();

    [Theory]
    [InlineData("N1001", "ByNumber { Number = N1001 }")]
    [InlineData("ｎ１００１", "ByNumber { Number = N1001 }")]
    [InlineData(" n 1001 ", "ByNumber { Number = N1001 }")]
    [InlineData("1001", "ByNumber { Number = N1001 }")]
    [InlineData("482 177 3057", "ByNotice { Reference = 482 177 3057 }", "ByNumber { Number = N4821773057 }")]
    [InlineData("４８２-１７７-３０５７", "ByNotice { Reference = 482 177 3057 }", "ByNumber { Number = N4821773057 }")]
    [InlineData("632901000417", "ByNumber { Number = N632901000417 }", "ByRrn { Rrn = 632901000417 }")]
    [InlineData("000001000417", "ByRrn { Rrn = 000001000417 }")]
    [InlineData("2NH45CXAW0XF", "ByRrn { Rrn = 2NH45CXAW0XF }")]
    [InlineData("２nh4 5cxa-w0xf", "ByRrn { Rrn = 2NH45CXAW0XF }")]
    [InlineData("Christianson", "ByName { Name = christianson }")]
    [InlineData("Hanako@Example.jp", "ByMail { Address = Hanako@Example.jp }")]
    [InlineData("ｈａｎａｋｏ＠example.jp", "ByMail { Address = hanako@example.jp }")]
    [InlineData("山田　花子", "ByName { Name = 山田花子 }")]
    [InlineData("ヤマダ ハナコ", "ByName { Name = やまだはなこ }")]
    [InlineData("林", "ByName { Name = 林 }")]
    [InlineData("Smith, Anne", "ByName { Name = smithanne }")]
    public void What_a_caller_says_is_understood_however_it_is_typed(string typed, params string[] expected) =>
        Assert.Equal(expected, OrderQuestion.Read(typed).Select(question => question.ToString()));

    [Theory]
    [InlineData(""), InlineData("   "), InlineData("@"), InlineData("a"), InlineData("--"), InlineData("12"), InlineData("0")]
    public void What_names_nothing_is_no_question(string typed) => Assert.Empty(OrderQuestion.Read(typed));

    [Fact]
    public async Task An_order_is_found_by_each_of_its_numbers()
    {
        var order = await shop!.PlacedAsync();
        foreach (
            var typed in new[]
            {
                order.Order.Number,
                order.Order.Notices[0].Notice.Reference!.Value.ToString(),
                order.Order.Attempts[0].Claim.Rrn,
            }
        )
        {
            Assert.Equal([order.Order.Number], await FindAsync(typed));
        }
    }

    [Fact]
    public async Task An_order_is_found_by_mail_address_and_by_a_part_of_the_name_and_another_persons_is_not()
    {
        var mine = await PlaceAsync("a", "Hanako@example.jp", "山田 花子");
        var again = await PlaceAsync("b", "hanako@example.jp", "Yamada Hanako");
        var another = await PlaceAsync("c", "taro@example.jp", "鈴木 太郎");

        Assert.Equal([again, mine], await FindAsync("HANAKO@example.jp "));
        Assert.Equal([mine], await FindAsync("山田"));
        Assert.Equal([again], await FindAsync("hanako"));
        Assert.Equal([another], await FindAsync("鈴木太郎"));
        Assert.Empty(await FindAsync("jiro@example.jp"));
        Assert.Empty(await FindAsync("anako@example.jp"));
        Assert.Empty(await FindAsync("佐藤"));
    }

    [Fact]
    public async Task Whoever_was_erased_is_found_by_a_number_alone()
    {
        var order = await shop!.PlacedAsync();
        await shop.Store.EraseOwnerAsync(OrderKeys.OwnerOf(order.Order.Id), default);
        await shop.ReopenAsync();

        Assert.Empty(await FindAsync("hanako@example.jp"));
        Assert.Empty(await FindAsync("山田"));
        Assert.Equal([order.Order.Number], await FindAsync(order.Order.Number));
        Assert.Equal([order.Order.Number], await FindAsync(order.Order.Attempts[0].Claim.Rrn));
    }

    [Fact]
    public async Task More_than_can_be_shown_are_said_to_be_more()
    {
        for (var count = 0; count <= OrderSearch.FoundMax; count++)
            await PlaceAsync($"key-{count}", $"somebody{count}@example.jp", "林 一郎");

        var found = await OrderSearch.FindAsync(shop!.Book, shop.Index, OrderQuestion.Read("林"), default);

        Assert.Equal((OrderSearch.FoundMax, SearchReach.TooMany), (found.Found.Count, found.Reach));
        Assert.True(found.Found[0].Order.PlacedAt >= found.Found[^1].Order.PlacedAt);
    }

    [Fact]
    public async Task An_address_and_a_request_are_found_however_many_orders_came_later()
    {
        var oldest = await PlaceAsync("oldest", "hanako@example.jp", "山田 花子");
        var rrn = (await shop!.Book.FindByNumberAsync(oldest, default))!.Order.Attempts[0].Claim.Rrn;
        for (var count = 0; count < 5; count++)
            await PlaceAsync($"key-{count}", $"somebody{count}@example.jp", "林 一郎");

        foreach (var typed in new[] { "hanako@example.jp", rrn })
        {
            var found = await LookAmongAsync(5, typed);
            Assert.Equal((oldest, 1, SearchReach.Everything), (Assert.Single(found.Found).Order.Number, found.LookedAtCount, found.Reach));
        }
        var byName = await LookAmongAsync(5, "山田");
        Assert.Equal((0, 5, SearchReach.NewestOnly), (byName.Found.Count, byName.LookedAtCount, byName.Reach));
        Assert.Equal(oldest, Assert.Single((await LookAmongAsync(6, "山田")).Found).Order.Number);
    }

    [Fact]
    public async Task While_the_index_is_being_built_the_newest_orders_are_read_and_whoever_asks_is_told_so()
    {
        var oldest = await PlaceAsync("oldest", "hanako@example.jp", "山田 花子");
        var stream = new StreamId("counter-1");
        for (var version = 0; version < 3 * LogFeed.PageCountMax; version += 100)
        {
            await shop!.Log.AppendAsync(
                new(stream, version, shop.Log.LeaseOf(stream), shop.Now)
                {
                    Events = [.. Enumerable.Repeat(new NewEvent("counted", default), 100)],
                }
            );
        }

        var newest = await PlaceAsync("newest", "hanako@example.jp", "山田 花子");

        // The index is built from the oldest on; the newest are read.
        var found = await LookAmongAsync(1, "hanako@example.jp");
        Assert.Equal([newest, oldest], found.Found.Select(record => record.Order.Number));
        Assert.Equal((1, SearchReach.NewestOnly), (found.LookedAtCount, found.Reach));
        Assert.Equal(SearchReach.Everything, (await LookAmongAsync(1, "hanako@example.jp")).Reach);
    }

    [Fact]
    public async Task Orders_on_hold_are_listed_by_their_deadline_until_they_are_not()
    {
        var early = await shop!.AnswerAsync(await shop.PlacedAsync("early"), "51");
        shop.Advance(TimeSpan.FromSeconds(1));
        var late = await shop.AnswerAsync(await shop.PlacedAsync("late"), "51");
        Assert.Equal([early.Order.Id, late.Order.Id], (await shop.Index.OnHoldAsync(10, default)).Orders);
        Assert.True(early.Order.Hold!.Deadline < late.Order.Hold!.Deadline);

        await shop.SubmitAsync(early, new OrderCommand.ExtendDeadline("longer", "ann", late.Order.Hold.Deadline.AddDays(1)));
        Assert.Equal([late.Order.Id, early.Order.Id], (await shop.Index.OnHoldAsync(10, default)).Orders);
        await shop.SubmitAsync(early, new OrderCommand.Cancel("request-1", CancelledBy.Customer, null));
        Assert.Equal([late.Order.Id], (await shop.Index.OnHoldAsync(10, default)).Orders);
    }

    [Fact]
    public async Task An_order_that_cannot_be_read_is_not_in_the_way_of_the_others()
    {
        var damaged = await PlaceAsync("a", "hanako@example.jp", "山田 花子");
        var sound = await PlaceAsync("b", "hanako@example.jp", "山田 花子");
        shop!.Store.Damaged = new("order-" + (await shop.Book.FindByNumberAsync(damaged, default))!.Order.Id);
        await shop.ReopenAsync();

        var found = await OrderSearch.FindAsync(shop.Book, shop.Index, OrderQuestion.Read("hanako@example.jp"), default);

        Assert.Equal((sound, 1), (Assert.Single(found.Found).Order.Number, found.UnreadableCount));
        Assert.Contains(shop.Faults, fault => fault is EventPassedOverException);
    }

    private async Task<string[]> FindAsync(string typed) =>
        [
            .. (await OrderSearch.FindAsync(shop!.Book, shop.Index, OrderQuestion.Read(typed), default)).Found.Select(record =>
                record.Order.Number
            ),
        ];

    private ValueTask<OrdersFound> LookAmongAsync(int newestCount, string typed) =>
        OrderSearch.FindAsync(shop!.Book, shop.Index, OrderQuestion.Read(typed), newestCount, default);

    private async Task<string> PlaceAsync(string key, string email, string name)
    {
        var card = OrderRun.Card with { Fingerprint = $"card-of-{email}" };
        var answer = await shop!.Book.PlaceAsync(
            Shop.Beans() with
            {
                Customer = new Person(email, name, null),
                Card = card,
            },
            Shop.Key(key),
            Patience.RespondAtOnce,
            default
        );
        return Shop.Done(answer).Order.Number;
    }
}
