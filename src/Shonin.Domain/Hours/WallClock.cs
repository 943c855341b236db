namespace Shonin.Domain.Hours;

/// <summary>The clocks of a zone, and when they show a time.</summary>
internal static class WallClock
{
    private static readonly TimeSpan longestShift = TimeSpan.FromDays(1);

    public static DateTime Shown(DateTimeOffset at, TimeZoneInfo zone) => TimeZoneInfo.ConvertTime(at, zone).DateTime;

    /// <summary>
    /// The first moment at which the clocks show this time or a later one. A time that they show twice is the first of both (RFC 5545
    /// section 3.3.5); one that they skip is the moment at which they have.
    /// </summary>
    public static DateTimeOffset FirstAt(DateTime local, TimeZoneInfo zone)
    {
        var asUtc = new DateTimeOffset(local, TimeSpan.Zero);
        var (first, second) = (asUtc - OffsetAt(asUtc - longestShift, zone), asUtc - OffsetAt(asUtc + longestShift, zone));
        var (early, late) = first <= second ? (first, second) : (second, first);
        if (Shown(early, zone) == local)
            return early;
        return Shown(late, zone) == local ? late : EndOfGap(early, late, local, zone);
    }

    /// <summary>Between both the clocks jump over the time, and once only.</summary>
    private static DateTimeOffset EndOfGap(DateTimeOffset before, DateTimeOffset after, DateTime local, TimeZoneInfo zone)
    {
        while (after - before > TimeSpan.FromSeconds(1))
        {
            var middle = before + new TimeSpan((after - before).Ticks / 2 / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond);
            (before, after) = Shown(middle, zone) < local ? (middle, after) : (before, middle);
        }
        return after;
    }

    private static TimeSpan OffsetAt(DateTimeOffset at, TimeZoneInfo zone) => zone.GetUtcOffset(at);
}
