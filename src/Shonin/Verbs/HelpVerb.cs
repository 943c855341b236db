using System.CommandLine;

namespace Shonin.Verbs;

/// <summary><c>shonin help [VERB]</c>: what <c>--help</c> says, for those who ask the other way round.</summary>
internal static class HelpVerb
{
    /// <param name="run">Runs another command line in this one's place.</param>
    public static Command Command(VerbContext context, Func<IReadOnlyList<string>, CancellationToken, Task<ExitCode>> run)
    {
        var verb = new Argument<string[]>("verb")
        {
            Description = "The verb, and its own verb where it has some, as in keys create.",
            HelpName = "VERB",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var command = new Command("help", "Shows what a verb does and takes; without one, all verbs.") { verb };
        command.SetAction(
            async (parsed, cancellation) =>
            {
                var names = parsed.GetValue(verb) ?? [];
                var at = parsed.RootCommandResult.Command;
                foreach (var name in names)
                {
                    if (at.Subcommands.FirstOrDefault(subcommand => subcommand.Name == name) is not { } next)
                    {
                        return (int)
                            context.Terminal.Refuse(
                                ExitCode.BadUsage,
                                $"There is no verb {name}.{NearestName.Hint(name, at.Subcommands.Select(subcommand => subcommand.Name))} shonin help lists them."
                            );
                    }

                    at = next;
                }
                return (int)await run([.. names, "--help"], cancellation);
            }
        );
        return command;
    }
}

/// <summary><c>./shonin test</c>: the script's own verb. It stands among the verbs so that the help names it.</summary>
internal static class TestVerb
{
    public static Command Command(VerbContext context)
    {
        var arguments = new Argument<string[]>("suite")
        {
            Description = "specs, journeys, or fuzz [SECONDS]; without one, everything.",
            HelpName = "SUITE",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var command = new Command(
            "test",
            "Installs what tests need, checks the formatting, runs all tests. Only in the sources: ./shonin test."
        )
        {
            arguments,
        };
        command.SetAction(_ =>
            (int)
                context.Terminal.Refuse(
                    ExitCode.BadUsage,
                    "The tests belong to the sources and are built from them: run ./shonin test there."
                )
        );
        return command;
    }
}
