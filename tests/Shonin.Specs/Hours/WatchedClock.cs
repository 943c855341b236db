using System.Globalization;
using CsCheck;
using Shonin.Domain.Hours;

namespace Shonin.Specs.Hours;

/// <summary>
/// Opening hours as somebody finds them who watches the clock on the wall every minute of a year: a period begins when the clock first
/// shows its beginning or more, and ends when it first shows its end or more.
/// </summary>
internal sealed class WatchedClock
{
    public const int MinuteCount = 366 * 24 * 60;

    /// <summary>Before the year, for nights and for the clocks of zones far from Greenwich.</summary>
    private const int WarmUpMinutes = 5 * 24 * 60;

    private readonly DateTimeOffset start;
    private readonly bool[] open = new bool[MinuteCount];

    public WatchedClock(OpeningHours hours, string week, string holidays, int year)
    {
        start = new(year, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var (weekly, special) = (WeeklyHours.Parse(week)!, SpecialDays.Parse(holidays).Days);
        var first = DateOnly.FromDateTime(start.AddMinutes(-WarmUpMinutes).DateTime);
        var periods = Enumerable
            .Range(-2, (MinuteCount + (2 * WarmUpMinutes)) / (24 * 60))
            .Select(count => first.AddDays(count))
            .SelectMany(date =>
                (special.On(date)?.Periods.AsEnumerable() ?? weekly.On(date.DayOfWeek)).Select(period =>
                    (From: date.ToDateTime(TimeOnly.MinValue) + period.From, To: date.ToDateTime(TimeOnly.MinValue) + period.To)
                )
            )
            .ToList();
        var begins = new Queue<DateTime>(periods.Select(period => period.From).Order());
        var ends = new Queue<DateTime>(periods.Select(period => period.To).Order());
        var openCount = 0;
        for (var minute = -WarmUpMinutes; minute < MinuteCount; minute++)
        {
            var shown = TimeZoneInfo.ConvertTime(start.AddMinutes(minute), hours.Zone).DateTime;
            for (; begins.TryPeek(out var from) && from <= shown; begins.Dequeue())
                openCount++;
            for (; ends.TryPeek(out var to) && to <= shown; ends.Dequeue())
                openCount--;
            if (minute >= 0)
                open[minute] = openCount > 0;
        }
    }

    /// <summary>What lies behind it was not watched.</summary>
    public DateTimeOffset End => At(MinuteCount - 1);

    public DateTimeOffset At(int minute) => start.AddMinutes(minute);

    public bool IsOpen(int minute) => open[minute];

    public DateTimeOffset? OpensNextAfter(int minute) => Next(minute, before: false);

    public DateTimeOffset? ClosesAfter(int minute) => Next(minute, before: true);

    public DateTimeOffset? AddOpenMinutes(int minute, int openMinutes)
    {
        var left = openMinutes;
        for (; left > 0 && minute < MinuteCount; minute++)
        {
            if (open[minute])
                left--;
        }
        return left > 0 || minute >= MinuteCount - 1 ? null : At(minute);
    }

    private DateTimeOffset? Next(int minute, bool before)
    {
        for (var next = minute + 1; next < MinuteCount - 1; next++)
        {
            if (open[next - 1] == before && open[next] != before)
                return At(next);
        }
        return null;
    }

    private static readonly Gen<string> times = Gen.Select(
        Gen.Int[0, 23],
        Gen.OneOf(Gen.Const(0), Gen.Const(0), Gen.Const(15), Gen.Const(30), Gen.Const(59)),
        (hour, minute) => Clock(hour, minute)
    );

    private static readonly Gen<string> periods = Gen.Select(times, Gen.OneOf(times, Gen.Const("24:00")))
        .Where((from, to) => from != to)
        .Select((from, to) => $"{from}-{to}");

    public static Gen<string> Weeks { get; } =
        Gen.Select(Gen.OneOf("Mon Tue-Fri Sat-Sun Mon-Sun Sun Fri-Mon".Split(' ').Select(Gen.Const).ToArray()), periods.Array[1, 2])
            .Select((days, some) => $"{days} {string.Join(' ', some)}")
            .Array[1, 3]
            .Select(parts => string.Join(", ", parts))
            .Where(week => WeeklyHours.Parse(week) is not null);

    public static Gen<string> Holidays(int year) =>
        Gen.Select(Gen.Int[0, 364], Gen.OneOf(Gen.Const("closed"), periods))
            .Array[0, 40]
            .Select(some =>
                string.Join(
                    '\n',
                    some.DistinctBy(one => one.Item1)
                        .Select(one =>
                            new DateOnly(year, 1, 1).AddDays(one.Item1).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
                            + $",休,Off,{one.Item2}"
                        )
                )
            );

    private static string Clock(int hour, int minute) => string.Create(CultureInfo.InvariantCulture, $"{hour:00}:{minute:00}");
}
