using System.Runtime.CompilerServices;
using System.Text;
using Shonin.Domain.Proofs;
using Shonin.Fuzz;
using Shonin.Specs.MailAuthentication;
using static Shonin.Specs.MailChecks.MailStory;

namespace Shonin.Specs.MailChecks;

/// <summary>
/// What another mail program would show as another mail is never genuine, however good the signature and whatever our own record says; and what only
/// saving and carrying do to a mail takes nothing away.
/// </summary>
public sealed class ReadOtherwiseSpecs
{
    internal const string FindingsFolder = "other-readers";

    private const string Own = "Ichiba <notice@ichiba.example>";

    /// <summary>Lines that somebody puts into a signed mail without touching what is signed; \u0080 to \u00FF are bytes.</summary>
    public static TheoryData<string, string> Lines => new()
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
        foreach (var at in new[] { mail.IndexOf("\r\n", StringComparison.Ordinal) + 2, mail.IndexOf("\r\nTo:", StringComparison.Ordinal) + 2, end + 2 })
        {
            var result = await Check(Encoding.Latin1.GetBytes(mail.Insert(at, line + "\r\n")));
            Assert.True(result.Verdict.Word == VerdictWord.CannotTell, $"{what} at {at}: {result.Said()}");
        }
    }

    [Fact]
    public async Task So_it_is_where_the_line_is_the_first_but_for_one_that_a_mailbox_file_puts_there()
    {
        foreach (var line in new[] { "Your account is blocked", ".", "\f", ">From x@evil.example Tue Nov 24 10:00:00 2026", "X-A: x\rSubject: blocked", "From x\rSubject: blocked" })
            Assert.Equal("CannotTell Weak ReadOtherwise", (await Check(Encoding.Latin1.GetBytes($"{line}\r\n{Signed()}"))).Said());
    }

    [Fact]
    public async Task The_reason_names_what_is_odd_and_where()
    {
        var mail = Signed();
        var result = await Check(Encoding.Latin1.GetBytes(mail.Insert(mail.IndexOf("\r\n\r\n", StringComparison.Ordinal), "\r\nYour account is blocked")));
        Assert.Equal("CannotTell Weak ReadOtherwise", result.Said());
        var reason = result.Verdict.Reasons[0];
        Assert.Contains("見出し", reason.Text.Ja, StringComparison.Ordinal);
        Assert.Contains("headers", reason.Text.En, StringComparison.Ordinal);
        Assert.Contains($"line {mail[..mail.IndexOf("\r\n\r\n", StringComparison.Ordinal)].Split("\r\n").Length + 1}", reason.Evidence, StringComparison.Ordinal);
        Assert.Contains("Your account is blocked", reason.Evidence, StringComparison.Ordinal);
    }

    /// <summary>Changes that relaxed canonicalization (RFC 6376 section 3.4) leaves open, each of which some program follows and another does not.</summary>
    [Theory]
    [InlineData("Subject: ", "Subject : ", "white space before a colon")]
    [InlineData("Content-Transfer-Encoding: quoted-printable", "Content-Transfer-Encoding: quoted-printable ", "white space after an encoding")]
    [InlineData("--b 1\r\n", "--b  1\r\n", "white space in a boundary")]
    [InlineData("--b\r\n", "--b \r\n", "white space after a boundary")]
    [InlineData("\r\n\r\nNote: ", "\r\n \r\nNote: ", "white space in the empty line before a part's text")]
    [InlineData("a long=\r\n", "a long= \r\n", "white space in a soft line break")]
    public async Task A_signature_that_leaves_white_space_open_does_not_speak_for_what_it_changes(string signed, string changed, string what)
    {
        var boundary = signed.Contains("b 1", StringComparison.Ordinal) ? "b 1" : "b";
        var mail = Encoding.Latin1.GetString(SignedBy(MerchantKey, Parts(boundary)));
        var altered = Encoding.Latin1.GetBytes(mail.Replace(signed, changed, StringComparison.Ordinal));
        Assert.NotEqual(mail.Length, altered.Length);
        var result = await Check(altered);
        Assert.Contains(result.Findings.Dkim, found => found.Outcome is Shonin.MailAuthentication.Dkim.DkimOutcome.Pass);
        Assert.True(result.Said() == "CannotTell Weak ReadOtherwise", $"{what}: {result.Said()}");
    }

    [Theory]
    [InlineData("multipart/mixed; boundary=b; boundary=c")]
    [InlineData("multipart/mixed; boundary*=us-ascii''b; boundary=b")]
    [InlineData("multipart/mixed; boundary*0=b; boundary=b")]
    [InlineData("multipart/mixed (b); boundary=b")]
    [InlineData("multipart/mixed; boundary=\"\\b\"")]
    [InlineData("multipart/mixed; boundary=other")]
    [InlineData("multipart/mixed")]
    [InlineData("multipart/mixed; boundary=b; charset*=utf-8")]
    [InlineData("text; boundary=b")]
    public async Task A_body_that_programs_take_apart_in_different_ways_is_not_genuine(string type) =>
        Assert.Equal("CannotTell Weak ReadOtherwise", (await Check(SignedBy(MerchantKey, Parts("b", type)))).Said());

    [Theory]
    [InlineData("multipart/alternative; boundary=b")]
    [InlineData("Multipart/Mixed ;\r\n\tBoundary = \"b\" ; charset=utf-8;")]
    public async Task A_body_that_all_take_apart_alike_is(string type) => Assert.Equal(VerdictWord.Genuine, (await Check(SignedBy(MerchantKey, Parts("b", type)))).Verdict.Word);

    [Theory]
    [InlineData("Date: Tue, 24 Nov 2026 10:02:00 +0900")]
    [InlineData("To: reader@reader.example")]
    [InlineData("Cc: somebody@stranger.example")]
    [InlineData("Sender: Help <help@stranger.example>")]
    [InlineData("MIME-Version: 2.0")]
    [InlineData("Content-Base: https://stranger.example/")]
    [InlineData("Content-Type: text/html")]
    [InlineData("Content-Type: text/plain; charset=utf-16")]
    [InlineData("Content-Type: text/plain; charset=utf-7")]
    [InlineData("Content-Type: text/plain; charset=ibm037")]
    [InlineData("Content-Type: text/plain; charset=nobody")]
    public async Task A_field_that_is_shown_and_not_signed_is_anybodys(string field)
    {
        var only = new Shonin.MailAuthentication.Dkim.DkimSigningOptions { OversignedFields = ["From", "Subject"], SignedFields = [] };
        string[] plain = ["Received: from a by b", $"From: {Own}", "Subject: x", "Message-ID: <1@ichiba.example>", "", "Your order was sent.", ""];
        var mail = Encoding.UTF8.GetString(new Shonin.MailAuthentication.Dkim.DkimSigner(only).Sign(Encoding.UTF8.GetBytes(string.Join("\r\n", plain)), [MerchantKey], Now));
        Assert.Equal(VerdictWord.Genuine, (await Check(mail)).Verdict.Word);
        Assert.Equal("CannotTell Weak SignatureNotCovering", (await Check($"{field}\r\n{mail}")).Said());
    }

    /// <summary>What relays, mailboxes and saving do.</summary>
    [Theory]
    [InlineData("Received: from a by b;\r\n\tTue, 24 Nov 2026 10:02:05 +0900\r\nX-Spam-Status: No, score=-0.1 (x: y)\r\nARC-Seal: i=1; a=rsa-sha256\r\n", "")]
    [InlineData("Delivered-To: reader@reader.example\r\nX-MS.Exchange_Test: \u001b$B$4\u001b(B\r\nX-Name: \u0083\u005c\u00e3\u0081\u0082\r\n", "")]
    [InlineData("\u00ef\u00bb\u00bf", "")]
    [InlineData("From notice@ichiba.example Tue Nov 24 10:02:05 2026\r\n", "\r\n\r\n")]
    [InlineData("", "\r\n \r\n\r\n")]
    public async Task What_happens_to_a_mail_on_its_way_takes_nothing_away(string above, string below)
    {
        foreach (var mail in new[] { Signed(), Encoding.Latin1.GetString(SignedBy(MerchantKey, Parts("b"))) })
        {
            Assert.Equal(VerdictWord.Genuine, (await Check(Encoding.Latin1.GetBytes(above + mail + below))).Verdict.Word);
            Assert.Equal(VerdictWord.Genuine, (await Check(Encoding.Latin1.GetBytes((above + mail + below).Replace("\r\n", "\n", StringComparison.Ordinal)))).Verdict.Word);
        }
    }

    public static TheoryData<string> Findings => [.. Directory.GetFiles(FuzzTargetsSpecs.FindingsOf(FindingsFolder)).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Findings))]
    public async Task No_mail_that_another_reader_showed_differently_is_genuine_again(string name) =>
        Assert.False(await DifferentialRun.IsGenuineAsync(await File.ReadAllBytesAsync(Path.Combine(FuzzTargetsSpecs.FindingsOf(FindingsFolder), name))));

    /// <summary>MimeKit, Python's email package and npm's mailparser, over changed mails; hours of it: tests/fuzz.sh readers SECONDS.</summary>
    [Fact]
    public async Task Whatever_another_reader_shows_differently_is_not_genuine()
    {
        const int changedCountMax = 1_500, askedCountMin = 20, seed = 20261124;
        using var readers = Start();
        Assert.SkipWhen(readers.Missing.Count > 0, $"NOT RUN, missing: {string.Join("; ", readers.Missing)}");
        var report = await new DifferentialRun(readers, seed).RunAsync(TimeSpan.FromMinutes(5), changedCountMax, findingCountMax: 3);
        Assert.Empty(report.Findings.Select(finding => $"{finding.Reader} shows another {finding.Difference}: {Convert.ToBase64String(finding.Mail)}"));
        Assert.InRange(report.Asked, askedCountMin, changedCountMax);

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
        var mail = Parts("b").Replace("Content-Type: text/html\r\n", $"{before}{fields}{after}Content-Type: text/html\r\n", StringComparison.Ordinal);
        Assert.Equal("CannotTell Weak ReadOtherwise", (await Check(SignedBy(MerchantKey, mail))).Said());
    }

    private static string Signed() => Encoding.Latin1.GetString(SignedBy(MerchantKey, Plain(Own, "ご注文の確認", "ありがとうございます。")));

    private static string Parts(string boundary, string? type = null) => string.Join("\r\n",
    [
        "Received: from a by b", $"From: {Own}", "To: reader@reader.example", "Subject: order", "Date: Tue, 24 Nov 2026 10:02:00 +0900", "Message-ID: <1@ichiba.example>", "MIME-Version: 1.0",
        $"Content-Type: {type ?? $"multipart/mixed; boundary=\"{boundary}\""}", "", $"--{boundary}", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: quoted-printable", "",
        "Note: it was sent.", "a long=", " line", $"--{boundary}", "Content-Type: text/html", "", "<p>It was sent.</p>", $"--{boundary}--", "",
    ]);
}
