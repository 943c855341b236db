using System.Text;
using Shonin.EventLog.Evidence;

namespace Shonin.EventLog.InMemory;

/// <summary>
/// The log in memory, for simulations and specs: the same contract as SQLite's, decided by the same compliance suite. The object is the
/// disk. It outlives every appender and shard that uses it, disposing it changes nothing, and whoever holds it can go on after a "crash".
/// The same calls in the same order give the same bytes, so two runs of one seed have the same <see cref="Head"/>.
/// Documents are kept in clear: there is nothing on a disk to protect.
/// </summary>
public sealed class InMemoryEventStore : IEventStore
{
    private readonly Lock gate = new();
    private readonly List<StoredEvent> log = [];
    private readonly LogTree tree = new();
    private readonly Dictionary<StreamId, List<StoredEvent>> streams = [];
    private readonly Dictionary<string, KeyScope> scopes = [];

    /// <summary>Those of each shard: whoever takes the log over asks shard by shard.</summary>
    private readonly Dictionary<StreamId, long>[] alarms =
    [
        .. Enumerable.Range(0, ShardMap.ShardCount).Select(_ => new Dictionary<StreamId, long>()),
    ];
    private readonly InMemoryOutbox outbox = new();
    private readonly Dictionary<string, Document> documents = [];
    private readonly long[] epochs = new long[ShardMap.ShardCount];

    /// <summary>The fingerprint of everything that was ever appended.</summary>
    public LogHead Head
    {
        get
        {
            lock (gate)
                return tree.Head;
        }
    }

    public ValueTask<IReadOnlyList<AppendResult>> CommitAsync(IReadOnlyList<Append> batch, CancellationToken cancellation)
    {
        AppendLimits.Check(batch);
        lock (gate)
            return DoneAsync<IReadOnlyList<AppendResult>>([.. batch.Select(append => Refusal(append) ?? Write(append))]);
    }

    private AppendResult? Refusal(Append append)
    {
        var epoch = epochs[append.Lease.Shard];
        if (append.Lease.Epoch != epoch)
            return new AppendResult.LeaseLost(epoch);

        var version = VersionOf(append.Stream);
        if (append.ExpectedVersion != version)
            return new AppendResult.VersionConflict(version);

        var ownKeys = new HashSet<(string, string)>();
        foreach (var key in append.Keys)
        {
            if (!ownKeys.Add((key.Scope, key.Value)))
                return new AppendResult.KeyTaken(key, append.Stream);
            if (scopes.GetValueOrDefault(key.Scope)?.Holders.GetValueOrDefault(key.Value) is { } holder)
                return new AppendResult.KeyTaken(key, holder.Stream);
        }

        var ownIds = new HashSet<string>();
        foreach (var item in append.Outbox)
        {
            if (!ownIds.Add(item.Id))
                return new AppendResult.KeyTaken(new UniqueKey(OutboxItem.IdScope, item.Id), append.Stream);
            if (outbox.Find(item.Id) is { } waiting)
                return new AppendResult.KeyTaken(new UniqueKey(OutboxItem.IdScope, item.Id), waiting.Stream);
        }
        return null;
    }

    private AppendResult.Committed Write(Append append)
    {
        foreach (var written in append.Events)
            WriteEvent(append, written);
        foreach (var key in append.Keys)
        {
            if (!scopes.TryGetValue(key.Scope, out var scope))
                scopes.Add(key.Scope, scope = new KeyScope());
            scope.Holders.Add(key.Value, new KeyHolder(append.Stream, key.Content.ToArray()));
            if (scope.Greatest is null || CompareUtf8(key.Value, scope.Greatest) > 0)
                scope.Greatest = key.Value;
        }
        foreach (var id in append.CompletedOutbox)
            outbox.Remove(id);
        foreach (var item in append.Outbox)
            outbox.Add(item);
        foreach (var owner in append.ErasedOwners)
            Erase(owner);
        foreach (var document in append.Documents.Where(document => document.MadeFrom is not { } source || documents.ContainsKey(source)))
            documents[document.Id] = document with { Content = document.Content.ToArray() };
        switch (append.Alarm)
        {
            case AlarmChange.Keep:
                break;
            case AlarmChange.Clear:
                alarms[append.Lease.Shard].Remove(append.Stream);
                break;
            case AlarmChange.Set set:
                alarms[append.Lease.Shard][append.Stream] = Milliseconds.Ceiling(set.At);
                break;
        }
        return new AppendResult.Committed(VersionOf(append.Stream));
    }

    private void Erase(string owner)
    {
        foreach (var id in documents.Values.Where(document => document.Owner == owner).Select(document => document.Id).ToList())
            documents.Remove(id);
    }

