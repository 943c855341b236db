using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.EventLog;
using Shonin.Merchant.Notices;
using Shonin.Streams;

namespace Shonin.Merchant.Orders;

/// <summary>Finds single orders by whatever names them, as they durably stand, with their customers where these are not erased.</summary>
internal sealed class OrderRecords(IEventReader log, OrderStreams streams)
{
    /// <exception cref="StreamUnreadableException">Its facts cannot be read; so it is with all that find one order.</exception>
    public ValueTask<OrderRecord?> FindAsync(OrderId order, CancellationToken cancellation) =>
        ReadAsync(OrderKeys.StreamOf(order), cancellation);

    public ValueTask<OrderRecord?> FindByNumberAsync(string number, CancellationToken cancellation) =>
        OrderKeys.SequenceOf(number) is null
            ? ValueTask.FromResult<OrderRecord?>(null)
            : FindByKeyAsync(OrderKeys.NumberScope(number.Length - 1), number, cancellation);

    public ValueTask<OrderRecord?> FindByAccessKeyAsync(string accessKey, CancellationToken cancellation) =>
        FindByKeyAsync(OrderKeys.AccessScope, OrderKeys.AccessValue(accessKey), cancellation);

    public ValueTask<OrderRecord?> FindByNoticeAsync(NoticeReference reference, CancellationToken cancellation) =>
        FindByKeyAsync(OrderKeys.NoticeReferenceScope, reference.Digits, cancellation);

    public ValueTask<OrderRecord?> FindByShipmentAsync(string shipment, CancellationToken cancellation) =>
        FindByKeyAsync(OrderKeys.ShipmentScope, shipment, cancellation);

    internal async ValueTask<OrderRecord?> ReadAsync(StreamId stream, CancellationToken cancellation) =>
        await streams.ReadAsync(stream) is { } snapshot ? await RecordOfAsync(snapshot, cancellation) : null;

    internal async ValueTask<OrderRecord> RecordOfAsync(Snapshot<Order, OrderEvent> snapshot, CancellationToken cancellation) =>
        RecordOf(snapshot, await NoticeWriter.PersonAsync(log, snapshot.State.Id, cancellation));

    internal static OrderRecord RecordOf(Snapshot<Order, OrderEvent> snapshot, SealedPerson? person) =>
        new(
            snapshot.State,
            person is null ? null : new Person(person.Email, person.Name, person.Phone),
            person?.AccessKey,
            snapshot.Version,
            snapshot.Facts
        );

    private async ValueTask<OrderRecord?> FindByKeyAsync(string scope, string value, CancellationToken cancellation) =>
        await log.FindKeyAsync(scope, value, cancellation) is { } holder ? await ReadAsync(holder.Stream, cancellation) : null;
}
