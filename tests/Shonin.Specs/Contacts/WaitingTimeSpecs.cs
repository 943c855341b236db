using CsCheck;
using Shonin.Domain.Contacts;

namespace Shonin.Specs.Contacts;

public sealed class WaitingTimeSpecs
{
    private static readonly DateTimeOffset now = new(2026, 11, 30, 10, 0, 0, TimeSpan.FromHours(9));

    [Theory]
    [InlineData("2/1 2/1 2/1 2/1 2/1", 1, 2)]
    [InlineData("2/1 2/1 2/1 2/1 2/1", 3, 6)]
    [InlineData("6/3 6/3 6/3 6/3 6/3", 1, 2)] // whoever came third waited two minutes a place
    [InlineData("0/1 0/1 0/1 0/1 0/1", 1, 1)] // never nothing
    [InlineData("1/1 1/1 1/1 9/1", 1, null)] // four are too few
    [InlineData("", 1, null)]
    [InlineData("1/1 1/1 1/1 8/1 9/1", 1, 8)] // three of four waited no longer
    [InlineData("4/1 4/1 4/1 4/1 4/1", 4, 20)]
    [InlineData("3/1 3/1 3/1 3/1 3/1", 5, 15)]
    [InlineData("4/1 4/1 4/1 4/1 4/1", 9, 40)] // 36, said in steps of five
    public void The_wait_is_what_others_waited_for_each_place_or_nothing_is_said(string waits, int place, int? minutes) =>
        Assert.Equal(
            minutes is { } about ? new WaitingTime.About(about) : (WaitingTime)new WaitingTime.Unknown(),
            WaitingTime.Estimate(Waits(waits), place, now)
        );

    [Fact]
    public void What_is_older_than_two_hours_says_nothing_of_now()
    {
        var waits = Waits("2/1 2/1 2/1 2/1 2/1");
        Assert.IsType<WaitingTime.About>(WaitingTime.Estimate(waits, 1, now + WaitingTime.Lately - TimeSpan.FromMinutes(5)));
        Assert.IsType<WaitingTime.Unknown>(WaitingTime.Estimate(waits, 1, now + WaitingTime.Lately));
        Assert.Null(WaitingTime.MeanOf(waits, now + WaitingTime.Lately));
        Assert.Equal(new(TimeSpan.FromMinutes(3), 2), WaitingTime.MeanOf(Waits("2/1 4/2"), now));
    }

    [Fact]
    public void It_is_said_in_both_languages_and_nothing_where_nothing_is_known()
    {
        Assert.Equal("この順番では、ふつうおよそ6分です。", new WaitingTime.About(6).InQueue()!.Ja);
        Assert.Equal("From there it usually takes about 6 minutes.", new WaitingTime.About(6).InQueue()!.En);
        Assert.Equal("いまの待ち時間は、およそ1分です。", new WaitingTime.About(1).BeforeEntering()!.Ja);
        Assert.Equal("The wait now is about 1 minute.", new WaitingTime.About(1).BeforeEntering()!.En);
        Assert.Null(new WaitingTime.Unknown().InQueue());
        Assert.Null(new WaitingTime.Unknown().BeforeEntering());
    }

    [Fact]
    public void More_people_ahead_never_shorten_it() =>
        Gen.Select(Gen.Int[0, 3_600].Array[5, 30], Gen.Int[1, 20])
            .Sample(
                (seconds, place) =>
                {
                    var waits = seconds.Select(waited => new AnsweredWait(now, TimeSpan.FromSeconds(waited), 1)).ToArray();
                    Assert.InRange(Minutes(waits, place), 1, Minutes(waits, place + 1));
                },
                iter: Shonin.Specs.Walks.Times(1_000)
            );

    private static int Minutes(AnsweredWait[] waits, int place) =>
        Assert.IsType<WaitingTime.About>(WaitingTime.Estimate(waits, place, now)).Minutes;

    /// <summary>Minutes and places; each was answered a minute after the one before it, the last one now.</summary>
    private static AnsweredWait[] Waits(string text) =>
        [
            .. text.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(wait => wait.Split('/').Select(int.Parse).ToArray())
                .Reverse()
                .Select((wait, index) => new AnsweredWait(now.AddMinutes(-index), TimeSpan.FromMinutes(wait[0]), wait[1])),
        ];
}
