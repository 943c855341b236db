using System.Globalization;
using CsCheck;
using Shonin.Domain;
using Shonin.Domain.Hours;

namespace Shonin.Specs.Hours;

public sealed class OpeningHoursSpecs
{
    private const string Split = "Mon-Fri 09:00-12:00 13:00-18:00";
    private const string Night = "Thu-Sat 20:00-02:00";
    private const string Always = "Mon-Sun 00:00-24:00";

    /// <summary>Tuesday 1 December 2026 and the days around it, in Tokyo.</summary>
    [Theory]
    [InlineData("Mon-Fri 09:00-18:00", "2026-12-01T08:59:59", false)]
    [InlineData("Mon-Fri 09:00-18:00", "2026-12-01T09:00:00", true)]
    [InlineData("Mon-Fri 09:00-18:00", "2026-12-01T17:59:59", true)]
    [InlineData("Mon-Fri 09:00-18:00", "2026-12-01T18:00:00", false)]
    [InlineData("Mon-Fri 09:00-18:00", "2026-12-05T12:00:00", false)] // Saturday
    [InlineData("Mon-Fri 09:00-18:00, Sat 10:00-13:00", "2026-12-05T12:00:00", true)]
    [InlineData(Split, "2026-12-01T11:59:59", true)]
    [InlineData(Split, "2026-12-01T12:00:00", false)]
    [InlineData(Split, "2026-12-01T12:59:59", false)]
    [InlineData(Split, "2026-12-01T13:00:00", true)]
    [InlineData("Mon-Fri 09:00-12:00, Mon-Fri 12:00-18:00", "2026-12-01T12:00:00", true)]
    [InlineData("Fri-Mon 00:00-24:00", "2026-12-05T23:59:59", true)]
    [InlineData("Fri-Mon 00:00-24:00", "2026-12-06T00:00:00", true)]
    [InlineData("Fri-Mon 00:00-24:00", "2026-12-08T00:00:00", false)] // Tuesday
    [InlineData(Night, "2026-12-03T19:59:59", false)]
    [InlineData(Night, "2026-12-03T20:00:00", true)]
    [InlineData(Night, "2026-12-04T01:59:59", true)]
    [InlineData(Night, "2026-12-04T02:00:00", false)]
    [InlineData(Night, "2026-12-06T01:59:59", true)] // Sunday, Saturday's night
    [InlineData(Night, "2026-12-06T20:00:00", false)]
    [InlineData("Mon 20:00-02:00", "2026-12-01T01:00:00", true)]
    [InlineData("Mon 20:00-02:00", "2026-11-30T01:00:00", false)]
    public void It_is_open_from_the_first_moment_of_a_period_until_before_its_last(string week, string local, bool isOpen) =>
        Assert.Equal(isOpen, Hours(week).IsOpenAt(Tokyo(local)));

    [Theory]
    [InlineData("Mon-Fri 09:00-18:00", "2026-12-01T21:00:00", "2026-12-02T09:00:00")]
    [InlineData("Mon-Fri 09:00-18:00", "2026-12-04T21:00:00", "2026-12-07T09:00:00")] // Friday night, until Monday
    [InlineData("Mon-Fri 09:00-18:00", "2026-12-01T05:00:00", "2026-12-01T09:00:00")]
    [InlineData("Mon-Fri 09:00-18:00", "2026-12-01T08:59:59", "2026-12-01T09:00:00")]
    [InlineData("Mon-Fri 09:00-18:00", "2026-12-01T09:00:00", "2026-12-02T09:00:00")]
    [InlineData("Wed 09:00-18:00", "2026-12-02T09:00:00", "2026-12-09T09:00:00")] // a week on
    [InlineData(Split, "2026-12-01T12:00:00", "2026-12-01T13:00:00")]
    [InlineData("Mon-Fri 09:00-12:00, Mon-Fri 12:00-18:00", "2026-12-01T11:00:00", "2026-12-02T09:00:00")] // no pause between both
    [InlineData(Night, "2026-12-06T01:00:00", "2026-12-10T20:00:00")]
    [InlineData(Always, "2026-12-01T09:00:00", null)]
    public void The_next_opening_is_told(string week, string after, string? opening) =>
        Assert.Equal(opening is null ? null : Tokyo(opening), Hours(week).OpensNextAfter(Tokyo(after)));

