using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Shonin.CardNetwork.Link;

/// <summary>Connections over TCP, and over TLS with a client certificate where the card company wants that.</summary>
public sealed class TcpConnector : IDisposable
{
    private readonly string host;
    private readonly int port;
    private readonly LinkTls? tls;
    private readonly X509Certificate2? clientCertificate;
    private readonly X509Certificate2? trustedRoot;

    /// <exception cref="ArgumentException">The address is not HOST:PORT, or a certificate cannot be read; the message names the setting.</exception>
    public TcpConnector(LinkOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        (host, port) = SplitAddress(options.Address, "CardNetwork:Address");
        tls = options.Tls;
        clientCertificate = Read(tls?.ClientCertificatePath, "CardNetwork:Tls:ClientCertificatePath", path => X509Certificate2.CreateFromPemFile(path));
        trustedRoot = Read(tls?.TrustedRootPath, "CardNetwork:Tls:TrustedRootPath", path => X509CertificateLoader.LoadCertificateFromFile(path));
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
        clientCertificate?.Dispose();
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

    private async Task<Stream> SecureAsync(NetworkStream stream, LinkTls settings, CancellationToken cancellation)
    {
        var secure = new SslStream(stream, leaveInnerStreamOpen: false);
        try
        {
            await secure.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = settings.ServerName,
                    ClientCertificates = clientCertificate is null ? null : [clientCertificate],
                    CertificateChainPolicy = trustedRoot is null ? null : new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { trustedRoot }, RevocationMode = X509RevocationMode.NoCheck },
                },
                cancellation);
            return secure;
        }
        catch (AuthenticationException error)
        {
            await secure.DisposeAsync();
            throw new IOException($"TLS with '{settings.ServerName}' did not come about: {error.Message}", error);
        }
    }

    private static X509Certificate2? Read(string? path, string setting, Func<string, X509Certificate2> read)
    {
        try
        {
            return path is null ? null : read(path);
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new ArgumentException($"{setting}: {path} cannot be read: {error.Message}", error);
        }
    }
}
