using System.Globalization;
using Shonin.MailAuthentication.Dkim;

namespace Shonin.MailChecks;

/// <summary>
/// Public keys that DNS may have forgotten. A key answers for signatures that say they were made while it signed: an old private key
/// that leaks later proves nothing new with an honest time, and once it is revoked nothing at all.
/// </summary>
public sealed class DkimKeyArchive
{
    private readonly ILookup<string, ArchivedKey> byName;

    public DkimKeyArchive(IEnumerable<ArchivedKey> keys) =>
        byName = keys.ToLookup(key => NameOf(key.Selector, key.Domain), StringComparer.OrdinalIgnoreCase);

    /// <summary>To be given to <see cref="DkimVerifyOptions.KeptKeys"/>.</summary>
    public KeptKey Find(DkimSignature signature)
    {
        ArgumentNullException.ThrowIfNull(signature);
        KeptKey found = new KeptKey.None();
        foreach (var key in byName[NameOf(signature.Selector, signature.Domain)])
        {
            if (key.Revoked is { } revoked)
            {
                return new KeptKey.Revoked(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{key.Domain} took this key back on {revoked:yyyy-MM-dd}: somebody else may hold it."
                    )
                );
            }

            if (signature.SignedAt is { } at && key.Signed(at))
                found = new KeptKey.Kept(key.Record);
        }
        return found;
    }

    private static string NameOf(string selector, string domain) => $"{selector}._domainkey.{domain}";
}
