using Shonin.EventLog.Secrets;

namespace Shonin.EventLog.Sqlite;

/// <summary>A document as it will be stored, unless its owner's key is another one by then.</summary>
/// <param name="MadeFor">The key that it was sealed under.</param>
internal sealed record SealedDocument(Document Document, OwnerKey MadeFor, KeyOrigin Origin, Packing Packing, byte[] Content);

/// <summary>Where the key of a sealed document came from.</summary>
internal enum KeyOrigin
{
    Stored,
    MadeNow,
}

/// <summary>An append and what could be done for it before its turn came.</summary>
internal sealed record PreparedAppend(Append Append, IReadOnlyList<SealedDocument> Documents);

/// <summary>
/// Packs and seals documents on the threads of those who append, so that the one thread that writes has only to store them. What it looks
/// up may have changed by the time the append is written: the writer compares keys, and seals anew where they differ (<see cref="Again"/>).
/// </summary>
internal sealed class DocumentSealer(DocumentKeys keys, SqliteReader reader)
{
    /// <summary>The customers of the last minutes: an order writes of its customer several times.</summary>
    private const int RecentCountMax = 2_048;

    private readonly RecentlyUsed<string, OwnerKey> recent = new(RecentCountMax);

    /// <exception cref="System.Security.Cryptography.CryptographicException">An owner's key was altered, or the master key is another
    ///   one.</exception>
    /// <exception cref="LogUnusableException">The owners cannot be read.</exception>
    internal PreparedAppend Prepare(Append append)
    {
        if (append.Documents.Count == 0)
            return new(append, []);
        var prepared = new SealedDocument[append.Documents.Count];
        for (var index = 0; index < prepared.Length; index++)
        {
            var document = append.Documents[index];
            var (key, origin) = KeyOf(document.Owner);
            prepared[index] = Seal(document, key, origin);
        }
        return new(append, prepared);
    }

    /// <summary>The document under the key that its owner has now, or under a new one where it has none any more.</summary>
    internal SealedDocument Again(Document document, byte[]? wrapped)
    {
        var origin = wrapped is null ? KeyOrigin.MadeNow : KeyOrigin.Stored;
        var key = wrapped is null ? keys.NewKeyOf(document.Owner) : keys.Unwrap(document.Owner, wrapped);
        recent.Put(key.Owner, key);
        return Seal(document, key, origin);
    }

    /// <summary>The owner is erased. Whoever looks its key up in this moment may bring it back here, where the writer refuses it.</summary>
    internal void Forget(string owner) => recent.Remove(owner);

    /// <summary>
    /// A recent key counts as stored, also one that was made a moment ago and may still be on its way: it is never stored on the word of
    /// memory, which does not know whether it was erased.
    /// </summary>
    private (OwnerKey Key, KeyOrigin Origin) KeyOf(string owner)
    {
        if (recent.Find(owner) is { } found)
            return (found, KeyOrigin.Stored);
        var wrapped = reader.FindOwnerKey(owner);
        var key = wrapped is null ? keys.NewKeyOf(owner) : keys.Unwrap(owner, wrapped);
        recent.Put(key.Owner, key);
        return (key, wrapped is null ? KeyOrigin.MadeNow : KeyOrigin.Stored);
    }

    private static SealedDocument Seal(Document document, OwnerKey key, KeyOrigin origin)
    {
        var (packing, content) = DocumentPacking.Pack(document.Content);
        return new(document, key, origin, packing, DocumentKeys.Seal(key, document.Id, content.Span));
    }
}
