using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Shonin.CardCompany.Accounts;
using Shonin.CardCompany.Host;
using Shonin.CardNetwork.Link;
using Shonin.CardNetwork.Vault;
using Shonin.Domain;
using Shonin.Domain.Approvals;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.EventLog;
using Shonin.EventLog.InMemory;
using Shonin.EventLog.Sqlite;
using Shonin.Merchant;

namespace Shonin.Bench;

/// <summary>
/// Orders from the request to the durable approval: decided, claimed and committed on SQLite with full durability, asked over TCP at the
/// card company (whose own log is in memory), answered and committed again. The limit is what the same log takes from as many producers
/// that do nothing else, in the same run.
/// </summary>
public static class ApprovalsBench
{
    /// <summary>Orders in flight.</summary>
    public const int InFlightCount = 64;

    private const string LimitName = "log: 64 producers through the appender";

    /// <param name="each">How long each figure is measured.</param>
    public static async Task<IReadOnlyList<Figure>> MeasureAsync(TimeSpan each)
    {
        var folder = Directory.CreateTempSubdirectory("shonin-bench-");
        try
        {
            await using var house = await BenchHouse.OpenAsync(folder.FullName);
            await house.PlaceForAsync(TimeSpan.FromSeconds(1)); // warm
            var cpuBefore = Process.GetCurrentProcess().TotalProcessorTime;
            var (orders, latencies, elapsed) = await house.PlaceForAsync(each);
            var cpu = Process.GetCurrentProcess().TotalProcessorTime - cpuBefore;
            var events = await house.EventsPerOrderAsync();

            var limits = await GroupCommitBench.MeasureAsync(each);
            var limit = limits.Single(figure => figure.Name == LimitName).Value;
            var ordersPerSecond = orders / elapsed.TotalSeconds;
            latencies.Sort();
            return
            [
                new($"approvals: orders approved, {InFlightCount} in flight", ordersPerSecond, "orders/s"),
                new("approvals: events made durable", ordersPerSecond * events, "events/s", LimitName, limit, ordersPerSecond * events / limit),
                new("approvals: events an order", events, "events"),
                new("approvals: half answered within", latencies[latencies.Count / 2].TotalMilliseconds, "ms"),
                new("approvals: 99 of 100 answered within", latencies[latencies.Count * 99 / 100].TotalMilliseconds, "ms"),
                new("approvals: CPU an order, both sides", cpu.TotalMilliseconds / orders, "ms"),
                .. limits,
            ];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Merchant and card company in one process, with a TCP connection between them.</summary>
    private sealed class BenchHouse : IAsyncDisposable
    {
        private readonly CancellationTokenSource stopping = new();
        private readonly TcpListener listener = new(IPAddress.Loopback, 0);
        private readonly List<IAsyncDisposable> parts = [];
        private OrderBook book = null!;
        private SqliteEventStore store = null!;
        private CardOnFile card = null!;
        private int sequence;

        public static async Task<BenchHouse> OpenAsync(string folder)
        {
            var house = new BenchHouse();
            var clock = TimeProvider.System;
            var host = await CardCompanyHost.StartAsync(
                new InMemoryEventStore(), new CardCompanySettings(DemoAccounts.Book, RandomNumberGenerator.GetBytes(32)), clock, NullLogger.Instance);
            house.listener.Start();
            _ = house.AcceptAsync(host);

            var vault = new CardVault(new InMemoryVaultStore(), VaultKeys.InMemory(RandomNumberGenerator.Fill), RandomNumberGenerator.Fill, clock, new VaultOptions());
            var options = new LinkOptions { Address = house.listener.LocalEndpoint.ToString()! };
            var connector = new TcpConnector(options);
            var up = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var link = new CardNetworkLink(options, vault, new LinkPorts
            {
                Connect = connector.ConnectAsync,
                OnAnswer = async answer => await house.book.RecordAnswerAsync(answer),
                OnEvidence = _ => ValueTask.CompletedTask,
                OnStatus = status => { if (status == LinkStatus.Up) up.TrySetResult(); },
                OnFault = fault => Console.Error.WriteLine(fault.Message),
                Clock = clock,
                Random = RandomNumberGenerator.Fill,
            });
            house.store = await SqliteEventStore.OpenAsync(new LogFiles(folder, "approvals"), clock, CancellationToken.None);
            house.book = await OrderBook.OpenAsync(
                new OrderBookPorts(
                    new MerchantOptions
                    {
                        Profile = new MerchantProfile(
                            "証人商店", "Shonin Shop", "shop.example.jp", "notice@shop.example.jp", "03-0000-0000", "毎日9時から21時", "every day, 9:00 to 21:00",
                            "https://shop.example.jp/help", "Asia/Tokyo"),
                        PublicUrl = "https://shop.example.jp",
                        Acquirer = options.Acquirer,
                        Terminal = options.Terminal,
                        CustomerHashKey = RandomNumberGenerator.GetBytes(32),
                    },
                    house.store, clock, RandomNumberGenerator.Fill)
                {
                    Send = async (request, cancellation) => await link.SendAsync(request, cancellation) is SendOutcome.NotSent notSent
                        ? new SendResult.NotSent(notSent.Why)
                        : new SendResult.Sent(),
                    LinkCondition = () => link.IsUp ? LinkCondition.Up : LinkCondition.Down,
                    OnFault = fault => Console.Error.WriteLine(fault.Message),
                },
                CancellationToken.None);
            house.card = await vault.StoreAsync(
                new CardEntry(((PanReading.Read)Pan.Parse("4242424242424242"u8)).Pan, CardExpiry.Parse("2030-12"u8)!.Value, SecurityCode.Parse("123"u8)!), CancellationToken.None);
            house.parts.AddRange([house.book, link, vault, host, house.store]);
            link.Start();
            await up.Task;
            return house;
        }

        public async Task<(int Orders, List<TimeSpan> Latencies, TimeSpan Elapsed)> PlaceForAsync(TimeSpan time)
        {
            var latencies = new List<TimeSpan>();
            var started = Stopwatch.GetTimestamp();
            await Task.WhenAll(Enumerable.Range(0, InFlightCount).Select(_ => Task.Run(async () =>
            {
                while (Stopwatch.GetElapsedTime(started) < time)
                {
                    var begun = Stopwatch.GetTimestamp();
                    var id = $"bench-{Interlocked.Increment(ref sequence)}";
                    var order = new PlaceOrder(
                        new Person($"{id}@customer.example", "山田花子", null), Locale.Ja, [new OrderItem("SKU-1", "急須", new Money(7980, Currency.Jpy), 1)], card, null);
                    var answer = await book.PlaceAsync(order, new RequestKey("bench", id, Encoding.UTF8.GetBytes(id)), Patience.UntilSettled, CancellationToken.None);
                    if (answer is not Answer.Done { Record.Order.Standing: Standing.Approved })
                        throw new InvalidOperationException($"An order of the measurement was not approved: {answer}");
                    lock (latencies)
                        latencies.Add(Stopwatch.GetElapsedTime(begun));
                }
            })));
            return (latencies.Count, latencies, Stopwatch.GetElapsedTime(started));
        }

        public async Task<double> EventsPerOrderAsync()
        {
            var page = await store.ReadAllAsync(0, 10_000, CancellationToken.None);
            return (double)page.Count / page.Count(stored => stored.Type == "orderPlaced");
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var part in parts)
                await part.DisposeAsync();
            await stopping.CancelAsync();
            listener.Dispose();
            stopping.Dispose();
        }

        private async Task AcceptAsync(CardCompanyHost host)
        {
            while (!stopping.IsCancellationRequested)
            {
                Socket socket;
                try
                {
                    socket = await listener.AcceptSocketAsync(stopping.Token);
                }
                catch (Exception end) when (end is OperationCanceledException or ObjectDisposedException or SocketException)
                {
                    return;
                }
                socket.NoDelay = true;
                _ = ServeAsync(host, new NetworkStream(socket, ownsSocket: true));
            }
        }

        private async Task ServeAsync(CardCompanyHost host, NetworkStream stream)
        {
            await using (stream)
                await host.ServeConnectionAsync(stream, "bench", stopping.Token);
        }
    }
}
