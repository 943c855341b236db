using Shonin.Merchant;
using Shonin.Merchant.Views;
using Shonin.Specs.Orders;

namespace Shonin.Specs.Merchant.Views;

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
        foreach (var typed in new[] { order.Order.Number, order.Order.Notices[0].Notice.Reference!.Value.ToString(), order.Order.Attempts[0].Claim.Rrn })
            Assert.Equal([order.Order.Number], await FindAsync(typed));
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
        await shop.Store.EraseOwnerAsync(order.Order.Customer, default);
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

        var found = await OrderSearch.FindAsync(shop!.Book, OrderQuestion.Read("林"), default);

        Assert.Equal((OrderSearch.FoundMax, SearchReach.TooMany), (found.Found.Count, found.Reach));
        Assert.True(found.Found[0].Order.PlacedAt >= found.Found[^1].Order.PlacedAt);
    }

    private async Task<string[]> FindAsync(string typed) =>
        [.. (await OrderSearch.FindAsync(shop!.Book, OrderQuestion.Read(typed), default)).Found.Select(record => record.Order.Number)];

    private async Task<string> PlaceAsync(string key, string email, string name)
    {
        var card = OrderRun.Card with { Fingerprint = $"card-of-{email}" };
        var answer = await shop!.Book.PlaceAsync(Shop.Beans() with { Customer = new Person(email, name, null), Card = card }, Shop.Key(key), Patience.RespondAtOnce, default);
        return Shop.Done(answer).Order.Number;
    }
}
