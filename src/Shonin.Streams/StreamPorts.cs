using Shonin.EventLog;

namespace Shonin.Streams;

/// <summary>What a host takes from outside.</summary>
/// <param name="Log">Stays open when the host is closed: others append to it too.</param>
public sealed record StreamPorts<TState, TFact>(OwnedLog Log, TimeProvider Clock)
    where TState : class
{
    /// <summary>Facts that are durable now, in the order of their stream. What it does must not wait for the same stream.</summary>
    public Action<Step<TState, TFact>>? OnDurable { get; init; }

    /// <summary>A defect, or a log that cannot be read: told to the operator.</summary>
    public required Action<Exception> OnFault { get; init; }

    /// <summary>A stream cannot be read, however often it is told; and one that can.</summary>
    public Action<StreamUnreadableException>? OnUnreadable { get; init; }
    public Action<StreamId>? OnReadable { get; init; }

    /// <summary>
    /// Whether other streams tell those of this kind anything (<see cref="StreamKind{TState, TCommand, TFact, TReply}.Hear"/>).
    /// </summary>
    public bool HearsMessages { get; init; }

    /// <summary>Callers that may wait at a time; beyond it they are told to come again.</summary>
    public int WaitingCountMax { get; init; } = 65_536;

    /// <summary>Streams that are kept in memory although nothing is under way, at most twice.</summary>
    public int IdleCountMax { get; init; } = 10_000;
}
