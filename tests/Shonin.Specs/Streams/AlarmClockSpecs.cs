using Microsoft.Extensions.Time.Testing;
using Shonin.EventLog;
using Shonin.Streams;

namespace Shonin.Specs.Streams;

/// <summary>Alarms whose streams could do nothing when they rang: they ring again, and keep nobody busy.</summary>
public sealed class AlarmClockSpecs : IDisposable
{
    private static readonly StreamId one = new("pickup-1");
    private static readonly StreamId other = new("pickup-2");

    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 11, 28, 3, 0, 0, TimeSpan.Zero));
    private readonly List<StreamId> woken = [];
    private readonly AlarmClock alarms;

    public AlarmClockSpecs() => alarms = new AlarmClock(clock, woken.Add);

    [Fact]
    public void Nothing_rings_before_the_first_time_and_then_whatever_was_due()
    {
        alarms.Set(one, clock.GetUtcNow());
        clock.Advance(TimeSpan.FromHours(1));
        Assert.Empty(woken);
        alarms.Ring();
        Assert.Equal([one], woken);
    }

    [Fact]
    public void Held_back_it_rings_ever_more_seldom_up_to_half_a_minute()
    {
        alarms.Ring();
        Assert.Equal([1, 2, 4, 8, 16, 32, 32, 32], Enumerable.Range(0, 8).Select(_ => SecondsHeldBack()));
    }

    [Fact]
    public void What_is_set_anew_waits_briefly_again()
    {
        alarms.Ring();
        for (var count = 0; count < 4; count++)
            SecondsHeldBack();
        alarms.Set(one, clock.GetUtcNow().AddSeconds(1));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, SecondsHeldBack());
    }

    [Fact]
    public void What_is_released_rings_at_once_and_nothing_else_does()
    {
        alarms.Ring();
        alarms.Set(new("pickup-3"), clock.GetUtcNow().AddHours(1));
        alarms.HoldBack(other, clock.GetUtcNow());
        alarms.HoldBack(one, clock.GetUtcNow());
        alarms.ReleaseHeldBack();
        Assert.Equal([one, other], woken);
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal([one, other], woken);
    }

    public void Dispose() => alarms.Dispose();

    /// <summary>How long until it rings again.</summary>
    private int SecondsHeldBack()
    {
        woken.Clear();
        alarms.HoldBack(one, clock.GetUtcNow());
        for (var seconds = 1; seconds <= 60; seconds++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            if (woken.Contains(one))
                return seconds;
        }
        return 0;
    }
}
