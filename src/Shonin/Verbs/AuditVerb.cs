using System.CommandLine;
using System.Globalization;
using Shonin.Audit;
using Shonin.EventLog;
using Shonin.EventLog.Secrets;
using Shonin.Operations;
using Shonin.Settings;
using Shonin.Verbs.Mail;

namespace Shonin.Verbs;

/// <summary><c>shonin audit</c>: who did what with keys and at the desk, also beside a running server.</summary>
internal static class AuditVerb
{
    private const int LimitDefault = 100;
    private const string CardCompanyLog = "card-company";
    private static readonly TimeSpan sinceDefault = TimeSpan.FromDays(30);

    private sealed record EntryResult(
        string Cursor,
        DateTimeOffset At,
        string Kind,
        string? Who,
        string? Name,
        string? What,
        string? From,
        int Count
    );

    public static Command Command(VerbContext context)
    {
        var data = DataFolderOption.New();
        var log = new Option<string?>("--log")
        {
            Description = "Whose trail, where a folder holds both: merchant or card-company.",
            HelpName = "NAME",
        };
        log.AcceptOnlyFromAmong(Composition.LogName, CardCompanyLog);
        var since = new Option<string?>("--since")
        {
            Description = "Nothing before this time of RFC 3339 (default: 30 days ago).",
            HelpName = "TIME",
        };
        var after = new Option<string?>("--after")
        {
            Description = "Goes on behind this cursor: the next of an earlier page.",
            HelpName = "CURSOR",
        };
        var limit = new Option<int>("--limit")
        {
            Description = $"At most so many lines, up to {AuditPages.LimitMax}.",
            HelpName = "N",
            DefaultValueFactory = _ => LimitDefault,
        };
        var json = JsonOption.New();
        var command = new Command(
            "audit",
            "Tells who made, used and revoked keys, signed in at the desk, read and downloaded; the newest first."
        )
        {
            data,
            log,
            since,
            after,
            limit,
            json,
        };
        command.SetAction(
            async (parsed, cancellation) =>
            {
                var now = TimeProvider.System.GetUtcNow();
                if ((parsed.GetValue(since) is { } text ? MailOptions.Time(text) : now - sinceDefault) is not { } from)
                {
                    return (int)
                        context.Terminal.Refuse(
                            ExitCode.BadUsage,
                            $"--since: \"{parsed.GetValue(since)}\" is no time of RFC 3339, such as 2026-11-24T10:02:03+09:00."
                        );
                }

                if (parsed.GetValue(limit) is < 1 or > AuditPages.LimitMax)
                    return (int)context.Terminal.Refuse(ExitCode.BadUsage, $"--limit is a number from 1 to {AuditPages.LimitMax}.");
                var folder = parsed.GetValue(data) ?? LoadedSettings.Folder([], context.Terminal.Environment);
                var files = new LogFiles(folder, parsed.GetValue(log) ?? NameIn(folder));
                return (int)
                    await TellAsync(
                        context.Terminal,
                        files,
                        now,
                        from,
                        parsed.GetValue(after),
                        parsed.GetValue(limit),
                        parsed.GetValue(json),
                        cancellation
                    );
            }
        );
        return command;
    }

    private static async Task<ExitCode> TellAsync(
        Terminal terminal,
        LogFiles files,
        DateTimeOffset now,
        DateTimeOffset since,
        string? after,
        int limit,
        bool asJson,
        CancellationToken cancellation
    )
    {
        try
        {
            await using var reader = await Shonin.EventLog.Sqlite.SqliteEventStore.OpenReadOnlyAsync(files, cancellation);
            if (await AuditPages.ReadAsync(reader, now, since, after, limit, cancellation) is not { } page)
            {
                return terminal.Refuse(
                    ExitCode.BadUsage,
                    $"--after: \"{after}\" is no cursor; it is the next of an earlier page, as in 2026-11-24.17."
                );
            }

            var names =
                files.Name == Composition.LogName
                    ? new ApiKeys(files.Folder, TimeProvider.System).List().ToDictionary(key => key.Id, key => key.Name)
                    : [];
            if (asJson)
                terminal.WriteJson(new { entries = page.Entries.Select(entry => Result(entry, names)), next = page.Next });
            else
                Print(page, names, terminal.Out);
            return ExitCode.Done;
        }
        catch (Exception unusable) when (unusable is LogUnusableException or KeyFileException or InvalidDataException)
        {
            return terminal.Refuse(ExitCode.UnreadableInput, unusable.Message);
        }
    }

    private static void Print(AuditPage page, Dictionary<string, string> names, TextWriter to)
    {
        if (page.Entries.Count == 0 && page.Next is not null)
            to.WriteLine($"There is nothing in these {AuditPages.DaysMax} days.");
        else if (page.Entries.Count == 0)
            to.WriteLine("There is nothing in that time. Keys made and revoked, sign-ins, and what is read at the desk appear here.");
        foreach (var entry in page.Entries)
        {
            var who =
                entry.Who is null ? ""
                : names.TryGetValue(entry.Who, out var name) ? $"  by {name} ({entry.Who})"
                : $"  by {entry.Who}";
            var what =
                entry.What is null ? ""
                : names.TryGetValue(entry.What, out var named) ? $"  {named} ({entry.What})"
                : $"  {entry.What}";
            to.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{entry.At.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z  {AuditNames.WordsOf(entry.Kind).En}{what}{who}{(entry.From is null ? "" : $"  from {entry.From}")}{(entry.Count > 1 ? $"  {entry.Count} times" : "")}"
                )
            );
        }
        if (page.Next is { } next)
            to.WriteLine($"There is more: --after {next}");
    }

    private static EntryResult Result(AuditEntry entry, Dictionary<string, string> names) =>
        new(
            entry.Cursor,
            entry.At,
            entry.Kind,
            entry.Who,
            entry.Who is { } who ? names.GetValueOrDefault(who) : null,
            entry.What,
            entry.From,
            entry.Count
        );

    private static string NameIn(string folder) =>
        !File.Exists(new LogFiles(folder, Composition.LogName).Database) && File.Exists(new LogFiles(folder, CardCompanyLog).Database)
            ? CardCompanyLog
            : Composition.LogName;
}
