using System.Text;
using Shonin.EventLog;
using Shonin.EventLog.Evidence;

namespace Shonin.Specs.EventLog;

/// <summary>What every log keeps, whatever it is stored in. Each implementation runs all of it.</summary>
public abstract class EventStoreCompliance : IAsyncLifetime
{
    private static readonly DateTimeOffset noon = new(2026, 11, 24, 3, 0, 0, TimeSpan.Zero);
    private static readonly StreamId order = new("order-1");

    private IEventStore store = null!;

    protected abstract ValueTask<IEventStore> OpenAsync();

    /// <summary>The same log as a new process would find it.</summary>
    protected abstract ValueTask<IEventStore> ReopenAsync(IEventStore opened);

    public async ValueTask InitializeAsync() => store = await OpenAsync();

    public virtual async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Events_are_numbered_from_one_in_their_stream_and_in_the_log_without_gaps()
    {
        await CommittedAsync(await OnAsync(order, 0, "placed", "asked"), 2);
        await CommittedAsync(await OnAsync(new("order-2"), 0, "placed"), 1);
        await CommittedAsync(await OnAsync(order, 2, "approved"), 3);

        var all = await store.ReadAllAsync(0, 100, default);
        Assert.Equal(
            [(1, "order-1", 1), (2, "order-1", 2), (3, "order-2", 1), (4, "order-1", 3)],
            all.Select(stored => (stored.Position, stored.Stream.Value, stored.Version))
        );
        Assert.Equal(["asked", "approved"], (await store.ReadStreamAsync(order, 1, default)).Select(stored => stored.Type));
        Assert.Equal([2, 3], (await store.ReadAllAsync(1, 2, default)).Select(stored => stored.Position));
        Assert.Empty(await store.ReadAllAsync(4, 100, default));
        Assert.Equal(4, await store.LastPositionAsync(default));
        Assert.Empty(await store.ReadStreamAsync(new("order-3"), 0, default));
    }

    [Fact]
    public async Task A_stream_s_version_is_told_without_its_events()
    {
        await CommittedAsync(await OnAsync(order, 0, "placed", "asked"), 2);
        await CommittedAsync(await OnAsync(new("order-2"), 0, "placed"), 1);
        await CommittedAsync((await OnAsync(new("order-3"), 0)) with { Keys = [new("order-number", "N1")] }, 0);

        store = await ReopenAsync(store);
        foreach (var (stream, version) in new[] { (order, 2), (new("order-2"), 1), (new("order-3"), 0), (new("order-4"), 0) })
            Assert.Equal(version, await store.ReadVersionAsync(stream, default));
    }

    [Fact]
    public async Task An_event_comes_back_as_it_was_written_with_its_time_to_the_millisecond()
    {
        var append = (await OnAsync(order, 0)) with
        {
            At = noon.AddTicks(12_345_678).ToOffset(TimeSpan.FromHours(9)),
            Events = [new NewEvent("placed", Encoding.UTF8.GetBytes("""{"品":"茶碗"}"""))],
        };
        await CommittedAsync(append, 1);

        var stored = Assert.Single(await store.ReadStreamAsync(order, 0, default));
        Assert.Equal("""{"品":"茶碗"}""", Encoding.UTF8.GetString(stored.Payload.Span));
        Assert.Equal(noon.AddMilliseconds(1234), stored.At);
        Assert.Equal(TimeSpan.Zero, stored.At.Offset);
    }

