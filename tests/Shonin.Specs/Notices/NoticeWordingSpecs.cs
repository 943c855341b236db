using System.Net;
using System.Text.RegularExpressions;
using Shonin.Domain;
using Shonin.Domain.Approvals;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;

namespace Shonin.Specs.Notices;

public sealed class NoticeWordingSpecs
{
    /// <summary>A subject has fewer full-width characters than this; two half-width ones count as one.</summary>
    private const int SubjectWidthMax = 40;

    private const string OrderLink = "https://shop.example.jp/o/k7Qm2vXr9sTb";

    /// <summary>
    /// Words that belong to one class, or to one cause within it, and may stand in no notice of another. What became of earlier requests
    /// stands in a section of its own.
    /// </summary>
    private static readonly (HoldReason[] Reasons, string[] Words)[] reasonWords =
    [
        ([HoldReason.SaidNo], ["承認が得られませんでした", "承認しないという", "said no", "the answer was no", "declined"]),
        ([HoldReason.ApprovedInPart], ["全額", "only part", "whole amount"]),
        (
            [HoldReason.AsksToCall],
            ["連絡を求めて", "カード会社にご連絡ください", "asks you to contact", "contact your card company", "speak to you first"]
        ),
        (
            [HoldReason.NoAnswer, HoldReason.OutOfReach],
            [
                "返答がありません",
                "返答は届きません",
                "つながりませんでした",
                "didn't answer",
                "hasn't answered",
                "no answer came",
                "couldn't reach",
                "No answer from",
            ]
        ),
        ([HoldReason.OwnFault], ["当店の手違い", "our own mistake"]),
        ([HoldReason.CouldNotAnswer], ["回答でき", "couldn't answer"]),
        ([HoldReason.HeldBack], ["まだカード会社に問い合わせていません", "haven't asked your card company"]),
        ([HoldReason.ApprovalExpired], ["承認の期限が切れ", "has run out"]),
    ];

    public static TheoryData<Locale, string> Every()
    {
        var data = new TheoryData<Locale, string>();
        foreach (var locale in Enum.GetValues<Locale>())
        {
            foreach (var scene in NoticeScenes.All(locale))
                data.Add(locale, scene.Title);
        }

        return data;
    }

    public static TheoryData<Locale, string> EveryHold()
    {
        var data = new TheoryData<Locale, string>();
        foreach (var locale in Enum.GetValues<Locale>())
        {
            foreach (var scene in Held(locale))
                data.Add(locale, scene.Title);
        }

        return data;
    }

    [Fact]
    public void The_scenes_hold_every_kind_class_and_outcome()
    {
        var seen = NoticeScenes.All(Locale.Ja).Select(scene => scene.Notice).ToList();
        foreach (var kind in Enum.GetValues<NoticeKind>())
            Assert.Contains(seen, notice => notice.Kind == kind);
        foreach (var holdClass in Enum.GetValues<HoldClass>())
        {
            foreach (var kind in new[] { NoticeKind.Problem, NoticeKind.Update, NoticeKind.Reminder })
            {
                // No hold turns into one whose approval has run out: that begins a hold of its own.
                Assert.Equal(
                    (kind, holdClass) != (NoticeKind.Update, HoldClass.Expired),
                    seen.Any(notice => notice.Kind == kind && notice.Class == holdClass)
                );
            }
        }

        foreach (var outcome in Enum.GetValues<NoticeOutcome>())
            Assert.Contains(seen, notice => notice.Kind == NoticeKind.Outcome && notice.Outcome == outcome);
    }

    [Theory, MemberData(nameof(Every))]
    public void A_subject_names_order_and_amount_in_fewer_than_40_full_width_characters(Locale locale, string title)
    {
        var text = Write(locale, title);
        Assert.Contains("N1001", text.Subject, StringComparison.Ordinal);
        Assert.Contains("12,480", text.Subject, StringComparison.Ordinal);
        Assert.True(Width(text.Subject) < SubjectWidthMax, $"{text.Subject} is {Width(text.Subject)} wide");
    }

