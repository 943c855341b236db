using System.Text.Json;

namespace Shonin.Fuzz;

/// <summary>Conformance data beside the repository: in a folder "shared" above this one, or where SHONIN_SHARED points.</summary>
internal static class SharedVectors
{
    public static IEnumerable<byte[]> Files(string folder, string pattern) =>
        Folder() is { } vectors && Directory.Exists(Path.Combine(vectors, folder))
            ? Directory.GetFiles(Path.Combine(vectors, folder), pattern).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)
            : [];

    public static IReadOnlyList<JsonElement> Cases(string path) =>
        Folder() is { } vectors && File.Exists(Path.Combine(vectors, path))
            ? [.. JsonDocument.Parse(File.ReadAllBytes(Path.Combine(vectors, path))).RootElement.EnumerateArray()]
            : [];

    private static string? Folder()
    {
        if (Environment.GetEnvironmentVariable("SHONIN_SHARED") is { Length: > 0 } named)
        {
            return Path.Combine(named, "vectors");
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (Path.Combine(folder.FullName, "shared", "vectors") is var vectors && Directory.Exists(vectors))
            {
                return vectors;
            }
        }

        return null;
    }
}