    [Fact]
    public async Task Each_hash_covers_the_row_and_the_hash_before_it_in_the_stream()
    {
        await CommittedAsync(await OnAsync(order, 0, "placed", "asked"), 2);
        await CommittedAsync(await OnAsync(new("order-2"), 0, "placed"), 1);
        await CommittedAsync(await OnAsync(order, 2, "approved"), 3);

        var previous = EventHash.BeforeFirst;
        foreach (var stored in await store.ReadStreamAsync(order, 0, default))
        {
            Assert.Equal(
                EventHash.Compute(
                    previous.Span,
                    stored.Position,
                    stored.Stream,
                    stored.Version,
                    stored.At,
                    stored.Type,
                    stored.Payload.Span
                ),
                stored.Hash.ToArray()
            );
            previous = stored.Hash;
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(-1)]
    public async Task An_append_that_expects_another_version_is_refused_with_the_actual_one(long expected)
    {
        await CommittedAsync(await OnAsync(order, 0, "placed"), 1);
        Assert.Equal(new AppendResult.VersionConflict(1), await ResultAsync(await OnAsync(order, expected, "asked")));
        Assert.Single(await store.ReadAllAsync(0, 100, default));
    }

    [Fact]
    public async Task The_version_is_checked_also_when_there_are_no_events()
    {
        await CommittedAsync(await OnAsync(order, 0), 0);
        Assert.Equal(new AppendResult.VersionConflict(0), await ResultAsync(await OnAsync(order, 1)));
    }

    [Fact]
    public async Task A_key_has_one_holder_for_ever_and_the_next_is_told_who()
    {
        var key = new UniqueKey("order-number", "N1001", "first"u8.ToArray());
        await CommittedAsync((await OnAsync(order, 0, "placed")) with { Keys = [key] }, 1);

        var second = (await OnAsync(new("order-2"), 0, "placed")) with { Keys = [new("order-number", "N1001")] };
        var taken = Assert.IsType<AppendResult.KeyTaken>(await ResultAsync(second));
        Assert.Equal(("order-number", "N1001", order), (taken.Key.Scope, taken.Key.Value, taken.Holder));
        Assert.IsType<AppendResult.KeyTaken>(await ResultAsync((await OnAsync(order, 1, "asked")) with { Keys = [key] }));
        await CommittedAsync((await OnAsync(order, 1, "asked")) with { Keys = [key with { Scope = "other" }] }, 2);

        var holder = await store.FindKeyAsync("order-number", "N1001", default);
        Assert.Equal(order, holder!.Stream);
        Assert.Equal("first"u8.ToArray(), holder.Content.ToArray());
        Assert.Null(await store.FindKeyAsync("order-number", "N1002", default));
        Assert.Empty(await store.ReadStreamAsync(new("order-2"), 0, default));
    }

    [Fact]
    public async Task One_append_cannot_claim_a_key_twice()
    {
        var append = (await OnAsync(order, 0, "placed")) with { Keys = [new("claim", "1"), new("claim", "1")] };
        Assert.Equal(order, Assert.IsType<AppendResult.KeyTaken>(await ResultAsync(append)).Holder);
        Assert.Null(await store.FindKeyAsync("claim", "1", default));
    }

    [Fact]
    public async Task The_greatest_key_of_a_scope_is_found_by_the_order_of_its_bytes()
    {
        Assert.Null(await store.GreatestKeyAsync("stan", default));
        string[] values = ["000009", "000010", "000002", "\U0001F375", "\uFF5E"];
        await CommittedAsync(
            (await OnAsync(order, 0)) with
            {
                Keys = [.. values[..3].Select(value => new UniqueKey("stan", value)), new("zzz", "999999")],
            },
            0
        );
        Assert.Equal("000010", await store.GreatestKeyAsync("stan", default));
        await CommittedAsync((await OnAsync(order, 0)) with { Keys = [.. values[3..].Select(value => new UniqueKey("stan", value))] }, 0);
        Assert.Equal("\U0001F375", await store.GreatestKeyAsync("stan", default));
    }

    [Fact]
    public async Task An_earlier_owner_of_a_shard_is_refused_once_a_later_one_has_taken_it()
    {
        var early = await OnAsync(order, 0, "placed");
        var late = await store.AcquireShardAsync(early.Lease.Shard, default);
        Assert.Equal(early.Lease.Epoch + 1, late.Epoch);
        Assert.Equal(new AppendResult.LeaseLost(late.Epoch), await ResultAsync(early));
        await CommittedAsync(early with { Lease = late }, 1);
        Assert.Equal(
            new AppendResult.LeaseLost(late.Epoch),
            await ResultAsync(early with { ExpectedVersion = 1, Lease = late with { Epoch = late.Epoch + 1 } })
        );
    }

    [Fact]
    public async Task One_refused_append_does_not_harm_the_others_of_its_batch()
    {
        await CommittedAsync((await OnAsync(order, 0, "placed")) with { Keys = [new("claim", "1")] }, 1);
        var stale = await OnAsync(new("order-5"), 0, "placed");
        var other = await OnAsync(new("order-4"), 0, "placed");
        var results = await store.CommitAsync(
            [
                await OnAsync(order, 1, "asked"),
                await OnAsync(new("order-2"), 7, "placed"),
                (await OnAsync(new("order-3"), 0, "placed")) with
                {
                    Keys = [new("claim", "2"), new("claim", "1")],
                },
                stale with
                {
                    Lease = stale.Lease with { Epoch = stale.Lease.Epoch - 1 },
                },
                other with
                {
                    Keys = [new("claim", "2")],
                },
            ],
            default
        );

        Assert.Equal(new AppendResult.Committed(2), results[0]);
        Assert.Equal(new AppendResult.VersionConflict(0), results[1]);
        Assert.Equal("1", Assert.IsType<AppendResult.KeyTaken>(results[2]).Key.Value);
        Assert.IsType<AppendResult.LeaseLost>(results[3]);
        Assert.Equal(new AppendResult.Committed(1), results[4]);
        Assert.Equal(["order-1", "order-1", "order-4"], (await store.ReadAllAsync(0, 100, default)).Select(stored => stored.Stream.Value));
        Assert.Equal("order-4", (await store.FindKeyAsync("claim", "2", default))!.Stream.Value);
    }

    [Fact]
    public async Task Appends_to_one_stream_in_one_batch_follow_one_another()
    {
        var results = await store.CommitAsync(
            [await OnAsync(order, 0, "placed"), await OnAsync(order, 0, "late"), await OnAsync(order, 1, "asked")],
            default
        );
        Assert.Equal([new AppendResult.Committed(1), new AppendResult.VersionConflict(1), new AppendResult.Committed(2)], results);
        Assert.Equal(["placed", "asked"], (await store.ReadStreamAsync(order, 0, default)).Select(stored => stored.Type));
    }

    [Fact]
    public async Task An_alarm_is_set_kept_moved_and_cleared_by_appends_only()
    {
        var shard = ShardMap.ShardOf(order);
        await CommittedAsync((await OnAsync(order, 0, "placed")) with { Alarm = new AlarmChange.Set(noon.AddTicks(1)) }, 1);
        await CommittedAsync(await OnAsync(order, 1, "asked"), 2);
        Assert.Equal([new Alarm(order, noon.AddMilliseconds(1))], await store.ReadAlarmsAsync(shard, default));
        await CommittedAsync((await OnAsync(order, 2)) with { Alarm = new AlarmChange.Set(noon) }, 2);
        Assert.Equal([new Alarm(order, noon)], await store.ReadAlarmsAsync(shard, default));
        Assert.Empty(await store.ReadAlarmsAsync((shard + 1) % ShardMap.ShardCount, default));
        await CommittedAsync((await OnAsync(order, 2)) with { Alarm = AlarmChange.Clear.Instance }, 2);
        Assert.Empty(await store.ReadAlarmsAsync(shard, default));
    }

    [Fact]
    public async Task A_refused_append_leaves_alarm_outbox_and_documents_alone()
    {
        var append = (await OnAsync(order, 3, "placed")) with
        {
            Alarm = new AlarmChange.Set(noon),
            Outbox = [Item("1", noon)],
            Documents = [new("d", "customer-1", "x"u8.ToArray())],
        };
        Assert.IsType<AppendResult.VersionConflict>(await ResultAsync(append));
        Assert.Empty(await store.ReadAlarmsAsync(append.Lease.Shard, default));
        Assert.Empty(await store.ReadOutboxAsync("mail", noon, 10, default));
        Assert.Null(await store.ReadDocumentAsync("d", default));
    }

    [Fact]
    public async Task The_outbox_gives_what_is_due_the_oldest_first()
    {
        await CommittedAsync(
            (await OnAsync(order, 0)) with
            {
                Outbox =
                [
                    Item("late", noon.AddSeconds(9)),
                    Item("b", noon),
                    Item("a", noon),
                    Item("first", noon.AddSeconds(-1)),
                    Item("hook", noon) with
                    {
                        Queue = "webhook",
                    },
                ],
            },
            0
        );
        Assert.Equal(["first", "b", "a"], await IdsAsync("mail", noon));
        Assert.Equal(["first", "b"], (await store.ReadOutboxAsync("mail", noon, 2, default)).Select(item => item.Id));
        Assert.Equal(["hook"], await IdsAsync("webhook", noon));
        Assert.Empty(await IdsAsync("mail", noon.AddSeconds(-2)));
    }

    [Fact]
    public async Task A_postponed_item_waits_and_counts_its_tries()
    {
        await CommittedAsync((await OnAsync(order, 0)) with { Outbox = [Item("1", noon), Item("2", noon)] }, 0);
        await store.PostponeOutboxAsync("1", noon.AddMinutes(1), default);
        await store.PostponeOutboxAsync("gone", noon, default);

        Assert.Equal(["2"], await IdsAsync("mail", noon));
        var items = await store.ReadOutboxAsync("mail", noon.AddMinutes(1), 10, default);
        Assert.Equal([("2", 0), ("1", 1)], items.Select(item => (item.Id, item.Attempts)));
        Assert.Equal(noon.AddMinutes(1), items[1].DueAt);
        Assert.Equal("payload 1"u8.ToArray(), items[1].Payload.ToArray());
        Assert.Equal(order, items[1].Stream);
    }

    [Fact]
    public async Task Of_each_stream_the_item_that_came_first_is_given_and_holds_back_the_later_ones_until_it_is_done()
    {
        StreamId other = new("order-2");
        await CommittedAsync(
            (await OnAsync(order, 0)) with
            {
                Outbox = [Item("a1", noon), Item("a2", noon.AddSeconds(-9)), Item("hook", noon) with { Queue = "webhook" }],
            },
            0
        );
        await CommittedAsync(
            (await OnAsync(other, 0)) with
            {
                Outbox = [Item("b1", noon.AddSeconds(-5)) with { Stream = other }, Item("b2", noon) with { Stream = other }],
            },
            0
        );
        Assert.Equal(["b1", "a1"], await FirstsAsync());

        await store.PostponeOutboxAsync("b1", noon.AddMinutes(1), default);
        Assert.Equal(["a1"], await FirstsAsync());
        await CommittedAsync((await OnAsync(order, 0)) with { CompletedOutbox = ["a1"] }, 0);
        await CommittedAsync((await OnAsync(other, 0)) with { CompletedOutbox = ["b1"] }, 0);
        Assert.Equal(["a2", "b2"], await FirstsAsync());
        Assert.Equal(["a2"], (await store.ReadOutboxFirstsAsync("mail", noon, 1, default)).Select(item => item.Id));
        store = await ReopenAsync(store);
        Assert.Equal(["a2", "b2"], await FirstsAsync());

        async Task<IEnumerable<string>> FirstsAsync() =>
            (await store.ReadOutboxFirstsAsync("mail", noon, 10, default)).Select(item => item.Id);
    }

    [Fact]
    public async Task A_completed_item_is_gone_and_completing_it_again_is_no_error()
    {
        await CommittedAsync((await OnAsync(order, 0)) with { Outbox = [Item("1", noon), Item("2", noon)] }, 0);
        await CommittedAsync((await OnAsync(order, 0, "mailed")) with { CompletedOutbox = ["1"] }, 1);
        await CommittedAsync((await OnAsync(order, 1)) with { CompletedOutbox = ["1"] }, 1);
        Assert.Equal(["2"], await IdsAsync("mail", noon));
    }

    [Fact]
    public async Task An_append_that_is_refused_for_one_name_has_taken_none_of_its_others()
    {
        await CommittedAsync((await OnAsync(order, 0)) with { Keys = [new("order-number", "N1001")], Outbox = [Item("1", noon)] }, 0);
        UniqueKey[] free = [new("order-number", "N1002"), new("order-number", "N1003")];
        var late = await OnAsync(new("order-2"), 0, "placed");
        Assert.IsType<AppendResult.KeyTaken>(await ResultAsync(late with { Keys = free, Outbox = [Item("1", noon)] }));
        Assert.IsType<AppendResult.KeyTaken>(await ResultAsync(late with { Keys = [.. free, new("order-number", "N1001")] }));
        Assert.IsType<AppendResult.KeyTaken>(await ResultAsync(late with { Keys = [.. free, free[0]] }));
        Assert.Null(await store.FindKeyAsync("order-number", "N1003", default));
        await CommittedAsync((await OnAsync(new("order-3"), 0, "placed")) with { Keys = free, Outbox = [Item("2", noon)] }, 1);
    }

    [Fact]
    public async Task An_outbox_id_that_still_waits_is_refused_as_a_taken_key()
    {
        await CommittedAsync((await OnAsync(order, 0)) with { Outbox = [Item("1", noon)] }, 0);
        var taken = Assert.IsType<AppendResult.KeyTaken>(
            await ResultAsync((await OnAsync(new("order-2"), 0)) with { Outbox = [Item("1", noon)] })
        );
        Assert.Equal((OutboxItem.IdScope, "1", order), (taken.Key.Scope, taken.Key.Value, taken.Holder));
        Assert.IsType<AppendResult.KeyTaken>(
            await ResultAsync((await OnAsync(order, 0)) with { Outbox = [Item("2", noon), Item("2", noon)] })
        );
        await CommittedAsync((await OnAsync(order, 0)) with { CompletedOutbox = ["1"] }, 0);
        await CommittedAsync((await OnAsync(order, 0)) with { Outbox = [Item("1", noon)] }, 0);
    }

    [Fact]
    public async Task A_document_is_read_until_its_owner_is_erased_and_the_events_stay()
    {
        await CommittedAsync(
            (await OnAsync(order, 0, "placed")) with
            {
                Documents =
                [
                    new("mail-1", "customer-1", "first"u8.ToArray()),
                    new("mail-2", "customer-1", "second"u8.ToArray()),
                    new("mail-3", "customer-2", "third"u8.ToArray()),
                ],
            },
            1
        );
        Assert.Equal("second"u8.ToArray(), (await store.ReadDocumentAsync("mail-2", default))!.Value.ToArray());

        await store.EraseOwnerAsync("customer-1", default);
        await store.EraseOwnerAsync("nobody", default);

        Assert.Null(await store.ReadDocumentAsync("mail-1", default));
        Assert.Null(await store.ReadDocumentAsync("mail-2", default));
        Assert.Equal("third"u8.ToArray(), (await store.ReadDocumentAsync("mail-3", default))!.Value.ToArray());
        Assert.Null(await store.ReadDocumentAsync("mail-4", default));
        Assert.Single(await store.ReadStreamAsync(order, 0, default));
    }

    [Fact]
    public async Task A_document_takes_the_place_of_the_one_with_its_id()
    {
        await CommittedAsync((await OnAsync(order, 0)) with { Documents = [new("address", "customer-1", "old"u8.ToArray())] }, 0);
        await CommittedAsync((await OnAsync(order, 0)) with { Documents = [new("address", "customer-2", "new"u8.ToArray())] }, 0);
        await store.EraseOwnerAsync("customer-1", default);
        Assert.Equal("new"u8.ToArray(), (await store.ReadDocumentAsync("address", default))!.Value.ToArray());
    }

    [Fact]
    public async Task What_was_made_from_a_document_that_is_gone_meanwhile_is_left_out_and_the_rest_is_written()
    {
        var made = new Document("text-1", "customer-1", "Dear Hanako"u8.ToArray()) { MadeFrom = "person-1" };
        await CommittedAsync(
            (await OnAsync(order, 0, "placed")) with
            {
                Documents = [new Document("person-1", "customer-1", "Hanako"u8.ToArray()), made],
            },
            1
        );
        Assert.NotNull(await store.ReadDocumentAsync("text-1", default));
        await store.EraseOwnerAsync("customer-1", default);
        await CommittedAsync((await OnAsync(order, 1, "asked")) with { Documents = [made], Keys = [new UniqueKey("text", "1")] }, 2);
        Assert.Null(await store.ReadDocumentAsync("text-1", default));
        Assert.NotNull(await store.FindKeyAsync("text", "1", default));
    }

    [Fact]
    public async Task An_append_erases_owners_together_with_its_facts_or_not_at_all()
    {
        await CommittedAsync(
            (await OnAsync(order, 0, "kept")) with
            {
                Documents = [new("a", "owner-1", "old"u8.ToArray()), new("b", "owner-2", "other"u8.ToArray())],
            },
            1
        );
        var refused = (await OnAsync(order, 7, "deleted")) with { ErasedOwners = ["owner-1"] };
        Assert.IsType<AppendResult.VersionConflict>(Assert.Single(await store.CommitAsync([refused], default)));
        Assert.NotNull(await store.ReadDocumentAsync("a", default));

        await CommittedAsync(
            (await OnAsync(order, 1, "deleted")) with
            {
                ErasedOwners = ["owner-1", "nobody"],
                Documents = [new("c", "owner-1", "new"u8.ToArray())],
            },
            2
        );
        Assert.Null(await store.ReadDocumentAsync("a", default));
        Assert.Equal("new"u8.ToArray(), (await store.ReadDocumentAsync("c", default))!.Value.ToArray());
        Assert.NotNull(await store.ReadDocumentAsync("b", default));
    }

    [Fact]
    public async Task An_erased_owner_can_come_back_with_new_documents()
    {
        await CommittedAsync((await OnAsync(order, 0)) with { Documents = [new("a", "customer-1", "old"u8.ToArray())] }, 0);
        await store.EraseOwnerAsync("customer-1", default);
        await CommittedAsync((await OnAsync(order, 0)) with { Documents = [new("b", "customer-1", "new"u8.ToArray())] }, 0);
        Assert.Null(await store.ReadDocumentAsync("a", default));
        Assert.Equal("new"u8.ToArray(), (await store.ReadDocumentAsync("b", default))!.Value.ToArray());
    }

    [Fact]
    public async Task Everything_outlives_the_process()
    {
        var append = (await OnAsync(order, 0, "placed")) with
        {
            Keys = [new("claim", "7", "x"u8.ToArray())],
            Outbox = [Item("1", noon)],
            Alarm = new AlarmChange.Set(noon),
            Documents = [new("d", "customer-1", "text"u8.ToArray())],
        };
        await CommittedAsync(append, 1);
        store = await ReopenAsync(store);

        var lease = await store.AcquireShardAsync(append.Lease.Shard, default);
        Assert.Equal(append.Lease.Epoch + 1, lease.Epoch);
        Assert.Equal("7", await store.GreatestKeyAsync("claim", default));
        Assert.Equal(["1"], await IdsAsync("mail", noon));
        Assert.Equal([new Alarm(order, noon)], await store.ReadAlarmsAsync(append.Lease.Shard, default));
        Assert.Equal("text"u8.ToArray(), (await store.ReadDocumentAsync("d", default))!.Value.ToArray());
        await CommittedAsync((await OnAsync(order, 1, "asked")) with { Lease = lease }, 2);
        Assert.Equal([1, 2], (await store.ReadAllAsync(0, 10, default)).Select(stored => stored.Position));
    }

    public static TheoryData<string, Func<Append, Append>, Func<Append, Append>> Limits =>
        new()
        {
            { "Stream ", At(100, Named), At(101, Named) },
            { "Events/Type ", At(100, OfType), At(101, OfType) },
            { "Events/Payload ", At(AppendLimits.PayloadSizeBytesMax, OfSize), At(AppendLimits.PayloadSizeBytesMax + 1, OfSize) },
            { "Keys/Value ", At(500, WithKey), At(501, WithKey) },
            {
                "Documents/Content ",
                At(AppendLimits.DocumentSizeBytesMax, WithDocument),
                At(AppendLimits.DocumentSizeBytesMax + 1, WithDocument)
            },
            { "Events holds ", At(1000, WithEvents), At(1001, WithEvents) },
            { "ErasedOwners", At(500, Erasing), At(501, Erasing) },
        };

    [Theory]
    [MemberData(nameof(Limits), DisableDiscoveryEnumeration = true)]
    public async Task What_fits_is_stored_and_one_more_is_refused_before_anything_is_written(
        string place,
        Func<Append, Append> atLimit,
        Func<Append, Append> beyond
    )
    {
        var first = atLimit(await OnAsync(order, 0));
        var lease = await store.AcquireShardAsync(ShardMap.ShardOf(first.Stream), default);
        Assert.IsType<AppendResult.Committed>(await ResultAsync(first with { Lease = lease }));

        var second = beyond(await OnAsync(new("order-2"), 0));
        var before = (await store.ReadAllAsync(0, 2000, default)).Count;
        var refused = await Assert.ThrowsAsync<ArgumentException>(async () =>
            await store.CommitAsync(
                [await OnAsync(new("order-3"), 0, "placed"), second with { Lease = new(ShardMap.ShardOf(second.Stream), 1) }],
                default
            )
        );
        Assert.Contains($"This append cannot be stored: {place}", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, (await store.ReadAllAsync(0, 2000, default)).Count);
    }

    [Fact]
    public async Task A_lease_of_another_shard_is_a_programmers_error()
    {
        var append = await OnAsync(order, 0, "placed");
        await Assert.ThrowsAsync<ArgumentException>(async () =>
            await ResultAsync(append with { Lease = append.Lease with { Shard = (append.Lease.Shard + 1) % ShardMap.ShardCount } })
        );
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await store.AcquireShardAsync(ShardMap.ShardCount, default));
    }

