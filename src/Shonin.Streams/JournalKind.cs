using System.Diagnostics;
using Shonin.EventLog;

namespace Shonin.Streams;

/// <summary>
/// A kind without a state: whatever is brought becomes facts, in its order, and nothing that a stream holds decides anything. So none of
/// its rows is read, only how many there are, and a journal of millions costs what a new one does. What may stand in it once brings a key
/// (<see cref="Attachments{TReply}.Keys"/>).
/// </summary>
public abstract class JournalKind<TFact> : StreamKind<Journal, IReadOnlyList<TFact>, TFact, NoReply>
    where TFact : class
{
    internal sealed override Journal Blank => Journal.Instance;

    public sealed override Decided<Journal, TFact, NoReply> Decide(
        StreamId stream,
        Journal? state,
        IReadOnlyList<TFact> command,
        DateTimeOffset at
    ) => new(command, default);

    public sealed override Journal Evolve(Journal? state, TFact happened) => Journal.Instance;

    public sealed override TFact Load(StoredEvent stored) =>
        throw new UnreachableException($"Rows of a journal are not loaded; this is {stored.Stream}/{stored.Version}.");
}

/// <summary>All that is known of a journal beside its version: that it is one.</summary>
public sealed class Journal
{
    private Journal() { }

    public static Journal Instance { get; } = new();
}
