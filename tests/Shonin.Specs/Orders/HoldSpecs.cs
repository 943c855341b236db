using Shonin.Domain.Approvals;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;

namespace Shonin.Specs.Orders;

/// <summary>What the customer hears: one problem and one outcome for each announced hold, and nothing for a hiccup.</summary>
public sealed class HoldSpecs
{
    [Fact]
    public void A_hiccup_mails_nobody()
    {
        var run = OrderRun.Placed().Answer("05").Confirm().Answer("00");
        Assert.Equal([NoticeKind.Received], Kinds(run));
        Assert.Equal(
            [NoticeKind.Received],
            Kinds(OrderRun.Placed().NotSent().WakeUntil(OrderRun.Start + TimeSpan.FromSeconds(2)).Answer("00"))
        );
    }

    [Fact]
    public void An_announced_hold_has_one_problem_and_one_outcome()
    {
        var run = OrderRun.Placed().Answer("05").Announced();
        Assert.Equal([NoticeKind.Received, NoticeKind.Problem], Kinds(run));
        run.Wake().Confirm().Answer("00").Wake();
        Assert.Equal([NoticeKind.Received, NoticeKind.Problem, NoticeKind.Outcome], Kinds(run));
        Assert.Equal(NoticeOutcome.Approved, run.Order.Notices[^1].Notice.Outcome);
    }

    [Theory]
    [InlineData(CancelledBy.Customer, NoticeOutcome.CancelledByCustomer), InlineData(CancelledBy.Agent, NoticeOutcome.CancelledByMerchant)]
    [InlineData(CancelledBy.Merchant, NoticeOutcome.CancelledByMerchant)]
    public void A_cancelled_hold_ends_with_its_outcome_and_a_cancelled_order_without_one_with_a_notice_of_its_own(
        CancelledBy by,
        NoticeOutcome outcome
    )
    {
        var announced = OrderRun.Placed().Answer("05").Announced().Cancel(by).Order.Notices[^1].Notice;
        Assert.Equal((NoticeKind.Outcome, 1, outcome), (announced.Kind, announced.Episode, announced.Outcome));
        var silent = OrderRun.Placed().Answer("05").Cancel(by).Order.Notices[^1].Notice;
        Assert.Equal((NoticeKind.Cancelled, 0, outcome), (silent.Kind, silent.Episode, silent.Outcome));
    }

    [Fact]
    public void A_change_of_class_is_told_once_and_the_same_class_again_is_not()
    {
        var run = OrderRun.Placed().Answer("05").Announced().Confirm("1").Answer("51");
        Assert.DoesNotContain(NoticeKind.Update, Kinds(run));
        run.Rested().Confirm("2").Answer("01");
        Assert.Equal(NoticeKind.Update, Kinds(run)[^1]);
        Assert.Equal(HoldClass.Referred, run.Order.Notices[^1].Notice.Class);
        run.Rested().Confirm("3").Silence();
        Assert.Equal("N1001-1-update-2", run.Order.Notices[^1].Notice.Id);
    }

    /// <summary>
    /// "Said no", "could not answer" and "our own fault" are one class: the text changes all the same, and the customer hears of it.
    /// </summary>
    [Theory]
    [
        InlineData("05", "51", 0),
        InlineData("05", "91", 1),
        InlineData("91", "05", 1),
        InlineData("05", "30", 1),
        InlineData("30", "13", 0),
        InlineData("91", "96", 0)
    ]
    public void Within_a_class_another_reason_is_told_and_the_same_reason_again_is_not(string first, string second, int updates)
    {
        var run = OrderRun.Placed().Answer(first).Announced().Confirm().Answer(second);
        Assert.Equal(updates, Kinds(run).Count(kind => kind == NoticeKind.Update));
        Assert.Equal(run.Order.Notices.Length, run.Order.Notices.Select(record => record.Notice.Id).Distinct().Count());
    }

    [Fact]
    public void Reasons_that_come_and_go_within_a_class_are_each_told_with_every_answer()
    {
        var run = OrderRun.Placed().Answer("05").Announced();
        foreach (var (code, request) in new[] { ("91", "1"), ("05", "2"), ("91", "3") })
            run.Rested().Confirm(request).Answer(code);
        Assert.Equal(
            ["N1001-1-update-0", "N1001-1-update-0-2", "N1001-1-update-0-3"],
            run.Order.Notices.Select(record => record.Notice).Where(notice => notice.Kind == NoticeKind.Update).Select(notice => notice.Id)
        );
    }

