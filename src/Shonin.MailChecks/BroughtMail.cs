using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;
using MimeKit;
using Shonin.Domain.Proofs;

namespace Shonin.MailChecks;

/// <summary>The one door for all forms in which people bring a mail: page, REST, check address and verbs open them here.</summary>
public static class BroughtMail
{
    private const int DepthMax = 30;
    private const string MessageSubtype = "rfc822"; // RFC 2046 section 5.2.1

    private static readonly ParserOptions options = new() { CharsetEncoding = Encoding.UTF8, MaxMimeDepth = DepthMax };

    /// <summary>The message without what was put around it, and what had to be opened for that, or null. What is no message at all is left as it is.</summary>
    public static (ReadOnlyMemory<byte> Message, OpenedMail? Opened) Open(ReadOnlyMemory<byte> brought) => SavedMail.Of(brought) switch
    {
        SavedMail.Original(var bytes, 1) => (bytes, null),
        SavedMail.Original(var bytes, var count) => (bytes, new OpenedMail.OneOf(count)),
        _ => (brought, null),
    };

    /// <summary>
    /// The original messages that hang on a mail, byte for byte, in their order. An original is cut out of the bytes that came, never written anew,
    /// because its signatures cover its bytes. Any bytes are read.
    /// </summary>
    public static AttachedMails AttachedTo(ReadOnlyMemory<byte> message)
    {
        var isAlone = true;
        var found = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>();
        try
        {
            using var stream = MemoryMarshal.TryGetArray(message, out var array)
                ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
                : new MemoryStream(message.ToArray(), writable: false);
            var parser = new MimeParser(options, stream, MimeFormat.Entity, persistent: true);
            var depth = 0;
            parser.MimeMessageBegin += (_, _) => depth++;
            parser.MimeMessageEnd += (_, end) =>
            {
                // 1 is the mail itself, 2 a message that hangs on it; what hangs on that one belongs to it.
                if (depth-- == 2 && end.Parent is not null)
                    found.Add(message[(int)end.BeginOffset..(int)end.EndOffset]);
            };
            using var mail = parser.ParseMessage();
            var parts = PartsOf(mail.Body, DepthMax).ToList();
            foreach (var part in parts.Where(IsEncodedMessage))
                found.Add(ContentOf(part));
            isAlone = parts.TrueForAll(part => IsEncodedMessage(part) || part is TextPart { IsAttachment: false, FileName: null } text && (text.IsPlain || text.IsHtml));
        }
        catch (Exception fault) when (fault is not (OutOfMemoryException or StackOverflowException))
        {
            // The library throws several kinds on real mail; what was found before stands.
            isAlone = false;
        }

        return new(found.ToImmutable(), isAlone);
    }

    /// <summary>The parts of the mail itself; those of messages that hang on it are not among them.</summary>
    private static IEnumerable<MimeEntity> PartsOf(MimeEntity? entity, int depth) => entity switch
    {
        Multipart multipart when depth > 0 => multipart.SelectMany(part => PartsOf(part, depth - 1)),
        null or MessagePart => [],
        var part => [part],
    };

    /// <summary>RFC 2046 wants messages unencoded, but a file that a person attaches is often encoded, or declared as any file.</summary>
    private static bool IsEncodedMessage(MimeEntity entity) => entity is MimePart { Content: not null } part
        && (part.ContentType.IsMimeType("message", MessageSubtype) || part.ContentType.IsMimeType("message", "global")
            || part.FileName is { } name && (name.EndsWith(".eml", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".emlx", StringComparison.OrdinalIgnoreCase)));

    private static ReadOnlyMemory<byte> ContentOf(MimeEntity entity)
    {
        using var content = new MemoryStream();
        ((MimePart)entity).Content!.DecodeTo(content);
        return content.ToArray();
    }
}

/// <summary>The original messages that hang on a mail.</summary>
/// <param name="IsAlone">Whether nothing else hangs on it, and it holds no text that is not shown as text.</param>
public sealed record AttachedMails(ImmutableArray<ReadOnlyMemory<byte>> Originals, bool IsAlone);
