using System.Reflection;
using System.Text.RegularExpressions;

namespace Shonin.Specs;

/// <summary>
/// The compiler finds a name that is missing in a switch over an enum, where no <c>_</c> hides it; it does not find a case that is missing
/// in a switch over a closed hierarchy of records. So no switch over an enum may end in <c>_ => throw</c>, and whatever switch ends so over
/// a hierarchy names every case of it: what would be met by the first customer is met here.
/// </summary>
public sealed partial class ClosedSwitchSpecs
{
    /// <summary>So many such switches are found at least; fewer would mean that they are not read any more.</summary>
    private const int SwitchCountMin = 100;

    private static readonly Dictionary<string, List<string[]>> enums = new(StringComparer.Ordinal);
    private static readonly Dictionary<string, List<string[]>> hierarchies = new(StringComparer.Ordinal);

    static ClosedSwitchSpecs()
    {
        foreach (
            var type in Directory
                .GetFiles(AppContext.BaseDirectory, "Shonin*.dll")
                .SelectMany(path => Assembly.Load(Path.GetFileNameWithoutExtension(path)).GetTypes())
        )
        {
            var cases = type.GetNestedTypes(BindingFlags.Public | BindingFlags.NonPublic)
                .Where(nested => !nested.IsAbstract && IsCaseOf(nested, type))
                .Select(nested => nested.Name)
                .ToArray();
            if (type.IsEnum)
                Add(enums, type.Name, Enum.GetNames(type));
            else if (type.IsAbstract && cases.Length > 0)
                Add(hierarchies, type.Name.Split('`')[0], cases);
        }
    }

    [Fact]
    public void Every_switch_that_throws_for_what_it_does_not_name_names_all_there_is()
    {
        var root = Path.Combine(Repository.Root, "src");
        var (count, found) = (0, new List<string>());
        foreach (
            var path in Directory
                .EnumerateFiles(root, "*.*", SearchOption.AllDirectories)
                .Where(path => path.EndsWith(".cs", StringComparison.Ordinal) || path.EndsWith(".razor", StringComparison.Ordinal))
        )
        {
            var text = File.ReadAllText(path);
            if (path.EndsWith(".razor", StringComparison.Ordinal))
            {
                text = text.Contains("@code", StringComparison.Ordinal)
                    ? new string('\n', text[..text.IndexOf("@code", StringComparison.Ordinal)].Count(letter => letter == '\n'))
                        + text[text.IndexOf("@code", StringComparison.Ordinal)..]
                    : "";
            }

            foreach (var (line, trouble) in Read(text))
            {
                count++;
                if (trouble is not null)
                    found.Add($"{Path.GetRelativePath(root, path)}:{line}: {trouble}");
            }
        }

        Assert.True(found.Count == 0, string.Join('\n', found));
        Assert.True(count >= SwitchCountMin, $"{count} switches were read");
    }

    [Theory]
    [InlineData("Standing.Approved => 1, Standing.Closing or Standing.Cancelled => 2, Standing.AwaitingApproval => 3,", "OnHold")]
    [InlineData(
        "Standing.Approved => 1, Standing.Closing or Standing.Cancelled => 2, Standing.AwaitingApproval => 3, Standing.OnHold when x => 4,",
        "OnHold"
    )]
    [InlineData(
        "Standing.Approved => 1, Standing.Closing { By: CancelledBy.Agent } or Standing.Cancelled => 2, Standing.AwaitingApproval a => 3, Standing.OnHold(var hold) => 4,",
        "Closing"
    )]
    [InlineData(
        "Standing.Approved => 1, Standing.Closing { By: var by } or Standing.Cancelled => $\"a {x switch { _ => \"}\" }}\", Standing.AwaitingApproval a => 3, Orders.Standing.OnHold(var hold) => 4,",
        null
    )]
    [InlineData("Locale.Ja => 1,", "an enum")]
    [InlineData(
        "(Standing.Approved, _) => 1, (Standing.OnHold or Standing.AwaitingApproval or Standing.Closing, Initiator.Customer) => 2,",
        "Cancelled"
    )]
    [InlineData("\"a\" => 1, 'b' => 2, // Standing.Approved", null)]
    public void A_switch_is_read_as_the_compiler_reads_it(string arms, string? trouble)
    {
        var end = arms[0] == '(' ? "(_, _)" : "_";
        var read = Read($"class A {{ int B(Standing c) => c switch {{ {arms}\n {end} => throw new UnreachableException(), }}; }}").ToList();

        if (trouble is null)
            Assert.DoesNotContain(read, one => one.Trouble is not null);
        else
            Assert.Contains(trouble, Assert.Single(read).Trouble, StringComparison.Ordinal);
    }

