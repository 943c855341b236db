using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;
using Shonin.Audit;
using Shonin.EventLog;
using Shonin.EventLog.InMemory;
using Shonin.EventLog.Sqlite;
using Shonin.EventLog.Verification;
using Shonin.Specs.EventLog;
using Shonin.Specs.Orders;

namespace Shonin.Specs.Audit;

[RealParts]
public sealed class AuditTrailSpecs : IAsyncLifetime
{
    private static readonly DateTimeOffset start = new(2026, 11, 24, 3, 0, 0, TimeSpan.Zero);
    private static readonly IPAddress stranger = IPAddress.Parse("203.0.113.7");

    private readonly FakeTimeProvider clock = new(start);
    private readonly RefusingStore store = new(new InMemoryEventStore());
    private readonly List<string> troubles = [];
    private OwnedLog? log;
    private AuditTrail? trail;

    private AuditTrail Trail => trail!;

    public async ValueTask InitializeAsync()
    {
        log = await OwnedLog.TakeAsync(store, default);
        trail = await NewTrailAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        await log!.DisposeAsync();
    }

    private ValueTask<AuditTrail> NewTrailAsync() => OpenAsync(log!);

    private ValueTask<AuditTrail> OpenAsync(OwnedLog on) =>
        AuditTrail.OpenAsync(new(on, RandomNumberGenerator.GetBytes, clock) { OnTrouble = troubles.Add }, default);

    /// <summary>Ends the trail, so that all it was told is written.</summary>
    private async Task CloseAsync()
    {
        if (trail is not null)
            await trail.DisposeAsync();
        trail = null;
    }

    private async Task<IReadOnlyList<AuditEntry>> EntriesAsync()
    {
        await CloseAsync();
        return (await AuditPages.ReadAsync(store, clock.GetUtcNow(), DateTimeOffset.MinValue, null, AuditPages.LimitMax, default))!.Entries;
    }

