using System.Collections.Immutable;
using System.Text;
using Shonin.MailAuthentication.Message;

namespace Shonin.MailChecks;

/// <summary>
/// Where a mail could be read as another one: its header block, the fields that are allowed once, and the parts of its body down to the
/// last. Signatures leave white space, folds and fields above open, and with those alone one program can be made to show what no other
/// shows. So nothing here guesses: what is not written as RFC 5322 and RFC 2045 to 2046 want it is told, and the judge decides.
/// </summary>
internal static class MailStructure
{
    private const int DepthMax = 30;
    private const int PartCountMax = 500;
    private const int QuoteLengthMax = 60;

    /// <summary>RFC 5322 section 3.6 and RFC 2045 section 3.</summary>
    private static readonly string[] onceOnly =
    [
        "From",
        "Sender",
        "Reply-To",
        "To",
        "Cc",
        "Subject",
        "Date",
        "MIME-Version",
        "Content-Type",
        "Content-Transfer-Encoding",
        "Content-Disposition",
        "Content-Base",
        "Content-Location",
    ];

    public static ImmutableArray<ReadingOddity> OdditiesOf(MailMessage message)
    {
        var found = ImmutableArray.CreateBuilder<ReadingOddity>();
        LookAtHeader(message, "", found);
        var partCount = 0;
        LookAtBody(message, "", 0, ref partCount, found);
        return found.ToImmutable();
    }

    private static void LookAtHeader(MailMessage message, string path, ImmutableArray<ReadingOddity>.Builder found)
    {
        foreach (var oddity in message.Oddities)
        {
            if (KindOf(oddity.Kind, path.Length > 0) is { } kind)
                found.Add(new(kind, $"{path}line {oddity.LineNumber}, {oddity.Kind}: {oddity.Line}"));
        }

        foreach (var name in onceOnly)
        {
            var bytes = Encoding.ASCII.GetBytes(name);
            if (message.Fields.Count(field => field.Is(bytes)) > 1)
                found.Add(new(ReadingOddityKind.FieldTwice, path + name));
        }
    }

    /// <summary>Null for what only saving does to a mail. Nothing is saved in the middle of one.</summary>
    private static ReadingOddityKind? KindOf(MessageOddityKind kind, bool isPart) =>
        kind switch
        {
            MessageOddityKind.LineFeedOnly or MessageOddityKind.EightBitHeader => null,
            MessageOddityKind.ByteOrderMark or MessageOddityKind.MailboxFromLine => isPart ? ReadingOddityKind.HeaderLine : null,
            MessageOddityKind.QuotedMailboxFromLine
            or MessageOddityKind.MalformedFieldLine
            or MessageOddityKind.UnusualFieldName
            or MessageOddityKind.SpaceBeforeColon
            or MessageOddityKind.BlankContinuation
            or MessageOddityKind.LongHeaderLine => ReadingOddityKind.HeaderLine,
            MessageOddityKind.MixedLineEnds => isPart ? null : ReadingOddityKind.HiddenSign,
            MessageOddityKind.BareCarriageReturn or MessageOddityKind.ControlCharacter => ReadingOddityKind.HiddenSign,
        };

    private static void LookAtBody(
        MailMessage entity,
        string path,
        int depth,
        ref int partCount,
        ImmutableArray<ReadingOddity>.Builder found
    )
    {
        if (depth > DepthMax || ++partCount > PartCountMax)
        {
            found.Add(new(ReadingOddityKind.Parts, $"{path}more than {PartCountMax} parts, or more than {DepthMax} one in another"));
            return;
        }

        var field = entity.First("Content-Type"u8);
        if ((field is null ? MediaType.Plain : MediaType.Read(field.Value.Value.Span)) is not { } type)
        {
            found.Add(new(ReadingOddityKind.Parts, $"{path}Content-Type: {Cut(field!.Value.ValueText())}"));
            return;
        }

        LookAtEncoding(entity, type, path, found);
        if (type.IsMultipart)
        {
            LookAtParts(entity, type, path, depth, ref partCount, found);
        }
        else if (type.Name == "message/rfc822" && !IsEncoded(entity))
        {
            LookInto(entity.Body, $"{path}message in it, ", depth + 1, ref partCount, found);
        }
    }

    /// <summary>Against RFC 2046 section 5.2.1, as Gmail sends it: a file to all programs, and to none a text.</summary>
    private static bool IsEncoded(MailMessage entity) =>
        entity.First("Content-Transfer-Encoding"u8) is { } field && field.ValueText().ToLowerInvariant() is "base64" or "quoted-printable";

