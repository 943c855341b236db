using Shonin.MailAuthentication.Message;

namespace Shonin.MailChecks;

/// <summary>What a mail's header shows of its way.</summary>
internal static class HandlingTraces
{
    private static readonly string[] forwardMarks = ["fwd:", "fw:", "転送:", "wg:", "tr:", "fwd：", "fw：", "転送："];

    public static MailTraces Of(MailMessage message, string subject) =>
        (IsPassedOn(message) ? MailTraces.PassedOn : MailTraces.None)
        | (IsOriginal(message) ? MailTraces.None : MailTraces.NotTheOriginal)
        | (
            forwardMarks.Any(mark => subject.StartsWith(mark, StringComparison.OrdinalIgnoreCase))
                ? MailTraces.ForwardedByHand
                : MailTraces.None
        );

    /// <summary>
    /// A list (RFC 2919, 2369), a resender (RFC 5322 section 3.6.6), a forwarding mailbox, or a second sealer (RFC 8617: the first may be
    /// the receiver).
    /// </summary>
    private static bool IsPassedOn(MailMessage message)
    {
        var seals = 0;
        foreach (var field in message.Fields)
        {
            if (
                field.Is("List-Id"u8)
                || field.Is("List-Post"u8)
                || field.Is("Resent-From"u8)
                || field.Is("Resent-Sender"u8)
                || field.Is("X-Forwarded-To"u8)
                || field.Is("X-Forwarded-For"u8)
                || field.Is("X-BeenThere"u8)
                || field.Is("X-Loop"u8)
            )
            {
                return true;
            }

            seals += field.Is("ARC-Seal"u8) ? 1 : 0;
        }

        return seals > 1;
    }

    /// <summary>Every mail gets one of these on its way; pasted text has none.</summary>
    private static bool IsOriginal(MailMessage message) =>
        message.First("Received"u8) is not null
        || message.First("DKIM-Signature"u8) is not null
        || message.First("Message-ID"u8) is not null;
}
