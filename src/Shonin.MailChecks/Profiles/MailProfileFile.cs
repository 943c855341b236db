using System.Text.Json;

namespace Shonin.MailChecks;

/// <summary>
/// A merchant's profile as JSON:
/// <c>{"schema":"shonin.profile/1","id","names":[…],"domains":[…],"linkDomains"?:[…],"keys"?:[…],"sources"?:[…]}</c>. <c>keys</c> are as in
/// <see cref="MailKeysFile"/>, of the profile's own domains; <c>sources</c> say where the lists were found and when.
/// </summary>
public static class MailProfileFile
{
    public const string Schema = "shonin.profile/1";
    private const string SchemaFamily = "shonin.profile";
    private const int NameCountMax = 50;
    private const int DomainCountMax = 500;
    private const int SourceCountMax = 50;
    private const int SourceLengthMax = 1_000;

    public static MailProfileParse Parse(ReadOnlyMemory<byte> utf8) => Answer(ProfileReader.Of(utf8, Read));

    /// <summary>Reads a profile that is part of a larger document.</summary>
    public static MailProfileParse Parse(JsonElement json) => Answer(ProfileReader.Of(json, Read));

    private static MailProfile Read(JsonElement root)
    {
        ProfileReader.Fields(root, "$", "schema", "id", "names", "domains", "linkDomains", "keys", "sources");
        // A later version of the form that has the same fields says the same; one that has others is refused at those.
        if (
            root.TryGetProperty("schema", out _)
            && !ProfileReader.Text(root, "$", "schema").StartsWith(SchemaFamily, StringComparison.Ordinal)
        )
        {
            throw new MalformedProfileException("$.schema", $"It must be \"{Schema}\".");
        }

        var profile = new MailProfile(
            ProfileReader.Text(root, "$", "id"),
            [.. Some(root, "names", NameCountMax).Select(item => ProfileReader.Text(item.Element, item.Path))],
            [.. Some(root, "domains", DomainCountMax).Select(ReadDomain)],
            root.TryGetProperty("linkDomains", out _)
                ? [.. ProfileReader.Items(root, "$", "linkDomains", DomainCountMax).Select(ReadDomain)]
                : []
        )
        {
            Keys = root.TryGetProperty("keys", out _) ? MailKeysFile.Read(root, "$") : [],
        };
        foreach (var (index, key) in profile.Keys.Index())
        {
            if (!profile.Sends(key.Domain))
            {
                throw new MalformedProfileException(
                    $"$.keys[{index}].domain",
                    $"{key.Domain} is none of the profile's domains; a key speaks for its own domain only."
                );
            }
        }

        if (root.TryGetProperty("sources", out _))
        {
            foreach (var (source, path) in ProfileReader.Items(root, "$", "sources", SourceCountMax))
                ProfileReader.Text(source, path, SourceLengthMax);
        }

        return profile;
    }

    private static List<(JsonElement Element, string Path)> Some(JsonElement root, string name, int countMax)
    {
        var items = ProfileReader.Items(root, "$", name, countMax).ToList();
        return items.Count > 0 ? items : throw new MalformedProfileException($"$.{name}", "Expected at least one.");
    }

    private static string ReadDomain((JsonElement Element, string Path) item) =>
        ProfileReader.Domain(ProfileReader.Text(item.Element, item.Path), item.Path);

    private static MailProfileParse Answer(ProfileReader.ProfileReading<MailProfile> outcome) =>
        outcome switch
        {
            ProfileReader.ProfileReading<MailProfile>.Read(var profile) => new MailProfileParse.Parsed(profile),
            ProfileReader.ProfileReading<MailProfile>.Malformed(var path, var why) => new MailProfileParse.Malformed(path, why),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
}

public abstract record MailProfileParse
{
    private MailProfileParse() { }

    public sealed record Parsed(MailProfile Profile) : MailProfileParse;

    /// <summary>Where in the file, and what was expected there.</summary>
    public sealed record Malformed(string Path, string Why) : MailProfileParse;
}
