using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Shonin.Audit;
using Shonin.Domain.Proofs;
using Shonin.EventLog;
using Shonin.EventLog.InMemory;
using Shonin.EventLog.Secrets;
using Shonin.MailChecks;
using Shonin.Merchant.Orders;
using Shonin.Notices;
using Shonin.Operations;
using Shonin.Specs.MailChecks;
using Shonin.Specs.Orders;
using Shonin.Specs.Web;
using Shonin.Web;

namespace Shonin.Specs.Operations;

/// <summary>The desk over a real server, and what its trail holds afterwards.</summary>
[RealParts]
public sealed class DeskAuditSpecs : IAsyncLifetime
{
    private const string Secret = PageHouse.AdminKey;

    private readonly RefusingStore store = new(new InMemoryEventStore());
    private readonly HttpClient browser = new(new HttpClientHandler { AllowAutoRedirect = false });

    /// <summary>Keeps no cookie: each request says which session it is of.</summary>
    private readonly HttpClient stranger = new(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false });
    private Shop? shop;
    private OwnedLog? log;
    private PageHouse? pages;

    private AuditTrail Trail => pages!.Trail;

    private MailReports Reports => pages!.Reports;

    public async ValueTask InitializeAsync()
    {
        shop = await Shop.OpenAsync();
        log = await OwnedLog.TakeAsync(store, default);
        pages = await PageHouse.OpenAsync(shop.Book, log, store, _ => { }, (_, _, _) => throw new NotSupportedException());
        browser.BaseAddress = new Uri(pages.Address);
        stranger.BaseAddress = browser.BaseAddress;
    }

    public async ValueTask DisposeAsync()
    {
        browser.Dispose();
        stranger.Dispose();
        await pages!.DisposeAsync();
        await log!.DisposeAsync();
        await shop!.DisposeAsync();
    }

    private async Task<HttpResponseMessage> SignInAsync(string key)
    {
        using var form = new FormUrlEncodedContent([new("key", key)]);
        return await browser.PostAsync("/desk/sign-in", form);
    }

    /// <summary>Ends the trail, so that all that was queued is written.</summary>
    private async Task<IReadOnlyList<AuditEntry>> EntriesAsync()
    {
        await Trail.DisposeAsync();
        return (
            await AuditPages.ReadAsync(store, TimeProvider.System.GetUtcNow(), DateTimeOffset.UnixEpoch, null, 1_000, default)
        )!.Entries;
    }

    [Fact]
    public async Task The_staff_find_a_report_on_the_list_until_it_is_deleted()
    {
        var judged = await CheckScenes.JudgeAsync(CheckScenes.Mails.False, null, new LedgerFinding.NoMark());
        var report = Assert
            .IsType<ReportOutcome.Kept>(await Reports.KeepAsync(CheckScenes.Mails.False, judged, new("", ""), null, default))
            .Number;
        await SignInAsync(Secret);
        Assert.Contains("1 new", await browser.GetStringAsync("/desk?lang=en"), StringComparison.Ordinal);
        Assert.Contains(report, await browser.GetStringAsync("/desk/reports"), StringComparison.Ordinal);
        Assert.Equal(CheckScenes.Mails.False, await browser.GetByteArrayAsync($"/desk/reports/{report}/original"));
        await browser.PostAsync($"/desk/reports/{report}/deletion", null);
        Assert.DoesNotContain(report, await browser.GetStringAsync("/desk/reports"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync($"/desk/reports/{report}")).StatusCode);
    }

    private static readonly string[] allButWrong =
    [
        "deskSignedIn",
        "deskOrdersListed",
        "deskOrderRead",
        "deskReportsListed",
        "deskReportRead",
        "deskReportDownloaded",
        "deskReportHandled",
        "deskTrailRead",
        "deskReportDeleted",
        "deskSignedOut",
    ];

    [Fact]
    public async Task Whoever_works_at_the_desk_leaves_a_line_of_each_kind_without_a_name_or_an_order_number()
    {
        var order = await shop!.PlacedAsync();
        var report = Assert
            .IsType<ReportOutcome.Kept>(
                await Reports.KeepAsync(
                    CheckScenes.Mails.False,
                    await CheckScenes.JudgeAsync(CheckScenes.Mails.False, null, new LedgerFinding.NoMark()),
                    new("", ""),
                    null,
                    default
                )
            )
            .Number;
        Assert.Equal(HttpStatusCode.SeeOther, (await SignInAsync(Secret)).StatusCode);
        foreach (
            var path in new[]
            {
                "/desk",
                $"/desk/orders/{order.Order.Number}",
                "/desk/reports",
                $"/desk/reports/{report}",
                $"/desk/reports/{report}/original",
            }
        )
        {
            Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync(path)).StatusCode);
        }

        await browser.PostAsync($"/desk/reports/{report}/handled", null);
        Assert.Contains("監査の記録", await browser.GetStringAsync("/desk/audit?lang=ja"), StringComparison.Ordinal);
        Assert.Contains("hanako (key_1)", await browser.GetStringAsync("/desk/audit?lang=en"), StringComparison.Ordinal);
        await browser.PostAsync($"/desk/reports/{report}/deletion", null);
        await browser.PostAsync("/desk/sign-out", null);
        var entries = await EntriesAsync();
        Assert.Equal(allButWrong, entries.Reverse().Select(entry => entry.Kind));
        Assert.All(entries, entry => Assert.Equal("key_1", entry.Who));
        Assert.Equal(order.Order.Id.ToString(), entries.Single(entry => entry.Kind == "deskOrderRead").What);
        foreach (var stored in await store.ReadAllAsync(0, 1_000, default))
        {
            var payload = System.Text.Encoding.UTF8.GetString(stored.Payload.Span);
            Assert.DoesNotContain("hanako", payload, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(order.Order.Number, payload, StringComparison.Ordinal);
            Assert.DoesNotContain("127.0.0.1", payload, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Each_search_leaves_a_line_of_its_own_and_nothing_of_what_was_searched_for()
    {
        var order = await shop!.PlacedAsync();
        var session = await SignInForSessionAsync();
        var byName = await SearchAsync("山田 花子", session);
        var byMail = await SearchAsync("nobody-of-ours@example.jp", session);
        Assert.Equal($"/desk/orders/{order.Order.Number}?lang=ja", byName.Headers.Location?.ToString());
        Assert.Matches("^/desk/search/[0-9a-f]{32}[?]lang=ja$", byMail.Headers.Location?.ToString());
        Assert.Contains("見つかりませんでした", await GetAsync(byMail.Headers.Location!.ToString(), session), StringComparison.Ordinal);
        // What somebody searched for is shown to their own session alone.
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync(byMail.Headers.Location)).StatusCode);
        Assert.DoesNotContain(
            "nobody-of-ours",
            await GetAsync(byMail.Headers.Location!.ToString(), await SignInForSessionAsync()),
            StringComparison.Ordinal
        );

        Assert.Equal(2, (await EntriesAsync()).Count(entry => entry is { Kind: "deskOrdersSearched", Who: "key_1", What: null }));
        foreach (var stored in await store.ReadAllAsync(0, 1_000, default))
        {
            var payload = System.Text.Encoding.UTF8.GetString(stored.Payload.Span);
            Assert.DoesNotContain("山田", payload, StringComparison.Ordinal);
            Assert.DoesNotContain("nobody-of-ours", payload, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_desk_shows_notices_word_for_word_and_never_the_customers_link()
    {
        var order = await shop!.PlacedAsync();
        var page = WebUtility.HtmlDecode(await GetAsync($"/desk/orders/{order.Order.Number}?lang=ja", await SignInForSessionAsync()));

        Assert.Contains((await shop.Book.ReadNoticesAsync(order, default))[0].Subject, page, StringComparison.Ordinal);
        Assert.Contains("/o/••••", page, StringComparison.Ordinal);
        Assert.DoesNotContain(order.AccessKey!, page, StringComparison.Ordinal);
        Assert.Contains("Hanako@example.jp", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_trail_leads_to_orders_by_their_numbers_and_says_the_zone_once()
    {
        var order = await shop!.PlacedAsync();
        var session = await SignInForSessionAsync();
        await GetAsync($"/desk/orders/{order.Order.Number}", session);
        // The line is written beside the answer.
        var page = "";
        await Eventually.IsSoAsync("the trail leads to the order", async () =>
        {
            page = WebUtility.HtmlDecode(await GetAsync("/desk/audit?lang=ja", session));
            return page.Contains($"/desk/orders/{order.Order.Number}", StringComparison.Ordinal);
        });

        Assert.DoesNotContain(order.Order.Id.ToString(), page, StringComparison.Ordinal);
        Assert.Single(System.Text.RegularExpressions.Regex.Matches(page, "日本時間"));
    }

    private async Task<string> SignInForSessionAsync() =>
        (await SignInAsync(Secret)).Headers.GetValues("Set-Cookie").Single().Split(';')[0];

    private async Task<string> GetAsync(string path, string session)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Cookie", session);
        using var answer = await stranger.SendAsync(request);
        return await answer.Content.ReadAsStringAsync();
    }

    private async Task<HttpResponseMessage> SearchAsync(string typed, string session)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/desk/search")
        {
            Content = new FormUrlEncodedContent([new("q", typed)]),
        };
        request.Headers.Add("Cookie", session);
        return await stranger.SendAsync(request);
    }

    [Fact]
    public async Task Whoever_lets_it_be_tried_again_leaves_a_line_and_their_key_in_the_order()
    {
        var order = await shop!.PlacedAsync();
        for (var tried = 1; tried <= 10; tried++)
        {
            order = await shop.AnswerAsync(order, "N7");
            shop.Advance(TimeSpan.FromMinutes(10)); // the longest pause between two tries
            if (tried < 10)
                order = Shop.Done(await shop.SubmitAsync(order, new Domain.Orders.OrderCommand.Confirm($"again-{tried}")));
        }
        Assert.IsType<RequestResult.TriesLimited>(await shop.PlaceAsync("one-more"));
        var stopped = Assert.Single(await shop.Book.ListStoppedTriesAsync(10, default));
        await SignInAsync(Secret);
        Assert.Equal(HttpStatusCode.SeeOther, (await browser.PostAsync($"/desk/orders/{order.Order.Number}/tries", null)).StatusCode);
        Assert.Equal(HttpStatusCode.SeeOther, (await browser.PostAsync($"/desk/tries/{stopped.Name}", null)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.PostAsync($"/desk/tries/{stopped.Name}", null)).StatusCode);

        Assert.Equal("key_1", (await shop.FindAsync(order)).History.OfType<Domain.Orders.OrderEvent.TriesReleased>().Single().By);
        var lines = (await EntriesAsync()).Where(entry => entry.Kind == "deskTriesReleased").ToArray();
        Assert.Equal([("key_1", stopped.Name), ("key_1", order.Order.Id.ToString())], lines.Select(line => (line.Who, line.What)));
    }

    [Fact]
    public async Task Wrong_keys_at_the_desk_are_summed_up_and_say_nothing_of_the_key()
    {
        Assert.Equal(HttpStatusCode.Unauthorized, (await SignInAsync("sk_wrong")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SignInAsync("sk_wrong2")).StatusCode);
        var entry = Assert.Single(await EntriesAsync());
        Assert.Equal(("deskSignInFailed", 2, (string?)null, (string?)null), (entry.Kind, entry.Count, entry.Who, entry.What));
        Assert.NotNull(entry.From);
    }

    [Fact]
    public async Task Nobody_signs_in_and_nothing_is_downloaded_while_the_trail_cannot_be_written_and_reading_goes_on()
    {
        var report = Assert
            .IsType<ReportOutcome.Kept>(
                await Reports.KeepAsync(
                    CheckScenes.Mails.False,
                    await CheckScenes.JudgeAsync(CheckScenes.Mails.False, null, new LedgerFinding.NoMark()),
                    new("", ""),
                    null,
                    default
                )
            )
            .Number;
        store.IsFull = true;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await SignInAsync(Secret)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync("/desk")).StatusCode);
        store.IsFull = false;
        await SignInAsync(Secret);
        store.IsFull = true;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await browser.GetAsync($"/desk/reports/{report}/original")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync($"/desk/reports/{report}")).StatusCode);
        store.IsFull = false;
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync($"/desk/reports/{report}/original")).StatusCode);
    }

    [Fact]
    public async Task The_trail_is_for_those_who_are_signed_in()
    {
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync("/desk/audit")).StatusCode);
        await SignInAsync(Secret);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync("/desk/audit?after=nonsense")).StatusCode);
    }

    [Fact]
    public async Task Keys_made_and_revoked_beside_the_server_are_noted_once_with_their_own_times()
    {
        var apiKeys = new ApiKeys(pages!.Folder, TimeProvider.System);
        var made = Assert.IsType<Reading<(string Secret, ApiKey Key), string>.Read>(apiKeys.Create("till", [Scope.Orders])).Value.Key;
        var keyFolder = new KeyFolder(Path.Combine(pages!.Folder, "keys"));
        RsaKeys.Place(keyFolder, "r20260101", 0);
        using var dkim = DkimKeys.LoadOrCreate(keyFolder, "shop.example.jp", TimeProvider.System.GetUtcNow());
        NoticeMarkKeyFiles.LoadOrCreate(keyFolder, TimeProvider.System.GetUtcNow());
        var audit = new MerchantAudit(Trail);
        KeyWatch Watch() => new(apiKeys, dkim.Book, keyFolder, audit, TimeProvider.System, NullLogger.Instance);
        var first = Watch();
        first.Look();
        first.Look();
        apiKeys.Revoke(made.Id);
        first.Look();
        Watch().Look();
        var entries = await EntriesAsync();
        Assert.Equal(made.CreatedAt, entries.Single(entry => entry.Kind == "apiKeyMade").At);
        Assert.Equal(made.Id, entries.Single(entry => entry.Kind == "apiKeyRevoked").What);
        Assert.Equal(dkim.Book.Keys.Count, entries.Count(entry => entry.Kind == "mailKeyMade"));
        Assert.Single(entries, entry => entry.Kind == "markKeyMade");
    }

    [Fact]
    public async Task An_API_key_leaves_a_line_when_it_is_used_first_and_a_wrong_one_is_counted()
    {
        var apiKeys = new ApiKeys(pages!.Folder, TimeProvider.System);
        var (secret, key) = Assert.IsType<Reading<(string Secret, ApiKey Key), string>.Read>(apiKeys.Create("till", [Scope.Orders])).Value;
        var gate = new Gate(apiKeys, new RequestRate(100, 100, TimeProvider.System), new MerchantAudit(Trail), TimeProvider.System).For(
            Scope.Orders
        );
        foreach (var bearer in new[] { secret, secret, "sk_wrong" })
        {
            var http = new DefaultHttpContext();
            http.Request.Headers.Authorization = $"Bearer {bearer}";
            await gate(new DefaultEndpointFilterInvocationContext(http), _ => ValueTask.FromResult<object?>(null));
        }
        var entries = await EntriesAsync();
        Assert.Equal(key.Id, entries.Single(entry => entry.Kind == "apiKeyFirstUsed").What);
        Assert.Equal(1, entries.Single(entry => entry.Kind == "apiKeyWrong").Count);
        Assert.Equal(2, entries.Count);
    }

    [Fact]
    public void Every_kind_has_a_stored_name_of_its_own_and_words_in_both_languages()
    {
        var kinds = Enum.GetValues<AuditedAct>();
        Assert.Equal(kinds.Length, kinds.Select(AuditNames.Of).Distinct().Count());
        Assert.All(kinds, kind => Assert.NotEqual(AuditNames.Of(kind), AuditNames.WordsOf(AuditNames.Of(kind)).En));
        Assert.Equal("ofALaterVersion", AuditNames.WordsOf("ofALaterVersion").Ja);
    }
}
