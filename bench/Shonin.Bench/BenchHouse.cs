using System.Collections.Concurrent;
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
using Shonin.Domain.Proofs;
using Shonin.EventLog;
using Shonin.EventLog.Sqlite;
using Shonin.Merchant;
using Shonin.Merchant.Notices;
using Shonin.Merchant.Orders;

namespace Shonin.Bench;

/// <summary>Orders that were placed in one turn: what that took, and how long their customers waited.</summary>
internal sealed record OrdersPlaced(Spent Spent, Waits Waits)
{
    internal int OrderCount => Waits.Count;
}

/// <summary>Merchant and card company in one process, each with a log of its own on the disk, and a TCP connection between them.</summary>
internal sealed class BenchHouse : IAsyncDisposable
{
    /// <summary>
    /// As many as a shop sees in a while: an issuer decides the requests of one card one after the other, on all that it ever decided for
    /// that card.
    /// </summary>
    public const int UsualCardCount = 2_000;

    private readonly CancellationTokenSource stopping = new();
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly List<IAsyncDisposable> parts = [];
    private OrderBook book = null!;
    private SqliteEventStore store = null!;
    private readonly List<CardOnFile> cards = [];
    private readonly string name = $"{Guid.NewGuid():n}";
    private int sequence;

    private static readonly byte[] fingerprintKey = RandomNumberGenerator.GetBytes(32);
    private static readonly byte[] customerHashKey = RandomNumberGenerator.GetBytes(32);
    private static readonly NoticeMarkKey markKey = new("20261124", RandomNumberGenerator.GetBytes(NoticeMarkKey.SizeBytes));

    /// <summary>The logs of the house that was opened in this folder.</summary>
    public static IReadOnlyList<string> DatabasesIn(string folder) => [MerchantLog(folder).Database, CardCompanyLog(folder).Database];

    /// <summary>Goes on with what the folder holds; within one run of the bench the keys stay the same.</summary>
    public static async Task<BenchHouse> OpenAsync(string folder, int cardCount = UsualCardCount)
    {
        var house = new BenchHouse();
        var clock = TimeProvider.System;
        var otherStore = await SqliteEventStore.OpenAsync(CardCompanyLog(folder), clock, CancellationToken.None);
        var host = await CardCompanyHost.StartAsync(
            otherStore,
            new CardCompanySettings(Accounts(cardCount), fingerprintKey),
            clock,
            NullLogger.Instance
        );
        house.listener.Start();
        _ = house.AcceptAsync(host);

        var vault = new CardVault(
            new InMemoryVaultStore(),
            VaultKeys.InMemory(RandomNumberGenerator.Fill),
            RandomNumberGenerator.Fill,
            clock,
            new VaultOptions()
        );
        var options = new LinkOptions { Address = house.listener.LocalEndpoint.ToString()! };
        var connector = new TcpConnector(options);
        var up = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var link = new CardNetworkLink(
            options,
            vault,
            new LinkPorts
            {
                Connect = connector.ConnectAsync,
                OnAnswer = async answer => await house.book.RecordAnswerAsync(answer),
                OnEvidence = _ => ValueTask.CompletedTask,
                OnStatus = status =>
                {
                    if (status == LinkStatus.Up)
                        up.TrySetResult();
                },
                OnFault = fault => Console.Error.WriteLine(fault.Message),
                Clock = clock,
                Random = RandomNumberGenerator.Fill,
            }
        );
        house.store = await SqliteEventStore.OpenAsync(MerchantLog(folder), clock, CancellationToken.None);
        var log = await OwnedLog.TakeAsync(house.store, CancellationToken.None);
        house.book = await OrderBook.OpenAsync(
            new OrderBookPorts(
                new MerchantOptions
                {
                    Profile = new MerchantProfile(
                        "証人商店",
                        "Shonin Shop",
                        "shop.example.jp",
                        "notice@shop.example.jp",
                        "03-0000-0000",
                        "毎日9時から21時",
                        "every day, 9:00 to 21:00",
                        "https://shop.example.jp/help",
                        "Asia/Tokyo"
                    ),
                    PublicUrl = "https://shop.example.jp",
                    Acquirer = options.Acquirer,
                    Terminal = options.Terminal,
                    CustomerHashKey = customerHashKey,
                    MarkKeys = new(markKey),
                },
                log,
                clock,
                RandomNumberGenerator.Fill
            )
            {
                Send = link.SendAsync,
                LinkCondition = () => link.IsUp ? LinkCondition.Up : LinkCondition.Down,
                OnFault = fault => Console.Error.WriteLine(fault.Message),
            },
            CancellationToken.None
        );
        foreach (var number in TestCards.Numbers(cardCount))
        {
            house.cards.Add(
                await vault.StoreAsync(
                    new CardEntry(
                        ((PanReading.Read)Pan.Parse(Encoding.ASCII.GetBytes(number))).Pan,
                        CardExpiry.Parse(Encoding.ASCII.GetBytes(TestCards.Expiry))!.Value,
                        SecurityCode.Parse(Encoding.ASCII.GetBytes(TestCards.SecurityCode))!
                    ),
                    CancellationToken.None
                )
            );
        }

        house.parts.AddRange([house.book, log, link, vault, host, house.store, otherStore]);
        link.Start();
        await up.Task;
        return house;
    }

