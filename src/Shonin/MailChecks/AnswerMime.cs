using MimeKit;
using MimeKit.Utils;
using Shonin.Domain;
using Shonin.MailAuthentication.Dkim;
using Shonin.Notices;

namespace Shonin.MailChecks;

/// <summary>
/// Makes an answer into a mail, signed as our notices are. It says that a machine wrote it (RFC 3834 section 5), and its Message-ID
/// follows from the mail that it answers.
/// </summary>
internal sealed class AnswerMime(CheckDesk desk, DkimKeys keys)
{
    private readonly DkimSigner signer = new(NoticeSigning.Options);

    /// <param name="mail">The name of the mail that is answered.</param>
    /// <param name="inReplyTo">Its Message-ID as it stands there, or null.</param>
    public (string MessageId, byte[] Message) Write(
        CheckAnswer reply,
        byte[] mail,
        string recipient,
        string? inReplyTo,
        Locale locale,
        DateTimeOffset now
    )
    {
        var name = Convert.ToHexStringLower(mail.AsSpan(0, 16));
        var text = CheckAnswerWording.Compose(reply, desk, locale);
        using var message = new MimeMessage(
            from: [new MailboxAddress(desk.Merchant.Name(locale), desk.Merchant.SenderAddress)],
            to: [NoticeMime.Mailbox("", recipient)],
            subject: "",
            NoticeMime.Alternatives(text.Text, text.Html, locale, name)
        );
        message.Headers.Replace(NoticeMime.Subject(text.Subject));
        message.Date = now;
        message.MessageId = $"check-{name}@{desk.Merchant.Domain}";
        if (inReplyTo is not null && MimeUtils.ParseMessageId(inReplyTo) is { } parent)
        {
            message.InReplyTo = parent;
            message.References.Add(parent);
        }
        message.Headers.Add(HeaderId.AutoSubmitted, "auto-replied");
        return (message.MessageId, signer.Sign(NoticeMime.Bytes(message), keys.At(now), now));
    }
}
