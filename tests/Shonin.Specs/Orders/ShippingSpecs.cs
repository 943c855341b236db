using Shonin.Domain.Approvals;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;

namespace Shonin.Specs.Orders;

/// <summary>
/// Nothing leaves the house without a live authorization, captures never exceed it, and every parcel is watched until it arrives.
/// </summary>
public sealed class ShippingSpecs
{
    [Fact]
    public void Parcels_capture_what_is_in_them_and_never_more_than_was_approved()
    {
        var run = OrderRun
            .Placed()
            .Answer("00")
            .Ship("shp_1", new ShippedItem("BEANS", 2))
            .Ship("shp_2", new ShippedItem("BEANS", 1), new ShippedItem("MILL", 1));
        Assert.Equal([4_000L, 8_000L], run.Order.Shipments.Select(shipment => shipment.Amount.MinorUnits));
        Assert.Equal(run.Order.Total, run.Order.Captured);
        Assert.Equal(Refusal.AlreadyShipped, run.Ship("shp_3", new ShippedItem("MILL", 1)).Refused?.Reason);
        Assert.Null(run.Ship("shp_4").Refused);
        Assert.True(run.Order.IsShippedWhole);
        Assert.Equal(Refusal.AlreadyShipped, run.Ship("shp_5").Refused?.Reason);
    }

    [Theory]
    [InlineData("BEANS", 0), InlineData("BEANS", -1), InlineData("BEANS", 4), InlineData("TEA", 1), InlineData("", 1)]
    public void What_was_not_ordered_is_not_shipped(string sku, int quantity)
    {
        Assert.Equal(Refusal.InvalidItems, OrderRun.Placed().Answer("00").Ship("shp_1", new ShippedItem(sku, quantity)).Refused?.Reason);
        Assert.Null(OrderRun.Placed().Answer("00").Ship("shp_1", new ShippedItem("BEANS", 3)).Refused);
    }

    [Fact]
    public void What_has_left_already_is_told_apart_from_what_was_never_ordered()
    {
        var run = OrderRun.Placed().Answer("00").Ship("shp_1", new ShippedItem("BEANS", 2));
        Assert.Equal(Refusal.AlreadyShipped, run.Ship("shp_2", new ShippedItem("BEANS", 2)).Refused?.Reason);
        Assert.Equal(Refusal.InvalidItems, run.Ship("shp_3", new ShippedItem("BEANS", 4)).Refused?.Reason);
        Assert.Equal(Refusal.AlreadyShipped, run.After(TimeSpan.FromDays(40)).Ship("shp_4", new ShippedItem("BEANS", 3)).Refused?.Reason);
        Assert.Null(
            OrderRun.Placed().Answer("00").Ship("shp_1", new ShippedItem("BEANS", 2)).Ship("shp_2", new ShippedItem("BEANS", 1)).Refused
        );
    }

    [Fact]
    public void One_line_twice_in_a_parcel_is_refused() =>
        Assert.Equal(
            Refusal.InvalidItems,
            OrderRun.Placed().Answer("00").Ship("shp_1", new ShippedItem("BEANS", 1), new ShippedItem("BEANS", 1)).Refused?.Reason
        );

    [Fact]
    public void A_parcel_of_free_things_captures_nothing_and_waits_for_no_answer()
    {
        var run = OrderRun.Placed().Answer("00").Ship("shp_1", new ShippedItem("LEAFLET", 1));
        Assert.False(run.Order.Shipments[0].CaptureIsOutstanding);
        Assert.Empty(run.CaptureAnswer("05").LastEvents);
    }

    [Fact]
    public void Without_a_live_authorization_nothing_is_shipped()
    {
        Assert.Equal(Refusal.NoLiveAuthorization, OrderRun.Placed().Ship("shp_1").Refused?.Reason);
        Assert.Equal(Refusal.NoLiveAuthorization, OrderRun.Placed().Answer("05").Ship("shp_1").Refused?.Reason);
        Assert.Equal(Refusal.AlreadyCancelled, OrderRun.Placed().Answer("00").Cancel().Ship("shp_1").Refused?.Reason);
        Assert.Equal(
            Refusal.NoLiveAuthorization,
            OrderRun.Placed().Answer("00").After(TimeSpan.FromDays(30)).Ship("shp_1").Refused?.Reason
        );
        Assert.Null(OrderRun.Placed().Answer("00").After(TimeSpan.FromDays(30) - TimeSpan.FromSeconds(1)).Ship("shp_1").Refused);
    }

