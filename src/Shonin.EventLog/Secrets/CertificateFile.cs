using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Shonin.EventLog.Secrets;

/// <summary>A PEM file that holds a certificate and its private key, as whoever speaks TLS shows it.</summary>
public static class CertificateFile
{
    /// <summary>The most that is read of a file of certificates.</summary>
    public const int SizeBytesMax = 1024 * 1024; // A whole chain with RSA keys has some 20 KiB.

    /// <returns>The certificate with its key first; what follows lies between it and its root.</returns>
    /// <exception cref="KeyFileException">It is missing, holds no certificate with its key, or others may read it.</exception>
    public static X509Certificate2Collection Read(string path)
    {
        var pem = Encoding.UTF8.GetString(
            OwnerOnly.ReadSecret(path, SizeBytesMax, "It must be a PEM file with the certificate and its private key.")
        );
        try
        {
            return WithKey(pem, pem);
        }
        catch (CryptographicException unreadable)
        {
            throw new KeyFileException($"{path} holds no certificate with its private key in PEM: {unreadable.Message}");
        }
    }

    /// <summary>The certificates of a PEM text, the first of them with its key.</summary>
    /// <exception cref="CryptographicException">There is no certificate, or the key is not the first one's, or it has a
    ///   password.</exception>
    public static X509Certificate2Collection WithKey(string certificatesPem, string keyPem)
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPem(certificatesPem);
        try
        {
            using var withKey = X509Certificate2.CreateFromPem(certificatesPem, keyPem);
            certificates[0].Dispose();
            // Windows' TLS takes no key that lives in memory alone; through PKCS#12 it becomes one that it takes.
            certificates[0] = X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), password: null);
            return certificates;
        }
        catch (ArgumentException unfit)
        {
            throw new CryptographicException(unfit.Message, unfit);
        }
    }
}
