using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Shonin.Specs.SupplyChain;

/// <summary>
/// THIRD-PARTY-NOTICES, held against the lock files and the packages that were restored: a package without a row, or with a wrong licence,
/// is red.
/// </summary>
[RealParts]
public sealed partial class ThirdPartyNoticesSpecs
{
    private static readonly string[] uses = ["program", "build", "tests", "bench"];

    /// <summary>One row: where from, name, version (none for data), licence, use, copyright.</summary>
    private sealed record Row(string From, string Name, string Version, string Licence, string Use, string Copyright)
    {
        public string Package => $"{From} {Name} {Version}";
    }

    [Fact]
    public void Every_locked_package_has_a_row_and_every_NuGet_row_a_locked_package()
    {
        var locked = LockedNuGet().Concat(LockedNpm().Select(package => package.Package)).ToHashSet();
        Assert.True(locked.Count > 30);
        Assert.Empty(locked.Except(Rows().Select(row => row.Package)).Order());
        Assert.Empty(Rows().Where(row => row.From == "nuget").Select(row => row.Package).Except(locked).Order());
    }

    [Fact]
    public void A_row_names_the_licence_that_its_package_declares()
    {
        var folder = typeof(ThirdPartyNoticesSpecs)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(one => one.Key == "NuGetPackageRoot")
            .Value!;
        var wrong = new List<string>();
        var own = LockedNuGet(Path.Combine(Repository.Root, "tests", "Shonin.Specs")).ToHashSet();
        foreach (var row in Rows().Where(row => row.From == "nuget"))
        {
            var lower = row.Name.ToLowerInvariant();
            // What only other projects use is there once they were restored; our own is there always.
            if (!own.Contains(row.Package) && !Directory.Exists(Path.Combine(folder, lower, row.Version)))
                continue;
            var licence = XDocument
                .Load(Path.Combine(folder, lower, row.Version, lower + ".nuspec"))
                .Descendants()
                .Single(element => element.Name.LocalName == "license");
            if (
                (string?)licence.Attribute("type") == "expression"
                    ? licence.Value != row.Licence
                    : !Text(row.Licence)
                        .Contains(FirstLine(Path.Combine(folder, lower, row.Version, licence.Value)), StringComparison.Ordinal)
            )
            {
                wrong.Add($"{row.Package}: {licence.Value}");
            }
        }
        foreach (var (package, licence) in LockedNpm())
        {
            if (!Rows().Any(row => row.Package == package && (licence is null || row.Licence == licence)))
                wrong.Add($"{package}: {licence}");
        }
        Assert.Empty(wrong);
    }

    [Fact]
    public void A_row_says_use_and_copyright_and_the_text_of_its_licence_stands_below()
    {
        Assert.All(Rows(), row =>
        {
            Assert.All(row.Use.Split(", "), use => Assert.Contains(use, uses));
            Assert.NotEmpty(row.Copyright);
            Assert.Contains(row.Licence.Trim('(', ')').Split(" OR "), licence => Text(licence).Length > 20);
        });
        Assert.Contains("Apache License", Text("Apache-2.0"), StringComparison.Ordinal);
        Assert.Contains("TERMS AND CONDITIONS", Text("Apache-2.0"), StringComparison.Ordinal);
        Assert.Contains("Mozilla Public License Version 2.0", Text("MPL-2.0"), StringComparison.Ordinal);
        Assert.Contains(Rows(), row => row is { From: "data", Name: "Public Suffix List", Licence: "MPL-2.0", Use: "program" });
    }

    [Fact]
    public void Lock_files_stand_beside_every_project_and_name_no_place_of_this_machine()
    {
        var projects = Directory.EnumerateFiles(Repository.Root, "*.csproj", SearchOption.AllDirectories).Where(IsSource).ToArray();
        Assert.True(projects.Length > 10);
        Assert.All(projects, project =>
            Assert.True(File.Exists(Path.Combine(Path.GetDirectoryName(project)!, "packages.lock.json")), project)
        );
        Assert.All(Files("package-lock.json"), file => Assert.DoesNotMatch(ForeignRegistry(), File.ReadAllText(file)));
        Assert.DoesNotContain("http", Sources().ToString(), StringComparison.Ordinal);
        Assert.Equal("*", (string?)Sources().Descendants("package").Single().Attribute("pattern"));
    }

    private static XDocument Sources() => XDocument.Load(Path.Combine(Repository.Root, "nuget.config"));

    private static IEnumerable<string> LockedNuGet(string? folder = null) =>
        from file in Files("packages.lock.json", folder)
        from framework in JsonDocument.Parse(File.ReadAllText(file)).RootElement.GetProperty("dependencies").EnumerateObject()
        from package in framework.Value.EnumerateObject()
        where package.Value.GetProperty("type").GetString() != "Project"
        select $"nuget {package.Name} {package.Value.GetProperty("resolved").GetString()}";

    /// <summary>The licence is null where the lock file does not know it.</summary>
    private static IEnumerable<(string Package, string? Licence)> LockedNpm() =>
        from file in Files("package-lock.json")
        from package in JsonDocument.Parse(File.ReadAllText(file)).RootElement.GetProperty("packages").EnumerateObject()
        where package.Name.Length > 0
        select (
            $"npm {package.Name.Split("node_modules/")[^1]} {package.Value.GetProperty("version").GetString()}",
            package.Value.TryGetProperty("license", out var licence) ? licence.GetString() : null
        );

    private static IEnumerable<string> Files(string name, string? folder = null) =>
        Directory.EnumerateFiles(folder ?? Repository.Root, name, SearchOption.AllDirectories).Where(IsSource);

    private static bool IsSource(string file) =>
        Path.GetRelativePath(Repository.Root, file).Split('/', '\\') is var parts
        && !parts.Contains("artifacts")
        && !parts.Contains("node_modules");

    private static Row[] Rows() =>
        [
            .. RowLine()
                .Matches(Notices())
                .Select(match => new Row(
                    match.Groups[1].Value,
                    match.Groups[2].Value,
                    match.Groups[3].Value,
                    match.Groups[4].Value,
                    match.Groups[5].Value,
                    match.Groups[6].Value
                )),
        ];

    private static string Text(string licence) =>
        Notices()
            .Split("========================================\nLICENCE ")
            .FirstOrDefault(part => part.StartsWith(licence + "\n", StringComparison.Ordinal))
            ?[licence.Length..]
        ?? "";

    private static string FirstLine(string file) => File.ReadLines(file).First(line => line.Trim().Length > 0).Trim();

    private static string Notices() => Repository.Read("THIRD-PARTY-NOTICES");

    [GeneratedRegex(@"^(nuget|npm|data) (.+?)(?: (\d\S*))? \| (.+?) \| (.+?) \| (.+)$", RegexOptions.Multiline)]
    private static partial Regex RowLine();

    [GeneratedRegex("\"resolved\": \"(?!https://registry\\.npmjs\\.org/)")]
    private static partial Regex ForeignRegistry();
}
