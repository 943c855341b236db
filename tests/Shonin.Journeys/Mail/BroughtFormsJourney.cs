using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MimeKit;

namespace Shonin.Journeys.Mail;

/// <summary>
/// One notice of ours, and one false mail, in every form in which people bring a mail, through every door: a file on the page, a paste on
/// the page, REST, the check address and the verb. All of them say the same.
/// </summary>
public sealed partial class BroughtFormsJourney(ForwardingHouse house) : IClassFixture<ForwardingHouse>
{
    private const string Genuine = "genuine",
        NotGenuine = "not-genuine",
        CannotTell = "cannot-tell";
    private const int OriginalsPerMailMax = 5;

    private static readonly byte[] falseMail = Encoding.UTF8.GetBytes(
        "Received: from mail.evil.example by mx.example.com; Tue, 24 Nov 2026 09:00:05 +0900\r\nFrom: =?utf-8?B?44GC44GL44GX5ZWG5bqX?= \"notice@shop.example.jp\" <x@evil.example>\r\nTo: <hanako@example.com>\r\n"
            + "Subject: blocked\r\nDate: Tue, 24 Nov 2026 09:00:00 +0900\r\nMessage-ID: <x@evil.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nhttps://evil.example/login\r\n"
    );

    /// <param name="IsText">Whether it can be pasted.</param>
    private sealed record Form(string Name, byte[] Bytes, string Verdict, bool IsText = true);

    private Form[] FormsOf(byte[] notice)
    {
        var lf = Encoding.UTF8.GetString(notice).ReplaceLineEndings("\n");
        var crlf = lf.ReplaceLineEndings("\r\n");
        const string Separator = "From notice@shop.example.jp Tue Nov 24 10:02:05 2026\n";
        const string Page =
            "元のメッセージ\nメッセージ ID\t<1@shop.example.jp>\n作成日:\t2026年11月24日 10:02（5 秒後に配信済み）\n件名:\tご注文\nDKIM:\t'PASS'（ドメイン: shop.example.jp）詳細\n\nダウンロードしたオリジナル\nクリップボードにコピー\n\n";
        return
        [
            new("as it is", Utf8(crlf), Genuine),
            new("with LF alone", Utf8(lf), Genuine),
            new("with empty lines above", Utf8("\r\n\r\n" + crlf), Genuine),
            new("with a byte order mark", Utf8("\uFEFF" + lf), Genuine),
            new("as Windows' Unicode", [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(crlf)], Genuine, IsText: false),
            new(
                "as .emlx",
                Utf8($"{Encoding.UTF8.GetByteCount(lf)}      \n{lf}<?xml version=\"1.0\"?>\n<plist version=\"1.0\"></plist>\n"),
                Genuine
            ),
            new("as mbox", Utf8(Separator + lf + "\n"), Genuine),
            new("as Gmail's page", Utf8(Page + lf), Genuine),
            new("quoted", Utf8(string.Join('\n', lf.Split('\n').Select(line => $"> {line}".TrimEnd()))), Genuine),
            new("as a page's source", Utf8(WebUtility.HtmlEncode(lf)), Genuine),
            new("hung on a mail", house.Forward("これは本物ですか", [], notice), Genuine),
            new("hung on a mail as a file", house.Attach("これは本物ですか", ("お知らせ.eml", notice)), Genuine),
            new(
                "hung on a mail that hangs on another",
                house.Forward("見てください", [], house.Forward("これは本物ですか", [], notice)),
                Genuine
            ),
            new("hung on a mail with a stranger's request", house.Forward("口座番号を返信してください", [], notice), CannotTell),
            new("hung on one mail, two", house.Forward("これは本物ですか", [], notice, notice), CannotTell),
            new("false", falseMail, NotGenuine),
            new("false, as mbox", [.. Utf8(Separator), .. falseMail], NotGenuine),
            new("false, hung on a mail", house.Forward("これは本物ですか", [], falseMail), NotGenuine),
            new("Outlook's own file", [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, 0, 0], CannotTell, IsText: false),
            new("winmail.dat", [0x78, 0x9F, 0x3E, 0x22, 1, 0], CannotTell, IsText: false),
            new("a packed file", [(byte)'P', (byte)'K', 3, 4, 0, 0], CannotTell, IsText: false),
            new(
                "hung on a mail, Outlook's own file",
                house.Attach("これは本物ですか", ("お知らせ.msg", [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, 0, 0])),
                CannotTell
            ),
        ];
    }

