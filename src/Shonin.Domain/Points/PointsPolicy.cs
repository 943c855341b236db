using Shonin.Domain.Orders;

namespace Shonin.Domain.Points;

/// <summary>How many points a shop gives, and how long they last.</summary>
public sealed record PointsPolicy
{
    private const long Hundred = 100;

    /// <summary>Points for each hundred of a currency's major unit: of 100 yen, of 100 dollars. 0 where the shop gives none.</summary>
    public int PerHundred { get; init; }

    /// <summary>Counted from the moment at which they were earned.</summary>
    public TimeSpan ExpireAfter { get; init; } = TimeSpan.FromDays(365);

    /// <summary>How long before they run out the customer is told; zero for not at all.</summary>
    public TimeSpan WarnBefore { get; init; } = TimeSpan.FromDays(30);

    public bool IsOn => PerHundred > 0;

    /// <summary>What a parcel earned: what all delivered ones come to, less what those before it did, so that no fraction is lost.</summary>
    public long ForParcel(Order order, string parcel)
    {
        ArgumentNullException.ThrowIfNull(order);
        var delivered = DeliveredOf(order);
        return For(delivered) - For(delivered - order.Shipments.Single(shipment => shipment.Id == parcel).Amount);
    }

    /// <summary>What the order earns with what has not been delivered yet; nothing where nothing more will be.</summary>
    public long ToCome(Order order)
    {
        ArgumentNullException.ThrowIfNull(order);
        return order.Standing switch
        {
            Standing.Cancelled or Standing.Closing => For(order.Captured) - For(DeliveredOf(order)),
            _ => For(order.Total) - For(DeliveredOf(order)),
        };
    }

    /// <summary>Whole points; a part of one is none.</summary>
    public long For(Money amount)
    {
        var hundred = Hundred;
        for (var digit = 0; digit < amount.Currency.Exponent; digit++)
            hundred *= 10;
        return amount.MinorUnits * PerHundred / hundred;
    }

    private static Money DeliveredOf(Order order) =>
        order
            .Shipments.Where(shipment => shipment.DeliveredAt is not null)
            .Aggregate(order.Total with { MinorUnits = 0 }, (sum, shipment) => sum + shipment.Amount);
}
