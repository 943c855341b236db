using System.Text.Json;

namespace Shonin.Demo;

/// <summary>An order of the story, when it was over.</summary>
/// <param name="ExpectedFinding">What both records together must come to; null where the machine was too slow for the story as it was
///   meant.</param>
internal sealed record ToldOrder(string Id, string Number, string Title, string? ExpectedFinding);

/// <summary>
/// Plays four orders in front of the reader: one that goes well, and three that do not at first. What is printed is what the system's own
/// interfaces say, at the moment they say it; where a busy machine lets an answer come too late, that is said too.
/// </summary>
internal sealed class DemoStory(DemoShop shop, DemoPromises promises, DemoPace pace, TextWriter output)
{
    public const string Customer = "hanako";

    /// <summary>Approves like any other; the line loses the first request of its second order.</summary>
    private const string CardOfTheStory = "4000000000000135";

    public async Task<IReadOnlyList<ToldOrder>> PlayAsync(CancellationToken cancellation) =>
        [
            await ApprovedAtOnceAsync(cancellation),
            await RequestLostAsync(cancellation),
            await AnswerLostAsync(cancellation),
            await DeclinedThenOtherCardAsync(cancellation),
        ];

    private async Task<ToldOrder> ApprovedAtOnceAsync(CancellationToken cancellation)
    {
        var card = await shop.StoreCardAsync(CardOfTheStory, cancellation);
        var order = await BeginAsync("Order 1: the card company says yes", card, [("湯のみ", 2520)], cancellation);
        var approved = await ApprovedAsync(order, cancellation);
        var isAtOnce = Attempts(approved).Count == 1;
        Say(
            isAtOnce
                ? $"  approved at once, approval code {ApprovalCode(approved)}"
                : $"  no answer within {Seconds(pace.AnswerTimeout)} on this busy machine; taken back, asked again, and approved: approval code {ApprovalCode(approved)}"
        );
        return await ShipAsync(approved, "approved and shipped", isAtOnce ? "none" : null, cancellation);
    }

    private async Task<ToldOrder> RequestLostAsync(CancellationToken cancellation)
    {
        var card = await shop.StoreCardAsync(CardOfTheStory, cancellation);
        var order = await BeginAsync(
            "Order 2, by the same customer on the same card: the first request never reaches the card company (the line loses it)",
            card,
            [("急須", 7980), ("茶葉", 4500)],
            cancellation
        );
        var id = Id(order);
        Say(
            $"  no answer within {Seconds(pace.AnswerTimeout)}: the order is {State(order)}, class {HoldClass(order)}; a reversal goes out before anything else is asked"
        );
        promises.Keep(order, "says noAnswer, never declined", HoldClass(order) is null or "noAnswer");
        await ToldAsync(id, "problem", cancellation);
        var problem = (await shop.NoticesAsync(id, cancellation))
            .First(notice => IsSent(notice, "problem"))
            .GetProperty("text")
            .GetString()!;
        promises.Keep(
            order,
            "is told apart from order 1, which went on to shipping",
            problem.Contains("は承認され、発送に進んでいます。", StringComparison.Ordinal)
        );
        var approved = await ApprovedAsync(order, cancellation);
        Say($"  asked again by ourselves: approved by request {Attempts(approved).Count}, approval code {ApprovalCode(approved)}");
        promises.Keep(approved, "was taken back before it was asked again", Attempt(approved, 0, "reversal") == "confirmed");
        await ToldAsync(id, "outcome", cancellation);
        return await ShipAsync(
            approved,
            "the first request never arrived",
            Attempts(approved).Count == 2 ? "requestNeverArrived" : null,
            cancellation
        );
    }

    private async Task<ToldOrder> AnswerLostAsync(CancellationToken cancellation)
    {
        var card = await shop.StoreCardAsync("4000000000000259", cancellation);
        var order = await BeginAsync(
            "Order 3: approved there, but the answer is lost on its way back",
            card,
            [("茶托", 3800)],
            cancellation
        );
        var id = Id(order);
        Say(
            $"  no answer within {Seconds(pace.AnswerTimeout)}: the order is {State(order)}; the card company may hold the amount, so it is asked to let go"
        );
        await ToldAsync(id, "problem", cancellation);
        var ready = await DemoShop.UntilAsync(
            $"{Number(order)} taken back",
            () => shop.OrderAsync(id, cancellation),
            seen => IsApproved(seen) || Attempt(seen, 0, "reversal") == "confirmed",
            cancellation
        );
        Say(
            !IsApproved(ready) && await shop.ConfirmAsync(id, cancellation)
                ? $"  the reversal is {Attempt(ready, 0, "reversal")}; the customer presses 「同じカードでもう一度確認する」"
                : $"  the reversal is {Attempt(ready, 0, "reversal")}; before the customer could press, we asked again by ourselves"
        );
        var approved = await ApprovedAsync(order, cancellation);
        Say($"  approved, approval code {ApprovalCode(approved)}; the first approval was never adopted");
        promises.Keep(
            approved,
            "was taken back before it was asked again",
            Attempt(approved, 0, "reversal") == "confirmed" && Attempt(approved, 0, "outcome") == "unknown"
        );
        await ToldAsync(id, "outcome", cancellation);
        return new(id, Number(order), "the answer was lost", Attempts(approved).Count == 2 ? "answerLost" : null);
    }

