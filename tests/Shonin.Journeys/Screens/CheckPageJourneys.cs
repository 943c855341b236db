using Microsoft.Playwright;
using Shonin.Specs.MailChecks;

namespace Shonin.Journeys.Screens;

/// <summary>Every page around a mail's check, in a real browser.</summary>
public sealed class CheckPageJourneys(Gallery gallery) : IClassFixture<Gallery>
{
    /// <summary>180 px is a phone of 360 px at 200 %. The dark has the same colours in both languages.</summary>
    [Theory]
    [InlineData("ja")]
    [InlineData("en")]
    public async Task No_page_has_an_accessibility_violation_or_has_to_be_scrolled_sideways_on_a_small_phone(string language)
    {
        var page = await gallery.OpenAsync(360, ColorScheme.Light, withScript: true, "/check-scenes/0/ja");
        for (var index = 0; index < CheckScenes.All.Count; index++)
        {
            await page.SetViewportSizeAsync(360, 844);
            await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
            await OpenAllAsync(page, index, language);
            var what = $"{CheckScenes.All[index].Title}, {language}";
            AssertNone(await page.FindBarriersAsync(), what);
            if (language == "ja")
                AssertNone(await page.FindFaintInTheDarkAsync(), $"{what}, in the dark");
            foreach (var width in language == "en" ? [360, 180] : new[] { 360 })
                AssertNone(await page.FindTooWideAsync(width, ".skip, .unseen, .scroll, svg"), $"{what} is too wide at {width} px");
        }
    }

    [Theory]
    [InlineData("ja")]
    [InlineData("en")]
    public async Task The_drawings_can_be_read_on_a_small_phone(string language)
    {
        var page = await gallery.OpenAsync(360, ColorScheme.Light, withScript: true, "/check-scenes/0/ja");
        await OpenAllAsync(page, 0, language);

        var outside = await page.EvaluateAsync<string>(
            """
            () => [...document.querySelectorAll(".drawing .word")].filter(word => {
                    const at = word.getBoundingClientRect();
                    const around = [...word.closest("svg").querySelectorAll("rect.choice, rect.button-place")].map(rect => rect.getBoundingClientRect());
                    return at.height < 13 || !around.some(rect => rect.left < at.left && at.right < rect.right - 3 && rect.top < at.top && at.bottom < rect.bottom); })
                .map(word => word.textContent).join("; ")
            """
        );
        Assert.Equal("", outside);
    }

    [Fact]
    public async Task The_form_can_be_walked_by_keyboard_and_the_focus_is_seen_at_each_step()
    {
        var page = await gallery.OpenAsync(390, ColorScheme.Light, withScript: true, "/check-scenes/0/en");
        var reached = new List<string>();
        for (var step = 0; step < 30; step++)
        {
            await page.Keyboard.PressAsync("Tab");
            var focus = await page.EvaluateAsync<string>(
                "() => { const e = document.activeElement; return e === document.body ? '' : getComputedStyle(e).outlineStyle + '|' + (e.id || e.textContent.trim()); }"
            );
            if (focus.Length == 0)
                break;
            Assert.StartsWith("solid|", focus, StringComparison.Ordinal);
            reached.Add(focus["solid|".Length..]);
        }

        string[] expected = ["order-number", "reference", "Check the numbers", "mail-file", "mail-text", "recipient", "Check this mail"];
        Assert.Equal(expected, reached.Where(expected.Contains));
    }

    [Fact]
    public async Task Without_script_every_page_says_the_same()
    {
        foreach (var title in new[] { "not genuine, approval", "genuine, no answer", "report" })
        {
            var path = $"/check-scenes/{IndexOf(title)}/ja";
            var with = await gallery.OpenAsync(390, ColorScheme.Light, withScript: true, path);
            var without = await gallery.OpenAsync(390, ColorScheme.Light, withScript: false, path);
            Assert.Equal(await with.InnerTextAsync("main"), await without.InnerTextAsync("main"));
        }
    }

    private async Task OpenAllAsync(IPage page, int index, string language)
    {
        await page.GotoAsync($"{gallery.Address}/check-scenes/{index}/{language}");
        await page.EvaluateAsync("() => document.querySelectorAll('details').forEach(details => details.open = true)");
    }

    private static void AssertNone(string found, string what) => Assert.True(found.Length == 0, $"{what}: {found}");

    private static int IndexOf(string title) => CheckScenes.All.Select(scene => scene.Title).ToList().IndexOf(title);
}
