using System.Net;
using System.Text.RegularExpressions;
using Shonin.Cards;
using Shonin.Domain;
using Shonin.Domain.Approvals;
using Shonin.Domain.Hours;
using Shonin.Domain.Notices;
using Shonin.Specs.Notices;
using Shonin.Specs.Web;
using Shonin.Web;

namespace Shonin.Specs.Orders;

public sealed partial class OrderPageSpecs
{
    public static TheoryData<string, Locale> EveryStateInBothLanguages()
    {
        var data = new TheoryData<string, Locale>();
        foreach (var scene in ScreenScenes.All)
        {
            foreach (var locale in Enum.GetValues<Locale>())
                data.Add(scene.Title, locale);
        }

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
        var page = await ScreenScenes
            .Titled("referred")
            .PageAsync(Locale.En, CardMention.Brand, new PageTrouble(new("違います", "That isn't right"), "last-four"));

        Assert.Matches(
            @"(?s)<main id=""main"">\s*<div class=""trouble"" role=""alert"" tabindex=""-1"" autofocus>.*href=""#last-four"".*aria-invalid=""true""",
            page
        );
    }

    [Theory]
    [InlineData(
        Locale.Ja,
        "「同じカードでもう一度確認する」のとおり、11月24日(火)10:08 (日本時間)に、もう一度問い合わせました。今回も、承認しないという返答でした。"
    )]
    [InlineData(
        Locale.En,
        "As you chose “Confirm with the same card”, we asked again on Tue 24 Nov, 10:08 (Japan time). Again, the answer was no."
    )]
    public async Task Whoever_pressed_the_button_and_heard_no_again_reads_when_it_asked_and_what_came(Locale locale, string told)
    {
        var story = OrderStory
            .Placed(Locale.Ja)
            .Ask()
            .Declined("05")
            .Hold(HoldClass.Declined)
            .Announced()
            .After(TimeSpan.FromMinutes(5))
            .Ask(Initiator.CustomerConfirms);
        Assert.DoesNotContain(told, Read(await Of(story).PageAsync(locale)), StringComparison.Ordinal);

        Assert.Contains(told, Read(await Of(story.Declined("05")).PageAsync(locale)), StringComparison.Ordinal);
    }

