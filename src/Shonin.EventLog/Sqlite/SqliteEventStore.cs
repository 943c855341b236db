using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using Shonin.EventLog.Evidence;
using Shonin.EventLog.Secrets;

namespace Shonin.EventLog.Sqlite;

/// <summary>
/// The log in one SQLite file: write-ahead logging, and a flush to the disk before anything is answered. One process writes, on one thread;
/// any number of readers, also of other processes, read beside it.
/// </summary>
public sealed class SqliteEventStore : IEventStore, IBatchWriter
{
    /// <summary>How old the last line of the heads file may be while the log grows.</summary>
    private static readonly TimeSpan witnessEvery = TimeSpan.FromSeconds(1);

    /// <summary>How long a write that succeeded says that the next one will.</summary>
    private static readonly TimeSpan knownGoodFor = TimeSpan.FromSeconds(10);

    /// <summary>As <see cref="knownGoodFor"/>, after one that failed.</summary>
    private static readonly TimeSpan knownBadFor = TimeSpan.FromSeconds(1);

    private readonly FileStream writeLock;
    private readonly SqliteWriter writer;
    private readonly SqliteReader reader;
    private readonly DocumentSealer sealer;
    private readonly WriterThread thread;
    private readonly ITimer witnessTimer;

    /// <summary>Of the writer's thread: a timer that is set already is not set back, however often is written.</summary>
    private bool isWitnessDue;
    private readonly TimeProvider time;
    private long triedAt;

