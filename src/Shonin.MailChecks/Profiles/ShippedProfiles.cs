using System.Collections.Immutable;

namespace Shonin.MailChecks;

/// <summary>
/// The profiles of the folder <c>profiles/</c>, carried inside: five brands that Japanese customers get forged mail of. They are examples:
/// a brand changes its domains without telling us, so each file says where its lists were found and when.
/// </summary>
public static class ShippedProfiles
{
    private const string Folder = "profiles/";

    /// <summary>In the order of their ids.</summary>
    public static ImmutableArray<MailProfile> All { get; } =
    [
        .. typeof(ShippedProfiles)
            .Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Folder, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(Read),
    ];

    private static MailProfile Read(string name)
    {
        using var stream = typeof(ShippedProfiles).Assembly.GetManifestResourceStream(name)!;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return MailProfileFile.Parse(content) switch
        {
            MailProfileParse.Parsed(var profile) => profile,
            MailProfileParse.Malformed(var path, var why) => throw new InvalidOperationException($"{name}, {path}: {why}"),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }
}
