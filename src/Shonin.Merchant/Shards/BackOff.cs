using Shonin.Domain;

namespace Shonin.Merchant.Shards;

/// <summary>How long something waits before it is tried again on a log that could not be read or written: a second, doubling to half a minute.</summary>
internal static class BackOff
{
    /// <summary>Often enough that everything goes on soon after somebody has freed the disk, seldom enough that many orders do not keep it busy.</summary>
    internal static readonly TimeSpan Most = TimeSpan.FromSeconds(32);

    /// <param name="failureCount">How often it was tried before and failed, beyond the first time.</param>
    internal static TimeSpan After(int failureCount) => new Doubling(TimeSpan.FromSeconds(1), Most).After(failureCount);
}
