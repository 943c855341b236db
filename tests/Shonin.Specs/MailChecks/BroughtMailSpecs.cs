using System.Globalization;
using System.Text;
using System.Text.Json;
using CsCheck;
using Shonin.MailAuthentication.AuthResults;
using Shonin.MailAuthentication.Dkim;
using Shonin.MailChecks;
using Shonin.Specs.Verbs.Mail;
using static Shonin.Specs.MailChecks.MailStory;

namespace Shonin.Specs.MailChecks;

/// <summary>Every form in which people bring a mail is opened at one door, and no door lets in what the mail itself hides.</summary>
public sealed class BroughtMailSpecs
{
    private const string SourcePageJa =
        "元のメッセージ\nメッセージ ID\t<1@mail.example>\n作成日:\t2026年11月24日 10:02（5 秒後に配信済み）\nFrom:\tIchiba <notice@ichiba.example>\n件名:\tご注文\nSPF:\tPASS（IP: 192.0.2.1）。詳細\nDKIM:\t'PASS'（ドメイン: ichiba.example）詳細\n\nダウンロードしたオリジナル\nクリップボードにコピー\n\n";
    private const string SourcePageEn =
        "Original Message\nMessage ID\t<1@mail.example>\nCreated at:\tTue, Nov 24, 2026 at 10:02 AM (Delivered after 5 seconds)\nFrom:\tIchiba <notice@ichiba.example>\nTo:\treader@reader.example\nSubject:\torder\nSPF:\tPASS with IP 192.0.2.1 Learn more\nDKIM:\t'PASS' with domain ichiba.example Learn more\n\nDownload Original\nCopy to clipboard\n\n";
    private const string Separator = "From notice@ichiba.example Tue Nov 24 10:02:05 2026\n";

