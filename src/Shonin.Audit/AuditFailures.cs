using System.Net;

namespace Shonin.Audit;

/// <summary>
/// How often one kind of failure came from one address prefix since <paramref name="Since"/>; the empty prefix is everybody else.
/// </summary>
internal sealed record FailureCount(string Kind, string Prefix, DateTimeOffset Since, int Count);

/// <summary>
/// Counts failures, so that a stranger who guesses keys all day writes a few lines and not millions: one line a minute for each of
/// <see cref="PrefixCountMax"/> prefixes of each kind, one for all others of that kind, and once the day has <see cref="LinesPerDayMax"/>
/// lines, one an hour for all.
/// </summary>
internal sealed class AuditFailures
{
    internal const int PrefixCountMax = 16;
    internal const int LinesPerDayMax = 2_000;
    private static readonly TimeSpan fullDayPause = TimeSpan.FromHours(1);

    private readonly Lock gate = new();
    private readonly Dictionary<(string Kind, string Prefix), FailureCount> counts = [];
    private DateOnly day;
    private int linesOfDay;
    private DateTimeOffset takenAt;

    internal void Add(string kind, IPAddress? address, DateTimeOffset now)
    {
        var prefix = PrefixOf(address);
        lock (gate)
        {
            if (
                !counts.ContainsKey((kind, prefix))
                && counts.Keys.Count(key => key.Kind == kind && key.Prefix.Length > 0) >= PrefixCountMax
            )
            {
                prefix = "";
            }

            Add(new(kind, prefix, now, 1));
        }
    }

    /// <summary>What was counted since the last time; nothing while a full day waits for its hour.</summary>
    internal IReadOnlyList<FailureCount> Take(DateTimeOffset now)
    {
        lock (gate)
        {
            var today = DateOnly.FromDateTime(now.UtcDateTime);
            if (today != day)
                (day, linesOfDay) = (today, 0);
            if (linesOfDay >= LinesPerDayMax)
            {
                FoldIntoOne();
                if (now - takenAt < fullDayPause)
                    return [];
            }
            FailureCount[] taken = [.. counts.Values.OrderBy(count => count.Since)];
            counts.Clear();
            (linesOfDay, takenAt) = (linesOfDay + taken.Length, now);
            return taken;
        }
    }

    /// <summary>Its <see cref="NetworkSite"/>: what one subscriber has.</summary>
    internal static string PrefixOf(IPAddress? address) => address is null ? "unknown" : NetworkSite.Of(address);

    private void Add(FailureCount more)
    {
        var key = (more.Kind, more.Prefix);
        counts[key] = counts.TryGetValue(key, out var known) ? known with { Count = known.Count + more.Count } : more;
    }

    private void FoldIntoOne()
    {
        FailureCount[] all = [.. counts.Values];
        counts.Clear();
        foreach (var count in all)
            Add(count with { Prefix = "" });
    }
}
