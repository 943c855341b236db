using Microsoft.Data.Sqlite;
using Shonin.EventLog;
using Shonin.EventLog.Sqlite;
using Shonin.EventLog.Verification;

namespace Shonin.Specs.EventLog;

[RealParts]
public sealed class LogMigrationSpecs : IAsyncLifetime
{
    private static readonly StreamId first = new("order-1");
    private static readonly StreamId second = new("order-2");
    private static readonly StreamId named = new("order-3");
    private static readonly DateTimeOffset at = new(2026, 11, 24, 3, 0, 0, TimeSpan.Zero);
    private readonly DataFolder folder = new();

    public async ValueTask InitializeAsync()
    {
        await using (var store = await SqliteEventStore.OpenAsync(folder.Log, TimeProvider.System, default))
        {
            await AppendAsync(store, second, 0, append =>
                append with
                {
                    Events = [Happened("placed")],
                    Documents = [new Document("person-2", "customer-2", "二"u8.ToArray())],
                }
            );
            await AppendAsync(store, first, 0, append =>
                append with
                {
                    Events = [Happened("placed"), Happened("asked")],
                    Keys = [new UniqueKey("number", "N1001", "beside"u8.ToArray()), new UniqueKey("number", "N1002")],
                    Outbox = [Mail("mail-1", first), Mail("mail-2", first), Mail("mail-3", named)],
                    Documents =
                    [
                        new Document("person-1", "customer-1", "一"u8.ToArray()),
                        new Document("notice-1", "customer-1", "text"u8.ToArray()),
                    ],
                    Alarm = new AlarmChange.Set(at.AddDays(1)),
                }
            );
            await AppendAsync(store, second, 1, append => append with { Events = [Happened("asked")] });
            await store.EraseOwnerAsync("customer-2", default);
        }
        Version1.Downgrade(folder);
    }

    public ValueTask DisposeAsync()
    {
        folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_log_of_the_version_before_reads_the_same_before_and_after_it_is_opened_to_write()
    {
        var (before, events) = (await ReadAllAsync(), await VerifyAsync());
        Assert.Equal(new LogReport("merchant", 4, null), events);
        await using (var store = await SqliteEventStore.OpenAsync(folder.Log, TimeProvider.System, default))
            Assert.Equal(before, await ReadAllAsync());
        Assert.Equal((2L, 2048L), (Sql("SELECT version FROM schema"), Sql("PRAGMA page_size")));
        Assert.Equal(events, await VerifyAsync());

        await using var again = await SqliteEventStore.OpenAsync(folder.Log, TimeProvider.System, default);
        await AppendAsync(again, first, 2, append =>
            append with
            {
                Events = [Happened("approved")],
                Keys = [new UniqueKey("number", "N1003")],
                CompletedOutbox = ["mail-1"],
            }
        );
        Assert.Equal(new LogReport("merchant", 5, null), await VerifyAsync());
        var lease = await again.AcquireShardAsync(ShardMap.ShardOf(named), default);
        Assert.IsType<AppendResult.KeyTaken>(
            Assert.Single(await again.CommitAsync([new Append(named, 0, lease, at) { Keys = [new UniqueKey("number", "N1001")] }], default))
        );
    }

    [Fact]
    public async Task Trying_leaves_everything_as_it_was_and_doing_it_happens_once()
    {
        var before = await ReadAllAsync();
        var tried = Assert.IsType<MigrationOutcome.WouldMigrate>(await LogMigration.TryAsync(folder.Log, default));
        Assert.Equal((1, 2, 4), (tried.From, tried.To, tried.Events));
        Assert.Equal((1L, 0L), (Sql("SELECT version FROM schema"), Sql("SELECT count(*) FROM sqlite_schema WHERE name = 'streams'")));
        Assert.Equal(before, await ReadAllAsync());

        Assert.Equal(new MigrationOutcome.Migrated(1, 2, 4), await LogMigration.RunAsync(folder.Log, default));
        Assert.Equal(new MigrationOutcome.UpToDate(2), await LogMigration.RunAsync(folder.Log, default));
        Assert.Equal(new MigrationOutcome.UpToDate(2), await LogMigration.TryAsync(folder.Log, default));
        Assert.Equal(before, await ReadAllAsync());
    }

    [Fact]
    public async Task A_log_that_another_process_writes_or_that_was_touched_is_left_as_it_is()
    {
        await using (SqliteEventStore.TakeLock(folder.Log))
        {
            Assert.Contains(
                "another shonin writes to it",
                Assert.IsType<MigrationOutcome.Refused>(await LogMigration.RunAsync(folder.Log, default)).Why,
                StringComparison.Ordinal
            );
        }

        Sql("UPDATE events SET type = 'other' WHERE position = 2");
        Assert.Contains(
            "was edited",
            Assert.IsType<MigrationOutcome.Refused>(await LogMigration.RunAsync(folder.Log, default)).Why,
            StringComparison.Ordinal
        );
        Assert.Equal(1L, Sql("SELECT version FROM schema"));
    }

    [Fact]
    public async Task Beside_a_reader_it_migrates_too_and_an_owners_key_is_left_nowhere_once_it_is_erased()
    {
        var key = (byte[])Sql("SELECT key FROM owners")!;
        await using (var reader = await SqliteEventStore.OpenReadOnlyAsync(folder.Log, default))
        {
            Assert.Equal(4, (await reader.ReadAllAsync(0, 10, default)).Count);
            Assert.IsType<MigrationOutcome.Migrated>(await LogMigration.RunAsync(folder.Log, default));
            Assert.Equal(4096L, Sql("PRAGMA page_size")); // other pages would need the file alone
        }
        await using var store = await SqliteEventStore.OpenAsync(folder.Log, TimeProvider.System, default);
        await store.EraseOwnerAsync("customer-1", default);
        Assert.Null(await store.ReadDocumentAsync("person-1", default));
        foreach (
            var file in Directory
                .EnumerateFiles(folder.Path, "merchant.db*")
                .Where(file => !file.EndsWith(".lock", StringComparison.Ordinal))
        )
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var content = new byte[stream.Length];
            await stream.ReadExactlyAsync(content);
            Assert.Equal(-1, content.AsSpan().IndexOf(key));
        }
    }

