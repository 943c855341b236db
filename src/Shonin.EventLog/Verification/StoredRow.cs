using Microsoft.Data.Sqlite;
using Shonin.EventLog.Evidence;

namespace Shonin.EventLog.Verification;

/// <summary>A row as it stands in the file, believed in nothing, with the hash of the row before it in its stream.</summary>
internal sealed record StoredRow(RowPlace Place, long AtMs, string Type, byte[] Payload, byte[] Hash, byte[]? PreviousHash)
{
    /// <summary>The row before is found by the index, so no stream has to be remembered.</summary>
    private const string InOrder = "SELECT position, stream, version, at, type, payload, hash, previous FROM log_rows ORDER BY position";

    internal static IEnumerable<StoredRow> ReadAll(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = InOrder;
        using var row = command.ExecuteReader();
        while (row.Read())
        {
            yield return new StoredRow(
                new RowPlace(row.GetInt64(0), new(row.GetString(1)), row.GetInt64(2)),
                row.GetInt64(3),
                row.GetString(4),
                row.GetFieldValue<byte[]>(5),
                row.GetFieldValue<byte[]>(6),
                row.IsDBNull(7) ? null : row.GetFieldValue<byte[]>(7)
            );
        }
    }

    internal bool MatchesItsHash() => Matches(this);

    internal bool WouldMatchAt(long position) => Matches(this with { Place = Place with { Position = position } });

    /// <summary>
    /// Whether both rows are right again once they give each other their positions, or their payloads, or payloads and types, or
    /// everything that is not their place.
    /// </summary>
    internal bool WasSwappedWith(StoredRow other) =>
        BothMatch(other, (row, from) => row with { Place = row.Place with { Position = from.Place.Position } })
        || BothMatch(other, (row, from) => row with { Payload = from.Payload })
        || BothMatch(other, (row, from) => row with { Payload = from.Payload, Type = from.Type })
        || BothMatch(other, (row, from) => row with { Payload = from.Payload, Type = from.Type, AtMs = from.AtMs })
        || BothMatch(other, (row, from) => row with { Payload = from.Payload, Type = from.Type, AtMs = from.AtMs, Hash = from.Hash });

    private bool BothMatch(StoredRow other, Func<StoredRow, StoredRow, StoredRow> takeFrom) =>
        Matches(takeFrom(this, other)) && Matches(takeFrom(other, this));

    private static bool Matches(StoredRow row)
    {
        var previous = row.Place.Version == 1 ? EventHash.BeforeFirst.ToArray() : row.PreviousHash;
        return previous is { Length: EventHash.SizeBytes }
            && row.Place.Stream.Value.Length <= AppendLimits.StreamNameSizeMax
            && row.Type.Length <= AppendLimits.EventTypeSizeMax
            && EventHash
                .Compute(previous, row.Place.Position, row.Place.Stream, row.Place.Version, row.AtMs, row.Type, row.Payload)
                .AsSpan()
                .SequenceEqual(row.Hash);
    }
}
