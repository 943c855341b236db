using System.Runtime.CompilerServices;
using System.Text;
using Shonin.Fuzz;
using Shonin.MailAuthentication.Dkim;
using Shonin.MailChecks;
using Shonin.Specs.MailAuthentication;
using static Shonin.Specs.MailChecks.MailStory;

namespace Shonin.Specs.MailChecks;

/// <summary>
/// What another mail program would show as another mail is never genuine, however good the signature and whatever our own record says; and
/// what only saving and carrying do to a mail takes nothing away.
/// </summary>
[RealParts]
public sealed class ReadOtherwiseSpecs
{
    internal const string FindingsFolder = "other-readers";

    private const string Own = "Ichiba <notice@ichiba.example>";

    /// <summary>Lines that somebody puts into a signed mail without touching what is signed; \u0080 to \u00FF are bytes.</summary>
    public static TheoryData<string, string> Lines =>
        new()
        {
            { "X-A: x\rSubject: blocked", "a CR alone" },
            { "X-A: x\r", "a CR more before the line end" },
            { "Your account is blocked", "a line without a colon" },
            { ".", "a dot alone" },
            { "\u00a0", "a space of Latin-1" },
            { "Log in at https://evil.example/", "a line with a space before its colon" },
            { "Sub\0ject: blocked", "NUL in a name" },
            { "Subj\u00e9ct: blocked", "an 8-bit byte in a name" },
            { "\u00ef\u00bb\u00bfSubject: blocked", "a byte order mark before a name" },
            { "X-A: \0", "NUL in a value" },
            { "X-A: \u0001", "a control character in a value" },
            { "X-A: x\vSubject: blocked", "a vertical tab" },
            { "X-A: x\fSubject: blocked", "a form feed" },
            { "X-A: x\u001cSubject: blocked", "a separator of files" },
            { "X-A: x\u007f", "DEL" },
            { "\f", "a form feed alone" },
            { "X-A: x\r\n ", "a continuation of white space alone" },
            { "X-A: x\r\n\t\r\n y", "such a continuation between others" },
            { "X-A: x\nX-B: y", "a line end of another kind" },
            { "X-A : y", "space before the colon" },
            { ": y", "no name" },
            { "From x@evil.example Tue Nov 24 10:00:00 2026", "a mailbox file's line" },
            { ">From x@evil.example Tue Nov 24 10:00:00 2026", "a quoted one" },
            { ">From: x@evil.example", "a quoted field" },
            { "=?utf-8?q?Subject?=: blocked", "an encoded word as a name" },
            { "Content-Type: text/plain; charset=utf-8", "a second Content-Type" },
        };

    [Theory]
    [MemberData(nameof(Lines))]
    public async Task A_signed_mail_with_such_a_line_anywhere_in_its_header_is_not_genuine(string line, string what)
    {
        var mail = Signed();
        var end = mail.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        foreach (
            var at in new[]
            {
                mail.IndexOf("\r\n", StringComparison.Ordinal) + 2,
                mail.IndexOf("\r\nTo:", StringComparison.Ordinal) + 2,
                end + 2,
            }
        )
        {
            var result = await CheckAsync(Encoding.Latin1.GetBytes(mail.Insert(at, line + "\r\n")));
            Assert.True(result.Verdict.Word == VerdictWord.CannotTell, $"{what} at {at}: {result.Said()}");
        }
    }

    [Fact]
    public async Task So_it_is_where_the_line_is_the_first_but_for_one_that_a_mailbox_file_puts_there()
    {
        foreach (
            var line in new[]
            {
                "Your account is blocked",
                ".",
                "\f",
                ">From x@evil.example Tue Nov 24 10:00:00 2026",
                "X-A: x\rSubject: blocked",
                "From x\rSubject: blocked",
            }
        )
        {
            Assert.Equal("CannotTell Weak ReadOtherwise", (await CheckAsync(Encoding.Latin1.GetBytes($"{line}\r\n{Signed()}"))).Said());
        }
    }

