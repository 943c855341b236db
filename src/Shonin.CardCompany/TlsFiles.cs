using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Shonin.EventLog.Secrets;

namespace Shonin.CardCompany;

/// <summary>Reads the PEM files of TLS. A refusal names the option, the file, what is wrong and what to do.</summary>
internal static class TlsFiles
{
    /// <summary>A certificate with its private key. What else is in the certificate's file is what lies between it and its root.</summary>
    /// <param name="keyFile">Only its owner may read it.</param>
    /// <exception cref="CardCompanyRefusedException">One of the files cannot be used.</exception>
    public static X509Certificate2Collection Own(string certificateOption, string certificateFile, string keyOption, string keyFile)
    {
        var pem = Pem(certificateOption, certificateFile);
        Certificates(certificateOption, certificateFile, pem);
        var key = Encoding.UTF8.GetString(
            GivenFiles.ReadSecret(keyOption, keyFile, CertificateFile.SizeBytesMax, "It must be the private key in PEM.")
        );
        try
        {
            return CertificateFile.WithKey(pem, key);
        }
        catch (CryptographicException)
        {
            throw Refused(
                $"{keyOption} {keyFile}: expected the private key of the first certificate in {certificateFile}, in PEM and without a password"
            );
        }
    }

    /// <summary>Those who sign others' certificates.</summary>
    /// <exception cref="CardCompanyRefusedException">The file cannot be used.</exception>
    public static X509Certificate2Collection Authorities(string option, string file)
    {
        var certificates = Certificates(option, file, Pem(option, file));
        return certificates.Any(certificate => certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData))
            ? certificates
            : throw Refused($"{option} {file}: expected at least one root certificate, which is signed by itself; there are only others");
    }

    private static string Pem(string option, string file) =>
        Encoding.UTF8.GetString(GivenFiles.ReadTrusted(option, file, CertificateFile.SizeBytesMax, "It must be certificates in PEM."));

    private static X509Certificate2Collection Certificates(string option, string file, string pem)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(pem);
        }
        catch (CryptographicException)
        {
            throw Refused($"{option} {file}: a certificate in it is damaged");
        }
        return certificates.Count > 0
            ? certificates
            : throw Refused($"{option} {file}: expected certificates in PEM (-----BEGIN CERTIFICATE-----), and there are none");
    }

    private static CardCompanyRefusedException Refused(string why) => new(CardCompanyRefusedException.UnreadableInput, why);
}
