namespace Shonin.CardCompany.Host;

/// <summary>How many of somebody's events were counted and not kept, since when.</summary>
/// <param name="Share">Whose they were; <see cref="RowBudget.Everybody"/> where the log as a whole had its fill.</param>
internal sealed record CountedEvents(string Share, DateTimeOffset Since, IReadOnlyDictionary<string, long> Counts);

/// <summary>
/// How much of what happens on the connections is kept word for word: so many rows of one peer and so many in all, in each span of time.
/// The rest is counted. With it the log grows by <c>rows in all + rows in all / rows of a peer + 1</c> rows a span at most, whatever
/// anybody sends.
/// </summary>
internal sealed class RowBudget(int rowsOfPeerMax, int rowsMax, TimeSpan span)
{
    /// <summary>The share under which events are counted once no row is left for anybody.</summary>
    public const string Everybody = "everybody";

    private readonly Dictionary<string, int> rowsOf = [];
    private readonly Dictionary<string, Dictionary<string, long>> counts = [];
    private DateTimeOffset since;
    private int rowCount;

    /// <summary>When the current span ends.</summary>
    public DateTimeOffset EndsAt => since + span;

    public bool HasCounts => counts.Count > 0;

    /// <summary>Ends the span if its time has come; what was counted in it is the caller's to write down.</summary>
    public IReadOnlyList<CountedEvents> EndIfDue(DateTimeOffset now) => now >= EndsAt ? End(now) : [];

    /// <summary>Ends the span now.</summary>
    public IReadOnlyList<CountedEvents> End(DateTimeOffset now)
    {
        var counted = counts.Select(pair => new CountedEvents(pair.Key, since, pair.Value)).ToArray();
        rowsOf.Clear();
        counts.Clear();
        (since, rowCount) = (now, 0);
        return counted;
    }

    /// <summary>True where the event is to be kept; false where it was counted.</summary>
    public bool Admits(string share, string kind)
    {
        var rows = rowsOf.GetValueOrDefault(share);
        if (rows < rowsOfPeerMax && rowCount < rowsMax)
        {
            rowsOf[share] = rows + 1;
            rowCount++;
            return true;
        }
        var countedAs = rows >= rowsOfPeerMax ? share : Everybody;
        if (!counts.TryGetValue(countedAs, out var kinds))
            counts[countedAs] = kinds = [];
        kinds[kind] = kinds.GetValueOrDefault(kind) + 1;
        return false;
    }
}
