namespace Shonin.EventLog;

/// <summary>
/// Rings once a time of day has come by the wall clock. A timer counts how long the machine ran: it knows nothing of a clock that is set,
/// and on most machines it stands still while they sleep. So this one looks at the clock again and again, at most <see cref="LookEvery"/>
/// apart, and rings within that after the time has come, however it came. A clock that is set back makes it wait until the time comes
/// again.
/// </summary>
public sealed class WallClockTimer : IDisposable
{
    /// <summary>
    /// Deadlines are told to customers by the minute, so half of one is late enough to go unnoticed, and 64 shards that each look twice a
    /// minute cost nothing.
    /// </summary>
    public static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(30);

    private readonly TimeProvider clock;
    private readonly Action ring;
    private readonly ITimer timer;
    private readonly Lock gate = new();
    private DateTimeOffset? ringAt;

    /// <param name="ring">Called on a timer's thread, once for each time that is set.</param>
    public WallClockTimer(TimeProvider clock, Action ring)
    {
        ArgumentNullException.ThrowIfNull(clock);
        (this.clock, this.ring) = (clock, ring);
        timer = clock.CreateTimer(_ => Look(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Takes the place of the time set before; null rings no more.</summary>
    public void RingAt(DateTimeOffset? at)
    {
        lock (gate)
        {
            ringAt = at;
            Wind();
        }
    }

    public void Dispose() => timer.Dispose();

    private void Look()
    {
        lock (gate)
        {
            if (ringAt is not { } at)
                return;
            if (at > clock.GetUtcNow())
            {
                Wind();
                return;
            }
            ringAt = null;
        }
        ring();
    }

    private void Wind()
    {
        if (ringAt is not { } at)
        {
            timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            return;
        }
        var wait = at - clock.GetUtcNow();
        // A millisecond is the timer's grain: rounded up, so that it does not look just before the time.
        timer.Change(
            wait >= LookEvery ? LookEvery
                : wait <= TimeSpan.Zero ? TimeSpan.Zero
                : TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)),
            Timeout.InfiniteTimeSpan
        );
    }
}
