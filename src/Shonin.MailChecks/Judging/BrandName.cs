using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Shonin.MailChecks;

/// <summary>How far a text uses a merchant's name.</summary>
internal enum NameUse
{
    None,

    /// <summary>The name beside the sender's own, which his address bears out: Yamada Shoten (Shop) from yamada-shoten.example.</summary>
    BesideOwn,

    /// <summary>The name among words of somebody who speaks of the merchant: Shop Fan Club, 例の店を語る会.</summary>
    Mentioned,

    /// <summary>The name beside words that do not tell whose they are: Shop Zonal, Mark Shop, Shop News. The mail itself has to.</summary>
    Unclear,

    /// <summary>The name beside words that name nobody else: Shop Voucher, Get your Shop gift, 例の店 当選係.</summary>
    Borrowed,

    /// <summary>Nothing but the name, and words that any sender puts beside his own: support, notice, お客様センター.</summary>
    Taken,

    /// <summary>The name of somebody who writes through somebody else: "Shop via List", "Shop 経由".</summary>
    Through,

    /// <summary>The name in letters that only look like its own; nobody writes it so in good faith.</summary>
    Disguised,
}

/// <summary>How a text uses a merchant's name, and the words that stand beside it.</summary>
internal sealed record NameReading(NameUse Use, ImmutableArray<string> Beside)
{
    public static NameReading None { get; } = new(NameUse.None, []);
}

/// <summary>A merchant's name, looked for in what others write.</summary>
internal sealed class BrandName
{
    /// <summary>Shorter names are parts of other words too easily.</summary>
    private const int NameInWordLengthMin = 3;

    /// <summary>From this length on, digits and letters that only look alike are no coincidence.</summary>
    private const int LatinLookAlikeLengthMin = 5;

    /// <summary>From this length on, an "e" before a name is put there: eRakuten, but not email.</summary>
    private const int NameAfterLetterLengthMin = 5;
    private const int NameInAddressLengthMin = 4;

    private readonly ImmutableArray<string> words;
    private readonly string joined;
    private readonly string plain;
    private readonly string skeleton;
    private readonly bool isLatin;

    private BrandName(Lettering name)
    {
        (words, joined, plain) = (name.Words, string.Concat(name.Words), name.Plain);
        (skeleton, isLatin) = (Lettering.Skeleton(joined), joined.Length > 0 && char.IsAscii(joined[0]));
    }

    /// <summary>Whether a label or local part of an address holds this name: <c>amazon-prize</c>, <c>amazonprize</c>.</summary>
    public bool StandsIn(string address) =>
        joined.Length >= NameInAddressLengthMin && Squeezed(address).Contains(joined, StringComparison.Ordinal);

    internal static string Squeezed(string address) => string.Concat(Lettering.Of(address).Words);

    /// <summary>The names of a profile, the longest first, so that "Amazon.co.jp" is found before "Amazon".</summary>
    public static ImmutableArray<BrandName> Of(MailProfile profile) =>
        [
            .. profile
                .Names.Select(name => new BrandName(Lettering.Of(name)))
                .Where(name => name.joined.Length >= 2)
                .OrderByDescending(name => name.joined.Length),
        ];

    /// <summary>The strongest use of any of these names in a text.</summary>
    public static NameUse UseIn(string text, ImmutableArray<BrandName> names) => ReadIn(text, names).Use;

    /// <summary>The strongest use of any of these names in a text, with what stands beside the name.</summary>
    public static NameReading ReadIn(string text, ImmutableArray<BrandName> names)
    {
        if (text.Length == 0)
            return NameReading.None;
        var found = ReadIn(Lettering.Of(text), names);
        return
            found.Use == NameUse.None
            && Lettering.WithSignsAsLetters(text) is { } posed
            && ReadIn(Lettering.Of(posed), names) is { Use: not NameUse.None } disguised
            ? disguised with
            {
                Use = NameUse.Disguised,
            }
            : found;
    }

    private static NameReading ReadIn(Lettering text, ImmutableArray<BrandName> names) =>
        names.Select(name => name.UsedIn(text, names)).DefaultIfEmpty(NameReading.None).MaxBy(found => found.Use)!;

