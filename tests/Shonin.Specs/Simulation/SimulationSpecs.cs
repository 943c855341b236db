using Shonin.Simulation;

namespace Shonin.Specs.Simulation;

public sealed class SimulationSpecs
{
    private const int OrderCount = 12;
    private const int ReplayedOrderCount = 4;

    /// <summary>New worlds in every run, and a few that every run replays.</summary>
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 2), .. Enumerable.Range(0, Walks.Times(1)).Select(_ => Walks.NewSeed())];

    [Theory]
    [MemberData(nameof(Seeds), DisableDiscoveryEnumeration = true)]
    public void Every_promise_holds_whatever_is_lost_late_repeated_cut_or_killed(int seed)
    {
        var report = SimulationRun.Run(seed, OrderCount);
        Assert.True(report.EveryPromiseHeld, $"{report}\n{string.Join('\n', report.Problems)}\n{string.Join('\n', report.Notes)}");
        Assert.True(
            report.Orders >= OrderCount / 2,
            $"seed {seed} placed only {report.Orders} of {OrderCount} orders: a world in which nothing happens proves nothing"
        );
    }

    [Fact]
    public void A_seed_replays_the_same_world_to_the_last_byte_of_its_log()
    {
        var (first, second) = (SimulationRun.Run(7, ReplayedOrderCount), SimulationRun.Run(7, ReplayedOrderCount));
        Assert.Equal(first.ToString(), second.ToString());
        Assert.Equal(first.Notes, second.Notes);
        Assert.NotEqual(first.Fingerprint, SimulationRun.Run(8, ReplayedOrderCount).Fingerprint);
    }
}
