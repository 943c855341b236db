using System.Diagnostics;
using System.Text.Json;
using Shonin.CardNetwork.Vault;
using Shonin.Domain.Approvals;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.EventLog;
using Shonin.Merchant.Approvals;
using Shonin.Merchant.Notices;
using Shonin.Merchant.Tries;
using Shonin.Streams;

namespace Shonin.Merchant.Orders;

/// <summary>
/// Where REST, pages, the link and the command line meet the orders. It holds every shard of the log; each command goes to the shard of
/// its order, is decided there, and is answered when it is durable.
/// </summary>
public sealed class OrderBook : IAsyncDisposable
{
    /// <summary>How many order numbers in a row may be unused before a list ends: numbers that a crash left behind.</summary>
    private const int NumberGapMax = 1000;
    private const int NumberTriesMax = 20;

    /// <summary>How much of the agents' list is looked through at the start.</summary>
    private const int AttentionCountMax = 100_000;

    private readonly OrderBookPorts ports;
    private readonly Supplier supplier;
    private readonly OrderStreams streams;
    private readonly NoticeWriter notices;
    private readonly TryBudget tries;
    private readonly CardNetworkTraffic traffic;
    private readonly OrderRecords records;
    private readonly RepeatedRequests repeated;
    private readonly FamilyRows rows;
    private readonly UnreadableOrders unreadable;

    private long nextSequence;

    private OrderBook(
        OrderBookPorts ports,
        Supplier supplier,
        TryBudget tries,
        OrderStreams streams,
        NoticeWriter notices,
        UnreadableOrders unreadable,
        long nextSequence
    )
    {
        (this.ports, this.supplier, this.tries, this.streams, this.notices, this.unreadable, this.nextSequence) = (
            ports,
            supplier,
            tries,
            streams,
            notices,
            unreadable,
            nextSequence
        );
        rows = new FamilyRows(ports.Store);
        records = new OrderRecords(ports.Store, streams);
        repeated = new RepeatedRequests(ports.Store, streams, records);
        traffic = new CardNetworkTraffic(ports, streams, tries);
    }

    /// <summary>
    /// Winds every order's alarm, and begins. Whatever was under way when the last owner stopped, its alarm takes further.
    /// </summary>
    public static async Task<OrderBook> OpenAsync(OrderBookPorts ports, CancellationToken cancellation)
    {
        var supplier = new Supplier(ports.Clock, ports.Random, ports.Options.Sender);
        var stops = await TryStops.OpenAsync(ports.Log, ports.Clock, ports.OnFault, cancellation);
        var tries = new TryBudget(ports.Store, stops, ports.Clock, ports.Options.Policy, ports.LinkCondition, ports.OnFault);
        var unreadable = new UnreadableOrders(ports.Clock);
        var nextSequence = await OrderKeys.NextSequenceAsync(ports.Store, cancellation);
        OrderBook? book = null;
        var streams = await OrderStreams.OpenAsync(
            new OrderKind(ports.Options, supplier, ports.LinkCondition, tries.KeysFor),
            new(ports.Log, ports.Clock)
            {
                OnDurable = step => book?.Follow(step.After, step.Facts),
                OnFault = ports.OnFault,
                OnUnreadable = problem =>
                {
                    if (unreadable.Note(problem))
                        ports.OnFault(problem);
                },
                OnReadable = unreadable.Forget,
                WaitingCountMax = ports.Options.WaitingCountMax,
                IdleCountMax = ports.Options.IdleOrderCountMax,
            },
            cancellation
        );
        var notices = new NoticeWriter(ports.Options, streams, ports.Store, ports.OnFault);
        book = new OrderBook(ports, supplier, tries, streams, notices, unreadable, nextSequence);
        await book.LearnTriesAsync();
        notices.Start();
        streams.Start();
        await book.WakeExpiredAsync(cancellation);
        return book;
    }

    public async ValueTask<RequestResult> PlaceAsync(PlaceOrder request, RequestKey key, Patience patience, CancellationToken cancellation)
    {
        if (await repeated.FindAsync(key, cancellation) is { } first)
            return first;
        var order = supplier.NewOrderId();
        if (await tries.AdmitAsync(order, request.Card, cancellation) is Admission.Refused limited)
            return new RequestResult.TriesLimited(limited.RetryAfter);
        var person = new SealedPerson(request.Customer.Email, request.Customer.Name, request.Customer.Phone, supplier.NewAccessKey());
        notices.NotePlacing(order, person);
        try
        {
            return await PlaceAsync(request, order, person, key, patience, cancellation);
        }
        finally
        {
            notices.NotePlaced(order);
        }
    }

