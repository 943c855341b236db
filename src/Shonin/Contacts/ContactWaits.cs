using Shonin.Domain.Contacts;
using Shonin.Merchant.Contacts;

namespace Shonin.Contacts;

/// <summary>How long whoever asks now would wait, and what was waited lately.</summary>
internal sealed class ContactWaits(ContactBook contacts, ContactOffer offer, TimeProvider clock)
{
    /// <summary>A queue that is longer than this has no waiting time that anybody believes.</summary>
    private const int CountedMax = 500;

    /// <summary>Of somebody who is not in the queue yet; unknown where nobody would answer right away.</summary>
    public async ValueTask<WaitingTime> ForNewcomerAsync(CancellationToken cancellation)
    {
        if (!offer.IsAnsweredNow)
            return new WaitingTime.Unknown();
        var waiting = await contacts.ListWaitingAsync(CountedMax, cancellation);
        return waiting is { IsWhole: true, Contacts.Length: < CountedMax }
            ? WaitingTime.Estimate(await contacts.LatestWaitsAsync(cancellation), waiting.Contacts.Length + 1, clock.GetUtcNow())
            : new WaitingTime.Unknown();
    }

    /// <summary>Null where nobody waited lately.</summary>
    public async ValueTask<MeanWait?> MeanAsync(CancellationToken cancellation) =>
        WaitingTime.MeanOf(await contacts.LatestWaitsAsync(cancellation), clock.GetUtcNow());
}
