using CsCheck;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;

namespace Shonin.Specs.Notices;

/// <summary>
/// Whatever an order goes through, each notice that the decider queues can be written from the order as the decision left it.
/// </summary>
public sealed class NoticeWalkSpecs
{
    private static readonly SpokenTime tokyo = new("Asia/Tokyo");

    [Fact]
    public void Every_notice_that_the_decider_queues_can_be_written() =>
        Gen.Int[0, 9_999].Array[1, 40].Sample(steps => Walk(steps), iter: Walks.Times(17));

    [Fact]
    public void The_walk_meets_every_kind_of_notice()
    {
        var seen = new HashSet<NoticeKind>();
        var chance = new Random(20261124);
        for (var walk = 0; walk < 500 && seen.Count < Enum.GetValues<NoticeKind>().Length; walk++)
            seen.UnionWith(Walk([.. Enumerable.Range(0, 40).Select(_ => chance.Next(10_000))]));

        Assert.Equal(Enum.GetValues<NoticeKind>().Order(), seen.Order());
    }

    private static HashSet<NoticeKind> Walk(int[] steps)
    {
        var written = new HashSet<NoticeKind>();
        foreach (var step in RandomOrder.Walk(steps))
        {
            foreach (var queued in step.Accepted.Events.OfType<OrderEvent.NoticeQueued>())
            {
                Assert.NotEmpty(NoticeWording.Compose(queued.Notice, step.Order, NoticeScenes.Context(step.Now)).Text);
                written.Add(queued.Notice.Kind);
            }
            foreach (var audience in Enum.GetValues<Audience>())
                Assert.NotEmpty(WhyWording.Explain(audience, step.Order, step.Accepted.Events, tokyo, step.Now).Ja);
        }
        return written;
    }
}