    [Fact]
    public async Task What_is_recorded_is_durable_with_who_what_and_a_hash_of_where_from_before_the_caller_goes_on()
    {
        Assert.True(await Trail.RecordAsync(new("signedIn", "key_1", "N1", stranger)));
        var entry = Assert.Single((await AuditPages.ReadAsync(store, start, start, null, 10, default))!.Entries);
        Assert.Equal(
            ("2026-11-24.1", start, "signedIn", "key_1", "N1", 1),
            (entry.Cursor, entry.At, entry.Kind, entry.Who, entry.What, entry.Count)
        );
        Assert.Matches("^[0-9a-f]{16}$", entry.From);
        foreach (var stored in await store.ReadAllAsync(0, 100, default))
            Assert.DoesNotContain("203.0.113", System.Text.Encoding.UTF8.GetString(stored.Payload.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_address_has_one_hash_in_a_month_also_after_a_restart_and_another_in_the_next()
    {
        await Trail.RecordAsync(new("signedIn", "k", null, stranger));
        await CloseAsync();
        trail = await NewTrailAsync();
        await Trail.RecordAsync(new("signedIn", "k", null, stranger));
        clock.Advance(TimeSpan.FromDays(8));
        await Trail.RecordAsync(new("signedIn", "k", null, stranger));
        var from = (await EntriesAsync()).Select(entry => entry.From).ToArray();
        Assert.Equal(from[1], from[2]);
        Assert.NotEqual(from[0], from[1]);
    }

    [Fact]
    public async Task The_key_of_a_month_is_erased_after_thirteen_months_and_kept_until_then()
    {
        await Trail.RecordAsync(new("signedIn", "k", null, stranger));
        clock.Advance(start.AddMonths(AuditTrail.MonthsKept - 1) - start);
        await Trail.RecordAsync(new("signedIn", "k", null, stranger));
        Assert.NotNull(await store.ReadDocumentAsync("audit-2026-11", default));
        clock.Advance(TimeSpan.FromDays(31));
        await Trail.RecordAsync(new("signedIn", "k", null, stranger));
        await CloseAsync();
        Assert.Null(await store.ReadDocumentAsync("audit-2026-11", default));
    }

    [Fact]
    public async Task A_key_that_could_not_be_erased_in_its_time_is_erased_after_the_next_line_and_costs_no_line()
    {
        await Trail.RecordAsync(new("signedIn", "k", null, stranger));
        clock.Advance(start.AddMonths(AuditTrail.MonthsKept) - start);
        store.ErasesNothing = true;
        Assert.True(await Trail.RecordAsync(new("signedIn", "k", null, stranger)));
        await Eventually.IsSoAsync("the trouble is told", () => troubles.Count > 0);
        Assert.Contains("The disk is full.", troubles[0], StringComparison.Ordinal);
        Assert.NotNull(await store.ReadDocumentAsync("audit-2026-11", default));

        store.ErasesNothing = false;
        Assert.True(await Trail.RecordAsync(new("signedOut", "k")));
        Assert.Equal(["signedOut", "signedIn", "signedIn"], (await EntriesAsync()).Select(entry => entry.Kind));
        Assert.Null(await store.ReadDocumentAsync("audit-2026-11", default));
    }

    [Fact]
    public async Task Where_the_log_cannot_write_nothing_is_granted_and_the_next_line_says_how_many_are_missing()
    {
        store.IsFull = true;
        Assert.False(await Trail.RecordAsync(new("signedIn", "k")));
        Trail.Note(new("signedOut", "k"));
        Assert.False(await Trail.RecordAsync(new("downloaded", "k")));
        Assert.NotEmpty(troubles);
        store.IsFull = false;
        Assert.True(await Trail.RecordAsync(new("signedIn", "k")));
        var entries = await EntriesAsync();
        Assert.Equal(["signedIn", AuditTrail.GapKind], entries.Select(entry => entry.Kind));
        Assert.Equal(3, entries[1].Count);
    }

    [Fact]
    public async Task A_look_is_written_once_in_ten_minutes_for_each_person_and_thing()
    {
        Trail.NoteRead(new("read", "k1", "N1"));
        Trail.NoteRead(new("read", "k1", "N1"));
        Trail.NoteRead(new("read", "k2", "N1"));
        Trail.NoteRead(new("read", "k1", "N2"));
        clock.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromMilliseconds(1));
        Trail.NoteRead(new("read", "k1", "N1"));
        clock.Advance(TimeSpan.FromMilliseconds(1));
        Trail.NoteRead(new("read", "k1", "N1"));
        Assert.Equal(4, (await EntriesAsync()).Count);
    }

    [Fact]
    public async Task What_a_program_reads_has_a_line_each_up_to_a_limit_an_hour_for_each_key_and_kind_and_then_a_count()
    {
        for (var order = 0; order < AuditReads.NamedPerHourMax + 2; order++)
            Trail.NoteProgramRead(new("read", "k1", $"N{order}"));
        Trail.NoteProgramRead(new("read", "k1", "N1")); // within ten minutes: no second read
        Trail.NoteProgramRead(new("read", "k2", "N1"));
        Trail.NoteProgramRead(new("notices", "k1", "N1"));
        clock.Advance(TimeSpan.FromHours(1));
        Trail.NoteProgramRead(new("read", "k1", "N1"));

        var lines = (await EntriesAsync()).Where(entry => (entry.Kind, entry.Who) == ("read", "k1")).Reverse().ToArray();

        Assert.Equal(
            Enumerable.Range(0, AuditReads.NamedPerHourMax).Select(order => $"N{order}"),
            lines.Take(AuditReads.NamedPerHourMax).Select(line => line.What)
        );
        Assert.Equal([(null, 2), ("N1", 1)], lines.Skip(AuditReads.NamedPerHourMax).Select(line => (line.What, line.Count)));
    }

    [Fact]
    public async Task Lists_count_what_they_showed_and_the_end_of_the_trail_loses_no_count()
    {
        for (var list = 0; list < AuditReads.NamedPerHourMax + 2; list++)
            Trail.NoteProgramRead(new("listed", "k1"), count: 20);

        var lines = (await EntriesAsync()).Reverse().ToArray();

        Assert.Equal([.. Enumerable.Repeat(20, AuditReads.NamedPerHourMax), 40], lines.Select(line => line.Count));
        Assert.All(lines, line => Assert.Equal("k1", line.Who));
    }

    [Fact]
    public async Task What_is_true_for_ever_is_written_once_also_over_restarts_with_its_own_time()
    {
        var made = start.AddDays(-3);
        Trail.NoteOnce("made k1", new("made", null, "k1"), made);
        Trail.NoteOnce("made k1", new("made", null, "k1"), made);
        await CloseAsync();
        trail = await NewTrailAsync();
        Trail.NoteOnce("made k1", new("made", null, "k1"), made);
        Assert.Equal(made, Assert.Single(await EntriesAsync()).At);
    }

    [Fact]
    public async Task What_the_full_queue_does_not_take_is_told_again_and_nothing_is_missing()
    {
        store.Hold();
        var taken = 0;
        while (Trail.NoteOnce($"made {taken}", new("made", null, $"{taken}")))
            taken++;
        Assert.True(taken >= AuditTrail.QueueCountMax);
        store.Release();
        await Eventually.IsSoAsync("the queue takes a line again", () => Trail.NoteOnce($"made {taken}", new("made", null, $"{taken}")));
        await CloseAsync();
        Assert.Equal(taken + 1, (await store.ReadAllAsync(0, 10_000, default)).Count(stored => stored.Type == "audit.made"));
        Assert.DoesNotContain(await store.ReadAllAsync(0, 10_000, default), stored => stored.Type == "audit." + AuditTrail.GapKind);
    }

    [Fact]
    public async Task However_much_there_is_to_tell_others_wait_behind_one_append_of_the_trail()
    {
        store.Hold();
        Trail.Note(new("read", "k", "N0"));
        await store.CommitsHeldAsync(1);
        for (var more = 1; more < AuditTrail.QueueCountMax; more++)
            Trail.Note(new("read", "k", $"N{more}"));
        var order = new StreamId("order-1");
        var placed = log!.AppendAsync(new Append(order, 0, log.LeaseOf(order), start) { Events = [new("placed", default)] });
        store.Release();
        await placed;
        Assert.Equal(2, Assert.Single(await store.ReadStreamAsync(order, 0, default)).Position);
        Assert.Equal(AuditTrail.QueueCountMax, (await EntriesAsync()).Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Whoever_asks_while_the_first_line_is_being_written_is_granted_what_the_first_is(bool isFull)
    {
        store.Hold();
        store.IsFull = isFull;
        var first = Trail.RecordReadAsync(new("read", "k", "N1"));
        var second = Trail.RecordReadAsync(new("read", "k", "N1"));
        Assert.False(second.IsCompleted);
        store.Release();
        Assert.Equal([!isFull, !isFull], [await first, await second]);
        store.IsFull = false;
        Assert.True(await Trail.RecordReadAsync(new("read", "k", "N1")));
        Assert.Single(await EntriesAsync(), entry => entry.Kind == "read");
    }

    [Fact]
    public async Task Strangers_of_one_kind_take_no_line_from_another()
    {
        for (var stranger = 0; stranger < 1_000; stranger++)
            Trail.CountFailure("keyWrong", new IPAddress(0x0A000000L + stranger));
        Trail.CountFailure("signInFailed", stranger);
        Assert.NotNull(Assert.Single(await EntriesAsync(), entry => entry.Kind == "signInFailed").From);
    }

    [Theory]
    [InlineData(AuditPages.DaysMax, 1)]
    [InlineData(AuditPages.DaysMax + 1, 2)]
    public async Task A_page_that_ends_before_the_asked_time_says_how_to_go_on(int days, int pages)
    {
        await Trail.RecordAsync(new("signedIn", "k"));
        clock.Advance(TimeSpan.FromDays(days));
        var (seen, count, after) = (0, 0, (string?)null);
        do
        {
            var page = (await AuditPages.ReadAsync(store, clock.GetUtcNow(), start, after, 10, default))!;
            (seen, count, after) = (seen + page.Entries.Count, count + 1, page.Next);
        } while (after is not null);
        Assert.Equal((1, pages), (seen, count));
    }

    [Fact]
    public async Task Failures_of_a_minute_become_one_line_for_each_prefix()
    {
        for (var count = 0; count < 1_000; count++)
            Trail.CountFailure("wrong", stranger);
        Trail.CountFailure("wrong", IPAddress.Parse("2001:db8::1"));
        Trail.CountFailure("wrong", IPAddress.Parse("2001:db8::ffff"));
        Trail.CountFailure("wrong", IPAddress.Parse("::ffff:203.0.113.7"));
        clock.Advance(TimeSpan.FromMinutes(1));
        var entries = await EntriesAsync();
        Assert.Equal([2, 1_001], entries.Select(entry => entry.Count).Order());
        Assert.Equal(2, entries.Select(entry => entry.From).Distinct().Count());
    }

    [Theory]
    [InlineData(AuditFailures.PrefixCountMax, 0)]
    [InlineData(AuditFailures.PrefixCountMax + 1, 1)]
    [InlineData(10_000, 1)]
    public async Task Strangers_beyond_the_limit_share_one_line(int strangers, int shared)
    {
        for (var stranger = 0; stranger < strangers; stranger++)
            Trail.CountFailure("wrong", new IPAddress(0x0A000000L + stranger));
        var entries = await EntriesAsync();
        Assert.Equal(strangers, entries.Sum(entry => entry.Count));
        Assert.Equal(shared, entries.Count(entry => entry.From is null));
        Assert.True(entries.Count <= AuditFailures.PrefixCountMax + 1);
    }

    [Fact]
    public void A_full_day_gets_one_line_an_hour_and_loses_no_count()
    {
        var failures = new AuditFailures();
        var (lines, counted) = (0, 0);
        var at = new DateTimeOffset(2026, 11, 24, 0, 0, 0, TimeSpan.Zero);
        for (var minute = 0; minute < 24 * 60; minute++, at = at.AddMinutes(1))
        {
            for (var stranger = 0; stranger <= AuditFailures.PrefixCountMax; stranger++)
                failures.Add("wrong", new IPAddress(0x0A000000L + stranger), at);
            var taken = failures.Take(at);
            lines += taken.Count;
            counted += taken.Sum(count => count.Count);
        }
        counted += failures.Take(at.AddHours(2)).Sum(count => count.Count);
        Assert.InRange(lines, AuditFailures.LinesPerDayMax, AuditFailures.LinesPerDayMax + AuditFailures.PrefixCountMax + 24);
        Assert.Equal(24 * 60 * (AuditFailures.PrefixCountMax + 1), counted);
    }

    [Fact]
    public async Task Pages_go_on_behind_the_cursor_over_the_days_without_a_line_twice()
    {
        for (var day = 0; day < 3; day++, clock.Advance(TimeSpan.FromDays(1)))
        {
            for (var line = 0; line < 5; line++)
                await Trail.RecordAsync(new("line", null, string.Create(CultureInfo.InvariantCulture, $"{day}-{line}")));
        }

        var (seen, after) = (new List<string?>(), (string?)null);
        do
        {
            var page = (await AuditPages.ReadAsync(store, clock.GetUtcNow(), start.AddDays(-1), after, 4, default))!;
            seen.AddRange(page.Entries.Select(entry => entry.What));
            after = page.Next;
        } while (after is not null);
        Assert.Equal(15, seen.Distinct().Count());
        Assert.Equal(15, seen.Count);
        Assert.Equal("2-4", seen[0]);
        Assert.Equal(5, (await AuditPages.ReadAsync(store, clock.GetUtcNow(), start.AddDays(2), null, 100, default))!.Entries.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("2026-11-24")]
    [InlineData("2026-13-24.1")]
    [InlineData("2026-11-24.-1")]
    [InlineData("2026-11-24.1.1")]
    public async Task What_is_no_cursor_is_refused(string after) =>
        Assert.Null(await AuditPages.ReadAsync(store, start, start, after, 1, default));

    [Fact]
    public async Task A_line_that_was_edited_is_named_by_log_verify()
    {
        using var folder = new DataFolder();
        await using (var sqlite = await SqliteEventStore.OpenAsync(folder.Log, clock, default))
        {
            await using var owned = await OwnedLog.TakeAsync(sqlite, default);
            await using var written = await OpenAsync(owned);
            await written.RecordAsync(new("signedIn", "key_1"));
            await written.RecordAsync(new("signedIn", "key_2"));
        }
        Assert.Null(Assert.Single(await LogVerification.VerifyFolderAsync(folder.Path, null, default)).Problem);
        using (var connection = new SqliteConnection($"Data Source={folder.Log.Database};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText =
                "UPDATE events SET payload = CAST(replace(CAST(payload AS TEXT), 'key_1', 'key_9') AS BLOB) WHERE position = 1";
            Assert.Equal(1, command.ExecuteNonQuery());
        }
        var problem = Assert.IsType<LogProblem.Edited>(
            Assert.Single(await LogVerification.VerifyFolderAsync(folder.Path, null, default)).Problem
        );
        Assert.Equal(new RowPlace(1, new("audit-2026-11-24"), 1), problem.Row);
    }
}
