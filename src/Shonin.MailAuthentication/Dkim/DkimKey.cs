using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Security;
using Shonin.MailAuthentication.Message;

namespace Shonin.MailAuthentication.Dkim;

/// <summary>
/// A private key under its name in DNS. Shows itself as that name only: no member and no text of it gives the secret.
/// </summary>
public sealed class DkimKey : IDisposable
{
    private readonly PrivateKey secret;

    private DkimKey(string domain, string selector, PrivateKey secret)
    {
        Domain = FieldGrammar.Name(domain, nameof(domain));
        Selector = FieldGrammar.Name(selector, nameof(selector));
        this.secret = secret;
    }

    /// <summary>The d= of the signatures, in A-labels.</summary>
    public string Domain { get; }

    /// <summary>The s= of the signatures, in A-labels.</summary>
    public string Selector { get; }

    /// <summary>The a= of the signatures: rsa-sha256 or ed25519-sha256.</summary>
    public string AlgorithmTag => secret.AlgorithmTag;

    /// <summary>Where receivers look for the public half.</summary>
    public string DnsName => $"{Selector}._domainkey.{Domain}";

    /// <summary>
    /// The TXT record to publish at <see cref="DnsName"/>, whole; longer than 255 bytes it goes into several character-strings.
    /// </summary>
    public string DnsRecord => $"v=DKIM1; k={secret.KeyTypeTag}; p={Convert.ToBase64String(secret.PublicKey())}";

    /// <summary>Takes over the RSA key. RFC 8301 section 3.2 wants at least 1024 bits to verify and 2048 to sign.</summary>
    /// <exception cref="ArgumentException">The key has fewer than 2048 bits, or a name is none that DNS holds.</exception>
    public static DkimKey FromRsa(string domain, string selector, RSA key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return key.KeySize < RsaSigningBitsMin
            ? throw new ArgumentException($"The RSA key has {key.KeySize} bits; signing wants at least {RsaSigningBitsMin}.", nameof(key))
            : new DkimKey(domain, selector, new RsaPrivateKey(key));
    }

    /// <param name="seed">The 32 secret bytes of RFC 8032 section 5.1.5.</param>
    /// <exception cref="ArgumentException">Another length than 32, or a name is none that DNS holds.</exception>
    public static DkimKey FromEd25519Seed(string domain, string selector, ReadOnlySpan<byte> seed) =>
        seed.Length != Ed25519PrivateKeyParameters.KeySize
            ? throw new ArgumentException(
                $"An Ed25519 seed has {Ed25519PrivateKeyParameters.KeySize} bytes, this one {seed.Length}.",
                nameof(seed)
            )
            : new DkimKey(domain, selector, new Ed25519PrivateKey(new Ed25519PrivateKeyParameters(seed)));

    /// <summary>Reads a PKCS #8 key in PEM form ("BEGIN PRIVATE KEY"), RSA or Ed25519, as <c>openssl genpkey</c> writes it.</summary>
    /// <exception cref="ArgumentException">Not such a PEM, a key of another type, or a name is none that DNS holds.</exception>
    public static DkimKey FromPem(string domain, string selector, string pem)
    {
        if (!PemEncoding.TryFind(pem, out var fields) || pem.AsSpan()[fields.Label] is not "PRIVATE KEY")
        {
            throw new ArgumentException("No \"BEGIN PRIVATE KEY\" block was found; write the key as PKCS #8 PEM.", nameof(pem));
        }

        var pkcs8 = Convert.FromBase64String(pem[fields.Base64Data]);
        try
        {
            if (PrivateKeyFactory.CreateKey(pkcs8) is Ed25519PrivateKeyParameters ed25519)
            {
                return new DkimKey(domain, selector, new Ed25519PrivateKey(ed25519));
            }

            var rsa = RSA.Create();
            rsa.ImportPkcs8PrivateKey(pkcs8, out _);
            return FromRsa(domain, selector, rsa);
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or SecurityUtilityException or FormatException)
        {
            throw new ArgumentException("The PEM block holds neither an RSA nor an Ed25519 private key.", nameof(pem), exception);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pkcs8);
        }
    }

    /// <summary>Forgets the secret.</summary>
    public void Dispose() => secret.Dispose();

    /// <inheritdoc/>
    public override string ToString() => $"{AlgorithmTag} {DnsName} ***";

    /// <summary>Signs the SHA-256 digest of the header (both algorithms: RFC 8463 section 3 signs the digest too).</summary>
    internal byte[] SignDigest(byte[] digest) => secret.SignDigest(digest);

    private const int RsaSigningBitsMin = 2048; // RFC 8301 section 3.2: SHOULD

    private abstract class PrivateKey : IDisposable
    {
        public abstract string AlgorithmTag { get; }

        public abstract string KeyTypeTag { get; }

        public abstract byte[] PublicKey();

        public abstract byte[] SignDigest(byte[] digest);

        public abstract void Dispose();
    }

    private sealed class RsaPrivateKey(RSA key) : PrivateKey
    {
        public override string AlgorithmTag => "rsa-sha256";

        public override string KeyTypeTag => "rsa";

        public override byte[] PublicKey() => key.ExportSubjectPublicKeyInfo();

        public override byte[] SignDigest(byte[] digest) => key.SignHash(digest, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

        public override void Dispose() => key.Dispose();
    }

    private sealed class Ed25519PrivateKey(Ed25519PrivateKeyParameters key) : PrivateKey
    {
        public override string AlgorithmTag => "ed25519-sha256";

        public override string KeyTypeTag => "ed25519";

        public override byte[] PublicKey() => key.GeneratePublicKey().GetEncoded();

        public override byte[] SignDigest(byte[] digest)
        {
            var signer = new Ed25519Signer();
            signer.Init(true, key);
            signer.BlockUpdate(digest, 0, digest.Length);
            return signer.GenerateSignature();
        }

        public override void Dispose() { }
    }
}
