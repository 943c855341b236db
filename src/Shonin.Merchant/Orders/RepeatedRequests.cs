using System.Security.Cryptography;
using System.Text.Json;
using Shonin.Domain.Orders;
using Shonin.EventLog;

namespace Shonin.Merchant.Orders;

/// <summary>What a client is told who sends a request again: what it was told the first time, for ever.</summary>
internal sealed class RepeatedRequests(IEventReader log, OrderStreams streams, OrderRecords records)
{
    /// <summary>The first outcome of a key that was used before: the same for ever.</summary>
    public async ValueTask<RequestResult?> FindAsync(RequestKey key, CancellationToken cancellation)
    {
        if (await log.FindKeyAsync(RequestKey.LogScope, key.LogValue, cancellation) is not { } holder)
            return null;
        var first = JsonSerializer.Deserialize(holder.Content.Span, OrderEventJson.Default.FirstOutcome)!;
        if (!CryptographicOperations.FixedTimeEquals(Convert.FromBase64String(first.BodyHash), key.BodyHash.Span))
            return new RequestResult.KeyReused();
        if (first.Refusal is { } refusal)
            return new RequestResult.Refused(refusal, first.Rule, first.Until);
        return new RequestResult.Done(await RecordAtAsync(holder.Stream, first, null, cancellation));
    }

    /// <summary>
    /// The order as the first answer showed it: at the request's own version or, where that answer waits, as soon as no attempt is in
    /// flight.
    /// </summary>
    public async ValueTask<OrderRecord> RecordAtAsync(
        StreamId stream,
        FirstOutcome first,
        SealedPerson? person,
        CancellationToken cancellation
    )
    {
        var snapshot = await streams.WhenAsync(
            stream,
            order => first.Waits == Patience.RespondAtOnce || order.AttemptInFlight is null,
            cancellation
        );
        return AsFirstAnswered(
            person is null ? await records.RecordOfAsync(snapshot, cancellation) : OrderRecords.RecordOf(snapshot, person),
            first
        );
    }

    private static OrderRecord AsFirstAnswered(OrderRecord current, FirstOutcome first)
    {
        Order? order = null;
        for (var index = 0; index < current.History.Count; index++)
        {
            order = Order.Evolve(order, current.History[index]);
            var isSettled = index + 1 >= first.Version && (first.Waits == Patience.RespondAtOnce || order.AttemptInFlight is null);
            // The facts of one decision share its moment: the answer showed all of them.
            var isEndOfDecision = index + 1 == current.History.Count || current.History[index + 1].At != current.History[index].At;
            if (isSettled && (isEndOfDecision || index + 1 == first.Version))
                return current with { Order = order, Version = index + 1, History = [.. current.History.Take(index + 1)] };
        }
        return current;
    }
}
