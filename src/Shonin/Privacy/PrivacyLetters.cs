using Shonin.Domain.Notices;
using Shonin.Domain.Privacy;
using Shonin.EventLog;
using Shonin.Letters;
using Shonin.Merchant.Privacy;

namespace Shonin.Privacy;

/// <summary>The last letter to somebody who asked to be erased.</summary>
internal sealed class PrivacyLetters(PersonErasures erasures, MerchantProfile merchant, LetterMime mime)
{
    public LetterBox Box =>
        new(PersonErasures.LetterQueue, "A letter about an erasure") { Find = FindAsync, Close = erasures.CloseLetterAsync };

    private async ValueTask<WaitingLetter?> FindAsync(OutboxItem item, CancellationToken cancellation)
    {
        if (await erasures.FindLetterAsync(item, cancellation) is not { } letter)
            return null;
        var name = LetterName.Of(item);
        var (messageId, message) = mime.Write(
            new($"erasure-{name.Whole}", letter.Recipient, letter.Locale) { Author = LetterAuthor.Program },
            PrivacyWording.Letter(letter.StayingOrders, letter.At, merchant, letter.Locale),
            letter.At
        );
        return new(messageId, letter.Recipient, "erasure", name.Short, message, letter.At);
    }
}
