using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Shonin.MailChecks;

/// <summary>
/// Takes off what a mail program, a mailbox file or a page puts around an original: Apple Mail's .emlx, mbox, the page that shows "the
/// original", line ends of CR alone, the marks of a quote, and the escapes of a page's source. A provider puts its own fields above every
/// mail, so what stands before them is never the mail's; what stands between or below them always is, and is left.
/// </summary>
internal static partial class MailWrapping
{
    private const byte CarriageReturn = (byte)'\r',
        LineFeed = (byte)'\n';

    public static SavedMail.Original Open(ReadOnlyMemory<byte> bytes) =>
        FromMailboxFile(FromEscaped(WithoutQuoteMarks(FromSourcePage(FromAppleMail(WithLineFeeds(bytes))))));

    /// <summary>
    /// A line with the number of bytes, the message, and then a property list of Apple Mail's own. Nothing else may follow: it would be
    /// dropped unseen. A paste has other line ends than were counted; then the message ends where the list begins.
    /// </summary>
    private static ReadOnlyMemory<byte> FromAppleMail(ReadOnlyMemory<byte> bytes)
    {
        var lineEnd = bytes.Span.IndexOf(LineFeed);
        if (
            lineEnd is < 1 or > 20
            || !int.TryParse(
                Encoding.Latin1.GetString(bytes.Span[..lineEnd]).Trim(),
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out var size
            )
        )
        {
            return bytes;
        }

        var rest = bytes[(lineEnd + 1)..];
        if (size <= rest.Length && IsPropertyListOrNothing(rest.Span[size..].Trim(" \t\r\n"u8)))
            return rest[..size];
        return rest.Span.LastIndexOf("\n<?xml"u8) + 1 is var end and > 0 && IsPropertyListOrNothing(rest.Span[end..].Trim(" \t\r\n"u8))
            ? rest[..end]
            : bytes;
    }

    private static bool IsPropertyListOrNothing(ReadOnlySpan<byte> rest) =>
        rest.IsEmpty
        || (rest.StartsWith("<?xml"u8) || rest.StartsWith("<plist"u8))
            && rest.IndexOf("<plist"u8) >= 0
            && rest.IndexOf("</plist>"u8) == rest.Length - "</plist>"u8.Length;

