using System.Text.Json;
using System.Text.Json.Nodes;
using Shonin.Domain;
using Shonin.Domain.Approvals;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.Merchant.Orders;
using Shonin.Orders;
using Shonin.Specs.Notices;
using Shonin.Web;

namespace Shonin.Specs.Orders;

public sealed class OrderJsonSpecs
{
    private static readonly Person taro = new("taro@example.jp", "山田太郎", null);

    [Fact]
    public void An_order_that_was_approved_and_shipped_reads_as_documented()
    {
        var story = OrderStory
            .Placed(Locale.Ja)
            .Ask()
            .Approved()
            .Shipped("shp_1", "1234-5678", new(12_480, Currency.Jpy), new("BEANS", 3), new("MILL", 1));
        AssertJson(
            """
            {
              "id": "0193aaaabbbbccccddddeeeeffff0001", "number": "N1001", "state": "shipped", "total": {"minorUnits": 12480, "currency": "JPY"},
              "customer": {"email": "taro@example.jp", "name": "山田太郎", "locale": "ja", "phone": null},
              "items": [
                {"sku": "BEANS", "name": "コーヒー豆 200g", "unitPrice": {"minorUnits": 2080, "currency": "JPY"}, "quantity": 3},
                {"sku": "MILL", "name": "コーヒーミル", "unitPrice": {"minorUnits": 6240, "currency": "JPY"}, "quantity": 1}
              ],
              "payment": {"method": "card", "brand": "visa", "last4": "0002"},
              "approval": {
                "attempts": [{
                  "id": "0193aaaabbbbccccddddeeeeffff0001-1", "rrn": "632901000001", "stan": "000417", "sentAt": "2026-11-24T01:02:07+00:00",
                  "answeredAt": "2026-11-24T01:02:08+00:00", "outcome": "approved", "responseCode": "00", "adviceCode": null, "networkCode": null,
                  "approvalCode": "A1B2C3", "approvedAmount": {"minorUnits": 12480, "currency": "JPY"}, "capturedAmount": {"minorUnits": 12480, "currency": "JPY"},
                  "expiresAt": "2026-12-24T01:02:08+00:00", "reversal": "none"
                }],
                "deadline": null, "nextRetryAt": null
              },
              "hold": null,
              "shipments": [{
                "id": "shp_1", "items": [{"sku": "BEANS", "quantity": 3}, {"sku": "MILL", "quantity": 1}], "amount": {"minorUnits": 12480, "currency": "JPY"},
                "capture": "confirmed", "carrier": "ヤマト運輸", "tracking": "1234-5678", "shippedAt": "2026-11-24T01:02:08+00:00", "deliveredAt": null
              }],
              "reference": null, "placedAt": "2026-11-24T01:02:07+00:00", "attention": []
            }
            """,
            story
        );
    }

    [Fact]
    public void A_hold_without_an_answer_shows_what_is_known_and_when_we_ask_again()
    {
        var story = OrderStory.Placed(Locale.En).Ask().Silent().Hold(HoldClass.NoAnswer).RetryAfter(TimeSpan.FromMinutes(5));
        var json = Json(story);
        Assert.Equal("onHold", (string?)json["state"]);
        AssertJson(
            """
            {"attempts": [{
               "id": "0193aaaabbbbccccddddeeeeffff0001-1", "rrn": "632901000001", "stan": "000417", "sentAt": "2026-11-24T01:02:07+00:00", "answeredAt": null,
               "outcome": "unknown", "responseCode": null, "adviceCode": null, "networkCode": null, "approvalCode": null, "approvedAmount": null,
               "capturedAmount": null, "expiresAt": null, "reversal": "sending"}],
             "deadline": "2026-11-30T01:02:37+00:00", "nextRetryAt": "2026-11-24T01:07:37+00:00"}
            """,
            json["approval"]!
        );
        AssertJson(
            """
            {"episode": 1, "class": "noAnswer", "openedAt": "2026-11-24T01:02:37+00:00", "deadline": "2026-11-30T01:02:37+00:00",
             "actions": ["confirm", "changeMethod", "cancel"], "cause": "noAnswer"}
            """,
            json["hold"]!
        );
    }

    [Fact]
    public void A_fault_of_ours_is_named_beside_the_class_that_clients_know()
    {
        var unsent = Json(OrderStory.Placed(Locale.En).Ask().NotSent(NotSentCause.OwnFault).Hold(HoldClass.NoAnswer))["hold"]!;
        Assert.Equal(("noAnswer", "ownFault"), ((string?)unsent["class"], (string?)unsent["cause"]));

        var turnedAway = Json(OrderStory.Placed(Locale.En).Ask().Declined("30").Hold(HoldClass.Declined))["hold"]!;
        Assert.Equal(("declined", "ownFault"), ((string?)turnedAway["class"], (string?)turnedAway["cause"]));
    }

    public static TheoryData<string, string> States =>
        new()
        {
            { "placed", "received" },
            { "asked", "awaitingApproval" },
            { "declined, on hold", "onHold" },
            { "asked again in a hold", "onHold" },
            { "approved", "approved" },
            { "shipped in part", "partiallyShipped" },
            { "shipped", "shipped" },
            { "delivered", "delivered" },
            { "cancel asked", "closing" },
            { "cancelled", "cancelled" },
        };

