using Microsoft.Playwright;
using Shonin.Journeys.Screens;

[assembly: AssemblyFixture(typeof(OneBrowser))]

namespace Shonin.Journeys.Screens;

/// <summary>
/// One browser for all journeys, started by the first that opens a window. Each window is a profile of its own: no cookie and nothing kept
/// of another's.
/// </summary>
public sealed class OneBrowser : IAsyncDisposable
{
    private readonly Lazy<Task<(IPlaywright Playwright, IBrowser Browser)>> started = new(StartAsync);

    public async Task<IPage> OpenAsync(BrowserNewPageOptions window)
    {
        var page = await (await started.Value).Browser.NewPageAsync(window);
        page.SetDefaultTimeout((float)Waits.Most.TotalMilliseconds);
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        if (!started.IsValueCreated)
            return;
        var (playwright, browser) = await started.Value;
        await browser.DisposeAsync();
        playwright.Dispose();
    }

    private static async Task<(IPlaywright, IBrowser)> StartAsync()
    {
        var playwright = await Playwright.CreateAsync();
        return (
            playwright,
            await playwright.Chromium.LaunchAsync(
                new()
                {
                    ExecutablePath = "/usr/bin/chromium-headless-shell",
                    Args = ["--no-sandbox"],
                    Timeout = (float)Waits.Most.TotalMilliseconds,
                }
            )
        );
    }
}
