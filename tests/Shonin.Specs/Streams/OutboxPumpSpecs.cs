using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;
using Shonin.EventLog;
using Shonin.EventLog.InMemory;
using Shonin.Simulation;
using Shonin.Streams;

namespace Shonin.Specs.Streams;

/// <summary>What one item of the outbox meets is its own: the others are brought, and nothing is brought in a hurry.</summary>
public sealed class OutboxPumpSpecs : IAsyncLifetime
{
    private const string Queue = "letters";
    private readonly FakeTimeProvider clock = new(DateTimeOffset.UnixEpoch.AddYears(56));
    private readonly FullDisk store = new(new InMemoryEventStore());
    private readonly ConcurrentBag<string> brought = [];
    private readonly ConcurrentBag<Exception> faults = [];
    private OwnedLog log = null!;

    public async ValueTask InitializeAsync() => log = await OwnedLog.TakeAsync(store, CancellationToken.None);

    public async ValueTask DisposeAsync() => await log.DisposeAsync();

    [Fact]
    public async Task Items_whose_stream_cannot_be_read_leave_their_places_to_the_others()
    {
        for (var number = 1; number <= 4; number++)
            await QueueAsync($"unreadable-{number}");
        await QueueAsync("sound-1");
        var pump = PumpOf(item =>
            item.Id.StartsWith("unreadable", StringComparison.Ordinal)
                ? throw new LogUnusableException("What this stream holds cannot be read.")
                : new BringResult.Again(TimeSpan.FromHours(1))
        );

        await pump.BringDueAsync(CancellationToken.None);
        await pump.BringDueAsync(CancellationToken.None);

        Assert.Contains("sound-1", brought);
        Assert.Equal(4, faults.Count);
    }

    [Fact]
    public async Task What_is_put_off_while_the_log_cannot_note_it_waits_all_the_same()
    {
        await QueueAsync("letter-1");
        store.IsFull = true;
        var attempts = new List<int>();
        var pump = PumpOf(item =>
        {
            attempts.Add(item.Attempts);
            return new BringResult.Again(TimeSpan.FromMinutes(1));
        });

        await pump.BringDueAsync(CancellationToken.None);
        clock.Advance(TimeSpan.FromSeconds(59));
        await pump.BringDueAsync(CancellationToken.None);
        Assert.Equal([0], attempts);
        clock.Advance(TimeSpan.FromSeconds(1));
        await pump.BringDueAsync(CancellationToken.None);
        Assert.Equal([0, 1], attempts);

        store.IsFull = false;
        clock.Advance(TimeSpan.FromMinutes(1));
        await pump.BringDueAsync(CancellationToken.None);
        clock.Advance(TimeSpan.FromSeconds(59));
        await pump.BringDueAsync(CancellationToken.None);
        Assert.Equal([0, 1, 2], attempts);
    }

    private OutboxPump PumpOf(Func<OutboxItem, BringResult> bring) =>
        new(
            log,
            Queue,
            clock,
            (item, _) =>
            {
                brought.Add(item.Id);
                return ValueTask.FromResult(bring(item));
            },
            faults.Add
        )
        {
            AtOnceMax = 4,
        };

    private async Task QueueAsync(string id)
    {
        var stream = new StreamId($"writer-{id}");
        var item = new OutboxItem(id, Queue, stream, new byte[] { 1 }, clock.GetUtcNow());
        Assert.IsType<AppendResult.Committed>(
            await log.AppendAsync(new Append(stream, 0, log.LeaseOf(stream), clock.GetUtcNow()) { Outbox = [item] })
        );
    }

    private sealed class FullDisk(InMemoryEventStore disk) : UnreliableStore(disk)
    {
        public bool IsFull { get; set; }

        public override ValueTask<IReadOnlyList<AppendResult>> CommitAsync(IReadOnlyList<Append> batch, CancellationToken cancellation) =>
            Disk.CommitAsync(batch, cancellation);

        public override ValueTask PostponeOutboxAsync(string id, DateTimeOffset dueAt, CancellationToken cancellation) =>
            IsFull ? throw new LogUnusableException("The disk is full.") : base.PostponeOutboxAsync(id, dueAt, cancellation);
    }
}
