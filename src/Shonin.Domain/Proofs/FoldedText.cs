using System.Buffers;
using System.Text;

namespace Shonin.Domain.Proofs;

/// <summary>Texts as they are compared: full-width letters and half-width kana are the same as the others, and nothing throws.</summary>
public static class FoldedText
{
    private static readonly SearchValues<char> mayBeBroken = SearchValues.Create([
        .. Enumerable.Range(0xD800, 0x800).Select(code => (char)code),
        '\uFFFE',
    ]);

    /// <summary>The beginning of the text in Unicode's compatibility form (UAX #15, NFKC).</summary>
    public static string Of(string text, int lengthMax)
    {
        var read = text.Length <= lengthMax ? text : text[..lengthMax];
        return Normal(read, NormalizationForm.FormKC);
    }

    /// <summary>
    /// The normal form of a stranger's text. What a broken charset leaves and has none becomes U+FFFD: halves of surrogate pairs, and
    /// U+FFFE.
    /// </summary>
    public static string Normal(string text, NormalizationForm form)
    {
        if (!text.AsSpan().ContainsAny(mayBeBroken))
            return text.IsNormalized(form) ? text : text.Normalize(form); // nearly every text is, and is then not copied
        var whole = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            whole.Append(rune.Value == 0xFFFE ? Rune.ReplacementChar : rune);
        return whole.ToString().Normalize(form);
    }
}
