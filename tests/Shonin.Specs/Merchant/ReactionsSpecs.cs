using Shonin.Domain.Approvals;
using Shonin.Domain.Orders;
using Shonin.Merchant;
using Shonin.Specs.Orders;

namespace Shonin.Specs.Merchant;

/// <summary>What a decision sends to the card network.</summary>
public sealed class ReactionsSpecs
{
    [Theory]
    [InlineData("05"), InlineData("01"), InlineData("10"), InlineData("30")]
    public void Every_later_attempt_carries_the_transaction_id_of_the_first_answer_whatever_it_said(string code)
    {
        var run = OrderRun.Placed();
        Assert.Null(Asked(run).EarlierTransactionId);
        run.After(TimeSpan.FromSeconds(1)).Do(Identified(run.AnswerTo(1, code), "FIRST"));
        Assert.Equal("FIRST", Asked(run.Announced().Confirm("1")).EarlierTransactionId);
        run.After(TimeSpan.FromSeconds(1)).Do(Identified(run.AnswerTo(2, "05"), "SECOND"));
        Assert.Equal("FIRST", Asked(run.ChangeCard(OrderRun.OtherCard)).EarlierTransactionId);
    }

    [Fact]
    public void An_answer_that_came_too_late_gives_its_transaction_id_to_the_attempts_after_it()
    {
        var run = OrderRun.Placed().Silence();
        run.Do(Identified(run.AnswerTo(1, "05"), "LATE"));
        Assert.Equal("LATE", Asked(run.Confirm()).EarlierTransactionId);
        Assert.Null(Asked(OrderRun.Placed().Silence().Confirm()).EarlierTransactionId);
    }

    private static OrderCommand.RecordAnswer Identified(OrderCommand.RecordAnswer answered, string transactionId) =>
        new(answered.Answer with { TransactionId = transactionId });

    private static NetworkRequest.Authorize Asked(OrderRun run) =>
        Assert.Single(Reactions.ToNetwork(run.Order, run.LastEvents).OfType<NetworkRequest.Authorize>());
}
