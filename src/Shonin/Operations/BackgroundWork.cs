using System.Globalization;
using Shonin.Domain;

namespace Shonin.Operations;

/// <summary>A work of a module, as <see cref="BackgroundWork.Start"/> takes it.</summary>
internal sealed record Work(string Name, Func<CancellationToken, Task> RunAsync);

/// <summary>
/// What runs beside the requests for as long as the server does: sending, deleting, fetching, watching. A work that ends by itself or by a
/// fault is started again, ever more slowly, and stands in the log and in <c>/health</c> until it has held for a while. Stopping waits a
/// few seconds for all of them, and no longer: each must survive a kill in any case.
/// </summary>
internal sealed class BackgroundWork(ServerHealth health, TimeProvider clock, ILogger log) : IAsyncDisposable
{
    internal static readonly TimeSpan PauseFirst = TimeSpan.FromSeconds(1);
    internal static readonly TimeSpan PauseMax = TimeSpan.FromMinutes(5);

    /// <summary>A work that has run for so long is in order again.</summary>
    internal static readonly TimeSpan HoldsAfter = TimeSpan.FromMinutes(1);

    internal static readonly TimeSpan ShutdownPatience = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource stopping = new();
    private readonly List<(string Name, Task Kept)> works = [];

    /// <param name="name">For whoever runs the server: "sending mails".</param>
    /// <param name="run">Runs until it is cancelled. It may block before it awaits for the first time: that holds up nobody.</param>
    public void Start(string name, Func<CancellationToken, Task> run) => works.Add((name, Task.Run(() => KeepAsync(name, run))));

    /// <summary>Asks all to stop.</summary>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        using var ended = new CancellationTokenSource();
        await Task.WhenAny(Task.WhenAll(works.Select(work => work.Kept)), Task.Delay(ShutdownPatience, clock, ended.Token));
        await ended.CancelAsync();
        foreach (var (name, kept) in works)
        {
            if (!kept.IsCompleted)
                log.LogWarning("Stopping: {Work} did not end within {Seconds} s and is left behind", name, ShutdownPatience.TotalSeconds);
        }
    }

    private async Task KeepAsync(string name, Func<CancellationToken, Task> run)
    {
        for (var failureCount = 0; !stopping.IsCancellationRequested; )
        {
            try
            {
                var running = run(stopping.Token);
                if (await HoldsAsync(running))
                {
                    failureCount = 0;
                    health.Clear(HealthArea.BackgroundWork, name);
                }
                await running;
                if (!stopping.IsCancellationRequested)
                    log.LogError("{Work} ended by itself", name);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                // The loop around all loops: whatever it was, the work goes on.
                log.LogError(fault, "{Work} ended by a fault", name);
            }
            await PauseAsync(name, new Doubling(PauseFirst, PauseMax).After(failureCount++));
        }
    }

    /// <summary>Whether it still runs after a while.</summary>
    private async Task<bool> HoldsAsync(Task running)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token);
        var first = await Task.WhenAny(running, Task.Delay(HoldsAfter, clock, ended.Token));
        await ended.CancelAsync();
        return first != running && !stopping.IsCancellationRequested;
    }

    private async Task PauseAsync(string name, TimeSpan pause)
    {
        if (stopping.IsCancellationRequested)
            return;
        var paused = Task.Delay(pause, clock, stopping.Token);
        health.Note(
            HealthArea.BackgroundWork,
            name,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{name} ended, and is started again after {pause.TotalSeconds:0} s. The server's log names the cause."
            )
        );
        try
        {
            await paused;
        }
        catch (OperationCanceledException)
        {
            // Stopped while pausing: the loop sees it.
        }
    }
}
