namespace Shonin.EventLog.InMemory;

/// <summary>Outbox items by queue, the earliest due first; items due at the same time leave in the order they came.</summary>
internal sealed class InMemoryOutbox
{
    private readonly Dictionary<string, Place> places = [];
    private readonly Dictionary<string, SortedDictionary<(long DueMs, long Order), OutboxItem>> queues = [];
    private long nextOrder;

    internal OutboxItem? Find(string id) => places.TryGetValue(id, out var place) ? queues[place.Queue][place.Rank] : null;

    internal IEnumerable<OutboxItem> Due(string queue, long nowMs) =>
        queues.GetValueOrDefault(queue, []).TakeWhile(waiting => waiting.Key.DueMs <= nowMs).Select(waiting => waiting.Value);

    /// <summary>Of each stream only the item that came first, where it is due.</summary>
    internal IEnumerable<OutboxItem> DueFirsts(string queue, long nowMs)
    {
        var firsts = queues
            .GetValueOrDefault(queue, [])
            .GroupBy(waiting => waiting.Value.Stream, (_, ofStream) => ofStream.MinBy(waiting => waiting.Key.Order).Value.Id)
            .ToHashSet();
        return Due(queue, nowMs).Where(item => firsts.Contains(item.Id));
    }

    internal void Add(OutboxItem item) =>
        Put(item with { Payload = item.Payload.ToArray() }, Milliseconds.Ceiling(item.DueAt), nextOrder++);

    internal void Postpone(string id, long dueMs)
    {
        if (Find(id) is not { } item)
            return;
        var order = places[id].Rank.Order;
        Remove(id);
        Put(item with { Attempts = item.Attempts + 1 }, dueMs, order);
    }

    internal void Remove(string id)
    {
        if (places.Remove(id, out var place))
            queues[place.Queue].Remove(place.Rank);
    }

    private void Put(OutboxItem item, long dueMs, long order)
    {
        var place = new Place(item.Queue, (dueMs, order));
        places.Add(item.Id, place);
        if (!queues.TryGetValue(item.Queue, out var queue))
            queues.Add(item.Queue, queue = []);
        queue.Add(place.Rank, item with { DueAt = Milliseconds.ToTime(dueMs) });
    }

    private sealed record Place(string Queue, (long DueMs, long Order) Rank);
}
