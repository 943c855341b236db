using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Shonin.MailAuthentication.Dns;
using Shonin.MailAuthentication.Spf;

namespace Shonin.Fuzz;

/// <summary>SPF from policy to explanation. The input's lines: MAIL FROM, HELO, the client's address, then what DNS answers.</summary>
internal static class SpfTarget
{
    public static FuzzTarget Target { get; } = new("spf", Seeds, CheckAsync);

    private const int ExplanationLengthMax = 2000;

    /// <summary>
    /// What RFC 7208 section 4.6.4 allows in all: the first policy, ten terms of which each may expand %{p} and ask for ten hosts
    /// (2 times 11), and an explanation whose name and text may both hold %{p} (2 times 11, and itself).
    /// </summary>
    private const int QuestionCountMax = 1 + (10 * 22) + 23;

    private static readonly FakeTimeProvider clock = new(Letters.Now);

    private static IEnumerable<byte[]> Seeds()
    {
        yield return ScriptedDns.Input(
            "a@shop.example",
            "mx.shop.example",
            "192.0.2.1",
            "v=spf1 a:%{d2}/24//64 mx ptr:shop.example exists:%{ir}.%{v}._spf.%{d} include:%{l1r-}.b.example ip4:192.0.2.0/28 ip6:2001:db8::/32 -all exp=%{p}.e.example",
            "192.0.3.4",
            "mx1.example mx2.example",
            "198.51.100.1",
            "?",
            "host.example",
            "203.0.113.1",
            "",
            "v=spf1 ?all",
            "host.shop.example",
            "192.0.2.1",
            "%{i} is not one of %{d}'s: %{c} %{r} %{t}%%%_%-"
        );
        yield return ScriptedDns.Input(
            "",
            "h.example",
            "2001:db8::1",
            "v=spf1 redirect=_spf.%{o}|other",
            "V=SPF1 mx/0 +a//0 unknown=%{s} ~all",
            "",
            "!"
        );
        yield return ScriptedDns.Input("b@c.example", "x", "::ffff:192.0.2.1", "v=spf1 -ip4:192.0.2.1 exp=e.example", "no macro %{x}");

        // At the limits: ten terms, ten hosts of one of them, and names of nothing but dots.
        yield return ScriptedDns.Input(
            "a@shop.example",
            "h.example",
            "192.0.2.1",
            $"v=spf1 {string.Join(' ', Enumerable.Repeat("a:%{p}.example", 9))} mx:b.example -all",
            string.Join('\n', Enumerable.Repeat("p.example\n198.51.100.1\n198.51.100.2", 9)),
            "a b c d e f g h i j"
        );
        yield return ScriptedDns.Input(
            new string('.', 9000) + "@shop.example",
            "h.example",
            "192.0.2.1",
            "v=spf1 exists:%{l}.x.example -all",
            "!"
        );
        foreach (var one in SharedVectors.Cases("spf/rfc7208.json"))
        {
            yield return Recorded(one);
        }
    }

    private static byte[] Recorded(JsonElement one)
    {
        string[] session =
        [
            one.GetProperty("mailfrom").GetString()!,
            one.GetProperty("helo").GetString()!,
            one.GetProperty("ip").GetString()!,
        ];
        var zone = (ZoneFileParse.Parsed)ZoneFile.Parse(one.GetProperty("zone"));
        var script = new List<string>();
        _ = new SpfChecker(ScriptedDns.Recording(zone.Zone.Lookup, script), clock)
            .CheckAsync(new SpfRequest(IPAddress.Parse(session[2]), session[1], session[0]))
            .AsTask()
            .GetAwaiter()
            .GetResult();
        return ScriptedDns.Input([.. session, .. script]);
    }

    private static async ValueTask CheckAsync(byte[] input)
    {
        var lines = ScriptedDns.Lines(input);
        var ip = lines.Length > 2 && IPAddress.TryParse(lines[2], out var given) ? given : IPAddress.Parse("192.0.2.1");
        var dns = new ScriptedDns(lines.Skip(3));
        var request = new SpfRequest(ip, lines.ElementAtOrDefault(1) ?? "", lines[0]);
        var result = await new SpfChecker(dns.LookupAsync, clock).CheckAsync(request);
        CheckResult(result, dns);
        foreach (var line in lines.Skip(3).Take(5))
        {
            CheckMacros(line, request);
        }
    }

    private static void CheckResult(SpfResult result, ScriptedDns dns)
    {
        Property.Holds(dns.Asked.Count <= QuestionCountMax, $"{dns.Asked.Count} questions are asked, {QuestionCountMax} are allowed");
        Property.Holds(
            dns.Asked.TrueForAll(name => name.Length is > 0 and <= 253 && name.Split('.').All(label => label.Length is > 0 and <= 63)),
            "Only names that DNS can hold are asked for"
        );
        Property.Holds(result.LookupCount <= 11 && result.VoidLookupCount <= 3, "Counting stops at the limit");
        var limitBroken = result.LookupCount > 10 || result.VoidLookupCount > 2;
        Property.Holds(
            !limitBroken || result.Outcome is SpfOutcome.PermError or SpfOutcome.Fail,
            $"A broken limit is an error, it is {result.Outcome}"
        );
        switch (result.Outcome)
        {
            case SpfOutcome.Pass(var directive):
                Property.Holds(directive.Length > 0 && directive[0] is not ('-' or '~' or '?'), $"{directive} passes");
                break;
            case SpfOutcome.Fail(var directive, var explanation):
                Property.Holds(directive.StartsWith('-'), $"{directive} fails");
                Property.Holds(explanation.Length <= ExplanationLengthMax, "An explanation is bounded");
                break;
            case SpfOutcome.None:
                Property.Holds(result.LookupCount == 0, "No policy, no terms");
                break;
        }
    }

    /// <summary>What may name a domain may stand in a modifier, and what may stand there may stand in an explanation.</summary>
    private static void CheckMacros(string text, SpfRequest request)
    {
        var domain = SpfMacroString.ParseDomain(text);
        var modifier = SpfMacroString.ParseModifier(text);
        var explanation = SpfMacroString.ParseExplanation(text);
        Property.Holds(domain is not SpfMacroParse.Parsed || modifier is SpfMacroParse.Parsed, "A domain is a modifier's value");
        Property.Holds(modifier is not SpfMacroParse.Parsed || explanation is SpfMacroParse.Parsed, "A modifier's value is an explanation");
        if (explanation is SpfMacroParse.Parsed(var macros))
        {
            var values = new SpfMacroValues(SpfClient.Of(request), "shop.example", "unknown", Letters.Now);
            var expanded = macros.Expand(values, ExplanationLengthMax);
            Property.Holds(expanded.Length <= ExplanationLengthMax, "An expansion is bounded");
            Property.Holds(
                text.Contains('%', StringComparison.Ordinal) || text.Length > ExplanationLengthMax || expanded == text,
                "Text without macros stands for itself"
            );
        }

        if (SpfRecord.IsPolicy(text) && SpfRecord.Parse(text) is SpfRecordParse.Parsed(var record))
        {
            var written = "v=spf1 " + string.Join(' ', record.Directives.Select(directive => directive.Text));
            var again = SpfRecord.Parse(written) is SpfRecordParse.Parsed(var parsed)
                ? parsed
                : throw new BrokenPropertyException($"A policy written again is refused: {written}");
            Property.Holds(
                record
                    .Directives.Select(one => (one.Text, one.Qualifier))
                    .SequenceEqual(again.Directives.Select(one => (one.Text, one.Qualifier))),
                "A policy written again is the same"
            );
        }
    }
}
