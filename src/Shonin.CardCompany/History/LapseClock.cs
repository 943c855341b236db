using Shonin.EventLog;

namespace Shonin.CardCompany.History;

/// <summary>
/// Wakes a card when its next hold lapses. The log keeps the alarms; this is their copy in memory, one for each card that holds
/// something. An alarm that comes to nothing does no harm: the card is asked, and has nothing to expire.
/// </summary>
internal sealed class LapseClock : IDisposable
{
    private readonly TimeProvider clock;
    private readonly WallClockTimer timer;
    private readonly Lock gate = new();
    private readonly Dictionary<StreamId, DateTimeOffset> alarms = [];
    private readonly SortedSet<(DateTimeOffset At, string Stream)> order = [];
    private Action<StreamId> wake = _ => { };

    public LapseClock(TimeProvider clock)
    {
        this.clock = clock;
        timer = new WallClockTimer(clock, Ring);
    }

    /// <summary>Begins to ring.</summary>
    public void Start(IEnumerable<Alarm> stored, Action<StreamId> wakeCard)
    {
        lock (gate)
            wake = wakeCard;
        foreach (var alarm in stored)
            Set(alarm.Stream, alarm.At);
        Ring();
    }

    public void Set(StreamId stream, DateTimeOffset? at)
    {
        lock (gate)
        {
            if (alarms.TryGetValue(stream, out var before))
            {
                if (before == at)
                    return;
                order.Remove((before, stream.Value));
                alarms.Remove(stream);
            }
            if (at is not { } due)
                return;
            alarms[stream] = due;
            order.Add((due, stream.Value));
            if (order.Min.Stream == stream.Value)
                Rearm();
        }
    }

    public void Dispose() => timer.Dispose();

    private void Ring()
    {
        var due = new List<StreamId>();
        Action<StreamId> wakeCard;
        lock (gate)
        {
            var now = clock.GetUtcNow();
            while (order.Count > 0 && order.Min.At <= now)
            {
                var stream = new StreamId(order.Min.Stream);
                order.Remove(order.Min);
                alarms.Remove(stream);
                due.Add(stream);
            }
            wakeCard = wake;
            Rearm();
        }
        foreach (var stream in due)
            wakeCard(stream);
    }

    private void Rearm() => timer.RingAt(order.Count == 0 ? null : order.Min.At);
}