    [Theory]
    [InlineData("Mon-Fri 09:00-18:00", "2026-12-01T09:00:00", "2026-12-01T18:00:00")]
    [InlineData("Mon-Fri 09:00-18:00", "2026-12-01T17:59:59", "2026-12-01T18:00:00")]
    [InlineData("Mon-Fri 09:00-18:00", "2026-12-01T18:00:00", "2026-12-02T18:00:00")]
    [InlineData(Split, "2026-12-01T10:00:00", "2026-12-01T12:00:00")]
    [InlineData("Mon-Fri 09:00-12:00, Mon-Fri 11:00-18:00", "2026-12-01T10:00:00", "2026-12-01T18:00:00")]
    [InlineData("Fri-Mon 00:00-24:00", "2026-12-04T00:00:00", "2026-12-08T00:00:00")]
    [InlineData(Night, "2026-12-03T21:00:00", "2026-12-04T02:00:00")]
    [InlineData(Always, "2026-12-01T09:00:00", null)]
    public void The_next_closing_is_told(string week, string after, string? closing) =>
        Assert.Equal(closing is null ? null : Tokyo(closing), Hours(week).ClosesAfter(Tokyo(after)));

    [Theory]
    [InlineData("Mon-Fri 09:00-18:00", "2026-12-01T10:00:00", 0, "2026-12-01T10:00:00")]
    [InlineData("Mon-Fri 09:00-18:00", "2026-12-01T20:00:00", 0, "2026-12-01T20:00:00")]
    [InlineData("Mon-Fri 09:00-18:00", "2026-12-01T10:00:00", 4, "2026-12-01T14:00:00")]
    [InlineData("Mon-Fri 09:00-18:00", "2026-12-01T14:00:00", 4, "2026-12-01T18:00:00")] // to the last moment
    [InlineData("Mon-Fri 09:00-18:00", "2026-12-01T14:01:00", 4, "2026-12-02T09:01:00")]
    [InlineData("Mon-Fri 09:00-18:00", "2026-12-04T17:00:00", 4, "2026-12-07T12:00:00")] // over a weekend
    [InlineData("Mon-Fri 09:00-18:00", "2026-12-05T17:00:00", 4, "2026-12-07T13:00:00")]
    [InlineData(Split, "2026-12-01T11:00:00", 4, "2026-12-01T16:00:00")]
    [InlineData("Mon-Fri 09:00-12:00, Mon-Fri 11:00-18:00", "2026-12-01T09:00:00", 4, "2026-12-01T13:00:00")] // counted once
    [InlineData(Night, "2026-12-04T01:00:00", 4, "2026-12-04T23:00:00")]
    [InlineData(Always, "2026-12-01T09:00:00", 168, "2026-12-08T09:00:00")]
    [InlineData("Mon 09:00-10:00", "2026-12-01T09:00:00", 4, "2026-12-28T10:00:00")]
    public void Open_time_passes_only_while_it_is_open(string week, string from, int openHours, string reached) =>
        Assert.Equal(Tokyo(reached), Hours(week).AddOpenTime(Tokyo(from), TimeSpan.FromHours(openHours)));

    [Theory]
    [InlineData(-1)]
    [InlineData(168 * 60 + 1)]
    public void More_than_a_week_of_open_time_is_not_reckoned(int minutes) =>
        Assert.Throws<InvariantBrokenException>(() =>
            Hours(Always).AddOpenTime(Tokyo("2026-12-01T09:00:00"), TimeSpan.FromMinutes(minutes))
        );

