using System.Text;

namespace Shonin.MailAuthentication.Message;

/// <summary>
/// A message as it lies in the file: header fields and body as slices of the raw bytes, nothing decoded, nothing rewritten.
/// Signatures cover bytes, so every protocol here works on this form and no MIME parser stands between the signer and the check.
/// </summary>
/// <remarks>
/// A line ends at LF, with or without CR before it, because saved messages often lost the CR (RFC 5322 section 2.3 wants CRLF).
/// A CR alone stays what it is, a byte. What a mail program could read differently than we do is told in <see cref="Oddities"/>.
/// </remarks>
public sealed class MailMessage
{
    private MailMessage(
        ReadOnlyMemory<byte> raw,
        IReadOnlyList<HeaderField> fields,
        ReadOnlyMemory<byte> body,
        IReadOnlyList<MessageOddity> oddities
    )
    {
        Raw = raw;
        Fields = fields;
        Body = body;
        Oddities = oddities;
    }

    /// <summary>The bytes that were given, whole.</summary>
    public ReadOnlyMemory<byte> Raw { get; }

    /// <summary>The header fields from the top down; a line that is no field is among them, with an empty name.</summary>
    public IReadOnlyList<HeaderField> Fields { get; }

    /// <summary>What follows the first empty line; empty where there is none.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>
    /// What in the header block, in its line ends or before it is not as RFC 5322 wants it, from the top; empty for a message in order.
    /// </summary>
    public IReadOnlyList<MessageOddity> Oddities { get; }

    /// <summary>Whether the message has an oddity of that kind.</summary>
    public bool Has(MessageOddityKind kind) => Oddities.Any(oddity => oddity.Kind == kind);

    /// <summary>Splits a message. Any bytes are a message; only a limit refuses one.</summary>
    public static MessageParse Parse(ReadOnlyMemory<byte> raw, MessageLimits? limits = null)
    {
        limits ??= MessageLimits.Default;
        if (raw.Length > limits.SizeBytesMax)
        {
            return new MessageParse.Refused($"The message has {raw.Length} bytes, the limit is {limits.SizeBytesMax}.");
        }

        var bytes = raw.Span;
        var oddities = new OddityFinder(raw);
        var position = StartOfHeader(bytes, oddities);
        var fields = new List<HeaderField>(32);
        while (position < bytes.Length)
        {
            var lineEnd = LineEndAt(bytes, position);
            if (lineEnd.IsEmpty)
            {
                position = lineEnd.Next;
                return new MessageParse.Parsed(new MailMessage(raw, fields, raw[position..], oddities.With(position)));
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
            oddities.Look(field, position);
            fields.Add(field);
            position = next;
        }

        return new MessageParse.Parsed(new MailMessage(raw, fields, raw[bytes.Length..], oddities.With(bytes.Length)));
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

    /// <summary>
    /// Why a field put above this message would not be read as one, or null where it would: what begins the message is special only there.
    /// </summary>
    internal string? ObstacleAbove =>
        Has(MessageOddityKind.ByteOrderMark) ? "a byte order mark begins it"
        : Has(MessageOddityKind.MailboxFromLine) || Has(MessageOddityKind.QuotedMailboxFromLine)
            ? "a mailbox file's \"From \" line begins it"
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

    private static int StartOfHeader(ReadOnlySpan<byte> bytes, OddityFinder oddities)
    {
        var position = 0;
        if (bytes.StartsWith(Encoding.UTF8.Preamble))
        {
            oddities.Note(MessageOddityKind.ByteOrderMark, position);
            position = Encoding.UTF8.Preamble.Length;
        }

        // A mailbox file puts "From sender date" before the message (RFC 4155); some programs leave it there, or quote it.
        // "From :" is the field, oddly written.
        var line = bytes[position..].TrimStart((byte)'>');
        if (line.StartsWith("From "u8) && !line["From"u8.Length..].TrimStart(" \t"u8).StartsWith(":"u8))
        {
            var end = LineEndAt(bytes, position);
            oddities.LookAtLine(bytes[position..end.End], position, isContinuation: false);
            oddities.Note(bytes[position] == '>' ? MessageOddityKind.QuotedMailboxFromLine : MessageOddityKind.MailboxFromLine, position);
            position = end.Next;
        }

        return position;
    }

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
    private MessageParse() { }

    /// <summary>It was read.</summary>
    public sealed record Parsed(MailMessage Message) : MessageParse;

    /// <summary>Which limit, with both numbers.</summary>
    public sealed record Refused(string Why) : MessageParse;
}

/// <summary>What one message may cost us before a signature is looked at.</summary>
public sealed record MessageLimits
{
    /// <summary>The values that the members below name.</summary>
    public static MessageLimits Default { get; } = new();

    /// <summary>The largest message, in bytes. Large providers accept 25 to 150 MB; proofs rarely need more than the first.</summary>
    public int SizeBytesMax { get; init; } = 64 * 1024 * 1024;

    /// <summary>The longest header, in bytes. Genuine ones stay below 100 KB even after many hops.</summary>
    public int HeaderBytesMax { get; init; } = 1024 * 1024;

    /// <summary>Header fields; more are refused.</summary>
    public int FieldCountMax { get; init; } = 1000;
}
