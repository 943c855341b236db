using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Shonin.Audit;
using Shonin.Domain.Orders;
using Shonin.EventLog;
using Shonin.EventLog.InMemory;
using Shonin.Merchant.Points;
using Shonin.Merchant.Timelines;
using Shonin.Operations;
using Shonin.Orders;
using Shonin.Specs.Orders;
using Shonin.Specs.Web;
using Shonin.Web;

namespace Shonin.Specs.Operations;

/// <summary>What programs read of customers with their API keys, and what the trail tells of it.</summary>
[RealParts]
public sealed class ApiReadSpecs(SharedShops shops) : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("shonin-specs-").FullName;
    private readonly InMemoryEventStore store = new();
    private Shop? shop;
    private OwnedLog? log;
    private AuditTrail? trail;
    private (string Secret, ApiKey Key) caller;

    private static readonly Dictionary<string, (string Kind, Func<OrderReads, HttpContext, string, Task<IResult>> Ask)> reads = new()
    {
        [OrderEndpoints.OrdersRoute] = ("apiOrdersListed", (reading, http, _) => reading.ListAsync(http, null, null, null)),
        [OrderEndpoints.OrderRoute] = ("apiOrderRead", (reading, http, id) => reading.GetAsync(http, id)),
        [OrderReads.NoticesRoute] = ("apiNoticesRead", (reading, http, id) => reading.NoticesAsync(http, id)),
        [OrderReads.TimelineRoute] = ("apiOrderRead", (reading, http, id) => reading.TimelineAsync(http, id, null)),
        [OrderReads.WhyRoute] = ("apiOrderRead", (reading, http, id) => reading.WhyAsync(http, id, "agent", null)),
    };

    public static TheoryData<string> Routes => [.. reads.Keys];

    public async ValueTask InitializeAsync()
    {
        shop = await Shop.OpenAsync();
        log = await OwnedLog.TakeAsync(store, default);
        trail = await AuditTrail.OpenAsync(new(log, RandomNumberGenerator.GetBytes, TimeProvider.System) { OnTrouble = _ => { } }, default);
        caller = Assert
            .IsType<Reading<(string Secret, ApiKey Key), string>.Read>(
                new ApiKeys(folder, TimeProvider.System).Create("till", [Scope.Orders])
            )
            .Value;
    }

    public async ValueTask DisposeAsync()
    {
        await trail!.DisposeAsync();
        await log!.DisposeAsync();
        await shop!.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Each_read_leaves_the_key_and_the_order_s_id_and_nothing_of_the_person(string route)
    {
        var order = (await shop!.PlacedAsync()).Order;

        await AskAsync(route, order.Id.ToString());
        await AskAsync(route, "ord_nonsense@customer.example");

        var entries = (await EntriesAsync()).Where(entry => entry.Kind == reads[route].Kind).ToArray();
        var isList = route == OrderEndpoints.OrdersRoute;
        Assert.Equal(isList ? 2 : 1, entries.Length);
        Assert.All(entries, entry =>
            Assert.Equal((caller.Key.Id, isList ? null : order.Id.ToString(), 1), (entry.Who, entry.What, entry.Count))
        );
        foreach (var stored in await store.ReadAllAsync(0, 1_000, default))
        {
            var payload = System.Text.Encoding.UTF8.GetString(stored.Payload.Span);
            Assert.DoesNotContain("customer.example", payload, StringComparison.Ordinal);
            Assert.DoesNotContain(order.Number, payload, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task There_is_no_other_way_to_read_by_the_interface()
    {
        var running = await shops.WithAsync();

        var readable = running.Routes.Where(route =>
            route.Metadata.OfType<Scope>().Any() && route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods is ["GET"]
        );

        Assert.Equal(
            reads.Keys.Order(StringComparer.Ordinal),
            readable.Select(route => route.RoutePattern.RawText!).Order(StringComparer.Ordinal)
        );
    }

    [Theory]
    [InlineData(1, "\"points\":{\"earned\":60,\"expiresAt\":\"2027-11-24T01:00:")]
    [InlineData(0, null)]
    public async Task An_order_says_what_it_earned_in_a_shop_that_gives_points_and_nothing_elsewhere(int perHundred, string? said)
    {
        shop!.Points = new() { PerHundred = perHundred };
        await shop.ReopenAsync();
        var order = await shop.AnswerAsync(await shop.PlacedAsync(), "00");
        await shop.SubmitAsync(order, new OrderCommand.Ship("ship-1", "s-1", [], "ヤマト", "1234"));
        await shop.SubmitAsync(order, new OrderCommand.RegisterDelivery("s-1", shop.Now));
        await using var points = await OpenPointsAsync();
        await Eventually.IsSoAsync("the delivery was heard of", async () =>
            perHundred == 0 || (await points.OfOrderAsync(order.Order))!.Earned > 0
        );

        var answer = Assert.IsType<JsonHttpResult<OrderView>>(await AskAsync(OrderEndpoints.OrderRoute, order.Order.Id.ToString(), points));
        var json = JsonSerializer.Serialize(answer.Value, ApiJson.Options);
        if (said is null)
            Assert.DoesNotContain("points", json, StringComparison.Ordinal);
        else
            Assert.Contains(said, json, StringComparison.Ordinal);
    }

    private async Task<object?> AskAsync(string route, string id)
    {
        await using var points = await OpenPointsAsync();
        return await AskAsync(route, id, points);
    }

    private async Task<object?> AskAsync(string route, string id, PointsBook points)
    {
        var audit = new MerchantAudit(trail!);
        var reading = new OrderReads(
            shop!.Book,
            (_, _) => ValueTask.FromResult<CardCompanyEvidence?>(null),
            audit,
            "Asia/Tokyo",
            TimeProvider.System
        )
        {
            Points = points,
        };
        var http = new DefaultHttpContext();
        http.Request.Headers.Authorization = $"Bearer {caller.Secret}";
        var gate = new Gate(
            new ApiKeys(folder, TimeProvider.System),
            new RequestRate(100, 100, TimeProvider.System),
            audit,
            TimeProvider.System
        ).For(Scope.Orders);
        return await gate(new DefaultEndpointFilterInvocationContext(http), async _ => await reads[route].Ask(reading, http, id));
    }

    private ValueTask<PointsBook> OpenPointsAsync() =>
        PointsBook.OpenAsync(shop!.Log, shop.Points, shop.Clock, fault => Assert.Fail(fault.Message), default);

    private async Task<IReadOnlyList<AuditEntry>> EntriesAsync()
    {
        await trail!.DisposeAsync();
        return (
            await AuditPages.ReadAsync(store, TimeProvider.System.GetUtcNow(), DateTimeOffset.UnixEpoch, null, 1_000, default)
        )!.Entries;
    }
}
