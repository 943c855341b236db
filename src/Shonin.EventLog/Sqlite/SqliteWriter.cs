using Microsoft.Data.Sqlite;
using Shonin.EventLog.Evidence;
using Shonin.EventLog.Secrets;
using SQLitePCL;

namespace Shonin.EventLog.Sqlite;

/// <summary>
/// Everything that changes the database, on the one connection that may and the one thread that uses it. An append is refused before
/// anything but its keys is written, and those are let go of, so that it leaves the others of its batch alone.
/// </summary>
internal sealed class SqliteWriter : IDisposable
{
    private const long PageCountMax = 4_294_967_294; // SQLite's own largest
    private const int RoomSizeBytes = 64 * 1024;
    private const int RecentCountMax = 4_096;

    /// <summary>So long the write-ahead log's readers are waited for before it is emptied; whoever reads longer is not.</summary>
    private const int EmptyingTimeoutMs = 100;

    private readonly SqliteConnection connection;
    private readonly DocumentSealer sealer;
    private readonly SqliteHead head;
    private readonly long[] epochs = new long[ShardMap.ShardCount];

    /// <summary>Nobody else writes, so that these are what the database holds, with what this transaction has written.</summary>
    private readonly RecentlyUsed<StreamId, StreamEnd> recent = new(RecentCountMax);
    private readonly List<Statement> prepared = [];
    private readonly Statement begin,
        commit,
        rollback;
    private readonly Statement idOfStream,
        insertStream,
        deleteStream,
        lastOfStream,
        insertEvent,
        findKey,
        insertKey,
        deleteKey,
        findOutbox,
        insertOutbox,
        deleteOutbox,
        postponeOutbox;
    private readonly Statement setAlarm,
        clearAlarm,
        setEpoch,
        takeRoom;
    private readonly Statement findOwner,
        insertOwner,
        deleteOwner,
        findDocument,
        upsertDocument,
        deleteDocuments;