    [Fact]
    public void An_authorization_that_ends_is_warned_of_once_then_noted_and_an_agent_sees_both_and_it_is_a_hold()
    {
        var run = OrderRun.Placed().Answer("00");
        var approvedAt = run.Now;
        Assert.Equal(approvedAt + TimeSpan.FromDays(28), run.Alarm);
        Assert.Equal([AttentionReason.AuthorizationExpiring], run.At(run.Alarm!.Value).Wake().Order.Attention);
        Assert.Equal(approvedAt + TimeSpan.FromDays(30), run.Alarm);
        Assert.Equal([AttentionReason.AuthorizationExpired], run.At(run.Alarm!.Value).Wake().Order.Attention);
        Assert.Equal(HoldClass.Expired, run.Order.Hold?.Class);
        Assert.NotNull(run.Alarm);
    }

    [Fact]
    public void A_capture_repeats_until_it_is_answered_and_a_refused_one_goes_to_an_agent()
    {
        var run = OrderRun.Placed().Answer("00").Ship("shp_1");
        Assert.IsType<OrderEvent.CaptureRepeated>(Assert.Single(run.At(run.Alarm!.Value).Wake().LastEvents));
        run.CaptureAnswer("00");
        Assert.False(run.Order.Shipments[0].CaptureIsOutstanding);
        Assert.Empty(run.Order.Attention);
        Assert.Equal([AttentionReason.CaptureRefused], OrderRun.Placed().Answer("00").Ship("shp_1").CaptureAnswer("94").Order.Attention);
    }

    [Fact]
    public void A_capture_that_stays_unanswered_reaches_an_agent_and_goes_on()
    {
        var run = OrderRun.Placed().Answer("00").Ship("shp_1");
        run.WakeUntil(run.Now + run.Policy.SettlePatience - TimeSpan.FromSeconds(1));
        Assert.Empty(run.Order.Attention);
        run.WakeUntil(run.Order.Shipments[0].ShippedAt + run.Policy.SettlePatience);
        Assert.Equal([AttentionReason.CaptureUnanswered], run.Order.Attention);
        Assert.Equal(run.Order.Shipments[0].RepeatAt, run.Alarm);
        Assert.Empty(run.CaptureAnswer("00").Order.Attention);
    }

    [Theory]
    [
        InlineData(UnsendableReason.CardUnavailable, AttentionReason.CardUnavailable),
        InlineData(UnsendableReason.MessageInvalid, AttentionReason.OwnFault)
    ]
    public void A_capture_that_cannot_be_sent_reaches_an_agent_at_once(UnsendableReason why, AttentionReason reason)
    {
        var run = OrderRun.Placed().Answer("00").Ship("shp_1");
        run.Do(new OrderCommand.RecordUnsendable(run.Order.Shipments[0].Claim.WireKey, why));
        Assert.Equal([reason], run.Order.Attention);
        Assert.Empty(run.CaptureAnswer("00").Order.Attention);
        Assert.Empty(
            OrderRun.Placed().Answer("00").Ship("shp_1").Do(new OrderCommand.RecordUnsendable("1124010000-999999", why)).LastEvents
        );
    }

    [Fact]
    public void Each_parcel_that_does_not_arrive_comes_onto_the_list_also_after_an_earlier_one_did()
    {
        var run = OrderRun.Placed().Answer("00").Ship("shp_1", new ShippedItem("MILL", 1)).CaptureAnswer("00");
        run.WakeUntil(run.Order.Shipments[0].DeliveryExpectedBy);
        Assert.Equal([AttentionReason.DeliveryMissing], run.Order.Attention);
        Assert.Empty(run.Deliver("shp_1").Order.Attention);
        run.Ship("shp_2").CaptureAnswer("00", 2);
        Assert.Equal(run.Order.Shipments[1].DeliveryExpectedBy, run.Alarm);
        Assert.Equal([AttentionReason.DeliveryMissing], run.At(run.Alarm!.Value).Wake().Order.Attention);
    }

    [Fact]
    public void Two_parcels_of_one_moment_have_notices_of_their_own()
    {
        var run = OrderRun.Placed().Answer("00").Ship("shp_1", new ShippedItem("MILL", 1)).Ship("shp_2").Deliver("shp_2").Deliver("shp_1");
        Assert.Equal(
            ["N1001-shipped-1", "N1001-shipped-2", "N1001-delivered-2", "N1001-delivered-1"],
            run.Order.Notices.Where(record => record.Notice.Kind is NoticeKind.Shipped or NoticeKind.Delivered)
                .Select(record => record.Notice.Id)
        );
    }

    [Fact]
    public void A_parcel_is_delivered_once_and_an_unknown_one_not_at_all()
    {
        var run = OrderRun.Placed().Answer("00").Ship("shp_1").Deliver("shp_1");
        Assert.Empty(run.Deliver("shp_1").LastEvents);
        Assert.Equal(Refusal.ShipmentNotFound, run.Deliver("shp_2").Refused?.Reason);
    }
}
