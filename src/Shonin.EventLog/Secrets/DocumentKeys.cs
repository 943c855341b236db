using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Shonin.EventLog.Secrets;

/// <summary>
/// Puts documents into an <see cref="Envelope"/> each, under a key of their owner, which itself lies in one under a master key that is kept
/// outside the database. Whoever erases the owner's wrapped key has erased the documents, wherever copies of them lie. The place of an
/// envelope is its owner and its document, so that none can stand in for another.
/// </summary>
public sealed class DocumentKeys(byte[] masterKey)
{
    public const int KeySizeBytes = Envelope.KeySizeBytes;

    private static ReadOnlySpan<byte> OwnerDomain => "shonin-owner-key-v1"u8;
    private static ReadOnlySpan<byte> DocumentDomain => "shonin-document-v1"u8;

    /// <summary>Eight bytes that tell one master key from another and nothing about it.</summary>
    public byte[] Fingerprint { get; } = SHA256.HashData([.. "shonin-master-key-fingerprint-v1"u8, .. masterKey])[..8];

    /// <summary>A new key for an owner.</summary>
    internal OwnerKey NewKeyOf(string owner)
    {
        var key = RandomNumberGenerator.GetBytes(KeySizeBytes);
        return new(owner, key, Envelope.Seal(masterKey, key, place: PlaceOf(OwnerDomain, owner, "")));
    }

    /// <exception cref="CryptographicException">Something was altered, or the master key is another one.</exception>
    internal OwnerKey Unwrap(string owner, byte[] wrapped) =>
        new(owner, Envelope.Open(masterKey, wrapped, place: PlaceOf(OwnerDomain, owner, "")), wrapped);

    internal static byte[] Seal(OwnerKey key, string documentId, ReadOnlySpan<byte> content) =>
        Envelope.Seal(key.Key, content, place: PlaceOf(DocumentDomain, key.Owner, documentId));

    /// <exception cref="CryptographicException">Something was altered, or the master key is another one.</exception>
    internal byte[] Open(byte[] wrappedKey, string owner, string documentId, ReadOnlySpan<byte> sealedContent) =>
        Envelope.Open(Unwrap(owner, wrappedKey).Key, sealedContent, place: PlaceOf(DocumentDomain, owner, documentId));

    private static byte[] PlaceOf(ReadOnlySpan<byte> domain, string owner, string documentId)
    {
        var ownerSize = Encoding.UTF8.GetByteCount(owner);
        var place = new byte[domain.Length + sizeof(uint) + ownerSize + Encoding.UTF8.GetByteCount(documentId)];
        domain.CopyTo(place);
        var rest = place.AsSpan(domain.Length);
        BinaryPrimitives.WriteUInt32BigEndian(rest, (uint)ownerSize);
        Encoding.UTF8.GetBytes(owner, rest[sizeof(uint)..]);
        Encoding.UTF8.GetBytes(documentId, rest[(sizeof(uint) + ownerSize)..]);
        return place;
    }
}

/// <summary>An owner's key in memory, and wrapped as it is stored.</summary>
internal sealed record OwnerKey(string Owner, byte[] Key, byte[] Wrapped)
{
    public override string ToString() => $"the key of {Owner}";
}
