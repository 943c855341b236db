using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Shonin.Web;

/// <summary>
/// So many of something for one key (an order, an address) in a window of time. Keys are kept as keyed hashes, and so many of them at most.
/// While all their windows run, whoever comes new shares the count of some other newcomers: nobody who was here before loses anything, the
/// memory has its bound, and a flood of keys buys no more than those shared counts hold.
/// </summary>
/// <remarks>Its own count and not System.Threading.RateLimiting: decision 0028.</remarks>
internal sealed class Allowance(int countMax, TimeSpan window, int keyCountMax, TimeProvider clock)
{
    /// <summary>How many counts newcomers share while there is no room.</summary>
    internal const int SharedCountMax = 1_024;

    private const int HashKeySizeBytes = 32;

    private readonly Lock gate = new();
    private readonly byte[] hashKey = RandomNumberGenerator.GetBytes(HashKeySizeBytes);
    private readonly Dictionary<UInt128, Spent> spent = [];
    private readonly Spent[] shared = new Spent[SharedCountMax];
    private DateTimeOffset nextEndAt;

    private readonly record struct Spent(int Count, DateTimeOffset WindowEndsAt);

    /// <summary>How many keys are remembered now.</summary>
    internal int KeyCount
    {
        get
        {
            lock (gate)
                return spent.Count;
        }
    }

    /// <summary>Takes one, or says when there will be some again.</summary>
    public AllowanceResult Take(string key) => Take(key, 1);

    /// <summary>Whether there would be one, without taking it: nothing is remembered of whoever only asks.</summary>
    public AllowanceResult Look(string key) => Take(key, 0);

    private AllowanceResult Take(string key, int count)
    {
        var now = clock.GetUtcNow();
        var hash = Hash(key);
        lock (gate)
        {
            if (spent.TryGetValue(hash, out var running) && running.WindowEndsAt > now)
                return Spend(ref CollectionsMarshal.GetValueRefOrNullRef(spent, hash), count, now);
            ref var among = ref shared[(int)(hash % SharedCountMax)];
            if (count == 0)
                return among.WindowEndsAt > now ? Spend(ref among, 0, now) : new AllowanceResult.Taken();
            if (spent.Count >= keyCountMax && now >= nextEndAt)
                ForgetEnded(now);
            if (spent.Count >= keyCountMax && !spent.ContainsKey(hash))
                return Spend(ref among, count, now);
            // Whoever was counted among others goes on from there: no key gets a second allowance by moving.
            spent[hash] = among.WindowEndsAt > now ? among : default;
            return Spend(ref CollectionsMarshal.GetValueRefOrNullRef(spent, hash), count, now);
        }
    }

    private AllowanceResult Spend(ref Spent running, int count, DateTimeOffset now)
    {
        if (running.WindowEndsAt <= now)
            running = new(0, now + window);
        if (running.Count >= countMax)
            return new AllowanceResult.UsedUp(running.WindowEndsAt - now);
        running = running with { Count = running.Count + count };
        return new AllowanceResult.Taken();
    }

    /// <summary>Goes through all keys, and not again before the next window ends: a flood does not make every request do so.</summary>
    private void ForgetEnded(DateTimeOffset now)
    {
        nextEndAt = now + window;
        foreach (var (key, state) in spent)
        {
            if (state.WindowEndsAt <= now)
                spent.Remove(key);
            else if (state.WindowEndsAt < nextEndAt)
                nextEndAt = state.WindowEndsAt;
        }
    }

    private UInt128 Hash(string key) => MemoryMarshal.Read<UInt128>(HMACSHA256.HashData(hashKey, Encoding.UTF8.GetBytes(key)));
}

internal abstract record AllowanceResult
{
    private AllowanceResult() { }

    public sealed record Taken : AllowanceResult;

    public sealed record UsedUp(TimeSpan RetryAfter) : AllowanceResult;
}
