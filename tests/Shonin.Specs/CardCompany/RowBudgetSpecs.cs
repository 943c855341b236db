using System.Text;
using System.Text.Json;
using Shonin.CardCompany.Host;
using static Shonin.Specs.CardCompany.CardCompanyRun;

namespace Shonin.Specs.CardCompany;

/// <summary>What happens on the connections is kept word for word up to a limit, and counted beyond it.</summary>
public sealed class RowBudgetSpecs
{
    private static readonly DateTimeOffset start = CardStory.Start;

    [Fact]
    public void A_peer_has_so_many_rows_and_one_more_is_counted()
    {
        var budget = Budget(rowsOfPeer: 3, rows: 100);
        Assert.Equal([true, true, true, false, false], Enumerable.Range(0, 5).Select(_ => budget.Admits("shop", "signedOn/1")));
        Assert.True(budget.Admits("other", "signedOn/1"));
        Assert.False(budget.Admits("shop", "connectionClosed/1"));
        Assert.Empty(budget.EndIfDue(start + TimeSpan.FromMinutes(59)));
        var counted = Assert.Single(budget.EndIfDue(start + TimeSpan.FromHours(1)));
        Assert.Equal(("shop", start), (counted.Share, counted.Since));
        Assert.Equal([("connectionClosed/1", 1), ("signedOn/1", 2)], counted.Counts.Select(pair => (pair.Key, pair.Value)).Order());
        Assert.True(budget.Admits("shop", "signedOn/1"));
        Assert.False(budget.HasCounts);
    }

    [Fact]
    public void All_peers_together_have_so_many_rows_and_what_is_beyond_is_counted_together()
    {
        var budget = Budget(rowsOfPeer: 2, rows: 5);
        var kept = Enumerable.Range(0, 1_000).Count(peer => budget.Admits($"peer {peer}", "signedOn/1"));
        Assert.Equal(5, kept);
        var counted = Assert.Single(budget.End(start));
        Assert.Equal((RowBudget.Everybody, 995), (counted.Share, counted.Counts["signedOn/1"]));
    }

    [Theory]
    [InlineData(60, 60, 0)]
    [InlineData(61, 60, 1)]
    [InlineData(500, 60, 1)]
    public async Task Sign_ons_beyond_the_limit_are_answered_and_counted_and_the_count_is_written_when_its_hour_ends(
        int signOns,
        int rows,
        int counts
    )
    {
        await using var run = await StartAsync();
        for (var stan = 1; stan <= signOns; stan++)
            Assert.Equal("00", (await run.AskAsync(run.NetworkManagement(stan, "001"))).Text(39));
        Assert.Equal(rows, (await run.LogAsync()).Count(stored => stored.Type == "signedOn/1"));
        run.Clock.Advance(TimeSpan.FromHours(1));
        await run.HangUpAsync();
        await run.Host.DisposeAsync();
        var counted = (await run.LogAsync()).Where(stored => stored.Type == "eventsCounted/1").ToArray();
        Assert.Equal(counts, counted.Length);
        if (counts > 0)
        {
            Assert.Equal(
                signOns - rows,
                JsonDocument.Parse(counted[0].Payload).RootElement.GetProperty("counts").GetProperty("signedOn/1").GetInt32()
            );
        }
    }

    [Fact]
    public async Task Faults_beyond_the_limit_are_counted_too_and_what_was_counted_is_written_when_the_host_stops()
    {
        await using var run = await StartAsync(new HostLimits { NetworkRowsOfPeerMax = 2 });
        for (var stan = 1; stan <= 5; stan++)
            Assert.Equal("30", (await run.AskAsync(run.Authorization(stan, 1_000).Remove(14))).Text(39));
        await run.SendFrameAsync("GET / HTTP/1.1");
        await run.Serving;
        await run.Host.DisposeAsync();
        var log = await run.LogAsync();
        Assert.Equal(["messageNotUnderstood/1", "messageNotUnderstood/1", "eventsCounted/1"], log.Select(stored => stored.Type));
        Assert.Contains("\"messageNotUnderstood/1\":4", Encoding.UTF8.GetString(log[2].Payload.Span), StringComparison.Ordinal);
    }

    private static RowBudget Budget(int rowsOfPeer, int rows)
    {
        var budget = new RowBudget(rowsOfPeer, rows, TimeSpan.FromHours(1));
        budget.EndIfDue(start);
        return budget;
    }
}
