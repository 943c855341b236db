using Shonin.Domain.Approvals;
using Shonin.Domain.Notices;

namespace Shonin.Domain.Orders;

/// <summary>A decision in the making: each fact is applied at once, so that the next step sees the order as it then stands.</summary>
internal sealed class OrderDraft(Order order, Moment moment)
{
    private readonly List<OrderEvent> events = [];
    private int stansUsed;
    private int referencesUsed;

    public Order Order { get; private set; } = order;
    public Moment Moment { get; } = moment;
    public DateTimeOffset Now => Moment.Now;
    public ApprovalPolicy Policy => Moment.Policy;
    public int EventCount => events.Count;

    public void Add(OrderEvent happened)
    {
        Order = Order.Evolve(Order, happened);
        events.Add(happened);
    }

    public Decision Accept() => new Decision.Accepted(events, Order);

    /// <summary>A fresh identity for an attempt.</summary>
    public Claim NewClaim() => Claim(Moment.Supplies.Rrn, Moment.Supplies.Sender);

    /// <summary>
    /// A fresh identity for a message about an earlier attempt: its own STAN; the attempt's RRN, acquirer and terminal, by which the card
    /// company finds it.
    /// </summary>
    public Claim ClaimAbout(Claim original) => Claim(original.Rrn, original.Sender);

    private Claim Claim(string rrn, WireSender? sender)
    {
        Invariant.That(stansUsed < Supplies.StanCount);
        return new Claim(Moment.Supplies.FirstStan + stansUsed++, rrn, ToWireSecond(Now), sender);
    }

    private NoticeReference NewReference()
    {
        Invariant.That(referencesUsed < Supplies.ReferenceCount);
        return Moment.Supplies.References[referencesUsed++];
    }

    public void QueueNotice(NoticeKind kind, NoticeOutcome? outcome = null, string? shipment = null)
    {
        var hold = Order.Standing switch
        {
            Standing.OnHold onHold => onHold.Hold,
            Standing.Closing closing => closing.Hold,
            _ => null,
        };
        QueueNotice(kind, hold, outcome, shipment);
    }

    public void QueueNotice(NoticeKind kind, Hold? hold, NoticeOutcome? outcome = null, string? shipment = null)
    {
        var ordinal = kind switch
        {
            NoticeKind.Update => UpdateOrdinal(hold),
            NoticeKind.Reminder => $"-{hold?.Reminders}",
            NoticeKind.Shipped or NoticeKind.Delivered => $"-{ParcelNumberOf(shipment)}",
            NoticeKind.Received or NoticeKind.Problem or NoticeKind.Outcome or NoticeKind.Cancelled => "",
        };
        var episode = hold?.Episode ?? 0;
        var id = episode == 0 ? $"{Order.Number}-{NameOf(kind)}{ordinal}" : $"{Order.Number}-{episode}-{NameOf(kind)}{ordinal}";
        Add(new OrderEvent.NoticeQueued(new Notice(id, kind, episode, hold?.Class, outcome, shipment, NewReference()), Now));
    }

    /// <summary>Puts the order on the agents' list, once for each reason at a time.</summary>
    public void AskAttention(AttentionReason reason)
    {
        if (!Order.Attention.Contains(reason))
            Add(new OrderEvent.AttentionAsked(reason, Now));
    }

    public void SettleAttention(AttentionReason reason)
    {
        if (Order.Attention.Contains(reason))
            Add(new OrderEvent.AttentionSettled(reason, Now));
    }

    /// <summary>Which change of class; where another update of the same class went before, also which of these.</summary>
    private string UpdateOrdinal(Hold? hold)
    {
        var ordinal = $"-{hold?.ClassChanges}";
        var prefix = $"{Order.Number}-{hold?.Episode}-{NameOf(NoticeKind.Update)}{ordinal}";
        var earlier = Order.Notices.Count(record =>
            record.Notice.Id == prefix || record.Notice.Id.StartsWith(prefix + "-", StringComparison.Ordinal)
        );
        return earlier == 0 ? ordinal : $"{ordinal}-{earlier + 1}";
    }

    /// <summary>1 for the order's first parcel: two of one moment have two numbers.</summary>
    private int ParcelNumberOf(string? shipment) => Order.Shipments.IndexOf(Order.Shipments.Single(parcel => parcel.Id == shipment)) + 1;

    private static string NameOf(NoticeKind kind) =>
        kind switch
        {
            NoticeKind.Received => "received",
            NoticeKind.Problem => "problem",
            NoticeKind.Update => "update",
            NoticeKind.Reminder => "reminder",
            NoticeKind.Outcome => "outcome",
            NoticeKind.Cancelled => "cancelled",
            NoticeKind.Shipped => "shipped",
            NoticeKind.Delivered => "delivered",
        };

    /// <summary>Field 7 has whole seconds.</summary>
    private static DateTimeOffset ToWireSecond(DateTimeOffset time) =>
        new(time.UtcTicks - time.UtcTicks % TimeSpan.TicksPerSecond, TimeSpan.Zero);
}
