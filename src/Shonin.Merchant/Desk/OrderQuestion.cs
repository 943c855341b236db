using System.Text;
using Shonin.Domain.Notices;
using Shonin.Domain.Proofs;

namespace Shonin.Merchant.Desk;

/// <summary>What a caller names an order by, as somebody at the desk typed it.</summary>
public abstract record OrderQuestion
{
    /// <summary>Letters that are looked at; no name or address of ours is longer.</summary>
    public const int LengthMax = 254; // RFC 5321 section 4.5.3.1.3, without its brackets

    private const int RrnLength = 12; // ISO 8583 field 37: an12; ours hold letters

    /// <summary>A name of one Latin letter is in every other name; one of one kanji is a family name.</summary>
    private const int LatinNameLengthMin = 2;

    private OrderQuestion() { }

    public sealed record ByNumber(string Number) : OrderQuestion;

    public sealed record ByNotice(NoticeReference Reference) : OrderQuestion;

    /// <summary>By the number that the card company knows a request of ours by.</summary>
    public sealed record ByRrn(string Rrn) : OrderQuestion;

    public sealed record ByMail(string Address) : OrderQuestion;

    /// <param name="Name">Folded as <see cref="FoldedName"/> does.</param>
    public sealed record ByName(string Name) : OrderQuestion;

    /// <summary>
    /// What this can be, the most certain first: ten digits that check are a notice's, N1001 or 1001 an order's, twelve letters and digits
    /// are a request's too. Full-width letters, spaces and hyphens are as good as none. Empty where it names nothing.
    /// </summary>
    public static IReadOnlyList<OrderQuestion> Read(string typed)
    {
        var plain = FoldedText.Of(typed, LengthMax).Trim();
        if (plain.Contains('@', StringComparison.Ordinal))
            return plain.Length > 2 ? [new ByMail(plain)] : [];
        var read = new List<OrderQuestion>();
        if (NoticeReference.Read(plain) is NoticeReferenceReading.Read(var reference))
            read.Add(new ByNotice(reference));
        if (NoticeQuestion.OrderNumberOf(plain) is { } number)
            read.Add(new ByNumber(number));
        if (Unparted(plain) is { Length: RrnLength } rrn && rrn.All(char.IsAsciiLetterOrDigit) && rrn.Any(char.IsAsciiDigit))
            read.Add(new ByRrn(rrn));
        if (
            read.Count == 0
            && FoldedName(plain) is var name
            && name.Any(char.IsLetter)
            && (name.Length >= LatinNameLengthMin || !char.IsAscii(name[0]))
        )
        {
            read.Add(new ByName(name));
        }

        return read;
    }

    private static string Unparted(string plain) =>
        string.Concat(plain.Where(letter => !char.IsWhiteSpace(letter) && letter is not ('-' or 'ー' or '.'))).ToUpperInvariant();

    /// <summary>A name as it is compared: no matter the width, the case, the spaces, or which kana it is written in.</summary>
    public static string FoldedName(string name)
    {
        var folded = new StringBuilder(name.Length);
        foreach (var letter in FoldedText.Of(name, LengthMax))
        {
            if (char.IsWhiteSpace(letter) || letter is '・' or '.' or ',')
                continue;
            // The katakana stand in the order of the hiragana, 0x60 further on (Unicode, blocks Hiragana and Katakana).
            folded.Append(letter is >= 'ァ' and <= 'ヶ' ? (char)(letter - 0x60) : char.ToLowerInvariant(letter));
        }
        return folded.ToString();
    }
}
