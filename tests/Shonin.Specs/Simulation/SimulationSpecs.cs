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

    [Fact]
    public void Many_orders_are_the_same_worlds_on_two_cores_as_each_of_them_alone()
    {
        const int Orders = OrderCount + 1;
        var together = SimulationRun.Run(7, Orders, coresMax: 2, ordersPerWorldMax: OrderCount);
        WorldReport[] alone = [AloneOf(0, 1 + Orders / 2), AloneOf(1, Orders / 2)];
        Assert.True(together.EveryPromiseHeld, $"{together}\n{string.Join('\n', together.Problems)}");
        Assert.Equal((2, Orders), (together.Worlds, together.OrdersAsked));
        Assert.Equal(SimulationRun.HashOf(alone)[..16], together.Fingerprint);
        Assert.NotEqual(alone[0].Log, alone[1].Log);
        Assert.Equal(alone.Sum(world => world.Steps), together.Steps);
    }

    private static WorldReport AloneOf(int number, int orders) => SimulationRun.RunWorld(SimulationRun.SeedOf(7, number), orders);
}
