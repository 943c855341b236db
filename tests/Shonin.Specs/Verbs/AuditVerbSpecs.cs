using System.Security.Cryptography;
using Shonin.Audit;
using Shonin.EventLog;
using Shonin.EventLog.Sqlite;
using Shonin.Specs.EventLog;
using Shonin.Specs.Verbs.Mail;
using Shonin.Verbs;

namespace Shonin.Specs.Verbs;

/// <summary>What <c>shonin audit</c> tells of a data folder.</summary>
[RealParts]
public sealed class AuditVerbSpecs : IDisposable
{
    private readonly DataFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task It_prints_what_happened_and_by_whom_the_newest_first()
    {
        await WriteAsync(new("deskSignedIn", "key_1"), new("deskOrderRead", "key_1", "order-1"));
        var run = await AuditAsync();
        Assert.Equal(ExitCode.Done, run.Code);
        var lines = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.EndsWith("Z  Order read  order-1  by key_1", lines[0], StringComparison.Ordinal);
        Assert.EndsWith("Z  Signed in at the desk  by key_1", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task As_JSON_it_has_stored_names_and_a_cursor_that_leads_on()
    {
        await WriteAsync(new("deskSignedIn", "key_1"), new("deskSignedOut", "key_1"));
        var first = (await AuditAsync("--json", "--limit", "1")).Json;
        Assert.Equal("deskSignedOut", Assert.Single(first.GetProperty("entries").EnumerateArray()).GetProperty("kind").GetString());
        var second = (await AuditAsync("--json", "--after", first.GetProperty("next").GetString()!)).Json;
        Assert.Equal("deskSignedIn", Assert.Single(second.GetProperty("entries").EnumerateArray()).GetProperty("kind").GetString());
    }

    [Fact]
    public async Task A_time_long_ago_says_how_to_go_on_and_what_is_no_time_is_refused()
    {
        await WriteAsync(new AuditNote("deskSignedIn", "key_1"));
        Assert.Contains("There is more: --after ", (await AuditAsync("--since", "2020-01-01T00:00:00Z")).Output, StringComparison.Ordinal);
        Assert.Contains(
            "There is nothing in that time.",
            (await AuditAsync("--since", "2100-01-01T00:00:00Z")).Output,
            StringComparison.Ordinal
        );
        Assert.Equal(ExitCode.BadUsage, (await AuditAsync("--since", "yesterday")).Code);
        Assert.Equal(ExitCode.BadUsage, (await AuditAsync("--after", "nonsense")).Code);
    }

    [Fact]
    public async Task A_folder_without_a_trail_and_one_without_a_log_say_so()
    {
        await WriteAsync();
        Assert.Contains("There is nothing in that time.", (await AuditAsync()).Output, StringComparison.Ordinal);
        var missing = await VerbRun.OfAsync("", "audit", "--data", Path.Combine(folder.Path, "elsewhere"));
        Assert.Equal(ExitCode.UnreadableInput, missing.Code);
        Assert.DoesNotContain("   at ", missing.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_file_of_API_keys_is_named()
    {
        await WriteAsync(new AuditNote("deskSignedIn", "key_1"));
        Directory.CreateDirectory(Path.Combine(folder.Path, "keys"));
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "keys", "api-keys.json"), "{ not JSON");
        var run = await AuditAsync();
        Assert.Equal(ExitCode.UnreadableInput, run.Code);
        Assert.Contains("api-keys.json", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }

    private Task<VerbRun> AuditAsync(params string[] arguments) => VerbRun.OfAsync("", ["audit", "--data", folder.Path, .. arguments]);

    private async Task WriteAsync(params AuditNote[] notes)
    {
        await using var store = await SqliteEventStore.OpenAsync(
            new LogFiles(folder.Path, Composition.LogName),
            TimeProvider.System,
            default
        );
        await using var log = await OwnedLog.TakeAsync(store, default);
        await using var trail = await AuditTrail.OpenAsync(
            new(log, RandomNumberGenerator.GetBytes, TimeProvider.System) { OnTrouble = _ => { } },
            default
        );
        foreach (var note in notes)
            Assert.True(await trail.RecordAsync(note));
    }
}
