using Microsoft.Data.Sqlite;
using Shonin.EventLog.Secrets;

namespace Shonin.EventLog.Sqlite;

/// <summary>The tables of a log, and how a database file is opened.</summary>
internal static class SqliteSchema
{
    /// <summary>
    /// Raised with each change that an older program must not write to. Version 1 is brought up by <see cref="SchemaMigration"/>.
    /// </summary>
    internal const int Version = 2;

    /// <summary>
    /// Half of SQLite's own: most of what an order writes are single rows at random places of large trees, and the write-ahead log takes a
    /// whole page for each. Measured beside 4,096 with the same rows: two thirds of the bytes. 1,024 brings nothing more, because the file
    /// system writes 4,096 anyway.
    /// </summary>
    internal const int PageSizeBytes = 2_048;

    /// <summary>
    /// What must be unique is unique here too, whatever the code above believes: a position, a stream's version, a key, an outbox id.
    /// Only <c>events</c>, <c>streams</c> and <c>head</c> are evidence; the other tables can be read without it, and erased.
    /// <para>
    /// Streams and owners have numbers, given in the order they came: whatever is looked up by them stands in that order too, and its last
    /// page is the one that is written. A document's <c>packing</c> is a <see cref="Packing"/>.
    /// </para>
    /// </summary>
    internal const string Tables = """
        CREATE TABLE streams (
            id   INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE) STRICT;
        CREATE TABLE events (
            position INTEGER PRIMARY KEY,
            stream   INTEGER NOT NULL,
            version  INTEGER NOT NULL,
            at       INTEGER NOT NULL,
            type     TEXT NOT NULL,
            payload  BLOB NOT NULL,
            hash     BLOB NOT NULL,
            UNIQUE (stream, version)) STRICT;
        CREATE TABLE keys (
            scope   TEXT NOT NULL,
            value   TEXT NOT NULL,
            stream  INTEGER NOT NULL,
            content BLOB NOT NULL,
            PRIMARY KEY (scope, value)) STRICT, WITHOUT ROWID;
        CREATE TABLE outbox (
            place    INTEGER PRIMARY KEY,
            id       TEXT NOT NULL UNIQUE,
            queue    TEXT NOT NULL,
            stream   INTEGER NOT NULL,
            payload  BLOB NOT NULL,
            due      INTEGER NOT NULL,
            attempts INTEGER NOT NULL) STRICT;
        CREATE INDEX outbox_by_due ON outbox (queue, due, place);
        CREATE INDEX outbox_by_stream ON outbox (stream, queue, place);
        CREATE TABLE alarms (
            stream INTEGER PRIMARY KEY,
            shard  INTEGER NOT NULL,
            at     INTEGER NOT NULL) STRICT;
        CREATE TABLE owners (
            id    INTEGER PRIMARY KEY,
            owner TEXT NOT NULL UNIQUE,
            key   BLOB NOT NULL) STRICT;
        CREATE TABLE documents (
            id      TEXT NOT NULL PRIMARY KEY,
            owner   INTEGER NOT NULL,
            packing INTEGER NOT NULL,
            content BLOB NOT NULL) STRICT;
        CREATE INDEX documents_by_owner ON documents (owner);
        """;

    /// <summary>
    /// Tables that stayed as they were in version 1; <c>room</c> is what is written to find out whether there is room for more.
    /// </summary>
    private const string LastingTables = """
        CREATE TABLE schema (version INTEGER NOT NULL) STRICT;
        CREATE TABLE head (
            id           INTEGER PRIMARY KEY CHECK (id = 1),
            log          TEXT NOT NULL,
            events       INTEGER NOT NULL,
            root         BLOB NOT NULL,
            peaks        BLOB NOT NULL,
            at           INTEGER NOT NULL,
            key          TEXT NOT NULL,
            signature    BLOB NOT NULL,
            witness_line INTEGER NOT NULL,
            witness_hash BLOB NOT NULL,
            master_key   BLOB NOT NULL) STRICT;
        CREATE TABLE shards (
            shard INTEGER PRIMARY KEY,
            epoch INTEGER NOT NULL) STRICT;
        """;

    internal const string Room = "CREATE TABLE IF NOT EXISTS room (id INTEGER PRIMARY KEY CHECK (id = 1), content BLOB NOT NULL) STRICT;";

