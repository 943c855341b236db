using Microsoft.Playwright;
using Shonin.Journeys.Rest;
using Shonin.Journeys.Screens;

namespace Shonin.Journeys.Contacts;

/// <summary>A customer and an agent, each in a browser of their own, before the real server.</summary>
public sealed class ContactJourneys(RunningHouse house, OneBrowser browser) : IClassFixture<RunningHouse>
{
    [Fact]
    public async Task A_question_from_help_is_answered_by_an_agent_who_sees_the_order()
    {
        var link = await house.PlaceOrderAsync("4000000000000002");
        var agent = await AtDeskAsync();
        var customer = await OpenAsync($"{link}/help/why-not-approved?lang=ja");

        await customer.PressAsync("text=担当者に尋ねる");
        await customer.FillAsync("#text", "理由を教えてください。カードは 4000 0000 0000 0002 です");
        await customer.PressAsync("text=送る");
        await StandsAsync(customer, "担当者をお呼びしています");

        await agent.WaitForSelectorAsync("text=/^N\\d+$/");
        await agent.PressAsync("[id^=waiting-]");
        await agent.PressAsync("text=対応する");
        Assert.Contains("承認", await agent.InnerTextAsync(".say"), StringComparison.Ordinal);
        Assert.Contains("カードは •••• •••• •••• •••• です", await agent.InnerTextAsync("[data-chat-lines]"), StringComparison.Ordinal);
        await StandsAsync(customer, "担当者の渡辺とつながっています。");

        await ConnectedAsync(agent);
        await ConnectedAsync(customer);
        await agent.Locator("#text").PressSequentiallyAsync("お待たせしました。");
        await customer.WaitForSelectorAsync("text=渡辺がタイピング中です");
        await agent.ClickAsync("[data-chat-form] button");
        await SaysAsync(customer, ".agent", "お待たせしました。");

        await customer.Locator("#text").PressSequentiallyAsync("ありがとう");
        await agent.WaitForSelectorAsync("text=お客様が入力中です");
        await customer.ClickAsync("[data-chat-form] button");
        await SaysAsync(agent, ".customer", "ありがとう");
    }

    private async Task<IPage> AtDeskAsync()
    {
        var agent = await OpenAsync("/desk/contacts?lang=ja");
        await agent.FillAsync("#key", await house.NewKeyAsync("渡辺", "admin"));
        await agent.PressAsync("form button");
        await agent.GotoAsync("/desk/contacts?lang=ja");
        await agent.WaitForSelectorAsync("[data-inbox][data-connected]");
        return agent;
    }

    private async Task<IPage> OpenAsync(string path)
    {
        var page = await browser.OpenAsync(new() { BaseURL = house.Address.AbsoluteUri });
        await page.GotoAsync(path);
        return page;
    }

    private static async Task ConnectedAsync(IPage page) => await page.WaitForSelectorAsync("[data-chat][data-connected]");

    private static Task StandsAsync(IPage page, string text) =>
        Assertions
            .Expect(page.Locator("[data-chat-standing]"))
            .ToContainTextAsync(text, new() { Timeout = (float)Waits.Most.TotalMilliseconds });

    private static Task SaysAsync(IPage page, string side, string text) =>
        Assertions
            .Expect(page.Locator($"[data-chat-lines] {side} .text").Last)
            .ToHaveTextAsync(text, new() { Timeout = (float)Waits.Most.TotalMilliseconds });
}
