using System.Diagnostics;
using System.Text.Json;
using Shonin.Domain.Approvals;
using Shonin.Domain.Orders;
using Shonin.EventLog;
using Shonin.Merchant.Notices;
using Shonin.Merchant.Points;
using Shonin.Streams;

namespace Shonin.Merchant.Orders;

/// <summary>An order as a kind of stream.</summary>
/// <param name="supplier">Identities for the messages that a decision may want to send. One that is taken already is drawn again.</param>
/// <param name="countOf">The keys that count a try of the customer's which was not approved.</param>
internal sealed class OrderKind(
    MerchantOptions options,
    Supplier supplier,
    Func<LinkCondition> linkCondition,
    Func<Attempt, DateTimeOffset, IEnumerable<UniqueKey>> countOf
) : StreamKind<Order, OrderCommand, OrderEvent, Decision.Refused?>
{
    /// <summary>The queue that holds what needs an agent, until it is settled.</summary>
    public const string AttentionQueue = "attention";

    public override string Prefix => OrderKeys.StreamPrefix;

    public override bool KeepsFacts => true;

    public override OrderCommand Wake { get; } = new OrderCommand.Wake();

    public override Decided<Order, OrderEvent, Decision.Refused?> Decide(
        StreamId stream,
        Order? state,
        OrderCommand command,
        DateTimeOffset at
    ) =>
        OrderDecider.Decide(state, command, new Moment(at, options.Policy, supplier.Next(), linkCondition())) switch
        {
            Decision.Accepted accepted => new(accepted.Events, null, accepted.Order),
            Decision.Refused refused => new([], refused),
            _ => throw new UnreachableException(),
        };

    public override Order Evolve(Order? state, OrderEvent happened) => Order.Evolve(state, happened);

    public override DateTimeOffset? AlarmOf(Order state) => Waking.AlarmOf(state, options.Policy);

    /// <summary>
    /// Claims are unique on the wire, notices and shipments in the log. A notice waits for its words and its mail, an agent's task for an
    /// agent; the customer's points hear of a delivery.
    /// </summary>
    public override void Follow(Step<Order, OrderEvent> step, Consequences consequences)
    {
        var state = step.After;
        foreach (var happened in step.Facts)
        {
            if (CustomerTries.EndedBy(state, happened) is { Result: TryResult.NotApproved, Attempt: var attempt })
            {
                foreach (var count in countOf(attempt, step.At))
                    consequences.ClaimDrawn(count);
            }

            switch (happened)
            {
                case OrderEvent.AttemptClaimed claimed:
                    consequences.ClaimDrawn(OrderKeys.Claim(options, claimed.Claim));
                    break;
                case OrderEvent.ReversalStarted reversal:
                    consequences.ClaimDrawn(OrderKeys.Claim(options, reversal.Claim));
                    break;
                case OrderEvent.ShipmentRegistered shipment:
                    consequences.ClaimDrawn(OrderKeys.Claim(options, shipment.Claim));
                    consequences.ClaimDrawn(new UniqueKey(OrderKeys.ShipmentScope, shipment.Shipment));
                    break;
                case OrderEvent.ShipmentDelivered { Shipment: var parcel }
                    when PointsKind.Telling(state, parcel, options.Points, step.At) is { } earned:
                    consequences.Tell(PointsKind.StreamOf(state.Customer), earned);
                    break;
                case OrderEvent.NoticeQueued { Notice: var notice }:
                    consequences.ClaimDrawn(new UniqueKey(OrderKeys.NoticeScope, notice.Id));
                    if (notice.Reference is { } reference)
                        consequences.ClaimDrawn(OrderKeys.Reference(reference, notice.Id));
                    consequences.Queue(MailOutboxPayload.ItemFor(state.Id, step.Stream, notice.Id, step.At));
                    break;
                case OrderEvent.NoticeWithdrawn withdrawn:
                    consequences.Complete(MailOutboxPayload.ItemIdOf(withdrawn.Notice));
                    break;
                case OrderEvent.AttentionAsked asked:
                    consequences.Queue(new OutboxItem(AttentionId(state, asked.Reason), AttentionQueue, step.Stream, default, step.At));
                    break;
                case OrderEvent.AttentionSettled settled:
                    consequences.Complete(AttentionId(state, settled.Reason));
                    break;
                case OrderEvent.AttentionSettledByHand settled:
                    consequences.Complete(AttentionId(state, settled.Reason));
                    break;
            }
        }
    }

    public override NewEvent Store(OrderEvent happened) => StoredOrderEvents.Write(happened);

    public override OrderEvent Load(StoredEvent stored) => StoredOrderEvents.Read(stored);

    /// <summary>Whether an item of the agents' list stands there for this reason.</summary>
    public static bool IsAbout(OutboxItem item, AttentionReason reason) => item.Id.EndsWith(NameOf(reason), StringComparison.Ordinal);

    private static string AttentionId(Order order, AttentionReason reason) => $"attention-{order.Id.Value}{NameOf(reason)}";

    private static string NameOf(AttentionReason reason) => $"-{JsonNamingPolicy.CamelCase.ConvertName(reason.ToString())}";
}
