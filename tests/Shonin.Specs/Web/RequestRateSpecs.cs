using Microsoft.Extensions.Time.Testing;
using Shonin.Web;

namespace Shonin.Specs.Web;

public sealed class RequestRateSpecs
{
    private readonly FakeTimeProvider clock = new();

    [Fact]
    public void A_burst_is_let_through_and_the_next_one_waits_for_its_token()
    {
        var rate = new RequestRate(perSecond: 2, burst: 3, clock);
        Assert.All(Enumerable.Range(0, 3), _ => Assert.Null(rate.Take("a")));
        Assert.Equal(TimeSpan.FromSeconds(0.5), rate.Take("a"));
        Assert.Null(rate.Take("b"));
        clock.Advance(TimeSpan.FromSeconds(0.5));
        Assert.Null(rate.Take("a"));
        Assert.NotNull(rate.Take("a"));
    }

    [Fact]
    public void A_long_pause_fills_the_bucket_and_no_more()
    {
        var rate = new RequestRate(perSecond: 2, burst: 3, clock);
        Assert.Null(rate.Take("a"));
        clock.Advance(TimeSpan.FromHours(1));
        Assert.All(Enumerable.Range(0, 3), _ => Assert.Null(rate.Take("a")));
        Assert.NotNull(rate.Take("a"));
    }
}