    [Fact]
    public async Task Every_form_gets_one_answer_through_every_door()
    {
        var forms = FormsOf(await house.ReceiveNoticeAsync());
        var wrong = new List<string>();
        void Compare(string door, Form form, string answered)
        {
            if (answered != form.Verdict)
                wrong.Add($"{door}: {form.Name} is {answered} and must be {form.Verdict}");
        }

        using var program = await house.ProgramAsync();
        using var visitor = new HttpClient(new HttpClientHandler { UseCookies = false }) { BaseAddress = house.Address };
        foreach (var (form, index) in forms.Select((form, index) => (form, index)))
        {
            Compare("page, file", form, await AtPageAsync(visitor, $"192.0.2.{2 * index + 1}", "mail", form.Bytes));
            if (form.IsText) // A browser ends the lines of a text with CR and LF.
            {
                Compare(
                    "page, paste",
                    form,
                    await AtPageAsync(
                        visitor,
                        $"192.0.2.{2 * index + 2}",
                        "original",
                        Utf8(Encoding.UTF8.GetString(form.Bytes).ReplaceLineEndings("\r\n"))
                    )
                );
            }

            Compare("REST", form, await ByRestAsync(program, form.Bytes));
        }

        // A process takes longer to start than a hundred mails to judge: one judges all forms, and the verb for one mail one of each verdict.
        foreach (var (form, answered) in forms.Zip(await ByBatchAsync(forms)))
            Compare("verb, batch", form, answered);
        foreach (var form in forms.DistinctBy(form => form.Verdict))
            Compare("verb", form, await ByVerbAsync(form.Bytes));

        // Only words come back where no mail was attached, so those forms have a letter each.
        foreach (
            var group in forms
                .Where(form => form.Verdict != CannotTell || form.Name.StartsWith("hung", StringComparison.Ordinal))
                .Chunk(OriginalsPerMailMax)
        )
        {
            var answers = await ByMailAsync([.. group.Select((form, index) => ($"お知らせ{index}.eml", form.Bytes))]);
            foreach (var (form, answered) in group.Zip(answers))
                Compare("check address", form, answered);
        }

        foreach (var form in forms.Where(form => form.Bytes.Length < 20))
            Compare("check address", form, Assert.Single(await ByMailAsync((form.Name, form.Bytes))));
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    /// <summary>The verdict page, or the page that says why this is no original.</summary>
    private static async Task<string> AtPageAsync(HttpClient visitor, string address, string field, byte[] bytes)
    {
        using var form = new MultipartFormDataContent();
        form.Add(new ByteArrayContent(bytes), field, "mail.eml");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/check/mail?lang=en") { Content = form };
        request.Headers.Add("X-Forwarded-For", address);
        request.Headers.Add("X-Forwarded-Proto", "https");
        using var response = await visitor.SendAsync(request);
        var page = await response.Content.ReadAsStringAsync();
        if (
            response.StatusCode == HttpStatusCode.UnprocessableEntity
            && (page.Contains("Outlook", StringComparison.Ordinal) || page.Contains("packed files", StringComparison.Ordinal))
        )
        {
            return CannotTell;
        }

        return Title().Match(page).Groups["title"].Value switch
        {
            "Genuine" => Genuine,
            "Not genuine" => NotGenuine,
            var title when WebUtility.HtmlDecode(title) == "We can't tell" => CannotTell,
            var title => $"{(int)response.StatusCode} {title}",
        };
    }

    private static async Task<string> ByRestAsync(HttpClient program, byte[] bytes)
    {
        using var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = new MediaTypeHeaderValue("message/rfc822");
        using var response = await program.PostAsync(new Uri("/v1/mail-checks", UriKind.Relative), content);
        return VerdictIn(await response.Content.ReadAsStringAsync());
    }

    private async Task<string[]> ByBatchAsync(Form[] forms)
    {
        var (cases, results) = (Path.GetTempFileName(), Path.GetTempFileName());
        try
        {
            await File.WriteAllLinesAsync(
                cases,
                forms.Select(form =>
                    JsonSerializer.Serialize(
                        new
                        {
                            id = form.Name,
                            @do = "verify",
                            emlBase64 = Convert.ToBase64String(form.Bytes),
                            dns = house.Zone,
                        }
                    )
                )
            );
            await ShoninProcess.RunAsync("mail", "batch", "--cases", cases, "--out", results, "--data", house.Data);
            return
            [
                .. (await File.ReadAllLinesAsync(results)).Select(line =>
                    VerdictIn(JsonNode.Parse(line)?["result"]?.ToJsonString() ?? line)
                ),
            ];
        }
        finally
        {
            File.Delete(cases);
            File.Delete(results);
        }
    }

    private async Task<string> ByVerbAsync(byte[] bytes)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(file, bytes);
            return VerdictIn(
                await ShoninProcess.RunAsync("mail", "verify", "--data", house.Data, "--dns", house.Zone, "--eml", file, "--json")
            );
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string VerdictIn(string json) => (string?)JsonNode.Parse(json)?["verdict"] ?? json;

    /// <summary>One answer for each file.</summary>
    private async Task<string[]> ByMailAsync(params (string Name, byte[] Bytes)[] files)
    {
        await house.SendAsync(house.Attach("これは本物ですか", files));
        using var answer = MimeMessage.Load(new MemoryStream(await house.TakeAnswerAsync()));
        var lines = answer.TextBody!.Split('\n').Select(line => line.Trim()).ToArray();
        return files.Length == 1
            ? [Named(answer.Subject ?? "")]
            :
            [
                .. Enumerable
                    .Range(1, files.Length)
                    .Select(number =>
                        Named(
                            lines.FirstOrDefault(line =>
                                line.Contains(string.Create(CultureInfo.InvariantCulture, $"{number}通目:"), StringComparison.Ordinal)
                            ) ?? answer.TextBody
                        )
                    ),
            ];
    }

    private static string Named(string line) =>
        line.Contains("本物です", StringComparison.Ordinal) ? Genuine
        : line.Contains("本物ではありません", StringComparison.Ordinal) ? NotGenuine
        : line.Contains("判断できません", StringComparison.Ordinal) ? CannotTell
        : line;

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    [GeneratedRegex("<h1[^>]*>(?:<[^>]*>|\\s)*(?<title>[^<]*[^<\\s])", RegexOptions.CultureInvariant)]
    private static partial Regex Title();
}