    /// <summary>As many orders as fit into the time.</summary>
    public Task<OrdersPlaced> PlaceForAsync(TimeSpan time)
    {
        var started = Stopwatch.GetTimestamp();
        return PlaceWhileAsync(_ => Stopwatch.GetElapsedTime(started) < time);
    }

    /// <summary>So many orders.</summary>
    public Task<OrdersPlaced> PlaceAsync(int count) => PlaceWhileAsync(begun => begun <= count);

    /// <summary>
    /// Orders by as many customers as may be in flight, each of whom waits for the answer. The clock stops only once the notices of all
    /// orders have their words and are durable, which is looked at when it stands.
    /// </summary>
    /// <param name="goesOn">Whether one more order is placed; it is given its number in this turn.</param>
    private async Task<OrdersPlaced> PlaceWhileAsync(Func<int, bool> goesOn)
    {
        var notices = new ConcurrentBag<string>();
        var before = Spent.UpToNow();
        var waits = await Crowd.PlaceAsync(ApprovalsBench.InFlightCount, goesOn, async () =>
        {
            foreach (var notice in await PlaceOneAsync())
                notices.Add(notice);
        });
        await book.WordsCatchUpAsync();
        var spent = Spent.UpToNow() - before;
        foreach (var notice in notices)
            await ExpectDurableAsync(notice);
        return new(spent, waits);
    }

    /// <returns>The ids of its notices.</returns>
    private async Task<List<string>> PlaceOneAsync()
    {
        var number = Interlocked.Increment(ref sequence);
        var (id, card) = ($"{name}-{number}", cards[number % cards.Count]);
        var order = new PlaceOrder(
            new Person($"{id}@customer.example", "山田花子", null),
            Locale.Ja,
            [new OrderItem("SKU-1", "急須", new Money(7980, Currency.Jpy), 1)],
            card,
            null
        );
        var answer = await book.PlaceAsync(
            order,
            new RequestKey("bench", id, Encoding.UTF8.GetBytes(id)),
            Patience.UntilSettled,
            CancellationToken.None
        );
        return answer is RequestResult.Done { Record.Order: { Standing: Standing.Approved, Notices: { Length: > 0 } told } }
            ? [.. told.Select(notice => notice.Notice.Id)]
            : throw new InvalidOperationException($"An order of the measurement was not approved, or nobody was told: {answer}");
    }

    private async Task ExpectDurableAsync(string noticeId)
    {
        if (await store.ReadDocumentAsync(NoticeMail.DocumentIdOf(noticeId), CancellationToken.None) is null)
            throw new InvalidOperationException($"The text of notice {noticeId} was not durable when the clock stopped.");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var part in parts)
            await part.DisposeAsync();
        await stopping.CancelAsync();
        listener.Dispose();
        stopping.Dispose();
    }

    private static LogFiles MerchantLog(string folder) => new(folder, "merchant");

    private static LogFiles CardCompanyLog(string folder) => new(folder, "card-company");

    private static AccountBook Accounts(int cardCount) =>
        ((AccountsRead.Read)AccountsFile.Parse(TestCards.AccountsJson(TestCards.Numbers(cardCount)))).Book;

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
