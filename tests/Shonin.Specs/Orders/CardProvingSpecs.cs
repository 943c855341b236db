using Shonin.Domain.Approvals;
using Shonin.Domain.Orders;

namespace Shonin.Specs.Orders;

public sealed class CardProvingSpecs
{
    private static readonly TryLimits limits = new();

    [Theory]
    [InlineData("0002", true)]
    [InlineData("0003", false)]
    [InlineData("00020", false)]
    [InlineData("2", false)]
    [InlineData("", false)]
    public void The_last_four_digits_prove_and_nothing_else(string typed, bool proves)
    {
        var guessed = OrderRun.Placed().Prove(typed);
        Assert.Equal(
            proves ? typeof(OrderEvent.CardProved) : typeof(OrderEvent.CardProofMissed),
            Assert.Single(guessed.LastEvents).GetType()
        );
    }

    [Fact]
    public void The_sixth_guess_of_an_hour_is_refused_even_when_it_is_right()
    {
        var run = OrderRun.Placed();
        for (var guess = 1; guess <= limits.ProofGuessesPerHourMax; guess++)
            Assert.Null(run.Prove("9999").Refused);

        var spent = run.Prove("0002").Refused;
        Assert.Equal(Refusal.CardNotProved, spent?.Reason);
        Assert.Equal(spent, run.Prove("9999").Refused);
        Assert.IsType<OrderEvent.CardProved>(Assert.Single(run.After(TimeSpan.FromHours(1)).Prove("0002").LastEvents));
    }

    [Fact]
    public void After_ten_wrong_guesses_there_is_none_left_until_a_day_has_passed()
    {
        var run = OrderRun.Placed();
        for (var missed = 0; missed < limits.ProofMissesPerDayMax; missed++)
            Assert.Null(run.After(TimeSpan.FromMinutes(20)).Prove("9999").Refused);

        Assert.Equal(Refusal.CardNotProved, run.After(TimeSpan.FromHours(2)).Prove("0002").Refused?.Reason);
        Assert.Null(run.After(TimeSpan.FromHours(22)).Prove("0002").Refused);
    }

    [Fact]
    public void How_many_guesses_are_left_and_when_they_come_back_is_known()
    {
        var run = OrderRun.Placed();
        Assert.Equal(new ProofGuesses(5, null), ProofGuesses.Of(run.Order, limits, run.Now));
        var first = run.Now;
        for (var left = 4; left > 0; left--)
            Assert.Equal(new ProofGuesses(left, null), ProofGuesses.Of(run.Prove("9999").Order, limits, run.Now));
        run.After(TimeSpan.FromMinutes(10)).Prove("9999");
        var spent = ProofGuesses.Of(run.Order, limits, run.Now);
        Assert.Equal(new ProofGuesses(0, first + TimeSpan.FromHours(1)), spent);

        // What is told is what is done: refused until that moment, taken from it on.
        Assert.NotNull(run.Prove("0002").Refused);
        run.After(spent.BackAt!.Value - run.Now - TimeSpan.FromSeconds(1));
        Assert.NotNull(run.Prove("0002").Refused);
        Assert.Null(run.After(TimeSpan.FromSeconds(1)).Prove("0002").Refused);
    }

    [Fact]
    public void With_the_days_guesses_spent_they_come_back_when_the_first_of_them_is_a_day_old()
    {
        var run = OrderRun.Placed();
        DateTimeOffset? first = null;
        for (var missed = 0; missed < limits.ProofMissesPerDayMax; missed++)
        {
            run.After(TimeSpan.FromMinutes(20)).Prove("9999");
            first ??= run.Now;
        }
        Assert.Equal(new ProofGuesses(0, first + TimeSpan.FromHours(24)), ProofGuesses.Of(run.Order, limits, run.Now));
    }

    [Fact]
    public void Whoever_knows_the_digits_uses_up_no_day()
    {
        var run = OrderRun.Placed();
        for (var proof = 0; proof < 40; proof++)
            Assert.Null(run.After(TimeSpan.FromMinutes(15)).Prove("0002").Refused);
    }

    [Fact]
    public void A_thousand_guesses_of_a_year_leave_no_more_in_memory_than_a_day_holds()
    {
        var run = OrderRun.Placed();
        for (var guess = 0; guess < 1_000; guess++)
            run.After(TimeSpan.FromHours(9)).Prove("9999");
        Assert.InRange(run.Order.ProofTries.Length, 1, limits.ProofMissesPerDayMax);
    }
}
