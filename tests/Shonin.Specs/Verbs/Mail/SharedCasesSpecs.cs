using System.Text.Json;
using Shonin.Specs.MailAuthentication;

namespace Shonin.Specs.Verbs.Mail;

/// <summary>
/// Mails that lie beside the repository in shared/cases/mail.jsonl, each with what the batch verb must find; where the file is absent it
/// says that it did not run.
/// </summary>
public sealed class SharedCasesSpecs
{
    [Fact]
    public async Task Every_case_is_answered_as_it_expects()
    {
        var file = SharedVectors.Read("mail.jsonl", "cases");
        var cases = System
            .Text.Encoding.UTF8.GetString(file)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement)
            .ToList();
        var answers = await VerbRun.BatchAsync(cases.Select(one => one.GetProperty("case").GetRawText()));
        Assert.Equal(cases.Count, answers.Count);
        Assert.Empty(cases.Zip(answers).SelectMany(pair => Faults(pair.First, pair.Second)));
    }

    /// <summary>Either the first words of each result in a list, or pairs of a path and what may stand there.</summary>
    private static IEnumerable<string> Faults(JsonElement one, JsonElement answer)
    {
        var name = $"{one.GetProperty("case").GetProperty("id").GetString()} ({one.GetProperty("tried").GetString()})";
        if (!answer.TryGetProperty("result", out var result))
            return [$"{name}: {answer.GetRawText()}"];
        var expected = one.GetProperty("expect");
        return expected.ValueKind == JsonValueKind.Object
            ? expected
                .EnumerateObject()
                .SelectMany(list => list.Value.EnumerateArray().SelectMany((words, index) => Fault($"{list.Name}.{index}.result", words)))
            : expected.EnumerateArray().SelectMany(pair => Fault(pair[0].GetString()!, pair[1]));

        IEnumerable<string> Fault(string path, JsonElement allowed) =>
            allowed.EnumerateArray().Any(value => At(result, path) is { } found && JsonElement.DeepEquals(found, value))
                ? []
                : [$"{name}: {path} is {At(result, path)?.GetRawText() ?? "absent"}, not {allowed.GetRawText()}"];
    }

    private static JsonElement? At(JsonElement json, string path)
    {
        JsonElement? at = json;
        foreach (var step in path.Split('.'))
        {
            at = at switch
            {
                { ValueKind: JsonValueKind.Object } value when value.TryGetProperty(step, out var member) => member,
                { ValueKind: JsonValueKind.Array } list when int.TryParse(step, out var index) && index < list.GetArrayLength() => list[
                    index
                ],
                _ => null,
            };
        }

        return at;
    }
}
