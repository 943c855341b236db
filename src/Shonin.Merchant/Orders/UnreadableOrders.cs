using System.Collections.Concurrent;
using Shonin.Domain.Orders;
using Shonin.EventLog;
using Shonin.Streams;

namespace Shonin.Merchant.Orders;

/// <summary>
/// An order whose facts cannot be read: a damaged row, a fact of a newer program. Its other facts are as they were; nothing is decided
/// about it.
/// </summary>
/// <param name="Order">The order's id.</param>
/// <param name="Number">Its number, where its first facts can be read still.</param>
/// <param name="Why">For whoever runs the server: what could not be read.</param>
public sealed record UnreadableOrder(string Order, string? Number, DateTimeOffset Since, string Why);

/// <summary>
/// The orders that could not be read when they were last looked for: people see them, because nothing else would tell. They are noticed
/// again after a restart, when an alarm, an answer or a person asks for them.
/// </summary>
internal sealed class UnreadableOrders(TimeProvider clock)
{
    /// <summary>More are counted among these: that many are one damage of the whole file.</summary>
    private const int CountMax = 1000;

    private readonly ConcurrentDictionary<StreamId, UnreadableOrder> known = new();

    internal int Count => known.Count;

    /// <summary>The longest known first.</summary>
    internal IReadOnlyList<UnreadableOrder> List(int limit) =>
        [.. known.Values.OrderBy(order => order.Since).ThenBy(order => order.Order, StringComparer.Ordinal).Take(limit)];

    /// <summary>Whether this is news.</summary>
    internal bool Note(StreamUnreadableException problem) =>
        known.Count < CountMax
        && known.TryAdd(
            problem.Stream,
            new UnreadableOrder(
                OrderKeys.OrderOf(problem.Stream)?.Value ?? problem.Stream.Value,
                (problem.ReadSoFar as Order)?.Number,
                clock.GetUtcNow(),
                problem.InnerException!.Message
            )
        );

    /// <summary>It was read whole.</summary>
    internal void Forget(StreamId stream)
    {
        if (!known.IsEmpty)
            known.TryRemove(stream, out _);
    }
}
