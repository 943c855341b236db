using System.Globalization;
using System.Security.Cryptography;
using Shonin.CardNetwork.Link;
using Shonin.Cards;
using Shonin.Domain.Orders;
using Shonin.Domain.Proofs;
using Shonin.Merchant.Desk;
using Shonin.Merchant.Orders;
using Shonin.Merchant.Points;
using Shonin.Merchant.Timelines;
using Shonin.Operations;
using Shonin.Settings;
using Shonin.Streams;

namespace Shonin.Orders;

/// <summary>
/// Orders and their approvals: the book, the link to the card network, the index, and the card company's own record. <c>/v1/orders</c>, and
/// the customer's pages of an order.
/// </summary>
internal sealed class OrdersModule : IModule, IAsyncDisposable
{
    private static readonly TimeSpan fetchTimeout = TimeSpan.FromSeconds(30);

    private readonly House house;
    private readonly TcpConnector connector;
    private readonly WireEvidence wireEvidence;
    private readonly CardNetworkLink link;
    private readonly ViewKeeper indexKeeper;
    private readonly HttpClient http = new() { Timeout = fetchTimeout };
    private readonly FetchedRecord? record;
    private OrderBook? book;

    private OrdersModule(House house, CardsModule cards)
    {
        this.house = house;
        var options = house.Settings.LinkOptions();
        connector = new TcpConnector(options);
        wireEvidence = WireEvidence.Open(house.PathOf("wire-evidence.jsonl"), new(), house.Clock, house.Log);
        link = new CardNetworkLink(
            options,
            cards.Vault,
            new()
            {
                Connect = connector.ConnectAsync,
                OnAnswer = async answer => wireEvidence.NoteUnlessRecorded(answer, await Book.RecordAnswerAsync(answer)),
                OnEvidence = wireEvidence.KeepAsync,
                OnStatus = NoteStatus,
                Note = note => house.Log.LogInformation("Card network: {Note}", note),
                OnFault = fault => house.Log.LogError(fault, "The link to the card network goes on after a fault"),
                Clock = house.Clock,
                Random = RandomNumberGenerator.Fill,
            }
        );
        indexKeeper = new ViewKeeper(new OrderIndexView(), house.Views, new LogFeed(house.OwnedLog, house.Clock), fault =>
            house.Log.LogError(fault, "The index of orders goes on after a fault")
        );
        Index = new OrderIndex(indexKeeper);
        record = house.Settings.CardCompanyExport() is { } export
            ? FetchedRecord.Open(house.PathOf(FetchedRecord.FileName), export, http, house.Clock, house.Log)
            : null;
        Evidence = record is null ? (_, _) => ValueTask.FromResult<CardCompanyEvidence?>(null) : record.OfAsync;
    }

    /// <summary>Book and link know each other: the book sends by the link, the link brings answers to the book.</summary>
    public OrderBook Book => book!;
    public OrderIndex Index { get; }
    public EvidenceSource Evidence { get; }

    public IEnumerable<(HealthArea Area, ServerHealth.AskPart Ask)> Asked =>
        [
            ServerHealth.PartOf(Index.ProgressAsync, "a search by mail address or by the card company's number may miss orders"),
            (HealthArea.Orders, _ =>
                ValueTask.FromResult(
                    Book.UnreadableCount == 0
                        ? null
                        : string.Create(
                            CultureInfo.InvariantCulture,
                            $"Orders that cannot be read: {Book.UnreadableCount}. The desk names them; shonin log verify looks into it."
                        )
                )
            ),
        ];

    public IEnumerable<Gauge> Gauges =>
        [
            new("shonin_card_network_up", "Whether a connection to the card network is signed on.", () => link.IsUp ? 1 : 0),
            new("shonin_card_network_in_flight", "Requests that wait for the card company.", () => link.InFlightCount),
            new("shonin_card_network_answers_in_hand", "Answers of the card company that were read and are not recorded yet.", () =>
                link.AnswersInHandCount
            ),
            new("shonin_orders_unreadable", "Orders that cannot be read; the desk names them.", () => Book.UnreadableCount),
        ];

    public IEnumerable<Work> Works =>
        [
            new("Keeping the index of orders", indexKeeper.RunAsync),
            .. record is null ? Array.Empty<Work>() : [new("Fetching the card company's record", record.RunAsync)],
        ];

    public static async Task<OrdersModule> OpenAsync(
        House house,
        CardsModule cards,
        NoticeMarkKeys markKeys,
        CancellationToken cancellation
    )
    {
        var module = new OrdersModule(house, cards);
        try
        {
            module.book = await OrderBook.OpenAsync(module.BookPorts(markKeys), cancellation);
        }
        catch
        {
            await module.DisposeAsync();
            throw;
        }
        house.Health.CardNetwork = () => module.link.IsUp ? Health.Up : Health.Down;
        return module;
    }

    public OrderEndpoints Endpoints(CardsModule cards) =>
        new(
            Book,
            cards.Vault,
            new RequestKeys(house.Files.Keys.LoadOrCreate("requests", RequestKeys.HashKeySizeBytes, house.KeysOfOrders)),
            house.Settings.ApiLimits(),
            house.Clock
        );

    public OrderReads Reads(PointsBook points) =>
        new(Book, Evidence, house.Audit, house.Settings.Of(KnownSettings.MerchantTimeZone), house.Clock) { Points = points };

    /// <summary>Begins to ask the card company.</summary>
    public void Start() => link.Start();

    public async ValueTask DisposeAsync()
    {
        record?.Dispose();
        http.Dispose();
        indexKeeper.Dispose();
        if (book is not null)
            await book.DisposeAsync();
        await link.DisposeAsync();
        wireEvidence.Dispose();
        connector.Dispose();
    }

    private OrderBookPorts BookPorts(NoticeMarkKeys markKeys) =>
        new(
            house.Settings.MerchantOptions(house.Files.Keys, house.KeysOfOrders, markKeys),
            house.OwnedLog,
            house.Clock,
            RandomNumberGenerator.Fill
        )
        {
            Send = link.SendAsync,
            LinkCondition = () => link.IsUp ? LinkCondition.Up : LinkCondition.Down,
            OnFault = fault => house.Log.LogError(fault, "An order waits for its alarm after a fault"),
        };

    private void NoteStatus(LinkStatus status)
    {
        if (status == LinkStatus.Up)
            Book.NoteLinkUp();
    }
}
