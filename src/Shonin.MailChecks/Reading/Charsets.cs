using System.Collections.Immutable;
using System.Text;
using Shonin.MailAuthentication.Message;

namespace Shonin.MailChecks;

/// <summary>
/// Bytes into text as Japanese mail needs it: by the charset that is declared, and where that cannot be, by what the bytes are.
/// </summary>
internal static class Charsets
{
    private const int ShiftJis = 932;
    private const int Iso2022Jp = 50221; // It reads the one-byte kana of JIS X 0201 as well (ESC ( I).
    private const byte Escape = 0x1B;

    static Charsets() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <summary>Never throws: what cannot be read becomes U+FFFD.</summary>
    /// <param name="declared">The charset parameter, or null.</param>
    public static string Decode(ReadOnlySpan<byte> bytes, string? declared) => Readings(bytes, declared)[0];

    /// <summary>
    /// All that mail programs may show of the bytes, the likeliest first: some follow the declared charset, others what the bytes are. One,
    /// where both are the same or the declared one cannot be.
    /// </summary>
    public static ImmutableArray<string> Readings(ReadOnlySpan<byte> bytes, string? declared)
    {
        if (!bytes.ContainsAnyInRange((byte)0x80, (byte)0xFF))
            return [SevenBit(bytes, declared)];
        var possible = RawLetters.CharsetsOf(bytes);
        var readings = ImmutableArray.CreateBuilder<string>();
        var named = Named(declared);
        if (named is not null && !IsSevenBit(named) && named is not UTF8Encoding && Strictly(named, bytes) is { } asDeclared)
            readings.Add(asDeclared);
        foreach (var charset in possible)
        {
            if (readings.Count == 0 || charset is UTF8Encoding || IsOnAnything(named))
                AddNew(charset.GetString(bytes));
        }

        // Shifted letters beside raw ones: a program that follows the label shows those.
        if (named is { CodePage: Iso2022Jp } && bytes.Contains(Escape))
            AddNew(named.GetString(bytes));
        if (readings.Count == 0)
            readings.Add((named is null or ASCIIEncoding ? Encoding.UTF8 : named).GetString(bytes));
        return readings.ToImmutable();

        void AddNew(string reading)
        {
            if (!readings.Contains(reading))
                readings.Add(reading);
        }
    }

    /// <summary>
    /// Whether a text of ASCII alone reads the same under that label: not in UTF-16, UTF-7 or EBCDIC, nor under a name that programs may or
    /// may not know.
    /// </summary>
    public static bool LeavesAsciiAlone(string? declared)
    {
        const string Telling = "Aa1 <a href=\"=3D\">+ADw-script+AD4- ~{VPND~} \\";
        return string.IsNullOrEmpty(declared)
            || Named(declared) is { } named && named.GetString(Encoding.ASCII.GetBytes(Telling)) == Telling;
    }

    /// <summary>Whether that label is ISO-2022-JP, whose letters stand between escapes (RFC 1468).</summary>
    public static bool IsShifted(string declared) => Named(declared) is { CodePage: Iso2022Jp };

    /// <summary>
    /// What a program shows that follows the label alone; null where nobody knows it, or it has no letters for some of the bytes.
    /// </summary>
    public static string? InCharset(ReadOnlySpan<byte> bytes, string declared) =>
        Named(declared)?.GetString(bytes) is { } text && !text.Contains('\uFFFD', StringComparison.Ordinal) ? text : null;

    /// <summary>ISO-2022-JP shows itself by its escapes, whatever is declared; other seven-bit charsets do not.</summary>
    private static string SevenBit(ReadOnlySpan<byte> bytes, string? declared) =>
        bytes.IndexOf([Escape, (byte)'$']) >= 0 || bytes.IndexOf([Escape, (byte)'(']) >= 0
            ? Encoding.GetEncoding(Iso2022Jp).GetString(bytes)
        : IsSevenBitOther(declared) ? Named(declared)!.GetString(bytes)
        : Encoding.ASCII.GetString(bytes);

    /// <summary>Charsets in which no byte is above 127, so that text with such bytes is in another one.</summary>
    private static bool IsSevenBit(Encoding encoding) => encoding.CodePage is 20127 or 65000 or 52936 or (>= 50220 and <= 50229);

    /// <summary>
    /// Labels that stand on mail of any charset: the Western ones that programs put by default, the Japanese ones for each other, and the
    /// Chinese ones (gb2312, gbk, gb18030, big5), under which kits that were written in China send Shift_JIS.
    /// </summary>
    private static bool IsOnAnything(Encoding? named) =>
        named
            is null
                or {
                    CodePage: 28591
                        or 28605
                        or 1252
                        or ShiftJis
                        or 936
                        or 20936
                        or 54936
                        or 950
                        or 51932
                        or 20932
                        or 50220
                        or 50221
                        or 50222
                };

    /// <summary>Null where the bytes are not in that charset.</summary>
    private static string? Strictly(Encoding charset, ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Encoding
                .GetEncoding(charset.CodePage, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)
                .GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static Encoding? Named(string? name)
    {
        try
        {
            return name?.Trim('"', '\'', ' ').ToLowerInvariant() switch
            {
                null or "" => null,
                "sjis" or "x-sjis" or "shift-jis" or "shift_jis" or "cp932" or "ms932" or "windows-31j" or "ms_kanji" =>
                    Encoding.GetEncoding(ShiftJis),
                "iso-2022-jp"
                or "iso-2022-jp-1"
                or "iso-2022-jp-2"
                or "iso-2022-jp-3"
                or "iso-2022-jp-ms"
                or "cp50220"
                or "cp50221"
                or "csiso2022jp" => Encoding.GetEncoding(Iso2022Jp),
                // Asked by name, the provider of the code pages would be searched first.
                "utf-8" or "utf8" => Encoding.UTF8,
                "us-ascii" => Encoding.ASCII,
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

    private static bool IsSevenBitOther(string? declared) =>
        declared is not null
        && (
            declared.Contains("utf-7", StringComparison.OrdinalIgnoreCase)
            || declared.Contains("hz-gb", StringComparison.OrdinalIgnoreCase)
            || declared.Contains("2022-kr", StringComparison.OrdinalIgnoreCase)
        )
        && Named(declared) is not null;
}
