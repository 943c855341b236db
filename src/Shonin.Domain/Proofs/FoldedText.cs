using System.Text;

namespace Shonin.Domain.Proofs;

/// <summary>Texts as they are compared: full-width letters and half-width kana are the same as the others, and nothing throws.</summary>
internal static class FoldedText
{
    /// <summary>The beginning of the text in Unicode's compatibility form (UAX #15, NFKC).</summary>
    public static string Of(string text, int lengthMax)
    {
        var read = text.Length <= lengthMax ? text : text[..lengthMax];
        return WithoutHalves(read).Normalize(NormalizationForm.FormKC);
    }

    /// <summary>Half of a surrogate pair is no character, and normalising refuses it.</summary>
    private static string WithoutHalves(string text)
    {
        if (!text.Any(char.IsSurrogate))
            return text;
        var whole = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            whole.Append(rune);
        return whole.ToString();
    }
}
