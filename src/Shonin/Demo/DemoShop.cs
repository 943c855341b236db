using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Shonin.Domain.Help;
using Shonin.Help;

namespace Shonin.Demo;

/// <summary>The shop's own system in the demo, and in a measurement: it speaks to the merchant as any client does, by REST.</summary>
internal sealed class DemoShop : IDisposable
{
    private static readonly TimeSpan pollEvery = TimeSpan.FromMilliseconds(100);

    private readonly HttpClient http;
    private int requests;

    public DemoShop(string baseUrl, string apiKey)
    {
        http = new HttpClient { BaseAddress = new Uri(baseUrl), Timeout = DemoPace.Patience };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", apiKey);
    }

    public async Task<string> StoreCardAsync(string number, CancellationToken cancellation)
    {
        var card = await SendAsync(
            HttpMethod.Post,
            "/v1/cards",
            new
            {
                number,
                expiry = "2030-12",
                securityCode = "123",
                holder = "HANAKO YAMADA",
            },
            cancellation
        );
        return card.GetProperty("id").GetString()!;
    }

    public Task<JsonElement> PlaceOrderAsync(
        string card,
        string customer,
        CancellationToken cancellation,
        params IReadOnlyList<(string Name, int Yen)> items
    ) =>
        SendAsync(
            HttpMethod.Post,
            "/v1/orders",
            new
            {
                customer = new
                {
                    email = AddressOf(customer),
                    name = "山田 花子",
                    locale = "ja",
                },
                items = items.Select(
                    (item, index) =>
                        new
                        {
                            sku = $"SKU-{index + 1}",
                            name = item.Name,
                            unitPrice = new { minorUnits = item.Yen, currency = "JPY" },
                            quantity = 1,
                        }
                ),
                payment = new { card },
            },
            cancellation
        );

    /// <summary>False where there was nothing to press any more: meanwhile the merchant asks by itself, or has an answer.</summary>
    public async Task<bool> ConfirmAsync(string order, CancellationToken cancellation) =>
        await TrySendAsync(HttpMethod.Post, $"/v1/orders/{order}/confirmations", new { }, cancellation) is not null;

    public Task<JsonElement> ChangeCardAsync(string order, string card, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Put, $"/v1/orders/{order}/payment-method", new { card }, cancellation);

    public Task<JsonElement> ShipAsync(string order, CancellationToken cancellation) =>
        SendAsync(
            HttpMethod.Post,
            $"/v1/orders/{order}/shipments",
            new { carrier = "ヤマト運輸", tracking = $"1234-5678-{requests:0000}" },
            cancellation
        );

    /// <summary>Every parcel of the order has arrived: then it earns its points.</summary>
    public async Task DeliverAsync(string order, CancellationToken cancellation)
    {
        foreach (var shipment in (await OrderAsync(order, cancellation)).GetProperty("shipments").EnumerateArray())
        {
            await SendAsync(
                HttpMethod.Post,
                $"/v1/shipments/{shipment.GetProperty("id").GetString()}/delivery",
                new { at = TimeProvider.System.GetUtcNow() },
                cancellation
            );
        }
    }

    public static string AddressOf(string customer) => $"{customer}@customer.example";

    public Task<JsonElement> OrderAsync(string order, CancellationToken cancellation) => GetAsync($"/v1/orders/{order}", cancellation);

    public async Task<IReadOnlyList<JsonElement>> NoticesAsync(string order, CancellationToken cancellation) =>
        [.. (await GetAsync($"/v1/orders/{order}/notices", cancellation)).GetProperty("items").EnumerateArray()];

    /// <summary>The customer's own page of the order: its link stands in every notice.</summary>
    /// <exception cref="CannotGoOnException">No notice holds one.</exception>
    public async Task<string> OrderPageAsync(string order, CancellationToken cancellation) =>
        (await NoticesAsync(order, cancellation))
            .SelectMany(notice => notice.GetProperty("text").GetString()!.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries))
            .FirstOrDefault(word => word.StartsWith($"{http.BaseAddress!.GetLeftPart(UriPartial.Authority)}/o/", StringComparison.Ordinal))
        ?? throw new CannotGoOnException($"No notice of order {order} holds the link to its page.");

    /// <summary>What help answers to the customer of the order who asks this, in English.</summary>
    /// <exception cref="CannotGoOnException">No notice holds the order's link.</exception>
    public async Task<string> HelpAsync(string order, HelpQuestion question, CancellationToken cancellation) =>
        WebUtility.HtmlDecode(
            await http.GetStringAsync(
                $"{await OrderPageAsync(order, cancellation)}/help/{OrderHelpPages.AddressOf(question)}?lang=en",
                cancellation
            )
        );

    public Task<JsonElement> TimelineAsync(string order, string lang, CancellationToken cancellation) =>
        GetAsync($"/v1/orders/{order}/timeline?lang={lang}", cancellation);

    public async Task<string> TimelineTextAsync(string order, string lang, int width, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/orders/{order}/timeline?lang={lang}&width={width}");
        request.Headers.Accept.ParseAdd("text/plain");
        using var response = await http.SendAsync(request, cancellation);
        return await response.Content.ReadAsStringAsync(cancellation);
    }

    /// <summary>Looks until something is so.</summary>
    /// <exception cref="CannotGoOnException">It was not so within <see cref="DemoPace.Patience"/>.</exception>
    public static async Task<T> UntilAsync<T>(string what, Func<Task<T>> look, Func<T, bool> isSo, CancellationToken cancellation)
    {
        var begunAt = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var seen = await look();
            if (isSo(seen))
                return seen;
            if (TimeProvider.System.GetElapsedTime(begunAt) > DemoPace.Patience)
            {
                throw new CannotGoOnException(
                    $"After {DemoPace.Patience.TotalSeconds:0} s it was still not so: {what}. What was seen last: {seen}"
                );
            }

            await Task.Delay(pollEvery, cancellation);
        }
    }

    public void Dispose() => http.Dispose();

    private async Task<JsonElement> GetAsync(string path, CancellationToken cancellation)
    {
        using var response = await http.GetAsync(path, cancellation);
        return await ReadAsync(response, $"GET {path}", cancellation);
    }

    private async Task<JsonElement> SendAsync(HttpMethod method, string path, object body, CancellationToken cancellation) =>
        await TrySendAsync(method, path, body, cancellation)
        ?? throw new CannotGoOnException($"{method} {path} was answered 409: the order has moved on meanwhile.");

    /// <summary>Null where the order has moved on meanwhile (409).</summary>
    private async Task<JsonElement?> TrySendAsync(HttpMethod method, string path, object body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body) };
        request.Headers.Add("Idempotency-Key", $"demo-{Environment.ProcessId}-{Interlocked.Increment(ref requests)}");
        using var response = await http.SendAsync(request, cancellation);
        return response.StatusCode == HttpStatusCode.Conflict ? null : await ReadAsync(response, $"{method} {path}", cancellation);
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage response, string request, CancellationToken cancellation)
    {
        var text = await response.Content.ReadAsStringAsync(cancellation);
        if (!response.IsSuccessStatusCode)
            throw new CannotGoOnException($"{request} was answered {(int)response.StatusCode}: {text}");
        return JsonSerializer.Deserialize<JsonElement>(text);
    }
}
