using System.Diagnostics;

namespace Shonin.Journeys;

/// <summary>The program itself, as a process of its own.</summary>
internal static class ShoninProcess
{
    /// <summary>
    /// Starts a verb that stays up, and reads its output up to the line with <paramref name="sign"/>; what stands behind that is returned.
    /// </summary>
    public static async Task<(Process Process, string Said)> StartAsync(string sign, params string[] arguments)
    {
        var (process, said) = await StartAsync(sign, [], arguments);
        return (process, said[sign]);
    }

    /// <summary>
    /// As the other, and what stands behind each of <paramref name="before"/> in the lines up to the last is returned too.
    /// </summary>
    /// <param name="log">Takes what the process writes to standard error once it is up; null for nobody.</param>
    public static async Task<(Process Process, Dictionary<string, string> Said)> StartAsync(
        string last,
        string[] before,
        string[] arguments,
        Stream? log = null
    )
    {
        var process = Process.Start(Of(arguments))!;
        var said = new Dictionary<string, string>();
        using var timeout = new CancellationTokenSource(Waits.Most);
        while (await process.StandardOutput.ReadLineAsync(timeout.Token) is { } line)
        {
            foreach (var sign in before.Append(last))
            {
                if (line.IndexOf(sign, StringComparison.Ordinal) is var at and >= 0)
                    said.TryAdd(sign, line[(at + sign.Length)..]);
            }
            if (said.ContainsKey(last))
            {
                // Whoever stops reading would stop the process once the pipe is full.
                _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
                _ = process.StandardError.BaseStream.CopyToAsync(log ?? Stream.Null, CancellationToken.None);
                return (process, said);
            }
        }
        throw new InvalidOperationException($"shonin {arguments[0]} ended: {await process.StandardError.ReadToEndAsync(timeout.Token)}");
    }

    /// <summary>Runs a verb to its end; what it wrote is returned.</summary>
    public static async Task<string> RunAsync(params string[] arguments)
    {
        using var process = Process.Start(Of(arguments))!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output;
    }

    /// <summary>Ends a process as a power cut would.</summary>
    public static async Task KillAsync(Process process)
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private static ProcessStartInfo Of(string[] arguments) =>
        new(Path.Combine(AppContext.BaseDirectory, "shonin"), arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
}
