using Microsoft.Data.Sqlite;
using Shonin.EventLog;
using Shonin.EventLog.Sqlite;

namespace Shonin.Specs.EventLog;

/// <summary>
/// An appender whose batches the writing thread of the SQLite log takes itself, and documents that were sealed before their turn came.
/// </summary>
[RealParts]
public sealed class BatchWriterSpecs : IAsyncLifetime
{
    private readonly DataFolder folder = new();
    private SqliteEventStore store = null!;

    public async ValueTask InitializeAsync() => store = await SqliteEventStore.OpenAsync(folder.Log, TimeProvider.System, default);

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task Many_appends_at_once_are_all_answered_and_stand_in_the_order_of_the_calls()
    {
        await using (var appender = new Appender(store))
        {
            var order = new StreamId("order-1");
            var lease = await LeaseAsync(order);
            var answers = Enumerable
                .Range(0, 2 * Appender.QueueCountMax)
                .Select(version =>
                    appender
                        .AppendAsync(
                            new Append(order, version, lease, DateTimeOffset.UnixEpoch) { Events = [new NewEvent("asked", default)] }
                        )
                        .AsTask()
                )
                .ToList();
            Assert.Equal(
                Enumerable.Range(1, answers.Count).Select(version => (AppendResult)new AppendResult.Committed(version)),
                await Task.WhenAll(answers)
            );
        }
        Assert.Equal(2 * Appender.QueueCountMax, (await store.ReadAllAsync(0, int.MaxValue, default)).Count);
    }

    [Fact]
    public async Task Closing_answers_all_that_was_taken_and_takes_no_more()
    {
        var appender = new Appender(store);
        var taken = new List<Task<AppendResult>>();
        for (var order = 1; order <= 100; order++)
            taken.Add(appender.AppendAsync(await PlacedAsync($"order-{order}")).AsTask());
        await appender.DisposeAsync();
        await Eventually.EndsAsync("all that was taken is answered", Task.WhenAll(taken));
        Assert.All(await Task.WhenAll(taken), result => Assert.Equal(new AppendResult.Committed(1), result));
        Assert.IsType<AppendResult.Unavailable>(await appender.AppendAsync(await PlacedAsync("order-101")));
    }

    [Fact]
    public async Task Whoever_appends_to_a_log_that_was_closed_is_told_and_does_not_wait()
    {
        await using var appender = new Appender(store);
        var late = await PlacedAsync("order-1");
        await store.DisposeAsync();
        for (var turn = 0; turn < 2; turn++)
            await Assert.ThrowsAsync<ObjectDisposedException>(async () => await appender.AppendAsync(late));
    }

    [Fact]
    public async Task Documents_of_one_new_owner_in_one_batch_stand_under_one_key()
    {
        var batch = new[]
        {
            await PlacedAsync(
                "order-1",
                new Document("a", "customer-1", "one"u8.ToArray()),
                new Document("b", "customer-1", "two"u8.ToArray())
            ),
            await PlacedAsync(
                "order-2",
                new Document("c", "customer-1", "three"u8.ToArray()),
                new Document("d", "customer-2", "four"u8.ToArray())
            ),
        };
        Assert.All(await store.CommitAsync(batch, default), result => Assert.Equal(new AppendResult.Committed(1), result));
        Assert.Equal(["one", "two", "three", "four"], await Task.WhenAll(new[] { "a", "b", "c", "d" }.Select(ReadAsync)));
        Assert.Equal(2L, Sql("SELECT count(*) FROM owners"));
    }

    [Fact]
    public async Task What_was_sealed_before_its_owner_was_erased_is_sealed_anew_and_the_old_key_stays_gone()
    {
        await store.CommitAsync([await PlacedAsync("order-1", new Document("a", "customer-1", "one"u8.ToArray()))], default);
        var erased = (byte[])Sql("SELECT key FROM owners")!;
        var prepared = Writer.Prepare(await PlacedAsync("order-2", new Document("b", "customer-1", "two"u8.ToArray())));
        await store.EraseOwnerAsync("customer-1", default);

        Assert.Equal([new AppendResult.Committed(1)], await CommitAsync(prepared));
        Assert.Equal(["gone", "two"], await Task.WhenAll(ReadAsync("a"), ReadAsync("b")));
        Assert.NotEqual(erased, (byte[])Sql("SELECT key FROM owners")!);
    }

