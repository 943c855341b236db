using Shonin.Domain.Approvals;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.Specs.Orders;

namespace Shonin.Specs.Approvals;

/// <summary>Who may ask the card company again, on which card, and when.</summary>
public sealed class RetrySpecs
{
    private static readonly DateTimeOffset beforeVisa57 = new(2026, 10, 24, 23, 50, 0, TimeSpan.Zero);

    public static TheoryData<string, Refusal?> WhatTheButtonMayDo =>
        new()
        {
            { "04", Refusal.NeverRetryCode },
            { "07", Refusal.NeverRetryCode },
            { "12", Refusal.NeverRetryCode },
            { "14", Refusal.NeverRetryCode },
            { "15", Refusal.NeverRetryCode },
            { "41", Refusal.NeverRetryCode },
            { "43", Refusal.NeverRetryCode },
            { "46", Refusal.NeverRetryCode },
            { "57", Refusal.NeverRetryCode },
            { "R0", Refusal.NeverRetryCode },
            { "R1", Refusal.NeverRetryCode },
            { "R3", Refusal.NeverRetryCode },
            { "01", null },
            { "02", null },
            { "05", null },
            { "51", null },
            { "54", null },
            { "61", null },
            { "62", null },
            { "65", null },
            { "91", null },
            { "96", null },
            { "5C", null },
            { "9G", null },
            { "N7", null },
            { "13", null },
            { "30", null },
            { "94", null },
            { "ZZ", null },
        };

    [Theory]
    [MemberData(nameof(WhatTheButtonMayDo))]
    public void A_never_retry_code_binds_the_button_and_any_other_leaves_it(string code, Refusal? refusal)
    {
        var run = OrderRun.Placed().Answer(code).Announced();
        Assert.Equal(refusal is null, OrderActions.Of(run.Order, run.Now).Contains(OrderAction.Confirm));
        run.Confirm();
        Assert.Equal(refusal, run.Refused?.Reason);
        Assert.Equal(refusal is null, run.LastEvents.OfType<OrderEvent.AttemptClaimed>().Any());
    }

    [Theory]
    [
        InlineData("05", true),
        InlineData("51", true),
        InlineData("61", true),
        InlineData("62", true),
        InlineData("65", true),
        InlineData("91", true),
        InlineData("96", true)
    ]
    [
        InlineData("5C", true),
        InlineData("01", false),
        InlineData("43", false),
        InlineData("54", false),
        InlineData("N7", false),
        InlineData("9G", false)
    ]
    [InlineData("10", false), InlineData("30", false), InlineData("ZZ", false)]
    public void Only_a_soft_decline_is_asked_again_by_ourselves(string code, bool isAskedAgain)
    {
        var run = OrderRun.Placed().Answer(code);
        if (code == "10")
            run.ReversalAnswer("00");
        run.WakeUntil(run.Now + TimeSpan.FromMinutes(10));
        Assert.Equal(isAskedAgain, run.Order.Attempts.Any(attempt => attempt.Initiator == Initiator.AutomaticRetry));
    }

    [Theory]
    [InlineData("43", null), InlineData("05", "03"), InlineData("05", "21")]
    public void A_changed_card_frees_what_a_never_retry_answer_bound_and_the_same_card_under_another_token_does_not(
        string code,
        string? advice
    )
    {
        var run = OrderRun.Placed().Answer(code, advice).Announced().ChangeCard(OrderRun.SameCardAgain, "change-1");
        Assert.Equal(Refusal.NeverRetryCode, run.Refused?.Reason);
        run.ChangeCard(OrderRun.OtherCard, "change-2");
        Assert.Null(run.Refused);
        Assert.Equal(OrderRun.OtherCard, run.Last.Card);
        run.Answer("05").ChangeCard(OrderRun.Card, "change-3");
        Assert.Equal(Refusal.NeverRetryCode, run.Refused?.Reason);
    }

    [Theory]
    [InlineData("02", 72), InlineData("24", 1), InlineData("25", 24), InlineData("26", 48), InlineData("27", 96)]
    public void A_merchant_advice_code_that_says_wait_binds_until_that_time_and_no_longer(string advice, int hours)
    {
        var run = OrderRun.Placed().Answer("05", advice);
        var free = run.Now + TimeSpan.FromHours(hours);
        Assert.Equal(Refusal.RetryTooEarly, run.At(free - TimeSpan.FromSeconds(1)).Confirm("early").Refused?.Reason);
        Assert.Null(run.At(free).Confirm("in time").Refused);
    }

    [Theory]
    [InlineData("28"), InlineData("29"), InlineData("30")]
    public void A_wait_that_reaches_past_the_deadline_is_not_asked_again_by_ourselves(string advice)
    {
        var run = OrderRun.Placed().Answer("05", advice);
        run.WakeUntil(run.Order.Hold!.Deadline);
        Assert.Single(run.Order.Attempts);
        Assert.Equal(CancelledBy.Deadline, Assert.IsType<Standing.Cancelled>(run.Order.Standing).By);
    }

