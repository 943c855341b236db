using System.Net;

namespace Shonin.Journeys.Doors;

/// <summary>A real proxy in front, configured as the README says: whose customer is believed, and whom a limit meets.</summary>
public sealed class BehindNginxJourney
{
    [Fact]
    public async Task Behind_a_trusted_proxy_each_visitor_is_counted_alone_and_encryption_is_believed()
    {
        await using var shop = await ServedShop.StartAsync(
            "--Web:TrustedProxies",
            "127.0.0.1",
            "--Web:PublicUrl",
            "https://shop.example.jp"
        );
        await using var nginx = await NginxServer.StartAsync(shop.Address);
        using var greedy = NginxServer.ClientAt("127.0.0.5", nginx.Encrypted);
        using var other = NginxServer.ClientAt("127.0.0.6", nginx.Encrypted);
        var key = await shop.NewKeyAsync();

        using var card = await other.SendAsync(ServedShop.CardRequest(key));
        Assert.Equal(HttpStatusCode.Created, card.StatusCode);
        Assert.True(card.Headers.Contains("Strict-Transport-Security"));

        Assert.Contains(HttpStatusCode.TooManyRequests, await AskAsync(greedy, 15));
        Assert.Equal(HttpStatusCode.TooManyRequests, (await AskAsync(greedy, 1, "127.0.0.99, 198.51.100.9"))[0]);
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(other, 1))[0]);

        using var signIn = await other.PostAsync("/desk/sign-in", new FormUrlEncodedContent([KeyValuePair.Create("key", key)]));
        Assert.Contains("secure", signIn.Headers.GetValues("Set-Cookie").Single(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Over_the_proxys_plain_port_a_customer_is_sent_to_the_encrypted_one()
    {
        await using var shop = await ServedShop.StartAsync(
            "--Web:TrustedProxies",
            "127.0.0.1",
            "--Web:PublicUrl",
            "https://shop.example.jp"
        );
        await using var nginx = await NginxServer.StartAsync(shop.Address);
        using var customer = NginxServer.ClientAt("127.0.0.5", nginx.Plain);

        using var sent = await customer.GetAsync("/o/abc?lang=en");

        Assert.Equal(
            (HttpStatusCode.PermanentRedirect, "https://shop.example.jp/o/abc?lang=en"),
            (sent.StatusCode, sent.Headers.Location?.OriginalString)
        );
    }

    [Fact]
    public async Task Behind_a_proxy_that_nobody_named_secrets_are_refused()
    {
        await using var shop = await ServedShop.StartAsync();
        await using var nginx = await NginxServer.StartAsync(shop.Address);
        using var through = NginxServer.ClientAt("127.0.0.5", nginx.Encrypted);
        using var beside = NginxServer.ClientAt("127.0.0.5", shop.Address);
        var key = await shop.NewKeyAsync();

        using var refused = await through.SendAsync(ServedShop.CardRequest(key));
        using var metrics = await through.GetAsync("/metrics");
        using var taken = await beside.SendAsync(ServedShop.CardRequest(key));

        Assert.Equal(
            (HttpStatusCode.Forbidden, HttpStatusCode.Forbidden, HttpStatusCode.Created),
            (refused.StatusCode, metrics.StatusCode, taken.StatusCode)
        );
        Assert.Contains("\"code\":\"insecureTransport\"", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    /// <param name="forged">What the visitor itself writes into X-Forwarded-For.</param>
    private static async Task<HttpStatusCode[]> AskAsync(HttpClient visitor, int times, string? forged = null)
    {
        var answers = new HttpStatusCode[times];
        for (var index = 0; index < times; index++)
        {
            using var question = new HttpRequestMessage(HttpMethod.Post, "/check")
            {
                Content = new FormUrlEncodedContent([KeyValuePair.Create("number", "N1"), KeyValuePair.Create("reference", "x")]),
            };
            if (forged is not null)
                question.Headers.Add("X-Forwarded-For", forged);
            using var answer = await visitor.SendAsync(question);
            answers[index] = answer.StatusCode;
        }
        return answers;
    }
}
