using Shonin.Domain;
using Shonin.Letters;

namespace Shonin.MailChecks;

/// <summary>
/// Makes an answer into a letter. It says that a machine wrote it, and its Message-ID follows from the mail that it answers.
/// </summary>
internal sealed class AnswerMime(CheckDesk desk, LetterMime letters)
{
    /// <param name="mail">The name of the mail that is answered.</param>
    /// <param name="inReplyTo">Its Message-ID as it stands there, or null.</param>
    public (string MessageId, byte[] Message) Write(
        CheckAnswer reply,
        byte[] mail,
        string recipient,
        string? inReplyTo,
        Locale locale,
        DateTimeOffset now
    ) =>
        letters.Write(
            new($"check-{Convert.ToHexStringLower(mail.AsSpan(0, 16))}", recipient, locale)
            {
                InReplyTo = inReplyTo,
                Author = LetterAuthor.ProgramInReply,
            },
            CheckAnswerWording.Compose(reply, desk, locale),
            now
        );
}
