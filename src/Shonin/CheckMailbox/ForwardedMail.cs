using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using Shonin.Domain;
using Shonin.Domain.Notices;
using Shonin.Domain.Proofs;
using Shonin.MailChecks;

namespace Shonin.CheckMailbox;

/// <summary>
/// What somebody forwarded: the original messages that were attached (<see cref="BroughtMail"/>), and what the words around them say.
/// </summary>
/// <param name="Originals">At most <see cref="OriginalCountMax"/>, in their order.</param>
/// <param name="MoreCount">How many more there were.</param>
/// <param name="NoMail">The first file that somebody may have taken for an original and that is none, or null.</param>
/// <param name="NoticeNumbers">What in the words looks like the number of a notice of ours.</param>
/// <param name="Language">Of the words; Japanese where there are none.</param>
internal sealed partial record ForwardedMail(ImmutableArray<ReadOnlyMemory<byte>> Originals, int MoreCount, SavedMail? NoMail, ImmutableArray<string> NoticeNumbers, Locale Language)
{
    public const int OriginalCountMax = 5;

    private const int NoticeNumberCountMax = 5;

    /// <summary>Any bytes are read; what cannot be read has no originals and no words.</summary>
    public static ForwardedMail Read(ReadOnlyMemory<byte> raw)
    {
        var attached = BroughtMail.AttachedTo(raw);
        return new(
            [.. attached.Originals.Take(OriginalCountMax)], Math.Max(0, attached.Originals.Length - OriginalCountMax), attached.NoMail,
            [.. NumbersIn(attached.Words).Distinct(StringComparer.Ordinal).Take(NoticeNumberCountMax)],
            IsJapanese(attached.Words) || string.IsNullOrWhiteSpace(attached.Words) ? Locale.Ja : Locale.En);
    }

    private static bool IsJapanese(string text) => text.Any(letter => letter is (>= '\u3040' and <= '\u30FF') or (>= '\u4E00' and <= '\u9FFF') or (>= '\uFF66' and <= '\uFF9D'));

    /// <summary>Numbers as we give them out now, and then those from before: N1001-1-problem, N1001-received, N1001-1-update-2.</summary>
    private static IEnumerable<string> NumbersIn(string said) =>
        TenDigits().Matches(FoldedText.Normal(said, NormalizationForm.FormKC)).Select(match => NoticeReference.Read(match.Value))
            .OfType<NoticeReferenceReading.Read>().Select(read => read.Reference.ToString())
            .Concat(NoticeNumber().Matches(said).Select(match => match.Value));

    /// <summary>482 177 3057, parted or not; other numbers of ten digits fail its check digit, nine times out of ten.</summary>
    [GeneratedRegex("""(?<![0-9])[0-9]{3}[\s\-\u2010-\u2015.]?[0-9]{3}[\s\-\u2010-\u2015.]?[0-9]{4}(?![0-9])""", RegexOptions.CultureInvariant)]
    private static partial Regex TenDigits();

    [GeneratedRegex("""\b[A-Z]{1,4}[0-9]{1,12}(?:-[0-9]{1,4})?-[a-z]{4,20}(?:-[0-9]{1,4})?\b""", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex NoticeNumber();
}
