using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Shonin.Web;

/// <summary>
/// Reads a body into a record, and says exactly where it departs from it. The record is the shape: a field that it lacks is refused,
/// and so is the want of one that has no default; numbers are whole and in range; a name stands there once. System.Text.Json decides that
/// in one go; only a body that it refuses is gone through again, for words that a sender can use.
/// </summary>
internal static class StrictJson
{
    /// <summary>Said where the serializer refuses what <see cref="Departure"/> finds in order; no body is known that is told so.</summary>
    internal const string NoCauseFound = "The body does not have the form that /openapi/v1.json describes for this address.";

    private const int DepthMax = 16;

    private static readonly UTF8Encoding utf8Only = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly JsonSerializerOptions strict = new(ApiJson.Options)
    {
        MaxDepth = DepthMax,
        AllowDuplicateProperties = false,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new TextConverter() },
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { RefuseNullInLists } },
    };

    public static Reading<T, Problem> Read<T>(ReadOnlyMemory<byte> utf8)
        where T : class
    {
        try
        {
            if (JsonSerializer.Deserialize<T>(utf8.Span, strict) is { } value)
                return new Reading<T, Problem>.Read(value);
        }
        catch (JsonException)
        {
            // Its words name types of ours; WhyNot finds the cause in the body.
        }
        return new Reading<T, Problem>.Refused(WhyNot(utf8, typeof(T)));
    }

    /// <summary>
    /// The same body always gives the same bytes: names in order, no spaces. Only a body that <see cref="Read"/> has taken may be given.
    /// </summary>
    public static byte[] Canonical(ReadOnlyMemory<byte> utf8)
    {
        using var document = JsonDocument.Parse(utf8, new() { MaxDepth = DepthMax });
        var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes))
            WriteSorted(document.RootElement, writer);
        return bytes.ToArray();
    }

    private static Problem WhyNot(ReadOnlyMemory<byte> utf8, Type shape)
    {
        if (utf8.IsEmpty)
            return new(ProblemCode.Malformed, "The body is empty; send a JSON object.");
        try
        {
            utf8Only.GetCharCount(utf8.Span);
            using var document = JsonDocument.Parse(utf8, new() { MaxDepth = DepthMax });
            return Departure(document.RootElement, strict.GetTypeInfo(shape), "") ?? new(ProblemCode.Malformed, NoCauseFound);
        }
        catch (JsonException malformed)
        {
            return new(
                ProblemCode.Malformed,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The body is no JSON: line {malformed.LineNumber + 1}, byte {malformed.BytePositionInLine + 1}. "
                ) + $"Check the commas, quotes, brackets and nesting (at most {DepthMax} levels) there."
            );
        }
        catch (DecoderFallbackException malformed)
        {
            return new(ProblemCode.Malformed, $"The body is not UTF-8 at byte {malformed.Index}.");
        }
    }

    private static Problem? Departure(JsonElement element, JsonTypeInfo type, string pointer)
    {
        var expected = Nullable.GetUnderlyingType(type.Type) ?? type.Type;
        if (type.Kind == JsonTypeInfoKind.Enumerable)
            return element.ValueKind == JsonValueKind.Array ? InItems(element, type, pointer) : Wrong(pointer, "a list", element);
        if (type.Kind == JsonTypeInfoKind.Object)
            return element.ValueKind == JsonValueKind.Object ? InFields(element, type, pointer) : Wrong(pointer, "an object", element);
        if (expected == typeof(long))
        {
            return element.ValueKind != JsonValueKind.Number ? Wrong(pointer, "a number", element)
                : element.TryGetInt64(out _) ? null
                : NotWhole(pointer, element);
        }

        if (expected == typeof(int))
        {
            return element.ValueKind != JsonValueKind.Number ? Wrong(pointer, "a number", element)
                : element.TryGetInt32(out _) ? null
                : NotWhole(pointer, element);
        }

        if (element.ValueKind != JsonValueKind.String)
            return Wrong(pointer, "a text", element);
        return IsText(element)
            ? null
            : new(ProblemCode.Malformed, $"{pointer} holds half of a surrogate pair or a control character.") { Pointer = pointer };
    }

    private static Problem? InItems(JsonElement element, JsonTypeInfo type, string pointer)
    {
        var item = strict.GetTypeInfo(type.ElementType!);
        foreach (var (index, value) in element.EnumerateArray().Index())
        {
            if (Departure(value, item, string.Create(CultureInfo.InvariantCulture, $"{pointer}/{index}")) is { } problem)
                return problem;
        }

        return null;
    }

    private static Problem? InFields(JsonElement element, JsonTypeInfo type, string pointer)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var field in element.EnumerateObject())
        {
            if (NameOf(field) is not { } name)
                return new(ProblemCode.Malformed, "A field's name holds half of a surrogate pair.") { Pointer = pointer };
            var place = $"{pointer}/{Escape(name)}";
            if (type.Properties.FirstOrDefault(property => property.Name == name) is not { } property)
            {
                var names = type.Properties.Select(known => known.Name).ToArray();
                return new(
                    ProblemCode.Malformed,
                    $"There is no field {place}.{NearestName.Hint(name, names)} Known here: {string.Join(", ", names)}."
                )
                {
                    Pointer = place,
                };
            }
            if (!seen.Add(name))
                return new(ProblemCode.Malformed, $"{place} stands there twice; send it once.") { Pointer = place };
            if (field.Value.ValueKind == JsonValueKind.Null && property.IsSetNullable)
                continue;
            if (Departure(field.Value, strict.GetTypeInfo(property.PropertyType), place) is { } problem)
                return problem;
        }
        return type.Properties.FirstOrDefault(property => property.IsRequired && !seen.Contains(property.Name)) is { } missing
            ? new(ProblemCode.Malformed, $"{pointer}/{missing.Name} is missing.") { Pointer = $"{pointer}/{missing.Name}" }
            : null;
    }

    private static Problem Wrong(string pointer, string expected, JsonElement element) =>
        new(ProblemCode.Malformed, $"{(pointer.Length == 0 ? "The body" : pointer)} must be {expected}, not {Kind(element)}.")
        {
            Pointer = pointer,
        };

    /// <summary>A number, but none that counts something.</summary>
    private static Problem NotWhole(string pointer, JsonElement element) =>
        new(
            pointer.EndsWith("/minorUnits", StringComparison.Ordinal) ? ProblemCode.InvalidAmount : ProblemCode.InvalidValue,
            $"{pointer} must be a whole number in range, not {Shortened(element.GetRawText())}."
        )
        {
            Pointer = pointer,
        };

    private static string Shortened(string text) => text.Length <= 40 ? text : text[..40] + "…";

    private static string Kind(JsonElement element) =>
        element.ValueKind switch
        {
            JsonValueKind.Object => "an object",
            JsonValueKind.Array => "a list",
            JsonValueKind.String => "a text",
            JsonValueKind.Number => "a number",
            JsonValueKind.True or JsonValueKind.False => "true or false",
            JsonValueKind.Null or JsonValueKind.Undefined => "null",
        };

    private static bool IsText(JsonElement element)
    {
        try
        {
            return !element.GetString()!.Any(letter => char.IsControl(letter));
        }
        catch (InvalidOperationException) // An escape such as \ud800 that stands for no character.
        {
            return false;
        }
    }

    private static string? NameOf(JsonProperty field)
    {
        try
        {
            return field.Name;
        }
        catch (InvalidOperationException) // As above.
        {
            return null;
        }
    }

    /// <summary>Nullability of a list's items is not seen at run time, so the serializer lets null in.</summary>
    private static void RefuseNullInLists(JsonTypeInfo type)
    {
        if (type.Kind == JsonTypeInfoKind.Enumerable)
            type.OnDeserialized = list => _ = ((IEnumerable)list).Cast<object?>().Contains(null) ? throw new JsonException() : list;
    }

    /// <summary>Texts hold no control characters.</summary>
    private sealed class TextConverter : JsonConverter<string>
    {
        public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType != JsonTokenType.String)
                throw new JsonException();
            var text = reader.GetString()!;
            return text.Any(char.IsControl) ? throw new JsonException() : text;
        }

        public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
    }

    private static string Escape(string name) =>
        name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal); // RFC 6901 section 3

    private static void WriteSorted(JsonElement element, Utf8JsonWriter writer)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var field in element.EnumerateObject().OrderBy(field => field.Name, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(field.Name);
                    WriteSorted(field.Value, writer);
                }
                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in element.EnumerateArray())
                    WriteSorted(item, writer);
                writer.WriteEndArray();
                break;
            case JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False or JsonValueKind.Null:
                element.WriteTo(writer);
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }
}