    [Fact]
    public void What_keeps_a_request_from_leaving_is_told_once_a_hold_however_often_it_changes()
    {
        var run = OrderRun.Placed().Silence().ReversalAnswer("25").Announced();
        run.WakeUntil(run.Order.Hold!.RetryAt!.Value);
        for (var round = 0; round < 6; round++)
        {
            run.Do(
                new OrderCommand.RecordNotSent(
                    run.Order.Attempts.Length,
                    "why",
                    Cause: round % 2 == 0 ? NotSentCause.OwnFault : NotSentCause.OutOfReach
                )
            );
            run.At(run.Order.Hold!.SendAgainAt!.Value).Wake();
        }
        Assert.Equal(2, Kinds(run).Count(kind => kind == NoticeKind.Update));
    }

    [Fact]
    public void A_change_of_class_before_the_announcement_is_told_by_the_problem_alone()
    {
        var run = OrderRun.Placed().Answer("05").Confirm().Answer("01").Announced();
        Assert.Equal([NoticeKind.Received, NoticeKind.Problem], Kinds(run));
        Assert.Equal(HoldClass.Referred, run.Order.Notices[^1].Notice.Class);
    }

    [Fact]
    public void The_customer_is_reminded_at_the_set_pace_until_the_deadline()
    {
        var run = OrderRun.Placed().Answer("01").Announced();
        run.WakeUntil(run.Order.Hold!.Deadline);
        Assert.Equal([NoticeKind.Received, NoticeKind.Problem, NoticeKind.Reminder, NoticeKind.Reminder, NoticeKind.Outcome], Kinds(run));
        Assert.Equal(NoticeOutcome.CancelledByDeadline, run.Order.Notices[^1].Notice.Outcome);
    }

    [Fact]
    public void A_link_that_stays_down_opens_a_hold_of_no_answer_and_tells_it_at_once()
    {
        var run = OrderRun.Placed().LinkIs(LinkCondition.Down).NotSent();
        Assert.Empty(run.At(OrderRun.Start + TimeSpan.FromSeconds(59)).Wake().LastEvents);
        run.At(OrderRun.Start + TimeSpan.FromSeconds(60)).Wake();
        Assert.Equal(HoldClass.NoAnswer, run.Order.Hold!.Class);
        Assert.Equal(NoticeKind.Problem, Kinds(run)[^1]);
        Assert.IsType<Standing.Approved>(run.LinkIs(LinkCondition.Up).Wake().Answer("00").Order.Standing);
        Assert.Equal(NoticeKind.Outcome, Kinds(run)[^1]);
    }

    [Fact]
    public void The_deadline_beats_a_retry_that_is_due_in_the_same_moment()
    {
        var run = OrderRun.Placed().Answer("05").Announced();
        run.At(run.Order.Hold!.Deadline).Wake();
        Assert.Single(run.Order.Attempts);
        Assert.Equal(CancelledBy.Deadline, Assert.IsType<Standing.Cancelled>(run.Order.Standing).By);
    }

    [Fact]
    public void Our_own_fault_goes_to_an_agent_until_the_hold_ends()
    {
        var run = OrderRun.Placed().Answer("30");
        Assert.Equal([AttentionReason.MessageRefused], run.Order.Attention);
        Assert.Empty(run.Confirm().Answer("00").Order.Attention);
        Assert.Empty(OrderRun.Placed().Answer("30").Cancel().Order.Attention);
    }

    [Theory]
    [InlineData("04"), InlineData("07"), InlineData("41"), InlineData("43")]
    public void A_lost_or_stolen_card_is_put_before_an_agent_once_and_settled_when_another_card_pays(string code)
    {
        var run = OrderRun.Placed().Answer(code);
        Assert.Equal([AttentionReason.DoNotShip], run.Order.Attention);
        Assert.Empty(run.ChangeCard(OrderRun.OtherCard).Answer("00").Order.Attention);
    }

    private static NoticeKind[] Kinds(OrderRun run) => [.. run.Order.Notices.Select(record => record.Notice.Kind)];
}
