using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Shonin.EventLog.Secrets;

namespace Shonin.CardNetwork.Link;

/// <summary>Connections over TCP, and over TLS with a client certificate where the card company wants that.</summary>
public sealed class TcpConnector : IDisposable
{
    private readonly string host;
    private readonly int port;
    private readonly LinkTls? tls;
    private readonly SslStreamCertificateContext? clientCertificate;
    private readonly X509Certificate2? trustedRoot;

    /// <exception cref="ArgumentException">
    /// The address is not HOST:PORT, it is another machine's and there is no TLS, or a certificate cannot be read; the message names the
    /// setting.
    /// </exception>
    public TcpConnector(LinkOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        (host, port) = SplitAddress(options.Address, "CardNetwork:Address");
        tls = options.Tls;
        if (tls is null && !IsThisMachine(host))
        {
            throw new ArgumentException(
                $"CardNetwork:Tls:ServerName is missing, but {host} is another machine: card numbers would go there in clear. Set it to the name on the card company's certificate."
            );
        }

        clientCertificate = Read(tls?.ClientCertificatePath, "CardNetwork:Tls:ClientCertificatePath", ReadClientCertificate);
        trustedRoot = Read(tls?.TrustedRootPath, "CardNetwork:Tls:TrustedRootPath", ReadTrustedRoot);
    }

    /// <exception cref="IOException">The host is unknown, nobody listens, or TLS did not come about; the message says which.</exception>
    public async Task<Stream> ConnectAsync(CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(host, port, cancellation);
            var stream = new NetworkStream(socket, ownsSocket: true);
            return tls is null ? stream : await SecureAsync(stream, tls, cancellation);
        }
        catch (SocketException error)
        {
            socket.Dispose();
            throw new IOException(error.Message, error);
        }
        catch (Exception error) when (error is OperationCanceledException or IOException)
        {
            socket.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        clientCertificate?.TargetCertificate.Dispose();
        trustedRoot?.Dispose();
    }

    /// <summary>HOST:PORT taken apart; an IPv6 address stands in brackets.</summary>
    /// <param name="setting">What the message of a refusal names.</param>
    /// <exception cref="ArgumentException">It is not that.</exception>
    internal static (string Host, int Port) SplitAddress(string address, string setting)
    {
        var colon = address.LastIndexOf(':');
        return colon > 0 && ushort.TryParse(address.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? (address[..colon].Trim('[', ']'), port)
            : throw new ArgumentException($"{setting}: expected HOST:PORT, got '{address}'.");
    }

    private static bool IsThisMachine(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    private async Task<Stream> SecureAsync(NetworkStream stream, LinkTls settings, CancellationToken cancellation)
    {
        var secure = new SslStream(stream, leaveInnerStreamOpen: false);
        try
        {
            await secure.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = settings.ServerName,
                    ClientCertificateContext = clientCertificate,
                    EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                    CertificateChainPolicy = ChainPolicy(),
                },
                cancellation
            );
            return secure;
        }
        catch (AuthenticationException error)
        {
            await secure.DisposeAsync();
            throw new IOException($"TLS with '{settings.ServerName}' did not come about: {error.Message}", error);
        }
    }

    /// <summary>
    /// Whether a certificate was revoked is not asked of anybody: where the card company's root is named, it takes its certificates back by
    /// changing them.
    /// </summary>
    private X509ChainPolicy ChainPolicy()
    {
        var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        if (trustedRoot is not null)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.Add(trustedRoot);
        }
        return policy;
    }

    /// <summary>
    /// The first certificate of the file with its key; the others in it are sent along, so that the card company finds the way to its root.
    /// </summary>
    private static SslStreamCertificateContext ReadClientCertificate(string path)
    {
        var all = CertificateFile.Read(path);
        return SslStreamCertificateContext.Create(all[0], [.. all.Skip(1)], offline: true);
    }

    private static X509Certificate2 ReadTrustedRoot(string path) =>
        X509CertificateLoader.LoadCertificate(
            OwnerOnly.ReadTrusted(path, CertificateFile.SizeBytesMax, "It must be a PEM file with the card company's root certificate.")
        );

    private static T? Read<T>(string? path, string setting, Func<string, T> read)
        where T : class
    {
        try
        {
            return path is null ? null : read(path);
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException or KeyFileException)
        {
            throw new ArgumentException($"{setting}: {path} cannot be read: {error.Message}", error);
        }
    }
}
