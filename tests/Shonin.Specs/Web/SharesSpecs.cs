using Shonin.Web;

namespace Shonin.Specs.Web;

public sealed class SharesSpecs
{
    [Fact]
    public void One_party_has_its_part_and_the_others_have_the_rest()
    {
        var shares = new Shares(totalMax: 3, perPartyMax: 2);

        Assert.NotNull(shares.TryTake("a", 2));
        Assert.Null(shares.TryTake("a", 1));
        Assert.NotNull(shares.TryTake("b", 1));
        Assert.Null(shares.TryTake("c", 1));
    }

    [Fact]
    public void What_is_given_back_can_be_taken_again_and_once_only()
    {
        var shares = new Shares(2, 2);
        var first = shares.TryTake("a", 2)!;

        first.Dispose();
        first.Dispose();

        Assert.NotNull(shares.TryTake("b", 2));
        Assert.Null(shares.TryTake("c", 1));
    }

    [Fact]
    public void A_share_grows_to_the_limit_and_no_further_and_nobody_is_remembered_after_it()
    {
        var shares = new Shares(10, 4);
        using (var share = shares.TryTake("a", 0)!)
        {
            Assert.Equal(0, shares.PartyCount);
            Assert.True(share.TryGrow(4));
            Assert.False(share.TryGrow(1));
            Assert.Equal(1, shares.PartyCount);
        }
        Assert.Equal(0, shares.PartyCount);
    }
}
