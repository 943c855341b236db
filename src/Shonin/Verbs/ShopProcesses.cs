using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using Shonin.Demo;
using Shonin.EventLog.Secrets;

namespace Shonin.Verbs;

/// <summary>
/// A card company and a merchant, each a process of its own, and cards in the merchant's vault: what <c>shonin bench shop</c> sends orders
/// to. Mails become files.
/// </summary>
internal sealed partial class ShopProcesses : IAsyncDisposable
{
    private const int CardCount = 2_000;

    /// <summary>Connections at a time, and orders in flight.</summary>
    internal const int ConnectionCount = 64;

    private readonly List<ChildProcess> processes = [];
    private readonly List<string> cards = [];
    private readonly string mailFolder;
    private readonly HttpClient http = new(
        new SocketsHttpHandler { MaxConnectionsPerServer = ConnectionCount, PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan }
    );
    private int requestCount;

    private ShopProcesses(string folder) => mailFolder = Path.Combine(folder, "shop", "mail");

    /// <param name="program">The program whose processes these are; null for this one.</param>
    /// <exception cref="DemoFailedException">A process did not start, or a card was not taken.</exception>
    internal static async Task<ShopProcesses> StartAsync(string folder, string? program, CancellationToken cancellation)
    {
        OwnerOnly.Folder(folder);
        var shop = new ShopProcesses(folder);
        try
        {
            await shop.OpenAsync(folder, program, cancellation);
            return shop;
        }
        catch
        {
            await shop.DisposeAsync();
            throw;
        }
    }

    /// <summary>The processor time of both processes so far.</summary>
    internal TimeSpan Cpu => processes.Aggregate(TimeSpan.Zero, (sum, process) => sum + process.Cpu);

    /// <summary>How many mails have left: each is a file.</summary>
    internal int MailCount => Directory.Exists(mailFolder) ? Directory.EnumerateFiles(mailFolder).Count() : 0;

    /// <summary>Places an order, and has its answer when the card company has decided.</summary>
    /// <exception cref="DemoFailedException">It was not taken.</exception>
    internal async Task PlaceOrderAsync(CancellationToken cancellation)
    {
        var number = Interlocked.Increment(ref requestCount);
        await PostAsync(
            "/v1/orders",
            new
            {
                customer = new
                {
                    email = $"hanako{number}@customer.example",
                    name = "山田 花子",
                    locale = "ja",
                },
                items = new[]
                {
                    new
                    {
                        sku = "SKU-1",
                        name = "急須",
                        unitPrice = new { minorUnits = 7980, currency = "JPY" },
                        quantity = 1,
                    },
                },
                payment = new { card = cards[number % cards.Count] },
            },
            cancellation
        );
    }

    /// <summary>The merchant first, so that it signs off.</summary>
    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        for (var index = processes.Count - 1; index >= 0; index--)
            await processes[index].DisposeAsync();
    }

    private async Task OpenAsync(string folder, string? program, CancellationToken cancellation)
    {
        var (bank, data, accounts) = (Path.Combine(folder, "bank"), Path.Combine(folder, "shop"), Path.Combine(folder, "accounts.json"));
        var numbers = Bench.TestCards.Numbers(CardCount).ToList();
        OwnerOnly.Replace(accounts, Bench.TestCards.AccountsJson(numbers));
        var cardCompany = Start(
            program,
            Path.Combine(folder, "bank.log"),
            ["card-company", "--data", bank, "--listen", "127.0.0.1:0", "--urls", "http://127.0.0.1:0", "--accounts", accounts]
        );
        var network = await cardCompany.SaysAsync(CardNetworkLine(), cancellation);
        var merchant = Start(
            program,
            Path.Combine(folder, "shop.log"),
            [
                "serve",
                "--data",
                data,
                "--urls",
                "http://127.0.0.1:0",
                "--card-network",
                network,
                "--CardNetwork:Acquirer",
                "100001",
                "--CardNetwork:Merchant",
                "SHONINSHOP",
            ]
        );
        http.BaseAddress = new Uri(await merchant.SaysAsync(MerchantReady(), cancellation));
        var key = Start(
            program,
            Path.Combine(folder, "key.log"),
            ["keys", "create", "--data", data, "--name", "bench", "--scope", "orders,cards", "--json"]
        );
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await key.SaysAsync(KeyLine(), cancellation));
        await key.DisposeAsync();
        processes.Remove(key);
        await DemoShop.UntilAsync(
            "the merchant is signed on at the card company",
            () => http.GetFromJsonAsync<JsonElement>("/health", cancellation),
            health => health.GetProperty("cardNetwork").GetString() == "up",
            cancellation
        );
        foreach (var number in numbers)
        {
            var card = await PostAsync(
                "/v1/cards",
                new
                {
                    number,
                    expiry = Bench.TestCards.Expiry,
                    securityCode = Bench.TestCards.SecurityCode,
                    holder = "BENCH",
                },
                cancellation
            );
            cards.Add(card.GetProperty("id").GetString()!);
        }
    }

    private ChildProcess Start(string? program, string log, IEnumerable<string> arguments)
    {
        var process = ChildProcess.Start(Path.GetFileNameWithoutExtension(log), log, arguments, program);
        processes.Add(process);
        return process;
    }

    private async Task<JsonElement> PostAsync(string path, object body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString("n"));
        using var response = await http.SendAsync(request, cancellation);
        var text = await response.Content.ReadAsStringAsync(cancellation);
        if (!response.IsSuccessStatusCode)
            throw new DemoFailedException($"POST {path} was answered {(int)response.StatusCode}: {text}");
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    [GeneratedRegex(@"^card company: card network on (\S+)")]
    private static partial Regex CardNetworkLine();

    [GeneratedRegex(@"^shonin serve: ready on ([^\s,]+)")]
    private static partial Regex MerchantReady();

    [GeneratedRegex("\"key\": *\"([^\"]+)\"")]
    private static partial Regex KeyLine();
}
