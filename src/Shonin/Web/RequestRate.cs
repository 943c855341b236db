using System.Collections.Concurrent;

namespace Shonin.Web;

/// <summary>
/// A token bucket for each caller: so many requests at once after a pause, so many a second in the long run. Callers are counted by the
/// id of their key or by their address; those whose bucket is full again are forgotten.
/// </summary>
internal sealed class RequestRate(int perSecond, int burst, TimeProvider clock)
{
    private const int CallerCountMax = 10_000;

    private readonly ConcurrentDictionary<string, Bucket> buckets = new(StringComparer.Ordinal);

    private sealed class Bucket(double tokens, long at)
    {
        public double Tokens { get; set; } = tokens;
        public long At { get; set; } = at;
    }

    /// <summary>Takes one request; null where it may go on, else how long to wait.</summary>
    public TimeSpan? Take(string caller)
    {
        var now = clock.GetTimestamp();
        var bucket = buckets.GetOrAdd(caller, _ => new(burst, now));
        lock (bucket)
        {
            bucket.Tokens = TokensAt(bucket, now);
            bucket.At = now;
            if (bucket.Tokens < 1)
                return TimeSpan.FromSeconds((1 - bucket.Tokens) / perSecond);
            bucket.Tokens -= 1;
        }
        if (buckets.Count > CallerCountMax)
            ForgetIdle(now);
        return null;
    }

    private double TokensAt(Bucket bucket, long now) =>
        Math.Min(burst, bucket.Tokens + clock.GetElapsedTime(bucket.At, now).TotalSeconds * perSecond);

    private void ForgetIdle(long now)
    {
        foreach (var (caller, bucket) in buckets)
        {
            lock (bucket)
            {
                if (TokensAt(bucket, now) >= burst)
                    buckets.TryRemove(caller, out _);
            }
        }
    }
}
