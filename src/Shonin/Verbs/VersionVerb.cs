using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Shonin.Verbs;

/// <summary><c>shonin version</c></summary>
internal static class VersionVerb
{
    public static Command Command(VerbContext context)
    {
        var json = JsonOption.New();
        var command = new Command("version", "Prints the version of Shonin and of .NET.") { json };
        command.SetAction(parsed =>
        {
            var version = typeof(VersionVerb).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
                ?? "unknown";
            if (parsed.GetValue(json))
                context.Terminal.WriteJson(new { version, runtime = RuntimeInformation.FrameworkDescription });
            else
                context.Terminal.Out.WriteLine($"shonin {version} on {RuntimeInformation.FrameworkDescription}");
            return (int)ExitCode.Done;
        });
        return command;
    }
}

/// <summary><c>--json</c>, on every verb that prints a result.</summary>
internal static class JsonOption
{
    public static Option<bool> New() => new("--json") { Description = "Prints the result as JSON." };
}
