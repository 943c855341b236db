namespace Shonin.MailChecks;

/// <summary>
/// A public key as a domain published it, with the time in which it signed: what proves an old mail when DNS has forgotten the key.
/// </summary>
/// <param name="Domain">d= of the signatures, in lower case.</param>
/// <param name="Selector">s= of the signatures.</param>
/// <param name="Record">The whole TXT record.</param>
/// <param name="From">The first moment at which it signed.</param>
/// <param name="Until">The last one; null while it signs.</param>
/// <param name="Revoked">Since when a stranger may hold the private half: from then on no signature by it counts, also none that claims to
///   be older.</param>
public sealed record ArchivedKey(
    string Domain,
    string Selector,
    string Record,
    DateTimeOffset From,
    DateTimeOffset? Until = null,
    DateTimeOffset? Revoked = null
)
{
    /// <summary>Whether a signature that says it was made then can be this key's.</summary>
    public bool Signed(DateTimeOffset at) => at >= From && (Until is null || at <= Until);
}
