using System.Text.Json;

namespace Shonin.CardCompany;

/// <summary>What was read of a file: its entries, good for use where there are no problems.</summary>
/// <param name="Problems">Each names the entry (counted from 1), the field and what is expected.</param>
internal sealed record StrictRead<T>(IReadOnlyList<T> Entries, IReadOnlyList<string> Problems);

/// <summary>
/// Reads a JSON array of objects whose fields are known: any other field, a field given twice and anything that is no object is an error,
/// so that a misspelt limit is not taken for none. Reading goes on after a problem, so that all of them are told at once.
/// </summary>
internal static class StrictArray
{
    /// <param name="fields">All the fields that an entry may have.</param>
    /// <param name="countMin">Fewer entries are an error, as are more than <paramref name="countMax"/>.</param>
    /// <param name="what">What the array holds, as a plural: <c>accounts</c>.</param>
    /// <param name="read">Reads an entry, and tells it what is wrong; its result counts only where nothing is.</param>
    public static StrictRead<T> Read<T>(
        ReadOnlyMemory<byte> utf8,
        IReadOnlyList<string> fields,
        int countMin,
        int countMax,
        string what,
        Func<StrictEntry, T> read
    )
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(utf8);
        }
        catch (JsonException broken)
        {
            return new([], [$"line {broken.LineNumber + 1}, byte {broken.BytePositionInLine}: this is not JSON"]);
        }
        using (document)
        {
            var array = document.RootElement;
            if (array.ValueKind is not JsonValueKind.Array || array.GetArrayLength() < countMin || array.GetArrayLength() > countMax)
                return new([], [$"expected an array of {countMin} to {countMax} {what}"]);
            var problems = new List<string>();
            var entries = new List<T>();
            foreach (var element in array.EnumerateArray())
            {
                var entry = new StrictEntry(element, $"entry {entries.Count + 1}", problems);
                entry.CheckFields(fields);
                entries.Add(read(entry));
            }
            return new(entries, problems);
        }
    }
}

/// <summary>One object of such an array, being read.</summary>
internal sealed class StrictEntry(JsonElement element, string where, List<string> problems)
{
    public void Wrong(string field, string expected) => problems.Add($"{where}, field \"{field}\": expected {expected}");

    /// <summary>The field's value, <c>null</c> included; nothing where it is absent.</summary>
    public JsonElement? Given(string field) =>
        element.ValueKind is JsonValueKind.Object && element.TryGetProperty(field, out var value) ? value : null;

    /// <summary>The field's value; nothing where it is absent or <c>null</c>.</summary>
    public JsonElement? Find(string field) => Given(field) is { ValueKind: not JsonValueKind.Null } value ? value : null;

    /// <summary>The field's text; null where it has none.</summary>
    public string? Text(string field) => Find(field) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    internal void CheckFields(IReadOnlyList<string> fields)
    {
        if (element.ValueKind is not JsonValueKind.Object)
        {
            problems.Add($"{where}: expected an object");
            return;
        }
        var seen = new HashSet<string>();
        foreach (var property in element.EnumerateObject())
        {
            if (!fields.Contains(property.Name))
                problems.Add($"{where}, field \"{property.Name}\": there is no such field; the fields are {string.Join(", ", fields)}");
            else if (!seen.Add(property.Name))
                Wrong(property.Name, "each field once");
        }
    }
}
