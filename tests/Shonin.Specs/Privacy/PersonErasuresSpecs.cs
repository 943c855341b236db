using Shonin.Domain;
using Shonin.Domain.Accounts;
using Shonin.Domain.Privacy;
using Shonin.Merchant.Accounts;
using Shonin.Merchant.Privacy;
using Shonin.Specs.Orders;

namespace Shonin.Specs.Privacy;

/// <summary>A person asks to be erased, or their time is over.</summary>
public sealed class PersonErasuresSpecs
{
    private const string Taro = "taro@example.jp";

    [Fact]
    public async Task Whoever_asks_is_erased_with_orders_conversations_codes_and_account_and_nobody_else_is()
    {
        await using var scene = await PrivacyScene.OpenAsync();
        var (order, others) = (await scene.CancelledAsync("key-1"), await scene.CancelledAsync("key-2", Taro));
        var (contact, free) = (
            await scene.AskedAboutAsync(order, "届きません"),
            await scene.AskedAsync("HANAKO@example.jp", "住所を変えたい")
        );
        var theirs = await scene.AskedAboutAsync(others, "別の人です");
        foreach (var one in new[] { contact, free, theirs })
            await scene.CloseAsync(one);
        var (account, theirAccount) = (await scene.RegisteredAsync(), await scene.RegisteredAsync(Taro));
        await scene.Codes.SendAsync(PrivacyScene.Hanako, CodePurpose.Recover, "", Locale.Ja);

        var found = await scene.Erasures.AskAsync(PrivacyScene.Hanako, ErasureAsker.Owner, Locale.Ja, default);
        Assert.Equal((1, 1, 1), (found.Orders.Length, found.Contacts.Length, found.Unproved.Length));
        await scene.DoDueAsync();

        Assert.Null((await scene.Shop.FindAsync(order)).Person);
        Assert.Empty(await scene.Shop.Book.ReadNoticesAsync(await scene.Shop.FindAsync(order), default));
        Assert.All((await scene.TextsAsync(contact)).Concat(await scene.TextsAsync(free)), Assert.Null);
        Assert.Null(await scene.Contacts.PersonOfAsync(free.Id, default));
        Assert.Null(await scene.Accounts.FindAsync(account.Id, default));
        Assert.Null(await scene.Accounts.FindBySessionAsync($"secret-of-{PrivacyScene.Hanako}", default));
        Assert.Empty(await scene.WaitingAsync(MailedCodes.Queue));
        Assert.Equal(["card_key-1"], scene.ForgottenCards);
        Assert.False((await scene.Finder.FindAsync(PrivacyScene.Hanako, default)).HasAny);

        Assert.NotNull((await scene.Shop.FindAsync(others)).Person);
        Assert.Contains("別の人です", await scene.TextsAsync(theirs));
        Assert.NotNull(await scene.Accounts.FindAsync(theirAccount.Id, default));
    }

    [Fact]
    public async Task The_letter_says_that_it_is_done_and_is_the_last_that_knows_the_address()
    {
        await using var scene = await PrivacyScene.OpenAsync();
        await scene.CancelledAsync("key-1");
        await scene.Erasures.AskAsync(" Hanako@example.jp ", ErasureAsker.Operator, Locale.En, default);
        Assert.Empty(await scene.WaitingAsync(PersonErasures.LetterQueue));
        await scene.DoDueAsync();
        var item = Assert.Single(await scene.WaitingAsync(PersonErasures.LetterQueue));
        var letter = (await scene.Erasures.FindLetterAsync(item, default))!;
        Assert.Equal(("Hanako@example.jp", Locale.En), (letter.Recipient, letter.Locale));
        await scene.RestartAsync();
        Assert.NotNull(await scene.Erasures.FindLetterAsync(item, default));
        await scene.Erasures.CloseLetterAsync(item);
        Assert.Empty(await scene.WaitingAsync(PersonErasures.LetterQueue));
        Assert.Null(await scene.Erasures.FindLetterAsync(item, default));
        Assert.Null(await scene.Shop.Store.ReadDocumentAsync(item.Id.Split('/')[0], default));
    }

