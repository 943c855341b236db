using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Shonin.Domain.Notices;

namespace Shonin.Domain.Hours;

/// <summary>A day that is not as its weekday usually is: a holiday, or one with hours of its own.</summary>
/// <param name="Name">Why, as customers read it: 元日 · New Year's Day.</param>
/// <param name="Periods">None where it is closed.</param>
public sealed record SpecialDay(DateOnly Date, Words Name, ImmutableArray<OpenPeriod> Periods);

/// <param name="Line">From 1.</param>
/// <param name="What">What is wrong there and what to write instead, for whoever keeps the file.</param>
public sealed record LineFault(int Line, string What);

/// <param name="Days">What the lines without a fault say.</param>
public sealed record SpecialDaysReading(SpecialDays Days, ImmutableArray<LineFault> Faults);

/// <summary>
/// Holidays and special days, as a spreadsheet saves them (CSV, RFC 4180): date, name in Japanese, name in English, and
/// <c>closed</c> or the hours of that day. <c>2027-01-01,元日,New Year's Day,closed</c>
/// </summary>
public sealed class SpecialDays
{
    public const int LineCountMax = 2_000;
    public const int NameLengthMax = 60;

    private const int FieldCount = 4;
    private const string Example = "2027-01-01,元日,New Year's Day,closed";
    private static readonly string[] dateFormats = ["yyyy-MM-dd", "yyyy/MM/dd", "yyyy/M/d"];

    private readonly ImmutableSortedDictionary<DateOnly, SpecialDay> days;

    private SpecialDays(ImmutableSortedDictionary<DateOnly, SpecialDay> days) => this.days = days;

    public static SpecialDays None { get; } = new(ImmutableSortedDictionary<DateOnly, SpecialDay>.Empty);

    public int Count => days.Count;

    /// <summary>The last of them; null where there are none.</summary>
    public DateOnly? Last => days.IsEmpty ? null : days.Keys.Last();

    public SpecialDay? On(DateOnly date) => days.GetValueOrDefault(date);

    /// <summary>Empty lines, lines that begin with # and a first line of headings say nothing. Never throws.</summary>
    public static SpecialDaysReading Parse(string text)
    {
        var days = ImmutableSortedDictionary.CreateBuilder<DateOnly, SpecialDay>();
        var lineOf = new Dictionary<DateOnly, int>();
        var faults = ImmutableArray.CreateBuilder<LineFault>();
        var number = 0;
        foreach (var line in text.TrimStart('\uFEFF').Split('\n'))
        {
            number++;
            if (number > LineCountMax)
            {
                faults.Add(
                    new(
                        number,
                        string.Create(CultureInfo.InvariantCulture, $"the file has more than {LineCountMax} lines: take out past years")
                    )
                );
                break;
            }
            if (SaysNothing(line, number))
                continue;
            switch (Read(line.TrimEnd('\r')))
            {
                case LineReading.Day(var day) when lineOf.TryGetValue(day.Date, out var earlier):
                    faults.Add(
                        new(
                            number,
                            string.Create(
                                CultureInfo.InvariantCulture,
                                $"{day.Date:yyyy-MM-dd} stands already in line {earlier}: leave one of them"
                            )
                        )
                    );
                    break;
                case LineReading.Day(var day):
                    days.Add(day.Date, day);
                    lineOf.Add(day.Date, number);
                    break;
                case LineReading.Wrong(var what):
                    faults.Add(new(number, what));
                    break;
            }
        }
        return new(new(days.ToImmutable()), faults.ToImmutable());
    }

    private abstract record LineReading
    {
        private LineReading() { }

        public sealed record Day(SpecialDay Value) : LineReading;

        public sealed record Wrong(string What) : LineReading;
    }

    private static bool SaysNothing(string line, int number) =>
        line.Trim(' ', '\r', '\t', ',').Length == 0
        || line.StartsWith('#')
        || (
            number == 1
            && (line.StartsWith("date", StringComparison.OrdinalIgnoreCase) || line.StartsWith("日付", StringComparison.Ordinal))
        );

    private static LineReading Read(string line)
    {
        if (line.Contains('\uFFFD', StringComparison.Ordinal))
            return new LineReading.Wrong("not UTF-8: save the file as \"CSV UTF-8\"");
        if (FieldsOf(line) is not { } fields)
            return new LineReading.Wrong($"a quotation mark is not closed; expected as in {Example}");
        if (fields.Count < FieldCount || fields.Skip(FieldCount).Any(field => field.Length > 0))
        {
            return new LineReading.Wrong(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{fields.Count} fields between commas, expected {FieldCount}: date, name in Japanese, name in English, closed or hours; as in {Example}"
                )
            );
        }

        if (!DateOnly.TryParseExact(fields[0], dateFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
            return new LineReading.Wrong($"\"{Shown(fields[0])}\" is no date; expected year-month-day as in 2027-01-01");
        foreach (var name in fields.Skip(1).Take(2))
        {
            if (!IsName(name))
            {
                return new LineReading.Wrong(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"\"{Shown(name)}\" is no name; expected 1 to {NameLengthMax} characters in Japanese and then in English, because customers read them"
                    )
                );
            }
        }

        if (fields[3].Equals("closed", StringComparison.OrdinalIgnoreCase))
            return new LineReading.Day(new(date, new(fields[1], fields[2]), []));
        return WeeklyHours.PeriodsIn(fields[3]) is { } periods
            ? new LineReading.Day(new(date, new(fields[1], fields[2]), periods))
            : new LineReading.Wrong(
                $"\"{Shown(fields[3])}\" is neither closed nor hours; expected closed, or as in 10:00-15:00 16:00-18:00"
            );
    }

    /// <summary>Null where a quotation mark is not closed.</summary>
    private static List<string>? FieldsOf(string line)
    {
        var fields = new List<string>();
        var field = new StringBuilder();
        var isQuoted = false;
        for (var index = 0; index < line.Length; index++)
        {
            if (line[index] == '"' && isQuoted && index + 1 < line.Length && line[index + 1] == '"')
            {
                field.Append('"');
                index++;
            }
            else if (line[index] == '"')
            {
                isQuoted = !isQuoted;
            }
            else if (line[index] == ',' && !isQuoted)
            {
                fields.Add(field.ToString().Trim());
                field.Clear();
            }
            else
            {
                field.Append(line[index]);
            }
        }
        fields.Add(field.ToString().Trim());
        return isQuoted ? null : fields;
    }

    private static bool IsName(string name) => name.Length is > 0 and <= NameLengthMax && Words.Quoted(name).Ja == name;

    /// <summary>Enough of it to find it in the file.</summary>
    private static string Shown(string field) =>
        Words.Quoted(field).En is var safe && safe.Length <= NameLengthMax ? safe : safe[..NameLengthMax] + "…";
}
