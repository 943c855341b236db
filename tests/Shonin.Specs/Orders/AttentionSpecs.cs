using Shonin.Domain.Approvals;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;

namespace Shonin.Specs.Orders;

/// <summary>Whatever puts an order onto the agents' list, something takes it off again, and the list says what.</summary>
public sealed class AttentionSpecs
{
    public static TheoryData<AttentionReason> Reasons => [.. Enum.GetValues<AttentionReason>()];

    [Theory, MemberData(nameof(Reasons))]
    public void Every_reason_leaves_the_list_by_what_the_list_says(AttentionReason reason)
    {
        var (asked, settle) = Story(reason);
        Assert.Contains(reason, asked.Order.Attention);
        settle(asked);
        Assert.Null(asked.Refused);
        Assert.DoesNotContain(reason, asked.Order.Attention);
    }

    [Fact]
    public void Every_reason_says_what_takes_it_off_in_both_languages() => Assert.All(Enum.GetValues<AttentionReason>(), reason =>
        {
            Assert.Contains("消えます", AttentionWording.LeavesWhen(reason).Ja, StringComparison.Ordinal);
            Assert.StartsWith("It goes ", AttentionWording.LeavesWhen(reason).En, StringComparison.Ordinal);
        });

    [Fact]
    public void A_right_guess_is_the_last_fact_of_its_decision_whatever_it_settles() =>
        Assert.IsType<OrderEvent.CardProved>(
            OrderRun.Placed().Do(new OrderCommand.RecordNoticeUndeliverable("N1001-received", "550 no such user")).Prove("0002").LastEvents[
                ^1
            ]
        );

    [Fact]
    public void A_capture_refused_stays_beside_another_parcel_s_yes_and_a_second_refusal_changes_nothing()
    {
        var run = OrderRun
            .Placed()
            .Answer("00")
            .Ship("shp_1", new ShippedItem("BEANS", 1))
            .CaptureAnswer("05")
            .Ship("shp_2", new ShippedItem("BEANS", 1))
            .CaptureAnswer("00", shipment: 2);
        Assert.Equal([AttentionReason.CaptureRefused], run.Order.Attention);
        Assert.Empty(run.CaptureAnswer("05").LastEvents);
        run.CaptureAnswer("00");
        Assert.Empty(run.Order.Attention);
        Assert.Empty(run.CaptureAnswer("05").LastEvents);
    }

    /// <summary>An order that stands on the list for this reason.</summary>
    internal static OrderRun Asked(AttentionReason reason) => Story(reason).Asked;

    /// <summary>How an order comes onto the list for a reason, and what takes it off.</summary>
    private static (OrderRun Asked, Action<OrderRun> Settle) Story(AttentionReason reason) =>
        reason switch
        {
            AttentionReason.ReversalUnconfirmed => (Waited(OrderRun.Placed().Silence(), policy => policy.SettlePatience), run =>
                run.ReversalAnswer("00", attempt: 1)
            ),
            AttentionReason.CaptureRefused => (Shipped().CaptureAnswer("05"), run => run.CaptureAnswer("00")),
            AttentionReason.CaptureUnanswered => (Waited(Shipped(), policy => policy.SettlePatience), run => run.CaptureAnswer("00")),
            AttentionReason.MessageRefused => (OrderRun.Placed().Answer("30"), run => run.Rested().Confirm().Answer("00")),
            AttentionReason.AuthorizationExpiring => (
                Waited(OrderRun.Placed().Answer("00"), policy => policy.AuthorizationValidity - policy.ExpiryWarning),
                run => run.Ship("shp_1")
            ),
            AttentionReason.AuthorizationExpired => (Waited(OrderRun.Placed().Answer("00"), policy => policy.AuthorizationValidity), run =>
                run.ReversalAnswer("00").Answer("00")
            ),
            AttentionReason.DeliveryMissing => (Waited(Shipped().CaptureAnswer("00"), policy => policy.DeliveryExpectedWithin), run =>
                run.Deliver("shp_1")
            ),
            AttentionReason.NoticeUndeliverable => (
                OrderRun
                    .Placed()
                    .Answer("05")
                    .Announced()
                    .Do(new OrderCommand.RecordNoticeUndeliverable("N1001-1-problem", "550 no such user")),
                run => run.Prove("0002")
            ),
            AttentionReason.NoticeDelayed => (
                OrderRun.Placed().Do(new OrderCommand.RecordNoticeDelayed("N1001-received", "450 greylisted")),
                run => run.Do(new OrderCommand.RecordNoticeSent("N1001-received"))
            ),
            AttentionReason.DoNotShip => (OrderRun.Placed().Answer("43"), run => run.ChangeCard(OrderRun.OtherCard).Answer("00")),
            AttentionReason.TriesSpent => (Limited(new() { TriesPerOrderMax = 1 }).Answer("05"), run =>
                run.Do(new OrderCommand.ReleaseTries("ann"))
            ),
            AttentionReason.CardsSpent => (Limited(new() { CardsPerOrderMax = 1 }).Answer("05"), run =>
                run.Do(new OrderCommand.ReleaseTries("ann"))
            ),
            AttentionReason.CardUnavailable => (Unsendable(UnsendableReason.CardUnavailable), SendAtLast),
            AttentionReason.OwnFault => (Unsendable(UnsendableReason.MessageInvalid), SendAtLast),
        };

    private static OrderRun Shipped() => OrderRun.Placed().Answer("00").Ship("shp_1");

    private static OrderRun Limited(TryLimits limits) => OrderRun.Empty(policy: new() { Tries = limits }).Do(OrderRun.PlaceCommand);

    private static OrderRun Waited(OrderRun run, Func<ApprovalPolicy, TimeSpan> time) => run.WakeUntil(run.Now + time(run.Policy));

    private static OrderRun Unsendable(UnsendableReason why) =>
        OrderRun.Placed().Do(new OrderCommand.RecordNotSent(1, "why", Cause: NotSentCause.OwnFault, Lasting: why));

    private static void SendAtLast(OrderRun run) =>
        run.At(((Standing.AwaitingApproval)run.Order.Standing).SendAgainAt!.Value).Wake().Answer("00");
}