    /// <summary>What breaks a limit of ours is shown by programs that have another one.</summary>
    private static void LookInto(
        ReadOnlyMemory<byte> raw,
        string path,
        int depth,
        ref int partCount,
        ImmutableArray<ReadingOddity>.Builder found
    )
    {
        switch (MailMessage.Parse(raw))
        {
            case MessageParse.Parsed(var entity):
                LookAtHeader(entity, path, found);
                LookAtBody(entity, path, depth, ref partCount, found);
                break;
            case MessageParse.Refused(var why):
                found.Add(new(ReadingOddityKind.Parts, path + why));
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>What is many parts is written as it is (RFC 2045 section 6.4); what is one is written in a way that all know.</summary>
    private static void LookAtEncoding(MailMessage entity, MediaType type, string path, ImmutableArray<ReadingOddity>.Builder found)
    {
        if (entity.First("Content-Transfer-Encoding"u8) is not { } field)
            return;
        var encoding = field.ValueText();

        // A fold before the word, or space after it, is part of the word to some.
        var isKnown = Encoding.Latin1.GetString(field.Value.Span).TrimStart(' ', '\t').ToLowerInvariant() switch
        {
            "7bit" or "8bit" or "binary" => true,
            "base64" => !type.IsMultipart,
            "quoted-printable" => !type.IsMultipart && !HasSoftBreakBeforeSpace(entity.Body.Span),
            _ => false,
        };
        if (!isKnown)
            found.Add(new(ReadingOddityKind.Parts, $"{path}Content-Transfer-Encoding: {Cut(encoding)}"));
    }

    /// <summary>
    /// "=" and then white space at the end of a line: a soft break to some (RFC 2045 section 6.7), a "=" to others; a signature leaves that
    /// space open.
    /// </summary>
    private static bool HasSoftBreakBeforeSpace(ReadOnlySpan<byte> body)
    {
        while (body.IndexOf((byte)'=') is var at and >= 0)
        {
            body = body[(at + 1)..];
            if (body is [(byte)' ' or (byte)'\t', ..])
                return true;
        }

        return false;
    }

    private static void LookAtParts(
        MailMessage entity,
        MediaType type,
        string path,
        int depth,
        ref int partCount,
        ImmutableArray<ReadingOddity>.Builder found
    )
    {
        if (type.Boundary is not { Length: > 0 } boundary || PartsOf(entity.Body, boundary) is not { } parts)
        {
            found.Add(new(ReadingOddityKind.Parts, $"{path}boundary: {Cut(type.Boundary ?? "none")}"));
            return;
        }

        for (var index = 0; index < parts.Count && partCount <= PartCountMax; index++)
            LookInto(parts[index], $"{path}part {index + 1}, ", depth + 1, ref partCount, found);
    }

    /// <summary>
    /// The parts between the lines that hold the boundary alone (RFC 2046 section 5.1.1). Null where the first line that begins with "--"
    /// is another one, where one differs from the boundary in white space alone, where white space follows the boundary (allowed, and open
    /// to change, but not known to all), or where none closes the last part: there programs cut differently.
    /// </summary>
    public static List<ReadOnlyMemory<byte>>? PartsOf(ReadOnlyMemory<byte> body, string boundary)
    {
        var delimiter = Encoding.Latin1.GetBytes("--" + boundary);
        var bytes = body.Span;
        var parts = new List<ReadOnlyMemory<byte>>();
        int? begin = null;
        for (var position = 0; position < bytes.Length; )
        {
            var lineFeed = bytes[position..].IndexOf((byte)'\n');
            var next = lineFeed < 0 ? bytes.Length : position + lineFeed + 1;
            var content = bytes[position..WithoutLineEnd(bytes, position, next)];
            if (
                boundary.Contains(' ', StringComparison.Ordinal)
                && !content.StartsWith(delimiter)
                && IsDelimiterButForSpace(content, delimiter)
            )
            {
                return null;
            }

            if (content.StartsWith(delimiter))
            {
                var rest = content[delimiter.Length..];
                if (rest.TrimEnd(" \t"u8).Length != rest.Length && rest.TrimEnd(" \t-"u8).IsEmpty)
                    return null;
                if (begin is { } start && (rest.IsEmpty || rest.SequenceEqual("--"u8)))
                    parts.Add(body[start..WithoutLineEnd(bytes, start, position)]);
                if (rest.SequenceEqual("--"u8))
                    return begin is null || parts.Count == 0 ? null : parts;
                if (rest.IsEmpty)
                    begin = next;
            }
            else if (begin is null && content.StartsWith("--"u8))
            {
                return null;
            }

            position = next;
        }

        return null;
    }

    private static bool IsDelimiterButForSpace(ReadOnlySpan<byte> line, byte[] delimiter) =>
        line.StartsWith("--"u8)
        && string.Join(' ', Encoding.Latin1.GetString(line).Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries))
            .StartsWith(Encoding.Latin1.GetString(delimiter), StringComparison.Ordinal);

    /// <summary>Where the last line ends before <paramref name="end"/>; the line end before a boundary belongs to the boundary.</summary>
    private static int WithoutLineEnd(ReadOnlySpan<byte> bytes, int start, int end)
    {
        if (end > start && bytes[end - 1] == '\n')
            end--;
        return end > start && bytes[end - 1] == '\r' ? end - 1 : end;
    }

    private static string Cut(string text) => text.Length <= QuoteLengthMax ? text : text[..QuoteLengthMax] + "…";
}

/// <summary>A Content-Type that all programs read alike.</summary>
/// <param name="Name">Type and subtype, in lower case.</param>
/// <param name="HasOthers">Whether it says more than these and RFC 3676's format=, be it in a comment.</param>
internal sealed record MediaType(string Name, string? Boundary, string? Charset, bool HasOthers = false)
{
    /// <summary>What a mail is that does not say (RFC 2045 section 5.2).</summary>
    public static MediaType Plain { get; } = new("text/plain", null, null);

