using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Shonin.Domain.Contacts;
using Shonin.Domain.Notices;
using Shonin.Domain.Proofs;
using Shonin.EventLog;
using Shonin.EventLog.InMemory;
using Shonin.MailChecks;
using Shonin.Merchant.Contacts;
using Shonin.Merchant.Orders;
using Shonin.Specs.MailChecks;
using Shonin.Specs.Orders;
using Shonin.Specs.Web;

namespace Shonin.Specs.Contacts;

/// <summary>What customers bring into a conversation to ask whether it is ours, and what agents show them, over a real server.</summary>
[RealParts]
public sealed partial class BroughtChecksSpecs : IAsyncLifetime
{
    private readonly InMemoryEventStore store = new();
    private readonly HttpClient customer = new();
    private readonly HttpClient agent = new();
    private Shop? opened;
    private OwnedLog? log;
    private PageHouse? pages;
    private string? recipientAsked;

    private Shop Shop => opened!;

    private ContactBook Contacts => pages!.Contacts;

    public async ValueTask InitializeAsync()
    {
        opened = await Shop.OpenAsync();
        log = await OwnedLog.TakeAsync(store, default);
        pages = await PageHouse.OpenAsync(
            Shop.Book,
            log,
            store,
            _ => { },
            async (raw, recipient, _) =>
            {
                recipientAsked = recipient;
                return new MailCheck.Checked(await CheckScenes.JudgeAsync(raw.ToArray(), recipient, new LedgerFinding.NoMark()));
            }
        );
        customer.BaseAddress = agent.BaseAddress = new Uri(pages.Address);
        using var form = new FormUrlEncodedContent([new("key", PageHouse.AdminKey)]);
        await agent.PostAsync("/desk/sign-in", form);
    }

    public async ValueTask DisposeAsync()
    {
        customer.Dispose();
        agent.Dispose();
        await pages!.DisposeAsync();
        await log!.DisposeAsync();
        await Shop.DisposeAsync();
    }

