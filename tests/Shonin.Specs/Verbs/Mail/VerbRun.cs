using System.Collections;
using System.Text;
using System.Text.Json;
using Shonin.Verbs;

namespace Shonin.Specs.Verbs.Mail;

/// <summary>Runs a verb in this process, as a shell would.</summary>
internal sealed record VerbRun(ExitCode Code, string Output, string Error)
{
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    public static async Task<VerbRun> OfAsync(string input, params IReadOnlyList<string> arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        using var bytes = new MemoryStream();
        var terminal = new Terminal(output, error, new Hashtable())
        {
            OpenInput = () => new MemoryStream(Encoding.UTF8.GetBytes(input)),
            OpenOutput = () => bytes,
        };
        var code = await CommandLine.RunAsync(arguments, terminal, CancellationToken.None);
        return new VerbRun(code, output + Encoding.UTF8.GetString(bytes.ToArray()), error.ToString());
    }

    /// <summary>Answers cases through the batch verb.</summary>
    public static async Task<IReadOnlyList<JsonElement>> BatchAsync(params IEnumerable<string> cases)
    {
        var run = await OfAsync(string.Join('\n', cases), "mail", "batch", "--cases", "-", "--out", "-");
        Assert.Equal(ExitCode.Done, run.Code);
        return [.. run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
    }
}
