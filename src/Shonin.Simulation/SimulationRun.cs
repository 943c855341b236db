using System.Globalization;

namespace Shonin.Simulation;

/// <summary>What a simulated world came to. The same seed and number of orders give the same report, word for word.</summary>
/// <param name="Seed">Replays the run.</param>
/// <param name="Fingerprint">The merchant log's Merkle root at the end: two runs of one seed agree in it.</param>
/// <param name="Problems">The promises that were not kept; empty where all were.</param>
/// <param name="Notes">What befell the world, in order.</param>
public sealed record SimulationReport(
    int Seed,
    int Orders,
    long Steps,
    TimeSpan SimulatedTime,
    string Fingerprint,
    IReadOnlyDictionary<string, int> Outcomes,
    IReadOnlyList<string> Problems,
    IReadOnlyList<string> Notes
)
{
    public bool EveryPromiseHeld => Problems.Count == 0;

    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"seed {Seed}: {Orders} orders, {Steps} steps, {SimulatedTime:d\\.hh\\:mm\\:ss} simulated; {string.Join(", ", Outcomes.Select(outcome => $"{outcome.Value} {outcome.Key}"))}; "
                + $"{(EveryPromiseHeld ? "every promise held" : $"{Problems.Count} promises broken")}; log {Fingerprint}"
        );
}

/// <summary>
/// The whole system on one thread: production deciders, shards, link and card company above two seams, the bytes of a connection and the
/// log's contract. The seed decides what is lost, late, repeated, cut or garbled, who is killed at which write, and what runs next.
/// </summary>
public static class SimulationRun
{
    public static SimulationReport Run(int seed, int orders)
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
        return new SimulationReport(
            seed,
            world.Checks.OrderCount,
            world.Scheduler.Steps,
            world.Scheduler.Now - start,
            Convert.ToHexStringLower(world.Merchant.Disk.Head.Root.Span)[..16],
            outcomes,
            world.Checks.Problems,
            world.Notes
        );
    }
}
