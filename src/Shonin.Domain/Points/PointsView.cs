using System.Collections.Immutable;
using System.Diagnostics;
using Shonin.Domain.Orders;

namespace Shonin.Domain.Points;

/// <summary>Why points came or went.</summary>
public enum PointsCause
{
    Delivered,
    Returned,
    Expired,
}

/// <param name="Number">The order's.</param>
/// <param name="Points">Below zero where they went.</param>
/// <param name="ExpiresAt">For those that came.</param>
public sealed record PointsEntry(PointsCause Cause, string Number, long Points, DateTimeOffset At, DateTimeOffset? ExpiresAt);

/// <summary>So many of those that there are run out then.</summary>
public sealed record PointsExpiry(DateTimeOffset At, long Points);

/// <summary>What a customer is shown of their points, of one address or of several that they have proved.</summary>
/// <param name="Next">What runs out next; null where there is nothing.</param>
/// <param name="Entries">The newest first, at most <see cref="EntryCountMax"/>.</param>
/// <param name="OlderCount">Entries that are not shown.</param>
public sealed record PointsView(long Balance, PointsExpiry? Next, ImmutableArray<PointsEntry> Entries, int OlderCount)
{
    public const int EntryCountMax = 100;

    public static PointsView Empty { get; } = new(0, null, [], 0);

    public static PointsView Of(IReadOnlyList<(PointsLedger Ledger, IReadOnlyList<PointsFact> Facts)> ledgers, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(ledgers);
        var live = ledgers.SelectMany(one => one.Ledger.Batches).Where(batch => batch.ExpiresAt > now).ToList();
        var entries = ledgers
            .SelectMany(one => one.Facts.Reverse())
            .Select(EntryOf)
            .OfType<PointsEntry>()
            .OrderByDescending(entry => entry.At)
            .ToList();
        return new(
            live.Sum(batch => batch.Left),
            live.GroupBy(batch => batch.ExpiresAt)
                .OrderBy(group => group.Key)
                .Select(group => new PointsExpiry(group.Key, group.Sum(batch => batch.Left)))
                .FirstOrDefault(),
            [.. entries.Take(EntryCountMax)],
            Math.Max(0, entries.Count - EntryCountMax)
        );
    }

    /// <summary>Null for what changed nothing of them.</summary>
    private static PointsEntry? EntryOf(PointsFact fact) =>
        fact switch
        {
            PointsFact.Earned e => new(PointsCause.Delivered, e.Number, e.Points, e.At, e.ExpiresAt),
            PointsFact.TakenBack { Points: 0 } => null,
            PointsFact.TakenBack e => new(PointsCause.Returned, e.Number, -e.Points, e.At, null),
            PointsFact.Expired e => new(PointsCause.Expired, e.Number, -e.Points, e.At, null),
            PointsFact.Warned => null,
            _ => throw new UnreachableException(),
        };
}

/// <summary>What one order earned.</summary>
/// <param name="Earned">At its deliveries so far, whether or not they have run out.</param>
/// <param name="ExpiresAt">When the first of them run out; null where there are none.</param>
public sealed record OrderPoints(long Earned, DateTimeOffset? ExpiresAt)
{
    public static OrderPoints None { get; } = new(0, null);

    /// <summary>Null where the order came back: it has none, and earns none.</summary>
    public static OrderPoints? Of(OrderId order, IReadOnlyList<PointsFact> facts)
    {
        if (facts.OfType<PointsFact.TakenBack>().Any(fact => fact.Order == order))
            return null;
        var earned = facts.OfType<PointsFact.Earned>().Where(fact => fact.Order == order).ToList();
        return earned.Count == 0 ? None : new(earned.Sum(fact => fact.Points), earned.Min(fact => fact.ExpiresAt));
    }
}
