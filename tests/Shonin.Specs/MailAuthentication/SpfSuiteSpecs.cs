using System.Net;
using System.Text.Json;
using Shonin.MailAuthentication.Dns;
using Shonin.MailAuthentication.Spf;

namespace Shonin.Specs.MailAuthentication;

public sealed class SpfSuiteSpecs
{
    [Fact]
    public async Task The_203_cases_of_the_RFC_7208_suite_give_an_accepted_result_and_the_stated_explanation()
    {
        var json = SharedVectors.Read("spf/rfc7208.json");
        using var suite = JsonDocument.Parse(json);
        var problems = new List<string>();
        foreach (var one in suite.RootElement.EnumerateArray())
        {
            if (await ProblemOfAsync(one) is { } problem)
            {
                problems.Add(problem);
            }
        }

        Assert.Equal(203, suite.RootElement.GetArrayLength());
        Assert.Empty(problems);
    }

    private static async Task<string?> ProblemOfAsync(JsonElement one)
    {
        var zone = Assert.IsType<ZoneFileParse.Parsed>(ZoneFile.Parse(one.GetProperty("zone"))).Zone;
        var request = new SpfRequest(
            IPAddress.Parse(one.GetProperty("ip").GetString()!),
            one.GetProperty("helo").GetString()!,
            one.GetProperty("mailfrom").GetString()!
        );
        var result = await new SpfChecker(zone.Lookup, TimeProvider.System).CheckAsync(request);
        var accepted = one.GetProperty("accept").EnumerateArray().Select(word => word.GetString()).ToList();
        var explanation = one.GetProperty("explanation").GetString();
        var given = (result.Outcome as SpfOutcome.Fail)?.Explanation;
        return accepted.Contains(result.Outcome.Word) && (explanation is null || explanation == given)
            ? null
            : $"{one.GetProperty("id").GetString()}: {result.Outcome} instead of {string.Join('|', accepted)} \"{explanation}\"";
    }
}
