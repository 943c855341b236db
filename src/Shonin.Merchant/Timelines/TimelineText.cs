using System.Globalization;
using System.Text;
using Shonin.Domain.Notices;

namespace Shonin.Merchant.Timelines;

/// <summary>
/// The two-sided picture for the terminal: merchant left, card company right, time down the middle; what crossed is a line, what was
/// lost a broken one with its name. Where it is too narrow for two columns, one below the other.
/// </summary>
public static class TimelineText
{
    /// <summary>Below this many columns the two sides stand one below the other.</summary>
    public const int TwoSidedWidthMin = 72;
    internal const int WidthMin = 24;
    private const int WidthMax = 140;

    private static readonly Words merchantName = new("当店", "Merchant");
    private static readonly Words cardCompanyName = new("カード会社", "Card company");

    /// <param name="zone">The zone in which times are written.</param>
    /// <param name="width">Columns of the terminal; a full-width character takes two.</param>
    public static string Render(TimelineView view, TimeZoneInfo zone, int width)
    {
        var columns = Math.Clamp(width, WidthMin, WidthMax);
        var text = new StringBuilder();
        if (columns >= TwoSidedWidthMin)
            TwoSided(text, view, zone, columns);
        else
            OneBelowTheOther(text, view, zone, columns);
        text.Append('\n');
        foreach (var sentence in view.Finding is { } finding ? new[] { finding.In(view.Locale), view.EvidenceNote } : [view.EvidenceNote])
        {
            foreach (var line in Wrap(sentence, columns))
                text.Append(line).Append('\n');
        }

        return text.ToString();
    }

    private static void TwoSided(StringBuilder text, TimelineView view, TimeZoneInfo zone, int columns)
    {
        const int TimeWidth = 14; // " │ 10:02:07 │ "
        var left = (columns - TimeWidth) / 2;
        var right = columns - TimeWidth - left;
        Row(text, PadLeft(merchantName.In(view.Locale), left), new string(' ', 8), cardCompanyName.In(view.Locale));
        var day = "";
        foreach (var item in view.Items)
        {
            var at = TimeZoneInfo.ConvertTime(item.At, zone);
            if (Day(at) is var today && today != day)
            {
                day = today;
                text.Append(new string('─', left))
                    .Append("─┼─")
                    .Append(PadRight(today, 8).Replace(' ', '─'))
                    .Append("─┼─")
                    .Append(new string('─', right))
                    .Append('\n');
            }
            var own = Wrap(item.Text, item.Side == TimelineSide.Merchant ? left : right)
                .Concat(Wrap(item.Evidence, item.Side == TimelineSide.Merchant ? left : right))
                .ToList();
            var line = item.Crossing is { } crossing ? Arrow(crossing, item.Side == TimelineSide.Merchant ? right : left) : "";
            for (var index = 0; index < own.Count; index++)
            {
                var time = index == 0 ? at.ToString("HH:mm:ss", CultureInfo.InvariantCulture) : new string(' ', 8);
                var other = index == 0 ? line : "";
                if (item.Side == TimelineSide.Merchant)
                    Row(text, PadLeft(own[index], left), time, other);
                else
                    Row(text, PadLeft(other, left), time, own[index]);
            }
        }
    }

    private static void Row(StringBuilder text, string left, string time, string right) =>
        text.Append(string.Create(CultureInfo.InvariantCulture, $"{left} │ {time} │ {right}").TrimEnd()).Append('\n');

    private static void OneBelowTheOther(StringBuilder text, TimelineView view, TimeZoneInfo zone, int columns)
    {
        var day = "";
        foreach (var item in view.Items)
        {
            var at = TimeZoneInfo.ConvertTime(item.At, zone);
            if (Day(at) is var today && today != day)
                text.Append(day = today).Append('\n');
            var name = (item.Side == TimelineSide.Merchant ? merchantName : cardCompanyName).In(view.Locale);
            text.Append(at.ToString("HH:mm:ss", CultureInfo.InvariantCulture)).Append(' ').Append(name).Append('\n');
            foreach (var line in Wrap(item.Text, columns - 2).Concat(Wrap(item.Evidence, columns - 2)))
                text.Append("  ").Append(line).Append('\n');
            if (item.Crossing is { } crossing)
                text.Append("  ").Append(Arrow(crossing, columns - 2)).Append('\n');
        }
    }

