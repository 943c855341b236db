using System.Text;

namespace Shonin.MailChecks;

/// <summary>Bytes into text as Japanese mail needs it: by the charset that is declared, and where that cannot be, by what the bytes are.</summary>
internal static class Charsets
{
    private const int ShiftJis = 932;
    private const int Iso2022Jp = 50221; // It reads the one-byte kana of JIS X 0201 as well (ESC ( I).
    private const byte Escape = 0x1B;

    private static readonly UTF8Encoding strictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    static Charsets() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <summary>Never throws: what cannot be read becomes U+FFFD.</summary>
    /// <param name="declared">The charset parameter, or null.</param>
    public static string Decode(ReadOnlySpan<byte> bytes, string? declared)
    {
        var isAscii = !bytes.ContainsAnyInRange((byte)0x80, (byte)0xFF);
        if (isAscii)
            return bytes.IndexOf([Escape, (byte)'$']) >= 0 || bytes.IndexOf([Escape, (byte)'(']) >= 0
                ? Encoding.GetEncoding(Iso2022Jp).GetString(bytes)
                : IsSevenBitOther(declared) ? Named(declared)!.GetString(bytes) : Encoding.ASCII.GetString(bytes);
        try
        {
            if (Named(declared) is not { } named || named is UTF8Encoding or ASCIIEncoding)
                return strictUtf8.GetString(bytes);
            return named.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            // Japanese mail that lies about its charset is nearly always Shift_JIS.
            return LooksLikeShiftJis(bytes) ? Encoding.GetEncoding(ShiftJis).GetString(bytes) : Encoding.UTF8.GetString(bytes);
        }
    }

    private static Encoding? Named(string? name)
    {
        try
        {
            return name?.Trim('"', '\'', ' ').ToLowerInvariant() switch
            {
                null or "" => null,
                "sjis" or "x-sjis" or "shift-jis" or "shift_jis" or "cp932" or "ms932" or "windows-31j" or "ms_kanji" => Encoding.GetEncoding(ShiftJis),
                "iso-2022-jp" or "iso-2022-jp-1" or "iso-2022-jp-2" or "iso-2022-jp-3" or "iso-2022-jp-ms" or "cp50220" or "cp50221" or "csiso2022jp" => Encoding.GetEncoding(Iso2022Jp),
                "utf8" => Encoding.UTF8,
                var other => Encoding.GetEncoding(other),
            };
        }
        catch (ArgumentException)
        {
            return null; // A charset that nobody knows: the bytes themselves decide.
        }
        catch (NotSupportedException)
        {
            return null;
        }
    }

    private static bool IsSevenBitOther(string? declared) => declared is not null
        && (declared.Contains("utf-7", StringComparison.OrdinalIgnoreCase) || declared.Contains("hz-gb", StringComparison.OrdinalIgnoreCase) || declared.Contains("2022-kr", StringComparison.OrdinalIgnoreCase))
        && Named(declared) is not null;

    /// <summary>Whether every byte above 127 begins, follows in, or is a letter of Shift_JIS.</summary>
    private static bool LooksLikeShiftJis(ReadOnlySpan<byte> bytes)
    {
        for (var index = 0; index < bytes.Length; index++)
        {
            switch (bytes[index])
            {
                case < 0x80 or (>= 0xA1 and <= 0xDF):
                    break;
                case (>= 0x81 and <= 0x9F) or (>= 0xE0 and <= 0xFC) when index + 1 < bytes.Length && bytes[index + 1] is (>= 0x40 and <= 0x7E) or (>= 0x80 and <= 0xFC):
                    index++;
                    break;
                default:
                    return false;
            }
        }

        return true;
    }
}
