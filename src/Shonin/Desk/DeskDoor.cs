using System.Collections.Immutable;
using System.Security.Cryptography;
using Shonin.Operations;
using Shonin.Orders;
using Shonin.Web;

namespace Shonin.Desk;

/// <summary>Somebody at the desk: the id of the API key that let them in, and its name.</summary>
public sealed record StaffMember(string Id, string Name);

/// <summary>Whose admin API key this secret is, or null: then nobody is let in.</summary>
public delegate StaffMember? StaffLookup(string secret);

/// <summary>Staff, as the API keys know them.</summary>
internal static class DeskStaff
{
    public static StaffLookup AmongKeys(ApiKeys keys) =>
        secret => keys.Find(secret) is { } key && key.MayDo(Scope.Admin) ? new(key.Id, key.Name) : null;

    /// <summary>The names of the keys by their ids, for whoever reads the trail.</summary>
    public static IReadOnlyDictionary<string, string> NamesAmong(ApiKeys keys) => keys.List().ToDictionary(key => key.Id, key => key.Name);
}

/// <summary>The one way in to the desk: an admin key, and then a session of this browser.</summary>
internal sealed class DeskDoor(StaffLookup staff, MerchantAudit audit, ScreenLimits limits, TimeProvider clock)
{
    private const string CookieName = "shonin-desk";
    private const int AddressCountMax = 100_000;

    private readonly DeskSessions sessions = new(staff, clock);
    private readonly Allowance signIns = new(limits.SignInsPerAddressPerMinute, TimeSpan.FromMinutes(1), AddressCountMax, clock);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/desk/sign-in", (Delegate)SignInAsync);
        routes.MapPost("/desk/sign-out", SignOut);
    }

    private async Task<IResult> SignInAsync(HttpContext http)
    {
        if (signIns.Take(PageGate.AddressOf(http)) is AllowanceResult.UsedUp wait)
            return PageFaults.TooMany(http, wait.RetryAfter);
        if (await OrderAccess.ReadBodyAsync(http) is not { } body)
            return PageFaults.TooLarge(http);
        var key = OrderAccess.Fields(body).GetValueOrDefault("key", "");
        if (staff(key) is not { } member || sessions.Open(key) is not { } session)
        {
            audit.SignInFailed(Client.Of(http).Address);
            return SignInPage(
                http,
                StatusCodes.Status401Unauthorized,
                [
                    new(
                        new(
                            "この鍵では入れません。admin の権限がある API キーを入れてください。",
                            "This key doesn't open the desk. Use an API key with the admin scope."
                        ),
                        "key"
                    ),
                ]
            );
        }
        if (!await audit.SignedInAsync(member.Id, Client.Of(http).Address))
        {
            sessions.Close(session);
            return PageFaults.Unavailable(http, TimeSpan.FromMinutes(1));
        }
        http.Response.Cookies.Append(
            CookieName,
            session,
            CookieRules.Of(http).Options("/desk", SameSiteMode.Strict, DeskSessions.Lifetime)
        );
        return See.Other(PageFaults.ContextOf(http, "/desk").To("/desk"));
    }

    private IResult SignOut(HttpContext http)
    {
        if (WhoIs(http) is { } member)
            audit.SignedOut(member.Id);
        sessions.Close(http.Request.Cookies[CookieName] ?? "");
        http.Response.Cookies.Delete(CookieName, new CookieOptions { Path = "/desk" });
        return See.Other("/desk");
    }

    /// <summary>Whose key this browser signed in with, or null.</summary>
    public StaffMember? WhoIs(HttpContext http) => http.Request.Cookies[CookieName] is { } session ? sessions.Find(session) : null;

    /// <summary>
    /// The session that is open in this browser, or null: what limits count by at the desk. Browsers send its cookie there alone.
    /// </summary>
    public string? SessionOf(HttpContext http) => WhoIs(http) is null ? null : http.Request.Cookies[CookieName];

    /// <summary>
    /// Lets in whoever is signed in, from a page of ours: a page of another site has the cookie only where a browser errs, and never our
    /// origin (RFC 6455 section 10.2).
    /// </summary>
    public RequestDelegate Guarding(RequestDelegate inner) =>
        http =>
        {
            if (WhoIs(http) is not null && IsFromHere(http.Request))
                return inner(http);
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return Task.CompletedTask;
        };

    /// <summary>Browsers say it themselves (W3C Fetch Metadata); of an older one its origin is held against the host that it asked.</summary>
    private static bool IsFromHere(HttpRequest request) =>
        request.Headers["Sec-Fetch-Site"].ToString() is { Length: > 0 } site
            ? site is "same-origin" or "none"
            : request.Headers.Origin.ToString() is not { Length: > 0 } origin
                || (Uri.TryCreate(origin, UriKind.Absolute, out var from) && from.Authority == request.Host.Value);

    /// <summary>Everybody who is signed in now, each once.</summary>
    public IReadOnlyList<StaffMember> Staff() => sessions.Members();

    /// <summary>One of those who are signed in now, or null.</summary>
    public StaffMember? Find(string id) => Staff().FirstOrDefault(member => member.Id == id);

    /// <summary>What whoever is not signed in sees instead.</summary>
    public static IResult Closed(HttpContext http) => SignInPage(http, StatusCodes.Status401Unauthorized, []);

    private static PageResult<SignInPage, SignInModel> SignInPage(HttpContext http, int statusCode, ImmutableArray<PageTrouble> troubles) =>
        new(new(PageFaults.ContextOf(http, "/desk"), troubles), statusCode);
}

/// <summary>
/// Who is signed in at the desk. Kept in memory alone, and asked of the keys again each time: a revoked key is out at once.
/// </summary>
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
            {
                if (session.EndsAt <= now)
                    open.Remove(id);
            }

            if (open.Count >= SessionCountMax)
                return null;
            var fresh = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SessionSizeBytes));
            open[fresh] = new(key, now + Lifetime);
            return fresh;
        }
    }

    /// <summary>Whoever this session belongs to, or null.</summary>
    public StaffMember? Find(string id)
    {
        Session? session;
        lock (gate)
            open.TryGetValue(id, out session);
        return session is not null && session.EndsAt > clock.GetUtcNow() ? staff(session.Key) : null;
    }

    public IReadOnlyList<StaffMember> Members()
    {
        Session[] sessions;
        var now = clock.GetUtcNow();
        lock (gate)
            sessions = [.. open.Values.Where(session => session.EndsAt > now)];
        return
        [
            .. sessions
                .Select(session => staff(session.Key))
                .OfType<StaffMember>()
                .Distinct()
                .OrderBy(member => member.Name, StringComparer.Ordinal),
        ];
    }

    public void Close(string id)
    {
        lock (gate)
            open.Remove(id);
    }
}