    [Fact]
    public void A_retry_by_ourselves_keeps_the_wait_of_the_advice_code()
    {
        var run = OrderRun.Placed().Answer("05", "24");
        Assert.Equal(run.Now + TimeSpan.FromHours(1), run.Order.Hold!.RetryAt);
    }

    [Fact]
    public void An_unlisted_code_is_asked_once_more_by_the_customer_and_never_by_us()
    {
        var run = OrderRun.Placed().Answer("ZZ").Announced();
        Assert.Null(run.Order.Hold!.RetryAt);
        Assert.Null(run.Confirm("first").Refused);
        Assert.Equal(Refusal.RetryBudgetSpent, run.Answer("ZZ").Confirm("second").Refused?.Reason);
        Assert.Null(run.ChangeCard(OrderRun.OtherCard).Refused);
    }

    [Theory]
    [InlineData("01"), InlineData("N7"), InlineData("ZZ"), InlineData("30")]
    public void After_a_silence_too_we_do_not_ask_by_ourselves_what_only_the_customer_may(string code)
    {
        var run = OrderRun.Placed().Answer(code).Announced().Confirm().Silence().ReversalAnswer("00");
        Assert.Equal(HoldClass.NoAnswer, run.Order.Hold!.Class);
        Assert.Null(run.Order.Hold.RetryAt);
        Assert.NotNull(OrderRun.Placed().Answer("05").Announced().Confirm().Silence().ReversalAnswer("00").Order.Hold!.RetryAt);
    }

    [Fact]
    public void A_referral_reopens_by_the_customer_only()
    {
        var run = OrderRun.Placed().Answer("05", network: "G30").Announced();
        Assert.Equal(HoldClass.Referred, run.Order.Hold!.Class);
        run.WakeUntil(run.Now + TimeSpan.FromDays(3));
        Assert.Single(run.Order.Attempts);
        Assert.Equal(Initiator.CustomerConfirms, run.Confirm().Last.Initiator);
        Assert.IsType<Standing.Approved>(run.Answer("00").Order.Standing);
    }

    [Fact]
    public void Code_57_is_a_soft_decline_before_2026_10_25_and_never_again_from_that_day()
    {
        var before = OrderRun.Placed(beforeVisa57).Answer("57");
        Assert.NotNull(before.Order.Hold!.RetryAt);
        Assert.Null(before.Confirm().Refused);
        var after = OrderRun.Placed(beforeVisa57 + TimeSpan.FromMinutes(10)).Answer("57");
        Assert.Null(after.Order.Hold!.RetryAt);
        Assert.Equal(Refusal.NeverRetryCode, after.Confirm().Refused?.Reason);
    }

    [Fact]
    public void The_rules_of_the_day_of_the_retry_bind_it()
    {
        var run = OrderRun.Placed(beforeVisa57 + TimeSpan.FromMinutes(8)).Answer("57");
        run.WakeUntil(run.Order.Hold!.RetryAt!.Value);
        Assert.Single(run.Order.Attempts);
        Assert.Null(run.Order.Hold!.RetryAt);
        Assert.Equal(Refusal.NeverRetryCode, run.Confirm().Refused?.Reason);
    }

    [Fact]
    public void Retries_by_ourselves_follow_the_settings_and_end_with_them()
    {
        var run = OrderRun.Placed().Answer("05");
        foreach (var wait in run.Policy.RetryAfter)
        {
            Assert.Equal(run.Now + wait, run.Order.Hold!.RetryAt);
            run.WakeUntil(run.Now + wait).Answer("05");
        }
        Assert.Null(run.Order.Hold!.RetryAt);
        Assert.Equal(1 + run.Policy.RetryAfter.Count, run.Order.Attempts.Length);
    }

    [Fact]
    public void No_retry_starts_that_cannot_time_out_before_the_deadline()
    {
        var run = OrderRun.Placed().Answer("05");
        var deadline = run.Order.Hold!.Deadline;
        Assert.Equal(Refusal.DeadlinePassed, run.At(deadline - run.Policy.AnswerTimeout).Confirm("late").Refused?.Reason);
        var inTime = OrderRun.Placed().Answer("05");
        Assert.Null(inTime.At(deadline - inTime.Policy.AnswerTimeout - TimeSpan.FromSeconds(1)).Confirm("in time").Refused);
        Assert.IsType<Standing.OnHold>(inTime.Silence().Order.Standing);
        Assert.NotNull(inTime.Last.Reversal);
    }

    [Fact]
    public void What_was_not_sent_goes_again_with_growing_pauses_and_not_at_all_shortly_before_the_deadline()
    {
        var run = OrderRun.Placed().Answer("05");
        run.At(run.Order.Hold!.Deadline - TimeSpan.FromSeconds(35)).Confirm();
        run.NotSent();
        foreach (var pause in new[] { 1, 2 })
        {
            Assert.Equal(run.Now + TimeSpan.FromSeconds(pause), run.Order.Hold!.SendAgainAt);
            run.At(run.Order.Hold.SendAgainAt!.Value).Wake().NotSent();
        }
        Assert.Equal(run.Order.Hold!.Deadline, run.Alarm);
    }
}
