using System.Globalization;
using System.Security.Cryptography;

namespace Shonin.Simulation;

/// <summary>What one simulated world came to. The same seed and number of orders give the same report, word for word.</summary>
/// <param name="Seed">Replays the world alone.</param>
/// <param name="OrdersAsked">How many customers came; with the seed it is all that a replay needs.</param>
/// <param name="Orders">How many orders they placed.</param>
/// <param name="Steps">How many were run; a world ends at the step at which it broke a promise.</param>
/// <param name="Log">The merchant log's Merkle root at the end, 32 bytes in hex.</param>
/// <param name="Problems">The promises that were not kept; empty where all were.</param>
/// <param name="Notes">What befell the world, in order.</param>
public sealed record WorldReport(
    int Seed,
    int OrdersAsked,
    int Orders,
    long Steps,
    TimeSpan SimulatedTime,
    string Log,
    IReadOnlyDictionary<string, int> Outcomes,
    IReadOnlyList<string> Problems,
    IReadOnlyList<string> Notes
);

/// <summary>What a run came to. The same seed and number of orders give the same report, word for word, on however many cores.</summary>
/// <param name="Seed">Replays the run.</param>
/// <param name="OrdersAsked">How many customers came, to all worlds.</param>
/// <param name="Orders">How many orders they placed.</param>
/// <param name="Worlds">How many worlds they were spread over.</param>
/// <param name="Steps">Of all worlds.</param>
/// <param name="SimulatedTime">Of all worlds, one after the other.</param>
/// <param name="Fingerprint">What all that was logged comes to: two runs of one seed agree in it.</param>
/// <param name="Broken">The worlds in which a promise was not kept, in the order of their numbers; empty where all were.</param>
/// <param name="Notes">What befell the world, in order, where there was one only.</param>
public sealed record SimulationReport(
    int Seed,
    int OrdersAsked,
    int Orders,
    int Worlds,
    long Steps,
    TimeSpan SimulatedTime,
    string Fingerprint,
    IReadOnlyDictionary<string, int> Outcomes,
    IReadOnlyList<WorldReport> Broken,
    IReadOnlyList<string> Notes
)
{
    public bool EveryPromiseHeld => Broken.Count == 0;

    /// <summary>The promises that were not kept, of all worlds.</summary>
    public IReadOnlyList<string> Problems => [.. Broken.SelectMany(world => world.Problems)];

    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"seed {Seed}: {Orders} orders{(Worlds == 1 ? "" : $" in {Worlds} worlds")}, {Steps} steps, {SimulatedTime:d\\.hh\\:mm\\:ss} simulated; {string.Join(", ", Outcomes.Select(outcome => $"{outcome.Value} {outcome.Key}"))}; "
                + $"{(EveryPromiseHeld ? "every promise held" : $"{Problems.Count} promises broken")}; log {Fingerprint}"
        );
}

/// <summary>
/// The whole system on one thread: production deciders, shards, link and card company above two seams, the bytes of a connection and the
/// log's contract. The seed decides what is lost, late, repeated, cut or garbled, who is killed at which write, and what runs next.
/// <para>Many orders are spread over worlds that know nothing of one another, each with a seed, a clock, faults and cards of its own. So
/// they run side by side on all cores, memory does not grow with the orders, and a world in which something broke can be played
/// alone.</para>
/// </summary>
public static class SimulationRun
{
    /// <summary>
    /// Enough that cards are stopped, links fail and days change with many orders under way; few enough that memory does not grow
    /// with the orders. It decides what a seed plays, so that changing it changes every hash of a log.
    /// </summary>
    public const int OrdersPerWorldMax = 250;

    /// <param name="coresMax">How many worlds are played at a time; it changes nothing else.</param>
    public static SimulationReport Run(int seed, int orders, int coresMax = 1) => Run(seed, orders, coresMax, OrdersPerWorldMax);

