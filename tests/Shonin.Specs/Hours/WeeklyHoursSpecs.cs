using Shonin.Domain.Hours;

namespace Shonin.Specs.Hours;

public sealed class WeeklyHoursSpecs
{
    [Theory]
    [InlineData("Mon-Fri 09:00-18:00", DayOfWeek.Monday, "09:00-18:00")]
    [InlineData("Mon-Fri 09:00-18:00", DayOfWeek.Friday, "09:00-18:00")]
    [InlineData("Mon-Fri 09:00-18:00", DayOfWeek.Saturday, "")]
    [InlineData("Mon-Fri 09:00-12:00 13:00-18:00, Sat 10:00-15:00", DayOfWeek.Wednesday, "09:00-12:00 13:00-18:00")]
    [InlineData("Mon-Fri 09:00-12:00, Mon-Fri 13:00-18:00", DayOfWeek.Wednesday, "09:00-12:00 13:00-18:00")]
    [InlineData("Fri-Mon 00:00-24:00", DayOfWeek.Sunday, "00:00-24:00")]
    [InlineData("Fri 20:00-02:00", DayOfWeek.Friday, "20:00-26:00")]
    [InlineData("Fri 20:00-00:00", DayOfWeek.Friday, "20:00-24:00")]
    [InlineData("mon-sun 09:00-21:00", DayOfWeek.Sunday, "09:00-21:00")]
    public void Each_day_has_its_periods(string hours, DayOfWeek day, string expected) =>
        Assert.Equal(
            expected,
            string.Join(' ', WeeklyHours.Parse(hours)!.On(day).Select(period => $"{Clock(period.From)}-{Clock(period.To)}"))
        );

    [Theory]
    [InlineData("")]
    [InlineData("Mon-Fri")]
    [InlineData("Mon 09:00-09:00")]
    [InlineData("Mon 00:00-00:00")]
    [InlineData("Mon 24:00-01:00")]
    [InlineData("Mon 09:00-24:01")]
    [InlineData("Mond 09:00-18:00")]
    [InlineData("Mon 9:00-18:00")]
    [InlineData("Mon 09:00-18:00;Tue 09:00-18:00")]
    [InlineData("Mon 09:00-18:00,")]
    [InlineData("Mon 09:00-12:00 13:00")]
    [InlineData("Mon-Sun 00:00-01:00 02:00-03:00 04:00-05:00, Mon 06:00-07:00")] // One more than three a day.
    [InlineData("Mon 01:00-02:00 03:00-04:00 05:00-06:00 07:00-08:00 09:00-10:00 11:00-12:00 13:00-14:00")] // Seven in one day.
    public void Anything_else_is_no_week(string hours) => Assert.Null(WeeklyHours.Parse(hours));

    [Theory]
    [InlineData("Mon-Sun 00:00-01:00 02:00-03:00 04:00-05:00")]
    [InlineData("Mon 01:00-02:00 03:00-04:00 05:00-06:00 07:00-08:00 09:00-10:00 11:00-12:00")]
    public void At_the_limits_it_is_one(string hours) => Assert.NotNull(WeeklyHours.Parse(hours));

    private static string Clock(TimeSpan time) => $"{(int)time.TotalHours:00}:{time.Minutes:00}";
}
