using System.Buffers;
using System.Text;
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
        | (HasUnclearParts(message) || IsEncodingUnclear(message) || IsPutAside(message) ? MailTraces.PartsUnclear : MailTraces.None)
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
    /// Whether the first line of the body that could be a boundary is another one than Content-Type names: who may change that field could
    /// make the body fall into other parts than the signer's.
    /// </summary>
    private static bool HasUnclearParts(MailMessage message)
    {
        if (message.First("Content-Type"u8) is not { } field || BoundaryOf(field.ValueText()) is not { } boundary)
            return false;
        var body = message.Body.Span;
        var start = body.StartsWith("--"u8) ? 0 : body.IndexOf("\n--"u8) + 1;
        return (start == 0 && !body.StartsWith("--"u8)) || !body[(start + 2)..].StartsWith(Encoding.Latin1.GetBytes(boundary));
    }

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

    private static string? BoundaryOf(string contentType)
    {
        var at = contentType.IndexOf("boundary=", StringComparison.OrdinalIgnoreCase);
        if (at < 0 || !contentType.TrimStart().StartsWith("multipart", StringComparison.OrdinalIgnoreCase))
            return null;
        var value = contentType[(at + "boundary=".Length)..].TrimStart();
        return value.StartsWith('"') ? value[1..].Split('"')[0] : value.Split(';', ' ', '\t', '\r', '\n')[0];
    }
}
