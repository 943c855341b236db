using Shonin.EventLog;

namespace Shonin.Streams;

/// <summary>
/// One stream in memory. It is decided upon as it will stand once everything that was handed to the log is durable; it is shown as it
/// stands durably. Where an append is not written after all, whatever was decided on it is not written either, and the cell is given up.
/// All members but <see cref="Gate"/> are used under it.
/// </summary>
internal sealed class StreamCell<TState, TFact>
    where TState : class
{
    private readonly Queue<Pending> pending = [];
    private List<Waiter>? waiters;

    /// <param name="durable">What the log holds; null for a stream without facts.</param>
    public StreamCell(StreamId stream, Snapshot<TState, TFact>? durable)
    {
        (Stream, Durable) = (stream, durable);
        Deciding = durable;
    }

    public Lock Gate { get; } = new();
    public StreamId Stream { get; }

    /// <summary>As the log holds it.</summary>
    public Snapshot<TState, TFact>? Durable { get; private set; }

    /// <summary>As the next decision finds it.</summary>
    public Snapshot<TState, TFact>? Deciding { get; private set; }

    /// <summary>What the log holds as this stream's alarm once all is written; not known before the first append.</summary>
    public (bool IsKnown, DateTimeOffset? At) Alarm { get; set; }

    /// <summary>An append was not written: whatever builds on it would be wrong.</summary>
    public bool IsGivenUp { get; private set; }

    public bool IsBusy => pending.Count > 0 || waiters is { Count: > 0 };

    /// <summary>The append that was handed to the log last, or null where none is under way.</summary>
    public Pending? Last => pending.Count == 0 ? null : pending.Last();

    /// <summary>The append that was handed to the log first of those whose result is not known.</summary>
    public Pending? First => pending.TryPeek(out var first) ? first : null;

    /// <summary>A decision on its way to the disk.</summary>
    internal sealed record Pending(Snapshot<TState, TFact>? After, Action? Effects)
    {
        /// <summary>True once it is durable, false where it never will be.</summary>
        public TaskCompletionSource<bool> Written { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public Pending Begin(Snapshot<TState, TFact>? after, Action? effects)
    {
        var begun = new Pending(after, effects);
        pending.Enqueue(begun);
        Deciding = after;
        return begun;
    }

    /// <summary>It is durable, and so is what was handed over before it, whoever heard of it first.</summary>
    public void Written(Pending written)
    {
        if (!pending.Contains(written))
            return;
        Pending one;
        do
        {
            one = pending.Dequeue();
            Durable = one.After;
            one.Effects?.Invoke();
            one.Written.TrySetResult(true);
        } while (one != written);
        if (Durable is not { } now || waiters is null)
            return;
        foreach (var waiter in waiters.Where(waiter => waiter.IsMet(now.State)).ToList())
        {
            waiters.Remove(waiter);
            waiter.Result.TrySetResult(now);
        }
    }

    /// <summary>From here on the stream is read again from the log.</summary>
    public void GiveUp()
    {
        IsGivenUp = true;
        while (pending.TryDequeue(out var one))
            one.Written.TrySetResult(false);
        foreach (var waiter in waiters ?? [])
            waiter.Result.TrySetResult(null);
        waiters = null;
    }

    /// <summary>The stream once it is durably so; null where the cell was given up before.</summary>
    public Task<Snapshot<TState, TFact>?> WhenAsync(Func<TState, bool> isMet)
    {
        if (Durable is { } now && isMet(now.State))
            return Task.FromResult<Snapshot<TState, TFact>?>(now);
        var waiter = new Waiter(isMet);
        (waiters ??= []).Add(waiter);
        return waiter.Result.Task;
    }

    /// <summary>Whoever waited for <see cref="WhenAsync"/> went away.</summary>
    public void Forget(Task<Snapshot<TState, TFact>?> awaited) => waiters?.RemoveAll(waiter => waiter.Result.Task == awaited);

    private sealed record Waiter(Func<TState, bool> IsMet)
    {
        public TaskCompletionSource<Snapshot<TState, TFact>?> Result { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
