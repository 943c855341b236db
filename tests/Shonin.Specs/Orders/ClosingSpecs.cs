using Shonin.Domain.Approvals;
using Shonin.Domain.Orders;

namespace Shonin.Specs.Orders;

/// <summary>Cancelled means that nothing is held, or that an agent sees the exception.</summary>
public sealed class ClosingSpecs
{
    [Fact]
    public void Cancelling_while_asked_takes_back_what_may_be_held_and_waits_for_the_answer()
    {
        var run = OrderRun.Placed().Cancel();
        Assert.IsType<Standing.Closing>(run.Order.Standing);
        Assert.Equal(ReversalReason.CustomerCancelled, run.Last.Reversal!.Reason);
        Assert.IsType<Standing.Closing>(run.Answer("00").Order.Standing);
        Assert.IsType<Standing.Cancelled>(run.ReversalAnswer("00").Order.Standing);
        Assert.Null(run.Alarm);
    }

    [Fact]
    public void Cancelling_an_approved_order_reverses_the_approval()
    {
        var run = OrderRun.Placed().Answer("00").Cancel();
        Assert.IsType<Standing.Closing>(run.Order.Standing);
        Assert.Null(run.Order.Approval);
        Assert.IsType<Standing.Cancelled>(run.ReversalAnswer("00").Order.Standing);
    }

    [Fact]
    public void Cancelling_what_holds_nothing_is_done_at_once()
    {
        Assert.IsType<Standing.Cancelled>(OrderRun.Placed().Answer("05").Cancel().Order.Standing);
        Assert.IsType<Standing.Cancelled>(OrderRun.Placed().NotSent().Cancel().Order.Standing);
    }

    [Fact]
    public void A_reversal_that_nobody_answers_goes_to_an_agent_and_repeats_until_it_is_settled()
    {
        var run = OrderRun.Placed().Answer("00").Cancel();
        run.WakeUntil(run.Now + run.Policy.ClosingPatience);
        Assert.IsType<Standing.Cancelled>(run.Order.Standing);
        Assert.Equal([AttentionReason.ReversalUnconfirmed], run.Order.Attention);
        Assert.Equal(run.Last.Reversal!.RepeatAt, run.Alarm);
        Assert.Empty(run.ReversalAnswer("00").Order.Attention);
    }

    [Fact]
    public void A_late_approval_of_a_cancelled_order_is_taken_back_before_an_agents_eyes()
    {
        var run = OrderRun.Placed().Silence().Cancel().ReversalAnswer("25");
        Assert.IsType<Standing.Cancelled>(run.Order.Standing);
        run.Answer("00");
        Assert.True(run.Last.IsReversing);
        Assert.Equal([AttentionReason.ReversalUnconfirmed], run.Order.Attention);
        Assert.Empty(run.ReversalAnswer("00").Order.Attention);
    }

    [Fact]
    public void A_second_cancellation_is_refused_and_the_same_one_is_accepted_with_no_new_fact()
    {
        var run = OrderRun.Placed().Answer("00").Cancel(request: "1");
        Assert.Empty(run.Cancel(request: "1").LastEvents);
        Assert.Null(run.Refused);
        Assert.Equal(Refusal.AlreadyCancelled, run.Cancel(request: "2").Refused?.Reason);
    }

    [Fact]
    public void What_was_shipped_even_in_part_is_not_cancelled()
    {
        Assert.Equal(Refusal.AlreadyShipped, OrderRun.Placed().Answer("00").Ship("shp_1", new ShippedItem("BEANS", 1)).Cancel().Refused?.Reason);
        Assert.Null(OrderRun.Placed().Answer("00").Cancel().Refused);
    }

    [Fact]
    public void A_cancelled_order_leaves_the_agents_list_for_what_no_longer_matters()
    {
        var run = OrderRun.Placed().Answer("00").After(TimeSpan.FromDays(29)).Wake();
        Assert.Equal([AttentionReason.AuthorizationExpiring], run.Order.Attention);
        Assert.Empty(run.Cancel(CancelledBy.Agent).ReversalAnswer("00").Order.Attention);
    }
}