    [Fact]
    public async Task The_reason_names_what_is_odd_and_where()
    {
        var mail = Signed();
        var result = await CheckAsync(
            Encoding.Latin1.GetBytes(mail.Insert(mail.IndexOf("\r\n\r\n", StringComparison.Ordinal), "\r\nYour account is blocked"))
        );
        Assert.Equal("CannotTell Weak ReadOtherwise", result.Said());
        var reason = result.Verdict.Reasons[0];
        Assert.Contains("見出し", reason.Text.Ja, StringComparison.Ordinal);
        Assert.Contains("headers", reason.Text.En, StringComparison.Ordinal);
        Assert.Contains(
            $"line {mail[..mail.IndexOf("\r\n\r\n", StringComparison.Ordinal)].Split("\r\n").Length + 1}",
            reason.Evidence,
            StringComparison.Ordinal
        );
        Assert.Contains("Your account is blocked", reason.Evidence, StringComparison.Ordinal);
    }

    /// <summary>
    /// Changes that relaxed canonicalization (RFC 6376 section 3.4) leaves open, each of which some program follows and another does not.
    /// </summary>
    [Theory]
    [InlineData("Subject: ", "Subject : ", "white space before a colon")]
    [InlineData(
        "Content-Transfer-Encoding: quoted-printable",
        "Content-Transfer-Encoding: quoted-printable ",
        "white space after an encoding"
    )]
    [InlineData("--b 1\r\n", "--b  1\r\n", "white space in a boundary")]
    [InlineData("line\r\n--b 1\r\n", "line\r\n--b \t1\r\n", "white space in one boundary")]
    [InlineData("--b 1--", "--b  1--", "white space in the last boundary")]
    [InlineData("\"b 1\"", "\"b  1\"", "white space in the boundary that is named")]
    [InlineData("\"b 1\"", "\"b\r\n 1\"", "a fold in the boundary that is named")]
    [InlineData("--b\r\n", "--b \r\n", "white space after a boundary")]
    [InlineData("\r\n\r\nNote: ", "\r\n \r\nNote: ", "white space in the empty line before a part's text")]
    [InlineData("a long=\r\n", "a long= \r\n", "white space in a soft line break")]
    public async Task A_signature_that_leaves_white_space_open_does_not_speak_for_what_it_changes(
        string signed,
        string changed,
        string what
    )
    {
        var boundary = signed.Contains("b 1", StringComparison.Ordinal) ? "b 1" : "b";
        Assert.Equal(VerdictWord.Genuine, (await CheckAsync(SignedBy(MerchantKey, Parts(boundary)))).Verdict.Word);
        var mail = Encoding.Latin1.GetString(SignedBy(MerchantKey, Parts(boundary)));
        var altered = Encoding.Latin1.GetBytes(mail.Replace(signed, changed, StringComparison.Ordinal));
        Assert.NotEqual(mail.Length, altered.Length);
        var result = await CheckAsync(altered);
        Assert.Contains(result.Findings.Dkim, found => found.Outcome is DkimOutcome.Pass);
        Assert.True(result.Said() == "CannotTell Weak ReadOtherwise", $"{what}: {result.Said()}");
    }

    [Theory]
    [InlineData("multipart/mixed; boundary=b; boundary=c")]
    [InlineData("multipart/mixed; boundary*=us-ascii''b; boundary=b")]
    [InlineData("multipart/mixed; boundary*0=b; boundary=b")]
    [InlineData("multipart/mixed (; boundary=c); boundary=b")]
    [InlineData("multipart/mixed (\\\"); boundary=b")]
    [InlineData("multipart/mixed ((x)); boundary=b")]
    [InlineData("multipart/mixed (; boundary=b")]
    [InlineData("multipart/mixed; boundary=\"\\b\"")]
    [InlineData("multipart/mixed; boundary=other")]
    [InlineData("multipart/mixed")]
    [InlineData("multipart/mixed; boundary=b; charset*=utf-8")]
    [InlineData("text; boundary=b")]
    public async Task A_body_that_programs_take_apart_in_different_ways_is_not_genuine(string type) =>
        Assert.Equal("CannotTell Weak ReadOtherwise", (await CheckAsync(SignedBy(MerchantKey, Parts("b", type)))).Said());

