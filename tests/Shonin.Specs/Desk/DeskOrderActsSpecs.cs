using System.Globalization;
using System.Net;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.Merchant.Orders;
using Shonin.Specs.Orders;
using Shonin.Specs.Staff;
using Shonin.Specs.Web;

namespace Shonin.Specs.Desk;

/// <summary>What an agent does with an order, over HTTP.</summary>
[RealParts]
public sealed class DeskOrderActsSpecs : IAsyncLifetime
{
    private Shop? shop;
    private PageHouse? house;
    private Visitor? agent;

    private Visitor Agent => agent!;

    public async ValueTask InitializeAsync()
    {
        shop = await Shop.OpenAsync();
        // The pages' clock is the real one.
        shop.Clock.SetUtcNow(TimeProvider.System.GetUtcNow());
        house = await PageHouse.OpenAsync(
            shop.Book,
            shop.Log,
            shop.Store,
            why => Assert.Fail(why),
            (_, _, _) => throw new NotSupportedException()
        );
        agent = await AtTheDesk.ByKeyAsync(house.Address, PageHouse.AdminKey);
    }

    public async ValueTask DisposeAsync()
    {
        Agent.Dispose();
        await house!.DisposeAsync();
        await shop!.DisposeAsync();
    }

    [Fact]
    public async Task An_agent_asks_the_card_company_again_once_for_one_form()
    {
        var order = await HeldAsync("51");
        var form = await FormOfAsync(order);
        for (var sent = 0; sent < 2; sent++)
            Assert.Equal(HttpStatusCode.SeeOther, (await PostAsync(order, "confirm", ("form", form))).Status);
        Assert.Equal(2, (await shop!.FindAsync(order)).Order.Attempts.Length);
        var (status, page) = await PostAsync(order, "confirm", ("form", await FormOfAsync(order)));
        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Contains("role=\"alert\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_agent_cancels_after_a_page_that_says_what_it_means_and_the_customer_reads_the_reason()
    {
        var order = await HeldAsync("51");
        var (_, page) = await Agent.GetAsync($"/desk/orders/{order.Order.Number}/cancel");
        Assert.Contains("can&#x27;t be brought back", page, StringComparison.Ordinal);
        var answer = await PostAsync(order, "cancel", ("form", AtTheDesk.FormIn(page)), ("reason", "在庫がなくなりました"));
        Assert.Equal(HttpStatusCode.SeeOther, answer.Status);
        var cancelled = (await shop!.FindAsync(order)).Order;
        Assert.IsType<Standing.Cancelled>(cancelled.Standing);
        Assert.Equal("在庫がなくなりました", CancellationWording.ReasonOf(cancelled)!.Ja.Trim('「', '」'));
        (_, page) = await Agent.GetAsync($"/desk/orders/{order.Order.Number}/cancel");
        Assert.Equal(HttpStatusCode.Conflict, (await PostAsync(order, "cancel", ("form", AtTheDesk.FormIn(page)))).Status);
    }

    [Fact]
    public async Task An_agent_keeps_an_order_for_longer_and_never_beyond_the_latest()
    {
        var order = await HeldAsync("51");
        var before = order.Order.Hold!;
        Assert.Equal(HttpStatusCode.SeeOther, await ExtendAsync(order, "3"));
        Assert.Equal(before.Deadline.AddDays(3), (await shop!.FindAsync(order)).Order.Hold!.Deadline);
        Assert.Equal(HttpStatusCode.SeeOther, await ExtendAsync(order, "30"));
        Assert.Equal(before.OpenedAt + ByHand.HoldMax, (await shop.FindAsync(order)).Order.Hold!.Deadline);
        Assert.DoesNotContain(
            "Extend the deadline",
            (await Agent.GetAsync($"/desk/orders/{order.Order.Number}")).Page,
            StringComparison.Ordinal
        );
        var shown = Shown(await shop.FindAsync(order));
        foreach (var wrong in new[] { "0", "-3", "31", "many", "" })
        {
            var form = await FormOfAsync(order);
            var answer = await PostAsync(order, "deadline", ("form", form), ("days", wrong), ("shown", shown));
            Assert.Equal(HttpStatusCode.NotFound, answer.Status);
        }
    }

    [Fact]
    public async Task Two_agents_who_add_days_to_the_same_deadline_add_them_once()
    {
        var order = await HeldAsync("51");
        var (shown, forms) = (Shown(order), new[] { await FormOfAsync(order), await FormOfAsync(order) });
        Assert.Equal(
            HttpStatusCode.SeeOther,
            (await PostAsync(order, "deadline", ("form", forms[0]), ("days", "3"), ("shown", shown))).Status
        );
        Assert.Equal(
            HttpStatusCode.Conflict,
            (await PostAsync(order, "deadline", ("form", forms[1]), ("days", "3"), ("shown", shown))).Status
        );
        Assert.Equal(order.Order.Hold!.Deadline.AddDays(3), (await shop!.FindAsync(order)).Order.Hold!.Deadline);
    }

    [Fact]
    public async Task One_page_has_several_forms_and_each_does_its_own()
    {
        var order = await HeldAsync("51");
        var form = await FormOfAsync(order);
        Assert.Equal(
            HttpStatusCode.SeeOther,
            (await PostAsync(order, "deadline", ("form", form), ("days", "3"), ("shown", Shown(order)))).Status
        );
        Assert.Equal(HttpStatusCode.SeeOther, (await PostAsync(order, "confirm", ("form", form))).Status);
        Assert.Equal(2, (await shop!.FindAsync(order)).Order.Attempts.Length);
    }

    [Fact]
    public async Task An_agent_says_what_was_done_and_the_order_leaves_the_list()
    {
        var order = await HeldAsync("51");
        await shop!.SubmitAsync(order, new OrderCommand.RecordNoticeUndeliverable(order.Order.Notices[0].Notice.Id, "550 no such user"));
        var wrong = await PostAsync(
            order,
            "settled",
            ("form", await FormOfAsync(order)),
            ("reason", nameof(AttentionReason.NoticeUndeliverable)),
            ("remedy", nameof(Remedy.PaidOtherwise))
        );
        Assert.Equal(HttpStatusCode.Conflict, wrong.Status);
        var right = await PostAsync(
            order,
            "settled",
            ("form", await FormOfAsync(order)),
            ("reason", nameof(AttentionReason.NoticeUndeliverable)),
            ("remedy", nameof(Remedy.CustomerTold))
        );
        Assert.Equal(HttpStatusCode.SeeOther, right.Status);
        Assert.Empty((await shop.FindAsync(order)).Order.Attention);
        Assert.Empty(await shop.Book.ListNeedingAttentionAsync(10, default));
        var (_, page) = await Agent.GetAsync($"/desk/orders/{order.Order.Number}");
        Assert.Contains("The customer was told in another way", page, StringComparison.Ordinal);
        Assert.Contains(PageHouse.Staff.Name, page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lead_sees_what_is_on_hold_why_and_who_is_here()
    {
        await HeldAsync("51");
        await HeldAsync("51", "key-2");
        var called = await HeldAsync("01", "key-3");
        await shop!.SubmitAsync(called, new OrderCommand.RecordNoticeUndeliverable(called.Order.Notices[0].Notice.Id, "550 no such user"));
        var (status, page) = await Agent.GetAsync("/desk/lead");
        Assert.Equal(HttpStatusCode.OK, status);
        var read = PageText.Read(page);
        Assert.Contains("The card company said no 2", read, StringComparison.Ordinal);
        Assert.Contains("The card company asks for a call 1", read, StringComparison.Ordinal);
        Assert.Contains("notice undeliverable · 1", read, StringComparison.Ordinal);
        Assert.Contains($"{PageHouse.Staff.Name} · Admin · 0 conversations", read, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_of_another_order_or_session_does_nothing()
    {
        var (order, other) = (await HeldAsync("51"), await HeldAsync("51", "key-2"));
        using var colleague = await AtTheDesk.ByKeyAsync(house!.Address, PageHouse.AdminKey);
        var theirs = AtTheDesk.FormIn((await colleague.GetAsync($"/desk/orders/{order.Order.Number}")).Page);
        foreach (var form in new[] { await FormOfAsync(other), theirs, "" })
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await PostAsync(order, "cancel", ("form", form))).Status);
        Assert.NotNull((await shop!.FindAsync(order)).Order.Hold);
    }

    private async Task<OrderRecord> HeldAsync(string code, string key = "key-1")
    {
        var order = await shop!.AnswerAsync(await shop.PlacedAsync(key), code);
        shop.Advance(TimeSpan.FromMinutes(2)); // long enough to be announced, and before we ask again by ourselves
        return await shop.FindAsync(order);
    }

    private Task<(HttpStatusCode Status, string Page)> PostAsync(
        OrderRecord order,
        string act,
        params (string Name, string Value)[] fields
    ) => Agent.PostAsync($"/desk/orders/{order.Order.Number}/{act}", fields);

    /// <summary>From the deadline that the page shows.</summary>
    private async Task<HttpStatusCode> ExtendAsync(OrderRecord order, string days)
    {
        var (form, shown) = (await FormOfAsync(order), Shown(await shop!.FindAsync(order)));
        return (await PostAsync(order, "deadline", ("form", form), ("days", days), ("shown", shown))).Status;
    }

    private static string Shown(OrderRecord order) => order.Order.Hold!.Deadline.ToString("O", CultureInfo.InvariantCulture);

    private async Task<string> FormOfAsync(OrderRecord order) =>
        AtTheDesk.FormIn((await Agent.GetAsync($"/desk/orders/{order.Order.Number}")).Page);
}
