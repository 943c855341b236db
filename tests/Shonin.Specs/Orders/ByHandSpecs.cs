using Shonin.Domain.Approvals;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;

namespace Shonin.Specs.Orders;

/// <summary>What an agent grants, and what an agent says was done.</summary>
public sealed class ByHandSpecs
{
    [Fact]
    public void A_later_deadline_is_told_in_an_update_and_is_the_one_that_ends_the_hold()
    {
        var run = OrderRun.Placed().Answer("05").Announced();
        var before = run.Order.Hold!.Deadline;
        run.Do(new OrderCommand.ExtendDeadline("r1", "ann", before + TimeSpan.FromDays(3)));
        Assert.Null(run.Refused);
        Assert.Equal(NoticeKind.Update, run.Order.Notices[^1].Notice.Kind);
        run.WakeUntil(before + TimeSpan.FromMinutes(1));
        Assert.NotNull(run.Order.Hold);
        run.WakeUntil(before + TimeSpan.FromDays(3));
        Assert.Null(run.Order.Hold);
    }

    [Fact]
    public void The_same_extension_twice_is_one_and_tells_once()
    {
        var run = OrderRun.Placed().Answer("05").Announced();
        var extend = new OrderCommand.ExtendDeadline("r1", "ann", run.Order.Hold!.Deadline + TimeSpan.FromDays(1));
        var noticeCount = run.Do(extend).Order.Notices.Length;
        Assert.Empty(run.Do(extend).LastEvents);
        Assert.Null(run.Refused);
        Assert.Equal(noticeCount, run.Order.Notices.Length);
    }

    [Fact]
    public void Two_extensions_have_two_notices_and_the_first_leaves_no_more()
    {
        var run = OrderRun.Placed().Answer("05").Announced();
        for (var day = 1; day <= 2; day++)
            run.Do(new OrderCommand.ExtendDeadline($"r{day}", "ann", run.Order.Hold!.Deadline + TimeSpan.FromDays(1)));
        var updates = run.Order.Notices.Where(record => record.Notice.Kind == NoticeKind.Update).ToList();
        Assert.Equal(2, updates.Select(record => record.Notice.Id).Distinct().Count());
        run.Do(new OrderCommand.RefreshNotice(updates[0].Notice.Id, "1@shop.example.jp"));
        Assert.IsType<OrderEvent.NoticeWithdrawn>(Assert.Single(run.LastEvents));
    }

    [Fact]
    public void A_hold_that_nobody_was_told_of_yet_is_extended_in_silence()
    {
        var run = OrderRun.Placed().Answer("05");
        Assert.Null(run.Order.Hold!.AnnouncedAt);
        run.Do(new OrderCommand.ExtendDeadline("r1", "ann", run.Order.Hold.Deadline + TimeSpan.FromDays(1)));
        Assert.IsType<OrderEvent.DeadlineExtended>(run.LastEvents[0]);
        Assert.DoesNotContain(run.LastEvents, happened => happened is OrderEvent.NoticeQueued);
    }

    [Fact]
    public void A_deadline_moves_later_and_never_beyond_thirty_days_nor_once_it_has_passed()
    {
        var run = OrderRun.Placed().Answer("05").Announced();
        var hold = run.Order.Hold!;
        foreach (
            var wrong in new[]
            {
                hold.Deadline,
                hold.Deadline - TimeSpan.FromDays(1),
                hold.OpenedAt + ByHand.HoldMax + TimeSpan.FromTicks(1),
            }
        )
        {
            run.Do(new OrderCommand.ExtendDeadline("r1", "ann", wrong));
            Assert.Equal(Refusal.InvalidDeadline, run.Refused?.Reason);
        }
        run.Do(new OrderCommand.ExtendDeadline("r1", "ann", hold.OpenedAt + ByHand.HoldMax));
        Assert.Null(run.Refused);
        Assert.Null(ByHand.LatestDeadline(run.Order, run.Now));
        run.At(run.Order.Hold!.Deadline).Do(new OrderCommand.ExtendDeadline("r2", "ann", run.Now + TimeSpan.FromDays(1)));
        Assert.Equal(Refusal.DeadlinePassed, run.Refused?.Reason);
        run.Wake().Do(new OrderCommand.ExtendDeadline("r2", "ann", run.Now + TimeSpan.FromDays(1)));
        Assert.Equal(Refusal.NotOnHold, run.Refused?.Reason);
    }

    public static TheoryData<AttentionReason> Settled =>
        [.. Enum.GetValues<AttentionReason>().Where(reason => !ByHand.RemediesFor(reason).IsEmpty)];

    public static TheoryData<AttentionReason> NotSettled =>
        [.. Enum.GetValues<AttentionReason>().Where(reason => ByHand.RemediesFor(reason).IsEmpty)];

