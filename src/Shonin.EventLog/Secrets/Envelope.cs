using System.Security.Cryptography;

namespace Shonin.EventLog.Secrets;

/// <summary>
/// AES-256-GCM (NIST SP 800-38D) for whatever lies encrypted in a data folder. An envelope is a nonce of 12 bytes, the content enciphered,
/// and a tag of 16 bytes; it opens only under its key, unaltered, in the place that it was sealed for.
/// </summary>
public static class Envelope
{
    public const int KeySizeBytes = 32; // AES-256 (FIPS 197)
    public const int NonceSizeBytes = 12; // SP 800-38D section 8.2.2: 96 random bits, far below 2^32 envelopes a key
    public const int TagSizeBytes = 16; // SP 800-38D section 5.2.1.2: 128 bits

    /// <param name="key">Of <see cref="KeySizeBytes"/> bytes.</param>
    /// <param name="place">What the content belongs to: authenticated with it, and not part of the envelope.</param>
    public static byte[] Seal(ReadOnlySpan<byte> key, ReadOnlySpan<byte> content, ReadOnlySpan<byte> place)
    {
        Span<byte> nonce = stackalloc byte[NonceSizeBytes];
        RandomNumberGenerator.Fill(nonce);
        return Seal(key, nonce, content, place);
    }

    /// <summary>The same with a nonce of the caller's.</summary>
    /// <param name="nonce">Of <see cref="NonceSizeBytes"/> bytes, and never twice under one key.</param>
    public static byte[] Seal(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> content, ReadOnlySpan<byte> place)
    {
        var envelope = new byte[NonceSizeBytes + content.Length + TagSizeBytes];
        nonce.CopyTo(envelope);
        using var aes = new AesGcm(key, TagSizeBytes);
        var sealedContent = envelope.AsSpan(NonceSizeBytes);
        aes.Encrypt(nonce, content, sealedContent[..content.Length], sealedContent[content.Length..], place);
        return envelope;
    }

    /// <exception cref="CryptographicException">It was altered or cut off, lies in another's place, or has another key.</exception>
    public static byte[] Open(ReadOnlySpan<byte> key, ReadOnlySpan<byte> envelope, ReadOnlySpan<byte> place)
    {
        var content = new byte[Math.Max(0, envelope.Length - NonceSizeBytes - TagSizeBytes)];
        Open(key, envelope, place, content);
        return content;
    }

    /// <summary>The same into memory of the caller's, who can wipe it.</summary>
    /// <param name="content">As long as what was sealed; holds zeros where this throws.</param>
    /// <exception cref="CryptographicException">As above, or the content is of another size.</exception>
    public static void Open(ReadOnlySpan<byte> key, ReadOnlySpan<byte> envelope, ReadOnlySpan<byte> place, Span<byte> content)
    {
        content.Clear();
        if (envelope.Length != NonceSizeBytes + content.Length + TagSizeBytes)
            throw new CryptographicException($"An envelope of {envelope.Length} bytes is cut off, or another's.");
        using var aes = new AesGcm(key, TagSizeBytes);
        var sealedContent = envelope[NonceSizeBytes..];
        aes.Decrypt(envelope[..NonceSizeBytes], sealedContent[..content.Length], sealedContent[content.Length..], content, place);
    }
}
