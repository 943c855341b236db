using Shonin.Domain.Orders;

namespace Shonin.Merchant.Views;

/// <summary>What a search came to.</summary>
/// <param name="Found">The newest first.</param>
/// <param name="LookedAtCount">How many orders were read for it; 0 where a key led straight to the order.</param>
/// <param name="Oldest">When the oldest of those was placed; null where none was read.</param>
/// <param name="UnreadableCount">How many of them could not be read.</param>
/// <param name="Reach">Whether there is more than was looked at or shown.</param>
public sealed record OrdersFound(IReadOnlyList<OrderRecord> Found, int LookedAtCount, DateTimeOffset? Oldest, int UnreadableCount, SearchReach Reach);

public enum SearchReach
{
    /// <summary>Every order was looked at.</summary>
    Everything,
    /// <summary>There are older orders, which nobody looked at.</summary>
    NewestOnly,
    /// <summary>There may be more of these.</summary>
    TooMany,
}

/// <summary>
/// Finds the orders that a caller names. Order and notice numbers are unique keys of the log. The card company's number, mail address and name are
/// not: the newest orders are read, one after the other, and nothing of a person is written down to find them by. Whoever was erased is not found by what
/// they were called.
/// </summary>
public static class OrderSearch
{
    /// <summary>Orders that one search reads at most.</summary>
    public const int LookedAtMax = 2_000;

    /// <summary>Orders that one search finds at most; more help nobody on the telephone.</summary>
    public const int FoundMax = 50;

    public static async ValueTask<OrdersFound> FindAsync(OrderBook orders, IReadOnlyList<OrderQuestion> asked, CancellationToken cancellation)
    {
        foreach (var question in asked)
            if (await ByKeyAsync(orders, question, cancellation) is { } found)
                return new([found], 0, null, 0, SearchReach.Everything);
        Func<OrderRecord, bool>[] fits = [.. asked.Select(question => FitOf(orders, question)).OfType<Func<OrderRecord, bool>>()];
        return fits.Length == 0
            ? new([], 0, null, 0, SearchReach.Everything)
            : await AmongNewestAsync(orders, record => fits.Any(fit => fit(record)), cancellation);
    }

    private static ValueTask<OrderRecord?> ByKeyAsync(OrderBook orders, OrderQuestion question, CancellationToken cancellation) => question switch
    {
        OrderQuestion.ByNumber(var number) => orders.FindByNumberAsync(number, cancellation),
        OrderQuestion.ByNotice(var reference) => orders.FindByNoticeAsync(reference, cancellation),
        OrderQuestion.ByRrn or OrderQuestion.ByMail or OrderQuestion.ByName => ValueTask.FromResult<OrderRecord?>(null),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>Null where a key would have found it.</summary>
    private static Func<OrderRecord, bool>? FitOf(OrderBook orders, OrderQuestion question)
    {
        switch (question)
        {
            case OrderQuestion.ByNumber or OrderQuestion.ByNotice:
                return null;
            case OrderQuestion.ByRrn(var rrn):
                return record => RrnsOf(record.Order).Contains(rrn);
            case OrderQuestion.ByMail(var address):
                // The order holds a keyed hash of the address, which stays when the person is erased; so the person is asked for too.
                var customer = orders.CustomerOf(address);
                return record => record.Person is not null && record.Order.Customer == customer;
            case OrderQuestion.ByName(var name):
                return record => record.Person is { } person && OrderQuestion.FoldedName(person.Name).Contains(name, StringComparison.Ordinal);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static IEnumerable<string> RrnsOf(Order order) => order.Attempts.Select(attempt => attempt.Claim.Rrn)
        .Concat(order.Attempts.Select(attempt => attempt.Reversal?.Claim.Rrn).OfType<string>())
        .Concat(order.Shipments.Select(parcel => parcel.Claim.Rrn));

    private static async ValueTask<OrdersFound> AmongNewestAsync(OrderBook orders, Func<OrderRecord, bool> fits, CancellationToken cancellation)
    {
        var (found, count, unreadable, oldest) = (new List<OrderRecord>(), 0, 0, (DateTimeOffset?)null);
        foreach (var number in orders.NumbersFromNewest())
        {
            if (count == LookedAtMax)
                return new(found, count, oldest, unreadable, SearchReach.NewestOnly);
            if (found.Count == FoundMax)
                return new(found, count, oldest, unreadable, SearchReach.TooMany);
            count++;
            try
            {
                if (await orders.FindByNumberAsync(number, cancellation) is not { } record)
                    continue;
                oldest = record.Order.PlacedAt;
                if (fits(record))
                    found.Add(record);
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                // Whatever is wrong with one order: the others are looked at, and the page says how many could not be.
                unreadable++;
            }
        }
        return new(found, count, oldest, unreadable, SearchReach.Everything);
    }
}
