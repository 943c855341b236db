using System.Globalization;
using Shonin.EventLog;
using Shonin.Streams;

namespace Shonin.Audit;

/// <summary>A line of the trail as it is stored.</summary>
/// <param name="Kind">As in <see cref="AuditNote.Kind"/>.</param>
internal sealed record AuditLine(string Kind, AuditPayload Payload);

/// <summary>The trail's streams: a journal for each day, in UTC.</summary>
internal sealed class AuditDayKind : JournalKind<AuditLine>
{
    private const string StreamPrefix = "audit-";

    public override string Prefix => StreamPrefix;

    public static StreamId StreamOf(string day) => new(StreamPrefix + day);

    public static StreamId StreamOf(DateTimeOffset at) => StreamOf(DayOf(DateOnly.FromDateTime(at.UtcDateTime)));

    public static string DayOf(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public override NewEvent Store(AuditLine happened) => happened.Payload.ToEvent(happened.Kind);
}
