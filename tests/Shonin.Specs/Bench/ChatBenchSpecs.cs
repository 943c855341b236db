using Shonin.Bench.Chat;
using Shonin.Specs.EventLog;
using Shonin.Verbs;

namespace Shonin.Specs.Bench;

[RealParts]
public sealed class ChatBenchSpecs
{
    private static readonly string program = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "shonin.exe" : "shonin");

    [Fact]
    public async Task No_message_is_lost_or_doubled_when_connections_break_and_the_server_is_killed()
    {
        var load = new ChatLoad(20, 10, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1)) { Program = program };
        var figures = await ChatBench.MeasureAsync(load, TestContext.Current.CancellationToken);
        var values = figures.ToDictionary(figure => figure.Name, figure => figure.Value, StringComparer.Ordinal);
        string[] wire = ["connections", "messagesPerSecond", "lost", "doubled", "p50Ms", "p99Ms"];
        Assert.Empty(wire.Except(values.Keys));
        Assert.Equal((20, 20), (values["connections"], values["drops"]));
        Assert.Equal((0, 0, 0, 0), (values["lost"], values["doubled"], values["notShown"], values["doubleClaims"]));
        Assert.True(values["kept"] > 20);
        Assert.All(figures.Where(figure => figure.Name is "p50Ms" or "p99Ms"), figure => Assert.NotNull(figure.Ratio));
        Assert.True(ChatBench.AreKept(figures));
    }

    [Theory]
    [InlineData("lost")]
    [InlineData("doubled")]
    [InlineData("notShown")]
    [InlineData("doubleClaims")]
    public void One_message_too_few_or_too_many_is_a_promise_not_kept(string name)
    {
        Assert.True(ChatBench.AreKept([new(name, 0, "messages"), new("p99Ms", 9, "ms")]));
        Assert.False(ChatBench.AreKept([new(name, 1, "messages"), new("p99Ms", 9, "ms")]));
    }

    [Fact]
    public async Task A_message_that_is_not_in_the_log_is_counted_as_lost()
    {
        using var folder = new DataFolder();
        await using var contacts = await ContactFolder.OpenAsync(folder.Log);
        var contact = Assert.Single(await contacts.AskAsync(1));
        Assert.Equal(new(0, 0), await contacts.CompareAsync([(contact, ["question"])]));
        Assert.Equal(new(1, 0), await contacts.CompareAsync([(contact, ["question", "never-kept"])]));
    }

    [Fact]
    public async Task Each_contact_that_fifty_agents_want_is_with_the_one_who_was_told_so()
    {
        using var folder = new DataFolder();
        await using var contacts = await ContactFolder.OpenAsync(folder.Log);
        Assert.Equal(0, await contacts.ClaimAsync(await contacts.AskAsync(5)));
    }
}
