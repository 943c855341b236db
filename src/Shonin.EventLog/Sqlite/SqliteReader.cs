using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using Shonin.EventLog.Secrets;

namespace Shonin.EventLog.Sqlite;

/// <summary>
/// Reads on connections that cannot write, one at a time each, kept with their statements for the next reader. Never waits for the writer.
/// It reads the views of <see cref="SqliteSchema"/>, and so a file of an earlier version too.
/// </summary>
internal sealed class SqliteReader(string path, DocumentKeys documentKeys) : IEventReader
{
    private const string EventColumns = "position, stream, version, at, type, payload, hash";

    private const string OutboxColumns = "id, queue, stream, payload, due, attempts";

    private readonly ConcurrentBag<ReadingConnection> idle = [];

    public ValueTask<IReadOnlyList<StoredEvent>> ReadStreamAsync(StreamId stream, long afterVersion, CancellationToken cancellation) =>
        RowsAsync(
            $"SELECT {EventColumns} FROM log_events WHERE stream = ?1 AND version > ?2 ORDER BY version",
            statement => statement.Bind(1, stream.Value).Bind(2, afterVersion),
            ToEvent,
            cancellation
        );

    public async ValueTask<long> ReadVersionAsync(StreamId stream, CancellationToken cancellation)
    {
        var newest = await RowsAsync(
            "SELECT version FROM log_events WHERE stream = ?1 ORDER BY version DESC LIMIT 1",
            statement => statement.Bind(1, stream.Value),
            row => row.Number(0),
            cancellation
        );
        return newest.Count == 0 ? 0 : newest[0];
    }

    public ValueTask<IReadOnlyList<StoredEvent>> ReadAllAsync(long afterPosition, int limit, CancellationToken cancellation) =>
        RowsAsync(
            $"SELECT {EventColumns} FROM log_events WHERE position > ?1 ORDER BY position LIMIT ?2",
            statement => statement.Bind(1, afterPosition).Bind(2, limit),
            ToEvent,
            cancellation
        );

    public async ValueTask<long> LastPositionAsync(CancellationToken cancellation) =>
        (await RowsAsync("SELECT coalesce(max(position), 0) FROM log_events", statement => statement, row => row.Number(0), cancellation))[
            0
        ];

    public async ValueTask<KeyHolder?> FindKeyAsync(string scope, string value, CancellationToken cancellation)
    {
        var holders = await RowsAsync(
            "SELECT stream, content FROM log_keys WHERE scope = ?1 AND value = ?2",
            statement => statement.Bind(1, scope).Bind(2, value),
            row => new KeyHolder(new(row.Text(0)), row.Bytes(1)),
            cancellation
        );
        return holders.Count == 0 ? null : holders[0];
    }

    public async ValueTask<string?> GreatestKeyAsync(string scope, CancellationToken cancellation)
    {
        var values = await RowsAsync(
            "SELECT value FROM main.keys WHERE scope = ?1 ORDER BY value DESC LIMIT 1",
            statement => statement.Bind(1, scope),
            row => row.Text(0),
            cancellation
        );
        return values.Count == 0 ? null : values[0];
    }

    public ValueTask<IReadOnlyList<Alarm>> ReadAlarmsAsync(int shard, CancellationToken cancellation)
    {
        AppendLimits.CheckShard(shard);
        return RowsAsync(
            "SELECT stream, at FROM log_alarms WHERE shard = ?1 ORDER BY at, stream",
            statement => statement.Bind(1, shard),
            row => new Alarm(new(row.Text(0)), Milliseconds.ToTime(row.Number(1))),
            cancellation
        );
    }

    public ValueTask<IReadOnlyList<OutboxItem>> ReadOutboxAsync(
        string queue,
        DateTimeOffset dueBefore,
        int limit,
        CancellationToken cancellation
    ) =>
        RowsAsync(
            $"SELECT {OutboxColumns} FROM log_outbox WHERE queue = ?1 AND due <= ?2 ORDER BY due, place LIMIT ?3",
            statement => statement.Bind(1, queue).Bind(2, Milliseconds.Floor(dueBefore)).Bind(3, limit),
            ToOutboxItem,
            cancellation
        );

