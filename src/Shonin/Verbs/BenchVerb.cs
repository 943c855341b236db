using System.CommandLine;
using System.Globalization;
using Shonin.Bench;

namespace Shonin.Verbs;

/// <summary><c>shonin bench</c>: our figures beside the machine's own limits, measured in the same run.</summary>
internal static class BenchVerb
{
    public static Command Command(VerbContext context)
    {
        var command = new Command("bench", "Measures, each figure beside the machine's own limit in the same run.")
        {
            One("approvals", "Orders approved end to end on SQLite with full durability, 64 in flight, beside the group-commit limit.", ApprovalsBench.MeasureAsync, context),
            One("iso8583", "Messages written and read, beside the copying of their bytes.", Iso8583Bench.MeasureAsync, context),
            One("mail", "Mail verification beside openssl and MimeKit.", MailBench.Run, context),
        };
        return command;
    }

    private static Command One(string name, string description, Func<TimeSpan, Task<IReadOnlyList<Figure>>> measure, VerbContext context)
    {
        var seconds = new Option<double>("--seconds") { Description = "How long each figure is measured.", HelpName = "N", DefaultValueFactory = _ => 5 };
        var json = JsonOption.New();
        var command = new Command(name, description) { seconds, json };
        command.SetAction(async (parsed, _) =>
        {
            var figures = await measure(TimeSpan.FromSeconds(Math.Clamp(parsed.GetValue(seconds), 0.1, 3600)));
            if (parsed.GetValue(json))
                context.Terminal.WriteJson(new { figures });
            else
                foreach (var figure in figures)
                    context.Terminal.Out.WriteLine(Line(figure));
            return (int)ExitCode.Done;
        });
        return command;
    }

    private static string Line(Figure figure) => string.Create(CultureInfo.InvariantCulture,
        $"{figure.Name,-56} {figure.Value,14:#,0.##} {figure.Unit}{(figure.Ratio is { } ratio ? $"   {ratio:0.###} of {figure.LimitName} ({figure.Limit:#,0.##})" : "")}");
}
