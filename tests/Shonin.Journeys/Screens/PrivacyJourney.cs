using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using MimeKit;
using Shonin.EventLog.Verification;
using Shonin.Journeys.Mail;
using Shonin.Journeys.Rest;

namespace Shonin.Journeys.Screens;

/// <summary>
/// A customer downloads and erases everything in a real browser, on a real server whose mails go to a real one. Then nothing of them is left
/// in the data folder, in clear or to be opened, and the log still verifies.
/// </summary>
public sealed partial class PrivacyJourney(PostfixServer mail, OneBrowser browser) : IClassFixture<PostfixServer>, IAsyncLifetime
{
    private const string Password = "three beans and a pot";
    private const string Name = "山田花子";
    private RunningHouse? opened;

    private RunningHouse House => opened!;

    public async ValueTask InitializeAsync()
    {
        opened = new()
        {
            MoreSettings =
            [
                "--smtp",
                string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{mail.Port}"),
                "--Smtp:Tls",
                "none",
                "--Privacy:SweepEvery",
                "00:00:01",
            ],
        };
        await House.InitializeAsync();
    }

    public ValueTask DisposeAsync() => House.DisposeAsync();

    [Fact]
    public async Task Whoever_erases_everything_in_the_account_is_nowhere_any_more()
    {
        var order = await PlaceAsync("4000000000000002");
        var open = await PlaceAsync("4000000000000002");
        var page = await RegisterAsync();
        Assert.Contains((string)order["number"]!, await page.InnerTextAsync("main"), StringComparison.Ordinal);
        await page.PressAsync("footer >> text=Your personal data");
        Assert.Contains(
            "8 years 2 months from the last thing that happened in the order",
            await page.InnerTextAsync("main"),
            StringComparison.Ordinal
        );
        await page.PressAsync("text=Open “Your personal data”");

        var download = await page.RunAndWaitForDownloadAsync(() => page.ClickAsync("text=Download the file"));
        var export = JsonNode.Parse(await File.ReadAllTextAsync(await download.PathAsync()))!;
        Assert.Equal(PostfixServer.Customer, (string)export["account"]!["addresses"]![0]!);
        Assert.Equal(Name, (string)export["orders"]![0]!["name"]!);
        Assert.Equal(2, export["orders"]!.AsArray().Count);
        Assert.DoesNotContain("4000000000000002", export.ToJsonString(), StringComparison.Ordinal);

        var (status, _) = await House.SendAsync(
            HttpMethod.Post,
            $"/v1/orders/{order["id"]}/cancellation",
            "cancel-1",
            """{"by":"customer"}"""
        );
        Assert.InRange(status, 200, 202);
        await page.ReloadAsync();
        Assert.Contains((string)open["number"]!, await page.InnerTextAsync("section[aria-labelledby=erase]"), StringComparison.Ordinal);
        await page.FillAsync("#password", "not the password");
        await page.PressAsync("text=Erase all my data for good");
        Assert.Contains("That isn't your password", await page.InnerTextAsync("[role=alert]"), StringComparison.Ordinal);
        await page.FillAsync("#password", Password);
        await page.PressAsync("text=Erase all my data for good");
        Assert.Equal("We're erasing your data", await page.InnerTextAsync("h1"));
        await page.GotoAsync($"{House.Address}account?lang=en");
        Assert.Equal("Sign in", await page.InnerTextAsync("h1"));

        var last = await MailAsync(message => message.Subject == "Your data have been erased");
        Assert.Contains((string)open["number"]!, last.TextBody, StringComparison.Ordinal);

        // The open order goes by itself once it is over.
        await House.SendAsync(HttpMethod.Post, $"/v1/orders/{open["id"]}/cancellation", "cancel-2", """{"by":"customer"}""");
        await UntilAsync("the last order is erased", async () =>
            (await House.SendAsync(HttpMethod.Get, $"/v1/orders/{open["id"]}", null, null)).Body["customer"]!["email"] is null
        );
        await House.KillAndRestartMerchantAsync();
        foreach (var one in new[] { order, open })
            Assert.Null((await House.SendAsync(HttpMethod.Get, $"/v1/orders/{one["id"]}", null, null)).Body["customer"]!["email"]);

        await House.StopMerchantAsync();
        Assert.All(await LogVerification.VerifyFolderAsync(House.MerchantFolder, null, default), report => Assert.Null(report.Problem));
        foreach (var file in Directory.EnumerateFiles(House.MerchantFolder, "*", SearchOption.AllDirectories))
        {
            var bytes = await File.ReadAllBytesAsync(file);
            foreach (var text in new[] { PostfixServer.Customer, "hanako", Name, "山田" })
                Assert.True(bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) < 0, $"{file} holds {text}");
        }

