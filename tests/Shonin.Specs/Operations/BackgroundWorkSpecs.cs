using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Shonin.Operations;

namespace Shonin.Specs.Operations;

/// <summary>
/// Nothing that runs beside the requests ends for good without somebody being told, and none of it keeps a server from stopping.
/// </summary>
public sealed class BackgroundWorkSpecs
{
    private readonly FakeTimeProvider clock = new();
    private readonly ServerHealth health = new() { Asked = [], CardNetwork = () => Health.Up };

    [Fact]
    public async Task A_work_that_fails_is_told_of_started_again_ever_more_slowly_and_forgotten_once_it_holds()
    {
        var starts = new Starts();
        await using var works = new BackgroundWork(health, clock, NullLogger.Instance);
        works.Start("Deleting", starts.RunAsync);
        for (var failure = 0; failure < 3; failure++)
        {
            (await starts.NextAsync()).SetException(new InvalidOperationException("broken"));
            await UntilAsync(async () =>
                (await ProblemsAsync()).SingleOrDefault()?.What.Contains($"after {1 << failure} s", StringComparison.Ordinal) == true
            );
            Assert.Equal(HealthArea.BackgroundWork, Assert.Single(await ProblemsAsync()).Area);
            clock.Advance(TimeSpan.FromSeconds(1 << failure));
        }
        await starts.NextAsync();
        await UntilAsync(async () =>
        {
            clock.Advance(BackgroundWork.HoldsAfter);
            return (await ProblemsAsync()).Count == 0;
        });
    }

    [Fact]
    public async Task A_work_that_ends_by_itself_is_started_again_too()
    {
        var starts = new Starts();
        await using var works = new BackgroundWork(health, clock, NullLogger.Instance);
        works.Start("Deleting", starts.RunAsync);
        (await starts.NextAsync()).SetResult();
        await UntilAsync(async () => (await ProblemsAsync()).Count == 1);
        clock.Advance(BackgroundWork.PauseFirst);
        await starts.NextAsync();
    }

    [Fact]
    public async Task Stopping_waits_for_no_work_longer_than_its_patience()
    {
        var never = new TaskCompletionSource();
        var works = new BackgroundWork(health, clock, NullLogger.Instance);
        works.Start("Hanging", _ => never.Task);
        var stopped = works.DisposeAsync().AsTask();
        await UntilAsync(() =>
        {
            clock.Advance(BackgroundWork.ShutdownPatience);
            return Task.FromResult(stopped.IsCompleted);
        });
        never.SetResult();
    }

    private async Task<IReadOnlyList<HealthProblem>> ProblemsAsync() => (await health.LookAsync(CancellationToken.None)).Problems;

    /// <summary>Waits for a fact of another thread; a minute without it is a failure.</summary>
    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        for (var began = TimeProvider.System.GetTimestamp(); !await isSo(); await Task.Yield())
            Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromMinutes(1), "It has not come to that within a minute.");
    }

    /// <summary>A work that ends when it is told to, each time that it is started.</summary>
    private sealed class Starts
    {
        private readonly System.Threading.Channels.Channel<TaskCompletionSource> begun =
            System.Threading.Channels.Channel.CreateUnbounded<TaskCompletionSource>();

        public Task RunAsync(CancellationToken cancellation)
        {
            var ending = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            cancellation.Register(() => ending.TrySetCanceled(cancellation));
            begun.Writer.TryWrite(ending);
            return ending.Task;
        }

        public async Task<TaskCompletionSource> NextAsync() =>
            await begun.Reader.ReadAsync(CancellationToken.None).AsTask().WaitAsync(TimeSpan.FromMinutes(1), CancellationToken.None);
    }
}
