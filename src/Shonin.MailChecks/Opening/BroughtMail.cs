using System.Collections.Immutable;
using System.Text;
using MimeKit;
using Shonin.MailAuthentication.Message;

namespace Shonin.MailChecks;

/// <summary>The one door for all forms in which people bring a mail: page, REST, check address and verbs open them here.</summary>
public static class BroughtMail
{
    private const string MessageSubtype = "rfc822"; // RFC 2046 section 5.2.1
    private const int WordsLengthMax = 200_000;
    private const int SniffedBytesMax = 64 * 1024;

    /// <summary>
    /// The message without what was put around it, and what had to be opened for that, or null. What is no message at all is left as it is,
    /// and named.
    /// </summary>
    public static (ReadOnlyMemory<byte> Message, OpenedMail? Opened) Open(ReadOnlyMemory<byte> brought) =>
        SavedMail.Of(brought) switch
        {
            SavedMail.Original(var bytes, 1) => (bytes, null),
            SavedMail.Original(var bytes, var count) => (bytes, new OpenedMail.OneOf(count)),
            var other => (brought, new OpenedMail.NoMail(other)),
        };

    /// <summary>
    /// The original messages that hang on a mail, byte for byte, in their order, and the words around them. An original is cut out of the
    /// bytes that came, never written anew, because its signatures cover its bytes. Any bytes are read; what cannot be read has no
    /// originals and no words.
    /// </summary>
    public static AttachedMails AttachedTo(ReadOnlyMemory<byte> message)
    {
        var found = new Finding();
        try
        {
            var ranges = new Dictionary<MimeMessage, Range>(ReferenceEqualityComparer.Instance);
            var parser = MimeParts.ParserOf(message);
            parser.MimeMessageEnd += (_, end) => ranges[end.Message] = (int)end.BeginOffset..(int)end.EndOffset;
            using var mail = parser.ParseMessage();
            found.Words.Append(mail.Subject).Append('\n');
            foreach (var part in MimeParts.Of(mail))
                LookAt(part, message, ranges, found);
        }
        catch (Exception fault) when (fault is not (OutOfMemoryException or StackOverflowException))
        {
            // The library throws several kinds on real mail; what was found before stands.
            found.IsAlone = false;
        }

        return new(found.Originals.ToImmutable(), found.IsAlone, found.Words.ToString(), found.NoMail);
    }

    /// <summary>What is found of one mail, part by part.</summary>
    private sealed class Finding
    {
        public ImmutableArray<ReadOnlyMemory<byte>>.Builder Originals { get; } = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>();
        public StringBuilder Words { get; } = new();
        public bool IsAlone { get; set; } = true;
        public SavedMail? NoMail { get; set; }
    }

    private static void LookAt(MimeEntity part, ReadOnlyMemory<byte> message, Dictionary<MimeMessage, Range> ranges, Finding found)
    {
        switch (part)
        {
            case MessagePart { Message: { } inner } when ranges.TryGetValue(inner, out var range):
                found.Originals.Add(message[range]);
                break;
            case MimePart { Content: not null } file when IsDeclaredMessage(file):
                found.Originals.Add(ContentOf(file));
                break;
            case TextPart { IsAttachment: false, FileName: null } text when text.IsPlain || text.IsHtml:
                if (found.Words.Length < WordsLengthMax)
                    found.Words.Append(MailReader.TextOf(text)).Append('\n');
                break;
            case MimePart { Content: not null } file:
                found.IsAlone = false;
                LookInto(file, found);
                break;
            default:
                found.IsAlone = false;
                break;
        }
    }

    /// <summary>
    /// A file that does not say that it is a mail: one that begins like a mail is one; what a person may have taken for one is named.
    /// </summary>
    private static void LookInto(MimePart file, Finding found)
    {
        var content = ContentOf(file);
        var saved = SavedMail.Of(content);
        if (saved is SavedMail.Original(var bytes, _))
        {
            if (BeginsAsMail(bytes))
                found.Originals.Add(content);
        }
        else if (file.IsAttachment && saved is not SavedMail.Nothing || saved is SavedMail.OutlookItem)
        {
            found.NoMail ??= saved;
        }
    }

    private static bool BeginsAsMail(ReadOnlyMemory<byte> bytes) =>
        MailMessage.Parse(bytes[..Math.Min(bytes.Length, SniffedBytesMax)]) is MessageParse.Parsed(var message)
        && message.First("From"u8) is not null
        && (
            message.First("Received"u8) is not null
            || message.First("Message-ID"u8) is not null
            || message.First("DKIM-Signature"u8) is not null
        );

    /// <summary>RFC 2046 wants messages unencoded, but a file that a person attaches is often encoded, or declared as any file.</summary>
    private static bool IsDeclaredMessage(MimePart part) =>
        part.ContentType.IsMimeType("message", MessageSubtype)
        || part.ContentType.IsMimeType("message", "global")
        || part.ContentType.IsMimeType("application", "mbox")
        || part.FileName is { } name && mailFileEnds.Any(end => name.EndsWith(end, StringComparison.OrdinalIgnoreCase));

    private static readonly string[] mailFileEnds = [".eml", ".emlx", ".mbox", ".mbx"];

    private static ReadOnlyMemory<byte> ContentOf(MimePart part)
    {
        using var content = new MemoryStream();
        part.Content!.DecodeTo(content);
        return content.ToArray();
    }
}

/// <summary>The original messages that hang on a mail, and what is around them.</summary>
/// <param name="IsAlone">Whether nothing else hangs on it, and it holds no text that is not shown as text.</param>
/// <param name="Words">Subject and texts of the mail itself, as they are read.</param>
/// <param name="NoMail">The first file that a person may have taken for the mail and that is none, such as Outlook's own; null where there
///   is none.</param>
public sealed record AttachedMails(ImmutableArray<ReadOnlyMemory<byte>> Originals, bool IsAlone, string Words, SavedMail? NoMail);