    /// <summary>──── approval request ───▶, and ─ ─ the approval request was lost ─ ✕.</summary>
    private static string Arrow(Crossing crossing, int columns)
    {
        var name = Width(crossing.Name) > columns - 6 ? "" : $" {crossing.Name} ";
        var room = Math.Min(columns, Width(name) + 12) - Width(name) - 1;
        var (stroke, end) = crossing.Fate switch
        {
            CrossingFate.Arrived => ("─", crossing.Direction == CrossingDirection.ToCardCompany ? "▶" : "◀"),
            CrossingFate.Lost => ("╌", "✕"),
            CrossingFate.NotKnown => ("┄", "?"),
        };
        var before = string.Concat(Enumerable.Repeat(stroke, room / 2));
        var after = string.Concat(Enumerable.Repeat(stroke, room - room / 2));
        return crossing.Direction == CrossingDirection.ToCardCompany ? $"{before}{name}{after}{end}" : $"{end}{before}{name}{after}";
    }

    private static string Day(DateTimeOffset at) => at.ToString("MM-dd", CultureInfo.InvariantCulture);

    private static string PadLeft(string text, int columns) => new string(' ', Math.Max(0, columns - Width(text))) + text;

    private static string PadRight(string text, int columns) => text + new string(' ', Math.Max(0, columns - Width(text)));

    /// <summary>Breaks between words where there are any, and anywhere between full-width characters.</summary>
    private static IEnumerable<string> Wrap(string text, int columns)
    {
        var line = new StringBuilder();
        var used = 0;
        foreach (var piece in Pieces(text))
        {
            var wide = Width(piece);
            if (used + wide > columns && used > 0)
            {
                yield return line.ToString().TrimEnd();
                line.Clear();
                used = 0;
                if (piece == " ")
                    continue;
            }
            line.Append(piece);
            used += wide;
        }
        if (used > 0)
            yield return line.ToString().TrimEnd();
    }

    private static IEnumerable<string> Pieces(string text)
    {
        var word = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            var alone = rune.Value == ' ' || IsFullWidth(rune);
            // A stop never begins a line.
            var clings = rune.Value is '、' or '。' or '」' or ')';
            if (alone && !clings && word.Length > 0)
            {
                yield return word.ToString();
                word.Clear();
            }
            word.Append(rune.ToString());
            if (rune.Value == ' ')
            {
                yield return word.ToString();
                word.Clear();
            }
        }
        if (word.Length > 0)
            yield return word.ToString();
    }

    /// <summary>Columns that a text takes on a terminal.</summary>
    internal static int Width(string text)
    {
        var columns = 0;
        foreach (var rune in text.EnumerateRunes())
            columns += IsFullWidth(rune) ? 2 : 1;
        return columns;
    }

    /// <summary>Wide and full-width ranges of Unicode Standard Annex 11 that Japanese texts use.</summary>
    private static bool IsFullWidth(Rune rune) =>
        rune.Value
            is (>= 0x1100 and <= 0x115F)
                or (>= 0x2E80 and <= 0x303E)
                or (>= 0x3041 and <= 0xA4CF)
                or (>= 0xAC00 and <= 0xD7A3)
                or (>= 0xF900 and <= 0xFAFF)
                or (>= 0xFE30 and <= 0xFE6F)
                or (>= 0xFF00 and <= 0xFF60)
                or (>= 0xFFE0 and <= 0xFFE6)
                or (>= 0x20000 and <= 0x3FFFD);
}
