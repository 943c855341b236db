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
    /// <exception cref="System.Security.Cryptography.CryptographicException">An owner's key was altered, or the master key is another
    ///   one.</exception>
    /// <exception cref="LogUnusableException">The owners cannot be read.</exception>
    internal PreparedAppend Prepare(Append append)
    {
        if (append.Documents.Count == 0)
            return new(append, []);
        var known = new List<(OwnerKey Key, KeyOrigin Origin)>(1); // nearly always all are the one customer's
        var prepared = new SealedDocument[append.Documents.Count];
        for (var index = 0; index < prepared.Length; index++)
        {
            var document = append.Documents[index];
            var at = known.FindIndex(one => one.Key.Owner == document.Owner);
            if (at < 0)
            {
                at = known.Count;
                known.Add(
                    reader.FindOwnerKey(document.Owner) is { } wrapped
                        ? (keys.Unwrap(document.Owner, wrapped), KeyOrigin.Stored)
                        : (keys.NewKeyOf(document.Owner), KeyOrigin.MadeNow)
                );
            }
            prepared[index] = Seal(document, known[at].Key, known[at].Origin);
        }
        return new(append, prepared);
    }

    /// <summary>The document under the key that its owner has now, or under a new one where it has none any more.</summary>
    internal SealedDocument Again(Document document, byte[]? wrapped) =>
        wrapped is null
            ? Seal(document, keys.NewKeyOf(document.Owner), KeyOrigin.MadeNow)
            : Seal(document, keys.Unwrap(document.Owner, wrapped), KeyOrigin.Stored);

    private static SealedDocument Seal(Document document, OwnerKey key, KeyOrigin origin)
    {
        var (packing, content) = DocumentPacking.Pack(document.Content);
        return new(document, key, origin, packing, DocumentKeys.Seal(key, document.Id, content.Span));
    }
}
