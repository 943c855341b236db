using Shonin.EventLog;
using Shonin.EventLog.InMemory;

namespace Shonin.Specs.EventLog;

public sealed class AppenderSpecs
{
    [Fact]
    public async Task What_arrives_while_a_commit_runs_is_the_next_batch_and_an_idle_log_does_not_wait()
    {
        await using var slow = new SlowStore();
        await using var appender = new Appender(slow);
        var first = await slow.AppendAsync(appender, 1);
        await slow.CommitBeginsAsync();

        var rest = new List<Task<AppendResult>>();
        for (var order = 2; order <= 300; order++)
            rest.Add(await slow.AppendAsync(appender, order));
        slow.LetGo();
        Assert.Equal(new AppendResult.Committed(1), await first);
        Assert.All(await Task.WhenAll(rest), result => Assert.Equal(new AppendResult.Committed(1), result));
        Assert.Equal([1, Appender.BatchCountMax, 299 - Appender.BatchCountMax], slow.BatchCounts);
        Assert.Equal(
            Enumerable.Range(1, 300).Select(order => $"order-{order}"),
            (await slow.Disk.ReadAllAsync(0, 1000, default)).Select(stored => stored.Stream.Value)
        );
    }

    [Fact]
    public async Task Nothing_of_a_commit_runs_on_the_callers_stack()
    {
        var thread = new SingleThread();
        var trace = await thread.RunAsync(async () =>
        {
            var trace = new List<string>();
            var store = new InMemoryEventStore();
            await using var appender = new Appender(store);
            var pending = AppendAsync(store, appender, new("order-1"));
            trace.Add($"{store.Head.Events} after the call");
            await pending;
            trace.Add($"{store.Head.Events} after the answer");
            return trace;
        });
        Assert.Equal(["0 after the call", "1 after the answer"], trace);
    }

    [Fact]
    public async Task On_one_thread_the_same_calls_make_the_same_batches()
    {
        Assert.Equal(await BatchesOnOneThread(), await BatchesOnOneThread());

        static Task<List<int>> BatchesOnOneThread() =>
            new SingleThread().RunAsync(async () =>
            {
                var store = new SlowStore();
                store.LetGo();
                await using var appender = new Appender(store);
                var shards = Enumerable
                    .Range(0, 20)
                    .Select(async shard =>
                    {
                        for (var turn = 0; turn < 10; turn++)
                            await await store.AppendAsync(appender, shard * 100 + turn);
                    });
                await Task.WhenAll(shards);
                return store.BatchCounts;
            });
    }

    [Fact]
    public async Task Disposing_answers_all_that_was_taken_and_takes_no_more()
    {
        await using var slow = new SlowStore();
        var appender = new Appender(slow);
        var taken = new List<Task<AppendResult>>();
        for (var order = 1; order <= 5; order++)
            taken.Add(await slow.AppendAsync(appender, order));
        var closing = appender.DisposeAsync();
        var late = await (await slow.AppendAsync(appender, 6));
        slow.LetGo();
        await closing;
        Assert.All(await Task.WhenAll(taken), result => Assert.Equal(new AppendResult.Committed(1), result));
        Assert.IsType<AppendResult.Unavailable>(late);
    }

    [Fact]
    public async Task A_full_queue_lets_callers_wait_instead_of_growing()
    {
        await using var slow = new SlowStore();
        await using var appender = new Appender(slow);
        var first = await slow.AppendAsync(appender, 0);
        await slow.CommitBeginsAsync();
        var all = new List<Task<AppendResult>>();
        for (var order = 1; order <= Appender.QueueCountMax + 1; order++)
            all.Add(await slow.AppendAsync(appender, order));
        Assert.All(all, result => Assert.False(result.IsCompleted));
        Assert.Equal(Appender.QueueCountMax, appender.QueueCount);
        slow.LetGo();
        Assert.Equal(new AppendResult.Committed(1), await first);
        Assert.All(await Task.WhenAll(all), result => Assert.Equal(new AppendResult.Committed(1), result));
    }

