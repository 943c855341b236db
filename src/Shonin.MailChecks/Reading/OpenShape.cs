using System.Buffers;
using System.Text;
using MimeKit.Encodings;
using Shonin.MailAuthentication.Message;

namespace Shonin.MailChecks;

/// <summary>
/// What a signature that leaves open the fields that say what the body is (RFC 2045) leaves of the body: whoever may change or take away
/// Content-Type can have markup shown as text, parts left out or letters read in another charset. Only where the signed bytes themselves
/// say what they are, and the fields say the same, is there one mail to show; each body is that under one reading at most.
/// </summary>
internal sealed class OpenShape(MailMessage message, Func<string, bool> isOpen)
{
    // Writers break at 72 to 76 (RFC 2045 section 6.7); a line of text may end with "=" for itself.
    private const int SoftBreakLengthMin = 60;
    private const int BoundaryLengthMax = 70; // RFC 2046 section 5.1.1

    private readonly ReadOnlyMemory<byte> body = message.Body;
    private readonly string encoding = (message.First("Content-Transfer-Encoding"u8)?.ValueText() ?? "7bit").ToLowerInvariant();

    /// <summary>The field that could have the body shown as another one; null where none could.</summary>
    /// <param name="isOpen">Whether a field of that name could have been put there, changed or taken away without breaking the
    ///   signature.</param>
    public static ReadingOddity? Of(MailMessage message, Func<string, bool> isOpen) =>
        new OpenShape(message, isOpen).OpenField() is { } name
            ? new(ReadingOddityKind.Parts, $"{name} is not signed, and decides what is shown")
            : null;

    private string? OpenField()
    {
        var field = message.First("Content-Type"u8);
        if ((field is null ? MediaType.Plain : MediaType.Read(field.Value.Value.Span)) is not { } type)
            return isOpen("Content-Type") ? "Content-Type" : null; // Signed, and not to be read, is an oddity of its own.
        if (
            isOpen("Content-Disposition")
            && message.First("Content-Disposition"u8) is { } disposition
            && !disposition.ValueText().Equals("inline", StringComparison.OrdinalIgnoreCase)
        )
        {
            return "Content-Disposition";
        }

        if (isOpen("Content-Transfer-Encoding") && !type.IsMultipart && !IsTheEncoding(type.Charset))
            return "Content-Transfer-Encoding";
        if (isOpen("Content-Type") && !IsTheType(type, field is not null))
            return "Content-Type";
        return isOpen("MIME-Version") && !IsTheVersion(type) ? "MIME-Version" : null;
    }

    /// <summary>RFC 2045 section 4: without it, some programs follow none of the other fields.</summary>
    private bool IsTheVersion(MediaType type) =>
        message.First("MIME-Version"u8) is { } version
            ? version.ValueText().Split('(')[0].Trim() == "1.0" // Apple's programs put their name behind it, as a comment.
            : type is { Name: "text/plain", Charset: null } && IsIdentity && Ascii.IsValid(body.Span);

    private bool IsIdentity => encoding is "7bit" or "8bit" or "binary";

    private bool IsTheEncoding(string? charset) =>
        encoding switch
        {
            "base64" => IsBase64(charset),
            "quoted-printable" => !IsBase64(charset) && (!body.Span.Contains((byte)'=') || IsQuotedPrintable()),
            _ => IsIdentity && !IsBase64(charset) && !IsQuotedPrintable(),
        };

    private bool IsBase64(string? charset)
    {
        if (body.IsEmpty || body.Span.ContainsAnyExcept(base64Lines))
            return false;
        var signs = Encoding
            .Latin1.GetString(body.Span)
            .Replace("\r\n", "", StringComparison.Ordinal)
            .Replace("\n", "", StringComparison.Ordinal);
        if (signs.Length is 0 || signs.Length % 4 != 0 || signs.Contains('\r', StringComparison.Ordinal))
            return false;
        var decoded = new byte[signs.Length];
        return Convert.TryFromBase64String(signs, decoded, out var size) && IsText(decoded.AsSpan(0, size), charset);
    }

    /// <summary>A word of eight letters is base64 as well, of bytes that are no text.</summary>
    private static bool IsText(ReadOnlySpan<byte> bytes, string? charset) =>
        Charsets.InCharset(bytes, charset ?? "utf-8") is { } text
        && !text.Any(letter => char.IsControl(letter) && letter is not ('\t' or '\r' or '\n' or (char)Escape));

