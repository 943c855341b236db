using System.Globalization;
using Shonin.Domain;
using Shonin.Domain.Hours;
using Shonin.Specs.Web;
using Shonin.Web;

namespace Shonin.Specs.Hours;

public sealed class HoursWordingSpecs
{
    private const string Split = "Mon-Fri 09:00-12:00 13:00-18:00";
    private const string Holidays = "2026-12-30,年末,Year end,10:00-15:00\n2027-01-01,元日,New Year's Day,closed";

    [Theory]
    [InlineData(Split, "2026-12-01T11:00:00", "いまは受付中です(12:00まで、日本時間)。", "We're open now, until 12:00 (Japan time).")]
    [InlineData(
        Split,
        "2026-12-01T12:00:00",
        "いまは受付時間外です。次は、12月1日(火)13:00 (日本時間) から受け付けます。",
        "We're closed now. We open again on Tue 1 Dec, 13:00 (Japan time)."
    )]
    [InlineData(
        "Mon 09:00-24:00",
        "2026-11-30T10:00:00",
        "いまは受付中です(24:00まで、日本時間)。",
        "We're open now, until midnight (Japan time)."
    )]
    [InlineData(
        "Tue 20:00-02:00",
        "2026-12-01T21:00:00",
        "いまは受付中です(12月2日(水)02:00まで、日本時間)。",
        "We're open now, until Wed 2 Dec, 02:00 (Japan time)."
    )]
    [InlineData(
        "Tue 20:00-02:00",
        "2026-12-02T01:00:00",
        "いまは受付中です(02:00まで、日本時間)。",
        "We're open now, until 02:00 (Japan time)."
    )]
    [InlineData(
        Split,
        "2027-01-01T11:00:00",
        "今日は「元日」のため、お休みです。次は、1月4日(月)09:00 (日本時間) から受け付けます。",
        "We're closed today (New Year's Day). We open again on Mon 4 Jan, 09:00 (Japan time)."
    )]
    [InlineData(
        Split,
        "2026-12-30T16:00:00",
        "いまは受付時間外です。今日は「年末」のため、受付は10:00–15:00です。次は、12月31日(木)09:00 (日本時間) から受け付けます。",
        "We're closed now. Our hours today are 10:00–15:00 (Year end). We open again on Thu 31 Dec, 09:00 (Japan time)."
    )]
    public void It_is_said_whether_somebody_answers_and_until_or_from_when(string week, string local, string ja, string en)
    {
        var said = new HoursWording(Hours(week, Holidays)).Now(Tokyo(local));
        Assert.Equal((ja, en), (said.Ja, said.En));
    }

    [Fact]
    public void A_shop_that_never_closes_says_so()
    {
        var said = new HoursWording(Hours("Mon-Sun 00:00-24:00", "")).Now(Tokyo("2026-12-01T21:00:00"));
        Assert.Equal(("いまは受付中です(休みなし)。", "We're open now, day and night."), (said.Ja, said.En));
    }

    [Theory]
    [InlineData(
        Split,
        "2026-12-01T23:00:00",
        "12月1日(火) 09:00–12:00、13:00–18:00 (日本時間)",
        "Tue 1 Dec, 09:00–12:00, 13:00–18:00 (Japan time)"
    )]
    [InlineData(Split, "2027-01-01T23:00:00", "1月1日(金) 休み(元日) (日本時間)", "Fri 1 Jan, closed (New Year's Day) (Japan time)")]
    [InlineData(
        "Tue 20:00-02:00",
        "2026-12-01T23:00:00",
        "12月1日(火) 20:00–翌02:00 (日本時間)",
        "Tue 1 Dec, 20:00–02:00 the next day (Japan time)"
    )]
    [InlineData("Mon-Sun 00:00-24:00", "2026-12-01T23:00:00", "12月1日(火) 24時間 (日本時間)", "Tue 1 Dec, all day (Japan time)")]
    [InlineData(
        "Mon-Sun 00:00-12:00, Mon-Sun 11:00-13:30",
        "2026-12-01T23:00:00",
        "12月1日(火) 00:00–13:30 (日本時間)",
        "Tue 1 Dec, 00:00–13:30 (Japan time)"
    )]
    public void Todays_hours_are_said(string week, string local, string ja, string en)
    {
        var said = new HoursWording(Hours(week, Holidays)).Today(Tokyo(local));
        Assert.Equal((ja, en), (said.Ja, said.En));
    }

    [Fact]
    public void A_week_begins_today_and_holds_its_holidays()
    {
        var rows = new HoursWording(Hours(Split, Holidays)).Week(Tokyo("2026-12-29T10:00:00"));
        Assert.Equal(
            [
                "Tue 29 Dec: 09:00–12:00, 13:00–18:00 ",
                "Wed 30 Dec: 10:00–15:00 Year end",
                "Thu 31 Dec: 09:00–12:00, 13:00–18:00 ",
                "Fri 1 Jan: closed New Year's Day",
                "Sat 2 Jan: closed ",
                "Sun 3 Jan: closed ",
                "Mon 4 Jan: 09:00–12:00, 13:00–18:00 ",
            ],
            rows.Select(row => $"{row.Day.En}: {row.Hours.En} {row.Why?.En}")
        );
    }

    [Fact]
    public void The_zone_is_said_as_it_is_at_that_time()
    {
        var hours = new OpeningHours(
            WeeklyHours.Parse("Mon-Fri 09:00-18:00")!,
            SpecialDays.None,
            TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin")
        );
        Assert.Equal(
            "We're closed now. We open again on Mon 29 Mar, 09:00 (UTC+02:00).",
            new HoursWording(hours).Now(DateTimeOffset.Parse("2027-03-26T20:00:00Z", CultureInfo.InvariantCulture)).En
        );
    }

    [Theory]
    [InlineData(Locale.Ja, "今日は「元日」のため、お休みです。", "1月1日(金) 休み (元日)")]
    [InlineData(Locale.En, "We're closed today (New Year's Day).", "Fri 1 Jan closed (New Year's Day)")]
    public async Task A_page_says_it_with_the_week_below(Locale locale, string now, string today)
    {
        var context = new PageContext(locale, ScreenScene.Merchant, "/")
        {
            Now = Tokyo("2027-01-01T10:00:00"),
            Hours = Hours(Split, Holidays),
        };
        var page = PageText.Read(await PageHtml.RenderAsync<HomePage, HomeModel>(new(context)));
        Assert.Contains(now, page, StringComparison.Ordinal);
        Assert.Contains(today, page, StringComparison.Ordinal);
        var unknown = PageText.Read(await PageHtml.RenderAsync<HomePage, HomeModel>(new(context with { Hours = null })));
        Assert.DoesNotContain(now, unknown, StringComparison.Ordinal);
    }

    private static OpeningHours Hours(string week, string holidays) =>
        new(WeeklyHours.Parse(week)!, SpecialDays.Parse(holidays).Days, TimeZoneInfo.FindSystemTimeZoneById("Asia/Tokyo"));

    private static DateTimeOffset Tokyo(string local) => DateTimeOffset.Parse(local + "+09:00", CultureInfo.InvariantCulture);
}
