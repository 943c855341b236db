using Shonin.EventLog;

namespace Shonin.Streams;

/// <summary>
/// The alarms of all streams of a kind, in memory; the log holds them durably. One timer rings for the earliest, by the wall clock. A
/// stream that is woken and has nothing to do is not harmed, so an alarm may ring too often, and never too seldom.
/// </summary>
internal sealed class AlarmClock : IDisposable
{
    private const int StaleCountMax = 1_024;

    private readonly TimeProvider clock;
    private readonly Action<StreamId> wake;
    private readonly WallClockTimer timer;
    private readonly Lock gate = new();
    private readonly Dictionary<StreamId, DateTimeOffset> set = [];

    /// <summary>
    /// By time, and of one time by name. An alarm that was set anew or taken away stays in it until its time, or until most of it is such:
    /// most alarms are set anew long before they ring, and what is added late in time costs next to nothing.
    /// </summary>
    private readonly PriorityQueue<StreamId, (DateTimeOffset At, string Stream)> order = new(
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
        {
            return
            [
                .. set.Where(one => one.Value <= at)
                    .OrderBy(one => one.Value)
                    .ThenBy(one => one.Key.Value, StringComparer.Ordinal)
                    .Select(one => one.Key),
            ];
        }
    }

    /// <summary>Wakes whatever is due, and winds the timer for the rest; before the first time nothing rings.</summary>
    public void Ring()
    {
        var due = new List<StreamId>();
        lock (gate)
        {
            rings = true;
            var now = clock.GetUtcNow();
            while (Earliest() <= now)
            {
                var stream = order.Dequeue();
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
        var earliest = Earliest();
        if (at is { } due)
        {
            set[stream] = due;
            order.Enqueue(stream, (due, stream.Value));
        }
        else
        {
            set.Remove(stream);
        }
        if (order.Count > 2 * set.Count + StaleCountMax)
        {
            order.Clear();
            order.EnqueueRange(set.Select(one => (one.Key, (one.Value, one.Key.Value))));
        }
        if (Earliest() != earliest)
            Wind();
    }

    /// <summary>When the first alarm rings; null where none is set. What is not set so any more is dropped on the way.</summary>
    private DateTimeOffset? Earliest()
    {
        while (order.TryPeek(out var stream, out var priority))
        {
            if (set.TryGetValue(stream, out var at) && at == priority.At)
                return at;
            order.Dequeue();
        }
        return null;
    }

    private void Wind()
    {
        if (rings)
            timer.RingAt(Earliest());
    }
}
