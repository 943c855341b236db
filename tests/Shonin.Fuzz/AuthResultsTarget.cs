using System.Text;
using Shonin.MailAuthentication.AuthResults;
using Shonin.MailAuthentication.Message;

namespace Shonin.Fuzz;

/// <summary>Authentication-Results: read alone, written and read again; and, as a header, never believed twice.</summary>
internal static class AuthResultsTarget
{
    public static FuzzTarget Target { get; } = new("auth-results", Seeds, CheckAsync);

    private static readonly AuthResultsTrust trust = new()
    {
        AuthservIds = ["mx.shop.example", "other.example"],
        Microsoft = MicrosoftMailbox.Yes,
    };

    private static readonly string[] fields =
    [
        "mx.shop.example 1; none",
        "mx.shop.example; spf=pass smtp.mailfrom=\"a b\"@shop.example; dkim=fail (bad (nested) hash) reason=\"body; altered\" header.d=shop.example",
        "foo.example (foobar) 1 (baz);\r\n dkim (x) / 1 (y) = (z) fail\r\n policy (a) . (b) expired\r\n (c) = (d \\)) 1362471462",
        "spf=pass (sender IP is 192.0.2.1)\r\n smtp.mailfrom=; dkim=none;dmarc=pass action=none header.from=shop.example;compauth=pass reason=100",
        "x\nReceived: from a (by c) by b.mx.shop.example with ESMTP; now\nReceived: by [IPv6:2001:db8::1]; now\nAuthentication-Results: mx.shop.example; dkim=pass\nReceived: by x.outlook.com; now\n"
            + "Authentication-Results: mx.shop.example; spf=pass\nAuthentication-Results: spf=pass\n",
        "a\nReceived: from x by am0.prod.outlook.com; now\nAuthentication-Results: dmarc=pass action=none\n",
    ];

    private static IEnumerable<byte[]> Seeds() => fields.Select(Encoding.Latin1.GetBytes);

    private static ValueTask CheckAsync(byte[] input)
    {
        var text = Encoding.Latin1.GetString(input);
        if (AuthenticationResults.Parse(text) is AuthResultsParse.Parsed(var results))
        {
            CheckResults(text, results);
        }

        if (MailMessage.Parse(input) is MessageParse.Parsed(var message))
        {
            Property.Holds(
                AuthResultsTrust.Nobody.Decide(message).All(field => field.Decision is AuthResultsDecision.NotTrusted),
                "Nobody is believed unless said"
            );
            CheckTrust(message, trust.Decide(message));
        }

        return ValueTask.CompletedTask;
    }

    private static void CheckResults(string text, AuthenticationResults results)
    {
        Property.Holds(results.Results.Count <= 100 && results.Results.All(result => result.Properties.Count <= 50), "Counts are bounded");
        Property.Holds(
            results.Results.All(result => result.Method.Length > 0 && result.Result.Length > 0 && !result.Method.Any(char.IsUpper)),
            "A claim has a method and a result"
        );
        var size = results.Results.Sum(result =>
            result.Method.Length
            + result.Result.Length
            + result.Comments.Sum(comment => comment.Length)
            + result.Properties.Sum(property => property.Kind.Length + property.Name.Length + property.Value.Length)
        );
        Property.Holds(size <= text.Length, "What is read is no longer than the field");

        if (
            results.AuthservId is { } id
            && results.Results.SelectMany(result => result.Properties).All(property => IsPlain(property.Kind + property.Name))
        )
        {
            var written = $"{id}; {(results.Results.Count == 0 ? "none" : string.Join("; ", results.Results.Select(Written)))}";
            if (
                IsPlain(id)
                && results.Results.All(result => IsPlain(result.Method) && IsPlain(result.Result))
                && written.Length < 32 * 1024
            )
            {
                var again = AuthenticationResults.Parse(written) is AuthResultsParse.Parsed(var parsed)
                    ? parsed
                    : throw new BrokenPropertyException($"Results written again are refused: {written}");
                Property.Same(id, again.AuthservId, "The host written again is the same");
                Property.Same(
                    string.Join("; ", results.Results.Select(Written)),
                    string.Join("; ", again.Results.Select(Written)),
                    "Results written again are the same"
                );
            }
        }
    }

    /// <summary>Signs inside a word join it to its neighbours, so only words without them can be written one after the other.</summary>
    private static bool IsPlain(string word) =>
        word.Length > 0 && word.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_')
        || word.Split('.') is [var a, var b] && IsPlain(a) && IsPlain(b);

    private static string Written(AuthResult result) =>
        string.Concat(
            $"{result.Method}={result.Result}",
            string.Concat(result.Comments.Select(comment => $" ({Escaped(comment)})")),
            string.Concat(
                result.Properties.Select(property =>
                    $" {(property.Kind.Length > 0 ? property.Kind + "." : "")}{property.Name}=\"{Escaped(property.Value)}\""
                )
            )
        );

    private static string Escaped(string text) =>
        string.Concat(text.Select(letter => letter is '"' or '\\' or '(' or ')' or '\r' or '\n' ? $"\\{letter}" : letter.ToString()));

    private static void CheckTrust(MailMessage message, IReadOnlyList<AuthResultsField> fields)
    {
        Property.Same(message.Fields.Count(field => field.Is("Authentication-Results"u8)), fields.Count, "Each field has one decision");
        var trusted = fields
            .Where(field => field.Decision is AuthResultsDecision.Trusted)
            .Select(field => ((AuthResultsParse.Parsed)field.Parse).Results.AuthservId)
            .ToList();
        Property.Same(trusted.Count, trusted.Distinct(StringComparer.OrdinalIgnoreCase).Count(), "No host is believed twice");
        Property.Holds(
            trusted.TrueForAll(id => id is null || trust.AuthservIds.Contains(id, StringComparer.OrdinalIgnoreCase)),
            "Only those are believed who were named"
        );
    }
}
