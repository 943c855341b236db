using System.Text;
using Microsoft.Extensions.Time.Testing;
using Shonin.Domain.Proofs;
using Shonin.EventLog.Secrets;
using Shonin.MailChecks;

namespace Shonin.Specs.MailChecks;

[RealParts]
public sealed class MailReportsSpecs : IDisposable
{
    private static readonly byte[] mail = CheckScenes.Mails.False;
    private static readonly ReporterWords words = new("おかしいと思いました", "hanako@example.com");

    private readonly string folder = Directory.CreateTempSubdirectory("shonin-reports").FullName;
    private readonly FakeTimeProvider clock = new(CheckScenes.Now);

    [Fact]
    public async Task A_report_is_found_again_whole()
    {
        using var reports = Open();
        var number = Kept(reports.Keep(mail, await JudgedAsync(), words));

        var report = reports.Find(number)!;
        Assert.Equal((ReportState.New, mail.Length, VerdictWord.NotGenuine, words), (report.State, report.SizeBytes, report.Verdict, report.Words));
        Assert.Equal(mail, reports.Read(number)!.Message);
        Assert.Contains("利用承認が得られていません", reports.Read(number)!.Text, StringComparison.Ordinal);
        Assert.Equal(1, reports.CountNew());
        Assert.Matches("^R-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$", number);
    }

    [Fact]
    public async Task It_is_still_there_after_a_restart_with_the_same_key_and_unreadable_with_another()
    {
        string number;
        using (var reports = Open())
            number = Kept(reports.Keep(mail, await JudgedAsync(), words));

        using (var reports = Open())
            Assert.Equal(mail, reports.Read(number)!.Message);
        using var stranger = MailReports.Open(File, (byte[])[1, .. new byte[31]], new(), clock);
        Assert.ThrowsAny<System.Security.Cryptography.CryptographicException>(() => stranger.Find(number));
    }

    [Fact]
    public async Task Nothing_of_the_mail_the_note_or_the_address_stands_in_a_file_in_clear()
    {
        using (var reports = Open())
        {
            reports.Keep(mail, await JudgedAsync(), words);
            Assert.False(AnyFileHolds("hanako@example.com") || AnyFileHolds("おかしい") || AnyFileHolds("Subject:") || AnyFileHolds("support.example"));
        }
        Assert.False(AnyFileHolds("hanako@example.com") || AnyFileHolds("Subject:"));
    }

    [Fact]
    public async Task Only_its_owner_may_open_the_file_and_its_journal()
    {
        using var reports = Open();
        reports.Keep(mail, await JudgedAsync(), words);

        foreach (var file in Directory.EnumerateFiles(folder))
            if (!OperatingSystem.IsWindows())
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(file));
    }

    [Fact]
    public async Task What_is_deleted_leaves_no_byte_behind_even_sealed()
    {
        using var reports = Open();
        var number = Kept(reports.Keep(mail, await JudgedAsync(), words));
        var sealedPart = SealedMessage(number);
        Assert.True(AnyFileHolds(sealedPart));

        reports.Delete(number);

        Assert.Null(reports.Find(number));
        Assert.Null(reports.Read(number));
        Assert.False(AnyFileHolds(sealedPart));
    }

    [Fact]
    public async Task A_report_ends_with_its_time_and_not_a_moment_earlier()
    {
        using var reports = Open(new() { KeptFor = TimeSpan.FromDays(90) });
        var number = Kept(reports.Keep(mail, await JudgedAsync(), words));
        var sealedPart = SealedMessage(number);

        clock.Advance(TimeSpan.FromDays(90) - TimeSpan.FromSeconds(1));
        Assert.NotNull(reports.Find(number));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(reports.Find(number));
        Assert.Empty(reports.List());

        using var stopping = new CancellationTokenSource();
        var running = reports.RunAsync(stopping.Token);
        Assert.False(AnyFileHolds(sealedPart));
        await stopping.CancelAsync();
        await running;
    }

    [Fact]
    public async Task A_key_is_made_for_new_reports_and_never_in_place_of_a_lost_one()
    {
        var keys = new KeyFolder(Path.Combine(folder, "keys"));
        var made = MailReports.KeyOf(keys, File);
        using (var reports = MailReports.Open(File, made, new(), clock))
            reports.Keep(mail, await JudgedAsync(), words);
        Assert.Equal(made, MailReports.KeyOf(keys, File));

        System.IO.File.Delete(Path.Combine(keys.Path, "mail-reports.key"));

        Assert.Contains("mail-reports.key is missing", Assert.Throws<KeyFileException>(() => MailReports.KeyOf(keys, File)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Beyond_the_limits_nothing_more_is_kept_and_what_is_there_stays()
    {
        using (var reports = Open(new() { CountMax = 2 }))
        {
            Kept(reports.Keep(mail, await JudgedAsync(), words));
            Kept(reports.Keep(mail, await JudgedAsync(), words));
            Assert.IsType<ReportOutcome.Full>(reports.Keep(mail, await JudgedAsync(), words));
            Assert.Equal(2, reports.List().Length);
        }
        using var bySize = Open(new() { SizeBytesMax = mail.Length * 3 });
        Kept(bySize.Keep(mail, await JudgedAsync(), words));
        Assert.IsType<ReportOutcome.Full>(bySize.Keep(mail, await JudgedAsync(), words));
    }

    [Fact]
    public async Task Handling_it_takes_it_off_the_new_ones_and_twice_changes_nothing()
    {
        using var reports = Open();
        var number = Kept(reports.Keep(mail, await JudgedAsync(), words));

        reports.MarkHandled(number);
        reports.MarkHandled(number);
        reports.MarkHandled("R-0000-0000");

        Assert.Equal((ReportState.Handled, 0), (reports.Find(number)!.State, reports.CountNew()));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string File => Path.Combine(folder, MailReports.FileName);

    private MailReports Open(ReportLimits? limits = null) => MailReports.Open(File, new byte[ReportSeal.KeySizeBytes], limits ?? new(), clock);

    private static Task<MailCheckResult> JudgedAsync() => CheckScenes.JudgeAsync(mail, null, new LedgerFinding.NoMark());

    private static string Kept(ReportOutcome outcome) => Assert.IsType<ReportOutcome.Kept>(outcome).Number;

    private bool AnyFileHolds(string text) => AnyFileHolds(Encoding.UTF8.GetBytes(text));

    private bool AnyFileHolds(byte[] bytes) => Directory.EnumerateFiles(folder).Any(file =>
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content.AsSpan().IndexOf(bytes) >= 0;
    });

    /// <summary>A piece of the row as it lies on disk.</summary>
    private byte[] SealedMessage(string number)
    {
        using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT message FROM report WHERE number = $number";
        command.Parameters.AddWithValue("$number", number);
        return ((byte[])command.ExecuteScalar()!)[..64];
    }
}
