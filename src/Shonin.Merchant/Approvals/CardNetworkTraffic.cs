using Shonin.CardNetwork.Link;
using Shonin.Domain.Approvals;
using Shonin.Domain.Orders;
using Shonin.EventLog;
using Shonin.Merchant.Orders;
using Shonin.Merchant.Tries;
using Shonin.Streams;

namespace Shonin.Merchant.Approvals;

/// <summary>What became of an answer of the card company.</summary>
public enum AnswerRoute
{
    Recorded,

    /// <summary>No order asked for it.</summary>
    Unclaimed,

    /// <summary>Its order is known, but could take nothing more, or the server was stopping.</summary>
    NotRecorded,
}

/// <summary>
/// What goes between the orders and the card network: what durable facts ask for is sent, and each answer is taken to the order whose
/// claim it answers.
/// </summary>
internal sealed class CardNetworkTraffic(OrderBookPorts ports, OrderStreams streams, TryBudget tries) : IDisposable
{
    private readonly RecentClaims claims = new();

    /// <summary>It has no timer and no handle, so that closing twice does no harm.</summary>
    private readonly CancellationTokenSource stopping = new();

    /// <summary>Sends what facts ask for that are durable now.</summary>
    public void Send(Order after, IReadOnlyList<OrderEvent> facts)
    {
        foreach (var request in MessagesToNetwork.Of(after, facts))
            _ = SendAsync(after.Id, request, after.AttemptInFlight);
    }

    /// <summary>
    /// Takes an answer of the card company to the order whose claim it answers, and ends once it is durable: it is offered again for as
    /// long as the log cannot be read or written. Whoever reads answers off the wire must not wait for this.
    /// </summary>
    public async ValueTask<AnswerRoute> RecordAnswerAsync(NetworkAnswer answer)
    {
        if ((claims.Take(answer.WireKey) ?? await FindClaimAsync(answer)) is not { } stream)
            return AnswerRoute.Unclaimed;
        await KnowTriesAsync(stream, answer);
        return await RecordAsync(stream, new OrderCommand.RecordAnswer(answer)) is OrderOutcome.Unavailable
            ? AnswerRoute.NotRecorded
            : AnswerRoute.Recorded;
    }

    /// <summary>Claims are looked for no longer.</summary>
    public void Dispose() => stopping.Cancel(); // not CancelAsync: that one leaves the simulation's thread

    private async Task SendAsync(OrderId order, NetworkRequest request, Attempt? attempt)
    {
        try
        {
            var stream = OrderKeys.StreamOf(order);
            if (
                attempt is { } asked
                && request is NetworkRequest.Authorize { Initiator: var initiator }
                && CustomerTries.IsCustomers(initiator)
                && await HoldBackAsync(order, asked) is { } pause
            )
            {
                var heldBack = new OrderCommand.RecordNotSent(
                    asked.Ordinal,
                    "other tries on this card are not answered yet, or too many were not approved",
                    pause,
                    NotSentCause.HeldBack
                );
                await RecordAsync(stream, heldBack);
                return;
            }
            claims.Add(request.Claim.WireKey, stream);
            if (await ports.Send(request, CancellationToken.None) is not SendOutcome.NotSent(var reason, var why))
                return;
            claims.Take(request.Claim.WireKey);
            if (request is NetworkRequest.Authorize && attempt is { Ordinal: var ordinal })
            {
                await RecordAsync(
                    stream,
                    new OrderCommand.RecordNotSent(
                        ordinal,
                        $"{reason}: {why}",
                        Cause: NotSentMeaning.CauseOf(reason),
                        Lasting: NotSentMeaning.LastingOf(reason)
                    )
                );
            }
            else if (NotSentMeaning.LastingOf(reason) is { } lasting)
            {
                await RecordAsync(stream, new OrderCommand.RecordUnsendable(request.Claim.WireKey, lasting));
            }
        }
        catch (Exception fault)
        {
            // Bytes may have left: the attempt stays in doubt, and its alarm takes it further.
            ports.OnFault(fault);
        }
    }

    /// <summary>How long this attempt must not leave, or null where it may.</summary>
    private async ValueTask<TimeSpan?> HoldBackAsync(OrderId order, Attempt attempt) =>
        tries.IsAdmitted(order, attempt) ? null : await tries.PlaceLateAsync(order, attempt);

    /// <summary>
    /// An answer to a try that was let in before a restart: what the log has counted of its card must be known before it is counted
    /// further.
    /// </summary>
    private async ValueTask KnowTriesAsync(StreamId stream, NetworkAnswer answer)
    {
        if (
            answer.Kind != AnswerKind.Authorization
            || answer.ResponseCode == ResponseCodes.Approved
            || OrderKeys.OrderOf(stream) is not { } order
            || tries.Knows(order)
        )
        {
            return;
        }

        try
        {
            if (
                (await streams.ReadAsync(stream))?.State.Attempts.FirstOrDefault(attempt => attempt.Claim.WireKey == answer.WireKey) is
                { } attempt
            )
            {
                await tries.LoadAsync(attempt.Card.Fingerprint, CancellationToken.None);
            }
        }
        catch (Exception fault) when (fault is LogUnusableException or StreamUnreadableException)
        {
            // The answer itself is kept until it is durable; this one try goes uncounted.
            if (fault is LogUnusableException)
                ports.OnFault(fault);
        }
    }

    /// <summary>A claim in the log, which is looked into until it can be read: an answer is not told a second time.</summary>
    /// <exception cref="OperationCanceledException">The book is closed.</exception>
    private async ValueTask<StreamId?> FindClaimAsync(NetworkAnswer answer)
    {
        for (var failureCount = 0; ; failureCount++)
        {
            try
            {
                return await LookForClaimAsync(answer);
            }
            catch (LogUnusableException fault)
            {
                if (failureCount == 0)
                    ports.OnFault(fault);
                await Task.Delay(BackOff.After(failureCount), ports.Clock, stopping.Token);
            }
        }
    }

    /// <summary>A claim of this year, or, for an answer around New Year, of the year before.</summary>
    private async ValueTask<StreamId?> LookForClaimAsync(NetworkAnswer answer)
    {
        var year = answer.ReceivedAt.UtcDateTime.Year;
        for (var back = 0; back <= 1; back++)
        {
            if (
                await ports.Store.FindKeyAsync(
                    OrderKeys.ClaimScope,
                    OrderKeys.ClaimValue(answer.Sender ?? ports.Options.Sender, answer.WireKey, year - back),
                    CancellationToken.None
                ) is
                { } holder
            )
            {
                return holder.Stream;
            }
        }

        return null;
    }

    private ValueTask<OrderOutcome> RecordAsync(StreamId stream, OrderCommand fact) => streams.SubmitUntilDurableAsync(stream, fact);
}
