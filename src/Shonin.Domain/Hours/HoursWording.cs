using System.Collections.Immutable;
using System.Globalization;
using Shonin.Domain.Notices;

namespace Shonin.Domain.Hours;

/// <summary>A day in a table of hours.</summary>
/// <param name="Why">The holiday's name; null on a usual day.</param>
public sealed record HoursRow(Words Day, Words Hours, Words? Why);

/// <summary>Opening hours as customers read them: whether somebody answers now, until or from when, and why not.</summary>
public sealed class HoursWording(OpeningHours hours)
{
    private const int DaysOfWeek = 7;

    private readonly SpokenTime time = new(hours.Zone.Id);

    /// <summary>
    /// いまは受付中です(18:00まで、日本時間)。 · We're open now, until 18:00 (Japan time). Or when it opens next, and the holiday that is the reason.
    /// </summary>
    public Words Now(DateTimeOffset at)
    {
        if (hours.IsOpenAt(at))
            return OpenUntil(at, hours.ClosesAfter(at));
        var closed = Closed(hours.DayOf(hours.DateAt(at)));
        if (hours.OpensNextAfter(at) is not { } opening)
            return closed;
        var next = time.DayAndTime(opening);
        return closed.Then(new($"次は、{next.Ja} から受け付けます。", $"We open again on {next.En}."));
    }

    /// <summary>12月1日(火) 09:00–12:00、13:00–18:00 (日本時間) · Tue 1 Dec, 09:00–12:00, 13:00–18:00 (Japan time).</summary>
    public Words Today(DateTimeOffset at)
    {
        var (day, zoneName) = (Row(hours.DateAt(at)), time.Zone(at));
        var why = day.Why is { } name ? new Words($"({name.Ja})", $" ({name.En})") : new("", "");
        return new($"{day.Day.Ja} {day.Hours.Ja}{why.Ja} ({zoneName.Ja})", $"{day.Day.En}, {day.Hours.En}{why.En} ({zoneName.En})");
    }

    /// <summary>Seven days from today on, by their dates, so that holidays stand among them.</summary>
    public ImmutableArray<HoursRow> Week(DateTimeOffset at)
    {
        var today = hours.DateAt(at);
        return [.. Enumerable.Range(0, DaysOfWeek).Select(count => Row(today.AddDays(count)))];
    }

    private Words OpenUntil(DateTimeOffset at, DateTimeOffset? closing)
    {
        if (closing is not { } end)
            return new("いまは受付中です(休みなし)。", "We're open now, day and night.");
        var (until, zoneName) = (Until(hours.DateAt(at), end), time.Zone(end));
        return new($"いまは受付中です({until.Ja}まで、{zoneName.Ja})。", $"We're open now, until {until.En} ({zoneName.En}).");
    }

    /// <summary>The day is said where it is another one; midnight ends the day itself.</summary>
    private Words Until(DateOnly today, DateTimeOffset end)
    {
        var (date, clock) = (hours.DateAt(end), time.TimeOfDay(end));
        if (date == today)
            return new(clock, clock);
        if (date == today.AddDays(1) && clock == "00:00")
            return new("24:00", "midnight");
        var day = SpokenTime.Day(date);
        return new(day.Ja + clock, $"{day.En}, {clock}");
    }

    private static Words Closed(DayHours today) =>
        today switch
        {
            { Special: null } => new("いまは受付時間外です。", "We're closed now."),
            { Special.Name: var name, Periods.IsEmpty: true } => new(
                $"今日は「{name.Ja}」のため、お休みです。",
                $"We're closed today ({name.En})."
            ),
            { Special.Name: var name } => new(
                $"いまは受付時間外です。今日は「{name.Ja}」のため、受付は{Spoken(today.Periods).Ja}です。",
                $"We're closed now. Our hours today are {Spoken(today.Periods).En} ({name.En})."
            ),
        };

    private HoursRow Row(DateOnly date)
    {
        var day = hours.DayOf(date);
        return new(SpokenTime.Day(date), day.Periods.IsEmpty ? new("休み", "closed") : Spoken(day.Periods), day.Special?.Name);
    }

    private static Words Spoken(ImmutableArray<OpenPeriod> periods) =>
        periods is [{ From.Ticks: 0, To.Ticks: TimeSpan.TicksPerDay }]
            ? new("24時間", "all day")
            : new(
                string.Join("、", periods.Select(period => $"{Clock(period.From)}–{EndOf(period).Ja}")),
                string.Join(", ", periods.Select(period => $"{Clock(period.From)}–{EndOf(period).En}"))
            );

    private static Words EndOf(OpenPeriod period)
    {
        if (period.To <= TimeSpan.FromDays(1))
            return new(Clock(period.To), Clock(period.To));
        var clock = Clock(period.To - TimeSpan.FromDays(1));
        return new($"翌{clock}", $"{clock} the next day");
    }

    private static string Clock(TimeSpan time) =>
        string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours:00}:{time.Minutes:00}");
}
