using Shonin.Domain.Proofs;
using Shonin.MailAuthentication.Dkim;

namespace Shonin.Notices;

/// <summary>What our signatures cover: the whole body, and every field that a mail program shows or obeys.</summary>
internal static class NoticeSigning
{
    /// <summary>
    /// Each field is named once more than it stands in the mail, also where it does not stand at all: whoever adds a Reply-To, a second
    /// Subject or another encoding of the body to a mail of ours breaks its signatures (RFC 6376 section 8.15).
    /// </summary>
    /// <remarks>
    /// Left out is what others add in good faith on the way: Received, Return-Path and the like, and the Resent- fields of a customer's own
    /// forwarding (RFC 6376 section 5.4.1), which say who sent it on and never who wrote it.
    /// </remarks>
    public static DkimSigningOptions Options { get; } =
        DkimSigningOptions.Default with
        {
            OversignedFields =
            [
                // Who writes, to whom, and where an answer goes.
                "From",
                "Sender",
                "Reply-To",
                "To",
                "Cc",
                "Bcc",
                // What it says it is, and which mails it stands beside.
                "Subject",
                "Date",
                "Message-ID",
                "In-Reply-To",
                "References",
                "Comments",
                "Keywords",
                NoticeMark.FieldName,
                // How the body is read.
                "MIME-Version",
                "Content-Type",
                "Content-Transfer-Encoding",
                "Content-Disposition",
                "Content-Description",
                "Content-Language",
                "Content-ID",
                "Content-Location",
                "Content-Base",
                // What programs do or show because of it.
                "Auto-Submitted",
                "Precedence",
                "Importance",
                "Priority",
                "X-Priority",
                "Disposition-Notification-To",
                "Return-Receipt-To",
                "List-Id",
                "List-Help",
                "List-Post",
                "List-Owner",
                "List-Archive",
                "List-Subscribe",
                "List-Unsubscribe",
                "List-Unsubscribe-Post",
            ],
            SignedFields = [],
        };
}
