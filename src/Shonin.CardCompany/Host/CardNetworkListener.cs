using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Microsoft.Extensions.Logging;
using Shonin.Audit;

namespace Shonin.CardCompany.Host;

/// <summary>Accepts TCP connections and has the host serve them.</summary>
internal sealed class CardNetworkListener : IAsyncDisposable
{
    /// <summary>A peer that has not finished its handshake by then is closed.</summary>
    private static readonly TimeSpan handshakeTimeout = TimeSpan.FromSeconds(10);

    /// <summary>How long to wait after a failed accept: the usual cause, no file handles left, does not pass at once.</summary>
    private static readonly TimeSpan acceptAgainAfter = TimeSpan.FromMilliseconds(200);

    private readonly CardCompanyHost host;
    private readonly CardNetworkTls? tls;
    private readonly TimeProvider clock;
    private readonly ILogger log;
    private readonly Socket socket;
    private readonly CancellationTokenSource stop = new();
    private readonly Lock gate = new();
    private readonly HashSet<Task> serving = [];
    private readonly HandshakePlaces handshakes;
    private readonly Task accepting;

    /// <exception cref="SocketException">The address cannot be listened on.</exception>
    public CardNetworkListener(IPEndPoint address, CardCompanyHost host, CardNetworkTls? tls, TimeProvider clock, ILogger log)
    {
        (this.host, this.tls, this.clock, this.log) = (host, tls, clock, log);
        handshakes = new HandshakePlaces(host.Limits);
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
            await Task.Delay(acceptAgainAfter, clock, stop.Token);
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
            await using var plain = new NetworkStream(accepted, ownsSocket: true);
            if (tls is null)
            {
                await host.ServeConnectionAsync(plain, Peer.Plain(remote), stop.Token);
            }
            else
            {
                await SecureAndServeAsync(
                    plain,
                    remote,
                    accepted.RemoteEndPoint is IPEndPoint { Address: var address } ? NetworkSite.Of(address) : "",
                    tls
                );
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Nobody is left to be told.
        }
        catch (Exception failed) when (failed is AuthenticationException or IOException or SocketException or OperationCanceledException)
        {
            // Only before there is a certificate, or on plain TCP: a connection that is served ends without an exception.
            await host.NoteClosedAsync(
                tls is null ? Peer.Plain(remote) : Peer.Unknown(remote),
                failed is OperationCanceledException ? "its handshake took too long, or gave way to a newer one" : failed.Message
            );
        }
        catch (Exception defect)
        {
            log.LogError(defect, "Connection from {Remote} is closed because of a defect", remote);
        }
    }

    private async Task SecureAndServeAsync(NetworkStream plain, string remote, string site, CardNetworkTls settings)
    {
        var (secure, peer) = await HandshakeAsync(plain, remote, site, settings);
        await using (secure)
            await host.ServeConnectionAsync(secure, peer, stop.Token);
    }

    private async Task<(SslStream Stream, Peer Peer)> HandshakeAsync(
        NetworkStream plain,
        string remote,
        string site,
        CardNetworkTls settings
    )
    {
        using var place = handshakes.Take(site);
        using var patience = new CancellationTokenSource(handshakeTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, place.GaveWay, stop.Token);
        return await settings.SecureAsync(plain, remote, either.Token);
    }
}
