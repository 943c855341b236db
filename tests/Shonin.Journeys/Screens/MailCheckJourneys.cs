using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Shonin.Specs.MailChecks;

namespace Shonin.Journeys.Screens;

/// <summary>A customer brings a mail, reads what it is, reports it; the staff find it.</summary>
public sealed partial class MailCheckJourneys(Shop shop) : IClassFixture<Shop>
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_false_mail_is_chosen_judged_reported_and_found_by_the_staff(bool withScript)
    {
        var page = await shop.OpenAsync("/check?lang=ja", withScript);
        await page.SetInputFilesAsync(
            "#mail-file",
            new FilePayload
            {
                Name = "mail.eml",
                MimeType = "message/rfc822",
                Buffer = CheckScenes.Mails.False,
            }
        );
        await page.PressAsync("text=このメールを調べる");
        Assert.Equal("本物ではありません", await page.InnerTextAsync("h1"));
        Assert.Contains("いま、すること", await page.InnerTextAsync("main"), StringComparison.Ordinal);

        await page.PressAsync("text=このメールを当店に報告する");
        Assert.Contains("90日", await page.InnerTextAsync("main"), StringComparison.Ordinal);
        await page.FillAsync("#note", "見覚えがありません");
        await page.PressAsync("text=メールを預けて、報告する");
        var number = Number().Match(await page.InnerTextAsync("main")).Value;
        Assert.NotEqual("", number);

        await page.GotoAsync($"{shop.Address}/desk?lang=ja");
        await page.FillAsync("#key", Shop.AdminKey);
        await page.PressAsync("form button");
        Assert.Contains("新しい報告", await page.InnerTextAsync("main"), StringComparison.Ordinal);
        await page.PressAsync("text=お客様が報告したメール");
        if (withScript)
            Assert.Equal("", await page.FindBarriersAsync());
        await page.PressAsync($"text={number}");
        Assert.Contains("見覚えがありません", await page.InnerTextAsync("main"), StringComparison.Ordinal);
        Assert.Contains("利用承認が得られていません", await page.InnerTextAsync("pre >> nth=0"), StringComparison.Ordinal);

        var download = await page.RunAndWaitForDownloadAsync(() => page.ClickAsync("text=メールの原文を保存する"));
        Assert.Equal($"{number}.eml", download.SuggestedFilename);
        Assert.Equal(CheckScenes.Mails.False, await File.ReadAllBytesAsync(await download.PathAsync()));
        await page.PressAsync("text=処理済みにする");
        Assert.Contains("処理済み", await page.InnerTextAsync("h1"), StringComparison.Ordinal);
        await page.PressAsync($"text=報告 {number} とメールを消す");
        Assert.DoesNotContain(number, await page.InnerTextAsync("main"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_report_sent_twice_is_one()
    {
        using var client = Client();
        using var judged = await PostAsync(client, CheckScenes.Mails.False, "");
        var report = judged.Headers.Location!.ToString().Replace("?", "/report?", StringComparison.Ordinal);
        Task<HttpResponseMessage> Send() => client.PostAsync(report, new FormUrlEncodedContent([KeyValuePair.Create("note", "同じもの")]));

        var answers = await Task.WhenAll(Send(), Send(), Send());

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode));
        Assert.Single((await shop.Reports.ListAsync(default)).Reports, kept => kept.Words.Note == "同じもの");
    }

    [Fact]
    public async Task A_pasted_original_is_judged_as_a_file_is()
    {
        var page = await shop.OpenAsync("/check?lang=en", withScript: false);
        await page.FillAsync("#mail-text", "\n" + Encoding.ASCII.GetString(CheckScenes.Mails.False));
        await page.PressAsync("text=Check this mail");

        Assert.Equal("Not genuine", await page.InnerTextAsync("h1"));
    }

    [Fact]
    public async Task Our_own_notice_is_genuine_and_with_the_address_it_is_the_customers_own()
    {
        var order = await shop.PlaceAsync("05");
        var mail = await shop.MailOfAsync(order, "problem");
        var page = await shop.OpenAsync("/check?lang=en", withScript: true);
        await page.SetInputFilesAsync(
            "#mail-file",
            new FilePayload
            {
                Name = "mail.eml",
                MimeType = "message/rfc822",
                Buffer = mail,
            }
        );
        await page.PressAsync("text=Check this mail");
        Assert.Equal("Genuine", await page.InnerTextAsync("h1"));
        Assert.Contains("h…@…", await page.InnerTextAsync(".state"), StringComparison.Ordinal);
        Assert.Contains($"Your order now: {order.Order.Number}", await page.InnerTextAsync("main"), StringComparison.Ordinal);

        await page.FillAsync("#recipient", "hanako@example.jp");
        await page.PressAsync("text=Check the address");
        Assert.Contains("sent to you", await page.InnerTextAsync(".state"), StringComparison.Ordinal);

        await page.PressAsync("text=Delete this mail and its result now");
        await page.GoBackAsync();
        Assert.Contains("isn't here any more", await page.InnerTextAsync("main"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_address_than_the_one_it_was_sent_to_is_told_nothing_of_the_order()
    {
        var order = await shop.PlaceAsync("05");
        using var client = Client();
        var verdict = await BringAsync(client, await shop.MailOfAsync(order, "problem"), "taro@example.jp");

        Assert.Contains("can't tell", verdict, StringComparison.Ordinal);
        Assert.DoesNotContain("Your order now", verdict, StringComparison.Ordinal);
        Assert.DoesNotContain(order.AccessKey!, verdict, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("%PDF-1.7", "saved for print")]
    [InlineData("PK\u0003\u0004", "packed files")]
    [InlineData(" \r\n", "Choose the mail")]
    public async Task What_is_no_original_is_named_with_the_way_out_and_nothing_is_kept(string content, string said)
    {
        using var client = Client();
        using var answer = await PostAsync(client, Encoding.Latin1.GetBytes(content), "");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Contains(said, WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mail_at_the_limit_is_judged_and_one_byte_more_is_refused_unread()
    {
        using var client = Client();
        var atLimit = new byte[shop.Limits.MailCheckSizeBytesMax];
        CheckScenes.Mails.Unrelated.CopyTo(atLimit, 0);
        atLimit.AsSpan(CheckScenes.Mails.Unrelated.Length).Fill((byte)'\n');
        using var judged = await PostAsync(client, atLimit, "");
        Assert.Equal(HttpStatusCode.SeeOther, judged.StatusCode);

        using var refused = await PostAsync(client, [.. atLimit, (byte)'x'], "");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, refused.StatusCode);
        Assert.Contains("MB", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_that_is_cut_or_is_none_is_answered_with_the_page()
    {
        using var client = Client();
        foreach (
            var type in new[]
            {
                "text/plain",
                "multipart/form-data",
                "multipart/form-data; boundary=x",
                "application/x-www-form-urlencoded",
            }
        )
        {
            using var content = new ByteArrayContent("--x\r\nContent-Disposition: form-data; name=\"mail\"\r\n\r\nabc"u8.ToArray());
            content.Headers.TryAddWithoutValidation("Content-Type", type);
            using var answer = await client.PostAsync("/check/mail?lang=en", content);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Nothing_of_a_mail_stays_on_disk_and_a_stranger_finds_no_page()
    {
        using var client = Client();
        await BringAsync(client, CheckScenes.Mails.False, "");

        using var guessed = await client.GetAsync("/check/mails/00000000000000000000000000000000");
        Assert.Equal(HttpStatusCode.NotFound, guessed.StatusCode);
        foreach (var path in new[] { "/desk/reports", "/desk/reports/R-0000-0000", "/desk/reports/R-0000-0000/original" })
            Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync(path)).StatusCode);
        Assert.Empty(Directory.EnumerateFiles(Path.GetTempPath(), "ASPNETCORE_*"));
    }

    [Fact]
    public async Task A_hostile_mail_runs_nothing_and_fetches_nothing()
    {
        var page = await shop.OpenAsync("/check?lang=ja", withScript: true);
        var outside = new List<string>();
        page.Dialog += (_, dialog) => outside.Add(dialog.Message);
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(shop.Address, StringComparison.Ordinal))
                outside.Add(request.Url);
        };
        await page.SetInputFilesAsync(
            "#mail-file",
            new FilePayload
            {
                Name = "mail.eml",
                MimeType = "message/rfc822",
                Buffer = CheckScenes.Mails.Hostile,
            }
        );
        await page.PressAsync("text=このメールを調べる");
        foreach (var summary in await page.Locator("summary").AllAsync())
            await summary.ClickAsync();

        Assert.Equal("本物ではありません", await page.InnerTextAsync("h1"));
        Assert.Equal(0, await page.Locator("main img, main iframe, main script").CountAsync());
        Assert.Empty(outside);
    }

    [Fact]
    public async Task A_file_that_is_too_large_is_said_before_it_is_sent()
    {
        var page = await shop.OpenAsync("/check?lang=en", withScript: true);
        await page.SetInputFilesAsync(
            "#mail-file",
            new FilePayload
            {
                Name = "mail.eml",
                MimeType = "message/rfc822",
                Buffer = new byte[shop.Limits.MailCheckSizeBytesMax + 1],
            }
        );

        Assert.Contains("is over", await page.InnerTextAsync("[data-chosen]"), StringComparison.Ordinal);
        Assert.Equal("", await page.InputValueAsync("#mail-file"));
    }

    private HttpClient Client() =>
        new(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri(shop.Address) };

    private static async Task<HttpResponseMessage> PostAsync(HttpClient client, byte[] mail, string recipient)
    {
        using var form = new MultipartFormDataContent();
        var file = new ByteArrayContent(mail);
        file.Headers.ContentType = new MediaTypeHeaderValue("message/rfc822");
        form.Add(file, "mail", "mail.eml");
        form.Add(new StringContent(recipient), "recipient");
        return await client.PostAsync("/check/mail?lang=en", form);
    }

    private static async Task<string> BringAsync(HttpClient client, byte[] mail, string recipient)
    {
        using var answer = await PostAsync(client, mail, recipient);
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        return WebUtility.HtmlDecode(await client.GetStringAsync(answer.Headers.Location));
    }

    [GeneratedRegex("R-[0-9A-Z]{4}-[0-9A-Z]{4}")]
    private static partial Regex Number();
}
