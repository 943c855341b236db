namespace Shonin.CardCompany.Host;

/// <summary>Who has how many of the places for connections. One peer's certificate cannot take them all.</summary>
internal sealed class ConnectionPlaces(HostLimits limits)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, int> takenBy = [];
    private int taken;

    /// <summary>Null where the peer has a place now; else why not.</summary>
    public string? Take(Peer peer)
    {
        lock (gate)
        {
            var ofPeer = takenBy.GetValueOrDefault(peer.Share);
            if (taken >= limits.ConnectionsMax)
                return $"{limits.ConnectionsMax} connections are open already, the most that is allowed";
            if (peer.SpeaksFor is not null && ofPeer >= limits.ConnectionsOfPeerMax)
                return $"{limits.ConnectionsOfPeerMax} connections with this certificate are open already, the most that is allowed";
            takenBy[peer.Share] = ofPeer + 1;
            taken++;
            return null;
        }
    }

    public void GiveBack(Peer peer)
    {
        lock (gate)
        {
            taken--;
            if (--takenBy[peer.Share] == 0)
                takenBy.Remove(peer.Share);
        }
    }
}
