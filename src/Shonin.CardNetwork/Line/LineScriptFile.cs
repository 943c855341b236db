using System.Globalization;
using System.Text.Json;

namespace Shonin.CardNetwork.Line;

/// <summary>A script, or everything that is wrong with its file.</summary>
public abstract record ScriptReading
{
    private ScriptReading() { }

    public sealed record Read(LineScript Script) : ScriptReading;

    /// <param name="Problems">Each names the entry and the field, as in <c>rules[2].do: expected …</c>.</param>
    public sealed record Refused(IReadOnlyList<string> Problems) : ScriptReading;
}

/// <summary>
/// The JSON of a script: <c>{"rules":[…]}</c>, each rule an object of
/// <list type="bullet">
/// <item><c>do</c>: <c>lose</c>, <c>delay</c>, <c>repeat</c>, <c>cut</c>, <c>garble</c>, <c>hold</c> or <c>close</c>; the only field that
/// must be there</item>
/// <item><c>by</c>: a duration <c>[d.]hh:mm:ss[.fff]</c>, for delay, and between the repetitions of repeat</item>
/// <item><c>times</c>: 1 to 100, for repeat (1 where it is missing); <c>bytes</c>: 1 to 4097, for cut</item>
/// <item><c>affect</c>: <c>request</c> (where it is missing) or <c>answer</c></item>
/// <item><c>cardEndsWith</c>: four digits; <c>order</c>: the order's number; <c>request</c>: a type as in <c>"0100"</c>, or a list of
/// them</item>
/// <item><c>per</c>: <c>order</c>, <c>card</c> or <c>line</c> (where it is missing): what is counted together</item>
/// <item><c>skip</c> and <c>first</c>: of each group so many requests pass, then so many are befallen (all, where it is missing)</item>
/// <item><c>skipOrders</c>: so many orders of each card pass whole, and are not counted</item>
/// <item><c>name</c>: for the log</item>
/// </list>
/// </summary>
public static class LineScriptFile
{
    public const int RuleCountMax = 1000;
    public const int SizeMaxChars = 1_000_000;

    private const int TimesMax = 100;
    private const int CutBytesMax = 4097; // a frame of 4,096 bytes and two of length, less one
    private static readonly TimeSpan byMax = TimeSpan.FromDays(1);

    private static readonly string[] fields =
    [
        "name",
        "cardEndsWith",
        "order",
        "request",
        "per",
        "skipOrders",
        "skip",
        "first",
        "affect",
        "do",
        "by",
        "times",
        "bytes",
    ];

