using System.Text.RegularExpressions;

namespace Shonin.Specs;

/// <summary>What the documents name must exist.</summary>
public sealed partial class DocumentsSpecs
{
    [Fact]
    public void Every_row_of_the_threats_names_specs_and_each_of_them_exists()
    {
        var tests = Directory
            .EnumerateFiles(Path.Combine(Repository.Root, "tests"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => DeclaredClass().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups[1].Value)
            .ToHashSet();
        var rows = Repository
            .Read("THREATS.md")
            .Split('\n')
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| somebody", StringComparison.Ordinal))
            .ToList();
        Assert.True(rows.Count > 30);
        Assert.All(rows, row =>
        {
            var named = NamedTest().Matches(row.Split('|')[^2]).Select(match => match.Groups[1].Value).ToList();
            Assert.True(named.Count > 0, $"This row names no spec: {row}");
            Assert.DoesNotContain(named, name => !tests.Contains(name));
        });
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("ARCHITECTURE.md")]
    [InlineData("STANDARDS.md")]
    public void Every_path_that_a_document_names_exists(string document)
    {
        var named = NamedPath().Matches(Repository.Read(document)).Select(match => match.Groups[1].Value).Distinct().ToList();
        Assert.NotEmpty(named);
        Assert.DoesNotContain(named, path => !Path.Exists(Path.Combine(Repository.Root, path)));
    }

    [GeneratedRegex(@"class (\w+)")]
    private static partial Regex DeclaredClass();

    [GeneratedRegex(@"`(\w+(?:Specs|Journeys?))`")]
    private static partial Regex NamedTest();

    /// <summary>A whole path from the root: in back quotes, or the target of a link.</summary>
    [GeneratedRegex(@"[`(]((?:src|tests|docs|bench|decisions|profiles)/[\w./-]+)[`)]")]
    private static partial Regex NamedPath();
}
