using System.Collections.Immutable;
using Shonin.Domain;
using Shonin.Domain.Approvals;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;

namespace Shonin.Specs.Orders;

/// <summary>A fact that the state cannot have produced is an error, never ignored: a log that holds one is damaged.</summary>
public sealed class EvolveSpecs
{
    private static readonly DateTimeOffset at = OrderRun.Start + TimeSpan.FromHours(1);
    private static readonly Claim claim = new(900_001, "R00000900001", at);
    private static readonly AnswerCodes codes = new("05", null, null, null, at);
    private static readonly Notice problem = new("N1001-1-problem", NoticeKind.Problem, 1, HoldClass.Declined, null, null);
    private static readonly Money amount = new(2_000, Currency.Jpy);
    private static readonly ImmutableArray<ShippedItem> beans = [new("BEANS", 1)];

    private static readonly Dictionary<string, Func<OrderRun>> standings = new()
    {
        ["awaiting"] = () => OrderRun.Placed(),
        ["declined"] = () => OrderRun.Placed().Answer("05").Announced(),
        ["asked again"] = () => OrderRun.Placed().Answer("05").Announced().Confirm(),
        ["reversing"] = () => OrderRun.Placed().Silence(),
        ["reversed"] = () => OrderRun.Placed().Silence().ReversalAnswer("00"),
        ["approved"] = () => OrderRun.Placed().Answer("00"),
        ["shipped"] = () => OrderRun.Placed().Answer("00").Ship("shp_1").CaptureAnswer("00").Deliver("shp_1"),
        ["cancelled"] = () => OrderRun.Placed().Answer("05").Announced().Cancel(),
    };

