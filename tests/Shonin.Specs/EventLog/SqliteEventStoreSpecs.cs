using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;
using Shonin.EventLog;
using Shonin.EventLog.Secrets;
using Shonin.EventLog.Sqlite;

namespace Shonin.Specs.EventLog;

[RealParts]
public sealed class SqliteEventStoreCompliance : EventStoreCompliance
{
    private readonly DataFolder folder = new();

    protected override async ValueTask<IEventStore> OpenAsync() =>
        await SqliteEventStore.OpenAsync(folder.Log, TimeProvider.System, default);

    protected override async ValueTask<IEventStore> ReopenAsync(IEventStore opened)
    {
        await opened.DisposeAsync();
        return await OpenAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        folder.Dispose();
    }
}

[RealParts]
public sealed class SqliteEventStoreSpecs : IDisposable
{
    private static readonly StreamId order = new("order-1");
    private readonly DataFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task What_was_answered_is_there_after_a_kill()
    {
        await using var killed = await OpenAsync(folder);
        await AppendAsync(killed, 0, "placed");
        using var left = folder.Copy();

        await using var next = await OpenAsync(left);
        await AppendAsync(next, 1, "asked");
        Assert.Equal(["placed", "asked"], (await next.ReadStreamAsync(order, 0, default)).Select(stored => stored.Type));
    }

    [Fact]
    public async Task A_second_writer_is_refused_and_told_what_to_do_until_the_first_has_closed()
    {
        var first = await OpenAsync(folder);
        var refused = await Assert.ThrowsAsync<LogUnusableException>(async () => await OpenAsync(folder));
        Assert.Contains("another shonin writes to it", refused.Message, StringComparison.Ordinal);
        await first.DisposeAsync();
        await (await OpenAsync(folder)).DisposeAsync();
    }

    [Fact]
    public async Task A_reader_beside_the_writer_sees_what_was_committed_and_cannot_write()
    {
        await using var writer = await OpenAsync(folder);
        await using var reader = await SqliteEventStore.OpenReadOnlyAsync(folder.Log, default);
        Assert.Empty(await reader.ReadAllAsync(0, 10, default));
        await AppendAsync(writer, 0, "placed", new Document("mail-1", "customer-1", "text"u8.ToArray()));
        Assert.Single(await reader.ReadAllAsync(0, 10, default));
        Assert.Equal("text"u8.ToArray(), (await reader.ReadDocumentAsync("mail-1", default))!.Value.ToArray());
        Assert.IsNotType<IEventStore>(reader, exactMatch: false);
    }

    [Fact]
    public async Task Reading_a_folder_without_a_log_says_so_and_makes_none()
    {
        var refused = await Assert.ThrowsAsync<LogUnusableException>(async () =>
            await SqliteEventStore.OpenReadOnlyAsync(folder.Log, default)
        );
        Assert.Contains("does not exist", refused.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task A_full_disk_is_answered_with_what_to_do_and_leaves_nothing_half_done()
    {
        await using var store = await OpenAsync(folder);
        await AppendAsync(store, 0, "placed");
        var lease = await store.AcquireShardAsync(ShardMap.ShardOf(order), default);
        await store.LimitToPresentSizeAsync();
        var large = new Append(order, 1, lease, DateTimeOffset.UnixEpoch)
        {
            Events = [new NewEvent("asked", new byte[100_000]), new NewEvent("asked", new byte[100_000])],
        };
        var results = await store.CommitAsync([large, large with { Stream = order }], default);
        Assert.All(results, result =>
            Assert.Contains("Free space", Assert.IsType<AppendResult.Unavailable>(result).Why, StringComparison.Ordinal)
        );
        Assert.Single(await store.ReadAllAsync(0, 10, default));

        var small = large with { Events = [new NewEvent("asked", new byte[10])] };
        Assert.Equal([new AppendResult.Committed(2)], await store.CommitAsync([small], default));
        await store.DisposeAsync();
        await (await OpenAsync(folder)).DisposeAsync();
    }

    [Fact]
    public async Task Whether_the_log_can_be_written_is_known_before_an_order_meets_it_and_again_once_there_is_room()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        await using var store = await SqliteEventStore.OpenAsync(folder.Log, time, default);
        Assert.Null(await store.TryWritingAsync(default));
        await store.LimitToPresentSizeAsync();
        Assert.Null(await store.TryWritingAsync(default)); // a write of the last seconds went well

        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("The disk is full. Free space in the data folder; nothing was written.", await store.TryWritingAsync(default));
        await store.LiftLimitAsync();
        Assert.NotNull(await store.TryWritingAsync(default)); // asked a hundred times a second, it writes once
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await store.TryWritingAsync(default));
    }

