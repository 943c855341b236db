using System.CommandLine;
using Shonin.EventLog.Verification;
using Shonin.Settings;

namespace Shonin.Verbs;

/// <summary><c>shonin log verify</c>: whether anybody has touched the logs.</summary>
internal static class LogVerb
{
    public static Command Command(VerbContext context)
    {
        var data = new Option<string?>("--data") { Description = "The data folder (default shonin-data).", HelpName = "DIR" };
        var json = JsonOption.New();
        var verify = new Command("verify", "Holds every log of a data folder against its hashes, its signed head and the heads seen outside it; also beside a running server.") { data, json };
        verify.SetAction(async (parsed, cancellation) =>
        {
            var folder = parsed.GetValue(data) ?? LoadedSettings.Folder([], context.Terminal.Environment);
            if (!Directory.Exists(folder))
                return (int)context.Terminal.Refuse(ExitCode.UnreadableInput, $"There is no data folder {folder}; name one with --data.");
            var reports = await LogVerification.VerifyFolderAsync(folder, null, cancellation);
            if (reports.Count == 0)
                return (int)context.Terminal.Refuse(ExitCode.UnreadableInput, $"{folder} holds no log; is it a data folder?");
            if (parsed.GetValue(json))
                context.Terminal.Out.WriteLine(LogVerification.ToJson(reports));
            foreach (var report in parsed.GetValue(json) ? [] : reports)
                context.Terminal.Out.WriteLine($"{report.Name}: {report.Events} events, {report.Problem?.Describe() ?? "everything matches"}");
            return (int)(reports.All(report => report.Problem is null) ? ExitCode.Done : ExitCode.No);
        });
        return new Command("log", "Looks after the append-only logs.") { verify };
    }
}