    private async ValueTask<RequestResult> PlaceAsync(
        PlaceOrder request,
        OrderId order,
        SealedPerson person,
        RequestKey key,
        Patience patience,
        CancellationToken cancellation
    )
    {
        var customer = CustomerOf(request.Customer.Email);
        for (var draw = 0; draw < NumberTriesMax; draw++)
        {
            var number = OrderKeys.NumberOf(Interlocked.Increment(ref nextSequence) - 1);
            var now = ports.Clock.GetUtcNow();
            var place = new OrderCommand.Place(order, number, customer, request.Locale, request.Items, request.Card, request.Reference);
            var outcome = await SubmitAsync(
                OrderKeys.StreamOf(order),
                place,
                key,
                patience,
                new()
                {
                    IsNew = true,
                    Keys =
                    [
                        OrderKeys.Number(number),
                        new UniqueKey(OrderKeys.AccessScope, OrderKeys.AccessValue(person.AccessKey)),
                        await rows.NextKeyAsync(customer, request.Card, now, now, cancellation),
                    ],
                    Documents = [person.ToDocument(order)],
                },
                cancellation
            );
            if (outcome is OrderOutcome.KeyTaken { Key.Scope: not RequestKey.LogScope })
                continue;
            if (outcome is not OrderOutcome.Done { Reply: null })
                tries.Withdraw(order, request.Card);
            return await ToAnswerAsync(outcome, key, patience, person, cancellation);
        }
        tries.Withdraw(order, request.Card);
        return new RequestResult.Unavailable("Another server gives out order numbers at the same time. Nothing was changed; try again.");
    }

    /// <summary>Confirm, change card, cancel, ship, register delivery.</summary>
    /// <param name="key">Null for the pages' own buttons, whose commands carry their request id.</param>
    public async ValueTask<RequestResult> SubmitAsync(
        OrderId order,
        OrderCommand command,
        RequestKey? key,
        Patience patience,
        CancellationToken cancellation
    )
    {
        if (key is not null && await repeated.FindAsync(key, cancellation) is { } first)
            return first;
        var card = await CardToAskAsync(order, command, cancellation);
        if (card is not null && await tries.AdmitAsync(order, card, cancellation) is Admission.Refused limited)
            return new RequestResult.TriesLimited(limited.RetryAfter);
        var outcome = await SubmitToRowAsync(OrderKeys.StreamOf(order), command, key, patience, cancellation);
        if (card is not null && outcome is not OrderOutcome.Done { Stream.State.AttemptInFlight: not null, Reply: null })
            tries.Withdraw(order, card);
        return await ToAnswerAsync(outcome, key, patience, null, cancellation);
    }

    /// <summary>
    /// An order that changes to another card joins that card's row of orders; where another takes its place there first, it takes the next.
    /// </summary>
    private async ValueTask<OrderOutcome> SubmitToRowAsync(
        StreamId stream,
        OrderCommand command,
        RequestKey? key,
        Patience patience,
        CancellationToken cancellation
    )
    {
        for (var draw = 0; draw < NumberTriesMax; draw++)
        {
            var outcome = await SubmitAsync(
                stream,
                command,
                key,
                patience,
                new() { Keys = await FamilyKeysAsync(stream, command, cancellation) },
                cancellation
            );
            if (outcome is not OrderOutcome.KeyTaken { Key.Scope: not RequestKey.LogScope })
                return outcome;
        }
        return new OrderOutcome.Unavailable(
            "Other orders of this customer are changed to this card at the same time. Nothing was changed; try again.",
            MayBeTriedAgain: true
        );
    }

    /// <summary>What the client's key is told again for ever stands beside what was decided.</summary>
    private Task<OrderOutcome> SubmitAsync(
        StreamId stream,
        OrderCommand command,
        RequestKey? key,
        Patience patience,
        Attachments<Decision.Refused?> brought,
        CancellationToken cancellation
    )
    {
        if (key is not null)
        {
            brought = brought with
            {
                Remember = (refused, version) =>
                    OrderKeys.Outcome(
                        key,
                        new(Convert.ToBase64String(key.BodyHash.Span), version, patience, refused?.Reason, refused?.Rule, refused?.Until)
                    ),
            };
        }

        return streams.SubmitAsync(stream, command, brought).AsTask().WaitAsync(cancellation);
    }

