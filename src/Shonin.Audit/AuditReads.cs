namespace Shonin.Audit;

/// <summary>How much one key read of one kind beyond the lines that name it.</summary>
internal sealed record ReadCount(string Kind, string Who, DateTimeOffset Since, int Count);

/// <summary>
/// Programs read thousands of times a day. Of each key and kind the first <see cref="NamedPerHourMax"/> reads from the first one on have a
/// line each within an hour; what follows is counted, and one line says how much it was once the hour is over. A crash loses that count,
/// not the lines before it.
/// </summary>
internal sealed class AuditReads
{
    internal const int NamedPerHourMax = 60;
    private static readonly TimeSpan hour = TimeSpan.FromHours(1);

    private readonly Lock gate = new();
    private readonly Dictionary<(string Kind, string Who), Span> spans = [];

    private sealed class Span(DateTimeOffset since)
    {
        public DateTimeOffset Since { get; } = since;
        public int Named { get; set; }
        public int Counted { get; set; }
    }

    /// <param name="count">How many things were read at once.</param>
    /// <returns>Whether this read has a line of its own; else it is counted.</returns>
    internal bool HasLine(string kind, string who, int count, DateTimeOffset now)
    {
        lock (gate)
        {
            if (!spans.TryGetValue((kind, who), out var span))
                spans[(kind, who)] = span = new(now);
            if (span.Named < NamedPerHourMax)
            {
                span.Named++;
                return true;
            }
            span.Counted += count;
            return false;
        }
    }

    /// <summary>What was counted in hours that are over.</summary>
    internal IReadOnlyList<ReadCount> TakeOver(DateTimeOffset now) => Take(span => now - span.Since >= hour);

    /// <summary>All that was counted, because nothing follows.</summary>
    internal IReadOnlyList<ReadCount> TakeAll() => Take(_ => true);

    private ReadCount[] Take(Func<Span, bool> isOver)
    {
        lock (gate)
        {
            var over = spans.Where(one => isOver(one.Value)).ToArray();
            foreach (var (key, _) in over)
                spans.Remove(key);
            return
            [
                .. over.Where(one => one.Value.Counted > 0)
                    .Select(one => new ReadCount(one.Key.Kind, one.Key.Who, one.Value.Since, one.Value.Counted)),
            ];
        }
    }
}
