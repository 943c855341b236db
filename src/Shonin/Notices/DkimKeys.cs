using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Parameters;
using Shonin.EventLog.Secrets;
using Shonin.MailAuthentication.Dkim;
using Shonin.MailChecks;

namespace Shonin.Notices;

/// <summary>
/// The keys that sign our mail: one RSA-2048, which every receiver knows, and one Ed25519, for those that do. A pair is made on the
/// first start, the next by <c>shonin mail rotate-keys</c>; which of them signs at a moment stands in the <see cref="MailKeyBook"/>, so
/// a running server changes over by itself.
/// </summary>
internal sealed class DkimKeys : IDisposable
{
    private readonly KeyFolder folder;
    private readonly string domain;
    private readonly ConcurrentDictionary<string, DkimKey> loaded = new(StringComparer.Ordinal);

    private DkimKeys(KeyFolder folder, MailKeyBook book, string domain) =>
        (this.folder, Book, this.domain) = (folder, book, MailKeyBook.DomainOf(domain));

    public MailKeyBook Book { get; }

    /// <summary>The keys of a folder; a first pair is made where none signs for the domain.</summary>
    /// <param name="domain">The domain of the From address: only then do the signatures speak for it (RFC 9989, alignment).</param>
    /// <param name="need">Whether notices exist that were signed: a new pair, made in silence, would leave them without the keys that vouch
    ///   for them, and a key that was taken back would count again.</param>
    /// <exception cref="KeyFileException">A key file cannot be used, or the book is lost beside such notices; the message says what to
    ///   do.</exception>
    public static DkimKeys LoadOrCreate(KeyFolder folder, string domain, DateTimeOffset now, KeyNeed need = KeyNeed.None)
    {
        var keys = new DkimKeys(folder, new MailKeyBook(folder), domain);
        if (need == KeyNeed.ForDataThatExist && keys.Book.Keys.Count == 0)
        {
            throw new KeyFileException(
                $"{keys.Book.Path} is missing or names no key, though there are notices that its keys signed. Restore it, and the dkim- files beside it, from a backup of the keys. "
                    + "Where there is none, begin with a new pair: shonin mail rotate-keys. Mails from before are then verified only as long as DNS has their records."
            );
        }

        new DkimRotation(keys.Book, folder, domain).Begin(now);
        keys.At(now);
        return keys;
    }

    /// <summary>The pair that signs at this moment, in the order in which it signs.</summary>
    /// <exception cref="KeyFileException">Its private half cannot be used, or nothing signs.</exception>
    public IReadOnlyList<DkimKey> At(DateTimeOffset now)
    {
        var signing = Book.SigningAt(domain, now);
        return signing.Count > 0
            ? [.. signing.Select(Load)]
            : throw new KeyFileException($"{Book.Path} names no key that signs for {domain} now. Run: shonin mail rotate-keys --from now");
    }

    public void Dispose()
    {
        foreach (var key in loaded.Values)
            key.Dispose();
    }

    private DkimKey Load(ArchivedKey archived) => loaded.GetOrAdd(archived.Selector, selector =>
        {
            var key = DkimKeyFiles.Load(folder, domain, selector);
            if (key.DnsRecord == archived.Record)
                return key;
            key.Dispose();
            throw new KeyFileException(
                $"The private key {selector} in {folder.Path} does not fit its record in {Book.Path}. Restore it from a backup, or begin with a new pair: shonin mail rotate-keys --from now"
            );
        });
}

/// <summary>The private halves, as files named by their selectors: <c>dkim-r20261124.pem</c>, <c>dkim-e20261124.key</c>.</summary>
internal static class DkimKeyFiles
{
    private const int RsaBits = 2048; // RFC 8301 section 3.2
    private const string Prefix = "dkim-";

    /// <summary>The first letters of selectors, one a key of a pair, in the order in which they sign.</summary>
    public static ImmutableArray<char> Kinds { get; } = ['r', 'e'];

    /// <summary>The selectors of one kind that have a file, in ordinal order.</summary>
    public static IReadOnlyList<string> Selectors(KeyFolder folder, char kind) =>
        [.. folder.NamesBeginningWith($"{Prefix}{kind}").Select(name => name[Prefix.Length..])];

    /// <exception cref="KeyFileException">A key file cannot be used; the message says what to do.</exception>
    public static DkimKey LoadOrCreate(KeyFolder folder, string domain, string selector) =>
        selector[0] switch
        {
            'r' => DkimKey.FromPem(domain, selector, folder.LoadOrCreatePem(Prefix + selector, MakeRsa)),
            'e' => DkimKey.FromEd25519Seed(domain, selector, folder.LoadOrCreate(Prefix + selector, Ed25519PrivateKeyParameters.KeySize)),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    /// <exception cref="KeyFileException">The file is missing, or cannot be used.</exception>
    public static DkimKey Load(KeyFolder folder, string domain, string selector) =>
        Selectors(folder, selector[0]).Contains(selector)
            ? LoadOrCreate(folder, domain, selector)
            : throw new KeyFileException(
                $"The private key {selector} is missing in {folder.Path}. Restore it from a backup, or begin with a new pair: shonin mail rotate-keys --from now"
            );

    private static string MakeRsa()
    {
        using var rsa = RSA.Create(RsaBits);
        return rsa.ExportPkcs8PrivateKeyPem();
    }
}
