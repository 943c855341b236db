using System.Net;

namespace Shonin.Specs.Web;

/// <summary>HEAD asks for what GET would say, without its body: link checkers, monitors and mail programs do.</summary>
[RealParts]
public sealed class HeadSpecs(SharedShops shops)
{
    [Fact]
    public async Task Head_is_answered_as_get_is_and_without_a_body_on_every_address_that_takes_get()
    {
        var shop = await shops.WithAsync();
        var key = shop.NewKey();
        var paths = shop
            .Routes.Where(route =>
                route.Metadata.GetMetadata<Microsoft.AspNetCore.Routing.IHttpMethodMetadata>()?.HttpMethods.Contains("GET") == true
            )
            .Select(route =>
                System.Text.RegularExpressions.Regex.Replace("/" + route.RoutePattern.RawText!.TrimStart('/'), @"\{[^}]*\}", "x")
            )
            .Distinct()
            .ToArray();
        Assert.Contains("/desk", paths);
        Assert.Contains("/v1/orders", paths);
        Assert.Contains("/health", paths);
        foreach (var path in paths)
        {
            var (head, get) = (await AskAsync(shop, HttpMethod.Head, path, key), await AskAsync(shop, HttpMethod.Get, path, key));
            Assert.NotEqual(HttpStatusCode.MethodNotAllowed, head.StatusCode);
            Assert.True(get.StatusCode == head.StatusCode, $"{path}: {head.StatusCode}, but GET {get.StatusCode}");
            Assert.Equal(get.Content.Headers.ContentType, head.Content.Headers.ContentType);
            Assert.Equal("", await head.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task A_connection_goes_on_after_head()
    {
        var shop = await shops.WithAsync();
        var answers = await shop.SendRawAsync(
            "HEAD /check HTTP/1.1\r\nHost: x\r\n\r\nGET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        );

        Assert.Matches(@"(?s)^HTTP/1\.1 200 OK\r\n.*?\r\n\r\nHTTP/1\.1 200 OK\r\n.*\{""status"":""up""", answers);
    }

    private static async Task<HttpResponseMessage> AskAsync(RunningShop shop, HttpMethod method, string path, string key)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new("Bearer", key);
        return await shop.Client.SendAsync(request);
    }
}
