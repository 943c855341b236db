using Shonin.Domain.Points;
using Shonin.EventLog;
using Shonin.Letters;
using Shonin.Merchant.Orders;
using Shonin.Merchant.Points;

namespace Shonin.Points;

/// <summary>
/// The letters that tell of points that run out. Nothing of one is kept but whose order and which parcels it is about: it is written each
/// time it is to leave, so that it says what is true then, and a customer who was erased meanwhile gets none.
/// </summary>
internal sealed class PointsLetters(PointsBook points, OrderBook orders, LetterHead head, LetterMime mime)
{
    public LetterBox Box => new(PointsBook.LetterQueue, "A letter about points") { Find = FindAsync, Close = points.CloseLetterAsync };

    private async ValueTask<WaitingLetter?> FindAsync(OutboxItem item, CancellationToken cancellation)
    {
        if (
            await points.FindWarningAsync(item) is not { } warning
            || await orders.FindAsync(warning.Order, cancellation) is not { Person: { } person, AccessKey: { } link } record
        )
        {
            return null;
        }

        var text = PointsWording.Warning(
            warning.Points,
            warning.ExpiresAt,
            person.Name,
            $"{head.PublicUrl}/o/{link}",
            head.Merchant,
            record.Order.Locale
        );
        var name = LetterName.Of(item);
        var (messageId, message) = mime.Write(
            new($"points-{name.Whole}", person.Email, record.Order.Locale) { Author = LetterAuthor.Program },
            text,
            item.DueAt
        );
        return new(messageId, person.Email, "points", name.Short, message, item.DueAt);
    }
}
