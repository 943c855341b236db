using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Shonin.Domain.Proofs;
using Shonin.EventLog;
using Shonin.EventLog.Secrets;
using Shonin.EventLog.Sqlite;
using Shonin.EventLog.Verification;
using Shonin.MailChecks;
using Shonin.Specs.EventLog;
using Shonin.Streams;

namespace Shonin.Specs.MailChecks;

[RealParts]
public sealed class MailReportsSpecs : IAsyncLifetime
{
    private static readonly byte[] mail = CheckScenes.Mails.False;
    private static readonly ReporterWords words = new("おかしいと思いました", "hanako@example.com");

    private readonly DataFolder folder = new();
    private readonly FakeTimeProvider clock = new(CheckScenes.Now);
    private SqliteEventStore? store;
    private OwnedLog? log;
    private SqliteViewStore? views;
    private MailReports? opened;
    private Action<Exception> onFault = fault => Assert.Fail(fault.ToString());

    public async ValueTask InitializeAsync() => await OpenAsync();

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task A_report_is_found_again_whole()
    {
        var number = await KeptAsync();

        var report = (await Reports.FindAsync(number, default))!;
        Assert.Equal(
            (ReportState.New, mail.Length, VerdictWord.NotGenuine, words),
            (report.State, report.SizeBytes, report.Verdict, report.Words)
        );
        var content = (await Reports.ReadAsync(number, default))!;
        Assert.Equal(mail, content.Message);
        Assert.Contains("利用承認が得られていません", content.Text, StringComparison.Ordinal);
        Assert.Equal(1, await Reports.CountNewAsync(default));
        Assert.Equal(JsonSerializer.Serialize(report), JsonSerializer.Serialize(Assert.Single((await Reports.ListAsync(default)).Reports)));
        Assert.Matches("^R-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$", number);
    }

    [Fact]
    public async Task A_mail_that_no_document_holds_whole_is_cut_and_put_together_again()
    {
        var large = new byte[2 * AppendLimits.DocumentSizeBytesMax + 1];
        new Random(1).NextBytes(large);
        var number = Kept(await Reports.KeepAsync(large, await JudgedAsync(), words, null, default));
        await ReopenAsync();
        Assert.Equal(large, (await Reports.ReadAsync(number, default))!.Message);
        await Reports.DeleteAsync(number);
        Assert.Equal(0L, Sql("SELECT count(*) FROM documents"));
    }

    [Fact]
    public async Task The_list_has_the_newest_first()
    {
        var first = await KeptAsync();
        clock.Advance(TimeSpan.FromSeconds(1));
        var second = await KeptAsync();
        Assert.Equal([second, first], (await Reports.ListAsync(default)).Reports.Select(report => report.Number));
        await Reports.DeleteAsync(second);
        Assert.Equal([first], (await Reports.ListAsync(default)).Reports.Select(report => report.Number));
    }

