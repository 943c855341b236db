namespace Shonin.Streams;

/// <summary>
/// How long something waits before it is tried again on a log that could not be read or written: a second, doubling to half a minute.
/// </summary>
public static class BackOff
{
    public static readonly TimeSpan First = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Often enough that everything goes on soon after somebody has freed the disk, seldom enough that many streams do not keep it busy.
    /// </summary>
    public static readonly TimeSpan Most = TimeSpan.FromSeconds(32);

    /// <param name="failureCount">How often it was tried before and failed, beyond the first time.</param>
    public static TimeSpan After(int failureCount) => First * (1L << Math.Min(failureCount, 5));
}