    /// <summary>Reads a script; never throws.</summary>
    public static ScriptReading Parse(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        if (json.Length > SizeMaxChars)
            return new ScriptReading.Refused([$"the script is longer than {SizeMaxChars} characters"]);
        try
        {
            using var document = JsonDocument.Parse(
                json,
                new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }
            );
            return Read(document.RootElement);
        }
        catch (JsonException error)
        {
            return new ScriptReading.Refused([
                string.Create(CultureInfo.InvariantCulture, $"line {error.LineNumber + 1}, byte {error.BytePositionInLine + 1}: not JSON"),
            ]);
        }
    }

    private static ScriptReading Read(JsonElement root)
    {
        var problems = new List<string>();
        if (
            root.ValueKind != JsonValueKind.Object
            || !root.TryGetProperty("rules", out var rules)
            || rules.ValueKind != JsonValueKind.Array
        )
        {
            return new ScriptReading.Refused(["rules: expected an object {\"rules\":[…]}"]);
        }

        foreach (var property in root.EnumerateObject())
        {
            if (property.Name != "rules")
                problems.Add($"{property.Name}: unknown field; a script has only rules");
        }

        if (rules.GetArrayLength() > RuleCountMax)
            return new ScriptReading.Refused([$"rules: more than {RuleCountMax} entries"]);
        var read = new List<LineRule>();
        foreach (var entry in rules.EnumerateArray())
            read.Add(new Entry(entry, $"rules[{read.Count}]", problems).Read());
        return problems.Count == 0 ? new ScriptReading.Read(new LineScript(read)) : new ScriptReading.Refused(problems);
    }

    /// <summary>One rule being read. Problems gather; what is wrong counts as missing meanwhile.</summary>
    private sealed class Entry(JsonElement entry, string path, List<string> problems)
    {
        internal LineRule Read()
        {
            if (entry.ValueKind != JsonValueKind.Object)
            {
                problems.Add($"{path}: expected an object");
                return new LineRule(path) { Action = LineAction.Lose.Instance };
            }
            foreach (var property in entry.EnumerateObject())
            {
                if (!fields.Contains(property.Name))
                    problems.Add($"{path}.{property.Name}: unknown field; known are {string.Join(", ", fields)}");
            }

            return new LineRule(Text("name", "a text", _ => true) ?? path)
            {
                CardEndsWith = Text("cardEndsWith", "four digits", text => text.Length == 4 && text.All(char.IsAsciiDigit)),
                Order = Text("order", "1 to 27 characters", text => text.Length is >= 1 and <= 27),
                Requests = Types(),
                Per = Text("per", "order, card or line", text => text is "order" or "card" or "line") switch
                {
                    "order" => LineGroup.Order,
                    "card" => LineGroup.Card,
                    _ => LineGroup.Line,
                },
                SkipOrders = Number("skipOrders", 0, int.MaxValue) ?? 0,
                Skip = Number("skip", 0, int.MaxValue) ?? 0,
                First = Number("first", 1, int.MaxValue) ?? int.MaxValue,
                Affects =
                    Text("affect", "request or answer", text => text is "request" or "answer") == "answer"
                        ? LinePart.Answer
                        : LinePart.Request,
                Action = Action(),
            };
        }

        private LineAction Action()
        {
            const string Known = "lose, delay, repeat, cut, garble, hold or close";
            var name = Text("do", Known, text => Known.Split([", ", " or "], StringSplitOptions.None).Contains(text));
            if (name is null && !entry.TryGetProperty("do", out _))
                problems.Add($"{path}.do: missing; expected {Known}");
            OnlyWith("by", name, "delay", "repeat");
            OnlyWith("times", name, "repeat");
            OnlyWith("bytes", name, "cut");
            switch (name)
            {
                case "delay":
                    return new LineAction.Delay(Required(Duration(), "by", "a duration") ?? TimeSpan.Zero);
                case "repeat":
                    return new LineAction.Repeat(Number("times", 1, TimesMax) ?? 1, Duration() ?? TimeSpan.Zero);
                case "cut":
                    return new LineAction.Cut(Required(Number("bytes", 1, CutBytesMax), "bytes", $"1 to {CutBytesMax}") ?? 1);
                case "garble":
                    return LineAction.Garble.Instance;
                case "hold":
                    return LineAction.Hold.Instance;
                case "close":
                    return LineAction.Close.Instance;
                default:
                    return LineAction.Lose.Instance;
            }
        }

        private List<string> Types()
        {
            const string Expected = "a type of four digits as in \"0100\", or a list of such";
            if (!entry.TryGetProperty("request", out var value))
                return [];
            var types = value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : new[] { value };
            if (
                types.Length > 0
                && types.All(type =>
                    type.ValueKind == JsonValueKind.String && type.GetString() is { Length: 4 } text && text.All(char.IsAsciiDigit)
                )
            )
            {
                return [.. types.Select(type => type.GetString()!)];
            }

            problems.Add($"{path}.request: expected {Expected}, got {value.GetRawText()}");
            return [];
        }

        private string? Text(string field, string expected, Func<string, bool> fits)
        {
            if (!entry.TryGetProperty(field, out var value))
                return null;
            if (value.ValueKind == JsonValueKind.String && value.GetString() is { } text && fits(text))
                return text;
            problems.Add($"{path}.{field}: expected {expected}, got {value.GetRawText()}");
            return null;
        }

        private int? Number(string field, int least, int most)
        {
            if (!entry.TryGetProperty(field, out var value))
                return null;
            if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= least && number <= most)
                return number;
            problems.Add($"{path}.{field}: expected {least} to {most}, got {value.GetRawText()}");
            return null;
        }

        private TimeSpan? Duration() =>
            Text("by", "a duration hh:mm:ss of at most one day", text => ParseDuration(text) is not null) is { } text
                ? ParseDuration(text)
                : null;

        private static TimeSpan? ParseDuration(string text) =>
            TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out var by) && by >= TimeSpan.Zero && by <= byMax ? by : null;

        private T? Required<T>(T? value, string field, string expected)
            where T : struct
        {
            if (value is null && !entry.TryGetProperty(field, out _))
                problems.Add($"{path}.{field}: missing; expected {expected}");
            return value;
        }

        private void OnlyWith(string field, string? action, params ReadOnlySpan<string> actions)
        {
            if (action is not null && entry.TryGetProperty(field, out _) && !actions.Contains(action))
                problems.Add($"{path}.{field}: has no meaning with do = {action}");
        }
    }
}
