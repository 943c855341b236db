using CsCheck;
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

    [Fact]
    public void It_rings_as_a_list_of_times_would() =>
        Gen.Select(Gen.Int[0, 4], Gen.Int[-1, 40], Gen.Int[0, 3])
            .Array[0, 60]
            .Sample(course =>
            {
                var time = new FakeTimeProvider(clock.GetUtcNow());
                var (rung, expected) = (new List<StreamId>(), new List<StreamId>());
                var due = new Dictionary<StreamId, DateTimeOffset>();
                using var many = new AlarmClock(time, rung.Add);
                many.Ring();
                foreach (var (stream, seconds, pause) in course)
                {
                    var name = new StreamId($"pickup-{stream}");
                    var at = seconds < 0 ? (DateTimeOffset?)null : time.GetUtcNow().AddSeconds(1 + seconds);
                    many.Set(name, at);
                    if (at is { } set)
                        due[name] = set;
                    else
                        due.Remove(name);
                    for (var second = 0; second < pause; second++)
                    {
                        time.Advance(TimeSpan.FromSeconds(1));
                        var ringing = due.Where(pair => pair.Value <= time.GetUtcNow())
                            .OrderBy(pair => pair.Key.Value, StringComparer.Ordinal);
                        foreach (var pair in ringing.ToList())
                        {
                            expected.Add(pair.Key);
                            due.Remove(pair.Key);
                        }
                    }
                }
                Assert.Equal(expected, rung);
                Assert.Equal(
                    due.OrderBy(pair => pair.Value).ThenBy(pair => pair.Key.Value, StringComparer.Ordinal).Select(pair => pair.Key),
                    many.SetUntil(DateTimeOffset.MaxValue)
                );
            });

    [Fact]
    public void However_often_alarms_are_set_anew_each_rings_once()
    {
        alarms.Ring();
        var third = new StreamId("pickup-3");
        alarms.Set(third, clock.GetUtcNow().AddHours(2));
        for (var time = 0; time < 10_000; time++)
        {
            alarms.Set(one, clock.GetUtcNow().AddHours(1).AddSeconds(-time % 100));
            alarms.Set(other, clock.GetUtcNow().AddHours(1 + time % 2));
        }
        alarms.Set(other, null);
        clock.Advance(TimeSpan.FromHours(3));
        Assert.Equal([one, third], woken);
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