    [Theory]
    [InlineData("multipart/alternative; boundary=b")]
    [InlineData("multipart/mixed (some parts); boundary=b (that's it)")]
    [InlineData("Multipart/Mixed ;\r\n\tBoundary = \"b\" ; charset=utf-8;")]
    public async Task A_body_that_all_take_apart_alike_is(string type) =>
        Assert.Equal(VerdictWord.Genuine, (await CheckAsync(SignedBy(MerchantKey, Parts("b", type)))).Verdict.Word);

    [Theory]
    [InlineData("Date: Tue, 24 Nov 2026 10:02:00 +0900")]
    [InlineData("To: reader@reader.example")]
    [InlineData("Cc: somebody@stranger.example")]
    [InlineData("Sender: Help <help@stranger.example>")]
    [InlineData("Content-Base: https://stranger.example/")]
    [InlineData("Content-ID: <1@stranger.example>")]
    public async Task A_field_that_is_shown_and_not_signed_is_anybodys(string field)
    {
        var only = new DkimSigningOptions { OversignedFields = ["From", "Subject"], SignedFields = [] };
        string[] plain =
        [
            "Received: from a by b",
            $"From: {Own}",
            "Subject: x",
            "Message-ID: <1@ichiba.example>",
            "",
            "Your order was sent.",
            "",
        ];
        var mail = Encoding.UTF8.GetString(
            new DkimSigner(only).Sign(Encoding.UTF8.GetBytes(string.Join("\r\n", plain)), [MerchantKey], Now)
        );
        Assert.Equal(VerdictWord.Genuine, (await CheckAsync(mail)).Verdict.Word);
        Assert.Equal("CannotTell Weak SignatureNotCovering", (await CheckAsync($"{field}\r\n{mail}")).Said());
    }

    private const string Letter = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit";
    private const string Page = "<!DOCTYPE html><html><p>Your order was sent.</p></html>";
    private const string Japanese = "ご注文を発送しました。";
    private const string Shifted = "\u001b$B$4CmJ8\u001b(B";
    private const string Quoted = "=E3=81=94=E6=B3=A8=E6=96=87";
    private const string Twice =
        "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nYour order: https://ichiba.example/1\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>Your <a href='https://ichiba.example/1'>order</a></p>\r\n--b--";

