using Shonin.Domain;
using Shonin.Domain.Approvals;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.Specs.Orders;

namespace Shonin.Specs.Approvals;

/// <summary>No answer, a late one, a repeated one, and one that proves nothing.</summary>
public sealed class SilenceSpecs
{
    public static TheoryData<string> WaysToProveNothing =>
        ["no approval code", "another RRN", "no RRN", "another amount", "another currency"];

    [Fact]
    public void An_unknown_outcome_starts_its_reversal_in_the_same_decision()
    {
        var run = OrderRun.Placed().Silence();
        Assert.Equal(
            [
                typeof(OrderEvent.AttemptUnanswered),
                typeof(OrderEvent.ReversalStarted),
                typeof(OrderEvent.HoldOpened),
                typeof(OrderEvent.RetryScheduled),
            ],
            run.LastEvents.Select(happened => happened.GetType())
        );
        Assert.Equal(run.Last.Claim.Rrn, run.Last.Reversal!.Claim.Rrn);
        Assert.NotEqual(run.Last.Claim.Stan, run.Last.Reversal.Claim.Stan);
    }

    [Fact]
    public void An_attempt_is_given_up_when_its_answer_is_due_and_not_before()
    {
        var run = OrderRun.Placed();
        Assert.Empty(run.At(run.Last.AnswerDueAt - TimeSpan.FromTicks(1)).Wake().LastEvents);
        Assert.NotEmpty(run.At(run.Last.AnswerDueAt).Wake().LastEvents);
    }

    [Fact]
    public void A_reversal_repeats_with_growing_pauses_until_it_is_answered()
    {
        var run = OrderRun.Placed().Silence();
        foreach (var seconds in new[] { 10, 20, 40, 80, 160, 320, 600, 600 })
        {
            Assert.Equal(run.Now + TimeSpan.FromSeconds(seconds), run.Last.Reversal!.RepeatAt);
            run.WakeUntil(run.Last.Reversal.RepeatAt);
        }
        run.ReversalAnswer("25");
        Assert.False(run.Last.IsReversing);
    }

    [Fact]
    public void We_ask_again_only_once_the_reversal_is_answered_however_late()
    {
        var run = OrderRun.Placed().Silence();
        run.WakeUntil(run.Order.Hold!.RetryAt!.Value + TimeSpan.FromHours(1));
        Assert.Single(run.Order.Attempts);
        run.ReversalAnswer("00");
        Assert.Equal(Initiator.AutomaticRetry, run.Last.Initiator);
        Assert.Equal(2, run.Order.Attempts.Length);
    }

    [Theory]
    [InlineData("96"), InlineData("94"), InlineData("05")]
    public void A_refused_reversal_goes_on_and_its_refusal_is_kept_once_for_each_sending(string code)
    {
        var run = OrderRun.Placed().Silence().ReversalAnswer(code);
        Assert.True(run.Last.IsReversing);
        Assert.Single(run.LastEvents);
        Assert.Empty(run.ReversalAnswer(code).LastEvents);
        run.WakeUntil(run.Last.Reversal!.RepeatAt);
        Assert.Single(run.ReversalAnswer(code).LastEvents);
    }

    [Theory]
    [InlineData("25"), InlineData("21")]
    public void A_late_approval_after_a_reversal_that_found_nothing_starts_another(string code)
    {
        var run = OrderRun.Placed().Silence().ReversalAnswer(code);
        var first = run.Last.Reversal!.Claim;
        run.Answer("00");
        Assert.Equal(
            [typeof(OrderEvent.EvidenceNoted), typeof(OrderEvent.ReversalStarted)],
            run.LastEvents.Select(happened => happened.GetType())
        );
        Assert.NotEqual(first, run.Last.Reversal!.Claim);
        Assert.IsType<AttemptOutcome.Unknown>(run.Last.Outcome);
    }

    [Fact]
    public void A_late_approval_is_evidence_only_while_the_reversal_runs_and_after_it_was_proved()
    {
        var running = OrderRun.Placed().Silence().Answer("00");
        var proved = OrderRun.Placed().Silence().ReversalAnswer("00").Answer("00");
        foreach (var run in new[] { running, proved })
        {
            Assert.Equal(EvidenceKind.LateApproval, Assert.IsType<OrderEvent.EvidenceNoted>(Assert.Single(run.LastEvents)).Kind);
            Assert.IsType<Standing.OnHold>(run.Order.Standing);
        }
    }