    [Theory]
    [InlineData("2026-12-31T10:00:00", false)]
    [InlineData("2026-12-30T14:59:59", true)]
    [InlineData("2026-12-30T15:00:00", false)] // hours of its own
    [InlineData("2027-01-02T10:30:00", true)] // a Saturday that is worked
    public void A_holiday_and_a_special_day_go_before_the_week(string local, bool isOpen) =>
        Assert.Equal(isOpen, Hours("Mon-Fri 09:00-18:00", YearEnd).IsOpenAt(Tokyo(local)));

    [Fact]
    public void Promised_times_know_the_holidays()
    {
        var hours = Hours("Mon-Fri 09:00-18:00", YearEnd);
        Assert.Equal(Tokyo("2027-01-02T10:00:00"), hours.OpensNextAfter(Tokyo("2026-12-30T15:00:00")));
        // One hour on the 30th, one on the 2nd, the rest on Monday the 4th.
        Assert.Equal(Tokyo("2027-01-04T11:00:00"), hours.AddOpenTime(Tokyo("2026-12-30T14:00:00"), TimeSpan.FromHours(4)));
    }

    [Fact]
    public void A_night_that_begins_before_a_holiday_is_worked_to_its_end_and_the_holidays_own_does_not_begin()
    {
        var hours = Hours("Mon-Sun 20:00-02:00", "2027-01-01,元日,New Year's Day,closed");
        Assert.True(hours.IsOpenAt(Tokyo("2027-01-01T01:59:59")));
        Assert.False(hours.IsOpenAt(Tokyo("2027-01-01T20:00:00")));
        Assert.False(hours.IsOpenAt(Tokyo("2027-01-02T01:00:00")));
        Assert.Equal(Tokyo("2027-01-02T20:00:00"), hours.OpensNextAfter(Tokyo("2027-01-01T02:00:00")));
    }

    [Fact]
    public void A_shop_that_never_closes_closes_for_its_one_holiday_years_away()
    {
        var hours = Hours(Always, "2029-01-01,元日,New Year's Day,closed");
        Assert.Equal(Tokyo("2029-01-01T00:00:00"), hours.ClosesAfter(Tokyo("2026-12-01T09:00:00")));
        Assert.Equal(Tokyo("2029-01-02T00:00:00"), hours.OpensNextAfter(Tokyo("2026-12-01T09:00:00")));
        Assert.Null(hours.ClosesAfter(Tokyo("2029-01-02T00:00:00")));
    }

    /// <summary>In 2027 clocks go forward on 28 March in Berlin, on 14 March in New York; back on 31 October and 7 November.</summary>
    [Theory]
    [InlineData("Europe/Berlin", "Sun 00:00-06:00", "2027-03-28T00:30:00+01:00", 3, "2027-03-28T04:30:00+02:00")]
    [InlineData("Europe/Berlin", "Sun 02:30-06:00", "2027-03-28T00:30:00+01:00", 1, "2027-03-28T04:00:00+02:00")] // begins where the clocks land
    [InlineData("Europe/Berlin", "Sun 01:00-02:30, Sun 05:00-06:00", "2027-03-28T01:00:00+01:00", 2, "2027-03-28T06:00:00+02:00")] // ends there
    [InlineData("Europe/Berlin", "Sun 02:15-02:45, Sun 05:00-06:00", "2027-03-28T01:00:00+01:00", 1, "2027-03-28T06:00:00+02:00")] // is skipped
    [InlineData("Europe/Berlin", "Sun 00:00-06:00", "2027-10-31T00:30:00+02:00", 3, "2027-10-31T02:30:00+01:00")]
    [InlineData("Europe/Berlin", "Sun 02:30-06:00", "2027-10-31T00:30:00+02:00", 1, "2027-10-31T02:30:00+01:00")] // begins at the first 02:30
    [InlineData("Europe/Berlin", "Sat 22:00-02:30, Sun 09:00-10:00", "2027-10-30T22:00:00+02:00", 5, "2027-10-31T09:30:00+01:00")]
    [InlineData("America/New_York", "Sat 22:00-06:00", "2027-03-14T01:00:00-05:00", 2, "2027-03-14T04:00:00-04:00")]
    [InlineData("America/New_York", "Sun 00:00-06:00", "2027-11-07T00:30:00-04:00", 2, "2027-11-07T01:30:00-05:00")]
    public void Open_hours_are_real_hours_when_clocks_change(string zone, string week, string from, int openHours, string reached) =>
        Assert.Equal(At(reached), Hours(week, zone: zone).AddOpenTime(At(from), TimeSpan.FromHours(openHours)));

