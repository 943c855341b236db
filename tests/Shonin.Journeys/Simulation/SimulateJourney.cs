namespace Shonin.Journeys.Simulation;

/// <summary>
/// A finding is told to others by its seed: it must be the same world in every process, however its strings are hashed there.
/// </summary>
public sealed class SimulateJourney
{
    [Fact]
    public async Task A_seed_is_the_same_world_in_another_process()
    {
        string[] arguments = ["simulate", "--seed", "12", "--orders", "20"];
        var said = await Task.WhenAll(ShoninProcess.RunAsync(arguments), ShoninProcess.RunAsync(arguments));
        Assert.Contains("every promise held; log ", said[0], StringComparison.Ordinal);
        Assert.Equal(said[0], said[1]);
    }
}
