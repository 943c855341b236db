using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using Shonin.Domain.Proofs;

namespace Shonin.Domain.Notices;

/// <summary>Finds the numbers of notices in a text that somebody else wrote.</summary>
public static partial class NoticeNumbers
{
    /// <summary>A mail of ours quotes one. Whoever writes many gets no more of them looked up.</summary>
    private const int CountMax = 5;

    /// <summary>
    /// At most five, each once: numbers as we give them out now, written <c>482 177 3057</c>, and then those from before, such as
    /// <c>N1001-1-problem</c>, <c>N1001-received</c>, <c>N1001-1-update-2</c>. Whether there is such a notice is for the record to say.
    /// </summary>
    public static ImmutableArray<string> In(string text) =>
        [
            .. TenDigits()
                .Matches(FoldedText.Normal(text, NormalizationForm.FormKC))
                .Select(match => NoticeReference.Read(match.Value))
                .OfType<NoticeReferenceReading.Read>()
                .Select(read => read.Reference.ToString())
                .Concat(NoticeId().Matches(text).Select(match => match.Value))
                .Distinct(StringComparer.Ordinal)
                .Take(CountMax),
        ];

    /// <summary>482 177 3057, parted or not; other numbers of ten digits fail its check digit, nine times out of ten.</summary>
    [GeneratedRegex(
        """(?<![0-9])[0-9]{3}[\s\-\u2010-\u2015.]?[0-9]{3}[\s\-\u2010-\u2015.]?[0-9]{4}(?![0-9])""",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex TenDigits();

    [GeneratedRegex(
        """\b[A-Z]{1,4}[0-9]{1,12}(?:-[0-9]{1,4})?-[a-z]{4,20}(?:-[0-9]{1,4})?\b""",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex NoticeId();
}
