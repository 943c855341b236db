using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Shonin.Specs.CardCompany;

/// <summary>A folder of certificates for tests: authorities of one's own, and what they sign.</summary>
internal sealed class CertificateHouse : IDisposable
{
    public const string ClientUsage = "1.3.6.1.5.5.7.3.2"; // RFC 5280 section 4.2.1.12
    public const string ServerUsage = "1.3.6.1.5.5.7.3.1";

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("shonin-certificates-");

    public CertificateHouse() => RealParts.Open();

    public string PathOf(string file) => Path.Combine(folder.FullName, file);

    /// <summary>An authority; its certificate is written to <c>NAME.pem</c>.</summary>
    public Authority NewAuthority(string name)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(
                certificateAuthority: true,
                hasPathLengthConstraint: false,
                pathLengthConstraint: 0,
                critical: true
            )
        );
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true)
        );
        var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddYears(-1), DateTimeOffset.UtcNow.AddYears(1));
        File.WriteAllText(PathOf(name + ".pem"), certificate.ExportCertificatePem());
        return new Authority(this, certificate);
    }

    /// <summary>Writes a file that only its owner may read.</summary>
    public string WriteSecret(string file, string content)
    {
        var path = PathOf(file);
        File.WriteAllText(path, content);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }

    public string Write(string file, string content)
    {
        File.WriteAllText(PathOf(file), content);
        return PathOf(file);
    }

    public void Dispose() => folder.Delete(recursive: true);

    internal sealed class Authority(CertificateHouse house, X509Certificate2 own)
    {
        /// <summary>
        /// Signs a certificate for this DNS name; it and its key are written to <c>NAME.pem</c> and <c>NAME.key</c>, both to
        /// <c>NAME.both.pem</c>.
        /// </summary>
        /// <param name="usage">The one extended key usage, or null for none.</param>
        /// <param name="validDays">It was valid from that many days before this one until that many after, or until a day ago where
        ///   negative.</param>
        public X509Certificate2 Issue(string name, string? usage, int validDays = 30)
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName(name);
            request.CertificateExtensions.Add(names.Build());
            request.CertificateExtensions.Add(
                new X509BasicConstraintsExtension(
                    certificateAuthority: false,
                    hasPathLengthConstraint: false,
                    pathLengthConstraint: 0,
                    critical: true
                )
            );
            if (usage is not null)
                request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], critical: false));
            var now = DateTimeOffset.UtcNow;
            using var signed = request.Create(
                own,
                now.AddDays(-Math.Abs(validDays)),
                validDays < 0 ? now.AddDays(-1) : now.AddDays(validDays),
                RandomNumberGenerator.GetBytes(16)
            );
            var (certificate, secret) = (signed.ExportCertificatePem() + "\n", key.ExportPkcs8PrivateKeyPem() + "\n");
            house.Write(name + ".pem", certificate);
            house.WriteSecret(name + ".key", secret);
            house.WriteSecret(name + ".both.pem", certificate + secret);
            using var withKey = X509Certificate2.CreateFromPem(certificate, secret);
            return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), password: null);
        }
    }
}
