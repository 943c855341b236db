using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Shonin.CardCompany.Deciding;
using Shonin.CardCompany.History;
using Shonin.CardCompany.Wire;
using Shonin.Iso8583;

namespace Shonin.CardCompany.Host;

/// <summary>
/// One connection of the card network: reads requests one after the other, decides about many at once, and answers in whatever
/// order they are done. A request is answered only when its decision is durable, and what became of the answer is recorded.
/// </summary>
internal sealed class Connection : IDisposable
{
    private readonly Peer peer;
    private readonly MessageFormat format;
    private readonly HostLimits limits;
    private readonly TimeProvider clock;
    private readonly RequestReader reading;
    private readonly CardKeys keys;
    private readonly Decisions decisions;
    private readonly NetworkLog network;
    private readonly ILogger log;
    private readonly FrameReader reader;
    private readonly FrameWriter writer;
    private readonly SemaphoreSlim writerTurn = new(1);
    private readonly SemaphoreSlim inFlight;
    private readonly CancellationTokenSource quiet = new();
    private readonly ITimer idleTimer;
    private long lastActivity;
    private bool hasSpoken;
    private bool isBroken;

    public Connection(Stream stream, Peer peer, HostParts parts)
    {
        (this.peer, format, limits, clock) = (peer, parts.Format, parts.Limits, parts.Clock);
        (reading, keys, decisions, network, log) = (parts.Reading, parts.Keys, parts.Decisions, parts.Network, parts.Log);
        reader = new FrameReader(stream, limits.MessageBytesMax);
        writer = new FrameWriter(stream, format, limits.MessageBytesMax);
        inFlight = new SemaphoreSlim(limits.InFlightMax);
        lastActivity = clock.GetTimestamp();
        idleTimer = clock.CreateTimer(_ => CloseIfQuiet(), null, SilenceMax, Timeout.InfiniteTimeSpan);
    }