    private SqliteEventStore(
        FileStream writeLock,
        SqliteWriter writer,
        SqliteReader reader,
        DocumentSealer sealer,
        WriterThread thread,
        TimeProvider time
    )
    {
        this.writeLock = writeLock;
        this.writer = writer;
        this.reader = reader;
        this.sealer = sealer;
        this.thread = thread;
        this.time = time;
        triedAt = time.GetTimestamp();
        witnessTimer = time.CreateTimer(_ => thread.TryPost(WriteWitness), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>
    /// Opens the log for writing, and makes it where there is none, with keys of its own. One of an earlier version is migrated; older
    /// programs cannot open it afterwards.
    /// </summary>
    /// <exception cref="LogUnusableException">
    /// Another process writes to it; a newer program made it; its head was signed by another key; it was cut, or put back, since heads were
    /// seen.
    /// </exception>
    /// <exception cref="KeyFileException">A key that the log needs is missing or open to others.</exception>
    public static ValueTask<SqliteEventStore> OpenAsync(LogFiles files, TimeProvider time, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var opened = new Stack<IDisposable>();
        try
        {
            if (!Directory.Exists(files.Folder))
                OwnerOnly.Folder(files.Folder);
            var writeLock = TakeLock(files);
            opened.Push(writeLock);
            var connection = SqliteSchema.OpenForWriting(files.Database);
            opened.Push(connection);
            var (stored, signer, documentKeys) = OpenHead(connection, files, time);
            opened.Push(signer);
            if (SqliteSchema.StoredVersion(connection) < SqliteSchema.Version)
                Explained(() => SchemaMigration.Run(connection));
            var (witness, eventsSeen) = HeadWitness.Open(files.Heads, signer, stored.WitnessLine, stored.Tree.Head);
            var head = new SqliteHead(connection, stored, signer, witness, time);
            opened.Push(head);
            head.CatchUp(connection, eventsSeen);
            var reader = new SqliteReader(files.Database, documentKeys);
            var sealer = new DocumentSealer(documentKeys, reader);
            return ValueTask.FromResult(
                new SqliteEventStore(
                    writeLock,
                    new SqliteWriter(connection, sealer, head),
                    reader,
                    sealer,
                    new WriterThread($"log {files.Name}"),
                    time
                )
            );
        }
        catch (Exception failure)
        {
            while (opened.TryPop(out var half))
                half.Dispose();
            if (failure is IOException or UnauthorizedAccessException)
                throw new LogUnusableException($"The log in {files.Folder} cannot be written: {DiskFault.Describe(failure)}", failure);
            throw;
        }
    }

    /// <summary>Opens the log to read only, also beside the process that writes it.</summary>
    /// <exception cref="LogUnusableException">It is missing, no log, or a newer one.</exception>
    /// <exception cref="KeyFileException">The key of its documents is missing or open to others.</exception>
    public static ValueTask<IEventReader> OpenReadOnlyAsync(LogFiles files, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        SqliteSchema.OpenForReading(files.Database).Dispose();
        var documentKeys = new DocumentKeys(files.Keys.Load(files.DocumentKey, DocumentKeys.KeySizeBytes));
        return ValueTask.FromResult<IEventReader>(new SqliteReader(files.Database, documentKeys));
    }

    public async ValueTask<IReadOnlyList<AppendResult>> CommitAsync(IReadOnlyList<Append> batch, CancellationToken cancellation)
    {
        AppendLimits.Check(batch);
        List<PreparedAppend> prepared;
        try
        {
            prepared = [.. batch.Select(sealer.Prepare)];
        }
        catch (LogUnusableException unreadable)
        {
            return [.. batch.Select(_ => new AppendResult.Unavailable(unreadable.Message))];
        }
        return await thread.RunAsync(() => Commit(prepared), cancellation);
    }

    PreparedAppend IBatchWriter.Prepare(Append append) => sealer.Prepare(append);

    bool IBatchWriter.TryPost(Action job) => thread.TryPost(job);

    IReadOnlyList<AppendResult> IBatchWriter.Commit(IReadOnlyList<PreparedAppend> batch) => Commit(batch);

    public async ValueTask<ShardLease> AcquireShardAsync(int shard, CancellationToken cancellation)
    {
        AppendLimits.CheckShard(shard);
        return await thread.RunAsync(() => Explained(() => writer.Acquire(shard)), cancellation);
    }

    public async ValueTask PostponeOutboxAsync(string id, DateTimeOffset dueAt, CancellationToken cancellation) =>
        await thread.RunAsync(() => Explained(() => writer.PostponeOutbox(id, dueAt)), cancellation);

    public async ValueTask EraseOwnerAsync(string owner, CancellationToken cancellation) =>
        await thread.RunAsync(
            () =>
            {
                var count = Explained(() => writer.EraseOwner(owner));
                TryEmptyingLater();
                return count;
            },
            cancellation
        );

    public ValueTask<IReadOnlyList<StoredEvent>> ReadStreamAsync(StreamId stream, long afterVersion, CancellationToken cancellation) =>
        reader.ReadStreamAsync(stream, afterVersion, cancellation);

    public ValueTask<long> ReadVersionAsync(StreamId stream, CancellationToken cancellation) =>
        reader.ReadVersionAsync(stream, cancellation);

    public ValueTask<IReadOnlyList<StoredEvent>> ReadAllAsync(long afterPosition, int limit, CancellationToken cancellation) =>
        reader.ReadAllAsync(afterPosition, limit, cancellation);

    public ValueTask<long> LastPositionAsync(CancellationToken cancellation) => reader.LastPositionAsync(cancellation);

    public ValueTask<KeyHolder?> FindKeyAsync(string scope, string value, CancellationToken cancellation) =>
        reader.FindKeyAsync(scope, value, cancellation);

    public ValueTask<string?> GreatestKeyAsync(string scope, CancellationToken cancellation) =>
        reader.GreatestKeyAsync(scope, cancellation);

    public ValueTask<IReadOnlyList<Alarm>> ReadAlarmsAsync(int shard, CancellationToken cancellation) =>
        reader.ReadAlarmsAsync(shard, cancellation);

    public ValueTask<IReadOnlyList<OutboxItem>> ReadOutboxAsync(
        string queue,
        DateTimeOffset dueBefore,
        int limit,
        CancellationToken cancellation
    ) => reader.ReadOutboxAsync(queue, dueBefore, limit, cancellation);

    public ValueTask<IReadOnlyList<OutboxItem>> ReadOutboxFirstsAsync(
        string queue,
        DateTimeOffset dueBefore,
        int limit,
        CancellationToken cancellation
    ) => reader.ReadOutboxFirstsAsync(queue, dueBefore, limit, cancellation);

    public ValueTask<ReadOnlyMemory<byte>?> ReadDocumentAsync(string id, CancellationToken cancellation) =>
        reader.ReadDocumentAsync(id, cancellation);

    /// <summary>Completes what was begun, writes a last line to the heads file, and lets go of the database.</summary>
    public async ValueTask DisposeAsync()
    {
        await witnessTimer.DisposeAsync();
        thread.TryPost(WriteWitness);
        await thread.DisposeAsync();
        await reader.DisposeAsync();
        writer.Dispose();
        await writeLock.DisposeAsync();
    }

    /// <summary>What kept the last head from being written outside the database, or null: cause and remedy, without a path.</summary>
    public string? WitnessProblem { get; private set; }

    /// <summary>What kept the last transaction from being written, or null: cause and remedy, without a path.</summary>
    public string? WriteProblem { get; private set; }

    /// <summary>
    /// Finds out whether the log can be written, where that is not known from a write of the last seconds: it writes as much as an order
    /// needs. So a full disk is known before an order meets it, and a freed one before somebody sends the next.
    /// </summary>
    /// <returns><see cref="WriteProblem"/></returns>
    public async ValueTask<string?> TryWritingAsync(CancellationToken cancellation)
    {
        var known = WriteProblem is null ? knownGoodFor : knownBadFor;
        if (time.GetElapsedTime(Volatile.Read(ref triedAt)) >= known)
            await thread.RunAsync(() => Noted(writer.TryWriting), cancellation);
        return WriteProblem;
    }

    /// <summary>Makes SQLite answer as it does when the disk has no room for one more page.</summary>
    internal async Task LimitToPresentSizeAsync() => await thread.RunAsync(writer.LimitToPresentSize, CancellationToken.None);

    /// <summary>Undoes <see cref="LimitToPresentSizeAsync"/>.</summary>
    internal async Task LiftLimitAsync() => await thread.RunAsync(writer.LiftLimit, CancellationToken.None);

    private IReadOnlyList<AppendResult> Commit(IReadOnlyList<PreparedAppend> batch)
    {
        var before = writer.Head.TouchedCount;
        var results = Noted(() => writer.Commit(batch));
        if (writer.Head.TouchedCount >= HeadLine.StreamCountMax)
            WriteWitness();
        else if (before == 0 && writer.Head.TouchedCount > 0)
            WriteWitnessSoon();
        TryEmptyingLater();
        return results;
    }

    /// <summary>Where somebody reads from the write-ahead log while it should be emptied, that is tried again.</summary>
    private void TryEmptyingLater()
    {
        if (writer.IsEmptyingDue)
            WriteWitnessSoon();
    }

    private void WriteWitnessSoon()
    {
        if (isWitnessDue)
            return;
        isWitnessDue = true;
        witnessTimer.Change(witnessEvery, Timeout.InfiniteTimeSpan);
    }

    private void WriteWitness()
    {
        isWitnessDue = false;
        writer.EmptyIfDue();
        TryEmptyingLater();
        try
        {
            writer.Head.WriteWitness();
            WitnessProblem = null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The log itself is sound; the line is written with the next try, and until then the health page tells.
            WitnessProblem = DiskFault.Remedy(failure) ?? "The heads file cannot be written.";
            WriteWitnessSoon();
        }
    }

    private T Noted<T>(Func<T> write)
    {
        var result = write();
        Volatile.Write(ref triedAt, time.GetTimestamp());
        WriteProblem = writer.Problem;
        return result;
    }

    private static T Explained<T>(Func<T> job)
    {
        try
        {
            return job();
        }
        catch (SqliteException failure)
        {
            throw new LogUnusableException($"The log cannot write: {SqliteFailure.Describe(failure)}.", failure);
        }
    }

    private static void Explained(Action job) =>
        Explained(() =>
        {
            job();
            return true;
        });

    internal static FileStream TakeLock(LogFiles files)
    {
        try
        {
            return OwnerOnly.OpenOrCreate(files.Lock, FileShare.None);
        }
        catch (IOException held) when (DiskFault.IsHeldBySomebodyElse(held))
        {
            throw new LogUnusableException(
                $"{files.Database} is in use: another shonin writes to it. "
                    + "Stop that one, or name another data folder with --data. Reading (shonin why, shonin log verify) works beside it.",
                held
            )
            {
                IsInUse = true,
            };
        }
    }

    private static (StoredHead Stored, LogSigner Signer, DocumentKeys Keys) OpenHead(
        SqliteConnection connection,
        LogFiles files,
        TimeProvider time
    )
    {
        if (StoredHead.Read(connection) is { } stored)
        {
            // A key that is missing now is never made anew: the log that exists was signed by the old one.
            var signer = new LogSigner(files.Keys.LoadSigningKey(files.SigningKey));
            var documentKeys = new DocumentKeys(files.Keys.Load(files.DocumentKey, DocumentKeys.KeySizeBytes));
            if (ReasonAgainst(stored, signer, documentKeys, files, LastPosition(connection)) is { } reason)
            {
                signer.Dispose();
                throw new LogUnusableException(reason);
            }
            return (stored, signer, documentKeys);
        }
        if (LastPosition(connection) > 0)
        {
            throw new LogUnusableException(
                $"The signed head of {files.Database} was removed. Run: shonin log verify. Restore the data folder from a backup."
            );
        }

        var newSigner = new LogSigner(files.Keys.LoadOrCreateSigningKey(files.SigningKey));
        var newDocumentKeys = new DocumentKeys(files.Keys.LoadOrCreate(files.DocumentKey, DocumentKeys.KeySizeBytes));
        StoredHead.Insert(connection, newSigner.Sign(files.Name, new LogTree().Head, time.GetUtcNow()), newDocumentKeys.Fingerprint);
        return (StoredHead.Read(connection)!, newSigner, newDocumentKeys);
    }

    /// <summary>
    /// Cheap checks, so that nothing is signed on top of a log that was tampered with; <c>shonin log verify</c> makes the rest.
    /// </summary>
    private static string? ReasonAgainst(StoredHead stored, LogSigner signer, DocumentKeys documentKeys, LogFiles files, long lastPosition)
    {
        if (stored.Signed.Key != signer.Fingerprint)
            return $"{files.Database} was signed by key {stored.Signed.Key}, but keys/{files.SigningKey}.pem is key {signer.Fingerprint}. Restore the key that belongs to this log.";
        if (!stored.Signed.IsSignedBy(signer.VerifyingKey) || !stored.Tree.Root().AsSpan().SequenceEqual(stored.Signed.Root.Span))
            return $"The signed head of {files.Database} was altered. Run: shonin log verify. Restore the data folder from a backup.";
        if (stored.Signed.Log != files.Name)
            return $"{files.Database} is the log '{stored.Signed.Log}', not '{files.Name}'. Give the file its name back.";
        if (lastPosition != stored.Signed.Events)
            return $"{files.Database} was signed with {stored.Signed.Events} events, but its last one is {lastPosition}. Run: shonin log verify. Restore the data folder from a backup.";
        if (!CryptographicOperations.FixedTimeEquals(stored.MasterKeyFingerprint.Span, documentKeys.Fingerprint))
            return $"keys/{files.DocumentKey}.key is not the key that the documents of {files.Database} are encrypted under. Restore the key that belongs to this log.";
        return null;
    }

    private static long LastPosition(SqliteConnection connection) =>
        (long)connection.Scalar("SELECT coalesce(max(position), 0) FROM events")!;
}
