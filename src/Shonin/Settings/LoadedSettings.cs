using System.Collections;
using Shonin.EventLog.Secrets;

namespace Shonin.Settings;

/// <summary>Reads the sources in their order: the data folder's appsettings.json, the environment, the command line.</summary>
internal static class LoadedSettings
{
    public static Reading<SettingValues, IReadOnlyList<string>> Load(IReadOnlyList<Said> commandLine, IDictionary environment)
    {
        if (commandLine.Where(IsSecret).ToArray() is { Length: > 0 } shown)
            return new Reading<SettingValues, IReadOnlyList<string>>.Refused([.. shown.Select(WhyNotShown)]);
        var variables = SettingSources.FromEnvironment(environment);
        var file = Path.Combine(Folder(variables, commandLine), SettingSources.FileName);
        switch (SettingSources.FromFile(file))
        {
            case Reading<IReadOnlyList<Said>, string>.Read(var said):
                var misplaced = said.FirstOrDefault(one =>
                    string.Equals(one.Path, KnownSettings.StorageFolder.Name, StringComparison.OrdinalIgnoreCase)
                );
                if (said.FirstOrDefault(IsSecret) is { } secret && OwnerOnly.IsOpenToOthers(file))
                {
                    return Refused(
                        $"{file} holds {secret.Path} and is open to others. If nobody has read it, run as the user that runs shonin: chmod 600 {file}. If somebody may have, replace the secret."
                    );
                }

                return misplaced is null
                    ? SettingValues.From(said, variables, commandLine)
                    : Refused(
                        $"{KnownSettings.StorageFolder.Name} cannot be set in {file}, because that file lies in the folder; use --data or SHONIN_Storage__Folder."
                    );
            case Reading<IReadOnlyList<Said>, string>.Refused(var why):
                return Refused(why);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static bool IsSecret(Said said) => said.Text.Length > 0 && SecretOf(said) is not null;

    private static Setting? SecretOf(Said said) =>
        KnownSettings.All.FirstOrDefault(setting =>
            setting.Secrecy == Secrecy.Secret && string.Equals(setting.Name, said.Path, StringComparison.OrdinalIgnoreCase)
        );

    private static string WhyNotShown(Said said) =>
        SecretOf(said) is { FileForm: { } file } setting
            ? $"{setting.Name} is a secret, and every user of this machine can read a command line. Write it into a file of mode 600 and name that with --{file.Name} FILE, "
                + $"or set {SettingSources.VariableOf(setting)} in the environment. The one that was given here should be replaced."
            : throw new System.Diagnostics.UnreachableException();

    /// <summary>Only the data folder, for verbs that need nothing else.</summary>
    public static string Folder(IReadOnlyList<Said> commandLine, IDictionary environment) =>
        Folder(SettingSources.FromEnvironment(environment), commandLine);

    private static string Folder(params IReadOnlyList<IReadOnlyList<Said>> sources) =>
        sources
            .SelectMany(source => source)
            .LastOrDefault(one => string.Equals(one.Path, KnownSettings.StorageFolder.Name, StringComparison.OrdinalIgnoreCase))
            is { Text.Length: > 0 } said
            ? said.Text
            : KnownSettings.StorageFolder.Default[0];

    private static Reading<SettingValues, IReadOnlyList<string>>.Refused Refused(string why) => new([why]);
}
