using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Shonin.Bench;

/// <summary>
/// The fair limit of orders a second: one thread that writes exactly the rows that orders wrote on both sides, into copies of the same
/// files, in the same batches, with the same statements prepared and durable in the same way. It decides nothing, looks nothing up, seals
/// and signs nothing.
/// </summary>
internal static class BareWriter
{
    /// <summary>Both files are written in turns, each as far along as the other.</summary>
    internal static Spent Write(IReadOnlyList<(string Database, RowRecording Rows)> files)
    {
        var writers = files.Select(file => new OneFile(file.Database, file.Rows)).ToList();
        try
        {
            var before = Spent.UpToNow();
            while (writers.Where(writer => writer.Done < 1).MinBy(writer => writer.Done) is { } behind)
                behind.WriteBatch();
            foreach (var writer in writers)
                writer.Checkpoint();
            return Spent.UpToNow() - before;
        }
        finally
        {
            foreach (var writer in writers)
                writer.Dispose();
        }
    }

    private sealed class OneFile : IDisposable
    {
        private const int BytesBetweenCheckpoints = 16 * 1024 * 1024;
        private readonly SqliteConnection connection;
        private readonly sqlite3_stmt begin,
            commit;
        private readonly sqlite3_stmt[] statements;
        private readonly IReadOnlyList<IReadOnlyList<RowChange>> batches;
        private int next;

        internal OneFile(string database, RowRecording rows)
        {
            connection = new($"Data Source={database};Pooling=False");
            connection.Open();
            var pageSize = (long)Scalar("PRAGMA page_size")!;
            Scalar(
                $"PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = {BytesBetweenCheckpoints / pageSize};"
            ); // as the log does
            (begin, commit, batches) = (Prepare("BEGIN IMMEDIATE"), Prepare("COMMIT"), rows.Batches);
            statements = [.. rows.Statements.Select(Prepare)];
        }

        internal double Done => batches.Count == 0 ? 1 : (double)next / batches.Count;

        internal void WriteBatch()
        {
            Run(begin);
            foreach (var change in batches[next])
                Write(statements[change.Statement], change.Values);
            Run(commit);
            next++;
        }

        /// <summary>
        /// What is in the write-ahead log has to be written once more, here as in the measured run, where the next turn does it.
        /// </summary>
        internal void Checkpoint() => Scalar("PRAGMA wal_checkpoint(PASSIVE)");

        public void Dispose()
        {
            foreach (var statement in statements.Append(begin).Append(commit))
                statement.Dispose();
            connection.Dispose();
        }

        private void Write(sqlite3_stmt statement, Cell[] values)
        {
            for (var index = 0; index < values.Length; index++)
            {
                var value = values[index];
                Check(
                    value.Type switch
                    {
                        SqliteType.Integer => raw.sqlite3_bind_int64(statement, index + 1, value.Number),
                        SqliteType.Text => raw.sqlite3_bind_text(statement, index + 1, value.Bytes.AsSpan()),
                        SqliteType.Blob when value.Bytes is { Length: > 0 } bytes => raw.sqlite3_bind_blob(statement, index + 1, bytes),
                        SqliteType.Blob => raw.sqlite3_bind_zeroblob(statement, index + 1, 0),
                        _ => raw.sqlite3_bind_null(statement, index + 1),
                    }
                );
            }
            Run(statement);
        }

        private void Run(sqlite3_stmt statement)
        {
            if (raw.sqlite3_step(statement) != raw.SQLITE_DONE)
                Check(raw.sqlite3_errcode(connection.Handle!));
            raw.sqlite3_reset(statement);
        }

        private object? Scalar(string sql)
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            return command.ExecuteScalar();
        }

        private void Check(int code) => SqliteException.ThrowExceptionForRC(code, connection.Handle);

        private sqlite3_stmt Prepare(string sql)
        {
            Check(raw.sqlite3_prepare_v3(connection.Handle!, sql, raw.SQLITE_PREPARE_PERSISTENT, out var prepared));
            return prepared;
        }
    }
}