    /// <summary>
    /// What readers read, by the streams' names, whatever the version of the file. The views are the connection's own, so that none in the
    /// file, which an intruder could have laid there, is believed. <c>log_rows</c> leaves out nothing: a row whose stream has no name is
    /// there under a name that none can have.
    /// </summary>
    private const string Views = """
        CREATE TEMP VIEW log_events AS SELECT e.position, s.name AS stream, e.version, e.at, e.type, e.payload, e.hash
            FROM main.events e JOIN main.streams s ON s.id = e.stream;
        CREATE TEMP VIEW log_rows AS SELECT e.position, coalesce(s.name, '(' || e.stream || ')') AS stream, e.version, e.at, e.type, e.payload, e.hash, p.hash AS previous
            FROM main.events e LEFT JOIN main.streams s ON s.id = e.stream LEFT JOIN main.events p ON p.stream = e.stream AND p.version = e.version - 1;
        CREATE TEMP VIEW log_keys AS SELECT k.scope, k.value, s.name AS stream, k.content FROM main.keys k JOIN main.streams s ON s.id = k.stream;
        CREATE TEMP VIEW log_outbox AS SELECT o.place, o.id, o.queue, s.name AS stream, o.payload, o.due, o.attempts FROM main.outbox o JOIN main.streams s ON s.id = o.stream;
        CREATE TEMP VIEW log_alarms AS SELECT s.name AS stream, a.shard, a.at FROM main.alarms a JOIN main.streams s ON s.id = a.stream;
        CREATE TEMP VIEW log_documents AS SELECT d.id, o.owner, o.key, d.packing, d.content FROM main.documents d JOIN main.owners o ON o.id = d.owner;
        """;

    /// <summary>The same of a file that is still of version 1.</summary>
    private const string ViewsOfVersion1 = """
        CREATE TEMP VIEW log_events AS SELECT * FROM main.events;
        CREATE TEMP VIEW log_rows AS SELECT e.*, p.hash AS previous
            FROM main.events e LEFT JOIN main.events p ON p.stream = e.stream AND p.version = e.version - 1;
        CREATE TEMP VIEW log_keys AS SELECT * FROM main.keys;
        CREATE TEMP VIEW log_outbox AS SELECT * FROM main.outbox;
        CREATE TEMP VIEW log_alarms AS SELECT * FROM main.alarms;
        CREATE TEMP VIEW log_documents AS SELECT d.id, o.owner, o.key, 0 AS packing, d.content FROM main.documents d JOIN main.owners o ON o.owner = d.owner;
        """;

    /// <summary>
    /// A checkpoint copies each changed page once, however often it changed: fewer of them, 16 MiB apart, copy less in all.
    /// </summary>
    private const int CheckpointPageCount = 16 * 1024 * 1024 / PageSizeBytes;

    /// <summary>
    /// The connection that writes. What a crash left in the write-ahead log, copies of what was erased among it, is put where it belongs.
    /// The file is made, for its owner only, where it is missing; one of an earlier version is left as it is.
    /// </summary>
    /// <exception cref="LogUnusableException">It is no log, or a newer one.</exception>
    internal static SqliteConnection OpenForWriting(string path)
    {
        return Open(path, OwnerOnly.OpenDatabase, connection =>
        {
            connection.Execute(
                $"""
                PRAGMA page_size = {PageSizeBytes};
                PRAGMA journal_mode = WAL;
                PRAGMA synchronous = FULL;
                PRAGMA wal_autocheckpoint = {CheckpointPageCount};
                PRAGMA wal_checkpoint(TRUNCATE);
                """
            );
            if (connection.Scalar("SELECT count(*) FROM sqlite_schema") is 0L)
            {
                connection.Execute(
                    $"BEGIN IMMEDIATE; {LastingTables} {Room} {Tables} INSERT INTO schema (version) VALUES ({Version}); COMMIT;"
                );
            }
        });
    }

    /// <summary>
    /// A connection that cannot write; it works beside a writer and sees what was committed. It reads the views <c>log_…</c>.
    /// </summary>
    /// <exception cref="LogUnusableException">It is missing, no log, or a newer one.</exception>
    internal static SqliteConnection OpenForReading(string path) =>
        File.Exists(path) ? Open(path, OwnerOnly.OpenDatabaseToRead, connection =>
            {
                if (StoredVersion(connection) is { } version)
                    connection.Execute(version == 1 ? ViewsOfVersion1 : Views);
            }) : throw new LogUnusableException($"{path} does not exist. Name the data folder of the server with --data.");

    private static SqliteConnection Open(string path, Func<string, SqliteConnection> open, Action<SqliteConnection> prepare)
    {
        SqliteConnection? connection = null;
        try
        {
            connection = open(path);
            prepare(connection);
            switch (StoredVersion(connection))
            {
                case null:
                    throw new LogUnusableException($"{path} is a SQLite database but no log of ours. Name another data folder.");
                case > Version and var newer:
                    throw new LogUnusableException(
                        $"{path} has schema version {newer}; this program knows versions up to {Version}. Run the newer shonin that wrote it."
                    );
                default:
                    return connection;
            }
        }
        catch (SqliteException unreadable)
        {
            connection?.Dispose();
            throw new LogUnusableException($"{path} cannot be opened: {SqliteFailure.Describe(unreadable)}", unreadable);
        }
        catch
        {
            connection?.Dispose();
            throw;
        }
    }

    internal static long? StoredVersion(SqliteConnection connection) =>
        connection.Scalar("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'schema'") is 0L
            ? null
            : connection.Scalar("SELECT max(version) FROM schema") as long?;
}
