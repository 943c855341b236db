using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Shonin.EventLog.Evidence;
using Shonin.EventLog.Secrets;
using Shonin.EventLog.Sqlite;

namespace Shonin.EventLog.Verification;

/// <summary>What became of verifying one log.</summary>
/// <param name="Events">How many events it holds.</param>
/// <param name="Problem">Null where everything matches.</param>
public sealed record LogReport(string Name, long Events, LogProblem? Problem);

/// <summary>
/// Holds a log against its evidence: each row against its hash, the rows' order against their positions, the whole against the signed
/// head and against every head that was written outside the database. Reads one row at a time, beside a running server too, and needs no
/// more memory for millions of events than for ten.
/// </summary>
public static class LogVerification
{
    private const int RowsBetweenReports = 10_000;
    private const string SigningKeyEnding = "-log";

    /// <summary>Every log of a data folder: those with a database, and those that only their keys or heads still name.</summary>
    /// <param name="progress">Is told from time to time how many events of the present log were checked.</param>
    public static async ValueTask<IReadOnlyList<LogReport>> VerifyFolderAsync(
        string folder,
        IProgress<long>? progress,
        CancellationToken cancellation
    )
    {
        var reports = new List<LogReport>();
        foreach (var name in NamesIn(folder))
            reports.Add(await VerifyAsync(new LogFiles(folder, name), progress, cancellation));
        return reports;
    }

    /// <summary><c>{"logs":[{"name","events","ok","problem"?}]}</c></summary>
    public static string ToJson(IReadOnlyList<LogReport> reports)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartObject();
            json.WriteStartArray("logs");
            foreach (var report in reports)
            {
                json.WriteStartObject();
                json.WriteString("name", report.Name);
                json.WriteNumber("events", report.Events);
                json.WriteBoolean("ok", report.Problem is null);
                if (report.Problem is { } problem)
                    json.WriteString("problem", problem.Describe());
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return System.Text.Encoding.UTF8.GetString(text.ToArray());
    }

    public static async ValueTask<LogReport> VerifyAsync(LogFiles files, IProgress<long>? progress, CancellationToken cancellation)
    {
        try
        {
            // The heads are measured first: whatever stands in the file now, the database read after it must already hold.
            var heads = new HeadsOnFile(files.Heads);
            using var connection = SqliteSchema.OpenForReading(files.Database);
            using var snapshot = connection.BeginTransaction(deferred: true);
            return await VerifyAsync(files, connection, heads, progress, cancellation);
        }
        catch (Exception failure) when (failure is LogUnusableException or IOException)
        {
            return new LogReport(files.Name, 0, new LogProblem.Unreadable(failure.Message));
        }
        catch (SqliteException failure)
        {
            return new LogReport(
                files.Name,
                0,
                new LogProblem.Unreadable($"{files.Database} cannot be read: {SqliteFailure.Describe(failure)}.")
            );
        }
    }

    private static async ValueTask<LogReport> VerifyAsync(
        LogFiles files,
        SqliteConnection connection,
        HeadsOnFile heads,
        IProgress<long>? progress,
        CancellationToken cancellation
    )
    {
        var stored = ReadHead(connection);
        var (key, keyProblem) = LoadKey(files);
        using var _ = key;
        using var history = key is null ? null : new HeadHistory(heads, files.Name, key);

        var tree = new LogTree();
        StoredRow? bad = null;
        foreach (var row in StoredRow.ReadAll(connection))
        {
            if (row.Place.Position % RowsBetweenReports == 0)
            {
                progress?.Report(row.Place.Position);
                cancellation.ThrowIfCancellationRequested();
                await Task.Yield();
            }
            if (bad is not null)
            {
                if (!row.MatchesItsHash() && bad.WasSwappedWith(row))
                    return new LogReport(files.Name, tree.Count, new LogProblem.Swapped(bad.Place, row.Place));
                continue;
            }
            if (row.Place.Position > tree.Count + 1)
                return new LogReport(files.Name, tree.Count, new MissingRows(connection, heads, key).NameRow(tree.Count + 1));
            if (row.Place.Position <= tree.Count || !row.MatchesItsHash())
            {
                bad = row;
                continue;
            }
            tree.Add(row.Hash);
            history?.Compare(tree);
        }
        progress?.Report(tree.Count);
        var problem = bad is null
            ? ProblemOfTheWhole(stored, tree, key, keyProblem, history, new MissingRows(connection, heads, key))
            : new LogProblem.Edited(bad.Place);
        return new LogReport(files.Name, tree.Count, problem);
    }

