using Microsoft.Extensions.Time.Testing;

namespace Shonin.Specs.CardNetwork;

/// <summary>
/// A world of one thread and a clock that stands still: what is started runs until nothing can go on, then the spec looks, or moves
/// the clock. Nothing here depends on how fast the machine is.
/// </summary>
internal sealed class OneThread : SynchronizationContext
{
    private readonly int thread = Environment.CurrentManagedThreadId;
    private readonly Queue<(SendOrPostCallback Callback, object? State)> ready = new();

    internal FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 11, 24, 1, 2, 3, TimeSpan.Zero));

    public override void Post(SendOrPostCallback d, object? state)
    {
        Assert.Equal(thread, Environment.CurrentManagedThreadId);
        ready.Enqueue((d, state));
    }

    /// <summary>Does something in this world, and all that follows from it.</summary>
    internal void Do(Action action)
    {
        var outside = Current;
        SetSynchronizationContext(this);
        try
        {
            action();
            for (var stepCount = 0; ready.TryDequeue(out var step); stepCount++)
            {
                Assert.True(stepCount < 1_000_000, "The world does not come to rest.");
                step.Callback(step.State);
            }
        }
        finally
        {
            SetSynchronizationContext(outside);
        }
    }

    /// <summary>Lets time pass, a timer at a time.</summary>
    internal void Pass(TimeSpan time)
    {
        var step = TimeSpan.FromMilliseconds(250);
        for (; time > TimeSpan.Zero; time -= step)
        {
            var next = time < step ? time : step;
            Do(() => Clock.Advance(next));
        }
    }

    /// <summary>Starts something; ask it for its result once it must be there.</summary>
    internal Task<T> StartAsync<T>(Func<ValueTask<T>> work)
    {
        Task<T>? task = null;
        Do(() => task = work().AsTask());
        return task!;
    }

    /// <summary>The result of something that must be done by now.</summary>
    internal static T Result<T>(Task<T> task)
    {
        Assert.True(task.IsCompleted, "It is still waiting.");
        return task.GetAwaiter().GetResult();
    }
}
