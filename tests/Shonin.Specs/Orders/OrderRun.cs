using System.Collections.Immutable;
using Shonin.Domain;
using Shonin.Domain.Approvals;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;

namespace Shonin.Specs.Orders;

/// <summary>
/// One order, led by commands alone through the production decider, on a clock that moves only when told to. The order is the fold of its
/// events.
/// </summary>
internal sealed class OrderRun
{
    public static readonly DateTimeOffset Start = new(2026, 11, 24, 1, 0, 0, TimeSpan.Zero);
    public static readonly CardOnFile Card = new(new("card_1"), "visa", "0002", "2029-08", "f1");
    public static readonly CardOnFile SameCardAgain = new(new("card_2"), "visa", "0002", "2031-01", "f1");
    public static readonly CardOnFile OtherCard = new(new("card_3"), "jcb", "0505", "2030-01", "f2");
    public static readonly ImmutableArray<OrderItem> Items =
    [
        new("BEANS", "コーヒー豆 200g", new(2_000, Currency.Jpy), 3),
        new("MILL", "コーヒーミル", new(6_000, Currency.Jpy), 1),
        new("LEAFLET", "淹れ方の本", new(0, Currency.Jpy), 1),
    ];

    private readonly List<OrderEvent> history = [];
    private int firstStan = 1;
    private WireSender? sender;

    private OrderRun(DateTimeOffset now) => Now = now;

    public DateTimeOffset Now { get; private set; }
    public ApprovalPolicy Policy { get; init; } = new();
    public LinkCondition Link { get; private set; } = LinkCondition.Up;
    public IReadOnlyList<OrderEvent> History => history;
    public IReadOnlyList<OrderEvent> LastEvents { get; private set; } = [];

    /// <summary>The refusal of the last command, or null.</summary>
    public Decision.Refused? Refused { get; private set; }
    public Order? Current { get; private set; }
    public Order Order => Current!;
    public Attempt Last => Order.Attempts[^1];
    public DateTimeOffset? Alarm => Waking.AlarmOf(Order, Policy);

    public static OrderRun Empty(DateTimeOffset? now = null, ApprovalPolicy? policy = null) =>
        new(now ?? Start) { Policy = policy ?? new() };

    /// <summary>Placed, and the first attempt is in flight.</summary>
    public static OrderRun Placed(DateTimeOffset? now = null, WireSender? sender = null) => Empty(now).SendsAs(sender).Do(PlaceCommand);

    public static OrderCommand.Place PlaceCommand { get; } =
        new(new("0193aaaabbbbccccddddeeeeffff0001"), "N1001", "customer-1", Locale.Ja, Items, Card, null);

    /// <summary>Decides without keeping the outcome.</summary>
    public Decision Try(OrderCommand command) =>
        OrderDecider.Decide(Current, command, new Moment(Now, Policy, SuppliesFrom(firstStan) with { Sender = sender }, Link));

    /// <summary>Nothing of chance: the same run gets the same identities.</summary>
    public static Supplies SuppliesFrom(int firstStan) =>
        new(
            firstStan,
            $"R{firstStan:00000000000}",
            [.. Enumerable.Range(0, Supplies.ReferenceCount).Select(index => NoticeReference.Of(482_000_000 + (firstStan * 10) + index))]
        );