    [Theory]
    [InlineData("Europe/Berlin", "2027-03-26T20:00:00Z", "2027-03-29T07:00:00Z")] // Friday in winter time, Monday in summer time
    [InlineData("Europe/Berlin", "2027-10-29T20:00:00Z", "2027-11-01T08:00:00Z")]
    [InlineData("America/New_York", "2027-03-12T23:00:00Z", "2027-03-15T13:00:00Z")]
    [InlineData("America/New_York", "2027-11-05T23:00:00Z", "2027-11-08T14:00:00Z")]
    public void It_opens_at_nine_by_the_clock_on_the_wall(string zone, string after, string opening) =>
        Assert.Equal(At(opening), Hours("Mon-Fri 09:00-18:00", zone: zone).OpensNextAfter(At(after)));

    [Theory]
    [InlineData("Asia/Tokyo", 2027)]
    [InlineData("Europe/Berlin", 2027)]
    [InlineData("America/New_York", 2027)]
    [InlineData("Europe/Dublin", 2027)]
    [InlineData("Australia/Lord_Howe", 2027)] // Half an hour.
    [InlineData("America/Havana", 2027)] // At midnight.
    [InlineData("Africa/Casablanca", 2027)] // Ramadan.
    [InlineData("Pacific/Apia", 2011)] // Left a day out.
    public void Any_week_and_any_holidays_are_as_a_clock_that_is_watched_minute_by_minute(string zone, int year) =>
        Gen.Select(WatchedClock.Weeks, WatchedClock.Holidays(year), Gen.Int[0, WatchedClock.MinuteCount - 1].Array[20], Gen.Int[0, 300])
            .Sample(
                (week, holidays, minutes, openMinutes) =>
                {
                    var hours = Hours(week, holidays, zone);
                    var watched = new WatchedClock(hours, week, holidays, year);
                    foreach (var minute in minutes)
                    {
                        var at = watched.At(minute);
                        Assert.Equal((at, watched.IsOpen(minute)), (at, hours.IsOpenAt(at)));
                        Assert.Equal((at, watched.OpensNextAfter(minute)), (at, Within(watched, hours.OpensNextAfter(at))));
                        Assert.Equal((at, watched.ClosesAfter(minute)), (at, Within(watched, hours.ClosesAfter(at))));
                        var reached = watched.AddOpenMinutes(minute, openMinutes);
                        Assert.Equal((at, reached), (at, Within(watched, hours.AddOpenTime(at, TimeSpan.FromMinutes(openMinutes)))));
                    }
                },
                iter: Walks.Times(4)
            );

    private static DateTimeOffset? Within(WatchedClock watched, DateTimeOffset? at) => at < watched.End ? at : null;

    private const string YearEnd =
        "2026-12-30,年末,Year end,10:00-15:00\n2026-12-31,大晦日,New Year's Eve,closed\n"
        + "2027-01-01,元日,New Year's Day,closed\n2027-01-02,初売り,First sale,10:00-11:00";

    private static OpeningHours Hours(string week, string holidays = "", string zone = "Asia/Tokyo") =>
        new(WeeklyHours.Parse(week)!, SpecialDays.Parse(holidays).Days, TimeZoneInfo.FindSystemTimeZoneById(zone));

    private static DateTimeOffset Tokyo(string local) => At(local + "+09:00");

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
