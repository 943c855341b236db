using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Shonin.MailAuthentication.Dkim;
using Shonin.MailAuthentication.Message;

namespace Shonin.Fuzz;

/// <summary>Splitting a message, reading its senders, and the canonical forms, held against a slow second writing of them.</summary>
internal static partial class MessageTarget
{
    public static FuzzTarget Target { get; } = new("message", Seeds, CheckAsync);

    private static readonly string[] odd =
    [
        "\ufeffFrom: a@b.example\r\n\r\nx",
        ">From a@b Tue Nov 24\nFrom : \"x@y\" <a@b>\n\nx",
        "From: g: a@b, <@r:c@d>;\nFrom: \"a\\\"\n\n",
        "no field\n \nX:\n\t\r\r\n\0",
        "From: =?utf-8?q?a?= (b (c) \\)) <\"d e\"@f.example>, <g@h> i@j\r\n\r\n a \t b\t\r\n\r\n \r\n",
    ];

    private static IEnumerable<byte[]> Seeds() =>
        Letters.Seeds().Concat(odd.Select(Encoding.UTF8.GetBytes)).Concat(Letters.SharedMessages());

    private static ValueTask CheckAsync(byte[] input)
    {
        switch (MailMessage.Parse(input))
        {
            case MessageParse.Refused:
                Property.Holds(
                    input.Length > MessageLimits.Default.HeaderBytesMax
                        || input.Count(letter => letter == '\n') >= MessageLimits.Default.FieldCountMax,
                    "A message within the limits is never refused"
                );
                break;
            case MessageParse.Parsed(var message):
                CheckSlices(input, message);
                CheckWrittenAgain(message);
                CheckSenders(input, FromMailboxes.Of(message));
                CheckCanonical(message);
                break;
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Fields and body lie in the input in order, with nothing between them but line ends.</summary>
    private static void CheckSlices(byte[] input, MailMessage message)
    {
        var position = message.Fields.Count > 0 ? OffsetOf(message.Fields[0].Raw, input) : input.Length - message.Body.Length;
        var isSkipped =
            message.Has(MessageOddityKind.ByteOrderMark)
            || message.Has(MessageOddityKind.MailboxFromLine)
            || message.Has(MessageOddityKind.QuotedMailboxFromLine);
        Property.Holds(isSkipped || position <= 2, "Nothing before the header is skipped unsaid");
        foreach (var field in message.Fields)
        {
            Property.Same(position, OffsetOf(field.Raw, input), "A field begins where the last one ended");
            Property.Holds(field.Raw.Length > 0, "A field has bytes");
            Property.Holds(
                field.Name.IsEmpty || (field.Raw.Span.StartsWith(field.Name) && field.Is(field.Name)),
                "A name begins its field"
            );
            Property.Holds(
                !field.Name.ContainsAnyExceptInRange((byte)33, (byte)126) && !field.Name.Contains((byte)':'),
                "A name has letters of names"
            );
            position = AfterLineEnd(input, position + field.Raw.Length);
        }

        var bodyStart = input.Length - message.Body.Length;
        Property.Holds(message.Body.IsEmpty || OffsetOf(message.Body, input) == bodyStart, "The body reaches to the end");
        Property.Holds(position == bodyStart || AfterLineEnd(input, position) == bodyStart, "Between header and body lies one empty line");
    }

    private static int AfterLineEnd(byte[] input, int position) =>
        position < input.Length && input[position] == '\r' && position + 1 < input.Length && input[position + 1] == '\n' ? position + 2
        : position < input.Length && input[position] == '\n' ? position + 1
        : position == input.Length ? position
        : throw new BrokenPropertyException($"A line ends at {position} without a line end");

    private static int OffsetOf(ReadOnlyMemory<byte> slice, byte[] input) =>
        MemoryMarshal.TryGetArray(slice, out var segment) && ReferenceEquals(segment.Array, input)
            ? segment.Offset
            : throw new BrokenPropertyException("A slice lies outside the input");

    private static void CheckWrittenAgain(MailMessage message)
    {
        if (
            message.Has(MessageOddityKind.ByteOrderMark)
            || message.Has(MessageOddityKind.MailboxFromLine)
            || message.Has(MessageOddityKind.QuotedMailboxFromLine)
        )
        {
            return;
        }

        var written = new MemoryStream();
        foreach (var field in message.Fields)
        {
            written.Write(field.Raw.Span);
            written.Write("\r\n"u8);
        }

        written.Write("\r\n"u8);
        written.Write(message.Body.Span);
        var again = Letters.Parsed(written.ToArray());
        Property.Same(message.Fields.Count, again.Fields.Count, "A message written again has as many fields");
        foreach (var (one, other) in message.Fields.Zip(again.Fields))
        {
            Property.Holds(one.Raw.Span.SequenceEqual(other.Raw.Span), "A message written again has the same fields");
        }

        Property.Holds(message.Body.Span.SequenceEqual(again.Body.Span), "A message written again has the same body");
    }

    private static void CheckSenders(byte[] input, FromMailboxes from)
    {
        var problems = from.Problems;
        Property.Same(from.FieldCount > 1, problems.HasFlag(FromProblems.SeveralFields), "Several From fields are told");
        Property.Same(from.Mailboxes.Count > 1, problems.HasFlag(FromProblems.SeveralMailboxes), "Several senders are told");
        Property.Same(from.Mailboxes.Count == 0, problems.HasFlag(FromProblems.NoMailbox), "No sender is told");
        Property.Holds(
            from.AuthorDomain is not { } author || (from.FieldCount == 1 && from.Mailboxes.All(one => one.AsciiDomain == author)),
            "There is an author's domain only where all senders of one field are of it"
        );
        // A raw kana of one byte is three in UTF-8.
        Property.Holds(
            from.Mailboxes.Sum(one => one.DisplayName.Length + one.LocalPart.Length + one.Domain.Length) <= 3 * input.Length,
            "Senders are no longer than the input"
        );
        foreach (var one in from.Mailboxes)
        {
            var isLiteral = one.Domain.StartsWith('[');
            Property.Holds(isLiteral || !one.Domain.Contains('@', StringComparison.Ordinal), "A domain holds no @");
            Property.Holds(isLiteral || one.Domain.AsSpan().IndexOfAny(" \t\r\n") < 0, "A domain holds no white space");
            if (
                problems == FromProblems.None
                && !isLiteral
                && IsText(one.DisplayName)
                && !(one.DisplayName + one.LocalPart).AsSpan().ContainsAny("\r\n")
            )
            {
                var field = $"From: \"{Escaped(one.DisplayName)}\" <\"{Escaped(one.LocalPart)}\"@{one.Domain}>\n\n";
                Property.Same(
                    one,
                    FromMailboxes.Of(Letters.Parsed(Encoding.Latin1.GetBytes(field))).Mailboxes[0],
                    "A sender written again is the same"
                );
            }
        }
    }

    /// <summary>
    /// A byte that no charset took may be half of a letter once the words of a name stand together without what parted them.
    /// </summary>
    private static bool IsText(string bytes) => System.Text.Unicode.Utf8.IsValid(Encoding.Latin1.GetBytes(bytes));

    private static string Escaped(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);

    private static void CheckCanonical(MailMessage message)
    {
        foreach (var form in Enum.GetValues<Canonicalization>())
        {
            var body = SlowBody(Encoding.Latin1.GetString(message.Body.Span), form);
            Property.Same(
                Digest(body),
                Digest(sink => Canonical.WriteBody(message.Body.Span, form, sink)),
                $"The {form} body is what the RFC says"
            );
            var half = body.Length / 2;
            var digest = new BodyHashes(message.Body).Of(form, half);
            Property.Same(
                (Digest(body[..half]), (long)body.Length),
                (Convert.ToHexString(digest.Digest), digest.TotalBytes),
                $"Half the {form} body is hashed where l= says so"
            );
            foreach (var field in message.Fields.Where(field => !field.Name.IsEmpty).Take(20))
            {
                Property.Same(
                    Digest(SlowField(field, form)),
                    Digest(sink => Canonical.WriteField(field, form, sink)),
                    $"The {form} field is what the RFC says"
                );
            }
        }
    }

    /// <summary>RFC 6376 sections 3.4.3 and 3.4.4, word for word.</summary>
    private static string SlowBody(string body, Canonicalization form)
    {
        var pieces = body.Split('\n');
        var lines = pieces
            .Select((line, index) => index < pieces.Length - 1 && line.EndsWith('\r') ? line[..^1] : line)
            .Select(line => form == Canonicalization.Relaxed ? WhiteSpace().Replace(line, " ").TrimEnd(' ') : line)
            .ToList();
        while (lines.Count > 0 && lines[^1].Length == 0)
        {
            lines.RemoveAt(lines.Count - 1);
        }

        return lines.Count == 0 && form == Canonicalization.Simple ? "\r\n" : string.Concat(lines.Select(line => line + "\r\n"));
    }

    /// <summary>RFC 6376 sections 3.4.1 and 3.4.2.</summary>
    private static string SlowField(HeaderField field, Canonicalization form)
    {
        if (form == Canonicalization.Simple)
        {
            return Encoding
                    .Latin1.GetString(field.Raw.Span)
                    .Replace("\r\n", "\n", StringComparison.Ordinal)
                    .Replace("\n", "\r\n", StringComparison.Ordinal) + "\r\n";
        }

        var value = Encoding
            .Latin1.GetString(field.Value.Span)
            .Replace("\r\n", "", StringComparison.Ordinal)
            .Replace("\n", "", StringComparison.Ordinal);
        return $"{Encoding.Latin1.GetString(field.Name).ToLowerInvariant()}:{WhiteSpace().Replace(value, " ").Trim(' ')}\r\n";
    }

    private static string Digest(string text) => Convert.ToHexString(SHA256.HashData(Encoding.Latin1.GetBytes(text)));

    private static string Digest(Action<Sha256Sink> write)
    {
        using var sink = new Sha256Sink();
        write(sink);
        return Convert.ToHexString(sink.Finish());
    }

    [GeneratedRegex("[ \t]+", RegexOptions.CultureInvariant)]
    private static partial Regex WhiteSpace();
}
