using System.Collections.Concurrent;
using System.Collections.Immutable;
using Shonin.Domain.Accounts;
using Shonin.Operations;
using Shonin.Staff;
using Shonin.Web;

namespace Shonin.Desk;

/// <summary>Somebody at the desk: a colleague's account, or an API key.</summary>
public sealed record StaffMember(string Id, string Name, AccountRole Role);

/// <summary>Somebody at the desk, in one browser.</summary>
/// <param name="Secret">What the browser's cookie holds.</param>
/// <param name="IsFresh">Whether it is so soon after signing in that who may enter can be changed.</param>
internal sealed record DeskSession(string Secret, StaffMember Member, bool IsFresh);

/// <summary>
/// Who is at the desk. A browser's cookie holds a random secret and nothing else; whose it is, is asked anew at each request, so that
/// whoever was signed out, or has another role now, is so at once.
/// </summary>
/// <param name="ways">Which ways in there are.</param>
internal sealed class DeskDoor(KeySessions keys, StaffSessions staff, StaffWays ways, MerchantAudit audit, TimeProvider clock)
{
    public const string Path = "/desk";
    private const string CookieName = "shonin-desk";

    /// <summary>Who asked for nothing for so long is not at the desk: their pages ask by themselves as long as they are open.</summary>
    private static readonly TimeSpan presentFor = TimeSpan.FromMinutes(15);

    private readonly ConcurrentDictionary<string, (StaffMember Member, DateTimeOffset SeenAt)> present = new();

    public void Map(IEndpointRouteBuilder routes) => routes.MapPost("/desk/sign-out", (Delegate)SignOutAsync);

    /// <summary>Whose session this browser has, or null. Each asking counts as being here.</summary>
    public async ValueTask<DeskSession?> FindAsync(HttpContext http)
    {
        if (http.Request.Cookies[CookieName] is not { Length: > 0 } secret)
            return null;
        var found = keys.Find(secret) ?? await staff.FindAsync(secret, http.RequestAborted);
        if (found is { Member: var member })
            present[member.Id] = (member, clock.GetUtcNow());
        return found;
    }

    /// <summary>
    /// Whether a page that this browser opened may go on hearing: whoever opened it is signed in still. It is nobody's use of the session.
    /// Null where the browser has none.
    /// </summary>
    public Func<CancellationToken, ValueTask<bool>>? MayGoOnHearing(HttpContext http, string member) =>
        http.Request.Cookies[CookieName] is { Length: > 0 } secret
            ? async cancellation => (keys.Find(secret)?.Member.Id ?? await staff.LookAsync(secret, cancellation)) == member
            : null;

    /// <summary>
    /// Looks once a request for whoever it is from, for the pages to ask for; the session's secret, by which limits count at the desk, or
    /// null. Browsers send the cookie there alone.
    /// </summary>
    public async ValueTask<string?> EnterAsync(HttpContext http)
    {
        if (!http.Request.Path.StartsWithSegments(Path) || await FindAsync(http) is not { } session)
            return null;
        http.Features.Set(session);
        return session.Secret;
    }

    /// <summary>Who is signed in with this browser and may use the page that was asked for, or null.</summary>
    public StaffMember? WhoIs(HttpContext http) => SessionOf(http)?.Member;

    public DeskSession? SessionOf(HttpContext http) =>
        http.Features.Get<DeskSession>() is { } session && session.Member.Role.MayUse(DeskRights.NeededBy(http.GetEndpoint()))
            ? session
            : null;

    /// <summary>Whether this request's own session may do something that its page does not need.</summary>
    public bool May(HttpContext http, DeskRight right) => WhoIs(http)?.Role.MayUse(right) == true;

