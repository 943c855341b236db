namespace Shonin.Web;

/// <summary>
/// So much of something at one time (places, bytes), and only a part of it for one party, so that none takes all. A party is remembered
/// only while it holds something, which bounds the memory by what is held.
/// </summary>
internal sealed class Shares(long totalMax, long perPartyMax)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, long> held = new(StringComparer.Ordinal);
    private long total;

    /// <summary>How many parties hold something.</summary>
    public int PartyCount
    {
        get
        {
            lock (gate)
                return held.Count;
        }
    }

    /// <summary>A share of this party, which it gives back by disposing; null where there is no room.</summary>
    public Share? TryTake(string party, long amount)
    {
        var share = new Share(this, party);
        return share.TryGrow(amount) ? share : null;
    }

    private bool TryAdd(string party, long amount)
    {
        lock (gate)
        {
            var before = held.GetValueOrDefault(party);
            if (total + amount > totalMax || before + amount > perPartyMax)
                return false;
            if (amount > 0)
                held[party] = before + amount;
            total += amount;
            return true;
        }
    }

    private void GiveBack(string party, long amount)
    {
        lock (gate)
        {
            total -= amount;
            if (held.GetValueOrDefault(party) - amount is var left and > 0)
                held[party] = left;
            else
                held.Remove(party);
        }
    }

    /// <summary>What one party holds for one purpose.</summary>
    internal sealed class Share(Shares from, string party) : IDisposable
    {
        private long amount;

        /// <summary>Takes so much more; false, and nothing taken, where there is no room.</summary>
        public bool TryGrow(long more)
        {
            if (!from.TryAdd(party, more))
                return false;
            Interlocked.Add(ref amount, more);
            return true;
        }

        public void Dispose() => from.GiveBack(party, Interlocked.Exchange(ref amount, 0));
    }
}
