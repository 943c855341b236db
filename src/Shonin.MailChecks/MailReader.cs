using System.Collections.Immutable;
using System.Text;
using MimeKit;
using Shonin.Domain.Proofs;
using Shonin.MailAuthentication.Message;

namespace Shonin.MailChecks;

/// <summary>What a mail program would show of a message: the sender's names, the subject, the texts, the links.</summary>
internal sealed record ReadMail(SenderEvidence Sender, MailContent Content, MailTraces Traces);

/// <summary>
/// Reads MIME (RFC 2045 to 2047) by MimeKit. Nothing that is read here is ever hashed: signatures are checked on the raw bytes, elsewhere.
/// Any bytes are read; what cannot be is empty.
/// </summary>
internal static class MailReader
{
    private const int PartCountMax = 200;
    private const int PartSizeMaxBytes = 256 * 1024;
    private const int DepthMax = 30;
    private const int LinkCountMax = 1000;

    /// <summary>Raw bytes above 127 in a header are read as UTF-8 where they are that.</summary>
    private static readonly ParserOptions options = new() { CharsetEncoding = Encoding.UTF8, MaxMimeDepth = DepthMax };

    public static ReadMail Read(MailMessage message)
    {
        var from = FromMailboxes.Of(message);
        var mailboxes = from.Mailboxes.Select(mailbox => new SenderMailbox(Phrase(mailbox.DisplayName), mailbox.LocalPart, Domains.ToAscii(mailbox.Domain))).ToImmutableArray();
        var subject = message.First("Subject"u8) is { } field ? EncodedWords.Decode(field.Value.Span).Trim() : "";
        var (content, second) = ReadBody(message, subject);
        var sender = new SenderEvidence(
            from.FieldCount, mailboxes,
            [.. from.Asides.Select(Phrase), .. second.Names.Where(name => !mailboxes.Any(mailbox => mailbox.Name == name))],
            [.. FromMailboxes.In(message, "Reply-To"u8).Select(mailbox => Domains.ToAscii(mailbox.Domain))]);
        var traces = HandlingTraces.Of(message, subject)
            | (second.Addresses is { } addresses && !addresses.SetEquals(mailboxes.Select(AddressOf)) ? MailTraces.ReadDifferently : MailTraces.None);
        return new(sender, content, traces);
    }

    private static string AddressOf(SenderMailbox mailbox) => $"{mailbox.LocalPart}@{mailbox.Domain}".ToLowerInvariant();

    /// <summary>What the second reader sees in From; <c>Addresses</c> is null where it could not read the message.</summary>
    private sealed record SecondReading(ImmutableArray<string> Names, HashSet<string>? Addresses);

    private static (MailContent Content, SecondReading Second) ReadBody(MailMessage message, string subject)
    {
        try
        {
            using var bytes = Open(message.Raw);
            var format = message.Problems.HasFlag(MessageProblems.MailboxFromLine) ? MimeFormat.Mbox : MimeFormat.Entity;
            using var mime = new MimeParser(options, bytes, format, persistent: true).ParseMessage();
            var mailboxes = mime.From.Mailboxes.ToList();
            return (ContentOf(mime, subject), new(
                [.. mailboxes.Select(mailbox => mailbox.Name).Where(name => !string.IsNullOrWhiteSpace(name))!],
                [.. mailboxes.Select(mailbox => $"{mailbox.LocalPart}@{Domains.ToAscii(mailbox.Domain)}".ToLowerInvariant())]));
        }
        catch (Exception fault) when (fault is not (OutOfMemoryException or StackOverflowException))
        {
            // The library throws several kinds on real mail. A message that it cannot read shows its raw text, and proves nothing by its body.
            var text = Charsets.Decode(message.Body.Span[..Math.Min(message.Body.Length, PartSizeMaxBytes)], null);
            return (new MailContent(subject, text, "", text, [.. LinkHosts.InText(text).Take(LinkCountMax)]), new([], null));
        }
    }

    private static MailContent ContentOf(MimeMessage mime, string subject)
    {
        string? plain = null, html = null;
        foreach (var part in TextParts(mime))
        {
            if (part.IsHtml)
                html = html is null ? TextOf(part) : html + "\n" + TextOf(part);
            else if (part.IsPlain)
                plain = plain is null ? TextOf(part) : plain + "\n" + TextOf(part);
        }

        var (visible, links) = html is null ? (plain ?? "", []) : HtmlReader.Read(html);
        return new(subject, plain ?? "", html ?? "", visible, [.. links, .. LinkHosts.InText(plain ?? "").Take(LinkCountMax)]);
    }

    /// <summary>Texts that are shown with the mail itself: no attachments, and no messages inside the message.</summary>
    private static IEnumerable<TextPart> TextParts(MimeMessage mime)
    {
        using var parts = new MimeIterator(mime);
        for (var count = 0; count < PartCountMax && parts.MoveNext(); count++)
            if (parts.Current is TextPart { IsAttachment: false } text && !IsInsideMessage(parts))
                yield return text;
    }

    private static bool IsInsideMessage(MimeIterator parts) => parts.Depth > 0 && parts.PathSpecifier.Length > 0 && parts.Parent is MessagePart;

    private static string TextOf(TextPart part)
    {
        if (part.Content?.Stream is not { } encoded)
            return "";
        using var decoded = part.Content.Open();
        var buffer = new byte[(int)Math.Min(PartSizeMaxBytes, encoded.Length)];
        var size = decoded.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        return Charsets.Decode(buffer.AsSpan(0, size), part.ContentType.Charset);
    }

    /// <summary>A name; the chars of the raw text are its bytes.</summary>
    private static string Phrase(string raw) => EncodedWords.Decode(Encoding.Latin1.GetBytes(raw));

    private static MemoryStream Open(ReadOnlyMemory<byte> raw) =>
        System.Runtime.InteropServices.MemoryMarshal.TryGetArray(raw, out var array)
            ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
            : new MemoryStream(raw.ToArray(), writable: false);
}
