using System.Text;

namespace Shonin.MailAuthentication.Message;

/// <summary>
/// A message as it lies in the file: header fields and body as slices of the raw bytes, nothing decoded, nothing rewritten.
/// Signatures cover bytes, so every protocol here works on this form and no MIME parser stands between the signer and the check.
/// </summary>
/// <remarks>
/// A line ends at LF, with or without CR before it, because saved messages often lost the CR (RFC 5322 section 2.3 wants CRLF).
/// A CR alone stays what it is, a byte. What a mail program could read differently than we do is told in <see cref="Problems"/>.
/// </remarks>
public sealed class MailMessage
{
    private MailMessage(ReadOnlyMemory<byte> raw, IReadOnlyList<HeaderField> fields, ReadOnlyMemory<byte> body, MessageProblems problems)
    {
        Raw = raw;
        Fields = fields;
        Body = body;
        Problems = problems;
    }

    /// <summary>The bytes that were given, whole.</summary>
    public ReadOnlyMemory<byte> Raw { get; }

    /// <summary>The header fields from the top down; a line that is no field is among them, with an empty name.</summary>
    public IReadOnlyList<HeaderField> Fields { get; }

    /// <summary>What follows the first empty line; empty where there is none.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    public MessageProblems Problems { get; }

    /// <summary>Splits a message. Any bytes are a message; only a limit refuses one.</summary>
    public static MessageParse Parse(ReadOnlyMemory<byte> raw, MessageLimits? limits = null)
    {
        limits ??= MessageLimits.Default;
        if (raw.Length > limits.SizeBytesMax)
        {
            return new MessageParse.Refused($"The message has {raw.Length} bytes, the limit is {limits.SizeBytesMax}.");
        }

        var bytes = raw.Span;
        var problems = ProblemsOf(bytes);
        var position = StartOfHeader(bytes, ref problems);
        var fields = new List<HeaderField>(32);
        while (position < bytes.Length)
        {
            var lineEnd = LineEndAt(bytes, position);
            if (lineEnd.IsEmpty)
            {
                position = lineEnd.Next;
                return new MessageParse.Parsed(new MailMessage(raw, fields, raw[position..], problems));
            }

            var (end, next) = EndOfField(bytes, lineEnd);
            if (next > limits.HeaderBytesMax)
            {
                return new MessageParse.Refused($"The header is longer than {limits.HeaderBytesMax} bytes.");
            }

            if (fields.Count == limits.FieldCountMax)
            {
                return new MessageParse.Refused($"The header has more than {limits.FieldCountMax} fields.");
            }

            var field = HeaderField.Split(raw[position..end]);
            problems |= ProblemsOf(field);
            fields.Add(field);
            position = next;
        }

        return new MessageParse.Parsed(new MailMessage(raw, fields, raw[bytes.Length..], problems));
    }

    /// <summary>The first field of that name, from the top, or none.</summary>
    public HeaderField? First(ReadOnlySpan<byte> name)
    {
        foreach (var field in Fields)
        {
            if (field.Is(name))
            {
                return field;
            }
        }

        return null;
    }

    /// <summary>Why a field put above this message would not be read as one, or null where it would: what begins the message is special only there.</summary>
    internal string? ObstacleAbove =>
        Problems.HasFlag(MessageProblems.ByteOrderMark) ? "a byte order mark begins it"
        : Problems.HasFlag(MessageProblems.MailboxFromLine) ? "a mailbox file's \"From \" line begins it"
        : Raw.Span is [(byte)' ' or (byte)'\t', ..] ? "white space begins it, which would continue the field above"
        : null;

    /// <summary>A field runs on over lines that begin with white space (RFC 5322 section 2.2.3).</summary>
    private static (int End, int Next) EndOfField(ReadOnlySpan<byte> bytes, Line line)
    {
        while (line.Next < bytes.Length && bytes[line.Next] is (byte)' ' or (byte)'\t')
        {
            line = LineEndAt(bytes, line.Next);
        }

        return (line.End, line.Next);
    }

    private static int StartOfHeader(ReadOnlySpan<byte> bytes, ref MessageProblems problems)
    {
        var position = 0;
        if (bytes.StartsWith(Encoding.UTF8.Preamble))
        {
            problems |= MessageProblems.ByteOrderMark;
            position = Encoding.UTF8.Preamble.Length;
        }

        // A mailbox file puts "From sender date" before the message (RFC 4155); some programs leave it there, or quote it.
        // "From :" is the field, oddly written.
        var line = bytes[position..].TrimStart((byte)'>');
        if (line.StartsWith("From "u8) && !line["From"u8.Length..].TrimStart(" \t"u8).StartsWith(":"u8))
        {
            problems |= MessageProblems.MailboxFromLine;
            position = LineEndAt(bytes, position).Next;
        }

        return position;
    }

