using Shonin.Domain;
using Shonin.Domain.Approvals;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.Merchant.Approvals;

namespace Shonin.Specs.Orders;

/// <summary>An approval that runs out before all is shipped is a hold of its own, with a way out; never a dead end.</summary>
public sealed class ExpiringSpecs
{
    [Fact]
    public void What_ran_out_is_given_back_asked_again_by_ourselves_and_mails_nobody_where_it_is_approved_at_once()
    {
        var run = RanOut();
        Assert.Equal(HoldClass.Expired, run.Order.Hold!.Class);
        Assert.Equal(ReversalReason.Error, run.Last.Reversal!.Reason);
        Assert.Equal([AttentionReason.AuthorizationExpired], run.Order.Attention);
        run.ReversalAnswer("00");
        Assert.Equal((Initiator.Reauthorization, run.Order.Total), (run.Last.Initiator, run.Last.Amount));
        run.Answer("00");
        Assert.IsType<Standing.Approved>(run.Order.Standing);
        Assert.Empty(run.Order.Attention);
        Assert.Equal([NoticeKind.Received], run.Order.Notices.Select(record => record.Notice.Kind));
        Assert.Null(run.Ship("shp_1").Refused);
    }

    [Fact]
    public void Of_an_order_shipped_in_part_only_the_rest_is_given_back_and_asked()
    {
        var run = RanOut(new ShippedItem("BEANS", 2));
        var reversal = Assert.Single(MessagesToNetwork.Of(run.Order, run.History).OfType<NetworkRequest.Reverse>());
        Assert.Equal((ReversalReason.Rest, 12_000L, 4_000L), (reversal.Reason, reversal.Amount.MinorUnits, reversal.NewTotal?.MinorUnits));
        run.ReversalAnswer("00").Answer("00");
        Assert.Equal(8_000, run.Last.Amount.MinorUnits);
        Assert.Equal(Refusal.AlreadyShipped, run.Cancel().Refused?.Reason);
        run.Ship("shp_2");
        Assert.Null(run.Refused);
        Assert.Equal((2, 8_000L), (run.Order.Shipments[^1].Attempt, run.Order.Shipments[^1].Amount.MinorUnits));
        Assert.True(run.Order.IsShippedWhole);
        Assert.Equal(run.Order.Total, run.Order.Captured);
    }

    [Theory]
    [InlineData("05", HoldClass.Declined), InlineData("01", HoldClass.Referred), InlineData(null, HoldClass.NoAnswer)]
    public void What_the_card_company_says_then_is_told_as_in_any_hold_once_with_its_outcome(string? code, HoldClass told)
    {
        var run = RanOut().ReversalAnswer("00");
        _ = code is null ? run.Silence() : run.Answer(code);
        run.WakeUntil(run.Order.Hold!.AnnounceAt);
        var problem = Assert.Single(run.Order.Notices, record => record.Notice.Kind == NoticeKind.Problem).Notice;
        Assert.Equal(told, problem.Class);
        Assert.Null(run.Confirm().Refused);
        Assert.Equal(NoticeOutcome.Approved, run.Answer("00").Order.Notices[^1].Notice.Outcome);
    }

    [Fact]
    public void A_soft_no_is_asked_again_at_the_set_pace_and_the_deadline_cancels()
    {
        var run = RanOut().ReversalAnswer("00").Answer("05");
        Assert.Equal(run.Now + run.Policy.RetryAfter[0], run.Order.Hold!.RetryAt);
        foreach (var _ in run.Policy.RetryAfter)
            run.WakeUntil(run.Order.Hold!.RetryAt!.Value).Answer("05");
        Assert.Null(run.Order.Hold!.RetryAt);
        Assert.Equal(2 + run.Policy.RetryAfter.Count, run.Order.Attempts.Length);
        run.WakeUntil(run.Order.Hold!.Deadline);
        Assert.IsType<Standing.Cancelled>(run.Order.Standing);
        Assert.Equal(NoticeOutcome.CancelledByDeadline, run.Order.Notices[^1].Notice.Outcome);
        Assert.Empty(run.Order.Attention);
    }

