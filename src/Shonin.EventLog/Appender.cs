using System.Threading.Channels;
using Shonin.EventLog.Sqlite;

namespace Shonin.EventLog;

/// <summary>
/// Merges what all shards decided into batches, one commit and one flush each. There is no time window: whatever arrives while
/// a commit runs is the next batch, so an idle log answers at once and a busy one shares its flushes.
/// <para>Where the store has a thread of its own for writing (<see cref="IBatchWriter"/>), that thread takes the batches itself, one after
/// the other.</para>
/// </summary>
public sealed class Appender : IAsyncDisposable
{
    /// <summary>Larger batches brought little more (measured: 256 → 1024 raised events per second by a quarter) and longer waits.</summary>
    public const int BatchCountMax = 256;

    /// <summary>Appends that may wait; beyond that, callers wait to be let in.</summary>
    public const int QueueCountMax = 4 * BatchCountMax;

    private readonly Channel<Waiting> queue = Channel.CreateBounded<Waiting>(
        new BoundedChannelOptions(QueueCountMax) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait }
    );
    private readonly IBatchWriter? writer;
    private readonly Action? onCommitted;
    private readonly Task loop;
    private readonly List<Waiting> batch = new(BatchCountMax);
    private int isPosted;

    /// <param name="onCommitted">Called after each batch, before the next one.</param>
    public Appender(IEventStore store, Action? onCommitted = null)
    {
        this.onCommitted = onCommitted;
        writer = store as IBatchWriter;
        loop = writer is null ? CommitBatchesAsync(store) : Task.CompletedTask;
    }

    /// <summary>Appends that were let in and not yet taken into a batch.</summary>
    internal int QueueCount => queue.Reader.Count;

    /// <summary>
    /// Completes when the append is durable or refused. Appends are committed in the order of the calls. Nothing of the commit
    /// runs on the caller's stack, only what can be done before its turn comes (documents are packed and sealed there).
    /// </summary>
    /// <exception cref="ArgumentException">The append breaks <see cref="AppendLimits"/>.</exception>
    public async ValueTask<AppendResult> AppendAsync(Append append)
    {
        AppendLimits.Check(append);
        Waiting waiting;
        try
        {
            waiting = new(writer?.Prepare(append) ?? new(append, []), new(TaskCreationOptions.RunContinuationsAsynchronously));
            await queue.Writer.WriteAsync(waiting);
        }
        catch (LogUnusableException unreadable)
        {
            return new AppendResult.Unavailable(unreadable.Message);
        }
        catch (ChannelClosedException)
        {
            return new AppendResult.Unavailable("The log is closing and takes no more appends. Try again once it has been opened again.");
        }
        if (writer is not null)
            PostOnce(writer);
        return await waiting.Result.Task;
    }

    /// <summary>Takes no more appends and completes when all that were taken are answered. The store stays open.</summary>
    public async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        await loop;
        if (writer is null)
            return;
        await queue.Reader.Completion; // the last batch is taken …
        var answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (writer.TryPost(answered.SetResult))
            await answered.Task; // … and answered
    }

    private async Task CommitBatchesAsync(IEventStore store)
    {
        while (await queue.Reader.WaitToReadAsync())
        {
            TakeBatch();
            try
            {
                Answer(await store.CommitAsync([.. batch.Select(waiting => waiting.Prepared.Append)], CancellationToken.None));
            }
            catch (Exception unexpected)
            {
                Fail(unexpected);
            }
        }
    }

    /// <summary>At most one job of this appender waits at the writer, so that its other jobs come in between.</summary>
    private void PostOnce(IBatchWriter writer)
    {
        if (Interlocked.Exchange(ref isPosted, 1) == 1 || writer.TryPost(() => CommitBatch(writer)))
            return;
        // The store was closed under us: nobody else will answer those who wait, nor those who still come.
        Interlocked.Exchange(ref isPosted, 0);
        while (queue.Reader.TryRead(out var waiting))
        {
            waiting.Result.TrySetException(
                new ObjectDisposedException(nameof(Appender), "The log was closed before it had taken this append.")
            );
        }
    }

    private void CommitBatch(IBatchWriter writer)
    {
        TakeBatch();
        try
        {
            if (batch.Count > 0)
                Answer(writer.Commit([.. batch.Select(waiting => waiting.Prepared)]));
        }
        catch (Exception unexpected)
        {
            Fail(unexpected);
        }
        Interlocked.Exchange(ref isPosted, 0);
        if (queue.Reader.Count > 0)
            PostOnce(writer);
    }

    private void TakeBatch()
    {
        batch.Clear();
        while (batch.Count < BatchCountMax && queue.Reader.TryRead(out var waiting))
            batch.Add(waiting);
    }

    private void Answer(IReadOnlyList<AppendResult> results)
    {
        for (var index = 0; index < batch.Count; index++)
            batch[index].Result.SetResult(results[index]);
        onCommitted?.Invoke();
    }

    /// <summary>
    /// The store answers operating errors with Unavailable, so this is a defect: each caller gets to see it, and the appender goes on.
    /// </summary>
    private void Fail(Exception unexpected)
    {
        foreach (var waiting in batch)
            waiting.Result.TrySetException(unexpected);
    }

    private sealed record Waiting(PreparedAppend Prepared, TaskCompletionSource<AppendResult> Result);
}

/// <summary>A store that writes on one thread of its own, which an <see cref="Appender"/> may use without a hop in between.</summary>
internal interface IBatchWriter
{
    /// <summary>What can be done for an append before its turn comes, on the thread of whoever appends.</summary>
    PreparedAppend Prepare(Append append);

    /// <summary>Whether the thread will still do it; <paramref name="job"/> must not throw.</summary>
    bool TryPost(Action job);

    /// <summary>As <see cref="IEventStore.CommitAsync"/>, within a job.</summary>
    IReadOnlyList<AppendResult> Commit(IReadOnlyList<PreparedAppend> batch);
}