    /// <summary>Every "=" is as RFC 2045 section 6.7 has it, and one at least is such as no text has for itself.</summary>
    private bool IsQuotedPrintable()
    {
        var isTold = false;
        var lineStart = 0;
        var bytes = body.Span;
        for (var index = 0; index < bytes.Length; index++)
        {
            if (bytes[index] == '\n')
                lineStart = index + 1;
            if (bytes[index] != '=')
                continue;
            var rest = bytes[(index + 1)..];
            if (rest.TrimStart(" \t"u8) is [] or [(byte)'\r' or (byte)'\n', ..])
                isTold |= index - lineStart >= SoftBreakLengthMin;
            else if (rest.Length >= 2 && char.IsAsciiHexDigit((char)rest[0]) && char.IsAsciiHexDigit((char)rest[1]))
                isTold |= rest[0] >= '8' || rest.StartsWith("3D\""u8); // A byte above 127, or an attribute of HTML.
            else
                return false;
        }

        return isTold;
    }

    private bool IsTheType(MediaType type, bool isSaid)
    {
        if (type.HasOthers)
            return false; // A name makes a file of the text, for some.
        if (type.IsMultipart)
            return type.Name == "multipart/alternative" && IsTextBesideHtml(type.Boundary);
        return type.Name switch
        {
            "text/plain" => Decoded() is var text
                && !text.TrimStart(" \t\r\n"u8).StartsWith("<"u8)
                && !MayBeParts(text)
                && IsTheCharset(text, isSaid ? type.Charset : null),
            "text/html" => Decoded() is var markup && IsPage(markup) && IsTheCharset(markup, type.Charset),
            _ => false,
        };
    }

    /// <summary>
    /// A text, then a page, and nothing around them: two forms of one mail, which nobody means to stand below each other, as
    /// multipart/mixed would have them.
    /// </summary>
    private bool IsTextBesideHtml(string? boundary) =>
        boundary is { Length: > 0 and <= BoundaryLengthMax }
        && body.Span.StartsWith(Encoding.Latin1.GetBytes("--" + boundary))
        && body.Span.TrimEnd(" \t\r\n"u8).EndsWith(Encoding.Latin1.GetBytes($"--{boundary}--"))
        && MailStructure.PartsOf(body, boundary) is [var plain, var html]
        && TypeOf(plain) == "text/plain"
        && TypeOf(html) == "text/html";

    private static string? TypeOf(ReadOnlyMemory<byte> part) =>
        MailMessage.Parse(part) is MessageParse.Parsed(var entity)
            ? entity.First("Content-Type"u8) is { } field
                ? MediaType.Read(field.Value.Span)?.Name
                : MediaType.Plain.Name
            : null;

    private ReadOnlySpan<byte> Decoded()
    {
        IMimeDecoder? decoder = encoding switch
        {
            "base64" => new Base64Decoder(),
            "quoted-printable" => new QuotedPrintableDecoder(),
            _ => null,
        };
        if (decoder is null)
            return body.Span;
        var decoded = new byte[decoder.EstimateOutputLength(body.Length)];
        return decoded.AsSpan(0, decoder.Decode(body.ToArray(), 0, body.Length, decoded));
    }

    private static bool IsPage(ReadOnlySpan<byte> markup)
    {
        var start = markup.TrimStart(" \t\r\n"u8);
        return IsBegun(start, "<!doctype html"u8) || IsBegun(start, "<html"u8);

        static bool IsBegun(ReadOnlySpan<byte> text, ReadOnlySpan<byte> begin) =>
            text.Length >= begin.Length && Ascii.EqualsIgnoreCase(text[..begin.Length], begin);
    }

    /// <summary>A line that begins with "--" bounds a part for whoever is told so; the two signs alone stand above a signature.</summary>
    private static bool MayBeParts(ReadOnlySpan<byte> text)
    {
        foreach (var line in text.Split((byte)'\n'))
        {
            if (text[line].StartsWith("--"u8) && text[line][2..].ContainsAnyExcept(white))
                return true;
        }

        return false;
    }

    /// <summary>Bytes above 127 and shifted letters are of one charset, and it is said; ASCII reads the same under the label.</summary>
    private static bool IsTheCharset(ReadOnlySpan<byte> text, string? charset)
    {
        if (!Charsets.LeavesAsciiAlone(charset))
            return false;
        if (text.Contains(Escape))
            return charset is not null && Charsets.IsShifted(charset) && Ascii.IsValid(text);
        return Ascii.IsValid(text)
            || charset is not null
                && Charsets.InCharset(text, charset) is { } named
                && Charsets.Readings(text, charset) is [var only]
                && only == named
                && only == Charsets.Decode(text, null);
    }

    private const byte Escape = 0x1B; // It shifts letters in ISO-2022-JP (RFC 1468).

    /// <summary>The signs of base64 (RFC 2045 section 6.8) and the ends of its lines.</summary>
    private static readonly SearchValues<byte> base64Lines = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\r\n"u8
    );

    /// <summary>What <see cref="char.IsWhiteSpace(char)"/> takes for space of the bytes as Latin-1.</summary>
    private static readonly SearchValues<byte> white = SearchValues.Create([9, 10, 11, 12, 13, 32, 0x85, 0xA0]);
}
