using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Shonin.Operations;
using Shonin.Specs.Staff;
using Shonin.Specs.Verbs.Mail;
using Shonin.Specs.Web;
using Shonin.Verbs;

namespace Shonin.Specs.Privacy;

/// <summary>The page for everybody, REST for the merchant, and the verb beside a running server.</summary>
[RealParts]
public sealed partial class PrivacyPagesSpecs
{
    private const string Hanako = "hanako@example.jp";

    [Fact]
    public async Task The_page_shows_the_settings_that_hold_in_both_languages_and_every_page_leads_there()
    {
        await using var shop = await RunningShop.OpenAsync(("Privacy:OrdersKeptFor", "3653.00:00:00"));
        Assert.Contains(
            "ご注文の最後のできごとから10年",
            await shop.Client.GetStringAsync(new Uri("/privacy", UriKind.Relative)),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "10 years from the last thing that happened in the order",
            await shop.Client.GetStringAsync(new Uri("/privacy?lang=en", UriKind.Relative)),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "href=\"/privacy?lang=ja\"",
            await shop.Client.GetStringAsync(new Uri("/help", UriKind.Relative)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task The_verb_prints_the_table_with_the_settings_that_hold()
    {
        var run = await VerbRun.OfAsync("", "privacy", "--lang", "en", "--Privacy:ContactsKeptFor", "100.00:00:00");
        Assert.Equal(ExitCode.Done, run.Code);
        Assert.Contains("100 days from the last thing that was said (Privacy:ContactsKeptFor)", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Beside_a_running_server_the_verb_exports_and_erases_by_a_key_that_it_revokes_again()
    {
        await using var shop = await RunningShop.OpenAsync();
        await PlaceAsync(shop);
        var export = await RunAsync(shop, "", "export", Hanako);
        Assert.Equal(ExitCode.Done, export.Code);
        var order = Assert.Single(export.Json.GetProperty("orders").EnumerateArray());
        Assert.Equal("山田 花子", order.GetProperty("name").GetString());
        Assert.Equal("4242", order.GetProperty("card").GetProperty("last4").GetString());
        Assert.DoesNotContain("4242424242424242", export.Output, StringComparison.Ordinal);
        Assert.DoesNotMatch(OrderLink(), export.Output);

        var refused = await RunAsync(shop, "someone@else.example", "erase", Hanako, "--lang", "en");
        Assert.Equal(ExitCode.No, refused.Code);
        Assert.Contains("Order N1001: it isn't over yet", refused.Output, StringComparison.Ordinal);
        var erased = await RunAsync(shop, Hanako, "erase", Hanako, "--lang", "en");
        Assert.Equal(
            (ExitCode.Done, ""),
            (erased.Code, erased.Error.Replace("This cannot be undone. Type the address again to erase: ", "", StringComparison.Ordinal))
        );
        Assert.Contains("The server erases it now", erased.Output, StringComparison.Ordinal);
        Assert.Contains(
            "Nothing is kept",
            (await RunAsync(shop, "", "erase", "nobody@example.jp", "--lang", "en")).Output,
            StringComparison.Ordinal
        );
        Assert.Equal(ExitCode.BadUsage, (await RunAsync(shop, "", "erase", "nobody")).Code);
        Assert.All(new ApiKeys(shop.Folder, TimeProvider.System).List().Where(key => key.Name == "shonin privacy"), key =>
            Assert.NotNull(key.RevokedAt)
        );
    }

    [Fact]
    public async Task Only_a_key_of_an_admin_reaches_a_person_and_what_is_not_confirmed_changes_nothing()
    {
        await using var shop = await RunningShop.OpenAsync();
        await PlaceAsync(shop);
        var orders = Assert.IsType<Reading<(string Secret, ApiKey Key), string>.Read>(
            new ApiKeys(shop.Folder, TimeProvider.System).Create("shop", [Scope.Orders])
        );
        foreach (var path in new[] { "/v1/persons/exports", "/v1/persons/erasures" })
        {
            using var refused = await SendAsync(shop, orders.Value.Secret, path, new { email = Hanako, confirmed = true });
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        }
        using var planned = await SendAsync(shop, shop.NewKey(), "/v1/persons/erasures", new { email = Hanako, confirmed = false });
        Assert.Equal(HttpStatusCode.OK, planned.StatusCode);
        Assert.False((bool)JsonNode.Parse(await planned.Content.ReadAsStringAsync())!["isEmpty"]!);
        using var still = await SendAsync(shop, shop.NewKey(), "/v1/persons/exports", new { email = Hanako });
        Assert.Contains("山田 花子", await still.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var wrong = await SendAsync(shop, shop.NewKey(), "/v1/persons/exports", new { email = "nobody" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
    }

    [Fact]
    public async Task At_the_desk_an_admin_types_the_address_twice_and_the_trail_has_it_without_the_address()
    {
        await using var shop = await RunningShop.OpenAsync(("Desk:SignIn", "accountsAndKeys"));
        await PlaceAsync(shop);
        using var admin = await AtTheDesk.ByKeyAsync(shop.Address.AbsoluteUri, shop.NewKey());
        var (_, found) = await admin.PostAsync("/desk/people", ("address", Hanako.ToUpperInvariant()));
        Assert.Contains("N1001", found, StringComparison.Ordinal);
        var (_, export) = await admin.PostAsync("/desk/people/export", ("address", Hanako));
        Assert.Equal("山田 花子", (string)JsonNode.Parse(export)!["orders"]![0]!["name"]!);
        var (slip, _) = await admin.PostAsync("/desk/people/erasure", ("address", Hanako), ("again", "other@example.jp"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, slip);
        var (done, _) = await admin.PostAsync("/desk/people/erasure", ("address", Hanako), ("again", Hanako));
        Assert.Equal(HttpStatusCode.OK, done);
        var trail = WebUtility.HtmlDecode((await admin.GetAsync("/desk/audit")).Page);
        foreach (var act in new[] { AuditedAct.PersonRead, AuditedAct.PersonExported, AuditedAct.PersonErased })
            Assert.Contains(AuditNames.WordsOf(act).En, trail, StringComparison.Ordinal);
        Assert.DoesNotContain(Hanako, trail, StringComparison.OrdinalIgnoreCase);
    }

    private static Task<VerbRun> RunAsync(RunningShop shop, string input, params string[] arguments) =>
        VerbRun.OfAsync(input, ["privacy", .. arguments, "--data", shop.Folder, "--urls", shop.Address.ToString()]);

    private static async Task PlaceAsync(RunningShop shop)
    {
        var key = shop.NewKey();
        using var stored = await SendAsync(
            shop,
            key,
            "/v1/cards",
            new
            {
                number = "4242424242424242",
                expiry = "2035-12",
                securityCode = "123",
            }
        );
        var card = (string)JsonNode.Parse(await stored.Content.ReadAsStringAsync())!["id"]!;
        using var placed = await SendAsync(
            shop,
            key,
            "/v1/orders",
            new
            {
                customer = new
                {
                    email = Hanako,
                    name = "山田 花子",
                    locale = "ja",
                },
                items = new[]
                {
                    new
                    {
                        sku = "A",
                        name = "急須",
                        unitPrice = new { minorUnits = 4980, currency = "JPY" },
                        quantity = 1,
                    },
                },
                payment = new { card },
            }
        );
        Assert.True(placed.IsSuccessStatusCode, await placed.Content.ReadAsStringAsync());
    }

    private static async Task<HttpResponseMessage> SendAsync(RunningShop shop, string key, string path, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new StringContent(JsonContent.Create(body).ReadAsStringAsync().Result, Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new("Bearer", key);
        request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString("N"));
        request.Headers.Add("Prefer", "respond-async");
        return await shop.Client.SendAsync(request);
    }

    [GeneratedRegex("/o/[A-Za-z0-9]{20,}")]
    private static partial Regex OrderLink();
}