    /// <summary>Whoever wanted a request, the page of the hold that followed it opens and says what came.</summary>
    [
        Theory,
        InlineData(Initiator.Customer),
        InlineData(Initiator.CustomerConfirms),
        InlineData(Initiator.AutomaticRetry),
        InlineData(Initiator.Reauthorization)
    ]
    public async Task The_page_opens_whoever_asked_again(Initiator initiator)
    {
        var story = OrderStory
            .Placed(Locale.Ja)
            .Ask()
            .Silent()
            .Reversed(1)
            .Hold(HoldClass.NoAnswer)
            .Announced()
            .Ask(initiator)
            .Declined("05")
            .ClassChanges(HoldClass.Declined);

        Assert.Contains("This time, the answer was no.", Read(await Of(story).PageAsync(Locale.En)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("05", "This time, your card company wants to speak to you first.")]
    [InlineData("silence", "This time, no answer came.")]
    [InlineData("30", "This time, our own mistake: your card company turned our request away.")]
    public async Task Another_answer_than_before_is_told_as_what_it_is(string second, string told)
    {
        var story = OrderStory.Placed(Locale.Ja).Ask().Declined("05").Hold(HoldClass.Declined).Announced().Ask(Initiator.AutomaticRetry);
        story = second switch
        {
            "silence" => story.Silent().ClassChanges(HoldClass.NoAnswer),
            "30" => story.Declined("30"),
            _ => story.Referred("01").ClassChanges(HoldClass.Referred),
        };
        var text = Read(await Of(story).PageAsync(Locale.En));

        Assert.Contains(told, text, StringComparison.Ordinal);
        Assert.Contains("We asked again on", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_referral_says_whom_to_call_and_three_things_to_say_before_it_offers_the_button()
    {
        var scene = ScreenScenes.Titled("referred");
        var text = Read(await scene.PageAsync(Locale.En));
        var said = new[]
        {
            "Call the number on the back of your card.",
            "Akashi Store · N1001 · ¥12,480",
            "Tue 24 Nov, 10:02:07 (Japan time)",
            scene.Record.Order.Attempts[0].Claim.Rrn,
            "This is how we know that it's you",
        };
        var begin = text.IndexOf("Call your card company first", StringComparison.Ordinal);
        var places = said.Select(words => text.IndexOf(words, Math.Max(0, begin), StringComparison.Ordinal)).ToArray();

        Assert.True(begin > 0);
        Assert.DoesNotContain(-1, places);
        Assert.Equal(places.Order(), places);
        Assert.DoesNotContain(
            "Call your card company first",
            Read(await ScreenScenes.Titled("declined, we ask again").PageAsync(Locale.En)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task The_card_to_prove_is_named_by_its_brand_and_what_was_typed_comes_back()
    {
        var scene = ScreenScenes.Titled("declined, we ask again");
        var page = await PageHtml.RenderAsync<Shonin.Cards.CardPage, CardModel>(
            new(
                scene.Context(Locale.Ja),
                scene.Screen(Locale.Ja, CardMention.Brand),
                ScreenScene.AccessKey,
                ScreenScene.Form,
                [new(new("違います", "wrong"), "last-four")]
            )
            {
                Typed = new("9<99", "8/30"),
            }
        );

        Assert.Contains("お使いのVisaカードの下4桁", Read(page), StringComparison.Ordinal);
        Assert.Matches("id=\"last-four\"[^>]* value=\"9&lt;99\"", page);
        Assert.Matches("id=\"expiry\"[^>]* value=\"8/30\"", page);
        Assert.DoesNotMatch("id=\"(number|security-code)\"[^>]* value=", page);
    }

    [Theory]
    [InlineData("ヤマト運輸", "4123-5678-9012", "https://member.kms.kuronekoyamato.co.jp/parcel/detail?pno=412356789012")]
    [InlineData(
        "クロネコヤマト(宅急便)",
        "４１２３-５６７８-９０１２",
        "https://member.kms.kuronekoyamato.co.jp/parcel/detail?pno=412356789012"
    )]
    [InlineData("ﾔﾏﾄ運輸", "4123 5678 9012", "https://member.kms.kuronekoyamato.co.jp/parcel/detail?pno=412356789012")]
    [InlineData("Sagawa Express", "1234", "https://k2k.sagawa-exp.co.jp/p/web/okurijosearch.do?okurijoNo=1234")]
    [InlineData("佐川急便", "1234&x=<>", "https://k2k.sagawa-exp.co.jp/p/web/okurijosearch.do?okurijoNo=1234%26X%3D%3C%3E")]
    [InlineData(
        "ゆうパック",
        "ee123456789jp",
        "https://trackings.post.japanpost.jp/services/srv/search/direct?searchKind=S002&locale=ja&reqCodeNo1=EE123456789JP"
    )]
    [InlineData("日本郵便", "1", "https://trackings.post.japanpost.jp/services/srv/search/direct?searchKind=S002&locale=ja&reqCodeNo1=1")]
    [InlineData("西濃運輸", "1", "https://track.seino.co.jp/cgi-bin/gnpquery.pgm?GNPNO1=1")]
    [InlineData("福山通運", "1/2", "https://corp.fukutsu.co.jp/situation/tracking_no_hunt/1%2F2")]
    [InlineData("となりの運送", "1", null)]
    [InlineData("ヤマト運輸", "--", null)]
    public void A_parcel_leads_to_its_carriers_own_page(string carrier, string tracking, string? address) =>
        Assert.Equal(address, Carriers.PageOf(carrier, tracking)?.Address.AbsoluteUri);

    [Fact]
    public async Task A_shipped_orders_page_has_the_link_to_the_carrier() =>
        Assert.Contains(
            "href=\"https://member.kms.kuronekoyamato.co.jp/parcel/detail?pno=412356789012\" rel=\"external noopener noreferrer\"",
            await ScreenScenes.Titled("shipped").PageAsync(Locale.Ja),
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("2026-11-24T12:00:00Z", "https://shop.example.jp/help", true, false)]
    [InlineData("2026-11-24T03:00:00Z", "https://shop.example.jp/help", false, false)]
    [InlineData("2026-11-24T12:00:00Z", "https://www.akashi-store.jp/help", true, true)]
    [InlineData("2026-11-24T03:00:00Z", "https://www.akashi-store.jp/help", false, true)]
    public async Task Outside_the_hours_the_page_says_so_and_what_can_be_done_and_a_link_that_leads_nowhere_is_left_out(
        string now,
        string helpPage,
        bool isClosed,
        bool isLinked
    )
    {
        var merchant = ScreenScene.Merchant with { SupportUrl = helpPage };
        var page = await PageHtml.RenderAsync<Shonin.Web.HomePage, HomeModel>(
            new(
                new PageContext(Locale.Ja, merchant, "/")
                {
                    Now = DateTimeOffset.Parse(now, System.Globalization.CultureInfo.InvariantCulture),
                    Hours = new(
                        WeeklyHours.Parse("Mon-Sun 09:00-21:00")!,
                        SpecialDays.None,
                        TimeZoneInfo.FindSystemTimeZoneById("Asia/Tokyo")
                    ),
                }
            )
        );

        Assert.Equal(
            isClosed,
            Read(page).Contains("いまは受付時間外です。次は、11月25日(水)09:00 (日本時間) から受け付けます。", StringComparison.Ordinal)
        );
        Assert.Equal(isClosed && isLinked, Read(page).Contains("下のページから書いて送ることもできます。", StringComparison.Ordinal));
        Assert.Equal(isLinked, page.Contains($"href=\"{helpPage}\"", StringComparison.Ordinal));
    }

    private static ScreenScene Of(OrderStory story) =>
        new("told here", new(story.Order, null, ScreenScene.AccessKey, story.History.Count, story.History), null, story.Now);

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
