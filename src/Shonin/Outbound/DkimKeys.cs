using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Crypto.Parameters;
using Shonin.EventLog.Secrets;
using Shonin.MailAuthentication.Dkim;

namespace Shonin.Outbound;

/// <summary>
/// The keys that sign our mail: one RSA-2048, which every receiver knows, and one Ed25519, for those that do. They are made on the
/// first start and named by that day, so that a later pair stands beside them in DNS and old mails still verify.
/// </summary>
internal sealed class DkimKeys : IDisposable
{
    private const int RsaBits = 2048; // RFC 8301 section 3.2
    private const int CharacterStringSizeMax = 255; // RFC 1035 section 3.3.14: one character-string of a TXT record
    private const string RsaPrefix = "dkim-r";
    private const string Ed25519Prefix = "dkim-e";

    private DkimKeys(DkimKey rsa, DkimKey ed25519) => All = [rsa, ed25519];

    /// <summary>In the order in which they sign.</summary>
    public IReadOnlyList<DkimKey> All { get; }

    /// <summary>The newest pair of the folder, made where there is none.</summary>
    /// <param name="domain">The domain of the From address: only then do the signatures speak for it (RFC 9989, alignment).</param>
    /// <exception cref="KeyFileException">A key file cannot be used; the message says what to do.</exception>
    public static DkimKeys LoadOrCreate(KeyFolder folder, string domain, DateTimeOffset now)
    {
        var today = now.UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        var rsa = Newest(folder, RsaPrefix) ?? RsaPrefix + today;
        var ed25519 = Newest(folder, Ed25519Prefix) ?? Ed25519Prefix + today;
        return new DkimKeys(
            DkimKey.FromPem(domain, SelectorOf(rsa), folder.LoadOrCreatePem(rsa, MakeRsa)),
            DkimKey.FromEd25519Seed(domain, SelectorOf(ed25519), folder.LoadOrCreate(ed25519, Ed25519PrivateKeyParameters.KeySize)));
    }

    /// <summary>What the owner of the domain publishes, in the form of a zone file.</summary>
    public string DnsRecords()
    {
        var records = new StringBuilder();
        foreach (var key in All)
            records.Append(key.DnsName).Append(". IN TXT ").AppendJoin(' ', key.DnsRecord.Chunk(CharacterStringSizeMax).Select(part => $"\"{new string(part)}\"")).Append('\n');
        return records.ToString();
    }

    public void Dispose()
    {
        foreach (var key in All)
            key.Dispose();
    }

    private static string? Newest(KeyFolder folder, string prefix) => folder.NamesBeginningWith(prefix) is [.., var newest] ? newest : null;

    /// <summary><c>r20261124</c>: no letter of it tells anything but which key, and since when.</summary>
    private static string SelectorOf(string fileName) => fileName["dkim-".Length..];

    private static string MakeRsa()
    {
        using var rsa = RSA.Create(RsaBits);
        return rsa.ExportPkcs8PrivateKeyPem();
    }
}
