using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Shonin.Domain.Proofs;

namespace Shonin.MailChecks;

/// <summary>
/// A text as the eye reads it: width, case, accents and invisible signs taken away, letters of other scripts read as the Latin ones that
/// they look like. Two texts that look alike have one reading.
/// </summary>
/// <param name="Words">Runs of letters of one kind: Latin letters and digits, or kana and kanji.</param>
/// <param name="Disguise">Whether a letter had to be read as another one.</param>
/// <param name="Plain">The same letters and digits run together, none of them read as another one, with the invisible signs that stand
///   inside words.</param>
internal sealed record Lettering(ImmutableArray<string> Words, Disguise Disguise, string Plain)
{
    /// <summary>Names are short, and texts are looked through in pieces of this size.</summary>
    private const int LengthMax = 64 * 1024;

    public static Lettering Of(string text)
    {
        var words = ImmutableArray.CreateBuilder<string>();
        var word = new StringBuilder();
        var plain = new StringBuilder();
        var kind = LetterKind.Other;
        var disguise = Disguise.None;
        foreach (var rune in Normalized(text).EnumerateRunes())
        {
            if (!rune.IsAscii && IsInvisible(rune))
            {
                // Inside a word it hides the word from programs, and shows nothing to a person.
                if (kind != LetterKind.Other)
                    plain.Append(rune.ToString());
                continue;
            }
            var letter = Read(rune);
            var next = KindOf(letter);
            if (next != kind)
                Close();
            kind = next;
            if (kind == LetterKind.Other)
                continue;
            plain.Append(rune.ToString());
            if (letter.IsAscii)
                word.Append((char)letter.Value);
            else
                word.Append(letter.ToString());
            if (letter != rune)
                disguise = Disguise.Letters;
        }
        Close();
        return new(JoinSpacedOut(words.ToImmutable()), disguise, plain.ToString());

        void Close()
        {
            if (word.Length > 0)
                words.Add(word.ToString());
            word.Clear();
        }
    }

    /// <summary>
    /// What remains alike when digits pose as letters, two letters as one (0 as o, 1 and i as l, rn as m, vv as w), and kanji as kana (力 as
    /// カ, 卜 as ト).
    /// </summary>
    public static string Skeleton(string word)
    {
        var skeleton = new StringBuilder(word.Length);
        foreach (var letter in word)
            skeleton.Append(Posing.IndexOf(letter, StringComparison.Ordinal) is var at and >= 0 ? PosedAs[at] : letter);
        return skeleton.Replace("rn", "m").Replace("vv", "w").Replace("cl", "d").Replace("ノレ", "ル").ToString();
    }

    /// <summary>Digits, kanji and kana, each above the letter that it passes for.</summary>
    private const string Posing = "01i345789" + "力口卜二工夕八千三一へべぺりのソシ" + "夭丼亊輪巿";
    private const string PosedAs = "olleastbg" + "カロトニエタハチミーヘベペリノンツ" + "天井事輸市";

    /// <summary>The text with signs read as the letters that they pose as (Examp|e, P@yPal); null where there are none.</summary>
    public static string? WithSignsAsLetters(string text)
    {
        var posed = text.Replace('|', 'l').Replace('$', 's').Replace('@', 'a').Replace('€', 'e');
        return posed == text ? null : posed;
    }

    private static string Normalized(string text)
    {
        // NFKC makes TM of ™, and McAfee™ would read as another word.
        var piece = (text.Length <= LengthMax ? text : text[..LengthMax]).Replace('™', ' ').Replace('℠', ' ');

        // Greek capitals look like Latin ones, and their small letters like others: Νetflix begins with N, νetflix with v.
        for (var at = 0; at < GreekCapitals.Length; at++)
            piece = piece.Replace(GreekCapitals[at], AlikeInCyrillic[at]);
        try
        {
            return piece.Normalize(NormalizationForm.FormKC).ToLowerInvariant();
        }
        catch (ArgumentException)
        {
            // Half of a surrogate pair: what else stands there is read all the same.
            return FoldedText
                .Normal(new string([.. piece.Where(letter => !char.IsSurrogate(letter))]), NormalizationForm.FormKC)
                .ToLowerInvariant();
        }
    }

