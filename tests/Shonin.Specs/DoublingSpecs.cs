using Shonin.Domain;

namespace Shonin.Specs;

public sealed class DoublingSpecs
{
    [Theory]
    [
        InlineData(-1, 5),
        InlineData(0, 5),
        InlineData(1, 10),
        InlineData(2, 20),
        InlineData(3, 40),
        InlineData(4, 60),
        InlineData(5, 60),
        InlineData(int.MaxValue, 60)
    ]
    public void Each_wait_is_twice_the_one_before_up_to_the_longest(int earlier, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), new Doubling(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(60)).After(earlier));

    [Fact]
    public void A_first_wait_that_is_longer_than_the_longest_is_cut_and_nothing_overflows()
    {
        Assert.Equal(TimeSpan.FromSeconds(3), new Doubling(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(3)).After(0));
        Assert.Equal(TimeSpan.MaxValue, new Doubling(TimeSpan.FromSeconds(5), TimeSpan.MaxValue).After(int.MaxValue));
        Assert.Equal(TimeSpan.Zero, new Doubling(TimeSpan.Zero, TimeSpan.MaxValue).After(int.MaxValue));
    }
}
