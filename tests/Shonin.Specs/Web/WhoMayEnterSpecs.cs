using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Shonin.Domain.Accounts;
using Shonin.Specs.Staff;

namespace Shonin.Specs.Web;

/// <summary>
/// Walks every route that the server has: one that is named nowhere here asks for a key or for a session, so that whoever adds a route and
/// forgets to say who may enter is told.
/// </summary>
[RealParts]
public sealed partial class WhoMayEnterSpecs(SharedShops shops)
{
    /// <summary>What they show is for anybody, or the address itself holds the secret (an order's link, a mail's random name).</summary>
    // csharpier-ignore
    private static readonly string[] forAnybody =
    [
        "GET /", "GET /account/recover", "GET /account/sign-in", "GET /account/sign-up", "GET /assets/HASH/chat.js", "GET /assets/HASH/icon.svg", "GET /assets/HASH/shonin.css", "GET /assets/HASH/shonin.js", "GET /c/{accessKey}", "GET /c/{accessKey}/mail", "GET /check",
        "GET /check/mail", "GET /check/mails/{name}", "GET /check/mails/{name}/report", "GET /desk/search", "GET /health", "GET /help", "GET /help/articles/{name}", "GET /help/ask", "GET /metrics",
        "GET /o/{accessKey}", "GET /o/{accessKey}/cancel", "GET /o/{accessKey}/card", "GET /o/{accessKey}/chat", "GET /o/{accessKey}/chat/mail", "GET /o/{accessKey}/confirm",
        "GET /o/{accessKey}/help", "GET /o/{accessKey}/help/{question}", "GET /o/{accessKey}/messages", "GET /o/{accessKey}/messages/{notice}", "GET /o/{accessKey}/state",
        "GET /openapi/{documentName}.json", "GET /privacy", "GET /vault/o/{accessKey}/card", "POST /account/recover", "POST /account/recover/code",
        "POST /account/recover/password", "POST /account/sign-out", "POST /account/sign-up", "POST /account/sign-up/code",
        "POST /account/sign-up/passkey", "POST /account/sign-up/passkey/options", "POST /account/sign-up/password",
        "POST /account/sign-in/passkey/options", "POST /c/{accessKey}", "POST /c/{accessKey}/end", "POST /c/{accessKey}/mail", "POST /c/{accessKey}/rating", "POST /c/{accessKey}/transcript", "POST /check", "POST /check/mail",
        "POST /check/mails/{name}/deletion", "POST /check/mails/{name}/recipient", "POST /check/mails/{name}/report",
        "GET /desk/join/{invitation}", "POST /desk/join/{invitation}", "POST /desk/join/{invitation}/passkey", "POST /desk/join/{invitation}/passkey/options",
        "POST /desk/sign-in", "POST /desk/sign-in/passkey/options", "POST /desk/sign-out", "POST /help/ask", "POST /o/{accessKey}/cancel", "POST /o/{accessKey}/chat", "POST /o/{accessKey}/chat/end", "POST /o/{accessKey}/chat/mail", "POST /o/{accessKey}/chat/rating", "POST /o/{accessKey}/chat/transcript", "POST /o/{accessKey}/confirm",
        "POST /o/{accessKey}/messages/{notice}", "POST /vault/o/{accessKey}/card",
    ];

    [Fact]
    public async Task Whatever_is_not_named_for_anybody_asks_who_it_is()
    {
        var shop = await shops.WithAsync();
        // An address without a method turns away those that it does not take, or whatever leads nowhere.
        var routes = shop.Routes.Where(route => MethodOf(route) is not null).ToList();
        var named = routes.Select(NameOf).Order(StringComparer.Ordinal).ToList();

        Assert.Empty(forAnybody.Except(named));
        foreach (var route in routes.Where(route => !forAnybody.Contains(NameOf(route))))
        {
            using var request = new HttpRequestMessage(new(MethodOf(route)!), Parameter().Replace(route.RoutePattern.RawText!, "v1"));
            using var answer = await shop.Client.SendAsync(request);
            Assert.True(answer.StatusCode == HttpStatusCode.Unauthorized, $"{NameOf(route)} lets in whoever comes: {answer.StatusCode}");
        }
    }

    /// <summary>Hubs take any method, and so the walk passes them by.</summary>
    [Fact]
    public async Task The_agents_hub_asks_who_it_is_before_it_says_anything()
    {
        var shop = await shops.WithAsync();
        foreach (var path in new[] { "/desk/hub", "/desk/hub/negotiate?negotiateVersion=1" })
        {
            using var answer = await shop.Client.PostAsync(new Uri(path, UriKind.Relative), null);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }
    }

    /// <summary>Walks the desk as an agent: what is for leads or admins stands here, and nothing else turns an agent away.</summary>
    [Fact]
    public async Task An_agent_is_turned_away_where_the_page_is_for_leads_or_admins()
    {
        string[] notForAgents =
        [
            "GET /desk/audit",
            "GET /desk/lead",
            "GET /desk/people",
            "GET /desk/staff",
            "POST /desk/orders/{number}/tries",
            "POST /desk/people",
            "POST /desk/people/erasure",
            "POST /desk/people/export",
            "POST /desk/staff",
            "POST /desk/staff/invitation",
            "POST /desk/staff/leaving",
            "POST /desk/staff/role",
            "POST /desk/staff/sign-out",
            "POST /desk/tries/{name}",
        ];
        var shop = await shops.WithAsync(("Desk:SignIn", "accountsAndKeys"));
        using var agent = await AtTheDesk.JoinedAsync(shop, AccountRole.Agent);
        var turnedAway = new List<string>();
        foreach (var route in shop.Routes.Where(route => route.RoutePattern.RawText!.StartsWith("/desk", StringComparison.Ordinal)))
        {
            if (MethodOf(route) is not { } method || NameOf(route) == "POST /desk/sign-out")
                continue;
            var path = Parameter().Replace(route.RoutePattern.RawText!, "v1");
            var (status, _) = method == "GET" ? await agent.GetAsync(path) : await agent.PostAsync(path);
            Assert.NotEqual(HttpStatusCode.InternalServerError, status);
            if (status == HttpStatusCode.Forbidden)
                turnedAway.Add(NameOf(route));
        }
        Assert.Equal(notForAgents, turnedAway.Order(StringComparer.Ordinal));
    }

    private static string? MethodOf(RouteEndpoint route) =>
        route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods is [var method, ..] ? method : null;

    private static string NameOf(RouteEndpoint route) =>
        $"{MethodOf(route)} {AssetHash().Replace(route.RoutePattern.RawText!, "/assets/HASH/")}";

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Parameter();

    [GeneratedRegex("^/assets/[0-9a-f]+/")]
    private static partial Regex AssetHash();
}
