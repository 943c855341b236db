using Microsoft.Playwright;
using MimeKit;
using Shonin.Journeys.Mail;
using Shonin.Journeys.Screens;
using Shonin.MailAuthentication.Dkim;

namespace Shonin.Journeys.Contacts;

/// <summary>A customer answers a notice by mail, and an agent at the desk answers her: real mail servers between them.</summary>
[Collection(nameof(ForwardingHouses))]
public sealed class MailedContactJourney(ForwardingHouse house, OneBrowser browser)
{
    [Fact]
    public async Task An_answer_to_a_notice_reaches_an_agent_and_the_signed_answer_is_answered_in_the_same_contact()
    {
        var notice = await NoticeAsync();
        var agent = await AtDeskAsync();

        var question = house.Reply(notice, "いつ届きますか。カードは 4242 4242 4242 4242 です");
        await house.PostAsync(question);
        var acknowledgement = await TakeMailAsync("【受け取りました】");
        Assert.Equal("auto-replied", acknowledgement.Headers[HeaderId.AutoSubmitted]);
        Assert.Equal(Read(question).MessageId, acknowledgement.InReplyTo);

        await OpenContactAsync(agent, OrderOf(notice));
        await SaysAsync(agent, ".customer", "いつ届きますか。カードは •••• •••• •••• •••• です");
        Assert.Contains("お客様・メール", await agent.InnerTextAsync(".line.customer"), StringComparison.Ordinal);
        await AnswerAsync(agent, "本日、発送します。");

        var raw = await TakeRawAsync("【お返事】");
        var answer = Read(raw);
        Assert.Contains("本日、発送します。", answer.TextBody, StringComparison.Ordinal);
        Assert.Equal(Read(question).MessageId, answer.InReplyTo);
        Assert.Equal(notice.ReplyTo.ToString(), answer.ReplyTo.ToString());
        Assert.Null(answer.Headers[HeaderId.AutoSubmitted]);
        Assert.All(await house.VerifyAsync(raw), result => Assert.IsType<DkimOutcome.Pass>(result.Outcome));

        await house.PostAsync(house.Reply(answer, "ありがとうございます。"));
        await SaysAsync(agent, ".customer", "ありがとうございます。");
        Assert.Equal(2, await agent.Locator(".line.customer").CountAsync());
    }

    [Fact]
    public async Task Who_has_the_notice_and_is_not_the_customer_is_marked_at_the_desk_and_gets_no_mail()
    {
        var notice = await NoticeAsync();
        var agent = await AtDeskAsync();
        var before = await house.CountHandledAsync();

        await house.PostAsync(house.Reply(notice, "住所を変えてください。", "taro@example.com"));
        await house.AppendAsync([.. "Auto-Submitted: auto-replied\r\n"u8, .. house.Reply(notice, "不在にしております。")]);
        await house.WaitForHandledAsync(before + 2);

        await OpenContactAsync(agent, OrderOf(notice));
        await SaysAsync(agent, ".customer", "住所を変えてください。");
        Assert.Contains("差出人を確かめられていません・メール", await agent.InnerTextAsync(".line.customer"), StringComparison.Ordinal);
        Assert.Contains(
            "そのメールだけをもとに、ご注文を変えたり取り消したりしないでください",
            await agent.InnerTextAsync("main"),
            StringComparison.Ordinal
        );
        Assert.Contains("お返事は、ご注文のメールアドレスに届きます", await agent.InnerTextAsync("main"), StringComparison.Ordinal);
        await AnswerAsync(agent, "お電話を差し上げます。");
        // Her own address gets the answer, and nothing came before it.
        var answer = Read(await house.Postfix.TakeMailAsync());
        Assert.Equal(PostfixServer.Customer, answer.To.Mailboxes.Single().Address);
        Assert.StartsWith("【お返事】", answer.Subject, StringComparison.Ordinal);
        Assert.Null(answer.InReplyTo);
    }

    [Fact]
    public async Task A_mail_to_the_help_address_is_answered_without_an_order()
    {
        var agent = await AtDeskAsync();
        using var question = new MimeMessage(
            [new MailboxAddress("", PostfixServer.Customer)],
            [new MailboxAddress("", PostfixServer.Help)],
            "送料について",
            new TextPart("plain") { Text = "沖縄への送料を教えてください。" }
        );
        await house.PostAsync(house.Sign(question));
        var acknowledgement = await TakeMailAsync("【受け取りました】お問い合わせ");
        Assert.Contains("そのご注文のお知らせのメールに返信してください", acknowledgement.TextBody, StringComparison.Ordinal);

        await OpenContactAsync(agent, "注文なし");
        await SaysAsync(agent, ".customer", "送料について\n\n沖縄への送料を教えてください。");
        await AnswerAsync(agent, "880円です。");
        var answer = await TakeMailAsync("【お返事】お問い合わせ");
        Assert.Contains("880円です。", answer.TextBody, StringComparison.Ordinal);
        await house.PostAsync(house.Reply(answer, "わかりました。"));
        await SaysAsync(agent, ".customer", "わかりました。");
    }

    /// <summary>The first notice of a new order; mails of others that lie there still are passed over.</summary>
    private async Task<MimeMessage> NoticeAsync()
    {
        var notice = Read(await house.ReceiveNoticeAsync());
        while (notice.Headers["Shonin-Notice"] is null)
            notice = Read(await house.Postfix.TakeMailAsync());
        Assert.Contains("このメールに返信しても、担当者に届きます。", notice.TextBody, StringComparison.Ordinal);
        Assert.StartsWith("help+o-", Assert.Single(notice.ReplyTo.Mailboxes).Address, StringComparison.Ordinal);
        return notice;
    }

    private static string OrderOf(MimeMessage notice) => notice.Subject!.Split(['文', '(', ' ']).First(word => word.StartsWith('N'));

    private async Task<MimeMessage> TakeMailAsync(string subject) => Read(await TakeRawAsync(subject));

    private async Task<byte[]> TakeRawAsync(string subject)
    {
        while (true)
        {
            var mail = await house.Postfix.TakeMailAsync();
            if (Read(mail).Subject?.StartsWith(subject, StringComparison.Ordinal) == true)
                return mail;
        }
    }

    private async Task<IPage> AtDeskAsync()
    {
        var agent = await browser.OpenAsync(new() { BaseURL = house.Address.AbsoluteUri });
        await agent.GotoAsync("/desk/contacts?lang=ja");
        await agent.FillAsync("#key", await house.NewKeyAsync("渡辺", "admin"));
        await agent.PressAsync("form button");
        await agent.GotoAsync("/desk/contacts?lang=ja");
        await agent.WaitForSelectorAsync("[data-inbox][data-connected]");
        return agent;
    }

    /// <param name="name">What the list calls it: the order's number.</param>
    private static async Task OpenContactAsync(IPage agent, string name)
    {
        await agent.ClickAsync($"[id^=waiting-]:text-is('{name}')");
        await agent.ClickAsync("text=対応する");
        await agent.WaitForSelectorAsync("[data-chat][data-connected]");
    }

    private static async Task AnswerAsync(IPage agent, string text)
    {
        await agent.FillAsync("#text", text);
        await agent.ClickAsync("[data-chat-form] button");
    }

    private static Task SaysAsync(IPage page, string side, string text) =>
        Assertions
            .Expect(page.Locator($"[data-chat-lines] {side} .text").Last)
            .ToHaveTextAsync(text, new() { Timeout = (float)Waits.Most.TotalMilliseconds });

    private static MimeMessage Read(byte[] mail) => MimeMessage.Load(new MemoryStream(mail));
}
