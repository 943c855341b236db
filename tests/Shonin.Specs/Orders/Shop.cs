using Microsoft.Extensions.Time.Testing;
using Shonin.CardNetwork.Link;
using Shonin.Domain;
using Shonin.Domain.Approvals;
using Shonin.Domain.Orders;
using Shonin.Domain.Points;
using Shonin.Domain.Proofs;
using Shonin.EventLog;
using Shonin.EventLog.InMemory;
using Shonin.Merchant;
using Shonin.Merchant.Approvals;
using Shonin.Merchant.Desk;
using Shonin.Merchant.Orders;
using Shonin.Simulation;
using Shonin.Specs.Notices;
using Shonin.Streams;

namespace Shonin.Specs.Orders;

/// <summary>
/// An order book over a log in memory, on a clock that moves when told to; the network keeps what it was given and answers when told to.
/// </summary>
internal sealed class Shop : IAsyncDisposable
{
    private readonly FakeTimeProvider clock = new(OrderRun.Start);
    private readonly Random random = new(7);
    private readonly List<NetworkRequest> sent = [];
    private readonly List<Exception> faults = [];
    private OrderBook? opened;
    private OwnedLog? log;
    private ViewKeeper? keeper;

    public static NoticeMarkKeys MarkKeys { get; } = new(new NoticeMarkKey("20261124", new byte[NoticeMarkKey.SizeBytes]));

    public RefusingStore Store { get; } = new(new InMemoryEventStore());
    public OrderBook Book => opened!;
    public OwnedLog Log => log!;
    public InMemoryViewStore Views { get; } = new();
    public ViewKeeper Keeper => keeper!;
    public OrderIndex Index => new(keeper!);
    public IReadOnlyList<Exception> Faults
    {
        get
        {
            lock (faults)
                return [.. faults];
        }
    }

    public FakeTimeProvider Clock => clock;
    public LinkCondition Link { get; set; } = LinkCondition.Up;

    /// <summary>The terminal of the settings, from the next opening on.</summary>
    public string Terminal { get; set; } = "SHOP0001";

    /// <summary>What deliveries earn, from the next opening on.</summary>
    public PointsPolicy Points { get; set; } = new();

    /// <summary>Set where nothing can be sent, now or later.</summary>
    public UnsendableReason? Unsendable { get; set; }
    public DateTimeOffset Now => clock.GetUtcNow();

    public IReadOnlyList<NetworkRequest> Sent
    {
        get
        {
            lock (sent)
                return [.. sent];
        }
    }

    public static async Task<Shop> OpenAsync()
    {
        var shop = new Shop();
        await shop.ReopenAsync();
        return shop;
    }

    /// <summary>The process ends and another begins on the same log.</summary>
    public async Task ReopenAsync()
    {
        if (opened is not null)
            await DisposeAsync();
        log = await OwnedLog.TakeAsync(Store, CancellationToken.None);
        keeper = new ViewKeeper(new OrderIndexView(), Views, new LogFeed(log, clock), NoteFault);
        opened = await OrderBook.OpenAsync(
            new OrderBookPorts(
                new MerchantOptions
                {
                    Profile = NoticeScenes.Merchant,
                    PublicUrl = "https://shop.example.jp",
                    Acquirer = "123456",
                    Terminal = Terminal,
                    CustomerHashKey = new byte[32],
                    MarkKeys = MarkKeys,
                    Points = Points,
                },
                log,
                clock,
                Fill
            )
            {
                Send = (request, _) =>
                {
                    lock (sent)
                        sent.Add(request);
                    return ValueTask.FromResult<SendOutcome>(
                        Link == LinkCondition.Up && Unsendable is null
                            ? new SendOutcome.Sent(default)
                            : new SendOutcome.NotSent(
                                Unsendable switch
                                {
                                    { } lasting => ReasonOf(lasting),
                                    null => NotSentReason.NoConnection,
                                },
                                "no signed-on connection"
                            )
                    );
                },
                LinkCondition = () => Link,
                OnFault = NoteFault,
            },
            CancellationToken.None
        );
    }

    public static PlaceOrder Beans(int quantity = 3) =>
        new(
            new Person("Hanako@example.jp", "山田 花子", null),
            Locale.Ja,
            [new("BEANS", "コーヒー豆 200g", new(2_000, Currency.Jpy), quantity)],
            OrderRun.Card,
            null
        );

    public static RequestKey Key(string key, byte body = 1) => new("client-1 POST /v1/orders", key, new byte[] { body });

    public Task<RequestResult> PlaceAsync(string key, byte body = 1, Patience patience = Patience.RespondAtOnce) =>
        Book.PlaceAsync(Beans(), Key(key, body), patience, CancellationToken.None).AsTask();

    public async Task<OrderRecord> PlacedAsync(string key = "key-1") => Done(await PlaceAsync(key));

    public Task<RequestResult> SubmitAsync(OrderRecord record, OrderCommand command, RequestKey? key = null) =>
        Book.SubmitAsync(record.Order.Id, command, key, Patience.RespondAtOnce, CancellationToken.None).AsTask();

    public async Task<OrderRecord> AnswerAsync(OrderRecord record, string code)
    {
        await RecordAsync(record, code);
        return await FindAsync(record);
    }

    private static NotSentReason ReasonOf(UnsendableReason lasting) =>
        lasting switch
        {
            UnsendableReason.CardUnavailable => NotSentReason.CardUnreadable,
            UnsendableReason.MessageInvalid => NotSentReason.MessageInvalid,
        };