    [Theory]
    [MemberData(nameof(WaysToProveNothing))]
    public void An_approval_without_its_proof_is_never_adopted_and_times_out(string way)
    {
        var run = OrderRun.Placed();
        var proven = run.AnswerTo(1, "00").Answer;
        run.Do(
            new OrderCommand.RecordAnswer(
                way switch
                {
                    "no approval code" => proven with { ApprovalCode = " " },
                    "another RRN" => proven with { Rrn = "R99999999999" },
                    "no RRN" => proven with { Rrn = null },
                    "another amount" => proven with { ApprovedAmount = new Money(11_999, Currency.Jpy) },
                    "another currency" => proven with { ApprovedAmount = new Money(12_000, Currency.Parse("USD")!) },
                    _ => throw new System.Diagnostics.UnreachableException(),
                }
            )
        );
        Assert.Equal(EvidenceKind.Unproven, Assert.IsType<OrderEvent.EvidenceNoted>(Assert.Single(run.LastEvents)).Kind);
        Assert.IsType<Standing.AwaitingApproval>(run.Order.Standing);
        Assert.IsType<AttemptOutcome.Unknown>(run.Silence().Last.Outcome);
        Assert.Contains("no answer came that proves an approval", Known(run), StringComparison.Ordinal);
    }

    [Fact]
    public void The_customer_is_told_that_no_answer_came_only_where_none_did() =>
        Assert.Contains("and no answer came.", Known(OrderRun.Placed().Silence()), StringComparison.Ordinal);

    private static string Known(OrderRun run) =>
        HoldAdvice.For(run.Order, run.Order.Hold!.Class, new SpokenTime("Asia/Tokyo"), run.Now, CardMention.LastFour).Known.En;

    [Fact]
    public void An_approval_for_the_whole_amount_is_one_whether_the_answer_names_the_amount_or_not()
    {
        var run = OrderRun.Placed();
        run.Do(new OrderCommand.RecordAnswer(run.AnswerTo(1, "00").Answer with { ApprovedAmount = run.Order.Total }));
        Assert.IsType<Standing.Approved>(run.Order.Standing);
        Assert.IsType<Standing.Approved>(OrderRun.Placed().Answer("00").Order.Standing);
    }

    [Fact]
    public void A_later_answer_never_lowers_an_approval_and_never_raises_a_decline()
    {
        var approved = OrderRun.Placed().Answer("00").Answer("05");
        Assert.IsType<Standing.Approved>(approved.Order.Standing);
        Assert.Equal(EvidenceKind.Contradiction, Assert.IsType<OrderEvent.EvidenceNoted>(Assert.Single(approved.LastEvents)).Kind);
        var declined = OrderRun.Placed().Answer("05").Answer("00");
        Assert.IsType<Standing.OnHold>(declined.Order.Standing);
        Assert.NotNull(declined.Last.Reversal);
    }

    [Fact]
    public void Evidence_is_kept_up_to_its_bound_and_a_late_approval_beyond_it_is_taken_back_still()
    {
        var run = OrderRun.Placed().Answer("05");
        for (var count = 0; count < Attempt.EvidenceCountMax; count++)
            Assert.Single(run.Answer("05").LastEvents);
        Assert.Empty(run.Answer("05").LastEvents);
        Assert.IsType<OrderEvent.ReversalStarted>(Assert.Single(run.Answer("00").LastEvents));
        run.ReversalAnswer("25").Answer("00");
        Assert.Equal(AttentionReason.ReversalUnconfirmed, Assert.IsType<OrderEvent.AttentionAsked>(Assert.Single(run.LastEvents)).Reason);
        Assert.Empty(run.Answer("00").LastEvents);
    }

    [Fact]
    public void A_partial_approval_is_taken_back_and_never_an_approval()
    {
        var run = OrderRun.Placed().Answer("10");
        Assert.Equal(ReversalReason.Error, run.Last.Reversal!.Reason);
        Assert.Equal(HoldClass.Declined, run.Order.Hold!.Class);
        Assert.Null(run.Order.Approval);
    }
}
