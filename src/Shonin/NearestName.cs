namespace Shonin;

/// <summary>Finds what somebody probably meant, for "did you mean …?".</summary>
internal static class NearestName
{
    /// <summary>Half of the word may be wrong; beyond that a suggestion would be a guess.</summary>
    private const int DistanceShareMax = 2;

    /// <summary>The candidate with the fewest typing mistakes, or null where none is near.</summary>
    public static string? Of(string typed, IEnumerable<string> candidates)
    {
        string? nearest = null;
        var distanceMax = Math.Max(1, typed.Length / DistanceShareMax);
        foreach (var candidate in candidates)
        {
            var distance = Distance(typed.ToUpperInvariant(), candidate.ToUpperInvariant());
            if (distance > distanceMax)
                continue;
            nearest = candidate;
            distanceMax = distance - 1;
        }
        return nearest;
    }

    /// <summary>" Did you mean X?", or nothing.</summary>
    public static string Hint(string typed, IEnumerable<string> candidates) =>
        Of(typed, candidates) is { } name ? $" Did you mean {name}?" : "";

    /// <summary>
    /// Insertions, removals, replacements and swaps of neighbours that lead from one word to the other (optimal string alignment).
    /// </summary>
    private static int Distance(string from, string to)
    {
        var rows = new int[from.Length + 1, to.Length + 1];
        for (var row = 0; row <= from.Length; row++)
            rows[row, 0] = row;
        for (var column = 0; column <= to.Length; column++)
            rows[0, column] = column;
        for (var row = 1; row <= from.Length; row++)
        {
            for (var column = 1; column <= to.Length; column++)
            {
                var replaced = rows[row - 1, column - 1] + (from[row - 1] == to[column - 1] ? 0 : 1);
                rows[row, column] = Math.Min(replaced, Math.Min(rows[row - 1, column], rows[row, column - 1]) + 1);
                if (row > 1 && column > 1 && from[row - 1] == to[column - 2] && from[row - 2] == to[column - 1])
                    rows[row, column] = Math.Min(rows[row, column], rows[row - 2, column - 2] + 1);
            }
        }
        return rows[from.Length, to.Length];
    }
}