    /// <summary>All rows match their hashes; now the whole is held against what was signed.</summary>
    private static LogProblem? ProblemOfTheWhole(
        HeadFound stored,
        LogTree tree,
        ECDsa? key,
        LogProblem? keyProblem,
        HeadHistory? history,
        MissingRows missing
    )
    {
        if (stored is HeadFound.None)
            return new LogProblem.HeadMissing();
        if (key is null || history is null)
            return keyProblem;
        if (stored is not HeadFound.Some { Head: var head })
            return new LogProblem.HeadAltered();
        if (head.Signed.Key != LogSigner.FingerprintOf(key))
            return new LogProblem.ForeignKey(head.Signed.Key, LogSigner.FingerprintOf(key));
        if (!head.Signed.IsSignedBy(key) || head.Signed.Log != history.Log)
            return new LogProblem.HeadAltered();
        if (history.FirstMismatch is { } mismatch)
            return (LogProblem?)missing.NameStream() ?? new LogProblem.Rewritten(history.MatchedUpTo, mismatch);
        if (tree.Count < head.Signed.Events)
            return new LogProblem.CutOff(head.Signed.Events, tree.Count, missing.NameStreamsWithLaterVersions());
        if (tree.Count > head.Signed.Events)
            return new LogProblem.Unsigned(head.Signed.Events, tree.Count);
        if (!tree.Root().AsSpan().SequenceEqual(head.Signed.Root.Span))
            return new LogProblem.Rewritten(history.MatchedUpTo, head.Signed.Events);
        if (!head.Tree.Root().AsSpan().SequenceEqual(head.Signed.Root.Span))
            return new LogProblem.HeadAltered();
        return history.Finish(head);
    }

    private static HeadFound ReadHead(SqliteConnection connection)
    {
        try
        {
            return StoredHead.Read(connection) is { } stored ? new HeadFound.Some(stored) : new HeadFound.None();
        }
        catch (LogUnusableException)
        {
            return new HeadFound.Nonsense();
        }
    }

    private abstract record HeadFound
    {
        internal sealed record Some(StoredHead Head) : HeadFound;

        internal sealed record None : HeadFound;

        internal sealed record Nonsense : HeadFound;
    }

    private static (ECDsa? Key, LogProblem? Problem) LoadKey(LogFiles files)
    {
        try
        {
            return (files.Keys.LoadVerifyingKey(files.SigningKey), null);
        }
        catch (KeyFileException unusable)
        {
            return (null, new LogProblem.KeyUnusable(unusable.Message));
        }
    }

    /// <summary>The logs of a data folder, by name: those with a database, and those that only their keys or heads still name.</summary>
    public static IReadOnlyCollection<string> NamesIn(string folder)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var heads in Files(Path.Combine(folder, "heads"), "*.heads"))
            names.Add(heads);
        foreach (var key in Files(Path.Combine(folder, "keys"), $"*{SigningKeyEnding}.pem"))
            names.Add(key[..^SigningKeyEnding.Length]);
        foreach (var database in Files(folder, "*.db").Where(name => IsLog(new LogFiles(folder, name))))
            names.Add(database);
        return names;

        static IEnumerable<string> Files(string folder, string pattern) =>
            Directory.Exists(folder)
                ? Directory.EnumerateFiles(folder, pattern).Select(file => Path.GetFileNameWithoutExtension(file))
                : [];
    }

    /// <summary>Other databases lie in the same folder; a log is told by its tables.</summary>
    private static bool IsLog(LogFiles files)
    {
        try
        {
            using var connection = SqliteSchema.OpenForReading(files.Database);
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN ('events', 'head')";
            return command.ExecuteScalar() is 2L;
        }
        catch (LogUnusableException unusable)
        {
            // A database of another kind is none of ours; one that cannot even be read may be, and is reported.
            return unusable.InnerException is SqliteException;
        }
    }
}