    /// <summary>
    /// What the body is, in fields that the signature leaves open: as the bytes themselves say it, or as somebody changed it.
    /// </summary>
    public static TheoryData<string, string, VerdictWord> Shapes =>
        new()
        {
            { "", "Your order was sent.", VerdictWord.Genuine },
            { "", "Your order was sent.\r\n-- \r\nIchiba", VerdictWord.Genuine },
            { "X-A: y", "https://ichiba.example/?a=b&id=12", VerdictWord.Genuine },
            { "", Japanese, VerdictWord.CannotTell },
            { "", Shifted, VerdictWord.CannotTell },
            { "", Page, VerdictWord.CannotTell },
            { "", Twice, VerdictWord.CannotTell },
            { "", Quoted, VerdictWord.CannotTell },
            { "", "44GC44GE", VerdictWord.CannotTell },
            { "", "congrats", VerdictWord.Genuine },
            { Letter, Japanese, VerdictWord.Genuine },
            { "X-" + Letter, Japanese, VerdictWord.CannotTell },
            { Letter.Replace("utf-8", "iso-8859-1", StringComparison.Ordinal), Japanese, VerdictWord.CannotTell },
            { Letter.Replace("utf-8", "shift_jis", StringComparison.Ordinal), Japanese, VerdictWord.CannotTell },
            { Letter.Replace("; charset=utf-8", "", StringComparison.Ordinal), Japanese, VerdictWord.CannotTell },
            { Letter.Replace("charset", "name=a.txt; charset", StringComparison.Ordinal), Japanese, VerdictWord.CannotTell },
            { Letter.Replace("plain;", "plain (text);", StringComparison.Ordinal), Japanese, VerdictWord.CannotTell },
            { Letter.Replace("text/plain", "text/html", StringComparison.Ordinal), "a < b, " + Japanese, VerdictWord.CannotTell },
            { Letter.Replace("text/plain", "application/octet-stream", StringComparison.Ordinal), Japanese, VerdictWord.CannotTell },
            { "Content-Type: text/plain; charset=iso-2022-jp", Shifted, VerdictWord.Genuine },
            { "Content-Type: text/plain; charset=us-ascii", Shifted, VerdictWord.CannotTell },
            { "Content-Type: text/plain; charset=utf-7", "Your order was sent.", VerdictWord.CannotTell },
            { "Content-Type: text/plain; charset=utf-16", "Your order was sent.", VerdictWord.CannotTell },
            { "Content-Type: text/plain; charset=ibm037", "Your order was sent.", VerdictWord.CannotTell },
            { "Content-Type: text/plain; charset=nobody", "Your order was sent.", VerdictWord.CannotTell },
            { "Content-Type: text/html", "Your order was sent.", VerdictWord.CannotTell },
            { "Content-Type: text/html; charset=utf-8", Page, VerdictWord.Genuine },
            { "Content-Type: text/plain; charset=utf-8", Page, VerdictWord.CannotTell },
            { Letter.Replace("8bit", "quoted-printable", StringComparison.Ordinal), Quoted, VerdictWord.Genuine },
            {
                Letter
                    .Replace("8bit", "quoted-printable", StringComparison.Ordinal)
                    .Replace("utf-8", "iso-8859-1", StringComparison.Ordinal),
                Quoted,
                VerdictWord.CannotTell
            },
            { Letter, Quoted, VerdictWord.CannotTell },
            { Letter.Replace("8bit", "quoted-printable", StringComparison.Ordinal), "1 =3D 1", VerdictWord.CannotTell },
            { Letter.Replace("8bit", "base64", StringComparison.Ordinal), "44GC44GE", VerdictWord.Genuine },
            { Letter.Replace("8bit", "base64", StringComparison.Ordinal), "congrats", VerdictWord.CannotTell },
            {
                Letter.Replace("8bit", "base64", StringComparison.Ordinal).Replace("utf-8", "euc-jp", StringComparison.Ordinal),
                "44GC44GE",
                VerdictWord.CannotTell
            },
            { Letter, "44GC44GE", VerdictWord.CannotTell },
            { Letter.Replace("8bit", "quoted-printable", StringComparison.Ordinal), "44GC44GE", VerdictWord.CannotTell },
            { Letter.Replace("8bit", "quoted-printable", StringComparison.Ordinal), "Your order was sent.", VerdictWord.Genuine },
            { Letter.Replace("8bit", "x-uuencode", StringComparison.Ordinal), "begin", VerdictWord.CannotTell },
            { Letter + "\r\nContent-Disposition: inline", Japanese, VerdictWord.Genuine },
            { Letter + "\r\nContent-Disposition: inline-x", Japanese, VerdictWord.CannotTell },
            { Letter + "\r\nContent-Disposition: inline; filename=a.txt", Japanese, VerdictWord.CannotTell },
            { Letter + "\r\nContent-Disposition: attachment", Japanese, VerdictWord.CannotTell },
            { "Content-Type: multipart/alternative; boundary=b", Twice, VerdictWord.Genuine },
            { "Content-Type: multipart/mixed; boundary=b", Twice, VerdictWord.CannotTell },
            { "Content-Type: multipart/related; boundary=b", Twice, VerdictWord.CannotTell },
            { "Content-Type: multipart/digest; boundary=b", Twice, VerdictWord.CannotTell },
            { "Content-Type: text/plain", Twice, VerdictWord.CannotTell },
            { "Content-Type: multipart/alternative; boundary=c", $"{Twice}\r\n--c\r\n\r\n{Twice}\r\n--c--", VerdictWord.CannotTell },
            { "Content-Type: multipart/alternative; boundary=b", "before\r\n" + Twice, VerdictWord.CannotTell },
            { "Content-Type: multipart/alternative; boundary=b", Twice + "\r\nafter", VerdictWord.CannotTell },
            {
                "Content-Type: multipart/alternative; boundary=b",
                Twice.Replace("text/html", "text/plain", StringComparison.Ordinal),
                VerdictWord.CannotTell
            },
        };

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task Where_what_the_body_is_is_not_signed_only_bytes_that_say_it_themselves_are_genuine(
        string fields,
        string body,
        VerdictWord word
    )
    {
        var result = await CheckAsync(OpenlySigned(["MIME-Version: 1.0", .. fields.Split("\r\n").Where(field => field.Length > 0)], body));
        Assert.Contains(result.Findings.Dkim, found => found.Outcome is DkimOutcome.Pass);
        Assert.Equal(word == VerdictWord.Genuine ? "Genuine Strong SignedByMerchant" : "CannotTell Weak ReadOtherwise", result.Said());
    }

