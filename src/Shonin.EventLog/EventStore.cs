namespace Shonin.EventLog;

/// <summary>The name of one stream, at most 100 printable ASCII characters: <c>order-0193…</c>, <c>card-…</c>.</summary>
public readonly record struct StreamId(string Value)
{
    public override string ToString() => Value;
}

/// <summary>A fact that is to be appended. <paramref name="Type"/> is its stored name, <paramref name="Payload"/> UTF-8 JSON.</summary>
public sealed record NewEvent(string Type, ReadOnlyMemory<byte> Payload);

/// <summary>A fact as the log holds it. Versions of a stream and positions of the log both start at 1 and have no gaps.</summary>
/// <param name="Hash">32 bytes: SHA-256 over the previous hash of the stream and everything in this row.</param>
public sealed record StoredEvent(
    long Position,
    StreamId Stream,
    long Version,
    DateTimeOffset At,
    string Type,
    ReadOnlyMemory<byte> Payload,
    ReadOnlyMemory<byte> Hash
);

/// <summary>Something that may exist once: an order number, a claim on the wire, a notice, an idempotency key.</summary>
/// <param name="Scope">What kind of thing it is; a short constant.</param>
/// <param name="Content">What the holder wants to find beside it, or empty.</param>
public sealed record UniqueKey(string Scope, string Value, ReadOnlyMemory<byte> Content = default);

/// <summary>Who holds a <see cref="UniqueKey"/>, and what it put beside it.</summary>
public sealed record KeyHolder(StreamId Stream, ReadOnlyMemory<byte> Content);

/// <summary>Work for the outside world, durable with the events that cause it and done at least once.</summary>
/// <param name="Id">
/// Unique and stable: the receiver's key against repeats. An id that still waits in the outbox is refused as
/// <see cref="AppendResult.KeyTaken"/> in the scope <see cref="IdScope"/>.
/// </param>
/// <param name="Queue">Who takes it: <c>mail</c>, <c>webhook</c> …</param>
/// <param name="DueAt">Not before this; stored with millisecond precision, rounded up.</param>
public sealed record OutboxItem(
    string Id,
    string Queue,
    StreamId Stream,
    ReadOnlyMemory<byte> Payload,
    DateTimeOffset DueAt,
    int Attempts = 0
)
{
    public const string IdScope = "outbox";
}

/// <summary>
/// Bytes kept beside the log, never inside the hash chain, so that they can be erased: personal data and texts that hold them.
/// They are encrypted under a key of their <paramref name="Owner"/>; erasing the owner's key erases them all.
/// A document under an id that exists already takes its place.
/// </summary>
public sealed record Document(string Id, string Owner, ReadOnlyMemory<byte> Content)
{
    /// <summary>
    /// The document that this one was made from, or null. Where that one is gone when this one is written, its owner was erased meanwhile:
    /// this one is left out, and the rest of the append is written.
    /// </summary>
    public string? MadeFrom { get; init; }
}

/// <summary>What a stream does about its one alarm in an append.</summary>
public abstract record AlarmChange
{
    private AlarmChange() { }

    public sealed record Keep : AlarmChange
    {
        public static readonly Keep Instance = new();
    }

    public sealed record Clear : AlarmChange
    {
        public static readonly Clear Instance = new();
    }

    /// <param name="At">Stored with millisecond precision, rounded up, so that it never rings early.</param>
    public sealed record Set(DateTimeOffset At) : AlarmChange;
}

/// <summary>A stream whose alarm is set. Each stream has at most one; it survives restarts until an append changes it.</summary>
public sealed record Alarm(StreamId Stream, DateTimeOffset At);

/// <summary>The right to append to the streams of one shard. A later owner has a higher epoch, and the earlier one is refused.</summary>
public readonly record struct ShardLease(int Shard, long Epoch);

/// <summary>Everything that one decision makes durable, all or nothing.</summary>
/// <param name="ExpectedVersion">The stream's version before this append; 0 for a new stream. Also checked when <see cref="Events"/> is
///   empty.</param>
/// <param name="At">When it happened, as the decision saw the clock; stored with millisecond precision.</param>
public sealed record Append(StreamId Stream, long ExpectedVersion, ShardLease Lease, DateTimeOffset At)
{
    public IReadOnlyList<NewEvent> Events { get; init; } = [];
    public IReadOnlyList<UniqueKey> Keys { get; init; } = [];
    public IReadOnlyList<OutboxItem> Outbox { get; init; } = [];

    /// <summary>Outbox items that are done with this append. Completing one that is gone already is no error.</summary>
    public IReadOnlyList<string> CompletedOutbox { get; init; } = [];
    public IReadOnlyList<Document> Documents { get; init; } = [];

    /// <summary>
    /// Owners whose keys and documents are destroyed with this append, as by <see cref="IEventStore.EraseOwnerAsync"/>; its own documents
    /// are written after that.
    /// </summary>
    public IReadOnlyList<string> ErasedOwners { get; init; } = [];
    public AlarmChange Alarm { get; init; } = AlarmChange.Keep.Instance;
}

