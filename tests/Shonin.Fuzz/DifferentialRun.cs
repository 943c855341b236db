using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Shonin.Domain.Notices;
using Shonin.Domain.Proofs;
using Shonin.MailAuthentication;
using Shonin.MailAuthentication.AuthResults;
using Shonin.MailAuthentication.Dkim;
using Shonin.MailChecks;

namespace Shonin.Fuzz;

/// <summary>
/// Holds our verdict against what other mail readers show: a signed mail is changed, and where one of them then shows another author,
/// subject, date, recipient or text than it showed of the mail that was signed, the verdict is neither genuine nor proved.
/// </summary>
internal sealed class DifferentialRun(OtherReaders readers, int seed)
{
    private static readonly MailProfile merchant = new("shop.example", ["Akindo", "あきんど"], [Letters.Key.Domain], []);

    private readonly MailMutations mutations = new(new Random(seed));
    private readonly Random random = new(seed);

    /// <param name="Changed">How many changed mails were judged.</param>
    /// <param name="Asked">How many of those we called genuine, so that the other readers were asked.</param>
    public sealed record Report(int Changed, int Asked, IReadOnlyList<Finding> Findings);

    /// <summary>A mail that we called genuine and another reader shows differently.</summary>
    public sealed record Finding(string Reader, string Difference, byte[] Mail);

    /// <summary>Runs until the first of the three is reached.</summary>
    public async Task<Report> RunAsync(TimeSpan time, int changedCountMax, int findingCountMax)
    {
        foreach (var mail in Signed())
            Property.Holds(await IsGenuineAsync(mail), "What we signed is genuine before it is changed");
        var letters = Signed().Concat(SignedOpenly()).Select(mail => (Mail: mail, Shown: readers.Read(mail))).ToList();
        var findings = new List<Finding>();
        var (changed, asked) = (0, 0);
        for (
            var watch = Stopwatch.StartNew();
            watch.Elapsed < time && changed < changedCountMax && findings.Count < findingCountMax;
            changed++
        )
        {
            var (mail, shown) = letters[random.Next(letters.Count)];
            var mutant = mutations.Mutate(mail);
            if (!await IsGenuineAsync(mutant))
                continue;
            asked++;
            // What only a file or a page puts around a mail is not the mail's; the other readers get it without, as our own does.
            if (DifferenceOf(BroughtMail.Open(mutant).Message.ToArray(), shown) is { } finding)
                findings.Add(finding);
        }

        return new(changed, asked, findings);
    }

    /// <summary>The first reader that shows another mail than it showed of the signed one.</summary>
    private Finding? DifferenceOf(byte[] mail, IReadOnlyDictionary<string, Reading> signed)
    {
        foreach (var (reader, shown) in readers.Read(mail))
        {
            if (shown.DifferenceTo(signed[reader]) is { } difference)
                return new(reader, difference, mail);
        }

        return null;
    }

    /// <summary>
    /// Whether a mail is genuine by its signature, or proved by a record that knows every mark and finds every text its own.
    /// </summary>
    public static async Task<bool> IsGenuineAsync(byte[] mail) =>
        await IsGenuineAsync(mail, null) || await IsGenuineAsync(mail, OnRecordAsync);

    private static async Task<bool> IsGenuineAsync(byte[] mail, LedgerLookup? ledger)
    {
        var authenticator = new MailAuthenticator(
            Letters.Published,
            new FakeTimeProvider(Letters.Now),
            new MailAuthenticatorOptions { Trust = AuthResultsTrust.Nobody }
        );
        return await new MailChecker(authenticator, ledger).CheckAsync(mail, new() { Now = Letters.Now, Profiles = [merchant] })
                is MailCheck.Checked { Result.Verdict: var verdict }
            && (verdict.Word == VerdictWord.Genuine || verdict.Confidence == Confidence.Proved);
    }

    private static ValueTask<LedgerFinding> OnRecordAsync(
        MailAuthentication.Message.MailMessage message,
        MailContent content,
        string? recipient,
        CancellationToken cancellation
    ) =>
        ValueTask.FromResult<LedgerFinding>(
            new LedgerFinding.Known(
                new(
                    "N1001-received",
                    "N1001",
                    NoticeKind.Received,
                    null,
                    Letters.Now,
                    Letters.Now,
                    "h…@…",
                    RecipientMatch.NotAsked,
                    ContentMatch.Same,
                    ContentMatch.Same
                )
            )
        );

