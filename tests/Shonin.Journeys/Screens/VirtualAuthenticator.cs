using System.Text.Json;
using Microsoft.Playwright;

namespace Shonin.Journeys.Screens;

internal static class VirtualAuthenticator
{
    /// <summary>An authenticator as a phone or a laptop has one built in (Web Authentication Level 3, section 11.2).</summary>
    public static async Task AddAuthenticatorAsync(this IPage page)
    {
        var browser = await page.Context.NewCDPSessionAsync(page);
        await browser.SendAsync("WebAuthn.enable");
        await browser.SendAsync(
            "WebAuthn.addVirtualAuthenticator",
            new()
            {
                ["options"] = JsonSerializer.SerializeToElement(
                    new
                    {
                        protocol = "ctap2",
                        transport = "internal",
                        hasResidentKey = true,
                        hasUserVerification = true,
                        isUserVerified = true,
                        automaticPresenceSimulation = true,
                    }
                ),
            }
        );
    }
}
