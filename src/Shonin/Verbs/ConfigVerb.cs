using System.CommandLine;
using System.Globalization;
using Shonin.Hours;
using Shonin.Settings;

namespace Shonin.Verbs;

/// <summary><c>shonin config</c>: every setting with its value, where that comes from, and what it means.</summary>
internal static class ConfigVerb
{
    private sealed record SettingResult(
        string Name,
        IReadOnlyList<string>? Values,
        string? Value,
        string Origin,
        string Meaning,
        string Expected,
        string? Flag
    );

    public static Command Command(VerbContext context)
    {
        var json = JsonOption.New();
        var command = new SettingsCommand(
            "config",
            "Prints every setting with its value, where that comes from, and its meaning. Secrets are masked.",
            context
        )
        {
            json,
        };
        command.Run(
            (settings, parsed, _) =>
            {
                if (parsed.GetValue(json))
                    context.Terminal.WriteJson(new { settings = settings.All.Select(Result) });
                else
                    Print(settings, context.Terminal.Out);
                return Task.FromResult(ExitCode.Done);
            }
        );
        return command;
    }

    private static SettingResult Result(SettingInForce one) =>
        new(
            one.Setting.Name,
            one.Setting.Shape == Shape.List ? one.Texts : null,
            one.Setting.Shape == Shape.Single ? one.Shown : null,
            one.Origin,
            one.Setting.Meaning,
            one.Setting.Expected,
            one.Setting.Flag
        );

    private static IEnumerable<string> Holidays(string folder) =>
        HolidaysFile.In(folder) is { } reading
            ? HolidaysFile
                .Describe(reading)
                .Prepend(
                    string.Create(CultureInfo.InvariantCulture, $"{HolidaysFile.Name}: {reading.Days.Count} holidays and special days")
                )
            : [];

    private static void Print(SettingValues settings, TextWriter to)
    {
        var nameWidth = settings.All.Max(one => one.Setting.Name.Length);
        foreach (var one in settings.All)
        {
            to.WriteLine($"{one.Setting.Name.PadRight(nameWidth)}  {(one.Shown.Length == 0 ? "(none)" : one.Shown)}  [{one.Origin}]");
            to.WriteLine($"{"".PadRight(nameWidth)}  {one.Setting.Meaning} Expected: {one.Setting.Expected}.");
        }
        to.WriteLine();
        foreach (var line in Holidays(settings.Of(KnownSettings.StorageFolder)))
            to.WriteLine(line);
        to.WriteLine(
            $"Set one in {SettingSources.FileName} of the data folder ({{\"Approval\":{{\"AnswerTimeout\":\"00:00:02\"}}}}), in the environment"
        );
        to.WriteLine(
            "(SHONIN_Approval__AnswerTimeout=00:00:02), or on the command line (--Approval:AnswerTimeout 00:00:02); the later goes before the earlier."
        );
    }
}
