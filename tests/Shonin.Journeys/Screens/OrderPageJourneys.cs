using Microsoft.Playwright;
using Shonin.Specs.Web;

namespace Shonin.Journeys.Screens;

public sealed class OrderPageJourneys(Gallery gallery) : IClassFixture<Gallery>
{
    public static TheoryData<string> Languages => ["ja", "en"];

    /// <summary>180 px is a phone of 360 px at 200 %.</summary>
    [Theory, MemberData(nameof(Languages))]
    public async Task No_state_has_an_accessibility_violation_or_has_to_be_scrolled_sideways_on_a_small_phone(string language)
    {
        var page = await gallery.OpenAsync(360, ColorScheme.Light, withScript: true, $"/scenes/0/{language}");
        for (var index = 0; index < ScreenScenes.All.Count; index++)
        {
            await page.SetViewportSizeAsync(360, 844);
            await page.GotoAsync($"{gallery.Address}/scenes/{index}/{language}");
            var what = $"{ScreenScenes.All[index].Title}, {language}";
            AssertNone(await page.FindBarriersAsync(), what);
            foreach (var width in language == "en" ? [360, 180] : new[] { 360 })
                AssertNone(await page.FindTooWideAsync(width, ".skip, .unseen, .who"), $"{what} is too wide at {width} px");
        }
    }

    /// <summary>What differs in the dark are the colours, and each tone has a state here.</summary>
    [Theory]
    [InlineData("asking")]
    [InlineData("declined, we ask again")]
    [InlineData("no answer, we ask again")]
    [InlineData("no answer, answer lost, approved")]
    [InlineData("cancelled by customer")]
    public async Task No_colour_is_too_faint_in_the_dark(string title)
    {
        var page = await gallery.OpenAsync(390, ColorScheme.Dark, withScript: true, $"/scenes/{IndexOf(title)}/en");
        AssertNone(await page.FindFaintInTheDarkAsync(), title);
    }

    [Fact]
    public async Task The_whole_page_can_be_walked_by_keyboard_and_the_focus_is_seen_at_each_step()
    {
        var page = await gallery.OpenAsync(390, ColorScheme.Light, withScript: true, $"/scenes/{IndexOf("no answer, we ask again")}/en");

        var reached = new List<string>();
        for (var step = 0; step < 20; step++)
        {
            await page.Keyboard.PressAsync("Tab");
            var focus = await page.EvaluateAsync<string>(
                "() => { const e = document.activeElement; return e === document.body ? '' : getComputedStyle(e).outlineStyle + '|' + (e.textContent.trim() || e.id); }"
            );
            if (focus.Length == 0)
                break;
            Assert.StartsWith("solid|", focus, StringComparison.Ordinal);
            reached.Add(focus["solid|".Length..]);
        }

        Assert.Equal("Skip to content", reached[0]);
        Assert.Contains("last-four", reached);
        Assert.Contains("Confirm with the same card", reached);
        Assert.Contains("Change how you pay", reached);
        Assert.Contains("Cancel order N1001", reached);
    }

    [Fact]
    public async Task Without_script_the_page_and_its_buttons_are_the_same()
    {
        var path = $"/scenes/{IndexOf("referred")}/ja";
        var with = await gallery.OpenAsync(390, ColorScheme.Light, withScript: true, path);
        var without = await gallery.OpenAsync(390, ColorScheme.Light, withScript: false, path);

        Assert.Equal(await with.InnerTextAsync("main"), await without.InnerTextAsync("main"));
        Assert.Equal("submit", await without.Locator("form button").First.EvaluateAsync<string>("button => button.type"));
    }

    private static void AssertNone(string found, string what) => Assert.True(found.Length == 0, $"{what}: {found}");

    private static int IndexOf(string title) => ScreenScenes.All.Select(scene => scene.Title).ToList().IndexOf(title);
}