    /// <summary>
    /// Mails as merchants send them, signed as ours are and as most are: by the names of the fields that stand there. One was on its way
    /// already.
    /// </summary>
    public static IEnumerable<byte[]> Signed()
    {
        var usual = new DkimSigningOptions
        {
            OversignedFields = [],
            SignedFields = ["From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"],
        };
        foreach (var letter in Written().Select(text => Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r\n"))))
        {
            yield return Carried(new DkimSigner().Sign(letter, [Letters.Key], Letters.Now));
            yield return Carried(new DkimSigner(usual).Sign(letter, [Letters.Key], Letters.Now));
        }
    }

    /// <summary>As some services sign: what the body is stands in no h=, so that anybody may say it otherwise.</summary>
    private static IEnumerable<byte[]> SignedOpenly()
    {
        var open = new DkimSigningOptions { OversignedFields = ["From", "Subject", "To", "Date"], SignedFields = ["Message-ID"] };
        return Written()
            .Select(text =>
                Carried(new DkimSigner(open).Sign(Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r\n")), [Letters.Key], Letters.Now))
            );
    }

    private static byte[] Carried(byte[] mail) =>
        [
            .. "Return-Path: <bounce@shop.example>\r\nReceived: from out.shop.example (out.shop.example [192.0.2.10])\r\n\tby mx.customer.example with ESMTPS id abc;\r\n\tTue, 24 Nov 2026 10:02:05 +0900\r\nX-Spam: no\r\n"u8,
            .. mail,
        ];

    private static IEnumerable<string> Written()
    {
        const string Fields =
            "From: Akindo <notice@shop.example>\nTo: Hanako <hanako@customer.example>\nSubject: Your order N1001 was shipped\nDate: Tue, 24 Nov 2026 10:02:03 +0900\nMessage-ID: <1001@shop.example>\nMIME-Version: 1.0\n";
        var (text, html) = (
            "Note: your order N1001 was shipped.\n\nIt was  12,480 yen = all.\nSee https://shop.example/orders/N1001 soon\n",
            "<html><body><p>Note: your order <b>N1001</b> was shipped.</p>\n<a href=\"https://shop.example/\">shop</a></body></html>\n"
        );
        yield return $"{Fields}Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{text}ご注文を発送しました。\n";
        yield return $"{Fields}\n{text}";
        yield return "From: =?utf-8?B?44GC44GN44KT44Gp?= <notice@shop.example>\nTo: hanako@customer.example\nSubject: =?utf-8?B?44GU5rOo5paH44KS?=\n =?utf-8?B?55m66YCB44GX44G+44GX44Gf?=\nDate: Tue, 24 Nov 2026 10:02:03 +0900\nMessage-ID: <1001@shop.example>\nMIME-Version: 1.0\n"
            + $"Content-Type: multipart/alternative;\n boundary=\"outer\"\n\nThis is a message in parts.\n--outer\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n{text.Replace("=", "=3D", StringComparison.Ordinal)}a long=\n line\n"
            + $"--outer\nContent-Type: multipart/related; boundary=inner\n\n--inner\nContent-Type: text/html;\n charset=\"utf-8\"\nContent-Transfer-Encoding: base64\n\n{Convert.ToBase64String(Encoding.UTF8.GetBytes(html), Base64FormattingOptions.InsertLineBreaks)}\n"
            + "--inner\nContent-Type: image/gif; name=\"a b.gif\"\nContent-ID: <1>\nContent-Disposition: inline; filename=\"a b.gif\"\nContent-Transfer-Encoding: base64\n\nR0lGODlh\n--inner--\n\n--outer--\n";
        yield return $"{Fields}Content-Type: multipart/alternative; boundary=outer\n\n--outer\nContent-Type: text/plain; charset=utf-8\n\nYour order: https://shop.example/\n--outer\nContent-Type: text/html; charset=utf-8\n\n<p>Your <a href=\"https://shop.example/\">order</a></p>\n--outer--\n";
        yield return $"{Fields}Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n{Convert.ToBase64String(Encoding.UTF8.GetBytes("ご注文を発送しました。\n"))}\n";
        yield return $"{Fields}Content-Type: multipart/mixed; boundary=\"=_part\"; charset=utf-8\n\n--=_part\n\n{text}--=_part\nContent-Type: text/html; charset=us-ascii\n\n{html}--=_part\nContent-Type: text/plain; name=terms.txt\nContent-Disposition: attachment; filename=terms.txt\n\nTerms: none.\n--=_part--\n";
        yield return $"{Fields}Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n{html.Replace("=", "=3D", StringComparison.Ordinal)}";
    }
}
