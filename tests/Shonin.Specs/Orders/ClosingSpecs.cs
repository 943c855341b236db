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
    public void Nothing_found_is_no_end_of_a_reversal_whose_approval_we_hold_and_an_agent_sees_it()
    {
        var run = OrderRun.Placed().Answer("00").Cancel().ReversalAnswer("25");
        Assert.IsType<Standing.Closing>(run.Order.Standing);
        Assert.True(run.Last.IsReversing);
        Assert.Equal([AttentionReason.ReversalUnconfirmed], run.Order.Attention);
        Assert.Empty(run.ReversalAnswer("25").LastEvents);
        run.WakeUntil(run.Now + run.Policy.ClosingPatience);
        Assert.IsType<Standing.Cancelled>(run.Order.Standing);
        Assert.Equal([AttentionReason.ReversalUnconfirmed], run.Order.Attention);
        Assert.Equal(run.Last.Reversal!.RepeatAt, run.Alarm);
        Assert.Empty(run.ReversalAnswer("00").Order.Attention);
        Assert.Null(run.Alarm);
    }

    [Theory]
    [InlineData("00"), InlineData("21")]
    public void Done_or_nothing_to_do_ends_a_reversal_also_where_we_hold_the_approval(string code) =>
        Assert.IsType<Standing.Cancelled>(OrderRun.Placed().Answer("00").Cancel().ReversalAnswer(code).Order.Standing);

    [Fact]
    public void An_approval_that_came_too_late_is_proof_too()
    {
        Assert.False(OrderRun.Placed().Silence().ReversalAnswer("25").Last.IsReversing);
        var run = OrderRun.Placed().Silence().Answer("00").ReversalAnswer("25");
        Assert.True(run.Last.IsReversing);
        Assert.Equal([AttentionReason.ReversalUnconfirmed], run.Order.Attention);
        Assert.Empty(run.ReversalAnswer("00").Order.Attention);
    }

    [Fact]
    public void A_reversal_that_stays_open_reaches_an_agent_in_a_hold_too_and_goes_on()
    {
        var run = OrderRun.Placed().Silence();
        var since = run.Now;
        run.WakeUntil(since + run.Policy.SettlePatience - TimeSpan.FromSeconds(1));
        Assert.Empty(run.Order.Attention);
        run.WakeUntil(since + run.Policy.SettlePatience);
        Assert.Equal([AttentionReason.ReversalUnconfirmed], run.Order.Attention);
        Assert.True(run.Order.Attempts[0].IsReversing);
        Assert.Empty(run.ReversalAnswer("00", attempt: 1).Order.Attention);
    }

    [Fact]
    public void A_reversal_carries_the_acquirer_and_terminal_of_what_it_takes_back_whatever_the_settings_say_by_then()
    {
        var asked = new WireSender("100001", "SHONIN01");
        var run = OrderRun.Placed(sender: asked).Answer("00").SendsAs(new("100002", "SHONIN02")).Cancel();
        Assert.Equal(asked, run.Last.Claim.Sender);
        Assert.Equal(asked, run.Last.Reversal!.Claim.Sender);
        Assert.Equal(
            "SHONIN02",
            OrderRun.Placed(sender: asked).Answer("05").SendsAs(new("100002", "SHONIN02")).Confirm().Last.Claim.Sender?.Terminal
        );
    }

    [Fact]
    public void A_reversal_whose_card_is_gone_from_the_vault_reaches_an_agent_at_once_and_is_settled_by_its_answer()
    {
        var run = OrderRun.Placed().Answer("00").Cancel();
        var gone = new OrderCommand.RecordUnsendable(run.Last.Reversal!.Claim.WireKey, UnsendableReason.CardUnavailable);
        Assert.Equal([AttentionReason.CardUnavailable], run.Do(gone).Order.Attention);
        Assert.Empty(run.Do(gone).LastEvents);
        Assert.Empty(run.ReversalAnswer("00").Order.Attention);
        Assert.Empty(run.Do(gone).LastEvents);
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
        Assert.Equal(
            Refusal.AlreadyShipped,
            OrderRun.Placed().Answer("00").Ship("shp_1", new ShippedItem("BEANS", 1)).Cancel().Refused?.Reason
        );
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