    [Fact]
    public async Task An_order_that_is_still_open_stays_is_named_and_goes_with_the_first_sweep_after_it_is_over()
    {
        await using var scene = await PrivacyScene.OpenAsync();
        var (over, open) = (await scene.CancelledAsync("key-1"), await scene.PlacedAsync("key-2"));
        await scene.Shop.AnswerAsync(open, "54");
        await scene.Erasures.AskAsync(PrivacyScene.Hanako, ErasureAsker.Owner, Locale.Ja, default);
        await scene.DoDueAsync();
        Assert.Null((await scene.Shop.FindAsync(over)).Person);
        Assert.NotNull((await scene.Shop.FindAsync(open)).Person);
        var letter = await scene.Erasures.FindLetterAsync(Assert.Single(await scene.WaitingAsync(PersonErasures.LetterQueue)), default);
        Assert.Equal([open.Order.Number], letter!.StayingOrders);

        var running = scene.Erasures.RunAsync(TestContext.Current.CancellationToken);
        await SweptAsync(scene, scene.Policy.SweepEvery);
        Assert.NotNull((await scene.Shop.FindAsync(open)).Person);
        await scene.CancelAsync(open);
        var later = await scene.PlacedAsync("key-3");
        await SweptAsync(scene, scene.Policy.SweepEvery);
        Assert.Null((await scene.Shop.FindAsync(open)).Person);
        Assert.NotNull((await scene.Shop.FindAsync(later)).Person);
        Assert.False((await scene.Erasures.FindAsync(PrivacyScene.Hanako))!.IsPending);
    }

    [Fact]
    public async Task What_a_crash_cut_short_is_finished_at_the_next_start_and_asking_twice_does_no_harm()
    {
        await using var scene = await PrivacyScene.OpenAsync();
        var order = await scene.CancelledAsync("key-1");
        var account = await scene.RegisteredAsync();
        scene.VaultFails = new IOException("The vault is gone.");
        await scene.Erasures.AskAsync(PrivacyScene.Hanako, ErasureAsker.Desk, Locale.Ja, default);
        await scene.Erasures.AskAsync(PrivacyScene.Hanako, ErasureAsker.Owner, Locale.Ja, default);
        await scene.DoDueAsync();
        Assert.NotNull((await scene.Shop.FindAsync(order)).Person);

        await scene.RestartAsync();
        scene.VaultFails = null;
        scene.Shop.Advance(TimeSpan.FromDays(1));
        await scene.DoDueAsync();
        Assert.Null((await scene.Shop.FindAsync(order)).Person);
        Assert.Null(await scene.Accounts.FindAsync(account.Id, default));
        Assert.Single(await scene.WaitingAsync(PersonErasures.LetterQueue));

        await scene.Erasures.AskAsync(PrivacyScene.Hanako, ErasureAsker.Desk, Locale.Ja, default);
        await scene.DoDueAsync();
        Assert.Equal(2, (await scene.Erasures.FindAsync(PrivacyScene.Hanako))!.AskedAt.Length);
    }

    [Fact]
    public async Task Neither_a_restart_nor_views_that_are_built_again_bring_anybody_back()
    {
        await using var scene = await PrivacyScene.OpenAsync();
        var order = await scene.CancelledAsync("key-1");
        var contact = await scene.AskedAboutAsync(order, "届きません");
        await scene.CloseAsync(contact);
        await scene.RegisteredAsync();
        await scene.Erasures.AskAsync(PrivacyScene.Hanako, ErasureAsker.Owner, Locale.Ja, default);
        await scene.DoDueAsync();
        await scene.RebuildViewsAsync();
        Assert.Null((await scene.Shop.FindAsync(order)).Person);
        Assert.DoesNotContain("届きません", await scene.TextsAsync(contact));
        Assert.False((await scene.Finder.FindAsync(PrivacyScene.Hanako, default)).HasAny);
        Assert.Null(await scene.Accounts.FindByAddressAsync(PrivacyScene.Hanako, default));

        var again = await scene.RegisteredAsync(secret: "another-");
        Assert.Equal(again.Id, (await scene.Accounts.FindByAddressAsync(PrivacyScene.Hanako, default))!.Id);
    }

