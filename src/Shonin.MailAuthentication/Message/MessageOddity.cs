namespace Shonin.MailAuthentication.Message;

/// <summary>
/// One place where a message is not as RFC 5322 wants it, so that another reader may see another message in it than the one that was
/// signed.
/// </summary>
/// <param name="LineNumber">Of the line in the file where it stands, from 1.</param>
/// <param name="Line">That line, cut short; one char a byte.</param>
public sealed record MessageOddity(MessageOddityKind Kind, int LineNumber, string Line);

/// <summary>
/// The kinds of <see cref="MessageOddity"/>. The first four come from how a message was saved; all others stand in the message itself.
/// </summary>
public enum MessageOddityKind
{
    /// <summary>No CRLF at all: saved on Unix. Signatures are checked as if each LF were CRLF.</summary>
    LineFeedOnly,

    /// <summary>A UTF-8 byte order mark before the header; skipped.</summary>
    ByteOrderMark,

    /// <summary>A mailbox file's "From " line before the header; skipped.</summary>
    MailboxFromLine,

    /// <summary>Bytes above 127 in a field's value: RFC 6532, or nothing standard.</summary>
    EightBitHeader,

    /// <summary>
    /// A "From " line before the header that somebody quoted with "&gt;"; skipped here, but some programs begin the body with it.
    /// </summary>
    QuotedMailboxFromLine,

    /// <summary>
    /// The header's lines end in CRLF and in LF, or in LF where the body's end in CRLF: programs that look for one of them end the header
    /// at different places.
    /// </summary>
    MixedLineEnds,

    /// <summary>A CR without LF in the header, which some programs take for the end of a line.</summary>
    BareCarriageReturn,

    /// <summary>
    /// NUL or another control character in the header; ESC, with which ISO-2022-JP shifts, and the horizontal tab are none.
    /// </summary>
    ControlCharacter,

    /// <summary>A header line that is neither a field nor a continuation; some programs end the header there.</summary>
    MalformedFieldLine,

    /// <summary>
    /// A field's name that does not begin with a letter or digit, or holds a sign that RFC 5322 section 2.2 does not allow: read in
    /// different ways (such as "&gt;From:").
    /// </summary>
    UnusualFieldName,

    /// <summary>
    /// "From :" with white space before the colon, which RFC 5322 section 4.5 calls obsolete and programs read differently.
    /// </summary>
    SpaceBeforeColon,

    /// <summary>A continuation line of white space alone; some programs end the header there.</summary>
    BlankContinuation,

    /// <summary>
    /// A line over 998 bytes (RFC 5322 section 2.1.1) in which the name of a field that is shown stands, with its colon, where a program
    /// may cut the line: there a field begins.
    /// </summary>
    LongHeaderLine,
}

/// <summary>Collects the oddities of one message while it is split.</summary>
internal sealed class OddityFinder(ReadOnlyMemory<byte> raw)
{
    private const int LineLengthMax = 998; // RFC 5322 section 2.1.1, without CRLF
    private const int QuoteLengthMax = 80;
    private const int CountMaxPerKind = 3;
    private const byte Escape = 0x1B;

    private readonly List<MessageOddity> found = [];
    private (int Position, int LineNumber) counted = (0, 1);

    public void Look(HeaderField field, int position)
    {
        var bytes = field.Raw.Span;
        if (field.Name.IsEmpty)
        {
            Note(MessageOddityKind.MalformedFieldLine, position);
        }
        else if (field.HasSpaceBeforeColon)
        {
            Note(MessageOddityKind.SpaceBeforeColon, position);
        }
        else if (IsUnusual(field.Name))
        {
            Note(MessageOddityKind.UnusualFieldName, position);
        }

        if (bytes.ContainsAnyInRange((byte)0x80, (byte)0xff))
        {
            Note(MessageOddityKind.EightBitHeader, position);
        }

        var isContinuation = false;
        for (var start = 0; start < bytes.Length; isContinuation = true)
        {
            var line = MailMessage.LineEndAt(bytes, start);
            LookAtLine(bytes[line.Start..line.End], position + start, isContinuation);
            start = line.Next;
        }
    }

