using Shonin.EventLog;

namespace Shonin.Streams;

/// <summary>
/// The alarms of all streams of a kind, in memory; the log holds them durably. One timer rings for the earliest, by the wall clock. A
/// stream that is woken and has nothing to do is not harmed, so an alarm may ring too often, and never too seldom.
/// </summary>
internal sealed class AlarmClock : IDisposable
{
    private readonly TimeProvider clock;
    private readonly Action<StreamId> wake;
    private readonly WallClockTimer timer;
    private readonly Lock gate = new();
    private readonly Dictionary<StreamId, DateTimeOffset> set = [];
    private readonly SortedSet<(DateTimeOffset At, string Stream)> order = new(
        Comparer<(DateTimeOffset At, string Stream)>.Create(
            (left, right) => left.At.CompareTo(right.At) is var byTime and not 0 ? byTime : string.CompareOrdinal(left.Stream, right.Stream)
        )
    );

    /// <summary>How often each was held back since it was last set.</summary>
    private readonly Dictionary<StreamId, int> heldBack = [];
    private bool rings;

    /// <param name="wake">Called for each stream whose time has come, once until it is set again.</param>
    public AlarmClock(TimeProvider clock, Action<StreamId> wake)
    {
        (this.clock, this.wake) = (clock, wake);
        timer = new WallClockTimer(clock, Ring);
    }

    /// <summary>Takes the place of what was set for the stream; null rings no more.</summary>
    public void Set(StreamId stream, DateTimeOffset? at)
    {
        lock (gate)
        {
            heldBack.Remove(stream);
            Place(stream, at);
        }
    }

    /// <summary>
    /// The stream was woken and could do nothing yet: it is woken again when <see cref="ReleaseHeldBack"/> says so, and by itself ever more
    /// seldom, so that many streams that wait for one thing do not keep the machine busy.
    /// </summary>
    public void HoldBack(StreamId stream, DateTimeOffset now)
    {
        lock (gate)
        {
            var earlierCount = heldBack.GetValueOrDefault(stream);
            heldBack[stream] = earlierCount + 1;
            Place(stream, now + BackOff.After(earlierCount));
        }
    }

    public void ReleaseHeldBack()
    {
        lock (gate)
        {
            var now = clock.GetUtcNow();
            foreach (var stream in heldBack.Keys.OrderBy(stream => stream.Value, StringComparer.Ordinal).ToArray())
                Set(stream, now);
        }
        Ring();
    }

    public IReadOnlyList<StreamId> SetUntil(DateTimeOffset at)
    {
        lock (gate)
            return [.. order.TakeWhile(one => one.At <= at).Select(one => new StreamId(one.Stream))];
    }

    /// <summary>Wakes whatever is due, and winds the timer for the rest; before the first time nothing rings.</summary>
    public void Ring()
    {
        var due = new List<StreamId>();
        lock (gate)
        {
            rings = true;
            var now = clock.GetUtcNow();
            while (order.Count > 0 && order.Min.At <= now)
            {
                var stream = new StreamId(order.Min.Stream);
                order.Remove(order.Min);
                set.Remove(stream);
                due.Add(stream);
            }
            Wind();
        }
        foreach (var stream in due)
            wake(stream);
    }

    public void Dispose() => timer.Dispose();

    private void Place(StreamId stream, DateTimeOffset? at)
    {
        var isSet = set.TryGetValue(stream, out var before);
        if (isSet ? before == at : at is null)
            return;
        var first = order.Count == 0 ? null : order.Min.Stream;
        if (isSet)
        {
            set.Remove(stream);
            order.Remove((before, stream.Value));
        }
        if (at is { } due)
        {
            set[stream] = due;
            order.Add((due, stream.Value));
        }
        if (first == stream.Value || (order.Count > 0 && order.Min.Stream == stream.Value))
            Wind();
    }

    private void Wind()
    {
        if (rings)
            timer.RingAt(order.Count == 0 ? null : order.Min.At);
    }
}
