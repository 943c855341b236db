using System.Globalization;

namespace Shonin.Bench;

/// <summary>What this process spent between two moments.</summary>
/// <param name="WrittenBytes">What it gave to the disk, pages of the write-ahead log and of checkpoints alike; 0 where the system does not
///   tell.</param>
internal readonly record struct Spent(TimeSpan Elapsed, TimeSpan Cpu, long AllocatedBytes, long WrittenBytes)
{
    internal static Spent UpToNow() =>
        new(
            TimeSpan.FromTicks(TimeProvider.System.GetElapsedTime(0).Ticks),
            Environment.CpuUsage.TotalTime,
            GC.GetTotalAllocatedBytes(precise: true),
            WrittenUpToNow()
        );

    public static Spent operator -(Spent after, Spent before) =>
        new(
            after.Elapsed - before.Elapsed,
            after.Cpu - before.Cpu,
            after.AllocatedBytes - before.AllocatedBytes,
            after.WrittenBytes - before.WrittenBytes
        );

    /// <summary>proc(5): <c>write_bytes</c>, the bytes that this process caused to be sent to the storage layer.</summary>
    private static long WrittenUpToNow()
    {
        const string Accounts = "/proc/self/io";
        const string Name = "write_bytes: ";
        return
            File.Exists(Accounts)
            && File.ReadLines(Accounts).FirstOrDefault(line => line.StartsWith(Name, StringComparison.Ordinal)) is { } line
            ? long.Parse(line.AsSpan(Name.Length), CultureInfo.InvariantCulture)
            : 0;
    }
}
