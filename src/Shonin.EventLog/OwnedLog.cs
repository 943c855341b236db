namespace Shonin.EventLog;

/// <summary>
/// A log that this process writes: every shard taken, and the one appender in front of the store. The hosts of all kinds of streams append
/// here, so that all share batches, flushes and the right to write.
/// </summary>
public sealed class OwnedLog : IAsyncDisposable
{
    private readonly Appender appender;
    private readonly ShardLease[] leases;

    private OwnedLog(IEventStore store, ShardLease[] leases) =>
        (Store, this.leases, appender) = (store, leases, new Appender(store, () => Grown?.Invoke()));

    /// <summary>To read from, and for what concerns no stream: putting outbox items off, erasing a person.</summary>
    public IEventStore Store { get; }

    /// <summary>Takes every shard; an earlier owner's appends are refused from here on.</summary>
    /// <exception cref="LogUnusableException">The store cannot be reached.</exception>
    public static async ValueTask<OwnedLog> TakeAsync(IEventStore store, CancellationToken cancellation)
    {
        var leases = new ShardLease[ShardMap.ShardCount];
        for (var shard = 0; shard < leases.Length; shard++)
            leases[shard] = await store.AcquireShardAsync(shard, cancellation);
        return new(store, leases);
    }

    public ShardLease LeaseOf(int shard) => leases[shard];

    /// <summary>The right to append to this stream, as it stands in <see cref="Append.Lease"/>.</summary>
    public ShardLease LeaseOf(StreamId stream) => leases[ShardMap.ShardOf(stream)];

    /// <summary>
    /// Something was durably put into this queue of the outbox: whoever takes from it need not wait to look. Called on whatever thread put
    /// it there.
    /// </summary>
    public event Action<string>? Queued;

    /// <summary>
    /// A batch was committed: whoever follows the log need not wait to look. Called between two commits, so it must take no time.
    /// </summary>
    public event Action? Grown;

    /// <summary>Told by whoever appended it, once it is durable.</summary>
    public void NoteQueued(IReadOnlyList<OutboxItem> items)
    {
        foreach (var item in items)
            Queued?.Invoke(item.Queue);
    }

    /// <inheritdoc cref="Appender.AppendAsync"/>
    public ValueTask<AppendResult> AppendAsync(Append append) => appender.AppendAsync(append);

    /// <summary>Takes no more appends and completes when all that were taken are answered. The store stays open.</summary>
    public ValueTask DisposeAsync() => appender.DisposeAsync();
}
