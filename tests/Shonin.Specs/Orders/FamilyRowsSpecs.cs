using System.Globalization;
using Shonin.Domain.Approvals;
using Shonin.EventLog;
using Shonin.EventLog.InMemory;
using Shonin.Merchant.Orders;

namespace Shonin.Specs.Orders;

/// <summary>
/// Each order's number in its customer's and card's row: what was given out is not given again, and the log alone says what is taken.
/// </summary>
public sealed class FamilyRowsSpecs : IAsyncLifetime
{
    private static readonly DateTimeOffset now = new(2026, 11, 28, 3, 0, 0, TimeSpan.Zero);
    private static readonly CardOnFile card = new(new("card_1"), "visa", "0135", "2030-01", "f1");
    private static readonly CardOnFile anotherCard = new(new("card_2"), "jcb", "0505", "2030-01", "f2");

    private readonly InMemoryEventStore store = new();

    [Fact]
    public async Task Orders_of_one_moment_get_one_number_each_although_none_is_written_yet()
    {
        var rows = new FamilyRows(store);
        Assert.Equal((1, 2, 3), (await NextAsync(rows, card), await NextAsync(rows, card), await NextAsync(rows, card)));
    }

    [Fact]
    public async Task Every_customer_and_card_has_a_row_of_its_own()
    {
        var rows = new FamilyRows(store);
        Assert.Equal(
            (1, 1, 1, 2),
            (
                await NextAsync(rows, card),
                await NextAsync(rows, anotherCard),
                await NextAsync(rows, card, "taro"),
                await NextAsync(rows, card)
            )
        );
    }

    [Fact]
    public async Task It_goes_on_behind_what_another_server_took()
    {
        var rows = new FamilyRows(store);
        Assert.Equal(1, await NextAsync(rows, card));
        await TakeAsync(7);
        Assert.Equal(8, await NextAsync(rows, card));
        Assert.Equal(8, await NextAsync(new FamilyRows(store), card)); // A server that starts anew knows the log alone.
    }

    [Fact]
    public async Task What_it_has_forgotten_begins_at_what_the_log_has()
    {
        var rows = new FamilyRows(store);
        await TakeAsync(3);
        Assert.Equal(4, await NextAsync(rows, card));
        for (var stranger = 0; stranger < 10_001; stranger++)
            await NextAsync(rows, card, string.Create(CultureInfo.InvariantCulture, $"stranger-{stranger}"));
        Assert.Equal(4, await NextAsync(rows, card));
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => store.DisposeAsync();

    private static async Task<long> NextAsync(FamilyRows rows, CardOnFile on, string customer = "hanako") =>
        long.Parse((await rows.NextKeyAsync(customer, on, now, now, default)).Value, CultureInfo.InvariantCulture);

    private async Task TakeAsync(long ordinal)
    {
        var key = OrderFamilies.KeyOf(OrderFamilies.ScopeOf("hanako", card.Fingerprint), ordinal, now, now);
        await using var log = await OwnedLog.TakeAsync(store, default);
        var stream = new StreamId("order-of-another-server");
        Assert.IsType<AppendResult.Committed>(await log.AppendAsync(new Append(stream, 0, log.LeaseOf(stream), now) { Keys = [key] }));
    }
}
