using System.Globalization;
using Shonin.EventLog;

namespace Shonin.Audit;

/// <summary>One page of the trail, the newest first.</summary>
/// <param name="Next">The cursor from which the next page goes on, or null at the end.</param>
public sealed record AuditPage(IReadOnlyList<AuditEntry> Entries, string? Next);

/// <summary>Reads the trail of a log, also beside the server that writes it.</summary>
public static class AuditPages
{
    public const int LimitMax = 1_000;

    /// <summary>How many days back one page goes; where <c>since</c> is further back, its cursor leads on.</summary>
    public const int DaysMax = 400;

    /// <param name="since">Nothing before this.</param>
    /// <param name="after">The cursor of the last line seen, or null to begin with the newest.</param>
    /// <param name="limit">From 1 to <see cref="LimitMax"/>.</param>
    /// <returns>Null where <paramref name="after"/> is no cursor.</returns>
    public static async ValueTask<AuditPage?> ReadAsync(
        IEventReader log,
        DateTimeOffset now,
        DateTimeOffset since,
        string? after,
        int limit,
        CancellationToken cancellation
    )
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, LimitMax);
        var place = (Day: DateOnly.FromDateTime(now.UtcDateTime), Below: long.MaxValue);
        if (after is not null)
        {
            if (Place(after) is not { } parsed)
                return null;
            place = parsed;
        }
        var oldest = DateOnly.FromDateTime(since.UtcDateTime);
        var isClipped = place.Day.DayNumber - oldest.DayNumber > DaysMax;
        if (isClipped)
            oldest = place.Day.AddDays(-DaysMax);
        var entries = new List<AuditEntry>();
        for (; place.Day >= oldest; place = (place.Day.AddDays(-1), long.MaxValue))
        {
            var day = AuditDayKind.DayOf(place.Day);
            foreach (var stored in (await log.ReadStreamAsync(AuditDayKind.StreamOf(day), 0, cancellation)).Reverse())
            {
                if (
                    stored.Version >= place.Below
                    || AuditPayload.Read(stored, string.Create(CultureInfo.InvariantCulture, $"{day}.{stored.Version}")) is not { } entry
                    || stored.At < since
                )
                {
                    continue;
                }

                if (entries.Count == limit)
                    return new(entries, entries[^1].Cursor);
                entries.Add(entry);
            }
            if (place.Day == DateOnly.MinValue)
                break;
        }
        // No line has the version 0: behind it the day before begins.
        return new(entries, isClipped ? string.Create(CultureInfo.InvariantCulture, $"{oldest:yyyy-MM-dd}.0") : null);
    }

    private static (DateOnly Day, long Below)? Place(string cursor) =>
        cursor.Split('.') is [var day, var version]
        && DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
        && long.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var below)
            ? (date, below)
            : null;
}
