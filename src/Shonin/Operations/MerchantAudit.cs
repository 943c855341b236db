using System.Net;
using Shonin.Audit;

namespace Shonin.Operations;

/// <summary>
/// The merchant's audit trail, one line for each place that has something to tell. Signing in and downloading wait until it is durable and
/// are refused where it cannot be; looking, signing out and failing never wait.
/// </summary>
public sealed class MerchantAudit(AuditTrail trail)
{
    /// <summary>Every API key there can be is remembered, so that most requests ask the log nothing.</summary>
    private const int KeysRememberedMax = 2_000;

    private readonly Lock gate = new();
    private readonly HashSet<string> used = [];

    /// <returns>False where it could not be written: then nobody is let in.</returns>
    public ValueTask<bool> SignedInAsync(string keyId, IPAddress? address) =>
        trail.RecordAsync(new(AuditNames.Of(AuditedAct.SignedIn), keyId, null, address));

    public void SignInFailed(IPAddress? address) => trail.CountFailure(AuditNames.Of(AuditedAct.SignInFailed), address);

    public void SignedOut(string keyId) => trail.Note(new(AuditNames.Of(AuditedAct.SignedOut), keyId));

    /// <summary>Each search by itself, and nothing of what was searched for.</summary>
    public void Searched(string keyId) => trail.Note(new(AuditNames.Of(AuditedAct.OrdersSearched), keyId));

    /// <param name="what">An order's id, a report's number; null where the kind says it all.</param>
    public void Read(AuditedAct kind, string keyId, string? what) => trail.NoteRead(new(AuditNames.Of(kind), keyId, what));

    /// <summary>Something was read with an API key. Programs read all day: beyond the trail's limit it is counted.</summary>
    /// <param name="what">An order's id.</param>
    public void ReadByApi(AuditedAct kind, string keyId, string what) => trail.NoteProgramRead(new(AuditNames.Of(kind), keyId, what));

    public void OrdersListedByApi(string keyId, int count) =>
        trail.NoteProgramRead(new(AuditNames.Of(AuditedAct.OrdersListedByApi), keyId), count);

    /// <returns>False where it could not be written: then nothing is handed out.</returns>
    public ValueTask<bool> DownloadedAsync(string keyId, string report) =>
        trail.RecordAsync(new(AuditNames.Of(AuditedAct.ReportDownloaded), keyId, report));

    /// <param name="person">The keyed digest of their address.</param>
    /// <returns>False where it could not be written: then nothing is handed out, and nothing erased.</returns>
    public ValueTask<bool> HandedOutAsync(AuditedAct kind, string keyId, string person) =>
        trail.RecordAsync(new(AuditNames.Of(kind), keyId, person));

    public void Did(AuditedAct kind, string keyId, string what) => trail.Note(new(AuditNames.Of(kind), keyId, what));

    public void ApiKeyUsed(string keyId)
    {
        lock (gate)
        {
            if (used.Count >= KeysRememberedMax || !used.Add(keyId))
                return;
        }
        if (Once(AuditedAct.ApiKeyFirstUsed, keyId, null))
            return;
        lock (gate)
            used.Remove(keyId);
    }

    public void ApiKeyWrong(IPAddress? address) => trail.CountFailure(AuditNames.Of(AuditedAct.ApiKeyWrong), address);

    /// <summary>Something about a key that is true from then on, and is told again at each start.</summary>
    /// <param name="at">When it happened; null for now.</param>
    /// <returns>False where it was not taken, and is to be told again.</returns>
    internal bool Once(AuditedAct kind, string key, DateTimeOffset? at)
    {
        var name = AuditNames.Of(kind);
        return trail.NoteOnce($"{name} {key}", new(name, null, key), at);
    }
}
