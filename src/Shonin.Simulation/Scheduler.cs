namespace Shonin.Simulation;

/// <summary>
/// One thread, one seeded order of everything. Code under simulation awaits plainly; each continuation comes here, and the seed picks
/// which of the ready ones runs next. Time stands still while anything is ready, then jumps to the next timer.
/// </summary>
internal sealed class Scheduler(Random random, DateTimeOffset start)
{
    private readonly List<(SimulatedProcess Process, SendOrPostCallback Callback, object? State)> ready = [];
    private readonly PriorityQueue<SimulatedTimer, (long Ticks, long Order)> timers = new();
    private readonly int thread = Environment.CurrentManagedThreadId;
    private long timerOrder;

    public DateTimeOffset Now { get; private set; } = start;

    public DateTimeOffset PassOneTick() => Now = Now.AddTicks(1);

    public long Steps { get; private set; }

    public SimulatedProcess NewProcess(string name) => new(this, name);

    public void Enqueue(SimulatedProcess process, SendOrPostCallback callback, object? state)
    {
        MustBeOnThread();
        if (process.IsAlive)
            ready.Add((process, callback, state));
    }

    public void Wind(SimulatedTimer timer) => timers.Enqueue(timer, (timer.DueAt.UtcTicks, timerOrder++));

    /// <summary>Runs one step. False once nothing is ready and no timer is due before <paramref name="until"/>.</summary>
    public bool Step(DateTimeOffset until)
    {
        MustBeOnThread();
        if (ready.Count == 0 && !AdvanceTo(until))
            return false;
        if (ready.Count == 0)
            return true;
        var index = random.Next(ready.Count);
        var (process, callback, state) = ready[index];
        ready[index] = ready[^1];
        ready.RemoveAt(ready.Count - 1);
        if (process.IsAlive)
            process.Run(callback, state);
        Steps++;
        return true;
    }

    private bool AdvanceTo(DateTimeOffset until)
    {
        while (timers.TryPeek(out var timer, out var due))
        {
            if (due.Ticks > until.UtcTicks)
                return false;
            timers.Dequeue();
            if (!timer.IsWoundFor(due.Ticks))
                continue;
            if (due.Ticks > Now.UtcTicks)
                Now = new DateTimeOffset(due.Ticks, TimeSpan.Zero);
            timer.Ring();
            return true;
        }
        return false;
    }

    private void MustBeOnThread()
    {
        if (Environment.CurrentManagedThreadId != thread)
            throw new InvalidOperationException("Code under simulation left the simulation's thread.");
    }
}

/// <summary>
/// One process of the simulated world: what it awaits resumes here, until it is killed; then nothing of it ever runs again.
/// </summary>
internal sealed class SimulatedProcess(Scheduler scheduler, string name) : SynchronizationContext
{
    public string Name { get; } = name;
    public bool IsAlive { get; private set; } = true;
    public Scheduler Scheduler { get; } = scheduler;

    /// <summary>Called when the process is killed: its connections break.</summary>
    public event Action? Killed;

    public override void Post(SendOrPostCallback callback, object? state) => Scheduler.Enqueue(this, callback, state);

    public override void Send(SendOrPostCallback callback, object? state) =>
        throw new InvalidOperationException("Code under simulation must not block.");

    /// <summary>kill -9.</summary>
    public void Kill()
    {
        if (!IsAlive)
            return;
        IsAlive = false;
        Killed?.Invoke();
    }

    /// <summary>Begins an async method inside the process.</summary>
    public void Start(Func<Task> begin, Action<Exception> onFault) => Post(_ => _ = WatchAsync(begin, onFault), null);

    public void Run(SendOrPostCallback callback, object? state)
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            callback(state);
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    private static async Task WatchAsync(Func<Task> begin, Action<Exception> onFault)
    {
        try
        {
            await begin();
        }
        catch (Exception fault)
        {
            onFault(fault);
        }
    }
}

/// <summary>The virtual clock. A timer belongs to the process that made it, and dies with it.</summary>
internal sealed class VirtualTime(Scheduler scheduler) : TimeProvider
{
    /// <summary>
    /// No two readings are the same, as on a real clock of 100 ns: the facts of one decision share their moment, and two decisions do not.
    /// </summary>
    public override DateTimeOffset GetUtcNow() => scheduler.PassOneTick();

    public override long GetTimestamp() => scheduler.Now.UtcTicks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var process =
            SynchronizationContext.Current as SimulatedProcess
            ?? throw new InvalidOperationException("A timer was made outside every process.");
        var timer = new SimulatedTimer(scheduler, process, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }
}

internal sealed class SimulatedTimer(Scheduler scheduler, SimulatedProcess process, TimerCallback callback, object? state) : ITimer
{
    private readonly SendOrPostCallback call = new(callback);
    private TimeSpan period = Timeout.InfiniteTimeSpan;
    private bool isSet;

    public DateTimeOffset DueAt { get; private set; }

    public bool IsWoundFor(long ticks) => isSet && DueAt.UtcTicks == ticks && process.IsAlive;

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        this.period = period;
        isSet = dueTime != Timeout.InfiniteTimeSpan;
        if (!isSet)
            return true;
        DueAt = scheduler.Now + dueTime;
        scheduler.Wind(this);
        return true;
    }

    public void Ring()
    {
        isSet = false;
        if (period > TimeSpan.Zero)
            Change(period, period);
        scheduler.Enqueue(process, call, state);
    }

    public void Dispose() => isSet = false;

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }
}
