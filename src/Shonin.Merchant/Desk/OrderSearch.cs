using Shonin.Domain.Orders;
using Shonin.Merchant.Orders;

namespace Shonin.Merchant.Desk;

/// <summary>What a search came to.</summary>
/// <param name="Found">The newest first.</param>
/// <param name="LookedAtCount">How many orders were read for it; 0 where a key led straight to the order.</param>
/// <param name="Oldest">When the oldest of those was placed; null where none was read.</param>
/// <param name="UnreadableCount">How many of them could not be read.</param>
/// <param name="Reach">Whether there is more than was looked at or shown.</param>
public sealed record OrdersFound(
    IReadOnlyList<OrderRecord> Found,
    int LookedAtCount,
    DateTimeOffset? Oldest,
    int UnreadableCount,
    SearchReach Reach
);

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
/// Finds the orders that a caller names. Order and notice numbers are unique keys of the log; the card company's number and the keyed hash
/// of a mail address lead through the <see cref="OrderIndex"/>. For a name the newest orders are read, one after the other, and nothing of
/// a person is written down to find them by; while the index is being built that is done for the others too. Whoever was erased is not
/// found by what they were called.
/// </summary>
public static class OrderSearch
{
    /// <summary>Orders that one search reads at most.</summary>
    public const int LookedAtMax = 2_000;

    /// <summary>Orders that one search finds at most; more help nobody on the telephone.</summary>
    public const int FoundMax = 50;

    public static ValueTask<OrdersFound> FindAsync(
        OrderBook orders,
        OrderIndex index,
        IReadOnlyList<OrderQuestion> asked,
        CancellationToken cancellation
    ) => FindAsync(orders, index, asked, LookedAtMax, cancellation);

    internal static async ValueTask<OrdersFound> FindAsync(
        OrderBook orders,
        OrderIndex index,
        IReadOnlyList<OrderQuestion> asked,
        int lookedAtMax,
        CancellationToken cancellation
    )
    {
        foreach (var question in asked)
        {
            if (await ByKeyAsync(orders, question, cancellation) is { } found)
                return new([found], 0, null, 0, SearchReach.Everything);
        }

        Func<OrderRecord, bool>[] fits = [.. asked.Select(question => FitOf(orders, question)).OfType<Func<OrderRecord, bool>>()];
        var looking = new Looking(record => fits.Any(fit => fit(record)), cancellation);
        var isWhole = true;
        foreach (var question in asked)
        {
            var named = await NamedAsync(orders, index, question, cancellation);
            isWhole &= named.IsWhole;
            foreach (var order in named.Orders)
                await looking.AtAsync(() => orders.FindAsync(order, cancellation));
        }
        return isWhole ? looking.Everything() : await looking.AtNewestAsync(orders, lookedAtMax);
    }

    private static ValueTask<OrderRecord?> ByKeyAsync(OrderBook orders, OrderQuestion question, CancellationToken cancellation) =>
        question switch
        {
            OrderQuestion.ByNumber(var number) => orders.FindByNumberAsync(number, cancellation),
            OrderQuestion.ByNotice(var reference) => orders.FindByNoticeAsync(reference, cancellation),
            OrderQuestion.ByRrn or OrderQuestion.ByMail or OrderQuestion.ByName => ValueTask.FromResult<OrderRecord?>(null),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    /// <summary>What may fit; not whole where the newest orders must be read.</summary>
    private static ValueTask<OrdersNamed> NamedAsync(
        OrderBook orders,
        OrderIndex index,
        OrderQuestion question,
        CancellationToken cancellation
    ) =>
        question switch
        {
            OrderQuestion.ByNumber or OrderQuestion.ByNotice => ValueTask.FromResult(new OrdersNamed([], IsWhole: true)),
            OrderQuestion.ByRrn(var rrn) => index.OfRrnAsync(rrn, FoundMax + 1, cancellation),
            OrderQuestion.ByMail(var address) => index.OfCustomerAsync(orders.CustomerOf(address), FoundMax + 1, cancellation),
            OrderQuestion.ByName => ValueTask.FromResult(new OrdersNamed([], IsWhole: false)),
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
                return record =>
                    record.Person is { } person && OrderQuestion.FoldedName(person.Name).Contains(name, StringComparison.Ordinal);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static IEnumerable<string> RrnsOf(Order order) =>
        order
            .Attempts.Select(attempt => attempt.Claim.Rrn)
            .Concat(order.Attempts.Select(attempt => attempt.Reversal?.Claim.Rrn).OfType<string>())
            .Concat(order.Shipments.Select(parcel => parcel.Claim.Rrn));

    /// <summary>One search under way.</summary>
    private sealed class Looking(Func<OrderRecord, bool> fits, CancellationToken cancellation)
    {
        private readonly Dictionary<OrderId, OrderRecord> found = [];
        private int count;
        private int unreadable;
        private DateTimeOffset? oldest;

        public async ValueTask AtAsync(Func<ValueTask<OrderRecord?>> read)
        {
            count++;
            try
            {
                if (await read() is not { } record)
                    return;
                oldest = record.Order.PlacedAt;
                if (fits(record))
                    found[record.Order.Id] = record;
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                // Whatever is wrong with one order: the others are looked at, and the page says how many could not be.
                unreadable++;
            }
        }

        public OrdersFound Everything() => ToFound(found.Count > FoundMax ? SearchReach.TooMany : SearchReach.Everything);

        public async ValueTask<OrdersFound> AtNewestAsync(OrderBook orders, int lookedAtMax)
        {
            (count, unreadable) = (0, 0);
            foreach (var number in orders.NumbersFromNewest())
            {
                if (count == lookedAtMax)
                    return ToFound(SearchReach.NewestOnly);
                if (found.Count >= FoundMax)
                    return ToFound(SearchReach.TooMany);
                await AtAsync(() => orders.FindByNumberAsync(number, cancellation));
            }
            return ToFound(SearchReach.Everything);
        }

        private OrdersFound ToFound(SearchReach reach) =>
            new(
                [
                    .. found
                        .Values.OrderByDescending(record => record.Order.PlacedAt)
                        .ThenByDescending(record => record.Order.Number.Length)
                        .ThenByDescending(record => record.Order.Number, StringComparer.Ordinal)
                        .Take(FoundMax),
                ],
                count,
                oldest,
                unreadable,
                reach
            );
    }
}
