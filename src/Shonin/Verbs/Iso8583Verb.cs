using System.CommandLine;
using Shonin.Iso8583;

namespace Shonin.Verbs;

/// <summary><c>shonin iso8583 describe</c>: a message in words.</summary>
internal static class Iso8583Verb
{
    public static Command Command(VerbContext context)
    {
        var hex = new Argument<string[]>("hex")
        {
            Description = "The message's bytes in hexadecimal, with or without its length before it.",
            HelpName = "HEX",
            Arity = ArgumentArity.OneOrMore,
        };
        var json = JsonOption.New();
        var describe = new Command("describe", "Explains a message field by field; card numbers are masked.") { hex, json };
        describe.SetAction(parsed =>
        {
            var description = MessageDescription.Of(string.Concat(parsed.GetValue(hex)!));
            if (parsed.GetValue(json))
                WriteJson(context.Terminal, description);
            else
                context.Terminal.Out.Write(description.ToString());
            return (int)(description is MessageDescription.Whole ? ExitCode.Done : ExitCode.UnreadableInput);
        });
        return new Command("iso8583", "Works with messages of the card network.") { describe };
    }

    private static void WriteJson(Terminal terminal, MessageDescription description)
    {
        switch (description)
        {
            case MessageDescription.Whole(var encoding, var lines):
                terminal.WriteJson(new { encoding, fields = lines });
                break;
            case MessageDescription.Malformed(var encoding, var lines, var error):
                terminal.WriteJson(
                    new
                    {
                        encoding,
                        fields = lines,
                        error = error.What,
                    }
                );
                break;
            case MessageDescription.NotHexadecimal notHexadecimal:
                terminal.WriteJson(new { error = notHexadecimal.What });
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }
}
