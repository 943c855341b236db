using System.Collections.Immutable;
using System.Diagnostics;
using Shonin.Domain.Orders;

namespace Shonin.Domain.Points;

/// <summary>What happened to the points of one mail address. It names orders, and nobody.</summary>
/// <param name="Points">More than none.</param>
public abstract record PointsFact(long Points, DateTimeOffset At)
{
    /// <summary>A parcel was delivered.</summary>
    /// <param name="Parcel">Names the cause: a parcel is delivered once.</param>
    public sealed record Earned(OrderId Order, string Number, string Parcel, long Points, DateTimeOffset ExpiresAt, DateTimeOffset At)
        : PointsFact(Points, At);

    /// <summary>The order came back. What was left of its points is gone, and it earns none any more.</summary>
    /// <param name="Points">None where it had none.</param>
    public sealed record TakenBack(OrderId Order, string Number, long Points, DateTimeOffset At) : PointsFact(Points, At);

    /// <summary>What was left of a parcel's points ran out.</summary>
    public sealed record Expired(OrderId Order, string Number, string Parcel, long Points, DateTimeOffset At) : PointsFact(Points, At);

    /// <summary>The customer is told that these run out soon.</summary>
    /// <param name="Order">The newest of the orders that earned them: its customer is told.</param>
    /// <param name="ExpiresAt">When the first of them do.</param>
    public sealed record Warned(OrderId Order, ImmutableArray<string> Parcels, long Points, DateTimeOffset ExpiresAt, DateTimeOffset At)
        : PointsFact(Points, At);
}

public abstract record PointsCommand
{
    private PointsCommand() { }

    public sealed record Earn(OrderId Order, string Number, string Parcel, long Points, DateTimeOffset ExpiresAt) : PointsCommand;

    /// <summary>The whole order came back to the shop.</summary>
    public sealed record TakeBack(OrderId Order, string Number) : PointsCommand;

    /// <summary>The alarm rang: do whatever is due.</summary>
    public sealed record Wake : PointsCommand;

    /// <summary>A letter has left, or never will: what comes with this is kept, and nothing changes.</summary>
    public sealed record CloseLetter : PointsCommand;
}

/// <summary>What one parcel earned.</summary>
/// <param name="Left">More than none.</param>
public sealed record PointsBatch(OrderId Order, string Number, string Parcel, long Left, DateTimeOffset ExpiresAt, bool IsWarned);

/// <summary>
/// The points of one mail address: a fold over its facts. The same cause counts once, in whatever order causes come: an order that came back
/// before its delivery was heard of earns nothing.
/// </summary>
public sealed record PointsLedger
{
    /// <summary>What runs out within a day of the first is told in one letter.</summary>
    private static readonly TimeSpan toldTogether = TimeSpan.FromDays(1);

    public static PointsLedger Empty { get; } = new();

    /// <summary>What there is, the first to run out first.</summary>
    public ImmutableList<PointsBatch> Batches { get; private init; } = [];

    /// <summary>Parcels that earned something.</summary>
    private ImmutableHashSet<string> Parcels { get; init; } = [];

    /// <summary>Orders that came back.</summary>
    private ImmutableHashSet<OrderId> Returned { get; init; } = [];

    /// <summary>What has run out counts no more, whether or not its alarm has rung.</summary>
    public long BalanceAt(DateTimeOffset at) => Batches.Where(batch => batch.ExpiresAt > at).Sum(batch => batch.Left);

