using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Shonin.Operations;
using Shonin.Streams;
using Shonin.Web;

namespace Shonin.Specs.Operations;

/// <summary>What a load balancer and whoever is called at night may read from <c>/health</c>.</summary>
public sealed class ServerHealthSpecs
{
    [Theory]
    [InlineData(HealthArea.Log, "down")]
    [InlineData(HealthArea.Vault, "down")]
    [InlineData(HealthArea.HeadsFile, "up")]
    [InlineData(HealthArea.MailFolder, "up")]
    [InlineData(HealthArea.Orders, "up")]
    [InlineData(HealthArea.Views, "up")]
    [InlineData(HealthArea.BackgroundWork, "up")]
    [InlineData(HealthArea.OpeningHours, "up")]
    public async Task It_is_down_only_where_no_order_can_be_taken_and_tells_of_the_rest(object area, string status)
    {
        var health = Healthy();
        Assert.Equal(
            """{"status":"up","cardNetwork":"up","mail":"up","mailNotLeavingSince":null,"problems":[]}""",
            await JsonOfAsync(health)
        );
        health.Note((HealthArea)area, "part", "It is full.");
        var name = ApiJson.Camel((HealthArea)area);
        Assert.Equal(
            $$"""{"status":"{{status}}","cardNetwork":"up","mail":"up","mailNotLeavingSince":null,"problems":[{"area":"{{name}}","what":"It is full."}]}""",
            await JsonOfAsync(health)
        );
        health.Clear((HealthArea)area, "part");
        Assert.Equal(
            """{"status":"up","cardNetwork":"up","mail":"up","mailNotLeavingSince":null,"problems":[]}""",
            await JsonOfAsync(health)
        );
    }

    [Fact]
    public async Task A_part_that_is_looked_at_by_writing_is_not_written_to_by_everybody_who_asks()
    {
        var clock = new FakeTimeProvider();
        var looked = 0;
        string? problem = null;
        var part = ServerHealth.Seldom(
            () =>
            {
                looked++;
                return problem;
            },
            clock
        );
        for (var asked = 0; asked < 100; asked++)
            Assert.Null(await part(CancellationToken.None));
        Assert.Equal(1, looked);
        problem = "full";
        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("full", await part(CancellationToken.None));
        problem = null;
        Assert.Equal("full", await part(CancellationToken.None));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await part(CancellationToken.None));
    }

    [Theory]
    [InlineData(120, 5_000, false, 0, "Being built from the log: 120 of 5,000 events. Until then a search may miss orders.")]
    [InlineData(0, 0, false, 0, null)]
    [InlineData(4_999, 5_000, true, 0, null)]
    [InlineData(
        5_000,
        5_000,
        true,
        2,
        "Events that could not be read: 2; a search may miss orders. The server's log names them; shonin log verify looks into it."
    )]
    public async Task A_view_tells_how_far_it_has_come_and_what_is_missing_from_it(
        long done,
        long all,
        bool isWhole,
        int passedOver,
        string? told
    )
    {
        var (area, ask) = ServerHealth.PartOf(
            _ => ValueTask.FromResult(new ViewProgress(done, all, isWhole, passedOver)),
            "a search may miss orders"
        );
        Assert.Equal((HealthArea.Views, told), (area, await ask(CancellationToken.None)));
    }

    private static ServerHealth Healthy() => new() { Asked = [], CardNetwork = () => Health.Up };

    private static async Task<string> JsonOfAsync(ServerHealth health) =>
        JsonSerializer.Serialize(await health.LookAsync(CancellationToken.None), ApiJson.Options);
}
