using CsCheck;
using Shonin.Domain.Orders;
using Shonin.Domain.Points;

namespace Shonin.Specs.Points;

public sealed class PointsLedgerSpecs
{
    private static readonly DateTimeOffset start = new(2026, 11, 24, 1, 0, 0, TimeSpan.Zero);
    private static readonly OrderId first = new("order-1");
    private static readonly OrderId second = new("order-2");
    private static readonly PointsPolicy policy = new()
    {
        PerHundred = 1,
        ExpireAfter = Days(365),
        WarnBefore = Days(30),
    };

    [Fact]
    public void A_delivery_earns_once()
    {
        var ledger = new Walk(policy);
        Assert.Equal([new PointsFact.Earned(first, "N1", "s1", 124, start + Days(365), start)], ledger.Do(Earn(first, "s1", 124)));
        Assert.Equal(124, ledger.Balance);
        Assert.Empty(ledger.Do(Earn(first, "s1", 124)));
        Assert.Empty(ledger.Do(Earn(first, "s1", 999)));
        Assert.Equal(124, ledger.Balance);
        ledger.Do(Earn(first, "s2", 10));
        Assert.Equal(134, ledger.Balance);
    }

    [Fact]
    public void What_comes_back_takes_its_own_points_along_once()
    {
        var ledger = new Walk(policy);
        ledger.Do(Earn(first, "s1", 124));
        ledger.Do(Earn(first, "s2", 6));
        ledger.Do(Earn(second, "s3", 50));
        Assert.Equal([new PointsFact.TakenBack(first, "N1", 130, start)], ledger.Do(Back(first)));
        Assert.Equal(50, ledger.Balance);
        Assert.Empty(ledger.Do(Back(first)));
    }

    /// <summary>A delivery is heard of by a message, which may be late.</summary>
    [Fact]
    public void An_order_that_came_back_before_its_delivery_was_heard_of_earns_nothing()
    {
        var ledger = new Walk(policy);
        Assert.Equal([new PointsFact.TakenBack(first, "N1", 0, start)], ledger.Do(Back(first)));
        Assert.Empty(ledger.Do(Earn(first, "s1", 124)));
        Assert.Equal(0, ledger.Balance);
    }

    [Theory]
    [InlineData(-1, 124)]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    public void Points_run_out_at_the_moment_that_was_said(int seconds, long balance)
    {
        var ledger = new Walk(policy);
        ledger.Do(Earn(first, "s1", 124));
        ledger.Now = start + Days(365) + TimeSpan.FromSeconds(seconds);
        Assert.Equal(balance, ledger.Balance);
        Assert.Equal(balance == 0, ledger.Do(new PointsCommand.Wake()).OfType<PointsFact.Expired>().Any());
        Assert.Equal(balance, ledger.Balance);
    }

    [Fact]
    public void What_has_run_out_is_not_taken_back_too()
    {
        var ledger = new Walk(policy);
        ledger.Do(Earn(first, "s1", 124));
        ledger.Now = start + Days(1);
        ledger.Do(new PointsCommand.Earn(first, "N1", "s2", 10, start + Days(400)));
        ledger.Now = start + Days(365);
        Assert.Equal(
            [new PointsFact.Expired(first, "N1", "s1", 124, ledger.Now), new PointsFact.TakenBack(first, "N1", 10, ledger.Now)],
            ledger.Do(Back(first))
        );
    }

    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    public void The_customer_is_told_once_before_they_run_out(int seconds, bool isTold)
    {
        var ledger = new Walk(policy);
        ledger.Do(Earn(first, "s1", 124));
        Assert.Equal(start + Days(335), ledger.Ledger!.AlarmOf(policy));
        ledger.Now = start + Days(335) + TimeSpan.FromSeconds(seconds);
        var told = ledger.Do(new PointsCommand.Wake());
        Assert.Equal(isTold, told.Count == 1);
        if (!isTold)
            return;
        var warned = Assert.IsType<PointsFact.Warned>(Assert.Single(told));
        Assert.Equal((first, 124, start + Days(365)), (warned.Order, warned.Points, warned.ExpiresAt));
        Assert.Equal(["s1"], warned.Parcels);
        Assert.Empty(ledger.Do(new PointsCommand.Wake()));
        Assert.Equal(start + Days(365), ledger.Ledger.AlarmOf(policy));
    }

    [Fact]
    public void What_runs_out_within_a_day_is_told_in_one_letter_and_what_does_later_in_another()
    {
        var ledger = new Walk(policy);
        ledger.Do(Earn(first, "s1", 1));
        ledger.Do(new PointsCommand.Earn(first, "N1", "s2", 20, start + Days(366)));
        ledger.Do(new PointsCommand.Earn(second, "N2", "s3", 300, start + Days(366) + TimeSpan.FromSeconds(1)));
        ledger.Now = start + Days(335);
        var warned = Assert.IsType<PointsFact.Warned>(Assert.Single(ledger.Do(new PointsCommand.Wake())));
        Assert.Equal((21, start + Days(365)), (warned.Points, warned.ExpiresAt));
        Assert.Equal(start + Days(336) + TimeSpan.FromSeconds(1), ledger.Ledger!.AlarmOf(policy));
    }

