using Microsoft.Data.Sqlite;
using Shonin.EventLog.Evidence;

namespace Shonin.EventLog.Sqlite;

/// <summary>
/// The signed head of the log as the writer keeps it: grown by each event, stored with each commit, written to the heads file from time to
/// time. What a failed transaction added is forgotten with it.
/// </summary>
internal sealed class SqliteHead : IDisposable
{
    private readonly LogSigner signer;
    private readonly TimeProvider time;
    private readonly HeadWitness witness;
    private readonly Statement update;
    private readonly SortedDictionary<string, long> touched = new(StringComparer.Ordinal);
    private readonly List<(StreamId Stream, long Version)> touching = [];
    private SignedHead signed;
    private SignedHead signing;
    private LogTree tree;
    private LogTree growing;

    internal SqliteHead(SqliteConnection connection, StoredHead stored, LogSigner signer, HeadWitness witness, TimeProvider time)
    {
        this.signer = signer;
        this.time = time;
        this.witness = witness;
        tree = stored.Tree;
        growing = tree.Copy();
        signed = signing = stored.Signed;
        update = new Statement(
            connection,
            "UPDATE head SET events = ?1, root = ?2, peaks = ?3, at = ?4, signature = ?5, witness_line = ?6, witness_hash = ?7 WHERE id = 1"
        );
    }

    internal long NextPosition => growing.Count + 1;

    /// <summary>Streams that changed since the last line of the heads file.</summary>
    internal int TouchedCount => touched.Count;

    internal void Add(ReadOnlySpan<byte> eventHash) => growing.Add(eventHash);

    internal void Touch(StreamId stream, long version) => touching.Add((stream, version));

    /// <summary>Signs the grown tree and stores it; part of the transaction that stores the events.</summary>
    internal void Store()
    {
        if (growing.Count == tree.Count)
            return;
        signing = signer.Sign(signed.Log, growing.Head, time.GetUtcNow());
        update
            .Bind(1, signing.Events)
            .Bind(2, signing.Root.Span)
            .Bind(3, growing.Peaks)
            .Bind(4, Milliseconds.Floor(signing.At))
            .Bind(5, signing.Signature.Span)
            .Bind(6, witness.Last.Number)
            .Bind(7, witness.Last.Hash.Span)
            .Run();
    }

    internal void Committed()
    {
        foreach (var (stream, version) in touching)
            touched[stream.Value] = version;
        touching.Clear();
        signed = signing;
        if (growing.Count > tree.Count)
            tree = growing.Copy();
    }

    internal void RolledBack()
    {
        touching.Clear();
        signing = signed;
        if (growing.Count > tree.Count)
            growing = tree.Copy();
    }

    /// <exception cref="IOException">The heads file could not be written; everything waits for the next time.</exception>
    internal void WriteWitness()
    {
        if (touched.Count == 0)
            return;
        witness.Write(signed, touched.Select(stream => KeyValuePair.Create(new StreamId(stream.Key), stream.Value)));
        touched.Clear();
    }

    /// <summary>Writes what happened after the heads file was last written to: the process that did it was killed.</summary>
    internal void CatchUp(SqliteConnection connection, long eventsSeen)
    {
        if (eventsSeen >= signed.Events)
            return;
        using var command = connection.CreateCommand();
        command.CommandText =
            "SELECT s.name, max(e.version) FROM events e JOIN streams s ON s.id = e.stream WHERE e.position > $seen GROUP BY s.name ORDER BY s.name";
        command.Parameters.AddWithValue("$seen", eventsSeen);
        using var rows = command.ExecuteReader();
        witness.Write(signed, Streams(rows));

        static IEnumerable<KeyValuePair<StreamId, long>> Streams(SqliteDataReader rows)
        {
            while (rows.Read())
                yield return KeyValuePair.Create(new StreamId(rows.GetString(0)), rows.GetInt64(1));
        }
    }

    public void Dispose()
    {
        update.Dispose();
        witness.Dispose();
        signer.Dispose();
    }
}

/// <summary>The row of the <c>head</c> table.</summary>
internal sealed record StoredHead(
    SignedHead Signed,
    LogTree Tree,
    HeadWitness.LineMark WitnessLine,
    ReadOnlyMemory<byte> MasterKeyFingerprint
)
{
    /// <exception cref="LogUnusableException">The row is there but makes no sense.</exception>
    internal static StoredHead? Read(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText =
            "SELECT log, events, root, at, key, signature, peaks, witness_line, witness_hash, master_key FROM head WHERE id = 1";
        using var row = command.ExecuteReader();
        if (!row.Read())
            return null;
        try
        {
            var signed = new SignedHead(
                row.GetString(0),
                row.GetInt64(1),
                row.GetFieldValue<byte[]>(2),
                Milliseconds.ToTime(row.GetInt64(3)),
                row.GetString(4),
                row.GetFieldValue<byte[]>(5)
            );
            return new StoredHead(
                signed,
                new LogTree(signed.Events, row.GetFieldValue<byte[]>(6)),
                new HeadWitness.LineMark(row.GetInt64(7), row.GetFieldValue<byte[]>(8)),
                row.GetFieldValue<byte[]>(9)
            );
        }
        catch (ArgumentException nonsense)
        {
            throw new LogUnusableException(
                $"The signed head of {connection.DataSource} was altered: {nonsense.Message} Run: shonin log verify.",
                nonsense
            );
        }
    }

    internal static void Insert(SqliteConnection connection, SignedHead first, byte[] masterKeyFingerprint)
    {
        using var insert = new Statement(
            connection,
            """
            INSERT INTO head (id, log, events, root, peaks, at, key, signature, witness_line, witness_hash, master_key)
            VALUES (1, ?1, ?2, ?3, x'', ?4, ?5, ?6, 0, ?7, ?8)
            """
        );
        insert
            .Bind(1, first.Log)
            .Bind(2, first.Events)
            .Bind(3, first.Root.Span)
            .Bind(4, Milliseconds.Floor(first.At))
            .Bind(5, first.Key)
            .Bind(6, first.Signature.Span)
            .Bind(7, EventHash.BeforeFirst.Span)
            .Bind(8, masterKeyFingerprint)
            .Run();
    }
}