    private async ValueTask<IReadOnlyList<UniqueKey>> FamilyKeysAsync(StreamId stream, OrderCommand command, CancellationToken cancellation)
    {
        if (
            command is not OrderCommand.ChangeCard { Card: var card }
            || (await streams.ReadAsync(stream))?.State is not { } order
            || order.Attempts.Any(attempt => attempt.Card.Fingerprint == card.Fingerprint)
        )
        {
            return [];
        }

        return [await rows.NextKeyAsync(order.Customer, card, order.PlacedAt, ports.Clock.GetUtcNow(), cancellation)];
    }

    /// <summary>Records what became of a notice's mail; the outbox item, where one is named, is done with the same append.</summary>
    /// <exception cref="LogUnusableException">The log cannot be written; the item waits in the outbox still.</exception>
    public async ValueTask<Order> RecordMailAsync(
        string order,
        OrderCommand command,
        string? completedOutboxId,
        CancellationToken cancellation
    )
    {
        var outcome = await streams
            .SubmitAsync(
                OrderKeys.StreamOf(new OrderId(order)),
                command,
                new() { CompletedOutbox = completedOutboxId is null ? [] : [completedOutboxId] }
            )
            .AsTask()
            .WaitAsync(cancellation);
        return outcome is OrderOutcome.Done { Reply: null, Stream.State: { } after }
            ? after
            : throw new LogUnusableException($"What became of a mail of order {order} could not be recorded: {outcome}");
    }

    /// <inheritdoc cref="CardNetworkTraffic.RecordAnswerAsync"/>
    public ValueTask<AnswerRoute> RecordAnswerAsync(NetworkAnswer answer) => traffic.RecordAnswerAsync(answer);

    /// <summary>How many orders cannot be read.</summary>
    public int UnreadableCount => unreadable.Count;

    /// <summary>Orders that cannot be read, the longest known first: a person must look at them.</summary>
    public IReadOnlyList<UnreadableOrder> ListUnreadable(int limit) => unreadable.List(limit);

    /// <summary>The link came up: what waited for it goes out.</summary>
    public void NoteLinkUp() => streams.ReleaseHeldBack();

    /// <inheritdoc cref="OrderRecords.FindAsync"/>
    public ValueTask<OrderRecord?> FindAsync(OrderId order, CancellationToken cancellation) => records.FindAsync(order, cancellation);

    public ValueTask<OrderRecord?> FindByNumberAsync(string number, CancellationToken cancellation) =>
        records.FindByNumberAsync(number, cancellation);

    public ValueTask<OrderRecord?> FindByAccessKeyAsync(string accessKey, CancellationToken cancellation) =>
        records.FindByAccessKeyAsync(accessKey, cancellation);

    public ValueTask<OrderRecord?> FindByNoticeAsync(NoticeReference reference, CancellationToken cancellation) =>
        records.FindByNoticeAsync(reference, cancellation);

    public ValueTask<OrderRecord?> FindByShipmentAsync(string shipment, CancellationToken cancellation) =>
        records.FindByShipmentAsync(shipment, cancellation);

    /// <summary>The customer's other orders in a row on the order's card, as the log has them now.</summary>
    /// <exception cref="LogUnusableException">The log cannot be read.</exception>
    public ValueTask<PurchaseFamily> FamilyOfAsync(Order order, CancellationToken cancellation) =>
        OrderFamilies.OfAsync(ports.Store, order, cancellation);

    /// <summary>Orders in the order in which they were numbered.</summary>
    public async ValueTask<IReadOnlyList<OrderRecord>> ListAsync(string? afterNumber, int limit, CancellationToken cancellation)
    {
        var found = new List<OrderRecord>();
        var sequence = afterNumber is null ? OrderKeys.FirstNumber : (OrderKeys.SequenceOf(afterNumber) ?? long.MaxValue - 1) + 1;
        for (var gap = 0; found.Count < limit && gap < NumberGapMax && sequence < Interlocked.Read(ref nextSequence); sequence++)
        {
            if (await TryFindAsync(() => FindByNumberAsync(OrderKeys.NumberOf(sequence), cancellation)) is { } record)
            {
                found.Add(record);
                gap = 0;
            }
            else
            {
                gap++;
            }
        }
        return found;
    }

