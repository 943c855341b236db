using System.Diagnostics;
using System.Text.Json;
using System.Threading.Channels;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.EventLog;
using Shonin.Merchant.Stored;

namespace Shonin.Merchant.Shards;

/// <summary>
/// The serial executor of the orders of one shard. It decides one command after the other; while a decision of one order is being made
/// durable, it goes on with the others. It owns the alarms of its orders. Nothing else writes to their streams.
/// </summary>
internal sealed class Shard : IAsyncDisposable
{
    /// <summary>A decision that meets a taken STAN, or another writer, is made again; more often than this is a defect.</summary>
    private const int TriesMax = 8;

    /// <summary>What one order keeps for a log that cannot be read or written: answers, alarms. What comes beyond it is told so, and becomes evidence.</summary>
    internal const int KeptCountMax = 32;

    /// <summary>How long an alarm that came to nothing waits, while the link is down.</summary>
    private static readonly TimeSpan ringAgainAfter = TimeSpan.FromSeconds(1);

    private const string Unreadable = "What this order holds cannot be read; nothing was changed. Whoever runs the server must look at it: shonin log verify.";
    private const string KeptTooMany = "This order waits for the log, and can keep nothing more.";
    private const string TooManyReaders = "Too many requests wait for the orders of one shard. Try again in a moment.";
    private const string NotChanged = "This order met a fault of ours; it was not changed. The log of the server names it.";
    private const string Recorded = "This order met a fault of ours after the log had answered. Ask again with the same key; the log of the server names the fault.";
    private const string Stopping = "The server is stopping; what was asked may or may not have been done. Ask again with the same key.";

    private readonly ShardLease lease;
    private readonly ShardPorts ports;
    private readonly Alarms alarms;
    /// <summary>
    /// Bounded by those who write to it: clients and readers by <see cref="MerchantOptions.WaitingCountMax"/>, answers by what the link has in hand, and of the
    /// shard's own messages there is one an order under way, and one alarm.
    /// </summary>
    private readonly Channel<Action> mailbox = Channel.CreateUnbounded<Action>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Dictionary<StreamId, OrderLine> lines = [];
    private readonly LinkedList<OrderLine> idle = new();
    private readonly Task loop;
    private int waitingCount;
    private int readerCount;
    private string? lostWhy;

    public Shard(ShardLease lease, IReadOnlyList<Alarm> alarmsSet, ShardPorts ports)
    {
        (this.lease, this.ports) = (lease, ports);
        alarms = new Alarms(ports.Clock, () => Post(RingAlarms));
        foreach (var alarm in alarmsSet)
            alarms.Set(alarm.Stream, alarm.At);
        loop = RunAsync();
        Post(RingAlarms);
    }

    public Task<WorkResult> SubmitAsync(Work work)
    {
        if (work.Persistence == Persistence.TellClient && Volatile.Read(ref waitingCount) >= ports.Options.WaitingCountMax)
            return Task.FromResult<WorkResult>(new WorkResult.Overloaded());
        Interlocked.Increment(ref waitingCount);
        if (!Post(() => Take(work)))
            Complete(work, new WorkResult.Unavailable(Stopping));
        return work.Result.Task;
    }

    /// <summary>An order as it stands, from memory or from the log.</summary>
    /// <exception cref="LogUnusableException">The log cannot be read now, or too many ask at once.</exception>
    /// <exception cref="OrderUnreadableException">What the log holds of this order cannot be read.</exception>
    public async Task<OrderRecord?> ReadAsync(StreamId stream)
    {
        if (Interlocked.Increment(ref readerCount) > ports.Options.WaitingCountMax)
        {
            Interlocked.Decrement(ref readerCount);
            throw new LogUnusableException(TooManyReaders);
        }
        try
        {
            return await AskAsync(stream);
        }
        finally
        {
            Interlocked.Decrement(ref readerCount);
        }
    }

