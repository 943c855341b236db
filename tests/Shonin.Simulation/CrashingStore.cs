using Shonin.EventLog;
using Shonin.EventLog.InMemory;

namespace Shonin.Simulation;

/// <summary>What happens to a process at a durable write.</summary>
internal enum CrashPoint { None, BeforeWrite, AfterWrite }

/// <summary>
/// A disk that outlives its process: every commit asks the seed whether the process dies just before or just after the write. A commit
/// takes as long as a flush does, so that batches form as they do on a real disk.
/// </summary>
internal sealed class CrashingStore(
    InMemoryEventStore disk, TimeProvider clock, Func<TimeSpan> flushTime, Func<CrashPoint> nextCrash, Action kill, Action<IReadOnlyList<Append>, IReadOnlyList<AppendResult>> committed)
    : IEventStore
{
    public async ValueTask<IReadOnlyList<AppendResult>> CommitAsync(IReadOnlyList<Append> batch, CancellationToken cancellation)
    {
        await Task.Delay(flushTime(), clock, CancellationToken.None);
        var crash = nextCrash();
        if (crash == CrashPoint.BeforeWrite)
            return await DieAsync();
        var results = await disk.CommitAsync(batch, cancellation);
        committed(batch, results);
        return crash == CrashPoint.AfterWrite ? await DieAsync() : results;
    }

    public ValueTask<ShardLease> AcquireShardAsync(int shard, CancellationToken cancellation) => disk.AcquireShardAsync(shard, cancellation);

    public ValueTask<IReadOnlyList<StoredEvent>> ReadStreamAsync(StreamId stream, long afterVersion, CancellationToken cancellation) =>
        disk.ReadStreamAsync(stream, afterVersion, cancellation);

    public ValueTask<IReadOnlyList<StoredEvent>> ReadAllAsync(long afterPosition, int limit, CancellationToken cancellation) =>
        disk.ReadAllAsync(afterPosition, limit, cancellation);

    public ValueTask<KeyHolder?> FindKeyAsync(string scope, string value, CancellationToken cancellation) => disk.FindKeyAsync(scope, value, cancellation);

    public ValueTask<string?> GreatestKeyAsync(string scope, CancellationToken cancellation) => disk.GreatestKeyAsync(scope, cancellation);

    public ValueTask<IReadOnlyList<Alarm>> ReadAlarmsAsync(int shard, CancellationToken cancellation) => disk.ReadAlarmsAsync(shard, cancellation);

    public ValueTask<IReadOnlyList<OutboxItem>> ReadOutboxAsync(string queue, DateTimeOffset dueBefore, int limit, CancellationToken cancellation) =>
        disk.ReadOutboxAsync(queue, dueBefore, limit, cancellation);

    public ValueTask PostponeOutboxAsync(string id, DateTimeOffset dueAt, CancellationToken cancellation) => disk.PostponeOutboxAsync(id, dueAt, cancellation);

    public ValueTask<ReadOnlyMemory<byte>?> ReadDocumentAsync(string id, CancellationToken cancellation) => disk.ReadDocumentAsync(id, cancellation);

    public ValueTask EraseOwnerAsync(string owner, CancellationToken cancellation) => disk.EraseOwnerAsync(owner, cancellation);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<IReadOnlyList<AppendResult>> DieAsync()
    {
        kill();
        await new TaskCompletionSource().Task;
        return [];
    }
}
