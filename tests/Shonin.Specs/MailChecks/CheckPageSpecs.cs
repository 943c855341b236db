using System.Net;
using System.Text.RegularExpressions;
using Shonin.Domain;
using Shonin.MailChecks;
using Shonin.Specs.Web;
using Shonin.Web;

namespace Shonin.Specs.MailChecks;

public sealed partial class CheckPageSpecs
{
    public static TheoryData<string, Locale> EverySceneInBothLanguages()
    {
        var data = new TheoryData<string, Locale>();
        foreach (var scene in CheckScenes.All)
        {
            foreach (var locale in Enum.GetValues<Locale>())
                data.Add(scene.Title, locale);
        }

        return data;
    }

    [Theory]
    [InlineData("genuine, no answer", "本物です", "good")]
    [InlineData("genuine, recipient not asked", "本物です", "good")]
    [InlineData("genuine, shipped", "本物です", "good")]
    [InlineData("not genuine, approval", "本物ではありません", "stopped")]
    [InlineData("not genuine, hostile", "本物ではありません", "stopped")]
    [InlineData("cannot tell, approval", "判断できません", "waiting")]
    [InlineData("cannot tell, about nothing", "判断できません", "waiting")]
    [InlineData("sent to another", "判断できません", "waiting")]
    public async Task The_answer_is_a_word_a_picture_and_a_colour_together(string title, string word, string tone)
    {
        var page = await CheckScenes.Titled(title).PageAsync(Locale.Ja);

        Assert.Matches($@"(?s)<section class=""state {tone}"".*?<svg .*?</svg>.*?<h1[^>]*>{word}</h1>", page);
    }

    [Theory, MemberData(nameof(EverySceneInBothLanguages))]
    public async Task No_protocol_is_named_before_the_details_and_nothing_is_called_safe_or_counted_in_percent(string title, Locale locale)
    {
        var page = await CheckScenes.Titled(title).PageAsync(locale);
        var shown = PageText.Read(Details().Replace(page, ""));

        Assert.DoesNotMatch("(?i)dkim|spf|dmarc|\\barc\\b|authentication-results", shown);
        Assert.DoesNotMatch("安全です|安心です|(?i)\\bis safe\\b|\\d ?[%%]", PageText.Read(page));
    }

    [Theory, MemberData(nameof(EverySceneInBothLanguages))]
    public async Task Nothing_that_a_stranger_wrote_is_markup_a_link_or_turns_the_reading(string title, Locale locale)
    {
        var page = await CheckScenes.Titled(title).PageAsync(locale);

        Assert.DoesNotMatch(
            @"(?i)<script(?! src=""/assets/)|<img|<b>(?!–|none|known|pass|fail|neutral|policy|temperror|permerror|unknown|forged|trusted|not trusted|softfail)|<i>|onerror=[^a]|javascript:[^…]",
            page
        );
        Assert.DoesNotMatch(@"href=""(?!/|#|tel:|https://shop\.example\.jp/help)", page);
        Assert.DoesNotMatch("[\u202A-\u202E\u2066-\u2069\u200B-\u200F]", WebUtility.HtmlDecode(page));
        Assert.DoesNotMatch(@"<style|<[a-z][^>]*\s(style|on\w+)=", page);
    }

