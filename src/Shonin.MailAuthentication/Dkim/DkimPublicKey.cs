using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Shonin.MailAuthentication.Message;
using UnreachableException = System.Diagnostics.UnreachableException;

namespace Shonin.MailAuthentication.Dkim;

/// <summary>A key as a domain publishes it (RFC 6376 section 3.6.1, RFC 8463 section 4), ready to verify with.</summary>
internal sealed class DkimPublicKey
{
    private DkimPublicKey() { }

    public required Verifier Key { get; init; }

    /// <summary>t=y.</summary>
    public required bool IsInTestMode { get; init; }

    /// <summary>t=s.</summary>
    public required bool ForbidsSubdomains { get; init; }

    /// <summary>h= allows SHA-256, or says nothing.</summary>
    public required bool AllowsSha256 { get; init; }

    /// <summary>s= allows mail, or says nothing.</summary>
    public required bool IsForMail { get; init; }

    public static DkimPublicKeyParse Parse(string record) =>
        TagList.Parse(record) switch
        {
            TagListParse.Malformed(var why) => new DkimPublicKeyParse.Unusable(
                DkimReason.KeySyntax,
                $"The key record cannot be read: {why}."
            ),
            TagListParse.Parsed(var tags) => Parse(tags),
            _ => throw new UnreachableException(),
        };

    private static DkimPublicKeyParse Parse(TagList tags)
    {
        if (tags["v"] is { } version && (version != "DKIM1" || tags.Tags[0].Name != "v"))
        {
            return new DkimPublicKeyParse.Unusable(DkimReason.KeySyntax, "v= of the key record must come first and be DKIM1.");
        }

        if (tags.Find("p") is not { } published)
        {
            return new DkimPublicKeyParse.Unusable(DkimReason.KeySyntax, "The key record has no p=.");
        }

        if (published.Value.Length == 0)
        {
            return new DkimPublicKeyParse.Unusable(DkimReason.KeyRevoked, "The domain has revoked the key (p= is empty).");
        }

        var encoded = Padded(published.Compact);
        var bytes = new byte[encoded.Length];
        if (!Convert.TryFromBase64String(encoded, bytes, out var length))
        {
            return new DkimPublicKeyParse.Unusable(DkimReason.KeySyntax, "p= of the key record is not base64.");
        }

        Verifier? verifier = (tags["k"] ?? "rsa") switch
        {
            "rsa" => RsaVerifier.TryRead(bytes[..length]),
            "ed25519" => Ed25519Verifier.TryRead(bytes[..length]),
            var unknown => new UnknownVerifier(unknown),
        };
        return verifier is null
            ? new DkimPublicKeyParse.Unusable(DkimReason.KeySyntax, $"p= of the key record is no {tags["k"] ?? "rsa"} key.")
            : new DkimPublicKeyParse.Parsed(
                new DkimPublicKey
                {
                    Key = verifier,
                    IsInTestMode = Lists(tags["t"], "y"),
                    ForbidsSubdomains = Lists(tags["t"], "s"),
                    AllowsSha256 = tags["h"] is null || Lists(tags["h"], "sha256"),
                    IsForMail = tags["s"] is null || Lists(tags["s"], "email") || Lists(tags["s"], "*"),
                }
            );
    }

    /// <summary>
    /// The "=" at the end of base64 may be left out (RFC 6376 section 2.10, "[FWS] base64string": pads are optional there, and many publish
    /// without).
    /// </summary>
    private static string Padded(string base64) =>
        (base64.Length % 4) switch
        {
            2 => base64 + "==",
            3 => base64 + "=",
            _ => base64,
        };

    private static bool Lists(string? list, string item) =>
        list is not null
        && list.Split(':').Any(other => other.Trim(' ', '\t', '\r', '\n').Equals(item, StringComparison.OrdinalIgnoreCase));

    /// <summary>The arithmetic of one key; safe for any number of threads at once.</summary>
    internal abstract class Verifier
    {
        /// <summary>The algorithm whose signatures this key verifies; none for a type that we do not know.</summary>
        public abstract DkimAlgorithm? Algorithm { get; }

        public abstract int SizeBits { get; }

        public abstract bool Verifies(byte[] digest, byte[] signature);
    }

    private sealed class RsaVerifier(byte[] key, RSA imported) : Verifier
    {
        // RSA objects promise nothing about threads, and importing costs as much as verifying: whoever comes while another
        // thread has the object out makes one for itself.
        private RSA? idle = imported;

        public override DkimAlgorithm? Algorithm => DkimAlgorithm.RsaSha256;

        public override int SizeBits { get; } = imported.KeySize;

        public static RsaVerifier? TryRead(byte[] key) => Import(key) is { } imported ? new RsaVerifier(key, imported) : null;

        public override bool Verifies(byte[] digest, byte[] signature)
        {
            var rsa = Interlocked.Exchange(ref idle, null) ?? Import(key)!;
            try
            {
                return rsa.VerifyHash(digest, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            }
            catch (CryptographicException)
            {
                // The platform refuses this pair of key and signature, so it is no valid signature; the reader is told that it differs.
                return false;
            }
            finally
            {
                if (Interlocked.CompareExchange(ref idle, rsa, null) is not null)
                {
                    rsa.Dispose();
                }
            }
        }

        /// <summary>SubjectPublicKeyInfo, as everyone publishes, or the bare RSAPublicKey that RFC 6376 section 3.6.1 names.</summary>
        private static RSA? Import(byte[] key)
        {
            var rsa = RSA.Create();
            try
            {
                rsa.ImportSubjectPublicKeyInfo(key, out _);
                return rsa;
            }
            catch (CryptographicException)
            {
                // Not this form; the bare one is tried next, and if that fails too the reader is told that it is no RSA key.
            }

            try
            {
                rsa.ImportRSAPublicKey(key, out _);
                return rsa;
            }
            catch (CryptographicException)
            {
                rsa.Dispose();
                return null;
            }
        }
    }

    private sealed class Ed25519Verifier(Ed25519PublicKeyParameters key) : Verifier
    {
        public override DkimAlgorithm? Algorithm => DkimAlgorithm.Ed25519Sha256;

        public override int SizeBits => Ed25519PublicKeyParameters.KeySize * 8;

        public static Ed25519Verifier? TryRead(byte[] key)
        {
            if (key.Length != Ed25519PublicKeyParameters.KeySize)
            {
                return null;
            }

            try
            {
                return new Ed25519Verifier(new Ed25519PublicKeyParameters(key));
            }
            catch (ArgumentException)
            {
                // No point of the curve; the reader is told that it is no Ed25519 key.
                return null;
            }
        }

        public override bool Verifies(byte[] digest, byte[] signature)
        {
            var verifier = new Ed25519Signer();
            verifier.Init(false, key);
            verifier.BlockUpdate(digest, 0, digest.Length);
            return verifier.VerifySignature(signature);
        }
    }

    private sealed class UnknownVerifier(string type) : Verifier
    {
        public override DkimAlgorithm? Algorithm => null;

        public override int SizeBits => 0;

        public override bool Verifies(byte[] digest, byte[] signature) => false;

        public override string ToString() => type;
    }
}

internal abstract record DkimPublicKeyParse
{
    private DkimPublicKeyParse() { }

    public sealed record Parsed(DkimPublicKey Key) : DkimPublicKeyParse;

    public sealed record Unusable(DkimReason Reason, string Why) : DkimPublicKeyParse;
}