    /// <summary>How often things may be tried: what the pages tell of it.</summary>
    public TryLimits TryLimits => ports.Options.Policy.Tries;

    /// <summary>Every order number that was given out, the newest first; some of them a crash left unused.</summary>
    public IEnumerable<string> NumbersFromNewest()
    {
        for (var sequence = Interlocked.Read(ref nextSequence) - 1; sequence >= OrderKeys.FirstNumber; sequence--)
            yield return OrderKeys.NumberOf(sequence);
    }

    /// <summary>Orders on the agents' list, the oldest first.</summary>
    public async ValueTask<IReadOnlyList<OrderRecord>> ListNeedingAttentionAsync(int limit, CancellationToken cancellation)
    {
        var found = new List<OrderRecord>();
        var seen = new HashSet<StreamId>();
        foreach (var item in await ports.Store.ReadOutboxAsync(OrderKind.AttentionQueue, DateTimeOffset.MaxValue, limit, cancellation))
        {
            if (seen.Add(item.Stream) && await TryFindAsync(() => records.ReadAsync(item.Stream, cancellation)) is { } record)
                found.Add(record);
        }

        return found;
    }

    /// <summary>
    /// For lists: one order that cannot be read, and stands among <see cref="ListUnreadable"/>, must not hide all others.
    /// </summary>
    private static async ValueTask<T?> TryFindAsync<T>(Func<ValueTask<T?>> find)
        where T : class
    {
        try
        {
            return await find();
        }
        catch (StreamUnreadableException)
        {
            return null;
        }
    }

    /// <summary>The order's notices, the oldest first; texts of an erased customer are gone.</summary>
    public async ValueTask<IReadOnlyList<NoticeRecordText>> ReadNoticesAsync(OrderRecord record, CancellationToken cancellation)
    {
        var texts = new List<NoticeRecordText>();
        foreach (var notice in record.Order.Notices.Where(notice => notice.WithdrawnAt is null))
        {
            if (await ReadNoticeAsync(record.Order.Id, notice.Notice.Id, cancellation) is { } mail)
                texts.Add(new NoticeRecordText(notice, mail.MessageId, mail.Subject, mail.Text, mail.Html));
        }

        return texts;
    }

    /// <summary>A notice's words, durable; null where its customer was erased.</summary>
    /// <exception cref="LogUnusableException">They could not be read or made durable.</exception>
    /// <exception cref="InvalidDataException">What was stored of it is damaged; so with <see cref="JsonException"/>.</exception>
    public ValueTask<NoticeMail?> WordsOfAsync(OrderId order, string notice, CancellationToken cancellation) =>
        notices.WordsOfAsync(order, notice, cancellation);

    /// <summary>Ends once the notices that wait for their words now have them, or cannot have them yet.</summary>
    public Task WordsCatchUpAsync() => notices.CatchUpAsync();

    /// <summary>Null where the customer was erased or the text is damaged: the others can be read all the same.</summary>
    private async ValueTask<NoticeMail?> ReadNoticeAsync(OrderId order, string notice, CancellationToken cancellation)
    {
        try
        {
            return await WordsOfAsync(order, notice, cancellation);
        }
        catch (Exception damaged) when (damaged is JsonException or InvalidDataException)
        {
            ports.OnFault(damaged);
            return null;
        }
    }

    /// <summary>Cards and hours on which nothing more is tried until a person has looked at them, the oldest first.</summary>
    public ValueTask<IReadOnlyList<StoppedTries>> ListStoppedTriesAsync(int limit, CancellationToken cancellation) =>
        tries.ListStoppedAsync(limit, cancellation);

    /// <summary>The card or hour of this name, however many others are stopped; null where it is not.</summary>
    public ValueTask<StoppedTries?> FindStoppedTriesAsync(string name) => tries.FindStoppedAsync(name);

    /// <summary>A person lets it be tried again. False where it could not be recorded.</summary>
    public ValueTask<bool> ReleaseTriesAsync(StoppedTries what, string by, CancellationToken cancellation) =>
        tries.ReleaseAsync(what, by, cancellation);

    /// <summary>Ids that requests bring to commands that make something.</summary>
    public string NewShipmentId() => supplier.NewShipmentId();

    public async ValueTask DisposeAsync()
    {
        traffic.Dispose();
        await notices.DisposeAsync();
        await streams.DisposeAsync();
        await tries.DisposeAsync();
    }

