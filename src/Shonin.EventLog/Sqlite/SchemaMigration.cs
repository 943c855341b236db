using Microsoft.Data.Sqlite;

namespace Shonin.EventLog.Sqlite;

/// <summary>
/// Brings a log of schema version 1 to the present one, in one transaction: every row is kept, streams and owners get numbers in the order
/// they came. What is evidence stays as it was, byte for byte (hashes cover the streams' names, not their numbers), and no document is
/// sealed anew.
/// </summary>
internal static class SchemaMigration
{
    private const string SetAside = """
        DROP INDEX IF EXISTS outbox_by_due;
        DROP INDEX IF EXISTS outbox_by_stream;
        DROP INDEX IF EXISTS alarms_by_shard;
        DROP INDEX IF EXISTS documents_by_owner;
        ALTER TABLE events RENAME TO old_events;
        ALTER TABLE keys RENAME TO old_keys;
        ALTER TABLE outbox RENAME TO old_outbox;
        ALTER TABLE alarms RENAME TO old_alarms;
        ALTER TABLE owners RENAME TO old_owners;
        ALTER TABLE documents RENAME TO old_documents;
        """;

    private const string Fill = """
        INSERT INTO streams (name)
            SELECT stream FROM (
                SELECT stream, min(position) AS first FROM old_events GROUP BY stream
                UNION ALL SELECT stream, NULL FROM old_keys UNION ALL SELECT stream, NULL FROM old_outbox UNION ALL SELECT stream, NULL FROM old_alarms)
            GROUP BY stream ORDER BY min(first), stream;
        INSERT INTO events SELECT e.position, s.id, e.version, e.at, e.type, e.payload, e.hash FROM old_events e CROSS JOIN streams s ON s.name = e.stream ORDER BY e.position;
        INSERT INTO keys SELECT k.scope, k.value, s.id, k.content FROM old_keys k CROSS JOIN streams s ON s.name = k.stream ORDER BY k.scope, k.value;
        INSERT INTO outbox SELECT o.place, o.id, o.queue, s.id, o.payload, o.due, o.attempts FROM old_outbox o CROSS JOIN streams s ON s.name = o.stream ORDER BY o.place;
        INSERT INTO alarms SELECT s.id, a.shard, a.at FROM old_alarms a JOIN streams s ON s.name = a.stream;
        INSERT INTO owners (owner, key) SELECT o.owner, o.key FROM old_owners o;
        INSERT INTO documents SELECT d.id, o.id, 0, d.content FROM old_documents d CROSS JOIN owners o ON o.owner = d.owner ORDER BY d.rowid;
        """;

    private static readonly string[] kept = ["events", "keys", "outbox", "alarms", "owners"];

    /// <summary>Migrates, and then gives the file the present page size where nobody else has it open.</summary>
    /// <exception cref="SqliteException">Nothing was changed: the disk is full, or somebody holds the database.</exception>
    /// <exception cref="LogUnusableException">Nothing was changed: rows would be lost.</exception>
    internal static void Run(SqliteConnection connection)
    {
        Within(connection, end: "COMMIT");
        TakePageSize(connection);
    }

    /// <summary>Does all of it, checks it, and takes it back.</summary>
    /// <exception cref="SqliteException">It would not have worked.</exception>
    internal static void Try(SqliteConnection connection) => Within(connection, end: "ROLLBACK");

    private static void Within(SqliteConnection connection, string end)
    {
        connection.Execute("BEGIN IMMEDIATE");
        try
        {
            connection.Execute(SetAside + SqliteSchema.Tables + Fill);
            if (kept.FirstOrDefault(table => !Equals(Count(connection, table), Count(connection, $"old_{table}"))) is { } torn)
            {
                throw new LogUnusableException(
                    $"The table {torn} of {connection.DataSource} cannot be brought to schema version {SqliteSchema.Version} whole. "
                        + "Nothing was changed. Run: shonin log verify. Restore the data folder from a backup."
                );
            }

            connection.Execute(
                $"""
                DROP TABLE old_events; DROP TABLE old_keys; DROP TABLE old_outbox; DROP TABLE old_alarms; DROP TABLE old_documents;
                PRAGMA secure_delete = ON;
                DROP TABLE old_owners; -- whoever erases an owner later must find no other copy of the key
                PRAGMA secure_delete = OFF;
                {SqliteSchema.Room}
                UPDATE schema SET version = {SqliteSchema.Version};
                {end};
                """
            );
        }
        catch
        {
            if (SQLitePCL.raw.sqlite3_get_autocommit(connection.Handle) == 0)
                connection.Execute("ROLLBACK");
            throw;
        }
    }

    private static object? Count(SqliteConnection connection, string table) => connection.Scalar($"SELECT count(*) FROM {table}");

    private static void TakePageSize(SqliteConnection connection)
    {
        try
        {
            connection.Execute($"PRAGMA journal_mode = DELETE; PRAGMA page_size = {SqliteSchema.PageSizeBytes}; VACUUM;");
        }
        catch (SqliteException)
        {
            // A reader has it open, or there is no room for a copy: the log is as good with the larger pages, it only writes more.
        }
        finally
        {
            connection.Execute("PRAGMA journal_mode = WAL");
        }
    }
}
