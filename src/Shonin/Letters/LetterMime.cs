using System.Security.Cryptography;
using System.Text;
using MimeKit;
using MimeKit.Utils;
using Shonin.Domain;
using Shonin.Domain.Notices;
using Shonin.EventLog;
using Shonin.MailAuthentication.Dkim;
using Shonin.Notices;

namespace Shonin.Letters;

/// <summary>Whose letters they are, and where their links begin.</summary>
internal sealed record LetterHead(MerchantProfile Merchant, string PublicUrl);

/// <summary>What stands around the words of a letter.</summary>
/// <param name="Name">
/// Names the letter for ever, in letters, digits, dots and hyphens: its Message-ID is this at the merchant's domain, and the boundary between
/// its parts follows from it.
/// </param>
internal sealed record LetterEnvelope(string Name, string Recipient, Locale Locale)
{
    /// <summary>Where an answer to it goes, if not to the merchant's address.</summary>
    public string? ReplyTo { get; init; }

    /// <summary>The Message-ID of the mail that it answers, as it stands there. One that cannot be read is left out.</summary>
    public string? InReplyTo { get; init; }

    /// <summary>Whether a machine wrote it, and why (RFC 3834 section 5).</summary>
    public required LetterAuthor Author { get; init; }
}

/// <summary>What an item of the outbox is called as a letter: the same each time it is written, and telling nothing of what it is about.</summary>
internal sealed record LetterName
{
    private const int Length = 32; // 128 bits of a hash: no two letters share a name
    private const int ShortLength = 8;

    private LetterName(string whole) => Whole = whole;

    public string Whole { get; }

    /// <summary>For the name of its file.</summary>
    public string Short => Whole[..ShortLength];

    public static LetterName Of(OutboxItem item) =>
        new(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(item.Id)))[..Length]);
}

internal enum LetterAuthor
{
    /// <summary>A person of the merchant's.</summary>
    Person,

    /// <summary>The program, by itself: <c>auto-generated</c>.</summary>
    Program,

    /// <summary>The program, in answer to a mail: <c>auto-replied</c>.</summary>
    ProgramInReply,
}

/// <summary>
/// Makes a letter of ours into a mail: the text and the HTML as alternatives, signed as notices are. The same letter gives the same bytes
/// each time, but for the time in the signatures; whoever keeps it keeps the bytes.
/// </summary>
internal sealed class LetterMime(MerchantProfile merchant, DkimKeys keys)
{
    private readonly DkimSigner signer = new(NoticeSigning.Options);

    /// <exception cref="FormatException">The recipient's or the answers' address is no mail address.</exception>
    public (string MessageId, byte[] Message) Write(LetterEnvelope envelope, NoticeText text, DateTimeOffset now)
    {
        using var message = new MimeMessage(
            from: [new MailboxAddress(merchant.Name(envelope.Locale), merchant.SenderAddress)],
            to: [NoticeMime.Mailbox("", envelope.Recipient)],
            subject: "",
            NoticeMime.Alternatives(text.Text, text.Html, envelope.Locale, envelope.Name)
        );
        message.Headers.Replace(NoticeMime.Subject(text.Subject));
        message.Date = now;
        message.MessageId = $"{envelope.Name}@{merchant.Domain}";
        if (envelope.ReplyTo is { } replyTo)
            message.ReplyTo.Add(NoticeMime.Mailbox(merchant.Name(envelope.Locale), replyTo));
        if (envelope.InReplyTo is not null && MimeUtils.ParseMessageId(envelope.InReplyTo) is { Length: > 0 } parent)
        {
            message.InReplyTo = parent;
            message.References.Add(parent);
        }
        if (AutoSubmitted(envelope.Author) is { } author)
            message.Headers.Add(HeaderId.AutoSubmitted, author);
        return (message.MessageId, signer.Sign(NoticeMime.Bytes(message), keys.At(now), now));
    }

    private static string? AutoSubmitted(LetterAuthor author) =>
        author switch
        {
            LetterAuthor.Person => null,
            LetterAuthor.Program => "auto-generated",
            LetterAuthor.ProgramInReply => "auto-replied",
        };
}
