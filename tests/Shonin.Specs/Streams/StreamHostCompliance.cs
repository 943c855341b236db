using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Shonin.EventLog;
using Shonin.EventLog.InMemory;
using Shonin.EventLog.Sqlite;
using Shonin.Specs.EventLog;
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
using Visits = Shonin.Streams.StreamHost<
    Shonin.Streams.Journal,
    System.Collections.Generic.IReadOnlyList<Shonin.Specs.Streams.Visit>,
    Shonin.Specs.Streams.Visit,
    Shonin.Streams.NoReply
>;
using VisitsOutcome = Shonin.Streams.Outcome<Shonin.Streams.Journal, Shonin.Specs.Streams.Visit, Shonin.Streams.NoReply>;

namespace Shonin.Specs.Streams;

/// <summary>What the kernel promises every kind, on every store.</summary>
public abstract class StreamHostCompliance : IAsyncLifetime
{
    private static readonly StreamId one = new("pickup-1");
    private static readonly StreamId other = new("pickup-2");
    private static readonly StreamId shelf = ShelfExample.StreamOf("A");
    private static readonly StreamId today = VisitsExample.StreamOf(new DateOnly(2026, 11, 28));

    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 11, 28, 3, 0, 0, TimeSpan.Zero));
    private readonly ConcurrentQueue<Exception> faults = [];
    private readonly ConcurrentQueue<string> followed = [];
    private IEventStore store = null!;
    private OwnedLog log = null!;
    private Pickups pickups = null!;
    private Shelves shelves = null!;
    private ShelfExample shelfKind = null!;
    private Visits visits = null!;

    protected abstract ValueTask<IEventStore> OpenStoreAsync(TimeProvider time);

    [Fact]
    public async Task Of_a_hundred_that_ask_at_once_one_gets_it_and_the_others_are_told_why()
    {
        var outcomes = await Task.WhenAll(
            Enumerable.Range(0, 100).Select(_ => Task.Run(async () => await pickups.SubmitAsync(one, new PickupCommand.Reserve("A"))))
        );
        Assert.Equal(99, outcomes.Count(outcome => outcome is PickupOutcome.Done { Reply: PickupRefusal.ReservedAlready }));
        Assert.Single(await store.ReadStreamAsync(one, 0, default));
    }

    [Fact]
    public async Task What_was_decided_is_the_same_to_the_next_server()
    {
        await ReserveAsync(one, "A");
        await pickups.SubmitAsync(one, new PickupCommand.Collect());
        await ReserveAsync(one, "B");
        var before = (await pickups.ReadAsync(one))!;
        await ReopenAsync();
        var after = (await pickups.ReadAsync(one))!;
        Assert.Equal((before.State, before.Version), (after.State, after.Version));
        Assert.Null(await pickups.ReadAsync(other));
    }

    [Fact]
    public async Task A_key_that_somebody_else_holds_is_named_and_nothing_is_changed()
    {
        await ReserveAsync(one, "A");
        var taken = Assert.IsType<PickupOutcome.KeyTaken>(await pickups.SubmitAsync(other, new PickupCommand.Reserve("A")));
        Assert.Equal(("slot", one), (taken.Key.Scope, taken.Holder));
        Assert.Null(await pickups.ReadAsync(other));
        clock.Advance(TimeSpan.FromSeconds(1));
        await ReserveAsync(other, "A");
    }

    [Fact]
    public async Task A_clients_key_is_remembered_with_a_refusal_too()
    {
        await ReserveAsync(one, "A");
        var brought = new Attachments<PickupRefusal?>
        {
            Remember = (refusal, version) => new UniqueKey("client", "k1", new[] { (byte)version, (byte)(refusal ?? 0) }),
        };
        Assert.IsType<PickupOutcome.Done>(await pickups.SubmitAsync(one, new PickupCommand.Reserve("A"), brought));
        Assert.Equal([1, (byte)PickupRefusal.ReservedAlready], (await store.FindKeyAsync("client", "k1", default))!.Content.ToArray());
        Assert.Equal(
            "client",
            Assert.IsType<PickupOutcome.KeyTaken>(await pickups.SubmitAsync(other, new PickupCommand.Reserve("B"), brought)).Key.Scope
        );
    }

    [Fact]
    public async Task An_alarm_rings_after_a_restart_too_and_what_follows_is_heard_once()
    {
        await ReserveAsync(one, "A");
        await ReopenAsync();
        clock.Advance(PickupExample.HeldFor);
        await Eventually.IsSoAsync("the shelf has heard of the slot", async () =>
            (await shelves.ReadAsync(shelf))?.State.PutBackCount == 1
        );
        Assert.Null((await pickups.ReadAsync(one))!.State.Until);
        await ReopenAsync();
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, (await shelves.ReadAsync(shelf))!.State.PutBackCount);
        Assert.Empty(await store.ReadOutboxAsync("to-shelf-", DateTimeOffset.MaxValue, 10, default));
        Assert.Empty(faults);
    }

    [Fact]
    public async Task Messages_of_many_streams_are_all_heard()
    {
        for (var index = 0; index < 30; index++)
        {
            await ReserveAsync(new($"pickup-{index}"), "A");
            clock.Advance(TimeSpan.FromMilliseconds(1));
        }
        clock.Advance(PickupExample.HeldFor);
        await Eventually.IsSoAsync("the shelf has heard of all", async () =>
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            return (await shelves.ReadAsync(shelf))?.State.PutBackCount == 30;
        });
    }

    [Fact]
    public async Task Whoever_waits_is_told_once_it_is_durably_so()
    {
        await ReserveAsync(one, "A");
        var waiting = pickups.WhenAsync(one, pickup => pickup.CollectedCount == 1, default);
        Assert.False(waiting.IsCompleted);
        await pickups.SubmitAsync(one, new PickupCommand.Collect());
        Assert.Equal(2, (await waiting).Version);
        using var impatient = new CancellationTokenSource();
        var never = pickups.WhenAsync(one, pickup => pickup.CollectedCount == 9, impatient.Token);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => never);
    }

    [Fact]
    public async Task Facts_are_followed_in_the_order_of_their_stream()
    {
        var asked = new List<Task>();
        for (var index = 0; index < 50; index++)
        {
            asked.Add(pickups.SubmitAsync(one, new PickupCommand.Reserve($"S{index}")).AsTask());
            asked.Add(pickups.SubmitAsync(one, new PickupCommand.Collect()).AsTask());
        }
        await Task.WhenAll(asked);
        Assert.Equal(Enumerable.Range(1, 100).Select(version => $"{one}/{version}"), followed);
    }

    [Fact]
    public async Task A_server_whose_streams_another_has_taken_says_so()
    {
        await ReserveAsync(one, "A");
        await using var later = await OwnedLog.TakeAsync(store, default);
        Assert.Contains(
            "Another server",
            Assert.IsType<PickupOutcome.Unavailable>(await pickups.SubmitAsync(one, new PickupCommand.Collect())).Why,
            StringComparison.Ordinal
        );
        Assert.IsType<PickupOutcome.Unavailable>(await pickups.SubmitUntilDurableAsync(one, new PickupCommand.Collect()));
    }

    [Fact]
    public async Task What_the_log_cannot_hold_is_refused_and_costs_nothing()
    {
        var tooLong = new string('A', AppendLimits.PayloadSizeBytesMax);
        Assert.IsType<PickupOutcome.TooLarge>(await pickups.SubmitAsync(one, new PickupCommand.Reserve(tooLong)));
        await ReserveAsync(one, "A");
    }

    [Fact]
    public async Task A_journal_takes_what_many_bring_at_once_each_whole_and_goes_on_behind_it_after_a_restart()
    {
        var visitors = Enumerable.Range(0, 100).Select(who => $"{who}");
        await Task.WhenAll(visitors.Select(who => Task.Run(() => VisitAsync(new Visit.Came(who), new Visit.LeftBehind(who)))));
        await ReopenAsync();
        Assert.Equal(201, (await VisitAsync(new Visit.Came("late"))).Version);

        var told = (await store.ReadStreamAsync(today, 0, default)).Select(VisitsExample.Read).ToArray();
        Assert.Equal(100, told.Chunk(2).Count(pair => pair is [Visit.Came came, Visit.LeftBehind left] && came.Who == left.What));
        Assert.Equal(new Visit.Came("late"), told[^1]);
        Assert.Equal(100, (await store.ReadOutboxAsync(VisitsExample.LostAndFound, DateTimeOffset.MaxValue, 1_000, default)).Count);
        Assert.Equal(201, (await visits.ReadAsync(today))!.Version);
        Assert.Null(await visits.ReadAsync(new("visits-2026-11-29")));
        Assert.Empty(faults);
    }

    [Fact]
    public async Task What_may_stand_in_a_journal_once_does_and_costs_nobody_else_a_line()
    {
        var once = new Attachments<NoReply> { Keys = [new UniqueKey("visit", "opened")] };
        Assert.IsType<VisitsOutcome.Done>(await visits.SubmitAsync(today, [new Visit.Came("the first")], once));
        var again = visits.SubmitAsync(today, [new Visit.Came("the first")], once).AsTask();
        var others = Enumerable.Range(0, 10).Select(who => VisitAsync(new Visit.Came($"{who}"))).ToArray();

        Assert.Equal(today, Assert.IsType<VisitsOutcome.KeyTaken>(await again).Holder);
        await Task.WhenAll(others);
        Assert.Equal(11, await store.ReadVersionAsync(today, default));
    }

    [Fact]
    public async Task A_journal_that_another_hand_has_written_to_goes_on_behind_it()
    {
        await VisitAsync(new Visit.Came("one"));
        var another = new Append(today, 1, log.LeaseOf(today), clock.GetUtcNow()) { Events = [new NewEvent("newer/9", default)] };
        Assert.IsType<AppendResult.Committed>(await log.AppendAsync(another));
        Assert.Equal(3, (await VisitAsync(new Visit.Came("two"))).Version);
    }

    [Fact]
    public async Task A_long_stream_is_read_from_the_state_that_was_kept_last()
    {
        await PutBackAsync(25);
        await ReopenAsync();
        Assert.Equal(25, (await shelves.ReadAsync(shelf))!.State.PutBackCount);
        Assert.Equal(5, shelfKind.LoadedCount);
        await PutBackAsync(5);
        await ReopenAsync();
        Assert.Equal((30, 30), ((await shelves.ReadAsync(shelf))!.State.PutBackCount, (int)(await shelves.ReadAsync(shelf))!.Version));
        Assert.Equal(0, shelfKind.LoadedCount);
        Assert.Empty(faults);
    }

    [Theory]
    [InlineData("shelf/1 20\n{", "")]
    [InlineData("shelf/1 20\n{}x", "")]
    [InlineData("shelf/1 20", null)]
    [InlineData("shelf/1 many\n{}", null)]
    [InlineData("shelf/1 26\n{\"PutBackCount\":26}", null)] // ahead of the log: its facts are gone
    [InlineData("shelf/0 20\n{\"PutBackCount\":7}", null)] // another program's
    public async Task A_kept_state_that_cannot_be_used_costs_nothing_but_time(string kept, string? fault)
    {
        await PutBackAsync(25);
        await EndAsync();
        log = await OwnedLog.TakeAsync(store, default);
        var altered = new Append(other, 0, log.LeaseOf(other), clock.GetUtcNow())
        {
            Documents = [new Document($"state-{shelf}", $"state-{shelf}", Encoding.UTF8.GetBytes(kept))],
        };
        Assert.IsType<AppendResult.Committed>(await log.AppendAsync(altered));
        await log.DisposeAsync();
        await BeginAsync();
        Assert.Equal(25, (await shelves.ReadAsync(shelf))!.State.PutBackCount);
        Assert.Equal(25, shelfKind.LoadedCount);
        Assert.Equal(fault is null ? 0 : 1, faults.Count);
    }

    [Fact]
    public async Task Documents_become_durable_beside_a_decision_without_facts_too()
    {
        var brought = new Attachments<PickupRefusal?> { Documents = [new Document("note", "owner", "seen"u8.ToArray())] };
        await pickups.SubmitAsync(one, new PickupCommand.Collect(), brought);
        Assert.Equal("seen"u8.ToArray(), (await store.ReadDocumentAsync("note", default))!.Value.ToArray());
    }

    [Fact]
    public async Task Whoever_brings_a_taken_key_costs_no_other_its_tries()
    {
        await ReserveAsync(one, "A");
        Attachments<PickupRefusal?> once = new() { Keys = [new UniqueKey("once", "k")] };
        await pickups.SubmitAsync(one, new PickupCommand.Collect(), once);
        var taken = Enumerable.Range(0, 200).Select(_ => pickups.SubmitAsync(one, new PickupCommand.Reserve("B"), once).AsTask()).ToArray();
        var outcomes = await Task.WhenAll(taken);
        Assert.All(outcomes, outcome => Assert.Equal("once", Assert.IsType<PickupOutcome.KeyTaken>(outcome).Key.Scope));
    }

    private async Task PutBackAsync(int count)
    {
        for (var index = 0; index < count; index++)
            await shelves.SubmitAsync(shelf, new PutBack("A"));
    }

    public async ValueTask InitializeAsync()
    {
        store = await OpenStoreAsync(clock);
        await BeginAsync();
    }

    public virtual async ValueTask DisposeAsync()
    {
        await EndAsync();
        await store.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private async Task ReserveAsync(StreamId stream, string slot) =>
        Assert.Null(Assert.IsType<PickupOutcome.Done>(await pickups.SubmitAsync(stream, new PickupCommand.Reserve(slot))).Reply);

    private async Task<Snapshot<Journal, Visit>> VisitAsync(params Visit[] visit) =>
        Assert.IsType<VisitsOutcome.Done>(await visits.SubmitAsync(today, visit)).Stream!;

    private async Task ReopenAsync()
    {
        await EndAsync();
        await BeginAsync();
    }

    private async Task BeginAsync()
    {
        log = await OwnedLog.TakeAsync(store, default);
        pickups = await Pickups.OpenAsync(
            new PickupExample(),
            new(log, clock) { OnFault = faults.Enqueue, OnDurable = step => followed.Enqueue($"{step.Stream}/{step.Version}") },
            default
        );
        shelfKind = new ShelfExample();
        shelves = await Shelves.OpenAsync(shelfKind, new(log, clock) { OnFault = faults.Enqueue, HearsMessages = true }, default);
        visits = await Visits.OpenAsync(new VisitsExample(), new(log, clock) { OnFault = faults.Enqueue }, default);
        pickups.Start();
        shelves.Start();
    }

    private async Task EndAsync()
    {
        await visits.DisposeAsync();
        await shelves.DisposeAsync();
        await pickups.DisposeAsync();
        await log.DisposeAsync();
    }
}

public sealed class InMemoryStreamHostCompliance : StreamHostCompliance
{
    protected override ValueTask<IEventStore> OpenStoreAsync(TimeProvider time) =>
        ValueTask.FromResult<IEventStore>(new InMemoryEventStore());
}

[RealParts]
public sealed class SqliteStreamHostCompliance : StreamHostCompliance
{
    private readonly DataFolder folder = new();

    protected override async ValueTask<IEventStore> OpenStoreAsync(TimeProvider time) =>
        await SqliteEventStore.OpenAsync(folder.Log, time, default);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        folder.Dispose();
    }
}