    [Fact]
    public void The_rest_of_an_order_shipped_in_part_can_be_cancelled_and_the_parcels_go_their_way()
    {
        var run = RanOut(new ShippedItem("BEANS", 2)).ReversalAnswer("00").Answer("43").Announced();
        Assert.Equal([OrderAction.ChangeMethod, OrderAction.Cancel], OrderActions.Of(run.Order, run.Now));
        Assert.IsType<Standing.Cancelled>(run.Cancel().Order.Standing);
        Assert.Equal(NoticeOutcome.CancelledByCustomer, run.Order.Notices[^1].Notice.Outcome);
        Assert.Null(run.Deliver("shp_1").Refused);
        Assert.Equal(Refusal.AlreadyCancelled, run.Ship("shp_2").Refused?.Reason);
    }

    [Fact]
    public void Where_the_reversal_or_the_link_takes_long_the_customer_is_told_what_ran_out_and_may_ask_at_once()
    {
        var run = RanOut().LinkIs(LinkCondition.Down);
        run.At(run.Order.Hold!.AnnounceAt).Wake();
        Assert.Equal((NoticeKind.Problem, HoldClass.Expired), (run.Order.Notices[^1].Notice.Kind, run.Order.Notices[^1].Notice.Class));
        Assert.Equal([OrderAction.Confirm, OrderAction.ChangeMethod, OrderAction.Cancel], OrderActions.Of(run.Order, run.Now));
        Assert.Equal(Initiator.CustomerConfirms, run.LinkIs(LinkCondition.Up).Confirm().Last.Initiator);
        Assert.True(run.Order.MayBeHeldTwice);
    }

    [Fact]
    public void Nothing_found_ends_the_taking_back_of_what_ran_out() => Assert.NotNull(RanOut().ReversalAnswer("25").Order.AttemptInFlight);

    [Fact]
    public void We_do_not_ask_by_ourselves_what_the_rules_leave_to_the_customer_but_an_approval_wipes_out_what_was_said_before_it()
    {
        var cleared = OrderRun.Placed().Answer("01").Announced().Confirm().Answer("00");
        cleared.WakeUntil(cleared.Now + cleared.Policy.AuthorizationValidity).ReversalAnswer("00", attempt: 2);
        Assert.Equal(Initiator.Reauthorization, cleared.Last.Initiator);
        var referred = RanOut().ReversalAnswer("00").Answer("01");
        Assert.Null(referred.Order.Hold!.RetryAt);
        Assert.Null(referred.Confirm().Refused);
    }

    [Fact]
    public void Every_approval_that_runs_out_has_its_own_warning_and_its_own_episode()
    {
        var run = RanOut().ReversalAnswer("00").Answer("00");
        run.WakeUntil(run.Now + run.Policy.AuthorizationValidity - run.Policy.ExpiryWarning);
        Assert.Equal([AttentionReason.AuthorizationExpiring], run.Order.Attention);
        run.WakeUntil(run.Now + run.Policy.ExpiryWarning);
        Assert.Equal((2, HoldClass.Expired), (run.Order.Hold!.Episode, run.Order.Hold.Class));
    }

    [Theory, InlineData(0), InlineData(2)]
    public void An_order_that_is_never_shipped_is_asked_again_so_often_and_then_by_nobody_but_the_customer(int most)
    {
        var run = OrderRun.Empty(policy: new() { ReauthorizationsMax = most }).Do(OrderRun.PlaceCommand).Answer("00");
        for (var time = 0; time < most; time++)
        {
            run.WakeUntil(run.Now + run.Policy.AuthorizationValidity).ReversalAnswer("00");
            Assert.Equal(Initiator.Reauthorization, run.Last.Initiator);
            run.Answer("00");
        }
        run.WakeUntil(run.Now + run.Policy.AuthorizationValidity).ReversalAnswer("00");
        Assert.Null(run.Order.AttemptInFlight);
        Assert.Null(run.Order.Hold!.RetryAt);
        Assert.Equal([AttentionReason.AuthorizationExpired], run.Order.Attention);

        run.WakeUntil(run.Order.Hold.AnnounceAt);
        Assert.Equal((NoticeKind.Problem, HoldClass.Expired), (run.Order.Notices[^1].Notice.Kind, run.Order.Notices[^1].Notice.Class));
        var next = HoldAdvice.For(run.Order, HoldClass.Expired, new SpokenTime("Asia/Tokyo"), run.Now, CardMention.Brand).Next;
        Assert.Contains("自動で問い合わせることはありません", next.Ja, StringComparison.Ordinal);
        Assert.Contains("We won't ask again by ourselves", next.En, StringComparison.Ordinal);

        run.WakeUntil(run.Order.Hold.Deadline);
        Assert.IsType<Standing.Cancelled>(run.Order.Standing);
        Assert.Empty(run.Order.Attention);
    }

