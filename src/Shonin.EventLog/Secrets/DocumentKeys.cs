using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Shonin.EventLog.Secrets;

/// <summary>
/// Encrypts documents with AES-256-GCM under a key of their owner, which is itself encrypted under a master key that lives outside the
/// database. Whoever erases the owner's wrapped key has erased the documents, wherever copies of them lie.
/// <para>A sealed value is a 12-byte nonce, the ciphertext, a 16-byte tag. Owner and document id are authenticated with it, so no
/// sealed value can stand in another's place.</para>
/// </summary>
public sealed class DocumentKeys(byte[] masterKey)
{
    public const int KeySizeBytes = 32; // AES-256
    private const int NonceSizeBytes = 12; // NIST SP 800-38D section 8.2.2: 96 random bits, far below 2^32 values a key
    private const int TagSizeBytes = 16; // NIST SP 800-38D section 5.2.1.2: 128 bits

    private static ReadOnlySpan<byte> OwnerDomain => "shonin-owner-key-v1"u8;
    private static ReadOnlySpan<byte> DocumentDomain => "shonin-document-v1"u8;

    /// <summary>Eight bytes that tell one master key from another and nothing about it.</summary>
    public byte[] Fingerprint { get; } = SHA256.HashData([.. "shonin-master-key-fingerprint-v1"u8, .. masterKey])[..8];

    /// <summary>A new key for an owner.</summary>
    internal OwnerKey NewKeyOf(string owner)
    {
        var key = RandomNumberGenerator.GetBytes(KeySizeBytes);
        return new(owner, key, Seal(masterKey, key, Associated(OwnerDomain, owner, "")));
    }

    /// <exception cref="CryptographicException">Something was altered, or the master key is another one.</exception>
    internal OwnerKey Unwrap(string owner, byte[] wrapped) => new(owner, Open(masterKey, wrapped, Associated(OwnerDomain, owner, "")), wrapped);

    internal static byte[] Seal(OwnerKey key, string documentId, ReadOnlySpan<byte> content) => Seal(key.Key, content, Associated(DocumentDomain, key.Owner, documentId));

    /// <exception cref="CryptographicException">Something was altered, or the master key is another one.</exception>
    internal byte[] Open(byte[] wrappedKey, string owner, string documentId, ReadOnlySpan<byte> sealedContent) =>
        Open(Unwrap(owner, wrappedKey).Key, sealedContent, Associated(DocumentDomain, owner, documentId));

    private static byte[] Seal(byte[] key, ReadOnlySpan<byte> content, byte[] associated)
    {
        var result = new byte[NonceSizeBytes + content.Length + TagSizeBytes];
        var nonce = result.AsSpan(0, NonceSizeBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key, TagSizeBytes);
        aes.Encrypt(nonce, content, result.AsSpan(NonceSizeBytes, content.Length), result.AsSpan(NonceSizeBytes + content.Length), associated);
        return result;
    }

    private static byte[] Open(byte[] key, ReadOnlySpan<byte> value, byte[] associated)
    {
        var sizeBytes = value.Length - NonceSizeBytes - TagSizeBytes;
        if (sizeBytes < 0)
            throw new CryptographicException($"A sealed value of {value.Length} bytes is cut off.");
        var content = new byte[sizeBytes];
        using var aes = new AesGcm(key, TagSizeBytes);
        aes.Decrypt(value[..NonceSizeBytes], value.Slice(NonceSizeBytes, sizeBytes), value[(NonceSizeBytes + sizeBytes)..], content, associated);
        return content;
    }

    private static byte[] Associated(ReadOnlySpan<byte> domain, string owner, string documentId)
    {
        var ownerBytes = Encoding.UTF8.GetBytes(owner);
        var length = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(length, (uint)ownerBytes.Length);
        return [.. domain, .. length, .. ownerBytes, .. Encoding.UTF8.GetBytes(documentId)];
    }
}

/// <summary>An owner's key in memory, and wrapped as it is stored.</summary>
internal sealed record OwnerKey(string Owner, byte[] Key, byte[] Wrapped)
{
    public override string ToString() => $"the key of {Owner}";
}