    public bool IsMultipart => Name.StartsWith("multipart/", StringComparison.Ordinal);

    /// <summary>
    /// Null where it is not written in the plain form of RFC 2045 section 5.1: a parameter twice, a boundary or charset in the pieces or
    /// the encoding of RFC 2231, a boundary with white space other than single spaces, a comment that looks like a parameter. Programs
    /// differ in which of those they follow.
    /// </summary>
    public static MediaType? Read(ReadOnlySpan<byte> value)
    {
        if (WithoutComments(value) is not { } text)
            return null;
        var hasComments = text.Length < value.Length;
        text = Unfolded(text);
        var position = 0;
        var type = Token(text, ref position);
        if (type.Length == 0 || position == text.Length || text[position++] != '/')
            return null;
        var name = $"{type}/{Token(text, ref position)}".ToLowerInvariant();
        if (name.EndsWith('/'))
            return null;
        var parameters = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (true)
        {
            SkipSpace(text, ref position);
            if (position == text.Length)
                break;
            if (text[position++] != ';')
                return null;
            SkipSpace(text, ref position);
            if (position == text.Length || text[position] == ';')
                continue;
            var parameter = Token(text, ref position);
            SkipSpace(text, ref position);
            if (parameter.Length == 0 || position == text.Length || text[position++] != '=')
                return null;
            SkipSpace(text, ref position);
            if (Value(text, ref position) is not { } argument || !parameters.TryAdd(parameter, argument))
                return null;
        }

        if (
            parameters.Keys.Any(key =>
                key.StartsWith("boundary*", StringComparison.OrdinalIgnoreCase)
                || key.StartsWith("charset*", StringComparison.OrdinalIgnoreCase)
            )
        )
        {
            return null;
        }

        var boundary = parameters.GetValueOrDefault("boundary");
        return boundary is not null && !IsPlain(boundary)
            ? null
            : new(
                name,
                boundary,
                parameters.GetValueOrDefault("charset"),
                hasComments || parameters.Keys.Any(key => key.ToLowerInvariant() is not ("boundary" or "charset" or "format"))
            );
    }

    /// <summary>Single spaces inside are written by old programs; a signature leaves open how many there are, and whether a fold.</summary>
    private static bool IsPlain(string boundary) =>
        boundary.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0
        && !boundary.StartsWith(' ')
        && !boundary.EndsWith(' ')
        && !boundary.Contains("  ", StringComparison.Ordinal);

    /// <summary>A fold inside quotes stays, and is no sign of any parameter.</summary>
    private static string Unfolded(string value)
    {
        var parts = value.Split('"');
        for (var index = 0; index < parts.Length; index += 2)
            parts[index] = parts[index].Replace("\r\n", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal);
        return string.Join('"', parts).Trim(' ', '\t');
    }

    /// <summary>
    /// Comments become spaces (RFC 2045 section 5.1). Null for those that could be more than that to a program that does not know them.
    /// </summary>
    private static string? WithoutComments(ReadOnlySpan<byte> value)
    {
        var text = new StringBuilder(value.Length);
        var (isQuoted, isComment) = (false, false);
        foreach (var sign in value)
        {
            if (isComment && sign is (byte)'(' or (byte)'"' or (byte)'\\' or (byte)';' or (byte)'=')
                return null;
            if (isComment && sign == ')')
                text.Append(' ');
            else if (!isComment && (isQuoted || sign != '('))
                text.Append((char)sign);
            isQuoted ^= sign == '"';
            isComment = isComment ? sign != ')' : sign == '(' && !isQuoted;
        }

        return isComment ? null : text.ToString();
    }

    private static void SkipSpace(string text, ref int position)
    {
        while (position < text.Length && text[position] is ' ' or '\t')
            position++;
    }

    private static string Token(string text, ref int position)
    {
        var start = position;
        while (
            position < text.Length
            && text[position] is > ' ' and < '\x7F'
            && !"()<>@,;:\\\"/[]?=".Contains(text[position], StringComparison.Ordinal)
        )
        {
            position++;
        }

        return text[start..position];
    }

    /// <summary>
    /// A token, in which boundaries of old programs have a few signs more, or a quoted text without any that needs a backslash.
    /// </summary>
    private static string? Value(string text, ref int position)
    {
        var start = position;
        if (position < text.Length && text[position] == '"')
        {
            var end = text.IndexOf('"', ++position);
            if (end < 0)
                return null;
            position = end + 1;
            var quoted = text[(start + 1)..end];
            return quoted.Contains('\\', StringComparison.Ordinal) ? null : quoted;
        }

        while (position < text.Length && text[position] is > ' ' and not (';' or '"' or '(' or ')' or '\\' or '\x7F'))
            position++;
        return position == start ? null : text[start..position];
    }
}
