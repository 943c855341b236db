using System.Text.Json;

namespace Shonin.Verbs.Demo;

/// <summary>An order of the story, when it was over.</summary>
internal sealed record ToldOrder(string Id, string Number, string Title, string ExpectedFinding);

/// <summary>
/// Plays four orders in front of the reader: one that goes well, and three that do not at first. What is printed is what the system's own
/// interfaces say, at the moment they say it.
/// </summary>
internal sealed class DemoStory(DemoShop shop, DemoPromises promises, TextWriter output)
{
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(25);

    public async Task<IReadOnlyList<ToldOrder>> PlayAsync(CancellationToken cancellation) =>
    [
        await ApprovedAtOnceAsync(cancellation),
        await RequestLostAsync(cancellation),
        await AnswerLostAsync(cancellation),
        await DeclinedThenOtherCardAsync(cancellation),
    ];

    private async Task<ToldOrder> ApprovedAtOnceAsync(CancellationToken cancellation)
    {
        var card = await shop.StoreCardAsync("4242424242424242", cancellation);
        var order = await BeginAsync("Order 1: the card company says yes", card, [("湯のみ", 2520)], cancellation);
        Say($"  approved at once, approval code {Attempt(order, 0, "approvalCode")}");
        promises.Keep(order, "is approved by its first attempt", State(order) == "approved" && Attempts(order).Count == 1);
        return await ShipAsync(order, "approved and shipped", "none", cancellation);
    }

    private async Task<ToldOrder> RequestLostAsync(CancellationToken cancellation)
    {
        var card = await shop.StoreCardAsync("4000000000000119", cancellation);
        var order = await BeginAsync("Order 2: the first request never reaches the card company (the line loses it)", card, [("急須", 7980), ("茶葉", 4500)], cancellation);
        var id = Id(order);
        Say($"  no answer within 2 s: the order is {State(order)}, class {order.GetProperty("hold").GetProperty("class")}; a reversal goes out before anything else is asked");
        promises.Keep(order, "says noAnswer, never declined", order.GetProperty("hold").GetProperty("class").GetString() == "noAnswer");
        await ToldAsync(id, "problem", cancellation);
        var approved = await DemoShop.UntilAsync($"{Number(order)} approved by the automatic retry", patience, () => shop.OrderAsync(id, cancellation), IsApproved, cancellation);
        Say($"  asked again by ourselves after 5 s: approved, approval code {Attempt(approved, Attempts(approved).Count - 1, "approvalCode")}");
        promises.Keep(approved, "was taken back before it was asked again", Attempt(approved, 0, "reversal") == "confirmed");
        await ToldAsync(id, "outcome", cancellation);
        return await ShipAsync(approved, "the first request never arrived", "requestNeverArrived", cancellation);
    }

    private async Task<ToldOrder> AnswerLostAsync(CancellationToken cancellation)
    {
        var card = await shop.StoreCardAsync("4000000000000259", cancellation);
        var order = await BeginAsync("Order 3: approved there, but the answer is lost on its way back", card, [("茶托", 3800)], cancellation);
        var id = Id(order);
        Say($"  no answer within 2 s: the order is {State(order)}; the card company may hold the amount, so it is asked to let go");
        await ToldAsync(id, "problem", cancellation);
        var ready = await DemoShop.UntilAsync(
            $"{Number(order)} taken back", patience, () => shop.OrderAsync(id, cancellation),
            seen => IsApproved(seen) || Attempt(seen, 0, "reversal") == "confirmed", cancellation);
        Say($"  the reversal is {Attempt(ready, 0, "reversal")}; the customer presses 「同じカードでもう一度確認する」");
        if (!IsApproved(ready))
            ready = await shop.ConfirmAsync(id, cancellation);
        var approved = await DemoShop.UntilAsync($"{Number(order)} approved", patience, () => shop.OrderAsync(id, cancellation), IsApproved, cancellation);
        Say($"  approved, approval code {Attempt(approved, Attempts(approved).Count - 1, "approvalCode")}; the first approval was never adopted");
        promises.Keep(approved, "was taken back before it was asked again", Attempt(approved, 0, "reversal") == "confirmed" && Attempt(approved, 0, "outcome") == "unknown");
        await ToldAsync(id, "outcome", cancellation);
        return new(id, Number(order), "the answer was lost", "answerLost");
    }

