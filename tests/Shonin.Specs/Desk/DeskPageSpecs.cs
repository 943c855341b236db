using System.Text.RegularExpressions;
using Shonin.Desk;
using Shonin.Domain;
using Shonin.Domain.Approvals;
using Shonin.Domain.Notices;
using Shonin.Domain.Orders;
using Shonin.Merchant.Desk;
using Shonin.Merchant.Orders;
using Shonin.Merchant.Timelines;
using Shonin.Notices;
using Shonin.Specs.Notices;
using Shonin.Specs.Orders;
using Shonin.Specs.Web;
using Shonin.Web;

namespace Shonin.Specs.Desk;

/// <summary>An order as the staff see it.</summary>
public sealed partial class DeskPageSpecs
{
    public static TheoryData<string, Locale> EveryStateInBothLanguages() => OrderPageSpecs.EveryStateInBothLanguages();

    [Theory, MemberData(nameof(EveryStateInBothLanguages))]
    public async Task No_page_of_the_desk_shows_a_name_out_of_the_program(string title, Locale locale)
    {
        var text = PageText.Read(await PageAsync(ScreenScenes.Titled(title), locale));

        foreach (
            var type in new[]
            {
                typeof(AttemptOutcome),
                typeof(Standing),
                typeof(ReversalReason),
                typeof(HoldClass),
                typeof(Initiator),
                typeof(AttentionReason),
                typeof(CancelledBy),
            }
        )
        {
            foreach (var name in type.IsEnum ? Enum.GetNames(type) : [.. type.GetNestedTypes().Select(nested => nested.Name)])
            {
                // "Customer" and "Sent" are English words as well; "OnHold" and "NotSent" are none, and "Unknown" says nothing to anybody.
                if (locale == Locale.Ja || name.Skip(1).Any(char.IsUpper) || name == nameof(AttemptOutcome.Unknown))
                    Assert.DoesNotMatch($@"\b{name}\b", text);
            }
        }
    }

    [Theory, MemberData(nameof(EveryStateInBothLanguages))]
    public async Task Whoever_takes_a_call_sees_who_it_is_the_deadline_the_next_attempt_and_what_to_say(string title, Locale locale)
    {
        var scene = ScreenScenes.Titled(title);
        var order = scene.Record.Order;
        var text = PageText.Read(await PageAsync(scene, locale));
        var time = new SpokenTime("Asia/Tokyo");

        Assert.Contains("山田 花子", text, StringComparison.Ordinal);
        Assert.Contains("hanako@example.jp", text, StringComparison.Ordinal);
        Assert.Contains(OrderWording.StateName(order).Ja, text, StringComparison.Ordinal);
        if (order.Hold is { } hold)
        {
            Assert.Contains(time.DayAndTime(hold.Deadline).In(locale), text, StringComparison.Ordinal);
            Assert.Contains(
                hold.RetryAt is { } retryAt ? time.DayAndTime(retryAt).In(locale)
                    : locale == Locale.Ja ? "次の自動の問い合わせ"
                    : "Next automatic attempt",
                text,
                StringComparison.Ordinal
            );
        }
    }

    /// <summary>To be asked for a call is no refusal, and nobody at the desk may say that it is.</summary>
    [Theory]
    [InlineData(Locale.Ja, "承認しなかった|承認されなかった")]
    [InlineData(Locale.En, "did not approve|not approved|said no")]
    public async Task A_referral_is_not_called_a_refusal(Locale locale, string refusal)
    {
        Assert.DoesNotMatch(refusal, PageText.Read(await PageAsync(ScreenScenes.Titled("referred"), locale)));
        Assert.Matches(refusal, PageText.Read(await PageAsync(ScreenScenes.Titled("declined, number"), locale)));
    }

    [Fact]
    public async Task What_is_said_to_the_customer_is_in_the_customers_language_and_holds_no_code()
    {
        var page = await PageAsync(ScreenScenes.Titled("declined, never again"), Locale.En);

        var said = Said().Match(page).Groups[1].Value;
        Assert.Contains("ご注文 N1001", said, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"43|盗難|紛失|発送しない", said);
    }

