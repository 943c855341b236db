using System.Threading.Channels;

namespace Shonin.EventLog;

/// <summary>
/// Merges what all shards decided into batches, one commit and one flush each. There is no time window: whatever arrives while
/// a commit runs is the next batch, so an idle log answers at once and a busy one shares its flushes.
/// </summary>
public sealed class Appender : IAsyncDisposable
{
    /// <summary>Larger batches brought little more (measured: 256 → 1024 raised events per second by a quarter) and longer waits.</summary>
    public const int BatchCountMax = 256;

    /// <summary>Appends that may wait; beyond that, callers wait to be let in.</summary>
    public const int QueueCountMax = 4 * BatchCountMax;

    private readonly IEventStore store;
    private readonly Channel<Waiting> queue = Channel.CreateBounded<Waiting>(
        new BoundedChannelOptions(QueueCountMax) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
    private readonly Task loop;

    public Appender(IEventStore store)
    {
        this.store = store;
        loop = CommitBatchesAsync();
    }

    /// <summary>Appends that were let in and not yet taken into a batch.</summary>
    internal int QueueCount => queue.Reader.Count;

    /// <summary>
    /// Completes when the append is durable or refused. Appends are committed in the order of the calls. Nothing of the commit
    /// runs on the caller's stack.
    /// </summary>
    /// <exception cref="ArgumentException">The append breaks <see cref="AppendLimits"/>.</exception>
    public async ValueTask<AppendResult> AppendAsync(Append append)
    {
        AppendLimits.Check(append);
        var waiting = new Waiting(append, new(TaskCreationOptions.RunContinuationsAsynchronously));
        try
        {
            await queue.Writer.WriteAsync(waiting);
        }
        catch (ChannelClosedException)
        {
            return new AppendResult.Unavailable("The log is closing and takes no more appends. Try again once it has been opened again.");
        }
        return await waiting.Result.Task;
    }

    /// <summary>Takes no more appends and completes when all that were taken are answered. The store stays open.</summary>
    public async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        await loop;
    }

    private async Task CommitBatchesAsync()
    {
        var batch = new List<Waiting>(BatchCountMax);
        while (await queue.Reader.WaitToReadAsync())
        {
            batch.Clear();
            while (batch.Count < BatchCountMax && queue.Reader.TryRead(out var waiting))
                batch.Add(waiting);
            await CommitAsync(batch);
        }
    }

    private async ValueTask CommitAsync(List<Waiting> batch)
    {
        try
        {
            var results = await store.CommitAsync([.. batch.Select(waiting => waiting.Append)], CancellationToken.None);
            for (var index = 0; index < batch.Count; index++)
                batch[index].Result.SetResult(results[index]);
        }
        catch (Exception unexpected)
        {
            // The store answers operating errors with Unavailable, so this is a defect: each caller gets to see it, and the loop goes on.
            foreach (var waiting in batch)
                waiting.Result.TrySetException(unexpected);
        }
    }

    private sealed record Waiting(Append Append, TaskCompletionSource<AppendResult> Result);
}
