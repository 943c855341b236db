using Shonin.CardCompany.Host;

namespace Shonin.Specs.CardCompany;

public sealed class HandshakePlacesSpecs
{
    private readonly HandshakePlaces places = new(new HostLimits { HandshakesMax = 4, HandshakesOfSiteMax = 3 });

    [Fact]
    public void Up_to_the_limits_nobody_gives_way()
    {
        var taken = new[] { places.Take("a"), places.Take("a"), places.Take("a"), places.Take("b") };

        Assert.All(taken, place => Assert.False(place.GaveWay.IsCancellationRequested));
    }

    [Fact]
    public void Beyond_a_site_s_share_its_own_oldest_gives_way()
    {
        var other = places.Take("b");
        var taken = new[] { places.Take("a"), places.Take("a"), places.Take("a"), places.Take("a") };

        Assert.Equal([true, false, false, false], taken.Select(place => place.GaveWay.IsCancellationRequested));
        Assert.False(other.GaveWay.IsCancellationRequested);
    }

    [Fact]
    public void Beyond_all_places_the_oldest_of_the_site_that_has_the_most_gives_way()
    {
        var single = places.Take("b");
        var many = new[] { places.Take("a"), places.Take("a"), places.Take("a") };

        var newcomer = places.Take("c");

        Assert.Equal([true, false, false], many.Select(place => place.GaveWay.IsCancellationRequested));
        Assert.False(single.GaveWay.IsCancellationRequested);
        Assert.False(newcomer.GaveWay.IsCancellationRequested);
    }

    [Fact]
    public void A_finished_handshake_leaves_its_place_to_the_next()
    {
        var taken = new[] { places.Take("a"), places.Take("b"), places.Take("c"), places.Take("d") };
        taken[1].Dispose();

        places.Take("e");
        Assert.False(taken[0].GaveWay.IsCancellationRequested);
        places.Take("f");
        Assert.True(taken[0].GaveWay.IsCancellationRequested);
    }
}
