using Shonin.EventLog;

namespace Shonin.Streams;

/// <summary>
/// What is found in the log's events, kept so that it is found at once: rows under keys. It holds nothing that the log does not say, so
/// that it can always be built again; a <see cref="ViewKeeper"/> does that, and keeps it up with the log.
/// </summary>
public abstract class View
{
    /// <summary>Its rows' name in the store; never changed.</summary>
    public abstract string Name { get; }

    /// <summary>
    /// Raised with each change of what <see cref="ApplyAsync"/> makes of the log: the view is then built again from the first event.
    /// </summary>
    public abstract int Version { get; }

    /// <summary>What an event changes; each is given once in effect, in the order of its commit, and most change nothing.</summary>
    /// <exception cref="Exception">Whatever a damaged event makes a parser do: that event changes nothing then, and is named.</exception>
    public abstract ValueTask ApplyAsync(StoredEvent happened, ViewChanges rows);
}

/// <summary>A view's rows as they stand with all events before this one, and what changes them.</summary>
public sealed class ViewChanges
{
    private readonly string view;
    private readonly IViewStore store;
    private readonly Dictionary<string, string?> kept = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string?> begun = new(StringComparer.Ordinal);

    internal ViewChanges(string view, IViewStore store) => (this.view, this.store) = (view, store);

    /// <summary>What is to be written: a null takes the row away.</summary>
    internal IReadOnlyDictionary<string, string?> Kept => kept;

    /// <summary>Null where there is no such row.</summary>
    public async ValueTask<string?> FindAsync(string key) =>
        begun.TryGetValue(key, out var value) || kept.TryGetValue(key, out value) ? value : await store.FindAsync(view, key);

    /// <param name="key">Printable ASCII, in whose order rows are listed.</param>
    public void Put(string key, string value)
    {
        if (key.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            throw new ArgumentException("A key of a view is printable ASCII, so that every store puts it in the same order.", nameof(key));
        begun[key] = value;
    }

    public void Remove(string key) => begun[key] = null;

    internal void KeepEvent()
    {
        foreach (var (key, value) in begun)
            kept[key] = value;
        begun.Clear();
    }

    internal void DropEvent() => begun.Clear();
}

public sealed record ViewRow(string Key, string Value);

/// <summary>How far into the log a view goes.</summary>
/// <param name="Version">Of the <see cref="View"/> that made the rows.</param>
/// <param name="Position">Of the last event that they hold; 0 for none.</param>
/// <param name="Hash">That event's <see cref="StoredEvent.Hash"/> in hexadecimal digits, so that another log is told from this one; empty
///   where it could not be read.</param>
/// <param name="PassedOverCount">Events before it that could not be read.</param>
public sealed record ViewCheckpoint(int Version, long Position, string Hash, int PassedOverCount);

public enum ViewOrder
{
    LeastFirst,
    GreatestFirst,
}

/// <summary>
/// Where views are kept, in memory or in SQLite; one compliance suite runs against both. A view's rows and its checkpoint change together
/// or not at all, also when the process is killed. What is durable may lag behind what was committed, but never without its checkpoint.
/// </summary>
/// <remarks>All throw <see cref="ViewUnusableException"/> where the store cannot be read or written.</remarks>
public interface IViewStore : IDisposable
{
    /// <summary>Null for a view that was never begun.</summary>
    ValueTask<ViewCheckpoint?> CheckpointOfAsync(string view);

    /// <summary>Takes all rows of a view away and puts its checkpoint before the first event.</summary>
    ValueTask<ViewCheckpoint> BeginAnewAsync(string view, int version);

    ValueTask<string?> FindAsync(string view, string key);

    /// <summary>Rows whose keys begin with this, in the order of their keys' characters.</summary>
    ValueTask<IReadOnlyList<ViewRow>> ListAsync(string view, string prefix, ViewOrder order, int limit);

    /// <summary>
    /// Changes rows, a null takes one away, and the checkpoint with them. Refused where the checkpoint is not <paramref name="before"/>:
    /// somebody else changed the view.
    /// </summary>
    ValueTask CommitAsync(string view, ViewCheckpoint before, ViewCheckpoint after, IReadOnlyDictionary<string, string?> changes);
}

/// <summary>Views cannot be read or written now; the message says why and what to do.</summary>
public sealed class ViewUnusableException : Exception
{
    public ViewUnusableException(string why)
        : base(why) { }

    public ViewUnusableException(string why, Exception cause)
        : base(why, cause) { }
}

/// <summary>An event changes nothing in a view, because it cannot be read.</summary>
public sealed class EventPassedOverException(string view, long position, StreamId? stream, Exception cause)
    : Exception(
        $"The view {view} passes over event {position}{(stream is { } known ? $" of {known}" : "")}, which cannot be read ({cause.Message}) Run: shonin log verify.",
        cause
    )
{
    public long Position { get; } = position;
}
