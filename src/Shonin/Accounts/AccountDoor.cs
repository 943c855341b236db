using System.Security.Cryptography;
using Shonin.Domain.Accounts;
using Shonin.Merchant.Accounts;
using Shonin.Web;

namespace Shonin.Accounts;

/// <summary>Whoever is signed in with this browser, and by which session.</summary>
internal sealed record SignedIn(OpenAccount Account, AccountSession Session);

/// <summary>
/// Sessions of this browser. The cookie holds a random secret and nothing else; the account's stream holds its hash, so that a session ends
/// at once wherever it is ended, and stays open when the server restarts. Each signing in has a new secret: none that was there before
/// (fixation) ever opens an account.
/// </summary>
internal sealed class AccountDoor(AccountBook book, KnownDevices devices, TimeProvider clock)
{
    /// <summary>Browsers take the longer name from an encrypted page of this very host alone (RFC 6265bis, __Host-).</summary>
    private const string SecureCookieName = "__Host-shonin-account";
    private const string PlainCookieName = "shonin-account";
    private const int SecretSizeBytes = 32;
    private const int SecretLength = 2 * SecretSizeBytes;

    public KnownDevices Devices => devices;

    public DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>Whether it is so soon after signing in that who may enter can be changed.</summary>
    public bool IsFresh(SignedIn who) => who.Session.IsFreshAt(clock.GetUtcNow());

    /// <summary>Who is signed in with this browser, or null.</summary>
    public async ValueTask<SignedIn?> WhoIsAsync(HttpContext http) =>
        http.Request.Cookies[CookieName(http)] is { Length: SecretLength } secret
        && await book.FindBySessionAsync(secret, http.RequestAborted) is ({ Account.Role: AccountRole.Customer } account, var session)
            ? new(account, session)
            : null;

    /// <summary>
    /// Opens a session; the one that this browser had ends. Whether it did: the account may be gone since, or be no customer's, which does not
    /// enter here.
    /// </summary>
    public async ValueTask<bool> OpenAsync(HttpContext http, AccountId account)
    {
        if (await book.FindAsync(account, http.RequestAborted) is not { Account.Role: AccountRole.Customer })
            return false;
        var former = await WhoIsAsync(http);
        var secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretSizeBytes));
        var device = Device.Of(http.Request.Headers.UserAgent.ToString());
        if (await book.OpenSessionAsync(account, secret, device, http.RequestAborted) is not AccountResult.Done)
            return false;
        if (former is not null)
            await book.EndSessionAsync(former.Account.Id, former.Session.Session, http.RequestAborted);
        http.Response.Cookies.Append(CookieName(http), secret, Rules(http, "/", SessionTerms.Customers.AgeMax));
        devices.Remember(http, account);
        return true;
    }

    public async ValueTask CloseAsync(HttpContext http)
    {
        if (await WhoIsAsync(http) is { } who)
            await book.EndSessionAsync(who.Account.Id, who.Session.Session, http.RequestAborted);
        http.Response.Cookies.Delete(CookieName(http), Rules(http, "/", null));
    }

    private static string CookieName(HttpContext http) => CookieRules.Of(http).AreSecure ? SecureCookieName : PlainCookieName;

    private static CookieOptions Rules(HttpContext http, string path, TimeSpan? lifetime) =>
        CookieRules.Of(http).Options(path, SameSiteMode.Lax, lifetime);
}
