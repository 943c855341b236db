using Shonin.Domain.Contacts;
using Shonin.Merchant.Contacts;

namespace Shonin.Contacts;

/// <summary>How long whoever asks now would wait, and what was waited lately.</summary>
internal sealed class ContactWaits(ContactBook contacts, ContactRooms rooms, ContactOffer offer, TimeProvider clock)
{
    /// <summary>Of somebody who is not in the queue yet; unknown where nobody would answer right away.</summary>
    public WaitingTime OfNewcomer() => offer.IsAnsweredNow ? rooms.WaitOfNewcomer() : new WaitingTime.Unknown();

    /// <summary>Null where nobody waited lately.</summary>
    public async ValueTask<MeanWait?> MeanAsync(CancellationToken cancellation) =>
        WaitingTime.MeanOf(await contacts.LatestWaitsAsync(cancellation), clock.GetUtcNow());
}