    [Fact]
    public async Task It_is_still_there_after_a_restart_with_the_same_key_and_unreadable_with_another()
    {
        var number = await KeptAsync();
        await ReopenAsync();
        Assert.Equal(mail, (await Reports.ReadAsync(number, default))!.Message);

        await CloseAsync();
        await File.WriteAllBytesAsync(Path.Combine(folder.Log.Keys.Path, "merchant-documents.key"), new byte[DocumentKeys.KeySizeBytes]);
        var refused = await Assert.ThrowsAsync<LogUnusableException>(OpenAsync);
        Assert.Contains("merchant-documents.key is not the key", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_of_the_mail_the_note_or_the_address_stands_in_a_file_in_clear()
    {
        await KeptAsync();
        await Reports.CountNewAsync(default);
        Assert.False(
            AnyFileHolds("hanako@example.com") || AnyFileHolds("おかしい") || AnyFileHolds("Subject:") || AnyFileHolds("support.example")
        );
        await CloseAsync();
        Assert.False(AnyFileHolds("hanako@example.com") || AnyFileHolds("Subject:"));
    }

    [Fact]
    public async Task Only_its_owner_may_open_the_files_and_their_journals()
    {
        await KeptAsync();
        foreach (var file in Directory.EnumerateFiles(folder.Path))
        {
            if (!OperatingSystem.IsWindows())
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }
    }

    [Fact]
    public async Task What_is_deleted_leaves_no_byte_behind_even_sealed()
    {
        var number = await KeptAsync();
        var (sealedPart, key) = (SealedMessage(number), (byte[])Sql("SELECT key FROM owners")!);
        Assert.True(AnyFileHolds(sealedPart) && AnyFileHolds(key));

        await Reports.DeleteAsync(number);

        Assert.Null(await Reports.FindAsync(number, default));
        Assert.Null(await Reports.ReadAsync(number, default));
        Assert.Equal(0, await Reports.CountNewAsync(default));
        Assert.False(AnyFileHolds(sealedPart) || AnyFileHolds(key));
        Assert.Null((await LogVerification.VerifyAsync(folder.Log, null, default)).Problem);
    }

    [Fact]
    public async Task A_report_ends_with_its_time_and_not_a_moment_earlier()
    {
        var number = await KeptAsync();
        var sealedPart = SealedMessage(number);

        clock.Advance(TimeSpan.FromDays(90) - TimeSpan.FromSeconds(1));
        Assert.NotNull(await Reports.FindAsync(number, default));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await Reports.FindAsync(number, default));
        Assert.Empty((await Reports.ListAsync(default)).Reports);

        await WhileItRunsAsync(() => Eventually.IsSoAsync("it is deleted", () => !AnyFileHolds(sealedPart)));
    }

    [Fact]
    public async Task It_ends_by_its_alarm_while_the_server_runs()
    {
        var sealedPart = SealedMessage(await KeptAsync());
        await WhileItRunsAsync(async () =>
        {
            clock.Advance(TimeSpan.FromDays(90) - TimeSpan.FromSeconds(1));
            Assert.True(AnyFileHolds(sealedPart));
            clock.Advance(TimeSpan.FromSeconds(1));
            await Eventually.IsSoAsync("it is deleted", () => !AnyFileHolds(sealedPart));
        });
    }

    [Fact]
    public async Task One_that_cannot_be_read_ends_with_its_time_all_the_same()
    {
        var sealedPart = SealedMessage(await KeptAsync());
        await CloseAsync();
        Sql("UPDATE events SET payload = x'7b' WHERE type = 'reportKept'");
        var told = new ConcurrentQueue<Exception>();
        onFault = told.Enqueue;
        await OpenAsync();
        await WhileItRunsAsync(async () =>
        {
            clock.Advance(TimeSpan.FromDays(90) - TimeSpan.FromSeconds(1));
            Assert.True(AnyFileHolds(sealedPart));
            await Eventually.IsSoAsync("it is destroyed", () =>
            {
                clock.Advance(TimeSpan.FromMinutes(1));
                return !AnyFileHolds(sealedPart);
            });
        });
        Assert.Contains(told, fault => fault is StreamUnreadableException);
    }

    [Fact]
    public async Task Whoever_shortens_the_time_shortens_it_for_what_lies_there_too()
    {
        var sealedPart = SealedMessage(await KeptAsync());
        await ReopenAsync(new() { KeptFor = TimeSpan.FromDays(30) });
        clock.Advance(TimeSpan.FromDays(29));
        await WhileItRunsAsync(async () =>
        {
            await Eventually.IsSoAsync("the list is kept up, after the alarms were set anew", async () =>
                (await Reports.ProgressAsync(default)).IsWhole
            );
            Assert.True(AnyFileHolds(sealedPart));
            clock.Advance(TimeSpan.FromDays(1));
            await Eventually.IsSoAsync("it is deleted", () => !AnyFileHolds(sealedPart));
        });
    }

    [Fact]
    public async Task Beyond_the_limits_nothing_more_is_kept_and_what_is_there_stays()
    {
        await ReopenAsync(new() { CountMax = 2 });
        await KeptAsync();
        await KeptAsync();
        Assert.IsType<ReportOutcome.Full>(await KeepAsync());
        Assert.Equal(2, (await Reports.ListAsync(default)).Reports.Length);

        await ReopenAsync(new() { SizeBytesMax = mail.Length * 3 });
        await KeptAsync();
        Assert.IsType<ReportOutcome.Full>(await KeepAsync());
    }

    [Fact]
    public async Task The_limits_hold_for_those_who_come_at_once()
    {
        await ReopenAsync(new() { CountMax = 3 });
        var result = await JudgedAsync();
        var outcomes = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => Reports.KeepAsync(mail, result, words, null, default).AsTask())
        );
        Assert.Equal(3, outcomes.Count(outcome => outcome is ReportOutcome.Kept));
    }

    [Fact]
    public async Task A_held_mail_is_reported_once_however_often_it_is_sent()
    {
        var result = await JudgedAsync();
        var outcomes = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(_ => Reports.KeepAsync(mail, result, words, "name of a held mail", default).AsTask())
        );
        Assert.Single(outcomes.Distinct());
        Assert.Single((await Reports.ListAsync(default)).Reports);
    }

    [Fact]
    public async Task While_the_list_is_built_again_it_says_so_and_nothing_more_is_kept()
    {
        var number = await KeptAsync();
        await CloseAsync();
        File.Delete(Path.Combine(folder.Path, "views.db"));
        await OpenAsync();
        for (var count = 0; count < 3; count++)
        {
            await log!.AppendAsync(
                new Append(new StreamId("other-1"), 1_000 * count, log.LeaseOf(new StreamId("other-1")), clock.GetUtcNow())
                {
                    Events = [.. Enumerable.Repeat(new NewEvent("happened", default), 1_000)],
                }
            );
        }

        Assert.IsType<ReportOutcome.Full>(await KeepAsync());
        Assert.NotNull(await Reports.FindAsync(number, default));
        await WhileItRunsAsync(() => Eventually.IsSoAsync("it is whole", async () => (await Reports.ListAsync(default)).IsWhole));
        Assert.Equal([number], (await Reports.ListAsync(default)).Reports.Select(report => report.Number));
        await KeptAsync();
    }

    [Fact]
    public async Task Handling_it_takes_it_off_the_new_ones_and_twice_changes_nothing()
    {
        var number = await KeptAsync();

        await Reports.MarkHandledAsync(number);
        await Reports.MarkHandledAsync(number);
        await Reports.MarkHandledAsync("R-0000-0000");

        Assert.Equal((ReportState.Handled, 0), ((await Reports.FindAsync(number, default))!.State, await Reports.CountNewAsync(default)));
        Assert.Equal(2, await store!.LastPositionAsync(default));
    }

    [Fact]
    public async Task The_reports_of_an_earlier_version_are_taken_over_and_nothing_is_left_of_its_file_or_its_key()
    {
        await LeaveFormerFileAsync(3);
        var sealedPart = FormerSealedMessage();
        await TakeOverAsync();
        await ReopenAsync();

        var listed = (await Reports.ListAsync(default)).Reports;
        Assert.Equal(["R-0000-0000", "R-0000-0001", "R-0000-0002"], listed.Select(report => report.Number).Order());
        Assert.Equal(
            (ReportState.Handled, ReportState.New),
            ((await FindAsync("R-0000-0000")).State, (await FindAsync("R-0000-0001")).State)
        );
        Assert.Equal((words, CheckScenes.Now), ((await FindAsync("R-0000-0001")).Words, (await FindAsync("R-0000-0001")).ReceivedAt));
        var content = (await Reports.ReadAsync("R-0000-0002", default))!;
        Assert.Equal(mail, content.Message);
        Assert.Equal("見えた文章", content.Text);
        Assert.Equal(2, await Reports.CountNewAsync(default));
        Assert.Empty(FormerFilesOf());
        Assert.False(AnyFileHolds(sealedPart));
        clock.Advance(TimeSpan.FromDays(90));
        await WhileItRunsAsync(() =>
            Eventually.IsSoAsync("they end with their time", () => 0L.Equals(Sql("SELECT count(*) FROM documents")))
        );
    }

    [Fact]
    public async Task Begun_again_after_an_end_at_any_point_they_are_taken_over_once_and_what_was_deleted_meanwhile_stays_so()
    {
        await LeaveFormerFileAsync(2);
        var before = FormerFilesOf().ToDictionary(file => file, File.ReadAllBytes);
        await TakeOverAsync();
        await Reports.DeleteAsync("R-0000-0001");
        var events = await store!.LastPositionAsync(default);
        foreach (var (file, content) in before)
            await File.WriteAllBytesAsync(file, content);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(FormerKeyPath, UnixFileMode.UserRead | UnixFileMode.UserWrite);

        await TakeOverAsync();

        Assert.Equal(events, await store.LastPositionAsync(default));
        Assert.Equal(["R-0000-0000"], (await Reports.ListAsync(default)).Reports.Select(report => report.Number));
        Assert.Null(await Reports.ReadAsync("R-0000-0001", default));
        Assert.Empty(FormerFilesOf());
    }

    [Fact]
    public async Task Beside_reports_a_lost_key_is_named_and_never_made_anew()
    {
        await LeaveFormerFileAsync(1);
        File.Delete(FormerKeyPath);
        var lost = await Assert.ThrowsAsync<KeyFileException>(TakeOverAsync);
        Assert.Contains("mail-reports.key is missing", lost.Message, StringComparison.Ordinal);
        Assert.Equal(1L, FormerSql("SELECT count(*) FROM report"));
    }

    [Fact]
    public async Task A_report_that_was_altered_stays_where_it_is_and_is_told_of()
    {
        await LeaveFormerFileAsync(2);
        FormerSql("UPDATE report SET message = zeroblob(100) WHERE number = 'R-0000-0001'");
        var refused = await Assert.ThrowsAsync<LogUnusableException>(TakeOverAsync);
        Assert.Contains("mail-reports.db holds reported mails", refused.Message, StringComparison.Ordinal);
        Assert.Equal("R-0000-0001", FormerSql("SELECT number FROM report"));
        Assert.NotNull(await Reports.FindAsync("R-0000-0000", default));
    }

    [Fact]
    public async Task A_dry_run_of_the_migration_says_what_would_be_taken_over()
    {
        await LeaveFormerFileAsync(2);
        await CloseAsync();
        Assert.Contains("mail-reports.db holds 2 reported mails", await folder.MigrateAsync("--dry-run"), StringComparison.Ordinal);
        Assert.Contains("mail-reports.db: 2 reported mails", await folder.MigrateAsync(), StringComparison.Ordinal);
        await OpenAsync();
        Assert.Equal(2, (await Reports.ListAsync(default)).Reports.Length);
    }

    private MailReports Reports => opened!;

    private string FormerPath => Path.Combine(folder.Path, "mail-reports.db");

    private string FormerKeyPath => Path.Combine(folder.Log.Keys.Path, "mail-reports.key");

    private Task OpenAsync() => OpenAsync(new());

    private async Task OpenAsync(ReportLimits limits)
    {
        store = await SqliteEventStore.OpenAsync(folder.Log, clock, default);
        log = await OwnedLog.TakeAsync(store, default);
        views = new SqliteViewStore(Path.Combine(folder.Path, "views.db"));
        opened = await MailReports.OpenAsync(
            new(log, views, clock, RandomNumberGenerator.GetBytes) { Limits = limits, OnFault = fault => onFault(fault) },
            default
        );
    }

    private async Task CloseAsync()
    {
        if (opened is null)
            return;
        await opened.DisposeAsync();
        views!.Dispose();
        await log!.DisposeAsync();
        await store!.DisposeAsync();
        opened = null;
    }

    private async Task ReopenAsync(ReportLimits? limits = null)
    {
        await CloseAsync();
        await OpenAsync(limits ?? new());
    }

    private async Task WhileItRunsAsync(Func<Task> look)
    {
        using var stopping = new CancellationTokenSource();
        var running = Reports.RunAsync(stopping.Token);
        await look();
        await stopping.CancelAsync();
        await running;
    }

    private Task TakeOverAsync() =>
        FormerFiles.TakeOverAsync(
            folder.Path,
            new TakeOverPorts(log!, folder.Log.Keys, clock, fault => Assert.Fail(fault.ToString())),
            default
        );

    private static Task<MailCheckResult> JudgedAsync() => CheckScenes.JudgeAsync(mail, null, new LedgerFinding.NoMark());

    private async Task<ReportOutcome> KeepAsync() => await Reports.KeepAsync(mail, await JudgedAsync(), words, null, default);

    private async Task<string> KeptAsync() => Kept(await KeepAsync());

    private static string Kept(ReportOutcome outcome) => Assert.IsType<ReportOutcome.Kept>(outcome).Number;

    private async Task<MailReport> FindAsync(string number) => (await Reports.FindAsync(number, default))!;

    private bool AnyFileHolds(string text) => AnyFileHolds(Encoding.UTF8.GetBytes(text));

    private bool AnyFileHolds(byte[] bytes) => folder.AnyFileHolds(bytes);

    /// <summary>A piece of the row as it lies on disk.</summary>
    private byte[] SealedMessage(string number) =>
        ((byte[])Sql($"SELECT content FROM documents WHERE id = 'report-{number}/mail/0'")!)[..64];

    private byte[] FormerSealedMessage() => ((byte[])FormerSql("SELECT message FROM report")!)[..64];

    private IEnumerable<string> FormerFilesOf() =>
        [.. Directory.EnumerateFiles(folder.Path, "mail-reports*"), .. Directory.EnumerateFiles(folder.Log.Keys.Path, "mail-reports*")];

    /// <summary>As the version before left it, sealed under its own key; the first is handled.</summary>
    private async Task LeaveFormerFileAsync(int count)
    {
        var key = folder.Log.Keys.LoadOrCreate("mail-reports", Envelope.KeySizeBytes);
        FormerSql(
            """
            PRAGMA journal_mode = WAL;
            PRAGMA secure_delete = ON;
            CREATE TABLE report(
                number TEXT PRIMARY KEY, received_at INTEGER NOT NULL, handled_at INTEGER, size_bytes INTEGER NOT NULL,
                described BLOB NOT NULL, text BLOB NOT NULL, message BLOB NOT NULL
            ) WITHOUT ROWID, STRICT;
            CREATE INDEX report_by_time ON report(received_at);
            """
        );
        for (var index = 0; index < count; index++)
        {
            var number = $"R-0000-000{index}";
            var described = JsonSerializer.SerializeToUtf8Bytes(
                MailReport.Of(number, CheckScenes.Now, mail.Length, await JudgedAsync(), words)
            );
            string Sealed(byte[] content, string column) => $"x'{Convert.ToHexString(Seal(key, content, $"{column} {number}"))}'";
            FormerSql(
                $"""
                INSERT INTO report VALUES ('{number}', {CheckScenes.Now.ToUnixTimeMilliseconds()}, {(
                    index == 0 ? "1" : "NULL"
                )}, {mail.Length},
                    {Sealed(described, "described")}, {Sealed("見えた文章"u8.ToArray(), "text")}, {Sealed(mail, "message")})
                """
            );
        }
    }

    private static byte[] Seal(byte[] key, byte[] content, string place)
    {
        var (nonce, tag, cipher) = (RandomNumberGenerator.GetBytes(12), new byte[16], new byte[content.Length]);
        using var aes = new AesGcm(key, tag.Length);
        aes.Encrypt(nonce, content, cipher, tag, Encoding.UTF8.GetBytes(place));
        return [.. nonce, .. tag, .. cipher];
    }

    private object? Sql(string sql) => DataFolder.Sql(folder.Log.Database, sql);

    private object? FormerSql(string sql) => DataFolder.Sql(FormerPath, sql);
}