    [Fact]
    public async Task A_defect_of_the_store_reaches_its_callers_and_the_next_batch_goes_on()
    {
        await using var slow = new SlowStore();
        slow.LetGo();
        await using var appender = new Appender(slow);
        slow.Defect = new InvalidOperationException("a defect");
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await await slow.AppendAsync(appender, 1));
        slow.Defect = null;
        Assert.Equal(new AppendResult.Committed(1), await await slow.AppendAsync(appender, 1));
    }

    [Fact]
    public async Task An_append_beyond_the_limits_never_enters_a_batch()
    {
        await using var store = new InMemoryEventStore();
        await using var appender = new Appender(store);
        await Assert.ThrowsAsync<ArgumentException>(async () => await AppendAsync(store, appender, new("order 1")));
        await Assert.ThrowsAsync<ArgumentException>(async () => await AppendAsync(store, appender, new("")));
        Assert.Equal(new AppendResult.Committed(1), await AppendAsync(store, appender, new("order-1")));
    }

    private static async Task<AppendResult> AppendAsync(InMemoryEventStore store, Appender appender, StreamId stream)
    {
        var lease = await store.AcquireShardAsync(ShardMap.ShardOf(stream), default);
        return await appender.AppendAsync(new Append(stream, 0, lease, DateTimeOffset.UnixEpoch) { Events = [new("placed", default)] });
    }

    /// <summary>A log whose first commit waits until it is let go, as a disk's flush would.</summary>
    private sealed class SlowStore : IEventStore
    {
        private readonly TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Dictionary<int, ShardLease> leases = [];

        internal InMemoryEventStore Disk { get; } = new();
        internal List<int> BatchCounts { get; } = [];
        internal Exception? Defect { get; set; }

        internal Task CommitBeginsAsync() => begun.Task;

        internal void LetGo() => released.TrySetResult();

        internal async Task<Task<AppendResult>> AppendAsync(Appender appender, int order)
        {
            var stream = new StreamId($"order-{order}");
            var shard = ShardMap.ShardOf(stream);
            if (!leases.ContainsKey(shard))
                leases[shard] = await Disk.AcquireShardAsync(shard, default);
            return appender
                .AppendAsync(new Append(stream, 0, leases[shard], DateTimeOffset.UnixEpoch) { Events = [new("placed", default)] })
                .AsTask();
        }

        public async ValueTask<IReadOnlyList<AppendResult>> CommitAsync(IReadOnlyList<Append> batch, CancellationToken cancellation)
        {
            BatchCounts.Add(batch.Count);
            begun.TrySetResult();
            await released.Task;
            if (Defect is { } defect)
                throw defect;
            return await Disk.CommitAsync(batch, cancellation);
        }

        public ValueTask<ShardLease> AcquireShardAsync(int shard, CancellationToken cancellation) =>
            Disk.AcquireShardAsync(shard, cancellation);

        public ValueTask<IReadOnlyList<StoredEvent>> ReadStreamAsync(StreamId stream, long afterVersion, CancellationToken cancellation) =>
            Disk.ReadStreamAsync(stream, afterVersion, cancellation);

        public ValueTask<long> ReadVersionAsync(StreamId stream, CancellationToken cancellation) =>
            Disk.ReadVersionAsync(stream, cancellation);

        public ValueTask<IReadOnlyList<StoredEvent>> ReadAllAsync(long afterPosition, int limit, CancellationToken cancellation) =>
            Disk.ReadAllAsync(afterPosition, limit, cancellation);

        public ValueTask<long> LastPositionAsync(CancellationToken cancellation) => Disk.LastPositionAsync(cancellation);

        public ValueTask<KeyHolder?> FindKeyAsync(string scope, string value, CancellationToken cancellation) =>
            Disk.FindKeyAsync(scope, value, cancellation);

        public ValueTask<string?> GreatestKeyAsync(string scope, CancellationToken cancellation) =>
            Disk.GreatestKeyAsync(scope, cancellation);

        public ValueTask<IReadOnlyList<Alarm>> ReadAlarmsAsync(int shard, CancellationToken cancellation) =>
            Disk.ReadAlarmsAsync(shard, cancellation);

        public ValueTask<IReadOnlyList<OutboxItem>> ReadOutboxAsync(
            string queue,
            DateTimeOffset dueBefore,
            int limit,
            CancellationToken cancellation
        ) => Disk.ReadOutboxAsync(queue, dueBefore, limit, cancellation);

        public ValueTask<IReadOnlyList<OutboxItem>> ReadOutboxFirstsAsync(
            string queue,
            DateTimeOffset dueBefore,
            int limit,
            CancellationToken cancellation
        ) => Disk.ReadOutboxFirstsAsync(queue, dueBefore, limit, cancellation);

        public ValueTask PostponeOutboxAsync(string id, DateTimeOffset dueAt, CancellationToken cancellation) =>
            Disk.PostponeOutboxAsync(id, dueAt, cancellation);

        public ValueTask<ReadOnlyMemory<byte>?> ReadDocumentAsync(string id, CancellationToken cancellation) =>
            Disk.ReadDocumentAsync(id, cancellation);

        public ValueTask EraseOwnerAsync(string owner, CancellationToken cancellation) => Disk.EraseOwnerAsync(owner, cancellation);

        public ValueTask DisposeAsync() => Disk.DisposeAsync();
    }

    /// <summary>Runs everything that is posted to it in order, on the thread that pumps it: the simulation's way, in small.</summary>
    private sealed class SingleThread : SynchronizationContext
    {
        private readonly Queue<(SendOrPostCallback Callback, object? State)> posted = [];

        public override void Post(SendOrPostCallback d, object? state) => posted.Enqueue((d, state));

        internal Task<T> RunAsync<T>(Func<Task<T>> story)
        {
            var outer = Current;
            SetSynchronizationContext(this);
            try
            {
                var told = story();
                while (posted.TryDequeue(out var next))
                    next.Callback(next.State);
                Assert.True(told.IsCompleted, "The story waits for something that nobody on this thread will do.");
                return told;
            }
            finally
            {
                SetSynchronizationContext(outer);
            }
        }
    }
}