    [Fact]
    public async Task A_hostile_subject_is_shown_as_it_reads_and_its_links_cannot_be_pressed()
    {
        var text = PageText.Read(await CheckScenes.Titled("not genuine, hostile").PageAsync(Locale.Ja));

        Assert.Contains("<script>alert(1)</script> evil", text, StringComparison.Ordinal);
        Assert.Contains("hxxps://evil[.]example/…", text, StringComparison.Ordinal);
        Assert.Contains("javascript:…", text, StringComparison.Ordinal);
        Assert.DoesNotContain("alert(4)", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_secret_of_an_order_is_not_repeated() =>
        Assert.DoesNotContain(
            ScreenScene.AccessKey,
            await CheckScenes.Titled("genuine, no answer").PageAsync(Locale.Ja),
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("genuine, no answer", "これではありません これが原因です まだわかりません まだわかりません")]
    [InlineData("genuine, no answer, approved since", "これではありません これが原因です これではありません これではありません")]
    [InlineData("genuine, declined", "これではありません これではありません まだわかりません カード会社だけが答えられます")]
    [InlineData("genuine, wrong number", "これではありません これではありません これが原因です これではありません")]
    [InlineData("not genuine, approval", "これが原因です まだわかりません まだわかりません まだわかりません")]
    [InlineData("cannot tell, approval", "まだわかりません まだわかりません まだわかりません カード会社だけが答えられます")]
    public async Task A_mail_about_an_approval_goes_on_to_its_four_causes(string title, string states)
    {
        var page = await CheckScenes.Titled(title).PageAsync(Locale.Ja);

        Assert.Equal(states, string.Join(' ', Answers().Matches(page).Select(match => PageText.Read(match.Groups[1].Value).Trim())));
    }

    [Theory]
    [InlineData("genuine, shipped")]
    [InlineData("cannot tell, about nothing")]
    public async Task Another_mail_does_not(string title) =>
        Assert.DoesNotContain(
            "原因はどれか",
            PageText.Read(await CheckScenes.Titled(title).PageAsync(Locale.Ja)),
            StringComparison.Ordinal
        );

    [Fact]
    public async Task An_order_is_shown_only_where_the_mail_is_proved_to_be_the_askers()
    {
        Assert.Contains(
            "いまのご注文 N1001",
            PageText.Read(await CheckScenes.Titled("genuine, no answer").PageAsync(Locale.Ja)),
            StringComparison.Ordinal
        );
        Assert.DoesNotContain(
            "いまのご注文",
            PageText.Read(await CheckScenes.Titled("sent to another").PageAsync(Locale.Ja)),
            StringComparison.Ordinal
        );
        Assert.DoesNotContain(
            "いまのご注文",
            PageText.Read(await CheckScenes.Titled("not genuine, approval").PageAsync(Locale.Ja)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_false_mail_leads_to_what_to_do_now_and_then_to_the_report()
    {
        var text = PageText.Read(await CheckScenes.Titled("not genuine, approval").PageAsync(Locale.En));
        var places = new[] { "What to do now", "I entered a password", "#9110", "Report this mail to us", "Which cause is it?" }
            .Select(words => text.IndexOf(words, StringComparison.Ordinal))
            .ToList();

        Assert.DoesNotContain(-1, places);
        Assert.Equal(places.Order(), places);
        Assert.Contains(
            "R-7K3M-9QX2",
            PageText.Read(await CheckScenes.Titled("not genuine, reported").PageAsync(Locale.En)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task The_desk_sees_mails_of_one_kit_as_one()
    {
        var page = await CheckScenes.Titled("desk, two campaigns").PageAsync(Locale.En);

        Assert.Equal(2, Campaigns().Count(page));
        Assert.Contains("2 reports", PageText.Read(page), StringComparison.Ordinal);
        Assert.Contains(
            "Mails from one kit are shown as one",
            PageText.Read(await CheckScenes.Titled("desk, no reports").PageAsync(Locale.En)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task The_numbers_come_before_the_mail_and_what_was_pasted_and_refused_comes_back()
    {
        var page = await PageHtml.RenderAsync<CheckPage, CheckModel>(
            new(
                new(Locale.En, ScreenScene.Merchant, "/check"),
                new CheckResult.NotAsked(),
                "",
                "",
                new(null, 1024 * 1024),
                "taro@example.jp",
                [new(new("違います", "no mail"), "mail-file")]
            )
            {
                Pasted = "From: <b>me</b>",
            }
        );

        Assert.InRange(
            page.IndexOf("id=\"reference\"", StringComparison.Ordinal),
            1,
            page.IndexOf("id=\"mail-file\"", StringComparison.Ordinal)
        );
        Assert.Contains(">From: &lt;b&gt;me&lt;/b&gt;</textarea>", page, StringComparison.Ordinal);
        Assert.Contains("value=\"taro@example.jp\"", page, StringComparison.Ordinal);
        Assert.Contains(".mbox", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whether_it_was_sent_to_the_asker_is_asked_only_where_it_would_help()
    {
        Assert.Contains(
            "/recipient?lang=ja",
            await CheckScenes.Titled("genuine, recipient not asked").PageAsync(Locale.Ja),
            StringComparison.Ordinal
        );
        Assert.DoesNotContain(
            "/recipient?lang=ja",
            await CheckScenes.Titled("genuine, no answer").PageAsync(Locale.Ja),
            StringComparison.Ordinal
        );
        Assert.DoesNotContain(
            "/recipient?lang=ja",
            await CheckScenes.Titled("not genuine, approval").PageAsync(Locale.Ja),
            StringComparison.Ordinal
        );
    }

    [GeneratedRegex(@"(?s)<details>.*?</details>")]
    private static partial Regex Details();

    [GeneratedRegex(@"(?s)<p class=""answer"">(.*?)</p>")]
    private static partial Regex Answers();

    [GeneratedRegex(@"<section class=""campaign")]
    private static partial Regex Campaigns();
}
