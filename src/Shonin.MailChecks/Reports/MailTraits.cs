using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Shonin.Domain.Proofs;

namespace Shonin.MailChecks;

/// <summary>
/// What stays the same when one kit writes to many: its words without names, numbers and links, its subject, and where it leads.
/// </summary>
/// <param name="SenderDomains">In lower case.</param>
/// <param name="FoldedSubject">Letters alone.</param>
/// <param name="LinkHosts">In lower case, each once.</param>
/// <param name="TextSketch">A sketch of the words (MinHash): equal places mean equal runs of letters. Empty for a text too short to
///   tell.</param>
public sealed record MailTraits(
    ImmutableArray<string> SenderDomains,
    string FoldedSubject,
    ImmutableArray<string> LinkHosts,
    ImmutableArray<uint> TextSketch
)
{
    /// <summary>
    /// Half of all runs in common is far above what two unrelated mails share, and far below what changed names and numbers take away.
    /// </summary>
    private const double LikenessOfOneKit = 0.5;

    /// <summary>With one subject and one place to go, less suffices.</summary>
    private const double LikenessUnderOneSubject = 0.2;

    private const int SubjectLettersMin = 6;

    public static MailTraits Of(IEnumerable<string> senderDomains, MailContent content)
    {
        ArgumentNullException.ThrowIfNull(senderDomains);
        ArgumentNullException.ThrowIfNull(content);
        return new(
            [.. senderDomains.Select(domain => domain.ToLowerInvariant()).Distinct().Order(StringComparer.Ordinal)],
            Sketch.Letters(content.Subject),
            [.. content.Links.Select(link => link.Host).OfType<string>().Distinct().Order(StringComparer.Ordinal)],
            Sketch.Of(content.VisibleText)
        );
    }

    /// <summary>Whether both come from one kit. It holds both ways, so that the order of reports changes nothing.</summary>
    public bool IsLike(MailTraits other)
    {
        ArgumentNullException.ThrowIfNull(other);
        var likeness = Sketch.Likeness(TextSketch, other.TextSketch);
        if (likeness >= LikenessOfOneKit)
            return true;
        return FoldedSubject.Length >= SubjectLettersMin
            && FoldedSubject == other.FoldedSubject
            && (
                likeness >= LikenessUnderOneSubject
                || LinkHosts.Intersect(other.LinkHosts).Any()
                || SenderDomains.Intersect(other.SenderDomains).Any()
            );
    }
}

/// <summary>
/// Runs of letters as a few numbers: of all runs' hashes, the least under each of many orders (Broder, "On the resemblance and containment
/// of documents", 1997). The share of equal numbers estimates the share of common runs.
/// </summary>
internal static partial class Sketch
{
    private const int OrderCount = 64;
    private const int RunLength = 5;
    private const int LettersMin = 40;
    private const int ReadLengthMax = 50_000;

    public static ImmutableArray<uint> Of(string text)
    {
        var letters = Letters(text);
        if (letters.Length < LettersMin)
            return [];
        var least = new uint[OrderCount];
        Array.Fill(least, uint.MaxValue);
        for (var start = 0; start + RunLength <= letters.Length; start++)
        {
            var hash = HashOf(letters.AsSpan(start, RunLength));
            for (var order = 0; order < OrderCount; order++)
                least[order] = Math.Min(least[order], (uint)(Mix(hash + (ulong)order * GoldenRatio) >> 32));
        }
        return [.. least];
    }

    public static double Likeness(ImmutableArray<uint> one, ImmutableArray<uint> other)
    {
        if (one.Length != OrderCount || other.Length != OrderCount)
            return 0;
        var equal = 0;
        for (var order = 0; order < OrderCount; order++)
            equal += one[order] == other[order] ? 1 : 0;
        return (double)equal / OrderCount;
    }

    /// <summary>Letters alone, in one case: digits, signs, addresses and links are what a kit changes from mail to mail.</summary>
    public static string Letters(string text)
    {
        var letters = new StringBuilder();
        foreach (var letter in Addresses().Replace(FoldedText.Of(text, ReadLengthMax), " "))
        {
            if (
                CharUnicodeInfo.GetUnicodeCategory(letter)
                is UnicodeCategory.UppercaseLetter
                    or UnicodeCategory.LowercaseLetter
                    or UnicodeCategory.OtherLetter
            )
            {
                letters.Append(char.ToLowerInvariant(letter));
            }
        }

        return letters.ToString();
    }

    private const ulong GoldenRatio = 0x9E3779B97F4A7C15; // SplitMix64's increment (Steele, Lea and Flood, 2014)

    /// <summary>FNV-1a (RFC 9923), 64 bits.</summary>
    private static ulong HashOf(ReadOnlySpan<char> run)
    {
        var hash = 0xCBF29CE484222325UL;
        foreach (var letter in run)
            hash = (hash ^ letter) * 0x100000001B3UL;
        return hash;
    }

    /// <summary>SplitMix64's finalizer.</summary>
    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9UL;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EBUL;
        return value ^ (value >> 31);
    }

    [GeneratedRegex(
        @"(https?://|www\.)[!-~]+|[!-~]+@[!-~]+|[a-z0-9-]+(\.[a-z0-9-]+)+(/[!-~]*)?",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex Addresses();
}
