using Shonin.Audit;
using Shonin.CardNetwork.Link;
using Shonin.CardNetwork.Vault;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.Domain.Proofs;
using Shonin.EventLog;
using Shonin.EventLog.InMemory;
using Shonin.Merchant;
using Shonin.Merchant.Cards;
using Shonin.Merchant.Notices;
using Shonin.Merchant.Orders;

namespace Shonin.Simulation;

/// <summary>The merchant's side as production wires it: vault, link, order book. Its disk and its vault outlive it.</summary>
#pragma warning disable CA1001 // A killed process disposes of nothing, and neither does the world that kills it.
internal sealed class SimulatedMerchant(World world)
#pragma warning restore CA1001
{
    public static readonly MerchantProfile Profile = new(
        "証人商店",
        "Shonin Shop",
        "shop.example.jp",
        "notice@shop.example.jp",
        "03-0000-0000",
        "毎日9時から21時",
        "every day, 9:00 to 21:00",
        "https://shop.example.jp/help",
        "Asia/Tokyo"
    );

    public static readonly NoticeMarkKeys MarkKeys = new(new NoticeMarkKey("20261124", new byte[NoticeMarkKey.SizeBytes]));

    private readonly InMemoryVaultStore cards = new();
    private readonly VaultKeys vaultKeys = VaultKeys.InMemory(world.Fill);
    private readonly byte[] customerHashKey = new byte[32];

    public InMemoryEventStore Disk { get; } = new();
    public SimulatedProcess Process { get; private set; } = null!;

    /// <summary>Null while the process is down or still opening its log.</summary>
    public OrderBook? Book { get; private set; }
    public CardVault? Vault { get; private set; }
    public CardRequests? Cards { get; private set; }
    public AuditTrail? Trail { get; private set; }

    public void Start()
    {
        Process = world.Scheduler.NewProcess("merchant");
        Process.Start(RunAsync, world.OnFault);
    }

    /// <summary>kill -9, and a start some seconds later.</summary>
    public void Kill()
    {
        if (!Process.IsAlive)
            return;
        world.Note($"merchant killed");
        (Book, Cards, Trail) = (null, null, null);
        world.Reporters.MerchantDied();
        world.Points.MerchantDied();
        Process.Kill();
        world.Later(TimeSpan.FromSeconds(1 + world.Random.Next(20)), Start);
    }

    /// <summary>Null from a merchant that dies while asked.</summary>
    public async Task<T?> AskAsync<T>(Func<ValueTask<T>> ask)
        where T : class
    {
        // Task.WhenAny would leave the simulation's thread; a source that either side completes does not.
        var answer = new TaskCompletionSource<T?>();
        Process.Start(async () => answer.TrySetResult(await ask()), world.OnFault);
        world.Later(TimeSpan.FromSeconds(30), () => answer.TrySetResult(null));
        return await answer.Task;
    }

    private async Task RunAsync()
    {
        Vault = new CardVault(cards, vaultKeys, world.Fill, world.Clock, new VaultOptions());
        var store = new CrashingStore(Disk, world.Clock, world.FlushTime, world.NextMerchantCrash, Kill, world.Committed);
        OrderBook? book = null;
        var link = new CardNetworkLink(
            world.LinkOptions,
            Vault,
            new LinkPorts
            {
                Connect = ConnectAsync,
                OnAnswer = async answer =>
                {
                    if (book is not null)
                        world.Checks.Answered(answer, await book.RecordAnswerAsync(answer));
                },
                OnEvidence = _ => ValueTask.CompletedTask,
                OnStatus = status =>
                {
                    if (status == LinkStatus.Up)
                        book?.NoteLinkUp();
                },
                OnFault = world.OnFault,
                Clock = world.Clock,
                Random = world.Fill,
            }
        );
        var log = await OwnedLog.TakeAsync(store, CancellationToken.None);
        var mailQueued = new TaskCompletionSource();
        log.Queued += queue =>
        {
            if (queue == NoticeMail.Queue)
                mailQueued.TrySetResult();
        };
        book = await OrderBook.OpenAsync(
            new OrderBookPorts(
                new MerchantOptions
                {
                    Policy = world.Policy,
                    Profile = Profile,
                    PublicUrl = "https://shop.example.jp",
                    Acquirer = world.LinkOptions.Acquirer,
                    Terminal = world.LinkOptions.Terminal,
                    CustomerHashKey = customerHashKey,
                    MarkKeys = MarkKeys,
                    Points = world.Points.Policy,
                    IdleOrderCountMax = world.IdleOrderCountMax,
                },
                log,
                world.Clock,
                world.Fill
            )
            {
                Send = link.SendAsync,
                LinkCondition = () => link.IsUp ? LinkCondition.Up : LinkCondition.Down,
                OnFault = world.OnFault,
            },
            CancellationToken.None
        );
        Book = book;
        Cards = await CardRequests.OpenAsync(log, world.Clock, world.OnFault, CancellationToken.None);
        Trail = await AuditTrail.OpenAsync(
            new AuditPorts(log, RandomBytes, world.Clock) { OnTrouble = what => world.OnFault(new IOException(what)) },
            CancellationToken.None
        );
        await world.Askers.ServeAsync(log);
        await world.Reporters.ServeAsync(log);
        await world.Points.ServeAsync(log);
        link.Start();
        while (true)
        {
            mailQueued = new TaskCompletionSource();
            if (!await DeliverMailAsync(store, book))
                await mailQueued.Task;
            await Task.Delay(TimeSpan.FromSeconds(2), world.Clock);
        }
    }

    private byte[] RandomBytes(int count)
    {
        var bytes = new byte[count];
        world.Fill(bytes);
        return bytes;
    }

    private async Task<Stream> ConnectAsync(CancellationToken cancellation)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(5), world.Clock, cancellation);
        return world.Connect(Process) ?? throw new IOException("Connection refused.");
    }

    /// <summary>
    /// A relay that sometimes takes the mail and loses its own answer: the mail is delivered again, under the same Message-ID. False
    /// where none waited.
    /// </summary>
    private async Task<bool> DeliverMailAsync(CrashingStore store, OrderBook book)
    {
        var waiting = await store.ReadOutboxFirstsAsync(NoticeMail.Queue, world.Scheduler.Now, 50, CancellationToken.None);
        foreach (var item in waiting)
        {
            var payload = MailOutboxPayload.Parse(item.Payload);
            if (await book.WordsOfAsync(new OrderId(payload.Order), payload.Notice, CancellationToken.None) is { } mail)
                world.Checks.Delivered(mail);
            if (world.Random.NextDouble() < world.Faults.MailAnswerLost)
                continue;
            await book.RecordMailAsync(payload.Order, new OrderCommand.RecordNoticeSent(payload.Notice), item.Id, CancellationToken.None);
        }
        return waiting.Count > 0;
    }
}
