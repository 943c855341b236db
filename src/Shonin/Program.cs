using Shonin.Verbs;
using Shonin.Verbs.Demo;

using var stopping = new CancellationTokenSource();
if (Environment.GetEnvironmentVariable(ChildProcess.StopWithInput) is not null)
    _ = Task.Run(() =>
    {
        Console.In.ReadToEnd();
        stopping.Cancel();
    });
return (int)await CommandLine.RunAsync(args, new Terminal(Console.Out, Console.Error, Environment.GetEnvironmentVariables()), stopping.Token);