    internal SqliteWriter(SqliteConnection connection, DocumentSealer sealer, SqliteHead head)
    {
        this.connection = connection;
        this.sealer = sealer;
        this.head = head;
        begin = Prepare("BEGIN IMMEDIATE");
        commit = Prepare("COMMIT");
        rollback = Prepare("ROLLBACK");
        idOfStream = Prepare("SELECT id FROM streams WHERE name = ?1");
        insertStream = Prepare("INSERT INTO streams (name) VALUES (?1)");
        deleteStream = Prepare("DELETE FROM streams WHERE id = ?1");
        lastOfStream = Prepare("SELECT version, hash FROM events WHERE stream = ?1 ORDER BY version DESC LIMIT 1");
        insertEvent = Prepare(
            "INSERT INTO events (position, stream, version, at, type, payload, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
        );
        findKey = Prepare("SELECT s.name FROM keys k JOIN streams s ON s.id = k.stream WHERE k.scope = ?1 AND k.value = ?2");
        insertKey = Prepare("INSERT INTO keys (scope, value, stream, content) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING");
        deleteKey = Prepare("DELETE FROM keys WHERE scope = ?1 AND value = ?2");
        findOutbox = Prepare("SELECT s.name FROM outbox o JOIN streams s ON s.id = o.stream WHERE o.id = ?1");
        insertOutbox = Prepare("INSERT INTO outbox (id, queue, stream, payload, due, attempts) VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
        deleteOutbox = Prepare("DELETE FROM outbox WHERE id = ?1");
        postponeOutbox = Prepare("UPDATE outbox SET due = ?2, attempts = attempts + 1 WHERE id = ?1");
        setAlarm = Prepare(
            "INSERT INTO alarms (stream, shard, at) VALUES (?1, ?2, ?3) ON CONFLICT (stream) DO UPDATE SET at = excluded.at"
        );
        clearAlarm = Prepare("DELETE FROM alarms WHERE stream = ?1");
        setEpoch = Prepare("INSERT INTO shards (shard, epoch) VALUES (?1, ?2) ON CONFLICT (shard) DO UPDATE SET epoch = excluded.epoch");
        findOwner = Prepare("SELECT id, key FROM owners WHERE owner = ?1");
        insertOwner = Prepare("INSERT INTO owners (owner, key) VALUES (?1, ?2)");
        findDocument = Prepare("SELECT 1 FROM documents WHERE id = ?1");
        upsertDocument = Prepare(
            """
            INSERT INTO documents (id, owner, packing, content) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (id) DO UPDATE SET owner = excluded.owner, packing = excluded.packing, content = excluded.content
            """
        );
        deleteDocuments = Prepare("DELETE FROM documents WHERE owner = (SELECT id FROM owners WHERE owner = ?1)");
        deleteOwner = Prepare("DELETE FROM owners WHERE owner = ?1");
        takeRoom = Prepare(
            $"INSERT INTO room (id, content) VALUES (1, randomblob({RoomSizeBytes})) ON CONFLICT (id) DO UPDATE SET content = excluded.content"
        );
        using var epochOf = new Statement(connection, "SELECT epoch FROM shards WHERE shard = ?1");
        for (var shard = 0; shard < epochs.Length; shard++)
            epochs[shard] = epochOf.Bind(1, shard).First(0L, row => row.Number(0));
    }

    internal SqliteHead Head => head;

    /// <summary>Why the last transaction that was tried could not be written, where that concerns the whole database; else null.</summary>
    internal string? Problem { get; private set; }

    /// <summary>
    /// Writes as much as an order with its notices needs, over what was written so the last time. By chance, because SQLite does not write
    /// again what stands there already.
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

    internal IReadOnlyList<AppendResult> Commit(IReadOnlyList<PreparedAppend> batch)
    {
        try
        {
            var erases = batch.Any(one => one.Append.ErasedOwners.Count > 0);
            return erases ? Overwriting(() => WriteAll(batch)) : InTransaction(() => WriteAll(batch));
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

    private AppendResult[] WriteAll(IReadOnlyList<PreparedAppend> batch)
    {
        var results = new AppendResult[batch.Count];
        for (var index = 0; index < batch.Count; index++)
            results[index] = Write(batch[index]);
        head.Store();
        return results;
    }

    private AppendResult Write(PreparedAppend prepared)
    {
        var append = prepared.Append;
        var epoch = epochs[append.Lease.Shard];
        if (append.Lease.Epoch != epoch)
            return new AppendResult.LeaseLost(epoch);
        var known = recent.Find(append.Stream) ?? EndOf(append.Stream);
        if (append.ExpectedVersion != (known?.Version ?? 0))
            return new AppendResult.VersionConflict(known?.Version ?? 0);
        var stream = known?.Id ?? NewIdOf(append.Stream);
        if (TakeKeys(append, stream) is { } taken)
        {
            if (known is null)
                deleteStream.Bind(1, stream).Run();
            return taken;
        }

        var (version, hash) = known is null ? (0, EventHash.BeforeFirst) : (known.Version, known.Hash);
        foreach (var written in append.Events)
            hash = WriteEvent(append, stream, written, ++version, hash.Span);
        if (append.Events.Count > 0)
            head.Touch(append.Stream, version);
        recent.Put(append.Stream, new(stream, version, hash));
        foreach (var done in append.CompletedOutbox)
            deleteOutbox.Bind(1, done).Run();
        foreach (var item in append.Outbox)
        {
            insertOutbox
                .Bind(1, item.Id)
                .Bind(2, item.Queue)
                .Bind(3, item.Stream == append.Stream ? stream : IdOf(item.Stream) ?? NewIdOf(item.Stream))
                .Bind(4, item.Payload.Span)
                .Bind(5, Milliseconds.Ceiling(item.DueAt))
                .Bind(6, item.Attempts)
                .Run();
        }
        foreach (var owner in append.ErasedOwners)
            Erase(owner);
        foreach (var document in prepared.Documents)
            WriteDocument(document);
        WriteAlarm(append, stream);
        return new AppendResult.Committed(version);
    }

    /// <summary>The stream as it stands in the database; null where nothing was ever appended to it.</summary>
    private StreamEnd? EndOf(StreamId stream) =>
        IdOf(stream) is { } id
            ? lastOfStream.Bind(1, id).First(new StreamEnd(id, 0, EventHash.BeforeFirst), row => new(id, row.Number(0), row.Bytes(1)))
            : null;

    private long? IdOf(StreamId stream) => idOfStream.Bind(1, stream.Value).First((long?)null, row => row.Number(0));

    private long NewIdOf(StreamId stream)
    {
        insertStream.Bind(1, stream.Value).Run();
        return raw.sqlite3_last_insert_rowid(connection.Handle);
    }

    /// <summary>
    /// Writes the append's keys, where none is taken and none of its outbox ids is; else none of them. A key is looked for by writing it:
    /// hardly any is taken, and looking first would look twice.
    /// </summary>
    private AppendResult.KeyTaken? TakeKeys(Append append, long stream)
    {
        for (var index = 0; index < append.Keys.Count; index++)
        {
            var key = append.Keys[index];
            insertKey.Bind(1, key.Scope).Bind(2, key.Value).Bind(3, stream).Bind(4, key.Content.Span).Run();
            if (raw.sqlite3_changes(connection.Handle) > 0)
                continue;
            var holder = findKey.Bind(1, key.Scope).Bind(2, key.Value).First("", row => row.Text(0));
            LetGo(append.Keys.Take(index));
            return new AppendResult.KeyTaken(key, new(holder));
        }
        if (TakenOutboxId(append) is not { } taken)
            return null;
        LetGo(append.Keys);
        return taken;
    }

    private void LetGo(IEnumerable<UniqueKey> keys)
    {
        foreach (var key in keys)
            deleteKey.Bind(1, key.Scope).Bind(2, key.Value).Run();
    }

    private AppendResult.KeyTaken? TakenOutboxId(Append append)
    {
        for (var index = 0; index < append.Outbox.Count; index++)
        {
            var id = append.Outbox[index].Id;
            for (var before = 0; before < index; before++)
            {
                if (append.Outbox[before].Id == id)
                    return new AppendResult.KeyTaken(new UniqueKey(OutboxItem.IdScope, id), append.Stream);
            }

            if (findOutbox.Bind(1, id).First((string?)null, row => row.Text(0)) is { } holder)
                return new AppendResult.KeyTaken(new UniqueKey(OutboxItem.IdScope, id), new(holder));
        }
        return null;
    }

    private byte[] WriteEvent(Append append, long stream, NewEvent written, long version, ReadOnlySpan<byte> previous)
    {
        var position = head.NextPosition;
        var hash = EventHash.Compute(previous, position, append.Stream, version, append.At, written.Type, written.Payload.Span);
        insertEvent
            .Bind(1, position)
            .Bind(2, stream)
            .Bind(3, version)
            .Bind(4, Milliseconds.Floor(append.At))
            .Bind(5, written.Type)
            .Bind(6, written.Payload.Span)
            .Bind(7, hash)
            .Run();
        head.Add(hash);
        return hash;
    }

    private void WriteDocument(SealedDocument made)
    {
        if (made.Document.MadeFrom is { } source && !findDocument.Bind(1, source).First(false, _ => true))
            return;
        var owner = findOwner.Bind(1, made.Document.Owner).First(((long Id, byte[] Key)?)null, row => (row.Number(0), row.Bytes(1)));
        var isTheirs = owner is { } one ? one.Key.AsSpan().SequenceEqual(made.MadeFor.Wrapped) : made.Origin == KeyOrigin.MadeNow;
        // Between the sealing and now somebody else gave the owner a key, or it was erased: an erased key never comes back.
        var document = isTheirs ? made : sealer.Again(made.Document, owner?.Key);
        var id = owner?.Id ?? NewIdOf(document.MadeFor);
        upsertDocument.Bind(1, document.Document.Id).Bind(2, id).Bind(3, (long)document.Packing).Bind(4, document.Content).Run();
    }

    private long NewIdOf(OwnerKey key)
    {
        insertOwner.Bind(1, key.Owner).Bind(2, key.Wrapped).Run();
        return raw.sqlite3_last_insert_rowid(connection.Handle);
    }

    private void WriteAlarm(Append append, long stream)
    {
        switch (append.Alarm)
        {
            case AlarmChange.Keep:
                break;
            case AlarmChange.Clear:
                clearAlarm.Bind(1, stream).Run();
                break;
            case AlarmChange.Set set:
                setAlarm.Bind(1, stream).Bind(2, append.Lease.Shard).Bind(3, Milliseconds.Ceiling(set.At)).Run();
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
    internal int PostponeOutbox(string id, DateTimeOffset dueAt) =>
        InTransaction(() =>
        {
            postponeOutbox.Bind(1, id).Bind(2, Milliseconds.Ceiling(dueAt)).Run();
            return raw.sqlite3_changes(connection.Handle);
        });

    /// <summary>Whether the write-ahead log may still hold copies of what was erased.</summary>
    internal bool IsEmptyingDue { get; private set; }

    /// <returns>How many documents there were.</returns>
    internal int EraseOwner(string owner) => Overwriting(() => Erase(owner));

    /// <summary>
    /// Copies the write-ahead log into the database and cuts it, where copies of what was erased may stand in it. While somebody reads from
    /// it, as <c>log verify</c> does for long, or the disk is full, it goes on being owed.
    /// </summary>
    internal void EmptyIfDue()
    {
        if (!IsEmptyingDue)
            return;
        try
        {
            connection.Execute($"PRAGMA busy_timeout = {EmptyingTimeoutMs}");
            IsEmptyingDue = connection.Scalar("PRAGMA wal_checkpoint(TRUNCATE)") is not 0L;
        }
        catch (SqliteException)
        {
            // What was erased is durably so; only its copies have not gone yet.
        }
        finally
        {
            connection.Execute($"PRAGMA busy_timeout = {OwnerOnly.BusyTimeoutMs}");
        }
    }

    private int Erase(string owner)
    {
        deleteDocuments.Bind(1, owner).Run();
        var count = raw.sqlite3_changes(connection.Handle);
        deleteOwner.Bind(1, owner).Run();
        sealer.Forget(owner);
        return count;
    }

    /// <summary>A transaction in which what is deleted is overwritten.</summary>
    private T Overwriting<T>(Func<T> write)
    {
        connection.Execute("PRAGMA secure_delete = ON");
        try
        {
            var result = InTransaction(write);
            IsEmptyingDue = true;
            EmptyIfDue();
            return result;
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
            recent.Clear();
            // After some errors SQLite has rolled back by itself.
            if (raw.sqlite3_get_autocommit(connection.Handle) == 0)
                rollback.Run();
            throw;
        }
    }

    /// <summary>Where the next event of a stream goes.</summary>
    private sealed record StreamEnd(long Id, long Version, ReadOnlyMemory<byte> Hash);

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
