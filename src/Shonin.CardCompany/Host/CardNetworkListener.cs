using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace Shonin.CardCompany.Host;

/// <summary>TLS of the card network. Peers must show a certificate that the given authority has signed.</summary>
/// <param name="Certificate">The host's own, with its private key.</param>
/// <param name="ClientAuthority">Who signs the certificates of the merchants.</param>
public sealed record CardNetworkTls(X509Certificate2 Certificate, X509Certificate2 ClientAuthority);

/// <summary>Accepts TCP connections and has the host serve them.</summary>
internal sealed class CardNetworkListener : IAsyncDisposable
{
    /// <summary>A peer that has not finished its handshake by then is closed.</summary>
    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(10);

    /// <summary>How long to wait after a failed accept: the usual cause, no file handles left, does not pass at once.</summary>
    private static readonly TimeSpan AcceptAgainAfter = TimeSpan.FromMilliseconds(200);

    private readonly CardCompanyHost host;
    private readonly CardNetworkTls? tls;
    private readonly TimeProvider clock;
    private readonly ILogger log;
    private readonly Socket socket;
    private readonly CancellationTokenSource stop = new();
    private readonly Lock gate = new();
    private readonly HashSet<Task> serving = [];
    private readonly Task accepting;

    /// <exception cref="SocketException">The address cannot be listened on.</exception>
    public CardNetworkListener(IPEndPoint address, CardCompanyHost host, CardNetworkTls? tls, TimeProvider clock, ILogger log)
    {
        (this.host, this.tls, this.clock, this.log) = (host, tls, clock, log);
        socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(address);
            socket.Listen();
        }
        catch
        {
            socket.Dispose();
            throw;
        }
        EndPoint = (IPEndPoint)socket.LocalEndPoint!;
        accepting = AcceptAsync();
    }

    /// <summary>Where it listens; the port is the real one where 0 was asked for.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Accepts nothing more, lets what was read be answered, and closes.</summary>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        socket.Dispose();
        await accepting;
        Task[] rest;
        lock (gate)
            rest = [.. serving];
        await Task.WhenAll(rest);
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await AcceptOneAsync();
            }
            catch (Exception closed) when (closed is OperationCanceledException or ObjectDisposedException or SocketException)
            {
                return;
            }
        }
    }

    private async Task AcceptOneAsync()
    {
        try
        {
            Begin(await socket.AcceptAsync(stop.Token));
        }
        catch (SocketException refused) when (!stop.IsCancellationRequested)
        {
            log.LogWarning("A connection could not be accepted: {Why}", refused.Message);
            await Task.Delay(AcceptAgainAfter, clock, stop.Token);
        }
    }

    private void Begin(Socket accepted)
    {
        var task = ServeAsync(accepted);
        lock (gate)
        {
            serving.RemoveWhere(done => done.IsCompleted);
            serving.Add(task);
        }
    }

    private async Task ServeAsync(Socket accepted)
    {
        var remote = accepted.RemoteEndPoint?.ToString() ?? "unknown";
        try
        {
            accepted.NoDelay = true;
            await using var stream = await SecureAsync(new NetworkStream(accepted, ownsSocket: true));
            await host.ServeConnectionAsync(stream, remote, stop.Token);
        }
        catch (Exception failed) when (failed is AuthenticationException or IOException or OperationCanceledException)
        {
            log.LogWarning("Connection from {Remote} is closed: {Why}", remote, failed.Message);
        }
        catch (Exception defect)
        {
            log.LogError(defect, "Connection from {Remote} is closed because of a defect", remote);
        }
    }

    private async Task<Stream> SecureAsync(NetworkStream plain)
    {
        if (tls is null)
            return plain;
        var secure = new SslStream(plain, leaveInnerStreamOpen: false);
        try
        {
            using var patience = new CancellationTokenSource(HandshakeTimeout, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, stop.Token);
            await secure.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions
                {
                    ServerCertificate = tls.Certificate,
                    ClientCertificateRequired = true,
                    EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                    CertificateChainPolicy = new X509ChainPolicy
                    {
                        TrustMode = X509ChainTrustMode.CustomRootTrust,
                        CustomTrustStore = { tls.ClientAuthority },
                        RevocationMode = X509RevocationMode.NoCheck,
                    },
                },
                either.Token);
            return secure;
        }
        catch
        {
            await secure.DisposeAsync();
            throw;
        }
    }
}
