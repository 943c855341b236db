using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Shonin.Verbs.Mail;

/// <summary>A case that cannot be answered; its message is the case's answer.</summary>
internal sealed class BadCaseException(string message) : Exception(message);

/// <summary>
/// The fields of a case. Their names are read in any case of letters, and names that no check knows are passed over, because a suite
/// keeps its notes and expectations beside the question.
/// </summary>
internal sealed class CaseFields
{
    private static readonly string[] messageForms = ["eml", "emlBase64", "emlFile"];

    private readonly Dictionary<string, JsonElement> fields = new(StringComparer.OrdinalIgnoreCase);

    /// <exception cref="BadCaseException">The case is no object, or has a name that is no text.</exception>
    public CaseFields(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
            throw new BadCaseException("A case is a JSON object.");
        foreach (var field in json.EnumerateObject())
            fields[Readable(() => field.Name, "A field's name")] = field.Value;
    }

    /// <summary>Null where the field is absent or null.</summary>
    public JsonElement? this[string name] =>
        fields.TryGetValue(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public string? Text(string name) =>
        this[name] switch
        {
            null => null,
            { ValueKind: JsonValueKind.String } value => Readable(() => value.GetString()!, $"\"{name}\""),
            _ => throw new BadCaseException($"\"{name}\" must be a text."),
        };

    public string Required(string name) => Text(name) ?? throw new BadCaseException($"\"{name}\" is missing.");

    /// <summary>Texts in a list; one alone may stand without it.</summary>
    public IReadOnlyList<string> Texts(string name) =>
        this[name] switch
        {
            null => [],
            { ValueKind: JsonValueKind.String } => [Text(name)!],
            { ValueKind: JsonValueKind.Array } list =>
            [
                .. list.EnumerateArray()
                    .Select(item =>
                        item.ValueKind == JsonValueKind.String
                            ? Readable(() => item.GetString()!, $"\"{name}\"")
                            : throw new BadCaseException($"\"{name}\" must be a list of texts.")
                    ),
            ],
            _ => throw new BadCaseException($"\"{name}\" must be a list of texts."),
        };

    /// <summary>RFC 3339, or seconds since 1970.</summary>
    public DateTimeOffset? Time(string name) =>
        this[name] switch
        {
            null => null,
            { ValueKind: JsonValueKind.String } when MailOptions.Time(Text(name)) is { } time => time,
            { ValueKind: JsonValueKind.Number } value when value.TryGetInt64(out var seconds) && Math.Abs(seconds) <= SecondsMax =>
                DateTimeOffset.FromUnixTimeSeconds(seconds),
            var other => throw new BadCaseException(
                $"\"{name}\" is no time, such as \"2026-11-24T10:02:03+09:00\": {other!.Value.ValueKind}."
            ),
        };

    private const long SecondsMax = 60_000_000_000; // Until the year 3871; nothing is signed for longer.

    /// <summary>The message of a case, in one of the three forms.</summary>
    public async Task<byte[]> MessageAsync(string folder, int bytesMax, CancellationToken cancellation)
    {
        var forms = messageForms.Where(form => this[form] is not null).ToList();
        if (forms.Count != 1)
        {
            throw new BadCaseException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The message stands in one of \"eml\", \"emlBase64\" and \"emlFile\"; this case has {forms.Count}."
                )
            );
        }

        switch (forms[0])
        {
            case "eml":
                return Encoding.UTF8.GetBytes(Text("eml")!);
            case "emlBase64":
                return Base64(Text("emlBase64")!);
            default:
                var path = Path.Combine(folder, Text("emlFile")!);
                return await InputFile.ReadAsync(path, bytesMax, cancellation) switch
                {
                    Reading<byte[], string>.Read(var bytes) => bytes,
                    Reading<byte[], string>.Refused(var why) => throw new BadCaseException($"\"emlFile\": {why}"),
                    _ => throw new System.Diagnostics.UnreachableException(),
                };
        }
    }

    private static byte[] Base64(string text)
    {
        try
        {
            return Convert.FromBase64String(text);
        }
        catch (FormatException)
        {
            throw new BadCaseException("\"emlBase64\" is not base64.");
        }
    }

    /// <summary>JSON can write half of a surrogate pair (\ud800), which is no text.</summary>
    private static string Readable(Func<string> text, string what)
    {
        try
        {
            return text();
        }
        catch (InvalidOperationException)
        {
            throw new BadCaseException($"{what} holds half of a surrogate pair or is not UTF-8.");
        }
    }
}
