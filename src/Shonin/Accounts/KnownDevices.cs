using System.Security.Cryptography;
using System.Text;
using Shonin.Merchant.Accounts;
using Shonin.Web;

namespace Shonin.Accounts;

/// <summary>
/// Browsers that somebody signed in with before: wrong passwords typed in other browsers do not slow them down. What a cookie says is sealed
/// for one account, and opens nothing.
/// </summary>
internal sealed class KnownDevices(ScreenKeys keys, string path)
{
    private const string CookieName = "shonin-device";
    private const int NonceSizeBytes = 16;

    private static readonly TimeSpan lifetime = TimeSpan.FromDays(365);

    /// <summary>Names this browser, where somebody signed in to this account with it before, or null.</summary>
    public string? Find(HttpContext http, AccountId account) =>
        http.Request.Cookies[CookieName]?.Split('.') is [var nonce, var seal]
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(seal), Encoding.UTF8.GetBytes(SealOf(account, nonce)))
            ? nonce
            : null;

    public void Remember(HttpContext http, AccountId account)
    {
        var nonce = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(NonceSizeBytes));
        var rules = CookieRules.Of(http).Options(path, SameSiteMode.Lax, lifetime);
        http.Response.Cookies.Append(CookieName, $"{nonce}.{SealOf(account, nonce)}", rules);
    }

    private string SealOf(AccountId account, string nonce) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(keys.Devices, Encoding.UTF8.GetBytes($"{account}|{nonce}")));
}
