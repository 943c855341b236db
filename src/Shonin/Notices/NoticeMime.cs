using System.Globalization;
using System.Text;
using System.Text.Json;
using MimeKit;
using MimeKit.Text;
using Shonin.Contacts;
using Shonin.Domain;
using Shonin.Domain.Contacts;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.Domain.Proofs;
using Shonin.MailAuthentication.Dkim;
using Shonin.Merchant.Notices;
using Shonin.Web;

namespace Shonin.Notices;

/// <summary>A mail as its bytes leave us.</summary>
/// <param name="Sender">Where reports about its delivery go; empty for nowhere (RFC 5321 section 4.5.5).</param>
/// <param name="FileName">What it is called where it becomes a file, without its ending.</param>
internal sealed record SignedMail(string MessageId, string Sender, string Recipient, string FileName, byte[] Message);

/// <summary>
/// Makes the mail of a notice: the text and the HTML as alternatives, signed with both keys. The same notice gives the same bytes each
/// time, but for the time in the signatures.
/// </summary>
internal sealed class NoticeMime(MerchantProfile merchant, DkimKeys keys, TimeProvider time)
{
    private static readonly FormatOptions crlf = new() { NewLineFormat = NewLineFormat.Dos };

    /// <summary>For an address beyond ASCII, which has no other form in a field (RFC 6532 section 3.2).</summary>
    private static readonly FormatOptions crlfUtf8 = new() { NewLineFormat = NewLineFormat.Dos, International = true };

    /// <summary>
    /// MimeKit counts an encoded word without the field's name before it; a line has at most 76 characters (RFC 2047 section 2).
    /// </summary>
    private static readonly FormatOptions shortLines = new() { MaxLineLength = 76 - "Subject: ".Length };

    private readonly DkimSigner signer = new(NoticeSigning.Options);

    /// <summary>Where notices come back to, each under a code of its own; null: to the From address.</summary>
    public ReturnPath? ReturnPath { get; init; }

    /// <summary>Where answers to notices arrive, each under a code of its order's; null: at the From address.</summary>
    public ReplyAddress? Replies { get; init; }

    /// <param name="order">Whose contact an answer joins; null for none.</param>
    public SignedMail Write(NoticeMail notice, OrderId? order = null)
    {
        using var message = new MimeMessage(
            from: [new MailboxAddress(merchant.Name(notice.Locale), merchant.SenderAddress)],
            to: [Mailbox(notice.Name, notice.To)],
            subject: "",
            Alternatives(notice.Text, notice.Html, notice.Locale, notice.NoticeId)
        );
        message.Headers.Replace(Subject(notice.Subject));
        message.Date = notice.RewrittenAt ?? notice.QueuedAt;
        message.MessageId = notice.MessageId;
        message.Headers.Add(HeaderId.AutoSubmitted, "auto-generated"); // RFC 3834 section 5: nobody's answering machine replies
        if (order is { } about && Replies?.Of(ContactId.Of(about)) is { } replyTo)
            message.ReplyTo.Add(Mailbox(merchant.Name(notice.Locale), replyTo));
        if (notice.Mark is { } mark)
            message.Headers.Add(NoticeMark.FieldName, mark);

        var now = time.GetUtcNow();
        return new SignedMail(
            notice.MessageId,
            ReturnPath?.Of(notice) ?? merchant.SenderAddress,
            notice.To,
            FileNameOf(notice),
            signer.Sign(Bytes(message), keys.At(now), now)
        );
    }

    /// <summary>Quoted where the address needs it.</summary>
    /// <exception cref="FormatException">It is no mail address.</exception>
    internal static MailboxAddress Mailbox(string name, string address) =>
        new(name, MailAddress.Read(address)?.Envelope ?? throw new FormatException("The recipient's address is not a mail address."));

    /// <summary>Seven bits and short lines from the start: a relay that re-encoded the body would break the signatures.</summary>
    internal static byte[] Bytes(MimeMessage message)
    {
        message.Prepare(EncodingConstraint.SevenBit);
        using var bytes = new MemoryStream();
        message.WriteTo(message.To.Mailboxes.All(mailbox => Ascii.IsValid(mailbox.GetAddress(idnEncode: true))) ? crlf : crlfUtf8, bytes);
        return bytes.ToArray();
    }

    internal static Header Subject(string text)
    {
        var subject = new Header(HeaderId.Subject, "");
        subject.SetValue(shortLines, Encoding.UTF8, text);
        return subject;
    }

    /// <param name="name">The boundary follows from it; neither base64 nor quoted-printable can produce "=_" (RFC 2045 section
    ///   6.7).</param>
    internal static MultipartAlternative Alternatives(string text, string html, Locale locale, string name)
    {
        var alternatives = new MultipartAlternative(
            new TextPart(TextFormat.Plain) { Text = text },
            new TextPart(TextFormat.Html) { Text = html }
        );
        alternatives.Headers.Add(HeaderId.ContentLanguage, LanguageTag(locale));
        alternatives.Boundary = $"=_{name}";
        foreach (var part in alternatives.OfType<TextPart>())
            part.ContentTransferEncoding = locale == Locale.Ja ? ContentEncoding.Base64 : ContentEncoding.QuotedPrintable;
        return alternatives;
    }

    /// <summary><c>20261124T100207123Z-problem-N1001</c></summary>
    private static string FileNameOf(NoticeMail notice) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{notice.QueuedAt.UtcDateTime:yyyyMMdd'T'HHmmssfff'Z'}-{JsonNamingPolicy.CamelCase.ConvertName(notice.Kind.ToString())}-{notice.OrderNumber}"
        );

    private static string LanguageTag(Locale locale) =>
        locale switch
        {
            Locale.Ja => "ja",
            Locale.En => "en",
        };
}
