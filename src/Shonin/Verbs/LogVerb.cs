using System.CommandLine;
using Shonin.EventLog;
using Shonin.EventLog.Sqlite;
using Shonin.EventLog.Verification;

namespace Shonin.Verbs;

/// <summary>
/// <c>shonin log verify</c>: whether anybody has touched the logs; <c>shonin log migrate</c>: brings those of an earlier version to the
/// present one.
/// </summary>
internal static class LogVerb
{
    public static Command Command(VerbContext context)
    {
        var data = DataFolderOption.New();
        var json = JsonOption.New();
        var verify = new Command(
            "verify",
            "Holds every log of a data folder against its hashes, its signed head and the heads seen outside it; also beside a running server."
        )
        {
            data,
            json,
        };
        verify.SetAction(
            async (parsed, cancellation) =>
            {
                if (DataFolderOption.Existing(context, parsed, data) is var named && named is Reading<string, string>.Refused(var missing))
                    return (int)context.Terminal.Refuse(ExitCode.UnreadableInput, missing);
                var folder = ((Reading<string, string>.Read)named).Value;
                var reports = await LogVerification.VerifyFolderAsync(folder, null, cancellation);
                if (reports.Count == 0)
                    return (int)context.Terminal.Refuse(ExitCode.UnreadableInput, $"{folder} holds no log; is it a data folder?");
                if (parsed.GetValue(json))
                    context.Terminal.Out.WriteLine(LogVerification.ToJson(reports));
                foreach (var report in parsed.GetValue(json) ? [] : reports)
                {
                    context.Terminal.Out.WriteLine(
                        $"{report.Name}: {report.Events} events, {report.Problem?.Describe() ?? "everything matches"}"
                    );
                }

                return (int)(reports.All(report => report.Problem is null) ? ExitCode.Done : ExitCode.No);
            }
        );
        return new Command("log", "Looks after the append-only logs.") { verify, Migrate(context) };
    }

    private static Command Migrate(VerbContext context)
    {
        var data = DataFolderOption.New();
        var dryRun = new Option<bool>("--dry-run")
        {
            Description = "Does all of it, checks it, and takes it back; of files whose content the log takes over it says what they hold.",
        };
        var command = new Command(
            "migrate",
            "Brings the logs of an earlier version to the present schema, as opening them would; their evidence stays as it is. Not beside a running server."
        )
        {
            data,
            dryRun,
        };
        command.SetAction(
            async (parsed, cancellation) =>
            {
                if (DataFolderOption.Existing(context, parsed, data) is var named && named is Reading<string, string>.Refused(var missing))
                    return (int)context.Terminal.Refuse(ExitCode.UnreadableInput, missing);
                var folder = ((Reading<string, string>.Read)named).Value;
                var refused = false;
                foreach (var name in LogVerification.NamesIn(folder))
                {
                    var files = new LogFiles(folder, name);
                    var outcome = parsed.GetValue(dryRun)
                        ? await LogMigration.TryAsync(files, cancellation)
                        : await LogMigration.RunAsync(files, cancellation);
                    refused |= outcome is MigrationOutcome.Refused;
                    context.Terminal.Out.WriteLine($"{name} {outcome.Describe()}");
                    if (outcome is MigrationOutcome.Refused || name != Composition.LogName)
                        continue;
                    var told = parsed.GetValue(dryRun)
                        ? FormerFiles.Describe(folder)
                        : await TakeOverAsync(files, context.Terminal, cancellation);
                    foreach (var sentence in told)
                        context.Terminal.Out.WriteLine(sentence);
                }
                return (int)(refused ? ExitCode.No : ExitCode.Done);
            }
        );
        return command;
    }

    private static async Task<IReadOnlyList<string>> TakeOverAsync(LogFiles files, Terminal terminal, CancellationToken cancellation)
    {
        await using var store = await SqliteEventStore.OpenAsync(files, TimeProvider.System, cancellation);
        await using var log = await OwnedLog.TakeAsync(store, cancellation);
        var ports = new TakeOverPorts(log, files.Keys, TimeProvider.System, fault => terminal.Error.WriteLine(fault.Message));
        return await FormerFiles.TakeOverAsync(files.Folder, ports, cancellation);
    }
}
