using System.Text.Json.Nodes;

namespace Shonin.Journeys.Rest;

public sealed class OrdersByRestJourney(RunningHouse house) : IClassFixture<RunningHouse>
{
    private const string Approving = "4242424242424242";
    private const string Declining = "4000000000000002";
    private const string Stolen = "4100000000000019";
    private const string Referring = "4000000000000101";

    [Fact]
    public async Task An_order_is_approved_shipped_and_delivered()
    {
        var (status, order) = await PlaceAsync(Approving, "approved-1");
        Assert.Equal((201, "approved"), (status, (string?)order["state"]));
        var attempt = Assert.Single(order["approval"]!["attempts"]!.AsArray())!;
        Assert.Equal(
            ("approved", "00", 6),
            ((string?)attempt["outcome"], (string?)attempt["responseCode"], ((string?)attempt["approvalCode"])!.Length)
        );

        var (shipped, afterwards) = await house.SendAsync(
            HttpMethod.Post,
            $"/v1/orders/{order["id"]}/shipments",
            "ship-1",
            """{"carrier":"ヤマト運輸","tracking":"1234"}"""
        );
        Assert.Equal((201, "shipped"), (shipped, (string?)afterwards["state"]));
        var shipment = Assert.Single(afterwards["shipments"]!.AsArray())!;
        var (delivered, atLast) = await house.SendAsync(
            HttpMethod.Post,
            $"/v1/shipments/{shipment["id"]}/delivery",
            "deliver-1",
            """{"at":"2026-11-25T10:00:00+09:00"}"""
        );
        Assert.Equal((200, "delivered"), (delivered, (string?)atLast["state"]));
    }

    [Fact]
    public async Task A_declined_order_exists_on_hold_and_cannot_be_shipped()
    {
        var (status, order) = await PlaceAsync(Declining, "declined-1");
        Assert.Equal((201, "onHold", "declined"), (status, (string?)order["state"], (string?)order["hold"]!["class"]));
        Assert.Equal(["confirm", "changeMethod", "cancel"], Actions(order));
        var (refused, problem) = await house.SendAsync(
            HttpMethod.Post,
            $"/v1/orders/{order["id"]}/shipments",
            "ship-2",
            """{"carrier":"x","tracking":"1"}"""
        );
        Assert.Equal((409, "noLiveAuthorization"), (refused, (string?)problem["code"]));
    }

    [Fact]
    public async Task Another_card_ends_the_hold()
    {
        var (_, order) = await PlaceAsync(Declining, "declined-2");
        var card = await house.StoreCardAsync(Approving);
        var (status, changed) = await house.SendAsync(
            HttpMethod.Put,
            $"/v1/orders/{order["id"]}/payment-method",
            "change-1",
            $$"""{"card":"{{card}}"}"""
        );
        Assert.Equal((200, "approved"), (status, (string?)changed["state"]));
    }

    [Fact]
    public async Task A_stolen_card_is_never_asked_again()
    {
        var (_, order) = await PlaceAsync(Stolen, "stolen-1");
        Assert.Equal(["changeMethod", "cancel"], Actions(order));
        var (status, problem) = await house.SendAsync(HttpMethod.Post, $"/v1/orders/{order["id"]}/confirmations", "confirm-1", "{}");
        Assert.Equal((409, "neverRetryCode"), (status, (string?)problem["code"]));
    }

    [Fact]
    public async Task A_referral_is_not_called_a_decline_and_a_cancelled_order_stays_cancelled()
    {
        var (_, order) = await PlaceAsync(Referring, "referred-1");
        Assert.Equal("referred", (string?)order["hold"]!["class"]);
        var (status, cancelled) = await house.SendAsync(
            HttpMethod.Post,
            $"/v1/orders/{order["id"]}/cancellation",
            "cancel-1",
            """{"by":"customer","reason":"changed my mind"}"""
        );
        Assert.Equal((200, "cancelled"), (status, (string?)cancelled["state"]));
        var (refused, problem) = await house.SendAsync(HttpMethod.Post, $"/v1/orders/{order["id"]}/confirmations", "confirm-2", "{}");
        Assert.Equal((409, "alreadyCancelled"), (refused, (string?)problem["code"]));
    }

