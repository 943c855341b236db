using Microsoft.Playwright;
using MimeKit;
using Shonin.Journeys.Rest;
using Shonin.Journeys.Screens;

namespace Shonin.Journeys.Contacts;

/// <summary>A customer and an agent, each in a browser of their own, before the real server.</summary>
public sealed partial class ContactJourneys(RunningHouse house, OneBrowser browser) : IClassFixture<RunningHouse>
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

        await agent.PressAsync(await WaitingLinkAsync(customer));
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

    [Fact]
    public async Task A_cut_network_and_a_killed_server_lose_no_message_and_double_none()
    {
        var customer = await ChattingAsync();
        await SayAsync(customer, "一つ目");
        await customer.Context.SetOfflineAsync(true);
        await SayAsync(customer, "電波のない間に");
        await customer.Context.SetOfflineAsync(false);
        await SaysAsync(customer, ".customer:not(.unsent)", "電波のない間に");

        var restarting = house.KillAndRestartMerchantAsync();
        await SayAsync(customer, "止まっている間に");
        await customer.WaitForSelectorAsync(".away:not(:empty)");
        await restarting;
        await SaysAsync(customer, ".customer:not(.unsent)", "止まっている間に");
        await SayAsync(customer, "直ってから");
        await SaysAsync(customer, ".customer:not(.unsent)", "直ってから");

        await customer.ReloadAsync();
        Assert.Equal(
            ["はじめまして", "一つ目", "電波のない間に", "止まっている間に", "直ってから"],
            await customer.Locator(".line.customer .text").AllInnerTextsAsync()
        );
        var agent = await AtDeskAsync();
        await ClaimAsync(agent, customer);
        Assert.Equal(
            ["はじめまして", "一つ目", "電波のない間に", "止まっている間に", "直ってから"],
            await agent.Locator(".line.customer .text").AllInnerTextsAsync()
        );
    }

    [Fact]
    public async Task Without_script_the_same_is_done_by_forms()
    {
        var link = await house.PlaceOrderAsync("4242424242424242");
        var agent = await AtDeskAsync();
        var customer = await browser.OpenAsync(new() { BaseURL = house.Address.AbsoluteUri, JavaScriptEnabled = false });
        await customer.GotoAsync($"{link}/chat?lang=en");
        await customer.FillAsync("#text", "Where is my parcel?");
        await customer.ClickAsync("text=Send");
        await ClaimAsync(agent, customer);
        await agent.FillAsync("#text", "It leaves today.");
        await agent.ClickAsync("[data-chat-form] button");
        await SaysAsync(agent, ".agent:not(.unsent)", "It leaves today.");

        await customer.ClickAsync("text=Look for new answers");
        await SaysAsync(customer, ".agent", "It leaves today.");
        await customer.FillAsync("#text", "Thank you!");
        await customer.ClickAsync("text=Send");
        await SaysAsync(agent, ".customer", "Thank you!");
        await customer.ClickAsync("text=End the conversation");
        await StandsAsync(customer, "This conversation has ended.");
        await customer.CheckAsync("#stars-5");
        await customer.ClickAsync("text=Send rating");
        Assert.Contains("Rating: 5 of 5", await customer.InnerTextAsync("[data-chat-lines]"), StringComparison.Ordinal);
        await customer.FillAsync("#text", "One more thing");
        await customer.ClickAsync("text=Send as a new question");
        await SaysAsync(customer, ".customer", "One more thing");
    }

    [Fact]
    public async Task A_transcript_and_an_answer_that_nobody_saw_come_by_signed_mail()
    {
        var customer = await ChattingAsync();
        var agent = await AtDeskAsync();
        await ClaimAsync(agent, customer);
        var order = await OrderOfAsync(customer);
        await customer.PressAsync("text=控えをメールで受け取る");
        var transcript = await MailAsync("transcript", order);
        Assert.Contains("はじめまして", transcript, StringComparison.Ordinal);
        Assert.Contains("渡辺", transcript, StringComparison.Ordinal);

        await customer.CloseAsync();
        await agent.FillAsync("#text", "本日、発送します。");
        await agent.ClickAsync("[data-chat-form] button");
        var answer = await MailAsync("answer", order);
        Assert.Contains("本日、発送します。", answer, StringComparison.Ordinal);
        await agent.PressAsync("text=会話を終える");
        Assert.Contains("担当者の渡辺が、お問い合わせをお受けしました", await MailAsync("followUp", order), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_has_no_order_at_hand_reaches_a_person_who_is_told_that_nothing_is_proved()
    {
        var agent = await AtDeskAsync();
        var customer = await OpenAsync("/help?lang=ja");
        await customer.PressAsync("text=担当者に尋ねる");
        await customer.FillAsync("#name", "花子");
        await customer.FillAsync("#email", "これはアドレスではない");
        await customer.FillAsync("#text", "注文が見つかりません");
        await customer.EvaluateAsync("document.querySelector('form').noValidate = true");
        await customer.PressAsync("text=送る");
        Assert.Contains("メールアドレスの形になっていません", await customer.InnerTextAsync("[role=alert]"), StringComparison.Ordinal);
        await customer.FillAsync("#email", "hanako@customer.example");
        await customer.PressAsync("text=送る");
        Assert.Equal(0, await customer.Locator("text=控えをメールで受け取る").CountAsync());

        await ClaimAsync(agent, customer);
        var shown = await agent.InnerTextAsync("main");
        Assert.Contains("本人確認はまだです", shown, StringComparison.Ordinal);
        Assert.Contains("hanako@customer.example", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_colleague_takes_over_with_all_that_was_said_and_the_customer_is_told()
    {
        var customer = await ChattingAsync();
        var (first, second) = (await AtDeskAsync("渡辺"), await AtDeskAsync("佐藤"));
        await ClaimAsync(first, customer);
        await first.FillAsync("#note", "配送について詳しい人へ");
        await first.PressAsync("text=メモを残す");
        await first.SelectOptionAsync("#to", new SelectOptionValue { Label = "佐藤" });
        await first.PressAsync("button:text('引き継ぐ')");
        await StandsAsync(customer, "担当者の佐藤とつながっています。");
        Assert.DoesNotContain("詳しい人", await customer.InnerTextAsync("main"), StringComparison.Ordinal);

        await second.GotoAsync(first.Url);
        Assert.Contains("配送について詳しい人へ", await second.InnerTextAsync(".line.note"), StringComparison.Ordinal);
        await second.FillAsync("#text", "代わりました、佐藤です。");
        await second.ClickAsync("[data-chat-form] button");
        await SaysAsync(customer, ".agent", "代わりました、佐藤です。");
    }

    [Theory, InlineData("ja"), InlineData("en")]
    public async Task No_page_of_a_contact_has_a_barrier_is_too_wide_or_too_faint(string language)
    {
        var customer = await ChattingAsync();
        var agent = await AtDeskAsync();
        await ClaimAsync(agent, customer);
        var contact = agent.Url;
        var chat = customer.Url;
        foreach (
            var (page, path) in new[]
            {
                (customer, chat),
                (customer, $"{chat.Split('?')[0]}/mail"),
                (customer, $"{house.Address}help/ask"),
                (agent, contact),
                (agent, $"{house.Address}desk/contacts"),
            }
        )
        {
            foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
            {
                await page.EmulateMediaAsync(new() { ColorScheme = scheme });
                await page.SetViewportSizeAsync(360, 844);
                await page.GotoAsync($"{path.Split('?')[0]}?lang={language}");
                Assert.Empty(await page.FindBarriersAsync());
                Assert.Empty(await page.FindTooWideAsync(320, ".skip, .unseen"));
            }
        }
    }

    private async Task<IPage> ChattingAsync()
    {
        var customer = await OpenAsync($"{await house.PlaceOrderAsync("4242424242424242")}/chat?lang=ja");
        await customer.FillAsync("#text", "はじめまして");
        await customer.PressAsync("text=送る");
        await ConnectedAsync(customer);
        return customer;
    }

    /// <summary>The agent takes the contact that the customer's page shows.</summary>
    private static async Task ClaimAsync(IPage agent, IPage customer)
    {
        await agent.ClickAsync(await WaitingLinkAsync(customer));
        await agent.ClickAsync("text=対応する");
        await ConnectedAsync(agent);
        await agent.WaitForSelectorAsync("#text");
    }

    /// <summary>The desk's link to this customer's contact: others may be waiting before it.</summary>
    private static async Task<string> WaitingLinkAsync(IPage customer) =>
        $"[id^=waiting-]:text-is('{(await customer.Locator(".where").CountAsync() == 0 ? "注文なし" : await OrderOfAsync(customer))}')";

    /// <summary>The number of the order that the customer's page is about.</summary>
    private static async Task<string> OrderOfAsync(IPage customer) =>
        (await customer.Locator(".where a").InnerTextAsync()).Split(' ').First(word => word.StartsWith('N'));

    private static async Task SayAsync(IPage page, string text)
    {
        await page.FillAsync("#text", text);
        await page.ClickAsync("[data-chat-form] button");
    }

    /// <summary>The text of the mail of this kind about this order: other tests have theirs in the same folder.</summary>
    private async Task<string> MailAsync(string kind, string order)
    {
        using var timeout = new CancellationTokenSource(Waits.Most);
        while (true)
        {
            foreach (var path in Directory.Exists(house.MailFolder) ? Directory.GetFiles(house.MailFolder, $"*-{kind}-*.eml") : [])
            {
                var mail = await MimeMessage.LoadAsync(path, timeout.Token);
                if (mail.Subject?.Contains(order, StringComparison.Ordinal) == true)
                {
                    Assert.Contains(mail.Headers, header => header.Id == HeaderId.DkimSignature);
                    return mail.TextBody!;
                }
            }
            await Task.Delay(50, timeout.Token);
        }
    }

    private async Task<IPage> AtDeskAsync(string name = "渡辺")
    {
        var agent = await OpenAsync("/desk/contacts?lang=ja");
        await agent.FillAsync("#key", await house.NewKeyAsync(name, "admin"));
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