    private readonly Dictionary<int, ShardLease> leases = [];

    private async ValueTask<Append> OnAsync(StreamId stream, long expectedVersion, params string[] types)
    {
        var shard = ShardMap.ShardOf(stream);
        if (!leases.TryGetValue(shard, out var lease))
            leases.Add(shard, lease = await store.AcquireShardAsync(shard, default));
        return new Append(stream, expectedVersion, lease, noon)
        {
            Events = [.. types.Select(type => new NewEvent(type, Encoding.UTF8.GetBytes($$"""{"is":"{{type}}"}""")))],
        };
    }

    private async ValueTask<AppendResult> ResultAsync(Append append) => Assert.Single(await store.CommitAsync([append], default));

    private async ValueTask CommittedAsync(Append append, long version) =>
        Assert.Equal(new AppendResult.Committed(version), await ResultAsync(append));

    private async ValueTask<IEnumerable<string>> IdsAsync(string queue, DateTimeOffset due) =>
        (await store.ReadOutboxAsync(queue, due, 10, default)).Select(item => item.Id);

    private static OutboxItem Item(string id, DateTimeOffset due) => new(id, "mail", order, Encoding.UTF8.GetBytes($"payload {id}"), due);

    private static Func<Append, Append> At(int size, Func<Append, int, Append> shape) => append => shape(append, size);

    private static Append Named(Append append, int size) => append with { Stream = new(new string('s', size)) };

    private static Append OfType(Append append, int size) => append with { Events = [new(new string('t', size), default)] };

    private static Append OfSize(Append append, int size) => append with { Events = [new("placed", new byte[size])] };

    private static Append WithKey(Append append, int size) =>
        append with
        {
            Keys = [new("claim", new string('あ', size / 3) + new string('k', size % 3))],
        };

    private static Append WithDocument(Append append, int size) => append with { Documents = [new("d", "customer-1", new byte[size])] };

    private static Append Erasing(Append append, int size) => append with { ErasedOwners = [new string('o', size)] };

    private static Append WithEvents(Append append, int count) =>
        append with
        {
            Events = [.. Enumerable.Repeat(new NewEvent("placed", default), count)],
        };
}
