using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Shonin.CardCompany.Acquirers;

namespace Shonin.CardCompany.Host;

/// <summary>
/// TLS of the card network: 1.2 or 1.3, and only with a client certificate that is in its time, is meant for clients, is signed by one of
/// the authorities, and is named by exactly one entry of the book. Nothing is fetched to find out: no intermediate certificate, no list of
/// revoked ones. A certificate is taken back by taking its entry out of the book.
/// </summary>
/// <param name="Own">The host's certificate with its private key, and those between it and its root.</param>
/// <param name="Authorities">Who signs the certificates of the acquirers: at least one root.</param>
internal sealed record CardNetworkTls(SslStreamCertificateContext Own, X509Certificate2Collection Authorities, AcquirerBook Acquirers)
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2"; // id-kp-clientAuth, RFC 5280 section 4.2.1.12

    /// <summary>Makes a connection secret, and says who is at its other end.</summary>
    /// <exception cref="AuthenticationException">It did not come about; the message says why.</exception>
    /// <exception cref="IOException">The peer left.</exception>
    public async Task<(SslStream Stream, Peer Peer)> SecureAsync(Stream plain, string remote, CancellationToken cancellation)
    {
        var secure = new SslStream(plain, leaveInnerStreamOpen: false);
        var shown = new ClientCertificate("no client certificate was shown", Acquirer: null);
        try
        {
            await secure.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions
                {
                    ServerCertificateContext = Own,
                    ClientCertificateRequired = true,
                    EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                    AllowRenegotiation = false,
                    AllowTlsResume = false, // A resumed session would rest on an earlier look at the certificate.
                    CertificateChainPolicy = ChainPolicy(),
                    RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                        (shown = Judge(certificate, chain, errors)).Acquirer is not null,
                },
                cancellation
            );
            return shown.Acquirer is { } acquirer
                ? (
                    secure,
                    Peer.Certified(
                        remote,
                        ((X509Certificate2)secure.RemoteCertificate!).GetCertHashString(HashAlgorithmName.SHA256),
                        acquirer
                    )
                )
                : throw new AuthenticationException(shown.Problem);
        }
        catch (AuthenticationException refused)
        {
            await secure.DisposeAsync();
            throw new AuthenticationException(
                shown.WasLookedAt ? shown.Problem : refused.InnerException?.Message ?? refused.Message,
                refused
            );
        }
        catch
        {
            await secure.DisposeAsync();
            throw;
        }
    }

    /// <summary>What was found out about the certificate that a client showed.</summary>
    private sealed record ClientCertificate(string Problem, Acquirer? Acquirer)
    {
        public bool WasLookedAt { get; init; }
    }

    private ClientCertificate Judge(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is not X509Certificate2 shown)
            return Refused("no client certificate was shown");
        if (errors is not SslPolicyErrors.None)
        {
            return Refused(
                $"the client certificate is not accepted ({string.Join(", ", chain?.ChainStatus.Select(status => status.Status).Distinct() ?? [])})"
            );
        }

        if (!IsMeantForClients(shown))
            return Refused("the certificate does not say that it is meant for clients (extended key usage clientAuth)");
        return Acquirers.Find(shown) is { } acquirer
            ? new ClientCertificate("", acquirer)
            : Refused("the client certificate is named by no entry of the file of acquirers, or by several");
    }

    private static ClientCertificate Refused(string problem) => new(problem, Acquirer: null) { WasLookedAt = true };

    /// <summary>A certificate that names no usage at all would be good for any (RFC 5280 section 4.2.1.12); here it must say so.</summary>
    private static bool IsMeantForClients(X509Certificate2 certificate) =>
        certificate
            .Extensions.OfType<X509EnhancedKeyUsageExtension>()
            .Any(usages => usages.EnhancedKeyUsages.Cast<Oid>().Any(usage => usage.Value == ClientAuthentication));

    private X509ChainPolicy ChainPolicy()
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true, // A stranger's certificate names addresses of its own choice.
            ApplicationPolicy = { new Oid(ClientAuthentication) },
        };
        policy.CustomTrustStore.AddRange(Authorities);
        policy.ExtraStore.AddRange(Authorities);
        return policy;
    }
}
