using System.Collections.Immutable;
using System.Text;

namespace Shonin.MailChecks;

/// <summary>
/// Names and subjects with their encoded words undone (RFC 2047, with the language of RFC 2231 passed over). It is ours because the
/// charsets of Japanese mail are: a library that was first used before they were known to the process would never find them. Any bytes give
/// a text.
/// </summary>
internal static class EncodedWords
{
    private const int ReadingCountMax = 3; // As declared, Shift_JIS and EUC-JP.

    public static string Decode(ReadOnlySpan<byte> raw) => Decode(raw, 0);

    /// <summary>
    /// All that mail programs may show, the likeliest first: where a charset is declared that the bytes are not in, they differ.
    /// </summary>
    public static ImmutableArray<string> Readings(ReadOnlySpan<byte> raw)
    {
        var readings = ImmutableArray.CreateBuilder<string>(ReadingCountMax);
        for (var reading = 0; reading < ReadingCountMax; reading++)
        {
            if (Decode(raw, reading) is var text && !readings.Contains(text))
                readings.Add(text);
        }

        return readings.ToImmutable();
    }

    /// <param name="reading">Which reading of lying charsets; 0 is the likeliest.</param>
    private static string Decode(ReadOnlySpan<byte> raw, int reading)
    {
        var text = new StringBuilder();
        var pending = new Run("", []);
        while (true)
        {
            var (start, word) = NextWord(raw);
            var between = raw[..start];
            if (word is null || pending.Bytes.Count == 0 || between.IndexOfAnyExcept(" \t\r\n"u8) >= 0)
            {
                // White space between two encoded words is no text (section 6.2); anything else is.
                pending = pending.Flush(text, reading);
                Append(text, between, reading);
            }

            if (word is null)
                break;

            // A letter may be cut by the end of a word: words of one charset are one run of bytes.
            if (!pending.Charset.Equals(word.Charset, StringComparison.OrdinalIgnoreCase))
                pending = pending.Flush(text, reading) with { Charset = word.Charset };
            pending.Bytes.AddRange(word.Bytes);
            raw = raw[(start + word.SizeBytes)..];
        }

        return text.ToString();
    }

    /// <summary>
    /// The next encoded word and where it begins; none, and the end, where only text follows. "=?" also stands inside letters of
    /// ISO-2022-JP.
    /// </summary>
    private static (int Start, Word? Word) NextWord(ReadOnlySpan<byte> raw)
    {
        for (var start = 0; raw[start..].IndexOf("=?"u8) is var at and >= 0; start += at + 2)
        {
            if (Word.Read(raw[(start + at)..]) is { } word)
                return (start + at, word);
        }

        return (raw.Length, null);
    }

    private static string Reading(ReadOnlySpan<byte> bytes, string? charset, int reading)
    {
        var readings = Charsets.Readings(bytes, charset);
        return readings[Math.Min(reading, readings.Length - 1)];
    }

    private static void Append(StringBuilder text, ReadOnlySpan<byte> raw, int reading) =>
        text.Append(Reading(raw, null, reading).Replace("\r\n", "", StringComparison.Ordinal).Replace('\n', ' ').Replace('\r', ' '));

    /// <summary>Bytes of one charset that wait for more of it.</summary>
    private sealed record Run(string Charset, List<byte> Bytes)
    {
        public Run Flush(StringBuilder text, int reading)
        {
            if (Bytes.Count > 0)
                text.Append(Reading([.. Bytes], Charset, reading));
            return new("", []);
        }
    }

    /// <param name="SizeBytes">All of it, from "=?" to "?=".</param>
    private sealed record Word(string Charset, byte[] Bytes, int SizeBytes)
    {
        private const int CharsetSizeMax = 64;

        public static Word? Read(ReadOnlySpan<byte> raw)
        {
            var charsetEnd = raw[2..].IndexOf((byte)'?') + 2;
            if (charsetEnd is < 3 or > CharsetSizeMax || raw.Length < charsetEnd + 4 || raw[charsetEnd + 2] != '?')
                return null;
            var textStart = charsetEnd + 3;
            var size = raw[textStart..].IndexOf("?="u8);
            if (size < 0)
                return null;
            var encoded = raw.Slice(textStart, size);
            if (encoded.Contains((byte)'\n'))
                return null;
            var bytes = raw[charsetEnd + 1] switch
            {
                (byte)'B' or (byte)'b' => Base64(encoded),
                (byte)'Q' or (byte)'q' => Quoted(encoded),
                _ => null,
            };
            var charset = Encoding.ASCII.GetString(raw[2..charsetEnd]).Split('*')[0];
            return bytes is null ? null : new(charset, bytes, textStart + size + 2);
        }

        /// <summary>Signs that do not belong are passed over, and a missing end is supplied, as mail programs do.</summary>
        private static byte[] Base64(ReadOnlySpan<byte> encoded)
        {
            var signs = new StringBuilder(encoded.Length + 3);
            foreach (var sign in encoded)
            {
                if (char.IsAsciiLetterOrDigit((char)sign) || sign is (byte)'+' or (byte)'/')
                    signs.Append((char)sign);
            }

            if (signs.Length % 4 == 1)
                signs.Length--;
            signs.Append('=', (4 - signs.Length % 4) % 4);
            return Convert.FromBase64String(signs.ToString());
        }

        private static byte[] Quoted(ReadOnlySpan<byte> encoded)
        {
            var bytes = new List<byte>(encoded.Length);
            for (var index = 0; index < encoded.Length; index++)
            {
                var sign = encoded[index];
                if (
                    sign == '='
                    && index + 2 < encoded.Length
                    && char.IsAsciiHexDigit((char)encoded[index + 1])
                    && char.IsAsciiHexDigit((char)encoded[index + 2])
                )
                {
                    bytes.Add(Convert.FromHexString([(char)encoded[index + 1], (char)encoded[index + 2]])[0]);
                    index += 2;
                }
                else
                {
                    bytes.Add(sign == '_' ? (byte)' ' : sign);
                }
            }

            return [.. bytes];
        }
    }
}