/// <summary>What became of an <see cref="Append"/>. Anything but <see cref="Committed"/> left no trace.</summary>
public abstract record AppendResult
{
    private AppendResult() { }

    /// <param name="Version">The stream's version now.</param>
    public sealed record Committed(long Version) : AppendResult;

    public sealed record VersionConflict(long Actual) : AppendResult;

    public sealed record KeyTaken(UniqueKey Key, StreamId Holder) : AppendResult;

    /// <summary>Another owner has taken the shard since.</summary>
    public sealed record LeaseLost(long CurrentEpoch) : AppendResult;

    /// <summary>The store could not write: disk full, database gone. Nothing was written; <paramref name="Why"/> says what to do.</summary>
    public sealed record Unavailable(string Why) : AppendResult;
}

/// <summary>
/// What can be asked of a log. A running server, an in-memory log and a read-only opening of a data folder all answer it. Where the store
/// cannot be reached (disk full, file gone), everything but <see cref="IEventStore.CommitAsync"/> throws
/// <see cref="LogUnusableException"/>.
/// </summary>
public interface IEventReader : IAsyncDisposable
{
    ValueTask<IReadOnlyList<StoredEvent>> ReadStreamAsync(StreamId stream, long afterVersion, CancellationToken cancellation);

    /// <summary>The version of a stream's newest event; 0 where it has none. It costs the same for a stream of millions.</summary>
    ValueTask<long> ReadVersionAsync(StreamId stream, CancellationToken cancellation);

    /// <summary>Events in the order of their positions, at most <paramref name="limit"/>.</summary>
    ValueTask<IReadOnlyList<StoredEvent>> ReadAllAsync(long afterPosition, int limit, CancellationToken cancellation);

    /// <summary>The position of the newest event; 0 where there is none.</summary>
    ValueTask<long> LastPositionAsync(CancellationToken cancellation);

    ValueTask<KeyHolder?> FindKeyAsync(string scope, string value, CancellationToken cancellation);

    /// <summary>The greatest value in a scope, by comparison of its UTF-8 bytes, or null where the scope is empty.</summary>
    ValueTask<string?> GreatestKeyAsync(string scope, CancellationToken cancellation);

    /// <summary>The alarms of a shard, the earliest first, then by stream name.</summary>
    ValueTask<IReadOnlyList<Alarm>> ReadAlarmsAsync(int shard, CancellationToken cancellation);

    /// <summary>Outbox items of a queue that are due at <paramref name="dueBefore"/> or before, the oldest first.</summary>
    ValueTask<IReadOnlyList<OutboxItem>> ReadOutboxAsync(string queue, DateTimeOffset dueBefore, int limit, CancellationToken cancellation);

    /// <summary>
    /// As <see cref="ReadOutboxAsync"/>, but of each stream only the item of the queue that came first: while that one waits, whether it
    /// is due or not, the later ones of its stream are not given.
    /// </summary>
    ValueTask<IReadOnlyList<OutboxItem>> ReadOutboxFirstsAsync(
        string queue,
        DateTimeOffset dueBefore,
        int limit,
        CancellationToken cancellation
    );

    /// <summary>A document in clear, or null where there is none or its owner was erased.</summary>
    ValueTask<ReadOnlyMemory<byte>?> ReadDocumentAsync(string id, CancellationToken cancellation);
}

/// <summary>
/// The log's contract. Two implementations stand behind it, SQLite and memory, and one compliance suite runs against both.
/// Commits come from one <see cref="Appender"/>; reads may come from anywhere.
/// </summary>
public interface IEventStore : IEventReader
{
    /// <summary>
    /// Writes a batch in one transaction with one flush. Each append stands for itself: one that is refused does not harm the
    /// others. Results are in the order of the batch; appends to one stream in one batch follow one another.
    /// </summary>
    /// <exception cref="ArgumentException">An append breaks <see cref="AppendLimits"/>; nothing of the batch was written.</exception>
    ValueTask<IReadOnlyList<AppendResult>> CommitAsync(IReadOnlyList<Append> batch, CancellationToken cancellation);

    /// <summary>Takes a shard: raises its epoch, durably, and returns it.</summary>
    ValueTask<ShardLease> AcquireShardAsync(int shard, CancellationToken cancellation);

    /// <summary>Puts an item off after a failed try, durably, and counts the try. An item that is gone already is no error.</summary>
    ValueTask PostponeOutboxAsync(string id, DateTimeOffset dueAt, CancellationToken cancellation);

    /// <summary>
    /// Destroys the owner's key and documents: they are overwritten, and no copy stays in the write-ahead log for longer than somebody else
    /// reads from it. The hash chain still verifies.
    /// </summary>
    ValueTask EraseOwnerAsync(string owner, CancellationToken cancellation);
}
