using Shonin.EventLog;

namespace Shonin.Streams;

/// <summary>
/// What must not be lost: an answer that is not told a second time, an alarm. Those of one stream are offered one after the other in the
/// order in which they came, so that none overtakes one that could not be written. While the stream cannot be read or written, the first is
/// offered again, ever more seldom, until it is durable; and at once where something else of the stream is written meanwhile.
/// </summary>
internal sealed class KeptCommands<TOutcome>(TimeProvider clock, CancellationToken stopping)
    where TOutcome : class
{
    /// <summary>What one stream keeps while it cannot be written. What comes beyond it is told so.</summary>
    internal const int CountMax = 32;

    private readonly Lock gate = new();
    private readonly Dictionary<StreamId, Line> lines = [];

    private sealed record Kept(Func<ValueTask<TOutcome?>> Offer, TaskCompletionSource<TOutcome?> Result);

    private sealed class Line
    {
        public Queue<Kept> Waiting { get; } = new(1);

        /// <summary>Since the first could not be written, so that all wait; most lines never come to that.</summary>
        public Stuck? Stuck { get; set; }
    }

    private sealed class Stuck
    {
        /// <summary>How often the first was offered again without effect.</summary>
        public int FailureCount { get; set; }
        public TaskCompletionSource Awaken { get; set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>The round that is under way, or comes next.</summary>
        public TaskCompletionSource Round { get; private set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void EndRound()
        {
            Round.TrySetResult();
            Round = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>How many wait because their stream cannot be read or written, of all streams.</summary>
    public int Count
    {
        get
        {
            lock (gate)
                return lines.Values.Where(line => line.Stuck is not null).Sum(line => line.Waiting.Count);
        }
    }

    /// <param name="offer">Tries it; null where it must be tried again.</param>
    /// <returns>What it came to; null where the stream keeps nothing more, or the host stopped.</returns>
    public Task<TOutcome?> KeepAsync(StreamId stream, Func<ValueTask<TOutcome?>> offer)
    {
        var kept = new Kept(offer, new(TaskCreationOptions.RunContinuationsAsynchronously));
        Line? line;
        lock (gate)
        {
            if (lines.TryGetValue(stream, out line))
            {
                if (line.Stuck is not null && line.Waiting.Count >= CountMax)
                    return Task.FromResult<TOutcome?>(null);
                line.Waiting.Enqueue(kept);
                return kept.Result.Task;
            }
            line = lines[stream] = new Line();
            line.Waiting.Enqueue(kept);
        }
        _ = OfferAllAsync(stream, line);
        return kept.Result.Task;
    }

    /// <summary>
    /// Offers what waits on a stream that could not be written before something that came later; ends at once where nothing does.
    /// </summary>
    public Task OfferFirstAsync(StreamId stream)
    {
        lock (gate)
        {
            if (!lines.TryGetValue(stream, out var line) || line.Stuck is not { } stuck)
                return Task.CompletedTask;
            stuck.Awaken.TrySetResult();
            return stuck.Round.Task;
        }
    }

    /// <summary>Something of the stream was written.</summary>
    public void NoteWritten(StreamId stream)
    {
        lock (gate)
        {
            if (lines.TryGetValue(stream, out var line))
                line.Stuck?.Awaken.TrySetResult();
        }
    }

    private async Task OfferAllAsync(StreamId stream, Line line)
    {
        while (await OfferWaitingAsync(stream, line) is { } stuck)
        {
            await WaitAsync(stuck, BackOff.After(stuck.FailureCount++));
            if (stopping.IsCancellationRequested)
            {
                End(stream, line);
                return;
            }
        }
    }

    /// <returns>Where the first could not be written; null where the line has ended.</returns>
    private async Task<Stuck?> OfferWaitingAsync(StreamId stream, Line line)
    {
        while (true)
        {
            Kept first;
            lock (gate)
                first = line.Waiting.Peek();
            var outcome = await OfferAsync(first);
            lock (gate)
            {
                if (outcome is null && !first.Result.Task.IsFaulted)
                {
                    line.Stuck ??= new();
                    line.Stuck.EndRound();
                    return line.Stuck;
                }
                line.Waiting.Dequeue();
                first.Result.TrySetResult(outcome);
                if (line.Stuck is { } stuck)
                    stuck.FailureCount = 0;
                if (line.Waiting.Count > 0)
                    continue;
                lines.Remove(stream);
                line.Stuck?.EndRound();
                return null;
            }
        }
    }

    private void End(StreamId stream, Line line)
    {
        lock (gate)
        {
            lines.Remove(stream);
            line.Stuck?.EndRound();
            foreach (var kept in line.Waiting)
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

    private async Task WaitAsync(Stuck stuck, TimeSpan time)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        await Task.WhenAny(Task.Delay(time, clock, waiting.Token), stuck.Awaken.Task);
        waiting.Cancel(); // not CancelAsync: that one leaves the simulation's thread
        lock (gate)
        {
            if (stuck.Awaken.Task.IsCompleted)
                stuck.Awaken = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