    /// <summary>Turns away whoever is signed in and has no right to the page.</summary>
    public ValueTask<object?> HoldAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        return http.Features.Get<DeskSession>() is not null && SessionOf(http) is null
            ? ValueTask.FromResult<object?>(PageFaults.NotYours(http))
            : next(context);
    }

    /// <summary>
    /// Lets in whoever is signed in, from a page of ours: a page of another site has the cookie only where a browser errs, and never our
    /// origin (RFC 6455 section 10.2).
    /// </summary>
    public RequestDelegate Guarding(RequestDelegate inner) =>
        async http =>
        {
            if (IsFromHere(http.Request) && await FindAsync(http) is { Member.Role: var role } && role.MayUse(DeskRight.Serve))
                await inner(http);
            else
                http.Response.StatusCode = StatusCodes.Status401Unauthorized;
        };

    /// <summary>Browsers say it themselves (W3C Fetch Metadata); of an older one its origin is held against the host that it asked.</summary>
    private static bool IsFromHere(HttpRequest request) =>
        request.Headers["Sec-Fetch-Site"].ToString() is { Length: > 0 } site
            ? site is "same-origin" or "none"
            : request.Headers.Origin.ToString() is not { Length: > 0 } origin
                || (Uri.TryCreate(origin, UriKind.Absolute, out var from) && from.Authority == request.Host.Value);

    /// <summary>Everybody who is at the desk now, each once.</summary>
    public IReadOnlyList<StaffMember> Present()
    {
        var since = clock.GetUtcNow() - presentFor;
        return
        [
            .. present
                .Values.Where(one => one.SeenAt > since)
                .Select(one => one.Member)
                .OrderBy(member => member.Name, StringComparer.Ordinal),
        ];
    }

    /// <summary>One of those who are at the desk now, or null.</summary>
    public StaffMember? Find(string id) => Present().FirstOrDefault(member => member.Id == id);

    /// <summary>Somebody was let go or signed out everywhere: nobody hands anything over to them any more.</summary>
    public void Forget(string id) => present.TryRemove(id, out _);

    /// <summary>Lets somebody in with this browser, once the trail has it. The session that the browser had ends.</summary>
    /// <returns>The desk, or why not.</returns>
    public async ValueTask<IResult> LetInAsync(HttpContext http, StaffMember member, Func<ValueTask<string?>> open)
    {
        var former = http.Request.Cookies[CookieName];
        if (!await audit.SignedInAsync(member.Id, Client.Of(http).Address))
            return PageFaults.Unavailable(http, TimeSpan.FromMinutes(1));
        if (await open() is not { } secret)
            return PageFaults.Unavailable(http, TimeSpan.FromMinutes(1));
        await CloseAsync(former, http.RequestAborted);
        http.Response.Cookies.Append(
            CookieName,
            secret,
            CookieRules.Of(http).Options(Path, SameSiteMode.Strict, SessionTerms.Staff.AgeMax)
        );
        return See.Other(PageFaults.ContextOf(http, Path).To(Path));
    }

    /// <summary>An invitation was used: whoever has the account signs in by other means from now on.</summary>
    public void SetUp(string account) => audit.Did(AuditedAct.StaffSetUp, account, account);

    public void SignInFailed(HttpContext http) => audit.SignInFailed(Client.Of(http).Address);

    private async Task<IResult> SignOutAsync(HttpContext http)
    {
        if (http.Features.Get<DeskSession>() is { Member: var member })
        {
            audit.SignedOut(member.Id);
            Forget(member.Id);
        }
        await CloseAsync(http.Request.Cookies[CookieName], http.RequestAborted);
        http.Response.Cookies.Delete(CookieName, new CookieOptions { Path = Path });
        return See.Other(Path);
    }

    private async ValueTask CloseAsync(string? secret, CancellationToken cancellation)
    {
        if (secret is not { Length: > 0 })
            return;
        keys.Close(secret);
        await staff.CloseAsync(secret, cancellation);
    }

    /// <summary>What whoever is not signed in sees instead.</summary>
    public IResult Closed(HttpContext http) => SignInPage(http, "", [], StatusCodes.Status401Unauthorized);

    public IResult SignInPage(HttpContext http, string typed, ImmutableArray<PageTrouble> troubles, int statusCode) =>
        new SignInResult(this, PageFaults.ContextOf(http, Path), typed, troubles, statusCode);

    /// <summary>Before there are colleagues with accounts, nothing is offered that nobody can use.</summary>
    private async ValueTask<StaffWays> WaysNowAsync(CancellationToken cancellation) =>
        ways.HasFlag(StaffWays.ApiKey) && !await staff.AreAnyAsync(cancellation) ? StaffWays.ApiKey : ways;

    private sealed record SignInResult(
        DeskDoor Door,
        PageContext Context,
        string Typed,
        ImmutableArray<PageTrouble> Troubles,
        int StatusCode
    ) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            var ways = await Door.WaysNowAsync(httpContext.RequestAborted);
            var page = new PageResult<StaffSignInPage, StaffSignInModel>(new(Context, Typed, ways, Troubles), StatusCode);
            await page.ExecuteAsync(httpContext);
        }
    }
}
