using System.Buffers.Text;
using System.Security.Cryptography;

namespace Shonin.CardCompany.Desk;

/// <summary>Who has signed in on the page. Sessions live in memory: a restart signs everybody out.</summary>
internal sealed class DeskSessions(TimeProvider clock)
{
    private static readonly TimeSpan lifetime = TimeSpan.FromHours(8);
    private const int SessionCountMax = 100;
    private const int TokenBytes = 32;

    private readonly Lock gate = new();
    private readonly Dictionary<string, Session> sessions = [];

    /// <param name="FormToken">Must come back with every form of this session: another site cannot know it.</param>
    public sealed record Session(string Id, string FormToken, DateTimeOffset Until);

    public Session Begin()
    {
        var session = new Session(Token(), Token(), clock.GetUtcNow() + lifetime);
        lock (gate)
        {
            if (sessions.Count >= SessionCountMax)
                sessions.Remove(sessions.Values.MinBy(old => old.Until)!.Id);
            sessions[session.Id] = session;
        }
        return session;
    }

    public Session? Find(string? id)
    {
        lock (gate)
            return id is not null && sessions.TryGetValue(id, out var session) && session.Until > clock.GetUtcNow() ? session : null;
    }

    public void End(string id)
    {
        lock (gate)
            sessions.Remove(id);
    }

    private static string Token() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TokenBytes));
}
