using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Shonin.EventLog.Secrets;

/// <summary>A PEM file that holds a certificate and its private key, as whoever speaks TLS shows it.</summary>
public static class CertificateFile
{
    private const int FileSizeBytesMax = 1024 * 1024; // A whole chain with RSA keys has some 20 KiB.

    /// <returns>The certificate with its key first; what follows lies between it and its root.</returns>
    /// <exception cref="KeyFileException">It is missing, holds no certificate with its key, or others may read it.</exception>
    public static X509Certificate2Collection Read(string path)
    {
        var pem = Encoding.UTF8.GetString(OwnerOnly.ReadSecret(path, FileSizeBytesMax, "It must be a PEM file with the certificate and its private key."));
        try
        {
            var certificates = new X509Certificate2Collection();
            certificates.ImportFromPem(pem);
            var withKey = X509Certificate2.CreateFromPem(pem, pem);
            certificates[0].Dispose();
            certificates[0] = withKey;
            return certificates;
        }
        catch (CryptographicException unreadable)
        {
            throw new KeyFileException($"{path} holds no certificate with its private key in PEM: {unreadable.Message}");
        }
    }
}
