using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Shonin.Domain.Orders;
using Shonin.Domain.Proofs;

namespace Shonin.Screens.Guards;

/// <summary>
/// Whether whoever holds the order's link also knows the card's last four digits. Guesses are few, the answer is the same for a wrong
/// guess and for none left, and a right one is remembered in a cookie for a while, for this order alone.
/// </summary>
internal sealed class CardProof(ScreenKeys keys, TimeProvider clock)
{
    /// <summary>The field's name in every form that asks for them.</summary>
    public const string FieldName = "lastFour";

    /// <summary>5 guesses at 10,000 numbers an hour: a thousand hours for an even chance, and the order's deadline is in six days.</summary>
    public const int GuessesPerHourMax = 5;

    /// <summary>How long a proof lasts.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    private const int OrderCountMax = 100_000;

    private readonly Allowance guesses = new(GuessesPerHourMax, TimeSpan.FromHours(1), OrderCountMax, clock);

    /// <summary>Whether the request brings the proof, from before or with this form. A proof that is new goes with the answer.</summary>
    public CardProofResult Check(HttpContext http, Order order, string? lastFour)
    {
        if (IsProved(http, order.Id))
            return CardProofResult.Proved;
        if (string.IsNullOrWhiteSpace(lastFour))
            return CardProofResult.NotGiven;
        // The guess is counted before it is looked at, and looked at even when none is left: both take the same time.
        var taken = guesses.Take(order.Id.Value);
        var right = CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Digits(lastFour)), Encoding.UTF8.GetBytes(order.Card.Last4));
        if (!right || taken is not AllowanceResult.Taken)
            return CardProofResult.NotProved;
        Remember(http, order.Id);
        return CardProofResult.Proved;
    }

    public bool IsProved(HttpContext http, OrderId order)
    {
        if (http.Request.Cookies[CookieName(order)] is not { } cookie || cookie.Split('.') is not [var until, var seal]
            || !long.TryParse(until, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            return false;
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(seal), Encoding.UTF8.GetBytes(Seal(order, seconds)))
            && clock.GetUtcNow().ToUnixTimeSeconds() < seconds;
    }

    private void Remember(HttpContext http, OrderId order)
    {
        var until = clock.GetUtcNow() + Lifetime;
        http.Response.Cookies.Append(CookieName(order), $"{until.ToUnixTimeSeconds()}.{Seal(order, until.ToUnixTimeSeconds())}", new CookieOptions
        {
            HttpOnly = true,
            Secure = http.Request.IsHttps,
            SameSite = SameSiteMode.Strict,
            Path = "/",
            MaxAge = Lifetime,
            IsEssential = true,
        });
    }

    private static string CookieName(OrderId order) => $"shonin-proof-{order}";

    private string Seal(OrderId order, long until) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(keys.Proofs, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{order}|{until}"))));

    /// <summary>Full-width digits, as a Japanese keyboard gives them, are the same digits.</summary>
    private static string Digits(string typed) => FoldedText.Normal(typed.Trim(), NormalizationForm.FormKC);
}

internal enum CardProofResult { Proved, NotGiven, NotProved }
