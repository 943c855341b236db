using Shonin.Verbs;

return (int)await CommandLine.RunAsync(args, new Terminal(Console.Out, Console.Error, Environment.GetEnvironmentVariables()), CancellationToken.None);