    [Fact]
    public async Task What_the_checks_did_not_foresee_fails_alone()
    {
        await using var store = await OpenAsync(folder);
        await AppendAsync(store, 0, "placed");
        Sql(folder, "CREATE TRIGGER strange BEFORE INSERT ON events WHEN NEW.type = 'strange' BEGIN SELECT RAISE(ABORT, 'strange'); END");
        var lease = await store.AcquireShardAsync(ShardMap.ShardOf(order), default);
        Append Typed(string type, long expected) =>
            new(order, expected, lease, DateTimeOffset.UnixEpoch) { Events = [new NewEvent(type, default)] };

        var results = await store.CommitAsync([Typed("asked", 1), Typed("strange", 2), Typed("approved", 2)], default);
        Assert.Equal(new AppendResult.Committed(2), results[0]);
        Assert.Contains("strange", Assert.IsType<AppendResult.Unavailable>(results[1]).Why, StringComparison.Ordinal);
        Assert.Equal(new AppendResult.Committed(3), results[2]);
        Assert.Equal(["placed", "asked", "approved"], (await store.ReadAllAsync(0, 10, default)).Select(stored => stored.Type));
    }

    public static TheoryData<string, string> Refusals =>
        new()
        {
            { "UPDATE schema SET version = version + 1", "Run the newer shonin" },
            { "DROP TABLE schema", "no log of ours" },
            { "DELETE FROM schema", "no log of ours" },
            { "DELETE FROM events WHERE position = 2", "signed with 2 events, but its last one is 1" },
            { "UPDATE head SET at = at + 1", "head of" },
            { "UPDATE head SET peaks = x'00'", "altered" },
            { "UPDATE head SET log = 'other'", "altered" },
            { "DELETE FROM head", "was removed" },
            { "UPDATE head SET key = '0011223344556677'", "Restore the key" },
            { "UPDATE head SET master_key = x'0011223344556677'", "is not the key that the documents" },
        };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task A_log_that_is_newer_or_was_tampered_with_is_not_written_to(string sql, string why)
    {
        await using (var store = await OpenAsync(folder))
        {
            await AppendAsync(store, 0, "placed");
            await AppendAsync(store, 1, "asked");
        }
        Sql(folder, sql);
        var refused = await Assert.ThrowsAsync<LogUnusableException>(async () => await OpenAsync(folder));
        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("merchant-log.pem")]
    [InlineData("merchant-documents.key")]
    public async Task A_key_that_is_lost_is_asked_for_and_never_made_anew(string key)
    {
        await (await OpenAsync(folder)).DisposeAsync();
        File.Delete(Path.Combine(folder.Path, "keys", key));
        var refused = await Assert.ThrowsAsync<KeyFileException>(async () => await OpenAsync(folder));
        Assert.Contains(key, refused.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(folder.Path, "keys", key)));
    }

    [Fact]
    public async Task An_older_copy_that_was_put_back_is_not_written_to()
    {
        DataFolder older;
        await using (var store = await OpenAsync(folder))
        {
            await AppendAsync(store, 0, "placed");
            older = folder.Copy();
            await AppendAsync(store, 1, "asked");
        }
        Directory.CreateDirectory(Path.Combine(older.Path, "heads"));
        File.Copy(folder.Log.Heads, older.Log.Heads, overwrite: true);
        var refused = await Assert.ThrowsAsync<LogUnusableException>(async () => await OpenAsync(older));
        Assert.Contains("an older copy was put back", refused.Message, StringComparison.Ordinal);
        older.Dispose();
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused()
    {
        await File.WriteAllTextAsync(folder.Log.Database, new string('x', 5000));
        await Assert.ThrowsAsync<LogUnusableException>(async () => await OpenAsync(folder));
        await Assert.ThrowsAsync<LogUnusableException>(async () => await SqliteEventStore.OpenReadOnlyAsync(folder.Log, default));
    }

    [Fact]
    public async Task Documents_stand_encrypted_on_the_disk_and_an_altered_one_is_not_given_out()
    {
        await using (var store = await OpenAsync(folder))
        {
            await AppendAsync(
                store,
                0,
                "placed",
                new Document("a", "customer-1", "山田花子"u8.ToArray()),
                new Document("b", "customer-1", "x"u8.ToArray())
            );
            foreach (var file in Directory.EnumerateFiles(folder.Path))
            {
                if (!file.EndsWith(".lock", StringComparison.Ordinal))
                    Assert.Equal(-1, ReadShared(file).AsSpan().IndexOf("山田花子"u8));
            }
        }
        Sql(folder, "UPDATE documents SET content = (SELECT content FROM documents WHERE id = 'a') WHERE id = 'b'");
        await using var reader = await SqliteEventStore.OpenReadOnlyAsync(folder.Log, default);
        Assert.Equal("山田花子"u8.ToArray(), (await reader.ReadDocumentAsync("a", default))!.Value.ToArray());
        await Assert.ThrowsAsync<InvalidDataException>(async () => await reader.ReadDocumentAsync("b", default));
    }

    [Fact]
    public async Task An_erased_owners_key_is_nowhere_in_the_files()
    {
        await using var store = await OpenAsync(folder);
        await AppendAsync(store, 0, "placed", new Document("a", "customer-1", "text"u8.ToArray()));
        var key = (byte[])Sql(folder, "SELECT key FROM owners")!;
        Assert.Contains(Directory.EnumerateFiles(folder.Path, "merchant.db*"), file => ReadShared(file).AsSpan().IndexOf(key) >= 0);
        await store.EraseOwnerAsync("customer-1", default);
        Assert.DoesNotContain(Directory.EnumerateFiles(folder.Path, "merchant.db*"), file => ReadShared(file).AsSpan().IndexOf(key) >= 0);
    }

    [Fact]
    public async Task What_an_append_erases_is_nowhere_in_the_files_and_where_somebody_reads_meanwhile_soon_after()
    {
        await using var store = await OpenAsync(folder);
        await AppendAsync(store, 0, "placed", new Document("a", "customer-1", "text"u8.ToArray()));
        var key = (byte[])Sql(folder, "SELECT key FROM owners")!;
        bool IsSomewhere() =>
            Directory.EnumerateFiles(folder.Path, "merchant.db*").Any(file => ReadShared(file).AsSpan().IndexOf(key) >= 0);
        using (var reading = new SqliteConnection($"Data Source={folder.Log.Database};Pooling=False"))
        {
            await reading.OpenAsync();
            await using var transaction = reading.BeginTransaction(deferred: true);
            await using var command = reading.CreateCommand();
            command.CommandText = "SELECT count(*) FROM events";
            await command.ExecuteScalarAsync();
            var lease = await store.AcquireShardAsync(ShardMap.ShardOf(order), default);
            var erasing = new Append(order, 1, lease, DateTimeOffset.UnixEpoch) { ErasedOwners = ["customer-1"] };
            Assert.IsType<AppendResult.Committed>(Assert.Single(await store.CommitAsync([erasing], default)));
            Assert.Null(await store.ReadDocumentAsync("a", default));
            Assert.True(IsSomewhere());
        }
        var version = 1L;
        await Eventually.IsSoAsync("no copy of the key is left, although the log goes on being written", async () =>
        {
            await AppendAsync(store, version++, "more");
            return !IsSomewhere();
        });
    }

    [Fact]
    public async Task Secrets_and_database_are_for_their_owner_only()
    {
        await (await OpenAsync(folder)).DisposeAsync();
        if (OperatingSystem.IsWindows())
            return;
        const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Assert.Equal(OwnerOnly | UnixFileMode.UserExecute, File.GetUnixFileMode(folder.Log.Keys.Path));
        foreach (
            var file in new[]
            {
                folder.Log.Database,
                Path.Combine(folder.Path, "keys", "merchant-log.pem"),
                Path.Combine(folder.Path, "keys", "merchant-documents.key"),
            }
        )
        {
            Assert.Equal(OwnerOnly, File.GetUnixFileMode(file));
        }
    }

    [Fact]
    public async Task A_closed_log_takes_nothing_more()
    {
        var store = await OpenAsync(folder);
        await store.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.AcquireShardAsync(0, default));
    }

    private static ValueTask<SqliteEventStore> OpenAsync(DataFolder folder) =>
        SqliteEventStore.OpenAsync(folder.Log, TimeProvider.System, default);

    private static async Task AppendAsync(SqliteEventStore store, long expectedVersion, string type, params Document[] documents)
    {
        var lease = await store.AcquireShardAsync(ShardMap.ShardOf(order), default);
        var append = new Append(order, expectedVersion, lease, DateTimeOffset.UnixEpoch)
        {
            Events = [new NewEvent(type, default)],
            Documents = documents,
        };
        Assert.Equal([new AppendResult.Committed(expectedVersion + 1)], await store.CommitAsync([append], default));
    }

    private static object? Sql(DataFolder folder, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={folder.Log.Database};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    private static byte[] ReadShared(string file)
    {
        if (file.EndsWith(".lock", StringComparison.Ordinal))
            return [];
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var content = new MemoryStream();
        stream.CopyTo(content); // it may be cut meanwhile
        return content.ToArray();
    }
}
