using System.Security.Cryptography;
using System.Text.Json;
using Shonin.CardCompany.History;

namespace Shonin.CardCompany.Export;

/// <summary>
/// An export as it is handed out. <paramref name="Payload"/> is base64 of the exact UTF-8 JSON bytes that were signed, so that nobody has
/// to agree on how JSON is written; <paramref name="Signature"/> is base64 of the 64 bytes r and s (IEEE P1363) of ECDSA P-256 with
/// SHA-256 (FIPS 186-5) over them.
/// </summary>
/// <param name="Key">base64 of the SHA-256 of the public key's SubjectPublicKeyInfo: which key to check with.</param>
public sealed record SignedExport(string Schema, string Payload, string Signature, string Key)
{
    /// <summary>The JSON that was signed, or null where the signature is not this key's over exactly these bytes.</summary>
    public ReadOnlyMemory<byte>? Verified(ECDsa publicKey)
    {
        ArgumentNullException.ThrowIfNull(publicKey);
        if (
            Decode(Payload) is not { } payload
            || Decode(Signature) is not { } signature
            || !publicKey.VerifyData(payload, signature, HashAlgorithmName.SHA256)
        )
        {
            return null;
        }

        return payload;
    }

    private static byte[]? Decode(string base64)
    {
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, bytes, out var count) ? bytes[..count] : null;
    }
}

/// <summary>Signs exports with the card company's own key.</summary>
internal sealed class ExportSigning(ECDsa key)
{
    public string PublicKeyPem => key.ExportSubjectPublicKeyInfoPem();

    public SignedExport Sign(ExportPage page)
    {
        var payload = JsonSerializer.SerializeToUtf8Bytes(page, CardEventNames.Json);
        return new SignedExport(
            MerchantExport.Schema,
            Convert.ToBase64String(payload),
            Convert.ToBase64String(key.SignData(payload, HashAlgorithmName.SHA256)),
            Convert.ToBase64String(SHA256.HashData(key.ExportSubjectPublicKeyInfo()))
        );
    }
}
