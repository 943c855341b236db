using System.Globalization;
using System.Text.RegularExpressions;
using Shonin.MailAuthentication.AuthResults;

namespace Shonin.MailAuthentication.Message;

/// <summary>
/// When a saved message was received, so that a signature's x= is held against that time and an old mail does not fail for its age.
/// Whoever writes a message by hand can write a Received field too, so only the topmost one counts, and only of a host that the reader
/// trusts.
/// </summary>
public static partial class ReceiptTime
{
    private const int DateLengthMax = 200; // A date of RFC 5322 has 31 letters; comments may stand in it.

    /// <summary>
    /// The date of the topmost Received field; the time of the check where there is none, none of a trusted host, none that can be read, or
    /// one that is still to come.
    /// </summary>
    public static DateTimeOffset Of(MailMessage message, DateTimeOffset now, AuthResultsTrust trust)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(trust);
        return
            message.First("Received"u8) is { } received
            && trust.Wrote(received)
            && Parse(received.ValueText()) is { } stamped
            && stamped <= now
            ? stamped
            : now;
    }

    /// <summary>What follows the last semicolon (RFC 5321 section 4.4), its comments left out.</summary>
    private static DateTimeOffset? Parse(string received)
    {
        var text = received[(received.LastIndexOf(';') + 1)..];
        var match = Date().Match(text.Length <= DateLengthMax ? Comment().Replace(text, " ") : "");
        if (
            !match.Success
            || !DateTime.TryParseExact(
                $"{match.Groups["day"].Value} {match.Groups["month"].Value} {match.Groups["year"].Value} {match.Groups["time"].Value}",
                ["d MMM yyyy H:mm:ss", "d MMM yyyy H:mm"],
                CultureInfo.InvariantCulture,
                DateTimeStyles.None,
                out var local
            )
        )
        {
            return null;
        }

        try
        {
            return new DateTimeOffset(local, Zone(match.Groups["zone"].Value));
        }
        catch (ArgumentException)
        {
            // A zone beyond 14 hours, or a time that it moves out of the calendar.
            return null;
        }
    }

    /// <summary>"+0900"; the obsolete names of RFC 5322 section 4.3, and anything else, are read as UTC, as it says.</summary>
    private static TimeSpan Zone(string zone)
    {
        if (zone.Length != 5 || zone[0] is not ('+' or '-'))
        {
            return americanZones.GetValueOrDefault(zone.ToUpperInvariant());
        }

        var offset = new TimeSpan(
            int.Parse(zone[1..3], CultureInfo.InvariantCulture),
            int.Parse(zone[3..5], CultureInfo.InvariantCulture),
            0
        );
        return zone[0] == '-' ? -offset : offset;
    }

    private static readonly Dictionary<string, TimeSpan> americanZones = new()
    {
        ["EDT"] = TimeSpan.FromHours(-4),
        ["EST"] = TimeSpan.FromHours(-5),
        ["CDT"] = TimeSpan.FromHours(-5),
        ["CST"] = TimeSpan.FromHours(-6),
        ["MDT"] = TimeSpan.FromHours(-6),
        ["MST"] = TimeSpan.FromHours(-7),
        ["PDT"] = TimeSpan.FromHours(-7),
        ["PST"] = TimeSpan.FromHours(-8),
    };

    [GeneratedRegex(@"\([^()]*\)")]
    private static partial Regex Comment();

    [GeneratedRegex(
        @"(?<day>[0-9]{1,2})\s+(?<month>[A-Za-z]{3})\s+(?<year>[0-9]{4})\s+(?<time>[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?)(\s+(?<zone>[+-][0-9]{4}|[A-Za-z]{1,5}))?"
    )]
    private static partial Regex Date();
}
