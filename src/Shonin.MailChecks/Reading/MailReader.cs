using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using MimeKit;
using MimeKit.Utils;
using Shonin.Domain.Proofs;
using Shonin.MailAuthentication.Message;

namespace Shonin.MailChecks;

/// <summary>What a mail program would show of a message: the sender's names, the subject, the texts, the links.</summary>
internal sealed record ReadMail(SenderEvidence Sender, MailContent Content, MailTraces Traces, ImmutableArray<ReadingOddity> Oddities);

/// <summary>
/// Reads what is shown of a mail, by MimeKit. Any bytes are read; what cannot be is empty.
/// </summary>
internal static class MailReader
{
    private const int PartSizeMaxBytes = 256 * 1024;
    private const int LinkCountMax = 1000;
    private const byte Escape = 0x1B; // It shifts letters in ISO-2022-JP (RFC 1468).

    /// <param name="from">Its From as it was read for the protocols: who signed and who is shown are one author.</param>
    public static ReadMail Read(MailMessage message, FromMailboxes from)
    {
        var mailboxes = from
            .Mailboxes.Select(mailbox => new SenderMailbox(Phrase(mailbox.DisplayName), mailbox.LocalPart, Domains.ToAscii(mailbox.Domain)))
            .ToImmutableArray();
        var subject = message.First("Subject"u8) is { } field ? EncodedWords.Decode(field.Value.Span).Trim() : "";
        var (content, second) = ReadBody(message, subject);
        var sender = new SenderEvidence(
            from.FieldCount,
            mailboxes,
            [
                .. from.Asides.Select(Phrase),
                .. mailboxes.Select(mailbox => ShownLocalPart(mailbox.LocalPart)).OfType<string>(),
                .. from.Mailboxes.Select(mailbox => mailbox.DisplayName).Concat(from.Asides).SelectMany(OtherReadings),
                .. second.Names.Where(name => !mailboxes.Any(mailbox => mailbox.Name == name)),
            ],
            DomainsIn(message, "Reply-To"u8)
        )
        {
            SubmitterDomains = DomainsIn(message, "Sender"u8),
        };
        var oddities = MailStructure.OdditiesOf(message);
        if (second.Addresses is { } addresses && !addresses.SetEquals(mailboxes.Select(AddressOf)))
            oddities = oddities.Add(new(ReadingOddityKind.Sender, $"From: {string.Join(", ", addresses)}"));
        if (from.Problems.HasFlag(FromProblems.ReadersDiffer))
            oddities = oddities.Add(new(ReadingOddityKind.Sender, "From: its author can be read in two ways"));
        return new(sender, content, HandlingTraces.Of(message, subject), oddities);
    }

    /// <summary>
    /// Where programs may find another address than those, or none can be found, an empty domain stands beside them: nobody's.
    /// </summary>
    private static ImmutableArray<string> DomainsIn(MailMessage message, ReadOnlySpan<byte> fieldName)
    {
        var read = FromMailboxes.Of(message, fieldName);
        var isUnclear =
            read.FieldCount > 0 && (read.Problems & (FromProblems.ReadersDiffer | FromProblems.Malformed | FromProblems.NoMailbox)) != 0;
        return [.. read.Mailboxes.Select(mailbox => Domains.ToAscii(mailbox.Domain)), .. isUnclear ? [""] : ImmutableArray<string>.Empty];
    }

    /// <summary>
    /// A local part that reads like a name or another address ("notice@shop.example"@elsewhere): a mail program shows it where a name
    /// would stand. Null for one that is only a word.
    /// </summary>
    private static string? ShownLocalPart(string raw)
    {
        var shown = new string([.. Phrase(raw).Select(letter => char.IsControl(letter) ? ' ' : letter)]).Trim();
        return shown.Any(letter => !char.IsAsciiLetterOrDigit(letter) && !".!#$%&'*+-/=?^_`{|}~".Contains(letter)) ? shown : null;
    }

    private static string AddressOf(SenderMailbox mailbox) => $"{mailbox.LocalPart}@{mailbox.Domain}".ToLowerInvariant();

    /// <summary>What the second reader sees in From; <c>Addresses</c> is null where it could not read the message.</summary>
    private sealed record SecondReading(ImmutableArray<string> Names, HashSet<string>? Addresses);

