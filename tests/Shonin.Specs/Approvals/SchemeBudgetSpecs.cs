using Shonin.Domain.Approvals;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.Specs.Orders;

namespace Shonin.Specs.Approvals;

/// <summary>
/// The schemes' counts of tries bind within an order, whoever asks; as dated rows, so that the rule of that day has an answer.
/// </summary>
public sealed class SchemeBudgetSpecs
{
    /// <summary>The shop's own limits are out of the way: only the schemes' are left.</summary>
    private static readonly ApprovalPolicy schemesOnly = new()
    {
        RetryAfter = [],
        Tries = new() { TriesPerOrderMax = 1_000, ConfirmPause = TimeSpan.Zero },
    };

    private static readonly DateTimeOffset visaTwenty = new(2025, 5, 19, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("visa", 21), InlineData("mastercard", 10), InlineData("jcb", 10), InlineData("amex", 10), InlineData("other", 10)]
    public void Forty_presses_send_what_the_scheme_allows(string brand, int requests)
    {
        var run = Pressed(brand, 40);
        Assert.Equal(requests, run.Order.Attempts.Length);
        Assert.Equal(Refusal.RetryBudgetSpent, run.Refused?.Reason);
        Assert.NotEmpty(run.Refused?.Rule!);
        Assert.Null(run.ChangeCard(OrderRun.OtherCard).Refused);
    }

    [Fact]
    public void The_rule_of_the_day_binds_and_is_named()
    {
        Assert.Equal(16, Pressed("visa", 40, visaTwenty - TimeSpan.FromHours(1)).Order.Attempts.Length);
        var run = Pressed("visa", 40, visaTwenty);
        Assert.Equal(21, run.Order.Attempts.Length);
        Assert.Contains("since 2025-05-19", run.Refused!.Rule, StringComparison.Ordinal);
        Assert.All(SchemeBudgets.Rows, row => Assert.NotEmpty(row.Source));
    }

    [Fact]
    public void A_window_that_rolls_on_brings_the_button_back_and_says_when()
    {
        var run = Pressed("mastercard", 40);
        var again = OrderActions.ConfirmAgainAt(run.Order, run.Now)!.Value;
        Assert.Equal(run.Order.Attempts[0].Claim.TransmittedAt + TimeSpan.FromHours(24), again);
        Assert.Equal(new ConfirmOffer.NotBefore(again), ConfirmOffer.For(run.Order, run.Now));
        Assert.NotNull(run.At(again - TimeSpan.FromSeconds(1)).Confirm("early").Refused);
        Assert.Null(run.At(again).Confirm("in time").Refused);
    }

    [Fact]
    public void Where_the_deadline_comes_first_the_card_is_not_offered_again()
    {
        var run = Pressed("visa", 40);
        Assert.True(run.Refused?.Until > run.Order.Hold!.Deadline);
        Assert.Null(OrderActions.ConfirmAgainAt(run.Order, run.Now));
        Assert.IsType<ConfirmOffer.Never>(ConfirmOffer.For(run.Order, run.Now));
    }

    [Fact]
    public void What_nobody_answered_counts_and_what_was_not_sent_does_not()
    {
        var run = Placed("mastercard", null, schemesOnly).Silence().ReversalAnswer("00");
        for (var press = 0; press < 40; press++)
        {
            if (run.Confirm($"not sent {press}").Refused is not null)
                break;
            run.NotSent();
            run.Confirm($"silent {press}").Silence().ReversalAnswer("00");
        }
        Assert.Equal(Refusal.RetryBudgetSpent, run.Refused?.Reason);
        Assert.Equal(10, run.Order.Attempts.Count(attempt => attempt.Outcome is AttemptOutcome.Unknown));
    }

    [Fact]
    public void What_we_ask_by_ourselves_is_bound_too()
    {
        var run = Placed("mastercard", null, schemesOnly with { RetryAfter = [.. Enumerable.Repeat(TimeSpan.FromMinutes(1), 40)] })
            .Answer("51");
        while (run.Order.Hold?.RetryAt is { } retryAt)
        {
            if (run.At(retryAt).Wake().Order.AttemptInFlight is not null)
                run.Answer("51");
        }

        Assert.Equal(10, run.Order.Attempts.Length);
    }

    private static OrderRun Pressed(string brand, int presses, DateTimeOffset? now = null)
    {
        var run = Placed(brand, now, schemesOnly).Answer("51");
        for (var press = 0; press < presses; press++)
        {
            if (run.Confirm($"press {press}").Refused is null)
                run.Answer("51");
        }

        return run;
    }

    private static OrderRun Placed(string brand, DateTimeOffset? now, ApprovalPolicy policy) =>
        OrderRun.Empty(now, policy).Do(OrderRun.PlaceCommand with { Card = OrderRun.Card with { Brand = brand } });
}
