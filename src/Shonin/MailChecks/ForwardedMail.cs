using System.Collections.Immutable;
using Shonin.Domain;

namespace Shonin.MailChecks;

/// <summary>
/// What somebody forwarded: the original messages that were attached (<see cref="BroughtMail"/>), and what the words around them say.
/// </summary>
/// <param name="Originals">At most <see cref="OriginalCountMax"/>, in their order.</param>
/// <param name="MoreCount">How many more there were.</param>
/// <param name="NoMail">The first file that somebody may have taken for an original and that is none, or null.</param>
/// <param name="NoticeNumbers">What in the words looks like the number of a notice of ours.</param>
/// <param name="Language">Of the words; Japanese where there are none.</param>
internal sealed record ForwardedMail(
    ImmutableArray<ReadOnlyMemory<byte>> Originals,
    int MoreCount,
    SavedMail? NoMail,
    ImmutableArray<string> NoticeNumbers,
    Locale Language
)
{
    public const int OriginalCountMax = 5;

    /// <summary>Any bytes are read; what cannot be read has no originals and no words.</summary>
    public static ForwardedMail Read(ReadOnlyMemory<byte> raw)
    {
        var attached = BroughtMail.AttachedTo(raw);
        return new(
            [.. attached.Originals.Take(OriginalCountMax)],
            Math.Max(0, attached.Originals.Length - OriginalCountMax),
            attached.NoMail,
            Domain.Notices.NoticeNumbers.In(attached.Words),
            LanguageOf(attached.Words)
        );
    }

    /// <summary>Japanese where there are no words.</summary>
    public static Locale LanguageOf(string words) => IsJapanese(words) || string.IsNullOrWhiteSpace(words) ? Locale.Ja : Locale.En;

    private static bool IsJapanese(string text) =>
        text.Any(letter => letter is (>= '\u3040' and <= '\u30FF') or (>= '\u4E00' and <= '\u9FFF') or (>= '\uFF66' and <= '\uFF9D'));
}
