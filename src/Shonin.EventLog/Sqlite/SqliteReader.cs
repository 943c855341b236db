using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using Shonin.EventLog.Secrets;

namespace Shonin.EventLog.Sqlite;

/// <summary>Reads on connections that cannot write, one at a time each, kept for the next reader. Never waits for the writer.</summary>
internal sealed class SqliteReader(string path, DocumentKeys documentKeys) : IEventReader
{
    private const string EventColumns = "position, stream, version, at, type, payload, hash";

    private const string OutboxColumns = "id, queue, stream, payload, due, attempts";

    private readonly ConcurrentBag<SqliteConnection> idle = [];

    public ValueTask<IReadOnlyList<StoredEvent>> ReadStreamAsync(StreamId stream, long afterVersion, CancellationToken cancellation) =>
        Rows($"SELECT {EventColumns} FROM events WHERE stream = $1 AND version > $2 ORDER BY version", ToEvent, cancellation, stream.Value, afterVersion);

    public ValueTask<IReadOnlyList<StoredEvent>> ReadAllAsync(long afterPosition, int limit, CancellationToken cancellation) =>
        Rows($"SELECT {EventColumns} FROM events WHERE position > $1 ORDER BY position LIMIT $2", ToEvent, cancellation, afterPosition, limit);

    public async ValueTask<KeyHolder?> FindKeyAsync(string scope, string value, CancellationToken cancellation)
    {
        var holders = await Rows("SELECT stream, content FROM keys WHERE scope = $1 AND value = $2",
            row => new KeyHolder(new(row.GetString(0)), row.GetFieldValue<byte[]>(1)), cancellation, scope, value);
        return holders.Count == 0 ? null : holders[0];
    }

    public async ValueTask<string?> GreatestKeyAsync(string scope, CancellationToken cancellation)
    {
        var values = await Rows("SELECT value FROM keys WHERE scope = $1 ORDER BY value DESC LIMIT 1", row => row.GetString(0), cancellation, scope);
        return values.Count == 0 ? null : values[0];
    }

    public ValueTask<IReadOnlyList<Alarm>> ReadAlarmsAsync(int shard, CancellationToken cancellation)
    {
        AppendLimits.CheckShard(shard);
        return Rows("SELECT stream, at FROM alarms WHERE shard = $1 ORDER BY at, stream",
            row => new Alarm(new(row.GetString(0)), Milliseconds.ToTime(row.GetInt64(1))), cancellation, shard);
    }

    public ValueTask<IReadOnlyList<OutboxItem>> ReadOutboxAsync(
        string queue, DateTimeOffset dueBefore, int limit, CancellationToken cancellation) =>
        Rows($"SELECT {OutboxColumns} FROM outbox WHERE queue = $1 AND due <= $2 ORDER BY due, place LIMIT $3",
            ToOutboxItem, cancellation, queue, Milliseconds.Floor(dueBefore), limit);

    public ValueTask<IReadOnlyList<OutboxItem>> ReadOutboxFirstsAsync(
        string queue, DateTimeOffset dueBefore, int limit, CancellationToken cancellation) =>
        Rows($"""
            SELECT {OutboxColumns} FROM outbox AS one WHERE queue = $1 AND due <= $2
                AND NOT EXISTS (SELECT 1 FROM outbox AS before WHERE before.stream = one.stream AND before.queue = one.queue AND before.place < one.place)
            ORDER BY due, place LIMIT $3
            """,
            ToOutboxItem, cancellation, queue, Milliseconds.Floor(dueBefore), limit);

    public async ValueTask<ReadOnlyMemory<byte>?> ReadDocumentAsync(string id, CancellationToken cancellation)
    {
        var found = await Rows("SELECT d.owner, d.content, o.key FROM documents d JOIN owners o ON o.owner = d.owner WHERE d.id = $1",
            row => (Owner: row.GetString(0), Content: row.GetFieldValue<byte[]>(1), Key: row.GetFieldValue<byte[]>(2)), cancellation, id);
        if (found.Count == 0)
            return null;
        try
        {
            return documentKeys.Open(found[0].Key, found[0].Owner, id, found[0].Content);
        }
        catch (CryptographicException altered)
        {
            throw new InvalidDataException(
                $"Document {id} of {path} cannot be decrypted: it was altered, or the master key in keys/ is another one. Restore both from one backup.", altered);
        }
    }

    public ValueTask DisposeAsync()
    {
        while (idle.TryTake(out var connection))
            connection.Dispose();
        return ValueTask.CompletedTask;
    }

    private ValueTask<IReadOnlyList<T>> Rows<T>(string sql, Func<SqliteDataReader, T> read, CancellationToken cancellation, params ReadOnlySpan<object> values)
    {
        cancellation.ThrowIfCancellationRequested();
        var connection = idle.TryTake(out var used) ? used : SqliteSchema.OpenForReading(path);
        try
        {
            var rows = Rows(connection, sql, read, values);
            idle.Add(connection);
            return ValueTask.FromResult<IReadOnlyList<T>>(rows);
        }
        catch (SqliteException failure)
        {
            connection.Dispose();
            throw new LogUnusableException($"{path} cannot be read: {SqliteFailure.Describe(failure)}.", failure);
        }
    }

    private static List<T> Rows<T>(SqliteConnection connection, string sql, Func<SqliteDataReader, T> read, ReadOnlySpan<object> values)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        for (var index = 0; index < values.Length; index++)
            command.Parameters.AddWithValue($"${index + 1}", values[index]);
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
            rows.Add(read(reader));
        return rows;
    }

    private static OutboxItem ToOutboxItem(SqliteDataReader row) => new(
        row.GetString(0), row.GetString(1), new(row.GetString(2)), row.GetFieldValue<byte[]>(3), Milliseconds.ToTime(row.GetInt64(4)), row.GetInt32(5));

    private static StoredEvent ToEvent(SqliteDataReader row) => new(
        row.GetInt64(0), new(row.GetString(1)), row.GetInt64(2), Milliseconds.ToTime(row.GetInt64(3)), row.GetString(4),
        row.GetFieldValue<byte[]>(5), row.GetFieldValue<byte[]>(6));
}
