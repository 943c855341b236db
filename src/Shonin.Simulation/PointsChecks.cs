using Shonin.Domain.Orders;
using Shonin.Domain.Points;
using Shonin.EventLog;
using Shonin.Merchant.Points;

namespace Shonin.Simulation;

/// <summary>
/// What is promised of points: they are what delivered orders that did not come back earned, each parcel once; they last as long as was said,
/// and their owner is told once before they run out.
/// </summary>
internal sealed class PointsChecks(World world)
{
    /// <summary>Alarms look at the clock every half minute.</summary>
    private static readonly TimeSpan alarmLateMax = TimeSpan.FromMinutes(1);
    private static readonly string streamPrefix = PointsKind.StreamOf("").Value;

    private readonly Dictionary<StreamId, PointsLedger> ledgers = [];
    private readonly List<PointsFact> facts = [];
    private readonly HashSet<string> earnedParcels = [];
    private readonly HashSet<string> toldParcels = [];
    private readonly HashSet<OrderId> comingBack = [];
    private readonly HashSet<OrderId> returned = [];
    private readonly Dictionary<string, PointsFact.Warned> queued = [];
    private readonly HashSet<string> left = [];
    private PointsKind? kind;

    public void Committed(Append append)
    {
        if (!append.Stream.Value.StartsWith(streamPrefix, StringComparison.Ordinal))
            return;
        kind ??= new PointsKind(Policy);
        foreach (var written in append.Events)
        {
            var fact = kind.Load(new StoredEvent(0, append.Stream, 0, append.At, written.Type, written.Payload, default));
            Happened(append, fact);
            ledgers[append.Stream] = PointsLedger.Evolve(ledgers.GetValueOrDefault(append.Stream), fact);
            facts.Add(fact);
        }
    }

    /// <summary>A customer is about to say so.</summary>
    public void ComesBack(OrderId order) => comingBack.Add(order);

    /// <summary>The customer was told that it is so.</summary>
    public void CameBack(Order order)
    {
        if (!returned.Contains(order.Id))
            world.Checks.Broken($"{order.Number} was said to have come back, and the log does not know");
    }

    public void LetterLeft(string letter, PointsWarning warning)
    {
        if (!queued.TryGetValue(letter, out var warned) || warning.Points > warned.Points || warning.ExpiresAt <= world.Scheduler.Now)
            world.Checks.Broken($"A letter of {warning.Points} points left, and the log says {warned?.Points}");
        left.Add(letter);
    }

    public void Shown(Order order, PointsView view, OrderPoints? points)
    {
        var due = returned.Contains(order.Id) ? 0 : EarnedBy(order);
        if ((points?.Earned ?? 0) != due)
            world.Checks.Broken($"{order.Number} is shown with {points?.Earned} points and earned {due}");
        // In these worlds each order is of an address of its own.
        var balance = facts
            .OfType<PointsFact.Earned>()
            .Where(fact => IsOf(order, fact) && fact.ExpiresAt > world.Scheduler.Now)
            .Sum(fact => fact.Points);
        if (view.Balance != (returned.Contains(order.Id) ? 0 : balance))
            world.Checks.Broken($"{order.Number}: {view.Balance} points are shown, and {balance} have not run out");
        if (view.Entries.Sum(entry => entry.Points) is var sum && sum < 0)
            world.Checks.Broken($"{order.Number}: the entries come to {sum} points");
    }

    public void AtEnd()
    {
        foreach (var order in world.Checks.Orders)
        {
            var earned = facts.OfType<PointsFact.Earned>().Where(fact => IsOf(order, fact)).Sum(fact => fact.Points);
            var due = EarnedBy(order);
            // Of an order that came back some parcels were heard of before, and some were not.
            if (returned.Contains(order.Id) ? earned > due : earned != due)
                world.Checks.Broken($"{order.Number} earned {earned} points, and its deliveries come to {due}");
        }
        var now = world.Scheduler.Now;
        foreach (var batch in ledgers.Values.SelectMany(ledger => ledger.Batches))
        {
            if (batch.ExpiresAt + alarmLateMax <= now)
                world.Checks.Broken($"The points of {batch.Parcel} ran out at {batch.ExpiresAt:HH:mm:ss} and are still there");
            if (returned.Contains(batch.Order))
                world.Checks.Broken($"{batch.Number} came back and has points still");
            if (Policy.WarnBefore > TimeSpan.Zero && !batch.IsWarned && batch.ExpiresAt - Policy.WarnBefore + alarmLateMax <= now)
                world.Checks.Broken($"The points of {batch.Parcel} run out at {batch.ExpiresAt:HH:mm:ss} and nobody was told");
        }
        var waiting = world.Merchant.Disk.ReadOutboxFirstsAsync(PointsBook.LetterQueue, now - alarmLateMax, 1, CancellationToken.None);
        foreach (var item in waiting.AsTask().GetAwaiter().GetResult())
            world.Checks.Broken($"{item.Id} still waits to be sent");
    }

    private PointsPolicy Policy => world.Points.Policy;

    private void Happened(Append append, PointsFact fact)
    {
        switch (fact)
        {
            case PointsFact.Earned earned:
                if (!earnedParcels.Add(earned.Parcel))
                    world.Checks.Broken($"{earned.Parcel} earned points twice");
                if (earned.ExpiresAt > append.At + Policy.ExpireAfter)
                    world.Checks.Broken($"The points of {earned.Parcel} last longer than they may");
                break;
            case PointsFact.TakenBack back:
                if (!comingBack.Contains(back.Order) || !returned.Add(back.Order))
                    world.Checks.Broken($"The points of {back.Number} were taken back for nothing, or twice");
                break;
            case PointsFact.Expired expired:
                if (ledgers[append.Stream].Batches.Find(batch => batch.Parcel == expired.Parcel)?.ExpiresAt > append.At)
                    world.Checks.Broken($"The points of {expired.Parcel} were gone before they ran out");
                break;
            case PointsFact.Warned warned:
                if (warned.Parcels.Any(parcel => !toldParcels.Add(parcel)))
                    world.Checks.Broken($"Of {string.Join(", ", warned.Parcels)} somebody is told twice");
                if (append.Outbox is [var item])
                    queued.Add(item.Id, warned);
                else
                    world.Checks.Broken("Points run out soon, and no letter says so");
                break;
        }
    }

    /// <summary>What was delivered, by the hundred.</summary>
    private long EarnedBy(Order order) =>
        order.Shipments.Where(shipment => shipment.DeliveredAt is not null).Sum(shipment => shipment.Amount.MinorUnits)
        * Policy.PerHundred
        / 100;

    private static bool IsOf(Order order, PointsFact.Earned fact) => fact.Order == order.Id;
}