    /// <summary>Signs that take no room, and the fillers of Hangul, which are letters by their category and blank to the eye.</summary>
    private static bool IsInvisible(Rune rune) =>
        rune.Value is 0x115F or 0x1160 or 0x3164 or 0xFFA0
        || !IsVoicingMark(rune)
            && Rune.GetUnicodeCategory(rune)
                is UnicodeCategory.Format
                    or UnicodeCategory.NonSpacingMark
                    or UnicodeCategory.EnclosingMark
                    or UnicodeCategory.Control;

    /// <summary>The marks of が and ぱ make another letter; where one could not be composed it stays.</summary>
    private static bool IsVoicingMark(Rune rune) => rune.Value is 0x3099 or 0x309A;

    /// <summary>The Latin letter that the eye takes it for, or the letter itself.</summary>
    private static Rune Read(Rune rune)
    {
        if (rune.IsAscii)
            return rune;
        if (lookAlikes.TryGetValue(rune.Value, out var latin))
            return new Rune(latin);
        foreach (var first in framedAlphabets)
        {
            if (rune.Value >= first && rune.Value < first + 26)
                return new Rune('a' + rune.Value - first);
        }

        var decomposed = rune.Value is >= 0xC0 and < 0x250 or >= 0x1E00 and < 0x1F00
            ? rune.ToString().Normalize(NormalizationForm.FormKD)
            : "";
        return decomposed.Length > 1 && char.IsAsciiLetter(decomposed[0]) ? new Rune(decomposed[0]) : rune;
    }

    private static LetterKind KindOf(Rune letter)
    {
        if (letter.IsAscii)
            return char.IsAsciiLetterOrDigit((char)letter.Value) ? LetterKind.Latin : LetterKind.Other;
        return letter.Value == 'ー' || Rune.IsLetterOrDigit(letter) || IsVoicingMark(letter) ? LetterKind.Foreign : LetterKind.Other;
    }

    /// <summary>"A m a z o n" is one word to the eye.</summary>
    private static ImmutableArray<string> JoinSpacedOut(ImmutableArray<string> words) =>
        words.Length >= 4 && words.All(word => word.Length == 1) ? [string.Concat(words)] : words;

    private const string GreekCapitals = "ΝΗΥΜΒ";
    private const string AlikeInCyrillic = "пһум" + "Ь";

    /// <summary>Letters in circles, squares and flags that have no compatibility form: U+1F150, U+1F170 and U+1F1E6 for A.</summary>
    private static readonly ImmutableArray<int> framedAlphabets = [0x1F150, 0x1F170, 0x1F1E6];

    private enum LetterKind
    {
        Other,
        Latin,
        Foreign,
    }

    /// <summary>
    /// Letters that are read as Latin ones, by what they look like in lower case: the part of Unicode's confusables (UTS 39, section 4)
    /// that serves to write a Latin name.
    /// </summary>
    private static readonly FrozenDictionary<int, char> lookAlikes = Pairs(
        ('a', "аɑαаᴀ"),
        ('b', "Ььƅвʙ"),
        ('c', "сϲᴄⅽ"),
        ('d', "ԁժⅾᴅđ"),
        ('e', "еҽεєᴇ"),
        ('f', "ƒғꜰ"),
        ('g', "ɡցԍɢ"),
        ('h', "һհнʜħ"),
        ('i', "іıɩιӏіɪ"),
        ('j', "јյ"),
        ('k', "кκᴋ"),
        ('l', "ⅼǀıӀאןʟł"),
        ('m', "мⅿᴍ"),
        ('n', "пոηɴи"),
        ('o', "øоοօσᴏο০૦"),
        ('p', "рρᴘ"),
        ('q', "ԛգꞯ"),
        ('r', "гᴦɾ"),
        ('s', "ѕꜱ"),
        ('t', "тτᴛ"),
        ('u', "υսᴜц"),
        ('v', "νѵᴠ"),
        ('w', "ԝωᴡա"),
        ('x', "хχ"),
        ('y', "уүγʏ"),
        ('z', "ᴢʐ")
    );

    private static FrozenDictionary<int, char> Pairs(params ReadOnlySpan<(char Latin, string Alike)> rows)
    {
        var pairs = new Dictionary<int, char>();
        foreach (var (latin, alike) in rows)
        {
            foreach (var rune in alike.ToLowerInvariant().EnumerateRunes())
                pairs.TryAdd(rune.Value, latin);
        }

        return pairs.ToFrozenDictionary();
    }
}

internal enum Disguise
{
    None,

    /// <summary>Letters of another script, or with marks, stand for Latin ones.</summary>
    Letters,
}
