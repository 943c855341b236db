using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Shonin.Specs.MailAuthentication;

/// <summary>
/// Published conformance suites, which lie beside the repository and are no part of it: in ../shared/vectors, or where
/// SHONIN_SHARED points. Where one is absent the spec is reported as skipped, with the suite that did not run: it never passes.
/// </summary>
internal static class SharedVectors
{
    /// <param name="kind">The folder below shared.</param>
    public static byte[] Read(string path, string kind = "vectors", [CallerFilePath] string here = "")
    {
        foreach (var folder in Folders(here))
        {
            var file = Path.Combine(folder, kind, path);
            if (File.Exists(file))
            {
                return File.ReadAllBytes(file);
            }
        }

        Assert.Skip($"NOT RUN: the suite {path} is not there; put it in ../shared/{kind} or set SHONIN_SHARED.");
        throw new UnreachableException();
    }

    /// <summary>A worktree may lie a folder deeper than the repository does.</summary>
    private static IEnumerable<string> Folders(string here)
    {
        if (Environment.GetEnvironmentVariable("SHONIN_SHARED") is { Length: > 0 } named)
        {
            yield return named;
        }

        for (var folder = Directory.GetParent(here); folder is not null; folder = folder.Parent)
        {
            yield return Path.Combine(folder.FullName, "shared");
        }
    }
}
