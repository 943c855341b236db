using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using Shonin.EventLog.Evidence;

namespace Shonin.EventLog.Verification;

/// <summary>
/// Names rows that are gone, from whatever still speaks of them: the rest of their stream, the heads file, and the tables beside the
/// events.
/// </summary>
internal sealed class MissingRows(SqliteConnection connection, HeadsOnFile heads, ECDsa? key)
{
    private const int NamedCountMax = 5;

    internal LogProblem NameRow(long position) =>
        FromRowsBehind(position)
        ?? FromRestOfStream(position)
        ?? FromHeadsFile(position)
        ?? (LogProblem?)FromOtherTables()
        ?? new LogProblem.RemovedUnnamed(position);

    /// <summary>A stream that once had events and has none now, or null.</summary>
    internal LogProblem.StreamRemoved? NameStream() =>
        ShorterThanSeen().Where(shorter => shorter.Now == 0).Select(gone => StreamRemoved(gone.Stream)).FirstOrDefault();

    /// <summary>Streams of which the heads file has seen later versions, some of them.</summary>
    internal IReadOnlyList<StreamId> NameStreamsWithLaterVersions() =>
        [.. ShorterThanSeen().Select(seen => seen.Stream).Distinct().Take(NamedCountMax)];

    private LogProblem.StreamRemoved StreamRemoved(StreamId stream) =>
        new(
            stream,
            ShorterThanSeen().Where(shorter => shorter.Stream == stream).Max(gone => gone.Seen),
            $"the heads file {Path.GetFileName(heads.Path)}"
        );

    /// <summary>The row is not gone: it stands further back and is right again once it has this position.</summary>
    private LogProblem.Moved? FromRowsBehind(long position) =>
        StoredRow
            .ReadAll(connection)
            .Where(row => row.Place.Position > position && !row.MatchesItsHash() && row.WouldMatchAt(position))
            .Select(row => new LogProblem.Moved(row.Place, position))
            .FirstOrDefault();

    /// <summary>A later row of the stream is there, and the row between is not: its version is the hole.</summary>
    private LogProblem.Removed? FromRestOfStream(long position)
    {
        using var command = connection.CreateCommand();
        command.CommandText = """
            SELECT (SELECT stream FROM log_rows WHERE position = later.position), coalesce(before.version, 0) + 1
            FROM events later
            LEFT JOIN events before ON before.stream = later.stream
                AND before.version = (SELECT max(version) FROM events WHERE stream = later.stream AND version < later.version)
            WHERE later.version > coalesce(before.version, 0) + 1
                AND later.position > $position AND coalesce(before.position, 0) < $position
            ORDER BY later.position LIMIT 1
            """;
        command.Parameters.AddWithValue("$position", position);
        using var row = command.ExecuteReader();
        return row.Read() ? new LogProblem.Removed(new RowPlace(position, new(row.GetString(0)), row.GetInt64(1))) : null;
    }

    /// <summary>The first stream that is shorter than it was lost this row, or all its rows.</summary>
    private LogProblem? FromHeadsFile(long position)
    {
        foreach (var (stream, _, now) in ShorterThanSeen())
        {
            return now == 0 ? StreamRemoved(stream) : new LogProblem.Removed(new RowPlace(position, stream, now + 1));
        }
        return null;
    }

    /// <summary>Streams of which the heads file has seen a later version than the database holds.</summary>
    private IEnumerable<(StreamId Stream, long Seen, long Now)> ShorterThanSeen()
    {
        if (key is null)
            yield break;
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT coalesce(max(version), 0) FROM log_events WHERE stream = $stream";
        var name = command.Parameters.Add("$stream", SqliteType.Text);
        foreach (var line in heads.Lines().Select(line => HeadLine.Read(line, key)).OfType<HeadLine>())
        {
            foreach (var (stream, seen) in line.Streams)
            {
                name.Value = stream.Value;
                var now = (long)command.ExecuteScalar()!;
                if (now < seen)
                    yield return (stream, seen, now);
            }
        }
    }

    /// <summary>
    /// Keys, alarms and outbox items name streams too. A stream may have these without events, so they speak only once a row is known to be
    /// missing.
    /// </summary>
    private LogProblem.StreamRemoved? FromOtherTables()
    {
        using var command = connection.CreateCommand();
        command.CommandText = """
            SELECT stream, place FROM (
                SELECT stream, 'the table keys' AS place FROM log_keys
                UNION ALL SELECT stream, 'the table alarms' FROM log_alarms
                UNION ALL SELECT stream, 'the table outbox' FROM log_outbox) named
            WHERE NOT EXISTS (SELECT 1 FROM log_events WHERE log_events.stream = named.stream)
            LIMIT 1
            """;
        using var row = command.ExecuteReader();
        return row.Read() ? new LogProblem.StreamRemoved(new(row.GetString(0)), 0, row.GetString(1)) : null;
    }
}
