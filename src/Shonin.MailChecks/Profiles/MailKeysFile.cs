using System.Collections.Immutable;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Shonin.MailChecks;

/// <summary>
/// Archived keys as JSON, one form in the data folder, in a profile and published by a domain's owner:
/// <c>{"schema":"shonin.mail-keys/1","keys":[{"domain","selector","record","from","until"?,"revoked"?}]}</c>; times are RFC 3339 with
/// offset.
/// </summary>
public static class MailKeysFile
{
    public const string Schema = "shonin.mail-keys/1";
    private const int KeyCountMax = 1_000;
    private const int RecordLengthMax = 4_096; // An RSA key of 8192 bits has some 1,400 characters.

    private static readonly JsonSerializerOptions written = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static MailKeysParse Parse(ReadOnlyMemory<byte> utf8) =>
        ProfileReader.Of(utf8, root =>
        {
            ProfileReader.Fields(root, "$", "schema", "keys");
            if (ProfileReader.Text(root, "$", "schema") != Schema)
                throw new MalformedProfileException("$.schema", $"It must be \"{Schema}\".");
            return Read(root, "$");
        }) switch
        {
            ProfileReader.ProfileReading<ImmutableArray<ArchivedKey>>.Read(var keys) => new MailKeysParse.Parsed(keys),
            ProfileReader.ProfileReading<ImmutableArray<ArchivedKey>>.Malformed(var path, var why) => new MailKeysParse.Malformed(
                path,
                why
            ),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    public static byte[] Write(IEnumerable<ArchivedKey> keys)
    {
        var list = new JsonArray([
            .. keys.Select(key =>
            {
                var one = new JsonObject
                {
                    ["domain"] = key.Domain,
                    ["selector"] = key.Selector,
                    ["record"] = key.Record,
                    ["from"] = Time(key.From),
                };
                if (key.Until is { } until)
                    one["until"] = Time(until);
                if (key.Revoked is { } revoked)
                    one["revoked"] = Time(revoked);
                return (JsonNode)one;
            }),
        ]);
        return JsonSerializer.SerializeToUtf8Bytes(new JsonObject { ["schema"] = Schema, ["keys"] = list }, written);
    }

    /// <summary>The member <c>keys</c> of an object that may have more members.</summary>
    internal static ImmutableArray<ArchivedKey> Read(JsonElement holder, string path) =>
        [.. ProfileReader.Items(holder, path, "keys", KeyCountMax).Select(item => ReadKey(item.Element, item.Path))];

    private static ArchivedKey ReadKey(JsonElement key, string path)
    {
        ProfileReader.Fields(key, path, "domain", "selector", "record", "from", "until", "revoked");
        var read = new ArchivedKey(
            ProfileReader.Domain(ProfileReader.Text(key, path, "domain"), $"{path}.domain"),
            ProfileReader.Text(key, path, "selector"),
            ProfileReader.Text(key, path, "record", RecordLengthMax),
            ProfileReader.Time(key, path, "from")
                ?? throw new MalformedProfileException($"{path}.from", "It is missing: since when the key signed."),
            ProfileReader.Time(key, path, "until"),
            ProfileReader.Time(key, path, "revoked")
        );
        if (!read.Record.Contains("p=", StringComparison.Ordinal))
            throw new MalformedProfileException($"{path}.record", "A DKIM record has p=, the key.");
        return read.Until < read.From ? throw new MalformedProfileException($"{path}.until", "It lies before from.") : read;
    }

    private static string Time(DateTimeOffset at) =>
        at.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}

public abstract record MailKeysParse
{
    private MailKeysParse() { }

    public sealed record Parsed(ImmutableArray<ArchivedKey> Keys) : MailKeysParse;

    /// <summary>Where in the file, and what was expected there.</summary>
    public sealed record Malformed(string Path, string Why) : MailKeysParse;
}
