using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Shonin.Specs.Screens;

namespace Shonin.Journeys.Screens;

public sealed class OrderPageJourneys(Gallery gallery) : IClassFixture<Gallery>
{
    public static TheoryData<string> Languages => ["ja", "en"];

    [Theory, MemberData(nameof(Languages))]
    public async Task No_state_has_an_accessibility_violation_in_light_or_dark(string language)
    {
        foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
            for (var index = 0; index < ScreenScenes.All.Count; index++)
            {
                var page = await gallery.OpenAsync(390, scheme, withScript: true, $"/scenes/{index}/{language}");
                var result = await page.RunAxe();
                Assert.True(result.Violations.Length == 0, $"{ScreenScenes.All[index].Title}, {language}, {scheme}: "
                    + string.Join("; ", result.Violations.Select(violation => $"{violation.Id} {violation.Nodes[0].Html}")));
                await page.CloseAsync();
            }
    }

    /// <summary>180 px is a phone of 360 px at 200 %.</summary>
    [Theory]
    [InlineData(360)]
    [InlineData(180)]
    public async Task Nothing_has_to_be_scrolled_sideways_on_a_small_phone(int width)
    {
        for (var index = 0; index < ScreenScenes.All.Count; index++)
        {
            var page = await gallery.OpenAsync(width, ColorScheme.Light, withScript: true, $"/scenes/{index}/en");
            var overflow = await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
            Assert.True(overflow <= 0, $"{ScreenScenes.All[index].Title} is {overflow} px too wide at {width} px");
            await page.CloseAsync();
        }
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
                "() => { const e = document.activeElement; return e === document.body ? '' : getComputedStyle(e).outlineStyle + '|' + (e.textContent.trim() || e.id); }");
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

    private static int IndexOf(string title) => ScreenScenes.All.Select(scene => scene.Title).ToList().IndexOf(title);
}
