using Microsoft.Data.Sqlite;

namespace Shonin.Specs.EventLog;

/// <summary>Makes of a log of the present version what the program before would have left, with the tables as that one made them.</summary>
internal static class Version1
{
    private const string Tables = """
        CREATE TABLE events (
            position INTEGER PRIMARY KEY,
            stream   TEXT NOT NULL,
            version  INTEGER NOT NULL,
            at       INTEGER NOT NULL,
            type     TEXT NOT NULL,
            payload  BLOB NOT NULL,
            hash     BLOB NOT NULL,
            UNIQUE (stream, version)) STRICT;
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
        CREATE INDEX outbox_by_stream ON outbox (stream, queue, place);
        CREATE TABLE alarms (
            stream TEXT NOT NULL PRIMARY KEY,
            shard  INTEGER NOT NULL,
            at     INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        CREATE INDEX alarms_by_shard ON alarms (shard, at, stream);
        CREATE TABLE owners (
            owner TEXT NOT NULL PRIMARY KEY,
            key   BLOB NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE documents (
            id      TEXT NOT NULL PRIMARY KEY,
            owner   TEXT NOT NULL,
            content BLOB NOT NULL) STRICT;
        CREATE INDEX documents_by_owner ON documents (owner);
        """;

    private const string SetAside = """
        DROP INDEX outbox_by_due; DROP INDEX outbox_by_stream; DROP INDEX documents_by_owner;
        ALTER TABLE events RENAME TO new_events; ALTER TABLE keys RENAME TO new_keys; ALTER TABLE outbox RENAME TO new_outbox;
        ALTER TABLE alarms RENAME TO new_alarms; ALTER TABLE owners RENAME TO new_owners; ALTER TABLE documents RENAME TO new_documents;
        """;

    private const string Fill = """
        INSERT INTO events SELECT e.position, s.name, e.version, e.at, e.type, e.payload, e.hash FROM new_events e JOIN streams s ON s.id = e.stream;
        INSERT INTO keys SELECT k.scope, k.value, s.name, k.content FROM new_keys k JOIN streams s ON s.id = k.stream;
        INSERT INTO outbox SELECT o.place, o.id, o.queue, s.name, o.payload, o.due, o.attempts FROM new_outbox o JOIN streams s ON s.id = o.stream;
        INSERT INTO alarms SELECT s.name, a.shard, a.at FROM new_alarms a JOIN streams s ON s.id = a.stream;
        INSERT INTO owners SELECT owner, key FROM new_owners;
        INSERT INTO documents SELECT d.id, o.owner, d.content FROM new_documents d JOIN new_owners o ON o.id = d.owner;
        DROP TABLE new_events; DROP TABLE new_keys; DROP TABLE new_outbox; DROP TABLE new_alarms; DROP TABLE new_owners; DROP TABLE new_documents; DROP TABLE streams;
        UPDATE schema SET version = 1;
        """;

    /// <summary>Its documents must be too short to be packed: version 1 packs none.</summary>
    internal static void Downgrade(DataFolder folder)
    {
        using var connection = new SqliteConnection($"Data Source={folder.Log.Database};Pooling=False");
        connection.Open();
        Assert.Equal(0L, Execute(connection, "SELECT count(*) FROM documents WHERE packing <> 0"));
        Execute(
            connection,
            $"BEGIN; {SetAside} {Tables} {Fill} COMMIT; PRAGMA journal_mode = DELETE; PRAGMA page_size = 4096; VACUUM; PRAGMA journal_mode = WAL;"
        );
    }

    internal static object? Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
