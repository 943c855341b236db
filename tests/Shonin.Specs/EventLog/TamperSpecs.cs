using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;
using Shonin.EventLog;
using Shonin.EventLog.Evidence;
using Shonin.EventLog.Sqlite;
using Shonin.EventLog.Verification;

namespace Shonin.Specs.EventLog;

/// <summary>
/// The log under attack has three streams: positions 1 a/1, 2 b/1, 3 a/2, 4 c/1, 5 b/2, 6 a/3, 7 c/2. Lines of its heads file stand after
/// 3, 5 and 7 events.
/// </summary>
public abstract class TamperSpecs(TamperSpecs.Original original) : IDisposable
{
    private static readonly DateTimeOffset start = new(2026, 11, 24, 3, 0, 0, TimeSpan.Zero);
    private readonly DataFolder folder = original.Folder.Copy();

    public void Dispose()
    {
        folder.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>What the attack, written for tables in which streams stand by name, is in the tables of this version.</summary>
    protected virtual string InItsTables(string sql) => sql;

    /// <summary>Made once; each spec edits a copy.</summary>
    public abstract class Original : IAsyncLifetime
    {
        protected virtual void Finish() { }

        internal DataFolder Folder { get; } = new();

        public async ValueTask InitializeAsync()
        {
            var time = new FakeTimeProvider(start);
            var store = await SqliteEventStore.OpenAsync(Folder.Log, time, default);
            foreach (var (stream, version) in new[] { ("a", 1), ("b", 1), ("a", 2), ("c", 1), ("b", 2), ("a", 3), ("c", 2) })
            {
                await AppendAsync(store, stream, version, time.GetUtcNow());
                time.Advance((stream, version) is ("a", 2) or ("b", 2) ? TimeSpan.FromSeconds(1) : TimeSpan.FromMilliseconds(10));
            }
            await store.DisposeAsync();
            Finish();
        }

        public ValueTask DisposeAsync()
        {
            Folder.Dispose();
            GC.SuppressFinalize(this);
            return ValueTask.CompletedTask;
        }
    }

    [Fact]
    public async Task An_untouched_log_is_sound_and_its_heads_lie_outside_the_database()
    {
        Assert.Equal(new LogReport("merchant", 7, null), await VerifyAsync());
        Assert.Equal([3, 5, 7], Lines().Select(line => JsonDocument.Parse(line).RootElement.GetProperty("events").GetInt64()));
        Assert.Equal("""{"a":2,"b":1}""", JsonDocument.Parse(Lines()[0]).RootElement.GetProperty("streams").GetRawText());
        Assert.Equal("""{"a":3,"c":2}""", JsonDocument.Parse(Lines()[2]).RootElement.GetProperty("streams").GetRawText());
    }

    private static readonly RowPlace a2 = new(3, new("a"), 2);
    private static readonly RowPlace b2 = new(5, new("b"), 2);

    public static TheoryData<string, LogProblem> Edits =>
        new()
        {
            { "UPDATE events SET payload = x'7b7d' WHERE position = 3", new LogProblem.Edited(a2) },
            { "UPDATE events SET at = at + 1 WHERE position = 3", new LogProblem.Edited(a2) },
            { "UPDATE events SET at = 9223372036854775807 WHERE position = 3", new LogProblem.Edited(a2) },
            { "UPDATE events SET type = 'other' WHERE position = 3", new LogProblem.Edited(a2) },
            { "UPDATE events SET hash = zeroblob(32) WHERE position = 3", new LogProblem.Edited(a2) },
            { "UPDATE events SET hash = x'00' WHERE position = 3", new LogProblem.Edited(a2) },
            { "UPDATE events SET version = 9 WHERE position = 6", new LogProblem.Edited(new(6, new("a"), 9)) },
            { "UPDATE events SET stream = 'z' WHERE position = 1", new LogProblem.Edited(new(1, new("z"), 1)) },
            {
                "UPDATE events SET stream = printf('%0300d', 1) WHERE position = 1",
                new LogProblem.Edited(new(1, new(new string('0', 299) + "1"), 1))
            },
            { "UPDATE events SET position = -1 WHERE position = 1", new LogProblem.Edited(new(-1, new("a"), 1)) },
            { "UPDATE events SET position = 50 WHERE position = 3", new LogProblem.Moved(new(50, new("a"), 2), 3) },
            { "DELETE FROM events WHERE position = 1", new LogProblem.Removed(new(1, new("a"), 1)) },
            { "DELETE FROM events WHERE position = 3", new LogProblem.Removed(a2) },
            { "DELETE FROM events WHERE position = 5", new LogProblem.Removed(b2) },
            { "DELETE FROM events WHERE stream = 'b'", new LogProblem.StreamRemoved(new("b"), 2, "the heads file merchant.heads") },
            { Swap("payload"), new LogProblem.Swapped(a2, b2) },
            { Swap("payload, at", "payload", "at"), new LogProblem.Swapped(a2, b2) },
            {
                "UPDATE events SET position = 99 WHERE position = 3; UPDATE events SET position = 3 WHERE position = 5; UPDATE events SET position = 5 WHERE position = 99",
                new LogProblem.Swapped(new(3, new("b"), 2), new(5, new("a"), 2))
            },
            { "DELETE FROM events WHERE position > 5; UPDATE head SET witness_line = 2", new LogProblem.CutOff(7, 5, []) },
            { "DELETE FROM head", new LogProblem.HeadMissing() },
            { "UPDATE head SET at = at + 1", new LogProblem.HeadAltered() },
            { "UPDATE head SET events = 6", new LogProblem.HeadAltered() },
            { "UPDATE head SET signature = x'00'", new LogProblem.HeadAltered() },
            { "UPDATE head SET peaks = zeroblob(96)", new LogProblem.HeadAltered() },
            { "UPDATE head SET root = zeroblob(32)", new LogProblem.HeadAltered() },
        };

    [Theory]
    [MemberData(nameof(Edits), DisableDiscoveryEnumeration = true)]
    public async Task Whoever_edits_the_database_is_found_out_and_the_place_is_named(string sql, LogProblem expected)
    {
        Sql(sql);
        var problem = (await VerifyAsync()).Problem;
        if (problem is LogProblem.CutOff cut)
            problem = cut with { Lost = [] };
        Assert.Equal(expected is LogProblem.CutOff none ? none with { Lost = [] } : expected, problem, new ByText());
    }

    [Fact]
    public async Task A_cut_off_tail_names_the_streams_that_lost_events()
    {
        Sql("DELETE FROM events WHERE position > 5");
        var cut = Assert.IsType<LogProblem.CutOff>((await VerifyAsync()).Problem);
        Assert.Equal((7, 5), (cut.Signed, cut.Found));
        Assert.Equal([new StreamId("a"), new StreamId("c")], cut.Lost);
    }

    [Fact]
    public async Task Rows_hashed_anew_without_the_key_do_not_match_the_signed_root_and_the_stretch_is_named()
    {
        Sql("UPDATE events SET payload = x'7b7d' WHERE position = 4");
        HashAnew();
        Assert.Equal(new LogProblem.Rewritten(3, 5), (await VerifyAsync()).Problem);
    }

    [Fact]
    public async Task A_stream_that_is_removed_everywhere_and_smoothed_over_is_named_by_the_heads_file()
    {
        Sql(
            "DELETE FROM events WHERE stream = 'b'; UPDATE events SET position = position - 1 WHERE position > 2; UPDATE events SET position = position - 1 WHERE position > 4"
        );
        HashAnew();
        Assert.Equal(new LogProblem.StreamRemoved(new("b"), 2, "the heads file merchant.heads"), (await VerifyAsync()).Problem);
    }

    [Fact]
    public async Task A_removed_stream_is_named_by_its_keys_where_the_heads_file_is_lost()
    {
        File.Delete(folder.Log.Heads);
        Sql("DELETE FROM events WHERE stream = 'b'");
        Assert.Equal(new LogProblem.StreamRemoved(new("b"), 0, "the table keys"), (await VerifyAsync()).Problem);
        Sql("DELETE FROM keys");
        Assert.Equal(new LogProblem.RemovedUnnamed(2), (await VerifyAsync()).Problem);
    }

    [Fact]
    public async Task Rows_added_without_the_key_are_found()
    {
        Sql("INSERT INTO events SELECT 8, 'd', 1, at, type, payload, hash FROM events WHERE position = 1");
        HashAnew();
        Assert.Equal(new LogProblem.Unsigned(7, 8), (await VerifyAsync()).Problem);
    }

    [Fact]
    public async Task A_head_signed_by_another_key_is_foreign()
    {
        using var foreign = new LogSigner(ECDsa.Create(ECCurve.NamedCurves.nistP256));
        var tree = HashAnew();
        var head = foreign.Sign("merchant", tree.Head, start);
        Sql(
            $"UPDATE head SET key = '{head.Key}', signature = x'{Convert.ToHexString(head.Signature.Span)}', at = {start.ToUnixTimeMilliseconds()}"
        );
        Assert.Equal(head.Key, Assert.IsType<LogProblem.ForeignKey>((await VerifyAsync()).Problem).SignedBy);

        using var ours = folder.Log.Keys.LoadSigningKey(folder.Log.SigningKey);
        Sql($"UPDATE head SET key = '{LogSigner.FingerprintOf(ours)}'");
        Assert.Equal(new LogProblem.HeadAltered(), (await VerifyAsync()).Problem);
    }

    [Fact]
    public async Task Without_the_key_nothing_is_called_sound_and_its_public_half_is_enough()
    {
        var keys = folder.Log.Keys.Path;
        File.Delete(Path.Combine(keys, "merchant-log.pem"));
        Assert.Null((await VerifyAsync()).Problem);
        File.Delete(Path.Combine(keys, "merchant-log.public.pem"));
        Assert.Contains(
            "merchant-log.pem is missing",
            Assert.IsType<LogProblem.KeyUnusable>((await VerifyAsync()).Problem).Why,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task An_older_database_that_was_put_back_with_its_own_head_is_found_by_the_heads_file()
    {
        using var older = folder.Copy();
        await using (var store = await SqliteEventStore.OpenAsync(folder.Log, new FakeTimeProvider(start.AddHours(1)), default))
            await AppendAsync(store, "b", 3, start);
        File.Copy(older.Log.Database, folder.Log.Database, overwrite: true);
        Assert.Equal(new LogProblem.RolledBack(8, start.AddHours(1), 7), (await VerifyAsync()).Problem);
    }

    public static TheoryData<string, Func<string[], string[]>, LogProblem> HeadFiles =>
        new()
        {
            {
                "a line changed",
                lines => [lines[0].Replace("\"a\":2", "\"a\":1", StringComparison.Ordinal), lines[1], lines[2]],
                new LogProblem.HeadsFileAltered("", 1)
            },
            { "a line removed", lines => [lines[0], lines[2]], new LogProblem.HeadsFileAltered("", 2) },
            { "the first line removed", lines => lines[1..], new LogProblem.HeadsFileAltered("", 1) },
            { "two lines swapped", lines => [lines[1], lines[0], lines[2]], new LogProblem.HeadsFileAltered("", 1) },
            { "a line that is none", lines => [.. lines, "{}"], new LogProblem.HeadsFileAltered("", 4) },
            { "cut off", lines => lines[..1], new LogProblem.HeadsFileShort("", 2, 1) },
            { "gone", lines => [], new LogProblem.HeadsFileShort("", 2, 0) },
        };

    [Theory]
    [MemberData(nameof(HeadFiles), DisableDiscoveryEnumeration = true)]
    public async Task Whoever_edits_the_heads_file_is_found_out(string what, Func<string[], string[]> edit, LogProblem expected)
    {
        File.WriteAllLines(folder.Log.Heads, edit(Lines()));
        LogProblem named = expected switch
        {
            LogProblem.HeadsFileAltered altered => altered with { File = folder.Log.Heads },
            LogProblem.HeadsFileShort cut => cut with { File = folder.Log.Heads },
            _ => throw new System.Diagnostics.UnreachableException(what),
        };
        Assert.Equal(named, (await VerifyAsync()).Problem);
    }

    [Fact]
    public async Task Half_a_line_at_the_end_is_a_crash_and_not_a_fraud()
    {
        File.AppendAllText(folder.Log.Heads, "{\"line\":4,\"prev");
        Assert.Null((await VerifyAsync()).Problem);
        await using (var store = await SqliteEventStore.OpenAsync(folder.Log, new FakeTimeProvider(start.AddHours(1)), default))
            await AppendAsync(store, "b", 3, start);
        Assert.Equal(4, Lines().Length);
        Assert.Equal(new LogReport("merchant", 8, null), await VerifyAsync());
    }

    [Fact]
    public async Task What_a_killed_process_had_no_time_to_witness_is_witnessed_by_the_next()
    {
        var killed = await SqliteEventStore.OpenAsync(folder.Log, new FakeTimeProvider(start.AddHours(1)), default);
        await AppendAsync(killed, "d", 1, start);
        using var left = folder.Copy();
        await killed.DisposeAsync();

        Assert.Equal(new LogReport("merchant", 8, null), await LogVerification.VerifyAsync(left.Log, null, default));
        await (await SqliteEventStore.OpenAsync(left.Log, TimeProvider.System, default)).DisposeAsync();
        Assert.Contains("\"streams\":{\"d\":1}", File.ReadAllLines(left.Log.Heads)[^1], StringComparison.Ordinal);
        Assert.Equal(new LogReport("merchant", 8, null), await LogVerification.VerifyAsync(left.Log, null, default));
    }

    [Fact]
    public async Task A_lost_heads_file_does_not_stop_the_log_but_its_hole_stays_visible()
    {
        File.Delete(folder.Log.Heads);
        await using (var store = await SqliteEventStore.OpenAsync(folder.Log, new FakeTimeProvider(start.AddHours(1)), default))
            await AppendAsync(store, "b", 3, start);
        Assert.Equal(3, JsonDocument.Parse(Lines()[0]).RootElement.GetProperty("line").GetInt64());
        Assert.Equal(new LogProblem.HeadsFileAltered(folder.Log.Heads, 1), (await VerifyAsync()).Problem);
    }

    [Fact]
    public async Task Erasing_a_person_leaves_the_log_sound()
    {
        await using (var store = await SqliteEventStore.OpenAsync(folder.Log, TimeProvider.System, default))
            await store.EraseOwnerAsync("customer-a", default);
        Assert.Equal(new LogReport("merchant", 7, null), await VerifyAsync());
    }

    [Fact]
    public async Task A_running_log_is_verified_beside_its_writer()
    {
        await using var store = await SqliteEventStore.OpenAsync(folder.Log, TimeProvider.System, default);
        await AppendAsync(store, "b", 3, start);
        Assert.Equal(new LogReport("merchant", 8, null), await VerifyAsync());
    }

    [Fact]
    public async Task A_folder_is_verified_log_by_log_also_where_only_a_key_still_names_one()
    {
        File.Copy(folder.Log.Database, Path.Combine(folder.Path, "vault.db"));
        using (var vault = new SqliteConnection($"Data Source={Path.Combine(folder.Path, "vault.db")};Pooling=False"))
        {
            vault.Open();
            using var command = vault.CreateCommand();
            command.CommandText = "DROP TABLE schema; DROP TABLE events; DROP TABLE head";
            command.ExecuteNonQuery();
        }
        using var lost = folder.Log.Keys.LoadOrCreateSigningKey("card-company-log");
        Sql("DELETE FROM events WHERE position = 3");

        var reports = await LogVerification.VerifyFolderAsync(folder.Path, null, default);
        Assert.Equal(["card-company", "merchant"], reports.Select(report => report.Name));
        using var json = JsonDocument.Parse(LogVerification.ToJson(reports));
        var merchant = json.RootElement.GetProperty("logs")[1];
        Assert.Equal(
            ("merchant", 2, false),
            (merchant.GetProperty("name").GetString(), merchant.GetProperty("events").GetInt64(), merchant.GetProperty("ok").GetBoolean())
        );
        Assert.Equal("The row at position 3 (stream a, version 2) was removed.", merchant.GetProperty("problem").GetString());
        Assert.Contains(
            "does not exist",
            json.RootElement.GetProperty("logs")[0].GetProperty("problem").GetString(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_damaged_file_is_reported_and_nothing_is_thrown()
    {
        await using (var file = File.OpenWrite(folder.Log.Database))
        {
            file.Seek(4096, SeekOrigin.Begin);
            file.Write(new byte[(int)Math.Min(file.Length - 4096, 200_000)]);
        }
        Assert.IsType<LogProblem.Unreadable>((await VerifyAsync()).Problem);
        File.WriteAllText(folder.Log.Database, new string('x', 5000));
        Assert.IsType<LogProblem.Unreadable>(Assert.Single(await LogVerification.VerifyFolderAsync(folder.Path, null, default)).Problem);
    }

    [Fact]
    public void Each_problem_is_described_in_a_sentence()
    {
        foreach (var problem in Edits.Select(row => row.Data.Item2))
            Assert.EndsWith(".", problem.Describe(), StringComparison.Ordinal);
    }

    private protected ValueTask<LogReport> VerifyAsync() => LogVerification.VerifyAsync(folder.Log, null, default);

    private string[] Lines() => File.ReadAllLines(folder.Log.Heads);

    private static async Task AppendAsync(SqliteEventStore store, string stream, int version, DateTimeOffset at)
    {
        var lease = await store.AcquireShardAsync(ShardMap.ShardOf(new(stream)), default);
        var append = new Append(new(stream), version - 1, lease, at)
        {
            Events = [new NewEvent("happened", Encoding.UTF8.GetBytes($$"""{"in":"{{stream}}","version":{{version}}}"""))],
            Keys = [new UniqueKey("number", $"{stream}-{version}")],
            Documents = [new Document($"{stream}-{version}", $"customer-{stream}", "text"u8.ToArray())],
        };
        Assert.Equal([new AppendResult.Committed(version)], await store.CommitAsync([append], default));
    }

    private static string Swap(string what, params string[] columns) =>
        string.Join(
            ';',
            (columns.Length == 0 ? [what] : columns).Select(column =>
                $"""
                    CREATE TEMP TABLE kept_{column} AS SELECT position, {column} AS value FROM events;
                    UPDATE events SET {column} = (SELECT value FROM kept_{column} WHERE position = 5) WHERE position = 3;
                    UPDATE events SET {column} = (SELECT value FROM kept_{column} WHERE position = 3) WHERE position = 5
                    """
            )
        );

    private protected void Sql(string sql)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = InItsTables(sql);
        command.ExecuteNonQuery();
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection($"Data Source={folder.Log.Database};Pooling=False");
        connection.Open();
        return connection;
    }

    /// <summary>What an intruder without the key can do: make every row match its hash again.</summary>
    private LogTree HashAnew()
    {
        var tree = new LogTree();
        var last = new Dictionary<string, byte[]>();
        using var reading = SqliteSchema.OpenForReading(folder.Log.Database);
        List<StoredRow> rows = [.. StoredRow.ReadAll(reading)];
        using var connection = Open();
        foreach (var row in rows)
        {
            var previous = last.GetValueOrDefault(row.Place.Stream.Value, EventHash.BeforeFirst.ToArray());
            var hash = EventHash.Compute(
                previous,
                row.Place.Position,
                row.Place.Stream,
                row.Place.Version,
                row.AtMs,
                row.Type,
                row.Payload
            );
            last[row.Place.Stream.Value] = hash;
            tree.Add(hash);
            using var command = connection.CreateCommand();
            command.CommandText = "UPDATE events SET hash = $hash WHERE position = $position";
            command.Parameters.AddWithValue("$hash", hash);
            command.Parameters.AddWithValue("$position", row.Place.Position);
            command.ExecuteNonQuery();
        }
        return tree;
    }

    private sealed class ByText : IEqualityComparer<LogProblem?>
    {
        public bool Equals(LogProblem? x, LogProblem? y) => x?.GetType() == y?.GetType() && x?.Describe() == y?.Describe();

        public int GetHashCode(LogProblem? obj) => 0;
    }
}
