using System.Text;

namespace Shonin.MailAuthentication.Message;

/// <summary>
/// Which charset letters are in that nobody declared, as in a name that stands in a header without RFC 2047. In Shift_JIS the second byte
/// of a letter may be 0x5C or 0x40, "\" and "@" to whoever does not know it, so it is asked before any grammar reads the bytes.
/// </summary>
public static class RawLetters
{
    private static readonly UTF8Encoding strictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly Encoding shiftJis = CodePagesEncodingProvider.Instance.GetEncoding(932)!;
    private static readonly Encoding eucJp = CodePagesEncodingProvider.Instance.GetEncoding(51932)!;

    /// <summary>
    /// The charsets that the bytes can be in, the likeliest first: UTF-8 where they are that, otherwise Shift_JIS and EUC-JP. Empty where
    /// they are none of these; all ASCII is UTF-8.
    /// </summary>
    public static IReadOnlyList<Encoding> CharsetsOf(ReadOnlySpan<byte> bytes)
    {
        if (System.Text.Unicode.Utf8.IsValid(bytes))
        {
            return [strictUtf8];
        }

        return (EucJpIn(bytes), IsShiftJis(bytes)) switch
        {
            // Hiragana and katakana stand in nearly every Japanese text; pairs of half-width kana that would look like them in none.
            (EucJpLetters.WithKana, true) => [eucJp, shiftJis],
            (EucJpLetters.WithoutKana, true) => [shiftJis, eucJp],
            (EucJpLetters.None, true) => [shiftJis],
            (EucJpLetters.None, false) => [],
            (EucJpLetters.WithKana or EucJpLetters.WithoutKana, false) => [eucJp],
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    /// <summary>The bytes in UTF-8 where they are Shift_JIS or EUC-JP, otherwise as they are.</summary>
    public static ReadOnlyMemory<byte> AsUtf8(ReadOnlyMemory<byte> bytes) =>
        CharsetsOf(bytes.Span) is [var charset, ..] && charset is not UTF8Encoding
            ? Encoding.UTF8.GetBytes(charset.GetString(bytes.Span))
            : bytes;

    /// <summary>Whether every byte above 127 begins, follows in, or is a letter of Shift_JIS (JIS X 0208 appendix 1).</summary>
    private static bool IsShiftJis(ReadOnlySpan<byte> bytes)
    {
        for (var index = 0; index < bytes.Length; index++)
        {
            switch (bytes[index])
            {
                case < 0x80 or (>= 0xA1 and <= 0xDF):
                    break;
                case (>= 0x81 and <= 0x9F)
                or (>= 0xE0 and <= 0xFC)
                    when index + 1 < bytes.Length && bytes[index + 1] is (>= 0x40 and <= 0x7E) or (>= 0x80 and <= 0xFC):
                    index++;
                    break;
                default:
                    return false;
            }
        }

        return true;
    }

    /// <summary>Whether every byte above 127 is of a letter of EUC-JP: two of A1 to FE, or what 8E and 8F begin.</summary>
    private static EucJpLetters EucJpIn(ReadOnlySpan<byte> bytes)
    {
        var found = EucJpLetters.WithoutKana;
        for (var index = 0; index < bytes.Length; index++)
        {
            var rest = bytes[(index + 1)..];
            switch (bytes[index])
            {
                case < 0x80:
                    break;
                case 0x8E when rest is [>= 0xA1 and <= 0xDF, ..]:
                    index++;
                    break;
                case 0x8F when rest is [>= 0xA1 and <= 0xFE, >= 0xA1 and <= 0xFE, ..]:
                    index += 2;
                    break;
                case >= 0xA1 and <= 0xFE when rest is [>= 0xA1 and <= 0xFE, ..]:
                    found = bytes[index] is 0xA4 or 0xA5 ? EucJpLetters.WithKana : found;
                    index++;
                    break;
                default:
                    return EucJpLetters.None;
            }
        }

        return found;
    }

    private enum EucJpLetters
    {
        None,
        WithoutKana,
        WithKana,
    }
}