    /// <summary>All that was found in a message whose header ends before that position.</summary>
    public IReadOnlyList<MessageOddity> With(int bodyStart)
    {
        var header = raw.Span[..bodyStart];
        var body = raw.Span[bodyStart..];
        var (lineFeeds, pairs) = (header.Count((byte)'\n'), header.Count("\r\n"u8));
        if (lineFeeds > 0 && pairs == 0 && body.IndexOf("\r\n"u8) < 0)
        {
            found.Add(new(MessageOddityKind.LineFeedOnly, 1, ""));
        }
        else if (lineFeeds > pairs)
        {
            found.Add(new(MessageOddityKind.MixedLineEnds, 1, ""));
        }

        return found;
    }

    public void Note(MessageOddityKind kind, int position)
    {
        if (found.Count(oddity => oddity.Kind == kind) == CountMaxPerKind)
        {
            return;
        }

        counted = (position, counted.LineNumber + raw.Span[counted.Position..position].Count((byte)'\n'));
        var line = MailMessage.LineEndAt(raw.Span, position);
        found.Add(
            new(
                kind,
                counted.LineNumber,
                System.Text.Encoding.Latin1.GetString(raw.Span[line.Start..Math.Min(line.End, line.Start + QuoteLengthMax)])
            )
        );
    }

    /// <summary>What may stand in no line of a header.</summary>
    public void LookAtLine(ReadOnlySpan<byte> line, int position, bool isContinuation)
    {
        if (isContinuation && line.IndexOfAnyExcept(" \t"u8) < 0)
        {
            Note(MessageOddityKind.BlankContinuation, position);
        }

        if (line.Contains((byte)'\r'))
        {
            Note(MessageOddityKind.BareCarriageReturn, position);
        }

        foreach (var sign in line)
        {
            if (sign is < 0x20 or 0x7F && sign is not ((byte)'\t' or (byte)'\r' or Escape))
            {
                Note(MessageOddityKind.ControlCharacter, position);
                break;
            }
        }

        if (line.Length > LineLengthMax && NamesShownField(line))
        {
            Note(MessageOddityKind.LongHeaderLine, position);
        }
    }

    private static bool IsUnusual(ReadOnlySpan<byte> name)
    {
        return name.IsEmpty || !char.IsAsciiLetterOrDigit((char)name[0]) || name.ContainsAnyExceptInRange((byte)'!', (byte)'~');
    }

    /// <summary>Whether the name of a shown field stands where a program may cut the line.</summary>
    private static bool NamesShownField(ReadOnlySpan<byte> line)
    {
        var text = System.Text.Encoding.Latin1.GetString(line);
        return shownNames.Any(name => PlacesOf(name, text).Any(IsCut));
    }

    private static IEnumerable<int> PlacesOf(string name, string text)
    {
        for (
            var at = text.IndexOf(name, 1, StringComparison.OrdinalIgnoreCase);
            at >= 0;
            at = text.IndexOf(name, at + 1, StringComparison.OrdinalIgnoreCase)
        )
        {
            yield return at;
        }
    }

    /// <summary>
    /// Near a multiple of the sizes at which programs cut: 990 (sendmail), 998 (RFC 5322), 1000 (RFC 5321 section 4.5.3.1.6), 1024 and its
    /// multiples.
    /// </summary>
    private static bool IsCut(int place) =>
        Array.Exists(cutSizes, size => place > CutMargin && (place + CutMargin) % size <= 2 * CutMargin);

    private const int CutMargin = 12;

    private static readonly int[] cutSizes = [990, 998, 1000, 1024];

    private static readonly string[] shownNames =
    [
        "From:",
        "Sender:",
        "Reply-To:",
        "To:",
        "Cc:",
        "Subject:",
        "Date:",
        "MIME-Version:",
        "Content-",
    ];
}
