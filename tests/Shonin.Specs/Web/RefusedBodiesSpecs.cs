using Microsoft.Extensions.Time.Testing;
using Shonin.Web;

namespace Shonin.Specs.Web;

public sealed class RefusedBodiesSpecs
{
    private readonly FakeTimeProvider clock = new();
    private readonly List<(string Route, string Reason, int Count)> lines = [];

    [Fact]
    public void However_many_are_refused_there_is_one_line_a_minute_for_each_route_and_reason_and_it_counts_them()
    {
        var refused = new RefusedBodies((route, reason, count) => lines.Add((route, reason, count)), clock);
        for (var body = 0; body < 1_000; body++)
            refused.Note("/check", "TooSlow");
        refused.Note("/check", "NoRoom");
        refused.Note("/v1/cards", "TooSlow");
        clock.Advance(TimeSpan.FromMinutes(1) - TimeSpan.FromMilliseconds(1));
        refused.Note("/check", "TooSlow");
        clock.Advance(TimeSpan.FromMilliseconds(1));
        refused.Note("/check", "TooSlow");

        Assert.Equal([("/check", "TooSlow", 1), ("/check", "NoRoom", 1), ("/v1/cards", "TooSlow", 1), ("/check", "TooSlow", 1_001)], lines);
    }
}
