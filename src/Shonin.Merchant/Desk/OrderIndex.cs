using System.Collections.Frozen;
using System.Globalization;
using Shonin.Domain.Orders;
using Shonin.EventLog;
using Shonin.Merchant.Orders;
using Shonin.Streams;

namespace Shonin.Merchant.Desk;

/// <summary>Orders that an index names.</summary>
/// <param name="IsWhole">Whether every order was looked at; not while the index is being built.</param>
public sealed record OrdersNamed(IReadOnlyList<OrderId> Orders, bool IsWhole);

/// <summary>
/// Which orders are a customer's, which ones made a request of this number, and which are on hold until when. A customer stands in it as in
/// the log, by the keyed hash of the mail address: it tells nothing of a person, and whoever shows orders asks for the person, who may have
/// been erased.
/// </summary>
public sealed class OrderIndex(ViewKeeper keeper)
{
    /// <summary>The newest first.</summary>
    /// <exception cref="LogUnusableException">The log cannot be read now; so with the others.</exception>
    public ValueTask<OrdersNamed> OfCustomerAsync(string customer, int limit, CancellationToken cancellation) =>
        ListAsync(OrderIndexView.OfCustomer(customer), ViewOrder.GreatestFirst, limit, cancellation);

    /// <summary>Orders with an attempt, a reversal or a capture of this number, the newest first: it may come again after a year.</summary>
    public ValueTask<OrdersNamed> OfRrnAsync(string rrn, int limit, CancellationToken cancellation) =>
        ListAsync(OrderIndexView.OfRrn(rrn), ViewOrder.GreatestFirst, limit, cancellation);

    /// <summary>Orders on hold, the next deadline first.</summary>
    public ValueTask<OrdersNamed> OnHoldAsync(int limit, CancellationToken cancellation) =>
        ListAsync(OrderIndexView.OnHold, ViewOrder.LeastFirst, limit, cancellation);

    /// <inheritdoc cref="ViewKeeper.ProgressAsync"/>
    public ValueTask<ViewProgress> ProgressAsync(CancellationToken cancellation) => keeper.ProgressAsync(cancellation);

    private async ValueTask<OrdersNamed> ListAsync(string prefix, ViewOrder order, int limit, CancellationToken cancellation)
    {
        var answer = await keeper.ListAsync(prefix, order, limit, cancellation);
        return new OrdersNamed([.. answer.Rows.Select(row => new OrderId(row.Value))], answer.IsWhole);
    }
}

/// <summary>
/// The rows behind <see cref="OrderIndex"/>. Keys end with the order's id, which begins with the time of placing, so that they are in that
/// order.
/// </summary>
public sealed class OrderIndexView : View
{
    internal const string OnHold = "hold/";

    private static readonly FrozenSet<string> read =
    [
        EventNames.Of<OrderEvent.OrderPlaced>(),
        EventNames.Of<OrderEvent.AttemptClaimed>(),
        EventNames.Of<OrderEvent.ReversalStarted>(),
        EventNames.Of<OrderEvent.ShipmentRegistered>(),
        EventNames.Of<OrderEvent.HoldOpened>(),
        EventNames.Of<OrderEvent.DeadlineExtended>(),
        EventNames.Of<OrderEvent.HoldEnded>(),
        EventNames.Of<OrderEvent.CancellationAsked>(),
        EventNames.Of<OrderEvent.OrderCancelled>(),
    ];

    public override string Name => "orders";

    public override int Version => 1;

    internal static string OfCustomer(string customer) => $"customer/{customer}/";

    internal static string OfRrn(string rrn) => $"rrn/{rrn}/";

    public override ValueTask ApplyAsync(StoredEvent happened, ViewChanges rows)
    {
        ArgumentNullException.ThrowIfNull(happened);
        ArgumentNullException.ThrowIfNull(rows);
        return OrderKeys.OrderOf(happened.Stream) is { } order && read.Contains(happened.Type)
            ? ApplyAsync(order, StoredOrderEvents.Read(happened), rows)
            : ValueTask.CompletedTask;
    }

    private static async ValueTask ApplyAsync(OrderId order, OrderEvent happened, ViewChanges rows)
    {
        switch (happened)
        {
            case OrderEvent.OrderPlaced placed:
                rows.Put($"{OfCustomer(placed.Customer)}{order}", order.Value);
                break;
            case OrderEvent.AttemptClaimed { Claim.Rrn: var rrn }:
                rows.Put($"{OfRrn(rrn)}{order}", order.Value);
                break;
            case OrderEvent.ReversalStarted { Claim.Rrn: var rrn }:
                rows.Put($"{OfRrn(rrn)}{order}", order.Value);
                break;
            case OrderEvent.ShipmentRegistered { Claim.Rrn: var rrn }:
                rows.Put($"{OfRrn(rrn)}{order}", order.Value);
                break;
            case OrderEvent.HoldOpened { Deadline: var deadline }:
                Hold(order, deadline, rows);
                break;
            case OrderEvent.DeadlineExtended { Deadline: var later }:
                await ReleaseAsync(order, rows);
                Hold(order, later, rows);
                break;
            case OrderEvent.HoldEnded or OrderEvent.CancellationAsked or OrderEvent.OrderCancelled:
                await ReleaseAsync(order, rows);
                break;
        }
    }

    private static void Hold(OrderId order, DateTimeOffset deadline, ViewChanges rows)
    {
        var key = string.Create(CultureInfo.InvariantCulture, $"{OnHold}{deadline.ToUnixTimeMilliseconds():D15}/{order}");
        rows.Put(key, order.Value);
        rows.Put(HoldOf(order), key);
    }

    private static async ValueTask ReleaseAsync(OrderId order, ViewChanges rows)
    {
        if (await rows.FindAsync(HoldOf(order)) is not { } held)
            return;
        rows.Remove(held);
        rows.Remove(HoldOf(order));
    }

    /// <summary>Where the order's row among those on hold stands.</summary>
    private static string HoldOf(OrderId order) => $"hold-of/{order}";
}