    public static TheoryData<string, byte[]> Forms
    {
        get
        {
            var (crlf, lf) = (Genuine(), Genuine().Replace("\r\n", "\n", StringComparison.Ordinal));
            return new()
            {
                { "as it is", Bytes(crlf) },
                { "with LF alone", Bytes(lf) },
                { "with CR alone", Bytes(lf.Replace('\n', '\r')) },
                { "with empty lines above", Bytes("\r\n \r\n" + crlf) },
                { "with a byte order mark", Bytes("\uFEFF" + crlf) },
                { "as Windows' Unicode", [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(crlf)] },
                { "as .emlx", Bytes($"{Encoding.UTF8.GetByteCount(lf)}      \n{lf}<?xml version=\"1.0\"?><plist></plist>") },
                { "as mbox", Bytes(Separator + lf + "\n") },
                { "as mbox of Gmail", Bytes("From 1234567890@xxx Tue Nov 24 01:02:05 +0000 2026\r\n" + crlf + "\r\n") },
                { "as mbox of Thunderbird", Bytes("From - Tue Nov 24 10:02:05 2026\r\n" + crlf) },
                {
                    "as the first of several",
                    Bytes(Separator + lf + "\n" + Separator + lf.Replace("Subject: ", "Subject: 2", StringComparison.Ordinal) + "\n")
                },
                { "as Gmail's page", Bytes(SourcePageJa + lf) },
                { "as Gmail's page in English", Bytes(SourcePageEn.Replace("\n", "\r\n", StringComparison.Ordinal) + crlf) },
                { "quoted", Bytes(string.Join('\n', lf.Split('\n').Select(line => $"> {line}".TrimEnd()))) },
                { "hung on a mail", Bytes(Forwarded("これは本物ですか?", "message/rfc822", crlf)) },
                {
                    "hung on a mail as a file",
                    Bytes(
                        Forwarded(
                            "Please check.",
                            "application/octet-stream; name=mail.eml\r\nContent-Transfer-Encoding: base64",
                            Convert.ToBase64String(Bytes(crlf), Base64FormattingOptions.InsertLineBreaks)
                        )
                    )
                },
                {
                    "hung on a mail as a file with a Japanese name",
                    Bytes(
                        Forwarded(
                            "Please check.",
                            "application/octet-stream; name=\"=?utf-8?B?44GK55+l44KJ44GbLmVtbA==?=\"\r\nContent-Transfer-Encoding: base64",
                            Base64(crlf)
                        )
                    )
                },
                {
                    "hung on a mail in base64, as Gmail does",
                    Bytes(
                        Forwarded(
                            "見てください",
                            "message/rfc822; name=\"order.eml\"\r\nContent-Disposition: attachment; filename=\"order.eml\"\r\nContent-Transfer-Encoding: base64",
                            Base64(crlf)
                        )
                    )
                },
                { "hung on a mail, with parts of its own", Bytes(Forwarded("これは本物ですか?", "message/rfc822", GenuineOfParts())) },
                {
                    "hung on a mail, with parts of its own, as a file",
                    Bytes(
                        Forwarded(
                            "これは本物ですか?",
                            "application/octet-stream; name=mail.eml\r\nContent-Transfer-Encoding: base64",
                            Base64(GenuineOfParts())
                        )
                    )
                },
                {
                    "hung on a mail that hangs on another",
                    Bytes(
                        Forwarded(
                            "見てください",
                            "message/rfc822",
                            Forwarded("これは本物ですか?", "message/rfc822", GenuineOfParts())
                                .Replace("=outer", "=within", StringComparison.Ordinal)
                                .Replace("--outer", "--within", StringComparison.Ordinal)
                        )
                    )
                },
                {
                    "hung on a mail between two texts, as Apple Mail does",
                    Bytes(
                        Forwarded(
                            "見てください",
                            "message/rfc822; name=\"order.eml\"\r\nContent-Disposition: attachment; filename=order.eml",
                            GenuineOfParts() + "\r\n--outer\r\nContent-Type: text/html; charset=us-ascii\r\n\r\n<html><body></body></html>"
                        )
                    )
                },
                { "as a page's source", Bytes(System.Net.WebUtility.HtmlEncode(lf)) },
                { "as UTF-16 without a mark", Encoding.Unicode.GetBytes(crlf) },
                {
                    "as .emlx that was pasted",
                    Bytes($"{Encoding.UTF8.GetByteCount(lf)}      \r\n{crlf}<?xml version=\"1.0\"?>\r\n<plist></plist>\r\n")
                },
            };
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_genuine_mail_is_genuine_in_every_form(string form, byte[] brought) =>
        Assert.True((await CheckAsync(brought)).Verdict.Word == VerdictWord.Genuine, $"{form}: {(await CheckAsync(brought)).Said()}");

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task The_verbs_open_the_same_forms(string form, byte[] brought)
    {
        var signature = await VerbRun.BatchAsync(Case("dkim"), Case("verify"));
        // A protocol is asked about the mail itself, not about one that hangs on it.
        if (!form.StartsWith("hung", StringComparison.Ordinal))
            Assert.Equal("pass", signature[0].GetProperty("result").GetProperty("dkim")[0].GetProperty("result").GetString());
        Assert.Equal("genuine", signature[1].GetProperty("result").GetProperty("verdict").GetString());

        string Case(string what) =>
            JsonSerializer.Serialize(
                new
                {
                    id = form,
                    @do = what,
                    emlBase64 = Convert.ToBase64String(brought),
                    now = Now.ToString("O", CultureInfo.InvariantCulture),
                    dns = new
                    {
                        version = 1,
                        @default = "NXDOMAIN",
                        names = new Dictionary<string, object>
                        {
                            [MerchantKey.DnsName] = new { TXT = new[] { new[] { MerchantKey.DnsRecord } } },
                        },
                    },
                    merchant = new
                    {
                        schema = "shonin.profile/1",
                        id = "ichiba",
                        names = Ichiba.Names,
                        domains = Ichiba.Domains,
                        linkDomains = Array.Empty<string>(),
                    },
                }
            );
    }

    [Theory]
    [InlineData("カード番号とセキュリティコードを、このメールに返信してください。")]
    [InlineData("Your refund waits at evil.example")]
    [InlineData("Please call our new office.")]
    [InlineData("口座が変わりました。次からはこちらへお願いします。")]
    public async Task A_strangers_words_around_a_genuine_mail_are_not_called_genuine(string words)
    {
        var verdict = (await CheckAsync(Bytes(Forwarded(words, "message/rfc822", Genuine())))).Verdict;
        Assert.Equal((VerdictWord.CannotTell, ReasonCode.AttachedOriginal), (verdict.Word, verdict.Reasons[0].Code));
        Assert.Contains("リンクを押さないでください", verdict.Advice[0].Ja, StringComparison.Ordinal);
    }

    public static TheoryData<string, byte[]> NoMails =>
        new()
        {
            { "Outlook's own file", [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, 0, 0] },
            { "winmail.dat", [0x78, 0x9F, 0x3E, 0x22, 1, 0] },
            { "a packed file", [(byte)'P', (byte)'K', 3, 4, 0, 0] },
            { "a phone's copy", Bytes("BEGIN:VMSG\r\nVERSION:1.1\r\nBEGIN:VENV\r\nBEGIN:VBODY\r\n" + Genuine()) },
            { "a picture", [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10] },
            { "a print", Bytes("%PDF-1.7\n") },
        };

    /// <summary>Whoever brings such a file is told what it is and what to bring instead, also where it hangs on a mail.</summary>
    [Theory]
    [MemberData(nameof(NoMails))]
    public async Task What_is_no_original_is_named_with_the_way_out(string what, byte[] brought)
    {
        var expected = SavedMailWording.WayOut(SavedMail.Of(brought));
        byte[][] ways =
        [
            brought,
            Bytes(
                Forwarded(
                    "これは本物ですか?",
                    $"application/octet-stream; name=\"{what}\"\r\nContent-Disposition: attachment\r\nContent-Transfer-Encoding: base64",
                    Convert.ToBase64String(brought)
                )
            ),
        ];
        foreach (var way in ways)
        {
            var verdict = (await CheckAsync(way)).Verdict;
            Assert.Equal(
                (VerdictWord.CannotTell, ReasonCode.NotTheOriginal, expected),
                (verdict.Word, verdict.Reasons[0].Code, verdict.Reasons[0].Text)
            );
        }
    }

    [Fact]
    public async Task Of_several_mails_on_one_nobody_can_say_which_is_meant()
    {
        var verdict = (
            await CheckAsync(
                Bytes(
                    Forwarded(
                        "これは本物ですか?",
                        "message/rfc822",
                        Genuine() + "\r\n--outer\r\nContent-Type: message/rfc822\r\n\r\n" + GenuineOfParts()
                    )
                )
            )
        ).Verdict;
        Assert.Equal((VerdictWord.CannotTell, ReasonCode.AttachedOriginal), (verdict.Word, verdict.Reasons[0].Code));
        Assert.Contains("2通", verdict.Reasons[0].Text.Ja, StringComparison.Ordinal);
    }

    /// <summary>A file without the name or type of a mail may be opened as something else, in which unsigned fields are words.</summary>
    [Theory]
    [InlineData("application/octet-stream; name=notice")]
    [InlineData("text/plain; name=notice.txt\r\nContent-Disposition: attachment")]
    [InlineData("text/html; name=notice.html\r\nContent-Disposition: attachment")]
    public async Task A_file_that_only_begins_like_a_mail_is_judged_and_never_called_genuine(string type)
    {
        async Task<MailVerdict> OfAsync(string attached) =>
            (
                await CheckAsync(Bytes(Forwarded("これは本物ですか?", $"{type}\r\nContent-Transfer-Encoding: base64", Base64(attached))))
            ).Verdict;
        var genuine = await OfAsync("X-Note: <a href=https://stranger.example>here</a>\r\n" + Genuine());
        Assert.Equal((VerdictWord.CannotTell, ReasonCode.AttachedOriginal), (genuine.Word, genuine.Reasons[0].Code));
        Assert.Equal(
            VerdictWord.NotGenuine,
            (await OfAsync(Plain("\"notice@ichiba.example\" <x@stranger.example>", "order", "https://stranger.example/"))).Word
        );
    }

    /// <summary>A carrier whose own parts can be read in two ways may show more than we see.</summary>
    [Theory]
    [InlineData("--outer--\r\n", "--outer-- \r\n")]
    [InlineData("boundary=outer\r\n", "boundary=outer; boundary=other\r\n")]
    [InlineData(
        "MIME-Version: 1.0\r\nContent-Type: multipart/mixed",
        "MIME-Version: 1.0\r\nContent-Type: text/plain\r\nContent-Type: multipart/mixed"
    )]
    public async Task A_carrier_that_can_be_read_in_two_ways_makes_nothing_genuine(string written, string otherwise)
    {
        var carrier = Forwarded("これは本物ですか?", "message/rfc822", Genuine());
        Assert.Contains(written, carrier, StringComparison.Ordinal);
        Assert.NotEqual(
            VerdictWord.Genuine,
            (await CheckAsync(Bytes(carrier.Replace(written, otherwise, StringComparison.Ordinal)))).Verdict.Word
        );
    }

    /// <summary>Only what was escaped as a whole is unescaped, and no line is made of it.</summary>
    [Theory]
    [InlineData("X-Escaped: &lt;x&gt;\r\n", "")]
    [InlineData("X-Escaped: &#10;Subject: blocked\r\n", "escaped")]
    public async Task Escapes_in_a_mail_itself_stay(string field, string how)
    {
        var mail = field + Genuine();
        var brought =
            how.Length == 0 ? mail : System.Net.WebUtility.HtmlEncode(mail).Replace("&amp;#10;", "&#10;", StringComparison.Ordinal);
        var result = await CheckAsync(Bytes(brought));
        Assert.Equal((VerdictWord.Genuine, "ご注文"), (result.Verdict.Word, result.Content.Subject));
        Assert.DoesNotContain(result.Message.Fields, one => one.ValueText().Contains("<x>", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("見てください")]
    [InlineData("Is this real?")]
    [InlineData("これは本物でしょうか。")]
    public async Task Who_only_passes_it_on_learns_of_the_mail_itself(string words) =>
        Assert.Equal(VerdictWord.Genuine, (await CheckAsync(Bytes(Forwarded(words, "message/rfc822", Genuine())))).Verdict.Word);

    [Fact]
    public async Task The_answer_says_what_of_it_was_judged()
    {
        var lf = Genuine().Replace("\r\n", "\n", StringComparison.Ordinal);
        var several = await CheckAsync(Bytes(Separator + lf + "\n" + Separator + lf + "\n" + Separator + lf));
        Assert.Contains(several.Verdict.Reasons[..2], reason =>
            reason.Code == ReasonCode.OneOfSeveral && reason.Text.Ja.Contains("3通", StringComparison.Ordinal)
        );
        var forwarded = await CheckAsync(Bytes(Forwarded("見てください", "message/rfc822", Genuine())));
        Assert.Contains(forwarded.Verdict.Reasons[..2], reason => reason.Code == ReasonCode.AttachedOriginal);
        Assert.DoesNotContain((await CheckAsync(Genuine())).Verdict.Reasons, reason =>
            reason.Code is ReasonCode.OneOfSeveral or ReasonCode.AttachedOriginal
        );
    }

    [Theory]
    [InlineData("詳しくは https://stranger.example/ をご覧ください。", "a link")]
    [InlineData("お急ぎの方は 03-1234-5678 へお電話ください。", "a number to call")]
    [InlineData("アカウントが停止されました。24時間以内にパスワードを確認してください。", "pressing words")]
    public async Task Whoever_adds_words_of_his_own_to_a_genuine_mail_is_judged_by_his_words(string words, string what)
    {
        var result = await CheckAsync(Bytes(Forwarded(words, "message/rfc822", Genuine())));
        Assert.True(result.Verdict.Word != VerdictWord.Genuine, $"{what}: {result.Said()}");
    }

    [Fact]
    public async Task A_genuine_mail_that_hangs_on_an_imitation_makes_it_no_better() =>
        Assert.Equal(
            VerdictWord.NotGenuine,
            (
                await CheckAsync(
                    Bytes(
                        Forwarded("ご確認ください。", "message/rfc822", Genuine())
                            .Replace(
                                "From: Hanako <hanako@reader.example>",
                                "From: notice@ichiba.example <x@stranger.example>",
                                StringComparison.Ordinal
                            )
                    )
                )
            )
                .Verdict
                .Word
        );

    /// <summary>What a program or a provider never puts before a mail is the mail's, and is judged.</summary>
    [Theory]
    [InlineData("Your account is blocked\r\n\r\n")]
    [InlineData("Your account is blocked\r\n")]
    [InlineData("Notice\nFrom:\tIchiba\n\nLog in at https://stranger.example/\n\n")]
    [InlineData(">From x@stranger.example Tue Nov 24 10:02:05 2026\r\n")]
    [InlineData("From x\rSubject: blocked\r\n")]
    [InlineData("9999999\n")]
    public async Task What_is_no_container_stays(string above) =>
        Assert.NotEqual(VerdictWord.Genuine, (await CheckAsync(Bytes(above + Genuine()))).Verdict.Word);

    /// <summary>No server wrote above an attachment: whoever attached it wrote all of it.</summary>
    [Fact]
    public async Task Results_and_sessions_of_the_carrier_do_not_speak_for_what_hangs_on_it()
    {
        var unpublished = DkimKey.FromRsa("ichiba.example", "made-up", RsaKeys.Of(2));
        var imitation =
            "Authentication-Results: mx.reader.example; dmarc=pass header.from=ichiba.example; dkim=pass header.d=ichiba.example\r\n"
            + Encoding.UTF8.GetString(SignedBy(unpublished, Plain("Ichiba <notice@ichiba.example>", "ご注文", "ありがとうございます。")));
        var trust = new AuthResultsTrust { AuthservIds = ["mx.reader.example"] };
        // As the topmost mail, the field is the reader's own server's.
        Assert.Equal(VerdictWord.Genuine, (await CheckAsync(Bytes(imitation), trust: trust)).Verdict.Word);
        Assert.NotEqual(
            VerdictWord.Genuine,
            (await CheckAsync(Bytes(Forwarded("見てください", "message/rfc822", imitation)), trust: trust)).Verdict.Word
        );

        var unsigned = Plain("Ichiba <notice@ichiba.example>", "ご注文", "ありがとうございます。");
        Assert.Null((await CheckAsync(Bytes(Forwarded("見てください", "message/rfc822", unsigned)), MerchantSession)).Findings.Spf);
    }

    /// <summary>Whoever attaches a file chooses what stands around the mail in it, and other programs show that.</summary>
    [Theory]
    [InlineData("Original Message\nYour account is blocked: https://stranger.example/\n\n", "")]
    [InlineData(
        "From x@stranger.example Tue Nov 24 10:02:05 2026\n",
        "\n\nFrom x@stranger.example Tue Nov 24 10:02:05 2026\nSubject: blocked\n\nhttps://stranger.example/\n"
    )]
    public async Task Nothing_is_taken_off_what_hangs_on_a_mail(string above, string below)
    {
        var file = Bytes(above + Genuine().Replace("\r\n", "\n", StringComparison.Ordinal) + below);
        var carrier = Forwarded(
            "Please check.",
            "application/octet-stream; name=mail.eml\r\nContent-Transfer-Encoding: base64",
            Convert.ToBase64String(file, Base64FormattingOptions.InsertLineBreaks)
        );
        Assert.NotEqual(VerdictWord.Genuine, (await CheckAsync(Bytes(carrier))).Verdict.Word);
    }

    /// <summary>Apple Mail's .emlx ends with a property list; what else follows would be dropped unseen.</summary>
    [Theory]
    [InlineData("", true)]
    [InlineData("<plist version=\"1.0\"></plist>\n", true)]
    [InlineData("Your account is blocked: https://stranger.example/\n", false)]
    [InlineData("<?xml version=\"1.0\"?><plist></plist>\nhttps://stranger.example/\n", false)]
    [InlineData("<?xml version=\"1.0\"?>https://stranger.example/\n", false)]
    public async Task A_line_of_digits_makes_no_emlx_unless_a_property_list_ends_it(string rest, bool isOpened)
    {
        var lf = Genuine().Replace("\r\n", "\n", StringComparison.Ordinal);
        var result = await CheckAsync(Bytes($"{Encoding.UTF8.GetByteCount(lf)}\n{lf}{rest}"));
        Assert.Equal(isOpened, result.Verdict.Word == VerdictWord.Genuine);
    }

    [Fact]
    public void Any_bytes_are_opened_without_a_fault() =>
        Gen.Byte.Array[0, 200].Sample(bytes => BroughtMail.AttachedTo(BroughtMail.Open(bytes).Message).Originals.Length >= 0, iter: 2_000);

    private static string Genuine() =>
        Encoding.UTF8.GetString(
            SignedBy(
                MerchantKey,
                Plain("Ichiba <notice@ichiba.example>", "ご注文", "ありがとうございます。\r\n\r\nFrom here on, all is well.")
            )
        );

    /// <summary>As our own notices are: a text and a page.</summary>
    private static string GenuineOfParts() =>
        Encoding.UTF8.GetString(
            SignedBy(
                MerchantKey,
                Plain(
                        "Ichiba <notice@ichiba.example>",
                        "ご注文",
                        string.Join(
                            "\r\n",
                            [
                                "--inner",
                                "Content-Type: text/plain; charset=utf-8",
                                "",
                                "ありがとうございます。 https://ichiba.example/orders",
                                "--inner",
                                "Content-Type: text/html; charset=utf-8",
                                "",
                                "<p>ありがとうございます。<a href=\"https://ichiba.example/orders\">ご注文</a></p>",
                                "--inner--",
                            ]
                        )
                    )
                    .Replace(
                        "Content-Type: text/plain; charset=utf-8\r\n\r\n--inner",
                        "Content-Type: multipart/alternative; boundary=inner\r\n\r\n--inner",
                        StringComparison.Ordinal
                    )
            )
        );

    private static string Base64(string text) => Convert.ToBase64String(Bytes(text), Base64FormattingOptions.InsertLineBreaks);

    private static string Forwarded(string words, string type, string attached) =>
        string.Join(
            "\r\n",
            [
                "Received: from mail.reader.example by mx.reader.example; Tue, 24 Nov 2026 10:10:00 +0900",
                "From: Hanako <hanako@reader.example>",
                "To: check@reader.example",
                "Subject: Fwd: order",
                "Date: Tue, 24 Nov 2026 10:10:00 +0900",
                "Message-ID: <2@reader.example>",
                "MIME-Version: 1.0",
                "Content-Type: multipart/mixed; boundary=outer",
                "",
                "--outer",
                "Content-Type: text/plain; charset=utf-8",
                "",
                words,
                "--outer",
                $"Content-Type: {type}",
                "",
                attached,
                "--outer--",
                "",
            ]
        );

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
