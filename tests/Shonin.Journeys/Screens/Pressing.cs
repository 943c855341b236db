using Microsoft.Playwright;

namespace Shonin.Journeys.Screens;

/// <summary>Links and buttons that lead to another page.</summary>
internal static class Pressing
{
    /// <summary>
    /// Presses, and waits until the page that it leads to is there: a click alone returns while the request is under way. The page before
    /// bears a mark, so that a load event counts only when the document has changed; it is listened to from before the click, so that none
    /// is missed.
    /// </summary>
    /// <exception cref="TimeoutException">No other page was there in time; says which selector was pressed, and where.</exception>
    public static async Task PressAsync(this IPage page, string selector)
    {
        using var loads = new SemaphoreSlim(0);
        void OnLoad(object? sender, IPage loaded) => loads.Release();
        var from = page.Url;
        await page.EvaluateAsync("() => { window.isPressed = true; }");
        page.Load += OnLoad;
        try
        {
            await page.ClickAsync(selector);
            do
            {
                if (!await loads.WaitAsync(Waits.Most))
                {
                    throw new TimeoutException(
                        $"{selector} was pressed on {from}, and {Waits.Most.TotalSeconds} s later no other page had loaded; the browser shows {page.Url}."
                    );
                }
            } while (!await page.EvaluateAsync<bool>("() => !window.isPressed && document.readyState === 'complete'"));
        }
        finally
        {
            page.Load -= OnLoad;
        }
    }
}
