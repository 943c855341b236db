using Shonin.Notices;

namespace Shonin.Specs.Notices;

public sealed class RelayConditionSpecs
{
    private static readonly DateTimeOffset start = new(2026, 11, 24, 1, 0, 0, TimeSpan.Zero);
    private static readonly MailPatience patience = new(TimeSpan.FromSeconds(5), TimeSpan.FromDays(4));

    private static readonly Dictionary<char, MailOutcome> outcomes = new()
    {
        ['t'] = new MailOutcome.Taken(),
        ['n'] = new MailOutcome.Refused("550 5.1.1"),
        ['l'] = new MailOutcome.TryLater("450"),
        ['r'] = new MailOutcome.RelayRefused("554 5.7.1"),
        ['a'] = new MailOutcome.RelayAway("connection refused"),
        ['d'] = new MailOutcome.InDoubt("no answer"),
    };

    [Theory]
    [InlineData("", "leaves")]
    [InlineData("tnl", "leaves")]
    [InlineData("a", "shut out")]
    [InlineData("r", "trouble")]
    [InlineData("rr", "trouble")]
    [InlineData("rrr", "shut out")]
    [InlineData("rdr", "shut out")]
    [InlineData("rrt", "leaves")]
    [InlineData("rtrtr", "trouble")]
    [InlineData("at", "leaves")]
    [InlineData("an", "leaves")]
    [InlineData("al", "leaves")]
    [InlineData("rl", "trouble")]
    [InlineData("rrrl", "trouble")]
    [InlineData("rrrn", "trouble")]
    [InlineData("rlrlt", "leaves")]
    public void A_relay_that_is_away_or_refuses_three_in_a_row_is_shut_out_and_mail_leaves_again_when_one_is_taken(
        string history,
        string state
    )
    {
        var condition = history.Aggregate(RelayCondition.Fine, (before, letter) => before.After(outcomes[letter], patience, start));

        Assert.Equal(
            state,
            condition.IsShutOut ? "shut out"
                : condition.TroubleSince is null ? "leaves"
                : "trouble"
        );
    }

    [Fact]
    public void The_trouble_is_dated_by_its_beginning_and_looked_at_ever_more_slowly_up_to_a_bound()
    {
        var condition = RelayCondition.Fine;
        var waits = new List<double>();
        for (var look = 0; look < 5; look++)
        {
            condition = condition.After(outcomes['a'], patience, start + TimeSpan.FromMinutes(look));
            waits.Add((condition.LookAt - start - TimeSpan.FromMinutes(look)).TotalSeconds);
        }

        Assert.Equal([5, 10, 10, 10, 10], waits);
        Assert.Equal(start, condition.TroubleSince);
    }
}
