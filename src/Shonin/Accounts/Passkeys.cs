using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Shonin.Web;

namespace Shonin.Accounts;

/// <summary>
/// Passkeys by ASP.NET Core Identity's own handler (W3C Web Authentication Level 3). What is asked of the browser waits in a sealed cookie of
/// this browser until the answer comes, is good for one answer, and for minutes only.
/// </summary>
/// <param name="path">Where the pages stand that use it: the cookie is sent there alone.</param>
internal sealed class Passkeys(AccountManager accounts, ScreenKeys keys, PasskeySite site, string path, TimeProvider clock)
{
    private const string CookieName = "shonin-passkey";

    private static readonly TimeSpan lifetime = TimeSpan.FromMinutes(5);

    private readonly PasskeyHandler<AccountUser> handler = new(
        accounts,
        Options.Create(
            new IdentityPasskeyOptions
            {
                AuthenticatorTimeout = lifetime,
                ServerDomain = site.Domain,
                // A passkey is the whole of signing in: the device asks its owner (PIN, finger, face), and names the account by itself.
                UserVerificationRequirement = "required",
                ResidentKeyRequirement = "required",
                AttestationConveyancePreference = "none",
                ValidateOrigin = answer => ValueTask.FromResult(!answer.CrossOrigin && site.IsOurs(answer.Origin)),
            }
        )
    );

    private sealed record Asked(string State, DateTimeOffset Until);

    /// <summary>What a browser is asked for a new passkey of this account; its JSON.</summary>
    public async Task<string> AskForNewAsync(HttpContext http, AccountUser user)
    {
        var name = user.Addresses.FirstOrDefault()?.Address ?? user.DisplayName;
        var options = await handler.MakeCreationOptionsAsync(
            new()
            {
                Id = user.Id.Value,
                Name = name,
                DisplayName = name,
            },
            http
        );
        Keep(http, "new", options.AttestationState);
        if (user.Passkeys.Count > 0)
            return options.CreationOptionsJson;
        // Identity looks up those that the account has; where the new one takes their place, a device that has one may make it.
        var asked = JsonNode.Parse(options.CreationOptionsJson)!;
        asked["excludeCredentials"] = new JsonArray();
        return asked.ToJsonString();
    }

    /// <summary>The passkey that the browser made for this account, or null where the answer is not to what was asked.</summary>
    public async Task<UserPasskeyInfo?> ReadNewAsync(HttpContext http, AccountUser user, string credential)
    {
        if (TakeBack(http, "new") is not { } state)
            return null;
        var result = await handler.PerformAttestationAsync(
            new()
            {
                HttpContext = http,
                CredentialJson = credential,
                AttestationState = state,
            }
        );
        return result.Succeeded && result.UserEntity.Id == user.Id.Value ? result.Passkey : null;
    }

    /// <summary>What a browser is asked for signing in, whoever it is; its JSON.</summary>
    public async Task<string> AskForOneAsync(HttpContext http)
    {
        var options = await handler.MakeRequestOptionsAsync(null, http);
        Keep(http, "sign-in", options.AssertionState);
        return options.RequestOptionsJson;
    }

    /// <summary>Whose passkey answered, its use noted; null where nobody's did.</summary>
    public async Task<AccountUser?> ReadOneAsync(HttpContext http, string credential)
    {
        if (TakeBack(http, "sign-in") is not { } state)
            return null;
        var result = await handler.PerformAssertionAsync(
            new()
            {
                HttpContext = http,
                CredentialJson = credential,
                AssertionState = state,
            }
        );
        if (!result.Succeeded)
            return null;
        var noted = await accounts.AddOrUpdatePasskeyAsync(result.User, result.Passkey);
        return noted.Succeeded ? result.User : null;
    }

    private void Keep(HttpContext http, string what, string? state) =>
        http.Response.Cookies.Append(CookieName, TicketsOf(what).Seal(new(state ?? "", clock.GetUtcNow() + lifetime)), Rules(http));

    private string? TakeBack(HttpContext http, string what)
    {
        http.Response.Cookies.Delete(CookieName, Rules(http));
        return TicketsOf(what).Open(http.Request.Cookies[CookieName]) is { } asked && asked.Until > clock.GetUtcNow() ? asked.State : null;
    }

    private CookieOptions Rules(HttpContext http) => CookieRules.Of(http).Options(path, SameSiteMode.Strict, lifetime);

    private SealedTicket<Asked> TicketsOf(string what) => new(keys, $"passkey {path} {what}");
}

/// <summary>Where passkeys belong to.</summary>
/// <param name="Domain">The relying party's id, to which passkeys are bound for ever.</param>
/// <param name="IsOurs">Whether a browser may answer from this origin.</param>
internal sealed record PasskeySite(string Domain, Func<string, bool> IsOurs)
{
    /// <summary>
    /// Null where the public address cannot have passkeys: browsers give them to a name alone, and over https or to this machine (Web
    /// Authentication Level 3, section 5.1.3).
    /// </summary>
    public static PasskeySite? Of(string publicUrl)
    {
        var url = new Uri(publicUrl);
        var mayHave = !IPAddress.TryParse(url.Host, out _) && (url.Scheme == Uri.UriSchemeHttps || url.Host == "localhost");
        var origin = url.GetLeftPart(UriPartial.Authority);
        return mayHave ? new(url.IdnHost, said => string.Equals(said, origin, StringComparison.OrdinalIgnoreCase)) : null;
    }
}
