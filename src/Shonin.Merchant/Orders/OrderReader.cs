using System.Text.Json;
using Shonin.Domain.Orders;
using Shonin.EventLog;

namespace Shonin.Merchant.Orders;

/// <summary>Reads single orders from a log that somebody else may be writing.</summary>
public static class OrderReader
{
    /// <summary>Whether an order was ever placed.</summary>
    /// <exception cref="LogUnusableException">The log cannot be read.</exception>
    public static async ValueTask<bool> HasAnyAsync(IEventReader log, CancellationToken cancellation) =>
        await OrderKeys.NextSequenceAsync(log, cancellation) > OrderKeys.FirstNumber;

    /// <param name="numberOrId">As the customer knows it (N1001), or the order's id.</param>
    /// <returns>Null where the log has no such order.</returns>
    public static async ValueTask<OrderRecord?> FindAsync(IEventReader log, string numberOrId, CancellationToken cancellation)
    {
        var stream = OrderKeys.SequenceOf(numberOrId) is null
            ? OrderKeys.StreamOf(new OrderId(numberOrId))
            : (await log.FindKeyAsync(OrderKeys.NumberScope(numberOrId.Length - 1), numberOrId, cancellation))?.Stream;
        if (stream is null)
            return null;
        Order? order = null;
        var history = new List<OrderEvent>();
        foreach (var stored in await log.ReadStreamAsync(stream.Value, 0, cancellation))
        {
            var happened = StoredOrderEvents.Read(stored);
            order = Order.Evolve(order, happened);
            history.Add(happened);
        }
        if (order is null)
            return null;
        var person = await log.ReadDocumentAsync(SealedPerson.DocumentIdOf(order.Id), cancellation) is { } json
            ? JsonSerializer.Deserialize(json.Span, OrderEventJson.Default.SealedPerson)
            : null;
        return new OrderRecord(
            order,
            person is null ? null : new Person(person.Email, person.Name, person.Phone),
            person?.AccessKey,
            history.Count,
            history
        );
    }
}
