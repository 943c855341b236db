using System.Runtime.InteropServices;
using System.Text;
using MimeKit;

namespace Shonin.MailChecks;

/// <summary>
/// How MIME (RFC 2045 to 2047) is taken apart here, within bounds. Nothing that is read so is ever hashed: signatures are checked on the
/// raw bytes.
/// </summary>
internal static class MimeParts
{
    private const int DepthMax = 30;
    private const int PartCountMax = 200;

    /// <summary>Raw bytes above 127 in a header are read as UTF-8 where they are that.</summary>
    public static ParserOptions Options { get; } = new() { CharsetEncoding = Encoding.UTF8, MaxMimeDepth = DepthMax };

    /// <summary>
    /// Over the very bytes, without a copy where that is possible; the parser throws several kinds of exception on real mail.
    /// </summary>
    public static MimeParser ParserOf(ReadOnlyMemory<byte> raw, MimeFormat format = MimeFormat.Entity) =>
        new(
            Options,
            MemoryMarshal.TryGetArray(raw, out var array)
                ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
                : new MemoryStream(raw.ToArray(), writable: false),
            format,
            persistent: true
        );

    /// <summary>
    /// The parts of the mail itself, in their order. A message that hangs on it is one of them; the parts of that message are not.
    /// </summary>
    public static IEnumerable<MimeEntity> Of(MimeMessage mail) => Within(mail.Body, DepthMax).Take(PartCountMax);

    private static IEnumerable<MimeEntity> Within(MimeEntity? entity, int depth) =>
        entity switch
        {
            Multipart multipart when depth > 0 => multipart.SelectMany(part => Within(part, depth - 1)),
            null => [],
            var part => [part],
        };
}
