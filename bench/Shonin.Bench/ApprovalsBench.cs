using System.Globalization;

namespace Shonin.Bench;

/// <summary>
/// Orders from the request to the durable approval with its notice: decided, claimed and committed at the merchant, asked over TCP at the
/// card company, decided and committed there, answered and committed again. Both sides are durable in SQLite files of their own. The limit
/// is a bare writer of the same rows (<see cref="BareWriter"/>), in the same run and on the same disk.
/// </summary>
public static class ApprovalsBench
{
    /// <summary>Orders in flight.</summary>
    public const int InFlightCount = 64;

    /// <summary>Cards that orders are spread over where nothing else is said.</summary>
    public const int UsualCardCount = BenchHouse.UsualCardCount;

    /// <summary>Until the JIT is quiet; measured.</summary>
    public static readonly TimeSpan UsualWarmUp = TimeSpan.FromSeconds(12);

    /// <summary>Others use the machine too: all figures are taken in turns, and the median turn of each counts.</summary>
    private const int TurnCount = 5;

    private const int FlatFromCount = 10_000;
    private const int WindowCount = 10;
    private const string LimitName = "a bare writer of the same rows";

    /// <param name="each">How long each turn of orders is.</param>
    /// <param name="warmUp">How long orders are placed before anything is measured.</param>
    public static async Task<IReadOnlyList<Figure>> MeasureAsync(TimeSpan each, TimeSpan warmUp)
    {
        var folder = Directory.CreateTempSubdirectory("shonin-bench-");
        try
        {
            var begun = Path.Combine(folder.FullName, "begun");
            await using (var house = await BenchHouse.OpenAsync(begun))
                await house.PlaceForAsync(warmUp);

            var recorded = CopyOf(begun, Path.Combine(folder.FullName, "recorded"));
            foreach (var database in BenchHouse.DatabasesIn(recorded))
                RowRecording.Begin(database);
            double recordedCount;
            await using (var house = await BenchHouse.OpenAsync(recorded))
                recordedCount = (await house.PlaceForAsync(each)).OrderCount;
            var files = BenchHouse.DatabasesIn(recorded).Select(RowRecording.Read).ToArray();
            Directory.Delete(recorded, recursive: true);

            var (turns, limits) = (new List<OrdersPlaced>(), new List<Spent>());
            await using (var house = await BenchHouse.OpenAsync(CopyOf(begun, Path.Combine(folder.FullName, "measured"))))
            {
                for (var turn = 0; turn < TurnCount; turn++)
                {
                    turns.Add(await house.PlaceForAsync(each));
                    var bare = CopyOf(begun, Path.Combine(folder.FullName, "bare"));
                    limits.Add(BareWriter.Write([.. BenchHouse.DatabasesIn(bare).Zip(files)]));
                    Directory.Delete(bare, recursive: true);
                }
            }

            double Turn(Func<OrdersPlaced, double> figure) => Median(turns.Select(figure));
            var ordersPerSecond = Turn(turn => turn.OrderCount / turn.Spent.Elapsed.TotalSeconds);
            var limit = Median(limits.Select(spent => recordedCount / spent.Elapsed.TotalSeconds));
            var written = Turn(turn => turn.Spent.WrittenBytes / 1024.0 / turn.OrderCount);
            var writtenAtLeast = Median(limits.Select(spent => spent.WrittenBytes / 1024.0 / recordedCount));
            return
            [
                new(LimitName, limit, "orders/s"),
                new(
                    $"approvals: orders approved, {InFlightCount} in flight",
                    ordersPerSecond,
                    "orders/s",
                    LimitName,
                    limit,
                    ordersPerSecond / limit
                ),
                new("approvals: half answered within", Turn(turn => turn.Waits.Within(0.50).TotalMilliseconds), "ms"),
                new("approvals: 99 of 100 answered within", Turn(turn => turn.Waits.Within(0.99).TotalMilliseconds), "ms"),
                new("approvals: CPU an order, both sides", Turn(turn => turn.Spent.Cpu.TotalMilliseconds / turn.OrderCount), "ms"),
                new("approvals: allocated an order, both sides", Turn(turn => turn.Spent.AllocatedBytes / 1024.0 / turn.OrderCount), "KiB"),
                new(
                    "approvals: written to the disk an order, both sides",
                    written,
                    "KiB",
                    LimitName,
                    writtenAtLeast,
                    written / writtenAtLeast
                ),
                new("approvals: rows written an order, both sides", files.Sum(file => file.RowCount) / recordedCount, "rows"),
                new("approvals: commits an order, both sides", files.Sum(file => file.Batches.Count) / recordedCount, "commits"),
                .. await GroupCommitBench.MeasureAsync(each),
            ];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Whether an order costs the same however many there are: figures in windows from the 10,000th order on.</summary>
    /// <param name="cardCount">
    /// How many cards the orders are spread over. With few of them each card's own past grows with the orders, at the card company, and
    /// with it what is measured; with many the shop grows and the cards do not.
    /// </param>
    public static async Task<IReadOnlyList<Figure>> MeasureGrowthAsync(int orderCount, int cardCount, TimeSpan warmUp)
    {
        var folder = Directory.CreateTempSubdirectory("shonin-bench-");
        try
        {
            await using (var house = await BenchHouse.OpenAsync(Path.Combine(folder.FullName, "warm")))
                await house.PlaceForAsync(warmUp);
            await using var growing = await BenchHouse.OpenAsync(Path.Combine(folder.FullName, "growing"), cardCount);
            var placed = (await growing.PlaceAsync(Math.Min(FlatFromCount, orderCount))).OrderCount;
            var figures = new List<Figure>();
            var (cpuBefore, slowBefore, memoryBefore) = (0.0, 0.0, 0.0);
            for (var window = 0; window < WindowCount && placed < orderCount; window++)
            {
                var turn = await growing.PlaceAsync(Math.Max(1, (orderCount - placed) / (WindowCount - window)));
                placed += turn.OrderCount;
                var (cpu, slow, memory) = (
                    turn.Spent.Cpu.TotalMilliseconds / turn.OrderCount,
                    turn.Waits.Within(0.99).TotalMilliseconds,
                    GC.GetTotalMemory(forceFullCollection: true) / 1024.0 / 1024.0
                );
                if (window == 0)
                    (cpuBefore, slowBefore, memoryBefore) = (cpu, slow, memory);
                var at = string.Create(CultureInfo.InvariantCulture, $"up to order {placed:#,0}");
                const string First = "the first window";
                figures.Add(new($"approvals: CPU an order, {at}", cpu, "ms", First, cpuBefore, cpu / cpuBefore));
                figures.Add(new($"approvals: 99 of 100 answered within, {at}", slow, "ms", First, slowBefore, slow / slowBefore));
                figures.Add(new($"approvals: orders a second, {at}", turn.OrderCount / turn.Spent.Elapsed.TotalSeconds, "orders/s"));
                figures.Add(new($"approvals: written an order, {at}", turn.Spent.WrittenBytes / 1024.0 / turn.OrderCount, "KiB"));
                figures.Add(new($"approvals: memory in use, {at}", memory, "MiB", First, memoryBefore, memory / memoryBefore));
            }
            return figures;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    public static double Median(IEnumerable<double> turns)
    {
        var sorted = turns.Order().ToArray();
        return sorted[sorted.Length / 2];
    }

    private static string CopyOf(string folder, string target)
    {
        Directory.CreateDirectory(target);
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(target, Path.GetRelativePath(folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(Path.Combine(target, "keys"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return target;
    }
}
