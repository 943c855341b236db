using System.Text.Json;
using Shonin.Domain.Approvals;
using Shonin.EventLog;
using Shonin.EventLog.Sqlite;
using Shonin.EventLog.Verification;
using Shonin.Merchant.Cards;
using Shonin.Specs.EventLog;

namespace Shonin.Specs.Cards;

[RealParts]
public sealed class CardRequestsSpecs : IDisposable
{
    private static readonly string body = new('a', 64);
    private static readonly string otherBody = new('b', 64);
    private static readonly CardOnFile first = Card("card_1");
    private static readonly CardOnFile second = Card("card_2");

    private readonly DataFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_repeated_key_gets_the_first_card_for_ever_and_another_body_is_told_so()
    {
        await InFolderAsync(async requests =>
        {
            Assert.Null(await FindAsync(requests, "till-1"));
            Assert.Equal(new CardRequestOutcome.Repeated(first), await KeepAsync(requests, "till-1", first));
        });
        await InFolderAsync(async requests =>
        {
            Assert.Equal(new CardRequestOutcome.Repeated(first), await FindAsync(requests, "till-1"));
            Assert.Equal(new CardRequestOutcome.Repeated(first), await KeepAsync(requests, "till-1", second));
            Assert.IsType<CardRequestOutcome.KeyReused>(await FindAsync(requests, "till-1", otherBody));
            Assert.Null(await requests.FindAsync(CardRequests.KeyOf("key_2", "till-1", body), default));
        });
    }

    [Fact]
    public async Task Of_two_requests_with_one_key_at_once_the_first_one_stands_for_both() =>
        await InFolderAsync(async requests =>
        {
            var outcomes = await Task.WhenAll(
                Enumerable.Range(0, 8).Select(number => KeepAsync(requests, "till-1", Card($"card_{number}")))
            );
            Assert.Single(outcomes.Distinct());
        });

    [Fact]
    public async Task A_log_that_cannot_be_written_refuses_and_remembers_nothing()
    {
        await using var store = await SqliteEventStore.OpenAsync(folder.Log, TimeProvider.System, default);
        await using var log = await OwnedLog.TakeAsync(store, default);
        await using var requests = await CardRequests.OpenAsync(log, TimeProvider.System, fault => Assert.Fail(fault.Message), default);
        await store.LimitToPresentSizeAsync();
        var count = 0;
        CardRequestOutcome? refused = null;
        await Eventually.IsSoAsync("the log is full", async () =>
        {
            count++;
            refused = await KeepAsync(requests, $"till-{count}", Card($"card_{count}"));
            return refused is CardRequestOutcome.Unavailable;
        });
        Assert.Contains("full", ((CardRequestOutcome.Unavailable)refused!).Why, StringComparison.Ordinal);
        await store.LiftLimitAsync();
        Assert.Null(await FindAsync(requests, $"till-{count}"));
    }

    [Fact]
    public async Task The_keys_of_an_earlier_version_are_answered_as_before_and_its_file_is_gone()
    {
        LeaveFormerFile(300);
        await TakeOverAsync();
        await AnswersAsBeforeAsync(300);
        Assert.Empty(FormerFilesOf());
        Assert.Null((await LogVerification.VerifyAsync(folder.Log, null, default)).Problem);
    }

    [Fact]
    public async Task Begun_again_after_an_end_at_any_point_it_is_taken_over_once()
    {
        LeaveFormerFile(300);
        var untouched = File.ReadAllBytes(FormerPath);
        await TakeOverAsync();
        var events = (await LogVerification.VerifyAsync(folder.Log, null, default)).Events;
        await File.WriteAllBytesAsync(FormerPath, untouched);
        await TakeOverAsync();
        Assert.Equal(events, (await LogVerification.VerifyAsync(folder.Log, null, default)).Events);
        await AnswersAsBeforeAsync(300);
        Assert.Empty(FormerFilesOf());
    }

    [Fact]
    public async Task A_file_that_was_cut_off_while_it_was_made_is_taken_away()
    {
        await File.WriteAllBytesAsync(FormerPath, []);
        await TakeOverAsync();
        Assert.Empty(FormerFilesOf());
    }

