using Microsoft.Extensions.Time.Testing;
using Shonin.EventLog;

namespace Shonin.Specs.EventLog;

/// <summary>An alarm by the wall clock, on a machine whose clock is set and which sleeps.</summary>
public sealed class WallClockTimerSpecs
{
    private static readonly DateTimeOffset start = new(2026, 11, 24, 1, 0, 0, TimeSpan.Zero);

    private readonly SetClock clock = new(start);
    private int rung;

    [Fact]
    public void It_rings_once_at_its_time_and_not_before()
    {
        using var timer = new WallClockTimer(clock, () => rung++);
        timer.RingAt(start.AddHours(40));
        clock.Run(TimeSpan.FromHours(40) - TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, rung);
        clock.Run(TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, rung);
        clock.Run(TimeSpan.FromDays(1));
        Assert.Equal(1, rung);
    }

    [Fact]
    public void A_clock_set_forward_or_a_machine_that_slept_rings_within_half_a_minute()
    {
        using var timer = new WallClockTimer(clock, () => rung++);
        timer.RingAt(start.AddHours(8));
        clock.Run(TimeSpan.FromMinutes(1));
        clock.Set(TimeSpan.FromHours(9)); // nothing of this was counted by the timers
        Assert.Equal(0, rung);
        clock.Run(WallClockTimer.LookEvery);
        Assert.Equal(1, rung);
    }

    [Fact]
    public void A_clock_set_back_waits_for_the_time_to_come_again_and_does_not_lose_it()
    {
        using var timer = new WallClockTimer(clock, () => rung++);
        timer.RingAt(start.AddHours(1));
        clock.Run(TimeSpan.FromMinutes(59));
        clock.Set(TimeSpan.FromMinutes(-30));
        clock.Run(TimeSpan.FromMinutes(31) - TimeSpan.FromSeconds(1));
        Assert.Equal(0, rung);
        clock.Run(TimeSpan.FromSeconds(1));
        Assert.Equal(1, rung);
    }

    [Fact]
    public void Another_time_takes_the_place_of_the_first_and_none_rings_no_more()
    {
        using var timer = new WallClockTimer(clock, () => rung++);
        timer.RingAt(start.AddHours(1));
        timer.RingAt(start.AddHours(2));
        clock.Run(TimeSpan.FromMinutes(90));
        Assert.Equal(0, rung);
        timer.RingAt(null);
        clock.Run(TimeSpan.FromHours(3));
        Assert.Equal(0, rung);
        timer.RingAt(start);
        clock.Run(TimeSpan.Zero);
        Assert.Equal(1, rung);
    }

    /// <summary>Timers count what <see cref="Run"/> lets pass; <see cref="Set"/> moves the wall clock alone.</summary>
    private sealed class SetClock(DateTimeOffset start) : TimeProvider
    {
        private readonly FakeTimeProvider running = new(start);
        private TimeSpan ahead;

        public void Run(TimeSpan time)
        {
            // A step at a time: a timer that winds itself anew counts from when it rang.
            for (var step = TimeSpan.FromSeconds(1); time > step; time -= step)
                running.Advance(step);
            running.Advance(time);
        }

        public void Set(TimeSpan by) => ahead += by;

        public override DateTimeOffset GetUtcNow() => running.GetUtcNow() + ahead;

        public override long GetTimestamp() => running.GetTimestamp();

        public override long TimestampFrequency => running.TimestampFrequency;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            running.CreateTimer(callback, state, dueTime, period);
    }
}
