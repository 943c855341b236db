using System.Collections;

namespace Shonin.Settings;

/// <summary>Reads the sources in their order: the data folder's appsettings.json, the environment, the command line.</summary>
internal static class LoadedSettings
{
    public static Reading<SettingValues, IReadOnlyList<string>> Load(IReadOnlyList<Said> commandLine, IDictionary environment)
    {
        var variables = SettingSources.FromEnvironment(environment);
        var file = Path.Combine(Folder(variables, commandLine), SettingSources.FileName);
        switch (SettingSources.FromFile(file))
        {
            case Reading<IReadOnlyList<Said>, string>.Read(var said):
                var misplaced = said.FirstOrDefault(one => string.Equals(one.Path, KnownSettings.StorageFolder.Name, StringComparison.OrdinalIgnoreCase));
                return misplaced is null
                    ? SettingValues.From(said, variables, commandLine)
                    : Refused($"{KnownSettings.StorageFolder.Name} cannot be set in {file}, because that file lies in the folder; use --data or SHONIN_Storage__Folder.");
            case Reading<IReadOnlyList<Said>, string>.Refused(var why):
                return Refused(why);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>Only the data folder, for verbs that need nothing else.</summary>
    public static string Folder(IReadOnlyList<Said> commandLine, IDictionary environment) => Folder(SettingSources.FromEnvironment(environment), commandLine);

    private static string Folder(params IReadOnlyList<IReadOnlyList<Said>> sources) =>
        sources.SelectMany(source => source).LastOrDefault(one => string.Equals(one.Path, KnownSettings.StorageFolder.Name, StringComparison.OrdinalIgnoreCase)) is { Text.Length: > 0 } said
            ? said.Text
            : KnownSettings.StorageFolder.Default[0];

    private static Reading<SettingValues, IReadOnlyList<string>>.Refused Refused(string why) => new([why]);
}
