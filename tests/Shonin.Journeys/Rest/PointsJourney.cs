using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Shonin.Journeys.Rest;

/// <summary>Points of a real server: earned at a delivery, there after a power cut, and a letter before they run out.</summary>
public sealed class PointsJourney : IAsyncLifetime
{
    private readonly RunningHouse house = new()
    {
        MoreSettings = ["--Points:PerHundred", "5", "--Points:ExpireAfter", "00:10:00", "--Points:WarnBefore", "00:09:58"],
    };

    public ValueTask InitializeAsync() => house.InitializeAsync();

    public ValueTask DisposeAsync() => house.DisposeAsync();

    [Fact]
    public async Task A_delivery_earns_points_that_a_power_cut_does_not_take_and_a_letter_tells_of()
    {
        var card = await house.StoreCardAsync("4242424242424242");
        var (_, order) = await house.SendAsync(
            HttpMethod.Post,
            "/v1/orders",
            "place-1",
            $$$"""
            {"customer":{"email":"taro@example.jp","name":"山田太郎","locale":"ja"},
             "items":[{"sku":"TEA","name":"お茶","unitPrice":{"minorUnits":1230,"currency":"JPY"},"quantity":2}],"payment":{"card":"{{{card}}}"}}
            """
        );
        var address = $"/v1/orders/{order["id"]}";
        Assert.Equal(0, (int)(await PointsAsync(address))["earned"]!);
        var (_, shipped) = await house.SendAsync(
            HttpMethod.Post,
            $"{address}/shipments",
            "ship-1",
            """{"carrier":"ヤマト運輸","tracking":"1"}"""
        );
        await house.SendAsync(
            HttpMethod.Post,
            $"/v1/shipments/{shipped["shipments"]![0]!["id"]}/delivery",
            "deliver-1",
            """{"at":"2026-11-25T10:00:00+09:00"}"""
        );
        await house.KillAndRestartMerchantAsync();

        var begunAt = Stopwatch.GetTimestamp();
        while ((int)(await PointsAsync(address))["earned"]! == 0)
            await WaitAsync(begunAt, "the delivery was heard of");
        Assert.Equal(123, (int)(await PointsAsync(address))["earned"]!); // ¥2,460, five for each hundred

        string[] letters;
        while ((letters = Letters()).Length == 0)
            await WaitAsync(begunAt, "a letter about points");
        Assert.Contains("-points-", Assert.Single(letters), StringComparison.Ordinal);
        Assert.Contains("To: taro@example.jp", await File.ReadAllTextAsync(letters[0]), StringComparison.Ordinal);
    }

    private async Task<JsonNode> PointsAsync(string address) =>
        (await house.SendAsync(HttpMethod.Get, address, null, null)).Body["points"]!;

    private string[] Letters() => Directory.Exists(house.MailFolder) ? Directory.GetFiles(house.MailFolder, "*-points-*.eml") : [];

    private static async Task WaitAsync(long begunAt, string what)
    {
        Assert.True(Stopwatch.GetElapsedTime(begunAt) < Waits.Most, what);
        await Task.Delay(50);
    }
}