    [Fact]
    public async Task Notices_stand_there_as_they_were_sent_without_the_customers_link()
    {
        var notice = new ShownNotice(
            "482 177 3057",
            "【返答待ち】ご注文 N1001",
            $"本文\nhttps://shop.example.jp/o/••••\n",
            OrderStory.Morning,
            OrderStory.Morning,
            "id",
            HiddenDigits.None
        );
        var text = PageText.Read(await PageAsync(ScreenScenes.Titled("no answer, we ask again"), Locale.Ja, notice));

        Assert.Contains("【返答待ち】ご注文 N1001", text, StringComparison.Ordinal);
        Assert.Contains("482 177 3057", text, StringComparison.Ordinal);
        Assert.Contains("本文", text, StringComparison.Ordinal);
    }

    /// <summary>Each class and each doing has its words: the page of a hold that has none would not open.</summary>
    [Fact]
    public void Every_hold_that_customers_are_told_of_has_its_reason_at_the_desk()
    {
        var held = NoticeScenes.All(Locale.Ja).Select(scene => scene.Story.Order).Where(order => order.Hold is not null).ToList();
        Assert.Equal(Enum.GetValues<HoldClass>(), held.Select(order => order.Hold!.Class).Distinct().Order());
        Assert.All(held, order =>
            Assert.DoesNotContain(DeskWords.Standing(order, new SpokenTime("Asia/Tokyo")), row =>
                row.Value.Ja.Length == 0 || row.Value.En.Length == 0
            )
        );
    }

    [Fact]
    public async Task An_erased_customer_is_said_to_be_erased()
    {
        var scene = ScreenScenes.Titled("approved");
        var erased = PageText.Read(
            await PageAsync(scene with { Record = scene.Record with { AccessKey = null } }, Locale.En, isErased: true)
        );

        Assert.Contains("Erased.", erased, StringComparison.Ordinal);
        Assert.DoesNotContain("hanako", erased, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, SearchReach.Everything, "Nothing was found.")]
    [InlineData(2, SearchReach.Everything, "2 orders, the newest first.")]
    [InlineData(2, SearchReach.TooMany, "There may be more: up to 50 are shown.")]
    [InlineData(0, SearchReach.NewestOnly, "We looked at the newest 2,000 orders, back to Tue 24 Nov, 10:02 (Japan time).")]
    public async Task A_search_says_what_it_came_to_and_how_far_it_went(int count, SearchReach reach, string told)
    {
        var record = Of(ScreenScenes.Titled("approved"), isErased: false);
        var page = await PageHtml.RenderAsync<DeskFoundPage, DeskFoundModel>(
            new(
                new(Locale.En, ScreenScene.Merchant, "/desk/search/x"),
                new("<b>山田</b>", [], 2_000, OrderStory.Morning, 0, reach),
                [.. Enumerable.Repeat(record, count)]
            )
        );

        Assert.Contains(told, PageText.Read(page), StringComparison.Ordinal);
        Assert.Contains("value=\"&lt;b&gt;山田&lt;/b&gt;\"", page, StringComparison.Ordinal);
        Assert.Equal(count, Rows().Count(page));
    }

    private static OrderRecord Of(ScreenScene scene, bool isErased) =>
        scene.Record with
        {
            Person = isErased ? null : new Person("hanako@example.jp", "山田 花子", null),
        };

    private static Task<string> PageAsync(ScreenScene scene, Locale locale, ShownNotice? notice = null, bool isErased = false)
    {
        var context = new PageContext(locale, ScreenScene.Merchant, "/desk/orders/N1001");
        var record = Of(scene, isErased);
        var timeline = Timeline.Of(record, scene.Evidence, locale, Audience.Agent);
        return PageHtml.RenderAsync<DeskOrderPage, DeskOrderModel>(
            new(
                context,
                "hanako",
                record,
                timeline,
                notice is null ? [] : [notice],
                WhyWording.ToSay(record.Order, context.Time, scene.Now, Surroundings.Nothing with { Record = timeline.Record })
            )
        );
    }

    [GeneratedRegex(@"(?s)<p lang=""ja"" aria-labelledby=""say-label"">(.*?)</p>")]
    private static partial Regex Said();

    [GeneratedRegex(@"<th scope=""row"">")]
    private static partial Regex Rows();
}
