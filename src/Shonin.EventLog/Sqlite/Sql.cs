using Microsoft.Data.Sqlite;

namespace Shonin.EventLog.Sqlite;

/// <summary>
/// Statements with their values, which never stand in the text: <c>connection.Execute("DELETE FROM row WHERE id = $id", ("$id", id))</c>.
/// </summary>
public static class Sql
{
    /// <summary>A statement to be run, and disposed of, by the caller.</summary>
    public static SqliteCommand Command(
        this SqliteConnection connection,
        string sql,
        params ReadOnlySpan<(string Name, object Value)> values
    )
    {
        ArgumentNullException.ThrowIfNull(connection);
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in values)
            command.Parameters.AddWithValue(name, value);
        return command;
    }

    /// <summary>Runs one statement, or several.</summary>
    /// <returns>How many rows changed.</returns>
    public static int Execute(this SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object Value)> values)
    {
        using var command = connection.Command(sql, values);
        return command.ExecuteNonQuery();
    }

    /// <summary>The first column of the first row; null where there is no row.</summary>
    public static object? Scalar(this SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object Value)> values)
    {
        using var command = connection.Command(sql, values);
        return command.ExecuteScalar();
    }
}
