using Shonin.Domain.Approvals;
using Shonin.Domain.Orders;
using Shonin.EventLog;
using Shonin.Merchant.Stored;

namespace Shonin.Merchant.Shards;

/// <summary>What a shard needs of the world around it.</summary>
internal sealed record ShardPorts(MerchantOptions Options, TimeProvider Clock, IEventReader Log, Reactions Reactions, Supplier Supplier)
{
    public required Func<Append, ValueTask<AppendResult>> Append { get; init; }
    /// <summary>Hands a message to the network; the ordinal is the attempt's that it asks for, where it asks.</summary>
    public required Action<OrderId, NetworkRequest, int?> Send { get; init; }
    public required Func<LinkCondition> LinkCondition { get; init; }
    /// <summary>Facts of an order that are durable now.</summary>
    public required Action<Order, IReadOnlyList<OrderEvent>> NoteDurable { get; init; }
    public required UnreadableOrders Unreadable { get; init; }
    /// <summary>A defect or a store that cannot be read: told to the operator.</summary>
    public required Action<Exception> OnFault { get; init; }
}
