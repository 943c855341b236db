using Microsoft.Data.Sqlite;
using Shonin.EventLog.Secrets;

namespace Shonin.EventLog.Sqlite;

/// <summary>The tables of a log, and how a database file is opened.</summary>
internal static class SqliteSchema
{
    /// <summary>Raised with each change that an older program must not write to.</summary>
    private const int Version = 1;

    /// <summary>
    /// What must be unique is unique here too, whatever the code above believes: a position, a stream's version, a key, an outbox id.
    /// Only <c>events</c> and <c>head</c> are evidence; the other tables can be read without it, and erased.
    /// </summary>
    private const string Tables = """
        CREATE TABLE schema (version INTEGER NOT NULL) STRICT;
        CREATE TABLE events (
            position INTEGER PRIMARY KEY,
            stream   TEXT NOT NULL,
            version  INTEGER NOT NULL,
            at       INTEGER NOT NULL,
            type     TEXT NOT NULL,
            payload  BLOB NOT NULL,
            hash     BLOB NOT NULL,
            UNIQUE (stream, version)) STRICT;
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
        CREATE TABLE keys (
            scope   TEXT NOT NULL,
            value   TEXT NOT NULL,
            stream  TEXT NOT NULL,
            content BLOB NOT NULL,
            PRIMARY KEY (scope, value)) STRICT, WITHOUT ROWID;
        CREATE TABLE outbox (
            place    INTEGER PRIMARY KEY,
            id       TEXT NOT NULL UNIQUE,
            queue    TEXT NOT NULL,
            stream   TEXT NOT NULL,
            payload  BLOB NOT NULL,
            due      INTEGER NOT NULL,
            attempts INTEGER NOT NULL) STRICT;
        CREATE INDEX outbox_by_due ON outbox (queue, due, place);
        CREATE TABLE alarms (
            stream TEXT NOT NULL PRIMARY KEY,
            shard  INTEGER NOT NULL,
            at     INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        CREATE INDEX alarms_by_shard ON alarms (shard, at, stream);
        CREATE TABLE shards (
            shard INTEGER PRIMARY KEY,
            epoch INTEGER NOT NULL) STRICT;
        CREATE TABLE owners (
            owner TEXT NOT NULL PRIMARY KEY,
            key   BLOB NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE documents (
            id      TEXT NOT NULL PRIMARY KEY,
            owner   TEXT NOT NULL,
            content BLOB NOT NULL) STRICT;
        CREATE INDEX documents_by_owner ON documents (owner);
        """;

    /// <summary>What is written to find out whether there is room for more; made in logs of earlier programs too, which have no use for it.</summary>
    private const string Room = "CREATE TABLE IF NOT EXISTS room (id INTEGER PRIMARY KEY CHECK (id = 1), content BLOB NOT NULL) STRICT;";

    /// <summary>Which item of a stream came first. Logs from before it get it when they are opened; a program that does not know it is not disturbed.</summary>
    private const string OutboxOrder = "CREATE INDEX IF NOT EXISTS outbox_by_stream ON outbox (stream, queue, place);";

    /// <summary>A checkpoint copies each changed page once, however often it changed: fewer of them, 16 MiB apart, copy less in all.</summary>
    private const int CheckpointPageCount = 4_000;

    /// <summary>How long a writer waits for a foreign tool that holds the database, before it answers Unavailable.</summary>
    private const int BusyTimeoutMs = 2_000;

    /// <summary>The connection that writes. The file is made, for its owner only, where it is missing.</summary>
    /// <exception cref="LogUnusableException">It is no log, or a newer one.</exception>
    internal static SqliteConnection OpenForWriting(string path)
    {
        return Open(path, OwnerOnly.OpenDatabase, connection =>
        {
            connection.Execute($"""
                PRAGMA busy_timeout = {BusyTimeoutMs};
                PRAGMA journal_mode = WAL;
                PRAGMA synchronous = FULL;
                PRAGMA wal_autocheckpoint = {CheckpointPageCount};
                """);
            if (connection.Scalar("SELECT count(*) FROM sqlite_schema") is 0L)
                connection.Execute($"BEGIN IMMEDIATE; {Tables} INSERT INTO schema (version) VALUES ({Version}); COMMIT;");
            if (StoredVersion(connection) == Version)
                connection.Execute(Room + OutboxOrder);
        });
    }

    /// <summary>A connection that cannot write; it works beside a writer and sees what was committed.</summary>
    /// <exception cref="LogUnusableException">It is missing, no log, or a newer one.</exception>
    internal static SqliteConnection OpenForReading(string path) => File.Exists(path)
        ? Open(path, OwnerOnly.OpenDatabaseToRead, connection => connection.Execute($"PRAGMA busy_timeout = {BusyTimeoutMs};"))
        : throw new LogUnusableException($"{path} does not exist. Name the data folder of the server with --data.");

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
                        $"{path} has schema version {newer}; this program knows versions up to {Version}. Run the newer shonin that wrote it.");
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

    private static long? StoredVersion(SqliteConnection connection) =>
        connection.Scalar("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'schema'") is 0L
            ? null
            : connection.Scalar("SELECT max(version) FROM schema") as long?;
}
