using Shonin.EventLog;

namespace Shonin.Streams;

/// <summary>
/// The streams in memory: those asked for lately, and those with something under way, which stay. At most one cell a stream is in use,
/// unless it was given up.
/// </summary>
/// <param name="generationCountMax">At most twice this many that are idle are kept: those asked for since, and those of the generation
///   before.</param>
internal sealed class CellCache<TState, TFact>(int generationCountMax, Func<StreamId, Task<StreamCell<TState, TFact>>> load)
    where TState : class
{
    private readonly Lock gate = new();
    private Dictionary<StreamId, Task<StreamCell<TState, TFact>>> young = [];
    private Dictionary<StreamId, Task<StreamCell<TState, TFact>>> old = [];

    /// <summary>The stream's cell, read from the log where it is not in memory.</summary>
    /// <param name="isNew">The caller knows that the log has nothing of it.</param>
    public Task<StreamCell<TState, TFact>> OpenAsync(StreamId stream, bool isNew = false)
    {
        lock (gate)
        {
            if (young.TryGetValue(stream, out var cell) && IsSound(cell))
                return cell;
            if (young.Count >= generationCountMax)
                Age();
            if (!old.TryGetValue(stream, out cell) || !IsSound(cell))
                cell = isNew ? Task.FromResult(new StreamCell<TState, TFact>(stream, null)) : load(stream);
            young[stream] = cell;
            return cell;
        }
    }

    public void Remove(StreamCell<TState, TFact> cell)
    {
        lock (gate)
        {
            Remove(young, cell);
            Remove(old, cell);
        }
    }

    /// <summary>The cells that are loaded.</summary>
    public IReadOnlyList<StreamCell<TState, TFact>> All()
    {
        lock (gate)
            return [.. young.Values.Concat(old.Values).Where(cell => cell.IsCompletedSuccessfully).Select(cell => cell.Result).Distinct()];
    }

    private void Age()
    {
        foreach (var (stream, cell) in old)
        {
            if (!young.ContainsKey(stream) && IsSound(cell) && IsBusy(cell))
                young[stream] = cell;
        }

        (old, young) = (young, []);
    }

    private static bool IsSound(Task<StreamCell<TState, TFact>> cell) => !cell.IsFaulted && !cell.IsCanceled;

    private static bool IsBusy(Task<StreamCell<TState, TFact>> cell)
    {
        if (!cell.IsCompletedSuccessfully)
            return true;
        lock (cell.Result.Gate)
            return cell.Result.IsBusy;
    }

    private static void Remove(Dictionary<StreamId, Task<StreamCell<TState, TFact>>> cells, StreamCell<TState, TFact> cell)
    {
        if (cells.TryGetValue(cell.Stream, out var held) && held.IsCompletedSuccessfully && held.Result == cell)
            cells.Remove(cell.Stream);
    }
}
