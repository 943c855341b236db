using System.Text.RegularExpressions;
using Microsoft.Playwright;
using MimeKit;
using Shonin.Journeys.Screens;

namespace Shonin.Journeys.Contacts;

public sealed partial class ContactJourneys
{
    [Fact]
    public async Task A_notices_number_gets_its_verdict_in_the_conversation_and_it_stands_after_a_restart()
    {
        var customer = await ChattingAsync();
        var agent = await AtDeskAsync();
        await ClaimAsync(agent, customer);
        var (_, notice) = await NoticeOfAsync(customer);
        var number = NoticeNumber().Match(notice.TextBody!).Value;

        await SayAsync(customer, $"{number} というメールが来ました。本物ですか");
        await HappenedAsync(customer, "この番号は、当店が");
        await HappenedAsync(agent, "このご注文のメールアドレスへ送ったお知らせの番号です");
        await SayAsync(agent, "987 654 3210 のほうはどうでしょう");
        await HappenedAsync(customer, "お知らせに使っている番号ではありません");
        Assert.Equal("メールが本物か調べる", await customer.Locator(".event a").Last.InnerTextAsync());

        await house.KillAndRestartMerchantAsync();
        await customer.GotoAsync($"{customer.Url.Split('?')[0]}?lang=en");
        foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            await customer.EmulateMediaAsync(new() { ColorScheme = scheme });
            Assert.Empty(await customer.FindBarriersAsync());
            Assert.Empty(await customer.FindTooWideAsync(320, ".skip, .unseen"));
        }
        var events = await customer.Locator(".event .text").AllInnerTextsAsync();
        Assert.Single(events, text =>
            text.Contains("This number is on a notice that we sent to this order's address", StringComparison.Ordinal)
        );
        Assert.Single(events, text => text.Contains("This number isn't one that we use on notices", StringComparison.Ordinal));
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_mails_original_is_judged_in_the_conversation_pasted_or_as_a_file(bool withScript)
    {
        var link = await house.PlaceOrderAsync("4242424242424242");
        var customer = await browser.OpenAsync(new() { BaseURL = house.Address.AbsoluteUri, JavaScriptEnabled = withScript });
        await customer.GotoAsync($"{link}/chat?lang=en");
        await customer.FillAsync("#text", "I have a mail here.");
        await customer.ClickAsync("text=Send");
        var (file, notice) = await NoticeOfAsync(customer);

        await customer.FillAsync("#text", $"Received: from mx.example\n{await File.ReadAllTextAsync(file)}");
        await customer.ClickAsync("[data-chat-form] button");
        await HappenedAsync(customer, "word for word a notice that we sent to this order's address");

        await customer.ClickAsync("text=Check whether a mail is real");
        using var fake = new MemoryStream();
        var merchant = notice.From.Mailboxes.First().Name;
        await new MimeMessage(
            [new MailboxAddress(merchant, "info@evil.example")],
            [new MailboxAddress("", "customer@example.jp")],
            "Please pay",
            new TextPart("plain") { Text = "https://evil.example/pay" }
        ).WriteToAsync(fake);
        await customer.SetInputFilesAsync(
            "#mail-file",
            new FilePayload
            {
                Name = "mail.eml",
                MimeType = "message/rfc822",
                Buffer = fake.ToArray(),
            }
        );
        await customer.ClickAsync("text=Check this mail");
        await HappenedAsync(customer, "The mail that was checked is not genuine");
        Assert.DoesNotContain("evil.example", await customer.InnerTextAsync("main"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_order_that_an_agent_shows_stands_in_the_conversation_with_its_state_and_its_link()
    {
        var customer = await ChattingAsync();
        var agent = await AtDeskAsync();
        await ClaimAsync(agent, customer);
        await ConnectedAsync(customer);
        await agent.ClickAsync("text=をお客様に表示する");
        await customer.WaitForSelectorAsync(".event .card-title");
        var card = customer.Locator(".event", new() { Has = customer.Locator(".card-title") });
        Assert.Matches("ご注文 N\\d+", await card.InnerTextAsync());
        Assert.Contains("いまの状況", await card.InnerTextAsync(), StringComparison.Ordinal);
        await card.Locator("a").ClickAsync();
        Assert.EndsWith(
            "/chat",
            await customer.Locator("a:text('担当者に尋ねる')").First.EvaluateAsync<string>("link => link.pathname"),
            StringComparison.Ordinal
        );
        await customer.GoBackAsync();
        Assert.Equal(1, await customer.Locator(".card-title").CountAsync());
    }

    [Fact]
    public async Task Once_five_were_answered_the_next_one_is_told_how_long_it_takes()
    {
        var agent = await AtDeskAsync();
        var link = await house.PlaceOrderAsync("4000000000000002");
        for (var answered = 0; answered < 5; answered++)
        {
            var before = await ChattingAsync();
            await ClaimAsync(agent, before);
            await before.CloseAsync();
            await agent.GotoAsync("/desk/contacts?lang=ja");
            await agent.WaitForSelectorAsync("[data-inbox][data-connected]");
        }
        Assert.Matches("この2時間の待ち時間は、平均で", await agent.InnerTextAsync("main"));

        var customer = await OpenAsync($"{link}/help/why-not-approved?lang=en");
        Assert.Matches("The wait now is about \\d+ minutes?", await customer.InnerTextAsync("main"));
        await customer.PressAsync("text=Ask an agent");
        await customer.FillAsync("#text", "Why?");
        await customer.PressAsync("text=Send");
        await StandsAsync(customer, "it usually takes about");
    }

    private static Task HappenedAsync(IPage page, string text) =>
        Assertions
            .Expect(page.Locator("[data-chat-lines] .event .text").Last)
            .ToContainTextAsync(text, new() { Timeout = (float)Waits.Most.TotalMilliseconds });

    /// <summary>A notice that this customer's order was sent, as it left.</summary>
    private async Task<(string File, MimeMessage Message)> NoticeOfAsync(IPage customer)
    {
        var order = (await customer.Locator(".where a").InnerTextAsync()).Split(' ').First(word => word.StartsWith('N'));
        using var timeout = new CancellationTokenSource(Waits.Most);
        while (true)
        {
            foreach (var file in Directory.Exists(house.MailFolder) ? Directory.GetFiles(house.MailFolder, "*.eml") : [])
            {
                var mail = await MimeMessage.LoadAsync(file, timeout.Token);
                if (mail.TextBody?.Contains(order, StringComparison.Ordinal) == true && NoticeNumber().IsMatch(mail.TextBody))
                    return (file, mail);
            }
            await Task.Delay(50, timeout.Token);
        }
    }

    [GeneratedRegex("[0-9]{3} [0-9]{3} [0-9]{4}")]
    private static partial Regex NoticeNumber();
}
