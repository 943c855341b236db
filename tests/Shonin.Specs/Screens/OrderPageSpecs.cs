using System.Net;
using System.Text.RegularExpressions;
using Shonin.Domain;
using Shonin.Domain.Notices;
using Shonin.Screens;
using Shonin.Specs.Notices;

namespace Shonin.Specs.Screens;

public sealed partial class OrderPageSpecs
{
    public static TheoryData<string, Locale> EveryStateInBothLanguages()
    {
        var data = new TheoryData<string, Locale>();
        foreach (var scene in ScreenScenes.All)
            foreach (var locale in Enum.GetValues<Locale>())
                data.Add(scene.Title, locale);
        return data;
    }

    [Theory, MemberData(nameof(EveryStateInBothLanguages))]
    public async Task Every_state_says_what_it_is_what_it_means_and_what_happens_next(string title, Locale locale)
    {
        var scene = ScreenScenes.Titled(title);
        var text = Read(await scene.PageAsync(locale));

        var screen = scene.Screen(locale, CardMention.Brand);
        Assert.Contains(screen.Headline.In(locale), text, StringComparison.Ordinal);
        Assert.Contains(screen.Meaning.In(locale), text, StringComparison.Ordinal);
        Assert.All(screen.Next, sentence => Assert.Contains(sentence.In(locale), text, StringComparison.Ordinal));
        Assert.Contains(ScreenScene.Merchant.SupportPhone, text, StringComparison.Ordinal);
        if (scene.Record.Order.Hold is { } hold)
            Assert.Contains(new SpokenTime("Asia/Tokyo").DayAndTime(hold.Deadline).In(locale), text, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(EveryStateInBothLanguages))]
    public async Task The_page_holds_no_more_of_the_card_than_was_proved(string title, Locale locale)
    {
        var scene = ScreenScenes.Titled(title);
        var last4 = scene.Record.Order.Card.Last4;

        Assert.DoesNotMatch($@"(?<!\d){last4}(?!\d)", Read(await scene.PageAsync(locale)));
        Assert.Matches($@"(?<!\d){last4}(?!\d)", Read(await scene.PageAsync(locale, CardMention.LastFour)));
    }

    [Theory]
    [InlineData("asking", false, false, false)]
    [InlineData("out of reach, no hold yet", false, false, true)]
    [InlineData("declined, we ask again", true, true, true)]
    [InlineData("declined, never again", false, true, true)]
    [InlineData("declined, wait set", false, true, true)]
    [InlineData("declined, number", false, true, true)]
    [InlineData("declined, security code", true, true, true)]
    [InlineData("referred", true, true, true)]
    [InlineData("no answer, taking back", true, true, true)]
    [InlineData("no answer, asking again", false, false, false)]
    [InlineData("approved", false, false, true)]
    [InlineData("partly shipped", false, false, false)]
    [InlineData("shipped", false, false, false)]
    [InlineData("closing", false, false, false)]
    [InlineData("cancelled by customer", false, false, false)]
    [InlineData("cancelled by deadline", false, false, false)]
    public async Task A_button_is_there_exactly_when_it_may_be_pressed(string title, bool confirm, bool change, bool cancel)
    {
        var page = await ScreenScenes.Titled(title).PageAsync(Locale.En);

        Assert.Equal(confirm, page.Contains($"action=\"/o/{ScreenScene.AccessKey}/confirm", StringComparison.Ordinal));
        Assert.Equal(change, page.Contains($"href=\"/o/{ScreenScene.AccessKey}/card", StringComparison.Ordinal));
        Assert.Equal(cancel, page.Contains($"href=\"/o/{ScreenScene.AccessKey}/cancel", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_name_that_looks_like_markup_is_shown_as_it_was_written()
    {
        var story = OrderStory.Placed(Locale.Ja, "<script>alert(1)</script>\"'&").Ask().Approved();
        var scene = new ScreenScene("markup", new(story.Order, null, ScreenScene.AccessKey, 1, story.History), null, story.Now);

        var page = await scene.PageAsync(Locale.Ja);

        Assert.DoesNotContain("<script>alert", page, StringComparison.Ordinal);
        Assert.Contains("<script>alert(1)</script>\"'&", Read(page), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(EveryStateInBothLanguages))]
    public async Task No_page_hints_at_a_lost_or_stolen_card_or_names_a_code(string title, Locale locale)
    {
        var text = Read(await ScreenScenes.Titled(title).PageAsync(locale, CardMention.LastFour));

        Assert.DoesNotMatch("(?i)stolen|lost card|盗難|紛失|do not ship|発送しない・", text);
        Assert.DoesNotMatch(@"(?<![\w:])(05|43|51|14|54|N7|9G)(?![\w:%,月日])", text);
    }

    [Fact]
    public async Task Nothing_in_a_page_is_inline_that_the_policy_would_forbid()
    {
        foreach (var scene in ScreenScenes.All)
        {
            var page = await scene.PageAsync(Locale.Ja);
            Assert.DoesNotMatch(@"<style|\sstyle=|\son\w+=|<script(?! src=""/assets/)", page);
        }
    }

    [Fact]
    public async Task A_trouble_is_first_on_the_page_has_the_focus_and_leads_to_its_field()
    {
        var page = await ScreenScenes.Titled("referred").PageAsync(
            Locale.En, CardMention.Brand, new PageTrouble(new("違います", "That isn't right"), "last-four"));

        Assert.Matches(@"(?s)<main id=""main"">\s*<div class=""trouble"" role=""alert"" tabindex=""-1"" autofocus>.*href=""#last-four"".*aria-invalid=""true""", page);
    }

    [Fact]
    public void Stylesheet_and_script_stay_small() =>
        Assert.InRange(Asset.Stylesheet.Content.Length + Asset.Script.Content.Length, 1, 150 * 1024);

    /// <summary>What a reader sees: without tags, entities resolved, white space as one space.</summary>
    private static string Read(string page) => Blanks().Replace(WebUtility.HtmlDecode(Tags().Replace(page, "")), " ");

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tags();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
