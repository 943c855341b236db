using System.Diagnostics;
using Shonin.EventLog;

namespace Shonin.Streams;

/// <summary>
/// Keeps all streams of one kind: the one loop of the house. Commands of one stream are decided one after the other, each on the state that
/// includes what was decided before but is not durable yet, and its append expects exactly that version; so many decisions, of one stream
/// or of many, share one flush. Where an earlier one is not written after all, the later ones are not either, and are made again. Nothing
/// is told, shown or sent before it is durable.
/// </summary>
public sealed class StreamHost<TState, TCommand, TFact, TReply> : IAsyncDisposable
    where TState : class
    where TCommand : class
    where TFact : class
{
    /// <summary>
    /// A decision that meets a taken key of its own drawing, or an earlier one that was not written, is made again; more often than this is
    /// a defect.
    /// </summary>
    private const int TryCountMax = 20;

    private const string Unreadable =
        "What this stream holds cannot be read; nothing was changed. Whoever runs the server must look at it: shonin log verify.";
    private const string NotReadNow = "The log cannot be read at this moment; nothing was changed.";
    private const string NotChanged = "This met a fault of ours; nothing was changed. The log of the server names it.";
    private const string ChangedElsewhere = "This is being changed from elsewhere; nothing was changed. Try again.";
    private const string KeptTooMany = "This waits for the log, and can keep nothing more.";
    private const string Stopping = "The server is stopping; what was asked may or may not have been done. Ask again with the same key.";

    private readonly StreamKind<TState, TCommand, TFact, TReply> kind;
    private readonly StreamPorts<TState, TFact> ports;
    private readonly StreamLoader<TState, TCommand, TFact, TReply> loader;
    private readonly AlarmClock alarms;
    private readonly CellCache<TState, TFact> cells;
    private readonly KeptCommands<Outcome<TState, TFact, TReply>> kept;
    private readonly OutboxPump messages;
    private Task hearing = Task.CompletedTask;

    /// <summary>It has no timer and no handle, so that closing twice does no harm.</summary>
    private readonly CancellationTokenSource stopping = new();
    private int waitingCount;
    private string? lostWhy;

    private StreamHost(StreamKind<TState, TCommand, TFact, TReply> kind, StreamPorts<TState, TFact> ports)
    {
        (this.kind, this.ports, loader) = (kind, ports, new(kind, ports));
        alarms = new AlarmClock(ports.Clock, stream => _ = WakeAsync(stream));
        cells = new CellCache<TState, TFact>(ports.IdleCountMax, loader.LoadAsync);
        kept = new KeptCommands<Outcome<TState, TFact, TReply>>(ports.Clock, stopping.Token);
        messages = new OutboxPump(ports.Log, StreamMessage.QueueOf(kind.Prefix), ports.Clock, HearAsync, ports.OnFault);
    }

    /// <summary>
    /// Knows every alarm of the kind; <see cref="Start"/> begins to ring them. Whatever was under way when the last owner stopped, its
    /// alarm takes further.
    /// </summary>
    /// <exception cref="LogUnusableException">The log cannot be read.</exception>
    public static async ValueTask<StreamHost<TState, TCommand, TFact, TReply>> OpenAsync(
        StreamKind<TState, TCommand, TFact, TReply> kind,
        StreamPorts<TState, TFact> ports,
        CancellationToken cancellation
    )
    {
        ArgumentNullException.ThrowIfNull(kind);
        ArgumentNullException.ThrowIfNull(ports);
        var host = new StreamHost<TState, TCommand, TFact, TReply>(kind, ports);
        if (kind.Wake is not null)
        {
            for (var shard = 0; shard < ShardMap.ShardCount; shard++)
            {
                foreach (var alarm in await ports.Log.Store.ReadAlarmsAsync(shard, cancellation))
                {
                    if (alarm.Stream.Value.StartsWith(kind.Prefix, StringComparison.Ordinal))
                        host.alarms.Set(alarm.Stream, alarm.At);
                }
            }
        }

        return host;
    }

    /// <summary>
    /// Rings what was due while nobody ran, and from now on whatever is due; hears what other streams tell. Commands are taken before that
    /// too.
    /// </summary>
    public void Start()
    {
        alarms.Ring();
        if (ports.HearsMessages)
            hearing = messages.RunAsync(stopping.Token);
    }

    /// <summary>A client's command: where it cannot be done now the client is told, and asks again itself.</summary>
    public async ValueTask<Outcome<TState, TFact, TReply>> SubmitAsync(
        StreamId stream,
        TCommand command,
        Attachments<TReply>? attachments = null
    )
    {
        if (Interlocked.Increment(ref waitingCount) > ports.WaitingCountMax)
        {
            Interlocked.Decrement(ref waitingCount);
            return new Outcome<TState, TFact, TReply>.Overloaded();
        }
        try
        {
            await kept.OfferFirstAsync(stream);
            return await DecideAsync(stream, command, attachments ?? Attachments<TReply>.None, isClients: true);
        }
        finally
        {
            Interlocked.Decrement(ref waitingCount);
        }
    }

    /// <summary>Something that the world will not tell again: it is offered until it is durable, or the host stops.</summary>
    public async ValueTask<Outcome<TState, TFact, TReply>> SubmitUntilDurableAsync(
        StreamId stream,
        TCommand command,
        Attachments<TReply>? attachments = null
    )
    {
        var brought = attachments ?? Attachments<TReply>.None;
        return await kept.KeepAsync(stream, async () => await DecideAsync(stream, command, brought, isClients: false) switch
            {
                Outcome<TState, TFact, TReply>.Unavailable { MayBeTriedAgain: true } => null,
                var outcome => outcome,
            }) ?? Unavailable(stopping.IsCancellationRequested ? Stopping : KeptTooMany);
    }

    /// <summary>
    /// How many of <see cref="SubmitUntilDurableAsync"/> wait because the log, or their stream, cannot be written or read.
    /// </summary>
    public int KeptCount => kept.Count;

    /// <summary>
    /// The stream as the log holds it; null where it has no facts. It includes whatever was committed before the call, also where the
    /// answer to the append is still on its way: whoever found an item in the outbox, or a row of the feed, finds what it speaks of here.
    /// </summary>
    /// <exception cref="LogUnusableException">The log cannot be read now, or too many ask at once.</exception>
    /// <exception cref="StreamUnreadableException">What the log holds of this stream cannot be read.</exception>
    public async ValueTask<Snapshot<TState, TFact>?> ReadAsync(StreamId stream)
    {
        while (true)
        {
            var cell = await cells.OpenAsync(stream);
            Task<bool> written;
            lock (cell.Gate)
            {
                if (!cell.IsGivenUp && cell.Last is null)
                    return cell.Durable;
                written = cell.Last?.Written.Task ?? Task.FromResult(false);
            }
            if (await written)
            {
                lock (cell.Gate)
                    return cell.Durable;
            }
        }
    }

    /// <summary>The stream once it is durably so.</summary>
    /// <exception cref="OperationCanceledException">The caller, or the host, waits no longer.</exception>
    public async Task<Snapshot<TState, TFact>> WhenAsync(StreamId stream, Func<TState, bool> isMet, CancellationToken cancellation)
    {
        while (true)
        {
            var cell = await cells.OpenAsync(stream);
            Task<Snapshot<TState, TFact>?> awaited;
            lock (cell.Gate)
                awaited = cell.IsGivenUp ? Task.FromResult<Snapshot<TState, TFact>?>(null) : cell.WhenAsync(isMet);
            stopping.Token.ThrowIfCancellationRequested();
            try
            {
                if (await awaited.WaitAsync(cancellation) is { } now)
                    return now;
            }
            catch (OperationCanceledException)
            {
                lock (cell.Gate)
                    cell.Forget(awaited);
                throw;
            }
        }
    }

    /// <summary>The streams whose alarm rings by then, the earliest first.</summary>
    public IReadOnlyList<StreamId> RingingUntil(DateTimeOffset at) => alarms.SetUntil(at);

    /// <summary>What alarms waited for is there: the streams that could do nothing when they were woken are woken again.</summary>
    public void ReleaseHeldBack() => alarms.ReleaseHeldBack();

    /// <summary>Rings no more and waits for nothing; whoever waits is told so. What was handed to the log is written.</summary>
    public async ValueTask DisposeAsync()
    {
        alarms.Dispose();
        stopping.Cancel(); // not CancelAsync: that one leaves the simulation's thread
        foreach (var cell in cells.All())
        {
            bool isBusy;
            lock (cell.Gate)
                isBusy = cell.IsBusy;
            if (isBusy)
                GiveUp(cell, null);
        }
        await hearing;
    }

    private static Outcome<TState, TFact, TReply> Unavailable(string why, bool mayBeTriedAgain = false) =>
        new Outcome<TState, TFact, TReply>.Unavailable(why, mayBeTriedAgain);

    private async ValueTask<Outcome<TState, TFact, TReply>> DecideAsync(
        StreamId stream,
        TCommand command,
        Attachments<TReply> brought,
        bool isClients
    )
    {
        var tried = 0;
        for (var isFirst = true; tried < TryCountMax; isFirst = false)
        {
            if (stopping.IsCancellationRequested || lostWhy is not null)
                return Unavailable(lostWhy ?? Stopping);
            StreamCell<TState, TFact> cell;
            try
            {
                cell = await cells.OpenAsync(stream, brought.IsNew && isFirst);
            }
            catch (StreamUnreadableException)
            {
                return Unavailable(Unreadable, mayBeTriedAgain: true);
            }
            catch (Exception fault)
            {
                ports.OnFault(fault);
                return Unavailable(NotReadNow, mayBeTriedAgain: true);
            }
            var (outcome, isOthers) = await TryDecideAsync(cell, command, brought, isClients);
            if (outcome is not null)
                return outcome;
            if (!isOthers)
                tried++;
        }
        return Unavailable(ChangedElsewhere, mayBeTriedAgain: true);
    }

    /// <returns>
    /// No outcome where it must be decided again; and whether that is because of another command, which was not written and with which
    /// this one fell. Each such command ends or counts a try of its own, so that it comes to an end here too.
    /// </returns>
    private async ValueTask<(Outcome<TState, TFact, TReply>? Outcome, bool IsOthers)> TryDecideAsync(
        StreamCell<TState, TFact> cell,
        TCommand command,
        Attachments<TReply> brought,
        bool isClients
    )
    {
        Begun begun;
        try
        {
            if (Begin(cell, command, brought, isClients) is not { } made)
                return (null, true);
            begun = made;
        }
        catch (Exception defect)
        {
            // Nothing of the stream has changed, so that it costs this command only.
            ports.OnFault(defect);
            return (Unavailable(NotChanged), false);
        }
        if (begun.TooLarge is { } what)
            return (new Outcome<TState, TFact, TReply>.TooLarge(what), false);
        if (begun.Append is not { } append)
        {
            var isSo = begun.Pending is null || await begun.Pending.Written.Task;
            return (isSo ? new Outcome<TState, TFact, TReply>.Done(begun.Reply, begun.After) : null, true);
        }

        return await FinishAsync(cell, begun, append);
    }

    /// <param name="Append">Null where nothing is to be written: then <paramref name="Pending"/> is what it was decided on.</param>
    private sealed record Begun(
        TReply Reply,
        Snapshot<TState, TFact>? After,
        StreamCell<TState, TFact>.Pending? Pending,
        Append? Append,
        Task<AppendResult>? Result,
        Consequences? Consequences
    )
    {
        public string? TooLarge { get; init; }
    }

    /// <summary>
    /// Decides and hands the append over in one go, so that appends of a stream stand in the order of its decisions. Null where the cell is
    /// no good any more.
    /// </summary>
    private Begun? Begin(StreamCell<TState, TFact> cell, TCommand command, Attachments<TReply> brought, bool isClients)
    {
        lock (cell.Gate)
        {
            if (cell.IsGivenUp)
                return null;
            var at = ports.Clock.GetUtcNow();
            var before = cell.Deciding;
            var decided = kind.Decide(cell.Stream, before?.State, command, at);
            if (decided.Facts.Count == 0 && !brought.IsToBeWritten)
            {
                HoldBackWhereDue(cell.Stream, before, command, at);
                return new Begun(decided.Reply, before, cell.Last, null, null, null);
            }

            var after = loader.Evolve(cell.Stream, before, decided.Facts, decided.After);
            var step =
                decided.Facts.Count == 0
                    ? null
                    : new Step<TState, TFact>(cell.Stream, before?.State, decided.Facts, after!.State, after.Version, at);
            var consequences = new Consequences();
            if (step is not null)
                kind.Follow(step, consequences);
            var alarm = after is null ? null : kind.AlarmOf(after.State);
            var append = AppendOf(cell, decided, before?.Version ?? 0, after, at, alarm, brought, consequences);
            if (isClients && AppendLimits.TooLarge(append) is { } what)
                return new Begun(decided.Reply, before, null, null, null, null) { TooLarge = what };
            var pending = cell.Begin(after, step is null || ports.OnDurable is not { } effects ? null : () => RunEffects(effects, step));
            cell.Alarm = (true, alarm);
            alarms.Set(cell.Stream, alarm);
            return new Begun(decided.Reply, after, pending, append, ports.Log.AppendAsync(append).AsTask(), consequences);
        }
    }

    private Append AppendOf(
        StreamCell<TState, TFact> cell,
        Decided<TState, TFact, TReply> decided,
        long expectedVersion,
        Snapshot<TState, TFact>? after,
        DateTimeOffset at,
        DateTimeOffset? alarm,
        Attachments<TReply> brought,
        Consequences consequences
    )
    {
        var version = after?.Version ?? 0;
        var keys = new List<UniqueKey>(brought.Keys.Count + consequences.Keys.Count + consequences.DrawnKeys.Count + 1);
        keys.AddRange(brought.Keys);
        keys.AddRange(consequences.Keys);
        keys.AddRange(consequences.DrawnKeys);
        if (brought.Remember is { } remember)
            keys.Add(remember(decided.Reply, version));
        return new Append(cell.Stream, expectedVersion, ports.Log.LeaseOf(cell.Stream), at)
        {
            Events = [.. decided.Facts.Select(kind.Store)],
            Keys = keys,
            Outbox =
            [
                .. consequences.Outbox,
                .. consequences.Messages.Select(
                    (message, place) => new StreamMessage(cell.Stream, message.To, message.Content).ToItem(version, place, at)
                ),
            ],
            CompletedOutbox = [.. brought.CompletedOutbox, .. consequences.CompletedOutbox],
            Documents =
            [
                .. brought.Documents,
                .. consequences.Documents,
                .. after is not null && kind.Form?.Keep(cell.Stream, expectedVersion, after.Version, after.State) is { } kept
                    ? (ReadOnlySpan<Document>)[kept]
                    : [],
            ],
            ErasedOwners = consequences.ErasedOwners,
            Alarm =
                cell.Alarm is (true, var set) && set == alarm ? AlarmChange.Keep.Instance
                : alarm is { } due ? new AlarmChange.Set(due)
                : AlarmChange.Clear.Instance,
        };
    }

    /// <summary>A wake that comes to nothing although something is due waits for the world: it is woken again, but not at once.</summary>
    private void HoldBackWhereDue(StreamId stream, Snapshot<TState, TFact>? before, TCommand command, DateTimeOffset at)
    {
        if (command != kind.Wake || before is null)
            return;
        var due = kind.AlarmOf(before.State);
        if (due <= at)
            alarms.HoldBack(stream, at);
        else
            alarms.Set(stream, due);
    }

    private void RunEffects(Action<Step<TState, TFact>> effects, Step<TState, TFact> step)
    {
        try
        {
            effects(step);
        }
        catch (Exception fault)
        {
            // It is durable all the same, and is told so; what should have followed is the alarm's.
            ports.OnFault(fault);
        }
    }

    private async ValueTask<(Outcome<TState, TFact, TReply>? Outcome, bool IsOthers)> FinishAsync(
        StreamCell<TState, TFact> cell,
        Begun begun,
        Append append
    )
    {
        AppendResult result;
        try
        {
            result = await begun.Result!;
        }
        catch (Exception fault)
        {
            ports.OnFault(fault);
            result = new AppendResult.Unavailable("The log met a fault; nothing was written.");
        }
        var isOthers = result is not AppendResult.Committed && GiveUp(cell, begun.Pending!);
        return (OutcomeOf(cell, begun, append, result), isOthers);
    }

    /// <summary>Null where it must be decided again.</summary>
    private Outcome<TState, TFact, TReply>? OutcomeOf(StreamCell<TState, TFact> cell, Begun begun, Append append, AppendResult result)
    {
        switch (result)
        {
            case AppendResult.Committed:
                lock (cell.Gate)
                    cell.Written(begun.Pending!);
                kept.NoteWritten(cell.Stream);
                ports.Log.NoteQueued(append.Outbox);
                return new Outcome<TState, TFact, TReply>.Done(begun.Reply, begun.After);
            case AppendResult.VersionConflict:
                return null;
            case AppendResult.KeyTaken { Key: var key } when begun.Consequences!.DrawnKeys.Contains(key):
                return null;
            case AppendResult.KeyTaken { Key: var key, Holder: var holder }:
                return new Outcome<TState, TFact, TReply>.KeyTaken(key, holder);
            case AppendResult.LeaseLost lost:
                lostWhy = $"Another server has taken over {append.Stream} (epoch {lost.CurrentEpoch}); ask there.";
                return Unavailable(lostWhy);
            case AppendResult.Unavailable(var why):
                return Unavailable(why, mayBeTriedAgain: true);
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>What the log holds is right; what memory holds may not be. The alarm in memory goes back to what the log has.</summary>
    /// <returns>Whether what was not written stood behind something else that was not, or may not have been.</returns>
    private bool GiveUp(StreamCell<TState, TFact> cell, StreamCell<TState, TFact>.Pending? unwritten)
    {
        bool isBehind;
        lock (cell.Gate)
        {
            if (cell.IsGivenUp)
                return true;
            isBehind = cell.First != unwritten;
            cell.GiveUp();
            alarms.Set(cell.Stream, cell.Durable is { } held ? kind.AlarmOf(held.State) : null);
        }
        cells.Remove(cell);
        return isBehind;
    }

    private async ValueTask<BringResult> HearAsync(OutboxItem item, CancellationToken cancellation)
    {
        var message = StreamMessage.Of(item);
        var outcome = await DecideAsync(
            message.To,
            kind.Hear(message),
            new() { Keys = [new UniqueKey(StreamMessage.HeardScope, item.Id)], CompletedOutbox = [item.Id] },
            isClients: false
        );
        return
            outcome
                is Outcome<TState, TFact, TReply>.Done
                    or Outcome<TState, TFact, TReply>.KeyTaken { Key.Scope: StreamMessage.HeardScope }
            ? new BringResult.Done()
            : new BringResult.Again(BackOff.After(item.Attempts));
    }

    private async Task WakeAsync(StreamId stream)
    {
        try
        {
            var outcome = await SubmitUntilDurableAsync(stream, kind.Wake!);
            if (outcome is Outcome<TState, TFact, TReply>.Unavailable && lostWhy is null && !stopping.IsCancellationRequested)
                alarms.HoldBack(stream, ports.Clock.GetUtcNow());
        }
        catch (Exception defect)
        {
            ports.OnFault(defect);
            alarms.HoldBack(stream, ports.Clock.GetUtcNow());
        }
    }
}
