using System.CommandLine;
using Shonin.Settings;

namespace Shonin.Verbs;

/// <summary>The data folder of verbs that need nothing else of the settings. It has to be there: a mistyped name makes none.</summary>
internal static class DataFolderOption
{
    public static Option<string?> New() => new("--data") { Description = "The data folder (default shonin-data).", HelpName = "DIR" };

    public static Reading<string, string> Existing(VerbContext context, ParseResult parsed, Option<string?> data) =>
        Existing(parsed.GetValue(data) ?? LoadedSettings.Folder([], context.Terminal.Environment));

    public static Reading<string, string> Existing(string folder) =>
        Directory.Exists(folder)
            ? new Reading<string, string>.Read(folder)
            : new Reading<string, string>.Refused(
                $"There is no data folder {folder}. Name yours with --data; shonin serve --data {folder} makes a new one."
            );
}