    private static (MailContent Content, SecondReading Second) ReadBody(MailMessage message, string subject)
    {
        try
        {
            using var mime = MimeParts
                .ParserOf(message.Raw, message.Has(MessageOddityKind.MailboxFromLine) ? MimeFormat.Mbox : MimeFormat.Entity)
                .ParseMessage();
            var mailboxes = mime.From.Mailboxes.ToList();
            return (
                ContentOf(mime, subject),
                new(
                    [.. mailboxes.Select(mailbox => mailbox.Name).Where(name => !string.IsNullOrWhiteSpace(name))!],
                    [
                        .. SecondAuthors(message, mailboxes)
                            .Select(mailbox => $"{Unquoted(mailbox.LocalPart)}@{Domains.ToAscii(mailbox.Domain)}".ToLowerInvariant()),
                    ]
                )
            );
        }
        catch (Exception fault) when (fault is not (OutOfMemoryException or StackOverflowException))
        {
            // The library throws several kinds on real mail. A message that it cannot read shows its raw text, and proves nothing by its
            // body.
            var text = Charsets.Decode(message.Body.Span[..Math.Min(message.Body.Length, PartSizeMaxBytes)], null);
            return (new MailContent(subject, text, "", text, [.. LinkHosts.InText(text).Take(LinkCountMax)]), new([], null));
        }
    }

    /// <summary>
    /// Programs that know Japanese letters see no backslash and no bracket in them; the second reader is told what they are.
    /// </summary>
    private static IEnumerable<MailboxAddress> SecondAuthors(MailMessage message, List<MailboxAddress> asWritten) =>
        message.First("From"u8) is { } field
        && Letters(field.Value) is { } letters
        && InternetAddressList.TryParse(MimeParts.Options, letters, out var list)
            ? list.Mailboxes
            : asWritten;

    /// <summary>Raw Japanese letters in UTF-8; null where there are none, or none in another charset.</summary>
    private static byte[]? Letters(ReadOnlyMemory<byte> value) =>
        value.Span.Contains(Escape) ? Encoding.UTF8.GetBytes(Charsets.Decode(value.Span, null))
        : RawLetters.CharsetsOf(value.Span) is [not UTF8Encoding, ..] ? RawLetters.AsUtf8(value).ToArray()
        : null;

    /// <summary>The second reader leaves a quoted local part as it is written.</summary>
    private static string Unquoted(string localPart) => localPart is ['"', .. var inner, '"'] ? MimeUtils.Unquote(inner) : localPart;

    private static MailContent ContentOf(MimeMessage mime, string subject)
    {
        var (plain, html) = (new List<string>(), new List<string>());
        var others = new StringBuilder();
        foreach (var part in TextParts(mime).Where(part => part.IsHtml || part.IsPlain))
        {
            var readings = ReadingsOf(part);
            (part.IsHtml ? html : plain).Add(readings[0]);
            foreach (var other in readings.Skip(1))
                others.Append('\n').Append(part.IsHtml ? HtmlReader.Read(other).Text : other);
        }

        var (plainText, source) = (string.Join('\n', plain), string.Join('\n', html));
        var (visible, links) = html.Count == 0 ? (plainText, []) : HtmlReader.Read(source);
        return new(
            subject,
            plainText,
            source,
            visible + others,
            [
                .. links,
                .. LinkHosts.InText(plainText).Take(LinkCountMax),
                .. html.Count == 0 ? [] : LinkHosts.InText(visible).Take(LinkCountMax),
            ]
        );
    }

    /// <summary>
    /// Texts that are shown with the mail itself: no attachments, and nothing of messages that hang on it, however many parts those have.
    /// </summary>
    private static IEnumerable<TextPart> TextParts(MimeMessage mime) =>
        MimeParts.Of(mime).OfType<TextPart>().Where(text => !text.IsAttachment);

    /// <summary>What a person most likely reads of one part.</summary>
    internal static string TextOf(TextPart part) => part.IsHtml ? HtmlReader.Read(SourceOf(part)).Text : SourceOf(part);

    /// <summary>The part as it is written: text, or HTML.</summary>
    internal static string SourceOf(TextPart part) => ReadingsOf(part)[0];

    /// <summary>What programs may show of a part, the likeliest first.</summary>
    private static ImmutableArray<string> ReadingsOf(TextPart part)
    {
        if (part.Content?.Stream is not { } encoded)
            return [""];
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(PartSizeMaxBytes, encoded.Length));
        try
        {
            using var decoded = part.Content.Open();
            var sizeMax = (int)Math.Min(PartSizeMaxBytes, encoded.Length);
            var size = decoded.ReadAtLeast(buffer.AsSpan(0, sizeMax), sizeMax, throwOnEndOfStream: false);
            return Charsets.Readings(buffer.AsSpan(0, size), part.ContentType.Charset);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static IEnumerable<string> OtherReadings(string raw) => EncodedWords.Readings(Encoding.Latin1.GetBytes(raw)).Skip(1);

    /// <summary>A name; the chars of the raw text are its bytes.</summary>
    private static string Phrase(string raw) => EncodedWords.Decode(Encoding.Latin1.GetBytes(raw));
}
