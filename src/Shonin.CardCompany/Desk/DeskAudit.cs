using System.Net;
using Shonin.Audit;

namespace Shonin.CardCompany.Desk;

/// <summary>
/// The card company's own trail, on its own log: who came to its desk, which cards were looked at, which exports were fetched. Cards and
/// merchants are named by the opaque names of their streams. The stored names stand here, by hand.
/// </summary>
internal sealed class DeskAudit(AuditTrail trail)
{
    /// <returns>False where it could not be written: then nobody is let in.</returns>
    public ValueTask<bool> SignedInAsync(IPAddress? address) => trail.RecordAsync(new("deskSignedIn", DeskApi.Agent, null, address));

    public void SignInFailed(IPAddress? address) => trail.CountFailure("deskSignInFailed", address);

    public void SignedOut() => trail.Note(new("deskSignedOut", DeskApi.Agent));

    public void CardRead(string card) => trail.NoteRead(new("deskCardRead", DeskApi.Agent, card));

    public void KeyWrong(IPAddress? address) => trail.CountFailure("deskKeyWrong", address);

    public void ExportKeyIssued(string merchant) => trail.Note(new("exportKeyIssued", DeskApi.Agent, merchant));

    /// <summary>A merchant's program fetches its rows every few seconds: one line in ten minutes says it.</summary>
    /// <returns>False where it could not be written: then nothing is handed out.</returns>
    public ValueTask<bool> ExportDownloadedAsync(string merchant) => trail.RecordReadAsync(new("exportDownloaded", merchant, merchant));

    public void ExportKeyWrong(IPAddress? address) => trail.CountFailure("exportKeyWrong", address);
}
