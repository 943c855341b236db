using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Shonin.EventLog.Sqlite;

/// <summary>
/// One prepared statement of a connection, used over and over by whoever has the connection. It speaks to SQLite directly: a
/// <see cref="SqliteCommand"/> makes a reader and boxes every value each time it runs, and this runs several times an event.
/// </summary>
internal sealed class Statement(SqliteConnection connection, string sql) : IDisposable
{
    private const int TextOnStackBytes = 1024;

    private readonly sqlite3_stmt statement = Prepare(connection, sql);

    internal Statement Bind(int index, long value) => Checked(raw.sqlite3_bind_int64(statement, index, value));

    /// <remarks>An empty span would be bound as NULL.</remarks>
    internal Statement Bind(int index, ReadOnlySpan<byte> value) =>
        Checked(value.IsEmpty ? raw.sqlite3_bind_zeroblob(statement, index, 0) : raw.sqlite3_bind_blob(statement, index, value));

    internal Statement Bind(int index, string value)
    {
        var sizeMax = Encoding.UTF8.GetMaxByteCount(value.Length);
        Span<byte> buffer = sizeMax <= TextOnStackBytes ? stackalloc byte[TextOnStackBytes] : new byte[sizeMax];
        return Checked(raw.sqlite3_bind_text(statement, index, buffer[..Encoding.UTF8.GetBytes(value, buffer)]));
    }

    /// <summary>Runs it to its end; rows are not asked for.</summary>
    internal void Run()
    {
        try
        {
            while (Step()) { }
        }
        finally
        {
            raw.sqlite3_reset(statement);
        }
    }

    /// <summary>What <paramref name="read"/> makes of the first row, or <paramref name="none"/> where there is none.</summary>
    internal T First<T>(T none, Func<Row, T> read)
    {
        try
        {
            return Step() ? read(new Row(statement)) : none;
        }
        finally
        {
            raw.sqlite3_reset(statement);
        }
    }

    /// <summary>What <paramref name="read"/> makes of each row, in their order.</summary>
    internal List<T> All<T>(Func<Row, T> read)
    {
        var rows = new List<T>();
        try
        {
            while (Step())
                rows.Add(read(new Row(statement)));
            return rows;
        }
        finally
        {
            raw.sqlite3_reset(statement);
        }
    }

    public void Dispose() => statement.Dispose();

    private bool Step()
    {
        var code = raw.sqlite3_step(statement);
        if (code == raw.SQLITE_ROW)
            return true;
        if (code != raw.SQLITE_DONE)
            SqliteException.ThrowExceptionForRC(code, connection.Handle);
        return false;
    }

    private Statement Checked(int code)
    {
        SqliteException.ThrowExceptionForRC(code, connection.Handle);
        return this;
    }

    private static sqlite3_stmt Prepare(SqliteConnection connection, string sql)
    {
        SqliteException.ThrowExceptionForRC(
            raw.sqlite3_prepare_v3(connection.Handle, sql, raw.SQLITE_PREPARE_PERSISTENT, out var prepared),
            connection.Handle
        );
        return prepared;
    }

    /// <summary>The current row, good until the statement goes on.</summary>
    internal readonly ref struct Row(sqlite3_stmt statement)
    {
        internal long Number(int column) => raw.sqlite3_column_int64(statement, column);

        internal string Text(int column) => raw.sqlite3_column_text(statement, column).utf8_to_string();

        internal byte[] Bytes(int column) => raw.sqlite3_column_blob(statement, column).ToArray();
    }
}