    public ValueTask<IReadOnlyList<OutboxItem>> ReadOutboxFirstsAsync(
        string queue,
        DateTimeOffset dueBefore,
        int limit,
        CancellationToken cancellation
    ) =>
        RowsAsync(
            $"""
            SELECT {OutboxColumns} FROM log_outbox AS one WHERE queue = ?1 AND due <= ?2 AND NOT EXISTS (
                SELECT 1 FROM main.outbox AS before JOIN main.outbox AS own ON own.place = one.place
                WHERE before.stream = own.stream AND before.queue = own.queue AND before.place < own.place)
            ORDER BY due, place LIMIT ?3
            """,
            statement => statement.Bind(1, queue).Bind(2, Milliseconds.Floor(dueBefore)).Bind(3, limit),
            ToOutboxItem,
            cancellation
        );

    public async ValueTask<ReadOnlyMemory<byte>?> ReadDocumentAsync(string id, CancellationToken cancellation)
    {
        var found = await RowsAsync(
            "SELECT owner, key, packing, content FROM log_documents WHERE id = ?1",
            statement => statement.Bind(1, id),
            row => (Owner: row.Text(0), Key: row.Bytes(1), Packing: (Packing)row.Number(2), Content: row.Bytes(3)),
            cancellation
        );
        if (found.Count == 0)
            return null;
        try
        {
            return DocumentPacking.Unpack(found[0].Packing, documentKeys.Open(found[0].Key, found[0].Owner, id, found[0].Content));
        }
        catch (Exception altered) when (altered is CryptographicException or InvalidDataException)
        {
            throw new InvalidDataException(
                $"Document {id} of {path} cannot be decrypted: it was altered, or the master key in keys/ is another one. Restore both from one backup.",
                altered
            );
        }
    }

    /// <summary>The key of an owner, wrapped, or null where it has none.</summary>
    internal byte[]? FindOwnerKey(string owner) =>
        Rows("SELECT key FROM main.owners WHERE owner = ?1", statement => statement.Bind(1, owner), row => row.Bytes(0)) is [var key]
            ? key
            : null;

    public ValueTask DisposeAsync()
    {
        while (idle.TryTake(out var connection))
            connection.Dispose();
        return ValueTask.CompletedTask;
    }

    private ValueTask<IReadOnlyList<T>> RowsAsync<T>(
        string sql,
        Func<Statement, Statement> bind,
        Func<Statement.Row, T> read,
        CancellationToken cancellation
    )
    {
        cancellation.ThrowIfCancellationRequested();
        return ValueTask.FromResult<IReadOnlyList<T>>(Rows(sql, bind, read));
    }

    /// <exception cref="LogUnusableException">The file cannot be read.</exception>
    private List<T> Rows<T>(string sql, Func<Statement, Statement> bind, Func<Statement.Row, T> read)
    {
        var connection = idle.TryTake(out var used) ? used : new(SqliteSchema.OpenForReading(path));
        try
        {
            var rows = bind(connection.Prepared(sql)).All(read);
            idle.Add(connection);
            return rows;
        }
        catch (SqliteException failure)
        {
            connection.Dispose();
            throw new LogUnusableException($"{path} cannot be read: {SqliteFailure.Describe(failure)}.", failure);
        }
    }

    private static OutboxItem ToOutboxItem(Statement.Row row) =>
        new(row.Text(0), row.Text(1), new(row.Text(2)), row.Bytes(3), Milliseconds.ToTime(row.Number(4)), (int)row.Number(5));

    private static StoredEvent ToEvent(Statement.Row row) =>
        new(row.Number(0), new(row.Text(1)), row.Number(2), Milliseconds.ToTime(row.Number(3)), row.Text(4), row.Bytes(5), row.Bytes(6));

    /// <summary>A connection with what it has prepared: one statement for each kind of question.</summary>
    private sealed class ReadingConnection(SqliteConnection connection) : IDisposable
    {
        private readonly Dictionary<string, Statement> statements = [];

        internal Statement Prepared(string sql)
        {
            if (!statements.TryGetValue(sql, out var statement))
                statements.Add(sql, statement = new Statement(connection, sql));
            return statement;
        }

        public void Dispose()
        {
            foreach (var statement in statements.Values)
                statement.Dispose();
            connection.Dispose();
        }
    }
}
