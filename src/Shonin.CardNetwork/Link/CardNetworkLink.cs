using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using Shonin.CardNetwork.Vault;
using Shonin.Domain;
using Shonin.Domain.Approvals;

namespace Shonin.CardNetwork.Link;

/// <summary>
/// The merchant's way to the card company: a few connections that are kept signed on, many requests in flight on them, and every
/// answer handed over, be it timely, late, repeated or nobody's. It has no time-out for a request and no opinion about an answer:
/// both are the decider's.
/// </summary>
public sealed class CardNetworkLink : IAsyncDisposable
{
    private readonly LinkOptions options;
    private readonly CardVault vault;
    private readonly LinkPorts ports;
    private readonly NetworkMessages messages;
    private readonly IncomingMessages incoming;
    private readonly AnswerHandover handover;
    private readonly NetworkStans stans = new();
    private readonly SentRequests sent;
    private readonly CancellationTokenSource stopping = new();
    private readonly Lock gate = new();
    private readonly List<LinkConnection> signedOn = [];
    private Task[] running = [];

    public CardNetworkLink(LinkOptions options, CardVault vault, LinkPorts ports)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(ports);
        (this.options, this.vault, this.ports) = (options.Checked(), vault, ports);
        messages = new NetworkMessages(options);
        sent = new SentRequests(options, ports.Clock);
        handover = new AnswerHandover(options, ports);
        incoming = new IncomingMessages(options, messages, sent, vault, handover, ports);
    }

    /// <summary>Whether a connection is signed on.</summary>
    public bool IsUp
    {
        get
        {
            lock (gate)
                return signedOn.Count > 0;
        }
    }

    /// <summary>How many requests wait for their answers.</summary>
    public int InFlightCount => sent.InFlightCount;

    /// <summary>How many answers were read and are not recorded yet.</summary>
    public int AnswersInHandCount => handover.AnswerCount;

    /// <summary>Begins to connect. Once.</summary>
    public void Start()
    {
        Invariant.That(running.Length == 0);
        running = [handover.RunAsync(), .. Enumerable.Range(0, options.Connections).Select(_ => KeepConnectedAsync())];
    }

    /// <summary>
    /// Sends a request on the connection with the fewest in flight. The claim must be durable before. A request with the claim of an
    /// earlier one is its repeat.
    /// </summary>
    /// <returns>
    /// <see cref="SendOutcome.NotSent"/> only when certainly no byte left; a security code that it would have carried then still waits.
    /// </returns>
    /// <exception cref="OperationCanceledException">Cancelled while the card was being unlocked; no byte left.</exception>
    public async ValueTask<SendOutcome> SendAsync(NetworkRequest request, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        // The card first: one that is gone keeps the request back whether or not there is a connection.
        switch (await vault.UnlockAsync(request.Card, cancellation))
        {
            case UnlockResult.Unlocked unlocked:
                using (unlocked.Number)
                    return await SendAsync(request, unlocked);
            case UnlockResult.NoSuchCard:
                return new SendOutcome.NotSent(NotSentReason.CardNotFound, $"The vault has no card {request.Card}.");
            case UnlockResult.Unreadable(var why):
                return new SendOutcome.NotSent(NotSentReason.CardUnreadable, why);
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>
    /// Signs off, closes, and ends. Requests that wait to be written are not sent; answers still under way are lost. Answers that were read
    /// are handed over, and not waited for.
    /// </summary>
    public async Task StopAsync()
    {
        stopping.Cancel(); // not CancelAsync: that one leaves the simulation's thread
        await Task.WhenAll(running.Skip(1));
        handover.Close();
        await Task.WhenAll(running);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        stopping.Dispose();
    }

    private async Task<SendOutcome> SendAsync(NetworkRequest request, UnlockResult.Unlocked card)
    {
        if (Choose() is not { } connection)
            return NoConnection();
        if (sent.Add(NetworkMessages.KindOf(request), messages.SentKeyOf(request.Claim), connection) is not { } entry)
            return new SendOutcome.NotSent(NotSentReason.TooManyInFlight, $"{options.InFlightCountMax} requests wait for their answers.");
        var code = NetworkMessages.MayCarrySecurityCode(request) ? vault.TakeSecurityCode(request.Card) : null;
        var outcome = await EnqueueAsync(connection, request, card, code);
        switch (outcome)
        {
            case SendOutcome.Sent:
                code?.Code.Dispose();
                return outcome;
            case SendOutcome.NotSent:
                sent.TakeBack(entry);
                if (code is not null)
                    vault.GiveBack(code);
                return outcome;
            default:
                throw new UnreachableException();
        }
    }

    private Task<SendOutcome> EnqueueAsync(LinkConnection connection, NetworkRequest request, UnlockResult.Unlocked card, TakenCode? code)
    {
        var message = messages.Build(request, card.Number, card.Expiry, code?.Code);
        var outcome = connection.SendAsync(message);
        NetworkMessages.Wipe(message);
        return outcome;
    }

    private LinkConnection? Choose()
    {
        lock (gate)
            return stopping.IsCancellationRequested ? null : signedOn.MinBy(sent.InFlightCountOn);
    }

    private SendOutcome.NotSent NoConnection() =>
        stopping.IsCancellationRequested
            ? new SendOutcome.NotSent(NotSentReason.Stopped, "The link to the card company was stopped.")
            : new SendOutcome.NotSent(NotSentReason.NoConnection, $"No connection to the card company at {options.Address} is signed on.");

    /// <summary>One of the connections: made, run, and made again when it ends, ever more slowly as long as no sign-on succeeds.</summary>
    private async Task KeepConnectedAsync()
    {
        var failureCount = 0;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                failureCount = await ConnectOnceAsync() switch
                {
                    ConnectionEnd.AfterSignOn => 0,
                    ConnectionEnd.BeforeSignOn => failureCount + 1,
                };
            }
            catch (Exception error)
            {
                // Something behind a port threw. The connection is gone, the fault is told, and the link goes on.
                failureCount++;
                ports.OnFault(error);
            }
            await PauseAsync(BackOff(failureCount));
        }
    }

    private async Task PauseAsync(TimeSpan pause)
    {
        try
        {
            await Task.Delay(pause, ports.Clock, stopping.Token);
        }
        catch (OperationCanceledException)
        {
            // Stopped while pausing: the loop sees it.
        }
    }

    private enum ConnectionEnd
    {
        BeforeSignOn,
        AfterSignOn,
    }

    private async Task<ConnectionEnd> ConnectOnceAsync()
    {
        LinkConnection connection;
        try
        {
            using var timeout = new CancellationTokenSource(options.ConnectTimeout, ports.Clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stopping.Token);
            var stream = await ports.Connect(either.Token);
            connection = new LinkConnection(
                stream,
                options,
                messages,
                stans,
                ports.Clock,
                new ConnectionReports(incoming.Take, incoming.TakeBrokenFraming)
            );
        }
        catch (IOException error)
        {
            ports.Note($"No connection to the card company at {options.Address}: {error.Message}");
            return ConnectionEnd.BeforeSignOn;
        }
        catch (OperationCanceledException)
        {
            if (!stopping.IsCancellationRequested)
            {
                ports.Note(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"No connection to the card company at {options.Address} within {options.ConnectTimeout.TotalSeconds:0.###} s."
                    )
                );
            }

            return ConnectionEnd.BeforeSignOn;
        }
        var end = ConnectionEnd.BeforeSignOn;
        var why = await connection.RunAsync(
            onSignedOn: () =>
            {
                end = ConnectionEnd.AfterSignOn;
                Include(connection);
            },
            onEnding: () => Exclude(connection),
            stopping.Token
        );
        ports.Note($"The connection to the card company at {options.Address} ended: {why}.");
        return end;
    }

    private void Include(LinkConnection connection)
    {
        lock (gate)
        {
            signedOn.Add(connection);
            if (signedOn.Count != 1)
                return;
        }
        ports.Note($"Signed on at the card company at {options.Address}.");
        ports.OnStatus(LinkStatus.Up);
    }

    private void Exclude(LinkConnection connection)
    {
        sent.ConnectionEnded(connection);
        lock (gate)
        {
            if (!signedOn.Remove(connection) || signedOn.Count > 0)
                return;
        }

        ports.OnStatus(LinkStatus.Down);
    }

    /// <summary>
    /// Doubling from <see cref="LinkOptions.ReconnectAfter"/> to its maximum, and of that between half and all, so that many merchants do
    /// not come back in step.
    /// </summary>
    private TimeSpan BackOff(int failureCount)
    {
        var full = new Doubling(options.ReconnectAfter, options.ReconnectAfterMax).After(failureCount - 1);
        Span<byte> chance = stackalloc byte[sizeof(ushort)];
        ports.Random(chance);
        return full * (0.5 + BinaryPrimitives.ReadUInt16BigEndian(chance) / (2.0 * ushort.MaxValue));
    }
}
