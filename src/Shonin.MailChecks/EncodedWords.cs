using System.Text;

namespace Shonin.MailChecks;

/// <summary>
/// Names and subjects with their encoded words undone (RFC 2047, with the language of RFC 2231 passed over). It is ours because the charsets
/// of Japanese mail are: a library that was first used before they were known to the process would never find them. Any bytes give a text.
/// </summary>
internal static class EncodedWords
{
    public static string Decode(ReadOnlySpan<byte> raw)
    {
        // Letters of ISO-2022-JP that nobody encoded: their bytes can look like anything.
        if (raw.Contains(Escape))
            return Charsets.Decode(raw, "iso-2022-jp");
        var text = new StringBuilder();
        var pending = new Run("", []);
        while (true)
        {
            var start = raw.IndexOf("=?"u8);
            var word = start < 0 ? null : Word.Read(raw[start..]);
            if (start >= 0 && word is null)
            {
                // "=?" that begins no encoded word is text.
                start += 2;
            }

            var between = start < 0 ? raw : raw[..start];
            if (word is null || pending.Bytes.Count == 0 || between.IndexOfAnyExcept(" \t\r\n"u8) >= 0)
            {
                // White space between two encoded words is no text (section 6.2); anything else is.
                pending = pending.Flush(text);
                Append(text, between);
            }

            if (start < 0)
                break;
            raw = raw[start..];
            if (word is null)
                continue;

            // A letter may be cut by the end of a word: words of one charset are one run of bytes.
            if (!pending.Charset.Equals(word.Charset, StringComparison.OrdinalIgnoreCase))
                pending = pending.Flush(text) with { Charset = word.Charset };
            pending.Bytes.AddRange(word.Bytes);
            raw = raw[word.SizeBytes..];
        }

        pending.Flush(text);
        return text.ToString();
    }

    private const byte Escape = 0x1B;

    private static void Append(StringBuilder text, ReadOnlySpan<byte> raw) =>
        text.Append(Charsets.Decode(raw, null).Replace("\r\n", "", StringComparison.Ordinal).Replace('\n', ' ').Replace('\r', ' '));

    /// <summary>Bytes of one charset that wait for more of it.</summary>
    private sealed record Run(string Charset, List<byte> Bytes)
    {
        public Run Flush(StringBuilder text)
        {
            if (Bytes.Count > 0)
                text.Append(Charsets.Decode([.. Bytes], Charset));
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
                if (char.IsAsciiLetterOrDigit((char)sign) || sign is (byte)'+' or (byte)'/')
                    signs.Append((char)sign);
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
                if (sign == '=' && index + 2 < encoded.Length && char.IsAsciiHexDigit((char)encoded[index + 1]) && char.IsAsciiHexDigit((char)encoded[index + 2]))
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
