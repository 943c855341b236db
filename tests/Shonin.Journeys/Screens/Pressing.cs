using Microsoft.Playwright;

namespace Shonin.Journeys.Screens;

/// <summary>Links and buttons that lead to another page.</summary>
internal static class Pressing
{
    /// <summary>Presses, and waits until the page that it leads to is there: a click alone returns while the request is under way.</summary>
    public static async Task PressAsync(this IPage page, string selector)
    {
        await page.RunAndWaitForResponseAsync(() => page.ClickAsync(selector), response => response.Request.IsNavigationRequest && response.Status is < 300 or >= 400);
        await page.WaitForLoadStateAsync();
    }
}
