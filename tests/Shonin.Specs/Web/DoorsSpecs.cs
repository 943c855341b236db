using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Shonin.Web;

namespace Shonin.Specs.Web;

/// <summary>
/// Walks every route that the server has, on a real one: what may carry a secret is refused where it could be read on its way.
/// </summary>
[RealParts]
public sealed partial class DoorsSpecs(SharedShops shops)
{
    private const string Stranger = "198.51.100.4";

    /// <summary>All that plain HTTP may reach from anywhere. A new route that is not named here must be protected.</summary>
    private static readonly string[] open =
    [
        "/",
        "/assets/HASH/chat.js",
        "/assets/HASH/icon.svg",
        "/assets/HASH/shonin.css",
        "/assets/HASH/shonin.js",
        "/check",
        "/health",
        "/help",
        "/help/articles/{name}",
        "/metrics",
        "/openapi/{documentName}.json",
        "/privacy",
    ];

    [Fact]
    public async Task Every_route_is_either_named_open_or_refused_where_others_could_read_along()
    {
        var shop = await shops.WithAsync(("Web:TrustedProxies", "127.0.0.1"));

        Assert.Equal(open, shop.Routes.Where(IsOpen).Select(NameOf).Distinct().Order(StringComparer.Ordinal));
        foreach (var route in shop.Routes)
        {
            var refused = await IsRefusedAsync(shop, route, ("X-Forwarded-For", Stranger), ("X-Forwarded-Proto", "http"));
            Assert.True(refused == !IsOpen(route), $"{NameOf(route)} over plain HTTP from elsewhere");
            Assert.False(
                await IsRefusedAsync(shop, route, ("X-Forwarded-For", Stranger), ("X-Forwarded-Proto", "https")),
                $"{NameOf(route)} encrypted"
            );
            Assert.False(await IsRefusedAsync(shop, route), $"{NameOf(route)} from this machine");
        }
    }

    [Fact]
    public async Task Behind_a_proxy_that_is_not_trusted_every_secret_is_refused_too()
    {
        var shop = await shops.WithAsync();

        foreach (var route in shop.Routes)
        {
            Assert.Equal(
                !IsOpen(route),
                await IsRefusedAsync(shop, route, ("X-Forwarded-For", "127.0.0.1"), ("X-Forwarded-Proto", "https"))
            );
            Assert.Equal(!IsOpen(route), await IsRefusedAsync(shop, route, ("Forwarded", "for=127.0.0.1;proto=https")));
        }
    }

    [Fact]
    public async Task The_description_is_told_to_anybody_and_made_once()
    {
        var shop = await shops.WithAsync();

        var first = await shop.Client.GetStringAsync("/openapi/v1.json");

        Assert.Contains("\"openapi\": \"3.1", first, StringComparison.Ordinal);
        Assert.Contains("\"/v1/cards\"", first, StringComparison.Ordinal);
        Assert.DoesNotContain("\"/openapi", first, StringComparison.Ordinal);
        Assert.Equal(first, await shop.Client.GetStringAsync("/openapi/v1.json"));
        Assert.Equal(HttpStatusCode.NotFound, (await shop.Client.GetAsync("/openapi/v2.json")).StatusCode);
    }

