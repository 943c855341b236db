using Shonin.MailAuthentication.Message;

namespace Shonin.MailAuthentication.Dkim;

/// <summary>How much a relay may have changed a part of the message (RFC 6376 section 3.4).</summary>
public enum Canonicalization
{
    /// <summary>Nothing, but empty lines at the end of the body.</summary>
    Simple,

    /// <summary>White space, folding, and the case of field names.</summary>
    Relaxed,
}

/// <summary>
/// Brings header fields and bodies into the form that is hashed. Streams into the digest: no copy of the message is made.
/// </summary>
internal static class Canonical
{
    /// <summary>A field in the form that is hashed, closed by CRLF (RFC 6376 sections 3.4.1 and 3.4.2).</summary>
    public static void WriteField(HeaderField field, Canonicalization form, Sha256Sink sink)
    {
        WriteOpenField(field, form, sink);
        sink.Append("\r\n"u8);
    }

    /// <summary>The field without the CRLF that closes it, as the last one of a signed header is hashed.</summary>
    public static void WriteOpenField(HeaderField field, Canonicalization form, Sha256Sink sink) =>
        WriteOpenField(field, field.Raw.Span, form, sink);

    /// <summary>
    /// The signature's own field: its b= value left out with the white space around it, and no CRLF at the end (RFC 6376 section 3.7).
    /// </summary>
    public static void WriteSignatureField(HeaderField field, TagList.Tag signatureTag, Canonicalization form, Sha256Sink sink)
    {
        var raw = field.Raw.Span;
        var cutStart = field.ValueStart + signatureTag.ValueStart;
        var cutEnd = field.ValueStart + signatureTag.ValueEnd;
        var kept = new byte[raw.Length - (cutEnd - cutStart)];
        raw[..cutStart].CopyTo(kept);
        raw[cutEnd..].CopyTo(kept.AsSpan(cutStart));
        WriteOpenField(field, kept, form, sink);
    }

    private static void WriteOpenField(HeaderField field, ReadOnlySpan<byte> raw, Canonicalization form, Sha256Sink sink)
    {
        switch (form)
        {
            case Canonicalization.Simple:
                WriteWithCrlf(raw, sink);
                return;
            case Canonicalization.Relaxed:
                foreach (var letter in field.Name)
                {
                    sink.Append(letter is >= (byte)'A' and <= (byte)'Z' ? (byte)(letter | 0x20) : letter);
                }

                sink.Append((byte)':');
                WriteReduced(raw[field.ValueStart..], sink);
                return;
        }
    }

    private static void WriteWithCrlf(ReadOnlySpan<byte> raw, Sha256Sink sink)
    {
        while (true)
        {
            var line = MailMessage.LineEndAt(raw, 0);
            sink.Append(raw[..line.End]);
            if (line.Next == line.End)
            {
                return;
            }

            sink.Append("\r\n"u8);
            raw = raw[line.Next..];
        }
    }

    /// <summary>Folds undone, each run of white space one space, none at either end.</summary>
    private static void WriteReduced(ReadOnlySpan<byte> value, Sha256Sink sink)
    {
        var spacePending = false;
        var started = false;
        while (!value.IsEmpty)
        {
            var run = value.IndexOfAny(" \t\n"u8);
            var text = run < 0 ? value : value[..run];
            if (run >= 0 && value[run] == '\n' && text.EndsWith("\r"u8))
            {
                text = text[..^1];
            }

            if (!text.IsEmpty)
            {
                if (spacePending && started)
                {
                    sink.Append((byte)' ');
                }

                sink.Append(text);
                started = true;
                spacePending = false;
            }

            if (run < 0)
            {
                return;
            }

            spacePending |= value[run] != '\n';
            value = value[(run + 1)..];
        }
    }

    /// <summary>
    /// A body in the form that is hashed (RFC 6376 sections 3.4.3 and 3.4.4). Lines that are already in that form go over in one piece.
    /// </summary>
    public static void WriteBody(ReadOnlySpan<byte> body, Canonicalization form, Sha256Sink sink)
    {
        var emptyLines = 0;
        var emptyLinesAreCrlf = true;
        var runStart = 0;
        var runEnd = 0;
        var anyLine = false;
        var position = 0;
        while (position < body.Length)
        {
            var line = MailMessage.LineEndAt(body, position);
            position = line.Next;
            var content = body[line.Start..line.End];
            var endsInCrlf = line.Next - line.End == 2;
            var isCanonical = form == Canonicalization.Simple || IsReduced(content);
            var written = isCanonical ? content : content.TrimEnd(" \t"u8);
            if (written.IsEmpty)
            {
                emptyLines++;
                emptyLinesAreCrlf &= endsInCrlf && isCanonical;
                continue;
            }

            if (isCanonical && endsInCrlf && emptyLinesAreCrlf && runEnd > runStart)
            {
                runEnd = line.Next;
            }
            else
            {
                sink.Append(body[runStart..runEnd]);
                WriteEmptyLines(emptyLines, sink);
                runStart = runEnd = line.Next;
                if (isCanonical && endsInCrlf)
                {
                    runStart = line.Start;
                }
                else if (isCanonical)
                {
                    sink.Append(content);
                    sink.Append("\r\n"u8);
                }
                else
                {
                    WriteReducedLine(written, sink);
                }
            }

            anyLine = true;
            emptyLines = 0;
            emptyLinesAreCrlf = true;
        }

        sink.Append(body[runStart..runEnd]);
        if (!anyLine && form == Canonicalization.Simple)
        {
            // An empty body is one CRLF in the simple form, and nothing in the relaxed one.
            sink.Append("\r\n"u8);
        }
    }

    private static void WriteEmptyLines(int count, Sha256Sink sink)
    {
        for (var i = 0; i < count; i++)
        {
            sink.Append("\r\n"u8);
        }
    }

    private static bool IsReduced(ReadOnlySpan<byte> line) =>
        line.IsEmpty || (line[^1] != ' ' && !line.Contains((byte)'\t') && line.IndexOf("  "u8) < 0);

    private static void WriteReducedLine(ReadOnlySpan<byte> line, Sha256Sink sink)
    {
        while (!line.IsEmpty)
        {
            var text = line.IndexOfAny((byte)' ', (byte)'\t');
            if (text < 0)
            {
                sink.Append(line);
                break;
            }

            sink.Append(line[..text]);
            sink.Append((byte)' ');
            line = line[text..].TrimStart(" \t"u8);
        }

        sink.Append("\r\n"u8);
    }
}
