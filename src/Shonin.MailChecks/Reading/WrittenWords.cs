using System.Text.RegularExpressions;
using MimeKit;

namespace Shonin.MailChecks;

/// <summary>What somebody wrote to us in a mail, for a person to read: its words alone.</summary>
/// <param name="Name">Beside the author's address, as a mail program shows it, on one line; empty where there is none.</param>
/// <param name="Subject">On one line. All of it, as with the rest: a number that is cut in two is hidden by nobody.</param>
/// <param name="Text">Without what is quoted of an earlier mail; empty where nothing else stands there.</param>
/// <param name="FileCount">Everything else that hangs on the mail: files, pictures, other mails.</param>
public sealed partial record WrittenWords(string Name, string Subject, string Text, int FileCount)
{
    /// <summary>Any bytes are read; what cannot be read says nothing.</summary>
    public static WrittenWords Of(ReadOnlyMemory<byte> raw)
    {
        try
        {
            using var mail = MimeParts.ParserOf(raw).ParseMessage();
            var parts = MimeParts.Of(mail).ToList();
            var shown = parts.OfType<TextPart>().Where(IsShown).ToList();
            return new(
                OneLine(mail.From.Mailboxes.FirstOrDefault()?.Name),
                OneLine(mail.Subject),
                TextOf(shown),
                parts.Count - shown.Count
            );
        }
        catch (Exception fault) when (fault is not (OutOfMemoryException or StackOverflowException))
        {
            // The library throws several kinds on real mail.
            return new("", "", "", 0);
        }
    }

    private static bool IsShown(TextPart part) => part is { IsAttachment: false, FileName: null } && (part.IsPlain || part.IsHtml);

    /// <summary>The plain text; the HTML where there is none, or where it says nothing.</summary>
    private static string TextOf(List<TextPart> shown)
    {
        var plain = string.Join('\n', shown.Where(part => part.IsPlain).Select(MailReader.TextOf));
        return QuotedText.Without(
            string.IsNullOrWhiteSpace(plain)
                ? string.Join(
                    '\n',
                    shown.Where(part => part.IsHtml).Select(part => HtmlReader.Read(Unquoted(MailReader.SourceOf(part))).Text)
                )
                : plain
        );
    }

    /// <summary>Up to where a mail program put the mail that is answered; all of it, where nothing stands before that.</summary>
    private static string Unquoted(string html) =>
        QuotedPart().Match(html) is { Success: true, Index: var from } && !string.IsNullOrWhiteSpace(HtmlReader.Read(html[..from]).Text)
            ? html[..from]
            : html;

    private static string OneLine(string? text) =>
        string.Join(' ', (text ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Gmail, Outlook, Yahoo, Thunderbird; and whatever quotes as HTML does.</summary>
    [GeneratedRegex(
        """<(?:blockquote\b|(?:div|hr|span)\b[^>]{0,300}\b(?:class|id)\s*=\s*["']?(?:gmail_quote|gmail_attr|yahoo_quoted|moz-cite-prefix|divRplyFwdMsg|appendonsend|stopSpelling))""",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase,
        matchTimeoutMilliseconds: 1_000
    )]
    private static partial Regex QuotedPart();
}