    [Theory]
    [InlineData("", "Your order was sent.", VerdictWord.Genuine)]
    [InlineData("MIME-Version: 2.0", "Your order was sent.", VerdictWord.CannotTell)]
    [InlineData("Content-Type: text/plain", "Your order was sent.", VerdictWord.Genuine)]
    [InlineData(Letter, Japanese, VerdictWord.CannotTell)]
    [InlineData("Content-Type: text/html", Page, VerdictWord.CannotTell)]
    [InlineData("MIME-Version: 1.0 (Mac OS X Mail 16.0)\r\nContent-Type: text/html", Page, VerdictWord.Genuine)]
    [InlineData("MIME-Version: 1.0x\r\nContent-Type: text/html", Page, VerdictWord.CannotTell)]
    public async Task So_it_is_with_the_field_without_which_some_programs_read_none_of_the_others(
        string fields,
        string body,
        VerdictWord word
    ) =>
        Assert.Equal(word, (await CheckAsync(OpenlySigned([.. fields.Split("\r\n").Where(field => field.Length > 0)], body))).Verdict.Word);

    [Fact]
    public async Task One_of_two_signatures_that_covers_what_the_body_is_suffices()
    {
        var open = OpenlySigned(["MIME-Version: 1.0", "Content-Type: text/html"], "Your order was sent.");
        Assert.Equal("CannotTell Weak ReadOtherwise", (await CheckAsync(open)).Said());
        Assert.Equal("Genuine Strong SignedByMerchant", (await CheckAsync(SignedBy(MerchantKey, Encoding.UTF8.GetString(open)))).Said());
    }

    /// <summary>Signed as some services do: what the body is stands in no h=.</summary>
    private static byte[] OpenlySigned(string[] shape, string body)
    {
        var only = new DkimSigningOptions { OversignedFields = ["From", "To", "Subject", "Date", "Message-ID"], SignedFields = [] };
        string[] lines =
        [
            "Received: from a by b",
            $"From: {Own}",
            "To: reader@reader.example",
            "Subject: x",
            "Date: Tue, 24 Nov 2026 10:02:00 +0900",
            "Message-ID: <1@ichiba.example>",
            .. shape,
            "",
            body,
            "",
        ];
        return new DkimSigner(only).Sign(Encoding.UTF8.GetBytes(string.Join("\r\n", lines)), [MerchantKey], Now);
    }

    /// <summary>What relays, mailboxes and saving do.</summary>
    [Theory]
    [InlineData(
        "Received: from a by b;\r\n\tTue, 24 Nov 2026 10:02:05 +0900\r\nX-Spam-Status: No, score=-0.1 (x: y)\r\nARC-Seal: i=1; a=rsa-sha256\r\n",
        ""
    )]
    [InlineData(
        "Delivered-To: reader@reader.example\r\nX-MS.Exchange_Test: \u001b$B$4\u001b(B\r\nX-Name: \u0083\u005c\u00e3\u0081\u0082\r\n",
        ""
    )]
    [InlineData("\u00ef\u00bb\u00bf", "")]
    [InlineData("From notice@ichiba.example Tue Nov 24 10:02:05 2026\r\n", "\r\n\r\n")]
    [InlineData("", "\r\n \r\n\r\n")]
    public async Task What_happens_to_a_mail_on_its_way_takes_nothing_away(string above, string below)
    {
        foreach (var mail in new[] { Signed(), Encoding.Latin1.GetString(SignedBy(MerchantKey, Parts("b"))) })
        {
            Assert.Equal(VerdictWord.Genuine, (await CheckAsync(Encoding.Latin1.GetBytes(above + mail + below))).Verdict.Word);
            Assert.Equal(
                VerdictWord.Genuine,
                (await CheckAsync(Encoding.Latin1.GetBytes((above + mail + below).Replace("\r\n", "\n", StringComparison.Ordinal))))
                    .Verdict
                    .Word
            );
        }
    }

