namespace Shonin.Streams;

/// <summary>
/// Views in memory, for simulations and specs. The object is the disk: it outlives every keeper, and disposing it changes nothing.
/// </summary>
public sealed class InMemoryViewStore : IViewStore
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Kept> views = [];

    public ValueTask<ViewCheckpoint?> CheckpointOfAsync(string view)
    {
        lock (gate)
            return ValueTask.FromResult(views.GetValueOrDefault(view)?.Checkpoint);
    }

    public ValueTask<ViewCheckpoint> BeginAnewAsync(string view, int version)
    {
        lock (gate)
            return ValueTask.FromResult((views[view] = new Kept(new ViewCheckpoint(version, 0, "", 0))).Checkpoint);
    }

    public ValueTask<string?> FindAsync(string view, string key)
    {
        lock (gate)
            return ValueTask.FromResult(views.GetValueOrDefault(view)?.Values.GetValueOrDefault(key));
    }

    public ValueTask<IReadOnlyList<ViewRow>> ListAsync(string view, string prefix, ViewOrder order, int limit)
    {
        lock (gate)
        {
            if (!views.TryGetValue(view, out var kept))
                return ValueTask.FromResult<IReadOnlyList<ViewRow>>([]);
            // no key holds this character, which comes after all that they hold
            var keys = kept.Keys.GetViewBetween(prefix, prefix + '\x7f');
            return ValueTask.FromResult<IReadOnlyList<ViewRow>>([
                .. (order == ViewOrder.LeastFirst ? keys : keys.Reverse()).Take(limit).Select(key => new ViewRow(key, kept.Values[key])),
            ]);
        }
    }

    public ValueTask CommitAsync(string view, ViewCheckpoint before, ViewCheckpoint after, IReadOnlyDictionary<string, string?> changes)
    {
        lock (gate)
        {
            if (!views.TryGetValue(view, out var kept) || kept.Checkpoint != before)
                throw new ViewUnusableException($"Somebody else changes the view {view}.");
            foreach (var (key, value) in changes)
            {
                if (value is null)
                {
                    kept.Keys.Remove(key);
                    kept.Values.Remove(key);
                }
                else
                {
                    kept.Keys.Add(key);
                    kept.Values[key] = value;
                }
            }
            kept.Checkpoint = after;
            return ValueTask.CompletedTask;
        }
    }

    public void Dispose() { }

    private sealed class Kept(ViewCheckpoint checkpoint)
    {
        internal ViewCheckpoint Checkpoint { get; set; } = checkpoint;
        internal SortedSet<string> Keys { get; } = new(StringComparer.Ordinal);
        internal Dictionary<string, string> Values { get; } = new(StringComparer.Ordinal);
    }
}
