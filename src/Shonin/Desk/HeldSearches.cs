using System.Collections.Immutable;
using System.Security.Cryptography;
using Shonin.Merchant.Desk;

namespace Shonin.Desk;

/// <summary>What somebody at the desk searched for, and which orders it came to.</summary>
/// <param name="Typed">A caller's name or address: it stands in memory alone.</param>
/// <param name="Numbers">The newest first.</param>
public sealed record HeldSearch(
    string Typed,
    ImmutableArray<string> Numbers,
    int LookedAtCount,
    DateTimeOffset? Oldest,
    int UnreadableCount,
    SearchReach Reach
);

/// <summary>
/// Searches between their answer and the page's end, each under a random name and for the session that asked. So what was typed stands in
/// no address, and a page of results can be gone back to. The oldest makes room.
/// </summary>
internal sealed class HeldSearches(TimeProvider clock)
{
    private const int CountMax = 200;
    private const int NameSizeBytes = 16;
    private static readonly TimeSpan lifetime = TimeSpan.FromMinutes(30);

    private readonly Lock gate = new();
    private readonly Dictionary<string, (string Session, HeldSearch Search, DateTimeOffset EndsAt)> held = [];

    /// <returns>The name of its page.</returns>
    public string Hold(string session, HeldSearch search)
    {
        var name = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(NameSizeBytes));
        var now = clock.GetUtcNow();
        lock (gate)
        {
            foreach (var (other, ended) in held)
            {
                if (ended.EndsAt <= now)
                    held.Remove(other);
            }

            if (held.Count >= CountMax)
                held.Remove(held.MinBy(one => one.Value.EndsAt).Key);
            held.Add(name, (session, search, now + lifetime));
        }
        return name;
    }

    /// <summary>Null where there is none of this name, where it is another's, and where its time is over.</summary>
    public HeldSearch? Find(string session, string name)
    {
        lock (gate)
        {
            return held.TryGetValue(name, out var found) && found.Session == session && found.EndsAt > clock.GetUtcNow()
                ? found.Search
                : null;
        }
    }
}
