using System.Collections.Immutable;
using Shonin.Domain.Proofs;

namespace Shonin.Help;

/// <summary>
/// A text as it is searched. Japanese has no spaces between its words, so that a run of letters counts by its pairs: most of them have to
/// stand in the text, in whatever order.
/// </summary>
internal sealed class SearchText(string title, string text)
{
    public const int TypedLengthMax = 100;
    private const int TitleWeight = 4;
    private const int WholeWeight = 3;
    private const double PairShareMin = 0.6;

    private readonly string title = Folded(title, title.Length);
    private readonly string text = Folded(text, text.Length);

    /// <summary>What somebody typed, as it is looked for.</summary>
    public static ImmutableArray<string> WordsOf(string typed) =>
        [.. Folded(typed, TypedLengthMax).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)];

    /// <summary>How well the words fit; 0 where one of them fits nowhere.</summary>
    public double FitOf(ImmutableArray<string> words)
    {
        var sum = 0.0;
        foreach (var word in words)
        {
            var fit = TitleWeight * FitOf(word, title) + FitOf(word, text);
            if (fit == 0)
                return 0;
            sum += fit;
        }
        return sum;
    }

    private static double FitOf(string word, string text)
    {
        if (text.Contains(word, StringComparison.Ordinal))
            return WholeWeight;
        // A Latin word is one whole; part of it would be another word.
        if (word.Length < 3 || char.IsAscii(word[0]))
            return 0;
        var found = Enumerable.Range(0, word.Length - 1).Count(at => text.Contains(word.Substring(at, 2), StringComparison.Ordinal));
        var share = (double)found / (word.Length - 1);
        return share >= PairShareMin ? share : 0;
    }

    /// <summary>Full width or half, capital or small, hiragana or katakana: the same.</summary>
    private static string Folded(string text, int lengthMax) =>
        new([.. FoldedText.Of(text, lengthMax).ToLowerInvariant().Select(Hiragana)]);

    private static char Hiragana(char letter) => letter is >= 'ァ' and <= 'ヶ' ? (char)(letter - 'ァ' + 'ぁ') : letter;
}
