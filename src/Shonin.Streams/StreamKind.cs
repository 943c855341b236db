using Shonin.EventLog;

namespace Shonin.Streams;

/// <summary>
/// One kind of stream, as its business knows it: what may be decided, what a fact changes, when something is due, what follows, and how
/// facts are stored. It knows no clock, no store and no thread; <see cref="StreamHost{TState, TCommand, TFact, TReply}"/> does the rest, in
/// the same way for every kind.
/// </summary>
/// <typeparam name="TState">A stream's facts, folded. Immutable: it is read while the next decision is made.</typeparam>
/// <typeparam name="TCommand">What is asked of a stream.</typeparam>
/// <typeparam name="TFact">What happened. Never changed once it is stored.</typeparam>
/// <typeparam name="TReply">What whoever asked is told beside the state: a refusal, an answer.</typeparam>
public abstract class StreamKind<TState, TCommand, TFact, TReply>
    where TState : class
    where TCommand : class
    where TFact : class
{
    /// <summary>What the names of all streams of this kind begin with, and no others: <c>order-</c>.</summary>
    public abstract string Prefix { get; }

    /// <summary>Whether a snapshot carries the facts too, for those who tell a stream's story.</summary>
    public virtual bool KeepsFacts => false;

    /// <summary>
    /// How the state is kept beside the log, for kinds whose streams grow without end; null where all facts are read. A kind that has one
    /// does not keep the facts.
    /// </summary>
    public virtual StateForm<TState>? Form => null;

    /// <summary>What every stream of a <see cref="JournalKind{TFact}"/> is, whatever it holds, so that no row is read; else null.</summary>
    internal virtual TState? Blank => null;

    /// <summary>
    /// The command that an alarm gives, or null where the kind has none. It does whatever is due, and nothing where nothing is.
    /// </summary>
    public virtual TCommand? Wake => null;

    /// <param name="state">Null for a stream without facts.</param>
    /// <param name="at">The time, to the millisecond as it will be stored.</param>
    public abstract Decided<TState, TFact, TReply> Decide(StreamId stream, TState? state, TCommand command, DateTimeOffset at);

    public abstract TState Evolve(TState? state, TFact happened);

    /// <summary>When the stream must be woken, from its state alone; null where it waits for nothing.</summary>
    public virtual DateTimeOffset? AlarmOf(TState state) => null;

    /// <summary>What becomes durable with the facts: keys, work for others, documents.</summary>
    public virtual void Follow(Step<TState, TFact> step, Consequences consequences) { }

    /// <summary>What a message of another stream asks of this one; the kinds that hear none need not say.</summary>
    public virtual TCommand Hear(StreamMessage message) =>
        throw new NotSupportedException($"Streams named {Prefix}… hear no messages; this one is from {message.From}.");

    public abstract NewEvent Store(TFact happened);

    /// <exception cref="Exception">Whatever a damaged row makes a parser do: the stream is unreadable, and no other.</exception>
    public abstract TFact Load(StoredEvent stored);
}

/// <summary>What a decision came to. Without facts nothing changes.</summary>
/// <param name="After">The state after the facts, where deciding has made it already; else null, and it is folded.</param>
public readonly record struct Decided<TState, TFact, TReply>(IReadOnlyList<TFact> Facts, TReply Reply, TState? After = null)
    where TState : class;

/// <summary>What whoever asked is told where outcome and state say it all: nothing.</summary>
public readonly record struct NoReply;

/// <summary>One decision: the state before its facts, the facts, and the state after all of them.</summary>
/// <param name="Before">Null for the first facts of a stream.</param>
/// <param name="Version">The stream's version after the facts.</param>
public sealed record Step<TState, TFact>(
    StreamId Stream,
    TState? Before,
    IReadOnlyList<TFact> Facts,
    TState After,
    long Version,
    DateTimeOffset At
)
    where TState : class;

/// <summary>What becomes durable with a decision's facts, beside them: all or nothing.</summary>
public sealed class Consequences
{
    internal List<UniqueKey> DrawnKeys { get; } = [];
    internal List<UniqueKey> Keys { get; } = [];
    internal List<OutboxItem> Outbox { get; } = [];
    internal List<string> CompletedOutbox { get; } = [];
    internal List<Document> Documents { get; } = [];
    internal List<string> ErasedOwners { get; } = [];
    internal List<(StreamId To, ReadOnlyMemory<byte> Content)> Messages { get; } = [];

    /// <summary>
    /// Something that may exist once. Where it is taken, the decision is refused with
    /// <see cref="Outcome{TState, TFact, TReply}.KeyTaken"/>.
    /// </summary>
    public void Claim(UniqueKey key) => Keys.Add(key);