    public static TheoryData<string> Findings =>
        [
            .. Directory
                .GetFiles(FuzzTargetsSpecs.FindingsOf(FindingsFolder))
                .Select(file => Path.GetFileName(file)!)
                .Order(StringComparer.Ordinal),
        ];

    [Theory]
    [MemberData(nameof(Findings))]
    public async Task No_mail_that_another_reader_showed_differently_is_genuine_again(string name) =>
        Assert.False(
            await DifferentialRun.IsGenuineAsync(
                await File.ReadAllBytesAsync(Path.Combine(FuzzTargetsSpecs.FindingsOf(FindingsFolder), name))
            )
        );

    /// <summary>
    /// MimeKit, Python's email package and npm's mailparser, over changed mails; hours of it: tests/fuzz.sh readers SECONDS.
    /// </summary>
    [Fact]
    public async Task Whatever_another_reader_shows_differently_is_not_genuine()
    {
        const int ChangedCountMax = 1_500,
            AskedCountMin = 20,
            Seed = 20261124;
        using var readers = Start();
        Assert.SkipWhen(readers.Missing.Count > 0, $"NOT RUN, missing: {string.Join("; ", readers.Missing)}");
        var report = await new DifferentialRun(readers, Seed).RunAsync(TimeSpan.FromMinutes(5), ChangedCountMax, findingCountMax: 3);
        Assert.Empty(
            report.Findings.Select(finding =>
                $"{finding.Reader} shows another {finding.Difference}: {Convert.ToBase64String(finding.Mail)}"
            )
        );
        Assert.InRange(report.Asked, AskedCountMin, ChangedCountMax);

        static OtherReaders Start([CallerFilePath] string here = "")
        {
            var root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));
            return OtherReaders.Start(Path.Combine(root, "tests", "other-readers"), Path.Combine(root, "artifacts", "other-readers"));
        }
    }

    /// <summary>A limit of ours is no limit of whoever shows the mail.</summary>
    [Theory]
    [InlineData("", "")]
    [InlineData("Content-Type: message/rfc822\r\n\r\n", "Subject: x\r\n")]
    public async Task A_part_that_is_too_large_to_be_looked_into_is_not_passed_over(string before, string after)
    {
        var fields = string.Concat(Enumerable.Repeat("X-A: x\r\n", 20_000));
        var mail = Parts("b")
            .Replace("Content-Type: text/html\r\n", $"{before}{fields}{after}Content-Type: text/html\r\n", StringComparison.Ordinal);
        Assert.Equal("CannotTell Weak ReadOtherwise", (await CheckAsync(SignedBy(MerchantKey, mail))).Said());
    }

    private static string Signed() =>
        Encoding.Latin1.GetString(SignedBy(MerchantKey, Plain(Own, "ご注文の確認", "ありがとうございます。")));

    private static string Parts(string boundary, string? type = null) =>
        string.Join(
            "\r\n",
            [
                "Received: from a by b",
                $"From: {Own}",
                "To: reader@reader.example",
                "Subject: order",
                "Date: Tue, 24 Nov 2026 10:02:00 +0900",
                "Message-ID: <1@ichiba.example>",
                "MIME-Version: 1.0",
                $"Content-Type: {type ?? $"multipart/mixed; boundary=\"{boundary}\""}",
                "",
                $"--{boundary}",
                "Content-Type: text/plain; charset=utf-8",
                "Content-Transfer-Encoding: quoted-printable",
                "",
                "Note: it was sent.",
                "a long=",
                " line",
                $"--{boundary}",
                "Content-Type: text/html",
                "",
                "<p>It was sent.</p>",
                $"--{boundary}--",
                "",
            ]
        );
}
