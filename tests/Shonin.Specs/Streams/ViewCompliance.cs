using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;
using Shonin.EventLog;
using Shonin.EventLog.InMemory;
using Shonin.EventLog.Secrets;
using Shonin.EventLog.Sqlite;
using Shonin.Specs.EventLog;
using Shonin.Specs.Orders;
using Shonin.Streams;

namespace Shonin.Specs.Streams;

/// <summary>How often each thing was put back, and the whole log in the order of its commit.</summary>
internal sealed class PutBacks(int version = 1) : View
{
    public override string Name => "put-backs";

    public override int Version => version;

    public override async ValueTask ApplyAsync(StoredEvent happened, ViewChanges rows)
    {
        var thing = Encoding.UTF8.GetString(happened.Payload.Span);
        rows.Put(string.Create(CultureInfo.InvariantCulture, $"log/{happened.Position:D6}"), thing);
        if (thing == "damaged")
            throw new FormatException("no thing");
        var count = int.Parse(await rows.FindAsync($"count/{thing}") ?? "0", CultureInfo.InvariantCulture);
        rows.Put($"count/{thing}", (count + 1).ToString(CultureInfo.InvariantCulture));
    }
}

/// <summary>What views promise, wherever they are kept: exactly what the log says, whenever the process ends.</summary>
public abstract class ViewCompliance : IAsyncLifetime
{
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 11, 28, 3, 0, 0, TimeSpan.Zero));
    private readonly ConcurrentQueue<Exception> faults = [];
    private readonly RefusingStore disk = new(new InMemoryEventStore());
    private OwnedLog log = null!;
    private IViewStore store = null!;

    /// <summary>The store as the next process finds it.</summary>
    private protected abstract IViewStore Open();

    [Fact]
    public async Task Rows_and_checkpoint_change_together_and_only_from_the_checkpoint_that_they_were_made_from()
    {
        var begun = await store.BeginAnewAsync("one", 3);
        Assert.Equal(new ViewCheckpoint(3, 0, "", 0), begun);
        var next = begun with { Position = 2, Hash = "ab", PassedOverCount = 1 };
        await store.CommitAsync("one", begun, next, new Dictionary<string, string?> { ["a"] = "1", ["b"] = "2" });
        await Assert.ThrowsAsync<ViewUnusableException>(async () =>
            await store.CommitAsync("one", begun, next with { Position = 9 }, new Dictionary<string, string?> { ["a"] = "9" })
        );
        Reopen();
        Assert.Equal(next, await store.CheckpointOfAsync("one"));
        Assert.Equal([new("a", "1"), new ViewRow("b", "2")], await store.ListAsync("one", "", ViewOrder.LeastFirst, 10));
        await store.CommitAsync("one", next, next with { Position = 3 }, new Dictionary<string, string?> { ["a"] = null, ["b"] = "3" });
        Assert.Equal((null, "3"), (await store.FindAsync("one", "a"), await store.FindAsync("one", "b")));
        Assert.Null(await store.CheckpointOfAsync("another"));
        await Assert.ThrowsAsync<ViewUnusableException>(async () =>
            await store.CommitAsync("another", begun, next, new Dictionary<string, string?>())
        );
    }

    [Fact]
    public async Task Rows_of_one_beginning_are_listed_from_either_end_and_those_of_another_view_are_not()
    {
        var rows = new[] { "a", "a!", "a/1", "a/10", "a/2", "a/~", "a0", "b" }.ToDictionary(key => key, string? (key) => key);
        foreach (var view in new[] { "one", "two" })
            await store.CommitAsync(view, await store.BeginAnewAsync(view, 1), new ViewCheckpoint(1, 1, "", 0), rows);

        Assert.Equal(["a/1", "a/10", "a/2", "a/~"], Keys(await store.ListAsync("one", "a/", ViewOrder.LeastFirst, 10)));
        Assert.Equal(["a/~", "a/2"], Keys(await store.ListAsync("one", "a/", ViewOrder.GreatestFirst, 2)));
        Assert.Empty(await store.ListAsync("one", "c", ViewOrder.LeastFirst, 10));
        await store.BeginAnewAsync("one", 2);
        Assert.Empty(await store.ListAsync("one", "", ViewOrder.LeastFirst, 10));
        Assert.Equal(rows.Count, (await store.ListAsync("two", "", ViewOrder.LeastFirst, 10)).Count);
    }

    [Theory]
    [InlineData("naïve"), InlineData("a\u007f"), InlineData("a\n")]
    public void A_key_that_two_stores_may_order_differently_is_refused(string key) =>
        Assert.Throws<ArgumentException>(() => new ViewChanges("one", store).Put(key, ""));

    [Fact]
    public async Task A_view_says_what_the_log_says_in_the_order_of_commit()
    {
        await PutBackAsync("slot-1", "A", "B", "A");
        await PutBackAsync("slot-2", "C");
        await PutBackAsync("slot-1", "A");
        using var keeper = Keeper();
        Assert.Equal(
            ["A", "B", "A", "C", "A"],
            (await keeper.ListAsync("log/", ViewOrder.LeastFirst, 100, default)).Rows.Select(row => row.Value)
        );
        await AssertSaysWhatTheLogSaysAsync(keeper);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_process_that_is_killed_between_two_pages_counts_nothing_twice_and_leaves_nothing_out(bool isAfterTheWrite)
    {
        await PutBackManyAsync(4 * LogFeed.PageCountMax + 7);
        for (var pages = 0; pages < 5; pages++)
        {
            using var killed = new ViewKeeper(new PutBacks(), new DyingStore(store, isAfterTheWrite), Feed(), faults.Enqueue);
            await Assert.ThrowsAsync<IOException>(() => killed.RunAsync(default));
            Reopen();
        }
        Assert.Equal(isAfterTheWrite ? 4 * LogFeed.PageCountMax + 7 : 0, (await store.CheckpointOfAsync("put-backs"))!.Position);
        await AssertBecomesWhatTheLogSaysAsync();
    }

    [Fact]
    public async Task Another_version_is_built_again_while_events_come_and_tells_how_far_it_is()
    {
        await PutBackManyAsync(5 * LogFeed.PageCountMax);
        await AssertBecomesWhatTheLogSaysAsync();
        Reopen();
        using var newer = Keeper(version: 2);
        Assert.False((await newer.ListAsync("log/", ViewOrder.LeastFirst, 1, default)).IsWhole);
        var progress = await newer.ProgressAsync(default);
        Assert.False(progress.IsWhole);
        Assert.InRange(progress.DoneCount, 1, progress.AllCount - 1);
        var building = RunUntilWholeAsync(newer);
        for (var count = 0; count < 20; count++)
            await PutBackAsync($"late-{count}", "A", "Z");
        await building;
        await AssertSaysWhatTheLogSaysAsync(newer);
        Assert.Equal(2, (await store.CheckpointOfAsync("put-backs"))!.Version);
    }

    [Fact]
    public async Task A_view_of_another_log_is_built_again()
    {
        await PutBackAsync("slot-1", "A", "B");
        await AssertBecomesWhatTheLogSaysAsync();
        foreach (var others in new[] { new[] { "X", "Y", "Z" }, ["X"] })
        {
            await using var another = await OwnedLog.TakeAsync(new InMemoryEventStore(), default);
            await another.AppendAsync(
                new Append(new("slot-9"), 0, another.LeaseOf(new StreamId("slot-9")), clock.GetUtcNow())
                {
                    Events = [.. others.Select(Event)],
                }
            );
            using var keeper = new ViewKeeper(new PutBacks(), store, new LogFeed(another, clock), faults.Enqueue);
            Assert.Equal(others, (await keeper.ListAsync("log/", ViewOrder.LeastFirst, 100, default)).Rows.Select(row => row.Value));
        }
    }

    [Fact]
    public async Task A_damaged_event_changes_nothing_is_named_and_holds_nothing_up()
    {
        await PutBackAsync("slot-1", "A", "damaged", "B", "C", "A");
        disk.DamagedPosition = 4;
        using var keeper = Keeper();
        await RunUntilWholeAsync(keeper);
        await PutBackAsync("slot-2", "D");
        Assert.Equal(
            ["A", "B", "A", "D"],
            (await keeper.ListAsync("log/", ViewOrder.LeastFirst, 100, default)).Rows.Select(row => row.Value)
        );
        Assert.Equal([2L, 4], faults.Cast<EventPassedOverException>().Select(fault => fault.Position));
        Assert.Equal(2, (await keeper.ProgressAsync(default)).PassedOverCount);
        Reopen();
        using var next = Keeper();
        Assert.True((await next.ListAsync("log/", ViewOrder.LeastFirst, 100, default)).IsWhole);
        Assert.Equal((2, 2), ((await next.ProgressAsync(default)).PassedOverCount, faults.Count));
    }

    [Fact]
    public async Task A_store_that_fails_is_said_to_be_missing_something_and_is_asked_again()
    {
        await PutBackAsync("slot-1", "A");
        var failing = new DyingStore(store, isAfterTheWrite: false) { Fault = new ViewUnusableException("The disk is full.") };
        using var keeper = new ViewKeeper(new PutBacks(), failing, Feed(), faults.Enqueue);
        Assert.False((await keeper.ListAsync("log/", ViewOrder.LeastFirst, 100, default)).IsWhole);
        await Assert.ThrowsAsync<ViewUnusableException>(() => keeper.RunAsync(default));
        Assert.Equal("The disk is full.", Assert.Single(faults).Message);
        failing.Fault = null;
        await AssertSaysWhatTheLogSaysAsync(keeper);
    }

    [Fact]
    public async Task Whoever_follows_is_woken_by_the_log_and_need_not_wait_for_the_next_look()
    {
        await PutBackAsync("slot-1", "A");
        await using var pages = Feed().FollowAsync(0, default).GetAsyncEnumerator();
        Assert.True(await pages.MoveNextAsync());
        Assert.Equal((1, true), (pages.Current.Events.Count, pages.Current.IsLast));
        var next = pages.MoveNextAsync().AsTask();
        await PutBackAsync("slot-1", "B", "C");
        var advanced = 0;
        await Eventually.IsSoAsync("the next page is there", () =>
        {
            if (advanced++ < 900) // without being woken it looks again after 1,000 ms
                clock.Advance(TimeSpan.FromMilliseconds(1));
            return next.IsCompleted;
        });
        Assert.Equal([2L, 3], pages.Current.Events.Select(happened => happened.Position));
    }

    public async ValueTask InitializeAsync()
    {
        log = await OwnedLog.TakeAsync(disk, default);
        store = Open();
    }

    public virtual async ValueTask DisposeAsync()
    {
        store.Dispose();
        await log.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected void Close() => store.Dispose();

    private protected void Reopen()
    {
        Close();
        store = Open();
    }

    private protected ViewKeeper Keeper(int version = 1) => new(new PutBacks(version), store, Feed(), faults.Enqueue);

    private LogFeed Feed() => new(log, clock);

    private static NewEvent Event(string thing) => new("putBack", Encoding.UTF8.GetBytes(thing));

    private static IEnumerable<string> Keys(IEnumerable<ViewRow> rows) => rows.Select(row => row.Key);

    private protected async Task PutBackAsync(string slot, params string[] things)
    {
        var stream = new StreamId(slot);
        var version = (await disk.ReadStreamAsync(stream, 0, default)).Count;
        Assert.IsType<AppendResult.Committed>(
            await log.AppendAsync(
                new Append(stream, version, log.LeaseOf(stream), clock.GetUtcNow()) { Events = [.. things.Select(Event)] }
            )
        );
    }

    private async Task PutBackManyAsync(int count)
    {
        foreach (var things in Enumerable.Range(0, count).Select(number => $"T{number % 17}").Chunk(50))
            await PutBackAsync($"slot-{things[0]}", things);
    }

    private protected async Task AssertBecomesWhatTheLogSaysAsync()
    {
        using var keeper = Keeper();
        await RunUntilWholeAsync(keeper);
        await AssertSaysWhatTheLogSaysAsync(keeper);
    }

    private async Task RunUntilWholeAsync(ViewKeeper keeper)
    {
        using var stopping = new CancellationTokenSource();
        var running = keeper.RunAsync(stopping.Token);
        await Eventually.IsSoAsync("the view is whole", async () =>
        {
            clock.Advance(TimeSpan.FromMilliseconds(10));
            return (await keeper.ProgressAsync(default)).IsWhole;
        });
        await stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    private async Task AssertSaysWhatTheLogSaysAsync(ViewKeeper keeper)
    {
        var counts = await keeper.ListAsync("count/", ViewOrder.LeastFirst, int.MaxValue, default);
        Assert.True(counts.IsWhole);
        var all = (await disk.ReadAllAsync(0, int.MaxValue, default))
            .Select(happened => Encoding.UTF8.GetString(happened.Payload.Span))
            .ToArray();
        Assert.Equal(
            all.CountBy(thing => thing)
                .OrderBy(count => count.Key, StringComparer.Ordinal)
                .Select(count => $"count/{count.Key} {count.Value}"),
            counts.Rows.Select(row => $"{row.Key} {row.Value}")
        );
        Assert.Equal(all, (await keeper.ListAsync("log/", ViewOrder.LeastFirst, int.MaxValue, default)).Rows.Select(row => row.Value));
    }

    /// <summary>A store whose process ends at a commit, just before it or just after.</summary>
    private sealed class DyingStore(IViewStore store, bool isAfterTheWrite) : IViewStore
    {
        public Exception? Fault { get; set; } = new IOException("killed");

        public ValueTask<ViewCheckpoint?> CheckpointOfAsync(string view) => store.CheckpointOfAsync(view);

        public ValueTask<ViewCheckpoint> BeginAnewAsync(string view, int version) => store.BeginAnewAsync(view, version);

        public ValueTask<string?> FindAsync(string view, string key) => store.FindAsync(view, key);

        public ValueTask<IReadOnlyList<ViewRow>> ListAsync(string view, string prefix, ViewOrder order, int limit) =>
            store.ListAsync(view, prefix, order, limit);

        public async ValueTask CommitAsync(
            string view,
            ViewCheckpoint before,
            ViewCheckpoint after,
            IReadOnlyDictionary<string, string?> changes
        )
        {
            if (isAfterTheWrite || Fault is null)
                await store.CommitAsync(view, before, after, changes);
            if (Fault is not null)
                throw Fault;
        }

        public void Dispose() { }
    }
}

public sealed class InMemoryViewCompliance : ViewCompliance
{
    private readonly InMemoryViewStore views = new();

    private protected override IViewStore Open() => views;
}

[RealParts]
public sealed class SqliteViewCompliance : ViewCompliance
{
    private readonly DataFolder folder = new();

    private string Database => Path.Combine(folder.Path, "views.db");

    private protected override IViewStore Open() => new SqliteViewStore(Database);

    [Theory]
    [
        InlineData(null),
        InlineData(
            "no database at all, and longer than the hundred bytes that a database file begins with: so it is damage, and no empty file"
        ),
        InlineData("another form")
    ]
    public async Task A_file_that_is_lost_damaged_or_of_another_form_is_made_anew_from_the_log(string? instead)
    {
        await PutBackAsync("slot-1", "A", "B", "A");
        await AssertBecomesWhatTheLogSaysAsync();
        Close();
        await using (var connection = new SqliteConnection($"Data Source={Database};Pooling=False"))
        {
            await connection.OpenAsync();
            connection.Execute("PRAGMA journal_mode = DELETE; PRAGMA user_version = 77;");
        }
        if (instead is null)
            File.Delete(Database);
        else if (instead != "another form")
            await File.WriteAllTextAsync(Database, instead);
        Reopen();
        await AssertBecomesWhatTheLogSaysAsync();
        Assert.False(OwnerOnly.IsOpenToOthers(Database));
    }

    [Fact]
    public async Task A_file_that_is_damaged_while_it_is_open_is_made_anew_and_meanwhile_something_is_said_to_be_missing()
    {
        await PutBackAsync("slot-1", "A", "B", "A");
        using var keeper = Keeper();
        Assert.True((await keeper.ListAsync("count/", ViewOrder.LeastFirst, 10, default)).IsWhole);
        await using (var connection = new SqliteConnection($"Data Source={Database};Pooling=False"))
        {
            await connection.OpenAsync();
            connection.Execute("PRAGMA wal_checkpoint(TRUNCATE);");
            connection.Execute(
                "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET rootpage = 999 WHERE name = 'row'; PRAGMA writable_schema = OFF; PRAGMA schema_version = 99;"
            );
        }
        await PutBackAsync("slot-1", "C");
        Assert.False((await keeper.ListAsync("count/", ViewOrder.LeastFirst, 10, default)).IsWhole);
        Assert.Equal(3, (await keeper.ListAsync("count/", ViewOrder.LeastFirst, 10, default)).Rows.Count);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_a_view_that_cannot_be_used_and_says_why()
    {
        using var nowhere = new SqliteViewStore(Path.Combine(folder.Path, "missing", "views.db"));
        Assert.Contains(
            "views.db cannot be used",
            (await Assert.ThrowsAsync<ViewUnusableException>(async () => await nowhere.CheckpointOfAsync("one"))).Message,
            StringComparison.Ordinal
        );
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        folder.Dispose();
    }
}