    /// <summary>Ends once the answer is durable.</summary>
    public ValueTask<AnswerRoute> RecordAsync(OrderRecord record, string code) => RecordAsync(record.Order.Attempts[^1].Claim, code);

    /// <inheritdoc cref="RecordAsync(OrderRecord, string)"/>
    public ValueTask<AnswerRoute> RecordAsync(Claim claim, string code) =>
        Book.RecordAnswerAsync(
            new NetworkAnswer(
                AnswerKind.Authorization,
                claim.WireKey,
                claim.Rrn,
                code,
                code == "00" ? "A1B2C3" : null,
                null,
                null,
                null,
                null,
                null,
                Now,
                AnswerMatch.First
            )
        );

    /// <summary>The order as it stands when everything that waited before has been decided.</summary>
    public async Task<OrderRecord> FindAsync(OrderRecord record) => (await Book.FindAsync(record.Order.Id, CancellationToken.None))!;

    public void Advance(TimeSpan time) => clock.Advance(time);

    public static OrderRecord Done(RequestResult answer) => Assert.IsType<RequestResult.Done>(answer).Record;

    private void NoteFault(Exception fault)
    {
        lock (faults)
            faults.Add(fault);
    }

    public async ValueTask DisposeAsync()
    {
        keeper!.Dispose();
        await Book.DisposeAsync();
        await log!.DisposeAsync();
    }

    /// <summary>Chance for the next decisions' notice numbers; none where it is empty.</summary>
    public Queue<byte> NextReferences { get; } = [];

    private void Fill(Span<byte> buffer)
    {
        lock (random)
        {
            random.NextBytes(buffer);
            if (buffer.Length == 8 * Supplies.ReferenceCount && NextReferences.TryDequeue(out var same))
                buffer.Fill(same);
        }
    }
}

/// <summary>A log whose disk can be full, and single streams of which can be damaged.</summary>
internal sealed class RefusingStore(InMemoryEventStore disk) : UnreliableStore(disk)
{
    private readonly List<Document> written = [];
    private int readCount;
    private int heldCount;
    private int refusesNext;
    private TaskCompletionSource<bool>? held;
    private TaskCompletionSource? answersHeld;

    public bool IsFull { get; set; }

    /// <summary>Every document that was ever written.</summary>
    public IReadOnlyList<Document> Written
    {
        get
        {
            lock (written)
                return [.. written];
        }
    }

    /// <summary>Nothing can be erased, whether or not it can be written.</summary>
    public bool ErasesNothing { get; set; }

    /// <summary>A stream whose rows are no JSON when they are read.</summary>
    public StreamId? Damaged { get; set; }

    /// <summary>How often the damaged stream was asked for.</summary>
    public int DamagedReadCount => Volatile.Read(ref readCount);

    /// <summary>The position of an event that cannot be read together with others, or alone.</summary>
    public long? DamagedPosition { get; set; }

    public override async ValueTask<IReadOnlyList<StoredEvent>> ReadStreamAsync(
        StreamId stream,
        long afterVersion,
        CancellationToken cancellation
    )
    {
        var rows = await base.ReadStreamAsync(stream, afterVersion, cancellation);
        if (stream != Damaged)
            return rows;
        Interlocked.Increment(ref readCount);
        return [.. rows.Select(row => row.Version == 1 ? row : row with { Payload = "{"u8.ToArray() })];
    }

    public override async ValueTask<IReadOnlyList<StoredEvent>> ReadAllAsync(long afterPosition, int limit, CancellationToken cancellation)
    {
        var rows = await base.ReadAllAsync(afterPosition, limit, cancellation);
        return rows.Any(row => row.Position == DamagedPosition)
            ? throw new ArgumentOutOfRangeException(nameof(afterPosition), "a time that is none")
            : [.. rows.Select(row => row.Stream != Damaged || row.Version == 1 ? row : row with { Payload = "{"u8.ToArray() })];
    }

    public override async ValueTask<IReadOnlyList<AppendResult>> CommitAsync(IReadOnlyList<Append> batch, CancellationToken cancellation)
    {
        var refuses = IsFull;
        if (held is { } gate)
        {
            Interlocked.Increment(ref heldCount);
            refuses |= await gate.Task && Interlocked.Exchange(ref refusesNext, 0) == 1;
        }
        if (refuses)
            return [.. batch.Select(_ => new AppendResult.Unavailable("The disk is full."))];
        var committed = await Disk.CommitAsync(batch, cancellation);
        lock (written)
            written.AddRange(batch.SelectMany(append => append.Documents));
        if (answersHeld is { } answers)
            await answers.Task;
        return committed;
    }

    public override ValueTask EraseOwnerAsync(string owner, CancellationToken cancellation) =>
        ErasesNothing ? throw new LogUnusableException("The disk is full.") : base.EraseOwnerAsync(owner, cancellation);

    /// <summary>From here on commits are made, but whoever handed them over does not hear of it.</summary>
    public void HoldAnswers() => answersHeld = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void ReleaseAnswers() => answersHeld!.SetResult();

    /// <summary>From here on commits wait.</summary>
    public void Hold() => held = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task CommitsHeldAsync(int count) => Eventually.IsSoAsync($"{count} commits wait", () => Volatile.Read(ref heldCount) == count);

    /// <summary>The commits that wait are made.</summary>
    public void Release() => held!.SetResult(false);

    /// <summary>The first commit that waits is refused, the others are made.</summary>
    public void ReleaseRefusingFirst()
    {
        refusesNext = 1;
        held!.SetResult(true);
    }
}
