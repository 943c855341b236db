using System.Diagnostics;

namespace Shonin.Specs;

/// <summary>
/// Waits for facts. The bound is for a spec that would hang, and says what it waited for; nothing is measured by it, so it is far beyond
/// what a busy machine needs.
/// </summary>
internal static class Eventually
{
    /// <summary>Whoever looks more often than this leaves the processor for a moment, to those who make it so.</summary>
    private const int LooksAtOnce = 200;

    private static readonly TimeSpan patience = TimeSpan.FromMinutes(2);

    /// <summary>Looks until it is so; what else has to happen meanwhile, as moving a clock, belongs into the look.</summary>
    public static async Task IsSoAsync(string what, Func<ValueTask<bool>> look)
    {
        var begunAt = Stopwatch.GetTimestamp();
        for (var looks = 0; !await look(); looks++)
        {
            if (Stopwatch.GetElapsedTime(begunAt) > patience)
                Assert.Fail($"After {patience.TotalSeconds:0} s it was still not so: {what}.");
            if (looks < LooksAtOnce)
                await Task.Yield();
            else
                await Task.Delay(1);
        }
    }

    /// <inheritdoc cref="IsSoAsync(string, Func{ValueTask{bool}})"/>
    public static Task IsSoAsync(string what, Func<bool> look) => IsSoAsync(what, () => ValueTask.FromResult(look()));

    /// <summary>Waits for a task that must end.</summary>
    public static async Task EndsAsync(string what, Task task)
    {
        if (await Task.WhenAny(task, Task.Delay(patience)) != task)
            Assert.Fail($"After {patience.TotalSeconds:0} s it had not ended: {what}.");
        await task;
    }
}