    private static MessageProblems ProblemsOf(ReadOnlySpan<byte> bytes)
    {
        var problems = bytes.Contains((byte)0) ? MessageProblems.NulByte : MessageProblems.None;
        var lineFeeds = bytes.Count((byte)'\n');
        var carriageReturns = bytes.Count((byte)'\r');
        var pairs = bytes.Count("\r\n"u8);
        if (carriageReturns > pairs)
        {
            problems |= MessageProblems.BareCarriageReturn;
        }

        if (lineFeeds > pairs)
        {
            problems |= pairs == 0 ? MessageProblems.LineFeedOnly : MessageProblems.MixedLineEnds;
        }

        return problems;
    }

    private static MessageProblems ProblemsOf(HeaderField field)
    {
        var problems = field.Name.IsEmpty ? MessageProblems.MalformedFieldLine : MessageProblems.None;
        if (field.HasSpaceBeforeColon)
        {
            problems |= MessageProblems.SpaceBeforeColon;
        }

        var rest = field.Raw.Span;
        if (rest.ContainsAnyInRange((byte)0x80, (byte)0xff))
        {
            problems |= MessageProblems.EightBitHeader;
        }

        while (rest.Length > LineLengthMax)
        {
            var lineEnd = rest.IndexOf((byte)'\n');
            if (lineEnd < 0 || lineEnd > LineLengthMax + 1)
            {
                return problems | MessageProblems.LongHeaderLine;
            }

            rest = rest[(lineEnd + 1)..];
        }

        return problems;
    }

    private const int LineLengthMax = 998; // RFC 5322 section 2.1.1, without CRLF

    internal static Line LineEndAt(ReadOnlySpan<byte> bytes, int start)
    {
        var lineFeed = bytes[start..].IndexOf((byte)'\n');
        if (lineFeed < 0)
        {
            return new Line(start, bytes.Length, bytes.Length);
        }

        var end = start + lineFeed;
        var next = end + 1;
        return end > start && bytes[end - 1] == '\r' ? new Line(start, end - 1, next) : new Line(start, end, next);
    }

    /// <summary>A line's first byte, the byte after its content, and the first byte of the next line.</summary>
    internal readonly record struct Line(int Start, int End, int Next)
    {
        public bool IsEmpty => Start == End;
    }
}

/// <summary>The outcome of splitting a message: the message, or the limit that it broke.</summary>
public abstract record MessageParse
{
    private MessageParse()
    {
    }

    public sealed record Parsed(MailMessage Message) : MessageParse;

    /// <summary>Which limit, with both numbers.</summary>
    public sealed record Refused(string Why) : MessageParse;
}

/// <summary>What one message may cost us before a signature is looked at.</summary>
public sealed record MessageLimits
{
    public static MessageLimits Default { get; } = new();

    /// <summary>The largest message, in bytes. Large providers accept 25 to 150 MB; proofs rarely need more than the first.</summary>
    public int SizeBytesMax { get; init; } = 64 * 1024 * 1024;

    /// <summary>The longest header, in bytes. Genuine ones stay below 100 KB even after many hops.</summary>
    public int HeaderBytesMax { get; init; } = 1024 * 1024;

    public int FieldCountMax { get; init; } = 1000;
}

/// <summary>Where a reader could see another message than the one that was signed, or a saved copy has been altered.</summary>
[Flags]
public enum MessageProblems
{
    None = 0,

    /// <summary>No CRLF at all: saved on Unix. Signatures are checked as if each LF were CRLF.</summary>
    LineFeedOnly = 1,

    /// <summary>Some lines end in CRLF, some in LF alone.</summary>
    MixedLineEnds = 2,
    BareCarriageReturn = 4,
    NulByte = 8,

    /// <summary>A UTF-8 byte order mark before the header; skipped.</summary>
    ByteOrderMark = 16,

    /// <summary>A mailbox file's "From " line before the header; skipped.</summary>
    MailboxFromLine = 32,

    /// <summary>Bytes above 127 in the header: RFC 6532, or nothing standard.</summary>
    EightBitHeader = 64,

    /// <summary>A line over 998 bytes in the header.</summary>
    LongHeaderLine = 128,

    /// <summary>A header line that is neither a field nor a continuation; some programs end the header there.</summary>
    MalformedFieldLine = 256,

    /// <summary>"From :" with white space before the colon, which RFC 5322 section 4.5 calls obsolete and programs read differently.</summary>
    SpaceBeforeColon = 512,
}
