using Microsoft.Playwright;

namespace Shonin.Journeys.Screens;

internal static class Looking
{
    /// <summary>
    /// What must hold of every screen: no barrier, no cut word in a narrow window, nothing faint in the dark. With <c>SHONIN_PICTURES</c> it is
    /// photographed into that folder.
    /// </summary>
    public static async Task LookAsync(this IPage page, string what, string language)
    {
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
        await page.SetViewportSizeAsync(360, 844);
        AssertNone(await page.FindBarriersAsync(), what);
        foreach (var width in language == "en" ? [320, 180] : new[] { 320 })
            AssertNone(await page.FindTooWideAsync(width, ".skip, .unseen"), $"{what} is too wide at {width} px");
        await page.SetViewportSizeAsync(360, 844);
        if (Environment.GetEnvironmentVariable("SHONIN_PICTURES") is { Length: > 0 } folder)
        {
            var name = what.Replace('/', '-').Replace(' ', '-');
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{language}-{name}.png"), FullPage = true });
        }
        AssertNone(await page.FindFaintInTheDarkAsync(), $"{what} in the dark");
    }

    private static void AssertNone(string found, string what) => Assert.True(found.Length == 0, $"{what}: {found}");
}
