using System.Collections.Immutable;
using System.Globalization;
using Shonin.EventLog.Secrets;
using Shonin.MailAuthentication.Dkim;
using Shonin.MailChecks;
using Shonin.Operations;

namespace Shonin.Notices;

/// <summary>
/// The public half of every key that ever signed our mail, with the time in which it did: <c>keys/mail-keys.json</c>. Nothing leaves it,
/// so a mail from before a change of keys still verifies when DNS has forgotten its key. There is no secret in it; the owner may publish
/// it.
/// </summary>
internal sealed class MailKeyBook
{
    private readonly SharedFile<IReadOnlyList<ArchivedKey>> file;

    public MailKeyBook(KeyFolder folder)
    {
        var path = System.IO.Path.Combine(folder.Path, "mail-keys.json");
        file = new(path, content => Parse(content, path), []);
    }

    public string Path => file.Path;

    /// <summary>The oldest first. A change beside us is seen.</summary>
    /// <exception cref="KeyFileException">The file is not what was written; the message says what to do.</exception>
    public IReadOnlyList<ArchivedKey> Keys => file.Read();

    /// <summary>Those that sign for a domain at a moment, one of each kind, in the order in which they sign.</summary>
    public IReadOnlyList<ArchivedKey> SigningAt(string domain, DateTimeOffset at) => SigningAt(Keys, DomainOf(domain), at);

    /// <summary>
    /// Our keys for whoever checks a mail: <see cref="DkimVerifyOptions.KeptKeys"/>. A key that is taken back counts no more from then on.
    /// </summary>
    public KeptKey Find(DkimSignature signature) => new DkimKeyArchive(Keys).Find(signature);

    /// <summary>A domain as the book and DNS write it: lower case, A-labels.</summary>
    public static string DomainOf(string text) => new IdnMapping().GetAscii(text).ToLowerInvariant();

    /// <param name="domain">As <see cref="DomainOf"/> writes it.</param>
    public static IReadOnlyList<ArchivedKey> SigningAt(IReadOnlyList<ArchivedKey> keys, string domain, DateTimeOffset at) =>
        [
            .. DkimKeyFiles
                .Kinds
                // Of two that begin in one second, the one that was entered later.
                .Select(kind =>
                    keys.Where(key => key.Selector[0] == kind && key.Domain == domain && key.Revoked is null && key.Signed(at))
                        .OrderBy(key => key.From)
                        .LastOrDefault()
                )
                .OfType<ArchivedKey>(),
        ];

    /// <summary>Changes the book, one change at a time, durably.</summary>
    /// <param name="change">Gets the keys as they stand; what it returns stands afterwards. The same list again writes nothing.</param>
    public void Change(Func<IReadOnlyList<ArchivedKey>, IReadOnlyList<ArchivedKey>> change)
    {
        using var turn = file.TakeTurn();
        var before = file.Read();
        var after = change(before);
        if (!after.SequenceEqual(before))
            file.Write(MailKeysFile.Write(after));
    }

    private static ImmutableArray<ArchivedKey> Parse(ReadOnlyMemory<byte> content, string path) =>
        MailKeysFile.Parse(content) switch
        {
            MailKeysParse.Parsed(var keys) => keys.All(key => DkimKeyFiles.Kinds.Contains(key.Selector[0]))
                ? keys
                : throw new KeyFileException($"{path} names a selector that is none of ours. Restore it from a backup."),
            MailKeysParse.Malformed(var where, var why) => throw new KeyFileException($"{path}, {where}: {why} Restore it from a backup."),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
}
