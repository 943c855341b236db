using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Shonin.Domain.Proofs;

/// <summary>How far a text uses a merchant's name.</summary>
internal enum NameUse
{
    None,

    /// <summary>The name beside the sender's own, which his address bears out: Yamada Shoten (Shop) from yamada-shoten.example.</summary>
    BesideOwn,

    /// <summary>The name among words of somebody who speaks of the merchant: Shop Fan Club, 例の店を語る会.</summary>
    Mentioned,

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
    /// <summary>Shorter names are parts of other words too easily: an "ups" ends "groups".</summary>
    private const int NameInWordLengthMin = 5;
    private const int NameInAddressLengthMin = 4;

    private readonly ImmutableArray<string> words;
    private readonly string joined;
    private readonly string plain;

    private BrandName(Lettering name) => (words, joined, plain) = (name.Words, string.Concat(name.Words), name.Plain);

    /// <summary>Whether a label or local part of an address holds this name: <c>amazon-prize</c>, <c>amazonprize</c>.</summary>
    public bool StandsIn(string address) => joined.Length >= NameInAddressLengthMin && Squeezed(address).Contains(joined, StringComparison.Ordinal);

    /// <summary>Whether it is one word, as a person's name is.</summary>
    public bool IsOneWord => words.Length == 1;

    /// <summary>Whether a text is this name and one other word, in either order.</summary>
    public bool IsAllBeside(string other, string squeezed) => IsOneWord && (squeezed == other + joined || squeezed == joined + other);

    internal static string Squeezed(string address) => string.Concat(Lettering.Of(address).Words);

    /// <summary>The names of a profile, the longest first, so that "Amazon.co.jp" is found before "Amazon".</summary>
    public static ImmutableArray<BrandName> Of(MailProfile profile) =>
        [.. profile.Names.Select(name => new BrandName(Lettering.Of(name))).Where(name => name.joined.Length >= 2).OrderByDescending(name => name.joined.Length)];

    /// <summary>The strongest use of any of these names in a text.</summary>
    public static NameUse UseIn(string text, ImmutableArray<BrandName> names) => ReadIn(text, names).Use;

    /// <summary>The strongest use of any of these names in a text, with what stands beside the name.</summary>
    public static NameReading ReadIn(string text, ImmutableArray<BrandName> names)
    {
        if (text.Length == 0)
            return NameReading.None;
        var reading = Lettering.Of(text);
        return names.Select(name => name.ReadIn(reading, names)).DefaultIfEmpty(NameReading.None).MaxBy(found => found.Use)!;
    }

    private NameReading ReadIn(Lettering text, ImmutableArray<BrandName> names)
    {
        if (Find(text.Words) is not var (rest, isWordOfItsOwn))
            return NameReading.None;
        ImmutableArray<string> beside = [.. rest.Where(word => !names.Any(name => name.words.Contains(word)))];
        if (char.IsAscii(joined[0]) && !text.Plain.Contains(joined, StringComparison.Ordinal) && !text.Plain.Contains(plain, StringComparison.Ordinal))
            return new(NameUse.Disguised, beside);
        if (beside.Any(throughWords.Contains))
            return new(NameUse.Through, [.. beside.Where(word => !throughWords.Contains(word))]);
        if (beside.All(SenderWords.AreAnySenders))
            return new(NameUse.Taken, beside);
        return new(isWordOfItsOwn ? NameUse.Borrowed : NameUse.Mentioned, beside);
    }

    /// <summary>The words around the name, and whether it stands as a word of its own; null where the name is not there.</summary>
    private (ImmutableArray<string> Others, bool IsWordOfItsOwn)? Find(ImmutableArray<string> text)
    {
        for (var start = 0; start < text.Length; start++)
        {
            for (var (end, length) = (start, 0); end < text.Length && length < joined.Length; end++)
            {
                length += text[end].Length;
                if (length == joined.Length && IsSame(text.AsSpan()[start..(end + 1)]))
                    return ([.. text[..start], .. text[(end + 1)..]], true);
            }
            if (InWord(text[start]) is var (before, after, isOwn))
                return ([.. text[..start], .. Pieces(before), .. Pieces(after), .. text[(start + 1)..]], isOwn);
        }
        return null;
    }

    /// <summary>The name inside a word, and what stands before and after it there.</summary>
    private (string Before, string After, bool IsOwn)? InWord(string word)
    {
        if (words.Length != 1 || word.Length <= joined.Length)
            return null;
        var isAscii = char.IsAscii(joined[0]);
        if (word.IndexOf(joined, StringComparison.Ordinal) is not (var at and >= 0))
            return null;
        var (before, after) = (word[..at], word[(at + joined.Length)..]);

        // PayPalSecurity is read as PayPal Security; Pineapple is a word of its own.
        if (isAscii)
            return joined.Length >= NameInWordLengthMin && SenderWords.AreRunTogether(before) && SenderWords.AreRunTogether(after) ? (before, after, true) : null;

        // Kana and kanji run on without a space: 楽天カード株式会社. Not every 楽天 is a name, though: 極楽天国.
        var isBegun = before.Length == 0 || Scripts.Of(before[^1]) != Scripts.Of(joined[0]) || SenderWords.NameNobody(before) || SenderWords.EndsKnown(before);
        var isEnded = after.Length == 0 || Scripts.Of(after[0]) != Scripts.Of(joined[^1]) || SenderWords.NameNobody(after) || SenderWords.BeginsKnown(after);
        return (before, after, isBegun && isEnded);
    }

    private bool IsSame(ReadOnlySpan<string> run) => string.Concat(run) is var seen && (seen == joined || joined.Length >= 5 && Lettering.Skeleton(seen) == Lettering.Skeleton(joined));

    private static IEnumerable<string> Pieces(string piece) => piece.Length == 0 ? [] : [piece];

    private static readonly FrozenSet<string> throughWords = new[] { "via", "through", "behalf", "経由" }.ToFrozenSet();
}