    [Fact]
    public async Task What_was_sealed_for_a_new_owner_who_came_first_by_another_way_is_sealed_anew_under_the_key_that_stands()
    {
        var prepared = Writer.Prepare(await PlacedAsync("order-2", new Document("b", "customer-1", "two"u8.ToArray())));
        await store.CommitAsync([await PlacedAsync("order-1", new Document("a", "customer-1", "one"u8.ToArray()))], default);
        Assert.Equal([new AppendResult.Committed(1)], await CommitAsync(prepared));
        Assert.Equal(["one", "two"], await Task.WhenAll(ReadAsync("a"), ReadAsync("b")));
        Assert.Equal(1L, Sql("SELECT count(*) FROM owners"));
    }

    [Fact]
    public async Task A_key_that_was_made_for_a_refused_append_is_stored_for_no_other()
    {
        var refused = (await PlacedAsync("order-1", new Document("a", "customer-1", "one"u8.ToArray()))) with { ExpectedVersion = 7 };
        var prepared = Writer.Prepare(refused);
        Assert.Equal([new AppendResult.VersionConflict(0)], await CommitAsync(prepared));
        foreach (var (order, document) in new[] { ("order-2", "b"), ("order-3", "c") })
            await store.CommitAsync([await PlacedAsync(order, new Document(document, "customer-1", "two"u8.ToArray()))], default);
        Assert.Equal(["gone", "two", "two"], await Task.WhenAll(new[] { "a", "b", "c" }.Select(ReadAsync)));
        var stored = (byte[])Sql("SELECT key FROM owners")!;
        Assert.NotEqual(Assert.Single(prepared.Documents).MadeFor.Wrapped, stored);
        Assert.Equal(2L, Sql("SELECT count(*) FROM streams"));
        var next = Writer.Prepare(await PlacedAsync("order-4", new Document("d", "customer-1", "three"u8.ToArray())));
        Assert.Equal(stored, Assert.Single(next.Documents).MadeFor.Wrapped);
    }

    [Fact]
    public async Task The_key_of_an_erased_owner_is_in_no_memory()
    {
        await store.CommitAsync([await PlacedAsync("order-1", new Document("a", "customer-1", "one"u8.ToArray()))], default);
        await store.EraseOwnerAsync("customer-1", default);
        var later = Writer.Prepare(await PlacedAsync("order-2", new Document("b", "customer-1", "two"u8.ToArray())));
        Assert.Equal(KeyOrigin.MadeNow, Assert.Single(later.Documents).Origin);
    }

    [Fact]
    public async Task A_stream_whose_first_append_was_refused_is_not_there()
    {
        var key = new UniqueKey("order-number", "N1001");
        await store.CommitAsync([(await PlacedAsync("order-1")) with { Keys = [key] }], default);
        Assert.IsType<AppendResult.KeyTaken>(
            Assert.Single(await store.CommitAsync([(await PlacedAsync("order-2")) with { Keys = [key] }], default))
        );
        Assert.Equal(1L, Sql("SELECT count(*) FROM streams"));
    }

    private IBatchWriter Writer => store;

    private async Task<IReadOnlyList<AppendResult>> CommitAsync(PreparedAppend prepared)
    {
        var done = new TaskCompletionSource<IReadOnlyList<AppendResult>>(TaskCreationOptions.RunContinuationsAsynchronously);
        Assert.True(Writer.TryPost(() => done.SetResult(Writer.Commit([prepared]))));
        return await done.Task;
    }

    private async ValueTask<ShardLease> LeaseAsync(StreamId stream) => await store.AcquireShardAsync(ShardMap.ShardOf(stream), default);

    private async ValueTask<Append> PlacedAsync(string stream, params Document[] documents)
    {
        var id = new StreamId(stream);
        var shard = ShardMap.ShardOf(id);
        if (!leases.TryGetValue(shard, out var lease))
            leases.Add(shard, lease = await LeaseAsync(id));
        return new Append(id, 0, lease, DateTimeOffset.UnixEpoch) { Events = [new NewEvent("placed", default)], Documents = documents };
    }

    private readonly Dictionary<int, ShardLease> leases = [];

    private async Task<string> ReadAsync(string document) =>
        await store.ReadDocumentAsync(document, default) is { } content ? System.Text.Encoding.UTF8.GetString(content.Span) : "gone";

    private object? Sql(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={folder.Log.Database};Pooling=False");
        connection.Open();
        return Version1.Execute(connection, sql);
    }
}
