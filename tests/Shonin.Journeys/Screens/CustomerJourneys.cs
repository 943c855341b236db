using System.Net;
using System.Text.RegularExpressions;
using Shonin.Domain.Approvals;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.Merchant.Orders;
using Shonin.Web;

namespace Shonin.Journeys.Screens;

public sealed partial class CustomerJourneys(Shop shop) : IClassFixture<Shop>
{
    [Fact]
    public async Task Without_script_the_button_asks_the_same_card_again_and_the_page_shows_the_outcome()
    {
        var order = await shop.PlaceAsync("51", "00");
        var page = await shop.OpenAsync($"/o/{order.AccessKey}?lang=ja", withScript: false);
        Assert.Equal("カード会社から承認が得られませんでした", await page.InnerTextAsync("h1"));

        await page.FillAsync("#last-four", "0002");
        await page.PressAsync("text=同じカードでもう一度確認する");
        await UntilSettledAsync(order);
        await page.GotoAsync($"{shop.Address}/o/{order.AccessKey}?lang=ja");

        Assert.Equal("承認されました", await page.InnerTextAsync("h1"));
        Assert.Equal(Initiator.CustomerConfirms, (await shop.ReadAsync(order)).LastAttempt?.Initiator);
        Assert.Equal(0, await page.Locator("#last-four").CountAsync());
    }

    [Fact]
    public async Task A_new_card_is_typed_once_and_no_digit_of_it_ever_comes_back()
    {
        var order = await shop.PlaceAsync("05", "00");
        var page = await shop.OpenAsync($"/o/{order.AccessKey}/card?lang=en", withScript: true);
        await page.FillAsync("#last-four", "0002");
        await page.FillAsync("#number", "4242 4242 4242 4241");
        await page.FillAsync("#expiry", "12/30");
        await page.FillAsync("#security-code", "987");
        await page.PressAsync("form button");

        Assert.Contains("A digit of the card number is wrong", await page.InnerTextAsync(".trouble"), StringComparison.Ordinal);
        Assert.True(await page.EvaluateAsync<bool>("document.activeElement.classList.contains('trouble')"));
        // The link and the form's seal are drawn by chance, and may have any digits.
        var content = Form().Replace(await page.ContentAsync(), "").Replace(order.AccessKey!, "", StringComparison.Ordinal);
        Assert.DoesNotMatch("4242|987", content);

        await page.FillAsync("#last-four", "0002");
        await page.FillAsync("#number", "4242 4242 4242 4242");
        await page.FillAsync("#expiry", "12/30");
        await page.FillAsync("#security-code", "123");
        await page.PressAsync("form button");
        await UntilSettledAsync(order);

        Assert.Equal("4242", (await shop.ReadAsync(order)).Card.Last4);
        Assert.IsType<Standing.Approved>((await shop.ReadAsync(order)).Standing);
    }

    [Fact]
    public async Task Cancelling_says_its_consequence_in_the_button_and_then_does_it()
    {
        var order = await shop.PlaceAsync("05");
        var page = await shop.OpenAsync($"/o/{order.AccessKey}?lang=ja", withScript: true);
        await page.PressAsync("text=注文を取り消す");
        await page.FillAsync("#last-four", "0002");
        await page.PressAsync($"text=注文 {order.Order.Number} を取り消す");

        Assert.Equal("取り消しました", await page.InnerTextAsync("h1"));
        Assert.Equal(new Standing.Cancelled(CancelledBy.Customer), (await shop.ReadAsync(order)).Standing);
    }

    [Fact]
    public async Task The_same_form_sent_twice_asks_once()
    {
        var order = await shop.PlaceAsync("51", "51", "51");
        using var client = Client();
        var form = await FormAsync(client, order);
        var before = shop.Authorizations;

        var first = await PostAsync(client, $"/o/{order.AccessKey}/confirm", ("form", form), ("lastFour", "0002"));
        await UntilSettledAsync(order);
        var second = await PostAsync(client, $"/o/{order.AccessKey}/confirm", ("form", form), ("lastFour", "0002"));

        Assert.Equal((HttpStatusCode.SeeOther, HttpStatusCode.SeeOther), (first.StatusCode, second.StatusCode));
        Assert.Equal(before + 1, shop.Authorizations);
    }