    internal static SimulationReport Run(int seed, int orders, int coresMax, int ordersPerWorldMax)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(orders, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(coresMax, 1);
        var count = (orders + ordersPerWorldMax - 1) / ordersPerWorldMax;
        if (count == 1)
        {
            var alone = RunWorld(seed, orders);
            return Sum(seed, orders, [alone], alone.Notes, _ => alone.Log);
        }

        var worlds = new WorldReport[count];
        SideBySide(count, coresMax, number =>
        {
            var report = RunWorld(SeedOf(seed, number), orders / count + (number < orders % count ? 1 : 0));
            // Of a world in which all went well nobody asks what befell it.
            worlds[number] = report.Problems.Count == 0 ? report with { Notes = [] } : report;
        });
        return Sum(seed, orders, worlds, [], HashOf);
    }

    private static SimulationReport Sum(
        int seed,
        int orders,
        WorldReport[] worlds,
        IReadOnlyList<string> notes,
        Func<WorldReport[], string> logOf
    )
    {
        var outcomes = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var (name, number) in worlds.SelectMany(world => world.Outcomes))
            outcomes[name] = outcomes.GetValueOrDefault(name) + number;
        return new SimulationReport(
            seed,
            orders,
            worlds.Sum(world => world.Orders),
            worlds.Length,
            worlds.Sum(world => world.Steps),
            TimeSpan.FromTicks(worlds.Sum(world => world.SimulatedTime.Ticks)),
            logOf(worlds)[..16],
            outcomes,
            [.. worlds.Where(world => world.Problems.Count > 0)],
            notes
        );
    }

    /// <summary>The hash over the worlds' hashes, in the order of their numbers, whichever ended first.</summary>
    internal static string HashOf(WorldReport[] worlds) =>
        Convert.ToHexStringLower(SHA256.HashData([.. worlds.SelectMany(world => Convert.FromHexString(world.Log))]));

    /// <summary>
    /// Neighbours differ in every bit, so that neither the worlds of one run nor those of runs with neighbouring seeds are alike.
    /// </summary>
    internal static int SeedOf(int seed, int number)
    {
        // SplitMix64, Steele, Lea and Flood 2014, figure 17.
        var mixed = ((ulong)(uint)seed << 32 | (uint)number) + 0x9E3779B97F4A7C15;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return (int)((mixed ^ (mixed >> 31)) & int.MaxValue);
    }

    /// <summary>Each on one thread from its beginning to its end; each thread takes the next that nobody has taken.</summary>
    private static void SideBySide(int count, int coresMax, Action<int> play)
    {
        var taken = -1;
        Exception? defect = null;
        var threads = Enumerable
            .Range(0, Math.Min(count, coresMax))
            .Select(core => new Thread(PlayNext) { Name = $"worlds {core}", IsBackground = true })
            .ToList();
        foreach (var thread in threads)
            thread.Start();
        foreach (var thread in threads)
            thread.Join();
        if (defect is not null)
            throw new InvalidOperationException("A world could not be played.", defect);

        void PlayNext()
        {
            try
            {
                while (defect is null && Interlocked.Increment(ref taken) is var number && number < count)
                    play(number);
            }
            catch (Exception unexpected)
            {
                defect = unexpected;
            }
        }
    }

    internal static WorldReport RunWorld(int seed, int orders)
    {
        var world = new World(seed, orders);
        var start = world.Scheduler.Now;
        try
        {
            world.Run();
        }
        catch (Exception fault)
        {
            // Whatever escapes here is a finding: it is reported under its seed like any broken promise.
            world.Checks.Broken($"The simulation ended early: {fault}");
        }
        var outcomes = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var order in world.Checks.Orders)
        {
            var name = order.IsShippedWhole ? "shipped" : order.Standing.GetType().Name.ToLowerInvariant();
            outcomes[name] = outcomes.GetValueOrDefault(name) + 1;
        }
        return new WorldReport(
            seed,
            orders,
            world.Checks.OrderCount,
            world.Scheduler.Steps,
            world.Scheduler.Now - start,
            Convert.ToHexStringLower(world.Merchant.Disk.Head.Root.Span),
            outcomes,
            world.Checks.Problems,
            world.Notes
        );
    }
}
