using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Shonin.CardNetwork.Link;
using Shonin.Iso8583;

namespace Shonin.CardNetwork.Line;

/// <summary>What <c>shonin line</c> is told.</summary>
/// <param name="Listen">HOST:PORT for the merchant; port 0 takes a free one.</param>
/// <param name="To">HOST:PORT of the card company.</param>
public sealed record LineOptions(string Listen, string To, LineScript Script)
{
    public WireEncoding Encoding { get; init; } = WireEncoding.Ascii;

    /// <summary>One connection more is closed at once.</summary>
    public int ConnectionCountMax { get; init; } = 256;
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>The proxy between merchant and card company, over TCP.</summary>
public static class LineApplication
{
    /// <summary>Carries connections until cancelled.</summary>
    /// <param name="log">A line for everything that the script did, with its time; never more of a card than its last four digits.</param>
    /// <param name="onListening">Told where it listens, once it does.</param>
    /// <exception cref="ArgumentException">An address is not HOST:PORT; the message names the option.</exception>
    /// <exception cref="IOException">The port cannot be listened on; the message says why.</exception>
    public static async Task RunAsync(
        LineOptions options,
        TimeProvider clock,
        Action<string> log,
        Action<EndPoint> onListening,
        CancellationToken stopping
    )
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(onListening);
        var target = TcpConnector.SplitAddress(options.To, "--to");
        using var listener = Listen(options.Listen);
        onListening(listener.LocalEndpoint);

        var course = new LineCourse(options.Script, options.Encoding);
        var carried = new HashSet<Task>();
        for (var number = 1; !stopping.IsCancellationRequested; number++)
        {
            Socket merchant;
            try
            {
                merchant = await listener.AcceptSocketAsync(stopping);
            }
            catch (OperationCanceledException)
            {
                break;
            }
            catch (SocketException)
            {
                continue; // the peer was gone before it was accepted
            }
            carried.RemoveWhere(task => task.IsCompleted);
            var connection = number;
            void Log(string text) =>
                log(string.Create(CultureInfo.InvariantCulture, $"{clock.GetUtcNow():yyyy-MM-ddTHH:mm:ss.fffZ} #{connection} {text}"));
            if (carried.Count >= options.ConnectionCountMax)
            {
                merchant.Dispose();
                Log($"closed at once: {options.ConnectionCountMax} connections are open");
                continue;
            }
            carried.Add(CarryAsync(merchant, target, course, new Terms(options, clock, Log), stopping));
        }
        await Task.WhenAll(carried);
    }

    private sealed record Terms(LineOptions Options, TimeProvider Clock, Action<string> Log);

    private static async Task CarryAsync(
        Socket merchant,
        (string Host, int Port) target,
        LineCourse course,
        Terms terms,
        CancellationToken stopping
    )
    {
        merchant.NoDelay = true;
        await using var near = new NetworkStream(merchant, ownsSocket: true);
        var cardCompany = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            using var timeout = new CancellationTokenSource(terms.Options.ConnectTimeout, terms.Clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stopping);
            await cardCompany.ConnectAsync(target.Host, target.Port, either.Token);
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException)
        {
            cardCompany.Dispose();
            terms.Log($"closed: nobody answers at {terms.Options.To} ({error.Message})");
            return;
        }
        using var connection = new LineConnection(course, terms.Clock, terms.Log);
        await connection.RunAsync(near, new NetworkStream(cardCompany, ownsSocket: true), stopping);
    }

    private static TcpListener Listen(string address)
    {
        var (host, port) = TcpConnector.SplitAddress(address, "--listen");
        try
        {
            var listener = new TcpListener(IPAddress.TryParse(host, out var ip) ? ip : Dns.GetHostAddresses(host)[0], port);
            listener.Start();
            return listener;
        }
        catch (SocketException error)
        {
            throw new IOException($"--listen {address}: {error.Message}. Choose another port, or end what listens there.", error);
        }
    }
}
