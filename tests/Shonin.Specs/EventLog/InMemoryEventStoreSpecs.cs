using Shonin.EventLog;
using Shonin.EventLog.Evidence;
using Shonin.EventLog.InMemory;

namespace Shonin.Specs.EventLog;

public sealed class InMemoryEventStoreSpecs : EventStoreCompliance
{
    protected override ValueTask<IEventStore> OpenAsync() => ValueTask.FromResult<IEventStore>(new InMemoryEventStore());

    /// <summary>The object is the disk: a crash takes everything else.</summary>
    protected override ValueTask<IEventStore> ReopenAsync(IEventStore opened) => ValueTask.FromResult(opened);

    [Fact]
    public async Task The_same_appends_give_the_same_head_and_one_other_byte_gives_another()
    {
        Assert.Equal(await HeadOfAsync("a"), await HeadOfAsync("a"));
        Assert.NotEqual(await HeadOfAsync("a"), await HeadOfAsync("b"));
    }

    private static async Task<(long, string)> HeadOfAsync(string type)
    {
        await using var store = new InMemoryEventStore();
        var stream = new StreamId("order-1");
        var lease = await store.AcquireShardAsync(ShardMap.ShardOf(stream), default);
        for (var version = 0; version < 5; version++)
        {
            await store.CommitAsync(
                [new Append(stream, version, lease, DateTimeOffset.UnixEpoch) { Events = [new NewEvent(type, default)] }],
                default
            );
        }

        var tree = new LogTree();
        foreach (var stored in await store.ReadAllAsync(0, 10, default))
            tree.Add(stored.Hash.Span);
        Assert.Equal(tree.Root(), store.Head.Root.ToArray());
        return (store.Head.Events, Convert.ToHexString(store.Head.Root.Span));
    }
}
