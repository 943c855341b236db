using System.Globalization;
using System.Text;
using Shonin.Domain.Proofs;

namespace Shonin.Domain.Notices;

/// <summary>
/// The number that a customer quotes of a notice: nine random digits and one that checks them, said and written 3-3-4, as in
/// <c>482 177 3057</c>. It says nothing of the order or of what happened to it, and nobody can guess it.
/// </summary>
public readonly record struct NoticeReference
{
    /// <summary>Digits, the check digit included.</summary>
    public const int Length = 10;

    /// <summary>How many there are.</summary>
    public const int Count = 1_000_000_000;

    private readonly int drawn;

    private NoticeReference(int drawn) => this.drawn = drawn;

    /// <param name="drawn">From 0 to below <see cref="Count"/>.</param>
    public static NoticeReference Of(int drawn)
    {
        Invariant.That(drawn is >= 0 and < Count);
        return new(drawn);
    }

    /// <summary>The ten digits, without spaces.</summary>
    public string Digits
    {
        get
        {
            var random = drawn.ToString("D9", CultureInfo.InvariantCulture);
            return random + (char)('0' + CheckDigits.Of(random));
        }
    }

    /// <summary>As it is written and said: <c>482 177 3057</c>.</summary>
    public override string ToString()
    {
        var digits = Digits;
        return $"{digits[..3]} {digits[3..6]} {digits[6..]}";
    }

    /// <summary>Reads the ten digits as they are stored.</summary>
    public static bool TryParseDigits(string? digits, out NoticeReference reference)
    {
        reference = default;
        if (digits is not { Length: Length } || digits.AsSpan().IndexOfAnyExceptInRange('0', '9') >= 0 || !CheckDigits.Fits(digits))
            return false;
        reference = new(int.Parse(digits.AsSpan(0, Length - 1), CultureInfo.InvariantCulture));
        return true;
    }

    /// <summary>As people type it: full-width digits, and any spaces, hyphens and dots between them.</summary>
    public static NoticeReferenceReading Read(string typed)
    {
        var digits = DigitsTyped(typed);
        if (digits is null)
            return new NoticeReferenceReading.NotOne();
        return TryParseDigits(digits, out var reference)
            ? new NoticeReferenceReading.Read(reference)
            : new NoticeReferenceReading.Mistyped();
    }

    /// <summary>The digits alone, or null where anything else stands there that does not merely part them.</summary>
    private static string? DigitsTyped(string typed)
    {
        var digits = new StringBuilder();
        foreach (var letter in FoldedText.Normal(typed, NormalizationForm.FormKC))
        {
            if (char.IsAsciiDigit(letter))
                digits.Append(letter);
            else if (!Parts(letter))
                return null;
        }
        return digits.Length == 0 ? null : digits.ToString();
    }

    /// <summary>What people put between groups of digits; ー is what a Japanese keyboard gives for a hyphen.</summary>
    internal static bool Parts(char letter) =>
        char.IsWhiteSpace(letter)
        || letter is '.' or '・' or 'ー' or '\u2212' or '/' or '(' or ')'
        || char.GetUnicodeCategory(letter) is UnicodeCategory.DashPunctuation or UnicodeCategory.Format;
}

/// <summary>What somebody typed where a notice number belongs.</summary>
public abstract record NoticeReferenceReading
{
    private NoticeReferenceReading() { }

    public sealed record Read(NoticeReference Reference) : NoticeReferenceReading;

    /// <summary>Digits, but too few, too many, or not those of any number that we give out: a slip of the hand.</summary>
    public sealed record Mistyped : NoticeReferenceReading;

    public sealed record NotOne : NoticeReferenceReading;
}

/// <summary>
/// Damm's check digit: finds every single wrong digit and every two neighbours that changed places. H. M. Damm, Total
/// anti-symmetrische Quasigruppen, Marburg 2004; the table is its quasigroup of order 10.
/// </summary>
public static class CheckDigits
{
    private static readonly byte[,] table =
    {
        { 0, 3, 1, 7, 5, 9, 8, 6, 4, 2 },
        { 7, 0, 9, 2, 1, 5, 4, 8, 6, 3 },
        { 4, 2, 0, 6, 8, 7, 1, 3, 5, 9 },
        { 1, 7, 5, 0, 9, 8, 3, 4, 2, 6 },
        { 6, 1, 2, 3, 0, 4, 5, 9, 7, 8 },
        { 3, 6, 7, 4, 2, 0, 9, 5, 8, 1 },
        { 5, 8, 6, 9, 7, 2, 0, 1, 3, 4 },
        { 8, 9, 4, 5, 3, 6, 2, 0, 1, 7 },
        { 9, 4, 3, 8, 6, 1, 7, 2, 0, 5 },
        { 2, 5, 8, 1, 4, 3, 6, 7, 9, 0 },
    };

    /// <param name="digits">0 to 9 only.</param>
    public static int Of(ReadOnlySpan<char> digits)
    {
        var interim = 0;
        foreach (var digit in digits)
            interim = table[interim, digit - '0'];
        return interim;
    }

    /// <summary>Whether the last digit checks those before it.</summary>
    public static bool Fits(ReadOnlySpan<char> digits) => Of(digits) == 0;
}
