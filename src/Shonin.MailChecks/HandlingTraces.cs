using System.Buffers;
using Shonin.Domain.Proofs;
using Shonin.MailAuthentication.Message;

namespace Shonin.MailChecks;

/// <summary>What a mail's header shows of its way, and where its body could be read in two ways.</summary>
internal static class HandlingTraces
{
    private static readonly string[] forwardMarks = ["fwd:", "fw:", "転送:", "wg:", "tr:", "fwd：", "fw：", "転送："];

    public static MailTraces Of(MailMessage message, string subject) =>
        (IsPassedOn(message) ? MailTraces.PassedOn : MailTraces.None)
        | (IsOriginal(message) ? MailTraces.None : MailTraces.NotTheOriginal)
        | (IsTypeUnclear(message) || IsEncodingUnclear(message) || IsPutAside(message) || IsVersionUnclear(message) ? MailTraces.PartsUnclear : MailTraces.None)
        | (forwardMarks.Any(mark => subject.StartsWith(mark, StringComparison.OrdinalIgnoreCase)) ? MailTraces.ForwardedByHand : MailTraces.None);

    /// <summary>A list (RFC 2919, 2369), a resender (RFC 5322 section 3.6.6), a forwarding mailbox, or a second sealer (RFC 8617: the first may be the receiver).</summary>
    private static bool IsPassedOn(MailMessage message)
    {
        var seals = 0;
        foreach (var field in message.Fields)
        {
            if (field.Is("List-Id"u8) || field.Is("List-Post"u8) || field.Is("Resent-From"u8) || field.Is("Resent-Sender"u8) || field.Is("X-Forwarded-To"u8)
                || field.Is("X-Forwarded-For"u8) || field.Is("X-BeenThere"u8) || field.Is("X-Loop"u8))
                return true;
            seals += field.Is("ARC-Seal"u8) ? 1 : 0;
        }

        return seals > 1;
    }

    /// <summary>Every mail gets one of these on its way; pasted text has none.</summary>
    private static bool IsOriginal(MailMessage message) =>
        message.First("Received"u8) is not null || message.First("DKIM-Signature"u8) is not null || message.First("Message-ID"u8) is not null;

    /// <summary>
    /// Whether the body could be meant as another kind of text than Content-Type names: who may change that field could have markup shown as text, text
    /// taken for markup, or letters read in another charset. How many parts are cut is <see cref="MailStructure"/>'s to say.
    /// </summary>
    private static bool IsTypeUnclear(MailMessage message)
    {
        if (message.First("Content-Type"u8) is not { } field)
            return false;
        var body = message.Body.Span;
        return MediaType.Read(field.Value.Span) switch
        {
            null => true,
            { IsMultipart: true } => false,
            { Name: "text/plain" } type => body.TrimStart(" \t\r\n"u8).StartsWith("<"u8) || body.StartsWith("--"u8) || body.IndexOf("\n--"u8) >= 0 || IsCharsetUnclear(type.Charset, body),
            { Name: "text/html" } type => !body.Contains((byte)'<') || IsCharsetUnclear(type.Charset, body),
            _ => true,
        };
    }

    private static bool IsCharsetUnclear(string? charset, ReadOnlySpan<byte> body) =>
        !Charsets.LeavesAsciiAlone(charset) || Charsets.Readings(body, charset).Length > 1 || Charsets.Decode(body, charset) != Charsets.Decode(body, null);

    private static bool IsVersionUnclear(MailMessage message) => message.First("MIME-Version"u8) is { } field && field.ValueText() != "1.0"; // RFC 2045 section 4

    /// <summary>
    /// Whether the body is not in the encoding that the header names (RFC 2045 section 6): who may add that field could have a plain text
    /// decoded into another one, or into nothing.
    /// </summary>
    private static bool IsEncodingUnclear(MailMessage message)
    {
        if (message.First("Content-Transfer-Encoding"u8) is not { } field)
            return false;
        var encoding = field.ValueText().ToLowerInvariant();
        if (encoding is "7bit" or "8bit" or "binary")
            return false;
        return encoding == "base64" ? message.Body.Span.ContainsAnyExcept(base64Signs) : encoding != "quoted-printable" || !IsQuotedPrintable(message.Body.Span);
    }

    private static bool IsQuotedPrintable(ReadOnlySpan<byte> body)
    {
        while (body.IndexOf((byte)'=') is var at and >= 0)
        {
            body = body[(at + 1)..];
            var isSoftBreak = body.TrimStart(" \t"u8) is [] or [(byte)'\r' or (byte)'\n', ..];
            if (!isSoftBreak && !(body.Length >= 2 && char.IsAsciiHexDigit((char)body[0]) && char.IsAsciiHexDigit((char)body[1])))
                return false;
        }

        return true;
    }

    /// <summary>Whether the whole body is an attachment, which is not shown (RFC 2183).</summary>
    private static bool IsPutAside(MailMessage message) =>
        message.First("Content-Disposition"u8) is { } field && !field.ValueText().StartsWith("inline", StringComparison.OrdinalIgnoreCase);

    private static readonly SearchValues<byte> base64Signs = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\r\n"u8);
}
