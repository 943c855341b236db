using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Shonin.Domain.Notices;

/// <summary>
/// When somebody answers the telephone, week by week in the merchant's own time zone: <c>Mon-Fri 09:00-18:00, Sat 10:00-15:00</c>. Holidays
/// are not known.
/// </summary>
public sealed partial record OpeningHours
{
    private const int SpanCountMax = 21;
    private const int DaysOfWeek = 7;
    private static readonly string[] dayNames = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

    /// <param name="To">Up to 24 hours, the end of the day; it is closed at that moment.</param>
    private readonly record struct Span(DayOfWeek Day, TimeSpan From, TimeSpan To);

    private readonly ImmutableArray<Span> spans;

    private OpeningHours(ImmutableArray<Span> spans) => this.spans = spans;

    /// <summary>
    /// Null where it is none: an unknown day, an end that is not after its beginning, or more spans than a week has use for.
    /// </summary>
    public static OpeningHours? Parse(string text)
    {
        var spans = ImmutableArray.CreateBuilder<Span>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (Part().Match(part) is not { Success: true } match)
                return null;
            var (first, from, to) = (DayOf(match.Groups["first"]), TimeOf(match, "from"), TimeOf(match, "to"));
            var last = match.Groups["last"].Success ? DayOf(match.Groups["last"]) : first;
            if (from >= to || to > TimeSpan.FromDays(1))
                return null;
            for (var day = first; ; day = (day + 1) % DaysOfWeek)
            {
                spans.Add(new((DayOfWeek)day, from, to));
                if (day == last)
                    break;
            }
        }
        return spans.Count <= SpanCountMax ? new(spans.ToImmutable()) : null;
    }

    /// <summary>Whether somebody answers at this moment.</summary>
    public bool IsOpen(DateTimeOffset at, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(at, zone);
        return spans.Any(span => span.Day == local.DayOfWeek && span.From <= local.TimeOfDay && local.TimeOfDay < span.To);
    }

    /// <summary>The next moment, after this one, at which somebody begins to answer.</summary>
    public DateTimeOffset NextOpening(DateTimeOffset after, TimeZoneInfo zone)
    {
        var today = TimeZoneInfo.ConvertTime(after, zone).Date;
        return Enumerable
            .Range(0, DaysOfWeek + 1)
            .Select(days => today.AddDays(days))
            .SelectMany(date => spans.Where(span => span.Day == date.DayOfWeek).Select(span => InstantOf(date + span.From, zone)))
            .Where(opening => opening > after)
            .Min();
    }

    /// <summary>An hour that the clocks skip begins when they have.</summary>
    private static DateTimeOffset InstantOf(DateTime local, TimeZoneInfo zone)
    {
        while (zone.IsInvalidTime(local))
            local = local.AddMinutes(15);
        return new DateTimeOffset(local, zone.GetUtcOffset(local));
    }

    private static int DayOf(Group name) => Array.FindIndex(dayNames, day => day.Equals(name.Value, StringComparison.OrdinalIgnoreCase));

    private static TimeSpan TimeOf(Match match, string which) =>
        new(
            int.Parse(match.Groups[which + "Hour"].ValueSpan, CultureInfo.InvariantCulture),
            int.Parse(match.Groups[which + "Minute"].ValueSpan, CultureInfo.InvariantCulture),
            0
        );

    [GeneratedRegex(
        @"^(?<first>Sun|Mon|Tue|Wed|Thu|Fri|Sat)(?:-(?<last>Sun|Mon|Tue|Wed|Thu|Fri|Sat))? (?<fromHour>[01][0-9]|2[0-4]):(?<fromMinute>[0-5][0-9])-(?<toHour>[01][0-9]|2[0-4]):(?<toMinute>[0-5][0-9])$",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase
    )]
    private static partial Regex Part();
}
