namespace Shonin.Domain.Proofs;

/// <summary>Whether a text was made of another one: most of its sentences stand there, whatever was put between or taken away.</summary>
public static class CopiedText
{
    /// <summary>A line of a greeting or a price stands in many mails.</summary>
    private const int LineLengthMin = 6;

    /// <summary>
    /// White space does not count, so that quote marks, folds and other line ends do no harm; lines with addresses are what a forger
    /// changes.
    /// </summary>
    /// <param name="original">A text with lines.</param>
    public static bool HoldsMostOf(string original, string text)
    {
        ArgumentNullException.ThrowIfNull(original);
        var written = ContentDigest.WithoutSpace(text);
        var lines = original
            .Split('\n')
            .Where(line => !line.Contains("://", StringComparison.Ordinal))
            .Select(ContentDigest.WithoutSpace)
            .Where(line => line.Length >= LineLengthMin)
            .ToList();
        return lines.Count > 0 && 2 * lines.Count(line => written.Contains(line, StringComparison.Ordinal)) >= lines.Count;
    }
}