    public OrderRun Do(OrderCommand command)
    {
        var decision = Try(command);
        firstStan += Supplies.StanCount;
        (LastEvents, Refused) = decision switch
        {
            Decision.Accepted accepted => (accepted.Events, null),
            Decision.Refused refused => ((IReadOnlyList<OrderEvent>)[], refused),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        foreach (var happened in LastEvents)
            Current = Order.Evolve(Current, happened);
        history.AddRange(LastEvents);
        return this;
    }

    public OrderRun After(TimeSpan time)
    {
        Now += time;
        return this;
    }

    public OrderRun At(DateTimeOffset time)
    {
        Now = time > Now ? time : Now;
        return this;
    }

    /// <summary>Waits as long as the button of the same card does, where time brings it back.</summary>
    public OrderRun Rested() => At(OrderActions.ConfirmAgainAt(Order, Now) ?? Now);

    /// <summary>The settings say from now on that we are these.</summary>
    public OrderRun SendsAs(WireSender? changed)
    {
        sender = changed;
        return this;
    }

    public OrderRun LinkIs(LinkCondition link)
    {
        Link = link;
        return this;
    }

    public OrderRun Wake() => Do(new OrderCommand.Wake());

    /// <summary>Rings the alarm each time it is due until that moment, and once at it.</summary>
    public OrderRun WakeUntil(DateTimeOffset end)
    {
        for (var rings = 0; Alarm is { } alarm && alarm <= end; rings++)
        {
            Assert.True(rings < 10_000, "the alarm rings without end");
            At(alarm).Wake();
        }
        return At(end).Wake();
    }

    /// <summary>An answer to an attempt: a second after it was asked, proven where it approves.</summary>
    public OrderRun Answer(string code, string? advice = null, string? network = null, int? attempt = null) =>
        After(TimeSpan.FromSeconds(1)).Do(AnswerTo(attempt ?? Order.Attempts.Length, code, advice, network));

    public OrderCommand.RecordAnswer AnswerTo(int attempt, string code, string? advice = null, string? network = null)
    {
        var asked = Order.Attempts[attempt - 1];
        return new(
            new(
                AnswerKind.Authorization,
                asked.Claim.WireKey,
                asked.Claim.Rrn,
                code,
                code is "00" or "10" ? "A1B2C3" : null,
                advice,
                network,
                null,
                code == "10" ? new Money(5_000, Currency.Jpy) : null,
                null,
                Now,
                AnswerMatch.First
            )
        );
    }

    /// <summary>Nobody answers: the attempt is given up, and its reversal starts.</summary>
    public OrderRun Silence() => At(Last.AnswerDueAt).Wake();

    public OrderRun ReversalAnswer(string code, int? attempt = null) =>
        After(TimeSpan.FromSeconds(1)).Do(ReversalAnswerTo(attempt ?? Order.Attempts.Length, code));

    public OrderCommand.RecordAnswer ReversalAnswerTo(int attempt, string code)
    {
        var claim = Order.Attempts[attempt - 1].Reversal!.Claim;
        return new(new(AnswerKind.Reversal, claim.WireKey, claim.Rrn, code, null, null, null, null, null, null, Now, AnswerMatch.First));
    }

    public OrderRun CaptureAnswer(string code, int shipment = 1)
    {
        var claim = Order.Shipments[shipment - 1].Claim;
        return After(TimeSpan.FromSeconds(1))
            .Do(
                new OrderCommand.RecordAnswer(
                    new(AnswerKind.Capture, claim.WireKey, claim.Rrn, code, null, null, null, null, null, null, Now, AnswerMatch.First)
                )
            );
    }

    public OrderRun NotSent() => Do(new OrderCommand.RecordNotSent(Order.Attempts.Length, "no signed-on connection"));

    public OrderRun Announced() => At(Order.Hold!.AnnounceAt).Wake();

    public OrderRun Confirm(string request = "confirm") => Do(new OrderCommand.Confirm(request));

    public OrderRun ChangeCard(CardOnFile card, string request = "change") => Do(new OrderCommand.ChangeCard(request, card));

    public OrderRun Prove(string lastFour) => Do(new OrderCommand.ProveCard(lastFour));

    public OrderRun Cancel(CancelledBy by = CancelledBy.Customer, string request = "cancel") =>
        Do(new OrderCommand.Cancel(request, by, null));

    public OrderRun Ship(string shipment, params ShippedItem[] items) =>
        Do(new OrderCommand.Ship(shipment + "-request", shipment, [.. items], "ヤマト運輸", "1234"));

    public OrderRun Deliver(string shipment) => Do(new OrderCommand.RegisterDelivery(shipment, Now));
}
