using Shonin.Domain;
using Shonin.Domain.Approvals;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;

namespace Shonin.Specs.Notices;

/// <summary>One order's history, told fact by fact, and folded by the production code.</summary>
internal sealed class OrderStory
{
    public static readonly DateTimeOffset Morning = new(2026, 11, 24, 1, 2, 7, TimeSpan.Zero);
    private static readonly CardOnFile firstCard = new(new("card_1"), "visa", "0002", "2029-08", "f1");
    private static readonly CardOnFile otherCard = new(new("card_2"), "jcb", "0505", "2030-01", "f2");

    private readonly List<OrderEvent> history = [];
    private int stan = 417;

    private OrderStory(OrderEvent.OrderPlaced placed)
    {
        history.Add(placed);
        Order = Order.Evolve(null, placed);
        Now = placed.At;
    }

    public Order Order { get; private set; }

    public DateTimeOffset Now { get; private set; }

    public IReadOnlyList<OrderEvent> History => history;

    public static OrderStory Placed(Locale locale, string itemName = "コーヒー豆 200g") =>
        new(
            new OrderEvent.OrderPlaced(
                new("0193aaaabbbbccccddddeeeeffff0001"),
                "N1001",
                "customer-1",
                locale,
                [new("BEANS", itemName, new(2_080, Currency.Jpy), 3), new("MILL", "コーヒーミル", new(6_240, Currency.Jpy), 1)],
                new(12_480, Currency.Jpy),
                firstCard,
                null,
                Morning
            )
        );

    public OrderStory After(TimeSpan time)
    {
        Now += time;
        return this;
    }

    public OrderStory Then(OrderEvent happened)
    {
        Order = Order.Evolve(Order, happened);
        history.Add(happened);
        return this;
    }

    public OrderStory Ask(Initiator initiator = Initiator.Customer) =>
        Then(
            new OrderEvent.AttemptClaimed(
                Order.Attempts.Length + 1,
                NextClaim($"63290100{Order.Attempts.Length + 1:0000}"),
                Order.Card,
                Order.Remaining,
                initiator,
                Now + TimeSpan.FromSeconds(30),
                Now
            )
        );

    public OrderStory NotSent(NotSentCause cause = NotSentCause.OutOfReach) =>
        Then(new OrderEvent.AttemptNotSent(Last, "no signed-on connection", Now + TimeSpan.FromSeconds(1), Now, cause));

    public OrderStory AnsweredLate(EvidenceKind kind, string code) =>
        Then(new OrderEvent.EvidenceNoted(Last, kind, code, kind == EvidenceKind.LateApproval ? "A1B2C3" : null, Now));

    public OrderStory Declined(string code, string? advice = null, string? network = null) =>
        After(TimeSpan.FromSeconds(1)).Then(new OrderEvent.AttemptDeclined(Last, new(code, advice, network, null, Now), Now));

    public OrderStory Referred(string code, string? network = null) =>
        After(TimeSpan.FromSeconds(1)).Then(new OrderEvent.AttemptReferred(Last, new(code, null, network, null, Now), Now));

    public OrderStory Approved() =>
        After(TimeSpan.FromSeconds(1)).Then(new OrderEvent.AttemptApproved(Last, "00", "A1B2C3", null, Now + TimeSpan.FromDays(30), Now));

    public OrderStory PartlyApproved() =>
        After(TimeSpan.FromSeconds(1))
            .Then(new OrderEvent.AttemptPartiallyApproved(Last, "A1B2C3", new(10_000, Currency.Jpy), Now))
            .Reverse(Last, ReversalReason.Error);

    public OrderStory Silent() =>
        After(TimeSpan.FromSeconds(30)).Then(new OrderEvent.AttemptUnanswered(Last, Now)).Reverse(Last, ReversalReason.AnswerLateOrNever);

    public OrderStory Reverse(int attempt, ReversalReason reason) =>
        Then(
            new OrderEvent.ReversalStarted(
                attempt,
                NextClaim(Order.Attempts[attempt - 1].Claim.Rrn),
                reason,
                Now + TimeSpan.FromSeconds(10),
                Now
            )
        );

    public OrderStory Reversed(int attempt, string code = "00") =>
        After(TimeSpan.FromSeconds(1)).Then(new OrderEvent.ReversalAnswered(attempt, code, Now));

    public OrderStory Hold(HoldClass holdClass) =>
        Then(new OrderEvent.HoldOpened(Order.Episodes + 1, holdClass, Now + TimeSpan.FromMinutes(1), Now + TimeSpan.FromDays(6), Now));

    public OrderStory ClassChanges(HoldClass holdClass) => Then(new OrderEvent.HoldClassChanged(Order.Episodes, holdClass, Now));

    public OrderStory RetryAfter(TimeSpan wait) => Then(new OrderEvent.RetryScheduled(Order.Episodes, Now + wait, Now));

    public OrderStory NoRetry() => Then(new OrderEvent.RetryScheduled(Order.Episodes, null, Now));

    public OrderStory Announced() =>
        After(TimeSpan.FromMinutes(1)).Then(new OrderEvent.HoldAnnounced(Order.Episodes, Now + TimeSpan.FromDays(2), Now));

    public OrderStory Reminded() =>
        After(TimeSpan.FromDays(2))
            .Then(new OrderEvent.CustomerReminded(Order.Episodes, (Order.Hold?.Reminders ?? 0) + 1, Now + TimeSpan.FromDays(2), Now));

    /// <summary>The approval runs out, is given back, and a hold begins in which we ask again at once.</summary>
    public OrderStory RunsOut()
    {
        var approval = Order.Approval!;
        return After(TimeSpan.FromDays(30))
            .Then(new OrderEvent.AuthorizationExpired(approval.Ordinal, Now))
            .Reverse(approval.Ordinal, Order.Shipments.IsEmpty ? ReversalReason.Error : ReversalReason.Rest)
            .NeedsAttention(AttentionReason.AuthorizationExpired)
            .Hold(HoldClass.Expired)
            .RetryAfter(TimeSpan.Zero);
    }

    public OrderStory HoldEnds() => Then(new OrderEvent.HoldEnded(Order.Episodes, Now));

    public OrderStory CardChanged() => Then(new OrderEvent.CardChanged("change-1", otherCard, Now));

    public OrderStory CancelAsked(CancelledBy by, string? reason = null) =>
        Then(new OrderEvent.CancellationAsked("cancel-1", by, reason, Now + TimeSpan.FromMinutes(10), Now));

    public OrderStory Cancelled(CancelledBy by) => Then(new OrderEvent.OrderCancelled(by, Now));

    public OrderStory NeedsAttention(AttentionReason reason) => Then(new OrderEvent.AttentionAsked(reason, Now));

    public OrderStory Shipped(string id, string tracking, Money amount, params ShippedItem[] items) =>
        Then(
                new OrderEvent.ShipmentRegistered(
                    id + "-request",
                    id,
                    [.. items],
                    amount,
                    Order.Approval!.Ordinal,
                    NextClaim(Order.Approval.Claim.Rrn),
                    "ヤマト運輸",
                    tracking,
                    Now + TimeSpan.FromSeconds(10),
                    Now + TimeSpan.FromDays(14),
                    Now
                )
            )
            .Then(new OrderEvent.CaptureAnswered(id, "00", Now));

    public OrderStory Delivered(string id) => After(TimeSpan.FromDays(1)).Then(new OrderEvent.ShipmentDelivered(id, Now, Now));

    private int Last => Order.Attempts.Length;

    private Claim NextClaim(string rrn) =>
        new(stan++, rrn, new DateTimeOffset(Now.UtcTicks - (Now.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero));
}