    /// <summary>No command is refused: what was so already changes nothing.</summary>
    public static IReadOnlyList<PointsFact> Decide(PointsLedger? ledger, PointsCommand command, PointsPolicy policy, DateTimeOffset at)
    {
        ledger ??= Empty;
        switch (command)
        {
            case PointsCommand.Earn earn when ledger.Parcels.Contains(earn.Parcel) || ledger.Returned.Contains(earn.Order):
                return [];
            case PointsCommand.Earn earn:
                Invariant.That(earn.Points > 0);
                return [new PointsFact.Earned(earn.Order, earn.Number, earn.Parcel, earn.Points, earn.ExpiresAt, at)];
            case PointsCommand.TakeBack back when ledger.Returned.Contains(back.Order):
                return [];
            case PointsCommand.TakeBack back:
                var left = ledger.Batches.Where(batch => batch.Order == back.Order && batch.ExpiresAt > at).Sum(batch => batch.Left);
                // What has run out is written down as that first, so that nothing is both.
                return [.. ledger.ExpiredAt(at), new PointsFact.TakenBack(back.Order, back.Number, left, at)];
            case PointsCommand.Wake:
                return [.. ledger.ExpiredAt(at), .. ledger.WarnedAt(policy, at)];
            case PointsCommand.CloseLetter:
                return [];
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>When something runs out, or is to be told of; null while there is nothing.</summary>
    public DateTimeOffset? AlarmOf(PointsPolicy policy) =>
        Batches.IsEmpty ? null : Batches.Min(batch => IsToBeTold(batch, policy) ? batch.ExpiresAt - policy.WarnBefore : batch.ExpiresAt);

    public static PointsLedger Evolve(PointsLedger? ledger, PointsFact happened)
    {
        ledger ??= Empty;
        return happened switch
        {
            PointsFact.Earned e when !ledger.Parcels.Contains(e.Parcel) && !ledger.Returned.Contains(e.Order) => ledger with
            {
                Parcels = ledger.Parcels.Add(e.Parcel),
                Batches =
                [
                    .. ledger.Batches.Add(new(e.Order, e.Number, e.Parcel, e.Points, e.ExpiresAt, false)).OrderBy(batch => batch.ExpiresAt),
                ],
            },
            PointsFact.TakenBack e when !ledger.Returned.Contains(e.Order) && ledger.LeftOf(e.Order) == e.Points => ledger with
            {
                Returned = ledger.Returned.Add(e.Order),
                Batches = ledger.Batches.RemoveAll(batch => batch.Order == e.Order),
            },
            PointsFact.Expired e when ledger.Batches.Find(batch => batch.Parcel == e.Parcel) is { } batch && batch.Left == e.Points =>
                ledger with
                {
                    Batches = ledger.Batches.Remove(batch),
                },
            PointsFact.Warned e when e.Parcels.All(parcel => ledger.Batches.Exists(batch => batch.Parcel == parcel)) => ledger with
            {
                Batches = [.. ledger.Batches.Select(batch => e.Parcels.Contains(batch.Parcel) ? batch with { IsWarned = true } : batch)],
            },
            _ => throw new InvalidOperationException($"{happened.GetType().Name} cannot follow on what this ledger holds."),
        };
    }

    private IEnumerable<PointsFact> ExpiredAt(DateTimeOffset at) =>
        Batches
            .Where(batch => batch.ExpiresAt <= at)
            .Select(batch => new PointsFact.Expired(batch.Order, batch.Number, batch.Parcel, batch.Left, at));

    private IEnumerable<PointsFact> WarnedAt(PointsPolicy policy, DateTimeOffset at)
    {
        var untold = Batches.Where(batch => batch.ExpiresAt > at && IsToBeTold(batch, policy)).ToList();
        if (untold.Count == 0 || untold[0].ExpiresAt - policy.WarnBefore > at)
            yield break;
        var told = untold.TakeWhile(batch =>
            batch.ExpiresAt - policy.WarnBefore <= at || batch.ExpiresAt <= untold[0].ExpiresAt + toldTogether
        );
        ImmutableArray<PointsBatch> all = [.. told];
        yield return new PointsFact.Warned(
            all[^1].Order,
            [.. all.Select(batch => batch.Parcel)],
            all.Sum(batch => batch.Left),
            all[0].ExpiresAt,
            at
        );
    }

    private static bool IsToBeTold(PointsBatch batch, PointsPolicy policy) => !batch.IsWarned && policy.WarnBefore > TimeSpan.Zero;

    private long LeftOf(OrderId order) => Batches.Where(batch => batch.Order == order).Sum(batch => batch.Left);
}
