using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading.Channels;
using Shonin.EventLog.Secrets;

namespace Shonin;

/// <summary>
/// A process that a verb starts: the demo's and the bench's. It stops with the verb, however that one ends: its standard input closes then.
/// </summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    /// <summary>Told to a child in its environment: end when standard input ends.</summary>
    public const string StopWithInput = "SHONIN_STOP_WITH_INPUT";

    /// <summary>It bounds a verb that hangs, and no fact depends on it.</summary>
    private static readonly TimeSpan startPatience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan stopTimeout = TimeSpan.FromSeconds(30);

    private readonly Process process;
    private readonly Channel<string> lines = Channel.CreateUnbounded<string>();
    private readonly StringBuilder errors = new();
    private readonly string name;

    private ChildProcess(string name, Process process) => (this.name, this.process) = (name, process);

    public int Id => process.Id;

    public bool HasEnded => process.HasExited;

    /// <summary>The processor time that it used so far.</summary>
    public TimeSpan Cpu
    {
        get
        {
            process.Refresh();
            return process.TotalProcessorTime;
        }
    }

    /// <summary>Runs a verb of this very program, or of another version of it.</summary>
    public static ChildProcess Start(string name, string logPath, IEnumerable<string> arguments, string? program = null)
    {
        var start = new ProcessStartInfo(program ?? Environment.ProcessPath!)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment[StopWithInput] = "1";
        var child = new ChildProcess(name, Process.Start(start)!);
        var log = new StreamWriter(OwnerOnly.Append(logPath)) { AutoFlush = true };
        child.process.OutputDataReceived += (_, line) => child.Take(line.Data, log);
        child.process.ErrorDataReceived += (_, line) => child.TakeError(line.Data, log);
        child.process.BeginOutputReadLine();
        child.process.BeginErrorReadLine();
        return child;
    }

    /// <summary>The first group of the first line that fits.</summary>
    /// <exception cref="CannotGoOnException">The process ended, or took too long.</exception>
    public async Task<string> SaysAsync(Regex pattern, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(startPatience);
        try
        {
            await foreach (var line in lines.Reader.ReadAllAsync(patience.Token))
            {
                if (pattern.Match(line) is { Success: true } match)
                    return match.Groups[1].Value;
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new CannotGoOnException($"The {name} did not start within {startPatience.TotalSeconds:0} s. It said: {Errors()}");
        }
        throw new CannotGoOnException($"The {name} ended at once. It said: {Errors()}");
    }

    /// <summary>Ends it at once, as <c>kill -9</c> does: it can finish nothing.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        process.StandardInput.Close();
        using var patience = new CancellationTokenSource(stopTimeout);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
        }
        process.Dispose();
    }

    private void Take(string? line, StreamWriter log)
    {
        if (line is null)
        {
            lines.Writer.TryComplete();
            return;
        }
        lines.Writer.TryWrite(line);
        lock (log)
            log.WriteLine(line);
    }

    private void TakeError(string? line, StreamWriter log)
    {
        if (line is null)
            return;
        lock (errors)
        {
            if (errors.Length < 4000)
                errors.AppendLine(line);
        }

        lock (log)
            log.WriteLine(line);
    }

    private string Errors()
    {
        lock (errors)
            return errors.Length == 0 ? "nothing" : errors.ToString().Trim();
    }
}
