using Shonin.Domain.Orders;
using Shonin.EventLog;
using Shonin.Merchant.Stored;

namespace Shonin.Merchant.Shards;

/// <summary>One order in a shard's memory: its state, and the requests that wait their turn.</summary>
internal sealed class OrderLine(StreamId stream)
{
    public StreamId Stream { get; } = stream;
    public Queue<Work> Waiting { get; } = [];
    /// <summary>What must not be lost, while the log cannot be read or written: it waits for <see cref="BackOff"/>, or for something else to succeed.</summary>
    public Queue<Work> Kept { get; } = [];
    /// <summary>How often in a row the log failed this order.</summary>
    public int FailureCount { get; set; }
    /// <summary>A timer runs that offers <see cref="Kept"/> again.</summary>
    public bool IsOfferingAgain { get; set; }
    /// <summary>A load or an append is under way; nothing is decided meanwhile.</summary>
    public bool IsBusy { get; set; }
    public bool IsLoaded { get; set; }
    public Order? Order { get; set; }
    public long Version { get; set; }
    public List<OrderEvent> History { get; set; } = [];
    public SealedPerson? Person { get; set; }
    /// <summary>Clients that wait until no attempt is in flight.</summary>
    public List<Work> WaitingForAnswer { get; } = [];
    /// <summary>Where the line stands in the shard's list of idle lines, or null while it is at work.</summary>
    public LinkedListNode<OrderLine>? Idle { get; set; }

    public bool IsQuiet => !IsBusy && Waiting.Count == 0 && Kept.Count == 0 && WaitingForAnswer.Count == 0;

    public OrderRecord Record() => new(
        Order!, Person is null ? null : new Person(Person.Email, Person.Name, Person.Phone), Person?.AccessKey, Version, [.. History]);

    /// <summary>What was kept takes its turn again, before what came later.</summary>
    public void TakeUpKept()
    {
        if (Kept.Count == 0)
            return;
        var later = Waiting.ToArray();
        Waiting.Clear();
        while (Kept.TryDequeue(out var work))
            Waiting.Enqueue(work);
        foreach (var work in later)
            Waiting.Enqueue(work);
    }

    public void Forget()
    {
        (IsLoaded, Order, Version, Person) = (false, null, 0, null);
        History = [];
    }
}

/// <summary>How much a request matters when the log cannot be written.</summary>
internal enum Persistence
{
    /// <summary>A client asked and is told; it asks again itself.</summary>
    TellClient,
    /// <summary>The world told us something that it will not tell again: kept and tried until it is durable.</summary>
    UntilDurable,
}

/// <summary>One command on its way through a shard.</summary>
internal sealed record Work(StreamId Stream, OrderCommand Command, Persistence Persistence, Patience Patience)
{
    public RequestKey? Key { get; init; }
    /// <summary>For a new order: its person, whose data go into the same append.</summary>
    public SealedPerson? NewPerson { get; init; }
    public IReadOnlyList<UniqueKey> Keys { get; init; } = [];
    public IReadOnlyList<string> CompletedOutbox { get; init; } = [];
    public TaskCompletionSource<WorkResult> Result { get; init; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    public int Tries { get; set; }
}

/// <summary>What became of a command.</summary>
internal abstract record WorkResult
{
    private WorkResult() { }
    public sealed record Done(OrderRecord Record) : WorkResult;
    public sealed record Refused(Refusal Reason, string? Rule, DateTimeOffset? Until) : WorkResult;
    /// <summary>The request's key was used before: its first outcome stands.</summary>
    public sealed record UsedBefore : WorkResult;
    /// <summary>A number that the request brought was taken by another order: its own, or its place in a row of orders.</summary>
    public sealed record NumberTaken : WorkResult;
    public sealed record Unavailable(string Why) : WorkResult;
    /// <summary>What was asked for makes facts or notices that the log does not hold.</summary>
    public sealed record TooLarge(string What) : WorkResult;
    public sealed record Overloaded : WorkResult;
}
