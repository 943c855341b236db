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

    /// <summary>11月24日(火) (日本時間) · Tue 24 Nov (Japan time), above times of that day.</summary>
    public Words Day(DateTimeOffset at)
    {
        var name = ZoneName(at);
        return new($"{LocalDay(at, Locale.Ja)} ({name.Ja})", $"{LocalDay(at, Locale.En)} ({name.En})");
    }

    /// <summary>With seconds, for whoever holds two records against each other: 11月24日(火)10:02:07 (日本時間).</summary>
    public Words DayAndSecond(DateTimeOffset at)
    {
        var seconds = At(at).ToString(":ss", CultureInfo.InvariantCulture);
        var name = ZoneName(at);
        return new($"{Local(at, Locale.Ja)}{seconds} ({name.Ja})", $"{Local(at, Locale.En)}{seconds} ({name.En})");
    }

    /// <summary>30秒, 5分, 1時間, 2日 · 30 seconds, 5 minutes, 1 hour, 2 days: one unit, rounded, never nothing.</summary>
    public static Words Length(TimeSpan length)
    {
        if (length < TimeSpan.FromSeconds(90))
            return Counted(Math.Max(1, length.TotalSeconds), "秒", "second");
        if (length < TimeSpan.FromMinutes(90))
            return Counted(length.TotalMinutes, "分", "minute");
        return length < TimeSpan.FromHours(36) ? Counted(length.TotalHours, "時間", "hour") : Counted(length.TotalDays, "日", "day");
    }

    private static Words Counted(double exact, string unitJa, string unitEn)
    {
        var count = (long)Math.Round(exact, MidpointRounding.AwayFromZero);
        return new(
            string.Create(CultureInfo.InvariantCulture, $"{count}{unitJa}"),
            string.Create(CultureInfo.InvariantCulture, $"{count} {unitEn}{(count == 1 ? "" : "s")}"));
    }

    private DateTimeOffset At(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, zone);

    private string Local(DateTimeOffset at, Locale locale)
    {
        var time = At(at).ToString("HH:mm", CultureInfo.InvariantCulture);
        return locale switch
        {
            Locale.Ja => LocalDay(at, locale) + time,
            Locale.En => $"{LocalDay(at, locale)}, {time}",
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private string LocalDay(DateTimeOffset at, Locale locale)
    {
        var local = At(at);
        return locale switch
        {
            Locale.Ja => string.Create(CultureInfo.InvariantCulture, $"{local.Month}月{local.Day}日({weekdaysJa[(int)local.DayOfWeek]})"),
            Locale.En => string.Create(CultureInfo.InvariantCulture, $"{weekdaysEn[(int)local.DayOfWeek]} {local.Day} {monthsEn[local.Month - 1]}"),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private Words ZoneName(DateTimeOffset at)
    {
        if (zone.Id == "Asia/Tokyo")
            return new("日本時間", "Japan time");
        var offset = At(at).Offset;
        var name = string.Create(CultureInfo.InvariantCulture, $"UTC{(offset < TimeSpan.Zero ? '-' : '+')}{offset:hh\\:mm}");
        return new(name, name);
    }
}
