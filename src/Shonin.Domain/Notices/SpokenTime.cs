using System.Globalization;

namespace Shonin.Domain.Notices;

/// <summary>
/// Times as the merchant's customers read them: 11月24日(火)10:02 (日本時間) and Tue 24 Nov, 10:02 (Japan time). Always with weekday and
/// zone, because a notice is read later, and elsewhere, than it is written.
/// </summary>
public sealed class SpokenTime
{
    private static readonly string[] weekdaysJa = ["日", "月", "火", "水", "木", "金", "土"];
    private static readonly string[] weekdaysEn = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
    private static readonly string[] monthsEn = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

    private readonly TimeZoneInfo zone;

    /// <param name="timeZone">An IANA name, as in <c>Asia/Tokyo</c>.</param>
    /// <exception cref="TimeZoneNotFoundException">The machine does not know the name.</exception>
    public SpokenTime(string timeZone) => zone = TimeZoneInfo.FindSystemTimeZoneById(timeZone);

    /// <summary>11月24日(火)10:02 (日本時間) · Tue 24 Nov, 10:02 (Japan time).</summary>
    public Words DayAndTime(DateTimeOffset at)
    {
        var name = ZoneName(at);
        return new($"{Local(at, Locale.Ja)} ({name.Ja})", $"{Local(at, Locale.En)} ({name.En})");
    }

    /// <summary>11月24日(火)10:02 · Tue 24 Nov, 10:02: in a table whose head says <see cref="Zone"/>.</summary>
    public Words DayAndTimeInTable(DateTimeOffset at) => new(Local(at, Locale.Ja), Local(at, Locale.En));

    /// <summary>日本時間 · Japan time.</summary>
    public Words Zone(DateTimeOffset at) => ZoneName(at);

    /// <summary>11月24日(火) (日本時間) · Tue 24 Nov (Japan time), above times of that day.</summary>
    public Words Day(DateTimeOffset at)
    {
        var name = ZoneName(at);
        return new($"{LocalDay(at, Locale.Ja)} ({name.Ja})", $"{LocalDay(at, Locale.En)} ({name.En})");
    }

    /// <summary>11月24日(火) · Tue 24 Nov: a day of the merchant's calendar.</summary>
    public static Words Day(DateOnly date) => new(LocalDay(date, Locale.Ja), LocalDay(date, Locale.En));

    /// <summary>10:02, beside a day and a zone.</summary>
    public string TimeOfDay(DateTimeOffset at) => At(at).ToString("HH:mm", CultureInfo.InvariantCulture);

    /// <summary>With seconds, for whoever holds two records against each other: 11月24日(火)10:02:07 (日本時間).</summary>
    public Words DayAndSecond(DateTimeOffset at)
    {
        var seconds = At(at).ToString(":ss", CultureInfo.InvariantCulture);
        var name = ZoneName(at);
        return new($"{Local(at, Locale.Ja)}{seconds} ({name.Ja})", $"{Local(at, Locale.En)}{seconds} ({name.En})");
    }

    /// <summary>
    /// 5分後の11月24日(火)10:07 (日本時間) · in 5 minutes, on Tue 24 Nov, 10:07 (Japan time). From half a day on, the day after is
    /// 翌日 · the next day.
    /// </summary>
    public Words FromNow(DateTimeOffset at, DateTimeOffset now)
    {
        var when = DayAndTime(at);
        if (at - now >= TimeSpan.FromHours(12) && At(at).Date == At(now).Date.AddDays(1))
            return new($"翌日の{when.Ja}", $"the next day, on {when.En}");
        var wait = Length(at - now);
        return new($"{wait.Ja}後の{when.Ja}", $"in {wait.En}, on {when.En}");
    }

    /// <summary>
    /// 30秒, 5分, 1時間, 1時間30分, 2日 · 30 seconds, 5 minutes, 1 hour, 1 hour 30 minutes, 2 days: rounded as one says it, never nothing, and
    /// never 60 of a unit.
    /// </summary>
    public static Words Length(TimeSpan length)
    {
        var seconds = Rounded(Math.Max(1, length.TotalSeconds));
        if (seconds < 120)
            return Counted(seconds / 60, "分", "minute", seconds % 60, "秒", "second");
        var minutes = Rounded(length.TotalMinutes);
        if (minutes < 120)
            return Counted(minutes / 60, "時間", "hour", minutes % 60, "分", "minute");
        var hours = Rounded(length.TotalHours);
        return hours < 48 ? Counted(hours / 24, "日", "day", hours % 24, "時間", "hour") : Counted(Rounded(length.TotalDays), "日", "day");
    }

    private static long Rounded(double exact) => (long)Math.Round(exact, MidpointRounding.AwayFromZero);

    /// <summary>Both units where both count, else the one that does.</summary>
    private static Words Counted(long large, string largeJa, string largeEn, long small, string smallJa, string smallEn)
    {
        if (large == 0)
            return Counted(small, smallJa, smallEn);
        var (first, second) = (Counted(large, largeJa, largeEn), Counted(small, smallJa, smallEn));
        return small == 0 ? first : new(first.Ja + second.Ja, $"{first.En} {second.En}");
    }

    private static Words Counted(long count, string unitJa, string unitEn) =>
        new(
            string.Create(CultureInfo.InvariantCulture, $"{count}{unitJa}"),
            string.Create(CultureInfo.InvariantCulture, $"{count} {unitEn}{(count == 1 ? "" : "s")}")
        );

    private DateTimeOffset At(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, zone);

    private string Local(DateTimeOffset at, Locale locale)
    {
        var time = TimeOfDay(at);
        return locale switch
        {
            Locale.Ja => LocalDay(at, locale) + time,
            Locale.En => $"{LocalDay(at, locale)}, {time}",
        };
    }

    private string LocalDay(DateTimeOffset at, Locale locale) => LocalDay(DateOnly.FromDateTime(At(at).DateTime), locale);

    private static string LocalDay(DateOnly date, Locale locale) =>
        locale switch
        {
            Locale.Ja => string.Create(CultureInfo.InvariantCulture, $"{date.Month}月{date.Day}日({weekdaysJa[(int)date.DayOfWeek]})"),
            Locale.En => string.Create(
                CultureInfo.InvariantCulture,
                $"{weekdaysEn[(int)date.DayOfWeek]} {date.Day} {monthsEn[date.Month - 1]}"
            ),
        };

    private Words ZoneName(DateTimeOffset at)
    {
        if (zone.Id == "Asia/Tokyo")
            return new("日本時間", "Japan time");
        var offset = At(at).Offset;
        var name = string.Create(CultureInfo.InvariantCulture, $"UTC{(offset < TimeSpan.Zero ? '-' : '+')}{offset:hh\\:mm}");
        return new(name, name);
    }
}
