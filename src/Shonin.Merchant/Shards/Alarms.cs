using Shonin.EventLog;

namespace Shonin.Merchant.Shards;

/// <summary>The alarms of one shard's orders, in memory; the log holds them durably. One timer rings for the earliest, by the wall clock.</summary>
internal sealed class Alarms : IDisposable
{
    private readonly TimeProvider clock;
    private readonly WallClockTimer timer;
    private readonly Dictionary<StreamId, DateTimeOffset> set = [];
    private readonly SortedSet<(DateTimeOffset At, string Stream)> order = new(Comparer<(DateTimeOffset At, string Stream)>.Create((left, right) =>
        left.At.CompareTo(right.At) is var byTime and not 0 ? byTime : string.CompareOrdinal(left.Stream, right.Stream)));
    private readonly HashSet<StreamId> heldBack = [];

    public Alarms(TimeProvider clock, Action ring)
    {
        this.clock = clock;
        timer = new WallClockTimer(clock, ring);
    }

    public void Change(StreamId stream, AlarmChange change)
    {
        switch (change)
        {
            case AlarmChange.Set alarm:
                Set(stream, alarm.At);
                break;
            case AlarmChange.Clear:
                Remove(stream);
                Wind();
                break;
            case AlarmChange.Keep:
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    public void Set(StreamId stream, DateTimeOffset at)
    {
        Remove(stream);
        set[stream] = at;
        order.Add((at, stream.Value));
        Wind();
    }

    /// <summary>An alarm whose cause waits for the link: it rings again at a later time, or when the link comes up.</summary>
    public void HoldBack(StreamId stream, DateTimeOffset until)
    {
        Set(stream, until);
        heldBack.Add(stream);
    }

    public void ReleaseHeldBack()
    {
        var now = clock.GetUtcNow();
        foreach (var stream in heldBack.OrderBy(stream => stream.Value, StringComparer.Ordinal).ToArray())
            Set(stream, now);
    }

    /// <summary>The streams whose time has come; each rings once until it is set again.</summary>
    public IReadOnlyList<StreamId> TakeDue()
    {
        var due = new List<StreamId>();
        var now = clock.GetUtcNow();
        while (order.Count > 0 && order.Min.At <= now)
        {
            var stream = new StreamId(order.Min.Stream);
            due.Add(stream);
            Remove(stream);
        }
        Wind();
        return due;
    }

    public void Dispose() => timer.Dispose();

    private void Remove(StreamId stream)
    {
        heldBack.Remove(stream);
        if (set.Remove(stream, out var at))
            order.Remove((at, stream.Value));
    }

    private void Wind() => timer.RingAt(order.Count == 0 ? null : order.Min.At);
}
