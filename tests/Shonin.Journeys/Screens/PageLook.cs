using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Shonin.Journeys.Screens;

/// <summary>What a page is held to, whoever shows it.</summary>
internal static class PageLook
{
    /// <summary>What held is not asked for: written down with every element it held for, it is longer than the page.</summary>
    private static readonly HashSet<ResultType> broken = [ResultType.Violations];

    /// <summary>What keeps people from using it, one line a rule; empty where nothing does.</summary>
    public static Task<string> FindBarriersAsync(this IPage page) => FindAsync(page, new() { ResultTypes = broken });

    /// <summary>Turns the lights off, and asks for what differs then: the colours.</summary>
    public static async Task<string> FindFaintInTheDarkAsync(this IPage page)
    {
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        return await FindAsync(
            page,
            new()
            {
                ResultTypes = broken,
                RunOnly = new() { Type = "rule", Values = ["color-contrast"] },
            }
        );
    }

    /// <summary>What runs off the side of a window of that width, one line an element; empty where nothing does.</summary>
    /// <param name="scrollable">What may, as a selector: it scrolls by itself, or is not seen.</param>
    public static async Task<string> FindTooWideAsync(this IPage page, int width, string scrollable)
    {
        await page.SetViewportSizeAsync(width, 844);
        return await page.EvaluateAsync<string>(
            """
            scrollable => { const room = document.documentElement.clientWidth;
                            return [...document.querySelectorAll("main *, header *, footer *")].filter(e => e.getBoundingClientRect().right > room + 1 && !e.closest(scrollable))
                                .map(e => e.outerHTML.slice(0, 120)).join("\n"); }
            """,
            scrollable
        );
    }

    private static async Task<string> FindAsync(IPage page, AxeRunOptions options) =>
        string.Join('\n', (await page.RunAxe(options)).Violations.Select(violation => $"{violation.Id} {violation.Nodes[0].Html}"));
}
