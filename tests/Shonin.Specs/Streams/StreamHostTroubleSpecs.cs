using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;
using Shonin.EventLog;
using Shonin.EventLog.InMemory;
using Shonin.Specs.Orders;
using Shonin.Streams;
using PickupOutcome = Shonin.Streams.Outcome<
    Shonin.Specs.Streams.Pickup,
    Shonin.Specs.Streams.PickupFact,
    Shonin.Specs.Streams.PickupRefusal?
>;
using Pickups = Shonin.Streams.StreamHost<
    Shonin.Specs.Streams.Pickup,
    Shonin.Specs.Streams.PickupCommand,
    Shonin.Specs.Streams.PickupFact,
    Shonin.Specs.Streams.PickupRefusal?
>;
using Shelves = Shonin.Streams.StreamHost<Shonin.Specs.Streams.Shelf, Shonin.Specs.Streams.PutBack, Shonin.Specs.Streams.PutBack, bool>;

namespace Shonin.Specs.Streams;

/// <summary>
/// A log that cannot be written or read for a while: nothing is lost, nothing is done twice, and nothing is shown that is not durable.
/// </summary>
public sealed class StreamHostTroubleSpecs : IAsyncLifetime
{
    private static readonly StreamId one = new("pickup-1");

    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 11, 28, 3, 0, 0, TimeSpan.Zero));
    private readonly RefusingStore store = new(new InMemoryEventStore());
    private readonly ConcurrentQueue<Exception> faults = [];
    private readonly ConcurrentQueue<StreamId> unreadable = [];
    private OwnedLog log = null!;
    private Pickups pickups = null!;
    private Shelves shelves = null!;

    [Fact]
    public async Task While_the_disk_is_full_a_client_is_told_and_what_must_not_be_lost_waits_in_its_order()
    {
        store.IsFull = true;
        Assert.Equal(
            "The disk is full.",
            Assert.IsType<PickupOutcome.Unavailable>(await pickups.SubmitAsync(one, new PickupCommand.Reserve("A"))).Why
        );
        var kept = new List<Task<PickupOutcome>>();
        for (var index = 0; index < 3; index++)
        {
            kept.Add(pickups.SubmitUntilDurableAsync(one, new PickupCommand.Reserve($"S{index}")).AsTask());
            kept.Add(pickups.SubmitUntilDurableAsync(one, new PickupCommand.Collect()).AsTask());
        }
        await Eventually.IsSoAsync("all six wait", () => pickups.KeptCount == 6);
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.All(kept, one => Assert.False(one.IsCompleted));
        Assert.Null(await pickups.ReadAsync(one));

        store.IsFull = false;
        await Eventually.IsSoAsync("all that was kept is durable", () =>
        {
            clock.Advance(BackOff.Most);
            return kept.TrueForAll(one => one.IsCompleted);
        });
        Assert.All(kept, one => Assert.Null(Assert.IsType<PickupOutcome.Done>(one.Result).Reply));
        Assert.Equal(("S2", 3), ((await pickups.ReadAsync(one))!.State.Slot, (await pickups.ReadAsync(one))!.State.CollectedCount));
    }

    [Fact]
    public async Task What_must_not_be_lost_is_not_overtaken_by_what_came_later_while_it_is_on_its_way_to_the_log()
    {
        store.Hold();
        var first = pickups.SubmitUntilDurableAsync(one, new PickupCommand.Reserve("A")).AsTask();
        await store.CommitsHeldAsync(1);
        var second = pickups.SubmitUntilDurableAsync(one, new PickupCommand.Collect()).AsTask();
        store.ReleaseRefusingFirst();
        await Eventually.IsSoAsync("both are durable", () =>
        {
            clock.Advance(BackOff.Most);
            return first.IsCompleted && second.IsCompleted;
        });
        Assert.Null(Assert.IsType<PickupOutcome.Done>(await first).Reply);
        Assert.Null(Assert.IsType<PickupOutcome.Done>(await second).Reply);
    }

    [Fact]
    public async Task What_a_later_command_was_decided_on_is_decided_again_where_it_was_not_written()
    {
        await pickups.SubmitAsync(one, new PickupCommand.Reserve("A"));
        store.Hold();
        var lost = pickups.SubmitAsync(one, new PickupCommand.Collect()).AsTask();
        await store.CommitsHeldAsync(1);
        var later = pickups.SubmitAsync(one, new PickupCommand.Reserve("B")).AsTask();
        var read = pickups.ReadAsync(one).AsTask();
        store.ReleaseRefusingFirst();

        Assert.IsType<PickupOutcome.Unavailable>(await lost);
        Assert.Equal(PickupRefusal.ReservedAlready, Assert.IsType<PickupOutcome.Done>(await later).Reply);
        Assert.Equal((1, 0), ((await read)!.Version, (await read)!.State.CollectedCount));
        Assert.Single(await store.ReadStreamAsync(one, 0, default));
    }

    [Fact]
    public async Task Whoever_found_something_in_the_log_reads_it_of_the_stream_too()
    {
        await pickups.SubmitAsync(one, new PickupCommand.Reserve("A"));
        store.HoldAnswers();
        var collected = pickups.SubmitAsync(one, new PickupCommand.Collect()).AsTask();
        await Eventually.IsSoAsync("the log has both", async () => (await store.ReadStreamAsync(one, 0, default)).Count == 2);
        var read = pickups.ReadAsync(one).AsTask();
        store.ReleaseAnswers();
        Assert.Equal((2, 1), ((await read)!.Version, (await read)!.State.CollectedCount));
        await collected;
    }

    [Fact]
    public async Task A_stream_that_cannot_be_read_keeps_its_messages_and_hurts_no_other()
    {
        await shelves.SubmitAsync(ShelfExample.StreamOf("A"), new PutBack("A"));
        await shelves.SubmitAsync(ShelfExample.StreamOf("A"), new PutBack("A"));
        store.Damaged = ShelfExample.StreamOf("A");
        await ReopenAsync();
        await pickups.SubmitAsync(one, new PickupCommand.Reserve("A"));
        await pickups.SubmitAsync(new("pickup-2"), new PickupCommand.Reserve("B"));
        clock.Advance(PickupExample.HeldFor);
        await Eventually.IsSoAsync("the shelf of the other slot has heard", async () =>
            (await shelves.ReadAsync(ShelfExample.StreamOf("B")))?.State.PutBackCount == 1
        );
        await Assert.ThrowsAsync<StreamUnreadableException>(async () => await shelves.ReadAsync(ShelfExample.StreamOf("A")));
        Assert.Contains(ShelfExample.StreamOf("A"), unreadable);
        Assert.IsType<PickupOutcome.Done>(await pickups.SubmitAsync(one, new PickupCommand.Reserve("C")));

        store.Damaged = null;
        await Eventually.IsSoAsync("the shelf has heard after all", async () =>
        {
            clock.Advance(BackOff.Most);
            return (await shelves.ReadAsync(ShelfExample.StreamOf("A")))?.State.PutBackCount == 3;
        });
    }

    [Fact]
    public async Task A_host_that_stops_tells_whoever_waits()
    {
        store.IsFull = true;
        var kept = pickups.SubmitUntilDurableAsync(one, new PickupCommand.Reserve("A")).AsTask();
        var waiting = pickups.WhenAsync(new("pickup-2"), _ => true, default);
        await pickups.DisposeAsync();
        Assert.IsType<PickupOutcome.Unavailable>(await kept);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.IsType<PickupOutcome.Unavailable>(await pickups.SubmitAsync(one, new PickupCommand.Reserve("A")));
    }

    public async ValueTask InitializeAsync() => await BeginAsync();

    public async ValueTask DisposeAsync() => await EndAsync();

    private async Task ReopenAsync()
    {
        await EndAsync();
        await BeginAsync();
    }

    private async Task BeginAsync()
    {
        log = await OwnedLog.TakeAsync(store, default);
        pickups = await Pickups.OpenAsync(new PickupExample(), new(log, clock) { OnFault = faults.Enqueue }, default);
        shelves = await Shelves.OpenAsync(
            new ShelfExample(),
            new(log, clock)
            {
                OnFault = faults.Enqueue,
                HearsMessages = true,
                OnUnreadable = problem => unreadable.Enqueue(problem.Stream),
            },
            default
        );
        pickups.Start();
        shelves.Start();
    }

    private async Task EndAsync()
    {
        await shelves.DisposeAsync();
        await pickups.DisposeAsync();
        await log.DisposeAsync();
    }
}
