using Shonin.Domain.Approvals;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.Merchant.Orders;

namespace Shonin.Specs.Orders;

/// <summary>Orders in a row of one customer on one card are found, and explained together; each is decided by itself.</summary>
public sealed class OrderFamiliesSpecs
{
    private static readonly CardOnFile anotherCard = new(new("card_9"), "jcb", "0505", "2030-01", "f9");

    [Fact]
    public async Task The_second_order_is_told_apart_from_the_first_in_its_notice()
    {
        await using var shop = await Shop.OpenAsync();
        var first = await shop.AnswerAsync(await shop.PlacedAsync("key-1"), "00");
        var second = await shop.AnswerAsync(await shop.PlacedAsync("key-2"), "05");

        var problem = await ProblemOfAsync(shop, second);

        Assert.Contains(
            $"ご注文 {first.Order.Number} は承認され、発送に進んでいます。\nこのご注文は別に問い合わせています。",
            problem,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task The_family_shows_each_order_as_it_stands_at_that_moment()
    {
        await using var shop = await Shop.OpenAsync();
        var (first, second) = (await shop.PlacedAsync("key-1"), await shop.PlacedAsync("key-2"));
        Assert.Equal([(first.Order.Number, FamilyStanding.Asking)], await FamilyAsync(shop, second));

        await shop.AnswerAsync(first, "05");
        Assert.Equal([(first.Order.Number, FamilyStanding.OnHold)], await FamilyAsync(shop, second));

        await shop.SubmitAsync(first, new OrderCommand.Cancel("cancel-1", CancelledBy.Customer, null));
        Assert.Equal([(first.Order.Number, FamilyStanding.Cancelled)], await FamilyAsync(shop, second));
        Assert.Equal([(second.Order.Number, FamilyStanding.Asking)], await FamilyAsync(shop, first));
    }

    [Theory]
    [InlineData("another customer")]
    [InlineData("another card")]
    [InlineData("a day and a minute later")]
    public async Task An_order_is_alone_beside(string other)
    {
        await using var shop = await Shop.OpenAsync();
        var first = await shop.PlacedAsync("key-1");
        var second = Shop.Beans();
        if (other == "another customer")
            second = second with { Customer = new Person("taro@example.jp", "太郎", null) };
        if (other == "another card")
            second = second with { Card = anotherCard };
        if (other == "a day and a minute later")
            shop.Advance(TimeSpan.FromHours(24) + TimeSpan.FromMinutes(1));
        var placed = await PlaceAsync(shop, second, "key-2");

        Assert.Empty(await FamilyAsync(shop, placed));
        Assert.Empty(await FamilyAsync(shop, first));
    }

    [Fact]
    public async Task A_day_apart_is_still_in_a_row()
    {
        await using var shop = await Shop.OpenAsync();
        var first = await shop.PlacedAsync("key-1");
        shop.Advance(TimeSpan.FromHours(24));

        Assert.Equal(first.Order.Number, Assert.Single(await FamilyAsync(shop, await shop.PlacedAsync("key-2"))).Number);
    }

    [Fact]
    public async Task An_order_that_changes_to_the_card_joins_its_row()
    {
        await using var shop = await Shop.OpenAsync();
        var first = await shop.PlacedAsync("key-1");
        var second = await shop.AnswerAsync(await PlaceAsync(shop, Shop.Beans() with { Card = anotherCard }, "key-2"), "05");
        Assert.Empty(await FamilyAsync(shop, first));

        var changed = Shop.Done(await shop.SubmitAsync(second, new OrderCommand.ChangeCard("change-1", first.Order.Card)));

        Assert.Equal(second.Order.Number, Assert.Single(await FamilyAsync(shop, first)).Number);
        Assert.Equal(first.Order.Number, Assert.Single(await FamilyAsync(shop, changed)).Number);
    }

    [Fact]
    public async Task Orders_of_one_moment_all_find_each_other_and_a_restart_forgets_none()
    {
        await using var shop = await Shop.OpenAsync();
        var orders = (await Task.WhenAll(Enumerable.Range(0, 5).Select(index => shop.PlaceAsync($"key-{index}"))))
            .Select(Shop.Done)
            .ToList();
        await shop.ReopenAsync();

        foreach (var order in orders)
        {
            Assert.Equal(
                orders.Where(other => other != order).Select(other => other.Order.Number).Order(StringComparer.Ordinal),
                (await FamilyAsync(shop, order)).Select(member => member.Number).Order(StringComparer.Ordinal)
            );
        }
    }

    [Fact]
    public async Task An_erased_customers_orders_are_not_found()
    {
        await using var shop = await Shop.OpenAsync();
        var (first, second) = (await shop.PlacedAsync("key-1"), await shop.PlacedAsync("key-2"));
        Assert.Single(await FamilyAsync(shop, second));

        await shop.Store.EraseOwnerAsync(OrderKeys.OwnerOf(first.Order.Id), CancellationToken.None);

        Assert.Empty(await FamilyAsync(shop, second));
    }

    [Fact]
    public async Task More_than_three_are_counted()
    {
        await using var shop = await Shop.OpenAsync();
        for (var index = 0; index < 5; index++)
            await shop.PlacedAsync($"key-{index}");
        var last = await shop.PlacedAsync("key-last");

        var said = FamilyWording.Of(last.Order, await shop.Book.FamilyOfAsync(last.Order, CancellationToken.None));

        Assert.Equal(5, said.Length);
        Assert.Equal("You have 2 more orders in a row.", said[3].En);
        Assert.StartsWith("This one is asked for by itself.", said[4].En, StringComparison.Ordinal);
    }

    private static async Task<OrderRecord> PlaceAsync(Shop shop, PlaceOrder order, string key) =>
        Shop.Done(await shop.Book.PlaceAsync(order, Shop.Key(key), Patience.RespondAtOnce, CancellationToken.None));

    private static async Task<IEnumerable<(string Number, FamilyStanding Stands)>> FamilyAsync(Shop shop, OrderRecord record) =>
        (await shop.Book.FamilyOfAsync((await shop.FindAsync(record)).Order, CancellationToken.None)).Others.Select(member =>
            (member.Number, member.Stands)
        );

    /// <summary>The clock goes on until the hold is announced; the notice is read as it lies in the message centre.</summary>
    private static async Task<string> ProblemOfAsync(Shop shop, OrderRecord record)
    {
        for (var seconds = 0; seconds < 120; seconds++)
        {
            shop.Advance(TimeSpan.FromSeconds(1));
            var seen = await shop.FindAsync(record);
            if (
                (await shop.Book.ReadNoticesAsync(seen, CancellationToken.None)).FirstOrDefault(notice =>
                    notice.Record.Notice.Kind == NoticeKind.Problem
                ) is
                { } problem
            )
            {
                return problem.Text;
            }
        }
        throw new InvalidOperationException("No problem notice was queued within two minutes.");
    }
}
