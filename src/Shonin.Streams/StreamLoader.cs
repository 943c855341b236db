using Shonin.EventLog;

namespace Shonin.Streams;

/// <summary>Makes streams of what the log holds: from a kept state where the kind keeps any, and the facts since.</summary>
internal sealed class StreamLoader<TState, TCommand, TFact, TReply>(
    StreamKind<TState, TCommand, TFact, TReply> kind,
    StreamPorts<TState, TFact> ports
)
    where TState : class
    where TCommand : class
    where TFact : class
{
    private readonly Func<TState?, TFact, TState> evolve = kind.Evolve;

    public async Task<StreamCell<TState, TFact>> LoadAsync(StreamId stream)
    {
        if (kind.Blank is { } blank)
        {
            var version = await ports.Log.Store.ReadVersionAsync(stream, CancellationToken.None);
            return new(stream, version == 0 ? null : new Snapshot<TState, TFact>(stream, blank, version, FactList<TFact>.Empty));
        }
        var read = await FindKeptAsync(stream);
        var rows = await ports.Log.Store.ReadStreamAsync(stream, afterVersion: read?.Version ?? 0, CancellationToken.None);
        try
        {
            foreach (var stored in rows)
                read = Evolve(stream, read, [kind.Load(stored)]);
        }
        catch (Exception damage)
        {
            // Whatever a damaged row makes a parser or the fold do, it is this stream's alone.
            var unreadable = new StreamUnreadableException(stream, read?.State, damage);
            ports.OnUnreadable?.Invoke(unreadable);
            throw unreadable;
        }
        ports.OnReadable?.Invoke(stream);
        return new StreamCell<TState, TFact>(stream, read);
    }

    private async ValueTask<Snapshot<TState, TFact>?> FindKeptAsync(StreamId stream)
    {
        if (kind.Form is not { } form)
            return null;
        try
        {
            return await form.FindAsync(ports.Log.Store, stream, CancellationToken.None) is var (state, version)
                ? new Snapshot<TState, TFact>(stream, state, version, FactList<TFact>.Empty)
                : null;
        }
        catch (Exception damage) when (damage is not LogUnusableException)
        {
            // The facts tell the same; and the next state that is kept takes its place.
            ports.OnFault(damage);
            return null;
        }
    }

    /// <param name="known">The state after the facts, where whoever decided them made it already.</param>
    public Snapshot<TState, TFact>? Evolve(
        StreamId stream,
        Snapshot<TState, TFact>? before,
        IReadOnlyList<TFact> facts,
        TState? known = null
    )
    {
        if (facts.Count == 0)
            return before;
        var state = known ?? facts.Aggregate(before?.State, evolve)!;
        var told = before?.Facts as FactList<TFact> ?? FactList<TFact>.Empty;
        return new Snapshot<TState, TFact>(stream, state, (before?.Version ?? 0) + facts.Count, kind.KeepsFacts ? told.With(facts) : told);
    }
}
