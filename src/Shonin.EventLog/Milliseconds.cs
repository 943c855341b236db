namespace Shonin.EventLog;

/// <summary>The log stores times as milliseconds since 1970-01-01T00:00:00Z.</summary>
internal static class Milliseconds
{
    /// <summary>For what has happened.</summary>
    internal static long Floor(DateTimeOffset time) => time.ToUnixTimeMilliseconds();

    /// <summary>For what shall not happen before its time.</summary>
    internal static long Ceiling(DateTimeOffset time) =>
        time.ToUnixTimeMilliseconds() + (time.UtcTicks % TimeSpan.TicksPerMillisecond == 0 ? 0 : 1);

    internal static DateTimeOffset ToTime(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}