    [Fact]
    public async Task After_five_wrong_guesses_the_right_digits_get_the_same_answer_as_wrong_ones()
    {
        var order = await shop.PlaceAsync("51");
        using var client = Client();
        var form = await FormAsync(client, order);
        var answers = new List<string>();
        foreach (var guess in new[] { "0001", "0003", "0004", "0005", "0006", "0007", "0002" })
        {
            var answer = await PostAsync(client, $"/o/{order.AccessKey}/confirm", ("form", form), ("lastFour", guess));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
            // What was typed comes back, and says nothing.
            answers.Add(
                Form().Replace(await answer.Content.ReadAsStringAsync(), "").Replace($"value=\"{guess}\"", "", StringComparison.Ordinal)
            );
        }

        Assert.Equal(
            ["あと4回", "あと3回", "あと2回", "あと1回"],
            answers.Take(4).Select(answer => LeftOver().Match(WebUtility.HtmlDecode(answer)).Value)
        );
        Assert.Single(answers.Skip(4).Distinct());
        Assert.Contains("から、またお試しになれます。", WebUtility.HtmlDecode(answers[^1]), StringComparison.Ordinal);
        Assert.Single((await shop.ReadAsync(order)).Attempts);
    }

    [Fact]
    public async Task A_form_that_we_did_not_make_or_that_comes_from_elsewhere_changes_nothing()
    {
        var order = await shop.PlaceAsync("51");
        var another = await shop.PlaceAsync("51");
        using var client = Client();
        var path = $"/o/{order.AccessKey}/confirm";

        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await PostAsync(client, path, ("lastFour", "0002"))).StatusCode);
        Assert.Equal(
            HttpStatusCode.UnprocessableEntity,
            (await PostAsync(client, path, ("form", await FormAsync(client, another)), ("lastFour", "0002"))).StatusCode
        );
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await PostAsync(client, path, ("form", new string('x', 5000)))).StatusCode);
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new FormUrlEncodedContent([new("form", await FormAsync(client, order)), new("lastFour", "0002")]),
        };
        request.Headers.Add("Sec-Fetch-Site", "cross-site");
        Assert.Equal(HttpStatusCode.Forbidden, (await client.SendAsync(request)).StatusCode);

        Assert.Single((await shop.ReadAsync(order)).Attempts);
    }

    [Fact]
    public async Task Every_answer_keeps_the_link_secret_and_loads_nothing_from_elsewhere()
    {
        var order = await shop.PlaceAsync("51");
        using var client = Client();
        foreach (
            var path in new[]
            {
                "/",
                "/check",
                "/desk",
                $"/o/{order.AccessKey}",
                $"/o/{order.AccessKey}/card",
                $"/o/{order.AccessKey}/messages",
                "/o/nobody",
                "/nowhere",
            }
        )
        {
            var answer = await client.GetAsync(path);
            Assert.Equal("no-referrer", answer.Headers.GetValues("Referrer-Policy").Single());
            Assert.Equal("no-store", answer.Headers.CacheControl?.ToString());
            Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.Contains(
                "frame-ancestors 'none'",
                answer.Headers.GetValues("Content-Security-Policy").Single(),
                StringComparison.Ordinal
            );
            Assert.DoesNotContain("unsafe-inline", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_proof_is_a_cookie_that_no_script_and_no_other_site_can_use()
    {
        var order = await shop.PlaceAsync("51", "51");
        using var client = Client();

        var answer = await PostAsync(
            client,
            $"/o/{order.AccessKey}/confirm",
            ("form", await FormAsync(client, order)),
            ("lastFour", "0002")
        );

        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("max-age=900", cookie, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_notice_is_confirmed_by_its_two_numbers_and_nothing_else_is_told()
    {
        var order = await shop.PlaceAsync("00");
        var notice = order.Order.Notices[0].Notice.Reference!.Value.Digits;
        var other = NoticeReference.Of(1).Digits;
        using var client = Client();

        var ours = await (
            await PostAsync(client, "/check?lang=en", ("number", order.Order.Number), ("reference", notice))
        ).Content.ReadAsStringAsync();
        var wrongReference = await (
            await PostAsync(client, "/check?lang=en", ("number", order.Order.Number), ("reference", other))
        ).Content.ReadAsStringAsync();
        var wrongOrder = await (
            await PostAsync(client, "/check?lang=en", ("number", "N999999"), ("reference", other))
        ).Content.ReadAsStringAsync();

        Assert.Contains("We sent this notice", ours, StringComparison.Ordinal);
        Assert.DoesNotContain(order.AccessKey!, ours, StringComparison.Ordinal);
        Assert.DoesNotContain("コーヒー豆", ours, StringComparison.Ordinal);
        Assert.DoesNotContain("受け付けました", WebUtility.HtmlDecode(ours), StringComparison.Ordinal);
        Assert.DoesNotContain("6,240", ours, StringComparison.Ordinal);
        Assert.Contains("We have no record of it", wrongReference, StringComparison.Ordinal);
        Assert.Equal(wrongReference.Replace(order.Order.Number, "N999999", StringComparison.Ordinal), wrongOrder);
    }

    [Fact]
    public async Task The_desk_lets_nobody_in_without_an_admin_key_and_shows_raw_codes_to_whoever_has_one()
    {
        var order = await shop.PlaceAsync("43");
        using var client = Client();
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/desk")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync($"/desk/orders/{order.Order.Number}")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync(client, "/desk/sign-in", ("key", "sk_wrong"))).StatusCode);

        var page = await shop.OpenAsync("/desk?lang=en", withScript: true);
        await page.FillAsync("#key", Shop.AdminKey);
        await page.PressAsync("form button");
        Assert.Contains("do not ship, do not explain", await page.InnerTextAsync("main"), StringComparison.Ordinal);
        Assert.Equal("", await page.FindBarriersAsync());
        await page.PressAsync($"text={order.Order.Number}");

        Assert.Contains("Do not ship. Do not explain.", await page.InnerTextAsync("main"), StringComparison.Ordinal);
        Assert.Contains("43", await page.InnerTextAsync("table"), StringComparison.Ordinal);
        Assert.Equal("", await page.FindBarriersAsync());
    }

    [Theory]
    [InlineData("ja")]
    [InlineData("en")]
    public async Task Whoever_takes_a_call_finds_the_order_and_nothing_at_the_desk_runs_off_a_phone(string language)
    {
        var order = await shop.PlaceAsync("01", "00");
        var page = await shop.OpenAsync($"/desk?lang={language}", withScript: true);
        await page.SetViewportSizeAsync(360, 844);
        await page.FillAsync("#key", Shop.AdminKey);
        await page.PressAsync("form button");
        await page.FillAsync("#q", order.Order.Attempts[0].Claim.Rrn);
        await page.PressAsync("form[role=search] button");
        Assert.Contains($"/desk/orders/{order.Order.Number}", page.Url, StringComparison.Ordinal);
        Assert.Contains("hanako@example.jp", await page.InnerTextAsync("main"), StringComparison.Ordinal);

        await page.GotoAsync($"{shop.Address}/desk?lang={language}");
        await page.FillAsync("#q", "山田");
        await page.PressAsync("form[role=search] button");
        // Many journeys share the shop, and its customer.
        await page.GotoAsync($"{shop.Address}/desk?lang={language}");
        await page.FillAsync("#q", "nobody@example.jp");
        await page.PressAsync("form[role=search] button");
        Assert.Equal("nobody@example.jp", await page.InputValueAsync("#q"));
        Assert.DoesNotContain("nobody", page.Url, StringComparison.Ordinal);
        var nothingFound = page.Url;

        await page.GotoAsync($"{shop.Address}/desk/orders/{order.Order.Number}?lang={language}");
        await page.GoBackAsync();
        Assert.Equal(nothingFound, page.Url);
        foreach (
            var path in new[]
            {
                "/desk",
                $"/desk/orders/{order.Order.Number}",
                "/desk/audit",
                "/desk/people",
                "/desk/reports",
                new Uri(nothingFound).AbsolutePath,
            }
        )
        {
            await page.SetViewportSizeAsync(360, 844);
            await page.GotoAsync($"{shop.Address}{path}?lang={language}");
            await page.EvaluateAsync("() => document.querySelectorAll('details').forEach(details => details.open = true)");
            var barriers = await page.FindBarriersAsync();
            Assert.True(barriers.Length == 0, $"{path}: {barriers}");
            foreach (var width in new[] { 360, 180 })
            {
                var tooWide = await page.FindTooWideAsync(width, ".skip, .unseen, svg, thead");
                Assert.True(tooWide.Length == 0, $"{path} is too wide at {width} px: {tooWide}");
            }
        }
    }

    [Fact]
    public async Task Gone_back_to_the_page_shows_the_order_as_it_stands_now_and_a_refused_form_opens_again_as_the_page()
    {
        var order = await shop.PlaceAsync("51", "00");
        var page = await shop.OpenAsync($"/o/{order.AccessKey}?lang=ja", withScript: true);
        await page.FillAsync("#last-four", "0001");
        await page.PressAsync("text=同じカードでもう一度確認する");
        Assert.Contains(
            "お使いのVisaカードの下4桁と違います。あと4回、お試しになれます。",
            await page.InnerTextAsync(".trouble"),
            StringComparison.Ordinal
        );
        Assert.Equal("0001", await page.InputValueAsync("#last-four"));

        // The address of the refused form, as a tab that was put aside opens it again.
        await page.GotoAsync(page.Url);
        Assert.Equal($"{shop.Address}/o/{order.AccessKey}?lang=ja", page.Url);
        await page.FillAsync("#last-four", "0002");
        await page.PressAsync("text=同じカードでもう一度確認する");
        await UntilSettledAsync(order);
        await page.GotoAsync($"{shop.Address}/o/{order.AccessKey}/messages?lang=ja");
        await page.GoBackAsync();

        Assert.Equal("承認されました", await page.InnerTextAsync("h1"));
    }

    [Fact]
    public async Task A_refused_card_form_keeps_all_but_number_and_security_code()
    {
        var order = await shop.PlaceAsync("05");
        var page = await shop.OpenAsync($"/o/{order.AccessKey}/card?lang=ja", withScript: true);
        await page.FillAsync("#last-four", "0002");
        await page.FillAsync("#number", "4242424242424241");
        await page.FillAsync("#expiry", "８/30");
        await page.FillAsync("#security-code", "987");
        await page.PressAsync("form button");

        Assert.Equal(
            ["0002", "", "８/30", ""],
            [
                await page.InputValueAsync("#last-four"),
                await page.InputValueAsync("#number"),
                await page.InputValueAsync("#expiry"),
                await page.InputValueAsync("#security-code"),
            ]
        );
        Assert.Single(await page.Locator(".trouble li").AllAsync());
    }

    [Fact]
    public async Task The_message_centre_has_every_notice_word_for_word_and_no_digit_of_the_card()
    {
        var order = await shop.PlaceAsync("00");
        var notice = (await shop.Orders.ReadNoticesAsync(order, CancellationToken.None))[0];
        var page = await shop.OpenAsync($"/o/{order.AccessKey}/messages", withScript: true);
        await page.PressAsync(".list a");

        Assert.Equal(notice.Text.Trim(), (await page.Locator(".letter").TextContentAsync())!.Trim());
        Assert.DoesNotContain("0002", await page.ContentAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await page.Locator("#last-four").CountAsync());
    }

    [Fact]
    public async Task No_page_has_an_accessibility_violation()
    {
        var order = await shop.PlaceAsync("51");
        var page = await shop.OpenAsync("/", withScript: true);
        foreach (
            var path in new[]
            {
                "/",
                "/check",
                "/desk",
                "/nowhere",
                $"/o/{order.AccessKey}",
                $"/o/{order.AccessKey}/card",
                $"/o/{order.AccessKey}/cancel",
                $"/o/{order.AccessKey}/messages",
            }
        )
        {
            await page.GotoAsync($"{shop.Address}{path}?lang=ja");
            var barriers = await page.FindBarriersAsync();
            Assert.True(barriers.Length == 0, $"{path}: {barriers}");
        }
    }

    private HttpClient Client() =>
        new(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri(shop.Address) };

    private static Task<HttpResponseMessage> PostAsync(HttpClient client, string path, params (string Name, string Value)[] fields) =>
        client.PostAsync(path, new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value))));

    private static async Task<string> FormAsync(HttpClient client, OrderRecord order) =>
        Form().Match(await client.GetStringAsync($"/o/{order.AccessKey}")).Groups[1].Value;

    /// <summary>The attempt is settled by the answer, which comes of itself.</summary>
    private async Task UntilSettledAsync(OrderRecord order)
    {
        using var patience = new CancellationTokenSource(Waits.Most);
        while ((await shop.ReadAsync(order)).AttemptInFlight is not null)
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    [GeneratedRegex("あと[0-9]回")]
    private static partial Regex LeftOver();

    [GeneratedRegex($"name=\"{FormSeal.FieldName}\" value=\"([^\"]*)\"")]
    private static partial Regex Form();
}
