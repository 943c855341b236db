using Microsoft.Data.Sqlite;
using Shonin.EventLog;
using Shonin.EventLog.Secrets;
using Shonin.EventLog.Sqlite;

namespace Shonin.Streams;

/// <summary>
/// Views in a SQLite file of their own. It is opened, and made, when it is first asked; a file that is damaged or of another form is taken
/// away, since everything in it can be built again. A commit does not wait for the disk: after a power cut the file holds an earlier
/// checkpoint, with the rows of that checkpoint.
/// </summary>
public sealed class SqliteViewStore(string path) : IViewStore
{
    /// <summary>Of the tables; a file of another form is made anew.</summary>
    private const long FormVersion = 1;

    private const string Tables = """
        CREATE TABLE view (
            name        TEXT NOT NULL PRIMARY KEY,
            version     INTEGER NOT NULL,
            position    INTEGER NOT NULL,
            hash        TEXT NOT NULL,
            passed_over INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE row (
            view  TEXT NOT NULL,
            key   TEXT NOT NULL,
            value TEXT NOT NULL,
            PRIMARY KEY (view, key)) STRICT, WITHOUT ROWID;
        """;

    private readonly Lock gate = new();
    private SqliteConnection? opened;

    public ValueTask<ViewCheckpoint?> CheckpointOfAsync(string view) => AskedAsync(connection => CheckpointOf(connection, view));

    public ValueTask<ViewCheckpoint> BeginAnewAsync(string view, int version) =>
        AskedAsync(connection =>
        {
            using var transaction = connection.BeginTransaction();
            connection.Execute("DELETE FROM row WHERE view = $view", ("$view", view));
            connection.Execute(
                "INSERT OR REPLACE INTO view (name, version, position, hash, passed_over) VALUES ($view, $version, 0, '', 0)",
                ("$view", view),
                ("$version", version)
            );
            transaction.Commit();
            return new ViewCheckpoint(version, 0, "", 0);
        });

    public ValueTask<string?> FindAsync(string view, string key) =>
        AskedAsync(connection =>
            (string?)connection.Scalar("SELECT value FROM row WHERE view = $view AND key = $key", ("$view", view), ("$key", key))
        );

    public ValueTask<IReadOnlyList<ViewRow>> ListAsync(string view, string prefix, ViewOrder order, int limit) =>
        AskedAsync<IReadOnlyList<ViewRow>>(connection =>
        {
            // No key holds the character 7F, which comes after all that they hold.
            using var command = connection.Command(
                $"SELECT key, value FROM row WHERE view = $view AND key >= $prefix AND key < $prefix || char(127) ORDER BY key {(order == ViewOrder.LeastFirst ? "ASC" : "DESC")} LIMIT $limit",
                ("$view", view),
                ("$prefix", prefix),
                ("$limit", limit)
            );
            using var reader = command.ExecuteReader();
            var rows = new List<ViewRow>();
            while (reader.Read())
                rows.Add(new ViewRow(reader.GetString(0), reader.GetString(1)));
            return rows;
        });

    public async ValueTask CommitAsync(
        string view,
        ViewCheckpoint before,
        ViewCheckpoint after,
        IReadOnlyDictionary<string, string?> changes
    ) =>
        await AskedAsync(connection =>
        {
            using var transaction = connection.BeginTransaction();
            if (CheckpointOf(connection, view) != before)
                throw new ViewUnusableException($"Somebody else changes the view {view} in {path}.");
            Write(connection, view, changes);
            return Moved(connection, view, after, transaction);
        });

    public void Dispose()
    {
        lock (gate)
            Close();
    }

    private static void Write(SqliteConnection connection, string view, IReadOnlyDictionary<string, string?> changes)
    {
        using var put = connection.Command(
            "INSERT OR REPLACE INTO row (view, key, value) VALUES ($view, $key, $value)",
            ("$view", view),
            ("$key", ""),
            ("$value", "")
        );
        using var remove = connection.Command("DELETE FROM row WHERE view = $view AND key = $key", ("$view", view), ("$key", ""));
        // In the order of the keys, so that neighbours are written together.
        foreach (var (key, value) in changes.OrderBy(change => change.Key, StringComparer.Ordinal))
        {
            var command = value is null ? remove : put;
            command.Parameters["$key"].Value = key;
            if (value is not null)
                command.Parameters["$value"].Value = value;
            command.ExecuteNonQuery();
        }
    }

    private static bool Moved(SqliteConnection connection, string view, ViewCheckpoint after, SqliteTransaction transaction)
    {
        connection.Execute(
            "UPDATE view SET version = $version, position = $position, hash = $hash, passed_over = $passedOver WHERE name = $view",
            ("$version", after.Version),
            ("$position", after.Position),
            ("$hash", after.Hash),
            ("$passedOver", after.PassedOverCount),
            ("$view", view)
        );
        transaction.Commit();
        return true;
    }

    private static ViewCheckpoint? CheckpointOf(SqliteConnection connection, string view)
    {
        using var command = connection.Command("SELECT version, position, hash, passed_over FROM view WHERE name = $view", ("$view", view));
        using var reader = command.ExecuteReader();
        return reader.Read() ? new ViewCheckpoint(reader.GetInt32(0), reader.GetInt64(1), reader.GetString(2), reader.GetInt32(3)) : null;
    }

    private ValueTask<T> AskedAsync<T>(Func<SqliteConnection, T> ask)
    {
        lock (gate)
        {
            try
            {
                return ValueTask.FromResult(ask(opened ??= Open()));
            }
            catch (SqliteException failure)
            {
                if (SqliteFailure.IsDamage(failure))
                    TakeAway();
                throw new ViewUnusableException(
                    $"{path} cannot be used: {SqliteFailure.Describe(failure)}. What is in it can be built again from the log.",
                    failure
                );
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                throw new ViewUnusableException(
                    $"{path} cannot be used: {DiskFault.Describe(failure)} What is in it can be built again from the log.",
                    failure
                );
            }
        }
    }

    private SqliteConnection Open()
    {
        if (TryOpen() is { } good)
            return good;
        TakeAway();
        return TryOpen()
            ?? throw new ViewUnusableException($"{path} was damaged and could not be made anew. Check the data folder's disk.");
    }

    /// <summary>Null where the file is damaged or of another form.</summary>
    private SqliteConnection? TryOpen()
    {
        SqliteConnection? connection = null;
        try
        {
            connection = OwnerOnly.OpenDatabase(path);
            connection.Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;");
            if (connection.Scalar("SELECT count(*) FROM sqlite_schema") is 0L)
                connection.Execute($"BEGIN IMMEDIATE; {Tables} PRAGMA user_version = {FormVersion}; COMMIT;");
            if (connection.Scalar("PRAGMA user_version") is FormVersion)
                return connection;
        }
        catch (SqliteException failure) when (SqliteFailure.IsDamage(failure))
        {
            // It is made anew.
        }
        catch
        {
            connection?.Dispose();
            throw;
        }
        connection?.Dispose();
        return null;
    }

    private void TakeAway()
    {
        Close();
        foreach (var end in (string[])["", "-wal", "-shm", "-journal"])
            File.Delete(path + end);
    }

    private void Close()
    {
        opened?.Dispose();
        opened = null;
    }
}
