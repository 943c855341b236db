using System.Globalization;
using CsCheck;
using Shonin.Domain.Contacts;

namespace Shonin.Specs.Contacts;

public sealed class WaitingTimeSpecs
{
    [Theory]
    [InlineData("4 4 4 4 4", 0, 1, 0, "about 1 to 4 minutes")] // the agent is at work: may be about done, or have just begun
    [InlineData("4 4 4 4 4", 1, 1, 0, "about 4 to 8 minutes")]
    [InlineData("4 4 4 4 4", 3, 2, 0, "about 6 to 8 minutes")]
    [InlineData("2 4 4 6 10", 1, 1, 0, "about 4 to 20 minutes")]
    [InlineData("4 4 4 4 4", 2, 3, 2, "about 1 to 2 minutes")] // two are taken at once
    [InlineData("4 4 4 4 4", 0, 1, 1, "in a moment")]
    [InlineData("4 4 4 4 4", 1, 2, 2, "in a moment")]
    [InlineData("", 0, 1, 1, "in a moment")]
    [InlineData("4 4 4 4", 0, 1, 0, "can't tell")]
    [InlineData("4 4 4 4 4", 0, 0, 0, "can't tell")]
    [InlineData("10 10 10 10 10", 9, 2, 0, "about 45 to 50 minutes")]
    [InlineData("4 4 4 4 4", 4, 1, 0, "about 15 to 20 minutes")]
    [InlineData("0 0 0 0 0", 3, 1, 0, "about 1 to 2 minutes")] // never nothing
    public void The_wait_is_a_range_or_honestly_unknown(string minutes, int ahead, int agents, int free, string said) =>
        Assert.Contains(said, WaitingTime.Estimate(Handled(minutes), new(ahead, agents, free)).Spoken().En, StringComparison.Ordinal);

    [Fact]
    public void It_is_said_in_Japanese_too()
    {
        Assert.Equal("待ち時間は、およそ4分から8分です。", WaitingTime.Estimate(Handled("4 4 4 4 4"), new(1, 1, 0)).Spoken().Ja);
        Assert.Equal("待ち時間は、まだ分かりません。", WaitingTime.Estimate([], new(1, 1, 0)).Spoken().Ja);
        Assert.Equal("まもなく、おつなぎします。", WaitingTime.Estimate([], new(0, 1, 1)).Spoken().Ja);
    }

    private static readonly Gen<TimeSpan[]> handling = Gen.Int[0, 3_600].Select(seconds => TimeSpan.FromSeconds(seconds)).Array[5, 30];

    [Fact]
    public void More_people_ahead_never_shorten_it_and_more_agents_never_lengthen_it() =>
        Gen.Select(handling, Gen.Int[0, 20], Gen.Int[1, 6])
            .Sample(
                (handled, ahead, agents) =>
                {
                    var here = Between(handled, ahead, agents);
                    var longer = Between(handled, ahead + 1, agents);
                    var quicker = Between(handled, ahead, agents + 1);
                    Assert.True(0 < here.FromMinutes && here.FromMinutes < here.ToMinutes);
                    Assert.True(longer.FromMinutes >= here.FromMinutes && longer.ToMinutes >= here.ToMinutes);
                    Assert.True(quicker.FromMinutes <= here.FromMinutes && quicker.ToMinutes <= here.ToMinutes);
                },
                iter: Walks.Times(1_000)
            );

    /// <summary>Whoever joins such a queue is answered within what was said, but for the few whose agents were slower than most.</summary>
    [Fact]
    public void Most_of_those_who_wait_are_answered_by_the_end_of_the_range()
    {
        var random = new Random(7);
        var (kept, all) = (0, 0);
        for (var day = 0; day < 400; day++)
        {
            TimeSpan Draw() => TimeSpan.FromSeconds(60 + random.Next(540));
            var recent = Enumerable.Range(0, 20).Select(_ => Draw()).ToArray();
            var (ahead, agents) = (random.Next(8), 1 + random.Next(4));
            var doneAt = Enumerable.Range(0, agents).Select(_ => Draw() * random.NextDouble()).ToList();
            for (var before = 0; before < ahead; before++)
                doneAt[doneAt.IndexOf(doneAt.Min())] += Draw();
            all++;
            if (doneAt.Min() <= TimeSpan.FromMinutes(Between(recent, ahead, agents).ToMinutes))
                kept++;
        }
        Assert.InRange(kept, all * 95 / 100, all);
    }

    private static WaitingTime.Between Between(TimeSpan[] handled, int ahead, int agents) =>
        Assert.IsType<WaitingTime.Between>(WaitingTime.Estimate(handled, new(ahead, agents, 0)));

    private static TimeSpan[] Handled(string minutes) =>
        [
            .. minutes
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(text => TimeSpan.FromMinutes(int.Parse(text, CultureInfo.InvariantCulture))),
        ];
}