    private async Task<ToldOrder> DeclinedThenOtherCardAsync(CancellationToken cancellation)
    {
        var card = await shop.StoreCardAsync("4000000000000002", cancellation);
        var order = await BeginAsync("Order 4: the card company says no; the customer changes the card", card, [("茶筒", 5400)], cancellation);
        var id = Id(order);
        Say($"  declined, response code {Attempt(order, 0, "responseCode")}: the order is {State(order)}, class {order.GetProperty("hold").GetProperty("class")}");
        promises.Keep(order, "says declined", order.GetProperty("hold").GetProperty("class").GetString() == "declined");
        await ToldAsync(id, "problem", cancellation);
        var other = await shop.StoreCardAsync("3566002020360505", cancellation);
        var changed = await DemoShop.UntilAsync(
            $"{Number(order)} free for a change", patience, () => shop.OrderAsync(id, cancellation),
            seen => seen.GetProperty("hold").ValueKind == JsonValueKind.Object && seen.GetProperty("hold").GetProperty("actions").GetArrayLength() > 0, cancellation);
        changed = await shop.ChangeCardAsync(Id(changed), other, cancellation);
        Say($"  the customer enters another card (JCB): {State(changed)}");
        promises.Keep(changed, "is approved on the other card", IsApproved(changed));
        await ToldAsync(id, "outcome", cancellation);
        return new(id, Number(order), "declined, then approved on another card", "declinedThenApproved");
    }

    private async Task<JsonElement> BeginAsync(string title, string card, (string Name, int Yen)[] items, CancellationToken cancellation)
    {
        Say("");
        Say(title);
        var order = await shop.PlaceOrderAsync(card, "hanako", cancellation, items);
        Say($"  {Number(order)} placed, {order.GetProperty("total").GetProperty("minorUnits").GetInt64():#,0} yen");
        return order;
    }

    private async Task<ToldOrder> ShipAsync(JsonElement order, string title, string expectedFinding, CancellationToken cancellation)
    {
        var shipped = await shop.ShipAsync(Id(order), cancellation);
        Say($"  shipped: the order is {State(shipped)}");
        promises.Keep(shipped, "is shipped", State(shipped) == "shipped");
        return new(Id(order), Number(order), title, expectedFinding);
    }

    /// <summary>Waits until the customer was mailed, and shows the mail's subject.</summary>
    private async Task ToldAsync(string order, string kind, CancellationToken cancellation)
    {
        var notices = await DemoShop.UntilAsync(
            $"a {kind} notice sent", patience, () => shop.NoticesAsync(order, cancellation), seen => seen.Any(notice => IsSent(notice, kind)), cancellation);
        Say($"  mailed: {notices.First(notice => IsSent(notice, kind)).GetProperty("subject").GetString()}");
    }

    private void Say(string line) => output.WriteLine(line);

    private static bool IsSent(JsonElement notice, string kind) =>
        notice.GetProperty("kind").GetString() == kind && notice.TryGetProperty("sentAt", out var sentAt) && sentAt.ValueKind == JsonValueKind.String;

    private static bool IsApproved(JsonElement order) => State(order) is "approved" or "shipped";

    private static string Id(JsonElement order) => order.GetProperty("id").GetString()!;

    private static string Number(JsonElement order) => order.GetProperty("number").GetString()!;

    private static string State(JsonElement order) => order.GetProperty("state").GetString()!;

    private static IReadOnlyList<JsonElement> Attempts(JsonElement order) => [.. order.GetProperty("approval").GetProperty("attempts").EnumerateArray()];

    private static string? Attempt(JsonElement order, int index, string field) =>
        Attempts(order)[index].TryGetProperty(field, out var value) ? value.GetString() : null;
}
