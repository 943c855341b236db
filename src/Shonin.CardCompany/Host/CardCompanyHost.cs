using Microsoft.Extensions.Logging;
using Shonin.CardCompany.Accounts;
using Shonin.CardCompany.History;
using Shonin.CardCompany.Wire;
using Shonin.EventLog;
using Shonin.Iso8583;

namespace Shonin.CardCompany.Host;

/// <summary>How much one host takes at once.</summary>
public sealed record HostLimits
{
    /// <summary>Further connections are closed at once.</summary>
    public int ConnectionsMax { get; init; } = 64;

    /// <summary>
    /// Of these, how many the holders of one certificate may have. Plain connections come from this machine and have no share of their own.
    /// </summary>
    public int ConnectionsOfPeerMax { get; init; } = 16;

    /// <summary>TLS handshakes that may be under way at once; beyond it the oldest gives way.</summary>
    public int HandshakesMax { get; init; } = 64;

    /// <summary>Of these, how many from one address, or one /64 of IPv6.</summary>
    public int HandshakesOfSiteMax { get; init; } = 8;

    /// <summary>Requests of one connection that are decided at the same time; no more are read before one is done.</summary>
    public int InFlightMax { get; init; } = 256;

    /// <summary>The longest message, in bytes without its length.</summary>
    public int MessageBytesMax { get; init; } = Frame.MessageBytesMax;

    /// <summary>
    /// A connection whose first message has not come by then is closed. The profile signs on as soon as it is connected; strangers that
    /// say nothing would keep the merchants out.
    /// </summary>
    public TimeSpan FirstMessageTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// A connection on which nothing came and nothing could be sent for so long is closed. The profile asks for an echo every 60 s.
    /// </summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long answers may take to leave once a connection ends or the host stops.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Sign-ons, faults and closed connections of one peer that are kept word for word in <see cref="NetworkRowsSpan"/>; more are counted.
    /// </summary>
    public int NetworkRowsOfPeerMax { get; init; } = 60;

    /// <summary>The same of all peers together.</summary>
    public int NetworkRowsMax { get; init; } = 600;
    public TimeSpan NetworkRowsSpan { get; init; } = TimeSpan.FromHours(1);
}

/// <summary>What one card company is.</summary>
/// <param name="FingerprintKey">32 bytes, the same for ever: streams are found by it.</param>
public sealed record CardCompanySettings(AccountBook Accounts, ReadOnlyMemory<byte> FingerprintKey)
{
    public WireEncoding Encoding { get; init; } = WireEncoding.Ascii;

    /// <summary>How long an authorization holds its amount. Japanese domestic cards hold about 60 days (PSP guides seen 2026-11).</summary>
    public TimeSpan AuthorizationValidity { get; init; } = TimeSpan.FromDays(60);
    public HostLimits Limits { get; init; } = new();
}

/// <summary>What every connection of a host works with.</summary>
internal sealed record HostParts(
    MessageFormat Format,
    HostLimits Limits,
    TimeProvider Clock,
    RequestReader Reading,
    CardKeys Keys,
    Decisions Decisions,
    NetworkLog Network,
    ILogger Log
);

/// <summary>
/// The card company behind its connections: the same code whether the bytes come from TCP or from a simulation. It owns every shard
/// of its log; a second host on the same log takes them over, and this one then answers nothing more.
/// </summary>
public sealed class CardCompanyHost : IAsyncDisposable
{
    private readonly HostParts parts;
    private readonly ConnectionPlaces places;

    private CardCompanyHost(HostParts parts, OwnedLog log, Cards cards, AccountIndex accounts)
    {
        this.parts = parts;
        places = new ConnectionPlaces(parts.Limits);
        (Log, Cards, Accounts) = (log, cards, accounts);
    }

    internal OwnedLog Log { get; }
    internal IEventStore Store => Log.Store;
    internal Cards Cards { get; }
    internal AccountIndex Accounts { get; }
    internal CardKeys Keys => parts.Keys;
    internal HostLimits Limits => parts.Limits;
    internal Decisions Decisions => parts.Decisions;

    /// <summary>Takes the log over and begins to watch over the holds in it. The store stays the caller's.</summary>
    public static async Task<CardCompanyHost> StartAsync(IEventStore store, CardCompanySettings settings, TimeProvider clock, ILogger log)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(settings);
        var owned = await OwnedLog.TakeAsync(store, CancellationToken.None);
        var keys = new CardKeys(settings.FingerprintKey.Span);
        var accounts = new AccountIndex(settings.Accounts, keys);
        var cards = await Cards.OpenAsync(
            new CardKind(accounts),
            new(owned, clock)
            {
                OnFault = fault =>
                    log.LogError(fault, "A card goes on after a fault; holds that are due end with its next request or alarm"),
            },
            CancellationToken.None
        );
        var parts = new HostParts(
            MessageFormat.Profile(settings.Encoding),
            settings.Limits,
            clock,
            new RequestReader(keys),
            keys,
            new Decisions(cards, keys, settings.AuthorizationValidity, clock),
            await NetworkLog.OpenAsync(owned, settings.Limits, clock, log),
            log
        );
        cards.Start();
        return new CardCompanyHost(parts, owned, cards, accounts);
    }

    /// <summary>
    /// Serves one connection until it ends; the stream stays the caller's to close. Requests are answered whether or not the peer
    /// has signed on: the sign-on tells the card company who is there, and refusing without it would only lose requests.
    /// </summary>
    /// <param name="remote">Who it is, for the history.</param>
    /// <param name="cancellation">Ends the reading; what was read is still answered.</param>
    public Task ServeConnectionAsync(Stream stream, string remote, CancellationToken cancellation) =>
        ServeConnectionAsync(stream, Peer.Plain(remote), cancellation);

    /// <inheritdoc cref="ServeConnectionAsync(Stream, string, CancellationToken)"/>
    internal async Task ServeConnectionAsync(Stream stream, Peer peer, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (places.Take(peer) is { } why)
        {
            await NoteClosedAsync(peer, why);
            return;
        }
        using var connection = new Connection(stream, peer, parts);
        try
        {
            await connection.ServeAsync(cancellation);
        }
        finally
        {
            places.GiveBack(peer);
        }
    }

    /// <summary>Records a connection that was closed before anything was read of it.</summary>
    internal async ValueTask NoteClosedAsync(Peer peer, string why)
    {
        if (await parts.Network.RecordAsync(peer, new NetworkEvent.ConnectionClosed(peer.Remote, why)) is not Noted.Counted)
            parts.Log.LogWarning("Connection from {Remote} is closed: {Why}", peer.Remote, why);
    }

    /// <summary>Stops watching and writes what was decided. Connections should have ended before.</summary>
    public async ValueTask DisposeAsync()
    {
        await Cards.DisposeAsync();
        await parts.Network.DisposeAsync();
        await Log.DisposeAsync();
    }
}
