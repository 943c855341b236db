using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Shonin.EventLog.Sqlite;

/// <summary>What SQLite's result codes mean for whoever runs the server.</summary>
public static class SqliteFailure
{
    /// <summary>Whether trying the appends of a batch one by one cannot help, because the whole database is concerned.</summary>
    internal static bool ConcernsTheDatabase(SqliteException failure) =>
        failure.SqliteErrorCode
            is raw.SQLITE_FULL
                or raw.SQLITE_IOERR
                or raw.SQLITE_READONLY
                or raw.SQLITE_CANTOPEN
                or raw.SQLITE_BUSY
                or raw.SQLITE_LOCKED
                or raw.SQLITE_CORRUPT
                or raw.SQLITE_NOTADB
                or raw.SQLITE_NOMEM;

    /// <summary>Whether the file's content is at fault: what is in it cannot be read, today or later.</summary>
    public static bool IsDamage(SqliteException failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        return failure.SqliteErrorCode is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB;
    }

    /// <summary>Cause and remedy as a sentence, without a path and without SQLite's words.</summary>
    internal static string Remedy(SqliteException failure)
    {
        var what = WhatToDo(failure.SqliteErrorCode);
        return $"{char.ToUpperInvariant(what[0])}{what[1..]}.";
    }

    /// <summary>Cause and remedy, with SQLite's own words and codes beside them.</summary>
    public static string Describe(SqliteException failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        return $"{WhatToDo(failure.SqliteErrorCode)} (SQLite {failure.SqliteErrorCode}/{failure.SqliteExtendedErrorCode}: {failure.Message})";
    }

    private static string WhatToDo(int code) =>
        code switch
        {
            raw.SQLITE_FULL => "the disk is full. Free space in the data folder; nothing was written",
            raw.SQLITE_IOERR => "the disk reports an error. Check the data folder's disk; nothing was written",
            raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN or raw.SQLITE_PERM =>
                "the file or its folder may not be written to. Check owner and mode of the data folder, and whether its disk is mounted read-only",
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED =>
                "another program holds the database. Close it (an open sqlite3 transaction, a backup tool)",
            raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB =>
                "the file is damaged or no SQLite database. Restore it from a backup, then run: shonin log verify",
            raw.SQLITE_NOMEM => "memory ran out",
            // SQLite may always add codes; its own message stands beside this one.
            var other => $"SQLite refused with code {other}",
        };
}