    private static readonly (string Standing, OrderEvent Happened)[] impossible =
    [
        ("awaiting", new OrderEvent.AttemptClaimed(2, claim, OrderRun.Card, amount, Initiator.Customer, at, at)),
        ("declined", new OrderEvent.AttemptClaimed(3, claim, OrderRun.Card, amount, Initiator.Customer, at, at)),
        ("approved", new OrderEvent.AttemptClaimed(2, claim, OrderRun.Card, amount, Initiator.Customer, at, at)),
        ("cancelled", new OrderEvent.AttemptClaimed(2, claim, OrderRun.Card, amount, Initiator.Customer, at, at)),
        ("awaiting", new OrderEvent.AttemptDeclined(2, codes, at)),
        ("declined", new OrderEvent.AttemptDeclined(1, codes, at)),
        ("declined", new OrderEvent.AttemptApproved(1, "00", "A1B2C3", null, at, at)),
        ("reversing", new OrderEvent.AttemptApproved(1, "00", "A1B2C3", null, at, at)),
        ("approved", new OrderEvent.AttemptUnanswered(1, at)),
        ("approved", new OrderEvent.AttemptNotSent(1, "why", at, at)),
        ("awaiting", new OrderEvent.EvidenceNoted(2, EvidenceKind.Repeated, "00", null, at)),
        ("awaiting", new OrderEvent.ReversalStarted(1, claim, ReversalReason.Error, at, at)),
        ("reversing", new OrderEvent.ReversalStarted(1, claim, ReversalReason.Error, at, at)),
        ("reversed", new OrderEvent.ReversalStarted(1, claim, ReversalReason.Error, at, at)),
        ("reversing", new OrderEvent.ReversalRepeated(1, 3, at, at)),
        ("reversed", new OrderEvent.ReversalRepeated(1, 2, at, at)),
        ("reversed", new OrderEvent.ReversalAnswered(1, "00", at)),
        ("declined", new OrderEvent.ReversalAnswered(1, "00", at)),
        ("declined", new OrderEvent.HoldOpened(2, HoldClass.Declined, at, at, at)),
        ("approved", new OrderEvent.HoldOpened(1, HoldClass.Declined, at, at, at)),
        ("awaiting", new OrderEvent.HoldOpened(2, HoldClass.Declined, at, at, at)),
        ("declined", new OrderEvent.HoldClassChanged(1, HoldClass.Declined, at)),
        ("declined", new OrderEvent.HoldClassChanged(2, HoldClass.Referred, at)),
        ("declined", new OrderEvent.HoldAnnounced(1, at, at)),
        ("declined", new OrderEvent.CustomerReminded(1, 2, at, at)),
        ("reversing", new OrderEvent.CustomerReminded(1, 1, at, at)),
        ("declined", new OrderEvent.HoldEnded(1, at)),
        ("approved", new OrderEvent.RetryScheduled(1, at, at)),
        ("awaiting", new OrderEvent.ConfirmationAsked("other", at)),
        ("asked again", new OrderEvent.ConfirmationAsked("other", at)),
        ("approved", new OrderEvent.CardChanged("other", OrderRun.OtherCard, at)),
        ("shipped", new OrderEvent.CancellationAsked("other", CancelledBy.Customer, null, at, at)),
        ("cancelled", new OrderEvent.CancellationAsked("other", CancelledBy.Customer, null, at, at)),
        ("declined", new OrderEvent.OrderCancelled(CancelledBy.Customer, at)),
        ("cancelled", new OrderEvent.OrderCancelled(CancelledBy.Customer, at)),
        ("declined", new OrderEvent.NoticeQueued(problem, at)),
        ("awaiting", new OrderEvent.NoticeSent("N1001-1-problem", at)),
        ("awaiting", new OrderEvent.NoticeUndeliverable("N1001-1-problem", "why", at)),
        ("awaiting", new OrderEvent.NoticeDelayed("N1001-1-problem", "why", at)),
        ("awaiting", new OrderEvent.NoticeRewritten("N1001-1-problem", "id", at)),
        ("awaiting", new OrderEvent.NoticeWithdrawn("N1001-1-problem", at)),
        ("awaiting", new OrderEvent.ShipmentRegistered("other", "shp_2", beans, amount, 1, claim, "c", "t", at, at, at)),
        ("shipped", new OrderEvent.ShipmentRegistered("other", "shp_2", beans, amount, 1, claim, "c", "t", at, at, at)),
        (
            "approved",
            new OrderEvent.ShipmentRegistered("other", "shp_2", beans, new Money(12_001, Currency.Jpy), 1, claim, "c", "t", at, at, at)
        ),
        ("approved", new OrderEvent.ShipmentRegistered("other", "shp_2", beans, amount, 2, claim, "c", "t", at, at, at)),
        ("shipped", new OrderEvent.CaptureRepeated("shp_1", 2, at, at)),
        ("shipped", new OrderEvent.CaptureAnswered("shp_1", "00", at)),
        ("shipped", new OrderEvent.CaptureAnswered("shp_2", "00", at)),
        ("shipped", new OrderEvent.ShipmentDelivered("shp_1", at, at)),
        ("declined", new OrderEvent.AuthorizationExpired(1, at)),
        ("awaiting", new OrderEvent.AttentionSettled(AttentionReason.DoNotShip, at)),
    ];

    public static TheoryData<int> Rows => [.. Enumerable.Range(0, impossible.Length)];

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_fact_that_the_state_cannot_have_produced_throws(int row)
    {
        var (standing, happened) = impossible[row];
        var order = standings[standing]().Order;
        var thrown = Assert.Throws<InvariantBrokenException>(() => Order.Evolve(order, happened));
        Assert.Contains(happened.GetType().Name, thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_happens_to_an_order_before_it_is_placed_and_none_is_placed_twice()
    {
        var run = OrderRun.Placed();
        Assert.Throws<InvariantBrokenException>(() => Order.Evolve(null, run.History[1]));
        Assert.Throws<InvariantBrokenException>(() => Order.Evolve(run.Order, run.History[0]));
        Assert.Equal("N1001", Order.Evolve(null, run.History[0]).Number);
    }
}
