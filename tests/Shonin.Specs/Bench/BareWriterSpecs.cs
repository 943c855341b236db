using System.Globalization;
using Microsoft.Data.Sqlite;
using Shonin.Bench;
using Shonin.EventLog;
using Shonin.EventLog.Sqlite;
using Shonin.Specs.EventLog;

namespace Shonin.Specs.Bench;

[RealParts]
public sealed class BareWriterSpecs
{
    private static readonly StreamId order = new("order-1");

    [Fact]
    public async Task The_bare_writer_leaves_every_table_as_the_log_left_it_in_as_many_batches()
    {
        using var folder = new DataFolder();
        await CommitAsync(folder, 0, Placed);
        using var bare = folder.Copy();
        RowRecording.Begin(folder.Log.Database);
        await CommitAsync(folder, 1, Settled, Erasing);

        var recording = RowRecording.Read(folder.Log.Database);
        Assert.Equal(2, recording.Batches.Count);
        Assert.NotEqual(Content(folder), Content(bare));
        BareWriter.Write([(bare.Log.Database, recording)]);
        Assert.Equal(Content(folder), Content(bare));
    }

    private static Append Placed(Append append) =>
        append with
        {
            Events = [new NewEvent("placed", "{}"u8.ToArray())],
            Keys = [new UniqueKey("number", "N1001", "x"u8.ToArray()), new UniqueKey("claim", "1")],
            Outbox = [new OutboxItem("mail-1", "mail", order, "{}"u8.ToArray(), DateTimeOffset.UnixEpoch)],
            Documents = [new Document("notice-1", "customer-1", "text"u8.ToArray())],
            Alarm = new AlarmChange.Set(DateTimeOffset.UnixEpoch.AddDays(1)),
        };

    private static Append Settled(Append append) =>
        append with
        {
            Events = [new NewEvent("approved", "{}"u8.ToArray()), new NewEvent("told", "{}"u8.ToArray())],
            Keys = [new UniqueKey("claim", "2")],
            CompletedOutbox = ["mail-1"],
            Outbox = [new OutboxItem("mail-2", "mail", order, "{}"u8.ToArray(), DateTimeOffset.UnixEpoch)],
            Documents =
            [
                new Document("notice-1", "customer-1", "another text"u8.ToArray()),
                new Document("notice-2", "customer-2", "text"u8.ToArray()),
            ],
            Alarm = new AlarmChange.Set(DateTimeOffset.UnixEpoch.AddDays(2)),
        };

    private static Append Erasing(Append append) =>
        append with
        {
            Events = [new NewEvent("closed", default)],
            Alarm = AlarmChange.Clear.Instance,
        };

    private static async Task CommitAsync(DataFolder folder, long version, params Func<Append, Append>[] appends)
    {
        await using var store = await SqliteEventStore.OpenAsync(folder.Log, TimeProvider.System, default);
        var lease = await store.AcquireShardAsync(ShardMap.ShardOf(order), default);
        foreach (var made in appends)
        {
            var append = made(new Append(order, version, lease, DateTimeOffset.UnixEpoch));
            version += append.Events.Count;
            Assert.Equal([new AppendResult.Committed(version)], await store.CommitAsync([append], default));
        }
    }

    /// <summary>Every row of every table of the log, as text.</summary>
    private static List<string> Content(DataFolder folder)
    {
        using var connection = new SqliteConnection($"Data Source={folder.Log.Database};Pooling=False");
        connection.Open();
        var tables = Rows(
            connection,
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'recorded_%' AND name NOT LIKE 'sqlite_%' ORDER BY name"
        );
        return
        [
            .. tables.SelectMany(table =>
                Rows(connection, $"SELECT * FROM {table}").Order(StringComparer.Ordinal).Select(row => $"{table}: {row}")
            ),
        ];
    }

    private static List<string> Rows(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var row = command.ExecuteReader();
        var rows = new List<string>();
        while (row.Read())
        {
            rows.Add(
                string.Join(
                    '|',
                    Enumerable
                        .Range(0, row.FieldCount)
                        .Select(column =>
                            row.GetValue(column) is byte[] bytes
                                ? Convert.ToHexString(bytes)
                                : Convert.ToString(row.GetValue(column), CultureInfo.InvariantCulture)
                        )
                )
            );
        }
        return rows;
    }
}