        // Nor can anything of them be opened: the verb reads with every key that there is.
        var left = JsonNode.Parse(
            await ShoninProcess.RunAsync("privacy", "export", PostfixServer.Customer, "--data", House.MerchantFolder)
        )!;
        Assert.Empty(left["orders"]!.AsArray());
        Assert.Empty(left["contacts"]!.AsArray());
        Assert.Null(left["account"]);
    }

    [Fact]
    public async Task The_verb_erases_in_the_folder_while_no_server_runs_and_the_letter_leaves_with_the_next()
    {
        var order = await PlaceAsync("4000000000000002");
        await House.SendAsync(HttpMethod.Post, $"/v1/orders/{order["id"]}/cancellation", "cancel-1", """{"by":"customer"}""");
        await MailAsync(message => message.Subject!.Contains("取り消し", StringComparison.Ordinal));
        await UntilAsync("every notice has left", async () =>
            (await House.SendAsync(HttpMethod.Get, $"/v1/orders/{order["id"]}/notices", null, null)).Body["items"]!
                .AsArray()
                .All(notice => notice!["sentAt"] is not null)
        );
        await House.StopMerchantAsync();
        var said = await ShoninProcess.RunAsync(
            "privacy",
            "erase",
            PostfixServer.Customer,
            "--yes",
            "--lang",
            "en",
            "--data",
            House.MerchantFolder
        );
        Assert.Contains("It is erased.", said, StringComparison.Ordinal);
        Assert.Contains(
            "Nothing is kept of this address.",
            await ShoninProcess.RunAsync(
                "privacy",
                "erase",
                PostfixServer.Customer,
                "--yes",
                "--lang",
                "en",
                "--data",
                House.MerchantFolder
            ),
            StringComparison.Ordinal
        );
        await House.KillAndRestartMerchantAsync();
        await MailAsync(message => message.Subject == "Your data have been erased");
        Assert.Null((await House.SendAsync(HttpMethod.Get, $"/v1/orders/{order["id"]}", null, null)).Body["customer"]!["email"]);
    }

    private async Task<IPage> RegisterAsync()
    {
        var page = await browser.OpenAsync(
            new()
            {
                ViewportSize = new() { Width = 390, Height = 844 },
                AcceptDownloads = true,
            }
        );
        await page.GotoAsync($"{House.Address}account/sign-up?lang=en");
        await page.FillAsync("#address", PostfixServer.Customer);
        await page.PressAsync("text=Send me a code");
        var letter = await MailAsync(message => message.Subject!.StartsWith("Your code", StringComparison.Ordinal));
        await page.FillAsync("#code", Digits().Match(letter.Subject!).Value);
        await page.PressAsync("text=Continue");
        await page.FillAsync("#password", Password);
        await page.PressAsync("text=Create the account");
        Assert.Equal("Your account", await page.InnerTextAsync("h1"));
        return page;
    }

    private async Task<JsonNode> PlaceAsync(string number)
    {
        var card = await House.StoreCardAsync(number);
        var (_, order) = await House.SendAsync(
            HttpMethod.Post,
            "/v1/orders",
            Guid.NewGuid().ToString("N"),
            $$$"""
            {"customer":{"email":"{{{PostfixServer.Customer}}}","name":"{{{Name}}}","locale":"ja"},
             "items":[{"sku":"A-1","name":"急須","unitPrice":{"minorUnits":4980,"currency":"JPY"},"quantity":1}],"payment":{"card":"{{{card}}}"}}
            """
        );
        return order;
    }

    private async Task<MimeMessage> MailAsync(Func<MimeMessage, bool> isIt)
    {
        while (true)
        {
            using var stored = new MemoryStream(await mail.TakeMailAsync());
            var message = await MimeMessage.LoadAsync(stored);
            if (isIt(message))
                return message;
        }
    }

    private static async Task UntilAsync(string what, Func<Task<bool>> isSo)
    {
        var begunAt = Stopwatch.GetTimestamp();
        while (!await isSo())
        {
            Assert.True(Stopwatch.GetElapsedTime(begunAt) < Waits.Most, what);
            await Task.Delay(50);
        }
    }

    [GeneratedRegex("[0-9]{4} [0-9]{4}")]
    private static partial Regex Digits();
}
