using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Shonin.EventLog;
using Shonin.EventLog.Sqlite;

namespace Shonin.Bench;

/// <summary>
/// How fast this machine can make events durable: the disk alone, then the log on it. Both in one run, since only their ratio means
/// anything on another day.
/// </summary>
public static class GroupCommitBench
{
    /// <summary>What approvals with 64 orders in flight can put into one commit.</summary>
    public const int BatchCount = 64;

    private const int EventSizeBytes = 200;
    private const int DiskFileSizeBytes = 32 * 1024 * 1024;
    private const string OneName = "disk: write one event of 200 bytes, flush";
    private const string BatchName = "disk: write 64 events of 200 bytes, flush";

    /// <summary>Others use the machine too: all figures are taken in turns, and the best turn of each counts.</summary>
    private const int TurnCount = 5;

    /// <param name="each">How long each figure is measured, over all turns.</param>
    public static async Task<IReadOnlyList<Figure>> MeasureAsync(TimeSpan each)
    {
        var folder = Directory.CreateTempSubdirectory("shonin-bench-");
        try
        {
            await using var store = await SqliteEventStore.OpenAsync(
                new LogFiles(folder.FullName, "bench"),
                TimeProvider.System,
                CancellationToken.None
            );
            var streams = await Streams.OpenAsync(store);
            var turn = each / TurnCount;
            double one = 0,
                batch = 0,
                alone = 0,
                batches = 0,
                few = 0,
                many = 0;
            for (var index = 0; index < TurnCount; index++)
            {
                one = Math.Max(one, FlushesPerSecond(folder.FullName, EventSizeBytes, turn));
                alone = Math.Max(alone, await CommittedPerSecondAsync(streams, 1, turn));
                batch = Math.Max(batch, BatchCount * FlushesPerSecond(folder.FullName, EventSizeBytes * BatchCount, turn));
                batches = Math.Max(batches, await CommittedPerSecondAsync(streams, BatchCount, turn));
                few = Math.Max(few, await AppendedPerSecondAsync(store, streams, BatchCount, turn));
                many = Math.Max(many, await AppendedPerSecondAsync(store, streams, Appender.BatchCountMax, turn));
            }
            return
            [
                new(OneName, one, "events/s"),
                new(BatchName, batch, "events/s"),
                new("log: commit one event", alone, "events/s", OneName, one, alone / one),
                new($"log: commit batches of {BatchCount} events", batches, "events/s", BatchName, batch, batches / batch),
                new($"log: {BatchCount} producers through the appender", few, "events/s", BatchName, batch, few / batch),
                new($"log: {Appender.BatchCountMax} producers through the appender", many, "events/s", BatchName, batch, many / batch),
            ];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>
    /// Writes on and on through a file that has its size already, as SQLite does with its write-ahead log, and flushes data without
    /// metadata, as SQLite does too: growing a file costs a second write for its size and is no fair limit.
    /// </summary>
    private static double FlushesPerSecond(string folder, int sizeBytes, TimeSpan turn)
    {
        using var file = new FileStream(Path.Combine(folder, "disk"), FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        file.Write(new byte[DiskFileSizeBytes]);
        file.Flush(flushToDisk: true);
        file.Position = 0;
        var content = new byte[sizeBytes];
        var clock = Stopwatch.StartNew();
        var count = 0;
        for (; clock.Elapsed < turn; count++)
        {
            if (file.Position + sizeBytes > DiskFileSizeBytes)
                file.Position = 0;
            file.Write(content);
            FlushData(file);
        }
        return count / clock.Elapsed.TotalSeconds;
    }

    private static void FlushData(FileStream file)
    {
        if (!OperatingSystem.IsLinux())
            file.Flush(flushToDisk: true);
        else if (FlushDataOnLinux(file.SafeFileHandle) != 0)
            throw new IOException($"fdatasync failed with error {Marshal.GetLastPInvokeError()}.");
    }

    [DllImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static extern int FlushDataOnLinux(SafeFileHandle file);

    private static async Task<double> CommittedPerSecondAsync(Streams streams, int batchCount, TimeSpan turn)
    {
        var clock = Stopwatch.StartNew();
        var count = 0L;
        while (clock.Elapsed < turn)
            count += await streams.CommitAsync(batchCount);
        return count / clock.Elapsed.TotalSeconds;
    }

    private static async Task<double> AppendedPerSecondAsync(SqliteEventStore store, Streams streams, int producerCount, TimeSpan turn)
    {
        await using var appender = new Appender(store);
        var clock = Stopwatch.StartNew();
        var counts = await Task.WhenAll(
            Enumerable
                .Range(0, producerCount)
                .Select(async _ =>
                {
                    var count = 0;
                    for (; clock.Elapsed < turn; count++)
                    {
                        if (await appender.AppendAsync(streams.Next()) is not AppendResult.Committed)
                            throw new InvalidOperationException("An append of the bench was refused.");
                    }
                    return count;
                })
        );
        return counts.Sum() / clock.Elapsed.TotalSeconds;
    }

    /// <summary>One event for a new stream each time, named as orders are: the time first.</summary>
    private sealed class Streams
    {
        private readonly SqliteEventStore store;
        private readonly ShardLease[] leases;
        private readonly NewEvent happened = new("happened", new byte[EventSizeBytes]);

        private Streams(SqliteEventStore store, ShardLease[] leases)
        {
            this.store = store;
            this.leases = leases;
        }

        internal static async Task<Streams> OpenAsync(SqliteEventStore store)
        {
            var leases = new ShardLease[ShardMap.ShardCount];
            for (var shard = 0; shard < leases.Length; shard++)
                leases[shard] = await store.AcquireShardAsync(shard, CancellationToken.None);
            return new Streams(store, leases);
        }

        internal Append Next()
        {
            var stream = new StreamId($"order-{Guid.CreateVersion7():n}");
            return new Append(stream, 0, leases[ShardMap.ShardOf(stream)], TimeProvider.System.GetUtcNow()) { Events = [happened] };
        }

        internal async Task<int> CommitAsync(int count) =>
            (await store.CommitAsync([.. Enumerable.Range(0, count).Select(_ => Next())], CancellationToken.None))
                .OfType<AppendResult.Committed>()
                .Count();
    }
}
