using Shonin.EventLog;

namespace Shonin.Merchant.Approvals;

/// <summary>
/// Which order's stream a request on the wire belongs to, for those that were sent lately: it saves a look into the log for nearly every
/// answer. A request that is forgotten here, because its answer never came or came late, is found by its claim in the log.
/// </summary>
internal sealed class RecentClaims
{
    /// <summary>At most twice this many are remembered: those added since, and those of the generation before.</summary>
    internal const int GenerationCountMax = 10_000;

    private readonly Lock gate = new();
    private Dictionary<string, StreamId> young = [];
    private Dictionary<string, StreamId> old = [];

    internal int Count
    {
        get
        {
            lock (gate)
                return young.Count + old.Count;
        }
    }

    internal void Add(string wireKey, StreamId stream)
    {
        lock (gate)
        {
            if (young.Count >= GenerationCountMax)
                (old, young) = (young, []);
            young[wireKey] = stream;
        }
    }

    /// <summary>The stream, which is forgotten with this; null where it is not known here.</summary>
    internal StreamId? Take(string wireKey)
    {
        lock (gate)
        {
            return young.Remove(wireKey, out var stream) | old.Remove(wireKey, out var earlier)
                ? stream.Value is null
                    ? earlier
                    : stream
                : null;
        }
    }
}
