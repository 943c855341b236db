using Shonin.Domain.Approvals;
using Shonin.Domain.Orders;
using Shonin.Merchant.Approvals;
using Shonin.Merchant.Orders;
using Shonin.Specs.Orders;

namespace Shonin.Specs.Approvals;

/// <summary>What a decision sends to the card network.</summary>
public sealed class MessagesToNetworkSpecs
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

    [Fact]
    public async Task After_a_change_of_settings_a_reversal_goes_out_under_the_earlier_terminal_and_its_answer_finds_the_order()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AnswerAsync(await shop.PlacedAsync(), "00");
        shop.Terminal = "SHOP0002";
        await shop.ReopenAsync();
        order = Shop.Done(await shop.SubmitAsync(order, new OrderCommand.Cancel("cancel", CancelledBy.Customer, null)));
        var reversal = Assert.IsType<NetworkRequest.Reverse>(shop.Sent[^1]);
        Assert.Equal(new WireSender("123456", "SHOP0001"), reversal.Claim.Sender);
        await shop.ReopenAsync();
        Assert.Equal(
            AnswerRoute.Recorded,
            await shop.Book.RecordAnswerAsync(
                new NetworkAnswer(
                    AnswerKind.Reversal,
                    reversal.Claim.WireKey,
                    reversal.Claim.Rrn,
                    "00",
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    shop.Now,
                    AnswerMatch.First
                )
                {
                    Sender = reversal.Claim.Sender,
                }
            )
        );
        Assert.IsType<Standing.Cancelled>((await DecidedAsync(shop, order)).Standing);
    }

    [Fact]
    public async Task A_capture_whose_card_the_vault_no_longer_has_is_on_the_agents_list()
    {
        await using var shop = await Shop.OpenAsync();
        var order = await shop.AnswerAsync(await shop.PlacedAsync(), "00");
        shop.Unsendable = UnsendableReason.CardUnavailable;
        Shop.Done(await shop.SubmitAsync(order, new OrderCommand.Ship("ship", "shp_1", [], "ヤマト運輸", "1234")));
        Assert.Equal([AttentionReason.CardUnavailable], (await DecidedAsync(shop, order)).Attention);
        Assert.Equal(order.Order.Id, Assert.Single(await shop.Book.ListNeedingAttentionAsync(10, CancellationToken.None)).Order.Id);
    }

    /// <summary>The order once what waited before is durable: a command that changes nothing waits behind it.</summary>
    private static async Task<Order> DecidedAsync(Shop shop, OrderRecord order) =>
        Shop.Done(await shop.SubmitAsync(order, new OrderCommand.RecordNoticeSent(""))).Order;

    private static OrderCommand.RecordAnswer Identified(OrderCommand.RecordAnswer answered, string transactionId) =>
        new(answered.Answer with { TransactionId = transactionId });

    private static NetworkRequest.Authorize Asked(OrderRun run) =>
        Assert.Single(MessagesToNetwork.Of(run.Order, run.LastEvents).OfType<NetworkRequest.Authorize>());
}
