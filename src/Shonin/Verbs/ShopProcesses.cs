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
    private DemoShop? client;
    private int orderCount;

    private ShopProcesses(string folder) => mailFolder = Path.Combine(folder, "shop", "mail");

    /// <param name="program">The program whose processes these are; null for this one.</param>
    /// <exception cref="CannotGoOnException">A process did not start, or a card was not taken.</exception>
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
    /// <exception cref="CannotGoOnException">It was not taken.</exception>
    internal Task PlaceOrderAsync(CancellationToken cancellation)
    {
        var number = Interlocked.Increment(ref orderCount);
        return client!.PlaceOrderAsync(cards[number % cards.Count], $"hanako{number}", cancellation, ("急須", 7980));
    }

    /// <summary>The merchant first, so that it signs off.</summary>
    public async ValueTask DisposeAsync()
    {
        client?.Dispose();
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
        var network = await cardCompany.SaysAsync(DemoHouse.CardNetworkLine(), cancellation);
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
                DemoHouse.Acquirer,
                "--CardNetwork:Merchant",
                DemoHouse.MerchantNumber,
            ]
        );
        var baseUrl = await merchant.SaysAsync(DemoHouse.MerchantReady(), cancellation);
        var keys = Start(
            program,
            Path.Combine(folder, "keys.log"),
            ["keys", "create", "--data", data, "--name", "bench", "--scope", "orders,cards", "--json"]
        );
        client = new DemoShop(baseUrl, await keys.SaysAsync(KeyLine(), cancellation));
        await keys.DisposeAsync();
        processes.Remove(keys);
        await DemoHouse.SignedOnAsync(baseUrl, cancellation);
        foreach (var number in numbers)
            cards.Add(await client.StoreCardAsync(number, cancellation));
    }

    private ChildProcess Start(string? program, string log, IEnumerable<string> arguments)
    {
        var process = ChildProcess.Start(Path.GetFileNameWithoutExtension(log), log, arguments, program);
        processes.Add(process);
        return process;
    }

    [GeneratedRegex("\"key\": *\"([^\"]+)\"")]
    private static partial Regex KeyLine();
}
