using System.Text;
using Shonin.Domain.Proofs;
using Shonin.MailAuthentication.Message;
using Shonin.MailChecks;

namespace Shonin.Fuzz;

/// <summary>What a mail shows: MIME, charsets, HTML and links, and the mark by which our notices name themselves.</summary>
internal static class MailReaderTarget
{
    public static FuzzTarget Target { get; } = new("mail-reader", () => Mails().Concat(Letters.Seeds()), CheckAsync);

    private const int LinkCountMax = 1500; // 500 of HTML and 1,000 of plain text, or the forms' besides.

    /// <summary>
    /// Mails as they come: two forms of one text, Japanese in each of its charsets, links that lead elsewhere, a message in a message.
    /// </summary>
    public static IEnumerable<byte[]> Mails()
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        yield return Mail(
            "From: =?utf-8?B?44GC44GN44KT44Gp?= <a@shop.example>\nSubject: =?iso-2022-jp?B?GyRCJDQ7WEojGyhC?= =?utf-8?q?=E3=81=82?=\nMIME-Version: 1.0\nContent-Type: multipart/alternative;\n boundary=\"b 1\"\n\n"
                + "--b 1\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\nhttps://shop.example/?a=3Db =E3=81=82=\n.\n"
                + "--b 1\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: base64\n\n"
                + Convert.ToBase64String(
                    "<base href=\"https://shop.example/\"><a href='/x'>https://evil.example/</a><style>p</style><p>&eacute;&#12354;<img alt=x><form action=\"//y\">"u8
                )
                + "\n--b 1--\n"
        );
        yield return Mail(
            "From: Akindo <x@evil.example>\nSubject: Re: Akindo\nContent-Type: text/html\n\n<a href=\"https://safelinks.protection.outlook.com/?url=http%3A%2F%2Fb%C3%BCcher.example%2F\"><b>www.shop.example</b></a>\n"
                + "<a href=\"ht\ttps:\\\\evil.example\\@shop.example\">shop.example/pay</a><a href='https://urldefense.com/v3/__http://x.example/__;!!'>x</a>"
        );
        yield return Mail(
            "From: a@shop.example\nSubject: x\nContent-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: message/rfc822\n\nFrom: b@c\nContent-Type: text/plain\n\ninner\n--a\nContent-Disposition: attachment\n\nz\n--a\n\nouter\n--a--\n"
        );
        yield return Mail(
            "From: a@shop.example\nSubject: Re: x\nContent-Type: text/plain\n\nnew\n> old\n> older\nmore\n\nOn Mon, Nov 30, 2026 at 10:02 x\n<a@b> wrote:\n> old\n-----Original Message-----\nFrom: a\nTo: b\nSubject: c\n"
        );
        foreach (var charset in new[] { "shift_jis", "iso-2022-jp", "euc-jp", "utf-7" })
        {
            var text =
                charset == "utf-7"
                    ? "+MEI- +AGg-"u8.ToArray()
                    : Encoding.GetEncoding(charset).GetBytes("お支払い方法を確認 ｱｶｳﾝﾄ http://evil.example/。");
            yield return
            [
                .. Mail(
                    $"From: \"Akindo\" <a@shop.example>\nReply-To: b@evil.example\nSubject: s\nContent-Type: text/plain; charset={charset}\n\n"
                ),
                .. text,
            ];
        }

        var mark = new NoticeMarkKey("20261124", new byte[NoticeMarkKey.SizeBytes]).Mark(
            new("N1001-1-problem", Letters.Now, Digest.Of("r"), Digest.Of("c"), Digest.Of("l"))
        );
        yield return Mail($"From: a@shop.example\nSubject: n\nMessage-ID: <1@x>\n{NoticeMark.FieldName}: {mark.Write()}\n\nx");
    }

    private static byte[] Mail(string text) => Encoding.Latin1.GetBytes(text.ReplaceLineEndings("\r\n"));

    private static ValueTask CheckAsync(byte[] input)
    {
        Property.Holds(WrittenWords.Of(input).Text.Length <= input.Length * 2, "What somebody wrote is no longer than the mail");
        if (MailMessage.Parse(input) is not MessageParse.Parsed(var message))
        {
            return ValueTask.CompletedTask;
        }

        var read = MailReader.Read(message, FromMailboxes.Of(message));
        CheckContent(input, read.Content);
        Property.Same(read.Sender.FieldCount, message.Fields.Count(field => field.Is("From"u8)), "From fields are counted");
        Property.Holds(
            read.Sender.Author is null || read.Sender is { FieldCount: 1, Mailboxes.Length: 1 },
            "There is an author only where there is one sender"
        );
        foreach (var field in message.Fields.Where(field => field.Is("Shonin-Notice"u8)))
        {
            if (NoticeMark.Parse(field.ValueText()) is NoticeMarkParse.Parsed(var mark))
            {
                Property.Same(mark, (NoticeMark.Parse(mark.Write()) as NoticeMarkParse.Parsed)?.Mark, "A mark written again is the same");
            }
        }

        // As a page, whatever the message says it is.
        var (text, links) = HtmlReader.Read(Charsets.Decode(message.Body.Span, null));
        Property.Holds(text.Length <= input.Length * 2 && links.Length <= 501, "A page shows no more than it has");
        CheckLinks(links);
        return ValueTask.CompletedTask;
    }

    private static void CheckContent(byte[] input, MailContent content)
    {
        Property.Holds(content.PlainText.Length <= input.Length * 2, "A text is no longer than the mail");
        Property.Holds(content.Links.Length <= LinkCountMax, "Links are bounded");
        CheckLinks(content.Links);
        Property.Same(
            ContentDigest.Of(content.Subject, content.PlainText, content.Html),
            ContentDigest.Of(content.Subject, content.PlainText + "\r\n ", content.Html),
            "White space does not count"
        );
        Property.Holds(ContentDigest.OfLinks(content.PlainText, content.Html).Text.Length == 43, "Links have a digest");
    }

    private static void CheckLinks(IEnumerable<MailLink> links)
    {
        foreach (var link in links)
        {
            CheckHost(link.Host);
            CheckHost(link.ShownHost);
        }
    }

    private static void CheckHost(string? host) =>
        Property.Holds(
            host is null
                || (
                    host.Length > 0
                    && Ascii.IsValid(host)
                    && !host.Any(letter => char.IsAsciiLetterUpper(letter) || letter is '/' or '@' or ' ' or '\\')
                ),
            $"A host is in lower case and A-labels, it is \"{host}\""
        );
}