    private NameReading UsedIn(Lettering text, ImmutableArray<BrandName> names)
    {
        if (Find(text.Words) is not var (rest, use))
            return NameReading.None;
        ImmutableArray<string> beside = [.. rest.Where(word => !names.Any(name => name.words.Contains(word)))];
        if (
            !text.Plain.Contains(joined, StringComparison.Ordinal)
            && !text.Plain.Contains(plain, StringComparison.Ordinal)
            && (isLatin || !IsOnlySpeltOtherwise(text.Plain))
        )
        {
            return new(NameUse.Disguised, beside);
        }

        if (beside.Any(throughWords.Contains))
            return new(NameUse.Through, [.. beside.Where(word => !throughWords.Contains(word))]);
        if (beside.All(SenderWords.AreAnySenders))
            return new(NameUse.Taken, beside);
        return new(use, beside);
    }

    /// <summary>The words around the name, and how far it stands as a word of its own; null where the name is not there.</summary>
    private (ImmutableArray<string> Others, NameUse Use)? Find(ImmutableArray<string> text)
    {
        for (var start = 0; start < text.Length; start++)
        {
            var run = "";

            // Two letters may pose as one (rn as m), so a run that looks like the name may be longer than it.
            for (var end = start; end < text.Length && run.Length < joined.Length * 2; end++)
            {
                run += text[end];
                if (IsSame(run))
                    return ([.. text[..start], .. text[(end + 1)..]], NameUse.Borrowed);
                if (InRun(run, text[start].Length, text[end].Length) is var (before, after, use))
                    return ([.. text[..start], .. Pieces(before), .. Pieces(after), .. text[(end + 1)..]], use);
            }
        }
        return null;
    }

    /// <summary>
    /// The name inside a run of words, beginning in its first and ending in its last, with what stands before and after it there.
    /// </summary>
    private (string Before, string After, NameUse Use)? InRun(string run, int firstLength, int lastLength)
    {
        if (run.Length <= joined.Length)
            return null;
        var at = run.IndexOf(joined, StringComparison.Ordinal);
        if (at < 0 && !isLatin && (run = Lettering.Skeleton(run)).Length > skeleton.Length)
            at = run.IndexOf(skeleton, StringComparison.Ordinal);
        var end = at + joined.Length;
        if (at < 0 || at >= firstLength || end > run.Length || end <= run.Length - lastLength)
            return null;
        var (before, after) = (run[..at], run[end..]);

        // PayPalSecurity is read as PayPal Security; Pineapple is a word of its own.
        if (isLatin)
        {
            return
                joined.Length >= NameInWordLengthMin
                && (SenderWords.AreRunTogether(before) || before is "e" or "i" && joined.Length >= NameAfterLetterLengthMin)
                && SenderWords.AreRunTogether(after)
                ? (before, after, NameUse.Borrowed)
                : null;
        }

        // Kana and kanji run on without a space: 楽天カード株式会社. Not every 楽天 is a name, though: 極楽天国 begins with another word, and 楽天地 may be
        // one.
        var isBegun =
            before.Length == 0
            || Scripts.Of(before[^1]) != Scripts.Of(joined[0])
            || SenderWords.NameNobody(before)
            || SenderWords.EndsKnown(before);
        var isEnded =
            after.Length == 0
            || Scripts.Of(after[0]) != Scripts.Of(joined[^1])
            || SenderWords.NameNobody(after)
            || SenderWords.BeginsKnown(after);
        return (
            before,
            after,
            isBegun && isEnded ? NameUse.Borrowed
            : isBegun ? NameUse.Unclear
            : NameUse.Mentioned
        );
    }

    private bool IsSame(string run) =>
        run == joined || (!isLatin || joined.Length >= LatinLookAlikeLengthMin) && Lettering.Skeleton(run) == skeleton;

    /// <summary>の and ノ are one syllable in two scripts: 例ノ店 is a way to write 例の店, and no disguise.</summary>
    private bool IsOnlySpeltOtherwise(string text) =>
        text.Replace('ノ', 'の').Contains(joined.Replace('ノ', 'の'), StringComparison.Ordinal);

    private static IEnumerable<string> Pieces(string piece) => piece.Length == 0 ? [] : [piece];

    private static readonly FrozenSet<string> throughWords = new[] { "via", "through", "behalf", "経由" }.ToFrozenSet();
}
