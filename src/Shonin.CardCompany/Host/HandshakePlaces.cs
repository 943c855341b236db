namespace Shonin.CardCompany.Host;

/// <summary>
/// Who has a TLS handshake under way. A stranger needs nothing for one, so places are never refused: the newest gets one, and the oldest
/// gives way, first of the same site, then of the site that has the most. An honest handshake takes a few round trips; whoever opens
/// connections and says nothing loses them, from however many addresses.
/// </summary>
internal sealed class HandshakePlaces(HostLimits limits)
{
    private readonly Lock gate = new();

    /// <summary>The oldest first.</summary>
    private readonly LinkedList<Place> underWay = [];

    /// <summary>One handshake's place, until it is disposed of.</summary>
    public sealed class Place(HandshakePlaces places, string site) : IDisposable
    {
        private readonly CancellationTokenSource giveWay = new();

        internal string Site { get; } = site;

        /// <summary>Cancelled once a newer handshake has the place.</summary>
        public CancellationToken GaveWay => giveWay.Token;

        internal void Yield()
        {
            try
            {
                giveWay.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // It has just ended by itself.
            }
        }

        public void Dispose()
        {
            lock (places.gate)
                places.underWay.Remove(this);
            giveWay.Dispose();
        }
    }

    /// <param name="site">The address, or its /64 of IPv6.</param>
    public Place Take(string site)
    {
        var taken = new Place(this, site);
        Place? oldest;
        lock (gate)
        {
            oldest =
                underWay.Count(place => place.Site == site) >= limits.HandshakesOfSiteMax ? OldestOf(site)
                : underWay.Count >= limits.HandshakesMax ? OldestOf(GreediestSite())
                : null;
            if (oldest is not null)
                underWay.Remove(oldest);
            underWay.AddLast(taken);
        }
        oldest?.Yield(); // Outside the lock: what it ends goes on on this thread.
        return taken;
    }

    private Place OldestOf(string site) => underWay.First(place => place.Site == site);

    /// <summary>Of two that have as many, the one that came first.</summary>
    private string GreediestSite() => underWay.GroupBy(place => place.Site).MaxBy(places => places.Count())!.Key;
}