    private static void Add(Dictionary<string, List<string[]>> known, string name, string[] cases)
    {
        known.TryAdd(name, []);
        known[name].Add(cases);
    }

    private static bool IsCaseOf(Type nested, Type type)
    {
        for (var above = nested.BaseType; above is not null; above = above.BaseType)
        {
            if ((above.IsGenericType ? above.GetGenericTypeDefinition() : above) == type)
                return true;
        }

        return false;
    }

    /// <summary>
    /// Every switch over something closed that throws for the rest, by its line, and what is wrong with it; null for nothing.
    /// </summary>
    private static IEnumerable<(int Line, string? Trouble)> Read(string source)
    {
        var text = WithoutTexts(source);
        foreach (Match end in Ending().Matches(text))
        {
            var start = OpeningBefore(text, end.Index);
            var arms = end.Value.StartsWith("default", StringComparison.Ordinal)
                ? CasesOf(text[start..end.Index])
                : ArmsOf(text[start..end.Index]);
            var isTuple = end.Value[0] == '(';
            var positions = isTuple ? Enumerable.Range(0, arms.Select(arm => TupleOf(arm.Pattern).Count).DefaultIfEmpty(0).Max()) : [0];
            var (isClosed, trouble) = (false, (string?)null);
            foreach (var position in positions)
            {
                var patterns = arms.SelectMany(arm =>
                        (
                            isTuple
                                ? SplitTop(TupleOf(arm.Pattern).ElementAtOrDefault(position) ?? "_", " or ")
                                : SplitTop(arm.Pattern, " or ")
                        ).Select(pattern => (Pattern: pattern.Trim(), arm.IsConditional))
                    )
                    .ToList();
                var (name, cases) = TypeOf(patterns.Select(pattern => pattern.Pattern), text);
                if (name.Length == 0)
                    continue;
                isClosed = true;
                if (enums.ContainsKey(name) && !isTuple && !end.Value.StartsWith("default", StringComparison.Ordinal))
                    trouble ??= $"{name} is an enum: without `_ => throw` the compiler finds what is missing";
                var missing = cases
                    .Where(one =>
                        !patterns.Exists(pattern => Covers(pattern.Pattern, one) && !pattern.IsConditional) && !CoversByParts(patterns, one)
                    )
                    .ToList();
                if (missing.Count > 0)
                    trouble ??= $"{name}: {string.Join(", ", missing)} is not named";
            }
            if (isClosed)
                yield return (text[..end.Index].Count(letter => letter == '\n') + 1, trouble);
        }
    }

    /// <summary>The enum or the hierarchy that the patterns are of; an empty name for neither.</summary>
    private static (string Name, string[] Cases) TypeOf(IEnumerable<string> patterns, string text)
    {
        var named = patterns.Select(NamesOf).Where(names => names.Length > 0).ToList();
        foreach (var first in named)
        {
            var names =
                first.Length > 1
                    ? [first[^2]]
                    : hierarchies.Keys.Where(name => Regex.IsMatch(text, $@"\babstract (partial )?record {name}\b")).ToList();
            foreach (var name in names)
            {
                // Two may have one name: the one that has whatever is named, and no more than it must.
                if (
                    hierarchies
                        .GetValueOrDefault(name, [])
                        .Concat(enums.GetValueOrDefault(name, []))
                        .Where(cases => cases.Contains(first[^1]))
                        .OrderBy(cases => named.Count(one => !cases.Contains(one[^1])))
                        .ThenBy(cases => cases.Length)
                        .FirstOrDefault() is
                    { } set
                )
                {
                    return (name, set);
                }
            }
        }
        return ("", []);
    }

    /// <summary>A pattern that takes the whole case, whatever is in it.</summary>
    private static bool Covers(string pattern, string one) =>
        IsAnything(pattern) || (NamesOf(pattern) is [.., var last] && last == one && !IsPart(pattern));

    private static bool IsAnything(string pattern) => pattern == "_" || pattern.StartsWith("var ", StringComparison.Ordinal);

    /// <summary>Parts that together are the whole: one for each value of an enum.</summary>
    private static bool CoversByParts(List<(string Pattern, bool IsConditional)> patterns, string one)
    {
        var parts = patterns
            .Where(pattern => !pattern.IsConditional && NamesOf(pattern.Pattern) is [.., var last] && last == one)
            .SelectMany(pattern =>
                Names().Matches(pattern.Pattern[Names().Match(pattern.Pattern).Length..]).Select(match => match.Value.Split('.'))
            )
            .Where(names => names.Length > 1)
            .ToList();
        return parts.Count > 0
            && enums.TryGetValue(parts[0][^2], out var sets)
            && sets.Exists(values => values.All(value => parts.Exists(part => part[^1] == value)));
    }

