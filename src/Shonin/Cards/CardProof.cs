using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Shonin.Domain.Orders;
using Shonin.Domain.Proofs;
using Shonin.Web;

namespace Shonin.Cards;

/// <summary>
/// That whoever holds the order's link has shown that they know the card's last four digits, remembered in a cookie for a while, for
/// this order alone. Whether a guess is right, and how many there are, the order itself decides.
/// </summary>
internal sealed class CardProof(ScreenKeys keys, TimeProvider clock)
{
    /// <summary>The field's name in every form that asks for them.</summary>
    public const string FieldName = "lastFour";

    /// <summary>How long a proof lasts.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    public bool IsProved(HttpContext http, OrderId order)
    {
        if (
            http.Request.Cookies[CookieName(order)] is not { } cookie
            || cookie.Split('.') is not [var until, var seal]
            || !long.TryParse(until, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
        )
        {
            return false;
        }

        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(seal), Encoding.UTF8.GetBytes(Seal(order, seconds)))
            && clock.GetUtcNow().ToUnixTimeSeconds() < seconds;
    }

    /// <summary>The cookie goes with the answer.</summary>
    public void Remember(HttpContext http, OrderId order)
    {
        var until = clock.GetUtcNow() + Lifetime;
        http.Response.Cookies.Append(
            CookieName(order),
            $"{until.ToUnixTimeSeconds()}.{Seal(order, until.ToUnixTimeSeconds())}",
            CookieRules.Of(http).Options("/", SameSiteMode.Strict, Lifetime)
        );
    }

    private static string CookieName(OrderId order) => $"shonin-proof-{order}";

    private string Seal(OrderId order, long until) =>
        Convert.ToHexStringLower(
            HMACSHA256.HashData(keys.Proofs, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{order}|{until}")))
        );

    /// <summary>Full-width digits, as a Japanese keyboard gives them, are the same digits.</summary>
    public static string DigitsOf(string typed) => FoldedText.Normal(typed.Trim(), NormalizationForm.FormKC);
}
