using Microsoft.AspNetCore.Components.Rendering;
using Shonin.Domain;
using Shonin.Domain.Notices;
using Shonin.Domain.Points;
using Shonin.Orders;
using Shonin.Points;
using Shonin.Specs.Notices;
using Shonin.Specs.Web;
using Shonin.Web;

namespace Shonin.Specs.Points;

public sealed class PointsPageSpecs
{
    private static readonly PointsPolicy policy = new() { PerHundred = 1 };
    private static readonly DateTimeOffset at = new(2026, 12, 1, 1, 2, 0, TimeSpan.Zero);
    private static readonly SpokenTime time = new("Asia/Tokyo");

    [Theory]
    [InlineData(
        Locale.Ja,
        "62ポイントが付きました。12月1日(火)10:02 (日本時間) まで有効です。",
        "お届けすると、1,240ポイントが付きます。付いてから365日有効です。"
    )]
    [InlineData(
        Locale.En,
        "You earned 62 points, valid until Tue 1 Dec, 10:02 (Japan time).",
        "You'll earn 1,240 points on delivery, valid for 365 days from then."
    )]
    public async Task An_orders_page_says_what_it_earned_until_when_and_what_it_will(Locale locale, string earned, string toCome)
    {
        var scene = ScreenScenes.Titled("shipped");
        var said = PointsWording.OfOrder(new(62, at), 1_240, policy.ExpireAfter, time);
        var page = PageText.Read(
            await PageHtml.RenderAsync<OrderPage, OrderModel>(
                new(scene.Context(locale), scene.Screen(locale, CardMention.Brand), ScreenScene.AccessKey, ScreenScene.Form, [])
                {
                    Points = said,
                }
            )
        );
        Assert.Contains(earned, page, StringComparison.Ordinal);
        Assert.Contains(toCome, page, StringComparison.Ordinal);
        Assert.DoesNotContain(
            locale == Locale.Ja ? "ポイント" : "oints",
            PageText.Read(await scene.PageAsync(locale)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Of_an_order_that_earns_nothing_nothing_is_said() =>
        Assert.Empty(PointsWording.OfOrder(OrderPoints.None, 0, policy.ExpireAfter, time));

    [Theory]
    [InlineData(Locale.Ja, "1ポイント", "1ポイントは、12月1日(火)10:02 (日本時間) まで有効です。", "ご注文 N1001 の返品 −124ポイント")]
    [InlineData(Locale.En, "1 point", "1 point runs out on Tue 1 Dec, 10:02 (Japan time).", "Order N1001 came back −124 points")]
    public async Task The_panel_shows_the_balance_what_runs_out_next_and_where_all_came_from(
        Locale locale,
        string balance,
        string next,
        string entry
    )
    {
        var view = new PointsView(
            1,
            new(at, 1),
            [
                new(PointsCause.Returned, "N1001", -124, at, null),
                new(PointsCause.Expired, "N1000", -5, at, null),
                new(PointsCause.Delivered, "N1002", 1, at, at),
            ],
            3
        );
        var text = await PanelAsync(locale, view, policy);
        Assert.Contains(balance, text, StringComparison.Ordinal);
        Assert.Contains(next, text, StringComparison.Ordinal);
        Assert.Contains(entry, text, StringComparison.Ordinal);
        Assert.Contains(locale == Locale.Ja ? "これより前の3件" : "3 older entries", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, Locale.Ja, "ご注文の品をお届けすると、ポイントがここに付きます。")]
    [InlineData(1, Locale.En, "When an order of yours is delivered, its points appear here.")]
    [InlineData(0, Locale.En, "There are no points yet.")]
    public async Task An_empty_panel_says_what_will_appear(int perHundred, Locale locale, string said) =>
        Assert.Contains(said, await PanelAsync(locale, PointsView.Empty, new() { PerHundred = perHundred }), StringComparison.Ordinal);

    [Fact]
    public void Only_the_newest_entries_are_shown()
    {
        IReadOnlyList<PointsFact> facts =
        [
            .. Enumerable
                .Range(0, PointsView.EntryCountMax + 1)
                .Select(count => new PointsFact.Earned(new($"o{count}"), $"N{count}", $"s{count}", 1, at.AddDays(400), at.AddHours(count))),
        ];
        var view = PointsView.Of([(facts.Aggregate(PointsLedger.Empty, PointsLedger.Evolve), facts)], at.AddDays(30));
        Assert.Equal((PointsView.EntryCountMax, 1, PointsView.EntryCountMax + 1), (view.Entries.Length, view.OlderCount, view.Balance));
        Assert.Equal($"N{PointsView.EntryCountMax}", view.Entries[0].Number);
    }

    private static async Task<string> PanelAsync(Locale locale, PointsView view, PointsPolicy policy) =>
        PageText.Read(await PageHtml.RenderAsync<PanelPage, PanelModel>(new(new(locale, NoticeScenes.Merchant, "/account"), view, policy)));

    private sealed record PanelModel(PageContext Context, PointsView View, PointsPolicy Policy) : PageModel(Context);

    private sealed class PanelPage : Page<PanelModel>
    {
        protected override void BuildRenderTree(RenderTreeBuilder builder)
        {
            builder.OpenComponent<PointsPanel>(0);
            builder.AddComponentParameter(1, nameof(PointsPanel.Context), Model.Context);
            builder.AddComponentParameter(2, nameof(PointsPanel.View), Model.View);
            builder.AddComponentParameter(3, nameof(PointsPanel.Policy), Model.Policy);
            builder.CloseComponent();
        }
    }
}