    private async Task<ToldOrder> DeclinedThenOtherCardAsync(CancellationToken cancellation)
    {
        var card = await shop.StoreCardAsync("4000000000000002", cancellation);
        var order = await BeginAsync(
            "Order 4: the card company says no; the customer changes the card",
            card,
            [("茶筒", 5400)],
            cancellation
        );
        var id = Id(order);
        var declined = await DemoShop.UntilAsync(
            $"{Number(order)} declined and free for a change",
            () => shop.OrderAsync(id, cancellation),
            seen => HoldClass(seen) == "declined" && MayAct(seen),
            cancellation
        );
        Say(
            $"  declined, response code {Attempt(declined, Attempts(declined).Count - 1, "responseCode")}: the order is {State(declined)}, class {HoldClass(declined)}"
        );
        await ToldAsync(id, "problem", cancellation);
        var other = await shop.StoreCardAsync("3566002020360505", cancellation);
        var changed = await shop.ChangeCardAsync(id, other, cancellation);
        Say($"  the customer enters another card (JCB): {State(changed)}");
        var approved = await ApprovedAsync(changed, cancellation);
        Say($"  approved, approval code {ApprovalCode(approved)}");
        await ToldAsync(id, "outcome", cancellation);
        return new(
            id,
            Number(order),
            "declined, then approved on another card",
            Attempts(approved).Count == 2 ? "declinedThenApproved" : null
        );
    }

    private async Task<JsonElement> BeginAsync(string title, string card, (string Name, int Yen)[] items, CancellationToken cancellation)
    {
        Say("");
        Say(title);
        var order = await shop.PlaceOrderAsync(card, Customer, cancellation, items);
        Say($"  {Number(order)} placed, {order.GetProperty("total").GetProperty("minorUnits").GetInt64():#,0} yen");
        return order;
    }

    /// <summary>
    /// Waits for the approval, and holds what is true of each, however long it took: one approval, and whatever was asked before it taken
    /// back or said no.
    /// </summary>
    private async Task<JsonElement> ApprovedAsync(JsonElement order, CancellationToken cancellation)
    {
        var approved = await DemoShop.UntilAsync(
            $"{Number(order)} approved",
            () => shop.OrderAsync(Id(order), cancellation),
            IsApproved,
            cancellation
        );
        var attempts = Attempts(approved);
        promises.Keep(
            approved,
            "is approved by exactly one request, the last",
            attempts
                .Select((_, index) => Attempt(approved, index, "outcome") == "approved")
                .SequenceEqual([.. Enumerable.Repeat(false, attempts.Count - 1), true])
        );
        return approved;
    }

    private async Task<ToldOrder> ShipAsync(JsonElement order, string title, string? expectedFinding, CancellationToken cancellation)
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
            $"a {kind} notice sent",
            () => shop.NoticesAsync(order, cancellation),
            seen => seen.Any(notice => IsSent(notice, kind)),
            cancellation
        );
        Say($"  mailed: {notices.First(notice => IsSent(notice, kind)).GetProperty("subject").GetString()}");
    }

    private void Say(string line) => output.WriteLine(line);

    private static bool IsSent(JsonElement notice, string kind) =>
        notice.GetProperty("kind").GetString() == kind
        && notice.TryGetProperty("sentAt", out var sentAt)
        && sentAt.ValueKind == JsonValueKind.String;

    private static bool IsApproved(JsonElement order) => State(order) is "approved" or "shipped";

    private static string? HoldClass(JsonElement order) =>
        order.GetProperty("hold") is { ValueKind: JsonValueKind.Object } hold ? hold.GetProperty("class").GetString() : null;

    private static bool MayAct(JsonElement order) =>
        order.GetProperty("hold") is { ValueKind: JsonValueKind.Object } hold && hold.GetProperty("actions").GetArrayLength() > 0;

    private static string? ApprovalCode(JsonElement order) => Attempt(order, Attempts(order).Count - 1, "approvalCode");

    private static string Seconds(TimeSpan time) => $"{time.TotalSeconds:0} s";

    private static string Id(JsonElement order) => order.GetProperty("id").GetString()!;

    private static string Number(JsonElement order) => order.GetProperty("number").GetString()!;

    private static string State(JsonElement order) => order.GetProperty("state").GetString()!;

    private static IReadOnlyList<JsonElement> Attempts(JsonElement order) =>
        [.. order.GetProperty("approval").GetProperty("attempts").EnumerateArray()];

    private static string? Attempt(JsonElement order, int index, string field) =>
        Attempts(order)[index].TryGetProperty(field, out var value) ? value.GetString() : null;
}
