using Microsoft.Playwright;
using Shonin.Domain.Help;
using Shonin.Domain.Orders;
using Shonin.Specs.Help;
using Shonin.Specs.Web;

namespace Shonin.Journeys.Screens;

/// <summary>From an order's page to an answer made from that order, and to the page that does what the answer says.</summary>
public sealed class HelpJourneys(Shop shop, Gallery gallery) : IClassFixture<Shop>, IClassFixture<Gallery>
{
    public static TheoryData<string> Languages => ["ja", "en"];

    [Fact]
    public async Task Two_steps_from_the_orders_page_stands_the_answer_and_a_third_does_it_without_script()
    {
        var order = await shop.PlaceAsync("51");
        var page = await shop.OpenAsync($"/o/{order.AccessKey}?lang=ja", withScript: false);

        await page.PressAsync("header >> text=ヘルプ");
        Assert.Equal("どのようなことでお困りですか", await page.InnerTextAsync("h1"));
        await page.PressAsync("text=カード会社は「断っていない」と言っています");
        var answer = await page.InnerTextAsync("main");
        Assert.Contains("承認しないという返答の記録があります", answer, StringComparison.Ordinal);
        Assert.Contains("「証商店」", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("0002", answer, StringComparison.Ordinal);

        await page.PressAsync("text=カード会社に問い合わせるとき");
        Assert.Equal("カード会社に問い合わせるとき", await page.InnerTextAsync("h1"));
        await page.GoBackAsync();
        await page.PressAsync("text=支払い方法を変える");
        Assert.Equal(1, await page.Locator("#number").CountAsync());
    }

    [Fact]
    public async Task Who_wants_to_cancel_is_led_to_the_page_that_does_it()
    {
        var order = await shop.PlaceAsync("00");
        var page = await shop.OpenAsync($"/o/{order.AccessKey}/help?lang=en", withScript: true);

        await page.PressAsync("text=I'd like to cancel the order");
        await page.PressAsync($"text=Cancel order {order.Order.Number}");
        await page.FillAsync("#last-four", "0002");
        await page.PressAsync("form button");

        Assert.True((await shop.ReadAsync(order)).Standing is Standing.Closing or Standing.Cancelled);
    }

    [Fact]
    public async Task What_is_searched_for_is_found_and_what_is_not_there_says_what_to_do()
    {
        var page = await shop.OpenAsync("/help?lang=en", withScript: true);
        await page.FillAsync("#search", "charged twice");
        await page.PressAsync("form button");
        await page.PressAsync("main >> text=Holds and charges on your card");
        Assert.Equal("Holds and charges on your card", await page.InnerTextAsync("h1"));
        Assert.Contains("You're never charged twice.", await page.InnerTextAsync("main"), StringComparison.Ordinal);

        await page.PressAsync("header >> text=Help");
        await page.FillAsync("#search", "<b>zzz</b>");
        await page.PressAsync("form button");
        Assert.Contains("We found nothing", await page.InnerTextAsync("[role=status]"), StringComparison.Ordinal);
        Assert.Equal("<b>zzz</b>", await page.InputValueAsync("#search"));
        Assert.Equal(0, await page.Locator("main b").CountAsync());
    }

    [Fact]
    public async Task A_link_that_leads_to_no_order_or_to_no_question_says_so()
    {
        var order = await shop.PlaceAsync("00");
        string[] nowhere =
        [
            "/o/nothing/help",
            "/o/nothing/help/why-not-approved",
            $"/o/{order.AccessKey}/help/nothing",
            "/help/articles/nothing",
        ];
        foreach (var path in nowhere)
        {
            var page = await shop.OpenAsync($"{path}?lang=en", withScript: false);
            Assert.Equal("There is no such page", await page.InnerTextAsync("h1"));
        }
    }

    [Theory, MemberData(nameof(Languages))]
    public async Task No_help_page_has_a_barrier_is_too_wide_or_too_faint(string language)
    {
        var paths = new List<string> { $"{shop.Address}/help?lang={language}" };
        paths.AddRange(HelpArticles.All.Select(name => $"{shop.Address}/help/articles/{name}?lang={language}"));
        foreach (var title in new[] { "no answer, we ask again", "delivered", "cancelled by customer" })
        {
            var index = ScreenScenes.All.ToList().FindIndex(scene => scene.Title == title);
            paths.Add($"{gallery.Address}/help-questions/{index}/{language}");
        }
        // One order of each question: what differs between orders are sentences.
        foreach (var question in Enum.GetValues<HelpQuestion>())
        {
            var index = HelpScene.All.ToList().FindLastIndex(scene => scene.Question == question);
            paths.Add($"{gallery.Address}/help-scenes/{index}/{language}");
        }

        var page = await gallery.OpenAsync(360, ColorScheme.Light, withScript: true, "/help-questions/0/en");
        foreach (var path in paths)
        {
            await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
            await page.SetViewportSizeAsync(360, 844);
            await page.GotoAsync(path);
            AssertNone(await page.FindBarriersAsync(), path);
            foreach (var width in language == "en" ? [320, 180] : new[] { 320 })
                AssertNone(await page.FindTooWideAsync(width, ".skip, .unseen"), $"{path} is too wide at {width} px");
        }
        AssertNone(await page.FindFaintInTheDarkAsync(), paths[^1]);
    }

    private static void AssertNone(string found, string what) => Assert.True(found.Length == 0, $"{what}: {found}");
}
