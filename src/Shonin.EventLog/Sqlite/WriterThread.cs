using System.Collections.Concurrent;

namespace Shonin.EventLog.Sqlite;

/// <summary>
/// The one thread that writes. SQLite's calls block until the disk has answered; here they block nobody else. Whoever awaits a job goes on
/// elsewhere, never on this thread. What waits is bounded by the callers: each awaits its job, and the appender has one at a time.
/// </summary>
internal sealed class WriterThread : IAsyncDisposable
{
    private readonly BlockingCollection<Action> jobs = [];
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal WriterThread(string name) => new Thread(Work) { IsBackground = true, Name = name }.Start();

    /// <exception cref="ObjectDisposedException">The log was closed.</exception>
    internal Task<T> RunAsync<T>(Func<T> job, CancellationToken cancellation)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var taken = TryPost(() =>
        {
            if (cancellation.IsCancellationRequested)
            {
                result.SetCanceled(cancellation);
                return;
            }
            try
            {
                result.SetResult(job());
            }
            catch (Exception failure)
            {
                // Not ours to judge: the caller awaits it.
                result.SetException(failure);
            }
        });
        ObjectDisposedException.ThrowIf(!taken, typeof(SqliteEventStore));
        return result.Task;
    }

    /// <summary>Whether the thread will still do it; <paramref name="job"/> must not throw.</summary>
    internal bool TryPost(Action job)
    {
        try
        {
            jobs.Add(job);
            return true;
        }
        catch (InvalidOperationException)
        {
            // Adding was completed: the log is closing.
            return false;
        }
    }

    /// <summary>Takes no more jobs and completes when all that were taken are done.</summary>
    public async ValueTask DisposeAsync()
    {
        jobs.CompleteAdding();
        await ended.Task;
    }

    private void Work()
    {
        foreach (var job in jobs.GetConsumingEnumerable())
            job();
        ended.SetResult();
    }
}
