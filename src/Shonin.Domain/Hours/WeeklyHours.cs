using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Shonin.Domain.Hours;

/// <summary>A time of one day, by the clock on the wall.</summary>
/// <param name="From">Below 24 hours.</param>
/// <param name="To">Closed at that moment. Up to 24 hours, the end of the day; above it, so far into the next day: 26 hours is 02:00.</param>
public readonly record struct OpenPeriod(TimeSpan From, TimeSpan To);

/// <summary>
/// When somebody answers in a usual week: <c>Mon-Fri 09:00-12:00 13:00-18:00, Sat 10:00-15:00</c>. A period that ends before it begins
/// goes on over midnight (<c>Fri 20:00-02:00</c>) and belongs to the day on which it begins.
/// </summary>
public sealed partial class WeeklyHours
{
    /// <summary>Three a day.</summary>
    private const int PeriodCountMax = 21;
    private const int PeriodsPerDayMax = 6;
    private const int DaysOfWeek = 7;
    private static readonly string[] dayNames = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

    private readonly ILookup<DayOfWeek, OpenPeriod> periods;

    private WeeklyHours(IEnumerable<(DayOfWeek Day, OpenPeriod Period)> periods) =>
        this.periods = periods.ToLookup(one => one.Day, one => one.Period);

    public IEnumerable<OpenPeriod> On(DayOfWeek day) => periods[day];

    /// <summary>
    /// Null where it is none: an unknown day, a period without length, or more periods than a week has use for.
    /// </summary>
    public static WeeklyHours? Parse(string text)
    {
        var all = new List<(DayOfWeek, OpenPeriod)>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (Part().Match(part) is not { Success: true } match || PeriodsIn(match.Groups["periods"].Value) is not { } periods)
                return null;
            var first = DayOf(match.Groups["first"]);
            var last = match.Groups["last"].Success ? DayOf(match.Groups["last"]) : first;
            for (var day = first; ; day = (day + 1) % DaysOfWeek)
            {
                all.AddRange(periods.Select(period => ((DayOfWeek)day, period)));
                if (day == last)
                    break;
            }
        }
        return all.Count <= PeriodCountMax ? new(all) : null;
    }

    /// <summary>The periods of one day: <c>09:00-12:00 13:00-18:00</c>; null where they are none.</summary>
    internal static ImmutableArray<OpenPeriod>? PeriodsIn(string text)
    {
        var periods = ImmutableArray.CreateBuilder<OpenPeriod>();
        foreach (var part in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (Period().Match(part) is not { Success: true } match)
                return null;
            var (from, to) = (TimeOf(match, "from"), TimeOf(match, "to"));
            if (from == to || from >= TimeSpan.FromDays(1) || to > TimeSpan.FromDays(1))
                return null;
            periods.Add(new(from, from < to ? to : to + TimeSpan.FromDays(1)));
        }
        return periods.Count is > 0 and <= PeriodsPerDayMax ? periods.ToImmutable() : null;
    }

    private static int DayOf(Group name) => Array.FindIndex(dayNames, day => day.Equals(name.Value, StringComparison.OrdinalIgnoreCase));

    private static TimeSpan TimeOf(Match match, string which) =>
        new(
            int.Parse(match.Groups[which + "Hour"].ValueSpan, CultureInfo.InvariantCulture),
            int.Parse(match.Groups[which + "Minute"].ValueSpan, CultureInfo.InvariantCulture),
            0
        );

    [GeneratedRegex(
        @"^(?<first>Sun|Mon|Tue|Wed|Thu|Fri|Sat)(?:-(?<last>Sun|Mon|Tue|Wed|Thu|Fri|Sat))? (?<periods>[0-9].*)$",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase
    )]
    private static partial Regex Part();

    [GeneratedRegex(
        @"^(?<fromHour>[01][0-9]|2[0-4]):(?<fromMinute>[0-5][0-9])-(?<toHour>[01][0-9]|2[0-4]):(?<toMinute>[0-5][0-9])$",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Period();
}