    /// <summary>A text without a single LF has its lines from an old Mac.</summary>
    private static ReadOnlyMemory<byte> WithLineFeeds(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Span.Contains(LineFeed) || !bytes.Span.Contains(CarriageReturn))
            return bytes;
        var copy = bytes.ToArray();
        copy.AsSpan().Replace(CarriageReturn, LineFeed);
        return copy;
    }

    /// <summary>
    /// The whole page "元のメッセージ" or "Original Message" copied: its title, a table of a few lines, an empty line, and the source. Only a page
    /// that begins with such a title is opened, and the source begins where at least one field stands that a server has put above a mail.
    /// </summary>
    private static ReadOnlyMemory<byte> FromSourcePage(ReadOnlyMemory<byte> bytes)
    {
        var titleEnd = bytes.Span.IndexOf(LineFeed);
        if (titleEnd is < 0 or > TitleBytesMax || !pageTitles.Contains(Encoding.UTF8.GetString(bytes.Span[..titleEnd]).Trim()))
            return bytes;
        var position = titleEnd + 1;
        for (var (lineCount, afterEmpty) = (0, false); lineCount < TableLineCountMax && position < bytes.Length; lineCount++)
        {
            var rest = bytes.Span[position..];
            if (afterEmpty && BeginsSource(rest))
                return bytes[position..];
            var end = rest.IndexOf(LineFeed);
            if (end < 0)
                break;
            afterEmpty = rest[..end].Trim(" \t\r"u8).IsEmpty;
            position += end + 1;
        }

        return bytes;
    }

    private const int TitleBytesMax = 200;
    private const int TableLineCountMax = 60;

    private static readonly HashSet<string> pageTitles = new(StringComparer.OrdinalIgnoreCase)
    {
        "元のメッセージ",
        "オリジナルのメッセージ",
        "メッセージのソース",
        "メールのソース",
        "ソースを表示",
        "詳細ヘッダー",
        "ヘッダー情報",
        "メールヘッダー",
        "Original Message",
        "Message source",
        "View message source",
        "View source",
        "Message original",
        "Raw message",
        "Full headers",
        "Internet headers",
        "Show original",
    };

    private static bool BeginsSource(ReadOnlySpan<byte> bytes)
    {
        var start = Encoding.Latin1.GetString(bytes[..Math.Min(bytes.Length, SourceStartBytes)]);
        return TraceField().IsMatch(start);
    }

    private const int SourceStartBytes = 100;

    /// <summary>
    /// An mbox file (RFC 4155): the line "From sender date" stands before each mail. One line that only looks like it separates nothing.
    /// </summary>
    private static SavedMail.Original FromMailboxFile(ReadOnlyMemory<byte> bytes)
    {
        if (!IsSeparator(bytes.Span))
            return new(bytes);
        var begin = bytes.Span.IndexOf(LineFeed) + 1;
        var (count, end) = (1, bytes.Length);
        for (var position = begin; position < bytes.Length; )
        {
            var lineFeed = bytes.Span[position..].IndexOf(LineFeed);
            if (lineFeed < 0)
                break;
            var next = position + lineFeed + 1;
            if (bytes.Span[position..next].Trim("\r\n"u8).IsEmpty && IsSeparator(bytes.Span[next..]))
            {
                end = count == 1 ? position : end;
                count++;
            }

            position = next;
        }

        return new(bytes[begin..end], count);
    }

    private static bool IsSeparator(ReadOnlySpan<byte> bytes)
    {
        if (!bytes.StartsWith("From "u8))
            return false;
        var lineEnd = bytes.IndexOf(LineFeed);
        if (lineEnd is < 0 or > SeparatorBytesMax)
            return false;
        var rest = bytes[(lineEnd + 1)..];
        var fieldEnd = rest.IndexOfAny((byte)':', LineFeed);
        return SeparatorLine().IsMatch(Encoding.Latin1.GetString(bytes[..lineEnd]))
            && fieldEnd > 0
            && rest[fieldEnd] == ':'
            && !rest[..fieldEnd].ContainsAnyExceptInRange((byte)33, (byte)126);
    }

    private const int SeparatorBytesMax = 400;

    /// <summary>A quoted copy: every line that has anything begins with "&gt;".</summary>
    private static ReadOnlyMemory<byte> WithoutQuoteMarks(ReadOnlyMemory<byte> bytes)
    {
        if (!bytes.Span.StartsWith(">"u8))
            return bytes;
        var unquoted = new ArrayBufferWriter<byte>(bytes.Length);
        var rest = bytes.Span;
        while (!rest.IsEmpty)
        {
            var lineFeed = rest.IndexOf(LineFeed);
            var line = lineFeed < 0 ? rest : rest[..(lineFeed + 1)];
            rest = rest[line.Length..];
            if (!line.StartsWith(">"u8) && !line.Trim(" \t\r\n"u8).IsEmpty)
                return bytes;
            unquoted.Write(
                line.StartsWith("> "u8) ? line[2..]
                : line.StartsWith(">"u8) ? line[1..]
                : line
            );
        }

        return unquoted.WrittenMemory;
    }

    /// <summary>
    /// The source of a page that shows the original: each &lt;, &gt; and &amp; is written as in HTML. A mail that came over SMTP has an
    /// angle bracket in its header, so where none stands there, and escaped ones do, all of it was escaped. Line ends are never made of
    /// escapes.
    /// </summary>
    private static ReadOnlyMemory<byte> FromEscaped(ReadOnlyMemory<byte> bytes)
    {
        var (crlf, lf) = (bytes.Span.IndexOf("\r\n\r\n"u8), bytes.Span.IndexOf("\n\n"u8));
        var headerEnd =
            crlf < 0 ? lf
            : lf < 0 ? crlf
            : Math.Min(crlf, lf);
        var header = headerEnd < 0 ? bytes.Span : bytes.Span[..headerEnd];
        if (header.ContainsAny((byte)'<', (byte)'>') || header.IndexOf("&lt;"u8) < 0 || header.IndexOf("&gt;"u8) < 0)
            return bytes;
        var text = Encoding.Latin1.GetString(bytes.Span);
        foreach (var (escape, sign) in escapes)
            text = text.Replace(escape, sign, StringComparison.Ordinal);
        return Encoding.Latin1.GetBytes(text);
    }

    /// <summary>"&amp;" last, so that what was escaped twice loses one layer alone.</summary>
    private static readonly (string Escape, string Sign)[] escapes =
    [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#039;", "'"),
        ("&#x27;", "'"),
        ("&amp;", "&"),
    ];

    [GeneratedRegex(
        @"^From \S*\s+(Mon|Tue|Wed|Thu|Fri|Sat|Sun),?\s+(\d{1,2}\s+)?(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\s[\x20-\x7E]*\d{4}[\x20-\x7E]*\r?$",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex SeparatorLine();

    [GeneratedRegex(
        @"^(Received|X-Received|Delivered-To|Return-Path|DKIM-Signature|Authentication-Results|ARC-[A-Za-z-]+|X-[A-Za-z0-9-]+):",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex TraceField();
}