    [Theory, MemberData(nameof(Settled))]
    public void What_was_settled_by_hand_does_not_come_back_by_itself_and_wakes_nobody(AttentionReason reason)
    {
        var run = AttentionSpecs.Asked(reason);
        run.Do(new OrderCommand.SettleByHand("ann", reason, ByHand.RemediesFor(reason)[0]));
        Assert.DoesNotContain(reason, run.Order.Attention);
        Assert.Empty(run.Do(new OrderCommand.SettleByHand("ann", reason, ByHand.RemediesFor(reason)[0])).LastEvents);
        Assert.True(Waking.AlarmOf(run.Order, run.Policy) is not { } alarm || alarm > run.Now, "the alarm would ring for ever");
        run.WakeUntil(run.Now + TimeSpan.FromDays(1));
        Assert.DoesNotContain(reason, run.Order.Attention);
    }

    [Theory, MemberData(nameof(NotSettled))]
    public void What_a_person_cannot_settle_so_stays_on_the_list(AttentionReason reason)
    {
        var run = AttentionSpecs.Asked(reason);
        foreach (var remedy in Enum.GetValues<Remedy>())
            Assert.Equal(Refusal.NotSettledSo, run.Do(new OrderCommand.SettleByHand("ann", reason, remedy)).Refused?.Reason);
        Assert.Contains(reason, run.Order.Attention);
    }

    [Fact]
    public void A_reversal_that_was_settled_stays_settled_however_often_the_card_company_finds_nothing()
    {
        var run = OrderRun.Placed().Answer("00").Do(new OrderCommand.Cancel("c", CancelledBy.Customer, null)).ReversalAnswer("25");
        Assert.Contains(AttentionReason.ReversalUnconfirmed, run.Order.Attention);
        run.WakeUntil(run.Now + TimeSpan.FromMinutes(1));
        run.Do(new OrderCommand.SettleByHand("ann", AttentionReason.ReversalUnconfirmed, Remedy.CardCompanyConfirmed));
        Assert.Empty(run.Order.Attention);
        // Before its patience is over, after it, and with each answer to the repeats.
        foreach (var later in new[] { TimeSpan.FromMinutes(10), TimeSpan.FromHours(2), TimeSpan.FromDays(1) })
        {
            run.WakeUntil(run.Now + later);
            run.ReversalAnswer("25");
            Assert.DoesNotContain(AttentionReason.ReversalUnconfirmed, run.Order.Attention);
        }
    }

    [Fact]
    public void An_agent_who_asks_again_is_not_taken_for_the_customer()
    {
        var run = OrderRun.Placed().Answer("51").Announced();
        run.Do(new OrderCommand.RecordNoticeUndeliverable(run.Order.Notices[0].Notice.Id, "550 no such user"));
        run.Do(new OrderCommand.Confirm("again") { Agent = "ann" });
        Assert.Null(run.Refused);
        Assert.Contains(AttentionReason.NoticeUndeliverable, run.Order.Attention);
        Assert.Equal(Initiator.Agent, run.Order.Attempts[^1].Initiator);
        Assert.Equal("ann", Assert.IsType<OrderEvent.ConfirmationAsked>(run.LastEvents[0]).Agent);
    }

    [Fact]
    public void Another_parcel_that_goes_missing_later_comes_onto_the_list_again()
    {
        var run = OrderRun.Placed().Answer("00").Ship("shp_1", new ShippedItem("BEANS", 1)).CaptureAnswer("00");
        run.WakeUntil(run.Now + run.Policy.DeliveryExpectedWithin - TimeSpan.FromDays(1));
        run.Ship("shp_2", new ShippedItem("BEANS", 1)).CaptureAnswer("00", shipment: 2);
        run.WakeUntil(run.Now + TimeSpan.FromDays(1));
        Assert.Contains(AttentionReason.DeliveryMissing, run.Order.Attention);
        run.Do(new OrderCommand.SettleByHand("ann", AttentionReason.DeliveryMissing, Remedy.ParcelFound));
        run.WakeUntil(run.Now + run.Policy.DeliveryExpectedWithin);
        Assert.Contains(AttentionReason.DeliveryMissing, run.Order.Attention);
    }

    [Fact]
    public void A_second_refused_capture_comes_onto_the_list_again()
    {
        var run = OrderRun.Placed().Answer("00").Ship("shp_1", new ShippedItem("BEANS", 1)).CaptureAnswer("05");
        run.Do(new OrderCommand.SettleByHand("ann", AttentionReason.CaptureRefused, Remedy.PaidOtherwise));
        Assert.Empty(run.Order.Attention);
        run.Ship("shp_2", new ShippedItem("BEANS", 1)).CaptureAnswer("05", shipment: 2);
        Assert.Equal([AttentionReason.CaptureRefused], run.Order.Attention);
    }
}
