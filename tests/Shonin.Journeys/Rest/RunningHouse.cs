using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Shonin.Journeys.Rest;

/// <summary>A card company and a merchant as processes of their own, on free ports, over a data folder that ends with them.</summary>
public sealed partial class RunningHouse : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("shonin-journey-").FullName;
    private Process? cardCompany;
    private Process? merchant;
    private string cardNetwork = "";

    /// <summary>A free port at first, and that one again after a restart: pages that are open find the merchant there.</summary>
    private string address = "http://127.0.0.1:0";

    /// <summary>Where mails become files.</summary>
    public string MailFolder => Path.Combine(folder, "merchant", "mail");

    /// <summary>What the merchant is started with beside what every journey needs: names and values.</summary>
    internal IReadOnlyList<string> MoreSettings { get; init; } = [];

    public HttpClient Client { get; private set; } = new();

    public async ValueTask InitializeAsync()
    {
        (cardCompany, var said) = await ShoninProcess.StartAsync(
            "card network on ",
            "card-company",
            "--data",
            Path.Combine(folder, "cc"),
            "--listen",
            "127.0.0.1:0",
            "--urls",
            "http://127.0.0.1:0"
        );
        cardNetwork = said.Trim();
        await StartMerchantAsync();
    }

    /// <summary>Ends the merchant as a power cut would, and starts it again on the same folder.</summary>
    public async Task KillAndRestartMerchantAsync()
    {
        if (merchant is not null)
            await ShoninProcess.KillAsync(merchant);
        await StartMerchantAsync();
    }

    /// <summary>Ends the merchant as a power cut would.</summary>
    public async Task StopMerchantAsync()
    {
        await ShoninProcess.KillAsync(merchant!);
        merchant = null;
    }

    /// <summary>The merchant's data.</summary>
    public string MerchantFolder => Path.Combine(folder, "merchant");

    public Uri Address => new(address);

    public async Task<string> NewKeyAsync(string name, string scope) =>
        (string)
            JsonNode.Parse(
                await ShoninProcess.RunAsync(
                    "keys",
                    "create",
                    "--data",
                    Path.Combine(folder, "merchant"),
                    "--name",
                    name,
                    "--scope",
                    scope,
                    "--json"
                )
            )!["key"]!;

    /// <summary>The path of the customer's own page of a new order, as its first notice names it.</summary>
    public async Task<string> PlaceOrderAsync(string cardNumber)
    {
        var card = await StoreCardAsync(cardNumber);
        var (_, order) = await SendAsync(
            HttpMethod.Post,
            "/v1/orders",
            Guid.NewGuid().ToString("N"),
            $$$"""
            {"customer":{"email":"hanako@customer.example","name":"山田 花子","locale":"ja"},
             "items":[{"sku":"A-1","name":"急須","unitPrice":{"minorUnits":4980,"currency":"JPY"},"quantity":1}],"payment":{"card":"{{{card}}}"}}
            """
        );
        var begunAt = Stopwatch.GetTimestamp();
        while (true)
        {
            var notices = await Client.GetStringAsync(new Uri($"/v1/orders/{order["id"]}/notices", UriKind.Relative));
            if (OrderLink().Match(notices) is { Success: true, Value: var path })
                return path;
            Assert.True(Stopwatch.GetElapsedTime(begunAt) < Waits.Most, $"no notice holds a link: {notices}");
            await Task.Delay(50);
        }
    }

    [GeneratedRegex("/o/[A-Za-z0-9]+")]
    private static partial Regex OrderLink();

    public async Task<string> StoreCardAsync(string number)
    {
        var (_, card) = await SendAsync(
            HttpMethod.Post,
            "/v1/cards",
            null,
            $$"""{"number":"{{number}}","expiry":"2035-12","securityCode":"123","holder":"TARO YAMADA"}"""
        );
        return (string)card["id"]!;
    }

    /// <param name="key">The Idempotency-Key, or null for none.</param>
    public async Task<(int Status, JsonNode Body)> SendAsync(HttpMethod method, string path, string? key, string? json)
    {
        using var request = new HttpRequestMessage(method, path);
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        if (json is not null)
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await Client.SendAsync(request);
        return ((int)response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        foreach (var process in new[] { merchant, cardCompany })
        {
            if (process is not null)
                await ShoninProcess.KillAsync(process);
        }
        Directory.Delete(folder, recursive: true);
    }

    private async Task StartMerchantAsync()
    {
        var data = Path.Combine(folder, "merchant");
        (merchant, var said) = await ShoninProcess.StartAsync(
            "ready on ",
            [
                "serve",
                "--data",
                data,
                "--card-network",
                cardNetwork,
                "--urls",
                address,
                "--MailCheck:Dns",
                "offline",
                "--Limits:MailCheckSizeBytesMax",
                "65536",
                "--Approval:AnswerTimeout", // No journey here waits for a silence, and on a busy machine an answer takes its time.
                Waits.Most.ToString("c", CultureInfo.InvariantCulture),
                "--Approval:NoticeAfter",
                "00:00:01",
                "--Contacts:MailAnswerAfter",
                "00:00:01",
                "--Merchant:SupportOpen",
                "Mon-Sun 00:00-24:00",
                .. MoreSettings,
            ]
        );
        address = said.Trim();
        Client.Dispose();
        Client = new() { BaseAddress = Address, Timeout = Waits.Most };
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await NewKeyAsync("journey", "all"));
        await SignedOnAsync();
    }

    /// <summary>The merchant serves before its link to the card company is signed on; what is asked before that is not sent.</summary>
    private async Task SignedOnAsync()
    {
        var begunAt = Stopwatch.GetTimestamp();
        while (true)
        {
            var health = await Client.GetStringAsync(new Uri("/health", UriKind.Relative));
            if ((string?)JsonNode.Parse(health)!["cardNetwork"] == "up")
                return;
            Assert.True(Stopwatch.GetElapsedTime(begunAt) < Waits.Most, $"the merchant did not sign on at the card company: {health}");
            await Task.Delay(50);
        }
    }
}
