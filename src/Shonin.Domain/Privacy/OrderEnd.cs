using Shonin.Domain.Orders;

namespace Shonin.Domain.Privacy;

/// <summary>Whether an order still needs its person.</summary>
public static class OrderEnd
{
    /// <summary>Not every shop tells when a parcel arrived; so long after the last one left, it has.</summary>
    public static readonly TimeSpan ArrivedAfter = TimeSpan.FromDays(30);

    /// <summary>Nothing is to be delivered, taken back, paid for or told any more.</summary>
    public static bool IsOver(Order order, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(order);
        if (order.AttemptInFlight is not null || order.Attempts.Any(attempt => attempt.IsReversing) || order.Notices.Any(IsOnItsWay))
            return false;
        return order.Standing switch
        {
            Standing.Cancelled => order.Shipments.All(parcel => HasArrived(parcel, now)),
            Standing.Approved => order.IsShippedWhole && order.Shipments.All(parcel => HasArrived(parcel, now)),
            Standing.AwaitingApproval or Standing.OnHold or Standing.Closing => false,
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private static bool IsOnItsWay(NoticeRecord notice) => notice is { SentAt: null, UndeliverableAt: null, WithdrawnAt: null };

    private static bool HasArrived(Shipment parcel, DateTimeOffset now) =>
        !parcel.CaptureIsOutstanding
        && !parcel.CaptureIsRefused
        && (parcel.DeliveredAt is not null || now >= parcel.ShippedAt + ArrivedAfter);
}
