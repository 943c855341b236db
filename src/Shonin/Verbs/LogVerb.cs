using System.CommandLine;
using Shonin.EventLog.Verification;

namespace Shonin.Verbs;

/// <summary><c>shonin log verify</c>: whether anybody has touched the logs.</summary>
internal static class LogVerb
{
    public static Command Command(VerbContext context)
    {
        var data = DataFolderOption.New();
        var json = JsonOption.New();
        var verify = new Command("verify", "Holds every log of a data folder against its hashes, its signed head and the heads seen outside it; also beside a running server.") { data, json };
        verify.SetAction(async (parsed, cancellation) =>
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
                context.Terminal.Out.WriteLine($"{report.Name}: {report.Events} events, {report.Problem?.Describe() ?? "everything matches"}");
            return (int)(reports.All(report => report.Problem is null) ? ExitCode.Done : ExitCode.No);
        });
        return new Command("log", "Looks after the append-only logs.") { verify };
    }
}