    private static bool IsPart(string pattern) =>
        Parts().Match(pattern) is { Success: true } parts && parts.Value[1..^1].Split(',').Any(part => !Whole().IsMatch(part));

    private static string[] NamesOf(string pattern) =>
        Names().Match(pattern) is { Success: true, Index: 0 } names ? names.Value.Split('.') : [];

    private static List<string> TupleOf(string pattern) =>
        pattern.StartsWith('(') ? [.. SplitTop(pattern[1..pattern.LastIndexOf(')')], ",").Select(one => one.Trim())] : [];

    private static List<(string Pattern, bool IsConditional)> ArmsOf(string body) =>
        [.. SplitTop(body, ",").Where(arm => SplitTop(arm, "=>").Count > 1).Select(arm => PatternOf(SplitTop(arm, "=>")[0]))];

    private static List<(string Pattern, bool IsConditional)> CasesOf(string body) =>
        [.. Case().Matches(body).Where(found => DepthAt(body, found.Index) == 0).Select(found => PatternOf(found.Groups[1].Value))];

    private static (string Pattern, bool IsConditional) PatternOf(string text)
    {
        var parts = SplitTop(text.ReplaceLineEndings(" ").Trim(), " when ");
        return (Regex.Replace(parts[0], @"\s+", " ").Trim(), parts.Count > 1);
    }

    /// <summary>Splits at a separator outside of all brackets.</summary>
    private static List<string> SplitTop(string text, string separator)
    {
        var (pieces, depth, start) = (new List<string>(), 0, 0);
        for (var index = 0; index < text.Length; index++)
        {
            depth +=
                text[index] is '(' or '{' or '[' ? 1
                : text[index] is ')' or '}' or ']' ? -1
                : 0;
            if (depth != 0 || string.CompareOrdinal(text, index, separator, 0, separator.Length) != 0)
                continue;
            pieces.Add(text[start..index]);
            start = index + separator.Length;
        }
        pieces.Add(text[start..]);
        return pieces;
    }

    private static int DepthAt(string text, int index) =>
        text[..index].Count(letter => letter is '(' or '{' or '[') - text[..index].Count(letter => letter is ')' or '}' or ']');

    /// <summary>Behind the brace that stands open at an index.</summary>
    private static int OpeningBefore(string text, int index)
    {
        var depth = 0;
        while (--index >= 0)
        {
            if (text[index] == '}')
                depth++;
            else if (text[index] == '{' && depth-- == 0)
                return index + 1;
        }

        return 0;
    }

    /// <summary>The same text with blanks for what stands in strings, characters and comments.</summary>
    private static string WithoutTexts(string source) => Texts().Replace(source, found => Regex.Replace(found.Value, @"[^\n]", " "));

    [GeneratedRegex(
        @"(\(_, _\)|(?<![\w,] ?)_) => throw new (System\.Diagnostics\.)?UnreachableException|default:\s+throw new (System\.Diagnostics\.)?UnreachableException"
    )]
    private static partial Regex Ending();

    [GeneratedRegex(@"(?:[A-Za-z_]\w*\.)*[A-Z]\w*")]
    private static partial Regex Names();

    [GeneratedRegex(@"[{(].*[})]")]
    private static partial Regex Parts();

    /// <summary>A part of a pattern that takes whatever is there.</summary>
    [GeneratedRegex(@"^\s*([\w.]+\s*:\s*)?(var\b.*|_)?\s*$")]
    private static partial Regex Whole();

    [GeneratedRegex(@"\bcase ([^:]*(?::(?! *[\r\n])[^:]*)*):\s*[\r\n]")]
    private static partial Regex Case();

    /// <summary>Comments, characters, raw strings, verbatim strings, and strings with holes, in which strings may stand again.</summary>
    [GeneratedRegex(
        """
            //[^\n]*|/\*[\s\S]*?\*/|'(\\.|[^\\'\n])+'|\$*""(?:")[\s\S]*?""(?:")|\$?@\$?"(""|[^"])*"|\$"(\{\{|\}\}|\\.|[^"\\{}]|\{(?>[^{}"]|"(\\.|[^"\\])*"|(?<open>\{)|(?<-open>\}))*(?(open)(?!))\})*"|"(\\.|[^"\\\n])*"
            """,
        RegexOptions.IgnorePatternWhitespace
    )]
    private static partial Regex Texts();
}
