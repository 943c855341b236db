using System.CommandLine;
using System.CommandLine.Parsing;
using Shonin.Demo;
using Shonin.Settings;
using Shonin.Verbs.Mail;

namespace Shonin.Verbs;

/// <summary>Takes a command line to its verb. Nothing that goes wrong leaves here as a stack trace.</summary>
internal static class CommandLine
{
    /// <summary>How long a verb may take to end after Ctrl+C or SIGTERM; open requests are answered in it.</summary>
    private static readonly TimeSpan stoppingTimeout = TimeSpan.FromSeconds(30);

    public static async Task<ExitCode> RunAsync(IReadOnlyList<string> arguments, Terminal terminal, CancellationToken cancellation)
    {
        if (SettingSources.TakeFrom(arguments) is not Reading<SplitArguments, string>.Read(var (settings, rest)))
            return terminal.Refuse(ExitCode.BadUsage, $"{arguments[^1]} lacks its value, as in {arguments[^1]} VALUE.");
        if (rest.Count == 0)
            rest = ["--help"];
        if (rest[0] == "--version")
            rest = ["version", .. rest.Skip(1)];
        var parsed = Tree(new(terminal, settings)).Parse(rest, new ParserConfiguration { EnablePosixBundling = false });
        if (parsed.Errors.Count > 0)
            return BadUsage(parsed, terminal);
        if (settings.Count > 0 && parsed.CommandResult.Command is not SettingsCommand)
            return terminal.Refuse(ExitCode.BadUsage, $"{PathOf(parsed)} takes no settings, but {settings[0].Origin} is one.");
        try
        {
            return (ExitCode)
                await parsed.InvokeAsync(
                    new()
                    {
                        EnableDefaultExceptionHandler = false,
                        ProcessTerminationTimeout = stoppingTimeout,
                        Output = terminal.Out,
                        Error = terminal.Error,
                    },
                    cancellation
                );
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return ExitCode.Done;
        }
        catch (Exception fault) // The host loop of every verb: the person is told where to look, and sees no trace.
        {
            return Faults.Tell(fault, terminal);
        }
    }

    /// <summary>The verbs there are, in the order in which the help shows them.</summary>
    private static RootCommand Tree(VerbContext context)
    {
        var root = new RootCommand("Shonin gets the card company's approval for every order, and tells the customer the truth about it.")
        {
            DemoVerb.Command(context),
            ServeVerb.Command(context),
            CardCompanyVerb.Command(context),
            LineVerb.Command(context),
            WhyVerb.Command(context),
            LogVerb.Command(context),
            AuditVerb.Command(context),
            PrivacyVerb.Command(context),
            MailVerb.Command(context),
            Iso8583Verb.Command(context),
            SimulateVerb.Command(context),
            BenchVerb.Command(context),
            ConfigVerb.Command(context),
            KeysVerb.Command(context),
            TestVerb.Command(context),
            HelpVerb.Command(context, (arguments, cancellation) => RunAsync(arguments, context.Terminal, cancellation)),
            VersionVerb.Command(context),
        };
        // --version is answered by the verb; the library's own option would print something else.
        root.Options.Remove(root.Options.OfType<VersionOption>().Single());
        root.Options.Add(new Option<bool>("--version") { Description = "Prints the version, as shonin version does." });
        return root;
    }

    private static ExitCode BadUsage(ParseResult parsed, Terminal terminal)
    {
        var command = parsed.CommandResult.Command;
        // A mistyped verb is also a missing one, and what follows it is unknown: the first complaint says it all.
        var error =
            parsed.Errors.Count > 1 && parsed.UnmatchedTokens.Count > 0
                ? parsed.Errors.First(one => one.Message.Contains(parsed.UnmatchedTokens[0], StringComparison.Ordinal))
                : parsed.Errors[0];
        terminal.Error.WriteLine($"shonin: {error.Message}");
        var names = command
            .Subcommands.Select(subcommand => subcommand.Name)
            .Concat(command.Options.Select(option => option.Name))
            .ToArray();
        if (parsed.UnmatchedTokens.Select(token => NearestName.Of(token, names)).FirstOrDefault(name => name is not null) is { } meant)
            terminal.Error.WriteLine($"Did you mean {meant}?");
        terminal.Error.WriteLine($"{PathOf(parsed)} --help shows what it takes.");
        return ExitCode.BadUsage;
    }

    private static string PathOf(ParseResult parsed)
    {
        var names = new List<string>();
        for (SymbolResult? result = parsed.CommandResult; result is CommandResult command; result = command.Parent)
            names.Insert(0, command.Command is RootCommand ? "shonin" : command.Command.Name);
        return string.Join(' ', names);
    }
}

/// <summary>What every verb may use.</summary>
/// <param name="Settings">Settings that stood on the command line, as <c>--Section:Name VALUE</c>.</param>
internal sealed record VerbContext(Terminal Terminal, IReadOnlyList<Said> Settings);

/// <summary>A verb that takes settings: the short flags of the common ones, and any other as <c>--Section:Name VALUE</c>.</summary>
internal sealed class SettingsCommand : Command
{
    private readonly VerbContext context;
    private readonly List<(Setting Setting, Option<string?> Option)> flags = [];

    public SettingsCommand(string name, string description, VerbContext context)
        : base(name, description + " Any setting can be given as --Section:Name VALUE; shonin config lists them.")
    {
        this.context = context;
        foreach (var setting in KnownSettings.All.Where(setting => setting.Flag is not null))
        {
            var option = new Option<string?>(setting.Flag!)
            {
                Description = $"{setting.Meaning} ({setting.Name}, default {string.Join(", ", setting.Default)})".Replace(
                    ", default )",
                    ")",
                    StringComparison.Ordinal
                ),
                HelpName = "VALUE",
            };
            flags.Add((setting, option));
            Options.Add(option);
        }
    }

    /// <summary>Runs with all settings read, or says which of them are wrong.</summary>
    public void Run(Func<SettingValues, ParseResult, CancellationToken, Task<ExitCode>> run) =>
        SetAction(
            async (parsed, cancellation) =>
            {
                IReadOnlyList<Said> commandLine =
                [
                    .. context.Settings,
                    .. flags
                        .Where(flag => parsed.GetValue(flag.Option) is not null)
                        .Select(flag => new Said(flag.Setting.Name, parsed.GetValue(flag.Option)!, flag.Setting.Flag!)),
                ];
                return LoadedSettings.Load(commandLine, context.Terminal.Environment) switch
                {
                    Reading<SettingValues, IReadOnlyList<string>>.Read(var settings) => (int)await run(settings, parsed, cancellation),
                    Reading<SettingValues, IReadOnlyList<string>>.Refused(var why) => (int)context.Terminal.Refuse(ExitCode.BadUsage, why),
                    _ => throw new System.Diagnostics.UnreachableException(),
                };
            }
        );
}