    /// <summary>
    /// Something that may exist once and was drawn for this decision. Where it is taken, the decision is made again, and draws another.
    /// </summary>
    public void ClaimDrawn(UniqueKey key) => DrawnKeys.Add(key);

    /// <summary>Work for the outside world or for another stream, done at least once.</summary>
    public void Queue(OutboxItem item) => Outbox.Add(item);

    /// <summary>Work that is done with this; where it was queued by the same decision, it never was.</summary>
    public void Complete(string outboxId)
    {
        if (Outbox.RemoveAll(item => item.Id == outboxId) == 0)
            CompletedOutbox.Add(outboxId);
    }

    public void Keep(Document document) => Documents.Add(document);

    /// <summary>Destroys all documents of an owner and the key to every copy of them.</summary>
    public void Erase(string owner) => ErasedOwners.Add(owner);

    /// <summary>Tells another stream, which hears it once in effect.</summary>
    public void Tell(StreamId to, ReadOnlyMemory<byte> content) => Messages.Add((to, content));
}

/// <summary>What a caller brings with a command, to become durable with what is decided.</summary>
/// <typeparam name="TReply">As in <see cref="StreamKind{TState, TCommand, TFact, TReply}"/>.</typeparam>
public sealed record Attachments<TReply>
{
    public static Attachments<TReply> None { get; } = new();

    /// <summary>
    /// The stream does not exist yet, so that nothing need be read: where it does, the decision is made again on what it holds.
    /// </summary>
    public bool IsNew { get; init; }

    /// <summary>Keys and documents become durable even where the decision makes no fact, for a refusal too.</summary>
    public IReadOnlyList<UniqueKey> Keys { get; init; } = [];
    public IReadOnlyList<Document> Documents { get; init; } = [];
    public IReadOnlyList<string> CompletedOutbox { get; init; } = [];

    /// <summary>
    /// The client's key with what a repeat is told: from the reply, and the version after it. It is kept for a refusal too.
    /// </summary>
    public Func<TReply, long, UniqueKey>? Remember { get; init; }

    /// <summary>Whether it must become durable also beside a decision that makes no fact.</summary>
    internal bool IsToBeWritten => Keys.Count + Documents.Count + CompletedOutbox.Count > 0 || Remember is not null;
}

/// <summary>A stream as it stood at one version.</summary>
/// <param name="Facts">Empty where the kind does not keep them.</param>
public sealed record Snapshot<TState, TFact>(StreamId Stream, TState State, long Version, IReadOnlyList<TFact> Facts);

/// <summary>What became of a command.</summary>
public abstract record Outcome<TState, TFact, TReply>
{
    private Outcome() { }

    /// <summary>Durable, with everything that it was decided on.</summary>
    /// <param name="Stream">As it stood after this decision; null where the stream has no facts.</param>
    public sealed record Done(TReply Reply, Snapshot<TState, TFact>? Stream) : Outcome<TState, TFact, TReply>;

    /// <summary>A key that the caller brought, or that the decision claims, is somebody else's. Nothing was changed.</summary>
    public sealed record KeyTaken(UniqueKey Key, StreamId Holder) : Outcome<TState, TFact, TReply>;

    /// <summary>What was asked for makes facts or documents that the log does not hold, now or later. Nothing was changed.</summary>
    public sealed record TooLarge(string What) : Outcome<TState, TFact, TReply>;

    /// <param name="MayBeTriedAgain">Whether the same may go well later: the log cannot be read or written now.</param>
    public sealed record Unavailable(string Why, bool MayBeTriedAgain) : Outcome<TState, TFact, TReply>;

    /// <summary>Too many wait already. Nothing was changed.</summary>
    public sealed record Overloaded : Outcome<TState, TFact, TReply>;

    /// <summary>Why nothing was changed that may be later, in a sentence; null where that is not so.</summary>
    public string? WhyNotNow =>
        this switch
        {
            Unavailable(var why, _) => why,
            Overloaded => "Too much is waiting already.",
            _ => null,
        };
}

/// <summary>A stream's rows cannot be read: damage, or facts of a newer program.</summary>
public sealed class StreamUnreadableException(StreamId stream, object? readSoFar, Exception cause)
    : Exception(
        $"What {stream} holds cannot be read ({cause.Message}) Run: shonin log verify. Restore the data folder from a backup, or start the program that wrote it.",
        cause
    )
{
    public StreamId Stream { get; } = stream;

    /// <summary>The state up to the first fact that could not be read, or null.</summary>
    public object? ReadSoFar { get; } = readSoFar;
}
