using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Shonin.CardCompany.Accounts;
using Shonin.CardCompany.Host;
using Shonin.CardNetwork.Link;
using Shonin.CardNetwork.Vault;
using Shonin.Domain;
using Shonin.Domain.Approvals;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.Domain.Proofs;
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

    private const int CardCount = 2_000;
    private const string LimitName = "log: 64 producers through the appender";

    /// <param name="each">How long each figure is measured.</param>
    public static async Task<IReadOnlyList<Figure>> MeasureAsync(TimeSpan each)
    {
        var folder = Directory.CreateTempSubdirectory("shonin-bench-");
        try
        {
            await using var house = await BenchHouse.OpenAsync(folder.FullName);
            await house.PlaceForAsync(TimeSpan.FromSeconds(3)); // the JIT has its say first
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
        private readonly List<CardOnFile> cards = [];
        private int sequence;

        public static async Task<BenchHouse> OpenAsync(string folder)
        {
            var house = new BenchHouse();
            var clock = TimeProvider.System;
            var host = await CardCompanyHost.StartAsync(
                new InMemoryEventStore(), new CardCompanySettings(Accounts(), RandomNumberGenerator.GetBytes(32)), clock, NullLogger.Instance);
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
            var log = await OwnedLog.TakeAsync(house.store, CancellationToken.None);
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
                        MarkKeys = new(new NoticeMarkKey("20261124", RandomNumberGenerator.GetBytes(NoticeMarkKey.SizeBytes))),
                    },
                    log, clock, RandomNumberGenerator.Fill)
                {
                    Send = async (request, cancellation) => await link.SendAsync(request, cancellation) is SendOutcome.NotSent notSent
                        ? new SendResult.NotSent(notSent.Why)
                        : new SendResult.Sent(),
                    LinkCondition = () => link.IsUp ? LinkCondition.Up : LinkCondition.Down,
                    OnFault = fault => Console.Error.WriteLine(fault.Message),
                },
                CancellationToken.None);
            foreach (var number in CardNumbers())
                house.cards.Add(await vault.StoreAsync(
                    new CardEntry(
                        ((PanReading.Read)Pan.Parse(Encoding.ASCII.GetBytes(number))).Pan, CardExpiry.Parse("2030-12"u8)!.Value, SecurityCode.Parse("123"u8)!),
                    CancellationToken.None));
            house.parts.AddRange([house.book, log, link, vault, host, house.store]);
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
                    var number = Interlocked.Increment(ref sequence);
                    var (id, card) = ($"bench-{number}", cards[number % cards.Count]);
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

        private static AccountBook Accounts()
        {
            var entries = CardNumbers().Select(number => new
            {
                number, expiry = "2030-12", securityCode = "123", holder = "BENCH", birthDate = "1980-01-01", state = "open", arrears = false,
            });
            return ((AccountsRead.Read)AccountsFile.Parse(JsonSerializer.SerializeToUtf8Bytes(entries))).Book;
        }

        /// <summary>As many cards as a shop sees in a while: an issuer decides the requests of one card one after the other.</summary>
        private static IEnumerable<string> CardNumbers() => Enumerable.Range(0, CardCount).Select(index => WithCheckDigit($"4000001{index:00000000}"));

        /// <summary>The Luhn digit behind 15 others (ISO/IEC 7812-1 annex B).</summary>
        private static string WithCheckDigit(string digits)
        {
            var sum = 0;
            for (var index = 0; index < digits.Length; index++)
            {
                var value = (digits[index] - '0') * (index % 2 == 0 ? 2 : 1);
                sum += value > 9 ? value - 9 : value;
            }
            return digits + (10 - sum % 10) % 10;
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
