using System.Collections.Concurrent;
using System.Diagnostics;
using Shonin.EventLog;

namespace Shonin.Streams;

/// <summary>What came of bringing an item of the outbox to whom it is for.</summary>
public abstract record BringResult
{
    private BringResult() { }

    /// <summary>What follows from it is durable, and the item is gone with that.</summary>
    public sealed record Done : BringResult;

    /// <summary>It is brought again, and what its stream queued after it waits.</summary>
    public sealed record Again(TimeSpan Wait) : BringResult;
}

/// <summary>
/// Brings what waits in one queue of the outbox, at least once. An item that cannot be brought now is put off, and holds up nothing but
/// what its stream queued after it.
/// </summary>
/// <param name="bring">
/// Completes the item in the append that says what became of it. What it throws is told, and the item brought again.
/// </param>
public sealed class OutboxPump(
    OwnedLog log,
    string queue,
    TimeProvider clock,
    Func<OutboxItem, CancellationToken, ValueTask<BringResult>> bring,
    Action<Exception> onFault
)
{
    /// <summary>How soon what another server queued is looked for, and what was put off.</summary>
    private static readonly TimeSpan pause = TimeSpan.FromSeconds(1);

    private readonly Signal queued = new(clock);

    /// <summary>What was put off while the log could not note it: until when, and how often it was brought.</summary>
    private readonly ConcurrentDictionary<string, (DateTimeOffset Until, int Attempts)> unnoted = new(StringComparer.Ordinal);

    /// <summary>How many are brought at the same time, each of a stream of its own.</summary>
    public int AtOnceMax { get; init; } = 100;

    /// <summary>How long an item waits that met a fault, by how often it was brought before.</summary>
    public Func<int, TimeSpan> WaitAfterFault { get; init; } = BackOff.After;

    /// <summary>Runs until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        void Note(string to)
        {
            if (to == queue)
                queued.Give();
        }

        log.Queued += Note;
        while (!cancellation.IsCancellationRequested)
        {
            var next = queued.NextAsync();
            if (!await BringDueAsync(cancellation))
                await queued.WaitAsync(next, pause, cancellation);
        }
        log.Queued -= Note;
    }

    /// <summary>Brings what is due, as many as may be at once: whether there may be more.</summary>
    public async ValueTask<bool> BringDueAsync(CancellationToken cancellation)
    {
        try
        {
            var now = clock.GetUtcNow();
            var due = await log.Store.ReadOutboxFirstsAsync(queue, now, AtOnceMax + unnoted.Count, CancellationToken.None);
            var next = due.Where(item => !Waits(item, now)).Take(AtOnceMax);
            var brought = await Task.WhenAll(next.Select(item => BringAsync(item, cancellation).AsTask()));
            return brought.Any(isDone => isDone);
        }
        catch (LogUnusableException fault)
        {
            onFault(fault);
            return false;
        }
    }

    private bool Waits(OutboxItem item, DateTimeOffset now) => unnoted.TryGetValue(item.Id, out var putOff) && putOff.Until > now;

    private async ValueTask<bool> BringAsync(OutboxItem stored, CancellationToken cancellation)
    {
        var item = unnoted.TryGetValue(stored.Id, out var putOff) ? stored with { Attempts = putOff.Attempts } : stored;
        var wait = WaitAfterFault(item.Attempts);
        try
        {
            switch (await bring(item, cancellation))
            {
                case BringResult.Done:
                    unnoted.TryRemove(item.Id, out _);
                    return true;
                case BringResult.Again again:
                    wait = again.Wait;
                    break;
                default:
                    throw new UnreachableException();
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return false; // it waits for the next start
        }
        catch (Exception fault)
        {
            onFault(fault);
        }
        await PutOffAsync(item, clock.GetUtcNow() + wait);
        return false;
    }

    /// <summary>A full disk must not have it brought again in a hurry: where the log cannot note that it waits, it waits here.</summary>
    private async ValueTask PutOffAsync(OutboxItem item, DateTimeOffset until)
    {
        try
        {
            await log.Store.PostponeOutboxAsync(item.Id, until, CancellationToken.None);
            unnoted.TryRemove(item.Id, out _);
        }
        catch (LogUnusableException fault)
        {
            unnoted[item.Id] = (until, item.Attempts + 1);
            onFault(fault);
        }
    }
}