    [Theory]
    [MemberData(nameof(States))]
    public void Every_standing_has_its_word(string when, string state) => Assert.Equal(state, (string?)Json(scenes[when]())["state"]);

    [Fact]
    public void A_hold_offers_nothing_while_an_attempt_is_under_way()
    {
        Assert.Empty(Json(scenes["asked again in a hold"]())["hold"]!["actions"]!.AsArray());
        Assert.NotEmpty(Json(scenes["declined, on hold"]())["hold"]!["actions"]!.AsArray());
    }

    [Fact]
    public void A_never_retry_code_leaves_out_confirm() =>
        Assert.Equal(["changeMethod", "cancel"], Actions(OrderStory.Placed(Locale.Ja).Ask().Declined("43").Hold(HoldClass.Declined)));

    [Fact]
    public void A_reversal_is_unconfirmed_once_it_was_repeated_and_confirmed_once_it_was_answered()
    {
        var story = OrderStory.Placed(Locale.Ja).Ask().Silent().Hold(HoldClass.NoAnswer);
        Assert.Equal("sending", Reversal(story));
        story.Then(new OrderEvent.ReversalRepeated(1, 2, story.Now, story.Now));
        Assert.Equal("unconfirmed", Reversal(story));
        story.Reversed(1);
        Assert.Equal("confirmed", Reversal(story));
    }

    [Fact]
    public void Codes_are_shown_raw()
    {
        var attempt = Json(OrderStory.Placed(Locale.Ja).Ask().Declined("05", advice: "03", network: "G12"))["approval"]!["attempts"]![0]!;
        Assert.Equal(["05", "03", "G12"], new[] { "responseCode", "adviceCode", "networkCode" }.Select(name => (string?)attempt[name]));
    }

    [Fact]
    public void An_attempt_that_never_left_was_not_sent()
    {
        var attempt = Json(OrderStory.Placed(Locale.Ja).Ask().NotSent())["approval"]!["attempts"]![0]!;
        Assert.Equal("notSent", (string?)attempt["outcome"]);
        Assert.Null(attempt["sentAt"]);
    }

    [Fact]
    public void An_erased_customer_has_no_name_and_no_address()
    {
        var story = OrderStory.Placed(Locale.Ja);
        var customer = JsonSerializer.SerializeToNode(
            OrderJson.Of(new(story.Order, null, null, 1, story.History), story.Now),
            ApiJson.Options
        )!["customer"]!;
        Assert.Null(customer["email"]);
        Assert.Equal("ja", (string?)customer["locale"]);
    }

    private static readonly Dictionary<string, Func<OrderStory>> scenes = new()
    {
        ["placed"] = () => OrderStory.Placed(Locale.Ja),
        ["asked"] = () => OrderStory.Placed(Locale.Ja).Ask(),
        ["declined, on hold"] = () => OrderStory.Placed(Locale.Ja).Ask().Declined("51").Hold(HoldClass.Declined),
        ["asked again in a hold"] = () => scenes!["declined, on hold"]().Ask(Initiator.CustomerConfirms),
        ["approved"] = () => OrderStory.Placed(Locale.Ja).Ask().Approved(),
        ["shipped in part"] = () => scenes!["approved"]().Shipped("shp_1", "1", new(6_240, Currency.Jpy), new ShippedItem("MILL", 1)),
        ["shipped"] = () => scenes!["shipped in part"]().Shipped("shp_2", "2", new(6_240, Currency.Jpy), new ShippedItem("BEANS", 3)),
        ["delivered"] = () => scenes!["shipped"]().Delivered("shp_1").Delivered("shp_2"),
        ["cancel asked"] = () => scenes!["declined, on hold"]().CancelAsked(CancelledBy.Customer),
        ["cancelled"] = () => scenes!["cancel asked"]().Cancelled(CancelledBy.Customer),
    };

    private static string? Reversal(OrderStory story) => (string?)Json(story)["approval"]!["attempts"]![0]!["reversal"];

    [Fact]
    public void A_button_that_comes_back_by_itself_says_when()
    {
        var story = OrderStory.Placed(Locale.En).Ask().Declined("51", advice: "24").Hold(HoldClass.Declined);
        Assert.Equal(["changeMethod", "cancel"], Actions(story));
        Assert.Equal(story.Now + TimeSpan.FromHours(1), Json(story)["hold"]!["confirmAgainAt"]!.GetValue<DateTimeOffset>());
        Assert.Null(Json(story.After(TimeSpan.FromHours(1)))["hold"]!["confirmAgainAt"]);
    }

    private static IEnumerable<string?> Actions(OrderStory story) =>
        Json(story)["hold"]!["actions"]!.AsArray().Select(action => (string?)action);

    private static JsonNode Json(OrderStory story) =>
        JsonSerializer.SerializeToNode(
            OrderJson.Of(new(story.Order, taro, "secret", story.History.Count, story.History), story.Now),
            ApiJson.Options
        )!;

    private static void AssertJson(string expected, OrderStory story) => AssertJson(expected, Json(story));

    private static void AssertJson(string expected, JsonNode actual) =>
        Assert.Equal(JsonNode.Parse(expected)!.ToJsonString(ApiJson.Options), actual.ToJsonString(ApiJson.Options));
}