    [Fact]
    public async Task All_addresses_of_an_account_are_erased_and_staff_are_not()
    {
        await using var scene = await PrivacyScene.OpenAsync();
        var account = await scene.RegisteredAsync();
        await scene.Accounts.AddAddressAsync(account, Taro, "proof-of-taro", default);
        var order = await scene.CancelledAsync("key-1", Taro);
        await scene.Erasures.AskAsync(PrivacyScene.Hanako, ErasureAsker.Owner, Locale.Ja, default);
        await scene.DoDueAsync();
        Assert.Null((await scene.Shop.FindAsync(order)).Person);
        Assert.Null(await scene.Accounts.FindAsync(account.Id, default));

        var staff = new AccountId("staff-1");
        var details = new AccountDetails(
            0,
            "担当",
            Locale.Ja,
            [new(scene.Accounts.DigestOf("staff@example.jp"), "staff@example.jp")],
            null,
            "s",
            []
        );
        await scene.Accounts.OpenAccountAsync(staff, AccountRole.Agent, details, "proof-of-staff", default);
        await scene.Erasures.AskAsync("staff@example.jp", ErasureAsker.Desk, Locale.Ja, default);
        await scene.DoDueAsync();
        Assert.NotNull(await scene.Accounts.FindAsync(staff, default));
    }

    [Fact]
    public async Task A_card_that_another_order_needs_stays_in_the_vault()
    {
        await using var scene = await PrivacyScene.OpenAsync();
        var card = OrderRun.Card with { Token = new("card_shared") };
        await scene.CancelledAsync("key-1", card: card);
        await scene.PlacedAsync("key-2", Taro, card);
        await scene.Erasures.AskAsync(PrivacyScene.Hanako, ErasureAsker.Owner, Locale.Ja, default);
        await scene.DoDueAsync();
        Assert.Empty(scene.ForgottenCards);
    }

    [Fact]
    public async Task A_sweep_erases_each_kind_when_its_own_time_is_over_and_not_a_day_before()
    {
        await using var scene = await PrivacyScene.OpenAsync();
        var order = await scene.CancelledAsync("key-1");
        var contact = await scene.AskedAboutAsync(order, "届きません");
        var free = await scene.AskedAsync("x@example.jp", "教えてください");
        await scene.CloseAsync(contact);
        await scene.CloseAsync(free);
        var account = await scene.RegisteredAsync();
        var running = scene.Erasures.RunAsync(TestContext.Current.CancellationToken);

        await AtAsync(scene.Policy.Cards, isOver: false);
        Assert.Empty(scene.ForgottenCards);
        await AtAsync(scene.Policy.Cards, isOver: true);
        Assert.Equal(["card_key-1"], scene.ForgottenCards);

        await AtAsync(scene.Policy.Contacts, isOver: false);
        Assert.Contains("届きません", await scene.TextsAsync(contact));
        Assert.NotNull(await scene.Accounts.FindAsync(account.Id, default));
        await AtAsync(scene.Policy.Contacts, isOver: true);
        Assert.DoesNotContain("届きません", await scene.TextsAsync(contact));
        Assert.DoesNotContain("教えてください", await scene.TextsAsync(free));
        Assert.Null(await scene.Accounts.FindAsync(account.Id, default));
        Assert.NotNull((await scene.Shop.FindAsync(order)).Person);

        await AtAsync(scene.Policy.Orders, isOver: false);
        Assert.NotNull((await scene.Shop.FindAsync(order)).Person);
        await AtAsync(scene.Policy.Orders, isOver: true);
        Assert.Null((await scene.Shop.FindAsync(order)).Person);

        async Task AtAsync(TimeSpan age, bool isOver)
        {
            var day = OrderRun.Start.UtcDateTime.Date.AddDays(isOver ? 1 : 0);
            var at = new DateTimeOffset(day, TimeSpan.Zero) + age;
            await SweptAsync(scene, at - scene.Shop.Now);
        }
    }

    /// <summary>The next alarm rings, and what it begins is done.</summary>
    private static async Task SweptAsync(PrivacyScene scene, TimeSpan later)
    {
        await Eventually.IsSoAsync("the sweep before has ended", async () =>
            await CountAsync(scene, "sweepBegun") is > 0 and var begun && await CountAsync(scene, "sweepEnded") == begun
        );
        var before = await CountAsync(scene, "sweepEnded");
        scene.Shop.Advance(later);
        await Eventually.IsSoAsync("a sweep has ended", async () =>
        {
            if (await CountAsync(scene, "sweepEnded") > before)
                return true;
            scene.Shop.Advance(TimeSpan.FromSeconds(1));
            return false;
        });
    }

    private static async ValueTask<int> CountAsync(PrivacyScene scene, string fact) =>
        (await scene.Shop.Store.ReadStreamAsync(RetentionKind.Stream, 0, default)).Count(stored => stored.Type == fact);
}
