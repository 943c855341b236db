using System.Text;

namespace Shonin.MailChecks;

/// <summary>
/// What a person brings as "the mail": the original message, or something that only looks like it to whoever saved it. Each of those
/// has its own way out, so each is named.
/// </summary>
public abstract record SavedMail
{
    private SavedMail() { }

    /// <summary>
    /// Bytes that can be an original message, taken out of what a program or a person put around it; whether they are one is for the check
    /// to say.
    /// </summary>
    /// <param name="Count">How many mails were brought in one file; the first is taken.</param>
    public sealed record Original(ReadOnlyMemory<byte> Bytes, int Count = 1) : SavedMail;

    public sealed record Nothing : SavedMail;

    /// <summary>
    /// Outlook's own files, .msg and winmail.dat: the mail taken apart and put together anew, so that no signature in it holds.
    /// </summary>
    public sealed record OutlookItem : SavedMail;

    /// <summary>
    /// What Japanese phones put on a memory card, .vmg: the mail's text with a few fields, without those by which it came.
    /// </summary>
    public sealed record PhoneCopy : SavedMail;

    /// <summary>A photo or a picture of the screen.</summary>
    public sealed record Picture : SavedMail;

    /// <summary>Printed or saved for reading: PDF, a web page, a text document.</summary>
    public sealed record Printed : SavedMail;

    /// <summary>Several files in one.</summary>
    public sealed record Archive : SavedMail;

    /// <summary>Looks at the first bytes; the name of a file proves nothing.</summary>
    public static SavedMail Of(ReadOnlyMemory<byte> bytes)
    {
        var trimmed = WithoutLeadingBlanks(AsUtf8(bytes));
        if (trimmed.IsEmpty)
            return new Nothing();
        var start = trimmed.Span;
        foreach (var (magic, kind) in magics)
        {
            if (start.StartsWith(magic))
                return kind;
        }

        if (IsPictureInContainer(start))
            return new Picture();
        return BeginsAsWebPage(start) ? new Printed() : MailWrapping.Open(trimmed);
    }

    private static readonly (byte[] Magic, SavedMail Kind)[] magics =
    [
        ([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], new OutlookItem()), // [MS-CFB] section 2.2
        ([0x78, 0x9F, 0x3E, 0x22], new OutlookItem()), // [MS-OXTNEF] section 2.1.3.1
        ("BEGIN:VMSG"u8.ToArray(), new PhoneCopy()), // IrMC 1.1, vMessage
        ([0x89, (byte)'P', (byte)'N', (byte)'G'], new Picture()), // W3C PNG section 5.2
        ([0xFF, 0xD8, 0xFF], new Picture()), // JPEG, ITU-T T.81 annex B
        ("GIF8"u8.ToArray(), new Picture()),
        ("%PDF"u8.ToArray(), new Printed()), // ISO 32000-1 section 7.5.2
        ("{\\rtf"u8.ToArray(), new Printed()),
        ("PK\x03\x04"u8.ToArray(), new Archive()),
        ("Rar!"u8.ToArray(), new Archive()),
        ([(byte)'7', (byte)'z', 0xBC, 0xAF, 0x27, 0x1C], new Archive()),
        ([0x1F, 0x8B, 0x08], new Archive()), // RFC 1952 section 2.3.1
    ];

    /// <summary>HEIC of iPhones and AVIF: a box named ftyp (ISO/IEC 14496-12 section 4.3); WebP: a RIFF container.</summary>
    private static bool IsPictureInContainer(ReadOnlySpan<byte> bytes) =>
        bytes.Length > 12 && (bytes[4..].StartsWith("ftyp"u8) || bytes.StartsWith("RIFF"u8) && bytes[8..].StartsWith("WEBP"u8));

    private static bool BeginsAsWebPage(ReadOnlySpan<byte> bytes)
    {
        var start = Encoding.Latin1.GetString(bytes[..Math.Min(bytes.Length, 15)]);
        return start.StartsWith("<!doctype html", StringComparison.OrdinalIgnoreCase)
            || start.StartsWith("<html", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>
    /// Notepad's "Unicode" is UTF-16; a message is not. Some programs leave its mark away: then every other byte of the first letters is
    /// zero.
    /// </summary>
    private static ReadOnlyMemory<byte> AsUtf8(ReadOnlyMemory<byte> bytes)
    {
        foreach (var encoding in new[] { Encoding.Unicode, Encoding.BigEndianUnicode })
        {
            if (bytes.Span.StartsWith(encoding.Preamble))
                return Encoding.UTF8.GetBytes(encoding.GetString(bytes.Span[encoding.Preamble.Length..]));
        }

        return bytes.Span switch
        {
            [not 0, 0, not 0, 0, not 0, 0, ..] => Encoding.UTF8.GetBytes(Encoding.Unicode.GetString(bytes.Span)),
            [0, not 0, 0, not 0, 0, not 0, ..] => Encoding.UTF8.GetBytes(Encoding.BigEndianUnicode.GetString(bytes.Span)),
            _ => bytes,
        };
    }

    /// <summary>
    /// What is pasted often begins with an empty line, which would end the header before it begins. A CR alone is the end of a line to some
    /// programs only, so it stays in its place.
    /// </summary>
    private static ReadOnlyMemory<byte> WithoutLeadingBlanks(ReadOnlyMemory<byte> bytes)
    {
        var start = bytes.Span.StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0;
        while (true)
        {
            var rest = bytes.Span[start..];
            if (rest is [(byte)' ' or (byte)'\t' or (byte)'\n', ..])
                start++;
            else if (rest.StartsWith("\r\n"u8))
                start += 2;
            else
                break;
        }

        // Nothing but blanks is nothing.
        return bytes.Span[start..].IndexOfAnyExcept(" \t\r\n"u8) < 0 ? default : bytes[start..];
    }
}