    /// <summary>
    /// Until the peer closes, errs or falls silent, or the host stops. Requests that were read by then are still decided and answered.
    /// </summary>
    public async Task ServeAsync(CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation, quiet.Token);
        try
        {
            while (await ReadAsync(stop.Token) is { } frame && await TakeAsync(frame))
                Touch(clock.GetTimestamp());
        }
        finally
        {
            await DrainAsync();
        }
    }

    public void Dispose()
    {
        idleTimer.Dispose();
        quiet.Dispose();
        writerTurn.Dispose();
        inFlight.Dispose();
    }

    /// <summary>The next message, or null where there will be none; then the reason is recorded, unless the peer simply left.</summary>
    private async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken stop)
    {
        try
        {
            switch (await reader.ReadAsync(stop))
            {
                case FrameRead.Frame frame:
                    return frame.Bytes;
                case FrameRead.End:
                    return null;
                case FrameRead.CutOff cutOff:
                    await CloseAsync($"the peer left within a message, after {cutOff.ByteCount} bytes of it");
                    return null;
                case FrameRead.BadLength bad:
                    await CloseAsync($"a message of {bad.Length} bytes was announced; 1 to {limits.MessageBytesMax} are allowed");
                    return null;
                default:
                    throw new UnreachableException();
            }
        }
        catch (OperationCanceledException)
        {
            if (quiet.IsCancellationRequested)
                await CloseAsync($"nothing came or could be sent for {SilenceMax}");
            return null;
        }
        catch (IOException broken)
        {
            log.LogInformation("Connection from {Remote} broke: {Why}", peer.Remote, broken.Message);
            return null;
        }
    }

    /// <summary>False where the connection must be closed.</summary>
    private async ValueTask<bool> TakeAsync(ReadOnlyMemory<byte> bytes)
    {
        var parsed = format.Parse(bytes);
        var message = parsed switch
        {
            ParseResult.Parsed whole => whole.Message,
            ParseResult.Malformed malformed => malformed.Partial,
            _ => throw new UnreachableException(),
        };
        var at = clock.GetUtcNow();
        if (peer.SpeaksFor?.ObjectionTo(message) is { } objection)
        {
            await RefuseAsync(message, objection, at);
            return true;
        }
        switch (reading.Read(parsed, at))
        {
            case Incoming.AboutCard about:
                message.Remove(2).Remove(14).Remove(48); // What follows needs no card data.
                await inFlight.WaitAsync();
                _ = FinishAsync(HandleAsync(message, about));
                return true;
            case Incoming.AboutConnection about:
                await inFlight.WaitAsync();
                _ = FinishAsync(HandleAsync(message, about));
                return true;
            case Incoming.Faulty faulty:
                if (
                    await network.RecordAsync(peer, NotUnderstood(message, bytes.Span, at, faulty.Problem, IssuerResponseCodes.FormatError))
                    is not Noted.Lost
                )
                {
                    await SendAsync(Refusal(message, IssuerResponseCodes.FormatError, at));
                }

                return true;
            case Incoming.NotForUs other:
                await network.RecordAsync(peer, NotUnderstood(message, bytes.Span, at, other.Problem, responseCode: null));
                return true;
            case Incoming.Unreadable unreadable:
                if (
                    await network.RecordAsync(peer, NotUnderstood(message, bytes.Span, at, unreadable.Problem, responseCode: null))
                    is not Noted.Counted
                )
                {
                    log.LogWarning(
                        "Connection from {Remote} is closed: a message was unreadable. {Problem}",
                        peer.Remote,
                        unreadable.Problem
                    );
                }

                return false;
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>Answers, where an answer can be addressed, that the peer may not say this; the message changes nothing.</summary>
    private async ValueTask RefuseAsync(Message message, string objection, DateTimeOffset at)
    {
        var responseCode =
            RequestReader.IsAnswered(message) && RequestReader.AddressOf(message) is not null
                ? IssuerResponseCodes.NotPermittedToTerminal
                : null;
        var refused = new NetworkEvent.MessageNotPermitted(
            peer.Remote,
            peer.Share,
            message.Mti.ToString(),
            objection,
            MessageMask.Mask(message),
            responseCode
        );
        if (await network.RecordAsync(peer, refused) is not Noted.Lost && responseCode is not null)
            await SendAsync(Refusal(message, responseCode, at));
    }

    private Message Refusal(Message message, string responseCode, DateTimeOffset at) =>
        AnswerWriter.ToRefused(
            message,
            responseCode,
            RequestReader.KeyOf(message, at) is { } key
                ? keys.TransactionId(key)
                : keys.TransactionId($"{RequestReader.AddressOf(message)}")
        );

    private async Task HandleAsync(Message message, Incoming.AboutCard about)
    {
        switch (await decisions.AnswerAsync(about.Card, about.Request))
        {
            case CardOutcome.Done { Reply: CardDecision.Answered answered }:
                var delivery = await SendAsync(AnswerWriter.ToCardRequest(message, about.Request, answered.Answer));
                await decisions.NoteDeliveryAsync(about.Card, about.Request.Facts, delivery);
                break;
            case CardOutcome.Unavailable(var why, _):
                // An answer without a record would be a decline of which the card company has no trace. The merchant asks again.
                log.LogError("A request from {Remote} stays unanswered because it could not be recorded: {Why}", peer.Remote, why);
                break;
            case CardOutcome.Overloaded:
                log.LogError("A request from {Remote} stays unanswered because too many wait", peer.Remote);
                break;
            case CardOutcome.Done or CardOutcome.KeyTaken or CardOutcome.TooLarge:
            default:
                throw new UnreachableException();
        }
    }

    private async Task HandleAsync(Message message, Incoming.AboutConnection about)
    {
        var noted = about.Code switch
        {
            NetworkCode.SignOn => await network.RecordAsync(peer, new NetworkEvent.SignedOn(peer.Remote, about.Key)),
            NetworkCode.SignOff => await network.RecordAsync(peer, new NetworkEvent.SignedOff(peer.Remote, about.Key)),
            NetworkCode.Echo or NetworkCode.Unknown => Noted.Counted,
        };
        if (noted is not Noted.Lost)
        {
            await SendAsync(
                AnswerWriter.ToNetworkManagement(
                    message,
                    about.Code is NetworkCode.Unknown ? IssuerResponseCodes.InvalidTransaction : IssuerResponseCodes.Approved
                )
            );
        }
    }

    private async Task FinishAsync(Task handling)
    {
        try
        {
            await handling;
        }
        catch (Exception defect)
        {
            log.LogError(defect, "A request from {Remote} stays unanswered because of a defect", peer.Remote);
        }
        finally
        {
            inFlight.Release();
        }
    }

    private async ValueTask<Delivery> SendAsync(Message answer)
    {
        await writerTurn.WaitAsync();
        try
        {
            if (isBroken)
                return Delivery.Undelivered;
            // Before it leaves: whoever reads the answer may look at the clock sooner than this thread goes on.
            var at = clock.GetTimestamp();
            switch (await writer.WriteAsync(answer, quiet.Token))
            {
                case WriteResult.Written:
                    Touch(at);
                    return Delivery.Sent;
                case WriteResult.Refused refused:
                    log.LogError("An answer to {Remote} cannot be written: {What}", peer.Remote, refused.Error.What);
                    return Delivery.Undelivered;
                default:
                    throw new UnreachableException();
            }
        }
        catch (Exception lost) when (lost is IOException or OperationCanceledException or ObjectDisposedException)
        {
            isBroken = true;
            return Delivery.Undelivered;
        }
        finally
        {
            writerTurn.Release();
        }
    }

    private async ValueTask CloseAsync(string why)
    {
        // What the log only counts, the console does not tell either: it must not grow without bound.
        if (await network.RecordAsync(peer, new NetworkEvent.ConnectionClosed(peer.Remote, why)) is not Noted.Counted)
            log.LogWarning("Connection from {Remote} is closed: {Why}", peer.Remote, why);
    }

    /// <summary>Waits until every request that was read is done. A peer that takes no answers does not hold this up for long.</summary>
    private async ValueTask DrainAsync()
    {
        await using var patience = clock.CreateTimer(_ => quiet.Cancel(), null, limits.DrainTimeout, Timeout.InfiniteTimeSpan);
        for (var taken = 0; taken < limits.InFlightMax; taken++)
            await inFlight.WaitAsync();
    }

    private NetworkEvent.MessageNotUnderstood NotUnderstood(
        Message message,
        ReadOnlySpan<byte> bytes,
        DateTimeOffset at,
        string problem,
        string? responseCode
    ) =>
        new(
            peer.Remote,
            message.Mti.ToString(),
            RequestReader.KeyOf(message, at),
            message.Text(42),
            message.Text(37),
            problem,
            keys.Digest(bytes),
            MessageMask.Mask(message),
            responseCode
        );

    private TimeSpan SilenceMax => Volatile.Read(ref hasSpoken) ? limits.IdleTimeout : limits.FirstMessageTimeout;

    /// <summary>Something came or went at that time; a later one that was noted already stays.</summary>
    private void Touch(long at)
    {
        for (
            var known = Interlocked.Read(ref lastActivity);
            known < at && Interlocked.CompareExchange(ref lastActivity, at, known) is var found && found != known;

        )
        {
            known = found;
        }

        Volatile.Write(ref hasSpoken, true);
    }

    private void CloseIfQuiet()
    {
        var since = clock.GetElapsedTime(Interlocked.Read(ref lastActivity));
        if (since >= SilenceMax)
            quiet.Cancel();
        else
            idleTimer.Change(SilenceMax - since, Timeout.InfiniteTimeSpan);
    }
}