    /// <summary>
    /// Orders whose approval ran out under an earlier version have no alarm that takes them further; the others do nothing when they are
    /// woken.
    /// </summary>
    private async ValueTask WakeExpiredAsync(CancellationToken cancellation)
    {
        foreach (
            var item in await ports.Store.ReadOutboxAsync(
                OrderKind.AttentionQueue,
                DateTimeOffset.MaxValue,
                AttentionCountMax,
                cancellation
            )
        )
        {
            if (OrderKind.IsAbout(item, AttentionReason.AuthorizationExpired))
                _ = streams.SubmitUntilDurableAsync(item.Stream, new OrderCommand.Wake()).AsTask();
        }
    }

    /// <summary>
    /// The tries that were out when the last owner stopped. An order that waits for an answer has an alarm at the time by which it is given
    /// up, or its reversal repeated: whatever rings later has none out.
    /// </summary>
    private async ValueTask LearnTriesAsync()
    {
        var policy = ports.Options.Policy;
        var longest = policy.AnswerTimeout > policy.ReversalRepeatMax ? policy.AnswerTimeout : policy.ReversalRepeatMax;
        foreach (var stream in streams.RingingUntil(ports.Clock.GetUtcNow() + longest))
        {
            if (await TryFindAsync(() => streams.ReadAsync(stream)) is { } read)
                tries.Learn(read.State);
        }
    }

    /// <summary>The card that the card company would be asked on because a customer wants it; null where nobody would be asked.</summary>
    private async ValueTask<CardOnFile?> CardToAskAsync(OrderId order, OrderCommand command, CancellationToken cancellation) =>
        command switch
        {
            OrderCommand.ChangeCard change => change.Card,
            OrderCommand.Confirm => (await FindAsync(order, cancellation))?.Order.Card,
            _ => null,
        };

    /// <summary>What follows from facts once they are durable.</summary>
    private void Follow(Order after, IReadOnlyList<OrderEvent> facts)
    {
        tries.Note(after, facts);
        notices.Note(after, facts);
        traffic.Send(after, facts);
    }

    /// <param name="person">Where the request itself brought it.</param>
    private async ValueTask<RequestResult> ToAnswerAsync(
        OrderOutcome outcome,
        RequestKey? key,
        Patience patience,
        SealedPerson? person,
        CancellationToken cancellation
    ) =>
        outcome switch
        {
            OrderOutcome.Done { Reply: { } refused } => new RequestResult.Refused(refused.Reason, refused.Rule, refused.Until),
            OrderOutcome.Done { Stream: { } snapshot }
                when patience == Patience.UntilSettled && snapshot.State.AttemptInFlight is not null => new RequestResult.Done(
                await repeated.RecordAtAsync(
                    snapshot.Stream,
                    new FirstOutcome("", snapshot.Version, patience, null, null),
                    person,
                    cancellation
                )
            ),
            OrderOutcome.Done { Stream: { } snapshot } => new RequestResult.Done(
                person is null ? await records.RecordOfAsync(snapshot, cancellation) : OrderRecords.RecordOf(snapshot, person)
            ),
            OrderOutcome.KeyTaken => await repeated.FindAsync(key!, cancellation)
                ?? new RequestResult.Unavailable("The log could not be read; ask again with the same key."),
            OrderOutcome.Unavailable(var why, _) => new RequestResult.Unavailable(why),
            OrderOutcome.TooLarge(var what) => new RequestResult.TooLarge(what),
            OrderOutcome.Overloaded => new RequestResult.Overloaded(TimeSpan.FromSeconds(1)),
            _ => throw new UnreachableException(),
        };

    /// <summary>What an order holds in the place of a mail address: a keyed hash, the same for every order of that address.</summary>
    public string CustomerOf(string email) => CustomerDigest.Of(email, ports.Options.CustomerHashKey.Span);
}

/// <summary>What the order book takes from outside.</summary>
/// <param name="Log">Stays open when the book is closed: others append to it too.</param>
public sealed record OrderBookPorts(MerchantOptions Options, OwnedLog Log, TimeProvider Clock, RandomFill Random)
{
    public IEventStore Store => Log.Store;
    public required SendToNetwork Send { get; init; }
    public required Func<LinkCondition> LinkCondition { get; init; }
    public required Action<Exception> OnFault { get; init; }
}