    private Task<OrderRecord?> AskAsync(StreamId stream)
    {
        var result = new TaskCompletionSource<OrderRecord?>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!Post(() => Read(stream, result)))
            result.SetResult(null);
        return result.Task;
    }

    /// <summary>The link came up: what waited for it need not wait any longer.</summary>
    public void NoteLinkUp() => Post(() =>
    {
        alarms.ReleaseHeldBack();
        RingAlarms();
    });

    public async ValueTask DisposeAsync()
    {
        mailbox.Writer.TryComplete();
        alarms.Dispose();
        await loop;
        foreach (var line in lines.Values)
            while (line.Kept.TryDequeue(out var work))
                Complete(work, new WorkResult.Unavailable(Stopping));
    }

    private bool Post(Action message) => mailbox.Writer.TryWrite(message);

    private async Task RunAsync()
    {
        while (await mailbox.Reader.WaitToReadAsync())
            while (mailbox.Reader.TryRead(out var message))
                Run(message);
    }

    /// <summary>A fault in one message is told to the operator, and the loop goes on: the other orders of the shard have no part in it.</summary>
    private void Run(Action message)
    {
        try
        {
            message();
        }
        catch (Exception fault)
        {
            ports.OnFault(fault);
        }
    }

    private void Take(Work work)
    {
        var line = LineOf(work.Stream);
        line.Waiting.Enqueue(work);
        Advance(line);
    }

    private void Read(StreamId stream, TaskCompletionSource<OrderRecord?> result)
    {
        if (lines.TryGetValue(stream, out var line) && line is { IsLoaded: true, Order: not null })
            result.SetResult(line.Record());
        else
            _ = ReadFromLogAsync(stream, result);
    }

    private async Task ReadFromLogAsync(StreamId stream, TaskCompletionSource<OrderRecord?> result)
    {
        try
        {
            var loaded = new OrderLine(stream);
            await LoadAsync(loaded);
            result.SetResult(loaded.Order is null ? null : loaded.Record());
        }
        catch (Exception fault)
        {
            if (fault is OrderUnreadableException unreadable)
                Tell(unreadable);
            result.SetException(fault);
        }
    }

    private OrderLine LineOf(StreamId stream)
    {
        if (!lines.TryGetValue(stream, out var line))
            lines.Add(stream, line = new OrderLine(stream));
        if (line.Idle is not null)
        {
            idle.Remove(line.Idle);
            line.Idle = null;
        }
        return line;
    }

    private void Advance(OrderLine line)
    {
        while (!line.IsBusy && line.Waiting.TryPeek(out var work))
        {
            if (lostWhy is not null)
            {
                line.Waiting.Dequeue();
                Complete(work, new WorkResult.Unavailable(lostWhy));
            }
            else if (!line.IsLoaded && work.NewPerson is null)
            {
                line.IsBusy = true;
                _ = LoadThenAdvanceAsync(line);
            }
            else
            {
                line.Waiting.Dequeue();
                Decide(line, work);
            }
        }
        Rest(line);
    }

    /// <summary>A line at rest stays in memory until fresher ones need the room.</summary>
    private void Rest(OrderLine line)
    {
        if (!line.IsQuiet || line.Idle is not null)
            return;
        line.Idle = idle.AddLast(line);
        if (idle.Count > ports.Options.IdleOrderCountMax)
        {
            var oldest = idle.First!.Value;
            idle.RemoveFirst();
            lines.Remove(oldest.Stream);
        }
    }

    /// <summary>Until the append is handed over nothing of the order has changed, so that a fault on the way there costs this command only.</summary>
    private void Decide(OrderLine line, Work work)
    {
        try
        {
            DecideAndCommit(line, work);
        }
        catch (Exception defect)
        {
            ports.OnFault(defect);
            Complete(work, new WorkResult.Unavailable(NotChanged));
        }
    }

    private void DecideAndCommit(OrderLine line, Work work)
    {
        line.IsLoaded = true;
        line.Person ??= work.NewPerson;
        var now = ports.Clock.GetUtcNow();
        var moment = new Moment(now, ports.Options.Policy, ports.Supplier.Next(), ports.LinkCondition());
        switch (OrderDecider.Decide(line.Order, work.Command, moment))
        {
            case Decision.Refused refused when work.Key is { } key && line.Order is { } order:
                var outcome = new RequestOutcome(Convert.ToBase64String(key.BodyHash.Span), line.Version, work.Patience, refused.Reason, refused.Rule, refused.Until);
                Commit(line, work, new Append(line.Stream, line.Version, lease, now) { Keys = [KeyFor(key, outcome)] }, [], order, refused);
                break;
            case Decision.Refused refused:
                Complete(work, new WorkResult.Refused(refused.Reason, refused.Rule, refused.Until));
                break;
            case Decision.Accepted { Events.Count: 0 } when work.Key is null && work.CompletedOutbox.Count == 0:
                if (work.Command is OrderCommand.Wake && Waking.AlarmOf(line.Order!, ports.Options.Policy) is { } alarm)
                    alarms.HoldBack(line.Stream, alarm > now + ringAgainAfter ? alarm : now + ringAgainAfter);
                Finish(line, work);
                break;
            case Decision.Accepted accepted when Reactions.TellsOfFamily(accepted.Events):
                line.IsBusy = true;
                _ = CommitWithFamilyAsync(line, work, accepted, now);
                break;
            case Decision.Accepted accepted:
                Commit(line, work, AppendFor(line, work, accepted, PurchaseFamily.Alone, now), accepted.Events, accepted.Order, null);
                break;
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>
    /// A notice of a hold tells of the customer's other orders in a row. They are read from the log, so that no shard waits for another; and
    /// a notice that cannot be told of them goes out without.
    /// </summary>
    private async Task CommitWithFamilyAsync(OrderLine line, Work work, Decision.Accepted accepted, DateTimeOffset now)
    {
        var family = PurchaseFamily.Alone;
        try
        {
            family = await OrderFamilies.OfAsync(ports.Log, accepted.Order, CancellationToken.None);
        }
        catch (Exception fault)
        {
            ports.OnFault(fault);
        }
        var isRunning = Post(() =>
        {
            try
            {
                Commit(line, work, AppendFor(line, work, accepted, family, now), accepted.Events, accepted.Order, null);
            }
            catch (Exception defect)
            {
                ports.OnFault(defect);
                Complete(work, new WorkResult.Unavailable(NotChanged));
                line.IsBusy = false;
                Advance(line);
            }
        });
        if (!isRunning)
            Complete(work, new WorkResult.Unavailable(Stopping));
    }

    private Append AppendFor(OrderLine line, Work work, Decision.Accepted accepted, PurchaseFamily family, DateTimeOffset now)
    {
        var keys = new List<UniqueKey>(work.Keys);
        var documents = new List<Document>();
        if (work.Key is { } key)
            keys.Add(KeyFor(key, new RequestOutcome(
                Convert.ToBase64String(key.BodyHash.Span), line.Version + accepted.Events.Count, work.Patience, null, null)));
        if (work.NewPerson is { } person)
            documents.Add(new Document(
                SealedPerson.DocumentIdOf(accepted.Order.Id), accepted.Order.Customer, JsonSerializer.SerializeToUtf8Bytes(person, OrderEventJson.Default.SealedPerson)));
        var before = line.Order ?? Order.Evolve(null, accepted.Events[0]);
        return ports.Reactions.ToAppend(before, accepted.Events, accepted.Order, line.Person, line.Version, lease, now, keys, documents, work.CompletedOutbox, family);
    }

    private static UniqueKey KeyFor(RequestKey key, RequestOutcome outcome) => new(
        OrderKeys.IdempotencyScope, OrderKeys.IdempotencyValue(key), JsonSerializer.SerializeToUtf8Bytes(outcome, OrderEventJson.Default.RequestOutcome));

    private void Commit(OrderLine line, Work work, Append append, IReadOnlyList<OrderEvent> events, Order after, Decision.Refused? refused)
    {
        if (work.Persistence == Persistence.TellClient && AppendLimits.TooLarge(append) is { } what)
        {
            if (line.Version == 0)
                line.Forget();
            Complete(work, new WorkResult.TooLarge(what));
            return;
        }
        line.IsBusy = true;
        _ = CommitAsync(line, work, append, events, after, refused);
    }

    private async Task CommitAsync(OrderLine line, Work work, Append append, IReadOnlyList<OrderEvent> events, Order after, Decision.Refused? refused)
    {
        AppendResult result;
        try
        {
            result = await ports.Append(append);
        }
        catch (Exception fault)
        {
            ports.OnFault(fault);
            result = new AppendResult.Unavailable("The log met a fault; nothing was written.");
        }
        var isRunning = Post(() =>
        {
            line.IsBusy = false;
            try
            {
                Committed(line, work, append, result, events, after, refused);
            }
            catch (Exception fault)
            {
                // What the log holds is right; what memory holds may be half of it.
                line.Forget();
                ports.OnFault(fault);
                Complete(work, new WorkResult.Unavailable(Recorded));
            }
            Advance(line);
        });
        if (!isRunning)
            Complete(work, new WorkResult.Unavailable(Stopping));
    }

    private void Committed(
        OrderLine line, Work work, Append append, AppendResult result, IReadOnlyList<OrderEvent> events, Order after, Decision.Refused? refused)
    {
        switch (result)
        {
            case AppendResult.Committed when refused is not null:
                Complete(work, new WorkResult.Refused(refused.Reason, refused.Rule, refused.Until));
                break;
            case AppendResult.Committed committed:
                (line.Order, line.Version, line.FailureCount) = (after, committed.Version, 0);
                line.History.AddRange(events);
                alarms.Change(line.Stream, append.Alarm);
                ports.NoteDurable(after, events);
                foreach (var request in Reactions.ToNetwork(after, events))
                    ports.Send(after.Id, request, after.AttemptInFlight?.Ordinal);
                Finish(line, work);
                AnswerWaiting(line);
                line.TakeUpKept();
                break;
            case AppendResult.KeyTaken { Key.Scope: OrderKeys.IdempotencyScope }:
                Complete(work, new WorkResult.UsedBefore());
                if (line.Version == 0)
                    line.Forget();
                break;
            case AppendResult.KeyTaken { Key: var key } when work.Keys.Contains(key):
                Complete(work, new WorkResult.NumberTaken());
                if (work.NewPerson is not null)
                    line.Forget();
                break;
            case AppendResult.KeyTaken or AppendResult.VersionConflict when ++work.Tries < TriesMax:
                if (result is AppendResult.VersionConflict)
                    line.Forget();
                PutBack(line, work);
                break;
            case AppendResult.LeaseLost lost:
                lostWhy = $"Another server has taken over this order (epoch {lost.CurrentEpoch}); ask there.";
                Complete(work, new WorkResult.Unavailable(lostWhy));
                break;
            case AppendResult.Unavailable or AppendResult.KeyTaken or AppendResult.VersionConflict when work.Persistence == Persistence.UntilDurable:
                Keep(line, work);
                OfferAgain(line);
                break;
            case AppendResult.Unavailable(var why):
                Complete(work, new WorkResult.Unavailable(why));
                break;
            case AppendResult.KeyTaken or AppendResult.VersionConflict:
                Complete(work, new WorkResult.Unavailable("This order is being changed from elsewhere; nothing was changed. Try again."));
                break;
            default:
                throw new UnreachableException();
        }
    }

    private static void PutBack(OrderLine line, Work work)
    {
        var others = line.Waiting.ToArray();
        line.Waiting.Clear();
        line.Waiting.Enqueue(work);
        foreach (var other in others)
            line.Waiting.Enqueue(other);
    }

    private void Keep(OrderLine line, Work work)
    {
        work.Tries = 0;
        if (line.Kept.Count < KeptCountMax)
            line.Kept.Enqueue(work);
        else
            Complete(work, new WorkResult.Unavailable(KeptTooMany));
    }

    /// <summary>Another failure of the log: what is kept is offered again, the later the oftener it failed.</summary>
    private void OfferAgain(OrderLine line)
    {
        var wait = BackOff.After(line.FailureCount++);
        if (line.Kept.Count == 0 || line.IsOfferingAgain)
            return;
        line.IsOfferingAgain = true;
        _ = OfferAgainAsync(line, wait);
    }

    private async Task OfferAgainAsync(OrderLine line, TimeSpan wait)
    {
        await Task.Delay(wait, ports.Clock);
        Post(() =>
        {
            line.IsOfferingAgain = false;
            line.TakeUpKept();
            Advance(line);
        });
    }

    private void Finish(OrderLine line, Work work)
    {
        if (work.Patience == Patience.UntilSettled && line.Order?.AttemptInFlight is not null)
            line.WaitingForAnswer.Add(work);
        else
            Complete(work, new WorkResult.Done(line.Record()));
    }

    private void AnswerWaiting(OrderLine line)
    {
        if (line.WaitingForAnswer.Count == 0 || line.Order!.AttemptInFlight is not null)
            return;
        var record = line.Record();
        foreach (var work in line.WaitingForAnswer)
            Complete(work, new WorkResult.Done(record));
        line.WaitingForAnswer.Clear();
    }

    /// <summary>The first result stands: a fault may come after it.</summary>
    private void Complete(Work work, WorkResult result)
    {
        if (work.Result.Task.IsCompleted)
            return;
        Interlocked.Decrement(ref waitingCount);
        work.Result.SetResult(result);
    }

    private async Task LoadThenAdvanceAsync(OrderLine line)
    {
        var problem = await TryLoadAsync(line);
        Post(() =>
        {
            line.IsBusy = false;
            if (problem is null)
                line.TakeUpKept();
            else
                PutOff(line, problem);
            Advance(line);
        });
    }

    /// <summary>The order cannot be read: clients are told, the rest is kept.</summary>
    private void PutOff(OrderLine line, string problem)
    {
        while (line.Waiting.TryDequeue(out var work))
            if (work.Persistence == Persistence.UntilDurable)
                Keep(line, work);
            else
                Complete(work, new WorkResult.Unavailable(problem));
        OfferAgain(line);
    }

    private async Task<string?> TryLoadAsync(OrderLine line)
    {
        try
        {
            await LoadAsync(line);
            return null;
        }
        catch (OrderUnreadableException unreadable)
        {
            line.Forget();
            Tell(unreadable);
            return Unreadable;
        }
        catch (Exception fault)
        {
            line.Forget();
            ports.OnFault(fault);
            return "The log cannot be read at this moment; nothing was changed.";
        }
    }

    /// <summary>Once, however often the order is tried: people see it on the agents' list and in the server's health until it can be read.</summary>
    private void Tell(OrderUnreadableException unreadable)
    {
        if (ports.Unreadable.Note(unreadable))
            ports.OnFault(unreadable);
    }

    /// <exception cref="LogUnusableException">The log cannot be read now.</exception>
    /// <exception cref="OrderUnreadableException">It can, but not what it holds of this order.</exception>
    private async Task LoadAsync(OrderLine line)
    {
        try
        {
            await ReadFactsAsync(line);
            ports.Unreadable.Forget(line.Stream);
        }
        catch (Exception damage) when (damage is not LogUnusableException)
        {
            // Whatever a damaged row makes a parser or the fold do, it is this order's alone.
            throw new OrderUnreadableException(line.Stream, damage) { Number = line.Order?.Number };
        }
    }

    private async Task ReadFactsAsync(OrderLine line)
    {
        foreach (var stored in await ports.Log.ReadStreamAsync(line.Stream, 0, CancellationToken.None))
        {
            var happened = StoredOrderEvents.Read(stored);
            line.Order = Order.Evolve(line.Order, happened);
            line.Version = stored.Version;
            line.History.Add(happened);
        }
        if (line.Order is { } order && await ports.Log.ReadDocumentAsync(SealedPerson.DocumentIdOf(order.Id), CancellationToken.None) is { } json)
            line.Person = JsonSerializer.Deserialize(json.Span, OrderEventJson.Default.SealedPerson);
        line.IsLoaded = true;
    }

    private void RingAlarms()
    {
        foreach (var stream in alarms.TakeDue())
        {
            Interlocked.Increment(ref waitingCount);
            Take(new Work(stream, new OrderCommand.Wake(), Persistence.UntilDurable, Patience.RespondAtOnce));
        }
    }
}
