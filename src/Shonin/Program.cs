using System.Globalization;
using Shonin;
using Shonin.Verbs;

// What we write (notices, files, messages, answers) is the same on every machine: readers choose Japanese or English, the machine's own
// language chooses nothing.
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.InvariantCulture;
CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.InvariantCulture;

using var stopping = new CancellationTokenSource();
if (Environment.GetEnvironmentVariable(ChildProcess.StopWithInput) is not null)
{
    _ = Task.Run(() =>
    {
        Console.In.ReadToEnd();
        stopping.Cancel();
    });
}

return (int)
    await CommandLine.RunAsync(args, new Terminal(Console.Out, Console.Error, Environment.GetEnvironmentVariables()), stopping.Token);