    [Fact]
    public void Each_outcome_is_told_in_a_sentence()
    {
        foreach (
            var outcome in new MigrationOutcome[]
            {
                new MigrationOutcome.UpToDate(2),
                new MigrationOutcome.Migrated(1, 2, 4),
                new MigrationOutcome.WouldMigrate(1, 2, 4, 5),
                new MigrationOutcome.Refused("No."),
            }
        )
        {
            Assert.EndsWith(".", outcome.Describe(), StringComparison.Ordinal);
        }
    }

    /// <summary>Everything that can be asked of the log, as text.</summary>
    private async Task<List<string>> ReadAllAsync()
    {
        await using var log = await SqliteEventStore.OpenReadOnlyAsync(folder.Log, default);
        var said = new List<string>();
        foreach (
            var stored in (await log.ReadAllAsync(0, 100, default))
                .Concat(await log.ReadStreamAsync(first, 1, default))
                .Concat(await log.ReadStreamAsync(named, 0, default))
        )
        {
            said.Add(
                $"{stored.Position} {stored.Stream} {stored.Version} {stored.At:O} {stored.Type} {Text(stored.Payload)} {Convert.ToHexString(stored.Hash.Span)}"
            );
        }

        foreach (var value in new[] { "N1001", "N1002", "N1003" })
        {
            said.Add(
                await log.FindKeyAsync("number", value, default) is { } holder
                    ? $"{value} {holder.Stream} {Text(holder.Content)}"
                    : $"{value} is free"
            );
        }

        said.Add($"{await log.GreatestKeyAsync("number", default)}");
        said.Add($"{await log.ReadVersionAsync(first, default)} {await log.ReadVersionAsync(named, default)}");
        for (var shard = 0; shard < ShardMap.ShardCount; shard++)
            said.AddRange((await log.ReadAlarmsAsync(shard, default)).Select(alarm => $"{shard} {alarm}"));
        said.AddRange(
            (await log.ReadOutboxAsync("mail", at, 10, default)).Select(item =>
                $"{item.Id} {item.Stream} {Text(item.Payload)} {item.DueAt:O} {item.Attempts}"
            )
        );
        said.AddRange((await log.ReadOutboxFirstsAsync("mail", at, 10, default)).Select(item => $"first {item.Id}"));
        foreach (var document in new[] { "person-1", "notice-1", "person-2" })
            said.Add(await log.ReadDocumentAsync(document, default) is { } content ? $"{document} {Text(content)}" : $"{document} is gone");
        return said;
    }

    private ValueTask<LogReport> VerifyAsync() => LogVerification.VerifyAsync(folder.Log, null, default);

    private static string Text(ReadOnlyMemory<byte> bytes) => System.Text.Encoding.UTF8.GetString(bytes.Span);

    private static NewEvent Happened(string type) => new(type, "{}"u8.ToArray());

    private static OutboxItem Mail(string id, StreamId stream) => new(id, "mail", stream, "{}"u8.ToArray(), at);

    private static async Task AppendAsync(SqliteEventStore store, StreamId stream, long version, Func<Append, Append> make)
    {
        var lease = await store.AcquireShardAsync(ShardMap.ShardOf(stream), default);
        Assert.IsType<AppendResult.Committed>(
            Assert.Single(await store.CommitAsync([make(new Append(stream, version, lease, at))], default))
        );
    }

    private object? Sql(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={folder.Log.Database};Pooling=False");
        connection.Open();
        return Version1.Execute(connection, sql);
    }
}
