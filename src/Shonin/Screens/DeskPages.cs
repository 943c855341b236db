using System.Security.Cryptography;
using Shonin.Domain.Notices;
using Shonin.Merchant.Views;
using Shonin.Screens.Guards;
using Shonin.Screens.Pages;

namespace Shonin.Screens;

/// <summary>What the merchant's staff see: the orders that need a person, and one order with everything about it. Nobody is let in without an admin key.</summary>
internal sealed class DeskPages(ScreenParts parts)
{
    private const string CookieName = "shonin-desk";
    private const int OrdersShownMax = 100;
    private const int AddressCountMax = 100_000;
    private const int NumberLengthMax = 64;

    private readonly DeskSessions sessions = new(parts.Staff, parts.Clock);
    private readonly Allowance signIns = new(parts.Limits.SignInsPerAddressPerMinute, TimeSpan.FromMinutes(1), AddressCountMax, parts.Clock);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/desk", (Delegate)ListAsync);
        routes.MapPost("/desk/sign-in", (Delegate)SignInAsync);
        routes.MapPost("/desk/sign-out", SignOut);
        routes.MapGet("/desk/orders/{number}", ShowAsync);
    }

    private async Task<IResult> ListAsync(HttpContext http)
    {
        if (SignedIn(http) is not { } staff)
            return SignInPage(http, StatusCodes.Status401Unauthorized, []);
        string? notFound = null;
        if (http.Request.Query["number"].ToString().Trim().ToUpperInvariant() is { Length: > 0 and <= NumberLengthMax } number)
        {
            if (await parts.Orders.FindByNumberAsync(number, http.RequestAborted) is not null)
                return See.Other(PageFaults.ContextOf(http, "/desk").To($"/desk/orders/{Uri.EscapeDataString(number)}"));
            notFound = number;
        }
        var waiting = await parts.Orders.ListNeedingAttentionAsync(OrdersShownMax, http.RequestAborted);
        return new PageResult<DeskPage, DeskModel>(
            new(PageFaults.ContextOf(http, "/desk"), staff, [.. waiting.Select(record => record.Order)], notFound), StatusCodes.Status200OK);
    }

    private async Task<IResult> ShowAsync(HttpContext http, string number)
    {
        if (SignedIn(http) is not { } staff)
            return SignInPage(http, StatusCodes.Status401Unauthorized, []);
        if (await parts.Orders.FindByNumberAsync(number, http.RequestAborted) is not { } record)
            return PageFaults.NotFound(http);
        var context = PageFaults.ContextOf(http, $"/desk/orders/{Uri.EscapeDataString(record.Order.Number)}");
        var timeline = Timeline.Of(record, await parts.Evidence(record, http.RequestAborted), context.Locale, Audience.Agent);
        return new PageResult<DeskOrderPage, DeskOrderModel>(new(context, staff, record, timeline), StatusCodes.Status200OK);
    }

    private async Task<IResult> SignInAsync(HttpContext http)
    {
        if (signIns.Take(PageGate.AddressOf(http)) is AllowanceResult.UsedUp wait)
            return PageFaults.TooMany(http, wait.RetryAfter);
        if (await OrderAccess.ReadBodyAsync(http) is not { } body)
            return PageFaults.TooLarge(http);
        if (sessions.Open(OrderAccess.Fields(body).GetValueOrDefault("key", "")) is not { } session)
            return SignInPage(http, StatusCodes.Status401Unauthorized, [new(
                new("この鍵では入れません。admin の権限がある API キーを入れてください。", "This key doesn't open the desk. Use an API key with the admin scope."), "key")]);
        http.Response.Cookies.Append(CookieName, session, new CookieOptions
        {
            HttpOnly = true,
            Secure = http.Request.IsHttps,
            SameSite = SameSiteMode.Strict,
            Path = "/desk",
            MaxAge = DeskSessions.Lifetime,
            IsEssential = true,
        });
        return See.Other(PageFaults.ContextOf(http, "/desk").To("/desk"));
    }

    private IResult SignOut(HttpContext http)
    {
        sessions.Close(http.Request.Cookies[CookieName] ?? "");
        http.Response.Cookies.Delete(CookieName, new CookieOptions { Path = "/desk" });
        return See.Other("/desk");
    }

    private string? SignedIn(HttpContext http) => http.Request.Cookies[CookieName] is { } session ? sessions.Find(session) : null;

    private static PageResult<SignInPage, SignInModel> SignInPage(HttpContext http, int statusCode, System.Collections.Immutable.ImmutableArray<PageTrouble> troubles) =>
        new(new(PageFaults.ContextOf(http, "/desk"), troubles), statusCode);
}

/// <summary>Who is signed in at the desk. Kept in memory alone, and asked of the keys again each time: a revoked key is out at once.</summary>
internal sealed class DeskSessions(StaffLookup staff, TimeProvider clock)
{
    /// <summary>A working day.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(9);

    private const int SessionCountMax = 1_000;
    private const int SessionSizeBytes = 32;

    private readonly Lock gate = new();
    private readonly Dictionary<string, Session> open = [];

    private sealed record Session(string Key, DateTimeOffset EndsAt);

    /// <summary>A new session for this key, or null where it is no admin's, or too many are open.</summary>
    public string? Open(string key)
    {
        if (staff(key) is null)
            return null;
        var now = clock.GetUtcNow();
        lock (gate)
        {
            foreach (var (id, session) in open)
                if (session.EndsAt <= now)
                    open.Remove(id);
            if (open.Count >= SessionCountMax)
                return null;
            var fresh = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SessionSizeBytes));
            open[fresh] = new(key, now + Lifetime);
            return fresh;
        }
    }

    /// <summary>The name of whoever this session belongs to, or null.</summary>
    public string? Find(string id)
    {
        Session? session;
        lock (gate)
            open.TryGetValue(id, out session);
        return session is not null && session.EndsAt > clock.GetUtcNow() ? staff(session.Key) : null;
    }

    public void Close(string id)
    {
        lock (gate)
            open.Remove(id);
    }
}
