using System.Diagnostics;
using System.Globalization;
using System.Reflection;

namespace Shonin.Bench;

/// <summary>
/// What others make of the same work on the same machine in the same run; 0 where they are not to be had, and the figures then stand alone.
/// </summary>
internal static class Peers
{
    /// <summary>The last number of "+F2:…:bits:signs per second:verifies per second"; 0 where there is no openssl.</summary>
    public static async Task<double> OpenSslVerifiesPerSecondAsync(TimeSpan turn)
    {
        var seconds = Math.Max(1, (int)turn.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        var output = await RunAsync("openssl", Path.GetTempPath(), "speed", "-mr", "-seconds", seconds, "rsa2048");
        var line = output?.Split('\n').LastOrDefault(line => line.StartsWith("+F2:", StringComparison.Ordinal));
        return line is null ? 0 : double.Parse(line.Split(':')[^1], CultureInfo.InvariantCulture);
    }

    /// <summary>What the program wrote, or null where it is missing or failed.</summary>
    internal static async Task<string?> RunAsync(string program, string folder, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo(program, arguments)
                {
                    WorkingDirectory = folder,
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                }
            )!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = await process.StandardOutput.ReadToEndAsync();
            await errors;
            await process.WaitForExitAsync();
            return process.ExitCode == 0 ? output : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}

/// <summary>
/// A package of npm and the script that measures it, each in a folder of its own beside this file, installed where nobody else writes
/// until it is disposed.
/// </summary>
internal sealed class NpmPeer : IDisposable
{
    private static readonly string[] parts = ["package.json", "package-lock.json", "measure.cjs"];

    private readonly string folder;
    private readonly bool isInstalled;

    private NpmPeer(string folder, bool isInstalled) => (this.folder, this.isInstalled) = (folder, isInstalled);

    /// <param name="name">The package's and its folder's name.</param>
    /// <param name="inputs">What the script reads, by the name of its file.</param>
    public static async Task<NpmPeer> InstallAsync(string name, params (string Name, byte[] Content)[] inputs)
    {
        // Not a name that others on this machine could have filled before.
        var folder = Directory.CreateTempSubdirectory($"shonin-bench-{name}-").FullName;
        foreach (var part in parts)
        {
            using var resource = Assembly.GetExecutingAssembly().GetManifestResourceStream($"{name}/{part}")!;
            using var file = File.Create(Path.Combine(folder, part));
            await resource.CopyToAsync(file);
        }
        foreach (var (input, content) in inputs)
            await File.WriteAllBytesAsync(Path.Combine(folder, input), content);
        var said = await Peers.RunAsync("npm", folder, "ci", "--silent", "--ignore-scripts", "--no-audit", "--no-fund");
        return new NpmPeer(folder, isInstalled: said is not null);
    }

    /// <summary>How many messages the package takes a second of processor time; 0 where node or npm is missing.</summary>
    public async Task<double> PerSecondAsync(TimeSpan turn)
    {
        if (!isInstalled)
            return 0;
        var output = await Peers.RunAsync("node", folder, "measure.cjs", turn.TotalSeconds.ToString("F1", CultureInfo.InvariantCulture));
        return output is not null && double.TryParse(output, CultureInfo.InvariantCulture, out var rate) ? rate : 0;
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
