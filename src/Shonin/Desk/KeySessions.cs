using System.Security.Cryptography;
using Shonin.Domain.Accounts;
using Shonin.Operations;

namespace Shonin.Desk;

/// <summary>Whose admin API key this secret is, or null: then nobody is let in.</summary>
public delegate StaffMember? StaffLookup(string secret);

/// <summary>API keys that open the desk: for whoever sets it up, before there are colleagues with accounts.</summary>
internal static class DeskKeys
{
    public static StaffLookup Among(ApiKeys keys) =>
        secret => keys.Find(secret) is { } key && key.MayDo(Scope.Admin) ? new(key.Id, key.Name, AccountRole.Admin) : null;

    /// <summary>Where keys are for programs alone.</summary>
    public static StaffLookup None { get; } = _ => null;

    /// <summary>The names of the keys by their ids, for whoever reads the trail.</summary>
    public static IReadOnlyDictionary<string, string> NamesAmong(ApiKeys keys) => keys.List().ToDictionary(key => key.Id, key => key.Name);
}

/// <summary>
/// Browsers that were let in by an API key. Kept in memory alone, and asked of the keys again each time: a revoked key is out at once.
/// </summary>
internal sealed class KeySessions(StaffLookup staff, TimeProvider clock)
{
    /// <summary>A working day.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(9);

    private const int SessionCountMax = 1_000;
    private const int SessionSizeBytes = 32;

    private readonly Lock gate = new();
    private readonly Dictionary<string, Session> open = [];

    private sealed record Session(string Key, DateTimeOffset BegunAt)
    {
        public DateTimeOffset EndsAt => BegunAt + Lifetime;
    }

    /// <summary>Whose key it is, or null.</summary>
    public StaffMember? MemberOf(string key) => staff(key);

    /// <summary>A new session for this key, or null where it is no admin's, or too many are open.</summary>
    public string? Open(string key)
    {
        if (staff(key) is null)
            return null;
        var now = clock.GetUtcNow();
        lock (gate)
        {
            foreach (var (id, session) in open)
            {
                if (session.EndsAt <= now)
                    open.Remove(id);
            }

            if (open.Count >= SessionCountMax)
                return null;
            var fresh = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SessionSizeBytes));
            open[fresh] = new(key, now);
            return fresh;
        }
    }

    /// <summary>The session that this secret opens, or null.</summary>
    public DeskSession? Find(string secret)
    {
        Session? session;
        lock (gate)
            open.TryGetValue(secret, out session);
        var now = clock.GetUtcNow();
        return session is not null && session.EndsAt > now && staff(session.Key) is { } member
            ? new(secret, member, now < session.BegunAt + AccountSession.FreshFor)
            : null;
    }

    public void Close(string secret)
    {
        lock (gate)
            open.Remove(secret);
    }
}