    [Fact]
    public async Task The_number_of_the_orders_own_notice_is_known_in_its_conversation_to_both_sides_in_their_languages()
    {
        var order = await Shop.PlacedAsync();
        var shown = await SayAsync(ChatOf(order), $"{NumberOf(order)} というメールは本物ですか");
        Assert.Contains("この番号は、当店が", shown, StringComparison.Ordinal);
        Assert.Contains("このご注文のために用意したお知らせの番号です", shown, StringComparison.Ordinal);

        var atDesk = PageText.Read(await agent.GetStringAsync($"/desk/contacts/{ContactId.Of(order.Order.Id)}?lang=en"));
        Assert.Contains("This number is on a notice that we wrote for this order on", atDesk, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_number_that_is_not_ours_is_said_so_beside_the_way_to_check_the_mail_and_the_log_keeps_no_digit_of_it()
    {
        var order = await Shop.PlacedAsync();
        var stranger = NoticeReference.Of(987_654_321);
        var shown = await SayAsync(ChatOf(order), $"このメールの番号は{stranger}", "en");
        Assert.Contains("We have no record of a notice with this number.", shown, StringComparison.Ordinal);
        Assert.Contains("Check whether a mail is real", shown, StringComparison.Ordinal);
        foreach (var stored in await store.ReadAllAsync(0, 1_000, default))
            Assert.DoesNotContain("987", Encoding.UTF8.GetString(stored.Payload.Span), StringComparison.Ordinal);

        Assert.Contains("isn't one that we use", await SayAsync(ChatOf(order), "482 177 3051", "en"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_numbers_each_have_their_answer()
    {
        var order = await Shop.PlacedAsync();
        var shown = await SayAsync(ChatOf(order), $"{NumberOf(order)} と {NoticeReference.Of(987_654_321)}", "en");
        Assert.Contains("Number 1 is on a notice that we wrote for this order", shown, StringComparison.Ordinal);
        Assert.Contains("We have no record of a notice with number 2.", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_has_no_order_at_hand_learns_what_the_page_of_checks_tells_anybody()
    {
        var order = await Shop.PlacedAsync();
        var (chat, first) = await AskWithoutOrderAsync($"Is {NumberOf(order)} yours?");
        Assert.Contains("Write the order number that stands in the mail with it", first, StringComparison.Ordinal);

        var paired = await SayAsync(chat, $"{order.Order.Number} {NumberOf(order)}", "en");
        Assert.Contains("is on a notice that we wrote on", paired, StringComparison.Ordinal);
        Assert.DoesNotContain("this order", paired, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(order.Order.Items[0].Name, paired, StringComparison.Ordinal);

        // Of an order that there is and of one that there is not, the same is said.
        var wrong = await SayAsync(chat, $"{order.Order.Number} {NoticeReference.Of(5)} notice", "en");
        var made = await SayAsync(chat, $"N999999 {NoticeReference.Of(6)} notice", "en");
        Assert.Equal(2, Occurrences(made, "We have no record of a notice with this number."));
        Assert.Equal(1, Occurrences(wrong, "We have no record of a notice with this number."));
    }

    [Fact]
    public async Task Guesses_in_a_conversation_and_on_the_page_of_checks_are_one_count()
    {
        var order = await Shop.PlacedAsync();
        for (var guess = 0; guess < 4; guess++)
        {
            var three = Enumerable.Range(0, 3).Select(place => NoticeReference.Of(100 + guess * 3 + place).ToString());
            await SayAsync(ChatOf(order), $"notice {string.Join(", ", three)}", "en");
        }
        var record = await Contacts.FindAsync(ContactId.Of(order.Order.Id));
        Assert.Equal(10, record!.Facts.Count(fact => fact is ContactFact.NoticeJudged { Finding: NoticeFinding.NotOurs }));
        Assert.Equal(2, record.Facts.Count(fact => fact is ContactFact.NoticeJudged { Finding: NoticeFinding.NotNow }));

        using var form = new FormUrlEncodedContent([new("number", "N1001"), new("reference", "482 177 3057")]);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await customer.PostAsync("/check", form)).StatusCode);
        // A right one is always answered.
        Assert.Contains("for this order", await SayAsync(ChatOf(order), NumberOf(order), "en"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_form_again_is_judged_once_and_a_telephone_number_not_at_all()
    {
        var order = await Shop.PlacedAsync();
        var seal = SealIn(await customer.GetStringAsync($"{ChatOf(order)}?lang=en"));
        for (var sent = 0; sent < 2; sent++)
        {
            using var form = new FormUrlEncodedContent([new("form", seal), new("text", NumberOf(order))]);
            await customer.PostAsync($"{ChatOf(order)}?lang=en", form);
        }
        await SayAsync(ChatOf(order), "電話は 045-123-4567 です");
        Assert.Single((await Contacts.FindAsync(ContactId.Of(order.Order.Id)))!.Facts.OfType<ContactFact.NoticeJudged>());
    }

    [Fact]
    public async Task A_mail_that_is_pasted_as_a_message_is_judged_and_only_the_verdict_is_kept()
    {
        var order = await Shop.PlacedAsync();
        await SayAsync(ChatOf(order), "メールが来ました");
        var shown = await SayAsync(ChatOf(order), $"Received: by mx.example\r\n{Encoding.UTF8.GetString(CheckScenes.Mails.False)}");
        Assert.Contains("調べたメールは本物ではありません", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("mx.example", shown, StringComparison.Ordinal);
        Assert.Equal("Hanako@example.jp", recipientAsked, ignoreCase: true);
        var mail = Assert.Single((await Contacts.FindAsync(ContactId.Of(order.Order.Id)))!.Facts.OfType<ContactFact.MailJudged>());
        Assert.Equal(MailFinding.NotGenuine, mail.Finding);
    }

    [Fact]
    public async Task A_mail_in_a_file_is_judged_by_its_own_page_and_what_is_no_mail_comes_back_with_the_way_out()
    {
        var order = await Shop.PlacedAsync();
        await SayAsync(ChatOf(order), "メールが来ました");
        var page = await customer.GetStringAsync($"{ChatOf(order)}/mail?lang=en");
        Assert.Contains("The agent reads the same.", page, StringComparison.Ordinal);

        var shown = PageText.Read(await BringAsync(order, SealIn(page), CheckScenes.Mails.False));
        Assert.Contains("The mail that was checked is not genuine", shown, StringComparison.Ordinal);
        // The same form again, and a form that is not ours, add nothing.
        await BringAsync(order, SealIn(page), CheckScenes.Mails.False);
        Assert.Contains("open for too long", await BringAsync(order, "made-up", CheckScenes.Mails.False), StringComparison.Ordinal);
        Assert.Contains("saved for print", await BringAsync(order, SealIn(page), "%PDF-1.7"u8.ToArray()), StringComparison.Ordinal);
        Assert.Single((await Contacts.FindAsync(ContactId.Of(order.Order.Id)))!.Facts.OfType<ContactFact.MailJudged>());
    }

    [Fact]
    public async Task An_agent_shows_the_order_and_the_customer_reads_it_as_it_stands_whenever_they_look()
    {
        var order = await Shop.PlacedAsync();
        await SayAsync(ChatOf(order), "いまどうなっていますか");
        var contact = ContactId.Of(order.Order.Id);
        Assert.Equal(HttpStatusCode.Conflict, await ShowOrderAsync(contact, "1"));
        await agent.PostAsync($"/desk/contacts/{contact}/claim", null);
        Assert.Equal(HttpStatusCode.OK, await ShowOrderAsync(contact, "1"));
        Assert.Equal(HttpStatusCode.OK, await ShowOrderAsync(contact, "1"));

        var page = await customer.GetStringAsync($"{ChatOf(order)}?lang=ja");
        Assert.Contains($"<p class=\"card-title\">ご注文 {order.Order.Number}</p>", page, StringComparison.Ordinal);
        Assert.Contains(order.Order.Items[0].Name, PageText.Read(page), StringComparison.Ordinal);
        Assert.Contains(OrderWording.StateName(order.Order).Ja, PageText.Read(page), StringComparison.Ordinal);
        Assert.Contains($"href=\"/o/{order.AccessKey}?lang=ja\"", page, StringComparison.Ordinal);
        Assert.Equal(1, Occurrences(page, "card-title"));

        var declined = await Shop.AnswerAsync(order, "05");
        page = await customer.GetStringAsync($"{ChatOf(order)}?lang=ja");
        Assert.Contains(OrderWording.StateName(declined.Order).Ja, PageText.Read(page), StringComparison.Ordinal);
        Assert.NotEqual(OrderWording.StateName(declined.Order).Ja, OrderWording.StateName(order.Order).Ja);
        Assert.DoesNotContain(order.AccessKey!, await agent.GetStringAsync($"/desk/contacts/{contact}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_has_no_order_at_hand_is_shown_none()
    {
        await AskWithoutOrderAsync("My order is N1001, show it to me");
        var contact = (await Contacts.ListWaitingAsync(1, default)).Contacts.Single().Contact;
        await agent.PostAsync($"/desk/contacts/{contact}/claim", null);
        Assert.Equal(HttpStatusCode.Conflict, await ShowOrderAsync(contact, "1"));
        Assert.DoesNotContain("/order?", await agent.GetStringAsync($"/desk/contacts/{contact}"), StringComparison.Ordinal);
    }

    private static string ChatOf(OrderRecord order) => $"/o/{order.AccessKey}/chat";

    private static string NumberOf(OrderRecord order) => order.Order.Notices[0].Notice.Reference!.Value.ToString();

    private async Task<string> SayAsync(string chat, string text, string language = "ja")
    {
        var seal = SealIn(await customer.GetStringAsync($"{chat}?lang={language}"));
        using var form = new FormUrlEncodedContent([new("form", seal), new("text", text)]);
        using var answer = await customer.PostAsync($"{chat}?lang={language}", form);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return PageText.Read(await answer.Content.ReadAsStringAsync());
    }

    private async Task<(string Chat, string Shown)> AskWithoutOrderAsync(string text)
    {
        var seal = SealIn(await customer.GetStringAsync("/help/ask?lang=en"));
        using var form = new FormUrlEncodedContent([new("form", seal), new("text", text)]);
        using var answer = await customer.PostAsync("/help/ask?lang=en", form);
        return (answer.RequestMessage!.RequestUri!.AbsolutePath, PageText.Read(await answer.Content.ReadAsStringAsync()));
    }

    private async Task<string> BringAsync(OrderRecord order, string seal, byte[] mail)
    {
        using var form = new MultipartFormDataContent();
        using var file = new ByteArrayContent(mail);
        using var sealing = new StringContent(seal);
        form.Add(sealing, "form");
        form.Add(file, "mail", "mail.eml");
        using var answer = await customer.PostAsync($"{ChatOf(order)}/mail?lang=en", form);
        return await answer.Content.ReadAsStringAsync();
    }

    private async Task<HttpStatusCode> ShowOrderAsync(ContactId contact, string name)
    {
        using var form = new FormUrlEncodedContent([new("message", name)]);
        return (await agent.PostAsync($"/desk/contacts/{contact}/order", form)).StatusCode;
    }

    private static string SealIn(string page) => Seal().Match(page).Groups[1].Value;

    private static int Occurrences(string text, string part) => text.Split(part).Length - 1;

    [GeneratedRegex("name=\"form\" value=\"([^\"]+)\"")]
    private static partial Regex Seal();
}
