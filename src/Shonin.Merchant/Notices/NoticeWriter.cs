using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading.Channels;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.EventLog;
using Shonin.Merchant.Orders;

namespace Shonin.Merchant.Notices;

/// <summary>
/// Gives each notice its words: from the order as it stood after the decision that queued it, or that had it written again. Words, mark and
/// digests become durable once, under a unique key, before any mail of them leaves and before anybody is shown them; whoever comes second
/// gets the first one's. They are written soon after the decision, beside it: a decision waits for no words, and words that cannot be
/// written cost no decision.
/// </summary>
internal sealed class NoticeWriter(MerchantOptions options, OrderStreams orders, IEventStore store, Action<Exception> onFault)
    : IAsyncDisposable
{
    /// <summary>Notices that wait for their words here. One that finds no room gets them when it is asked for.</summary>
    private const int QueueCountMax = 10_000;

    /// <summary>Written at the same time, so that they share a flush.</summary>
    private const int BatchCountMax = 64;

    /// <summary>Each further try means that somebody else wrote the words, or that the notice was written again meanwhile.</summary>
    private const int TryCountMax = 5;

    private readonly Channel<Waiting> queue = Channel.CreateBounded<Waiting>(
        new BoundedChannelOptions(QueueCountMax) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite },
        itemDropped: dropped => dropped.Reached?.SetResult()
    );
    private readonly ConcurrentDictionary<OrderId, SealedPerson> beingPlaced = new();
    private Task loop = Task.CompletedTask;

    /// <param name="Person">Whom it tells, where the request that placed the order is still here.</param>
    /// <param name="Reached">Told once everything before it was written or given up; such an item names no notice.</param>
    private readonly record struct Waiting(OrderId Order, string Notice, SealedPerson? Person, TaskCompletionSource? Reached = null);

    public void Start() => loop = WriteQueuedAsync();

    /// <summary>
    /// The order is being placed: what it queues until <see cref="NotePlaced"/> needs not look up in the log whom it tells. Where that
    /// person is erased meanwhile, the words are not kept (<see cref="NoticeMail.ToDocument"/>).
    /// </summary>
    public void NotePlacing(OrderId order, SealedPerson person) => beingPlaced[order] = person;

    public void NotePlaced(OrderId order) => beingPlaced.TryRemove(order, out _);

    /// <summary>Facts of an order that are durable now.</summary>
    public void Note(Order order, IReadOnlyList<OrderEvent> facts)
    {
        foreach (var happened in facts)
        {
            if (happened is OrderEvent.NoticeQueued { Notice.Id: var queued })
                queue.Writer.TryWrite(new(order.Id, queued, beingPlaced.GetValueOrDefault(order.Id)));
            else if (happened is OrderEvent.NoticeRewritten rewritten)
                queue.Writer.TryWrite(new(order.Id, rewritten.Notice, null));
        }
    }

    /// <summary>Ends once whatever waits now was written or given up.</summary>
    public async Task CatchUpAsync()
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await queue.Writer.WriteAsync(new(default, "", null, reached));
        await reached.Task;
    }

    /// <summary>The notice's words, which are durable; null where its customer was erased.</summary>
    /// <exception cref="LogUnusableException">They could not be read or made durable.</exception>
    /// <exception cref="InvalidDataException">What was stored of it is damaged, or it cannot be worded.</exception>
    /// <exception cref="JsonException">What was stored of it is damaged.</exception>
    public ValueTask<NoticeMail?> WordsOfAsync(OrderId id, string notice, CancellationToken cancellation) =>
        WordsOfAsync(id, notice, isNew: false, known: null, cancellation);

    /// <param name="isNew">It was queued or written again a moment ago, so that hardly anybody has given it its words.</param>
    /// <param name="known">Whom it tells, where that is known; asked for anew with a further try, for they may have been erased.</param>
    private async ValueTask<NoticeMail?> WordsOfAsync(
        OrderId id,
        string notice,
        bool isNew,
        SealedPerson? known,
        CancellationToken cancellation
    )
    {
        for (var tried = 0; tried < TryCountMax; tried++)
        {
            var snapshot = await orders.ReadAsync(OrderKeys.StreamOf(id));
            if (snapshot?.State.Notices.FirstOrDefault(one => one.Notice.Id == notice) is not { } record)
            {
                throw new InvalidDataException(
                    $"Order {id.Value} knows no notice {notice}, although the log has one to send. Run: shonin log verify."
                );
            }

            var isFirst = tried == 0;
            var isLookedUp = !isNew || !isFirst;
            if (isLookedUp && await StoredAsync(notice, cancellation) is { } stored && IsOf(stored, record))
                return stored;
            if (((isFirst ? known : null) ?? await PersonAsync(store, id, cancellation)) is not { } person)
                return null;
            if (await TryWriteAsync(snapshot.Facts, record, person, cancellation) is { } written)
                return written;
        }
        throw new InvalidDataException(
            $"The words of notice {notice} are on record, but cannot be found. Run: shonin log verify. Restore the data folder from a backup."
        );
    }

    /// <summary>Takes no more and ends once what was begun is written.</summary>
    public async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        await loop;
    }

    internal static async ValueTask<SealedPerson?> PersonAsync(IEventReader log, OrderId order, CancellationToken cancellation) =>
        await log.ReadDocumentAsync(SealedPerson.DocumentIdOf(order), cancellation) is { } json
            ? JsonSerializer.Deserialize(json.Span, OrderEventJson.Default.SealedPerson)
            : null;

    private async Task WriteQueuedAsync()
    {
        var batch = new List<Task>(BatchCountMax);
        while (await queue.Reader.WaitToReadAsync())
        {
            batch.Clear();
            TaskCompletionSource? reached = null;
            while (batch.Count < BatchCountMax && reached is null && queue.Reader.TryRead(out var next))
            {
                reached = next.Reached;
                if (reached is null)
                    batch.Add(WriteAsync(next));
            }
            await Task.WhenAll(batch);
            reached?.SetResult();
        }
    }

    private async Task WriteAsync(Waiting waiting)
    {
        try
        {
            await WordsOfAsync(waiting.Order, waiting.Notice, isNew: true, waiting.Person, CancellationToken.None);
        }
        catch (LogUnusableException)
        {
            // A log that cannot be written is told of by itself; the notice's mail asks again.
        }
        catch (Exception fault)
        {
            // Its mail asks again, and is put off until there are words.
            onFault(fault);
        }
    }

    private async ValueTask<NoticeMail?> StoredAsync(string notice, CancellationToken cancellation) =>
        await store.ReadDocumentAsync(NoticeMail.DocumentIdOf(notice), cancellation) is { } json ? NoticeMail.Parse(json) : null;

    /// <summary>
    /// Whether these are the words of its last writing. Notices of earlier versions have the words of the decision itself.
    /// </summary>
    private static bool IsOf(NoticeMail stored, NoticeRecord record) =>
        record.RewrittenCount == 0 || stored.RewrittenAt == record.WrittenAt;

    /// <summary>Null where somebody else was quicker, or the order has moved on.</summary>
    private async ValueTask<NoticeMail?> TryWriteAsync(
        IReadOnlyList<OrderEvent> facts,
        NoticeRecord record,
        SealedPerson person,
        CancellationToken cancellation
    )
    {
        var order = AsItStood(facts, record);
        var family = await FamilyAsync(order, record, cancellation);
        NoticeMail mail;
        try
        {
            mail = Compose(order, record, facts, person, family);
        }
        catch (Exception defect)
        {
            throw new InvalidDataException($"Notice {record.Notice.Id} cannot be worded: {defect.Message}", defect);
        }
        var key = options.MarkKeys.Current;
        var imprint = mail.ImprintUnder(key);
        mail = mail.MarkedAs(imprint, key);
        var outcome = await orders.SubmitAsync(
            OrderKeys.StreamOf(order.Id),
            new OrderCommand.RecordNoticeSent(""),
            new()
            {
                Keys = [new UniqueKey(OrderKeys.NoticeWordsScope, OrderKeys.WordsValue(record), RecordedNotice.Of(imprint, key).Write())],
                Documents = [mail.ToDocument(OrderKeys.OwnerOf(order.Id), SealedPerson.DocumentIdOf(order.Id))],
            }
        );
        return outcome switch
        {
            OrderOutcome.Done => mail,
            OrderOutcome.KeyTaken => null,
            OrderOutcome.TooLarge(var what) => throw new InvalidDataException(
                $"The words of notice {record.Notice.Id} do not fit into the log: {what}"
            ),
            OrderOutcome.Unavailable(var why, _) => throw new LogUnusableException(
                $"The words of notice {record.Notice.Id} could not be written: {why}"
            ),
            _ => throw new LogUnusableException($"The words of notice {record.Notice.Id} could not be written: too much waits already."),
        };
    }

    /// <summary>The order after the whole decision that had the words written: the facts of one decision share its moment.</summary>
    private static Order AsItStood(IReadOnlyList<OrderEvent> facts, NoticeRecord record)
    {
        Order? order = null;
        for (var index = 0; index < facts.Count; index++)
        {
            order = Order.Evolve(order, facts[index]);
            var isLast = index + 1 == facts.Count || facts[index + 1].At != facts[index].At;
            if (
                isLast
                && facts[index].At == record.WrittenAt
                && order.Notices.Any(one => one.Notice.Id == record.Notice.Id && one.RewrittenCount == record.RewrittenCount)
            )
            {
                return order;
            }
        }
        return order!;
    }

    private NoticeMail Compose(
        Order order,
        NoticeRecord record,
        IReadOnlyList<OrderEvent> facts,
        SealedPerson person,
        PurchaseFamily family
    )
    {
        var notice = record.Notice;
        var context = new NoticeContext(options.Profile, person.Name, $"{options.PublicUrl}/o/{person.AccessKey}", record.WrittenAt)
        {
            Family = family,
        };
        var text =
            record.RewrittenCount == 0 ? NoticeWording.Compose(notice, order, context) : NoticeWording.ComposeLate(record, order, context);
        var mail = NoticeMail.From(
            notice,
            text,
            order,
            new Person(person.Email, person.Name, person.Phone),
            options.Profile,
            options.MarkKeys.Current,
            record.QueuedAt
        );
        // The same message: what the relay may have already must not come again under another name.
        return facts.OfType<OrderEvent.NoticeRewritten>().LastOrDefault(happened => happened.Notice == notice.Id) is { } rewritten
            ? mail with
            {
                MessageId = rewritten.MessageId,
                RewrittenAt = rewritten.At,
            }
            : mail;
    }

    /// <summary>A notice of a hold tells of the customer's other orders in a row; where they cannot be read, it goes out without.</summary>
    private async ValueTask<PurchaseFamily> FamilyAsync(Order order, NoticeRecord record, CancellationToken cancellation)
    {
        if (
            record is
            { RewrittenCount: 0, Notice.Kind: not (NoticeKind.Problem or NoticeKind.Update or NoticeKind.Reminder or NoticeKind.Outcome) }
        )
        {
            return PurchaseFamily.Alone;
        }

        try
        {
            return await OrderFamilies.OfAsync(store, order, cancellation);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            onFault(fault);
            return PurchaseFamily.Alone;
        }
    }
}
