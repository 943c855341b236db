using System.Text;
using MimeKit;
using MimeKit.Text;
using Shonin.Domain;
using Shonin.Domain.Notices;
using Shonin.Domain.Proofs;
using Shonin.MailAuthentication.Dkim;
using Shonin.Merchant;

namespace Shonin.Outbound;

/// <summary>A mail as its bytes leave us.</summary>
internal sealed record SignedMail(NoticeMail Notice, string Sender, byte[] Message);

/// <summary>
/// Makes the mail of a notice: the text and the HTML as alternatives, signed with both keys. The same notice gives the same bytes each
/// time, but for the time in the signatures.
/// </summary>
internal sealed class NoticeMime(MerchantProfile merchant, DkimKeys keys, TimeProvider time)
{
    private static readonly FormatOptions crlf = new() { NewLineFormat = NewLineFormat.Dos };

    /// <summary>MimeKit counts an encoded word without the field's name before it; a line has at most 76 characters (RFC 2047 section 2).</summary>
    private static readonly FormatOptions shortLines = new() { MaxLineLength = 76 - "Subject: ".Length };

    private readonly DkimSigner signer = new(NoticeSigning.Options);

    public SignedMail Write(NoticeMail notice)
    {
        using var message = new MimeMessage(
            from: [new MailboxAddress(merchant.Name(notice.Locale), merchant.SenderAddress)],
            to: [new MailboxAddress(notice.Name, notice.To)],
            subject: "",
            Alternatives(notice));
        message.Headers.Replace(Subject(notice.Subject));
        message.Date = notice.QueuedAt;
        message.MessageId = notice.MessageId;
        message.Headers.Add(HeaderId.AutoSubmitted, "auto-generated"); // RFC 3834 section 5: nobody's answering machine replies
        if (notice.Mark is { } mark)
            message.Headers.Add(NoticeMark.FieldName, mark);

        // Seven bits and short lines from the start: a relay that re-encoded the body would break the signatures.
        message.Prepare(EncodingConstraint.SevenBit);
        using var bytes = new MemoryStream();
        message.WriteTo(crlf, bytes);
        var now = time.GetUtcNow();
        return new SignedMail(notice, merchant.SenderAddress, signer.Sign(bytes.ToArray(), keys.At(now), now));
    }

    private static Header Subject(string text)
    {
        var subject = new Header(HeaderId.Subject, "");
        subject.SetValue(shortLines, Encoding.UTF8, text);
        return subject;
    }

    /// <summary>The boundary follows from the notice; neither base64 nor quoted-printable can produce "=_" (RFC 2045 section 6.7).</summary>
    private static MultipartAlternative Alternatives(NoticeMail notice)
    {
        var alternatives = new MultipartAlternative(new TextPart(TextFormat.Plain) { Text = notice.Text }, new TextPart(TextFormat.Html) { Text = notice.Html });
        alternatives.Headers.Add(HeaderId.ContentLanguage, LanguageTag(notice.Locale));
        alternatives.Boundary = $"=_{notice.NoticeId}";
        foreach (var part in alternatives.OfType<TextPart>())
            part.ContentTransferEncoding = notice.Locale == Locale.Ja ? ContentEncoding.Base64 : ContentEncoding.QuotedPrintable;
        return alternatives;
    }

    private static string LanguageTag(Locale locale) => locale switch
    {
        Locale.Ja => "ja",
        Locale.En => "en",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
