using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Shonin.Cards;
using Shonin.Domain;
using Shonin.EventLog;
using Shonin.EventLog.Secrets;
using Shonin.EventLog.Sqlite;
using Shonin.MailChecks;

namespace Shonin;

/// <summary>What takes over what a former file holds.</summary>
internal sealed record TakeOverPorts(OwnedLog Log, KeyFolder Keys, TimeProvider Clock, Action<Exception> OnFault);

/// <summary>
/// A database that a business had for itself before it stood on the log. Its rows are made durable on the log and then deleted from it, so
/// that it may be begun again wherever it ended; the file goes when no row is left.
/// </summary>
/// <param name="Name">In the data folder.</param>
/// <param name="Tables">Their rows are what is taken over.</param>
/// <param name="Rows">What its rows are: "card requests".</param>
/// <param name="TakeOver">Ends once every row is durable on the log and gone from the file. Throws what reading and writing throw.</param>
internal sealed record FormerFile(
    string Name,
    IReadOnlyList<string> Tables,
    string Rows,
    Func<SqliteConnection, TakeOverPorts, CancellationToken, Task> TakeOver
)
{
    /// <summary>The key that nothing but the file was sealed under; it goes with the file. Null where it had none.</summary>
    public string? Key { get; init; }
}

/// <summary>The files of earlier versions whose content stands on the log now.</summary>
internal static class FormerFiles
{
    private static readonly FormerFile[] all = [CardRequestsFile.Former, MailReportsFile.Former, AnswerBookFile.Former];

    /// <summary>What opening the folder would take over, a sentence for each file; none where it is of this version.</summary>
    /// <exception cref="LogUnusableException">A file cannot be read.</exception>
    public static IEnumerable<string> Describe(string folder)
    {
        foreach (var (file, path) in In(folder))
        {
            string count;
            try
            {
                using var connection = OwnerOnly.OpenDatabaseToRead(path);
                count = CountIn(connection, file).ToString(CultureInfo.InvariantCulture);
            }
            catch (SqliteException unreadable)
            {
                throw Unreadable(file, path, unreadable);
            }
            yield return $"{file.Name} holds {count} {file.Rows}: opening the folder puts them on the log and deletes the file.";
        }
    }

    /// <summary>Takes over whatever is there.</summary>
    /// <returns>A sentence for each file.</returns>
    /// <exception cref="LogUnusableException">
    /// A file cannot be read, or the log not be written; what was taken over until then stays so.
    /// </exception>
    /// <exception cref="KeyFileException">The key of a file is missing beside it.</exception>
    public static async Task<IReadOnlyList<string>> TakeOverAsync(string folder, TakeOverPorts ports, CancellationToken cancellation)
    {
        var told = new List<string>();
        foreach (var (file, path) in In(folder).ToList())
        {
            try
            {
                var count = (await TakeOverAsync(file, path, ports, cancellation)).ToString(CultureInfo.InvariantCulture);
                told.Add($"{file.Name}: {count} {file.Rows} stand on the log now; the file is gone.");
            }
            catch (Exception unreadable) when (unreadable is SqliteException or JsonException or FormatException or CryptographicException)
            {
                throw Unreadable(file, path, unreadable);
            }
        }
        return told;
    }

    private static LogUnusableException Unreadable(FormerFile file, string path, Exception cause) =>
        new(
            $"{path} holds {file.Rows} of an earlier version and cannot be taken over: {cause.Message} "
                + "Restore the file from a backup, or move it away and do without them.",
            cause
        );

    private static async Task<long> TakeOverAsync(FormerFile file, string path, TakeOverPorts ports, CancellationToken cancellation)
    {
        long count;
        using (var connection = OwnerOnly.OpenDatabase(path))
        {
            // What is deleted is overwritten, as it was when the file was in use.
            connection.Execute("PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;");
            count = CountIn(connection, file);
            if (count > 0)
                await file.TakeOver(connection, ports, cancellation);
            Invariant.That(CountIn(connection, file) == 0);
            connection.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        }
        if (file.Key is { } key)
            ports.Keys.Delete(key);
        // SQLite has taken away what it laid beside it. Where the power is cut before this lasts, an empty file is found again: it needs no
        // key.
        File.Delete(path);
        return count;
    }

    private static long CountIn(SqliteConnection connection, FormerFile file) =>
        file.Tables.Where(table => IsIn(connection, table)).Sum(table => (long)connection.Scalar($"SELECT COUNT(*) FROM {table}")!);

    /// <summary>A file that was cut off while it was made has no tables yet.</summary>
    private static bool IsIn(SqliteConnection connection, string table) =>
        connection.Scalar("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = $name", ("$name", table)) is not null;

    private static IEnumerable<(FormerFile File, string Path)> In(string folder) =>
        all.Select(file => (file, Path.Combine(folder, file.Name))).Where(one => File.Exists(one.Item2));
}
