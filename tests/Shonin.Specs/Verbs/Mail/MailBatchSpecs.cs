using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using Shonin.Specs.MailAuthentication;
using Shonin.Verbs;
using Shonin.Verbs.Mail;

namespace Shonin.Specs.Verbs.Mail;

[RealParts]
public sealed class MailBatchSpecs : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("shonin-batch-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task The_203_cases_of_the_RFC_7208_suite_have_their_result_and_explanation_in_the_batch()
    {
        var suite = SharedVectors.Read("spf/rfc7208.json");
        var cases = JsonNode.Parse(suite)!.AsArray().Select(one => one!.AsObject()).ToList();
        var answers = await VerbRun.BatchAsync(
            cases.Select(one =>
                new JsonObject
                {
                    ["id"] = one["id"]!.DeepClone(),
                    ["do"] = "spf",
                    ["ip"] = one["ip"]!.DeepClone(),
                    ["helo"] = one["helo"]!.DeepClone(),
                    ["mailFrom"] = one["mailfrom"]!.DeepClone(),
                    ["dns"] = one["zone"]!.DeepClone(),
                }.ToJsonString()
            )
        );
        Assert.Equal(203, answers.Count);
        Assert.Empty(
            cases.Zip(answers).Where(pair => !IsAccepted(pair.First, pair.Second)).Select(pair => $"{pair.First["id"]}: {pair.Second}")
        );

        static bool IsAccepted(JsonObject one, JsonElement answer)
        {
            var spf = answer.GetProperty("result").GetProperty("spf");
            return answer.GetProperty("id").GetString() == (string?)one["id"]
                && one["accept"]!.AsArray().Any(word => (string?)word == spf.GetProperty("result").GetString())
                && (one["explanation"] is null || (string?)one["explanation"] == spf.GetProperty("explanation").GetString());
        }
    }

    [Fact]
    public async Task The_86_cases_of_the_ARC_validation_suite_have_their_status_in_the_batch()
    {
        var suite = SharedVectors.Read("arc/validation.json");
        var cases = JsonNode.Parse(suite)!.AsArray().Select(one => one!.AsObject()).ToList();
        var answers = await VerbRun.BatchAsync(
            cases.Select(one =>
                new JsonObject
                {
                    ["id"] = one["id"]!.DeepClone(),
                    ["do"] = "arc",
                    ["eml"] = one["message"]!.DeepClone(),
                    ["dns"] = one["zone"]!.DeepClone(),
                }.ToJsonString()
            )
        );
        Assert.Equal(86, answers.Count);
        Assert.Empty(
            cases
                .Zip(answers)
                .Where(pair =>
                    pair.Second.GetProperty("result").GetProperty("arc").GetProperty("cv").GetString()
                    != ((string?)pair.First["cv"] is { Length: > 0 } word ? word : "fail")
                )
                .Select(pair => $"{pair.First["id"]}: {pair.Second}")
        );
    }

    [Theory]
    [InlineData("dkim/rfc6376.signed.msg")]
    [InlineData("dkim/rfc8463-example.msg")]
    public async Task The_signatures_of_RFC_6376_appendix_A_and_RFC_8463_appendix_A_pass_in_each_form_of_a_case(string path)
    {
        var message = SharedVectors.Read(path);
        await File.WriteAllBytesAsync(Path.Combine(folder, "a.eml"), message);
        await File.WriteAllLinesAsync(
            Path.Combine(folder, "cases.jsonl"),
            [
                Case(1, new() { ["eml"] = Encoding.UTF8.GetString(message) }),
                Case(2, new() { ["emlBase64"] = Convert.ToBase64String(message, Base64FormattingOptions.InsertLineBreaks) }),
                Case(3, new() { ["emlFile"] = "a.eml" }),
                Case(4, new() { ["emlFile"] = Path.Combine(folder, "a.eml") }),
            ]
        );
        var run = await VerbRun.OfAsync(
            "",
            "mail",
            "batch",
            "--cases",
            Path.Combine(folder, "cases.jsonl"),
            "--out",
            Path.Combine(folder, "results.jsonl")
        );
        Assert.Equal((ExitCode.Done, ""), (run.Code, run.Output));
        var answers = (await File.ReadAllLinesAsync(Path.Combine(folder, "results.jsonl")))
            .Select(line => JsonDocument.Parse(line).RootElement)
            .ToList();
        Assert.Equal([1, 2, 3, 4], answers.Select(answer => answer.GetProperty("id").GetInt32()));
        foreach (var dkim in answers.Select(answer => answer.GetProperty("result").GetProperty("dkim")))
        {
            Assert.Equal(
                ["0 pass brisbane ed25519-sha256 256", "1 pass test rsa-sha256 1024"],
                dkim.EnumerateArray()
                    .Select(one =>
                        $"{one.GetProperty("index")} {one.GetProperty("result")} {one.GetProperty("s")} {one.GetProperty("a")} {one.GetProperty("bits")}"
                    )
            );
        }

        static string Case(int id, JsonObject fields)
        {
            fields["id"] = id;
            fields["do"] = "dkim";
            fields["dns"] = JsonNode.Parse(FootballKeys);
            return fields.ToJsonString();
        }
    }

    // RFC 8463 appendix A.2.
    private const string FootballKeys = """
        {"version":1,"names":{"brisbane._domainkey.football.example.com":{"TXT":[["v=DKIM1; k=ed25519; ","p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="]]},
         "test._domainkey.football.example.com":{"TXT":[["v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB"]]}}}
        """;

    [Theory]
    [InlineData(
        """{"id":"a","do":"spf","ip":"192.0.2.1","dns":{"version":1,"names":{"s.example":{"TXT":[["v=spf1 ip4:192.0.2.1 -all"]]}}},"helo":"h.example","mailFrom":"a@s.example"}""",
        "spf",
        """{"result":"pass","scope":"mailFrom","domain":"s.example","explanation":null,"lookups":0,"void":0,"why":"ip4:192.0.2.1"}"""
    )]
    [InlineData(
        """{"id":"a","do":"SPF","IP":"[IPv6:2001:db8::1]","DNS":{"names":{"h.example":{"spf":"v=spf1 a:x.example -all"}}},"HELO":"h.example","mailfrom":"<>","note":{"x":[1]}}""",
        "spf",
        """{"result":"fail","scope":"helo","domain":"h.example","explanation":"DEFAULT","lookups":1,"void":1,"why":"-all"}"""
    )]
    [InlineData(
        """{"id":"a","do":"spf","ip":"192.0.2.1","helo":"h.example"}""",
        "spf",
        """{"result":"temperror","scope":"helo","domain":"h.example","explanation":null,"lookups":0,"void":0,"why":"The policy of h.example could not be looked up. DNS is switched off."}"""
    )]
    [InlineData(
        """{"id":"a","do":"dmarc","from":"nx.s.example","spfPass":[],"dkimPass":[],"dns":{"names":{"_dmarc.s.example":{"TXT":["v=DMARC1; p=none; sp=quarantine; np=reject; t=y"]}}}}""",
        "dmarc",
        """{"result":"fail","policy":"quarantine","appliedFrom":"np","recordDomain":"s.example","orgDomain":"s.example","method":"treeWalk","queries":4,"why":"No domain was proved, neither by SPF nor by DKIM."}"""
    )]
    [InlineData(
        """{"id":"a","do":"dmarc","from":"Shop <a@s.example","spfPass":"mail.s.example","dns":{"names":{"_dmarc.s.example":{"TXT":["v=DMARC1; p=reject"]}}}}""",
        "dmarc",
        """{"result":"pass","policy":"reject","appliedFrom":"p","recordDomain":"s.example","orgDomain":"s.example","method":"treeWalk","queries":3,"why":null}"""
    )]
    [InlineData(
        """{"id":"a","do":"dmarc","from":"mail.s.example","dkimPass":["s.example"],"dns":{"names":{}}}""",
        "dmarc",
        """{"result":"none","policy":null,"appliedFrom":null,"recordDomain":null,"orgDomain":"s.example","method":"publicSuffixList","queries":3,"why":"Neither mail.s.example nor a domain above it publishes a DMARC policy."}"""
    )]
    [InlineData("""{"id":"a","do":"dkim","eml":"From: a@s.example\n\nx","dns":null}""", "dkim", "[]")]
    [InlineData(
        """{"id":"a","do":"arc","emlBase64":""}""",
        "arc",
        """{"cv":"none","instances":0,"sealers":[],"trusted":false,"why":null}"""
    )]
    [InlineData(
        """{"id":"a","do":"dkim","eml":"DKIM-Signature: v=1; a=rsa-sha256; d=s.example; s=k; h=from; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=AAAA\nFrom: a@s.example\n\n"}""",
        "dkim",
        """[{"index":0,"result":"temperror","reason":"keyLookupFailed","why":"The key k._domainkey.s.example could not be looked up. DNS is switched off.","d":"s.example","s":"k","i":"@s.example","a":"rsa-sha256","bits":null,"signedHeaders":["from"],"bodyCovered":true,"aligned":true,"keySource":null}]"""
    )]
    public async Task A_case_has_exactly_this_answer(string one, string protocol, string expected)
    {
        var answer = Assert.Single(await VerbRun.BatchAsync(one));
        Assert.Equal(["id", "result"], answer.EnumerateObject().Select(field => field.Name));
        Assert.Equal("a", answer.GetProperty("id").GetString());
        var result = Assert.Single(answer.GetProperty("result").EnumerateObject());
        Assert.Equal(protocol, result.Name);
        Assert.True(JsonElement.DeepEquals(JsonDocument.Parse(expected).RootElement, result.Value), result.Value.GetRawText());
    }

    [Theory]
    [InlineData("""{"id":7,"do":"spf","ip":"1.2","helo":"h"}""", "7", "\"ip\": \"1.2\" is no IP address.")]
    [InlineData("""{"id":7,"do":"spf","helo":"h"}""", "7", "\"ip\" is missing.")]
    [InlineData("""{"id":7,"do":"spf","ip":"192.0.2.1","helo":5}""", "7", "\"helo\" must be a text.")]
    [InlineData("""{"id":7,"do":"guess"}""", "7", "There is nothing to do that is called \"guess\"")]
    [InlineData("""{"id":7}""", "7", "\"do\" is missing.")]
    [InlineData("""{"do":"dkim"}""", "null", "this case has 0.")]
    [InlineData("""{"id":7,"do":"dkim","eml":"x","emlBase64":"eA=="}""", "7", "this case has 2.")]
    [InlineData("""{"id":7,"do":"dkim","emlBase64":"?"}""", "7", "is not base64")]
    [InlineData("""{"id":7,"do":"dkim","emlFile":"gone.eml"}""", "7", "\"emlFile\":")]
    [InlineData("""{"id":7,"do":"dkim","emlFile":"a\u0000b"}""", "7", "\"emlFile\":")]
    [InlineData("""{"id":7,"do":"dkim","eml":"\ud800"}""", "7", "half of a surrogate pair")]
    [InlineData("""{"id":7,"do":"dkim","eml":"x","dns":{"names":{"a.b":{"A":["x"]}}}}""", "7", "dns, $.names[\"a.b\"].A[0]")]
    [InlineData("""{"id":7,"do":"dkim","eml":"x","dns":{"names":{"a.b":{"TXT":["\ud800"]}}}}""", "7", "dns, $.names[\"a.b\"].TXT[0]")]
    [InlineData("""{"id":7,"do":"dkim","eml":"x","dns":"gone.json"}""", "7", "The zone cannot be read")]
    [InlineData("""{"id":7,"do":"dkim","eml":"x","dns":[1]}""", "7", "dns, $")]
    [InlineData("""{"id":7,"do":"dkim","eml":"x","now":"soon"}""", "7", "\"now\" is no time")]
    [InlineData("""{"id":7,"do":"dmarc","from":1}""", "7", "\"from\" must be a text.")]
    [InlineData("""{"id":7,"do":"dmarc","from":"a.example","spfPass":[1]}""", "7", "\"spfPass\" must be a list of texts.")]
    [InlineData("""{"id":[7],"do":"spf"}""", "null", "\"id\" must be a text or a number.")]
    [InlineData("""{"id":"\ud800","do":"spf"}""", "null", "half of a surrogate pair")]
    [InlineData("""{"id":7,"\ud800":1}""", "null", "half of a surrogate pair")]
    [InlineData("""[1]""", "null", "A case is a JSON object.")]
    [InlineData("""{"id":7,""", "null", "This is no JSON")]
    public async Task A_bad_case_says_what_is_wrong_and_the_batch_goes_on(string bad, string id, string why)
    {
        var answers = await VerbRun.BatchAsync(Good(1), bad, "", " \t\r", Good(2));
        Assert.Equal(3, answers.Count);
        Assert.Equal([1, 2], new[] { answers[0], answers[2] }.Select(answer => answer.GetProperty("id").GetInt32()));
        Assert.True(answers[0].TryGetProperty("result", out _) && answers[2].TryGetProperty("result", out _));
        Assert.Equal(["id", "error"], answers[1].EnumerateObject().Select(field => field.Name));
        Assert.Equal(id, answers[1].GetProperty("id").GetRawText());
        Assert.StartsWith("line 2: ", answers[1].GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Contains(why, answers[1].GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answers_come_in_the_order_of_the_cases_however_long_each_one_takes()
    {
        var large = new string('x', 1_000_000);
        var answers = await VerbRun.BatchAsync(
            Enumerable
                .Range(0, 200)
                .Select(index =>
                    index % 20 == 0
                        ? $$"""{"id":{{index}},"do":"dkim","eml":"DKIM-Signature: v=1; a=rsa-sha256; d=s.example; s=k; h=from; bh=AAAA; b=AAAA\nFrom: a@s.example\n\n{{large}}"}"""
                        : Good(index)
                )
        );
        Assert.Equal(Enumerable.Range(0, 200), answers.Select(answer => answer.GetProperty("id").GetInt32()));
    }

    [Theory]
    [InlineData("t=1000; x=2000; ", "Received: by mx.b.example; 1 Jan 1970 00:33:20 +0000\\n", "2026-11-24T00:00:00Z", "fail")]
    [InlineData("t=1000; x=2000; ", "", "2026-11-24T00:00:00Z", "fail")]
    [InlineData("t=1000; x=2000; ", "", "1970-01-01T00:33:20Z", "temperror")]
    public async Task A_signatures_expiry_is_held_against_the_time_of_receipt(string tags, string received, string now, string word)
    {
        var answer = Assert.Single(
            await VerbRun.BatchAsync(
                $$"""{"id":1,"do":"dkim","now":"{{now}}","eml":"{{received}}DKIM-Signature: v=1; a=rsa-sha256; d=s.example; s=k; {{tags}}h=from; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=AAAA\nFrom: a@s.example\n\n"}"""
            )
        );
        Assert.Equal(word, answer.GetProperty("result").GetProperty("dkim")[0].GetProperty("result").GetString());
    }

    [Fact]
    public async Task A_line_may_have_as_many_bytes_as_the_limit_and_not_one_more()
    {
        using var stream = new MemoryStream("\ufeff12345\n123456\r\n\n1234\r\n123456789012\n12345"u8.ToArray());
        var lines = new List<string>();
        await foreach (var line in CaseLines.ReadAsync(stream, 8, CancellationToken.None))
        {
            lines.Add(
                line is CaseLine.Whole(var number, var bytes)
                    ? $"{number} {Encoding.UTF8.GetString(bytes.Span).TrimEnd('\r')}"
                    : $"{line.Number} too long"
            );
        }

        Assert.Equal(["1 12345", "2 123456", "4 1234", "5 too long", "6 12345"], lines);
    }

    [Fact]
    public Task Any_lines_have_an_answer_each() =>
        Gen.Select(Piece, Piece, Gen.String[0, 12], Gen.Byte.Array[0, 20])
            .Array[1, 12]
            .SampleAsync(
                async lines =>
                {
                    var cases = lines
                        .Select(line => $"{line.Item1}{line.Item3}{line.Item2}{Encoding.Latin1.GetString(line.Item4)}".Replace('\n', ' '))
                        .Select(text => text.Trim(' ', '\t', '\r').Length == 0 ? "1" : text)
                        .ToList();
                    Assert.Equal(cases.Count, (await VerbRun.BatchAsync(cases)).Count);
                },
                iter: 60
            );

    private static Gen<string> Piece => Gen.Int[0, pieces.Length - 1].Select(index => pieces[index]);

    private static readonly string[] pieces =
    [
        "",
        "{",
        "}",
        "{\"id\":1,\"do\":\"dkim\",\"eml\":\"",
        "\"}",
        "{\"id\":1,\"do\":\"arc\",\"eml\":\"ARC-Seal: i=1; ",
        "{\"id\":2,\"do\":\"spf\",\"ip\":\"192.0.2.1\",\"mailFrom\":\"",
        "{\"id\":3,\"do\":\"dmarc\",\"from\":\"",
        "\",\"dns\":{\"names\":{\"a.example\":{\"TXT\":[[\"",
        "\"]]}}}}",
        "\\ud83d",
        "\\u0000",
    ];

    private static string Good(int id) => $$"""{"id":{{id}},"do":"dkim","eml":"From: a@s.example\n\nx"}""";
}
