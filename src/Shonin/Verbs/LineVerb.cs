using System.CommandLine;
using Shonin.CardNetwork.Line;

namespace Shonin.Verbs;

/// <summary><c>shonin line</c>: what lies between merchant and card company, and does what its script says.</summary>
internal static class LineVerb
{
    public static Command Command(VerbContext context)
    {
        var listen = new Option<string>("--listen")
        {
            Description = "Where the merchant connects.",
            HelpName = "HOST:PORT",
            Required = true,
        };
        var to = new Option<string>("--to")
        {
            Description = "Where the card company listens.",
            HelpName = "HOST:PORT",
            Required = true,
        };
        var script = new Option<string?>("--script")
        {
            Description = "A JSON file of rules; without it nothing is harmed.",
            HelpName = "FILE",
        };
        var demo = new Option<TimeSpan?>("--demo")
        {
            Description = "The faults of the demo, for a merchant that waits so long for an answer.",
            HelpName = "DURATION",
        };
        var encoding = EncodingOption.New();
        var command = new Command(
            "line",
            "Carries messages between merchant and card company, and loses, delays, repeats, cuts or garbles those that its script names."
        )
        {
            listen,
            to,
            script,
            demo,
            encoding,
        };
        command.SetAction(
            async (parsed, cancellation) =>
            {
                var reading = parsed.GetValue(script) is { } file
                    ? LineScriptFile.Parse(await File.ReadAllTextAsync(file, cancellation))
                    : new ScriptReading.Read(
                        parsed.GetValue(demo) is { } answerTimeout ? LineScript.Demo(answerTimeout) : LineScript.Honest
                    );
                switch (reading)
                {
                    case ScriptReading.Read(var rules):
                        await LineApplication.RunAsync(
                            new(parsed.GetValue(listen)!, parsed.GetValue(to)!, rules) { Encoding = parsed.GetValue(encoding) },
                            TimeProvider.System,
                            context.Terminal.Error.WriteLine,
                            address => context.Terminal.Out.WriteLine($"line: listening on {address}, carrying to {parsed.GetValue(to)}"),
                            cancellation
                        );
                        return (int)ExitCode.Done;
                    case ScriptReading.Refused(var problems):
                        return (int)
                            context.Terminal.Refuse(
                                ExitCode.UnreadableInput,
                                [.. problems.Select(problem => $"{parsed.GetValue(script)}: {problem}")]
                            );
                    default:
                        throw new System.Diagnostics.UnreachableException();
                }
            }
        );
        return command;
    }
}
