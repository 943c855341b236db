using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Shonin.EventLog.Evidence;

/// <summary>
/// One line of a heads file: a signed head, and the streams that were touched since the line before with their versions then, so that
/// a stream which is removed without a trace still has a name. Lines are numbered, each holds the SHA-256 of the line before (64 zeros in
/// line 1), and each is signed: <c>signature</c> is over <c>"shonin-heads-line-v1"</c> and the line's bytes before <c>,"signature"</c>.
/// </summary>
/// <param name="Number">From 1, without gaps.</param>
/// <param name="Previous">SHA-256 of the bytes of the line before, without its newline.</param>
internal sealed record HeadLine(
    long Number,
    ReadOnlyMemory<byte> Previous,
    SignedHead Head,
    IReadOnlyList<KeyValuePair<StreamId, long>> Streams
)
{
    /// <summary>More streams than that go into several lines, which bounds what a reader must hold.</summary>
    internal const int StreamCountMax = 5_000;

    /// <summary>What <see cref="StreamCountMax"/> streams with the longest names need, and room for the rest.</summary>
    internal const int SizeBytesMax = StreamCountMax * (AppendLimits.StreamNameSizeMax * 6 + 26) + 2_048;

    private static ReadOnlySpan<byte> Domain => "shonin-heads-line-v1"u8;
    private static ReadOnlySpan<byte> SignatureMark => ",\"signature\":\""u8;

    internal static byte[] HashOf(ReadOnlySpan<byte> line) => SHA256.HashData(line);

    internal byte[] Write(LogSigner signer)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartObject();
            json.WriteNumber("line", Number);
            json.WriteString("previous", Convert.ToHexStringLower(Previous.Span));
            json.WriteString("log", Head.Log);
            json.WriteNumber("events", Head.Events);
            json.WriteString("root", Convert.ToHexStringLower(Head.Root.Span));
            json.WriteString("at", Head.At.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
            json.WriteString("key", Head.Key);
            json.WriteString("headSignature", Convert.ToBase64String(Head.Signature.Span));
            json.WriteStartObject("streams");
            foreach (var (stream, version) in Streams)
                json.WriteNumber(stream.Value, version);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        var statement = text.ToArray().AsSpan()[..^1];
        var signature = signer.Sign([.. Domain, .. statement]);
        return [.. statement, .. SignatureMark, .. Encoding.ASCII.GetBytes(Convert.ToBase64String(signature)), .. "\"}"u8];
    }

    /// <summary>The line, or null where <paramref name="line"/> is none that <paramref name="key"/> signed.</summary>
    internal static HeadLine? Read(ReadOnlyMemory<byte> line, ECDsa key)
    {
        var mark = line.Span.LastIndexOf(SignatureMark);
        if (mark < 0)
            return null;
        try
        {
            using var document = JsonDocument.Parse(line);
            var json = document.RootElement;
            byte[] statement = [.. Domain, .. line.Span[..mark]];
            if (!key.VerifyData(statement, json.GetProperty("signature").GetBytesFromBase64(), HashAlgorithmName.SHA256))
                return null;
            var head = new SignedHead(
                json.GetProperty("log").GetString()!,
                json.GetProperty("events").GetInt64(),
                Convert.FromHexString(json.GetProperty("root").GetString()!),
                json.GetProperty("at").GetDateTimeOffset(),
                json.GetProperty("key").GetString()!,
                json.GetProperty("headSignature").GetBytesFromBase64()
            );
            return new HeadLine(
                json.GetProperty("line").GetInt64(),
                Convert.FromHexString(json.GetProperty("previous").GetString()!),
                head,
                [
                    .. json.GetProperty("streams")
                        .EnumerateObject()
                        .Select(stream => KeyValuePair.Create(new StreamId(stream.Name), stream.Value.GetInt64())),
                ]
            );
        }
        catch (Exception malformed)
            when (malformed is JsonException or FormatException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }
}