    [Fact]
    public void The_customer_may_still_have_it_asked_after_that()
    {
        var run = OrderRun.Empty(policy: new() { ReauthorizationsMax = 0 }).Do(OrderRun.PlaceCommand).Answer("00");
        run.WakeUntil(run.Now + run.Policy.AuthorizationValidity).ReversalAnswer("00").Confirm();
        Assert.Null(run.Refused);
        Assert.IsType<Standing.Approved>(run.Answer("00").Order.Standing);
    }

    /// <summary>Of 12,000, 4,000 were charged: no more than the 8,000 that are left can be held beside what is asked again.</summary>
    [Fact]
    public void What_may_be_held_twice_of_a_part_shipped_order_is_the_rest()
    {
        var run = RanOut(new ShippedItem("BEANS", 2)).LinkIs(LinkCondition.Down);
        run.At(run.Order.Hold!.AnnounceAt).Wake();
        var confirm = HoldAdvice
            .For(run.Order, HoldClass.Expired, new SpokenTime("Asia/Tokyo"), run.Now, CardMention.Brand)
            .Choices[0]
            .Effect;
        Assert.Contains("8,000円が2回分", confirm.Ja, StringComparison.Ordinal);
        Assert.Contains("¥8,000 may be held twice", confirm.En, StringComparison.Ordinal);
    }

    [Fact]
    public void Free_things_that_are_left_need_no_approval()
    {
        var run = RanOut(new ShippedItem("BEANS", 3), new ShippedItem("MILL", 1));
        Assert.IsType<Standing.Approved>(run.Order.Standing);
        Assert.Empty(run.Order.Attention);
        Assert.Null(run.Ship("shp_2").Refused);
        Assert.True(run.Order.IsShippedWhole);
    }

    [Fact]
    public void An_order_that_an_earlier_version_left_without_approval_gets_its_hold_at_the_next_wake()
    {
        var run = OrderRun.Placed().Answer("00");
        var before = run.Order;
        var left = Order.Evolve(
            Order.Evolve(before, new OrderEvent.AuthorizationExpired(1, run.Now)),
            new OrderEvent.AttentionAsked(AttentionReason.AuthorizationExpired, run.Now)
        );
        Assert.True(Waking.AlarmOf(left, run.Policy) <= run.Now);
        var woken = Assert.IsType<Decision.Accepted>(
            OrderDecider.Decide(
                left,
                new OrderCommand.Wake(),
                new Moment(run.Now, run.Policy, OrderRun.SuppliesFrom(500), LinkCondition.Up)
            )
        );
        Assert.Equal(HoldClass.Expired, woken.Order.Hold?.Class);
        Assert.True(woken.Order.Hold?.RetryAt <= run.Now);
    }

    [Theory, InlineData(Locale.Ja), InlineData(Locale.En)]
    public void The_page_never_says_that_nothing_was_approved_above_an_approval(Locale locale)
    {
        var run = RanOut(new ShippedItem("BEANS", 2));
        foreach (
            var words in new[]
            {
                CardHoldWording.Of(run.Order),
                CardHoldWording.Of(run.ReversalAnswer("21").Order),
                OrderWording.StateMeaning(run.Order),
            }
        )
        {
            Assert.DoesNotContain(
                locale == Locale.Ja ? "承認されていない" : "Nothing was approved",
                words.In(locale),
                StringComparison.Ordinal
            );
        }

        Assert.Contains(locale == Locale.Ja ? "残り" : "rest", OrderWording.StateMeaning(run.Order).In(locale), StringComparison.Ordinal);
    }

    /// <summary>Approved, perhaps shipped in part, and then left until the approval has run out.</summary>
    private static OrderRun RanOut(params ShippedItem[] shipped)
    {
        var run = OrderRun.Placed().Answer("00");
        var end = run.Now + run.Policy.AuthorizationValidity;
        if (shipped.Length > 0)
            run.Ship("shp_1", shipped).CaptureAnswer("00").Deliver("shp_1");
        return run.WakeUntil(end);
    }
}
