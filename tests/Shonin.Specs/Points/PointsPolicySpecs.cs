using Shonin.Domain;
using Shonin.Domain.Orders;
using Shonin.Domain.Points;
using Shonin.Specs.Notices;

namespace Shonin.Specs.Points;

public sealed class PointsPolicySpecs
{
    private static readonly PointsPolicy one = new() { PerHundred = 1 };

    [Theory]
    [InlineData(1, 99, "JPY", 0)]
    [InlineData(1, 100, "JPY", 1)]
    [InlineData(1, 199, "JPY", 1)]
    [InlineData(1, 12_480, "JPY", 124)]
    [InlineData(5, 12_480, "JPY", 624)]
    [InlineData(1, 9_999, "USD", 0)] // 99.99 dollars
    [InlineData(1, 10_000, "USD", 1)]
    [InlineData(100, 10_050, "EUR", 100)]
    [InlineData(100, Money.MinorUnitsMax, "JPY", Money.MinorUnitsMax)]
    [InlineData(0, 12_480, "JPY", 0)]
    public void Each_whole_hundred_earns(int perHundred, long minorUnits, string currency, long points) =>
        Assert.Equal(points, new PointsPolicy { PerHundred = perHundred }.For(new(minorUnits, Currency.Parse(currency)!)));

    /// <summary>¥12,480 in parcels of ¥6,240: 62 points, then 62; with ¥6,250 and ¥6,230 it is 62 and 62 too, and none is lost.</summary>
    [Theory]
    [InlineData(6_240, 62, 62)]
    [InlineData(6_250, 62, 62)]
    [InlineData(6_290, 62, 62)]
    [InlineData(50, 0, 124)]
    [InlineData(12_390, 123, 1)]
    public void Parcels_earn_together_what_the_order_does(long firstAmount, long first, long second)
    {
        var story = TwoParcels(firstAmount);
        var half = story.Delivered("s1").Order;
        Assert.Equal(first, one.ForParcel(half, "s1"));
        Assert.Equal(124 - first, one.ToCome(half));
        var whole = story.Delivered("s2").Order;
        Assert.Equal(second, one.ForParcel(whole, "s2"));
        Assert.Equal(0, one.ToCome(whole));
    }

    [Fact]
    public void An_order_earns_only_what_will_still_be_delivered()
    {
        var approved = OrderStory.Placed(Locale.Ja).Ask().Approved();
        Assert.Equal(124, one.ToCome(approved.Order));
        var cancelled = approved.CancelAsked(CancelledBy.Customer).Cancelled(CancelledBy.Customer);
        Assert.Equal(0, one.ToCome(cancelled.Order));
        Assert.Equal(0, new PointsPolicy().ToCome(approved.Order));
    }

    private static OrderStory TwoParcels(long firstAmount)
    {
        var approved = OrderStory.Placed(Locale.Ja).Ask().Approved();
        var total = approved.Order.Total;
        var firstMoney = total with { MinorUnits = firstAmount };
        return approved.Shipped("s1", "1", firstMoney, new ShippedItem("BEANS", 1)).Shipped("s2", "2", total - firstMoney);
    }
}