    [Theory, MemberData(nameof(Every))]
    public void The_mail_as_text_and_as_html_says_the_same_words(Locale locale, string title)
    {
        var text = Write(locale, title);
        Assert.Equal(Letters(WithoutMarks(text.Text)), Letters(WithoutTags(text.Html)));
    }

    [Theory, MemberData(nameof(Every))]
    public void The_html_fetches_nothing_and_runs_nothing(Locale locale, string title)
    {
        var html = Write(locale, title).Html;
        Assert.DoesNotMatch("<(img|script|link|iframe|object|form)|url\\(|@import|onclick| src=", html);
        Assert.StartsWith(
            locale == Locale.Ja ? "<!doctype html>\n<html lang=\"ja\">" : "<!doctype html>\n<html lang=\"en\">",
            html,
            StringComparison.Ordinal
        );
        Assert.Contains("prefers-color-scheme:dark", html, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Every))]
    public void Every_link_is_written_out_and_has_one_purpose(Locale locale, string title)
    {
        var text = Write(locale, title);
        var links = Regex.Matches(text.Html, "<a href=\"([^\"]*)\">([^<]*)</a>");
        Assert.Equal([OrderLink, "https://shop.example.jp/help"], links.Select(link => link.Groups[1].Value));
        Assert.All(links, link => Assert.Equal(link.Groups[1].Value, link.Groups[2].Value));
    }

    [Theory, MemberData(nameof(Every))]
    public void Every_notice_has_its_reference_a_person_and_a_way_to_check_it_without_links(Locale locale, string title)
    {
        var scene = Find(locale, title);
        var text = scene.Write().Text;
        Assert.Contains($"{(locale == Locale.Ja ? "お知らせ番号" : "notice number")} 482 177 3057", text, StringComparison.Ordinal);
        Assert.DoesNotContain(scene.Notice.Id, scene.Write().ToString(), StringComparison.Ordinal);
        Assert.Contains("03-5550-0100", text, StringComparison.Ordinal);
        Assert.Contains(locale == Locale.Ja ? "毎日 9時から21時" : "every day, 9:00 to 21:00", text, StringComparison.Ordinal);
        Assert.Contains(NoticeWording.CheckPageName.In(locale), text, StringComparison.Ordinal);
        Assert.Contains(locale == Locale.Ja ? "ブックマーク" : "bookmark", text, StringComparison.Ordinal);
        Assert.Contains("notice@shop.example.jp", text, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Every))]
    public void No_notice_holds_a_run_of_digits_as_long_as_a_card_number(Locale locale, string title)
    {
        var text = Write(locale, title);
        Assert.DoesNotMatch("[0-9]{13,}", text.Subject + text.Text + text.Html);
    }

    [Theory, MemberData(nameof(Every))]
    public void A_notice_speaks_its_customers_language(Locale locale, string title)
    {
        var text = Write(locale, title).Text;
        var japanese = text.Count(letter => letter is >= '\u3041' and <= '\u309F');
        Assert.True(locale == Locale.Ja ? japanese > 100 : japanese == 0, $"{japanese} hiragana");
    }

    [Theory, MemberData(nameof(EveryHold))]
    public void A_notice_of_one_class_never_speaks_the_words_of_another(Locale locale, string title)
    {
        var scene = Find(locale, title);
        var text = scene.Write();
        var said = text.Subject + WithoutAccount(text.Text);
        var reason = HoldReasons.Of(scene.Story.Order, scene.Notice.Class!.Value);
        foreach (var (reasons, words) in reasonWords)
        {
            if (reasons.Contains(reason))
                Assert.Contains(words, word => said.Contains(word, StringComparison.OrdinalIgnoreCase));
            else
                Assert.All(words, word => Assert.DoesNotContain(word, said, StringComparison.OrdinalIgnoreCase));
        }
    }

    [Theory, MemberData(nameof(EveryHold))]
    public void A_notice_of_a_hold_says_all_that_it_must(Locale locale, string title)
    {
        var text = Write(locale, title).Text;
        var isWhole = Find(locale, title).Story.Order.Shipments.IsEmpty;
        foreach (
            var must in new Words[]
            {
                new("ご注文 N1001(12,480円)", "order N1001 (¥12,480)"),
                new("Visaカード", "Visa card"),
                new("11月24日(火)10:02 (日本時間)", "Tue 24 Nov, 10:02 (Japan time)"),
                isWhole
                    ? new("商品はまだ発送しておらず、代金もいただいていません", "Nothing has been shipped, and nothing has been charged")
                    : new(
                        "残りの商品はまだ発送しておらず、その代金もいただいていません",
                        "It hasn't been shipped, and it hasn't been charged"
                    ),
                new("結果をお知らせします", "we'll tell you the outcome"),
                new("「支払い方法を変える」", "“Change how you pay”"),
                new("「注文を取り消す」", "“Cancel order N1001”"),
                isWhole
                    ? new("それまでに承認されなければ、ご注文を自動で取り消し", "If it isn't approved by then, we cancel it")
                    : new(
                        "それまでに承認されなければ、まだ発送していない残りを自動で取り消し",
                        "If it isn't approved by then, we cancel what we haven't shipped yet"
                    ),
                new("■ 期限", "■ Deadline"),
            }
        )
        {
            Assert.Contains(must.In(locale), text, StringComparison.Ordinal);
        }

        Assert.Matches(locale == Locale.Ja ? "利用枠|問い合わせの取り消し" : "hold|held", text);
        Assert.Matches(locale == Locale.Ja ? "知らされません|わかりません" : "aren't told|don't know", text);
        Assert.Matches(
            locale == Locale.Ja ? "操作は必要ありません|自動で問い合わせることはありません" : "you don't need to do anything|by ourselves",
            text
        );
        Assert.Matches(
            locale == Locale.Ja
                ? "期限は 11月30日\\(月\\)10:0[0-9] \\(日本時間\\)|期限は 1[0-9]月"
                : "until Mon 30 Nov, 10:0[0-9] \\(Japan time\\)|until ",
            text
        );
    }

    [Theory]
    [InlineData("43", null)]
    [InlineData("41", null)]
    [InlineData("14", null)]
    [InlineData("05", "03")]
    [InlineData("05", "21")]
    public void Confirm_is_not_offered_where_the_card_may_not_be_asked_again(string code, string? advice)
    {
        foreach (var locale in Enum.GetValues<Locale>())
        {
            var text = Problem(NoticeScenes.Asked(locale).Declined(code, advice).Hold(HoldClass.Declined).Announced());
            Assert.DoesNotContain(ActionNames.Confirm.In(locale), text.Text, StringComparison.Ordinal);
            Assert.Contains(ActionNames.ChangeMethod.In(locale), text.Text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("05")]
    [InlineData("51")]
    [InlineData("54")]
    [InlineData("9G")]
    [InlineData("XX")]
    public void Confirm_is_offered_where_the_card_may_be_asked_again(string code)
    {
        foreach (var locale in Enum.GetValues<Locale>())
        {
            Assert.Contains(
                ActionNames.Confirm.In(locale),
                Problem(NoticeScenes.Asked(locale).Declined(code).Hold(HoldClass.Declined).Announced()).Text,
                StringComparison.Ordinal
            );
        }
    }

    [Theory, MemberData(nameof(EveryHold))]
    public void A_notice_offers_to_confirm_where_the_decider_accepts_it_or_says_from_when_it_does(Locale locale, string title)
    {
        var scene = Find(locale, title);
        var offered = scene.Write().Text.Contains(TextOf(ActionNames.Confirm, locale), StringComparison.Ordinal);
        var accepted = OrderActions.Of(scene.Story.Order, scene.Story.Now).Contains(OrderAction.Confirm);
        var isForLater = ConfirmOffer.For(scene.Story.Order, scene.Story.Now) is ConfirmOffer.NotBefore;
        Assert.Equal(offered, accepted || isForLater);

        static string TextOf(Words name, Locale locale) => locale == Locale.Ja ? $"・「{name.Ja}」" : $"・“{name.En}”";
    }

    [Fact]
    public void A_code_that_no_table_names_may_be_confirmed_once()
    {
        var twice = NoticeScenes
            .Asked(Locale.Ja)
            .Declined("XX")
            .Hold(HoldClass.Declined)
            .Announced()
            .Ask(Initiator.CustomerConfirms)
            .Declined("XX");
        Assert.IsType<ConfirmOffer.Never>(ConfirmOffer.For(twice.Order, twice.Now));
    }

    [Theory]
    [InlineData("04")]
    [InlineData("07")]
    [InlineData("41")]
    [InlineData("43")]
    [InlineData("46")]
    public void Lost_and_stolen_read_word_for_word_like_any_other_final_no(string code)
    {
        foreach (var locale in Enum.GetValues<Locale>())
        {
            Assert.Equal(
                Problem(NoticeScenes.Asked(locale).Declined("05", advice: "03").Hold(HoldClass.Declined).Announced()),
                Problem(NoticeScenes.Asked(locale).Declined(code).Hold(HoldClass.Declined).Announced())
            );
        }
    }

    [Theory]
    [InlineData("14", "カード番号", "card number isn't right")]
    [InlineData("54", "有効期限", "expiry date")]
    [InlineData("N7", "セキュリティコード", "security code")]
    [InlineData("9G", "利用停止を解いて", "unblock the card")]
    public void Only_what_the_customer_can_mend_is_named(string code, string japanese, string english)
    {
        foreach (var locale in Enum.GetValues<Locale>())
        {
            var hint = new Words(japanese, english).In(locale);
            Assert.Contains(hint, Facts(NoticeScenes.Asked(locale).Declined(code)), StringComparison.Ordinal);
            foreach (
                var other in ResponseRules.Rows.Where(row =>
                    row.Code != code && row.Meaning is ResponseMeaning.SoftDecline or ResponseMeaning.NeverRetry
                )
            )
            {
                if (other.Code != code)
                    Assert.DoesNotContain(hint, Facts(NoticeScenes.Asked(locale).Declined(other.Code)), StringComparison.Ordinal);
            }
        }

        static string Facts(OrderStory story) =>
            Problem(story.Hold(HoldClass.Declined).Announced()).Text.Split("■ ご注文の内容")[0].Split("■ Your order\n")[0];
    }

    [Fact]
    public void Silence_and_a_line_that_is_down_are_told_apart()
    {
        var silence = Problem(NoticeScenes.Asked(Locale.Ja).Silent().Hold(HoldClass.NoAnswer).Announced()).Text;
        var outOfReach = Problem(NoticeScenes.Asked(Locale.Ja).NotSent().Hold(HoldClass.NoAnswer).Announced()).Text;

        Assert.Contains("30秒待ちましたが、返答は届きませんでした", silence, StringComparison.Ordinal);
        Assert.Contains("押さえられているかもしれません", silence, StringComparison.Ordinal);
        Assert.Contains("カード会社につながりませんでした", outOfReach, StringComparison.Ordinal);
        Assert.Contains("利用枠は押さえられていません", outOfReach, StringComparison.Ordinal);
    }

    [Fact]
    public void An_approval_beside_an_unconfirmed_reversal_says_that_the_amount_may_be_held_twice()
    {
        var twice = Find(Locale.Ja, "outcome, Approved: held twice for a while").Write().Text;
        var once = Find(Locale.Ja, "outcome, Approved: with another card").Write().Text;

        Assert.Contains("2回分、押さえられて見えることがあります", twice, StringComparison.Ordinal);
        Assert.DoesNotContain("2回分", once, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cancellation_whose_reversal_is_unconfirmed_says_so()
    {
        foreach (
            var (title, expected) in new[]
            {
                ("outcome, CancelledByCustomer: the reversal is not confirmed", true),
                ("outcome, CancelledByCustomer", false),
            }
        )
        {
            Assert.Equal(
                expected,
                Find(Locale.Ja, title).Write().Text.Contains("数日のあいだ押さえられたままに見える", StringComparison.Ordinal)
            );
        }
    }

    [Fact]
    public void A_notice_that_comes_after_several_requests_says_which_one_it_means_and_what_became_of_the_others()
    {
        var japanese = Find(Locale.Ja, "update, Declined").Write().Text;
        var english = Find(Locale.En, "update, Declined").Write().Text;

        Assert.Contains("で2回目の問い合わせをし、承認しないという返答を受け取りました", japanese, StringComparison.Ordinal);
        Assert.Contains("We asked for the second time on Tue 24 Nov, 10:03", english, StringComparison.Ordinal);
        Assert.Contains(
            "■ これまでの問い合わせ\n1回目 11月24日(火)10:02 (日本時間) Visaカード: 返答は届きませんでした。",
            japanese,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "■ What we've asked so far\nFirst request, Tue 24 Nov, 10:02 (Japan time), Visa card: no answer came.",
            english,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Tries_that_could_not_be_sent_are_one_line_and_are_not_counted_as_requests()
    {
        var story = NoticeScenes.Asked(Locale.En).NotSent();
        for (var tries = 0; tries < 30; tries++)
            story.After(TimeSpan.FromMinutes(1)).Ask(Initiator.AutomaticRetry).NotSent();
        story.After(TimeSpan.FromMinutes(1)).Ask(Initiator.AutomaticRetry).Declined("05").Hold(HoldClass.Declined).Announced();

        var account = HoldAdvice.For(story.Order, HoldClass.Declined, new SpokenTime("Asia/Tokyo"), story.Now, CardMention.Brand).Account;

        Assert.Equal(
            [
                "Tue 24 Nov, 10:02 (Japan time) to Tue 24 Nov, 10:32 (Japan time)",
                "First request, Tue 24 Nov, 10:33 (Japan time), Visa card",
            ],
            account.Select(line => line.Label.En)
        );
    }

    [Theory]
    [InlineData("在庫がなくなったため", "在庫がなくなったため")]
    [InlineData("  sold out\r\n■ 期限 ", "sold out  ■ 期限")]
    [InlineData("card 4242 4242 4242 4242", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void A_cancellation_by_the_shop_gives_its_reason_as_the_shop_wrote_it(string? reason, string? told)
    {
        foreach (var by in new[] { CancelledBy.Merchant, CancelledBy.Agent })
            Assert.Equal(told, CancellationWording.ReasonOf(Cancelled(by, reason).Order)?.Ja);
        Assert.Null(CancellationWording.ReasonOf(Cancelled(CancelledBy.Customer, reason).Order));
    }

    [Fact]
    public void No_reason_is_told_where_it_might_hint_at_a_lost_or_stolen_card()
    {
        var story = NoticeScenes
            .Asked(Locale.Ja)
            .Declined("43")
            .NeedsAttention(AttentionReason.DoNotShip)
            .Hold(HoldClass.Declined)
            .Announced()
            .CancelAsked(CancelledBy.Agent, "盗難カードのため")
            .Cancelled(CancelledBy.Agent);

        Assert.Null(CancellationWording.ReasonOf(story.Order));
    }

    [Fact]
    public void Nothing_is_said_as_no_english_speaker_would()
    {
        foreach (var scene in NoticeScenes.All(Locale.En))
        {
            Assert.DoesNotMatch(
                "(?i)at once|anew|by when|t(ake|ook|aking|aken) .{0,30}back|false mail|happens by itself|60 minutes|120 minutes",
                scene.Write().Text
            );
        }

        foreach (var scene in NoticeScenes.All(Locale.Ja))
            Assert.DoesNotMatch("住所欄|60分|120分|24時間後", scene.Write().Text);
    }

    private static OrderStory Cancelled(CancelledBy by, string? reason) =>
        NoticeScenes.OnHold(Locale.Ja, HoldClass.Declined).CancelAsked(by, reason).Cancelled(by);

    [Fact]
    public void Approved_is_never_said_without_the_card_companys_proof()
    {
        var story = NoticeScenes.OnHold(Locale.Ja, HoldClass.Declined);
        Assert.Throws<InvariantBrokenException>(() =>
            NoticeWording.Compose(
                new("N1001-1-outcome", NoticeKind.Outcome, 1, HoldClass.Declined, NoticeOutcome.Approved, null),
                story.Order,
                NoticeScenes.Context(story.Now)
            )
        );
    }

    [Fact]
    public void What_customers_and_merchants_wrote_cannot_become_markup_or_a_line_of_its_own()
    {
        var story = OrderStory.Placed(Locale.Ja, "<b>豆</b>\r\n■ 期限\u202E\"&").Ask().Declined("05").Hold(HoldClass.Declined).Announced();
        var text = NoticeWording.Compose(
            new("N1001-1-problem", NoticeKind.Problem, 1, HoldClass.Declined, null, null),
            story.Order,
            NoticeScenes.Context(story.Now) with
            {
                CustomerName = "<script>alert(1)</script>\n件名: 当選",
            }
        );

        Assert.DoesNotContain("<script", text.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>", text.Html, StringComparison.Ordinal);
        Assert.Contains("&lt;b&gt;豆&lt;/b&gt;", text.Html, StringComparison.Ordinal);
        Assert.DoesNotContain('\u202E', text.Text);
        Assert.Single(text.Text.Split('\n'), "■ 期限");
        Assert.DoesNotContain("\n件名", text.Text, StringComparison.Ordinal);
    }

    private static IEnumerable<NoticeScene> Held(Locale locale) =>
        NoticeScenes.All(locale).Where(scene => scene.Notice.Kind is NoticeKind.Problem or NoticeKind.Update or NoticeKind.Reminder);

    private static NoticeScene Find(Locale locale, string title) => NoticeScenes.All(locale).Single(scene => scene.Title == title);

    private static NoticeText Write(Locale locale, string title) => Find(locale, title).Write();

    private static NoticeText Problem(OrderStory story) =>
        NoticeWording.Compose(
            new("N1001-1-problem", NoticeKind.Problem, 1, story.Order.Hold!.Class, null, null),
            story.Order,
            NoticeScenes.Context(story.Now)
        );

    private static string WithoutAccount(string text) =>
        Regex.Replace(text, "■ (これまでの問い合わせ|What we've asked so far)\n(.+\n)+", "");

    private static double Width(string text) => text.Sum(letter => letter < '\u0100' ? 0.5 : 1);

    /// <summary>Headings, bullets and numbers stand in the text as marks, in the HTML as elements.</summary>
    private static string WithoutMarks(string text) => Regex.Replace(text, "^(■ |・|[0-9]\\. )", "", RegexOptions.Multiline);

    private static string WithoutTags(string html) =>
        WebUtility.HtmlDecode(Regex.Replace(Regex.Replace(html, "<head>.*?</head>", "", RegexOptions.Singleline), "<[^>]*>", ""));

    /// <summary>A fact's label and an address are set off by a colon in the text, by elements in the HTML.</summary>
    private static string Letters(string text) => Regex.Replace(text, "[\\s:]", "");
}
