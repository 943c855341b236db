using Microsoft.Data.Sqlite;

namespace Shonin.Bench;

/// <summary>One value of a row, ready to be bound.</summary>
/// <param name="Bytes">Of a text (UTF-8) or a blob; null for a number, and for NULL.</param>
internal readonly record struct Cell(SqliteType? Type, long Number, byte[]? Bytes)
{
    internal static Cell Of(object value) =>
        value switch
        {
            long number => new(SqliteType.Integer, number, null),
            string text => new(SqliteType.Text, 0, System.Text.Encoding.UTF8.GetBytes(text)),
            byte[] blob => new(SqliteType.Blob, 0, blob),
            _ => default,
        };

    internal bool Is(Cell other) => Type == other.Type && Number == other.Number && Bytes.AsSpan().SequenceEqual(other.Bytes);
}

/// <summary>One change of one row: which of the recording's statements, with which values.</summary>
internal readonly record struct RowChange(int Statement, Cell[] Values);

/// <summary>
/// What the log changed in one of its files, row by row and in order, whatever its tables are: triggers note it in tables of their own
/// beside the real ones. The noting makes the recorded run slower and so its batches rather larger than usual, which does the bare writer
/// no harm.
/// </summary>
/// <param name="Statements">What the changes were, as SQL with numbered parameters.</param>
/// <param name="Batches">One for each transaction that signed a head.</param>
internal sealed record RowRecording(IReadOnlyList<string> Statements, IReadOnlyList<IReadOnlyList<RowChange>> Batches)
{
    private const string Prefix = "recorded_";

    internal int RowCount => Batches.Sum(batch => batch.Count);

    private sealed record Table(string Name, string[] Columns, string[] Key);

    private enum Kind
    {
        Inserted,
        Before,
        After,
        Deleted,
    }

    private sealed record Noted(long Order, Table Table, Kind Kind, Cell[] Values);

    /// <summary>From here on everything that changes in this database is noted.</summary>
    internal static void Begin(string database)
    {
        using var connection = Open(database);
        Execute(connection, $"CREATE TABLE {Prefix}count (n INTEGER NOT NULL); INSERT INTO {Prefix}count VALUES (0)");
        foreach (var table in TablesOf(connection))
        {
            var columns = string.Join(", ", table.Columns);
            Execute(connection, $"CREATE TABLE {Prefix}{table.Name} (n, kind, {columns})");
            string Note(string row, Kind kind) =>
                $"UPDATE {Prefix}count SET n = n + 1; INSERT INTO {Prefix}{table.Name} SELECT n, {(int)kind}, "
                + $"{string.Join(", ", table.Columns.Select(column => $"{row}.{column}"))} FROM {Prefix}count;";
            Execute(
                connection,
                $"CREATE TRIGGER {Prefix}i_{table.Name} AFTER INSERT ON {table.Name} BEGIN {Note("NEW", Kind.Inserted)} END"
            );
            Execute(
                connection,
                $"CREATE TRIGGER {Prefix}u_{table.Name} AFTER UPDATE ON {table.Name} BEGIN {Note("OLD", Kind.Before)} {Note("NEW", Kind.After)} END"
            );
            Execute(
                connection,
                $"CREATE TRIGGER {Prefix}d_{table.Name} AFTER DELETE ON {table.Name} BEGIN {Note("OLD", Kind.Deleted)} END"
            );
        }
    }

    internal static RowRecording Read(string database)
    {
        using var connection = Open(database);
        var noted = TablesOf(connection).SelectMany(table => NotedOf(connection, table)).OrderBy(note => note.Order).ToList();
        var (statements, numbers) = (new List<string>(), new Dictionary<string, int>());
        var (batches, batch) = (new List<IReadOnlyList<RowChange>>(), new List<RowChange>());
        for (var index = 0; index < noted.Count; index++)
        {
            var (sql, values) = noted[index].Kind == Kind.Before ? Updated(noted[index], noted[++index]) : InsertedOrDeleted(noted[index]);
            if (values.Length == 0)
                continue;
            if (!numbers.TryGetValue(sql, out var number))
            {
                numbers.Add(sql, number = statements.Count);
                statements.Add(sql);
            }
            batch.Add(new(number, values));
            if (noted[index].Table.Name != "head")
                continue;
            batches.Add(batch);
            batch = [];
        }
        return new(statements, batches);
    }

    private static IEnumerable<Noted> NotedOf(SqliteConnection connection, Table table)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT * FROM {Prefix}{table.Name}";
        using var row = command.ExecuteReader();
        while (row.Read())
        {
            yield return new(
                row.GetInt64(0),
                table,
                (Kind)row.GetInt32(1),
                [.. Enumerable.Range(2, table.Columns.Length).Select(column => Cell.Of(row.GetValue(column)))]
            );
        }
    }

    private static (string Sql, Cell[] Values) InsertedOrDeleted(Noted note)
    {
        var table = note.Table;
        return note.Kind == Kind.Inserted
            ? (
                $"INSERT INTO {table.Name} ({string.Join(", ", table.Columns)}) VALUES ({string.Join(", ", table.Columns.Select((_, index) => $"?{index + 1}"))})",
                note.Values
            )
            : ($"DELETE FROM {table.Name} WHERE {Equal(table.Key, " AND ", from: 1)}", KeyOf(note));
    }

    /// <summary>Only what has another value now.</summary>
    private static (string Sql, Cell[] Values) Updated(Noted before, Noted after)
    {
        var table = before.Table;
        var changed = Enumerable.Range(0, table.Columns.Length).Where(index => !before.Values[index].Is(after.Values[index])).ToArray();
        return changed.Length == 0
            ? ("", [])
            : (
                $"UPDATE {table.Name} SET {Equal([.. changed.Select(index => table.Columns[index])], ", ", from: 1)} WHERE {Equal(table.Key, " AND ", from: changed.Length + 1)}",
                [.. changed.Select(index => after.Values[index]), .. KeyOf(before)]
            );
    }

    private static string Equal(string[] columns, string between, int from) =>
        string.Join(between, columns.Select((column, index) => $"{column} = ?{from + index}"));

    private static Cell[] KeyOf(Noted note) => [.. note.Table.Key.Select(column => note.Values[Array.IndexOf(note.Table.Columns, column)])];

    /// <summary>The tables whose rows have a key; the one that holds the schema's version has none, and does not change.</summary>
    private static List<Table> TablesOf(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"""
            SELECT t.name, c.name, c.pk FROM pragma_table_list t JOIN pragma_table_info(t.name) c
            WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name NOT LIKE '{Prefix}%' ORDER BY t.name, c.cid
            """;
        using var row = command.ExecuteReader();
        var columns = new List<(string Table, string Column, long Place)>();
        while (row.Read())
            columns.Add((row.GetString(0), row.GetString(1), row.GetInt64(2)));
        return
        [
            .. columns
                .GroupBy(column => column.Table)
                .Select(table => new Table(
                    table.Key,
                    [.. table.Select(column => column.Column)],
                    [.. table.Where(column => column.Place > 0).OrderBy(column => column.Place).Select(column => column.Column)]
                ))
                .Where(table => table.Key.Length > 0),
        ];
    }

    private static SqliteConnection Open(string database)
    {
        var connection = new SqliteConnection($"Data Source={database};Pooling=False");
        connection.Open();
        return connection;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
