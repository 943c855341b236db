using System.Collections.Immutable;

namespace Shonin.Domain.Hours;

/// <param name="Special">Why the day is not as its weekday usually is; null where it is.</param>
/// <param name="Periods">In order, none touching the next; empty where it is closed.</param>
public sealed record DayHours(DateOnly Date, ImmutableArray<OpenPeriod> Periods, SpecialDay? Special);

/// <summary>
/// When somebody answers: the usual week, with holidays and special days, by the clocks of the merchant's own zone. A period belongs to the
/// day on which it begins, and a holiday closes what would begin on it: who works over midnight into one works to the end.
/// </summary>
public sealed class OpeningHours(WeeklyHours week, SpecialDays days, TimeZoneInfo zone)
{
    /// <summary>Longest time that can be promised: a week without a pause.</summary>
    public static readonly TimeSpan OpenTimeMax = TimeSpan.FromDays(7);

    /// <summary>A whole week, and a period of its last day.</summary>
    private const int UsualDayCount = 8;

    private readonly record struct Stretch(DateTimeOffset From, DateTimeOffset To);

    public TimeZoneInfo Zone => zone;

    /// <summary>The same week with other holidays.</summary>
    public OpeningHours With(SpecialDays others) => new(week, others, zone);

    /// <summary>The date that the merchant's calendar shows.</summary>
    public DateOnly DateAt(DateTimeOffset at) => DateOnly.FromDateTime(WallClock.Shown(at, zone));

    public DayHours DayOf(DateOnly date) => new(date, Joined(PeriodsOf(date)), days.On(date));

    public bool IsOpenAt(DateTimeOffset at)
    {
        var stretch = StretchesAfter(at).FirstOrDefault();
        return stretch != default && stretch.From <= at;
    }

    /// <summary>The next moment, after this one, at which it opens; null where it never closes.</summary>
    public DateTimeOffset? OpensNextAfter(DateTimeOffset at) =>
        StretchesAfter(at).Select(stretch => (DateTimeOffset?)stretch.From).FirstOrDefault(opening => opening > at);

    /// <summary>The next moment, after this one, at which it closes; null where it never does.</summary>
    public DateTimeOffset? ClosesAfter(DateTimeOffset at) =>
        StretchesAfter(at).Select(stretch => stretch.To == DateTimeOffset.MaxValue ? null : (DateTimeOffset?)stretch.To).FirstOrDefault();

    /// <summary>
    /// The moment by which it has been open for so long, from this one on: what "within 4 open hours" promises. Where it is closed, time
    /// passes only from the next opening.
    /// </summary>
    /// <param name="length">Up to <see cref="OpenTimeMax"/>.</param>
    public DateTimeOffset AddOpenTime(DateTimeOffset at, TimeSpan length)
    {
        Invariant.That(length >= TimeSpan.Zero && length <= OpenTimeMax, "open time is promised up to a week");
        var (reached, left) = (at, length);
        foreach (var (from, to) in PeriodsAfter(at, DateOnly.MaxValue))
        {
            if (left == TimeSpan.Zero)
                break;
            var begins = from > reached ? from : reached;
            if (to <= begins)
                continue;
            var passes = to - begins < left ? to - begins : left;
            (reached, left) = (begins + passes, left - passes);
        }
        return reached;
    }

    /// <summary>
    /// Where it is open without a pause, one after the other, from the one that lasts or comes next; the last of them may have no end.
    /// It is looked beyond the last special day, to where every week is as the next.
    /// </summary>
    private IEnumerable<Stretch> StretchesAfter(DateTimeOffset at)
    {
        var today = DateAt(at);
        var usualFrom = (days.Last is { } last && last > today ? last : today).AddDays(1);
        var usual = WallClock.FirstAt(usualFrom.ToDateTime(TimeOnly.MinValue), zone);
        Stretch? open = null;
        foreach (var period in PeriodsAfter(at, usualFrom.AddDays(2 * UsualDayCount)))
        {
            if (open is { } before && period.From <= before.To)
            {
                open = before with { To = period.To > before.To ? period.To : before.To };
                continue;
            }
            if (open is { } whole)
                yield return whole;
            open = period;
        }
        if (open is { } endless && endless.To - Later(endless.From, usual) > TimeSpan.FromDays(UsualDayCount))
        {
            yield return endless with
            {
                To = DateTimeOffset.MaxValue,
            };
        }
    }

    /// <summary>Periods that end after this moment, by their beginnings; they may overlap.</summary>
    private IEnumerable<Stretch> PeriodsAfter(DateTimeOffset at, DateOnly last)
    {
        // A period reaches into the next day, and clocks may go back over midnight.
        for (var date = DateAt(at).AddDays(-2); date <= last; date = date.AddDays(1))
        {
            foreach (var period in PeriodsOf(date).OrderBy(period => period.From))
            {
                var stretch = new Stretch(InstantOf(date, period.From), InstantOf(date, period.To));
                if (stretch.From < stretch.To && stretch.To > at)
                    yield return stretch;
            }
        }
    }

    private IEnumerable<OpenPeriod> PeriodsOf(DateOnly date) => days.On(date) is { } special ? special.Periods : week.On(date.DayOfWeek);

    private DateTimeOffset InstantOf(DateOnly date, TimeSpan time) => WallClock.FirstAt(date.ToDateTime(TimeOnly.MinValue) + time, zone);

    private static ImmutableArray<OpenPeriod> Joined(IEnumerable<OpenPeriod> periods)
    {
        var joined = ImmutableArray.CreateBuilder<OpenPeriod>();
        foreach (var period in periods.OrderBy(period => period.From))
        {
            if (joined.Count > 0 && period.From <= joined[^1].To)
                joined[^1] = joined[^1] with { To = period.To > joined[^1].To ? period.To : joined[^1].To };
            else
                joined.Add(period);
        }
        return joined.ToImmutable();
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}
