using System.Collections;
using System.Globalization;
using System.Text.Json;
using Shonin.EventLog.Secrets;

namespace Shonin.Settings;

/// <summary>Something that was said about a setting.</summary>
/// <param name="Path">The name as it was written, with colons: <c>Approval:RetryAfter:0</c>.</param>
/// <param name="Origin">Where it was said, as an error and <c>shonin config</c> show it.</param>
internal sealed record Said(string Path, string Text, string Origin);

/// <summary>A command line, its settings taken out.</summary>
internal sealed record SplitArguments(IReadOnlyList<Said> Settings, IReadOnlyList<string> Others);

/// <summary>Where settings come from. A later source goes before an earlier one: file, environment, command line.</summary>
internal static class SettingSources
{
    public const string FileName = "appsettings.json";
    private const string VariablePrefix = "SHONIN_";
    private const int FileSizeBytesMax = 1_048_576;
    private const int FileDepthMax = 8;

    /// <summary>
    /// Takes the settings out of a command line: <c>--Section:Name VALUE</c> or <c>--Section:Name=VALUE</c>. What is left is the verb's.
    /// </summary>
    public static Reading<SplitArguments, string> TakeFrom(IReadOnlyList<string> arguments)
    {
        var settings = new List<Said>();
        var rest = new List<string>();
        for (var index = 0; index < arguments.Count; index++)
        {
            var argument = arguments[index];
            var equals = argument.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? argument : argument[..equals];
            if (!name.StartsWith("--", StringComparison.Ordinal) || !name.Contains(':', StringComparison.Ordinal))
                rest.Add(argument);
            else if (equals >= 0)
                settings.Add(new(name[2..], argument[(equals + 1)..], name));
            else if (index + 1 < arguments.Count)
                settings.Add(new(name[2..], arguments[++index], name));
            else
                return new Reading<SplitArguments, string>.Refused($"{name} lacks its value.");
        }
        return new Reading<SplitArguments, string>.Read(new(settings, rest));
    }

    /// <summary>Variables such as <c>SHONIN_Approval__AnswerTimeout</c>. One without two underscores is not a setting.</summary>
    public static IReadOnlyList<Said> FromEnvironment(IDictionary variables) =>
        [
            .. variables
                .Keys.OfType<string>()
                .Where(name =>
                    name.StartsWith(VariablePrefix, StringComparison.OrdinalIgnoreCase) && name.Contains("__", StringComparison.Ordinal)
                )
                .Order(StringComparer.Ordinal)
                .Select(name => new Said(
                    name[VariablePrefix.Length..].Replace("__", ":", StringComparison.Ordinal),
                    (string?)variables[name] ?? "",
                    $"environment variable {name}"
                )),
        ];

    /// <summary>The variable that sets a setting: <c>SHONIN_Smtp__Password</c>.</summary>
    public static string VariableOf(Setting setting) => VariablePrefix + setting.Name.Replace(":", "__", StringComparison.Ordinal);

    /// <summary>The data folder's appsettings.json; nothing where it has none.</summary>
    public static Reading<IReadOnlyList<Said>, string> FromFile(string path)
    {
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists)
                return new Reading<IReadOnlyList<Said>, string>.Read([]);
            if (file.Length > FileSizeBytesMax)
            {
                return new Reading<IReadOnlyList<Said>, string>.Refused(
                    $"{path} has {file.Length} bytes; at most {FileSizeBytesMax} are read."
                );
            }

            OwnerOnly.RefuseWhatOthersMayChange(path);
            return FromJson(File.ReadAllBytes(path), path);
        }
        catch (KeyFileException open)
        {
            return new Reading<IReadOnlyList<Said>, string>.Refused(open.Message);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return new Reading<IReadOnlyList<Said>, string>.Refused($"{path} cannot be read: {unreadable.Message}");
        }
    }

    internal static Reading<IReadOnlyList<Said>, string> FromJson(ReadOnlyMemory<byte> utf8, string path)
    {
        try
        {
            // As .NET reads its own appsettings.json: comments and a comma at the end are welcome.
            using var document = JsonDocument.Parse(
                utf8,
                new()
                {
                    CommentHandling = JsonCommentHandling.Skip,
                    AllowTrailingCommas = true,
                    MaxDepth = FileDepthMax,
                }
            );
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                return new Reading<IReadOnlyList<Said>, string>.Refused(
                    $"{path} must hold one object of sections, as in {{\"Approval\":{{\"AnswerTimeout\":\"00:00:30\"}}}}."
                );
            }

            var settings = new List<Said>();
            Collect(document.RootElement, "", path, settings);
            return new Reading<IReadOnlyList<Said>, string>.Read(settings);
        }
        catch (JsonException malformed)
        {
            return new Reading<IReadOnlyList<Said>, string>.Refused(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{path}, line {malformed.LineNumber + 1}, byte {malformed.BytePositionInLine + 1}: this is no JSON. Check the commas, quotes and brackets there."
                )
            );
        }
    }

    private static void Collect(JsonElement element, string name, string path, List<Said> into)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                    Collect(property.Value, name.Length == 0 ? property.Name : $"{name}:{property.Name}", path, into);
                break;
            case JsonValueKind.Array when element.GetArrayLength() > 0:
                foreach (var (index, item) in element.EnumerateArray().Index())
                    Collect(item, string.Create(CultureInfo.InvariantCulture, $"{name}:{index}"), path, into);
                break;
            case JsonValueKind.Array or JsonValueKind.Null:
                into.Add(new(name, "", path));
                break;
            case JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False:
                into.Add(new(name, element.ToString(), path));
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }
}
