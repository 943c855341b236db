using Microsoft.Data.Sqlite;
using SQLitePCL;
using Shonin.EventLog.Evidence;
using Shonin.EventLog.Secrets;

namespace Shonin.EventLog.Sqlite;

/// <summary>
/// Everything that changes the database, on the one connection that may and the one thread that uses it. Refusals are found by looking before
/// anything of an append is written, so a refused append needs no undoing and leaves the others of its batch alone.
/// </summary>
internal sealed class SqliteWriter : IDisposable
{
    private const long PageCountMax = 4_294_967_294; // SQLite's own largest
    private const int RoomSizeBytes = 64 * 1024;

    private readonly SqliteConnection connection;
    private readonly DocumentKeys documentKeys;
    private readonly SqliteHead head;
    private readonly long[] epochs = new long[ShardMap.ShardCount];
    private readonly List<Statement> prepared = [];
    private readonly Statement begin, commit, rollback;
    private readonly Statement lastOfStream, insertEvent, findKey, insertKey, findOutbox, insertOutbox, deleteOutbox, postponeOutbox;
    private readonly Statement setAlarm, clearAlarm, setEpoch, findOwner, insertOwner, findDocument, upsertDocument, takeRoom;

    internal SqliteWriter(SqliteConnection connection, DocumentKeys documentKeys, SqliteHead head)
    {
        this.connection = connection;
        this.documentKeys = documentKeys;
        this.head = head;
        begin = Prepare("BEGIN IMMEDIATE");
        commit = Prepare("COMMIT");
        rollback = Prepare("ROLLBACK");
        lastOfStream = Prepare("SELECT version, hash FROM events WHERE stream = ?1 ORDER BY version DESC LIMIT 1");
        insertEvent = Prepare("INSERT INTO events (position, stream, version, at, type, payload, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
        findKey = Prepare("SELECT stream FROM keys WHERE scope = ?1 AND value = ?2");
        insertKey = Prepare("INSERT INTO keys (scope, value, stream, content) VALUES (?1, ?2, ?3, ?4)");
        findOutbox = Prepare("SELECT stream FROM outbox WHERE id = ?1");
        insertOutbox = Prepare("INSERT INTO outbox (id, queue, stream, payload, due, attempts) VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
        deleteOutbox = Prepare("DELETE FROM outbox WHERE id = ?1");
        postponeOutbox = Prepare("UPDATE outbox SET due = ?2, attempts = attempts + 1 WHERE id = ?1");
        setAlarm = Prepare("INSERT INTO alarms (stream, shard, at) VALUES (?1, ?2, ?3) ON CONFLICT (stream) DO UPDATE SET at = excluded.at");
        clearAlarm = Prepare("DELETE FROM alarms WHERE stream = ?1");
        setEpoch = Prepare("INSERT INTO shards (shard, epoch) VALUES (?1, ?2) ON CONFLICT (shard) DO UPDATE SET epoch = excluded.epoch");
        findOwner = Prepare("SELECT key FROM owners WHERE owner = ?1");
        insertOwner = Prepare("INSERT INTO owners (owner, key) VALUES (?1, ?2)");
        findDocument = Prepare("SELECT 1 FROM documents WHERE id = ?1");
        upsertDocument = Prepare("""
            INSERT INTO documents (id, owner, content) VALUES (?1, ?2, ?3)
            ON CONFLICT (id) DO UPDATE SET owner = excluded.owner, content = excluded.content
            """);
        takeRoom = Prepare($"INSERT INTO room (id, content) VALUES (1, randomblob({RoomSizeBytes})) ON CONFLICT (id) DO UPDATE SET content = excluded.content");
        using var epochOf = new Statement(connection, "SELECT epoch FROM shards WHERE shard = ?1");
        for (var shard = 0; shard < epochs.Length; shard++)
            epochs[shard] = epochOf.Bind(1, shard).First(0L, row => row.Number(0));
    }

    internal SqliteHead Head => head;

    /// <summary>Why the last transaction that was tried could not be written, where that concerns the whole database; else null.</summary>
    internal string? Problem { get; private set; }

    /// <summary>
    /// Writes as much as an order with its notices needs, over what was written so the last time. By chance, because SQLite does not write again what
    /// stands there already.
    /// </summary>
    /// <returns>Whether it could.</returns>
    internal bool TryWriting()
    {
        try
        {
            return InTransaction(() =>
            {
                takeRoom.Run();
                return true;
            });
        }
        catch (SqliteException failure)
        {
            Problem = SqliteFailure.Remedy(failure);
            return false;
        }
    }

    internal IReadOnlyList<AppendResult> Commit(IReadOnlyList<Append> batch)
    {
        try
        {
            return InTransaction(() => WriteAll(batch));
        }
        catch (SqliteException failure) when (batch.Count == 1 || SqliteFailure.ConcernsTheDatabase(failure))
        {
            Problem = SqliteFailure.ConcernsTheDatabase(failure) ? SqliteFailure.Remedy(failure) : null;
            return [.. batch.Select(_ => new AppendResult.Unavailable($"The log cannot write: {SqliteFailure.Describe(failure)}."))];
        }
        catch (SqliteException)
        {
            // One append of the batch met what the checks did not foresee; alone, it fails alone.
            return [.. batch.SelectMany(append => Commit([append]))];
        }
    }

    private AppendResult[] WriteAll(IReadOnlyList<Append> batch)
    {
        var results = new AppendResult[batch.Count];
        for (var index = 0; index < batch.Count; index++)
            results[index] = Write(batch[index]);
        head.Store();
        return results;
    }

    private AppendResult Write(Append append)
    {
        var epoch = epochs[append.Lease.Shard];
        if (append.Lease.Epoch != epoch)
            return new AppendResult.LeaseLost(epoch);
        var last = lastOfStream.Bind(1, append.Stream.Value).First((Version: 0L, Hash: EventHash.BeforeFirst), row => (row.Number(0), row.Bytes(1)));
        if (append.ExpectedVersion != last.Version)
            return new AppendResult.VersionConflict(last.Version);
        if (TakenKey(append) is { } taken)
            return taken;

        var (version, hash) = last;
        foreach (var written in append.Events)
            hash = WriteEvent(append, written, ++version, hash.Span);
        if (append.Events.Count > 0)
            head.Touch(append.Stream, version);
        foreach (var key in append.Keys)
            insertKey.Bind(1, key.Scope).Bind(2, key.Value).Bind(3, append.Stream.Value).Bind(4, key.Content.Span).Run();
        foreach (var id in append.CompletedOutbox)
            deleteOutbox.Bind(1, id).Run();
        foreach (var item in append.Outbox)
        {
            insertOutbox.Bind(1, item.Id).Bind(2, item.Queue).Bind(3, item.Stream.Value).Bind(4, item.Payload.Span)
                .Bind(5, Milliseconds.Ceiling(item.DueAt)).Bind(6, item.Attempts).Run();
        }
        foreach (var document in append.Documents)
            WriteDocument(document);
        WriteAlarm(append);
        return new AppendResult.Committed(version);
    }

    private AppendResult.KeyTaken? TakenKey(Append append)
    {
        for (var index = 0; index < append.Keys.Count; index++)
        {
            var key = append.Keys[index];
            if (append.Keys.Take(index).Any(other => other.Scope == key.Scope && other.Value == key.Value))
                return new AppendResult.KeyTaken(key, append.Stream);
            if (findKey.Bind(1, key.Scope).Bind(2, key.Value).First((string?)null, row => row.Text(0)) is { } holder)
                return new AppendResult.KeyTaken(key, new(holder));
        }
        for (var index = 0; index < append.Outbox.Count; index++)
        {
            var id = append.Outbox[index].Id;
            if (append.Outbox.Take(index).Any(other => other.Id == id))
                return new AppendResult.KeyTaken(new UniqueKey(OutboxItem.IdScope, id), append.Stream);
            if (findOutbox.Bind(1, id).First((string?)null, row => row.Text(0)) is { } holder)
                return new AppendResult.KeyTaken(new UniqueKey(OutboxItem.IdScope, id), new(holder));
        }
        return null;
    }

    private byte[] WriteEvent(Append append, NewEvent written, long version, ReadOnlySpan<byte> previous)
    {
        var position = head.NextPosition;
        var hash = EventHash.Compute(previous, position, append.Stream, version, append.At, written.Type, written.Payload.Span);
        insertEvent.Bind(1, position).Bind(2, append.Stream.Value).Bind(3, version).Bind(4, Milliseconds.Floor(append.At))
            .Bind(5, written.Type).Bind(6, written.Payload.Span).Bind(7, hash).Run();
        head.Add(hash);
        return hash;
    }

    private void WriteDocument(Document document)
    {
        if (document.MadeFrom is { } source && !findDocument.Bind(1, source).First(false, _ => true))
            return;
        var ownerKey = findOwner.Bind(1, document.Owner).First((byte[]?)null, row => row.Bytes(0));
        if (ownerKey is null)
        {
            ownerKey = documentKeys.CreateOwnerKey(document.Owner);
            insertOwner.Bind(1, document.Owner).Bind(2, ownerKey).Run();
        }
        upsertDocument.Bind(1, document.Id).Bind(2, document.Owner)
            .Bind(3, documentKeys.Seal(ownerKey, document.Owner, document.Id, document.Content.Span)).Run();
    }

    private void WriteAlarm(Append append)
    {
        switch (append.Alarm)
        {
            case AlarmChange.Keep:
                break;
            case AlarmChange.Clear:
                clearAlarm.Bind(1, append.Stream.Value).Run();
                break;
            case AlarmChange.Set set:
                setAlarm.Bind(1, append.Stream.Value).Bind(2, append.Lease.Shard).Bind(3, Milliseconds.Ceiling(set.At)).Run();
                break;
        }
    }

    /// <exception cref="SqliteException">The epoch could not be made durable; the shard was not taken.</exception>
    internal ShardLease Acquire(int shard)
    {
        var lease = InTransaction(() =>
        {
            setEpoch.Bind(1, shard).Bind(2, epochs[shard] + 1).Run();
            return new ShardLease(shard, epochs[shard] + 1);
        });
        epochs[shard] = lease.Epoch;
        return lease;
    }

    /// <returns>How many items there were to postpone: 0 or 1.</returns>
    internal int PostponeOutbox(string id, DateTimeOffset dueAt) => InTransaction(() =>
    {
        postponeOutbox.Bind(1, id).Bind(2, Milliseconds.Ceiling(dueAt)).Run();
        return raw.sqlite3_changes(connection.Handle);
    });

    /// <summary>Overwrites what it deletes, and empties the write-ahead log where a copy of the key may still stand.</summary>
    /// <returns>How many documents there were.</returns>
    internal int EraseOwner(string owner)
    {
        connection.Execute("PRAGMA secure_delete = ON");
        try
        {
            var erased = InTransaction(() =>
            {
                using var key = new Statement(connection, "DELETE FROM owners WHERE owner = ?1");
                using var documents = new Statement(connection, "DELETE FROM documents WHERE owner = ?1");
                key.Bind(1, owner).Run();
                documents.Bind(1, owner).Run();
                return raw.sqlite3_changes(connection.Handle);
            });
            connection.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
            return erased;
        }
        finally
        {
            connection.Execute("PRAGMA secure_delete = OFF");
        }
    }

    internal long LimitToPresentSize()
    {
        using var size = new Statement(connection, "PRAGMA page_count");
        var pageCount = size.First(0L, row => row.Number(0));
        connection.Execute($"PRAGMA max_page_count = {pageCount}");
        return pageCount;
    }

    internal long LiftLimit()
    {
        connection.Execute($"PRAGMA max_page_count = {PageCountMax}");
        return PageCountMax;
    }

    private T InTransaction<T>(Func<T> write)
    {
        begin.Run();
        try
        {
            var result = write();
            commit.Run();
            head.Committed();
            Problem = null;
            return result;
        }
        catch
        {
            head.RolledBack();
            // After some errors SQLite has rolled back by itself.
            if (raw.sqlite3_get_autocommit(connection.Handle) == 0)
                rollback.Run();
            throw;
        }
    }

    private Statement Prepare(string sql)
    {
        var statement = new Statement(connection, sql);
        prepared.Add(statement);
        return statement;
    }

    public void Dispose()
    {
        foreach (var statement in prepared)
            statement.Dispose();
        head.Dispose();
        connection.Dispose();
    }
}