    [Fact]
    public async Task One_key_gives_one_outcome_even_after_the_power_was_cut()
    {
        var card = await house.StoreCardAsync(Approving);
        var (_, first) = await house.SendAsync(HttpMethod.Post, "/v1/orders", "key-1", Order(card));
        var (again, second) = await house.SendAsync(HttpMethod.Post, "/v1/orders", "key-1", Order(card));
        Assert.Equal((201, first.ToJsonString()), (again, second.ToJsonString()));
        var (reused, problem) = await house.SendAsync(
            HttpMethod.Post,
            "/v1/orders",
            "key-1",
            Order(card).Replace("1200", "1300", StringComparison.Ordinal)
        );
        Assert.Equal((422, "idempotencyKeyReused"), (reused, (string?)problem["code"]));

        await house.KillAndRestartMerchantAsync();
        var (_, found) = await house.SendAsync(HttpMethod.Get, $"/v1/orders/{first["id"]}", null, null);
        Assert.Equal(first.ToJsonString(), found.ToJsonString());
    }

    public static TheoryData<string, string, int, string, string?> Bad =>
        new()
        {
            { "1200", "-1", 422, "invalidAmount", "/items/0/unitPrice/minorUnits" },
            { "\"JPY\"", "\"XXX\"", 422, "unknownCurrency", "/items/0/unitPrice/currency" },
            { "\"quantity\"", "\"count\"", 400, "malformed", "/items/0/count" },
            { "{\"customer\"", "{\"customer", 400, "malformed", null },
            { "CARD", "card_nobody", 422, "cardNotFound", "/payment/card" },
        };

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task Bad_input_gets_a_clear_error_and_changes_nothing(string part, string with, int status, string code, string? pointer)
    {
        var body = Order("CARD").Replace(part, with, StringComparison.Ordinal);
        if (part != "CARD")
            body = body.Replace("CARD", await house.StoreCardAsync(Approving), StringComparison.Ordinal);
        var before = await CountAsync();
        var (refused, problem) = await house.SendAsync(HttpMethod.Post, "/v1/orders", $"bad-{code}-{pointer}", body);
        Assert.Equal((status, code, pointer), (refused, (string?)problem["code"], (string?)problem["pointer"]));
        Assert.Equal(before, await CountAsync());
    }

    [Fact]
    public async Task Without_a_key_of_its_own_a_request_is_not_carried_out()
    {
        var (status, problem) = await house.SendAsync(HttpMethod.Post, "/v1/orders", null, "{}");
        Assert.Equal((400, "idempotencyKeyMissing"), (status, (string?)problem["code"]));
        using var nobody = new HttpClient { BaseAddress = house.Client.BaseAddress };
        using var response = await nobody.GetAsync(new Uri("/v1/orders", UriKind.Relative));
        Assert.Equal(401, (int)response.StatusCode);
        var (unknownMethod, _) = await house.SendAsync(HttpMethod.Delete, "/v1/orders", null, null);
        Assert.Equal(405, unknownMethod);
    }

    private async Task<(int Status, JsonNode Order)> PlaceAsync(string number, string key) =>
        await house.SendAsync(HttpMethod.Post, "/v1/orders", key, Order(await house.StoreCardAsync(number)));

    private async Task<int> CountAsync() =>
        (await house.SendAsync(HttpMethod.Get, "/v1/orders?limit=100", null, null)).Body["items"]!.AsArray().Count;

    private static IEnumerable<string?> Actions(JsonNode order) => order["hold"]!["actions"]!.AsArray().Select(action => (string?)action);

    private static string Order(string card) =>
        """
            {"customer":{"email":"taro@example.jp","name":"山田太郎","locale":"ja"},
             "items":[{"sku":"TEA","name":"お茶","unitPrice":{"minorUnits":1200,"currency":"JPY"},"quantity":2}],"payment":{"card":"CARD"}}
            """.Replace("CARD", card, StringComparison.Ordinal);
}
