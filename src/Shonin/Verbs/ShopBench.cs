using System.Diagnostics;
using Shonin.Bench;

namespace Shonin.Verbs;

/// <summary>
/// Orders over HTTP with their mails leaving, merchant and card company as processes of their own, and where another program is named, the
/// same beside it in turns.
/// </summary>
internal static class ShopBench
{
    /// <summary>Others use the machine too: the median turn counts.</summary>
    private const int TurnCount = 3;

    /// <summary>Until the JIT is quiet; measured.</summary>
    internal static readonly TimeSpan UsualWarmUp = TimeSpan.FromSeconds(30);

    /// <summary>Mails that have not left by then are told as such.</summary>
    private static readonly TimeSpan mailPatience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan lookEvery = TimeSpan.FromMilliseconds(50);

    /// <param name="each">How long each turn of orders is.</param>
    /// <param name="warmUp">How long orders are placed before anything is measured.</param>
    /// <param name="beside">Another version's program, or null.</param>
    /// <exception cref="CannotGoOnException">A process did not start, or an order was not taken.</exception>
    internal static async Task<IReadOnlyList<Figure>> MeasureAsync(
        TimeSpan each,
        TimeSpan warmUp,
        string? beside,
        CancellationToken cancellation
    )
    {
        var folder = Directory.CreateTempSubdirectory("shonin-bench-");
        try
        {
            await using var ours = await ShopProcesses.StartAsync(Path.Combine(folder.FullName, "ours"), null, cancellation);
            await using var others = beside is null
                ? null
                : await ShopProcesses.StartAsync(Path.Combine(folder.FullName, "other"), beside, cancellation);
            ShopProcesses[] shops = others is null ? [ours] : [ours, others];
            foreach (var shop in shops)
                await PlaceForAsync(shop, warmUp, cancellation);
            var turns = shops.ToDictionary(shop => shop, _ => new List<Turn>());
            for (var turn = 0; turn < TurnCount; turn++)
            {
                foreach (var shop in shops)
                    turns[shop].Add(await PlaceForAsync(shop, each, cancellation));
            }
            return [.. Figures(turns[ours], others is null ? null : turns[others])];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static IEnumerable<Figure> Figures(List<Turn> ours, List<Turn>? others)
    {
        const string OtherName = "the other program";
        Figure Beside(string name, string unit, Func<Turn, double> figure)
        {
            var value = ApprovalsBench.Median(ours.Select(figure));
            if (others is null)
                return new(name, value, unit);
            var other = ApprovalsBench.Median(others.Select(figure));
            return new(name, value, unit, OtherName, other, other == 0 ? null : value / other);
        }
        yield return Beside($"shop: orders approved, {ShopProcesses.ConnectionCount} connections", "orders/s", turn =>
            turn.OrdersPerSecond
        );
        yield return Beside("shop: orders whose mails have left too", "orders/s", turn => turn.OrdersWithMailPerSecond);
        yield return Beside("shop: half answered within", "ms", turn => turn.Waits.Within(0.50).TotalMilliseconds);
        yield return Beside("shop: 99 of 100 answered within", "ms", turn => turn.Waits.Within(0.99).TotalMilliseconds);
        yield return Beside("shop: CPU an order, merchant and card company", "ms", turn => turn.CpuAnOrder.TotalMilliseconds);
        yield return Beside("shop: mails that had not left in two minutes", "mails", turn => turn.MailsLeftCount);
    }

    private static async Task<Turn> PlaceForAsync(ShopProcesses shop, TimeSpan time, CancellationToken cancellation)
    {
        var (mailsBefore, cpuBefore, started) = (shop.MailCount, shop.Cpu, Stopwatch.GetTimestamp());
        var waits = await Crowd.PlaceAsync(
            ShopProcesses.ConnectionCount,
            _ => Stopwatch.GetElapsedTime(started) < time,
            () => shop.PlaceOrderAsync(cancellation)
        );
        var answered = Stopwatch.GetElapsedTime(started);
        int MailsLeft() => waits.Count - (shop.MailCount - mailsBefore);
        while (MailsLeft() > 0 && Stopwatch.GetElapsedTime(started) < answered + mailPatience)
            await Task.Delay(lookEvery, cancellation);
        return new(waits, answered, Stopwatch.GetElapsedTime(started), shop.Cpu - cpuBefore, Math.Max(0, MailsLeft()));
    }

    /// <param name="Answered">When the last order was answered.</param>
    /// <param name="Mailed">When the last mail had left.</param>
    private sealed record Turn(Waits Waits, TimeSpan Answered, TimeSpan Mailed, TimeSpan Cpu, int MailsLeftCount)
    {
        internal double OrdersPerSecond => Waits.Count / Answered.TotalSeconds;
        internal double OrdersWithMailPerSecond => Waits.Count / Mailed.TotalSeconds;
        internal TimeSpan CpuAnOrder => Cpu / Waits.Count;
    }
}