    private void WriteEvent(Append append, NewEvent written)
    {
        if (!streams.TryGetValue(append.Stream, out var stream))
            streams.Add(append.Stream, stream = []);
        var previous = stream.Count == 0 ? EventHash.BeforeFirst : stream[^1].Hash;
        var position = log.Count + 1;
        var version = stream.Count + 1;
        var at = Milliseconds.ToTime(Milliseconds.Floor(append.At));
        var hash = EventHash.Compute(previous.Span, position, append.Stream, version, at, written.Type, written.Payload.Span);
        var stored = new StoredEvent(position, append.Stream, version, at, written.Type, written.Payload.ToArray(), hash);
        stream.Add(stored);
        log.Add(stored);
        tree.Add(hash);
    }

    private long VersionOf(StreamId stream) => streams.GetValueOrDefault(stream)?.Count ?? 0;

    public ValueTask<ShardLease> AcquireShardAsync(int shard, CancellationToken cancellation)
    {
        AppendLimits.CheckShard(shard);
        lock (gate)
            return DoneAsync(new ShardLease(shard, ++epochs[shard]));
    }

    public ValueTask<IReadOnlyList<StoredEvent>> ReadStreamAsync(StreamId stream, long afterVersion, CancellationToken cancellation)
    {
        lock (gate)
            return DoneAsync<IReadOnlyList<StoredEvent>>([.. streams.GetValueOrDefault(stream, []).Skip((int)afterVersion)]);
    }

    public ValueTask<long> ReadVersionAsync(StreamId stream, CancellationToken cancellation)
    {
        lock (gate)
            return DoneAsync(VersionOf(stream));
    }

    public ValueTask<IReadOnlyList<StoredEvent>> ReadAllAsync(long afterPosition, int limit, CancellationToken cancellation)
    {
        lock (gate)
            return DoneAsync<IReadOnlyList<StoredEvent>>([.. log.Skip((int)afterPosition).Take(limit)]);
    }

    public ValueTask<long> LastPositionAsync(CancellationToken cancellation)
    {
        lock (gate)
            return DoneAsync((long)log.Count);
    }

    public ValueTask<KeyHolder?> FindKeyAsync(string scope, string value, CancellationToken cancellation)
    {
        lock (gate)
            return DoneAsync(scopes.GetValueOrDefault(scope)?.Holders.GetValueOrDefault(value));
    }

    public ValueTask<string?> GreatestKeyAsync(string scope, CancellationToken cancellation)
    {
        lock (gate)
            return DoneAsync(scopes.GetValueOrDefault(scope)?.Greatest);
    }

    public ValueTask<IReadOnlyList<Alarm>> ReadAlarmsAsync(int shard, CancellationToken cancellation)
    {
        AppendLimits.CheckShard(shard);
        lock (gate)
        {
            return DoneAsync<IReadOnlyList<Alarm>>([
                .. alarms[shard]
                    .OrderBy(alarm => alarm.Value)
                    .ThenBy(alarm => alarm.Key.Value, StringComparer.Ordinal)
                    .Select(alarm => new Alarm(alarm.Key, Milliseconds.ToTime(alarm.Value))),
            ]);
        }
    }

    public ValueTask<IReadOnlyList<OutboxItem>> ReadOutboxAsync(
        string queue,
        DateTimeOffset dueBefore,
        int limit,
        CancellationToken cancellation
    )
    {
        lock (gate)
            return DoneAsync<IReadOnlyList<OutboxItem>>([.. outbox.Due(queue, Milliseconds.Floor(dueBefore)).Take(limit)]);
    }

    public ValueTask<IReadOnlyList<OutboxItem>> ReadOutboxFirstsAsync(
        string queue,
        DateTimeOffset dueBefore,
        int limit,
        CancellationToken cancellation
    )
    {
        lock (gate)
            return DoneAsync<IReadOnlyList<OutboxItem>>([.. outbox.DueFirsts(queue, Milliseconds.Floor(dueBefore)).Take(limit)]);
    }

    public ValueTask PostponeOutboxAsync(string id, DateTimeOffset dueAt, CancellationToken cancellation)
    {
        lock (gate)
            outbox.Postpone(id, Milliseconds.Ceiling(dueAt));
        return ValueTask.CompletedTask;
    }

    public ValueTask<ReadOnlyMemory<byte>?> ReadDocumentAsync(string id, CancellationToken cancellation)
    {
        lock (gate)
            return DoneAsync(documents.GetValueOrDefault(id)?.Content);
    }

    public ValueTask EraseOwnerAsync(string owner, CancellationToken cancellation)
    {
        lock (gate)
            Erase(owner);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static ValueTask<T> DoneAsync<T>(T value) => ValueTask.FromResult(value);

    private sealed class KeyScope
    {
        internal Dictionary<string, KeyHolder> Holders { get; } = [];

        /// <summary>Keys are never given back, so that one is all it takes.</summary>
        internal string? Greatest { get; set; }
    }

    /// <summary>SQLite compares text by its UTF-8 bytes; .NET's ordinal order, by UTF-16 units, differs beyond U+D7FF.</summary>
    private static int CompareUtf8(string x, string y) =>
        Ascii.IsValid(x) && Ascii.IsValid(y)
            ? string.CompareOrdinal(x, y)
            : Encoding.UTF8.GetBytes(x).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(y));
}