    [Fact]
    public async Task The_body_is_not_asked_for_before_the_refusal()
    {
        var shop = await shops.WithAsync();

        var answer = await shop.SendRawAsync(
            "POST /v1/cards HTTP/1.1\r\nHost: x\r\nVia: 1.1 somebody\r\nExpect: 100-continue\r\nContent-Type: application/json\r\nContent-Length: 80\r\n\r\n"
        );

        Assert.StartsWith("HTTP/1.1 403 ", answer, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"insecureTransport\"", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_api_key_is_a_secret_on_open_routes_too()
    {
        var shop = await shops.WithAsync();

        using var answer = await SendAsync(shop, HttpMethod.Get, "/health", ("Via", "1.1 somebody"), ("Authorization", "Bearer sk"));

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Theory]
    [InlineData("GET", "/o/abc/card?lang=en", "https://shop.example.jp/o/abc/card?lang=en")]
    [InlineData("GET", "/desk", "https://shop.example.jp/desk")]
    [InlineData("HEAD", "/o/%E6%B3%A8%0d%0aX:y", "https://shop.example.jp/o/%E6%B3%A8%0D%0AX:y")]
    [InlineData("POST", "/o/abc/cancel", null)]
    [InlineData("GET", "/v1/orders", null)]
    public async Task A_page_that_is_only_looked_at_is_sent_to_the_public_address(string method, string path, string? to)
    {
        var shop = await shops.WithAsync(("Web:TrustedProxies", "127.0.0.1"), ("Web:PublicUrl", "https://shop.example.jp/"));

        using var answer = await SendAsync(shop, new(method), path, ("X-Forwarded-For", Stranger), ("X-Forwarded-Proto", "http"));

        Assert.Equal(to is null ? HttpStatusCode.Forbidden : HttpStatusCode.PermanentRedirect, answer.StatusCode);
        Assert.Equal(to, answer.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task Behind_a_proxy_that_is_not_trusted_nobody_is_sent_round_in_a_circle()
    {
        var shop = await shops.WithAsync(("Web:PublicUrl", "https://shop.example.jp"));

        using var answer = await SendAsync(shop, HttpMethod.Get, "/o/abc?lang=en", ("X-Forwarded-For", Stranger));

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("https://", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https", true)]
    [InlineData("http", false)]
    public async Task Browsers_are_told_to_stay_encrypted_where_the_public_address_is(string scheme, bool stays)
    {
        var shop = await shops.WithAsync(("Web:TrustedProxies", "127.0.0.1"), ("Web:PublicUrl", $"{scheme}://shop.example.jp"));
        using var body = new FormUrlEncodedContent([KeyValuePair.Create("key", shop.NewKey())]);

        using var signedIn = await shop.Client.PostAsync("/desk/sign-in", body);
        using var stranger = await SendAsync(shop, HttpMethod.Get, "/check", ("X-Forwarded-For", Stranger), ("X-Forwarded-Proto", "http"));

        Assert.Equal(HttpStatusCode.SeeOther, signedIn.StatusCode);
        Assert.Equal(stays, signedIn.Headers.GetValues("Set-Cookie").Single().Contains("; secure", StringComparison.OrdinalIgnoreCase));
        Assert.Equal(stays, signedIn.Headers.Contains("Strict-Transport-Security"));
        Assert.False(stranger.Headers.Contains("Strict-Transport-Security"));
    }

    [Fact]
    public async Task Desk_and_metrics_are_answered_on_their_own_listeners_and_nowhere_else()
    {
        var shop = await shops.WithAsync(("Web:DeskUrls", "http://127.0.0.1:0"), ("Web:OperationsUrls", "http://127.0.0.1:0"));
        var (web, operations, desk) = (shop.Addresses[0], shop.Addresses[1], shop.Addresses[2]);

        Assert.Contains($"desk {desk.GetLeftPart(UriPartial.Authority)}/desk", shop.Output.ToString(), StringComparison.Ordinal);
        Assert.Contains($"REST {web.GetLeftPart(UriPartial.Authority)}/v1", shop.Output.ToString(), StringComparison.Ordinal);

        async Task<HttpStatusCode> StatusAsync(Uri listener, string path) =>
            (await shop.Client.GetAsync(new Uri(listener, path))).StatusCode;

        Assert.Equal(
            [HttpStatusCode.NotFound, HttpStatusCode.NotFound, HttpStatusCode.OK, HttpStatusCode.Unauthorized],
            [
                await StatusAsync(web, "/desk"),
                await StatusAsync(web, "/metrics"),
                await StatusAsync(web, "/check"),
                await StatusAsync(web, "/v1/orders"),
            ]
        );
        Assert.Equal(
            [HttpStatusCode.NotFound, HttpStatusCode.OK, HttpStatusCode.NotFound, HttpStatusCode.NotFound],
            [
                await StatusAsync(operations, "/desk"),
                await StatusAsync(operations, "/metrics"),
                await StatusAsync(operations, "/check"),
                await StatusAsync(operations, "/v1/orders"),
            ]
        );
        Assert.Equal(
            [HttpStatusCode.Unauthorized, HttpStatusCode.NotFound, HttpStatusCode.NotFound, HttpStatusCode.NotFound],
            [
                await StatusAsync(desk, "/desk"),
                await StatusAsync(desk, "/metrics"),
                await StatusAsync(desk, "/check"),
                await StatusAsync(desk, "/v1/orders"),
            ]
        );
        Assert.Equal(
            [HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK],
            [await StatusAsync(web, "/health"), await StatusAsync(operations, "/health"), await StatusAsync(desk, "/health")]
        );
    }

    [Fact]
    public async Task Metrics_on_the_common_listener_are_told_to_this_machine_alone()
    {
        var shop = await shops.WithAsync(("Web:TrustedProxies", "127.0.0.1"));

        using var own = await SendAsync(shop, HttpMethod.Get, "/metrics");
        using var stranger = await SendAsync(
            shop,
            HttpMethod.Get,
            "/metrics",
            ("X-Forwarded-For", Stranger),
            ("X-Forwarded-Proto", "https")
        );

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Forbidden), (own.StatusCode, stranger.StatusCode));
    }

    private static bool IsOpen(RouteEndpoint route) => route.Metadata.GetMetadata<OpenToPlainHttp>() is not null;

    private static string NameOf(RouteEndpoint route) => AssetHash().Replace(route.RoutePattern.RawText!, "/assets/HASH/");

    private static async Task<bool> IsRefusedAsync(RunningShop shop, RouteEndpoint route, params (string Name, string Value)[] headers)
    {
        var method = route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods is [var first, ..] ? first : "PATCH";
        using var answer = await SendAsync(shop, new(method), Parameter().Replace(route.RoutePattern.RawText!, "v1"), headers);
        var text = await answer.Content.ReadAsStringAsync();
        var isRefused =
            text.Contains("\"code\":\"insecureTransport\"", StringComparison.Ordinal)
            || text.Contains("この接続は暗号化されていません", StringComparison.Ordinal);
        Assert.True(!isRefused || answer.StatusCode == HttpStatusCode.Forbidden, $"{route.RoutePattern.RawText}: {answer.StatusCode}");
        return isRefused;
    }

    private static async Task<HttpResponseMessage> SendAsync(
        RunningShop shop,
        HttpMethod method,
        string path,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(method, path);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await shop.Client.SendAsync(request);
    }

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Parameter();

    [GeneratedRegex("^/assets/[0-9a-f]+/")]
    private static partial Regex AssetHash();
}
