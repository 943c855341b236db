using System.Text.Json;
using Shonin.Specs.MailAuthentication;
using Shonin.Specs.MailChecks;
using Shonin.Verbs;

namespace Shonin.Specs.Verbs.Mail;

[RealParts]
public sealed class MailVerbSpecs : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("shonin-mail-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("v=spf1 +all", 0, "pass")]
    [InlineData("v=spf1 -all", 1, "fail")]
    [InlineData("v=spf1 ~all", 1, "softfail")]
    [InlineData("v=spf1 oops", 1, "permerror")]
    [InlineData("v=spf1 ?all", 2, "neutral")]
    [InlineData("v=other", 2, "none")]
    [InlineData("v=spf1 include:slow.example -all", 2, "temperror")]
    public async Task Spf_ends_with_what_it_says(string record, int code, string word)
    {
        var zone = await ZoneAsync($$"""{"s.example":{"TXT":["{{record}}"]},"slow.example":"TIMEOUT"}""");
        string[] session = ["--ip", "192.0.2.1", "--helo", "h.example", "--mail-from", "a@s.example", "--dns", zone];
        var run = await VerbRun.OfAsync("", ["mail", "spf", .. session, "--json"]);
        Assert.Equal((code, word), ((int)run.Code, run.Json.GetProperty("spf").GetProperty("result").GetString()));
        Assert.Equal("s.example TXT records", Query(run.Json.GetProperty("dnsQueries")[0]));
        Assert.StartsWith(
            $"spf: {word} for s.example (MAIL FROM), by ",
            (await VerbRun.OfAsync("", ["mail", "spf", .. session])).Output,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Spf_without_a_host_is_not_checked()
    {
        var run = await VerbRun.OfAsync("From: a@s.example\n\n", "mail", "spf", "--eml", "-", "--dns", "offline", "--json");
        Assert.Equal(ExitCode.CannotTell, run.Code);
        Assert.Equal("""{"result":"not-checked"}""", run.Json.GetProperty("spf").GetRawText());
    }

    [Theory]
    [InlineData("dkim", "", 0)]
    [InlineData("dkim", "hungry", 1)]
    [InlineData("dmarc", "", 0)]
    [InlineData("dmarc", "hungry", 1)]
    [InlineData("arc", "", 2)]
    public async Task A_signed_message_and_one_with_a_word_changed(string verb, string changed, int code)
    {
        var message = SharedVectors.Read("dkim/rfc8463-example.msg");
        var text = System.Text.Encoding.UTF8.GetString(message);
        var zone = await ZoneAsync(
            """
            {"brisbane._domainkey.football.example.com":{"TXT":[["v=DKIM1; k=ed25519; ","p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="]]},
             "_dmarc.football.example.com":{"TXT":["v=DMARC1; p=reject"]}}
            """
        );
        var run = await VerbRun.OfAsync(
            changed.Length == 0 ? text : text.Replace(changed, "thirsty", StringComparison.Ordinal),
            "mail",
            verb,
            "--eml",
            "-",
            "--dns",
            zone,
            "--json"
        );
        Assert.Equal(code, (int)run.Code);
        Assert.Equal([verb, "dnsQueries"], run.Json.EnumerateObject().Select(field => field.Name));
    }

    [Fact]
    public async Task One_signature_that_could_not_be_asked_about_leaves_the_answer_open()
    {
        const string Signature =
            "DKIM-Signature: v=1; a=rsa-sha256; d=s.example; s={0}; h=from; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=AAAA\n";
        var zone = await ZoneAsync("""{"slow._domainkey.s.example":"SERVFAIL"}""");
        var broken = Signature.Replace("{0}", "gone", StringComparison.Ordinal);
        var open = Signature.Replace("{0}", "slow", StringComparison.Ordinal);
        Assert.Equal(
            ExitCode.No,
            (await VerbRun.OfAsync($"{broken}From: a@s.example\n\n", "mail", "dkim", "--eml", "-", "--dns", zone)).Code
        );
        Assert.Equal(
            ExitCode.CannotTell,
            (await VerbRun.OfAsync($"{broken}{open}From: a@s.example\n\n", "mail", "dkim", "--eml", "-", "--dns", zone)).Code
        );
        Assert.Equal(
            ExitCode.CannotTell,
            (await VerbRun.OfAsync("From: a@s.example\n\n", "mail", "dkim", "--eml", "-", "--dns", zone)).Code
        );
    }

    [Theory]
    [InlineData("", "", 0, "genuine")]
    [InlineData("お待ちください", "お待ち下さい", 2, "cannot-tell")]
    [InlineData("<notice@ichiba.example>", "<notice@stranger.example>", 1, "not-genuine")]
    public async Task A_mail_of_a_merchant_and_what_others_made_of_it(string original, string altered, int code, string verdict)
    {
        var profile = Path.Combine(folder, "ichiba.json");
        await File.WriteAllTextAsync(profile, Profile);
        var mail = System.Text.Encoding.UTF8.GetString(
            MailStory.SignedBy(
                MailStory.MerchantKey,
                MailStory.Plain("Ichiba <notice@ichiba.example>", "ご注文の確認", "お待ちください。 https://ichiba.example/")
            )
        );
        string[] verify =
        [
            "mail",
            "verify",
            "--eml",
            "-",
            "--dns",
            await ZoneAsync(MerchantZone),
            "--merchant",
            profile,
            "--now",
            "2026-11-24T01:02:03Z",
        ];
        var input = original.Length == 0 ? mail : mail.Replace(original, altered, StringComparison.Ordinal);

        var run = await VerbRun.OfAsync(input, [.. verify, "--json"]);
        Assert.Equal((code, verdict), ((int)run.Code, run.Json.GetProperty("verdict").GetString()));
        Assert.Equal(
            [
                "schema",
                "verdict",
                "confidence",
                "merchant",
                "headline",
                "reasons",
                "advice",
                "from",
                "spf",
                "dkim",
                "dmarc",
                "arc",
                "authResults",
                "lookalike",
                "links",
                "ledger",
                "dnsQueries",
            ],
            run.Json.EnumerateObject().Select(field => field.Name)
        );
        Assert.Equal("""{"result":"not-checked"}""", run.Json.GetProperty("spf").GetRawText());
        Assert.Equal(
            """{"checked":false,"match":false,"noticeId":null,"sentAt":null,"recipientMatches":null,"bodyHashMatches":null}""",
            run.Json.GetProperty("ledger").GetRawText()
        );
        Assert.Equal(
            """[{"text":"https://ichiba.example/","href":"https://ichiba.example/","mismatch":false}]""",
            run.Json.GetProperty("links").GetRawText()
        );
        Assert.NotEmpty(run.Json.GetProperty("dnsQueries").EnumerateArray());

        foreach (var (lang, field) in new[] { ("ja", "ja"), ("en", "en") })
        {
            var told = (await VerbRun.OfAsync(input, [.. verify, "--lang", lang])).Output;
            Assert.StartsWith(run.Json.GetProperty("headline").GetProperty(field).GetString(), told, StringComparison.Ordinal);
            Assert.Contains($"1. {run.Json.GetProperty("reasons")[0].GetProperty(field).GetString()}", told, StringComparison.Ordinal);
            Assert.Contains($"→ {run.Json.GetProperty("advice")[0].GetProperty(field).GetString()}", told, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_case_of_the_batch_is_verified_against_a_profile_in_it_a_profile_beside_it_or_those_that_come_along()
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "ichiba.json"), Profile);
        var mail = Convert.ToBase64String(
            MailStory.SignedBy(MailStory.MerchantKey, MailStory.Plain("Ichiba <notice@ichiba.example>", "ご注文の確認", "お待ちください。"))
        );
        await File.WriteAllLinesAsync(
            Path.Combine(folder, "cases.jsonl"),
            [
                Case("inline", $",\"merchant\":{Profile}"),
                Case("file", ",\"merchant\":\"ichiba.json\""),
                Case("shipped", ""),
                Case("bad", ",\"merchant\":{\"id\":\"x\"}"),
                Case("gone", ",\"merchant\":\"gone.json\""),
            ]
        );
        var run = await VerbRun.OfAsync("", "mail", "batch", "--cases", Path.Combine(folder, "cases.jsonl"), "--out", "-");
        var answers = run
            .Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement)
            .ToList();
        Assert.Equal(["inline", "file", "shipped", "bad", "gone"], answers.Select(answer => answer.GetProperty("id").GetString()));
        Assert.Equal(
            ["genuine", "genuine", "cannot-tell"],
            answers.Take(3).Select(answer => answer.GetProperty("result").GetProperty("verdict").GetString())
        );
        Assert.Contains("\"merchant\": merchant, $", answers[3].GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Contains("\"merchant\": ", answers[4].GetProperty("error").GetString(), StringComparison.Ordinal);

        string Case(string id, string merchant) =>
            $$$"""{"id":"{{{id}}}","do":"verify","emlBase64":"{{{mail}}}","now":"2026-11-24T01:02:03Z","dns":{"names":{{{MerchantZone.ReplaceLineEndings(" ")}}}}{{{merchant}}}}""";
    }

    private const string Profile =
        """{"schema":"shonin.profile/1","id":"ichiba.example","names":["Ichiba"],"domains":["ichiba.example"],"linkDomains":[]}""";

    private static string MerchantZone =>
        $$$"""
            {"{{{MailStory.MerchantKey.DnsName}}}":{"TXT":[["{{{MailStory.MerchantKey.DnsRecord}}}"]]},"_dmarc.ichiba.example":{"TXT":["v=DMARC1; p=reject"]}}
            """;

    [Theory]
    [InlineData("mail verify --eml - --dns offline --merchant gone.json", 65, "--merchant: Could not find file")]
    [InlineData("mail verify --eml - --dns offline --data gone-folder", 65, "--data: there is no data folder gone-folder")]
    [InlineData("mail verify --eml - --dns offline --lang fr", 64, "fr")]
    [InlineData("mail dkim", 64, "Name the message with --eml FILE")]
    [InlineData("mail dkim --eml gone.eml --dns offline", 65, "--eml: Could not find file")]
    [InlineData("mail dkim --eml - --dns gone.json", 65, "--dns: The zone cannot be read")]
    [InlineData("mail dkim --eml - --dns offline --now soon", 64, "--now: \"soon\" is no time")]
    [InlineData("mail spf --ip 192.0.2 --dns offline", 64, "--ip: \"192.0.2\" is no IP address")]
    [InlineData("mail spf --ip 192.0.2.1 --trust-top-ar gmail", 64, "gmail")]
    [InlineData("mail batch --out -", 64, "--cases")]
    [InlineData("mail batch --cases gone.jsonl --out -", 65, "Could not find file")]
    [InlineData("mail", 64, "Required command was not provided.")]
    public async Task What_cannot_be_read_or_done_says_so(string arguments, int code, string told)
    {
        var run = await VerbRun.OfAsync("", arguments.Split(' '));
        Assert.Equal(code, (int)run.Code);
        Assert.Contains(told, run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Output);
    }

    [Fact]
    public async Task A_mail_cannot_steer_the_terminal()
    {
        var zone = await ZoneAsync("""{"s.example":{"TXT":["v=spf1 -all exp=e.example"]},"e.example":{"TXT":["\u001b[2J\u202etext"]}}""");
        var run = await VerbRun.OfAsync("", "mail", "spf", "--ip", "192.0.2.1", "--mail-from", "a@s.example", "--dns", zone);
        Assert.DoesNotContain(run.Output, letter => letter is '\u001b' or '\u202e');
        Assert.Equal(ExitCode.No, run.Code);
    }

    private static string Query(JsonElement query) =>
        $"{query.GetProperty("name")} {query.GetProperty("type")} {query.GetProperty("answer")}";

    private async Task<string> ZoneAsync(string names)
    {
        var file = Path.Combine(folder, "zone.json");
        await File.WriteAllTextAsync(file, $$"""{"version":1,"names":{{names}}}""");
        return file;
    }
}
