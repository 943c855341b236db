using Shonin.EventLog;
using Shonin.EventLog.InMemory;

namespace Shonin.Simulation;

/// <summary>
/// A log on a disk that may fail, in the way that its case says. Otherwise it writes and reads as the disk does, and the disk outlives it.
/// </summary>
internal abstract class UnreliableStore(InMemoryEventStore disk) : IEventStore
{
    public InMemoryEventStore Disk => disk;

    public abstract ValueTask<IReadOnlyList<AppendResult>> CommitAsync(IReadOnlyList<Append> batch, CancellationToken cancellation);

    public ValueTask<ShardLease> AcquireShardAsync(int shard, CancellationToken cancellation) =>
        disk.AcquireShardAsync(shard, cancellation);

    public virtual ValueTask<IReadOnlyList<StoredEvent>> ReadStreamAsync(
        StreamId stream,
        long afterVersion,
        CancellationToken cancellation
    ) => disk.ReadStreamAsync(stream, afterVersion, cancellation);

    public virtual ValueTask<long> ReadVersionAsync(StreamId stream, CancellationToken cancellation) =>
        disk.ReadVersionAsync(stream, cancellation);

    public virtual ValueTask<IReadOnlyList<StoredEvent>> ReadAllAsync(long afterPosition, int limit, CancellationToken cancellation) =>
        disk.ReadAllAsync(afterPosition, limit, cancellation);

    public ValueTask<long> LastPositionAsync(CancellationToken cancellation) => disk.LastPositionAsync(cancellation);

    public ValueTask<KeyHolder?> FindKeyAsync(string scope, string value, CancellationToken cancellation) =>
        disk.FindKeyAsync(scope, value, cancellation);

    public ValueTask<string?> GreatestKeyAsync(string scope, CancellationToken cancellation) => disk.GreatestKeyAsync(scope, cancellation);

    public ValueTask<IReadOnlyList<Alarm>> ReadAlarmsAsync(int shard, CancellationToken cancellation) =>
        disk.ReadAlarmsAsync(shard, cancellation);

    public ValueTask<IReadOnlyList<OutboxItem>> ReadOutboxAsync(
        string queue,
        DateTimeOffset dueBefore,
        int limit,
        CancellationToken cancellation
    ) => disk.ReadOutboxAsync(queue, dueBefore, limit, cancellation);

    public ValueTask<IReadOnlyList<OutboxItem>> ReadOutboxFirstsAsync(
        string queue,
        DateTimeOffset dueBefore,
        int limit,
        CancellationToken cancellation
    ) => disk.ReadOutboxFirstsAsync(queue, dueBefore, limit, cancellation);

    public virtual ValueTask PostponeOutboxAsync(string id, DateTimeOffset dueAt, CancellationToken cancellation) =>
        disk.PostponeOutboxAsync(id, dueAt, cancellation);

    public ValueTask<ReadOnlyMemory<byte>?> ReadDocumentAsync(string id, CancellationToken cancellation) =>
        disk.ReadDocumentAsync(id, cancellation);

    public virtual ValueTask EraseOwnerAsync(string owner, CancellationToken cancellation) => disk.EraseOwnerAsync(owner, cancellation);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
