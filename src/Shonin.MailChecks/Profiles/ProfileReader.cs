using System.Globalization;
using System.Text.Json;
using Shonin.MailAuthentication.Dns;

namespace Shonin.MailChecks;

/// <summary>Reads the JSON of profiles and keys member by member; whatever departs from the form is told with its place.</summary>
internal static class ProfileReader
{
    private const int FileSizeBytesMax = 1_048_576;
    private const int TextLengthMax = 253; // The longest domain name, RFC 1035 section 2.3.4; nothing else here is longer.

    public static ProfileReading<T> Of<T>(ReadOnlyMemory<byte> utf8, Func<JsonElement, T> read)
    {
        if (utf8.Length > FileSizeBytesMax)
            return new ProfileReading<T>.Malformed("$", $"The file has {utf8.Length} bytes; at most {FileSizeBytesMax} are read.");
        try
        {
            using var document = JsonDocument.Parse(
                utf8,
                new()
                {
                    CommentHandling = JsonCommentHandling.Skip,
                    AllowTrailingCommas = true,
                    MaxDepth = 8,
                }
            );
            return Of(document.RootElement, read);
        }
        catch (JsonException malformed)
        {
            return new ProfileReading<T>.Malformed(
                string.Create(CultureInfo.InvariantCulture, $"line {malformed.LineNumber + 1}, byte {malformed.BytePositionInLine + 1}"),
                "This is no JSON. Check the commas, quotes and brackets there."
            );
        }
    }

    public static ProfileReading<T> Of<T>(JsonElement json, Func<JsonElement, T> read)
    {
        try
        {
            return new ProfileReading<T>.Read(read(json));
        }
        catch (MalformedProfileException malformed)
        {
            return new ProfileReading<T>.Malformed(malformed.Path, malformed.Message);
        }
        catch (InvalidOperationException)
        {
            // JsonElement.GetString, on text with half of a surrogate pair.
            return new ProfileReading<T>.Malformed("$", "A text in it is not well-formed Unicode.");
        }
    }

    /// <summary>Holds the element to be an object with no other members than these, each at most once.</summary>
    public static void Fields(JsonElement element, string path, params IReadOnlyList<string> known)
    {
        if (element.ValueKind != JsonValueKind.Object)
            throw new MalformedProfileException(path, $"This is {element.ValueKind}, but an object was expected.");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in element.EnumerateObject())
        {
            if (!known.Contains(member.Name))
            {
                throw new MalformedProfileException(
                    $"{path}.{member.Name}",
                    $"There is no such field; known are {string.Join(", ", known)}."
                );
            }

            if (!seen.Add(member.Name))
                throw new MalformedProfileException($"{path}.{member.Name}", "It stands there twice.");
        }
    }

    public static string Text(JsonElement holder, string path, string name, int lengthMax = TextLengthMax) =>
        holder.TryGetProperty(name, out var value)
            ? Text(value, $"{path}.{name}", lengthMax)
            : throw new MalformedProfileException($"{path}.{name}", "It is missing.");

    public static string Text(JsonElement value, string path, int lengthMax = TextLengthMax) =>
        value.ValueKind == JsonValueKind.String
        && value.GetString() is { Length: > 0 } text
        && text.Length <= lengthMax
        && !text.Any(char.IsControl)
            ? text
            : throw new MalformedProfileException(path, $"Expected a text of 1 to {lengthMax} characters without control characters.");

    public static IEnumerable<(JsonElement Element, string Path)> Items(JsonElement holder, string path, string name, int countMax)
    {
        if (!holder.TryGetProperty(name, out var list))
            throw new MalformedProfileException($"{path}.{name}", "It is missing.");
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() > countMax)
            throw new MalformedProfileException($"{path}.{name}", $"Expected a list of at most {countMax}.");
        return list.EnumerateArray()
            .Select((item, index) => (item, string.Create(CultureInfo.InvariantCulture, $"{path}.{name}[{index}]")));
    }

    /// <summary>A domain name in lower case and A-labels.</summary>
    public static string Domain(string text, string path)
    {
        if (
            DomainName.ToAscii(text) is { } name
            && name.Contains('.', StringComparison.Ordinal)
            && Uri.CheckHostName(name) == UriHostNameType.Dns
        )
        {
            return name;
        }

        throw new MalformedProfileException(path, $"\"{text}\" is no domain name with at least two labels, as in shop.example.jp.");
    }

    /// <summary>Null where the member is absent.</summary>
    public static DateTimeOffset? Time(JsonElement holder, string path, string name)
    {
        if (!holder.TryGetProperty(name, out var value))
            return null;
        return
            value.ValueKind == JsonValueKind.String
            && value.GetString() is { } text
            && DateTimeOffset.TryParseExact(
                text,
                ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"],
                CultureInfo.InvariantCulture,
                DateTimeStyles.None,
                out var time
            )
            && (text.EndsWith('Z') || text[^6] is '+' or '-')
            ? time
            : throw new MalformedProfileException($"{path}.{name}", "Expected a time with its offset, as in 2026-11-24T10:02:07+09:00.");
    }

    public abstract record ProfileReading<T>
    {
        private ProfileReading() { }

        public sealed record Read(T Value) : ProfileReading<T>;

        public sealed record Malformed(string Path, string Why) : ProfileReading<T>;
    }
}

/// <summary>Leaves a reading from any depth; it never leaves <see cref="ProfileReader"/>.</summary>
internal sealed class MalformedProfileException(string path, string message) : Exception(message)
{
    public string Path => path;
}