    [Fact]
    public void A_shop_that_warns_of_nothing_is_woken_when_they_run_out()
    {
        var silent = policy with { WarnBefore = TimeSpan.Zero };
        var ledger = new Walk(silent);
        Assert.Null(PointsLedger.Empty.AlarmOf(silent));
        ledger.Do(Earn(first, "s1", 124));
        Assert.Equal(start + Days(365), ledger.Ledger!.AlarmOf(silent));
        ledger.Now = start + Days(364);
        Assert.Empty(ledger.Do(new PointsCommand.Wake()));
    }

    [Fact]
    public void A_fact_that_the_ledger_cannot_have_produced_is_an_error()
    {
        var ledger = new Walk(policy);
        ledger.Do(Earn(first, "s1", 124));
        PointsFact[] impossible =
        [
            new PointsFact.Earned(first, "N1", "s1", 124, start + Days(365), start),
            new PointsFact.TakenBack(first, "N1", 123, start),
            new PointsFact.Expired(first, "N1", "s1", 1, start),
            new PointsFact.Expired(first, "N1", "s9", 124, start),
            new PointsFact.Warned(first, ["s9"], 124, start, start),
        ];
        Assert.All(impossible, fact => Assert.Throws<InvalidOperationException>(() => PointsLedger.Evolve(ledger.Ledger, fact)));
    }

    private static readonly Gen<(int Kind, int Order, int Parcel, int Points, int Hours)> steps = Gen.Select(
        Gen.Int[0, 3],
        Gen.Int[0, 3],
        Gen.Int[0, 2],
        Gen.Int[1, 500],
        Gen.Int[0, 60 * 24]
    );

    /// <summary>Commands of any kind in any order, again and again, on a clock that goes on: the balance is what a list of them comes to.</summary>
    [Fact]
    public void Whatever_is_told_in_whatever_order_the_balance_is_what_was_earned_and_neither_ran_out_nor_came_back() =>
        steps
            .Array[0, 60]
            .Sample(
                walked =>
                {
                    var ledger = new Walk(policy);
                    var naive = new NaivePoints();
                    var told = new List<string>();
                    foreach (var (kind, order, parcel, points, hours) in walked)
                    {
                        ledger.Now += TimeSpan.FromHours(hours);
                        var (id, name) = (new OrderId($"order-{order}"), $"s{order}-{parcel}");
                        PointsCommand command = kind switch
                        {
                            0 or 1 => new PointsCommand.Earn(id, $"N{order}", name, points, ledger.Now + policy.ExpireAfter),
                            2 => new PointsCommand.TakeBack(id, $"N{order}"),
                            _ => new PointsCommand.Wake(),
                        };
                        var facts = ledger.Do(command);
                        if (kind is 0 or 1)
                            naive.Earn(order, name, points, ledger.Now + policy.ExpireAfter);
                        else if (kind == 2)
                            naive.TakeBack(order);
                        Assert.Equal(naive.BalanceAt(ledger.Now), ledger.Balance);
                        Assert.Empty(ledger.Do(command)); // The same again changes nothing.
                        told.AddRange(facts.OfType<PointsFact.Warned>().SelectMany(warned => warned.Parcels));
                        Assert.All(facts.OfType<PointsFact.Warned>(), warned => Assert.True(warned.ExpiresAt > ledger.Now));
                        if (kind == 3)
                            Assert.True(ledger.Ledger is null || !(ledger.Ledger.AlarmOf(policy) <= ledger.Now));
                        Assert.Equal(
                            ledger.Facts.Sum(fact =>
                                fact is PointsFact.Earned ? fact.Points
                                : fact is PointsFact.Warned ? 0
                                : -fact.Points
                            ),
                            ledger.Ledger?.Batches.Sum(batch => batch.Left) ?? 0
                        );
                    }
                    Assert.Equal(told.Count, told.Distinct().Count());
                },
                iter: Walks.Times(2_000)
            );

    private static PointsCommand.Earn Earn(OrderId order, string parcel, long points) =>
        new PointsCommand.Earn(order, order == first ? "N1" : "N2", parcel, points, start + Days(365));

    private static PointsCommand.TakeBack Back(OrderId order) => new PointsCommand.TakeBack(order, order == first ? "N1" : "N2");

    private static TimeSpan Days(int count) => TimeSpan.FromDays(count);

    private sealed class Walk(PointsPolicy policy)
    {
        public DateTimeOffset Now { get; set; } = start;
        public PointsLedger? Ledger { get; private set; }
        public List<PointsFact> Facts { get; } = [];
        public long Balance => Ledger?.BalanceAt(Now) ?? 0;

        public IReadOnlyList<PointsFact> Do(PointsCommand command)
        {
            var facts = PointsLedger.Decide(Ledger, command, policy, Now);
            Ledger = facts.Aggregate(Ledger, PointsLedger.Evolve);
            Facts.AddRange(facts);
            return facts;
        }
    }

    /// <summary>A list of what was ever earned, crossed out where it came back.</summary>
    private sealed class NaivePoints
    {
        private readonly List<(int Order, string Parcel, long Points, DateTimeOffset ExpiresAt)> earned = [];
        private readonly HashSet<int> returned = [];

        public void Earn(int order, string parcel, long points, DateTimeOffset expiresAt)
        {
            if (!earned.Exists(one => one.Parcel == parcel))
                earned.Add((order, parcel, points, expiresAt));
        }

        public void TakeBack(int order) => returned.Add(order);

        public long BalanceAt(DateTimeOffset at) =>
            earned.Where(one => one.ExpiresAt > at && !returned.Contains(one.Order)).Sum(one => one.Points);
    }
}
