namespace Shonin.Streams;

/// <summary>Tells whoever looks for work every now and then that there is some, so that it looks at once.</summary>
internal sealed class Signal(TimeProvider clock)
{
    private TaskCompletionSource given = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Give() => Volatile.Read(ref given).TrySetResult();

    /// <summary>Taken before looking, so that what comes while looking is not missed.</summary>
    public Task NextAsync()
    {
        var next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref given, next);
        return next.Task;
    }

    /// <summary>Waits until it is given, for so long at most, and not after the caller is cancelled.</summary>
    public async ValueTask WaitAsync(Task next, TimeSpan atMost, CancellationToken cancellation)
    {
        // Task.WhenAny would leave the simulation's thread; so whatever ends the wait gives the signal.
        using var late = clock.CreateTimer(_ => Give(), null, atMost, Timeout.InfiniteTimeSpan);
        using var cancelled = cancellation.UnsafeRegister(_ => Give(), null);
        await next;
    }
}
