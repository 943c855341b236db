using System.Diagnostics;
using System.Globalization;
using System.Reflection;

namespace Shonin.Bench;

/// <summary>
/// What others make of the same work on the same machine in the same run; 0 where they are not to be had, and the figures then stand alone.
/// </summary>
internal static class MailPeers
{
    /// <summary>The last number of "+F2:…:bits:signs per second:verifies per second"; 0 where there is no openssl.</summary>
    public static async Task<double> OpenSslVerifiesPerSecondAsync(TimeSpan turn)
    {
        var seconds = Math.Max(1, (int)turn.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        var output = await RunAsync("openssl", Path.GetTempPath(), "speed", "-mr", "-seconds", seconds, "rsa2048");
        var line = output?.Split('\n').LastOrDefault(line => line.StartsWith("+F2:", StringComparison.Ordinal));
        return line is null ? 0 : double.Parse(line.Split(':')[^1], CultureInfo.InvariantCulture);
    }

    /// <summary>npm mailauth's <c>authenticate</c> (SPF, DKIM, DMARC, ARC) of this message, a second of processor time.</summary>
    /// <param name="zone">A text record a line: name, tab, text.</param>
    public static async Task<double> MailAuthPerSecondAsync(byte[] message, IEnumerable<(string Name, string Text)> zone, TimeSpan turn)
    {
        // Not a name that others on this machine could have filled before.
        var folder = Directory.CreateTempSubdirectory("shonin-bench-mailauth-").FullName;
        try
        {
            return await MailAuthPerSecondAsync(folder, message, zone, turn);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<double> MailAuthPerSecondAsync(
        string folder,
        byte[] message,
        IEnumerable<(string Name, string Text)> zone,
        TimeSpan turn
    )
    {
        foreach (var name in new[] { "package.json", "package-lock.json", "mailauth.cjs" })
        {
            using var resource = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
            using var file = File.Create(Path.Combine(folder, name));
            await resource.CopyToAsync(file);
        }
        if (await RunAsync("npm", folder, "ci", "--silent", "--ignore-scripts", "--no-audit", "--no-fund") is null)
            return 0;

        await File.WriteAllBytesAsync(Path.Combine(folder, "message.eml"), message);
        await File.WriteAllLinesAsync(Path.Combine(folder, "zone.txt"), zone.Select(record => $"{record.Name}\t{record.Text}"));
        var output = await RunAsync("node", folder, "mailauth.cjs", turn.TotalSeconds.ToString("F1", CultureInfo.InvariantCulture));
        return output is not null && double.TryParse(output, CultureInfo.InvariantCulture, out var rate) ? rate : 0;
    }

    /// <summary>What the program wrote, or null where it is missing or failed.</summary>
    private static async Task<string?> RunAsync(string program, string folder, params string[] arguments)
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
