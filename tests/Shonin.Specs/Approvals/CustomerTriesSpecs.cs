using Shonin.Domain;
using Shonin.Domain.Approvals;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.Specs.Orders;

namespace Shonin.Specs.Approvals;

/// <summary>One link is no place to try stolen cards, or to guess a security code.</summary>
public sealed class CustomerTriesSpecs
{
    private static readonly TryLimits limits = new();

    [Fact]
    public void Of_fifty_eight_cards_on_one_link_five_are_asked()
    {
        var run = OrderRun.Placed().Answer("51");
        for (var card = 1; card < 58; card++)
        {
            if (run.ChangeCard(Card(card), $"change-{card}").Refused is null)
                run.Answer("51");
            else
                Assert.Equal(Refusal.TriesSpent, run.Refused?.Reason);
        }

        Assert.Equal(limits.CardsPerOrderMax, run.Order.Attempts.Select(attempt => attempt.Card.Fingerprint).Distinct().Count());
        Assert.Equal([AttentionReason.CardsSpent], run.Order.Attention);
        Assert.Equal([OrderAction.Confirm, OrderAction.Cancel], OrderActions.Of(run.Order, run.Now));
    }

    [Fact]
    public void A_wrong_security_code_is_tried_ten_times_and_then_a_person_decides()
    {
        var run = Guessed(30);

        Assert.Equal(limits.TriesPerOrderMax, run.Order.Attempts.Length);
        Assert.Equal(Refusal.TriesSpent, run.Confirm("once-more").Refused?.Reason);
        Assert.Equal(Refusal.TriesSpent, run.ChangeCard(OrderRun.OtherCard).Refused?.Reason);
        Assert.Equal([AttentionReason.TriesSpent], run.Order.Attention);
        Assert.Equal([OrderAction.Cancel], OrderActions.Of(run.Order, run.Now));
    }

    [Theory, InlineData(Locale.Ja), InlineData(Locale.En)]
    public void The_page_says_who_decides_and_offers_only_to_cancel(Locale locale)
    {
        var run = Guessed(limits.TriesPerOrderMax);
        var advice = HoldAdvice.For(run.Order, HoldClass.Declined, new SpokenTime("Asia/Tokyo"), run.Now, CardMention.Brand);

        Assert.Contains(locale == Locale.Ja ? "当店の担当者" : "One of our staff", advice.Next.In(locale), StringComparison.Ordinal);
        Assert.Contains(
            locale == Locale.Ja ? "下の番号にお電話ください" : "call the number below",
            advice.Note!.In(locale),
            StringComparison.Ordinal
        );
        Assert.Equal([OrderAction.Cancel], advice.Choices.Select(choice => choice.Action));
    }

    [Fact]
    public void Whoever_may_lets_it_try_again_and_what_was_tried_before_counts_no_more()
    {
        var run = Guessed(limits.TriesPerOrderMax).Do(new OrderCommand.ReleaseTries("ann"));

        Assert.Equal("ann", Assert.IsType<OrderEvent.TriesReleased>(run.LastEvents[0]).By);
        Assert.Empty(run.Order.Attention);
        Assert.Equal(2 * limits.TriesPerOrderMax, Guessed(30, run).Order.Attempts.Length);
    }

    [Fact]
    public void What_we_ask_by_ourselves_and_what_nobody_answered_is_not_the_customers()
    {
        var run = OrderRun.Placed();
        run.Answer("51").At(run.Order.Hold!.RetryAt!.Value).Wake().Answer("51");
        for (var silence = 0; silence < 12; silence++)
            run.Rested().Confirm($"confirm-{silence}").Silence().ReversalAnswer("00");

        Assert.DoesNotContain(AttentionReason.TriesSpent, run.Order.AttentionEver);
        Assert.Contains(run.Order.Attempts, attempt => attempt.Initiator == Initiator.AutomaticRetry);
    }

    [Fact]
    public void Forty_presses_in_forty_seconds_send_a_handful_and_the_page_says_when_the_button_is_back()
    {
        var run = OrderRun.Placed().Answer("51");
        for (var press = 0; press < 40; press++)
        {
            if (run.After(TimeSpan.FromSeconds(1)).Confirm($"press-{press}").Refused is null)
                run.Answer("51");
        }

        Assert.Equal(4, run.Order.Attempts.Length);
        Assert.Equal(Refusal.RetryTooEarly, run.Refused?.Reason);
        Assert.DoesNotContain(OrderAction.Confirm, OrderActions.Of(run.Order, run.Now));
        var again = OrderActions.ConfirmAgainAt(run.Order, run.Now)!.Value;
        Assert.Equal(run.Refused?.Until, again);
        Assert.Equal(new ConfirmOffer.AfterPause(again), ConfirmOffer.For(run.Order, run.Now));
        Assert.Contains(OrderAction.Confirm, OrderActions.Of(run.Order, again));
        Assert.Null(OrderActions.ConfirmAgainAt(run.Order, again));
        Assert.Null(run.At(again).Confirm("in time").Refused);
    }

    [Fact]
    public void The_first_try_again_waits_for_nothing_then_the_pause_grows_and_changing_to_the_same_card_gets_round_none_of_it()
    {
        var run = OrderRun.Placed().Answer("51").Confirm("at once").Answer("51");
        Assert.Equal(Refusal.RetryTooEarly, run.ChangeCard(OrderRun.SameCardAgain).Refused?.Reason);
        Assert.Null(OrderRun.Placed().Answer("51").Confirm("at once").Answer("51").ChangeCard(OrderRun.OtherCard).Refused);
        foreach (var seconds in new[] { 10, 20, 40, 80, 160, 320, 600, 600 })
        {
            Assert.Equal(run.Now + TimeSpan.FromSeconds(seconds), OrderActions.ConfirmAgainAt(run.Order, run.Now));
            run.Rested().Confirm($"after {seconds}, {run.Order.Attempts.Length}").Answer("51");
        }
    }

    [Fact]
    public void What_was_not_sent_slows_nobody_down()
    {
        var run = OrderRun.Placed().Answer("51").Confirm("1").NotSent();
        Assert.Null(run.Confirm("2").Refused);
    }

    [Fact]
    public void An_approval_takes_the_order_off_the_list()
    {
        var run = OrderRun.Placed().Answer("51");
        for (var card = 1; card < limits.CardsPerOrderMax; card++)
            run.ChangeCard(Card(card), $"change-{card}").Answer("51");
        Assert.Equal([AttentionReason.CardsSpent], run.Order.Attention);
        Assert.Empty(run.Confirm().Answer("00").Order.Attention);
    }

    private static OrderRun Guessed(int tries, OrderRun? before = null)
    {
        var run = before ?? OrderRun.Placed().Answer("N7");
        for (var guess = 0; guess < tries; guess++)
        {
            if (run.Rested().Confirm($"guess-{run.Order.Attempts.Length}-{guess}").Refused is null)
                run.Answer("N7");
        }

        return run;
    }

    private static CardOnFile Card(int index) =>
        new(new($"card_{100 + index}"), "visa", $"{1000 + index}", "2030-01", $"fingerprint-{index}");
}
