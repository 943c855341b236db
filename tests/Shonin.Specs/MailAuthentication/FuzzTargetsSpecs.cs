using System.Runtime.CompilerServices;
using System.Text;
using Shonin.Fuzz;
using Shonin.Specs.MailChecks;
using SignedLetters = Shonin.Fuzz.Letters;

namespace Shonin.Specs.MailAuthentication;

/// <summary>
/// The fuzzer's properties, without the fuzzer: over what it starts from, and over every input that broke one (Findings/SOURCE.md).
/// </summary>
public sealed class FuzzTargetsSpecs
{
    public static TheoryData<string> Targets => [.. FuzzTarget.All.Select(target => target.Name)];

    public static TheoryData<string> Findings =>
        [
            .. Directory
                .GetFiles(Folder(), "*", SearchOption.AllDirectories)
                .Where(file => Path.GetFileName(file) != "SOURCE.md")
                .Select(file => Path.GetRelativePath(Folder(), file))
                .Where(file => Path.GetDirectoryName(file) != ReadOtherwiseSpecs.FindingsFolder)
                .Order(StringComparer.Ordinal),
        ];

    [Theory]
    [MemberData(nameof(Targets))]
    public async Task Every_input_that_the_fuzzer_starts_from_keeps_the_properties(string target)
    {
        foreach (var seed in FuzzTarget.Named(target).Seeds())
        {
            await FuzzTarget.Named(target).CheckAsync(seed);
        }
    }

    [Theory]
    [MemberData(nameof(Findings))]
    public async Task No_input_that_was_found_breaks_a_property_again(string finding) =>
        await FuzzTarget.Named(Path.GetDirectoryName(finding)!).CheckAsync(await File.ReadAllBytesAsync(Path.Combine(Folder(), finding)));

    [Fact]
    public void Every_finding_is_told_with_its_source()
    {
        var told = File.ReadAllText(Path.Combine(Folder(), "SOURCE.md"));
        Assert.All(Directory.GetFiles(Folder(), "*", SearchOption.AllDirectories).Select(Path.GetFileName), name =>
            Assert.Contains(name!, told + "SOURCE.md", StringComparison.Ordinal)
        );
    }

    /// <summary>The fuzzer is worth what its properties see: a letter of ours that a stranger has rewritten is not ours.</summary>
    [Theory]
    [InlineData("12480 yen", "92480 yen")]
    [InlineData("Subject: order", "Subject: 0rder")]
    [InlineData("From: a@shop", "From: b@shop")]
    [InlineData("From: a@shop", "From: c@evil.example\r\nFrom: a@shop")]
    public void A_letter_that_was_altered_is_none_of_ours(string one, string other)
    {
        var letter = Encoding.Latin1.GetString(SignedLetters.Seeds().First());
        var altered = letter.Replace(one, other, StringComparison.Ordinal);
        Assert.NotEqual(letter, altered);
        Assert.True(SignedLetters.IsOurs(SignedLetters.Parsed(Encoding.Latin1.GetBytes(letter)), FieldsCovered.All));
        Assert.False(SignedLetters.IsOurs(SignedLetters.Parsed(Encoding.Latin1.GetBytes(altered)), FieldsCovered.All));
    }

    internal static string FindingsOf(string target) => Path.Combine(Folder(), target);

    private static string Folder([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "Findings");
}