    [Fact]
    public async Task What_cannot_be_read_is_named_and_stays()
    {
        LeaveFormerFile(1);
        Sql("UPDATE card_request SET card = 'damage'");
        var fault = await Assert.ThrowsAsync<LogUnusableException>(TakeOverAsync);
        Assert.Contains("card-requests.db holds card requests", fault.Message, StringComparison.Ordinal);
        Assert.Equal(1L, Sql("SELECT COUNT(*) FROM card_request"));
    }

    [Fact]
    public async Task Migrating_takes_it_over_too_and_a_dry_run_says_so_and_leaves_it()
    {
        await InFolderAsync(_ => Task.CompletedTask);
        LeaveFormerFile(2);
        Assert.Contains("card-requests.db holds 2 card requests", await folder.MigrateAsync("--dry-run"), StringComparison.Ordinal);
        Assert.Equal(2L, Sql("SELECT COUNT(*) FROM card_request"));
        Assert.Contains("card-requests.db: 2 card requests", await folder.MigrateAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain("card-requests.db", await folder.MigrateAsync("--dry-run"), StringComparison.Ordinal);
        await AnswersAsBeforeAsync(2);
    }

    private string FormerPath => Path.Combine(folder.Path, "card-requests.db");

    private static CardOnFile Card(string token) => new(new CardToken(token), "Visa", "4242", "2035-12", "fingerprint");

    private static Task<CardRequestOutcome?> FindAsync(CardRequests requests, string key, string? hash = null) =>
        requests.FindAsync(CardRequests.KeyOf("key_1", key, hash ?? body), default).AsTask();

    private static Task<CardRequestOutcome> KeepAsync(CardRequests requests, string key, CardOnFile card) =>
        requests.KeepAsync(CardRequests.KeyOf("key_1", key, body), card, default).AsTask();

    private Task InFolderAsync(Func<CardRequests, Task> use) =>
        WithLogAsync(async log =>
        {
            await using var requests = await CardRequests.OpenAsync(log, TimeProvider.System, fault => Assert.Fail(fault.Message), default);
            await use(requests);
        });

    private Task TakeOverAsync() =>
        WithLogAsync(log =>
            FormerFiles.TakeOverAsync(
                folder.Path,
                new TakeOverPorts(log, folder.Log.Keys, TimeProvider.System, fault => Assert.Fail(fault.Message)),
                default
            )
        );

    private async Task WithLogAsync(Func<OwnedLog, Task> use)
    {
        await using var store = await SqliteEventStore.OpenAsync(folder.Log, TimeProvider.System, default);
        await using var log = await OwnedLog.TakeAsync(store, default);
        await use(log);
    }

    private Task AnswersAsBeforeAsync(int count) =>
        InFolderAsync(async requests =>
        {
            for (var number = 0; number < count; number++)
                Assert.Equal(new CardRequestOutcome.Repeated(Card($"card_{number}")), await FindAsync(requests, $"till-{number}"));
            Assert.IsType<CardRequestOutcome.KeyReused>(await FindAsync(requests, "till-0", otherBody));
            Assert.Null(await FindAsync(requests, $"till-{count}"));
        });

    private IEnumerable<string> FormerFilesOf() => Directory.EnumerateFiles(folder.Path, "card-requests*");

    /// <summary>As the version before left it, its rows still in the journal.</summary>
    private void LeaveFormerFile(int count)
    {
        Sql(
            """
            PRAGMA journal_mode = WAL;
            CREATE TABLE card_request(key TEXT PRIMARY KEY, hash TEXT NOT NULL, card TEXT NOT NULL) WITHOUT ROWID, STRICT;
            """
        );
        for (var number = 0; number < count; number++)
            Sql($"INSERT INTO card_request VALUES ('key_1 till-{number}', '{body}', '{JsonSerializer.Serialize(Card($"card_{number}"))}')");
    }

    private object? Sql(string sql) => DataFolder.Sql(FormerPath, sql);
}
