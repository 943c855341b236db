using Shonin.EventLog;

namespace Shonin.Streams;

/// <summary>
/// What must not be lost, while a stream cannot be read or written: an answer that is not told a second time, an alarm. It waits in the order in which it
/// came and is offered again, ever more seldom, until it is durable; and at once where something else of the stream is written meanwhile.
/// </summary>
internal sealed class KeptCommands<TOutcome>(TimeProvider clock, CancellationToken stopping)
    where TOutcome : class
{
    /// <summary>What one stream keeps. What comes beyond it is told so.</summary>
    internal const int CountMax = 32;

    private readonly Lock gate = new();
    private readonly Dictionary<StreamId, Line> lines = [];
    private long lastTicket;

    private sealed record Kept(Func<ValueTask<TOutcome?>> Offer, TaskCompletionSource<TOutcome?> Result);

    private sealed class Line
    {
        public SortedDictionary<long, Kept> Waiting { get; } = [];
        public TaskCompletionSource Awaken { get; set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
        /// <summary>The round that is under way, or comes next.</summary>
        public TaskCompletionSource Round { get; set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>How many wait, of all streams.</summary>
    public int Count
    {
        get
        {
            lock (gate)
                return lines.Values.Sum(line => line.Waiting.Count);
        }
    }

    /// <summary>Whether others of the stream wait already: whoever comes later waits behind them.</summary>
    public bool HasLine(StreamId stream)
    {
        lock (gate)
            return lines.ContainsKey(stream);
    }

    /// <summary>The place of a command among those of its stream: in the order of the calls, however long each takes to fail.</summary>
    public long TakeTicket() => Interlocked.Increment(ref lastTicket);

    /// <param name="offer">Tries it; null where it must be tried again.</param>
    /// <returns>What it came to; null where the stream keeps nothing more, or the host stopped.</returns>
    public Task<TOutcome?> KeepAsync(StreamId stream, long ticket, Func<ValueTask<TOutcome?>> offer)
    {
        var kept = new Kept(offer, new(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (gate)
        {
            var isFirst = !lines.TryGetValue(stream, out var line);
            line ??= lines[stream] = new Line();
            if (line.Waiting.Count >= CountMax)
                return Task.FromResult<TOutcome?>(null);
            line.Waiting.Add(ticket, kept);
            if (isFirst)
                _ = OfferAsync(stream, line);
        }
        return kept.Result.Task;
    }

    /// <summary>Offers what the stream keeps before something that came later; ends at once where it keeps nothing.</summary>
    public Task OfferFirstAsync(StreamId stream)
    {
        lock (gate)
        {
            if (!lines.TryGetValue(stream, out var line))
                return Task.CompletedTask;
            line.Awaken.TrySetResult();
            return line.Round.Task;
        }
    }

    /// <summary>Something of the stream was written.</summary>
    public void NoteWritten(StreamId stream)
    {
        if (lines.Count == 0)
            return;
        lock (gate)
            if (lines.TryGetValue(stream, out var line))
                line.Awaken.TrySetResult();
    }

    private async Task OfferAsync(StreamId stream, Line line)
    {
        for (var failureCount = 0; ;)
        {
            await WaitAsync(line, BackOff.After(failureCount));
            if (stopping.IsCancellationRequested)
                break;
            while (First(line) is var (ticket, kept))
            {
                var outcome = await OfferAsync(kept);
                if (outcome is null && !kept.Result.Task.IsFaulted)
                {
                    failureCount++;
                    break;
                }
                failureCount = 0;
                lock (gate)
                    line.Waiting.Remove(ticket);
                kept.Result.TrySetResult(outcome);
            }
            lock (gate)
            {
                line.Round.TrySetResult();
                line.Round = new(TaskCreationOptions.RunContinuationsAsynchronously);
                if (line.Waiting.Count > 0)
                    continue;
                lines.Remove(stream);
                return;
            }
        }
        lock (gate)
        {
            lines.Remove(stream);
            line.Round.TrySetResult();
            foreach (var kept in line.Waiting.Values)
                kept.Result.TrySetResult(null);
        }
    }

    private static async ValueTask<TOutcome?> OfferAsync(Kept kept)
    {
        try
        {
            return await kept.Offer();
        }
        catch (Exception fault)
        {
            kept.Result.TrySetException(fault);
            return null;
        }
    }

    private (long Ticket, Kept Kept)? First(Line line)
    {
        lock (gate)
            return line.Waiting.Count == 0 ? null : (line.Waiting.First().Key, line.Waiting.First().Value);
    }

    private async Task WaitAsync(Line line, TimeSpan time)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        await Task.WhenAny(Task.Delay(time, clock, waiting.Token), line.Awaken.Task);
        waiting.Cancel(); // not CancelAsync: that one leaves the simulation's thread
        lock (gate)
            if (line.Awaken.Task.IsCompleted)
                line.Awaken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
